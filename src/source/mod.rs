//! Where people come from: CSV, XLSX, JSON, and live 1C over OData.
//!
//! Every source yields the same persons and employments, each with its place; and takes a
//! generated address back without touching anything else.

mod csv;
mod encoding;
mod fields;
mod file;
mod grid;
mod json;
mod load;
pub mod odata;
pub mod persons;
mod raw;
mod report;
mod row;
mod side;
mod spec;
mod splice;
mod store;
mod table;
mod value;
mod write;
mod xlsx;

pub use file::{FileSource, open, read_json};
pub use report::{ProblemGroup, grouped};
pub use row::Row;
pub use spec::{Column, FileKind, FileSpec};
pub use value::{name_part, split_name};

use crate::model::{Email, People, PersonId, Problem};

/// Lists the fields of a row by their names: headers in every source, keys of `people.columns`.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    fields::NAMED.iter().map(|(name, _)| *name)
}

/// What a source yields.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The people; empty where `problems` has an error.
    pub people: People,
    /// Every mistake and doubt of the whole source.
    pub problems: Vec<Problem>,
}

impl Reading {
    /// Tells whether anything in it stops the run.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }

    /// Tells whether the source was read well and holds nobody: an error, unless nothing is
    /// managed yet. Not among `problems`, because only the caller knows what is managed.
    pub fn nobody(&self) -> bool {
        self.people.persons.is_empty() && !self.has_errors()
    }
}

/// A source of people.
pub trait Source: Sync {
    /// Reads everybody.
    fn read(&self) -> Reading;
    /// Reads the address that stands at every row of a person now, and writes `want` into each
    /// row where it is `expects`. Says whether it was so before.
    fn write_email(&self, person: &PersonId, expects: Option<&str>, want: &Email)
    -> Result<Written, Problem>;
    /// Tells where a person's address stands, without writing: already `want`, as `expects`, or neither.
    fn look_email(&self, person: &PersonId, expects: Option<&str>, want: &Email) -> Result<Written, Problem>;
}

/// What a write-back did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was as expected, and is now as wanted (for a look: would be).
    Changed,
    /// It was as wanted before.
    AlreadySo,
    /// It was neither: somebody changed it.
    Stale,
}
