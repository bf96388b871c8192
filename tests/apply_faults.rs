//! Every point: one rich apply, struck once at each call and at each line of its journal, in each
//! way; then applied again until it is quiet. The portal ends as if nothing had happened: no
//! second account, no second invitation, no address lost, and the journal fits together.

mod apply_support;

use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use apply_support::{
    rich,
    striking::{Cut, Doors, Fate, Quiet, Strike, StrikingSink, TIMEOUT},
};
use serde_json::Value;
use shtat::{
    apply::{Journal, Options, Outcome, Report, State, run, verify},
    model::{Action, Plan},
};

/// What a story came to.
struct Story {
    picture: Value,
    calls: u64,
    lines: u64,
    runs: u32,
}

fn apply(plan: &Plan, doors: &Doors, folder: &Path) -> Report {
    let cancel = AtomicBool::new(false);
    let mut options = Options::new(TIMEOUT, &cancel);
    options.second_look = Duration::from_millis(2);
    options.busy_pause = Duration::from_millis(1);
    let journal = Journal::open(folder, "main").unwrap();
    let (shared, fate) = (doors.shared.clone(), doors.fate);
    let mut journal = journal.through(|inner| Box::new(StrikingSink { inner, shared, fate }));
    run(plan, doors, doors, &mut journal, &options, &Quiet)
}

/// A person moves the login and says so.
fn do_by_hand(report: &Report, plan: &Plan, doors: &Doors, folder: &Path) {
    let mut journal = Journal::open(folder, "main").unwrap();
    for line in report.lines.iter().filter(|line| matches!(line.state, State::ByHand(_))) {
        let step = plan.steps.iter().find(|step| step.id == line.step).unwrap();
        let asked = step.instructions.as_ref().unwrap();
        doors.shared().world.passport(&asked.from, &asked.to);
        journal.confirm(step).unwrap();
    }
}

/// Applies a plan until it is quiet, whatever strikes on the way.
fn tell(fate: Fate) -> Story {
    let (plan, doors) = (rich::plan(), Doors::new(rich::world(), fate));
    let folder = tempfile::tempdir().unwrap();
    let mut outcomes = Vec::new();
    for runs in 1..=8 {
        doors.restart();
        let report = apply(&plan, &doors, folder.path());
        outcomes.push(report.outcome);
        assert_ne!(report.outcome, Outcome::Stale, "{fate:?}: {:#?}", report.lines);
        match report.outcome {
            Outcome::Done => {
                let (lines, problems) = verify(folder.path(), "main").unwrap();
                assert_eq!(problems, [], "{fate:?}");
                let shared = doors.shared();
                assert_eq!(shared.unannounced, [""; 0], "{fate:?}: a write without its intent");
                assert!(shared.world.landing.is_empty(), "{fate:?}: ended while a write could still land");
                return Story { picture: shared.world.picture(), calls: shared.calls, lines, runs };
            }
            Outcome::Waiting => do_by_hand(&report, &plan, &doors, folder.path()),
            _ => {}
        }
    }
    panic!("{fate:?}: never quiet: {outcomes:?}");
}

/// Strikes each of `fates` in turn, on as many threads as there are processors.
fn strike_all(fates: &[Fate]) {
    let quiet = tell(Fate::None);
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(fate) = fates.get(next.fetch_add(1, Ordering::Relaxed)) {
            assert_eq!(tell(*fate).picture, quiet.picture, "{fate:?}");
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(work);
        }
    });
}

#[test]
fn without_faults_it_takes_two_runs_and_does_everything() {
    let story = tell(Fate::None);
    assert_eq!(story.runs, 2, "the second after a person moved the login");
    let text = story.picture.to_string();
    assert!(
        rich::plan().steps.iter().map(|step| step.action).collect::<std::collections::BTreeSet<_>>().len()
            == Action::ALL.len()
    );
    for trace in
        ["Бухгалтерия", "a.orlova@romashka.example Добро пожаловать!", "leaver@private.example", "e-20"]
    {
        assert!(text.contains(trace), "{trace} is missing in {text}");
    }
}

#[test]
fn every_call_struck_in_every_way() {
    let calls = tell(Fate::None).calls;
    let fates: Vec<Fate> =
        (1..=calls).flat_map(|at| Strike::ALL.map(|strike| Fate::Call(at, strike))).collect();
    assert!(fates.len() > 400, "only {} cases", fates.len());
    strike_all(&fates);
}

#[test]
fn killed_at_every_line_of_the_journal() {
    let lines = tell(Fate::None).lines;
    let cuts = [Cut::Before, Cut::Torn, Cut::After];
    let fates: Vec<Fate> = (1..=lines).flat_map(|at| cuts.map(|cut| Fate::Line(at, cut))).collect();
    assert!(fates.len() > 100, "only {} cases", fates.len());
    strike_all(&fates);
}
