//! One step: look, decide, write once, read back.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{
    State,
    check::{is_unique, later_addresses, ours},
    decide::{self, After, Answer, Doubt, Move, Verdict, next_move},
    event::{Event, Outcome, Settled},
    hand::may_be_login,
    look::{Context, Live, examine},
    resolve::{Task, Unresolved, task},
    runner::{Next, Runner},
    settle::unripe,
    write::{Sent, Write},
};
use crate::{
    model::{Problem, Step},
    portal::{PortalError, PortalFault},
};

/// Writes of one step in one run: more would be a loop, not a repeat. The writes that finish a
/// creation do not count.
const WRITES: u32 = 3;
/// Writes of one creation together with those that finish it: fields once, groups one by one.
const FINISHING: u32 = 60;
/// Writes in a row that told nothing and did not show: the portal is not well.
const LOST_IN_ROW: u32 = 3;
/// Pauses for a busy portal double from one to this; the operating limit of Bitrix24 lets go
/// after 300 seconds.
const BUSY_PAUSE: Duration = Duration::from_secs(60);
/// With the pauses above this is a quarter of an hour.
const BUSY_TIMES: u32 = 20;

impl Runner<'_> {
    /// Carries a step on as far as it goes now. An error ends the run.
    pub(super) fn attempt(&mut self, at: usize) -> Result<Next, Problem> {
        let step = &self.plan.steps[at];
        let task = match task(step, &self.ids) {
            Ok(Task::Hand) => return self.hand(step),
            Ok(task) => task,
            Err(Unresolved::Malformed(problem)) => return Ok(Next::Final(State::Failed(problem))),
            Err(Unresolved::Needs(other)) => return Ok(Next::Final(State::WaitsFor(other))),
        };
        loop {
            let verdict = match self.look(at, &task) {
                Ok(verdict) => verdict,
                Err(error) => return self.cannot_look(at, error),
            };
            let next = match next_move(&verdict, self.doubt(at), is_unique(&task)) {
                Move::Settle => Some(self.settle(at, &verdict)?),
                Move::Leave => Some(self.leave(step, verdict, Settled::Unknown)?),
                Move::Wait => Some(self.wait(at)),
                Move::LookOnceMore => Some(self.look_once_more(at)),
                Move::Write => self.write(at, &task, &verdict)?,
            };
            if let Some(next) = next {
                return Ok(next);
            }
        }
    }

    fn look(&self, at: usize, task: &Task) -> Result<Verdict, Trouble> {
        let step = &self.plan.steps[at];
        if let Task::WriteBack { person, have, want } = task {
            let found = self.doors.source.look_email(person, have.as_deref(), want);
            return found.map(decide::written).map_err(Trouble::Source);
        }
        let later = later_addresses(self.plan, at);
        let ours = ours(step, self.journal.evidence());
        let context = Context { expects: &step.expects, later: &later, ours };
        examine(task, context, &Live(self.doors.portal)).map_err(Trouble::Portal)
    }

    fn cannot_look(&mut self, at: usize, trouble: Trouble) -> Result<Next, Problem> {
        let step = &self.plan.steps[at];
        let lost = matches!(&trouble, Trouble::Portal(error) if !error.changed_nothing());
        let ends = matches!(&trouble, Trouble::Portal(error) if error.ends_run());
        let problem = trouble.problem(step);
        self.lost_in_row += u32::from(lost);
        if ends || self.lost_in_row >= LOST_IN_ROW {
            return Err(problem);
        }
        let open = self.journal.evidence().open.contains_key(&step.id);
        Ok(Next::Final(if open { State::InDoubt(problem) } else { State::Failed(problem) }))
    }

    fn doubt(&self, at: usize) -> Doubt {
        decide::doubt(self.unripe(at), self.memory[at].looks)
    }

    /// Returns how long the last write of a step may still land; none: its outcome is known.
    fn unripe(&self, at: usize) -> Option<Duration> {
        let open = self.journal.evidence().open.get(&self.plan.steps[at].id)?;
        Some(unripe(open.sent, Timestamp::now(), self.options.timeout))
    }

    fn settle(&mut self, at: usize, verdict: &Verdict) -> Result<Next, Problem> {
        let step = &self.plan.steps[at];
        let Verdict::AlreadySo(id) = *verdict else { return Ok(Next::Final(State::NotReached)) };
        self.conclude(step, Settled::Done, id, None)?;
        if let Some(id) = id {
            self.ids.insert(step.id.clone(), id);
        }
        self.lost_in_row = 0;
        let ours = self.memory[at].writes > 0;
        Ok(Next::Final(if ours { State::Done } else { State::AlreadySo }))
    }

    fn leave(&mut self, step: &Step, verdict: Verdict, settled: Settled) -> Result<Next, Problem> {
        self.conclude(step, settled, None, Some("something else was found"))?;
        let Verdict::Stale(mismatches) = verdict else { return Ok(Next::Final(State::NotReached)) };
        Ok(Next::Final(State::Stale(mismatches)))
    }

    fn wait(&mut self, at: usize) -> Next {
        let left = self.unripe(at).unwrap_or_default();
        self.later(at, left, "no answer says whether it was done; looking again when it cannot land any more")
    }

    fn look_once_more(&mut self, at: usize) -> Next {
        self.memory[at].looks += 1;
        self.later(at, self.options.second_look, "not there yet; looking once more before it is added again")
    }

    fn later(&mut self, at: usize, long: Duration, why: &'static str) -> Next {
        self.memory[at].not_before = Some(Instant::now() + long);
        Next::Later(why)
    }

    /// Sends a write and looks what came of it. None: look and decide again.
    fn write(&mut self, at: usize, task: &Task, verdict: &Verdict) -> Result<Option<Next>, Problem> {
        let step = &self.plan.steps[at];
        let begun = match verdict {
            Verdict::Finish(missing) => Some(missing.account.0),
            _ => None,
        };
        let settled = if begun.is_some() { Settled::Begun } else { Settled::NotDone };
        self.conclude(step, settled, begun, Some("looked for before writing again"))?;
        if self.memory[at].writes >= WRITES && begun.is_none() {
            let problem = trouble(step, "this was tried several times and does not show on the portal");
            return Ok(Some(Next::Final(State::Failed(problem))));
        }
        let found = match self.account_of(task) {
            Ok(found) => found,
            Err(error) => return self.cannot_look(at, Trouble::Portal(error)).map(Some),
        };
        let write = match verdict {
            Verdict::Finish(missing) => Write::finishing(missing),
            _ => Write::of(task, step, found.as_ref()),
        };
        let Some(write) = write else { return Ok(Some(Next::Final(State::NotReached))) };
        self.journal.append(Event::Intent(write.intent(step, found.as_ref())))?;
        self.memory[at].writes += 1;
        match write.send(self.doors.portal, self.doors.source) {
            Sent::Accepted => self.read_back(at, task, begun),
            Sent::Stale => {
                let verdict = decide::written(crate::source::Written::Stale);
                self.leave(step, verdict, Settled::NotDone).map(Some)
            }
            Sent::Refused(problem) => self.source_failed(at, task, problem),
            Sent::Failed(error) => self.failed(at, task, &write, begun, error),
        }
    }

    /// Reads the account that a change concerns: the journal keeps the address that moves, and
    /// КЭДО wants its name.
    fn account_of(&self, task: &Task) -> Result<Option<crate::model::Account>, PortalError> {
        match task {
            Task::Fields { account, want } if want.contains_key("EMAIL") => {
                self.doors.portal.account(*account)
            }
            Task::Bind(bond) => self.doors.portal.account(bond.account),
            _ => Ok(None),
        }
    }

    /// Takes what the other side said as evidence, not as truth.
    fn read_back(&mut self, at: usize, task: &Task, begun: Option<u64>) -> Result<Option<Next>, Problem> {
        self.written += 1;
        let step = &self.plan.steps[at];
        let verdict = match self.look(at, task) {
            Ok(verdict) => verdict,
            Err(error) => return self.cannot_look(at, error).map(Some),
        };
        match decide::after(Answer::Accepted, &verdict, begun.is_some()) {
            After::Done => self.settle(at, &verdict).map(Some),
            After::GoOn if self.memory[at].writes < FINISHING => self.go_on(step, &verdict, None),
            _ => {
                self.conclude(step, Settled::Unknown, None, Some("accepted, but it does not show"))?;
                let problem = trouble(step, format!("the portal accepted this, but {}", shows(&verdict)))
                    .hint("look at the account on the portal, then make a new plan");
                Ok(Some(Next::Final(State::Failed(problem))))
            }
        }
    }

    /// The account is there: keeps that it is ours, and comes back for what is missing.
    fn go_on(&mut self, step: &Step, verdict: &Verdict, why: Option<&str>) -> Result<Option<Next>, Problem> {
        if let Verdict::Finish(missing) = verdict {
            self.conclude(step, Settled::Begun, Some(missing.account.0), why)?;
        }
        Ok(None)
    }

    fn source_failed(&mut self, at: usize, task: &Task, problem: Problem) -> Result<Option<Next>, Problem> {
        match self.look(at, task) {
            Ok(verdict @ Verdict::AlreadySo(_)) => self.settle(at, &verdict).map(Some),
            _ => {
                self.conclude(&self.plan.steps[at], Settled::NotDone, None, Some("the source refused it"))?;
                Ok(Some(Next::Final(State::Failed(problem))))
            }
        }
    }

    fn failed(
        &mut self,
        at: usize,
        task: &Task,
        write: &Write,
        begun: Option<u64>,
        error: PortalError,
    ) -> Result<Option<Next>, Problem> {
        let step = &self.plan.steps[at];
        if error.changed_nothing() {
            let settled = if begun.is_some() { Settled::Begun } else { Settled::NotDone };
            self.conclude(step, settled, begun, Some(&error.to_string()))?;
            return self.not_begun(at, error).map(Some);
        }
        self.written += 1;
        let answer = match error.fault {
            PortalFault::Refused { .. } => Answer::Refused,
            _ => Answer::Lost,
        };
        let verdict = match self.look(at, task) {
            Ok(verdict) => verdict,
            Err(trouble) => return self.lost(at, Some(trouble), error).map(Some),
        };
        match decide::after(answer, &verdict, begun.is_some()) {
            After::Done => self.settle(at, &verdict).map(Some),
            After::GoOn => self.go_on(step, &verdict, Some(&error.to_string())),
            After::InDoubt => self.lost(at, None, error).map(Some),
            After::Leave | After::Fail if begun.is_some() => {
                self.go_on(step, &verdict, Some(&error.to_string()))?;
                Ok(Some(Next::Final(State::Failed(Trouble::Portal(error).problem(step)))))
            }
            After::Leave | After::Fail => self.refused(step, write, verdict, error).map(Some),
        }
    }

    /// The portal did nothing: it is busy, our access ended, or the call never left.
    fn not_begun(&mut self, at: usize, error: PortalError) -> Result<Next, Problem> {
        let problem = Trouble::Portal(error.clone()).problem(&self.plan.steps[at]);
        if error.ends_run() {
            return Err(problem);
        }
        if self.options.cancelled() {
            return Ok(Next::Later("stopped"));
        }
        let memory = &mut self.memory[at];
        if !matches!(error.fault, PortalFault::Busy { .. }) || memory.busy >= BUSY_TIMES {
            return Ok(Next::Final(State::Failed(problem)));
        }
        let pause = self.options.busy_pause.saturating_mul(1 << memory.busy.min(16)).min(BUSY_PAUSE);
        memory.busy += 1;
        memory.writes -= 1;
        Ok(self.later(at, pause, "the portal is busy"))
    }

    /// The portal looked at the call and did not do it.
    fn refused(
        &mut self,
        step: &Step,
        write: &Write,
        verdict: Verdict,
        error: PortalError,
    ) -> Result<Next, Problem> {
        self.conclude(step, Settled::NotDone, None, Some(&error.to_string()))?;
        self.written -= 1;
        if let Verdict::Stale(mismatches) = verdict {
            return Ok(Next::Final(State::Stale(mismatches)));
        }
        if write.adds_account()
            && may_be_login(&error)
            && let Some(hand) = self.back_to_waiting(step)?
        {
            return Ok(Next::Final(State::WaitsFor(hand)));
        }
        Ok(Next::Final(State::Failed(Trouble::Portal(error).problem(step))))
    }

    /// No answer says what happened, and it does not show (yet).
    fn lost(&mut self, at: usize, blind: Option<Trouble>, error: PortalError) -> Result<Next, Problem> {
        let step = &self.plan.steps[at];
        self.lost_in_row += 1;
        self.memory[at].lost += 1;
        if let Some(Trouble::Portal(second)) = &blind
            && second.ends_run()
        {
            return Err(Trouble::Portal(second.clone()).problem(step));
        }
        let problem = Trouble::Portal(error).problem(step);
        if self.lost_in_row >= LOST_IN_ROW {
            return Err(
                problem.hint("the portal answers nothing usable; run the same command again when it does")
            );
        }
        if self.memory[at].lost >= WRITES {
            return Ok(Next::Final(State::InDoubt(problem)));
        }
        Ok(self.wait(at))
    }

    /// Writes down what became of an open intent; nothing where there is none.
    fn conclude(
        &mut self,
        step: &Step,
        result: Settled,
        id: Option<u64>,
        why: Option<&str>,
    ) -> Result<(), Problem> {
        if !self.journal.evidence().open.contains_key(&step.id) {
            return Ok(());
        }
        let why = why.filter(|_| result != Settled::Done).map(str::to_owned);
        self.journal.append(Event::Outcome(Outcome { step: step.id.clone(), result, id, why }))
    }
}

/// What went wrong with a call.
pub(super) enum Trouble {
    Portal(PortalError),
    Source(Problem),
}

impl Trouble {
    pub(super) fn problem(self, step: &Step) -> Problem {
        let error = match self {
            Trouble::Source(problem) => return problem,
            Trouble::Portal(error) => error,
        };
        let problem = trouble(step, "the portal did not do this").cause(error.to_string());
        match error.fault {
            PortalFault::Access { hint, .. } if !hint.is_empty() => problem.hint(hint),
            PortalFault::Lost { .. } => {
                problem.hint("run the same command again: it looks before it does anything")
            }
            _ => problem,
        }
    }
}

/// States what went wrong with a step.
pub(super) fn trouble(step: &Step, what: impl Into<String>) -> Problem {
    Problem::error(what).part(format!("step {}, {}", step.id, step.action))
}

/// Says what a read-back shows, by the names of fields alone.
fn shows(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Stale(mismatches) => {
            let fields: Vec<&str> = mismatches.iter().map(|mismatch| mismatch.field.as_str()).collect();
            format!("{} is something else", fields.join(", "))
        }
        _ => "nothing changed".to_owned(),
    }
}
