//! Tries rules on invented people: runs the cases of rules/tests/ through the real planner.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    model::{Department, DepartmentId, History, PATH_SEPARATOR, People, Person, Problem, Snapshot, Step},
    plan::{self, Inputs},
    rules::{
        DepartmentMap, DepartmentTarget, Rules,
        tests::{Case, Outcome, compare, department_of, policy_of},
    },
    source,
};

/// Runs every case; a failing one is an error with its differences.
pub fn run(rules: &Rules, cases: &[Case], as_of: Date) -> Vec<Problem> {
    cases.iter().flat_map(|case| run_case(rules, case, case.as_of.unwrap_or(as_of))).collect()
}

fn run_case(rules: &Rules, case: &Case, as_of: Date) -> Vec<Problem> {
    match people_of(case) {
        Ok((people, person)) => compare(case, &outcome(rules, &people, &person, as_of)),
        Err(problems) => problems,
    }
}

/// Reads the rows of a case as a source would, and finds whom it is about.
fn people_of(case: &Case) -> Result<(People, Person), Vec<Problem>> {
    let at_case = |problem: Problem| problem.at(case.place.clone()).part(case.name.clone());
    let read = |rows: &[serde_json::Value]| {
        let text = serde_json::Value::from(rows.to_vec()).to_string();
        let reading = source::read_json(&text, &case.place.file);
        let errors: Vec<Problem> =
            reading.problems.into_iter().filter(Problem::is_error).map(at_case).collect();
        if errors.is_empty() { Ok(reading.people) } else { Err(errors) }
    };
    let own: BTreeSet<_> =
        read(&case.rows[..case.own_rows])?.persons.into_iter().map(|person| person.id).collect();
    let people = read(&case.rows)?;
    match people.persons.iter().find(|person| own.contains(&person.id)) {
        Some(person) if own.len() == 1 => Ok((people.clone(), person.clone())),
        _ => Err(vec![at_case(Problem::error("`person` is not one person; give its rows one `person_id`"))]),
    }
}

/// Plans for a portal that has nothing but the departments that the map names by id.
fn outcome(rules: &Rules, people: &People, person: &Person, as_of: Date) -> Outcome {
    let (have, history) = (bare_portal(rules), History::default());
    let organizations = [];
    let inputs = Inputs {
        portal: "test",
        organizations: &organizations,
        people,
        rules,
        have: &have,
        history: &history,
        as_of,
        made_at: "",
    };
    let plan = plan::plan(&inputs);
    let job = plan::main_employment(&inputs, person);
    let ours = |id: &Option<String>| id.as_ref() == Some(&person.id.0);
    let address = |step: &Step| step.changes.get("EMAIL")?.want.as_str().map(str::to_owned);
    let made = plan.steps.iter().filter(|step| ours(&step.subject.person)).find_map(address);
    let kept = job.and_then(|job| job.contact.email.usable()).map(|email| email.as_str().to_owned());
    Outcome {
        email: made.or(kept),
        department: rules.departments.as_ref().zip(job).and_then(|(departments, job)| {
            department_of(departments, &DepartmentMap::new(departments, people), job)
        }),
        policy: job.and_then(|job| policy_of(rules, job)).map(|policy| policy.id.clone()),
        held: plan
            .held
            .iter()
            .find(|held| ours(&held.subject.person))
            .map(|held| held.reason.code().to_owned()),
    }
}

fn bare_portal(rules: &Rules) -> Snapshot {
    const TOP: DepartmentId = DepartmentId(1);
    let map = rules.departments.iter().flat_map(|departments| &departments.map);
    let ids: BTreeSet<DepartmentId> = map
        .filter_map(|entry| match &entry.to {
            DepartmentTarget::Id(id) => Some(DepartmentId(*id)),
            DepartmentTarget::Path(_) => None,
        })
        .filter(|id| *id != TOP)
        .collect();
    let below = ids.into_iter().map(|id| Department {
        id,
        name: format!("{}{id}", PATH_SEPARATOR),
        parent: Some(TOP),
        head: None,
    });
    let top = Department { id: TOP, name: "test".to_owned(), parent: None, head: None };
    Snapshot { admin: true, departments: std::iter::once(top).chain(below).collect(), ..Snapshot::default() }
}
