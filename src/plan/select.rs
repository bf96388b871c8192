//! A part of a plan: what a glob names, or everything but removals.
//!
//! A part is a plan of its own: its counts and its digest fit what it holds.

use std::collections::{BTreeMap, BTreeSet};

use super::finish;
use crate::{
    model::{Action, Held, Plan, Step, StepId, Subject},
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
    let closed = closed(plan);
    let mut part = plan.clone();
    part.steps.retain(|step| !left_out.contains(&step.id) && !needless(step));
    part.held.retain(|held| !is_removal(held, &closed));
    finish::recount(&mut part);
    part
}

/// Lists the persons whose accounts are closed, or would be.
fn closed(plan: &Plan) -> BTreeSet<&str> {
    let steps = plan.steps.iter().map(|step| (step.action, &step.subject));
    let held = plan.held.iter().map(|held| (held.action, &held.subject));
    let closed = steps.chain(held).filter(|(action, _)| *action == Action::FireUser);
    closed.filter_map(|(_, subject)| subject.person.as_deref()).collect()
}

/// Tells whether a held row closes an account, or is of the part that waits for its closing: how
/// its person stays as an external partner.
fn is_removal(held: &Held, closed: &BTreeSet<&str>) -> bool {
    let waits = matches!(
        held.action,
        Action::SwapEmail | Action::InviteToExtranet | Action::JoinGroup | Action::ByHand
    );
    let leaves = held.subject.person.as_deref().is_some_and(|person| closed.contains(person));
    held.action == Action::FireUser || (waits && leaves)
}

fn names(glob: &str, action: Action, subject: &Subject) -> bool {
    let Subject { person, account: _, name, email } = subject;
    let texts = [Some(action.name()), Some(name.as_str()), person.as_deref(), email.as_deref()];
    texts.into_iter().flatten().any(|text| glob_matches(glob, text))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{
        super::company::{Company, assert_quiet, held},
        no_removals,
    };
    use crate::{
        model::{Action, Reason},
        rules::{ExtranetAddress, Limit},
    };

    #[test]
    fn what_waits_for_a_held_closing_is_left_out_with_it() {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a.orlova@romashka.example");
        company.job("p1").dismissed_on = Some(date(2026, 11, 20));
        company.job("p1").contact.personal_email = Some("anna@mail.example".into());
        company.group(64, "Проект Альфа");
        company.keep_leavers(ExtranetAddress::Personal, None);
        company.rules.safety.limits.insert(Action::FireUser, Limit { count: 0, percent: 0, place: None });
        let plan = company.plan();
        let rows = [(Action::FireUser, "10"), (Action::InviteToExtranet, "-")]
            .map(|(action, account)| (action, "p1", account, Reason::Limit));
        assert_eq!(held(&plan), rows);
        assert_quiet(&no_removals(&plan));
    }
}
