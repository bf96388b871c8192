//! How runs end: what is stale, what waits, what is told, and what is never written.

mod apply_support;

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use apply_support::{
    fake::World,
    rich::{self, Build, sealed, step, swap},
    striking::{Doors, Fate, Quiet, Strike, TIMEOUT},
};
use serde_json::{Value, json};
use shtat::{
    apply::{Event, Journal, Options, Outcome, Report, State, check_saved, entries, run, verify, waiting},
    model::{AccountId, Action, PersonId, Plan, StepId},
    portal::{Progress, ReadPortal},
};

fn apply_with(plan: &Plan, doors: &Doors, folder: &Path, change: impl FnOnce(&mut Options<'_>)) -> Report {
    let cancel = AtomicBool::new(false);
    let mut options = Options::new(TIMEOUT, &cancel);
    options.second_look = Duration::from_millis(2);
    options.busy_pause = Duration::from_millis(1);
    change(&mut options);
    let mut journal = Journal::open(folder, "main").unwrap();
    run(plan, doors, doors, &mut journal, &options, &Quiet)
}

fn apply(plan: &Plan, doors: &Doors, folder: &Path) -> Report {
    apply_with(plan, doors, folder, |_| {})
}

fn state<'a>(report: &'a Report, step: &str) -> &'a State {
    &report.lines.iter().find(|line| line.step.0 == step).unwrap().state
}

fn writes(doors: &Doors) -> Vec<String> {
    let known = ["user.add", "user.update", "department.add", "group.add", "bind", "write_email"];
    doors.shared().log.iter().filter(|call| known.contains(&call.as_str())).cloned().collect()
}

fn set(world: &mut World, id: u64, field: &str, value: Value) {
    world.rows.get_mut(&id).unwrap().insert(field.to_owned(), value);
}

fn position(id: &str, account: &str, after: &[&str]) -> shtat::model::Step {
    step(id, Action::UpdateUser, Some(account), Some(account))
        .wants("WORK_POSITION", Value::Null, json!("Бухгалтер"))
        .expects("XML_ID", json!(format!("1c:{account}")))
        .expects("WORK_POSITION", Value::Null)
        .after(after)
}

#[test]
fn a_stale_step_stops_everything_before_the_first_write() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    set(&mut doors.shared().world, 11, "WORK_POSITION", json!("Директор"));
    let report = apply(&rich::plan(), &doors, folder.path());
    assert_eq!(report.outcome, Outcome::Stale);
    assert_eq!(writes(&doors), [""; 0]);
    let State::Stale(found) = state(&report, "s-update") else { panic!("{:?}", report.lines) };
    assert_eq!((found[0].field.as_str(), &found[0].found), ("WORK_POSITION", &json!("Директор")));
    assert_eq!(*state(&report, "s-d1"), State::NotReached);
}

#[test]
fn skip_stale_applies_the_rest_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    set(&mut doors.shared().world, 14, "EMAIL", json!("elsewhere@romashka.example"));
    let report = apply_with(&rich::plan(), &doors, folder.path(), |options| options.skip_stale = true);
    assert_eq!(report.outcome, Outcome::Part);
    assert!(matches!(state(&report, "s-swap2"), State::Stale(_)));
    assert_eq!(*state(&report, "s-swap3"), State::WaitsFor(StepId("s-swap2".into())));
    assert!(state(&report, "s-create").is_done());
    assert_eq!(doors.shared().world.rows[&14]["EMAIL"], json!("elsewhere@romashka.example"));
}

#[test]
fn what_is_so_already_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    set(&mut doors.shared().world, 11, "WORK_POSITION", json!("Бухгалтер"));
    let plan = sealed(vec![position("s-1", "11", &[])]);
    assert_eq!(apply(&plan, &doors, folder.path()).outcome, Outcome::Done);
    assert_eq!(writes(&doors), [""; 0]);
}

