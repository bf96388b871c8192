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

impl When {
    /// Tells whether the condition holds for everybody, whatever they do.
    pub fn always_holds(&self) -> bool {
        match self {
            When::All(parts) => parts.iter().all(When::always_holds),
            When::Any(parts) => parts.iter().any(When::always_holds),
            When::Not(part) => part.never_holds(),
            When::At(_, part) => part.always_holds(),
            _ => false,
        }
    }

    /// Tells whether the condition contradicts itself. `false` proves nothing.
    pub fn never_holds(&self) -> bool {
        match self {
            When::Any(parts) => parts.iter().all(When::never_holds),
            When::Not(part) => part.always_holds(),
            When::At(_, part) => part.never_holds(),
            When::Employment(kinds) => kinds.is_empty(),
            When::All(_) => {
                let parts = self.conjuncts();
                parts.iter().any(|part| !matches!(part, When::All(_)) && part.never_holds())
                    || parts.iter().any(|left| parts.iter().any(|right| left.excludes(right)))
            }
            _ => false,
        }
    }

    /// Tells whether whoever fits this condition fits the other one. `false` proves nothing.
    pub fn implies(&self, other: &When) -> bool {
        let have = self.conjuncts();
        other.conjuncts().iter().all(|wanted| have.iter().any(|part| part.is_at_least(wanted)))
    }

    /// Calls `look` with every part that looks at the employment itself, and where it stands.
    pub fn each_part<'a>(&'a self, place: &'a Place, look: &mut impl FnMut(&'a When, &'a Place)) {
        match self {
            When::Any(parts) | When::All(parts) => parts.iter().for_each(|part| part.each_part(place, look)),
            When::Not(part) => part.each_part(place, look),
            When::At(place, part) => part.each_part(place, look),
            _ => look(self, place),
        }
    }

    /// Lists what must hold at once; places are left out.
    fn conjuncts(&self) -> Vec<&When> {
        match self {
            When::All(parts) => parts.iter().flat_map(When::conjuncts).collect(),
            When::At(_, part) => part.conjuncts(),
            other => vec![other],
        }
    }

    /// Tells whether two parts cannot hold together.
    fn excludes(&self, other: &When) -> bool {
        match (self, other) {
            (When::Organization(left), When::Organization(right)) => fold(left) != fold(right),
            (When::Department(left), When::Department(right)) => !same_path(left, right),
            (When::Department(left), When::Under(right)) => !begins_with(left, right),
            (When::Under(left), When::Under(right)) => !begins_with(left, right) && !begins_with(right, left),
            (When::Employment(left), When::Employment(right)) => {
                !left.iter().any(|kind| right.contains(kind))
            }
            (When::Not(left), right) => right.implies(left),
            _ => false,
        }
    }

    /// Tells whether one part says all that another says.
    fn is_at_least(&self, other: &When) -> bool {
        match (self, other) {
            (_, When::Any(parts)) => parts.iter().any(|part| self.implies(part)),
            (When::Any(parts), _) => parts.iter().all(|part| part.implies(other)),
            (When::Organization(left), When::Organization(right)) => fold(left) == fold(right),
            (When::Department(left), When::Department(right)) => same_path(left, right),
            (When::Department(left) | When::Under(left), When::Under(right)) => begins_with(left, right),
            (When::Position(left), When::Position(right)) => fold(left) == fold(right),
            (When::Employment(left), When::Employment(right)) => left.iter().all(|kind| right.contains(kind)),
            (When::Not(left), When::Not(right)) => right.implies(left),
            _ => false,
        }
    }
}

fn same_path(left: &[String], right: &[String]) -> bool {
    left.len() == right.len() && begins_with(left, right)
}
