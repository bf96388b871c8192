//! Walks the steps of a plan: which is next, which waits, and how it all ended.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Instant,
};

use super::{
    Journal, Line, Outcome, Report, State,
    check::{self, Checked},
    event::{Event, RunEnded, RunStarted},
    lock::host,
    resolve::Ids,
    run::Options,
    settle::settle,
};
use crate::{
    model::{Plan, Problem, Severity, StepId},
    portal::{Progress, WritePortal},
    source::Source,
};

/// Where a run reads and writes, and whom it tells.
#[derive(Clone, Copy)]
pub struct Doors<'a> {
    /// The portal.
    pub portal: &'a dyn WritePortal,
    /// The HR source.
    pub source: &'a dyn Source,
    /// Told how far it is.
    pub progress: &'a dyn Progress,
}

/// One run of a plan.
pub struct Runner<'a> {
    pub(super) plan: &'a Plan,
    pub(super) doors: Doors<'a>,
    pub(super) journal: &'a mut Journal,
    pub(super) options: &'a Options<'a>,
    pub(super) ids: Ids,
    pub(super) written: u64,
    /// Writes in a row whose answer told nothing and that did not show.
    pub(super) lost_in_row: u32,
    pub(super) memory: Vec<Memory>,
    lines: Vec<Line>,
    index: HashMap<&'a StepId, usize>,
    open: BTreeSet<usize>,
    any_stale: bool,
}

/// What a run remembers of a step that it has to come back to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    /// Writes sent.
    pub writes: u32,
    /// Answers that said nothing.
    pub lost: u32,
    /// Times that the portal was too busy.
    pub busy: u32,
    /// Looks made after the time-out had passed.
    pub looks: u32,
    /// Not before this moment.
    pub not_before: Option<Instant>,
}

/// What an attempt at a step came to.
pub enum Next {
    /// The step needs no more.
    Final(State),
    /// It has to be tried again, not before its memory says.
    Later(&'static str),
}

impl<'a> Runner<'a> {
    /// Prepares a run; nothing happens yet.
    pub fn new(
        plan: &'a Plan,
        doors: Doors<'a>,
        journal: &'a mut Journal,
        options: &'a Options<'a>,
    ) -> Runner<'a> {
        Runner {
            plan,
            doors,
            journal,
            options,
            ids: Ids::new(),
            written: 0,
            lost_in_row: 0,
            memory: vec![Memory::default(); plan.steps.len()],
            lines: plan.steps.iter().map(Line::new).collect(),
            index: plan.steps.iter().enumerate().map(|(at, step)| (&step.id, at)).collect(),
            open: (0..plan.steps.len()).collect(),
            any_stale: false,
        }
    }

    /// Writes down that the run begins.
    pub fn begin(&mut self) -> Result<(), Problem> {
        let (plan, as_of, cut) = (self.plan.digest.clone(), self.plan.as_of, self.journal.cut());
        let started = RunStarted { plan, as_of, process: std::process::id(), host: host(), cut };
        self.journal.append(Event::RunStarted(started))
    }

    /// Reads the portal again and checks every step. Says whether to go on.
    pub fn settle_and_check(&mut self) -> Result<bool, Problem> {
        let have = settle(self.journal, self.doors.portal, self.options, self.doors.progress)?;
        let Checked { stale, damaged, ids } = check::check(self.plan, &have, self.journal.evidence());
        if let Some(problem) = damaged.into_iter().next() {
            return Err(problem);
        }
        self.ids = ids;
        self.any_stale = !stale.is_empty();
        let by_place: BTreeMap<usize, _> =
            stale.into_iter().filter_map(|(id, found)| Some((*self.index.get(&id)?, found))).collect();
        for (at, mismatches) in by_place {
            self.close(at, State::Stale(mismatches));
        }
        Ok(!self.any_stale || self.options.skip_stale)
    }

    /// Carries out step after step until none is left that can be.
    pub fn walk(&mut self) -> Result<(), Problem> {
        while !self.open.is_empty() {
            self.tell();
            self.check_cancelled()?;
            match self.next() {
                Turn::Step(at) => self.take(at)?,
                Turn::Wait(until, why) => {
                    let long = until.saturating_duration_since(Instant::now());
                    self.options.sleep(long, why, self.doors.progress).map_err(|_| self.stopped())?;
                }
                Turn::Blocked => break,
            }
        }
        self.tell();
        Ok(())
    }

