//! One write: what is sent for a task, and its intent in the journal.

use std::collections::BTreeMap;

use super::{
    decide::Missing,
    event::Intent,
    resolve::{Bond, Fields, Task},
};
use crate::{
    model::{Account, AccountId, Email, GroupId, PersonId, Problem, Step},
    portal::{Binding, NewDepartment, NewUser, PortalError, WritePortal},
    source::{Source, Written},
};

/// Something to send, complete.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// department.add
    Department(NewDepartment),
    /// user.add
    User(NewUser),
    /// user.update
    Fields(AccountId, Fields),
    /// sonet_group.user.add
    Join(GroupId, AccountId),
    /// humanresources.hcmlink.employee.set
    Bind(Binding),
    /// The HR source.
    Source {
        /// Whose address.
        person: PersonId,
        /// The address there now.
        have: Option<String>,
        /// The address to write.
        want: Email,
    },
}

/// What a write came to.
#[derive(Debug)]
pub enum Sent {
    /// The other side says it is done.
    Accepted,
    /// The source had something else there.
    Stale,
    /// The portal did not say so.
    Failed(PortalError),
    /// The source could not be written.
    Refused(Problem),
}

impl Write {
    /// Returns what a task sends; nothing where a person has to do it. `found` is the account
    /// that it concerns, as it was seen last.
    pub fn of(task: &Task, step: &Step, found: Option<&Account>) -> Option<Write> {
        Some(match task {
            Task::Department(new) => Write::Department(new.clone()),
            Task::Newcomer(new) => Write::User(NewUser {
                fields: new.want.clone(),
                extranet_groups: new.groups.clone(),
                message: step.message.clone(),
            }),
            Task::Fields { account, want } => Write::Fields(*account, want.clone()),
            Task::Join { account, group } => Write::Join(*group, *account),
            Task::Bind(bond) => Write::Bind(binding(bond, found)),
            Task::WriteBack { person, have, want } => {
                Write::Source { person: person.clone(), have: have.clone(), want: want.clone() }
            }
            Task::Hand => return None,
        })
    }

    /// Returns the next write that finishes a creation; nothing where nothing is missing.
    pub fn finishing(missing: &Missing) -> Option<Write> {
        if !missing.fields.is_empty() {
            return Some(Write::Fields(missing.account, missing.fields.clone()));
        }
        missing.groups.first().map(|group| Write::Join(*group, missing.account))
    }

    /// Returns what the journal keeps before the write is sent. `found` is the account that
    /// changes, as it was seen last.
    pub fn intent(&self, step: &Step, found: Option<&Account>) -> Intent {
        let (account, email, fields) = match self {
            Write::Department(_) => (None, None, Vec::new()),
            Write::User(new) => (None, field(&new.fields, "EMAIL"), names(&new.fields)),
            Write::Fields(account, fields) => (Some(*account), field(fields, "EMAIL"), names(fields)),
            Write::Join(_, account) => (Some(*account), None, Vec::new()),
            Write::Bind(bond) => (Some(bond.account), None, Vec::new()),
            Write::Source { want, .. } => (None, Some(want.as_str()), Vec::new()),
        };
        let to = email.and_then(|email| Email::parse(email).ok());
        let moves = matches!(self, Write::Fields(..)) && to.is_some();
        let key = match self {
            Write::User(new) => field(&new.fields, "XML_ID").map(str::to_owned),
            _ => None,
        };
        Intent {
            step: step.id.clone(),
            action: step.action,
            person: step.subject.person.clone().map(PersonId),
            account,
            key,
            from: found.filter(|_| moves).and_then(|account| account.email.clone()),
            to,
            dismissed: moves && found.is_some_and(|account| !account.active),
            fields,
        }
    }

    /// Sends it, once.
    pub fn send(&self, portal: &dyn WritePortal, source: &dyn Source) -> Sent {
        let answer = match self {
            Write::Department(new) => portal.add_department(new),
            Write::User(new) => portal.add_user(new).map(drop),
            Write::Fields(account, fields) => portal.update_user(*account, fields),
            Write::Join(group, account) => portal.add_to_group(*group, *account),
            Write::Bind(binding) => portal.bind_documents(binding),
            Write::Source { person, have, want } => {
                return match source.write_email(person, have.as_deref(), want) {
                    Ok(Written::Changed | Written::AlreadySo) => Sent::Accepted,
                    Ok(Written::Stale) => Sent::Stale,
                    Err(problem) => Sent::Refused(problem),
                };
            }
        };
        answer.map_or_else(Sent::Failed, |()| Sent::Accepted)
    }

    /// Tells whether it adds an account, which may fail because somebody's login has its address.
    pub fn adds_account(&self) -> bool {
        matches!(self, Write::User(_))
    }
}

/// Binds under the name that the account has: the portal rebuilds its title from it.
fn binding(bond: &Bond, account: Option<&Account>) -> Binding {
    let text = |name: &str| account.and_then(|account| account.field(name).as_str()).unwrap_or("").to_owned();
    let position = text("WORK_POSITION");
    Binding {
        company: bond.company.clone(),
        person: bond.person.clone(),
        employee: bond.employee.clone(),
        account: bond.account,
        last_name: text("LAST_NAME"),
        first_name: text("NAME"),
        patronymic: text("SECOND_NAME"),
        position: Some(position).filter(|position| !position.is_empty()),
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(serde_json::Value::as_str)
}

fn names(fields: &BTreeMap<String, serde_json::Value>) -> Vec<String> {
    fields.keys().cloned().collect()
}
