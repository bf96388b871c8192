//! The order of steps: what a step waits for comes first; ties by action, person, account.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use crate::model::{Action, Held, Step, StepId, Subject};

/// By what ties are broken.
type Key = (Action, Option<String>, Option<u64>, String, StepId);

fn key(step: &Step) -> Key {
    let (person, account, name) = place(&step.subject);
    (step.action, person, account, name, step.id.clone())
}

fn place(subject: &Subject) -> (Option<String>, Option<u64>, String) {
    let account = subject.account.as_deref().and_then(|id| id.parse().ok());
    (subject.person.clone(), account, subject.name.clone())
}

/// Puts every step after those it waits for. What stands in a circle, which no plan of ours
/// has, would be left out.
pub(super) fn steps(mut steps: Vec<Step>) -> Vec<Step> {
    let index: HashMap<StepId, usize> =
        steps.iter().enumerate().map(|(at, step)| (step.id.clone(), at)).collect();
    let mut dependants = vec![Vec::new(); steps.len()];
    let mut missing = vec![0; steps.len()];
    for (at, step) in steps.iter_mut().enumerate() {
        step.after.sort();
        step.after.dedup();
        for before in step.after.iter().filter_map(|id| index.get(id)) {
            dependants[*before].push(at);
            missing[at] += 1;
        }
    }
    let ready = (0..steps.len()).filter(|at| missing[*at] == 0);
    let mut ready: BinaryHeap<Reverse<(Key, usize)>> =
        ready.map(|at| Reverse((key(&steps[at]), at))).collect();
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(steps.len());
    while let Some(Reverse((_, at))) = ready.pop() {
        ordered.extend(steps[at].take());
        for other in &dependants[at] {
            missing[*other] -= 1;
            if let (0, Some(step)) = (missing[*other], &steps[*other]) {
                ready.push(Reverse((key(step), *other)));
            }
        }
    }
    ordered
}

/// Sorts held rows as steps are, then by reason.
pub(super) fn held(mut held: Vec<Held>) -> Vec<Held> {
    held.sort_by_cached_key(|row| {
        let (person, account, name) = place(&row.subject);
        (row.action, person, account, name, row.reason, row.text.clone())
    });
    held
}