    /// Says how it ended, and writes it down.
    pub fn finish(mut self, end: Result<(), Problem>) -> Report {
        self.name_what_is_left();
        let mut problems = Vec::new();
        let mut outcome = self.outcome(end.is_err());
        problems.extend(end.err());
        let accepted = outcome.accepts_source().then_some(self.plan.summary.people);
        if let Err(problem) =
            self.journal.append(Event::RunEnded(RunEnded { exit: outcome.code(), accepted }))
        {
            outcome = if self.written > 0 { Outcome::Part } else { Outcome::Error };
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        Report { outcome, lines: self.lines, problems, written: self.written }
    }

    fn take(&mut self, at: usize) -> Result<(), Problem> {
        match self.attempt(at) {
            Ok(Next::Final(state)) => self.close(at, state),
            Ok(Next::Later(why)) => self.lines[at].state = State::InDoubt(Problem::warning(why)),
            Err(problem) => {
                self.lines[at].state = State::NotReached;
                return Err(problem);
            }
        }
        Ok(())
    }

    fn close(&mut self, at: usize, state: State) {
        self.lines[at].state = state;
        self.open.remove(&at);
    }

    /// Puts another step back to waiting for a person.
    pub(super) fn reopen_hand(&mut self, hand: &StepId, state: State) {
        if let Some(at) = self.index.get(hand) {
            self.lines[*at].state = state;
        }
    }

    /// Finds the first step that can be carried out now.
    fn next(&self) -> Turn {
        let now = Instant::now();
        let mut wait: Option<(Instant, usize)> = None;
        for at in self.open.iter().copied().filter(|at| self.blocker(*at).is_none()) {
            match self.memory[at].not_before.filter(|moment| *moment > now) {
                None => return Turn::Step(at),
                Some(moment) => wait = Some(wait.map_or((moment, at), |known| known.min((moment, at)))),
            }
        }
        match wait {
            Some((until, at)) => Turn::Wait(until, self.why_later(at)),
            None => Turn::Blocked,
        }
    }

    fn why_later(&self, at: usize) -> &'static str {
        if self.memory[at].busy > 0 && self.memory[at].lost == 0 {
            "the portal is busy"
        } else {
            "the portal may still be at work on a call whose answer was lost"
        }
    }

    /// Returns the first step that this one still waits for.
    fn blocker(&self, at: usize) -> Option<&'a StepId> {
        let done = |id: &&StepId| self.index.get(id).is_none_or(|at| self.lines[*at].state.is_done());
        self.plan.steps[at].after.iter().find(|id| !done(id))
    }

    fn name_what_is_left(&mut self) {
        for at in self.open.clone() {
            let step = &self.plan.steps[at].id;
            let blocker = self.blocker(at).cloned();
            let state = if self.journal.evidence().open.contains_key(step) {
                State::InDoubt(in_doubt())
            } else {
                blocker.map_or(State::NotReached, State::WaitsFor)
            };
            self.lines[at].state = state;
        }
    }

    fn outcome(&self, ended_early: bool) -> Outcome {
        let any = |fits: fn(&State) -> bool| self.lines.iter().any(|line| fits(&line.state));
        if self.any_stale && !self.options.skip_stale && !ended_early {
            Outcome::Stale
        } else if ended_early {
            if self.written > 0 { Outcome::Part } else { Outcome::Error }
        } else if any(|state| matches!(state, State::Stale(_) | State::InDoubt(_))) {
            Outcome::Part
        } else if any(|state| matches!(state, State::Failed(_))) {
            if self.written > 0 { Outcome::Part } else { Outcome::Error }
        } else if any(|state| !state.is_done()) {
            Outcome::Waiting
        } else {
            Outcome::Done
        }
    }

    fn check_cancelled(&self) -> Result<(), Problem> {
        if self.options.cancelled() { Err(self.stopped()) } else { Ok(()) }
    }

    fn stopped(&self) -> Problem {
        let left = self.open.len();
        Problem::error(format!("stopped; {} steps are done and {left} are not", self.lines.len() - left))
            .hint("run the same command again: it goes on where this one stopped")
    }

    fn tell(&self) {
        let total = self.lines.len() as u64;
        self.doors.progress.tell("applying", total - self.open.len() as u64, total);
    }
}

/// What to do next.
enum Turn {
    Step(usize),
    Wait(Instant, &'static str),
    Blocked,
}

fn in_doubt() -> Problem {
    Problem {
        severity: Severity::Error,
        ..Problem::warning("no answer says whether this was done")
            .hint("run the same command again: it looks before it does anything")
    }
}
