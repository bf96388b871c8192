//! What went wrong, where, why, and what to do next, as data.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is planned or written while it stands.
    Error,
    /// Told to the user; the run goes on.
    Warning,
}

/// A place that the user can open: a file, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file as the user named it (relative to the project), or an entity of the source.
    pub file: String,
    /// Line (row, element) counted from 1, where there is one.
    pub line: Option<u32>,
    /// Column in characters counted from 1, where there is one.
    pub column: Option<u32>,
}

impl Place {
    /// Names a whole file.
    pub fn file(file: impl Into<String>) -> Place {
        Place { file: file.into(), line: None, column: None }
    }

    /// Names a line of a file.
    pub fn line(file: impl Into<String>, line: u32) -> Place {
        Place { file: file.into(), line: Some(line), column: None }
    }

    /// Names a character of a file.
    pub fn at(file: impl Into<String>, line: u32, column: u32) -> Place {
        Place { file: file.into(), line: Some(line), column: Some(column) }
    }

    /// Returns the place without its column, as plans cite rules: `rules/email.yaml:8`.
    pub fn without_column(&self) -> Place {
        Place { column: None, ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        Ok(())
    }
}

/// One mistake or doubt, told so that a user can mend it.
///
/// `what` is a lower-case sentence without a full stop; it carries no secret
/// and no more personal data than is needed to find the place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Whether the run can go on.
    pub severity: Severity,
    /// Where to look.
    pub place: Option<Place>,
    /// Which part of that place: a column's header, a key's path, a step.
    pub part: Option<String>,
    /// What happened.
    pub what: String,
    /// What caused it, when that is not the sentence itself.
    pub cause: Option<String>,
    /// What to try next, the most likely first.
    pub hints: Vec<String>,
}

impl Problem {
    /// States a problem that stops the run.
    pub fn error(what: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Error,
            place: None,
            part: None,
            what: what.into(),
            cause: None,
            hints: Vec::new(),
        }
    }

    /// States a problem that the run survives.
    pub fn warning(what: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(what) }
    }

    /// Adds where to look.
    pub fn at(mut self, place: Place) -> Problem {
        self.place = Some(place);
        self
    }

    /// Adds which part of the place is meant.
    pub fn part(mut self, part: impl Into<String>) -> Problem {
        self.part = Some(part.into());
        self
    }

    /// Adds the cause.
    pub fn cause(mut self, cause: impl Into<String>) -> Problem {
        self.cause = Some(cause.into());
        self
    }

    /// Adds something to try.
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hints.push(hint.into());
        self
    }

    /// Tells whether the run must stop.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
