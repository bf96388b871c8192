//! Reads the people of a JSON text.

use std::collections::{BTreeSet, HashMap};

use serde::de::IgnoredAny;

use crate::model::{Place, Problem};

use super::{
    super::{
        fields::{FIELD_COUNT, Field, normalise},
        file::Table,
        grid::Cell,
        raw::{Labels, Raw},
        table::Lookup,
        value::{self, Serials},
    },
    elements::{Elements, Fault, Member},
};

/// Reads all elements of a text; `file` names it in places.
pub fn rows(text: &str, file: &str, lookup: &Lookup, problems: &mut Vec<Problem>) -> Result<Table, Problem> {
    let elements = match Elements::of(text) {
        Ok(elements) => elements,
        Err(fault) => {
            return match without_broken_lines(text, file, problems) {
                Some(mended) => rows(&mended, file, lookup, problems),
                None => Err(broken(fault, file)),
            };
        }
    };
    let mut keys = Keys { text, lookup, known: HashMap::new(), twice: BTreeSet::new() };
    let mut rows = Vec::new();
    for (at, element) in elements.enumerate() {
        let place = Place::line(file, u32::try_from(at + 1).unwrap_or(u32::MAX));
        let Some(members) = element.members else {
            problems.push(Problem::error("the element is no object").at(place));
            continue;
        };
        let (cells, named) = keys.read(&members, &place, problems);
        let raw = Raw { place, cells };
        if raw.cells.iter().any(Option::is_some) {
            rows.push(value::row(&raw, &named, Serials::Never, problems));
        }
    }
    let named = keys.known.iter().flat_map(|(key, fields)| fields.iter().map(|field| (*field, part(key))));
    // Where elements call a field differently, the first name by the alphabet is told.
    let named: BTreeSet<(Field, String)> = named.collect();
    let fields = named.into_iter().rev().collect();
    let seen: Vec<String> = keys.known.into_keys().map(|key| string(key).unwrap_or_default()).collect();
    if !seen.is_empty() {
        problems.extend(lookup.missing(file, &seen));
    }
    Ok(Table { rows, fields })
}

/// Returns the text of a JSON string.
pub fn string(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

/// Keys of all elements and what they name.
struct Keys<'t, 'l> {
    text: &'t str,
    lookup: &'l Lookup,
    known: HashMap<&'t str, Vec<Field>>,
    /// Pairs of keys that were reported already.
    twice: BTreeSet<(String, String)>,
}

/// The keys of one element by field, quotes included.
struct Named<'t>([Option<&'t str>; FIELD_COUNT]);

impl<'t> Keys<'t, '_> {
    /// Sorts the members of an element by field.
    fn read(
        &mut self,
        members: &[Member],
        place: &Place,
        problems: &mut Vec<Problem>,
    ) -> ([Option<Cell<'t>>; FIELD_COUNT], Named<'t>) {
        let mut cells = [const { None }; FIELD_COUNT];
        let mut named = Named([None; FIELD_COUNT]);
        let surname = members.iter().any(|member| self.fields(member, true).contains(&Field::LastName));
        for member in members {
            let key = &self.text[member.key.clone()];
            for field in self.fields(member, surname) {
                if let Some(first) = named.0[field as usize].replace(key)
                    && field != Field::Ignored
                    && self.twice.insert((first.to_owned(), key.to_owned()))
                {
                    problems.push(named_twice(first, key, place));
                }
                cells[field as usize] = cell(&self.text[member.value.clone()]);
            }
        }
        (cells, named)
    }

    /// Returns the fields of a key. «Имя» is the first name beside a surname, else the whole name.
    fn fields(&mut self, member: &Member, surname: bool) -> Vec<Field> {
        let key = &self.text[member.key.clone()];
        let lookup = self.lookup;
        let find = || lookup.fields(&normalise(&string(key).unwrap_or_default()));
        let fields = self.known.entry(key).or_insert_with(find);
        if !surname && fields.as_slice() == [Field::FirstName] && normalise(key) == "\"имя\"" {
            return vec![Field::FullName];
        }
        fields.clone()
    }
}

