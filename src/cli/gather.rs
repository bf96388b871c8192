//! Gathers what a plan is made from: people, rules, the portal, history and the day.

use std::{collections::BTreeSet, path::Path};

use jiff::{Timestamp, civil::Date};

use super::{
    Context, Failure,
    check::{self, Findings},
    connect::{Connection, Reads, connect},
    meter::PortalMeter,
    problems::for_reading,
};
use crate::{
    apply,
    model::{History, People, Place, Plan, Problem, Snapshot},
    plan::{self, Inputs, render::Names},
    portal::{Cancel, GroupChoice, PortalFile, ReadPortal},
    project::{self, PortalConfig, Project},
    rules::{self, Rules},
    source::Source,
    ui::Ui,
};

/// The longest saved portal that is read: a million accounts have about half of this.
const SNAPSHOT_LIMIT: u64 = 2 << 30;

/// Which portal a plan is made against.
#[derive(Debug, Clone, Copy)]
pub enum Portal<'a> {
    /// The one that shtat.yaml names, read now.
    Live,
    /// One that was saved.
    Saved(&'a Path),
}

/// People and rules, read and checked; no portal yet.
pub struct Wanted {
    /// The project folder.
    pub project: Project,
    /// The portal of shtat.yaml that is meant.
    pub portal: PortalConfig,
    /// Where people come from.
    pub source: Box<dyn Source>,
    /// People.
    pub people: People,
    /// Rules.
    pub rules: Rules,
    /// What is doubtful, but stops nothing.
    pub warnings: Vec<Problem>,
    /// Today, in the people's time zone, or the day that was asked for.
    pub as_of: Date,
    /// When we began.
    pub now: Timestamp,
}

/// Everything that a plan is made from.
pub struct Gathered {
    /// People and rules.
    pub wanted: Wanted,
    /// The portal's state.
    pub have: Snapshot,
    /// What earlier runs did.
    pub history: History,
    /// What the journal knows beyond that.
    pub evidence: apply::Evidence,
    /// The portal itself, where it was read live.
    pub connection: Option<Connection>,
}

/// Reads everything, and ends with every problem that was found on the way.
pub fn gather(context: &Context, portal: Portal<'_>, as_of: Option<Date>) -> Result<Gathered, Failure> {
    let wanted = want(context, as_of)?;
    let (have, connection) = match portal {
        Portal::Saved(file) => (saved(file)?, None),
        Portal::Live => live(context, &wanted, &Cancel::default())?,
    };
    Gathered::new(wanted, have, connection)
}

/// Reads a portal that was saved.
fn saved(file: &Path) -> Result<Snapshot, Failure> {
    let shown = file.display().to_string();
    let text = project::read_text(file, &shown, SNAPSHOT_LIMIT)?;
    Ok(PortalFile::parse(&text, &shown)?.snapshot())
}

/// Reads people and rules and runs the checks of `check` on them.
pub fn want(context: &Context, as_of: Option<Date>) -> Result<Wanted, Failure> {
    let project = Project::open(&context.global.project)?;
    let portal = project.config.portal(context.global.portal.as_deref())?.clone();
    let now = Timestamp::now();
    let as_of = as_of.unwrap_or_else(|| now.to_zoned(project.config.timezone.clone()).date());
    let mut problems = Vec::new();
    let rules = read_rules(&project, as_of, &mut problems);
    let (source, people) = read_source(context, &project, &portal, as_of, &mut problems).unzip();
    let mut findings = Findings { problems, rules, people, tests: 0 };
    check::judge(&project, &portal, as_of, &mut findings);
    let Findings { problems, rules, people, .. } = findings;
    match (rules, source, people) {
        (Some(rules), Some(source), Some(people)) if !problems.iter().any(Problem::is_error) => {
            Ok(Wanted { project, portal, source, people, rules, warnings: problems, as_of, now })
        }
        _ => Err(Failure::from(for_reading(&problems))),
    }
}

