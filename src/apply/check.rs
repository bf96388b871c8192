//! Every step is checked before the first write, on what the steps before it leave.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Evidence,
    decide::{Ours, Verdict},
    journal::hand,
    look::{Context, examine},
    report::Mismatch,
    resolve::{Ids, Task, Unresolved, subject_account, task},
    simulate::Simulation,
    value::same,
};
use crate::model::{AccountId, Action, Plan, Problem, Snapshot, Step, StepId};

/// What the check of a whole plan found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Steps whose place somebody changed.
    pub stale: BTreeMap<StepId, Vec<Mismatch>>,
    /// Steps that cannot be carried out at all: the plan is damaged.
    pub damaged: Vec<Problem>,
    /// Ids of what is there already.
    pub ids: Ids,
}

/// Checks every step of a plan on a snapshot. Write-back is left out: the people's file does not
/// bind a plan, so an address that was changed there stops its own step only, in its turn.
pub fn check(plan: &Plan, have: &Snapshot, evidence: &Evidence) -> Checked {
    let mut checked = Checked::default();
    let mut world = Simulation::new(have);
    let mut imagined = Ids::new();
    let mut blocked = BTreeSet::new();
    for (at, step) in plan.steps.iter().enumerate() {
        if step.after.iter().any(|id| blocked.contains(id)) {
            blocked.insert(&step.id);
            continue;
        }
        let later = later_addresses(plan, at);
        match check_step(step, have, evidence, &later, &mut world, &mut imagined) {
            Ok(Found::So(Some(id))) => drop(checked.ids.insert(step.id.clone(), id)),
            Ok(Found::So(None) | Found::Ready) => {}
            Ok(Found::Stale(mismatches)) => {
                blocked.insert(&step.id);
                checked.stale.insert(step.id.clone(), mismatches);
            }
            Err(problem) => {
                blocked.insert(&step.id);
                checked.damaged.push(problem);
            }
        }
    }
    checked
}

enum Found {
    So(Option<u64>),
    Ready,
    Stale(Vec<Mismatch>),
}

fn check_step(
    step: &Step,
    have: &Snapshot,
    evidence: &Evidence,
    later: &[Value],
    world: &mut Simulation,
    ids: &mut Ids,
) -> Result<Found, Problem> {
    let task = task(step, ids).map_err(|unresolved| damaged(step, unresolved))?;
    let context = Context { expects: &step.expects, later, ours: ours(step, evidence) };
    let verdict = examine(&task, context, world).map_err(|error| Problem::error(error.to_string()))?;
    Ok(match verdict {
        Verdict::AlreadySo(id) => {
            ids.extend(id.map(|id| (step.id.clone(), id)));
            Found::So(id)
        }
        Verdict::Ready if is_own_account(step, have) => Found::Stale(vec![own_account()]),
        Verdict::Ready => {
            world.leave(step, &task, ids);
            Found::Ready
        }
        Verdict::Finish(missing) => {
            ids.insert(step.id.clone(), missing.account.0);
            Found::Ready
        }
        Verdict::Stale(mismatches) => Found::Stale(mismatches),
    })
}

fn damaged(step: &Step, unresolved: Unresolved) -> Problem {
    match unresolved {
        Unresolved::Malformed(problem) => problem,
        Unresolved::Needs(other) => {
            Problem::error(format!("this step needs what step {other} brings, but does not wait for it"))
                .part(format!("step {}", step.id))
                .hint("make a new plan with `shtat plan --out FILE`")
        }
    }
}

/// Firing the account whose rights we use would end every access of ours.
fn is_own_account(step: &Step, have: &Snapshot) -> bool {
    let account = subject_account(step);
    step.action == Action::FireUser && (account == have.owner || account == Some(AccountId(1)))
}

fn own_account() -> Mismatch {
    let expected = Value::from("not the account whose access is used");
    Mismatch { field: "account".to_owned(), expected, found: Value::from("it is") }
}

/// Returns what the journal says of a step that creates an account.
pub fn ours(step: &Step, evidence: &Evidence) -> Ours {
    let Evidence { open, begun, done, .. } = evidence;
    Ours::of(open.contains_key(&step.id), begun.contains_key(&step.id), done.contains_key(&step.id))
}

/// Lists the addresses that steps behind this one give its account.
pub fn later_addresses(plan: &Plan, at: usize) -> Vec<Value> {
    let step = &plan.steps[at];
    if step.action != Action::SwapEmail {
        return Vec::new();
    }
    let same_account =
        |later: &&Step| later.action == Action::SwapEmail && later.subject.account == step.subject.account;
    let later = plan.steps[at + 1..].iter().filter(same_account);
    later.filter_map(|later| later.changes.get("EMAIL")).map(|change| change.want.clone()).collect()
}

/// Tells whether the portal shows a by-hand step done: the account's EMAIL is as asked, and it
/// was not shtat that moved it. One that went back to waiting needs a person's word.
pub fn shown_by_portal(step: &Step, found: Option<&crate::model::Account>, evidence: &Evidence) -> bool {
    let (Some(hand), Some(account)) = (hand(step), found) else { return false };
    let wanted = Value::from(hand.to.as_str());
    let given = evidence
        .given
        .get(&account.id)
        .is_some_and(|given| same("EMAIL", &Value::from(given.as_str()), &wanted));
    let waits = evidence.waiting.contains_key(&step.id);
    !hand.to.is_empty() && !given && !waits && same("EMAIL", account.field("EMAIL"), &wanted)
}

/// Tells what a task brings into being that no uniqueness of the portal protects.
pub fn is_unique(task: &Task) -> bool {
    !matches!(task, Task::Department(_))
}
