//! What conditions say about each other, whoever they are held against.

use super::{When, begins_with};
use crate::model::{Place, fold};

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
