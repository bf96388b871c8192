//! `shtat plan`.

use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;

use super::{
    Context, Failure,
    gather::{self, Gathered, Portal},
};
use crate::{
    model::Plan,
    plan::{render, select},
    project,
    ui::{Exit, Ui},
};

/// Show the steps that would bring the portal in line with people and rules
///
/// Reads the rules, the people and the portal, and prints the plan. Changes nothing. Save the
/// plan with `--out` to apply exactly these steps later.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// Save the plan as JSON, for review and for `shtat apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How the plan is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Plan against a saved portal instead of the live one; no network
    #[arg(long, value_name = "SNAPSHOT")]
    have: Option<PathBuf>,
    #[command(flatten)]
    choice: Choice,
    /// End with 2 where there are steps, with 3 where a limit holds some
    #[arg(long)]
    detailed_exitcode: bool,
}

/// Which day, and which part of a plan.
#[derive(Debug, Clone, clap::Args)]
pub struct Choice {
    /// Take this day for today, for this run
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Only what fits: a person's id, name or address, or an action; what it waits for comes along
    #[arg(long, value_name = "GLOB")]
    pub only: Option<String>,
    /// Leave out `fire_user` and what waits for it
    #[arg(long)]
    pub no_removals: bool,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For scripts
    Json,
    /// For merge requests
    Markdown,
    /// One page for a browser
    Html,
    /// A diagram of the steps
    Mermaid,
}

/// Plans and prints.
pub fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    let portal = match &args.have {
        Some(file) => Portal::Saved(file),
        None => Portal::Live,
    };
    let gathered = gather::gather(context, portal, args.choice.as_of)?;
    gathered.warn(context.ui);
    let plan = args.choice.of(gathered.plan());
    if let Some(path) = &args.out {
        project::write_private(path, render::json(&plan).as_bytes())?;
        context.ui.note(&format!(
            "saved: {}; apply it with `shtat apply {}`",
            path.display(),
            path.display()
        ));
    }
    context.ui.result(&print(args.format, &plan, &gathered, context))?;
    Ok(exit(args.detailed_exitcode, &plan))
}

impl Choice {
    /// Takes the chosen part of a plan.
    pub fn of(&self, plan: Plan) -> Plan {
        let plan = if self.no_removals { select::no_removals(&plan) } else { plan };
        match &self.only {
            Some(glob) => select::only(&plan, glob),
            None => plan,
        }
    }
}

/// Says how text plans look here.
pub fn style(ui: Ui) -> render::Style {
    render::Style { colour: ui.colored(), width: 100 }
}

fn print(format: Format, plan: &Plan, gathered: &Gathered, context: &Context) -> String {
    let names = gathered.names();
    match format {
        Format::Text => render::text(plan, &names, style(context.ui)),
        Format::Json => render::json(plan),
        Format::Markdown => render::markdown(plan, &names),
        Format::Html => render::html(plan, &names),
        Format::Mermaid => render::mermaid(plan, &names),
    }
}

fn exit(detailed: bool, plan: &Plan) -> Exit {
    match detailed {
        true if plan.held.iter().any(|held| held.reason.stops_apply()) => Exit::Held,
        true if !plan.steps.is_empty() => Exit::Pending,
        _ => Exit::Done,
    }
}
