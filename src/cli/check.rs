//! `shtat check`.

use clap::ValueEnum;
use jiff::{Timestamp, civil::Date};

use super::{
    Context, Failure,
    connect::{Reads, connect},
    gather, online,
    problems::for_reading,
    trial,
};
use crate::{
    model::{History, People, Problem, Snapshot},
    plan::{self, Inputs},
    portal::Cancel,
    project::{PeopleConfig, PortalConfig, Project},
    rules::{self, Rules},
    ui::{Exit, summary_line},
};

/// Find every mistake in rules and people, offline
///
/// Runs the tests in rules/tests/, and warns of rules that can never win. With `--online` it also
/// tries 1C and the portal step by step, and names the remedy for what fails.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Try 1C and the portal, too
    #[arg(long)]
    online: bool,
    /// How the findings are printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Take this day for today, for this run
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// How the findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object with `problems`
    Json,
}

/// What was checked, and what was found.
pub struct Findings {
    /// Every mistake and doubt.
    pub problems: Vec<Problem>,
    /// Rules, where they can be used.
    pub rules: Option<Rules>,
    /// People, where they were read.
    pub people: Option<People>,
    /// How many rule tests ran.
    pub tests: usize,
}

/// Checks, prints, and ends with 1 where there is a mistake.
pub fn run(context: &Context, args: &CheckArgs) -> Result<Exit, Failure> {
    let project = Project::open(&context.global.project)?;
    let portal = project.config.portal(context.global.portal.as_deref())?;
    let now = Timestamp::now();
    let as_of = args.as_of.unwrap_or_else(|| now.to_zoned(project.config.timezone.clone()).date());
    let mut findings = offline(context, &project, portal, as_of);
    if args.online {
        findings.problems.extend(online(context, &project, portal, &findings, as_of));
    }
    report(context, args.format, &findings)?;
    Ok(if findings.problems.iter().any(Problem::is_error) { Exit::Error } else { Exit::Done })
}

/// Checks rules and people. A live 1C is not asked: only its settings are checked.
pub fn offline(context: &Context, project: &Project, portal: &PortalConfig, as_of: Date) -> Findings {
    let mut problems = Vec::new();
    let rules = gather::read_rules(project, as_of, &mut problems);
    let live = matches!(project.config.people, PeopleConfig::OData { .. });
    let people = if live {
        None
    } else {
        gather::read_source(context, project, portal, as_of, &mut problems).map(|read| read.1)
    };
    let mut findings = Findings { problems, rules, people, tests: 0 };
    judge(project, portal, as_of, &mut findings);
    findings
}

/// Compares rules with people, and runs the tests of rules.
pub fn judge(project: &Project, portal: &PortalConfig, as_of: Date, findings: &mut Findings) {
    let Findings { problems, rules, people, tests } = findings;
    let cases = match project.rule_test_files() {
        Ok(files) => rules::tests::parse(&files, problems),
        Err(found) => {
            problems.extend(found);
            Vec::new()
        }
    };
    *tests = cases.len();
    let Some(rules) = rules else { return };
    problems.extend(trial::run(rules, &cases, as_of));
    if let Some(people) = people {
        let (have, history) = (Snapshot::default(), History::default());
        let inputs = Inputs {
            portal: &portal.name,
            organizations: &portal.organizations,
            people,
            rules,
            have: &have,
            history: &history,
            as_of,
            made_at: "",
        };
        problems.extend(rules::check(rules, people, |person| plan::main_employment(&inputs, person)));
    }
}

fn online(
    context: &Context,
    project: &Project,
    portal: &PortalConfig,
    findings: &Findings,
    as_of: Date,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if matches!(project.config.people, PeopleConfig::OData { .. }) {
        context.ui.note("1C:");
        match project.odata(as_of, &portal.organizations, context.global.ca.as_deref()) {
            Ok(odata) => problems.extend(online::source(context.ui, &odata)),
            Err(found) => problems.extend(found),
        }
    }
    context.ui.note(&format!("portal `{}`:", portal.name));
    match connect(context, project, portal, Reads::everything(), &Cancel::default()) {
        Ok(connection) => problems.extend(online::portal(context.ui, &connection, findings.rules.as_ref())),
        Err(failure) => problems.extend(failure.problems),
    }
    problems
}

fn report(context: &Context, format: Format, findings: &Findings) -> Result<(), Failure> {
    let Findings { problems, people, tests, .. } = findings;
    if format == Format::Json {
        let json = serde_json::json!({ "problems": problems });
        return Ok(context.ui.result(&format!("{json:#}\n"))?);
    }
    context.ui.problems(&for_reading(problems));
    let people =
        people.as_ref().map(|people| format!("{} people, ", people.persons.len())).unwrap_or_default();
    let verdict =
        if problems.is_empty() { "nothing to complain about".to_owned() } else { summary_line(problems) };
    Ok(context.ui.result(&format!("{people}{tests} rule tests: {verdict}\n"))?)
}
