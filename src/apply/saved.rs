//! Plans from a file: whether this one may be carried out here and now.

use jiff::civil::Date;
use serde_json::Value;

use super::Outcome;
use crate::{
    model::{FORMAT_VERSION, Place, Plan, Problem},
    plan::digest,
};

/// Why a saved plan is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The exit code it leads to: 1, or 4 for a plan that is too old.
    pub outcome: Outcome,
    /// What is wrong.
    pub problem: Problem,
}

/// Reads a saved plan. Refuses one whose digest does not fit its content, one for another portal
/// or of a later major format (exit 1), and one made for a day more than `plan_days` before
/// `today` (exit 4).
pub fn check_saved(
    text: &[u8],
    place: &str,
    portal: &str,
    plan_days: u32,
    today: Date,
) -> Result<Plan, Box<Refusal>> {
    let wrong = |problem: Problem| refusal(Outcome::Error, problem, place);
    let unreadable = |error: serde_json::Error| wrong(unreadable(&error));
    let value: Value = serde_json::from_slice(text).map_err(unreadable)?;
    check_version(&value).map_err(wrong)?;
    let plan: Plan = serde_json::from_value(value).map_err(unreadable)?;
    check_digest(&plan).map_err(wrong)?;
    check_portal(&plan, portal).map_err(wrong)?;
    check_age(&plan, plan_days, today).map_err(|problem| refusal(Outcome::Stale, problem, place))?;
    Ok(plan)
}

fn refusal(outcome: Outcome, problem: Problem, place: &str) -> Box<Refusal> {
    Box::new(Refusal { outcome, problem: problem.at(Place::file(place)) })
}

fn unreadable(error: &serde_json::Error) -> Problem {
    Problem::error("this is not a plan that can be read").cause(error.to_string()).hint(AGAIN)
}

const AGAIN: &str = "make a new one with `shtat plan --out FILE`";

fn check_version(plan: &Value) -> Result<(), Problem> {
    let version = plan.get("format_version").and_then(Value::as_str).unwrap_or("");
    let major = |version: &str| version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    match (major(version), major(FORMAT_VERSION)) {
        (Some(theirs), Some(ours)) if theirs <= ours => Ok(()),
        (Some(_), _) => Err(Problem::error(format!(
            "this plan has the format {version}, and this program knows {FORMAT_VERSION}"
        ))
        .hint("apply it with the version of shtat that made it")),
        (None, _) => Err(Problem::error("this is not a plan: it names no format version").hint(AGAIN)),
    }
}

fn check_digest(plan: &Plan) -> Result<(), Problem> {
    if plan.digest == digest(plan) {
        return Ok(());
    }
    Err(Problem::error("this plan was changed after it was made: its digest does not fit its content")
        .hint(AGAIN))
}

fn check_portal(plan: &Plan, portal: &str) -> Result<(), Problem> {
    if plan.portal == portal {
        return Ok(());
    }
    Err(Problem::error(format!("this plan is for the portal `{}`, not for `{portal}`", plan.portal))
        .hint(format!("name its portal: `--portal {}`", plan.portal)))
}

fn check_age(plan: &Plan, plan_days: u32, today: Date) -> Result<(), Problem> {
    let days = plan.as_of.until(today).map_or(0, |span| i64::from(span.get_days()));
    if days <= i64::from(plan_days) {
        return Ok(());
    }
    Err(Problem::error(format!(
        "this plan is for {}, {days} days ago; plans are good for {plan_days} days (`safety.plan_days`)",
        plan.as_of
    ))
    .hint(AGAIN))
}
