//! `shtat check --online`: prints each step with its outcome.

use super::connect::Connection;
use crate::{
    model::{Problem, printable},
    portal::{Checked, Needs, Outcome},
    rules::Rules,
    source::odata::OData,
    ui::Ui,
};

/// Tries a live 1C and returns what is wrong.
pub fn source(ui: Ui, odata: &OData) -> Vec<Problem> {
    let mut problems = Vec::new();
    for step in odata.check_online() {
        let mark = match &step.problem {
            None => "ok",
            Some(problem) if problem.is_error() => "FAILED",
            Some(_) => "not managed",
        };
        ui.note(&format!("  {mark:<11} {}: {}", printable(&step.name), printable(&step.found)));
        problems.extend(step.problem);
    }
    problems
}

/// Tries the portal and returns what is wrong.
pub fn portal(ui: Ui, connection: &Connection, rules: Option<&Rules>) -> Vec<Problem> {
    let policies =
        rules.iter().flat_map(|rules| &rules.dismissals).flat_map(|dismissals| &dismissals.policies);
    let needs = Needs {
        groups: policies.into_iter().any(|policy| policy.extranet.is_some()),
        documents: rules.is_some_and(|rules| rules.documents.is_some()),
    };
    let done = connection.client.check(needs, |step| ui.note(&line(step)));
    done.into_iter()
        .filter_map(|step| match step.outcome {
            Outcome::Failed(problem) => Some(problem),
            Outcome::Passed(_) | Outcome::Skipped(_) => None,
        })
        .collect()
}

fn line(step: &Checked) -> String {
    let (mark, detail) = match &step.outcome {
        Outcome::Passed(detail) => ("ok", detail.as_str()),
        Outcome::Failed(problem) if problem.is_error() => ("FAILED", problem.what.as_str()),
        Outcome::Failed(problem) => ("not managed", problem.what.as_str()),
        Outcome::Skipped(why) => ("skipped", why.as_str()),
    };
    let detail = if detail.is_empty() { String::new() } else { format!(": {}", printable(detail)) };
    format!("  {mark:<11} {}{detail}", step.what)
}
