//! Tests that rule authors write: a person, and what the rules must say about them.
//!
//! ```yaml
//! # rules/tests/names.yaml
//! - name: the second Orlova gets another address
//!   as_of: 2026-11-22                  # today, for this test
//!   person: {person_id: p2, last_name: Орлова, first_name: Анна, organization: "ООО «Ромашка»"}
//!   others:                            # who is in the source besides
//!     - {person_id: p1, last_name: Орлова, first_name: Алла, organization: "ООО «Ромашка»"}
//!   expect:
//!     email: anna.orlova@romashka.example
//!     department: Финансы / Бухгалтерия
//! ```
//!
//! `person` is a row, or a list of rows of one person, with the field names that every source
//! knows. What `expect` leaves out is not looked at; `null` expects that there is none. Here the
//! files are read and outcomes compared; who plans, makes the outcome.

mod compare;
mod outcome;
mod shape;
#[cfg(test)]
mod unit;

use jiff::civil::Date;
use serde_json::Value;

use super::yaml::{self, Entry, Kind, Node};
use crate::model::{Place, Problem};

pub use compare::compare;
pub use outcome::{department_of, policy_of};
pub use shape::json_schema;

/// One test.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Today, where the test says so.
    pub as_of: Option<Date>,
    /// All rows as JSON objects with the known field names: first those of the person under
    /// test, then the others. A JSON source reads them.
    pub rows: Vec<Value>,
    /// How many of the rows are the person's.
    pub own_rows: usize,
    /// What must come out.
    pub expect: Vec<Expected>,
}

/// One thing that must come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Which.
    pub what: Aspect,
    /// The value; none: that there is none.
    pub value: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// What a test can look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The address.
    Email,
    /// The portal's department.
    Department,
    /// The dismissal policy's id.
    Policy,
    /// Why a change is held.
    Held,
}

/// What the rules gave for the person of a test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The address that the account has or will have.
    pub email: Option<String>,
    /// The portal's department, see [`department_of`].
    pub department: Option<String>,
    /// The id of the policy that a leaver falls under, see [`policy_of`].
    pub policy: Option<String>,
    /// The code of the first row of `held`, if any.
    pub held: Option<String>,
}

/// Reads the files of `rules/tests/`, given as names and texts. Adds every mistake to `problems`.
pub fn parse(files: &[(String, String)], problems: &mut Vec<Problem>) -> Vec<Case> {
    let mut files: Vec<&(String, String)> = files.iter().collect();
    files.sort();
    let mut cases = Vec::new();
    for (name, text) in files {
        let Some(node) = yaml::read(name, text, problems) else { continue };
        if node.kind == Kind::Map(Vec::new()) {
            continue;
        }
        yaml::check(&node, &shape::FILE, "", problems);
        cases.extend(node.items().iter().filter_map(case));
    }
    cases
}

fn case(node: &Node) -> Option<Case> {
    let person = node.get("person")?;
    let own = match person.kind {
        Kind::List(_) => person.items(),
        _ => std::slice::from_ref(person),
    };
    let others = node.get("others").map(Node::items).unwrap_or_default();
    let expect = node.get("expect").map(Node::entries).unwrap_or_default();
    let name = node.get("name").and_then(Node::text).unwrap_or("without a name");
    Some(Case {
        name: name.trim().to_owned(),
        place: node.place.clone(),
        as_of: node.get("as_of").and_then(Node::text).and_then(|text| text.parse().ok()),
        rows: own.iter().chain(others).map(Node::to_json).collect(),
        own_rows: own.len(),
        expect: expect.iter().filter_map(expected).collect(),
    })
}

fn expected(entry: &Entry) -> Option<Expected> {
    let what = Aspect::ALL.into_iter().find(|aspect| aspect.name() == entry.key)?;
    let value = entry.value.text().map(|text| text.trim().to_owned());
    Some(Expected { what, value, place: entry.value.place.clone() })
}

impl Aspect {
    /// All of them.
    pub const ALL: [Aspect; 4] = [Aspect::Email, Aspect::Department, Aspect::Policy, Aspect::Held];

    /// Returns its key under `expect`.
    pub fn name(self) -> &'static str {
        match self {
            Aspect::Email => "email",
            Aspect::Department => "department",
            Aspect::Policy => "policy",
            Aspect::Held => "held",
        }
    }
}
