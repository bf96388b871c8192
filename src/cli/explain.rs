//! `shtat explain`.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{
    Context, Failure,
    gather::{self, Portal},
};
use crate::{
    model::{Place, Plan, Problem},
    plan::explain::{Explanation, explain, explain_plan},
    project,
    ui::Exit,
};

/// More persons than this are not explained at once.
const AT_ONCE: usize = 10;
/// The longest saved plan that is read.
const PLAN_LIMIT: u64 = 1 << 30;

/// Tell why a person gets this address, department and action
///
/// Each rule that was tried, in order, and why it lost or won; every address and who has it.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// A person's id, personnel number, address, or name or part of it
    #[arg(value_name = "PERSON")]
    person: String,
    /// Take this day for today, for this run
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Explain against a saved portal instead of the live one; no network
    #[arg(long, value_name = "SNAPSHOT")]
    have: Option<PathBuf>,
    /// Explain from a saved plan: what it does and why
    #[arg(long, value_name = "FILE", conflicts_with_all = ["as_of", "have"])]
    plan: Option<PathBuf>,
}

/// Explains and prints.
pub fn run(context: &Context, args: &ExplainArgs) -> Result<Exit, Failure> {
    let found = match &args.plan {
        Some(file) => explain_plan(&load(file)?, &args.person),
        None => {
            let portal = args.have.as_deref().map_or(Portal::Live, Portal::Saved);
            let gathered = gather::gather(context, portal, args.as_of)?;
            explain(&gathered.inputs(""), &args.person)
        }
    };
    match found.len() {
        0 => Err(Failure::from(
            Problem::error("nobody of this id, personnel number, address or name is known")
                .hint("`shtat people --matched --dismissed` lists everybody"),
        )),
        1..=AT_ONCE => {
            let texts: Vec<String> = found.iter().map(Explanation::to_string).collect();
            context.ui.result(&texts.join("\n"))?;
            Ok(Exit::Done)
        }
        many => {
            let problem =
                Problem::error(format!("{many} people are called so")).hint("give an id, or the whole name");
            Err(Failure::from(problem))
        }
    }
}

fn load(file: &std::path::Path) -> Result<Plan, Problem> {
    let shown = file.display().to_string();
    let text = project::read_text(file, &shown, PLAN_LIMIT)?;
    serde_json::from_str(&text).map_err(|error| {
        Problem::error("this is not a plan that can be read").at(Place::file(shown)).cause(error.to_string())
    })
}
