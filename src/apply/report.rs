//! What became of a plan, step by step.

use jiff::Timestamp;
use serde_json::Value;

use crate::model::{Action, Instructions, Problem, Step, StepId, Subject};

/// How an apply ended, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything is so, or there was nothing to do.
    Done,
    /// Usage, files, portal out of reach: nothing was written.
    Error,
    /// A limit or a shrunken source holds steps back: nothing was written.
    HeldBack,
    /// Somebody changed what the plan builds on: nothing was written.
    Stale,
    /// Some steps are applied and some are not.
    Part,
    /// Applied; the rest waits for a person.
    Waiting,
}

impl Outcome {
    /// Returns the exit code.
    pub fn code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::Error => 1,
            Outcome::HeldBack => 3,
            Outcome::Stale => 4,
            Outcome::Part => 5,
            Outcome::Waiting => 6,
        }
    }

    /// Tells whether the source of this run counts as accepted.
    pub fn accepts_source(self) -> bool {
        matches!(self, Outcome::Done | Outcome::Part | Outcome::Waiting)
    }
}

/// What became of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// One for each step, in the plan's order.
    pub lines: Vec<Line>,
    /// What stopped the run, and what else has to be told.
    pub problems: Vec<Problem>,
    /// Writes that reached the portal or the source, or may have.
    pub written: u64,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The step.
    pub step: StepId,
    /// What it does.
    pub action: Action,
    /// Whom it concerns.
    pub subject: Subject,
    /// What became of it.
    pub state: State,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Written and read back.
    Done,
    /// It was so before; nothing was written.
    AlreadySo,
    /// Somebody changed what it builds on; nothing was written.
    Stale(Vec<Mismatch>),
    /// It did not work out.
    Failed(Problem),
    /// A write was sent and its fate is not known yet: the next run looks.
    InDoubt(Problem),
    /// Another step has to be done first.
    WaitsFor(StepId),
    /// A person has to do something first.
    ByHand(OpenHand),
    /// The run ended before it.
    NotReached,
}

/// A value that is neither as expected nor as wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The field, or what was looked for.
    pub field: String,
    /// What the plan expects; null: nothing.
    pub expected: Value,
    /// What was found; null: nothing.
    pub found: Value,
}

/// A by-hand step that is not done.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenHand {
    /// What is asked.
    pub instructions: Instructions,
    /// When it was first shown; none: by this run.
    pub since: Option<Timestamp>,
    /// Why it went back to waiting, if it did.
    pub why: Option<String>,
}

impl Line {
    /// Opens the line of a step that nothing has happened to.
    pub fn new(step: &Step) -> Line {
        Line {
            step: step.id.clone(),
            action: step.action,
            subject: step.subject.clone(),
            state: State::NotReached,
        }
    }
}

impl State {
    /// Tells whether what the step wants is so.
    pub fn is_done(&self) -> bool {
        matches!(self, State::Done | State::AlreadySo)
    }
}
