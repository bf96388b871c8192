//! `shtat status`.

use std::fmt::Write;

use jiff::{Timestamp, civil::Date};

use super::{
    Context, Failure,
    gather::{self, Portal},
};
use crate::{
    apply::{self, Waiting},
    model::{Action, Plan, printable},
    ui::Exit,
};

/// Show how far the portal is from people and rules, and what waits for a person
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// Take this day for today, for this run
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// Prints drift and open by-hand steps.
pub fn run(context: &Context, args: &StatusArgs) -> Result<Exit, Failure> {
    let gathered = gather::gather(context, Portal::Live, args.as_of)?;
    gathered.warn(context.ui);
    let plan = gathered.plan();
    let waiting = apply::waiting(&plan, &gathered.evidence);
    context.ui.result(&(drift(&plan) + &open(&waiting, gathered.wanted.now)))?;
    Ok(Exit::Done)
}

fn drift(plan: &Plan) -> String {
    let automatic: Vec<String> = plan
        .summary
        .steps
        .iter()
        .filter(|(action, _)| **action != Action::ByHand)
        .map(|(action, count)| format!("{count} {action}"))
        .collect();
    let drift = if automatic.is_empty() {
        "no drift: the portal is as people and rules ask".to_owned()
    } else {
        format!("drift: {} (`shtat plan` shows them)", automatic.join(", "))
    };
    let summary = &plan.summary;
    format!(
        "{}, {}: {} people, {} accounts ({} managed, {} foreign)\n{drift}\nheld: {}\n",
        plan.portal,
        plan.as_of,
        summary.people,
        summary.accounts,
        summary.managed,
        summary.foreign,
        summary.held
    )
}

fn open(waiting: &[Waiting], now: Timestamp) -> String {
    if waiting.is_empty() {
        return "nothing waits for a person\n".to_owned();
    }
    let mut text = format!("waiting for a person: {}\n", waiting.len());
    for step in waiting {
        let since = step
            .how_long(now)
            .map_or_else(|| "not shown by an apply yet".to_owned(), |long| format!("for {long}"));
        // Writing into a String cannot fail.
        let _ = writeln!(text, "\n{}  {} ({since})", step.step, printable(&step.subject.name));
        let _ = writeln!(text, "  {}", printable(&step.instructions.text));
        if let Some(why) = &step.why {
            let _ = writeln!(text, "  back to waiting: {}", printable(why));
        }
        let _ =
            writeln!(text, "  to send:\n    {}\n    {}", printable(&step.russian), printable(&step.english));
        let _ = writeln!(text, "  when it is done: shtat confirm {}", step.step);
    }
    text
}
