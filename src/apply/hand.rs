//! Steps that only a person can do: asked, confirmed, shown by the portal, or waiting again.

use super::{
    State,
    attempt::{Trouble, trouble},
    check::shown_by_portal,
    event::{BackToWaiting, Confirmed, Event, Hand, Witness},
    journal::hand,
    report::OpenHand,
    runner::{Next, Runner},
};
use crate::{
    model::{Email, Problem, Step, StepId},
    portal::{PortalError, PortalFault},
};

/// What `user.add` says (Bitrix24 4.5) when it refuses for another reason than a login or
/// address that somebody has.
const OTHER_REFUSALS: [&str; 6] = [
    "access_denied",
    "no_sonet_group_for_extranet",
    "invalid_type_field",
    "wrong_email",
    "user_count_exceeded",
    "no_extranet_field",
];

/// Why a by-hand step goes back to waiting.
const LOGIN_HELD: &str = "the portal still refuses the address: it is still the login of the former account";

impl Runner<'_> {
    /// Puts the by-hand steps that were to set this step's address free back to waiting.
    pub(super) fn back_to_waiting(&mut self, step: &Step) -> Result<Option<StepId>, Problem> {
        let Some(email) = step.changes.get("EMAIL").and_then(|change| change.want.as_str()) else {
            return Ok(None);
        };
        let mut first = None;
        for hand in self.hands_that_free(email) {
            let why = LOGIN_HELD.to_owned();
            self.journal.append(Event::Waiting(BackToWaiting { step: hand.step.clone(), why }))?;
            let asked = self.plan.steps.iter().find(|step| step.id == hand.step);
            if let Some(open) = asked.and_then(|step| self.open_hand(step)) {
                self.reopen_hand(&hand.step, State::ByHand(open));
            }
            first.get_or_insert(hand.step);
        }
        Ok(first)
    }

    /// Planned, confirmed, or else asked in an earlier run: where the portal shows the address moved
    /// as asked, a new plan asks no more and nobody has confirmed it.
    fn hands_that_free(&self, email: &str) -> Vec<Hand> {
        let email = Email::parse(email).ok();
        let frees = |hand: &Hand| email.is_some() && Email::parse(&hand.from).ok() == email;
        let evidence = self.journal.evidence();
        let known = self.plan.steps.iter().filter_map(hand).chain(evidence.confirmed.values().cloned());
        let mut all: Vec<Hand> = known.filter(&frees).collect();
        if all.is_empty() {
            all.extend(evidence.asked.values().map(|(hand, _)| hand.clone()).filter(&frees));
        }
        all.sort_by(|a, b| a.step.cmp(&b.step));
        all.dedup_by(|a, b| a.step == b.step);
        all
    }

    /// A step that only a person can do: done when somebody said so or the portal shows it.
    pub(super) fn hand(&mut self, step: &Step) -> Result<Next, Problem> {
        let Some(asked) = hand(step) else {
            return Ok(Next::Final(State::Failed(trouble(step, "this step does not say what is asked"))));
        };
        if self.journal.evidence().confirmed.contains_key(&step.id) {
            return Ok(Next::Final(State::AlreadySo));
        }
        let found = match asked.account.map(|id| self.doors.portal.account(id)).transpose() {
            Ok(found) => found.flatten(),
            Err(error) if error.ends_run() => return Err(Trouble::Portal(error).problem(step)),
            Err(_) => None,
        };
        if shown_by_portal(step, found.as_ref(), self.journal.evidence()) {
            self.journal.append(Event::Confirmed(Confirmed { hand: asked, by: Witness::Portal }))?;
            return Ok(Next::Final(State::Done));
        }
        let open = self.open_hand(step);
        if !self.journal.evidence().asked.contains_key(&step.id) {
            self.journal.append(Event::Asked(asked))?;
        }
        Ok(Next::Final(open.map_or(State::NotReached, State::ByHand)))
    }

    fn open_hand(&self, step: &Step) -> Option<OpenHand> {
        let evidence = self.journal.evidence();
        Some(OpenHand {
            instructions: step.instructions.clone()?,
            since: evidence.asked.get(&step.id).map(|(_, since)| *since),
            why: evidence.waiting.get(&step.id).cloned(),
        })
    }
}

/// Tells whether a refusal may mean that the new account's address is somebody's login.
pub(super) fn may_be_login(error: &PortalError) -> bool {
    let PortalFault::Refused { text, .. } = &error.fault else { return false };
    !OTHER_REFUSALS.iter().any(|known| text.contains(known))
}
