//! `shtat apply`.

use std::path::{Path, PathBuf};

use super::{
    Context, Failure,
    gather::{self, Gathered, Wanted},
    interrupt,
    meter::PortalMeter,
    plan::Choice,
    report,
};
use crate::{
    apply::{self, Journal},
    model::{Plan, Problem},
    plan::render,
    portal::Cancel,
    project,
    ui::{self, Exit},
};

/// The longest saved plan that is read: a plan for 100,000 people has about a tenth of this.
const PLAN_LIMIT: u64 = 1 << 30;

/// Carry out a plan, once, however often it is run
///
/// With a saved plan it does what that says and nothing else; without one it plans, shows and
/// asks. Reads the portal again, checks every step, writes, reads back. Stopped at any point and
/// run again, it goes on where it was.
#[derive(Debug, clap::Args)]
pub struct ApplyArgs {
    /// A plan saved with `shtat plan --out`
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Apply the steps that are not stale
    #[arg(long)]
    skip_stale: bool,
    /// Apply what no limit holds
    #[arg(long)]
    skip_held: bool,
    #[command(flatten)]
    choice: Choice,
}

/// Plans where no plan was given, shows, asks, applies, and says what became of it.
pub fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, Failure> {
    let cancel = Cancel::default();
    interrupt::watch(context.ui, &cancel)?;
    let wanted = gather::want(context, args.choice.as_of)?;
    // The lock comes before the look: what is planned must still be so when it is written.
    let mut journal = Journal::open(&wanted.project.journal_folder(), &wanted.portal.name)?;
    tell_cut(context, &journal);
    let saved = args.plan.as_deref().map(|path| load(path, &wanted)).transpose()?;
    let (have, connection) = gather::live(context, &wanted, &cancel)?;
    let gathered = Gathered::new(wanted, have, connection)?;
    gathered.warn(context.ui);
    let reviewed = saved.is_some();
    let plan = args.choice.of(saved.unwrap_or_else(|| gathered.plan()));
    if !reviewed {
        show(context, &gathered, &plan)?;
        if let Some(problem) = held_back(&plan).filter(|_| !args.skip_held) {
            return Err(Failure::with_exit(Exit::Held, problem));
        }
    }
    if !plan.steps.is_empty() && !args.yes && !agreed(context, &plan)? {
        context.ui.say("nothing was written");
        return Ok(Exit::Done);
    }
    carry_out(context, args, &gathered, &plan, &mut journal, &cancel)
}

fn carry_out(
    context: &Context,
    args: &ApplyArgs,
    gathered: &Gathered,
    plan: &Plan,
    journal: &mut Journal,
    cancel: &Cancel,
) -> Result<Exit, Failure> {
    let connection = gathered.connection.as_ref().expect("apply reads the portal live");
    let meter = PortalMeter::new(context.ui);
    let mut options = apply::Options::new(gathered.wanted.portal.timeout, cancel.flag());
    options.skip_stale = args.skip_stale;
    let source = gathered.wanted.source.as_ref();
    interrupt::writing();
    let report = apply::run(plan, &connection.client, source, journal, &options, &meter);
    meter.finish();
    context.ui.result(&report::text(plan, &report, &journal.evidence().waiting))?;
    context.ui.problems(&report.problems);
    Ok(report::exit(report.outcome))
}

fn load(path: &Path, wanted: &Wanted) -> Result<Plan, Failure> {
    let shown = path.display().to_string();
    let text = project::read_text(path, &shown, PLAN_LIMIT)?;
    let days = wanted.rules.safety.plan_days;
    apply::check_saved(text.as_bytes(), &shown, &wanted.portal.name, days, wanted.as_of)
        .map_err(|refusal| Failure::with_exit(report::exit(refusal.outcome), refusal.problem))
}

fn show(context: &Context, gathered: &Gathered, plan: &Plan) -> Result<(), Failure> {
    let style = super::plan::style(context.ui);
    Ok(context.ui.result(&render::text(plan, &gathered.names(), style))?)
}

/// Tells what a limit holds: without a reviewed plan that ends the run before the first write.
fn held_back(plan: &Plan) -> Option<Problem> {
    let held: Vec<_> = plan.held.iter().filter(|held| held.reason.stops_apply()).collect();
    let first = held.first()?;
    let what = format!("{} steps are held by `{}`; nothing was written", held.len(), first.reason);
    Some(
        Problem::error(what)
            .cause(first.text.clone())
            .hint("save the plan (`shtat plan --out FILE`), have it reviewed and apply the file, or allow more in `safety`")
            .hint("`--skip-held` applies the rest"),
    )
}

fn agreed(context: &Context, plan: &Plan) -> Result<bool, Failure> {
    if !context.ui.interactive() {
        return Err(Failure::from(
            Problem::error("there is nobody to ask, and the plan has steps; nothing was written")
                .hint("`--yes` applies without asking"),
        ));
    }
    Ok(ui::confirm(context.ui, &format!("Apply {} steps to `{}`?", plan.steps.len(), plan.portal))?)
}

fn tell_cut(context: &Context, journal: &Journal) {
    if journal.cut() > 0 {
        let what = format!("the journal's torn last line ({} bytes) was cut off", journal.cut());
        context.ui.problems(&[Problem::warning(what)
            .cause("an earlier run was stopped while it wrote that line")
            .hint("nothing is lost: the step it was about is looked up on the portal")]);
    }
}
