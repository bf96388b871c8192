//! A row whose cells are known by field, and not yet by value.

use std::borrow::Cow;

use crate::model::{Place, Problem};

use super::{
    fields::{FIELD_COUNT, Field},
    grid::Cell,
};

/// The filled cells of one employment.
#[derive(Debug, Clone)]
pub struct Raw<'a> {
    /// Where it stands.
    pub place: Place,
    /// Its cells by field.
    pub cells: [Option<Cell<'a>>; FIELD_COUNT],
}

/// What a source calls its fields, to name them in problems.
pub trait Labels {
    /// Returns the header or key that gave a field: ``column `Дата приема` ``.
    fn part(&self, field: Field) -> String;
    /// Tells whether the source has the field at all.
    fn has(&self, field: Field) -> bool;
}

impl<'a> Raw<'a> {
    /// Returns a cell, where it is filled.
    pub fn cell(&self, field: Field) -> Option<&Cell<'a>> {
        self.cells[field as usize].as_ref()
    }

    /// Returns the text of a cell, where it is filled and readable.
    pub fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let text = self.cell(field)?.shown();
        (!text.is_empty()).then_some(text)
    }

    /// States a mistake in a cell.
    pub fn error(&self, labels: &dyn Labels, field: Field, what: impl Into<String>) -> Problem {
        Problem::error(what).at(self.place.clone()).part(labels.part(field))
    }

    /// States a doubt about a cell.
    pub fn warning(&self, labels: &dyn Labels, field: Field, what: impl Into<String>) -> Problem {
        Problem::warning(what).at(self.place.clone()).part(labels.part(field))
    }
}