impl Labels for Named<'_> {
    fn part(&self, field: Field) -> String {
        part(self.0[field as usize].unwrap_or_default())
    }

    fn has(&self, field: Field) -> bool {
        self.0[field as usize].is_some()
    }
}

/// Names a key, whose quotes come along.
fn part(key: &str) -> String {
    format!("key `{}`", key.trim_matches('"'))
}

/// Reads a value; null is nothing.
fn cell(raw: &str) -> Option<Cell<'static>> {
    let unreadable = Cell::Unreadable("what is neither a text nor a number");
    let cell = match raw.as_bytes().first()? {
        b'n' => return None,
        b't' => Cell::Flag(true),
        b'f' => Cell::Flag(false),
        b'"' => string(raw).map_or(unreadable, |text| Cell::Text(text.into())),
        b'[' | b'{' => unreadable,
        _ => serde_json::from_str(raw).map_or(unreadable, Cell::Number),
    };
    (!cell.is_blank()).then_some(cell)
}

fn named_twice(first: &str, second: &str, place: &Place) -> Problem {
    let what = if first == second {
        format!("the key {first} stands twice in one element")
    } else {
        format!("the keys {first} and {second} name one field")
    };
    Problem::error(what)
        .at(place.clone())
        .hint("remove one of them, or say which one to read in `people.columns`")
}

/// Reports the broken lines of JSON Lines and returns the text with an empty element for each, so
/// that the mistakes of the others are told too; none where this is no JSON Lines, or nothing broken.
fn without_broken_lines(text: &str, file: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let whole = lines.iter().filter(|line| line.starts_with('{') && line.ends_with('}')).count();
    let fault = |line: &str| serde_json::from_str::<IgnoredAny>(line).err();
    let faults: Vec<_> = lines.iter().map(|line| fault(line)).collect();
    if lines.len() < 2 || whole * 2 <= lines.len() || faults.iter().all(Option::is_none) {
        return None;
    }
    let mended = lines.into_iter().zip(faults).enumerate().map(|(at, (line, fault))| {
        let Some(fault) = fault else { return line };
        let place = Place::line(file, u32::try_from(at + 1).unwrap_or(u32::MAX));
        let fault = fault.to_string();
        let cause = fault.split(" at line ").next().unwrap_or_default();
        problems.push(Problem::error("the element is no JSON").at(place).cause(cause));
        "{}"
    });
    Some(mended.collect::<Vec<_>>().join("\n"))
}

fn broken(fault: Fault, file: &str) -> Problem {
    let problem = Problem::error(fault.to_string());
    match fault {
        Fault::Syntax { line, column, cause } => problem.at(Place::at(file, line, column)).cause(cause),
        Fault::Form => problem.at(Place::file(file)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::read_json;

    #[test]
    fn every_broken_line_is_told_and_the_others_are_read() {
        let text = "{\"id\":\"e1\",\"person_id\":\"p1\",\"last_name\":\"Ким\"}\n{\"id\":\n\n{\"id\":\"e3\",\"person_id\":\"p3\",\
            \"last_name\":\"Лис\",\"hired_on\":\"вчера\"}\n{bad}\n{\"id\":\"e5\",\"person_id\":\"p5\"}\n";
        let problems = read_json(text, "people.json").problems;
        let told: Vec<String> = problems
            .iter()
            .map(|problem| format!("{} {}", problem.place.as_ref().unwrap(), problem.what))
            .collect();
        assert_eq!(
            told,
            [
                "people.json:2 the element is no JSON",
                "people.json:3 the cell is no date",
                "people.json:4 the element is no JSON",
                "people.json:5 the row has no name",
            ]
        );
    }
}
