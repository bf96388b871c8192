//! What became of a plan, as text.

use std::{collections::BTreeMap, fmt::Write};

use crate::{
    apply::{Line, OpenHand, Outcome, Report, State},
    model::{Plan, Step, StepId, printable},
    ui::Exit,
};

/// Tells how an apply went: counts, whatever is not done and why, and how to go on. `back` holds
/// the by-hand steps that went back to waiting, and why.
pub fn text(plan: &Plan, report: &Report, back: &BTreeMap<StepId, String>) -> String {
    let numbers: BTreeMap<&StepId, usize> =
        plan.steps.iter().enumerate().map(|(at, step): (usize, &Step)| (&step.id, at + 1)).collect();
    let mut text = format!("\n{}\n", headline(report));
    for line in report.lines.iter().filter(|line| !line.state.is_done()) {
        let number = numbers.get(&line.step).copied().unwrap_or(0);
        let subject = printable(&line.subject.name);
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "\n  {number:>3}  {} {subject}: {}",
            line.action,
            short(&line.state, &numbers, back)
        );
        for detail in details(line) {
            let _ = writeln!(text, "       {}", printable(&detail));
        }
    }
    if let Some(next) = next(report) {
        let _ = writeln!(text, "\n{next}");
    }
    text
}

/// Translates how an apply ended into the program's exit code.
pub fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Done => Exit::Done,
        Outcome::Error => Exit::Error,
        Outcome::HeldBack => Exit::Held,
        Outcome::Stale => Exit::Stale,
        Outcome::Part => Exit::Partial,
        Outcome::Waiting => Exit::Waiting,
    }
}

fn headline(report: &Report) -> String {
    let count = |test: fn(&State) -> bool| report.lines.iter().filter(|line| test(&line.state)).count();
    let counts = [
        (count(|state| *state == State::Done), "done"),
        (count(|state| *state == State::AlreadySo), "already so"),
        (count(|state| matches!(state, State::Stale(_))), "stale"),
        (count(|state| matches!(state, State::Failed(_))), "failed"),
        (count(|state| matches!(state, State::InDoubt(_))), "in doubt"),
        (count(|state| matches!(state, State::ByHand(_))), "for a person to do"),
        (count(|state| matches!(state, State::WaitsFor(_))), "waiting"),
        (count(|state| *state == State::NotReached), "not reached"),
    ];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if words.is_empty() { "Nothing to do.".to_owned() } else { format!("Steps: {}.", words.join(", ")) }
}

fn short(state: &State, numbers: &BTreeMap<&StepId, usize>, back: &BTreeMap<StepId, String>) -> String {
    match state {
        State::Done => "done".to_owned(),
        State::AlreadySo => "already so".to_owned(),
        State::Stale(_) => "stale: changed since the plan was made, left alone".to_owned(),
        State::Failed(problem) => format!("failed: {}", printable(&problem.what)),
        State::InDoubt(problem) => format!("in doubt: {}", printable(&problem.what)),
        State::WaitsFor(step) => match (numbers.get(step), back.get(step)) {
            (_, Some(why)) => format!("back to waiting for {step}, by hand: {}", printable(why)),
            (Some(number), None) => format!("waits for step {number}"),
            (None, None) => format!("waits for {step}"),
        },
        State::ByHand(_) => "for a person to do".to_owned(),
        State::NotReached => "not reached".to_owned(),
    }
}

fn details(line: &Line) -> Vec<String> {
    match &line.state {
        State::Stale(mismatches) => mismatches
            .iter()
            .map(|miss| format!("{}: expected {}, found {}", miss.field, miss.expected, miss.found))
            .collect(),
        State::Failed(problem) | State::InDoubt(problem) => {
            problem.cause.iter().chain(&problem.hints).cloned().collect()
        }
        State::ByHand(hand) => by_hand(&line.step, hand),
        State::Done | State::AlreadySo | State::WaitsFor(_) | State::NotReached => Vec::new(),
    }
}

fn by_hand(step: &StepId, hand: &OpenHand) -> Vec<String> {
    let mut lines = vec![hand.instructions.text.clone()];
    lines.extend(hand.why.iter().map(|why| format!("back to waiting: {why}")));
    lines.push(format!("when it is done: shtat confirm {step}"));
    lines
}

fn next(report: &Report) -> Option<&'static str> {
    match report.outcome {
        Outcome::Waiting => Some(
            "Everything else is done. `shtat status` shows what waits; after `shtat confirm`, run `shtat apply` again.",
        ),
        Outcome::Part => {
            Some("Applied in part. Run the same command again: it goes on where this run stopped.")
        }
        Outcome::Stale => {
            Some("Nothing was written. Make a new plan, or apply the rest with `--skip-stale`.")
        }
        Outcome::Done | Outcome::Error | Outcome::HeldBack => None,
    }
}
