//! What is held: what waits for held steps, what goes beyond a limit, what nobody needs any more.

use std::collections::BTreeMap;

use super::{
    draft::{Draft, Hold},
    world::World,
};
use crate::{
    model::{Action, Reason},
    rules::Limit,
};

/// Holds what waits for held steps, then whole actions of which there are too many.
///
/// All limits are looked at before any step is held for one, so that a larger limit never yields
/// fewer steps.
pub(super) fn hold_back(world: &World<'_>, draft: &mut Draft) {
    spread(draft);
    drop_needless(draft);
    let counts = counts(draft);
    let breaches: BTreeMap<Action, Hold> = world
        .inputs
        .rules
        .safety
        .limits
        .iter()
        .filter_map(|(action, limit)| {
            let planned = counts.get(action).copied().unwrap_or_default();
            Some((*action, breach(world, *action, limit, planned)?))
        })
        .collect();
    for proposal in draft.all_mut() {
        if let Some(hold) = breaches.get(&proposal.step.action).filter(|_| proposal.hold.is_none()) {
            proposal.hold = Some(hold.clone());
        }
    }
    spread(draft);
    drop_needless(draft);
}

fn counts(draft: &Draft) -> BTreeMap<Action, u64> {
    let mut counts = BTreeMap::new();
    for proposal in draft.all().iter().filter(|proposal| proposal.hold.is_none()) {
        *counts.entry(proposal.step.action).or_default() += 1;
    }
    counts
}

fn breach(world: &World<'_>, action: Action, limit: &Limit, planned: u64) -> Option<Hold> {
    let base = world.managed_active(false);
    let allowed = limit.count.max(limit.percent * base / 100);
    let safety = &world.inputs.rules.safety;
    let today = |until| world.inputs.as_of <= until;
    let exceptions = safety.allow.iter().filter(|allow| allow.action == action && today(allow.until));
    let allowed = exceptions.map(|allow| allow.count).max().unwrap_or_default().max(allowed);
    let text =
        format!("{planned} steps `{action}` are planned; {allowed} are allowed with {base} managed accounts");
    (planned > allowed).then(|| Hold::new(Reason::Limit, text).by(limit.place.as_ref()))
}

/// A held step takes along what waits for it. A by-hand step for which nobody waits any more goes
/// with the steps it was for.
fn spread(draft: &mut Draft) {
    let dependants = draft.dependants();
    let proposals = draft.all_mut();
    let mut held: Vec<usize> =
        (0..proposals.len()).rev().filter(|at| proposals[*at].hold.is_some()).collect();
    while let Some(at) = held.pop() {
        let Some(hold) = proposals[at].hold.clone() else { continue };
        for other in &dependants[at] {
            let earlier = proposals[*other].hold.as_ref().is_none_or(|own| hold.reason < own.reason);
            if earlier {
                proposals[*other].hold = Some(waiting(proposals[at].step.action, &hold));
                held.push(*other);
            }
        }
    }
    for at in 0..proposals.len() {
        let by_hand = proposals[at].step.action == Action::ByHand && proposals[at].hold.is_none();
        if by_hand && !dependants[at].is_empty() {
            let holds: Vec<Option<Hold>> =
                dependants[at].iter().map(|other| proposals[*other].hold.clone()).collect();
            if holds.iter().all(Option::is_some) {
                proposals[at].hold = Hold::first(holds);
            }
        }
    }
}

fn waiting(action: Action, hold: &Hold) -> Hold {
    let begin = "waits for a held step";
    let text = match hold.text.starts_with(begin) {
        true => hold.text.clone(),
        false => format!("{begin} `{action}`: {}", hold.text),
    };
    Hold { text, ..hold.clone() }
}

/// Departments are created for somebody. Those for whom nobody is left are not planned.
fn drop_needless(draft: &mut Draft) {
    let dependants = draft.dependants();
    let proposals = draft.all();
    let mut needed = vec![true; proposals.len()];
    for at in (0..proposals.len()).rev() {
        let proposal = &proposals[at];
        if proposal.step.action == Action::CreateDepartment && proposal.hold.is_none() {
            needed[at] =
                dependants[at].iter().any(|other| needed[*other] && proposals[*other].hold.is_none());
        }
    }
    let needless: std::collections::HashSet<_> = needed
        .iter()
        .zip(proposals)
        .filter(|(needed, _)| !**needed)
        .map(|(_, proposal)| proposal.step.id.clone())
        .collect();
    draft.retain(|proposal| !needless.contains(&proposal.step.id));
}
