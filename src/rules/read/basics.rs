//! Small readers that every section uses. What is of the wrong kind was reported with the shape,
//! so they only say that there is nothing.

use crate::{
    model::{Place, Problem},
    rules::{Template, yaml::Entry, yaml::Node},
};

/// Reads a template and reports what is wrong inside it.
pub(super) fn template(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Template> {
    match Template::parse(node.text()?, node.place.clone()) {
        Ok(template) => Some(template),
        Err(mistakes) => {
            problems.extend(mistakes.into_iter().map(|mistake| match &mistake.part {
                Some(part) => {
                    let part = format!("{path}, {part}");
                    mistake.part(part)
                }
                None => mistake.part(path),
            }));
            None
        }
    }
}

/// Reads a template in which `{{n}}` means nothing.
pub(super) fn plain_template(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Template> {
    let template = template(node, path, problems)?;
    if template.counts() {
        let problem = Problem::error("`n` counts addresses and stands in `email.templates` only");
        problems.push(problem.at(node.place.clone()).part(path));
        return None;
    }
    Some(template)
}

/// Reads one of some words; the first of them where the key is absent or wrong.
pub(super) fn word<T: Copy>(node: &Node, key: &str, words: &[(&str, T)], default: T) -> T {
    let written = node.get(key).and_then(Node::text);
    words.iter().find(|(word, _)| Some(*word) == written).map_or(default, |(_, meaning)| *meaning)
}

/// Reads a whole number that its shape has bounded.
pub(super) fn number(node: &Node, key: &str) -> Option<u32> {
    node.get(key).and_then(Node::whole).and_then(|number| u32::try_from(number).ok())
}

/// Returns where a key stands, or where its section does.
pub(super) fn place_of(section: &Entry, key: &str) -> Place {
    section.value.entry(key).map_or_else(|| section.place.clone(), |entry| entry.place.clone())
}
