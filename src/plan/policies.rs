//! Which dismissal policy is whose.

use super::Inputs;
use crate::{
    model::{Employment, Unmanaged},
    rules::{Policy, When},
};

/// The first policy that fits an employment. None fits where one before it asks for something
/// that the source does not publish.
pub(super) fn policy<'a>(inputs: &Inputs<'a>, job: &Employment) -> Option<&'a Policy> {
    let policies = &inputs.rules.dismissals.as_ref()?.policies;
    for policy in policies {
        match &policy.when {
            None => return Some(policy),
            Some(when) if !decidable(when, inputs) => return None,
            Some(when) if when.holds(job) => return Some(policy),
            Some(_) => {}
        }
    }
    None
}

/// Tells whether an employment's policy closes the account on the last working day itself.
pub(super) fn on_the_day(inputs: &Inputs<'_>, job: &Employment) -> bool {
    policy(inputs, job).is_some_and(|policy| policy.fire_days_after == Some(0))
}

/// Tells whether the source publishes everything that a condition asks for.
pub(super) fn decidable(when: &When, inputs: &Inputs<'_>) -> bool {
    let told = |what| !inputs.people.unmanaged.contains(&what);
    match when {
        When::Organization(_) => true,
        When::Department(_) | When::Under(_) => told(Unmanaged::Departments),
        When::Position(_) => told(Unmanaged::Positions),
        When::Employment(_) => told(Unmanaged::Kinds),
        When::Any(parts) | When::All(parts) => parts.iter().all(|part| decidable(part, inputs)),
        When::Not(part) | When::At(_, part) => decidable(part, inputs),
    }
}