#[test]
fn a_finished_plan_applied_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    let mut journal = Journal::open(folder.path(), "main").unwrap();
    journal.confirm(&rich::hand()).unwrap();
    drop(journal);
    doors.shared().world.passport("leaver@romashka.example", "leaver@private.example");
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Done);
    let before = writes(&doors).len();
    let report = apply(&rich::plan(), &doors, folder.path());
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(writes(&doors).len(), before);
    assert!(report.lines.iter().all(|line| line.state == State::AlreadySo), "{:#?}", report.lines);
    // Without its journal, too.
    std::fs::remove_dir_all(folder.path()).unwrap();
    std::fs::create_dir(folder.path()).unwrap();
    let report = apply(&rich::plan(), &doors, folder.path());
    assert_eq!(writes(&doors).len(), before, "{:#?}", report.lines);
}

/// Somebody changes a value right before each call in turn. What they wrote stays, unless it was
/// written between our last look and our write, which no portal call can exclude.
#[test]
fn what_somebody_changed_in_the_meantime_is_not_overwritten() {
    let plan = sealed(vec![position("s-1", "13", &[]), position("s-2", "14", &["s-1"])]);
    let edit: fn(&mut World) = |world| set(world, 14, "WORK_POSITION", json!("Директор"));
    let quiet = Doors::new(rich::world(), Fate::None);
    apply(&plan, &quiet, tempfile::tempdir().unwrap().path());
    let calls = quiet.shared().calls;
    let write = quiet.shared().log.iter().rposition(|call| call == "user.update").unwrap() as u64 + 1;
    let mut outcomes = Vec::new();
    for at in 1..=calls {
        let folder = tempfile::tempdir().unwrap();
        let doors = Doors::new(rich::world(), Fate::None);
        doors.shared().edits.push((at, edit));
        outcomes.push(apply(&plan, &doors, folder.path()).outcome);
        let found = doors.shared().world.rows[&14]["WORK_POSITION"].clone();
        assert_eq!(found == json!("Директор"), at != write, "edited before call {at}");
    }
    assert_eq!((outcomes[0], outcomes[calls as usize - 3]), (Outcome::Stale, Outcome::Part));
}

#[test]
fn an_access_error_ends_the_run_with_1_before_the_first_write_and_5_after_it() {
    let plan = sealed(vec![position("s-1", "13", &[]), position("s-2", "14", &[])]);
    for (strike, at, expected) in [
        (Strike::Access, 1, Outcome::Error),
        (Strike::Access, 3, Outcome::Error),
        (Strike::Access, 6, Outcome::Part),
        (Strike::Unreachable, 1, Outcome::Error),
    ] {
        let doors = Doors::new(rich::world(), Fate::Call(at, strike));
        let report = apply(&plan, &doors, tempfile::tempdir().unwrap().path());
        assert_eq!(report.outcome, expected, "{strike:?} at {at}: {:?}", doors.shared().log);
        assert!(report.problems.iter().any(shtat::model::Problem::is_error));
        assert_eq!(*state(&report, "s-2"), State::NotReached);
    }
}

#[test]
fn a_refused_step_stops_only_what_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    // The login that nobody sees: an account whose EMAIL was changed long ago.
    doors.shared().world.logins.insert(15, "a.orlova@romashka.example".to_owned());
    let report = apply(&rich::plan(), &doors, folder.path());
    assert_eq!(report.outcome, Outcome::Part);
    assert!(matches!(state(&report, "s-create"), State::Failed(_)));
    for waits in ["s-bind", "s-cell"] {
        assert_eq!(*state(&report, waits), State::WaitsFor(StepId("s-create".into())));
    }
    assert_eq!(*state(&report, "s-swap3"), State::Done);
    assert!(matches!(state(&report, "s-hand"), State::ByHand(_)));
}

#[test]
fn a_by_hand_step_waits_until_somebody_confirms_it() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    let report = apply(&rich::plan(), &doors, folder.path());
    assert_eq!(report.outcome, Outcome::Waiting);
    assert_eq!(*state(&report, "s-park"), State::WaitsFor(StepId("s-hand".into())));
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Waiting, "nobody confirmed it");
    let journal = Journal::open(folder.path(), "main").unwrap();
    let open = waiting(&rich::plan(), journal.evidence());
    assert_eq!(open.len(), 1);
    assert!(open[0].since.is_some());
    assert!(
        open[0].russian.contains("leaver@private.example")
            && open[0].english.contains("leaver@private.example")
    );
}

#[test]
fn the_portal_may_show_that_a_by_hand_step_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Waiting);
    {
        let world = &mut doors.shared().world;
        world.passport("leaver@romashka.example", "leaver@private.example");
        set(world, 12, "EMAIL", json!("leaver@private.example"));
    }
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Done);
}

