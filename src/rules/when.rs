//! Conditions on a main employment.

use super::glob;
use crate::model::{Employment, EmploymentKind, Place, fold};

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
            When::Organization(name) => is_organization(job, &fold(name)),
            When::Department(path) => {
                path.len() == job.department.len() && begins_with(&job.department, path)
            }
            When::Under(path) => begins_with(&job.department, path),
            When::Position(pattern) => glob::matches(pattern, job.position.as_deref().unwrap_or("")),
            When::Employment(kinds) => kinds.iter().any(|kind| rank(*kind) == rank(job.kind)),
            When::Any(parts) => parts.iter().any(|part| part.holds(job)),
            When::All(parts) => parts.iter().all(|part| part.holds(job)),
            When::Not(part) => !part.holds(job),
            When::At(_, part) => part.holds(job),
        }
    }
}

fn is_organization(job: &Employment, wanted: &str) -> bool {
    let organization = &job.organization;
    std::iter::once(&organization.name).chain(&organization.aliases).any(|name| fold(name) == wanted)
}

fn begins_with(path: &[String], start: &[String]) -> bool {
    path.len() >= start.len() && path.iter().zip(start).all(|(left, right)| fold(left) == fold(right))
}

/// «Подработка» is read as `part_time_inner`.
fn rank(kind: EmploymentKind) -> EmploymentKind {
    match kind {
        EmploymentKind::ExtraWork => EmploymentKind::PartTimeInner,
        other => other,
    }
}
