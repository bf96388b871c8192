//! A portal in memory that behaves as Bitrix24 does where it matters to an apply: LOGIN is unique
//! and never shown, `user.add` mails an invitation, groups hold pending members.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use shtat::{
    model::{
        Account, AccountId, AccountKind, Department, DepartmentId, Documents, DocumentsPerson, Edition,
        Email, Group, GroupId, Row, Snapshot,
    },
    portal::{Binding, NewDepartment, NewUser, PortalError, PortalFault},
};

/// A write as the portal does it.
#[derive(Debug, Clone)]
pub enum Write {
    User(NewUser),
    Fields(AccountId, BTreeMap<String, Value>),
    Department(NewDepartment),
    Join(GroupId, AccountId),
    Bind(Binding),
}

/// The portal's own state, and the HR source's cells.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub rows: BTreeMap<u64, Row>,
    pub logins: BTreeMap<u64, String>,
    pub departments: Vec<Department>,
    pub groups: Vec<Group>,
    pub bonds: Vec<DocumentsPerson>,
    pub outbox: Vec<String>,
    pub cells: BTreeMap<String, Option<String>>,
    /// Writes that were sent and are done a while later.
    pub landing: Vec<(Instant, Write)>,
}

impl World {
    pub fn add_account(&mut self, id: u64, email: &str, more: Value) {
        let mut row: Row = [
            ("ID".to_owned(), json!(id.to_string())),
            ("EMAIL".to_owned(), json!(email)),
            ("ACTIVE".to_owned(), json!(true)),
        ]
        .into();
        for (field, value) in more.as_object().unwrap() {
            row.insert(field.clone(), value.clone());
        }
        self.rows.insert(id, row);
        self.logins.insert(id, email.to_lowercase());
    }

    /// Does what was late and is due now.
    pub fn land(&mut self, now: Instant) {
        let (due, later) = std::mem::take(&mut self.landing).into_iter().partition(|(at, _)| *at <= now);
        self.landing = later;
        let due: Vec<(Instant, Write)> = due;
        for (_, write) in due {
            let _ = self.perform(&write);
        }
    }

    pub fn land_after(&mut self, pause: Duration, write: Write) {
        self.landing.push((Instant::now() + pause, write));
    }

    pub fn perform(&mut self, write: &Write) -> Result<u64, PortalError> {
        match write {
            Write::User(new) => self.add_user(new),
            Write::Fields(id, fields) => self.update(*id, fields),
            Write::Department(new) => {
                let id = self.departments.iter().map(|known| known.id.0).max().unwrap_or(0) + 1;
                let (name, parent) = (new.name.clone(), Some(new.parent));
                self.departments.push(Department { id: DepartmentId(id), name, parent, head: None });
                Ok(id)
            }
            Write::Join(group, account) => {
                let group = self.groups.iter_mut().find(|known| known.id == *group);
                let group = group.ok_or_else(|| refused("", "Socialnetwork group not found"))?;
                group.members.insert(*account);
                Ok(0)
            }
            Write::Bind(binding) => {
                self.bonds.retain(|row| row.person != binding.person);
                self.bonds.push(DocumentsPerson {
                    company: binding.company.clone(),
                    person: binding.person.clone(),
                    account: Some(binding.account),
                    employees: [binding.employee.clone()].into(),
                });
                Ok(0)
            }
        }
    }

    fn add_user(&mut self, new: &NewUser) -> Result<u64, PortalError> {
        let email = new.fields["EMAIL"].as_str().unwrap().to_lowercase();
        let taken = |row: &Row| row["EMAIL"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(&email));
        if self.logins.values().any(|login| *login == email) || self.rows.values().any(taken) {
            return Err(refused("ERROR_ARGUMENT", "Пользователь с таким логином уже есть"));
        }
        let id = self.rows.keys().max().unwrap_or(&0) + 1;
        let fields = Value::Object(new.fields.clone().into_iter().collect());
        self.add_account(id, &email, fields);
        for group in new.extranet_groups.iter().flatten() {
            let group = self.groups.iter_mut().find(|known| known.id == *group);
            group.ok_or_else(|| refused("ERROR_NO_GROUP", ""))?.invited.insert(AccountId(id));
        }
        self.outbox.push(format!("{email} {}", new.message.as_deref().unwrap_or("")));
        Ok(id)
    }

