//! `shtat check --online`: the way to 1C, walked step by step.

use std::collections::HashMap;

use reqwest::header::HeaderMap;

use super::{
    OData,
    fault::Fault,
    gather::Gather,
    history::State,
    names::{
        CONTACTS, CURRENT, DEPARTMENTS, HISTORY, INTERVALS, JOBS, KINDS, ORGANIZATIONS, PERSONS, POSITIONS,
        STRUCTURE,
    },
    pages::Reader,
    settings::Tree,
    tables,
    target::Target,
};
use crate::model::{Person, Problem};

/// One thing that `shtat check --online` tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckStep {
    /// What was tried: `reach hr.example`, `read Catalog_Сотрудники`.
    pub name: String,
    /// What came of it, where it went well: `12 organizations`.
    pub found: String,
    /// What went wrong, with its remedy as hints; a warning names what will not be managed.
    pub problem: Option<Problem>,
}

impl CheckStep {
    fn well(name: impl Into<String>, found: impl Into<String>) -> CheckStep {
        CheckStep { name: name.into(), found: found.into(), problem: None }
    }

    fn ill(name: impl Into<String>, problem: Problem) -> CheckStep {
        CheckStep { name: name.into(), found: String::new(), problem: Some(problem) }
    }
}

/// The service document's list.
const LIST: &str = "the list of published sets";

/// Walks the way; stops where nothing further can be said.
pub async fn walk(source: &OData, reader: &mut Reader<'_>) -> Vec<CheckStep> {
    let mut steps = Vec::new();
    if reach(source, reader, &mut steps).await {
        sets(reader, &mut steps).await;
        kinds(source, reader, &mut steps).await;
        if !steps.iter().any(|step| step.problem.as_ref().is_some_and(Problem::is_error)) {
            compare(source, reader, &mut steps).await;
            everybody(source, reader, &mut steps).await;
        }
    }
    steps
}

/// Reaches the host, logs in, and looks at what is published.
async fn reach(source: &OData, reader: &mut Reader<'_>, steps: &mut Vec<CheckStep>) -> bool {
    let host = format!("reach {}", source.wire.host());
    let login = format!("log in as {}", source.settings.user);
    // Once and without patience: whoever checks a wrong address should not wait two minutes.
    let first = source.wire.get(&Target::new(""), HeaderMap::new(), None).await;
    if let Err(fault @ (Fault::Unreachable { .. } | Fault::Redirected { .. })) = first {
        steps.push(CheckStep::ill(host, fault.problem(LIST)));
        return false;
    }
    steps.push(CheckStep::well(host, "it answers"));
    let answer = match reader.session.get(&Target::new("")).await {
        Err(fault) => {
            steps.push(CheckStep::ill(login, fault.problem(LIST)));
            return false;
        }
        Ok(answer) => answer,
    };
    steps.push(CheckStep::well(login, "1C lets us in"));
    let published = answer["value"].as_array().map_or(0, Vec::len);
    let step = format!("read {LIST}");
    if published == 0 {
        let problem = Problem::error("1C publishes nothing")
            .hint("tick the objects in «Настройка автоматического REST-сервиса» of 1C");
        steps.push(CheckStep::ill(step, problem));
        return false;
    }
    steps.push(CheckStep::well(step, format!("{published} sets")));
    true
}

/// Asks each set of the reading plan for one row.
async fn sets(reader: &mut Reader<'_>, steps: &mut Vec<CheckStep>) {
    let tree = reader.names.0.tree;
    let needed = [ORGANIZATIONS, JOBS, PERSONS];
    let mut all = vec![
        tables::organizations(),
        tables::departments(),
        tables::positions(),
        tables::jobs(),
        tables::persons("IsFolder"),
        tables::contacts(),
        tables::kinds(),
        tables::intervals(String::new()),
        tables::events(None),
        tables::current(),
        tables::employments(None),
    ];
    if tree == Tree::Management {
        all.push(tables::structure());
    }
    for table in all {
        let set = reader.names.set(table.set);
        let step = format!("read {set}");
        steps.push(match reader.try_one(&table).await {
            Ok(0) => CheckStep::well(step, "no row"),
            Ok(_) => CheckStep::well(step, "rows"),
            Err(fault) if fault.absent() && !needed.contains(&table.set) => {
                CheckStep::well(step, format!("not published: {}", lost(table.set)))
            }
            Err(fault) => CheckStep::ill(step, fault.problem(&set)),
        });
    }
}

/// Says what is lost with a set.
fn lost(set: &str) -> &'static str {
    match set {
        DEPARTMENTS | STRUCTURE => "departments are not managed without it",
        POSITIONS => "positions are not managed without it",
        CONTACTS => "addresses are read with the persons instead, where these show them",
        KINDS => "addresses are not managed without it, unless `email_kinds` gives GUIDs",
        INTERVALS => "the events of HR history are read instead",
        HISTORY => "the intervals of HR history suffice; without either only who works is managed",
        CURRENT => "dates are not managed without it",
        _ => "employment kinds are not managed without it",
    }
}

/// Looks for the kinds of addresses.
async fn kinds(source: &OData, reader: &mut Reader<'_>, steps: &mut Vec<CheckStep>) {
    let mut gather = Gather::new(reader, source.today);
    let step = "find the kinds of addresses";
    match gather.kinds().await {
        Ok(()) => {
            let found = gather.base.kinds.email.len();
            steps.push(CheckStep::well(step, format!("{found} of work addresses")));
        }
        Err(problem) => steps.push(CheckStep::ill(step, problem)),
    }
}

/// Compares both registers of HR history: the intervals are filled by handlers, and a raw load of
/// data leaves them stale.
async fn compare(source: &OData, reader: &mut Reader<'_>, steps: &mut Vec<CheckStep>) {
    let step = "compare the two registers of HR history";
    let mut gather = Gather::new(reader, source.today);
    let intervals = gather.intervals().await.map(|found| found.then(|| working(&gather)));
    let events = gather.events().await.map(|found| found.then(|| working(&gather)));
    let (Ok(Some(intervals)), Ok(Some(events))) = (intervals, events) else { return };
    if intervals == events {
        steps.push(CheckStep::well(step, format!("both know {intervals} jobs in force")));
        return;
    }
    let problem = Problem::warning(format!(
        "the intervals know {intervals} jobs in force, the events {events}; the intervals are believed"
    ));
    let hint = "fill the interval register anew in 1C, or take it out of the published sets";
    steps.push(CheckStep::ill(step, problem.hint(hint)));
}

fn working(gather: &Gather<'_, '_>) -> usize {
    let states = gather.base.history.iter().flat_map(HashMap::values);
    states.filter(|state| matches!(state, State::Working(_))).count()
}

/// Reads everybody as `plan` would, and tells what a plan would do without.
async fn everybody(source: &OData, reader: &mut Reader<'_>, steps: &mut Vec<CheckStep>) {
    let step = "read everybody";
    let reading = source.read_with(reader).await;
    let failed = reading.has_errors();
    steps.extend(reading.problems.into_iter().map(|problem| CheckStep::ill(step, problem)));
    if failed {
        return;
    }
    let persons = &reading.people.persons;
    let jobs: usize = persons.iter().map(|person| person.employments.len()).sum();
    let works = |person: &&Person| person.employments.iter().any(|job| job.works_on(source.today));
    let working = persons.iter().filter(works).count();
    steps.push(CheckStep::well(
        step,
        format!("{} persons, {jobs} jobs, {working} persons at work", persons.len()),
    ));
}
