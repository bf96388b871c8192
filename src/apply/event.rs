//! What the journal says: one event a line.
//!
//! An event carries ids, keys and the addresses that histories are made of; no other value of a
//! person's fields, no message, no secret.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::model::{AccountId, Action, Email, PersonId, StepId};

/// Something that happened, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An apply began.
    RunStarted(RunStarted),
    /// A write is about to be sent.
    Intent(Intent),
    /// What became of the last intent of a step.
    Outcome(Outcome),
    /// A by-hand step was shown to people for the first time.
    Asked(Hand),
    /// A by-hand step is done: somebody said so, or the portal shows it.
    Confirmed(Confirmed),
    /// A by-hand step went back to waiting: the portal still refuses the address.
    Waiting(BackToWaiting),
    /// An apply ended.
    RunEnded(RunEnded),
}

/// An apply began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// The digest of the plan it carries out.
    pub plan: String,
    /// The day the plan is for.
    pub as_of: Date,
    /// The process.
    pub process: u32,
    /// The machine.
    pub host: String,
    /// Bytes of a torn last line that were cut off before; 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut: u64,
}

/// A write is about to be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The step it belongs to.
    pub step: StepId,
    /// What the step does.
    #[serde(rename = "do")]
    pub action: Action,
    /// The person, where the source has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The account that changes, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The XML_ID by which a new account is found again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The address that was there before, where the step moves one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Email>,
    /// The address that the step gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Email>,
    /// The account was closed when its address moved.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dismissed: bool,
    /// Names of the fields sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// What became of the last intent of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The step.
    pub step: StepId,
    /// What was seen.
    pub result: Settled,
    /// The account or department that the step brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Why it is not done, without personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How an intent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// The portal or the source shows what was wanted.
    Done,
    /// The account is there, but something that belongs to it is still missing.
    Begun,
    /// Refused, or looked for and not found: nothing of it was done.
    NotDone,
    /// Something else is there now: nobody can say what became of it.
    Unknown,
}

/// Whose login a person is asked to move, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hand {
    /// The by-hand step.
    pub step: StepId,
    /// The account whose login moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The address to be set free.
    pub from: String,
    /// The address to move to.
    pub to: String,
}

/// A by-hand step is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// What was asked.
    #[serde(flatten)]
    pub hand: Hand,
    /// Who says so.
    pub by: Witness,
}

/// Who says that a by-hand step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// Somebody ran `shtat confirm`.
    Person,
    /// The portal shows the account's EMAIL changed as asked.
    Portal,
}

/// A by-hand step went back to waiting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackToWaiting {
    /// The by-hand step.
    pub step: StepId,
    /// The reason, for people.
    pub why: String,
}

/// An apply ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEnded {
    /// Its exit code.
    pub exit: u8,
    /// Persons of the source, where this end accepts it (exit 0, 5 or 6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<u64>,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number, from 1.
    pub line: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl Event {
    /// Returns the step that the event is about.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Event::RunStarted(_) | Event::RunEnded(_) => None,
            Event::Intent(intent) => Some(&intent.step),
            Event::Outcome(outcome) => Some(&outcome.step),
            Event::Asked(hand) => Some(&hand.step),
            Event::Confirmed(confirmed) => Some(&confirmed.hand.step),
            Event::Waiting(waiting) => Some(&waiting.step),
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
