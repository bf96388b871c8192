//! From a base in memory to rows of employments: joined by key, dated, placed.

use std::collections::HashMap;

use jiff::civil::{Date, date};

use super::{
    base::{Base, Current, Job, PersonRow, employment_kind},
    contacts::{Contact, doubts, phone, private_address, work_address},
    history::{Event, State},
    names::{JOBS, Names, PERSONS},
};
use crate::{
    model::{
        Contact as Personal, EmploymentKind, Organization, PATH_SEPARATOR, PersonName, Place, Problem,
        lookalikes,
    },
    source::{
        Reading, Row, persons,
        value::{name_part, split_name},
    },
};

/// The first working day of those of whom 1C knows only that they have long worked.
const LONG_AGO: Date = date(1900, 1, 1);
/// How far a branch may stand below its head; organizations never form deeper trees.
const DEEPEST_BRANCH: usize = 10;

/// Makes people of a base, on a day.
pub fn people(base: Base, names: Names<'_>, today: Date) -> Reading {
    let mut maker =
        Maker { base: &base, names, today, problems: Vec::new(), strangers: 0, contacts: HashMap::new() };
    let rows: Vec<Row> = base.jobs.iter().filter_map(|job| maker.row(job)).collect();
    maker.strangers();
    let mut problems = base.problems.clone();
    problems.append(&mut maker.problems);
    let mut reading = persons::assemble(rows, problems);
    reading.people.unmanaged = base.unmanaged;
    reading
}

struct Maker<'a> {
    base: &'a Base,
    names: Names<'a>,
    today: Date,
    problems: Vec<Problem>,
    /// Jobs whose person is not there.
    strangers: usize,
    /// Personal fields by person: several jobs state the same ones.
    contacts: HashMap<&'a str, Option<Personal>>,
}

/// What is known of a job on the day: the row that says where, and the dates.
struct Found<'a> {
    event: Option<&'a Event>,
    hired: Option<Date>,
    dismissed: Option<Date>,
}

impl<'a> Maker<'a> {
    /// Makes the row of a job; none where it or its person is marked for deletion, or gone.
    fn row(&mut self, job: &'a Job) -> Option<Row> {
        if job.deleted {
            return None;
        }
        let person = job.person.as_ref().and_then(|key| self.base.persons.get(key));
        let Some(person) = person else {
            self.strangers += 1;
            return None;
        };
        let contact = self.personal(person)?;
        let current = self.base.current.as_ref().and_then(|current| current.get(&job.key));
        let found = self.found(job, current);
        let mut row = Row::at(self.place(JOBS, &job.key));
        row.person_id = Some(person.key.clone());
        row.id = Some(job.key.clone());
        row.personnel_number = job.number.clone();
        row.organization = self.organization(job, found.event);
        row.kind = self.kind(job, found.event, current);
        row.hired_on = found.hired;
        row.dismissed_on = found.dismissed;
        row.contact = contact;
        self.department(&mut row, found.event, current);
        let position = match found.event {
            Some(event) => event.position.as_ref(),
            None => current.and_then(|current| current.position.as_ref()),
        };
        row.position = position.and_then(|key| self.base.positions.get(key)).cloned();
        self.draft_or_real(&mut row, found.event, current);
        Some(row)
    }

    fn place(&self, set: &str, key: &str) -> Place {
        Place::file(format!("{}(guid'{key}')", self.names.set(set)))
    }

    fn warn(&mut self, set: &str, key: &str, what: &str) {
        let place = self.place(set, key);
        self.problems.push(Problem::warning(what).at(place));
    }

    fn strangers(&mut self) {
        if self.strangers > 0 {
            let (jobs, persons) = (self.names.set(JOBS), self.names.set(PERSONS));
            self.problems.push(
                Problem::warning(format!(
                    "{} jobs name a person that is not there; they are left out",
                    self.strangers
                ))
                .at(Place::file(jobs))
                .cause(format!("a person was removed while we read, or `{persons}` hides rows")),
            );
        }
    }

