//! What rules say that cannot be meant, in the light of the people they are for.
//!
//! Reading a file finds what is wrong in itself; here are the rules that never come into play, the
//! names that nobody has, and the addresses that cannot be made.

mod addresses;
mod conditions;
mod departments;
mod order;

use super::{Rules, SourceDepartments};
use crate::model::{Employment, People, Person, Problem, Unmanaged};

/// Compares rules with the people they are for. `main` chooses a person's main employment.
/// Ambiguous names in the map are errors, the rest are warnings.
pub fn check<'p>(
    rules: &Rules,
    people: &'p People,
    main: impl Fn(&'p Person) -> Option<&'p Employment>,
) -> Vec<Problem> {
    let mains: Vec<(&Person, &Employment)> =
        people.persons.iter().filter_map(|person| Some((person, main(person)?))).collect();
    let sources = SourceDepartments::of(people);
    let mut problems = order::unreachable(rules);
    problems.extend(order::missing_sections(rules));
    problems.extend(conditions::names_nobody_has(rules, people, &sources));
    if told(people, Unmanaged::Departments) {
        problems.extend(departments::mappings(rules, people, &sources, &mains));
    }
    problems.extend(addresses::keys(rules, &mains));
    if told(people, Unmanaged::Emails) {
        problems.extend(addresses::addresses(rules, &mains));
    }
    problems
}

/// Tells whether the source publishes something: what it does not, no rule can be held against.
fn told(people: &People, what: Unmanaged) -> bool {
    !people.unmanaged.contains(&what)
}
