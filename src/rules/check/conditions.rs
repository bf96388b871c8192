//! Names in conditions that nobody in the source has.

use super::told;
use crate::{
    model::{Employment, PATH_SEPARATOR, People, Place, Problem, Unmanaged, nearest},
    rules::{Rules, SourceDepartments, When},
};

/// Finds organizations, departments and positions in conditions that no row has.
pub(super) fn names_nobody_has(rules: &Rules, people: &People, sources: &SourceDepartments) -> Vec<Problem> {
    let jobs: Vec<&Employment> = people.persons.iter().flat_map(|person| &person.employments).collect();
    let mut problems = Vec::new();
    for (when, place) in conditions(rules) {
        when.each_part(place, &mut |part, place| {
            if is_told(part, people) {
                problems.extend(unknown(part, place, &jobs, sources));
            }
        });
    }
    problems
}

/// Lists every condition of the rules.
fn conditions(rules: &Rules) -> Vec<(&When, &Place)> {
    let templates = rules.email.iter().flat_map(|email| &email.templates);
    let templates = templates.filter_map(|entry| Some((entry.when.as_ref()?, &entry.place)));
    let policies = rules.dismissals.iter().flat_map(|dismissals| &dismissals.policies);
    let policies = policies.filter_map(|policy| Some((policy.when.as_ref()?, &policy.place)));
    let hires = rules.hires.iter().filter_map(|hires| Some((hires.when.as_ref()?, &hires.when_place)));
    templates.chain(hires).chain(policies).collect()
}

/// Tells whether the source publishes what a condition looks at.
fn is_told(part: &When, people: &People) -> bool {
    match part {
        When::Department(_) | When::Under(_) => told(people, Unmanaged::Departments),
        When::Position(_) => told(people, Unmanaged::Positions),
        _ => true,
    }
}

fn unknown(part: &When, place: &Place, jobs: &[&Employment], sources: &SourceDepartments) -> Option<Problem> {
    let (what, near) = match part {
        When::Organization(name) if !jobs.iter().any(|job| part.holds(job)) => {
            let names = jobs.iter().map(|job| job.organization.name.as_str());
            (format!("no row has the organization `{name}`"), nearest(name, names))
        }
        When::Department(path) | When::Under(path) if !sources.has_path(path) => {
            let path = path.join(PATH_SEPARATOR);
            let near = nearest(&path, sources.paths());
            (format!("no row has the department `{path}`"), near)
        }
        When::Position(pattern) if !jobs.iter().any(|job| part.holds(job)) => {
            (format!("the pattern `{pattern}` fits no position of any row"), None)
        }
        _ => return None,
    };
    let problem = Problem::warning(what).at(place.clone());
    Some(match near {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    })
}
