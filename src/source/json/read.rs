//! Reads the people of a JSON text.

use std::collections::{BTreeSet, HashMap};

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
    let elements = Elements::of(text).map_err(|fault| broken(fault, file))?;
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
    let fields = keys.known.values().flatten().copied().collect();
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
        format!("key `{}`", self.0[field as usize].unwrap_or_default().trim_matches('"'))
    }

    fn has(&self, field: Field) -> bool {
        self.0[field as usize].is_some()
    }
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

fn broken(fault: Fault, file: &str) -> Problem {
    let problem = Problem::error(fault.to_string());
    match fault {
        Fault::Syntax { line, column, cause } => problem.at(Place::at(file, line, column)).cause(cause),
        Fault::Form => problem.at(Place::file(file)),
    }
}