/// Reads the portal of shtat.yaml as it is now.
pub fn live(
    context: &Context,
    wanted: &Wanted,
    cancel: &Cancel,
) -> Result<(Snapshot, Option<Connection>), Failure> {
    let groups = GroupChoice::Named(groups_of(&wanted.rules));
    let reads = Reads { groups, documents: wanted.rules.documents.is_some() };
    let connection = connect(context, &wanted.project, &wanted.portal, reads, cancel)?;
    let meter = PortalMeter::new(context.ui);
    let have = connection.client.snapshot(&meter).map_err(|error| error.problem(&wanted.portal.name))?;
    meter.finish();
    Ok((have, Some(connection)))
}

impl Wanted {
    /// Tells the doubtful things.
    pub fn warn(&self, ui: Ui) {
        ui.problems(&for_reading(&self.warnings));
    }
}

impl Gathered {
    /// Adds what the journal knows, and ends where a plan would be wrong as a whole.
    pub fn new(wanted: Wanted, have: Snapshot, connection: Option<Connection>) -> Result<Gathered, Failure> {
        let journal = apply::read(&wanted.project.journal_folder(), &wanted.portal.name)?;
        let history = journal.evidence.history(Some(&have));
        let mut wanted = wanted;
        wanted.warnings.extend(journal.problems);
        let gathered = Gathered { wanted, have, history, evidence: journal.evidence, connection };
        gathered.check()?;
        Ok(gathered)
    }

    /// Tells what would make a plan wrong as a whole.
    fn check(&self) -> Result<(), Failure> {
        let (errors, _): (Vec<_>, Vec<_>) =
            plan::obstacles(&self.inputs("")).into_iter().partition(Problem::is_error);
        if !errors.is_empty() {
            return Err(Failure::from(errors));
        }
        if self.wanted.people.persons.is_empty() && self.plan().summary.managed > 0 {
            return Err(Failure::from(nobody()));
        }
        Ok(())
    }

    /// Tells the doubtful things.
    pub fn warn(&self, ui: Ui) {
        self.wanted.warn(ui);
        let doubts: Vec<Problem> =
            plan::obstacles(&self.inputs("")).into_iter().filter(|problem| !problem.is_error()).collect();
        ui.problems(&doubts);
    }

    /// Plans.
    pub fn plan(&self) -> Plan {
        plan::plan(&self.inputs(&self.wanted.now.to_string()))
    }

    /// Returns what ids are called.
    pub fn names(&self) -> Names {
        Names::of(&self.have)
    }

    /// Returns what the planner takes.
    pub fn inputs<'a>(&'a self, made_at: &'a str) -> Inputs<'a> {
        let Wanted { portal, people, rules, as_of, .. } = &self.wanted;
        Inputs {
            portal: &portal.name,
            organizations: &portal.organizations,
            people,
            rules,
            have: &self.have,
            history: &self.history,
            as_of: *as_of,
            made_at,
        }
    }
}

/// Reads the rules and runs their tests' own checks; problems are collected.
pub fn read_rules(project: &Project, as_of: Date, problems: &mut Vec<Problem>) -> Option<Rules> {
    match project.rule_files() {
        Ok(files) => {
            let reading = rules::read(&files, as_of);
            let usable = reading.is_usable();
            problems.extend(reading.problems);
            usable.then_some(reading.rules)
        }
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

/// Opens the source and reads everybody; problems are collected.
pub fn read_source(
    context: &Context,
    project: &Project,
    portal: &PortalConfig,
    as_of: Date,
    problems: &mut Vec<Problem>,
) -> Option<(Box<dyn Source>, People)> {
    match project.source(as_of, &portal.organizations, context.global.ca.as_deref()) {
        Ok(source) => {
            let reading = source.read();
            let good = !reading.has_errors();
            problems.extend(reading.problems);
            good.then_some((source, reading.people))
        }
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

/// Lists the groups that the rules name: only these are read.
fn groups_of(rules: &Rules) -> BTreeSet<String> {
    let policies = rules.dismissals.iter().flat_map(|dismissals| &dismissals.policies);
    policies
        .filter_map(|policy| policy.extranet.as_ref())
        .flat_map(|extranet| extranet.groups.clone())
        .collect()
}

/// Tells a source that holds nobody: never a reason to fire everybody.
fn nobody() -> Problem {
    Problem::error("the source holds no person, and accounts on the portal are managed")
        .part("people")
        .at(Place::file(project::FILE))
        .hint("is it the right file, and the right sheet?")
}
