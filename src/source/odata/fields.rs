//! The values of one row, as 1C writes them.

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

use super::{fault::Fault, names::Names};
use crate::source::grid::tidy;

/// How 1C writes a reference to nothing.
const NOTHING: &str = "00000000-0000-0000-0000-000000000000";
/// From this year on a date means an open end.
const OPEN_END: i16 = 3999;

/// One row of a set, asked by standard names.
pub struct Fields<'a> {
    /// As it came.
    pub row: &'a Map<String, Value>,
    /// The set's standard name.
    pub set: &'static str,
    /// What this base calls things.
    pub names: Names<'a>,
}

impl Fields<'_> {
    /// Returns a field as it came; absent is null.
    pub fn value(&self, field: &str) -> &Value {
        self.row.get(&self.names.field(self.set, field)).unwrap_or(&Value::Null)
    }

    /// Returns a filled text; blanks of any width become one, none at the ends, as in files.
    pub fn text(&self, field: &str) -> Option<String> {
        Some(tidy(self.value(field).as_str()?).into_owned()).filter(|text| !text.is_empty())
    }

    /// Returns a reference to something.
    pub fn key(&self, field: &str) -> Option<String> {
        self.text(field).filter(|key| key != NOTHING)
    }

    /// Returns the reference that the row cannot be without.
    pub fn own_key(&self, field: &str) -> Result<String, Fault> {
        self.key(field).ok_or_else(|| self.garbled(field))
    }

    /// Returns yes or no, where the row says so.
    pub fn flag(&self, field: &str) -> Option<bool> {
        match self.value(field) {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns a whole number: up to 32 bits they come as numbers, longer ones as texts.
    pub fn number(&self, field: &str) -> Option<u64> {
        let value = self.value(field);
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    /// Returns a moment; the empty date and an open end are none. There is no zone in it.
    pub fn moment(&self, field: &str) -> Result<Option<DateTime>, Fault> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let text = text.trim_end_matches('Z');
        let moment = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from));
        let moment = moment.map_err(|_| self.garbled(field))?;
        Ok(Some(moment).filter(|moment| moment.year() > 1 && moment.year() < OPEN_END))
    }

    /// Returns a day, whatever time stands beside it.
    pub fn date(&self, field: &str) -> Result<Option<Date>, Fault> {
        Ok(self.moment(field)?.map(DateTime::date))
    }

    fn garbled(&self, field: &str) -> Fault {
        Fault::Garbled { cause: format!("a value of `{field}` is not what 1C writes there") }
    }
}
