//! Everything that is read of a base, in memory.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::{
    contacts::{Contact, Kinds},
    history::{Event, State},
    trees::Tree,
};
use crate::model::{EmploymentKind, Problem, Unmanaged};

/// A legal entity or a branch.
#[derive(Debug, Clone, Default)]
pub struct OrganizationRow {
    /// Shown to people.
    pub name: String,
    /// Full and short name, ИНН.
    pub aliases: Vec<String>,
    /// The head of a branch.
    pub head: Option<String>,
}

/// A job's card.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its key.
    pub key: String,
    /// Whose job it is.
    pub person: Option<String>,
    /// Табельный номер.
    pub number: Option<String>,
    /// The legal entity.
    pub organization: Option<String>,
    /// The main job beside which this is an extra one.
    pub main: Option<String>,
    /// Marked for deletion: no longer there, for anybody.
    pub deleted: bool,
}

/// A person's card.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Its key.
    pub key: String,
    /// Фамилия, имя, отчество; none where this release has no such fields.
    pub parts: [Option<String>; 3],
    /// ФИО in one, for such releases.
    pub full: Option<String>,
    /// The birthday.
    pub birthday: Option<Date>,
    /// Marked for deletion.
    pub deleted: bool,
}

/// What 1C notes of a job beside its history.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Current {
    /// The first working day; may lie ahead.
    pub hired: Option<Date>,
    /// The last working day; may lie ahead.
    pub dismissed: Option<Date>,
    /// False: a contract, or a draft.
    pub labour: Option<bool>,
    /// The department, where HR accounting is off.
    pub department: Option<String>,
    /// The position, likewise.
    pub position: Option<String>,
    /// The kind of employment, likewise.
    pub kind: Option<String>,
}

/// A base as it was read.
#[derive(Debug, Default)]
pub struct Base {
    /// By key.
    pub organizations: HashMap<String, OrganizationRow>,
    /// The legal tree.
    pub departments: Tree,
    /// The management tree, where it was asked for.
    pub structure: Option<Tree>,
    /// Staff position → node of the management tree.
    pub places: HashMap<String, String>,
    /// Names by key.
    pub positions: HashMap<String, String>,
    /// Every job, deleted ones too.
    pub jobs: Vec<Job>,
    /// By key, deleted ones too.
    pub persons: HashMap<String, PersonRow>,
    /// The kinds of contacts that we read.
    pub kinds: Kinds,
    /// Rows of these kinds, by person.
    pub contacts: HashMap<String, Vec<Contact>>,
    /// What history says, by job; none where no history is published.
    pub history: Option<HashMap<String, State>>,
    /// The first event to come, by job.
    pub to_come: HashMap<String, Event>,
    /// Dates, by job; none where they are not published.
    pub current: Option<HashMap<String, Current>>,
    /// Kinds of employment, by job.
    pub employments: HashMap<String, String>,
    /// What this base does not tell.
    pub unmanaged: BTreeSet<Unmanaged>,
    /// Warnings on the way.
    pub problems: Vec<Problem>,
}

/// Reads the name of an employment kind.
pub fn employment_kind(name: &str) -> Option<EmploymentKind> {
    Some(match name {
        "ОсновноеМестоРаботы" => EmploymentKind::Main,
        "Совместительство" => EmploymentKind::PartTimeOuter,
        "ВнутреннееСовместительство" => EmploymentKind::PartTimeInner,
        "Подработка" => EmploymentKind::ExtraWork,
        _ => return None,
    })
}
