//! The company that an imitated 1C holds: rows by set.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::schema::{self, CONTACTS, PERSONS, Row, SECTION};
use crate::model::Problem;

/// Rows of every set, as 1C writes them. Contacts lie in their persons.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Company {
    /// By the set's name.
    pub sets: BTreeMap<String, Vec<Row>>,
}

impl Company {
    /// Tells whether a text is a dump of sets, `{"Catalog_Сотрудники": […], …}`, rather than a list
    /// of people.
    pub fn is_dump(text: &str) -> bool {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let Ok(Value::Object(sets)) = serde_json::from_str::<Value>(text) else { return false };
        sets.keys().any(|set| set.starts_with("Catalog_") || set.starts_with("InformationRegister_"))
    }

    /// Reads a dump of sets. Fields that a row leaves out are empty.
    ///
    /// # Errors
    /// A problem where the text is no such dump.
    pub fn from_dump(text: &str) -> Result<Company, Problem> {
        let wrong = |cause: String| Problem::error("the file is no dump of a 1C").cause(cause);
        let text = text.trim_start_matches('\u{feff}');
        let sets: BTreeMap<String, Vec<Row>> =
            serde_json::from_str(text).map_err(|cause| wrong(cause.to_string()))?;
        let mut company = Company { sets };
        company.complete();
        Ok(company)
    }

    /// Writes the dump that [`Company::from_dump`] reads.
    pub fn to_dump(&self) -> Value {
        let sets = self.sets.iter().map(|(set, rows)| (set.clone(), json!(rows)));
        Value::Object(sets.collect())
    }

    /// Adds the standard sets and the fields that rows leave out, and moves contacts into persons.
    pub(super) fn complete(&mut self) {
        for set in schema::sets().filter(|set| *set != CONTACTS) {
            self.sets.entry(set.to_owned()).or_default();
        }
        for row in self.sets.remove(CONTACTS).unwrap_or_default() {
            self.adopt(row);
        }
        for (set, rows) in &mut self.sets {
            rows.iter_mut().enumerate().for_each(|(at, row)| fill(set, at, row));
        }
    }

    /// Puts a row of contacts into its person; one without a person is dropped.
    fn adopt(&mut self, mut row: Row) {
        let owner = row.remove("Ref_Key").unwrap_or_default();
        let persons = self.sets.entry(PERSONS.to_owned()).or_default();
        let Some(person) = persons.iter_mut().find(|person| person.get("Ref_Key") == Some(&owner)) else {
            return;
        };
        if let Value::Array(rows) = person.entry(SECTION).or_insert_with(|| json!([])) {
            rows.push(Value::Object(row));
        }
    }

    /// Returns the rows of a set, contacts taken out of their persons; none: no such set.
    pub(super) fn rows(&self, set: &str) -> Option<Vec<Row>> {
        if set != CONTACTS {
            return self.sets.get(set).cloned();
        }
        let mut rows = Vec::new();
        for person in self.sets.get(PERSONS)? {
            let Some(Value::Array(section)) = person.get(SECTION) else { continue };
            for row in section.iter().filter_map(Value::as_object) {
                let mut row = row.clone();
                row.insert("Ref_Key".to_owned(), person.get("Ref_Key").cloned().unwrap_or_default());
                rows.push(row);
            }
        }
        Some(rows)
    }

    /// Finds an object by key.
    pub(super) fn object(&mut self, set: &str, key: &str) -> Option<&mut Row> {
        let rows = self.sets.get_mut(set)?;
        rows.iter_mut().find(|row| {
            row.get("Ref_Key").and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(key))
        })
    }
}

fn fill(set: &str, at: usize, row: &mut Row) {
    for field in schema::fields(set) {
        if !row.contains_key(field) {
            row.insert(field.to_owned(), schema::empty(field));
        }
    }
    if row.get("DataVersion") == Some(&Value::from("")) {
        row.insert("DataVersion".to_owned(), Value::from(version(at as u64 + 1)));
    }
    if let Some(Value::Array(section)) = row.get_mut(SECTION) {
        for (line, row) in section.iter_mut().filter_map(Value::as_object_mut).enumerate() {
            fill_contact(line, row);
        }
    }
}

fn fill_contact(line: usize, row: &mut Map<String, Value>) {
    for field in schema::fields(CONTACTS).into_iter().filter(|field| *field != "Ref_Key") {
        let value =
            if field == "LineNumber" { Value::from((line + 1).to_string()) } else { schema::empty(field) };
        row.entry(field).or_insert(value);
    }
}

/// Writes a version as 1C does: base64 of eight bytes.
pub(super) fn version(number: u64) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = u128::from(number) << 2;
    let digit = |at: u32| char::from(ALPHABET[((bits >> (60 - 6 * at)) & 63) as usize]);
    (0..11).map(digit).chain(['=']).collect()
}
