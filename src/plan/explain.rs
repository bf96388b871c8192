//! Why a person gets this address, department and action: each rule tried, the one that won.

use std::fmt;

use super::{
    Inputs,
    address::Addresses,
    matching::{self, Match},
    plan, policies,
    scope::{Known, Stage},
    world::World,
};
use crate::{
    model::{
        Because, Email, Employment, Held, HrEmail, PATH_SEPARATOR, PersonId, Place, Plan, Step, Subject,
        fold_name, printable,
    },
    rules::{DepartmentMap, DepartmentTarget, EmailSource, Unmapped, When},
};

/// What the rules say of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whom.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// One for each question.
    pub sections: Vec<Section>,
}

/// One question and what was tried to answer it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The question.
    pub title: &'static str,
    /// What was tried.
    pub lines: Vec<Line>,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What came of it.
    pub mark: Mark,
    /// In words.
    pub text: String,
    /// The rule.
    pub place: Option<Place>,
}

/// What came of something that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It decided.
    Won,
    /// It did not.
    Lost,
    /// Merely a fact.
    Fact,
}

/// Explains every person whose id, personnel number, address or name fits.
pub fn explain(inputs: &Inputs<'_>, wanted: &str) -> Vec<Explanation> {
    let world = World::of(inputs);
    let plan = plan(inputs);
    let found = world.people.iter().zip(&world.matches.of).filter(|(known, _)| is_meant(known, wanted));
    found.map(|(known, found)| of_person(&world, &plan, known, found)).collect()
}

/// Explains what a saved plan does with everybody whose id, address or name fits: the plan holds
/// its reasons itself.
pub fn explain_plan(plan: &Plan, wanted: &str) -> Vec<Explanation> {
    let subjects =
        plan.steps.iter().map(|step| &step.subject).chain(plan.held.iter().map(|held| &held.subject));
    let mut found: Vec<&Subject> = subjects.filter(|subject| is_subject(subject, wanted)).collect();
    found.sort_by(|left, right| left.person.cmp(&right.person));
    found.dedup_by(|left, right| left.person == right.person);
    found
        .into_iter()
        .map(|subject| {
            let id = subject.person.clone().unwrap_or_default();
            let sections = vec![outcome(plan, &id)];
            Explanation { person: PersonId(id), name: subject.name.clone(), sections }
        })
        .collect()
}

fn is_meant(known: &Known<'_>, wanted: &str) -> bool {
    let id = known.person.id.0 == wanted.trim();
    id || known.person.employments.iter().any(|job| {
        let number =
            job.personnel_number.as_deref().is_some_and(|number| fold_name(number) == fold_name(wanted));
        let address = job.contact.email.usable().is_some_and(|email| is_address(email, wanted));
        number || address || is_name(&job.contact.name.full(), wanted)
    })
}

fn is_subject(subject: &Subject, wanted: &str) -> bool {
    let address = subject.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(wanted.trim()));
    let id = subject.person.as_deref() == Some(wanted.trim());
    subject.person.is_some() && (id || address || is_name(&subject.name, wanted))
}

fn is_address(email: &Email, wanted: &str) -> bool {
    email.key() == wanted.trim().to_ascii_lowercase()
}

/// Tells whether every word that was given is a word of the name.
fn is_name(name: &str, wanted: &str) -> bool {
    let (name, wanted) = (fold_name(name), fold_name(wanted));
    let words: Vec<&str> = name.split(' ').collect();
    !wanted.is_empty() && wanted.split(' ').all(|word| words.contains(&word))
}

fn of_person(world: &World<'_>, plan: &Plan, known: &Known<'_>, found: &Match<'_>) -> Explanation {
    let sections = vec![
        employments(world, known),
        account(world, known, found),
        hire(world, known),
        address(world, plan, known, found),
        department(world, known),
        policy(world, known),
        outcome(plan, &known.person.id.0),
    ];
    let sections = sections.into_iter().filter(|section| !section.lines.is_empty()).collect();
    Explanation { person: known.person.id.clone(), name: known.name().full(), sections }
}

fn employments(world: &World<'_>, known: &Known<'_>) -> Section {
    let line = |job: &Employment| {
        let main = std::ptr::eq(job, known.main()) && known.in_scope();
        let counts = known.in_scope() && known.jobs.iter().any(|own| std::ptr::eq(*own, job));
        let text = format!(
            "{}{}",
            described(job),
            if counts { "" } else { " (not of this portal's organizations)" }
        );
        Line { mark: if main { Mark::Won } else { Mark::Fact }, text, place: None }
    };
    let mut lines: Vec<Line> = known.person.employments.iter().map(line).collect();
    lines.push(fact(format!("{} on {}", standing(known.stage), world.inputs.as_of), None));
    Section { title: "which employment is the main one", lines }
}

fn described(job: &Employment) -> String {
    let since = job.hired_on.map_or_else(String::new, |day| format!(", from {day}"));
    let until = job.dismissed_on.map_or_else(String::new, |day| format!(", last working day {day}"));
    let position = job.position.as_deref().unwrap_or("no position");
    let department = job.department.join(PATH_SEPARATOR);
    format!("{position}, {department}, {}{since}{until} [{}]", job.organization.name, job.origin)
}

