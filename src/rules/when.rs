//! Conditions on a main employment.

use crate::model::{Employment, EmploymentKind, Place};

/// A condition: every part must hold. Case, ё/е and blanks do not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// The legal entity's name.
    Organization(String),
    /// The department's full path.
    Department(Vec<String>),
    /// The department or any below it.
    Under(Vec<String>),
    /// A glob over the position.
    Position(String),
    /// One of these kinds.
    Employment(Vec<EmploymentKind>),
    /// At least one holds.
    Any(Vec<When>),
    /// All hold.
    All(Vec<When>),
    /// It does not hold.
    Not(Box<When>),
    /// A part with its place, for explanations.
    At(Place, Box<When>),
}

impl When {
    /// Tells whether the condition holds for an employment.
    pub fn holds(&self, job: &Employment) -> bool {
        match self {
            When::Any(parts) => parts.iter().any(|part| part.holds(job)),
            When::All(parts) => parts.iter().all(|part| part.holds(job)),
            When::Not(part) => !part.holds(job),
            When::At(_, part) => part.holds(job),
            When::Employment(kinds) => kinds.contains(&job.kind),
            When::Organization(_) | When::Department(_) | When::Under(_) | When::Position(_) => false,
        }
    }
}
