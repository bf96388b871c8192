//! `shtat log`.

use super::{Context, Failure};
use crate::{
    apply::{
        self, Entry, Event,
        event::{Settled, Witness},
    },
    model::{Problem, printable},
    project::Project,
    ui::{Exit, summary_line},
};

/// Show the journal: what was done, when, and what became of it
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// Check that no line was changed or is missing
    #[arg(long)]
    verify: bool,
    /// Only what concerns this person (id)
    #[arg(long, value_name = "PERSON", conflicts_with = "verify")]
    person: Option<String>,
}

/// Prints or checks the journal.
pub fn run(context: &Context, args: &LogArgs) -> Result<Exit, Failure> {
    let project = Project::open(&context.global.project)?;
    let portal = project.config.portal(context.global.portal.as_deref())?;
    let folder = project.journal_folder();
    if args.verify {
        let (lines, problems) = apply::verify(&folder, &portal.name)?;
        return told(context, lines, &problems);
    }
    let mut text = String::new();
    let person = args.person.as_deref();
    let mut steps = std::collections::BTreeSet::new();
    apply::entries(&folder, &portal.name, |entry| {
        if concerns(&entry, person, &mut steps) {
            text.push_str(&line(&entry));
            text.push('\n');
        }
        true
    })?;
    context.ui.result(&text)?;
    Ok(Exit::Done)
}

/// Tells whether an entry concerns a person: it names them, or a step that did.
fn concerns(entry: &Entry, person: Option<&str>, steps: &mut std::collections::BTreeSet<String>) -> bool {
    let Some(person) = person else { return true };
    let named = matches!(&entry.event, Event::Intent(intent) if intent.person.as_ref().is_some_and(|id| id.0 == person));
    let step = entry.event.step().map(|step| step.0.clone());
    if let (true, Some(step)) = (named, &step) {
        steps.insert(step.clone());
    }
    named || step.is_some_and(|step| steps.contains(&step))
}

/// Writes an entry as one line.
fn line(entry: &Entry) -> String {
    let what = match &entry.event {
        Event::RunStarted(run) => {
            format!(
                "apply began for {} (process {} on {}), plan {}",
                run.as_of, run.process, run.host, run.plan
            )
        }
        Event::Intent(intent) => {
            let account = intent.account.map(|id| format!("account {id}"));
            let person = intent.person.as_ref().map(|id| format!("person {}", id.0));
            let from = intent.from.as_ref().map(|from| format!("from {from}"));
            let to = intent.to.as_ref().map(|to| format!("to {to}"));
            let fields = (!intent.fields.is_empty()).then(|| intent.fields.join(" "));
            let parts = [person, account, from, to, fields].into_iter().flatten().collect::<Vec<_>>();
            format!("{}  sending {}: {}", intent.step, intent.action, parts.join(", "))
        }
        Event::Outcome(outcome) => {
            let id = outcome.id.map_or_else(String::new, |id| format!(", id {id}"));
            let why = outcome.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
            format!("{}  {}{id}{why}", outcome.step, settled(outcome.result))
        }
        Event::Asked(hand) => format!("{}  asked by hand: login {} to {}", hand.step, hand.from, hand.to),
        Event::Confirmed(confirmed) => match confirmed.by {
            Witness::Person => format!("{}  confirmed", confirmed.hand.step),
            Witness::Portal => format!("{}  seen done on the portal", confirmed.hand.step),
        },
        Event::Waiting(waiting) => format!("{}  back to waiting: {}", waiting.step, waiting.why),
        Event::RunEnded(ended) => format!("apply ended with {}", ended.exit),
    };
    format!("{:>5}  {}  {}", entry.line, entry.at, printable(&what))
}

fn settled(result: Settled) -> &'static str {
    match result {
        Settled::Done => "done",
        Settled::Begun => "begun, not finished",
        Settled::NotDone => "not done",
        Settled::Unknown => "unknown: something else is there",
    }
}

fn told(context: &Context, lines: u64, problems: &[Problem]) -> Result<Exit, Failure> {
    context.ui.problems(problems);
    let broken = problems.iter().any(Problem::is_error);
    let verdict = match (broken, problems.is_empty()) {
        (true, _) => format!("{lines} lines, {}\n", summary_line(problems)),
        (false, true) => format!("{lines} lines, each as it was written\n"),
        (false, false) => format!("{lines} lines, each as it was written; {}\n", summary_line(problems)),
    };
    context.ui.result(&verdict)?;
    Ok(if broken { Exit::Error } else { Exit::Done })
}