fn standing(stage: Stage) -> &'static str {
    match stage {
        Stage::Works => "works",
        Stage::Begins => "begins soon enough to be invited",
        Stage::Between => "is between two employments; nothing is done",
        Stage::Left { .. } => "has left",
        Stage::Later => "begins later; nothing is done yet",
        Stage::Undated => "has only draft cards or contracts without a date; does not work",
        Stage::Outside => "has no employment of this portal's organizations",
    }
}

fn account(world: &World<'_>, known: &Known<'_>, found: &Match<'_>) -> Section {
    let matching = world.inputs.rules.matching.as_ref();
    let key = known.key.as_deref().unwrap_or("none: a value that it needs is empty");
    let mut lines = vec![fact(format!("the key is `{key}`"), matching.map(|matching| &matching.key.place))];
    let place = matching.map(|matching| &matching.adopt_place);
    lines.push(match found {
        Match::Account(account) => won(format!("account {} carries it", account.id), None),
        Match::Adopted(account, _) => {
            won(format!("account {} is recognised; it gets the key", account.id), place)
        }
        Match::Doubled(accounts) => {
            let ids: Vec<String> = accounts.iter().map(|account| account.id.to_string()).collect();
            lost(format!("accounts {} all carry it: nothing is done to any", ids.join(", ")), None)
        }
        Match::Unclear(unclear) => lost(unclear.text.clone(), place),
        Match::Renamed(account) => {
            lost(format!("account {} of somebody who vanished looks like this person's", account.id), None)
        }
        Match::Nobody => lost("no account carries it, and none is recognised".to_owned(), place),
    });
    Section { title: "which account", lines }
}

fn hire(world: &World<'_>, known: &Known<'_>) -> Section {
    let Some(hires) = &world.inputs.rules.hires else {
        return Section {
            title: "who gets an account",
            lines: vec![lost("there is no section `hires`".to_owned(), None)],
        };
    };
    let line = match matching::is_wanted(&world.inputs, known.main()) {
        true => won("`hires` gives such people an account".to_owned(), Some(&hires.when_place)),
        false => lost(
            format!("`hires.when`: {}", why_not(hires.when.as_ref(), known.main())),
            Some(&hires.when_place),
        ),
    };
    Section { title: "who gets an account", lines: vec![line] }
}

fn address(world: &World<'_>, plan: &Plan, known: &Known<'_>, found: &Match<'_>) -> Section {
    let mut lines = Vec::new();
    let rules = world.inputs.rules.email.as_ref();
    let source = rules.map(|email| &email.source_place);
    match &known.main().contact.email {
        HrEmail::Usable(email) => lines.push(match rules.map(|rules| rules.source) {
            Some(EmailSource::Replace) => {
                lost(format!("HR has {email}; `replace` makes a new account another"), source)
            }
            _ => won(format!("HR has {email}"), source),
        }),
        HrEmail::Unusable(_) => {
            lines.push(lost(
                "what HR has is not one plain address; it is neither used nor replaced".to_owned(),
                source,
            ));
        }
        HrEmail::None => {
            lines.push(fact("HR has no address".to_owned(), None));
            lines.extend(match kept(found) {
                Some(email) => {
                    vec![won(format!("the account has {email}, which a template never changes"), None)]
                }
                None => candidates(world, plan, known),
            });
        }
    }
    Section { title: "which address", lines }
}

/// The address that an existing account keeps.
fn kept<'a>(found: &Match<'a>) -> Option<&'a Email> {
    match found {
        Match::Account(account) | Match::Adopted(account, _) => account.email.as_ref(),
        Match::Doubled(_) | Match::Unclear(_) | Match::Renamed(_) | Match::Nobody => None,
    }
}

/// Tries the templates again, with the addresses that the plan gives to others taken.
fn candidates(world: &World<'_>, plan: &Plan, known: &Known<'_>) -> Vec<Line> {
    let mut addresses = Addresses::of(&world.inputs, &world.people, &world.accounts, &world.matches);
    for step in &plan.steps {
        let given = step.changes.get("EMAIL").and_then(|change| change.want.as_str());
        let others = step.subject.person.as_ref().filter(|person| **person != known.person.id.0);
        if let (Some(Ok(email)), Some(person)) = (given.map(Email::parse), others) {
            addresses.give(&email, &PersonId(person.clone()));
        }
    }
    let Some(rules) = &world.inputs.rules.email else {
        return vec![lost("there is no section `email`".to_owned(), None)];
    };
    let generated = addresses.generate(known);
    let mut lines = Vec::new();
    for entry in &rules.templates {
        if generated.entry.is_some_and(|chosen| std::ptr::eq(chosen, entry)) {
            lines.push(won("these templates are for the person".to_owned(), Some(&entry.place)));
            break;
        }
        let why = why_not(entry.when.as_ref(), known.main());
        lines.push(lost(format!("these templates are for others: {why}"), Some(&entry.place)));
    }
    lines.extend(generated.tried.into_iter().map(|candidate| match candidate.verdict {
        None => won(format!("`{}` gives {}, which is free", candidate.template, candidate.address), None),
        Some(verdict) => {
            lost(format!("`{}` gives {}: {verdict}", candidate.template, candidate.address), None)
        }
    }));
    lines
}

