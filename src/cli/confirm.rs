//! `shtat confirm`.

use jiff::civil::Date;

use super::{
    Context, Failure,
    gather::{self, Portal},
};
use crate::{
    apply::Journal,
    model::{Action, Problem},
    ui::Exit,
};

/// Say that a by-hand step is done
///
/// The steps behind it go on at the next `apply`. Where the portal still refuses the address,
/// the step goes back to waiting with that reason.
#[derive(Debug, clap::Args)]
pub struct ConfirmArgs {
    /// The step's id in the current plan: s-…
    #[arg(value_name = "STEP")]
    step: String,
    /// Take this day for today, for this run
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// Keeps the confirmation in the journal.
pub fn run(context: &Context, args: &ConfirmArgs) -> Result<Exit, Failure> {
    let gathered = gather::gather(context, Portal::Live, args.as_of)?;
    let mut journal = Journal::open(&gathered.wanted.project.journal_folder(), &gathered.wanted.portal.name)?;
    if journal.evidence().confirmed.keys().any(|step| step.0 == args.step) {
        context.ui.note("it was confirmed before; run `shtat apply` to go on");
        return Ok(Exit::Done);
    }
    let plan = gathered.plan();
    let open: Vec<_> = plan.steps.iter().filter(|step| step.action == Action::ByHand).collect();
    let Some(step) = open.iter().find(|step| step.id.0 == args.step) else {
        let problem = Problem::error(format!("the current plan has no by-hand step `{}`", args.step));
        let known = open.iter().map(|step| format!("waiting is {}: {}", step.id, step.subject.name));
        return Err(Failure::from(
            known.fold(problem, Problem::hint).hint("`shtat status` shows what waits"),
        ));
    };
    journal.confirm(step)?;
    context.ui.note(&format!("confirmed for {}; run `shtat apply` to go on", step.subject.name));
    Ok(Exit::Done)
}