#[test]
fn a_login_that_did_not_move_puts_the_by_hand_step_back_to_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    Journal::open(folder.path(), "main").unwrap().confirm(&rich::hand()).unwrap();
    // The planner leaves confirmed by-hand steps out; the journal still knows what was asked.
    let mut steps = rich::plan().steps;
    steps.retain(|step| step.id.0 != "s-hand");
    for plan in [rich::plan(), sealed(steps)] {
        let report = apply(&plan, &doors, folder.path());
        assert_eq!(report.outcome, Outcome::Waiting);
        assert_eq!(*state(&report, "s-invite"), State::WaitsFor(StepId("s-hand".into())));
        let mut journal = Journal::open(folder.path(), "main").unwrap();
        let history = journal.history(None);
        assert!(history.waiting[&StepId("s-hand".into())].contains("login"));
        assert!(history.confirmed.is_empty());
        journal.confirm(&rich::hand()).unwrap();
    }
    // EMAIL shows the parked address because shtat put it there: that proves nothing.
    let report = apply(&rich::plan(), &doors, folder.path());
    let State::WaitsFor(_) = state(&report, "s-invite") else { panic!("{:?}", report.lines) };
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Waiting);
    doors.shared().world.passport("leaver@romashka.example", "leaver@private.example");
    Journal::open(folder.path(), "main").unwrap().confirm(&rich::hand()).unwrap();
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Done);
    assert_eq!(doors.shared().world.outbox.iter().filter(|mail| mail.starts_with("leaver@")).count(), 1);
}

#[test]
fn a_plan_that_trusts_the_address_shown_puts_the_asked_step_back_to_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Waiting);
    // EMAIL moves as asked, the login does not: a new plan has the invitation alone.
    set(&mut doors.shared().world, 12, "EMAIL", json!("leaver@private.example"));
    let mut steps = rich::plan().steps;
    steps.retain(|step| !["s-hand", "s-park"].contains(&step.id.0.as_str()));
    let report = apply(&sealed(steps), &doors, folder.path());
    assert_eq!(report.outcome, Outcome::Waiting, "{:?}", report.lines);
    assert_eq!(*state(&report, "s-invite"), State::WaitsFor(StepId("s-hand".into())));
    let journal = Journal::open(folder.path(), "main").unwrap();
    assert!(journal.history(None).waiting.contains_key(&StepId("s-hand".into())));
}

#[test]
fn a_change_in_the_peoples_file_stops_only_its_own_write_back() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    doors.shared().world.cells.insert("20".to_owned(), Some("else@romashka.example".to_owned()));
    let report = apply(&rich::plan(), &doors, folder.path());
    assert_eq!(report.outcome, Outcome::Part);
    assert!(matches!(state(&report, "s-cell"), State::Stale(_)));
    assert!(state(&report, "s-create").is_done() && state(&report, "s-bind").is_done());
    assert_eq!(doors.shared().world.cells["20"].as_deref(), Some("else@romashka.example"));
}

#[test]
fn an_address_that_somebody_else_has_is_never_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    let plan = sealed(vec![swap("s-1", "13", "a@romashka.example", "new@romashka.example", &[])]);
    assert_eq!(apply(&plan, &doors, folder.path()).outcome, Outcome::Stale);
    assert_eq!(writes(&doors), [""; 0]);
}

#[test]
fn our_own_account_is_never_fired() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    let fire = step("s-1", Action::FireUser, None, Some("1")).wants("ACTIVE", json!(true), json!(false));
    assert_eq!(apply(&sealed(vec![fire]), &doors, folder.path()).outcome, Outcome::Stale);
    assert_eq!(writes(&doors), [""; 0]);
}

/// Stops the run when it has begun its third step.
struct Impatient<'a>(&'a AtomicBool);

impl Progress for Impatient<'_> {
    fn tell(&self, what: &str, done: u64, _: u64) {
        self.0.store(what == "applying" && done >= 3, Ordering::Relaxed);
    }
    fn waiting(&self, _: &str, _: u64) {}
}

