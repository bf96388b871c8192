//! One step: look, decide, write once, read back.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{
    State,
    check::{is_unique, later_addresses, ours, shown_by_portal},
    decide::{self, Doubt, Move, Verdict, next_move},
    event::{BackToWaiting, Confirmed, Event, Hand, Outcome, Settled, Witness},
    journal::hand,
    look::{Context, Live, examine},
    report::OpenHand,
    resolve::{Task, Unresolved, task},
    runner::{Next, Runner},
    settle::unripe,
    write::{Sent, Write},
};
use crate::{
    model::{Email, Problem, Step, StepId},
    portal::{PortalError, PortalFault},
};

/// Writes of one step in one run: more would be a loop, not a repeat. The writes that finish a
/// creation do not count.
const WRITES: u32 = 3;
/// Writes in a row that told nothing and did not show: the portal is not well.
const LOST_IN_ROW: u32 = 3;
/// Pauses for a busy portal double from one to this; the operating limit of Bitrix24 lets go
/// after 300 seconds.
const BUSY_PAUSE: Duration = Duration::from_secs(60);
/// With the pauses above this is a quarter of an hour.
const BUSY_TIMES: u32 = 20;

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
        let Some(open) = self.journal.evidence().open.get(&self.plan.steps[at].id) else {
            return Doubt::None;
        };
        if !unripe(open.sent, Timestamp::now(), self.options.timeout).is_zero() {
            Doubt::Fresh
        } else if self.memory[at].looks == 0 {
            Doubt::Ripe
        } else {
            Doubt::RipeTwice
        }
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
        let sent = self.journal.evidence().open.get(&self.plan.steps[at].id).map(|open| open.sent);
        let left = sent.map_or(Duration::ZERO, |sent| unripe(sent, Timestamp::now(), self.options.timeout));
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
        match self.look(at, task) {
            Ok(verdict @ Verdict::AlreadySo(_)) => self.settle(at, &verdict).map(Some),
            Ok(Verdict::Finish(missing)) if begun.is_none() || self.memory[at].writes < WRITES + 50 => {
                self.conclude(step, Settled::Begun, Some(missing.account.0), None)?;
                Ok(None)
            }
            Ok(verdict) => {
                self.conclude(step, Settled::Unknown, None, Some("accepted, but it does not show"))?;
                let problem = trouble(step, format!("the portal accepted this, but {}", shows(&verdict)))
                    .hint("look at the account on the portal, then make a new plan");
                Ok(Some(Next::Final(State::Failed(problem))))
            }
            Err(error) => self.cannot_look(at, error).map(Some),
        }
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
        match (self.look(at, task), &error.fault) {
            (Ok(verdict @ Verdict::AlreadySo(_)), _) => self.settle(at, &verdict).map(Some),
            (Ok(Verdict::Finish(missing)), fault) => {
                self.conclude(step, Settled::Begun, Some(missing.account.0), Some(&error.to_string()))?;
                let again = begun.is_none() || !matches!(fault, PortalFault::Refused { .. });
                let problem = Trouble::Portal(error).problem(step);
                Ok((!again).then_some(Next::Final(State::Failed(problem))))
            }
            (Ok(verdict), PortalFault::Refused { .. }) => self.refused(step, write, verdict, error).map(Some),
            (looked, _) => self.lost(at, looked, error).map(Some),
        }
    }

    /// The portal did nothing: it is busy, our access ended, or the call never left.
    fn not_begun(&mut self, at: usize, error: PortalError) -> Result<Next, Problem> {
        let problem = Trouble::Portal(error.clone()).problem(&self.plan.steps[at]);
        if error.ends_run() {
            return Err(problem);
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
    fn lost(
        &mut self,
        at: usize,
        looked: Result<Verdict, Trouble>,
        error: PortalError,
    ) -> Result<Next, Problem> {
        let step = &self.plan.steps[at];
        self.lost_in_row += 1;
        self.memory[at].lost += 1;
        if let Err(Trouble::Portal(second)) = &looked
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

    /// Puts the by-hand steps that were to set this step's address free back to waiting.
    fn back_to_waiting(&mut self, step: &Step) -> Result<Option<StepId>, Problem> {
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

    fn hands_that_free(&self, email: &str) -> Vec<Hand> {
        let planned = self.plan.steps.iter().filter_map(hand);
        let mut all: Vec<Hand> = planned.chain(self.journal.evidence().confirmed.values().cloned()).collect();
        let email = Email::parse(email).ok();
        all.retain(|hand| email.is_some() && Email::parse(&hand.from).ok() == email);
        all.sort_by(|a, b| a.step.cmp(&b.step));
        all.dedup_by(|a, b| a.step == b.step);
        all
    }

    /// A step that only a person can do: done when somebody said so or the portal shows it.
    fn hand(&mut self, step: &Step) -> Result<Next, Problem> {
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
enum Trouble {
    Portal(PortalError),
    Source(Problem),
}

impl Trouble {
    fn problem(self, step: &Step) -> Problem {
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

fn trouble(step: &Step, what: impl Into<String>) -> Problem {
    Problem::error(what).part(format!("step {}, {}", step.id, step.action))
}

fn may_be_login(error: &PortalError) -> bool {
    let PortalFault::Refused { text, .. } = &error.fault else { return false };
    !OTHER_REFUSALS.iter().any(|known| text.contains(known))
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