fn department(world: &World<'_>, known: &Known<'_>) -> Section {
    let mut lines = Vec::new();
    if let Some(rules) = &world.inputs.rules.departments {
        let map = DepartmentMap::new(rules, world.inputs.people);
        for job in known.jobs.iter().filter(|job| known.in_scope() && job.works_on(world.inputs.as_of)) {
            let from = job.department.join(PATH_SEPARATOR);
            lines.push(match map.mapping(job) {
                Some(entry) => {
                    won(format!("`{from}` is mapped to {}", target(&entry.to)), Some(&entry.place))
                }
                None => lost(
                    format!("`{from}` is not mapped: {}", unmapped(rules.unmapped)),
                    Some(&rules.unmapped_place),
                ),
            });
        }
    }
    Section { title: "which department", lines }
}

fn target(to: &DepartmentTarget) -> String {
    match to {
        DepartmentTarget::Path(path) => format!("`{}`", path.join(PATH_SEPARATOR)),
        DepartmentTarget::Id(id) => format!("department {id}"),
    }
}

fn unmapped(unmapped: Unmapped) -> &'static str {
    match unmapped {
        Unmapped::Top => "the top department",
        Unmapped::Create => "the same path below the top department",
        Unmapped::Hold => "held",
    }
}

fn policy(world: &World<'_>, known: &Known<'_>) -> Section {
    let mut lines = Vec::new();
    let chosen = policies::policy(&world.inputs, known.main());
    for policy in world.inputs.rules.dismissals.iter().flat_map(|dismissals| &dismissals.policies) {
        if chosen.is_some_and(|chosen| std::ptr::eq(chosen, policy)) {
            lines.push(won(format!("`{}` would be the leaver's policy", policy.id), Some(&policy.place)));
            break;
        }
        let why = match &policy.when {
            Some(when) if !policies::decidable(when, &world.inputs) => "the source does not tell".to_owned(),
            when => why_not(when.as_ref(), known.main()),
        };
        lines.push(lost(format!("`{}`: {why}", policy.id), Some(&policy.place)));
    }
    Section { title: "which dismissal policy", lines }
}

fn why_not(when: Option<&When>, job: &Employment) -> String {
    when.and_then(|when| when.why_not(job)).unwrap_or_else(|| "an earlier one decided".to_owned())
}

/// Lists what the plan does with a person, and what it holds.
fn outcome(plan: &Plan, person: &str) -> Section {
    let ours = |subject: &Subject| subject.person.as_deref() == Some(person);
    let steps = plan.steps.iter().filter(|step| ours(&step.subject)).flat_map(step_lines);
    let held = plan.held.iter().filter(|held| ours(&held.subject)).flat_map(held_lines);
    let mut lines: Vec<Line> = steps.chain(held).collect();
    if lines.is_empty() {
        lines.push(fact("nothing: it is as it should be".to_owned(), None));
    }
    Section { title: "what the plan does", lines }
}

fn step_lines(step: &Step) -> Vec<Line> {
    let fields: Vec<&str> = step.changes.keys().map(String::as_str).collect();
    let what = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
    let mut lines = vec![won(format!("{} ({}){what}", step.action, step.id), None)];
    lines.extend(reasons(&step.because));
    lines
}

fn held_lines(held: &Held) -> Vec<Line> {
    let mut lines = vec![lost(format!("{} is held, {}: {}", held.action, held.reason, held.text), None)];
    lines.extend(reasons(&held.because));
    lines
}

fn reasons(because: &[Because]) -> impl Iterator<Item = Line> {
    because.iter().map(|because| {
        let cited = because.rule.iter().chain(&because.source).chain(&because.text);
        fact(format!("because {}", cited.cloned().collect::<Vec<_>>().join(": ")), None)
    })
}

fn won(text: String, place: Option<&Place>) -> Line {
    Line { mark: Mark::Won, text, place: place.cloned() }
}

fn lost(text: String, place: Option<&Place>) -> Line {
    Line { mark: Mark::Lost, text, place: place.cloned() }
}

fn fact(text: String, place: Option<&Place>) -> Line {
    Line { mark: Mark::Fact, text, place: place.cloned() }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} [{}]", printable(&self.name), printable(&self.person.0))?;
        for section in &self.sections {
            writeln!(f, "\n{}", section.title)?;
            for line in &section.lines {
                let mark = match line.mark {
                    Mark::Won => "+",
                    Mark::Lost => "-",
                    Mark::Fact => " ",
                };
                write!(f, "  {mark} {}", printable(&line.text))?;
                match &line.place {
                    Some(place) => writeln!(f, "  ({place})")?,
                    None => writeln!(f)?,
                }
            }
        }
        Ok(())
    }
}
