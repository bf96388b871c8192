//! Logins, which no interface moves: what a person is asked to do, and whether it is done.

use super::{
    draft::{Draft, Proposal, fact},
    scope::Known,
    world::World,
};
use crate::model::{Account, Action, Edition, Email, Instructions, StepId};

/// How far a by-hand step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody has said anything yet.
    Open,
    /// A person said that it is done.
    Confirmed,
    /// A person said so, and the portal showed that it is not.
    BackToWaiting,
}

/// Asks a person to move an account's login. The step is the same in every plan until it is done,
/// so its subject names the address that the login leaves, not the account's present one.
pub(super) fn change(
    world: &World<'_>,
    known: &Known<'_>,
    account: &Account,
    from: &Email,
    to: &Email,
) -> Proposal {
    let mut step = Proposal::new(Action::ByHand, world.subject(Some(known), Some(account), Some(from)));
    step.step.instructions = Some(instructions(world.inputs.have.edition, &known.name().full(), from, to));
    step.seal()
}

fn instructions(edition: Edition, name: &str, from: &Email, to: &Email) -> Instructions {
    let (who, place, text) = match edition {
        Edition::Cloud => (
            format!("{name}, the employee"),
            "Битрикс24.Паспорт",
            format!(
                "{name} opens Битрикс24.Паспорт and changes the login from {from} to {to}; nobody else can"
            ),
        ),
        Edition::Box => (
            "an administrator of the portal".to_owned(),
            "the user's card, field Login",
            format!(
                "an administrator opens the card of {name} and changes the field Login from {from} to {to}"
            ),
        ),
    };
    Instructions { who, r#where: place.to_owned(), from: from.to_string(), to: to.to_string(), text }
}

/// Says how far a step of [`change`] is.
pub(super) fn state(world: &World<'_>, step: &Proposal) -> State {
    let history = world.inputs.history;
    match () {
        () if history.confirmed.contains(&step.step.id) => State::Confirmed,
        () if history.waiting.contains_key(&step.step.id) => State::BackToWaiting,
        () => State::Open,
    }
}

/// Drafts a step of [`change`] unless it is confirmed; then nothing waits for it.
pub(super) fn pending(world: &World<'_>, draft: &mut Draft, step: Proposal) -> Option<StepId> {
    if state(world, &step) == State::Confirmed {
        return None;
    }
    let reason = world.inputs.history.waiting.get(&step.step.id);
    let reason = reason.map(|why| fact(format!("it was confirmed, but is not done: {why}")));
    Some(draft.add(step.because(reason)))
}
