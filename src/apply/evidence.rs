//! What the journal's events add up to. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::event::{Event, Hand, Intent, Outcome, Settled};
use crate::model::{AcceptedSource, AccountId, Action, Email, History, Parked, PersonId, Snapshot, StepId};

/// Everything that a journal knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// The day of the run that is being read.
    as_of: Option<Date>,
    /// Intents without an outcome.
    pub open: BTreeMap<StepId, Open>,
    /// Accounts that a step created without finishing what belongs to them.
    pub begun: BTreeMap<StepId, u64>,
    /// Steps that were done, with the id they brought.
    pub done: BTreeMap<StepId, Option<u64>>,
    /// The EMAIL that shtat gave each account last.
    pub given: BTreeMap<AccountId, Email>,
    /// By-hand steps that were shown, and since when they wait.
    pub asked: BTreeMap<StepId, (Hand, Timestamp)>,
    /// By-hand steps that are done.
    pub confirmed: BTreeMap<StepId, Hand>,
    /// By-hand steps that went back to waiting, and why.
    pub waiting: BTreeMap<StepId, String>,
    addresses: BTreeMap<String, BTreeSet<PersonId>>,
    fired: BTreeMap<AccountId, Date>,
    reinstated: BTreeMap<AccountId, Date>,
    parked: BTreeMap<AccountId, Parked>,
    accepted_source: Option<AcceptedSource>,
}

/// An intent whose outcome nobody knows yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// What was about to be sent.
    pub intent: Intent,
    /// When.
    pub sent: Timestamp,
    /// The day of its run.
    pub as_of: Option<Date>,
}

