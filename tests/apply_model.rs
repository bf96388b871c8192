//! Every interleaving: one step's protocol as a model that is explored whole.
//!
//! Two applies, a lock, a journal and a portal; answers get lost, calls land late, processes are
//! killed, and somebody edits the portal in between. What an apply does next is asked of the
//! functions that the executor asks (`apply::decide`); the model only has the world around them.
//!
//! What is assumed of the world: a call that we gave up on lands before the time-out has passed
//! since it was sent, but for one that adds a department, which may land as late as our next
//! look; and nobody can exclude an edit between our last look and our write.

use std::time::Duration;

use serde_json::{Value, json};
use shtat::{
    apply::{
        decide::{self, After, Answer, Claims, Move, Ours, Target, Verdict},
        resolve::{Fields, Newcomer},
    },
    model::{Account, AccountId, AccountKind, Department, DepartmentId, Email},
};
use stateright::{Checker, Model, Property};

/// What is under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Add a department: nothing on the portal protects from a second one.
    Department,
    /// Add an account, which may be left half-made.
    Newcomer,
    /// Change a field.
    Field,
}

/// How much may go wrong.
struct World {
    kind: Kind,
    crashes: u8,
    losses: u8,
    edits: u8,
    runs: u8,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Held {
    Before,
    Wanted,
    Edited,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Portal {
    departments: u8,
    /// The account's position; none: no account.
    account: Option<Held>,
    mails: u8,
}

/// A write on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Write {
    Add,
    Fill,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Journal {
    open: bool,
    /// The time-out has passed since the intent.
    ripe: bool,
    begun: bool,
    done: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Phase {
    /// Not running.
    Idle,
    /// Runs, and has not looked since it last did something.
    Looking,
    /// Has just sent something, and knows the answer.
    Sent(Answer),
    /// Looked, and is about to do what follows.
    Saw,
    /// The intent is in the journal.
    Intent,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Process {
    phase: Phase,
    seen: Portal,
    looks: u32,
    finishing: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    portal: Portal,
    landing: Vec<Write>,
    journal: Journal,
    processes: [Process; 2],
    crashes: u8,
    losses: u8,
    edits: u8,
    runs: u8,
    /// Somebody's edit was there when we last looked, and we wrote over it.
    overwritten: bool,
    /// A write left while no intent was open.
    unannounced: bool,
    /// The last run ended without a doubt and without a failure.
    quiet: bool,
    /// It ended because somebody else's work stands there.
    left: bool,
}

/// What the network does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Fate {
    Answered,
    LostDone,
    LostNotDone,
    LandsLater,
    HalfDone,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Step {
    Start(usize),
    Look(usize),
    Act(usize),
    Send(usize, Fate),
    Crash(usize),
    Land,
    TimePasses,
    Edit,
}

impl World {
    fn verdict(&self, portal: &Portal, journal: &Journal) -> Verdict {
        match self.kind {
            Kind::Department => decide::department(&vec![department(); usize::from(portal.departments)]),
            Kind::Newcomer => {
                let found: Vec<Account> = portal.account.map(account).into_iter().collect();
                let ours = Ours::of(journal.open, journal.begun, journal.done);
                decide::newcomer(&newcomer(), Claims { key: &found, email: &found, groups: &[], ours })
            }
            Kind::Field => {
                let found = portal.account.map(account);
                let target = Target { account: found.as_ref(), holder: None, later: &[] };
                decide::fields(&position(Held::Wanted), &position(Held::Before), target)
            }
        }
    }

    fn start(&self) -> State {
        let account = (self.kind == Kind::Field).then_some(Held::Before);
        let portal = Portal { departments: 0, account, mails: 0 };
        let process = Process { phase: Phase::Idle, seen: portal.clone(), looks: 0, finishing: false };
        State {
            portal,
            landing: Vec::new(),
            journal: Journal::default(),
            processes: [process.clone(), process],
            crashes: self.crashes,
            losses: self.losses,
            edits: self.edits,
            runs: self.runs,
            overwritten: false,
            unannounced: false,
            quiet: false,
            left: false,
        }
    }

    /// The portal does a write. Says whether it refuses it.
    fn perform(&self, portal: &mut Portal, write: Write, half: bool) -> Answer {
        match (write, self.kind) {
            (Write::Add, Kind::Department) => portal.departments += 1,
            (Write::Add, _) => {
                if portal.account.is_some() {
                    return Answer::Refused; // the login is taken
                }
                portal.account = Some(if half { Held::Before } else { Held::Wanted });
                portal.mails += 1;
            }
            (Write::Fill, _) => portal.account = portal.account.map(|_| Held::Wanted),
        }
        if half { Answer::Refused } else { Answer::Accepted }
    }

    fn write_of(&self, process: &Process) -> Write {
        if self.kind == Kind::Field || process.finishing { Write::Fill } else { Write::Add }
    }

    /// What a process does about what it saw; the real decisions.
    fn act(&self, state: &mut State, at: usize) {
        let verdict = self.verdict(&state.processes[at].seen, &state.journal);
        let left = state.journal.open.then(|| Duration::from_secs(u64::from(!state.journal.ripe)));
        let doubt = decide::doubt(left, state.processes[at].looks);
        match decide::next_move(&verdict, doubt, self.kind != Kind::Department) {
            Move::Settle => end(state, at, true),
            Move::Leave => {
                state.left = true;
                end(state, at, false);
            }
            Move::Wait => state.processes[at].phase = Phase::Looking,
            Move::LookOnceMore => {
                state.processes[at].looks += 1;
                state.processes[at].phase = Phase::Looking;
            }
            Move::Write => {
                let finishing = matches!(verdict, Verdict::Finish(_));
                state.journal.begun |= finishing;
                state.journal.open = true;
                state.journal.ripe = false;
                let process = &mut state.processes[at];
                (process.finishing, process.looks, process.phase) = (finishing, 0, Phase::Intent);
            }
        }
    }

    /// What a process makes of an answer and the look after it; the real decisions.
    fn judge(&self, state: &mut State, at: usize, answer: Answer) {
        let verdict = self.verdict(&state.processes[at].seen, &state.journal);
        match decide::after(answer, &verdict, state.processes[at].finishing) {
            After::Done => end(state, at, true),
            After::GoOn => {
                state.journal.begun = true;
                state.journal.open = false;
                state.processes[at].phase = Phase::Looking;
            }
            After::InDoubt => state.processes[at].phase = Phase::Looking,
            After::Leave | After::Fail => {
                state.left |= matches!(verdict, Verdict::Stale(_));
                state.journal.open = false;
                state.processes[at].phase = Phase::Idle;
            }
        }
    }

    fn send(&self, state: &mut State, at: usize, fate: Fate) {
        let write = self.write_of(&state.processes[at]);
        state.unannounced |= !state.journal.open;
        let edited = |portal: &Portal| portal.account == Some(Held::Edited);
        state.overwritten |= write == Write::Fill && edited(&state.processes[at].seen);
        state.losses -= u8::from(fate != Fate::Answered);
        let answer = match fate {
            Fate::Answered => self.perform(&mut state.portal, write, false),
            Fate::HalfDone => self.perform(&mut state.portal, write, true),
            Fate::LostDone => {
                self.perform(&mut state.portal, write, false);
                Answer::Lost
            }
            Fate::LostNotDone => Answer::Lost,
            Fate::LandsLater => {
                state.landing.push(write);
                Answer::Lost
            }
        };
        state.processes[at].phase = Phase::Sent(answer);
    }

    /// A late write lands, or the time-out passes with nothing on its way. A department may even
    /// land after that, until we look once more.
    fn time_may_pass(&self, state: &State) -> bool {
        let pending = !state.landing.is_empty() && self.kind != Kind::Department;
        state.journal.open && !state.journal.ripe && !pending
    }

    fn may_look(&self, state: &State, at: usize) -> bool {
        // The second look comes a while later: what is on its way has landed by then.
        let second = self.kind == Kind::Department && state.journal.ripe && state.processes[at].looks > 0;
        !second || state.landing.is_empty()
    }
}

fn end(state: &mut State, at: usize, done: bool) {
    state.journal.open = false;
    state.journal.done |= done;
    state.quiet = done;
    state.processes[at].phase = Phase::Idle;
}

fn department() -> Department {
    Department {
        id: DepartmentId(7), name: "Финансы".to_owned(), parent: Some(DepartmentId(1)), head: None
    }
}

fn position(held: Held) -> Fields {
    let value = match held {
        Held::Before => Value::Null,
        Held::Wanted => json!("Бухгалтер"),
        Held::Edited => json!("Директор"),
    };
    [("WORK_POSITION".to_owned(), value)].into()
}

fn identity() -> Fields {
    [("XML_ID".to_owned(), json!("1c:20")), ("EMAIL".to_owned(), json!("a@romashka.example"))].into()
}

fn newcomer() -> Newcomer {
    let mut want = identity();
    want.extend(position(Held::Wanted));
    let email = Email::parse("a@romashka.example").unwrap();
    Newcomer { key: "1c:20".to_owned(), email, want, groups: None }
}

fn account(held: Held) -> Account {
    let mut row = identity();
    row.extend(position(held));
    Account {
        id: AccountId(20),
        xml_id: Some("1c:20".to_owned()),
        email: Email::parse("a@romashka.example").ok(),
        active: true,
        kind: AccountKind::Employee,
        departments: vec![DepartmentId(1)],
        row,
    }
}

impl Model for World {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![self.start()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        let locked = state.processes.iter().any(|process| process.phase != Phase::Idle);
        for (at, process) in state.processes.iter().enumerate() {
            match process.phase {
                Phase::Idle if !locked && state.runs > 0 => actions.push(Step::Start(at)),
                Phase::Idle => {}
                Phase::Looking | Phase::Sent(_) if self.may_look(state, at) => actions.push(Step::Look(at)),
                Phase::Looking | Phase::Sent(_) => {}
                Phase::Saw => actions.push(Step::Act(at)),
                Phase::Intent => {
                    actions.push(Step::Send(at, Fate::Answered));
                    if state.losses > 0 {
                        let lost = [Fate::LostDone, Fate::LostNotDone, Fate::LandsLater, Fate::HalfDone];
                        let half = self.kind == Kind::Newcomer && !process.finishing;
                        let fits = |fate: &Fate| *fate != Fate::HalfDone || half;
                        actions.extend(lost.into_iter().filter(fits).map(|fate| Step::Send(at, fate)));
                    }
                }
            }
            if process.phase != Phase::Idle && state.crashes > 0 {
                actions.push(Step::Crash(at));
            }
        }
        if !state.landing.is_empty() {
            actions.push(Step::Land);
        }
        if self.time_may_pass(state) {
            actions.push(Step::TimePasses);
        }
        if state.edits > 0 && state.portal.account.is_some() {
            actions.push(Step::Edit);
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Start(at) => {
                state.runs -= 1;
                (state.quiet, state.left) = (false, false);
                state.processes[at].looks = 0;
                state.processes[at].phase = Phase::Looking;
            }
            Step::Look(at) => {
                state.processes[at].seen = state.portal.clone();
                match state.processes[at].phase {
                    Phase::Sent(answer) => self.judge(&mut state, at, answer),
                    _ => state.processes[at].phase = Phase::Saw,
                }
            }
            Step::Act(at) => self.act(&mut state, at),
            Step::Send(at, fate) => self.send(&mut state, at, fate),
            Step::Crash(at) => {
                state.crashes -= 1;
                state.processes[at].phase = Phase::Idle;
            }
            Step::Land => {
                let write = state.landing.remove(0);
                self.perform(&mut state.portal, write, false);
            }
            Step::TimePasses => state.journal.ripe = true,
            Step::Edit => {
                state.edits -= 1;
                state.portal.account = Some(Held::Edited);
            }
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<World>> {
        vec![
            Property::always("nothing is made twice", |_, state: &State| {
                state.portal.departments <= 1 && state.portal.mails <= 1
            }),
            Property::always("an edit that we could see is never overwritten", |_, state: &State| {
                !state.overwritten
            }),
            Property::always("no write leaves without its intent", |_, state: &State| !state.unannounced),
            Property::always("one apply at a time", |_, state: &State| {
                state.processes.iter().filter(|process| process.phase != Phase::Idle).count() <= 1
            }),
            Property::always("what is called done is done", |world: &World, state: &State| {
                let there = state.portal.departments == 1 || state.portal.account.is_some();
                !state.quiet || there || world.kind == Kind::Field
            }),
            Property::always("quiet means that nothing can land any more", |world: &World, state: &State| {
                // A repeat of a change, or of what the login protects, does no harm when it lands.
                !state.quiet || world.kind != Kind::Department || state.landing.is_empty()
            }),
            Property::sometimes("a lost answer is made up for", |world: &World, state: &State| {
                state.quiet && state.losses < world.losses
            }),
            Property::sometimes("a killed run is made up for", |world: &World, state: &State| {
                state.quiet && state.crashes < world.crashes
            }),
            Property::eventually("it ends done, or left to a person", |_, state: &State| {
                state.quiet || state.left || state.runs == 0
            }),
        ]
    }
}

/// Explores everything, and says how much that was.
fn explore(kind: Kind, edits: u8) -> usize {
    let world = World { kind, crashes: 2, losses: 2, edits, runs: 5 };
    let checker = world.checker().threads(2).spawn_bfs().join();
    checker.assert_properties();
    assert!(checker.is_done(), "not explored whole");
    checker.unique_state_count()
}

#[test]
fn departments_are_added_once() {
    assert!(explore(Kind::Department, 0) > 1_000);
}

#[test]
fn accounts_are_added_once_and_finished() {
    assert!(explore(Kind::Newcomer, 1) > 1_000);
}

#[test]
fn fields_are_changed_unless_somebody_else_did() {
    assert!(explore(Kind::Field, 1) > 1_000);
}