#[test]
fn ctrl_c_ends_with_5_after_the_first_write_and_1_before_it() {
    let doors = Doors::new(rich::world(), Fate::None);
    let folder = tempfile::tempdir().unwrap();
    let cancel = AtomicBool::new(false);
    let mut journal = Journal::open(folder.path(), "main").unwrap();
    let options = Options::new(TIMEOUT, &cancel);
    let report = run(&rich::plan(), &doors, &doors, &mut journal, &options, &Impatient(&cancel));
    assert_eq!(report.outcome, Outcome::Part);
    assert_eq!(writes(&doors).len(), 3);
    cancel.store(true, Ordering::Relaxed);
    let report = run(&rich::plan(), &doors, &doors, &mut journal, &options, &Quiet);
    assert_eq!((report.outcome, writes(&doors).len()), (Outcome::Error, 3));
    drop(journal);
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Waiting);
}

#[test]
fn history_knows_who_was_fired_what_was_given_and_what_was_parked() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    Journal::open(folder.path(), "main").unwrap().confirm(&rich::hand()).unwrap();
    doors.shared().world.passport("leaver@romashka.example", "leaver@private.example");
    assert_eq!(apply(&rich::plan(), &doors, folder.path()).outcome, Outcome::Done);
    let history = Journal::open(folder.path(), "main").unwrap().history(None);
    let day = jiff::civil::date(2026, 11, 22);
    assert_eq!(history.fired, [(AccountId(12), day)].into());
    assert_eq!(history.reinstated, [(AccountId(16), day)].into());
    let parked = &history.parked[&AccountId(12)];
    assert_eq!(
        (parked.from.as_str(), parked.to.as_str()),
        ("leaver@romashka.example", "leaver@private.example")
    );
    assert!(history.addresses["a.orlova@romashka.example"].contains(&PersonId("20".into())));
    assert!(history.addresses["leaver@romashka.example"].contains(&PersonId("12".into())));
    assert_eq!(history.accepted_source.unwrap().persons, 14);
}

#[test]
fn history_knows_where_an_address_came_from_that_moved_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    apply(&rich::plan(), &doors, folder.path());
    set(&mut doors.shared().world, 12, "EMAIL", json!("leaver@private.example"));
    let have = doors.snapshot(&Quiet).unwrap();
    let history = Journal::open(folder.path(), "main").unwrap().history(Some(&have));
    assert_eq!(history.parked[&AccountId(12)].from.as_str(), "leaver@romashka.example");
}

/// An intent without outcome counts as what the portal shows of it.
#[test]
fn history_looks_at_the_portal_for_what_was_killed() {
    let fire =
        step("s-1", Action::FireUser, Some("12"), Some("12")).wants("ACTIVE", json!(true), json!(false));
    let plan = sealed(vec![fire]);
    for (strike, fired) in [(Strike::KillAfter, true), (Strike::KillBefore, false)] {
        let folder = tempfile::tempdir().unwrap();
        let doors = Doors::new(rich::world(), Fate::Call(3, strike));
        apply_killed(&plan, &doors, folder.path());
        doors.restart();
        let have = doors.snapshot(&Quiet).unwrap();
        let history = Journal::open(folder.path(), "main").unwrap().history(Some(&have));
        assert_eq!(history.fired.contains_key(&AccountId(12)), fired, "{strike:?}");
    }
}

fn apply_killed(plan: &Plan, doors: &Doors, folder: &Path) {
    let cancel = AtomicBool::new(false);
    let journal = Journal::open(folder, "main").unwrap();
    let (shared, fate) = (doors.shared.clone(), doors.fate);
    let mut journal =
        journal.through(|inner| Box::new(apply_support::striking::StrikingSink { inner, shared, fate }));
    run(plan, doors, doors, &mut journal, &Options::new(TIMEOUT, &cancel), &Quiet);
}

#[test]
fn a_torn_last_line_is_cut_off_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.jsonl");
    let doors = Doors::new(rich::world(), Fate::None);
    apply(&rich::plan(), &doors, folder.path());
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{{\"line\":99,\"at\":\"20")).unwrap();
    let (_, told) = verify(folder.path(), "main").unwrap();
    assert!(!told[0].is_error(), "a crash is no forgery");
    let journal = Journal::open(folder.path(), "main").unwrap();
    assert_eq!(journal.cut(), 19, "whoever opened it can tell");
    drop(journal);
    apply(&rich::plan(), &doors, folder.path());
    let now = std::fs::read_to_string(&path).unwrap();
    assert!(now.starts_with(&whole) && now.ends_with('\n'));
    assert_eq!(verify(folder.path(), "main").unwrap().1, []);
}

