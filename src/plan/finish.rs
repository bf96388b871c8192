//! From proposals to a plan: steps in order, held rows, counts, hashes.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    Inputs,
    draft::{Draft, Proposal},
    hash, order,
    world::World,
};
use crate::model::{self, FORMAT_VERSION, Held, Person, Plan, Snapshot, Summary};

/// Writes the plan down.
pub(super) fn plan(world: &World<'_>, draft: Draft) -> Plan {
    let (mut steps, mut held) = (Vec::new(), Vec::new());
    for proposal in draft.into_all() {
        match proposal.hold {
            None => steps.push(proposal.step),
            Some(_) => held.extend(row(proposal)),
        }
    }
    let inputs = &world.inputs;
    let mut plan = Plan {
        format_version: FORMAT_VERSION.to_owned(),
        portal: inputs.portal.to_owned(),
        as_of: inputs.as_of,
        made_at: inputs.made_at.to_owned(),
        inputs: hashes(inputs),
        summary: Summary {
            people: world.persons(),
            accounts: world.accounts.len() as u64,
            managed: world.matches.managed.len() as u64,
            foreign: (world.accounts.len() - world.matches.managed.len()) as u64,
            ..Summary::default()
        },
        steps: order::steps(steps),
        held: order::held(held),
        digest: String::new(),
    };
    recount(&mut plan);
    plan
}

/// Makes counts and digest fit the steps and held rows.
pub(super) fn recount(plan: &mut Plan) {
    plan.summary.steps = BTreeMap::new();
    for step in &plan.steps {
        *plan.summary.steps.entry(step.action).or_default() += 1;
    }
    plan.summary.held = plan.held.len() as u64;
    plan.digest = hash::digest(plan);
}

fn row(proposal: Proposal) -> Option<Held> {
    let Proposal { step, hold } = proposal;
    let hold = hold?;
    let mut because = step.because;
    because.extend(hold.because.filter(|cited| !because.contains(cited)));
    Some(Held { action: step.action, subject: step.subject, reason: hold.reason, text: hold.text, because })
}

fn hashes(inputs: &Inputs<'_>) -> model::Inputs {
    let mut persons: Vec<Cow<'_, Person>> = inputs.people.persons.iter().map(sorted_person).collect();
    persons.sort_by(|left, right| left.id.cmp(&right.id));
    model::Inputs {
        people: hash::of(&json_people(&persons, inputs)),
        rules: inputs.rules.digest.clone(),
        portal: hash::of(&*sorted_portal(inputs.have)),
        history: hash::of(inputs.history),
    }
}

#[derive(serde::Serialize)]
struct Read<'a> {
    persons: &'a [Cow<'a, Person>],
    unmanaged: &'a std::collections::BTreeSet<model::Unmanaged>,
}

fn json_people<'a>(persons: &'a [Cow<'a, Person>], inputs: &Inputs<'a>) -> Read<'a> {
    Read { persons, unmanaged: &inputs.people.unmanaged }
}

fn sorted_person(person: &Person) -> Cow<'_, Person> {
    if person.employments.is_sorted_by(|left, right| left.id <= right.id) {
        return Cow::Borrowed(person);
    }
    let mut person = person.clone();
    person.employments.sort_by(|left, right| left.id.cmp(&right.id));
    Cow::Owned(person)
}

/// The portal with its rows in the order of their ids, in which it is read.
fn sorted_portal(have: &Snapshot) -> Cow<'_, Snapshot> {
    let sorted = have.accounts.is_sorted_by_key(|account| account.id)
        && have.departments.is_sorted_by_key(|department| department.id)
        && have.groups.is_sorted_by_key(|group| group.id);
    if sorted {
        return Cow::Borrowed(have);
    }
    let mut have = have.clone();
    have.accounts.sort_by_key(|account| account.id);
    have.departments.sort_by_key(|department| department.id);
    have.groups.sort_by_key(|group| group.id);
    Cow::Owned(have)
}