impl Evidence {
    /// Adds an event.
    pub fn take(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::RunStarted(started) => self.as_of = Some(started.as_of),
            Event::Intent(intent) => self.take_intent(at, intent),
            Event::Outcome(outcome) => self.take_outcome(outcome),
            Event::Asked(hand) => {
                self.asked.entry(hand.step.clone()).or_insert_with(|| (hand.clone(), at));
            }
            Event::Confirmed(confirmed) => {
                self.waiting.remove(&confirmed.hand.step);
                self.confirmed.insert(confirmed.hand.step.clone(), confirmed.hand.clone());
            }
            Event::Waiting(waiting) => {
                self.confirmed.remove(&waiting.step);
                self.waiting.insert(waiting.step.clone(), waiting.why.clone());
            }
            Event::RunEnded(ended) => {
                if let Some(persons) = ended.accepted {
                    self.accepted_source = Some(AcceptedSource { persons });
                }
            }
        }
    }

    /// Says what earlier runs did. With a snapshot, intents without outcome count as what the
    /// portal shows of them; without one, as if they may have been done.
    pub fn history(&self, have: Option<&Snapshot>) -> History {
        let mut all = self.clone();
        for outcome in have.map(|have| self.settle(have)).unwrap_or_default() {
            all.take_outcome(&outcome);
        }
        if let Some(have) = have {
            all.see_parked(have);
        }
        for open in all.open.clone().into_values() {
            all.give(&open.intent);
            if open.intent.action == Action::FireUser {
                all.record_done(&open, None);
            }
        }
        let Evidence { addresses, fired, reinstated, parked, waiting, accepted_source, confirmed, .. } = all;
        let confirmed = confirmed.into_keys().collect();
        History { addresses, fired, reinstated, parked, confirmed, waiting, accepted_source }
    }

    /// Keeps where an address came from that moved as asked by hand, without a write of ours.
    fn see_parked(&mut self, have: &Snapshot) {
        for (hand, _) in self.asked.values() {
            let account = hand.account.and_then(|id| have.account(id)).filter(|account| !account.active);
            let (Some(account), Ok(from), Ok(to)) =
                (account, Email::parse(&hand.from), Email::parse(&hand.to))
            else {
                continue;
            };
            if account.email.as_ref() == Some(&to) {
                self.parked.entry(account.id).or_insert(Parked { person: None, from, to });
            }
        }
    }

    /// Says what became of the intents without outcome, as far as the portal shows it.
    pub fn settle(&self, have: &Snapshot) -> Vec<Outcome> {
        self.open.values().filter_map(|open| settle(&open.intent, have)).collect()
    }

    /// Returns when the last intent without outcome was sent.
    pub fn last_sent(&self) -> Option<Timestamp> {
        self.open.values().map(|open| open.sent).max()
    }

    fn take_intent(&mut self, at: Timestamp, intent: &Intent) {
        let open = Open { intent: intent.clone(), sent: at, as_of: self.as_of };
        self.open.insert(intent.step.clone(), open);
    }

    fn take_outcome(&mut self, outcome: &Outcome) {
        let Some(open) = self.open.remove(&outcome.step) else { return };
        match outcome.result {
            Settled::NotDone => {}
            Settled::Unknown => self.give(&open.intent),
            Settled::Begun => {
                self.give(&open.intent);
                if let Some(id) = outcome.id {
                    self.begun.insert(outcome.step.clone(), id);
                }
            }
            Settled::Done => {
                self.give(&open.intent);
                self.begun.remove(&outcome.step);
                self.done.insert(outcome.step.clone(), outcome.id);
                self.record_done(&open, outcome.id);
            }
        }
    }

    /// Keeps the address that an intent gives as its person's, and the one that an account leaves:
    /// that may stay its login, so no template may give it to somebody else.
    fn give(&mut self, intent: &Intent) {
        let Some(person) = &intent.person else { return };
        for address in [&intent.from, &intent.to].into_iter().flatten() {
            self.addresses.entry(address.key()).or_default().insert(person.clone());
        }
    }

    fn record_done(&mut self, open: &Open, id: Option<u64>) {
        let account = open.intent.account.or(id.map(AccountId));
        let (Some(account), Some(day)) = (account, open.as_of) else { return };
        match open.intent.action {
            Action::FireUser => drop(self.fired.insert(account, day)),
            Action::ReinstateUser => drop(self.reinstated.insert(account, day)),
            Action::SwapEmail => self.record_swap(account, &open.intent),
            _ => {}
        }
    }

    fn record_swap(&mut self, account: AccountId, intent: &Intent) {
        let (Some(from), Some(to)) = (&intent.from, &intent.to) else { return };
        self.given.insert(account, to.clone());
        if intent.dismissed {
            // An address that moves on from a temporary one keeps where it came from.
            let from = match self.parked.get(&account) {
                Some(parked) if parked.to == *from => parked.from.clone(),
                _ => from.clone(),
            };
            self.parked.insert(account, Parked { person: intent.person.clone(), from, to: to.clone() });
        }
    }
}

/// Says what the portal shows of one intent; none: it does not show.
fn settle(intent: &Intent, have: &Snapshot) -> Option<Outcome> {
    let (result, id) = match intent.action {
        Action::CreateUser | Action::InviteToExtranet if intent.account.is_none() => {
            created(intent.key.as_deref()?, have)?
        }
        Action::FireUser => (done(!have.account(intent.account?)?.active), None),
        Action::ReinstateUser => (done(have.account(intent.account?)?.active), None),
        Action::SwapEmail => (moved(intent, have.account(intent.account?)?.email.as_ref()), None),
        _ => return None,
    };
    let why = (result == Settled::NotDone).then(|| "looked for and not found".to_owned());
    Some(Outcome { step: intent.step.clone(), result, id, why })
}

fn created(key: &str, have: &Snapshot) -> Option<(Settled, Option<u64>)> {
    let mut with_key = have.accounts.iter().filter(|account| account.xml_id.as_deref() == Some(key));
    match (with_key.next(), with_key.next()) {
        (Some(account), None) => Some((Settled::Begun, Some(account.id.0))),
        (None, _) => Some((Settled::NotDone, None)),
        (Some(_), Some(_)) => None,
    }
}

fn moved(intent: &Intent, now: Option<&Email>) -> Settled {
    if now == intent.to.as_ref() {
        Settled::Done
    } else if now == intent.from.as_ref() {
        Settled::NotDone
    } else {
        Settled::Unknown
    }
}

fn done(so: bool) -> Settled {
    if so { Settled::Done } else { Settled::NotDone }
}
