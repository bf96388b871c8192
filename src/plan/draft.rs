//! Steps in the making: each may be held, and takes along what waits for it.

use std::collections::HashMap;

use serde_json::Value;

use super::hash;
use crate::model::{Action, Because, Change, Employment, Place, Reason, Step, StepId, Subject};

/// Why a step is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hold {
    /// The code.
    pub reason: Reason,
    /// In words.
    pub text: String,
    /// The rule that holds it, where a rule does.
    pub because: Option<Because>,
}

impl Hold {
    /// States a reason in words.
    pub fn new(reason: Reason, text: impl Into<String>) -> Hold {
        Hold { reason, text: text.into(), because: None }
    }

    /// Cites the rule that holds.
    pub fn by(mut self, place: Option<&Place>) -> Hold {
        self.because = place.map(|place| rule(place, self.text.clone()));
        self
    }

    /// Picks the reason that comes first in the contract's list.
    pub fn first(holds: impl IntoIterator<Item = Option<Hold>>) -> Option<Hold> {
        holds.into_iter().flatten().min_by_key(|hold| hold.reason)
    }
}

/// A step that the planner thinks of, and why it is held, if it is.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// The step.
    pub step: Step,
    /// Why it is left to a person.
    pub hold: Option<Hold>,
}

impl Proposal {
    /// Begins a step with nothing in it.
    pub fn new(action: Action, subject: Subject) -> Proposal {
        let step = Step {
            id: StepId(String::new()),
            action,
            subject,
            changes: Default::default(),
            expects: Default::default(),
            message: None,
            instructions: None,
            because: Vec::new(),
            after: Vec::new(),
        };
        Proposal { step, hold: None }
    }

    /// Adds a field that is sent.
    pub fn change(mut self, field: &str, have: impl Into<Value>, want: impl Into<Value>) -> Proposal {
        self.step.changes.insert(field.to_owned(), Change::new(have, want));
        self
    }

    /// Adds a field that is sent, and expects to find the value it replaces.
    pub fn replace(self, field: &str, have: Value, want: impl Into<Value>) -> Proposal {
        self.expect(field, have.clone()).change(field, have, want)
    }

    /// Adds what must be found at the moment of the write.
    pub fn expect(mut self, field: &str, value: impl Into<Value>) -> Proposal {
        self.step.expects.insert(field.to_owned(), value.into());
        self
    }

    /// Adds reasons.
    pub fn because(mut self, because: impl IntoIterator<Item = Because>) -> Proposal {
        for because in because {
            if !self.step.because.contains(&because) {
                self.step.because.push(because);
            }
        }
        self
    }

    /// Adds steps to wait for.
    pub fn after(mut self, steps: impl IntoIterator<Item = StepId>) -> Proposal {
        self.step.after.extend(steps);
        self
    }

    /// Adds the text of an invitation.
    pub fn message(mut self, message: Option<String>) -> Proposal {
        self.step.message = message;
        self
    }

    /// Holds the step, unless it is held for a reason that comes first.
    pub fn hold(mut self, hold: Option<Hold>) -> Proposal {
        self.hold = Hold::first([self.hold, hold]);
        self
    }

    /// Gives the step its id. Nothing the id is made of may change afterwards.
    pub fn seal(mut self) -> Proposal {
        self.step.id = hash::step_id(&self.step);
        self
    }
}

/// All steps thought of so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    proposals: Vec<Proposal>,
    index: HashMap<StepId, usize>,
}

impl Draft {
    /// Takes a step in; one that is there already is not taken twice.
    pub fn add(&mut self, proposal: Proposal) -> StepId {
        let proposal = proposal.seal();
        let id = proposal.step.id.clone();
        if !self.index.contains_key(&id) {
            self.index.insert(id.clone(), self.proposals.len());
            self.proposals.push(proposal);
        }
        id
    }

    /// Makes a step wait for others.
    pub fn wait(&mut self, id: &StepId, before: impl IntoIterator<Item = StepId>) {
        if let Some(at) = self.index.get(id) {
            self.proposals[*at].step.after.extend(before);
        }
    }

    /// Returns every proposal.
    pub fn all(&self) -> &[Proposal] {
        &self.proposals
    }

    /// Returns every proposal, to hold some.
    pub fn all_mut(&mut self) -> &mut [Proposal] {
        &mut self.proposals
    }

    /// Keeps the proposals for which `keep` says so.
    pub fn retain(&mut self, keep: impl Fn(&Proposal) -> bool) {
        self.proposals.retain(keep);
        let places = self.proposals.iter().enumerate();
        self.index = places.map(|(at, proposal)| (proposal.step.id.clone(), at)).collect();
    }

    /// Lists, for each proposal, those that wait for it.
    pub fn dependants(&self) -> Vec<Vec<usize>> {
        let mut dependants = vec![Vec::new(); self.proposals.len()];
        for (at, proposal) in self.proposals.iter().enumerate() {
            for before in proposal.step.after.iter().filter_map(|id| self.index.get(id)) {
                dependants[*before].push(at);
            }
        }
        dependants
    }

    /// Takes every proposal out.
    pub fn into_all(self) -> Vec<Proposal> {
        self.proposals
    }
}

/// Cites a rule.
pub(super) fn rule(place: &Place, text: impl Into<String>) -> Because {
    Because { rule: Some(place.without_column().to_string()), source: None, text: Some(text.into()) }
}

/// States a reason that no rule file gives: a default, or the portal itself.
pub(super) fn fact(text: impl Into<String>) -> Because {
    Because { text: Some(text.into()), ..Because::default() }
}

/// Cites the row of an employment.
pub(super) fn source(job: &Employment) -> Option<Because> {
    let origin = Some(job.origin.clone()).filter(|origin| !origin.is_empty());
    origin.map(|origin| Because { source: Some(origin), ..Because::default() })
}
