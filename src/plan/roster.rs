//! The list of people as 1C's export form shows it: who works, who has an account, who has left.

use jiff::civil::Date;
use serde::Serialize;

use super::{
    Inputs,
    matching::Match,
    scope::{Known, Stage},
    world::World,
};
use crate::model::{Account, EmploymentKind, PATH_SEPARATOR, fold_name};

/// A person of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RosterRow {
    /// Why the person is in the list.
    pub state: RosterState,
    /// `person.id`.
    pub person: String,
    /// Табельный номер of the main employment.
    pub personnel_number: Option<String>,
    /// The full name.
    pub name: String,
    /// The legal entity.
    pub organization: String,
    /// The department's path.
    pub department: String,
    /// Должность.
    pub position: Option<String>,
    /// Вид занятости.
    pub employment: EmploymentKind,
    /// First working day.
    pub hired_on: Option<Date>,
    /// Last working day.
    pub dismissed_on: Option<Date>,
    /// The address HR has.
    pub email: Option<String>,
    /// The portal's id of the account.
    pub account: Option<String>,
    /// The account's address.
    pub account_email: Option<String>,
}

/// Why a person is in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterState {
    /// Works now and has no account.
    New,
    /// Works now and has an account.
    Matched,
    /// Has left.
    Dismissed,
}

/// Lists who works now or has left, in the order of states, names and ids.
pub fn roster(inputs: &Inputs<'_>) -> Vec<RosterRow> {
    let world = World::of(inputs);
    let mut rows: Vec<RosterRow> =
        world.people.iter().zip(&world.matches.of).filter_map(|(known, found)| row(known, found)).collect();
    // Folded, or «Ёлкин» would stand before «Абрамов».
    rows.sort_by_cached_key(|row| (row.state, fold_name(&row.name), row.person.clone()));
    rows
}

fn row(known: &Known<'_>, found: &Match<'_>) -> Option<RosterRow> {
    let account = account(found);
    let state = match (known.stage, account) {
        (Stage::Works, None) => RosterState::New,
        (Stage::Works, Some(_)) => RosterState::Matched,
        (Stage::Left { .. } | Stage::Between, _) => RosterState::Dismissed,
        (Stage::Begins | Stage::Later | Stage::Undated | Stage::Outside, _) => return None,
    };
    let job = known.main();
    let email = |account: &Account| account.email.as_ref().map(|email| email.as_str().to_owned());
    Some(RosterRow {
        state,
        person: known.person.id.0.clone(),
        personnel_number: job.personnel_number.clone(),
        name: known.name().full(),
        organization: job.organization.name.clone(),
        department: job.department.join(PATH_SEPARATOR),
        position: job.position.clone(),
        employment: job.kind,
        hired_on: job.hired_on,
        dismissed_on: job.dismissed_on,
        email: job.contact.email.usable().map(|email| email.as_str().to_owned()),
        account: account.map(|account| account.id.to_string()),
        account_email: account.and_then(email),
    })
}

fn account<'a>(found: &Match<'a>) -> Option<&'a Account> {
    match found {
        Match::Account(account) | Match::Adopted(account, _) => Some(account),
        Match::Doubled(accounts) => accounts.first().copied(),
        Match::Nobody | Match::Unclear(_) | Match::Renamed(_) => None,
    }
}