    /// Registers a user and stops there (errors 8 and 9 of `user.add`): the account is there, with
    /// the fields of its registration alone and in no group.
    pub fn register_only(&mut self, new: &NewUser) -> Result<u64, PortalError> {
        let registered = ["EMAIL", "NAME", "LAST_NAME", "XML_ID", "UF_DEPARTMENT"];
        let mut half = new.clone();
        half.fields.retain(|field, _| registered.contains(&field.as_str()));
        half.extranet_groups = None;
        self.add_user(&half)?;
        Err(refused("ERROR_CORE", ""))
    }

    fn update(&mut self, id: AccountId, fields: &BTreeMap<String, Value>) -> Result<u64, PortalError> {
        if let Some(email) = fields.get("EMAIL").and_then(Value::as_str) {
            let taken = |(other, row): (&u64, &Row)| {
                *other != id.0 && row["EMAIL"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(email))
            };
            if self.rows.iter().any(taken) {
                return Err(refused("ERROR_CORE", "Пользователь с таким e-mail уже есть"));
            }
        }
        let row = self.rows.get_mut(&id.0).ok_or_else(|| refused("ERROR_CORE", ""))?;
        row.extend(fields.clone());
        Ok(id.0)
    }

    pub fn account(&self, id: u64) -> Option<Account> {
        let row = self.rows.get(&id)?.clone();
        let text = |field: &str| row.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        let departments: Vec<DepartmentId> = match row.get("UF_DEPARTMENT") {
            Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_u64).map(DepartmentId).collect(),
            _ => Vec::new(),
        };
        Some(Account {
            id: AccountId(id),
            xml_id: text("XML_ID").map(str::to_owned),
            email: text("EMAIL").and_then(|email| Email::parse(email).ok()),
            active: row.get("ACTIVE") == Some(&Value::Bool(true)),
            kind: if departments.is_empty() { AccountKind::Extranet } else { AccountKind::Employee },
            departments,
            row,
        })
    }

    pub fn accounts(&self) -> Vec<Account> {
        self.rows.keys().filter_map(|id| self.account(*id)).collect()
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            edition: Edition::Cloud,
            owner: Some(AccountId(1)),
            admin: true,
            departments: self.departments.clone(),
            accounts: self.accounts(),
            groups: self.groups.clone(),
            documents: Some(Documents { companies: Vec::new(), persons: self.bonds.clone() }),
            ..Snapshot::default()
        }
    }

    /// The person moves the login; EMAIL stays.
    pub fn passport(&mut self, from: &str, to: &str) {
        for login in self.logins.values_mut().filter(|login| *login == from) {
            to.clone_into(login);
        }
    }

    /// Everything that must not depend on how often somebody pulled the plug, without ids.
    pub fn picture(&self) -> Value {
        let login = |id: &u64| self.logins.get(id).cloned().unwrap_or_default();
        let accounts: BTreeMap<String, Value> =
            self.rows.iter().map(|(id, row)| (login(id), self.account_picture(row))).collect();
        assert_eq!(accounts.len(), self.rows.len(), "two accounts with one login");
        let mut departments: Vec<String> =
            self.departments.iter().map(|known| self.path(known.id.0)).collect();
        departments.sort();
        // A pending member is a member.
        let names = |group: &Group| -> BTreeSet<String> {
            group.members.iter().chain(&group.invited).map(|id| login(&id.0)).collect()
        };
        let groups: Vec<Value> = self.groups.iter().map(|group| json!([group.name, names(group)])).collect();
        let bonds: Vec<Value> = self
            .bonds
            .iter()
            .map(|bond| json!([bond.person, bond.account.map(|id| login(&id.0)), bond.employees]))
            .collect();
        let mut outbox = self.outbox.clone();
        outbox.sort();
        json!({"accounts": accounts, "departments": departments, "groups": groups, "bonds": bonds,
               "outbox": outbox, "cells": self.cells})
    }

    fn account_picture(&self, row: &Row) -> Value {
        let mut row = row.clone();
        row.remove("ID");
        if let Some(Value::Array(ids)) = row.get("UF_DEPARTMENT") {
            let paths: Vec<String> = ids.iter().filter_map(Value::as_u64).map(|id| self.path(id)).collect();
            row.insert("UF_DEPARTMENT".to_owned(), json!(paths));
        }
        json!(row)
    }

    fn path(&self, id: u64) -> String {
        let Some(known) = self.departments.iter().find(|known| known.id.0 == id) else {
            return "?".to_owned();
        };
        match known.parent {
            Some(parent) => format!("{} / {}", self.path(parent.0), known.name),
            None => known.name.clone(),
        }
    }
}

fn refused(code: &str, text: &str) -> PortalError {
    PortalError::new("write", PortalFault::Refused { code: code.to_owned(), text: text.to_owned() })
}
