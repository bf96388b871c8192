//! Which section stands in which file.

use crate::{
    model::Problem,
    rules::{
        shapes,
        yaml::{self, Entry, Kind, Node},
    },
};

/// The sections of all files.
pub(super) struct Sections(Vec<Entry>);

impl Sections {
    /// Returns a section that may stand in one file only; of several the first.
    pub(super) fn one(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key == name)
    }

    /// Returns a section that may be spread over files.
    pub(super) fn all(&self, name: &str) -> Vec<&Entry> {
        self.0.iter().filter(|entry| entry.key == name).collect()
    }
}

/// Reads the files and checks their shape. Sections that are no maps are left out: what is wrong
/// with them has been said.
pub(super) fn sections(files: &[&(String, String)], problems: &mut Vec<Problem>) -> Sections {
    let mut entries: Vec<Entry> = Vec::new();
    for (name, text) in files {
        let Some(node) = yaml::read(name, text, problems) else { continue };
        yaml::check(&node, &shapes::FILE, "", problems);
        for entry in into_entries(node) {
            problems.extend(entries.iter().find_map(|first| stands_twice(first, &entry)));
            entries.push(entry);
        }
    }
    entries.retain(|entry| matches!(entry.value.kind, Kind::Map(_)));
    Sections(entries)
}

fn into_entries(node: Node) -> Vec<Entry> {
    match node.kind {
        Kind::Map(entries) => entries,
        _ => Vec::new(),
    }
}

/// Refuses a section that stands in two files. `departments.map` may be spread; the other keys of
/// `departments` may not.
fn stands_twice(first: &Entry, second: &Entry) -> Option<Problem> {
    if first.key != second.key {
        return None;
    }
    if first.key == "departments" {
        let own = |entry: &Entry| entry.value.entries().iter().find(|entry| entry.key != "map").cloned();
        let (first, second) = (own(first)?, own(second)?);
        let what = format!("`departments` has keys besides `map` in two files (`{}`)", second.key);
        return Some(two_files(&what, "departments", &first, &second));
    }
    Some(two_files(&format!("the section `{}` stands in two files", first.key), &first.key, first, second))
}

fn two_files(what: &str, part: &str, first: &Entry, second: &Entry) -> Problem {
    let hint = format!("it stands first at {}; put it all there", first.place);
    Problem::error(what).at(second.place.clone()).part(part).hint(hint)
}