#[test]
fn a_changed_or_missing_line_is_named_and_nothing_is_built_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.jsonl");
    let doors = Doors::new(rich::world(), Fate::None);
    apply(&rich::plan(), &doors, folder.path());
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    for (at, changed) in [
        (16, [&lines[..16], &lines[17..]].concat()),
        (16, lines.iter().enumerate().map(|(n, line)| if n == 16 { "{}" } else { *line }).collect()),
    ] {
        std::fs::write(&path, format!("{}\n", changed.join("\n"))).unwrap();
        let (_, problems) = verify(folder.path(), "main").unwrap();
        let places: Vec<String> =
            problems.iter().map(|problem| problem.place.as_ref().unwrap().to_string()).collect();
        assert_eq!(places, [format!("journal/main.jsonl:{}", at + 1)]);
        assert!(Journal::open(folder.path(), "main").is_err());
    }
    let forged = whole.replacen("\"result\":\"done\"", "\"result\":\"not_done\"", 1);
    std::fs::write(&path, forged).unwrap();
    assert_eq!(verify(folder.path(), "main").unwrap().1.len(), 1);
}

#[test]
fn the_journal_holds_no_name_no_message_and_only_its_owner_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    apply(&rich::plan(), &doors, folder.path());
    let text = std::fs::read_to_string(folder.path().join("main.jsonl")).unwrap();
    for personal in ["Орлова", "Иванов", "Добро пожаловать", "бухгалтер"]
    {
        assert!(!text.contains(personal), "{personal}");
    }
    #[cfg(unix)]
    for file in ["main.jsonl", "main.lock"] {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &folder.path().join(file).metadata().unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_second_apply_is_told_who_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Journal::open(folder.path(), "main").unwrap();
    let problem = Journal::open(folder.path(), "main").err().unwrap();
    assert!(
        problem.what.contains(&std::process::id().to_string()) && problem.what.contains("since"),
        "{}",
        problem.what
    );
    Journal::open(folder.path(), "other").unwrap();
}

#[test]
fn entries_come_in_order_with_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let doors = Doors::new(rich::world(), Fate::None);
    apply(&rich::plan(), &doors, folder.path());
    let mut lines = Vec::new();
    entries(folder.path(), "main", |entry| {
        lines.push(entry.line);
        !matches!(entry.event, Event::RunEnded(_))
    })
    .unwrap();
    assert_eq!(lines, (1..=lines.len() as u64).collect::<Vec<_>>());
}

#[test]
fn saved_plans_are_checked_before_they_are_carried_out() {
    let plan = serde_json::to_value(rich::plan()).unwrap();
    let check =
        |plan: &Value, portal, today| check_saved(plan.to_string().as_bytes(), "p.json", portal, 7, today);
    let day = jiff::civil::date(2026, 11, 29);
    assert_eq!(check(&plan, "main", day).unwrap(), rich::plan());
    let outcome = |result: Result<Plan, Box<shtat::apply::Refusal>>| result.unwrap_err().outcome;
    assert_eq!(outcome(check(&plan, "other", day)), Outcome::Error);
    assert_eq!(outcome(check(&plan, "main", jiff::civil::date(2026, 11, 30))), Outcome::Stale);
    let mut changed = plan.clone();
    changed["steps"][0]["changes"]["NAME"]["want"] = json!("Другое");
    assert_eq!(outcome(check(&changed, "main", day)), Outcome::Error);
    changed = plan.clone();
    changed["made_at"] = json!("2026-11-23T10:00:00Z");
    assert!(check(&changed, "main", day).is_ok(), "made_at is no part of the digest");
    changed["format_version"] = json!("2.0");
    let refusal = check(&changed, "main", day).unwrap_err();
    assert!(refusal.problem.what.contains("2.0"), "{}", refusal.problem.what);
    assert_eq!(check_saved(b"{", "p.json", "main", 7, day).unwrap_err().outcome, Outcome::Error);
}
