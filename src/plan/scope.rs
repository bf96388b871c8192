//! Who counts on this portal, and where each person stands today.

use std::cmp::Reverse;

use jiff::{ToSpan, civil::Date};

use super::{Inputs, policies};
use crate::{
    model::{Employment, Organization, Person, PersonName, fold},
    rules,
};

/// Where a person stands today, by the employments in scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Works today.
    Works,
    /// Begins within `hires.days_before` days.
    Begins,
    /// Has left, and begins again within `dismissals.bridge_days` days.
    Between,
    /// Has left.
    Left {
        /// The last working day.
        last: Date,
    },
    /// Begins later.
    Later,
    /// Has nothing but draft cards or undated contracts.
    Undated,
    /// Has no employment in scope.
    Outside,
}

/// A person as this portal sees them.
#[derive(Debug, Clone)]
pub(super) struct Known<'a> {
    /// The person.
    pub person: &'a Person,
    /// Employments in scope, the main one first; all employments where none is in scope.
    pub jobs: Vec<&'a Employment>,
    /// Where the person stands.
    pub stage: Stage,
    /// Works today outside the organizations of this portal.
    pub elsewhere: bool,
    /// The account key; none where a value it needs is empty, or nothing is matched at all.
    pub key: Option<String>,
}

impl<'a> Known<'a> {
    /// The main employment for this portal.
    pub fn main(&self) -> &'a Employment {
        self.jobs[0]
    }

    /// The name of the main employment's row.
    pub fn name(&self) -> &'a PersonName {
        &self.main().contact.name
    }

    /// Tells whether an employment counts on this portal.
    pub fn in_scope(&self) -> bool {
        self.stage != Stage::Outside
    }

    /// Tells whether the person works today or is about to.
    pub fn wants_account(&self) -> bool {
        matches!(self.stage, Stage::Works | Stage::Begins)
    }

    /// What templates may name.
    pub fn scope(&self, inputs: &Inputs<'a>) -> rules::Scope<'a> {
        let scheme = inputs.rules.email.as_ref().map(|email| email.transliteration).unwrap_or_default();
        rules::Scope { person: self.person, job: self.main(), scheme, n: None }
    }
}

/// Looks at every person, in the order of their ids.
pub(super) fn people<'a>(inputs: &Inputs<'a>) -> Vec<Known<'a>> {
    let wanted: Vec<String> = inputs.organizations.iter().map(|name| fold(name)).collect();
    let mut people: Vec<Known<'a>> = inputs
        .people
        .persons
        .iter()
        .filter(|person| !person.employments.is_empty())
        .map(|person| known(inputs, &wanted, person))
        .collect();
    people.sort_by(|left, right| left.person.id.cmp(&right.person.id));
    people
}

/// Chooses a person's main employment for this portal on this day; none where no employment
/// counts on it.
pub fn main_employment<'a>(inputs: &Inputs<'a>, person: &'a Person) -> Option<&'a Employment> {
    if person.employments.is_empty() {
        return None;
    }
    let wanted: Vec<String> = inputs.organizations.iter().map(|name| fold(name)).collect();
    let known = known(inputs, &wanted, person);
    known.in_scope().then(|| known.main())
}

fn known<'a>(inputs: &Inputs<'a>, wanted: &[String], person: &'a Person) -> Known<'a> {
    let counts = |job: &&Employment| wanted.is_empty() || is_one_of(&job.organization, wanted);
    let (mut jobs, others): (Vec<_>, Vec<_>) = person.employments.iter().partition(counts);
    let outside = jobs.is_empty();
    if outside {
        jobs = person.employments.iter().collect();
    }
    rank(&mut jobs, inputs);
    let elsewhere = others.iter().any(|job| job.works_on(inputs.as_of));
    let stage = if outside { Stage::Outside } else { stage(inputs, &jobs) };
    let mut known = Known { person, jobs, stage, elsewhere, key: None };
    known.key = key(inputs, &known);
    known
}

fn is_one_of(organization: &Organization, wanted: &[String]) -> bool {
    let names = std::iter::once(&organization.name).chain(&organization.aliases);
    names.map(|name| fold(name)).any(|name| wanted.contains(&name))
}

/// Puts the main employment first: working ones, those about to begin, then of the ended ones the
/// one that ended last; then by kind, earliest hire, smallest id.
fn rank(jobs: &mut [&Employment], inputs: &Inputs<'_>) {
    let (today, opens) = (inputs.as_of, opens(inputs));
    jobs.sort_by_cached_key(|job| {
        let class = match () {
            () if job.works_on(today) => 0,
            () if job.begins_after(today) && job.hired_on.is_some_and(|day| day <= opens) => 1,
            () if job.ended_before(today) => 2,
            () if job.begins_after(today) => 3,
            () => 4,
        };
        let ended = Reverse(job.dismissed_on.filter(|_| class == 2));
        (class, ended, job.kind, job.hired_on, job.id.clone())
    });
}

fn stage(inputs: &Inputs<'_>, jobs: &[&Employment]) -> Stage {
    let today = inputs.as_of;
    let bridge = inputs.rules.dismissals.as_ref().map_or(0, |dismissals| dismissals.bridge_days);
    let next = jobs.iter().filter(|job| job.begins_after(today)).filter_map(|job| job.hired_on).min();
    let bridged = next.is_some_and(|day| day <= after(today, bridge));
    let works = jobs.iter().any(|job| job.works_on(today));
    let last = last_day(jobs, today);
    match last {
        Some(last) if works && last == today && !bridged && policies::on_the_day(inputs, jobs[0]) => {
            Stage::Left { last }
        }
        _ if works => Stage::Works,
        _ if next.is_some_and(|day| day <= opens(inputs)) => Stage::Begins,
        Some(_) if bridged => Stage::Between,
        Some(last) => Stage::Left { last },
        None if next.is_some() => Stage::Later,
        None => Stage::Undated,
    }
}

/// The last working day of everything that has begun; none where something has no end, or nothing
/// has begun.
fn last_day(jobs: &[&Employment], today: Date) -> Option<Date> {
    let begun = jobs.iter().filter(|job| job.works_on(today) || job.ended_before(today));
    begun.map(|job| job.dismissed_on).min_by_key(|end| (end.is_some(), Reverse(*end))).flatten()
}

/// The latest first working day for which an invitation goes out today.
fn opens(inputs: &Inputs<'_>) -> Date {
    after(inputs.as_of, inputs.rules.hires.as_ref().map_or(0, |hires| hires.days_before))
}

/// So many days later; the end of the calendar at most.
pub(super) fn after(day: Date, days: u32) -> Date {
    day.saturating_add(i64::from(days).min(4_000_000).days())
}

fn key(inputs: &Inputs<'_>, known: &Known<'_>) -> Option<String> {
    let matching = inputs.rules.matching.as_ref()?;
    let rendered = matching.key.render(&known.scope(inputs));
    Some(rendered.text).filter(|_| rendered.complete)
}