    /// Brings history and dates together. History decides who works today; dates add what lies
    /// ahead, and speak alone of jobs that history does not know.
    fn found(&mut self, job: &Job, current: Option<&Current>) -> Found<'a> {
        let known = Current::default();
        let dates = current.unwrap_or(&known);
        let state = self.base.history.as_ref().and_then(|history| history.get(&job.key));
        let ahead = dates.hired.is_some_and(|hired| hired > self.today);
        match state {
            Some(State::Ended(event, last)) if !ahead => {
                // A temporary job that ran out has no date of dismissal: only a later one contradicts.
                if dates.dismissed > Some(self.today) {
                    self.warn(
                        JOBS,
                        &job.key,
                        "history says that the job has ended, its dates do not; history counts",
                    );
                }
                let hired = dates.hired.filter(|hired| hired <= last);
                Found { event: Some(event), hired, dismissed: Some(*last) }
            }
            Some(State::Working(event)) => {
                let dismissed = dates.dismissed.filter(|last| *last >= self.today);
                if dismissed != dates.dismissed {
                    self.warn(
                        JOBS,
                        &job.key,
                        "history says that the job goes on, its dates do not; history counts",
                    );
                }
                let begun = event.from.date();
                let hired = if ahead { Some(begun) } else { dates.hired };
                Found { event: Some(event), hired, dismissed }
            }
            _ => {
                let event = self.base.to_come.get(&job.key).filter(|_| ahead);
                let dismissed = dates.dismissed.filter(|last| dates.hired.is_none_or(|hired| hired <= *last));
                Found { event, hired: dates.hired, dismissed }
            }
        }
    }

    /// Keeps apart who has worked since before 1C knows, and who is only a card in it.
    fn draft_or_real(&self, row: &mut Row, event: Option<&Event>, current: Option<&Current>) {
        if row.hired_on.is_some() {
            return;
        }
        let labour = current.is_some_and(|current| current.labour == Some(true));
        let vouched = event.is_some() || (self.base.history.is_none() && labour);
        if !vouched && row.is_real() {
            row.department.clear();
            row.department_id = None;
            row.position = None;
        } else if vouched && !row.is_real() {
            let begun = event.map_or(LONG_AGO, |event| event.from.date());
            row.hired_on = Some(row.dismissed_on.map_or(begun, |last| last.min(begun)));
        }
    }

    fn organization(&self, job: &Job, event: Option<&Event>) -> Organization {
        let named = event.and_then(|event| event.head_organization.as_ref().or(event.organization.as_ref()));
        let Some(mut key) = named.or(job.organization.as_ref()) else { return Organization::default() };
        for _ in 0..DEEPEST_BRANCH {
            match self.base.organizations.get(key).and_then(|row| row.head.as_ref()) {
                Some(head) => key = head,
                None => break,
            }
        }
        let row = self.base.organizations.get(key).cloned().unwrap_or_default();
        let name = if row.name.is_empty() { key.clone() } else { row.name };
        Organization { name, aliases: row.aliases.into_iter().chain([key.clone()]).collect() }
    }

    fn kind(&self, job: &Job, event: Option<&Event>, current: Option<&Current>) -> Option<EmploymentKind> {
        let named = self.base.employments.get(&job.key).or(current.and_then(|current| current.kind.as_ref()));
        let kind = named.and_then(|name| employment_kind(name));
        let extra = event.and_then(|event| event.main) == Some(false) || job.main.is_some();
        match kind {
            Some(EmploymentKind::PartTimeInner) => kind,
            _ if extra => Some(EmploymentKind::ExtraWork),
            Some(_) => kind,
            None if event.is_some() => None,
            None => {
                let contract = current.is_some_and(|current| current.labour == Some(false));
                contract.then_some(EmploymentKind::Contract)
            }
        }
    }

    /// Finds the department in the tree that was asked for.
    fn department(&mut self, row: &mut Row, event: Option<&Event>, current: Option<&Current>) {
        let legal = match event {
            Some(event) => event.department.as_ref(),
            None => current.and_then(|current| current.department.as_ref()),
        };
        if let Some(tree) = &self.base.structure {
            let placed = event
                .and_then(|event| event.staff_position.as_ref())
                .and_then(|position| self.base.places.get(position))
                .filter(|node| tree.has(node));
            let node = placed.map(String::as_str).or_else(|| tree.standing_for(legal?));
            if let Some(node) = node {
                (row.department, row.department_id) = (split(tree.path(node).0), Some(node.to_owned()));
                return;
            }
        }
        let Some(key) = legal.filter(|_| !self.base.departments.is_empty()) else {
            return;
        };
        let (path, whole) = self.base.departments.path(key);
        if !whole {
            let job = row.id.clone().unwrap_or_default();
            self.warn(JOBS, &job, "the department of the job, or one above it, is not there");
        }
        row.department = split(path);
        row.department_id = Some(key.clone());
    }

    fn personal(&mut self, person: &'a PersonRow) -> Option<Personal> {
        if let Some(known) = self.contacts.get(person.key.as_str()) {
            return known.clone();
        }
        let made = self.make_personal(person);
        self.contacts.insert(&person.key, made.clone());
        made
    }

    fn make_personal(&mut self, person: &PersonRow) -> Option<Personal> {
        if person.deleted {
            return None;
        }
        let name = self.name(person);
        if !lookalikes(&name.full()).is_empty() {
            self.warn(PERSONS, &person.key, "Latin letters stand among Cyrillic ones in the name");
        }
        if name.last.is_empty() && name.first.is_empty() {
            self.warn(PERSONS, &person.key, "the person has no name and is left out");
            return None;
        }
        let nothing: Vec<Contact> = Vec::new();
        let rows = self.base.contacts.get(&person.key).unwrap_or(&nothing);
        let kinds = &self.base.kinds;
        for kinds in [&kinds.email, &kinds.personal] {
            doubts(&person.key, rows, kinds, &self.names.set(PERSONS), &mut self.problems);
        }
        Some(Personal {
            name,
            email: work_address(rows, &kinds.email),
            personal_email: private_address(rows, &kinds.personal),
            phone: phone(rows, &kinds.phone),
            birthday: person.birthday,
        })
    }

    /// Takes the parts of a name, or splits the whole as 1C does where there are none.
    fn name(&mut self, person: &PersonRow) -> PersonName {
        let [last, first, patronymic] =
            person.parts.each_ref().map(|text| text.as_deref().map(name_part).unwrap_or_default());
        if !last.is_empty() || !first.is_empty() {
            return PersonName { last, first, patronymic };
        }
        let (name, rest) = split_name(person.full.as_deref().unwrap_or_default());
        if !rest.is_empty() {
            self.warn(PERSONS, &person.key, "words of the name fit no part of it and are dropped");
        }
        name
    }
}

/// Reads a path as files state it: a name with ` / ` inside stands for two.
fn split(path: Vec<String>) -> Vec<String> {
    let whole = path.join(PATH_SEPARATOR);
    whole.split(PATH_SEPARATOR).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
