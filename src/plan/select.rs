//! A part of a plan: what a glob names, or everything but removals.
//!
//! A part is a plan of its own: its counts and its digest fit what it holds.

use std::collections::{BTreeMap, BTreeSet};

use super::finish;
use crate::{
    model::{Action, Plan, Step, StepId, Subject},
    rules::glob_matches,
};

/// Keeps the steps and held rows whose person (id, name or address) or action fits a glob, and
/// the steps they wait for.
pub fn only(plan: &Plan, glob: &str) -> Plan {
    let by_id: BTreeMap<&StepId, &Step> = plan.steps.iter().map(|step| (&step.id, step)).collect();
    let mut wanted: Vec<&StepId> = plan
        .steps
        .iter()
        .filter(|step| names(glob, step.action, &step.subject))
        .map(|step| &step.id)
        .collect();
    let mut kept: BTreeSet<&StepId> = BTreeSet::new();
    while let Some(id) = wanted.pop() {
        if kept.insert(id) {
            wanted.extend(by_id.get(id).iter().flat_map(|step| &step.after));
        }
    }
    let mut part = plan.clone();
    part.steps.retain(|step| kept.contains(&step.id));
    part.held.retain(|held| names(glob, held.action, &held.subject));
    finish::recount(&mut part);
    part
}

/// Leaves out every `fire_user`, and what waits for one.
pub fn no_removals(plan: &Plan) -> Plan {
    let mut left_out: BTreeSet<&StepId> = BTreeSet::new();
    // Steps stand after those they wait for, so one pass finds all dependants.
    for step in &plan.steps {
        if step.action == Action::FireUser || step.after.iter().any(|before| left_out.contains(before)) {
            left_out.insert(&step.id);
        }
    }
    // Nobody is asked to do by hand what only prepared a step that is left out.
    let left: Vec<&Step> = plan.steps.iter().filter(|step| !left_out.contains(&step.id)).collect();
    let needed: BTreeSet<&StepId> = left.iter().flat_map(|step| &step.after).collect();
    let waited_for: BTreeSet<&StepId> = plan.steps.iter().flat_map(|step| &step.after).collect();
    let needless = |step: &Step| {
        step.action == Action::ByHand && waited_for.contains(&step.id) && !needed.contains(&step.id)
    };
    let mut part = plan.clone();
    part.steps.retain(|step| !left_out.contains(&step.id) && !needless(step));
    part.held.retain(|held| held.action != Action::FireUser);
    finish::recount(&mut part);
    part
}

fn names(glob: &str, action: Action, subject: &Subject) -> bool {
    let Subject { person, account: _, name, email } = subject;
    let texts = [Some(action.name()), Some(name.as_str()), person.as_deref(), email.as_deref()];
    texts.into_iter().flatten().any(|text| glob_matches(glob, text))
}
