//! A snapshot on which steps leave what they would leave on the portal.

use std::{collections::BTreeMap, iter};

use serde_json::Value;

use super::{
    look::Look,
    resolve::{Fields, Ids, Newcomer, Task},
    value,
};
use crate::{
    model::{
        Account, AccountId, AccountKind, Department, DepartmentId, DocumentsPerson, Email, Group, GroupId,
        Snapshot, Step,
    },
    portal::PortalError,
};

/// Ids of what does not exist yet begin here, far above any of a portal.
const IMAGINED: u64 = 1 << 60;

/// The portal as it will be.
pub struct Simulation {
    accounts: BTreeMap<AccountId, Account>,
    keys: BTreeMap<String, Vec<AccountId>>,
    emails: BTreeMap<String, Vec<AccountId>>,
    departments: Vec<Department>,
    groups: Vec<Group>,
    bonds: Vec<DocumentsPerson>,
    next: u64,
}

impl Simulation {
    /// Begins with the portal as it is.
    pub fn new(have: &Snapshot) -> Simulation {
        let mut simulation = Simulation {
            accounts: BTreeMap::new(),
            keys: BTreeMap::new(),
            emails: BTreeMap::new(),
            departments: have.departments.clone(),
            groups: have.groups.clone(),
            bonds: have.documents.iter().flat_map(|documents| documents.persons.clone()).collect(),
            next: IMAGINED,
        };
        for account in &have.accounts {
            simulation.put(account.clone());
        }
        simulation
    }

    /// Leaves what a step leaves, and keeps the id it brings.
    pub fn leave(&mut self, step: &Step, task: &Task, ids: &mut Ids) {
        match task {
            Task::Department(new) => {
                let id = self.imagine(step, ids);
                let (name, parent) = (new.name.clone(), Some(new.parent));
                self.departments.push(Department { id: DepartmentId(id), name, parent, head: None });
            }
            Task::Newcomer(task) => {
                let id = AccountId(self.imagine(step, ids));
                self.add(id, task);
            }
            Task::Fields { account, want } => {
                if let Some(mut account) = self.take(*account) {
                    set(&mut account, want);
                    self.put(account);
                }
            }
            Task::Join { account, group } => self.join(*account, *group),
            Task::Bind(bond) => {
                self.bonds.retain(|row| row.company != bond.company || row.person != bond.person);
                self.bonds.push(DocumentsPerson {
                    company: bond.company.clone(),
                    person: bond.person.clone(),
                    account: Some(bond.account),
                    employees: iter::once(bond.employee.clone()).collect(),
                });
            }
            Task::WriteBack { .. } | Task::Hand => {}
        }
    }

    fn imagine(&mut self, step: &Step, ids: &mut Ids) -> u64 {
        self.next += 1;
        ids.insert(step.id.clone(), self.next);
        self.next
    }

    fn add(&mut self, id: AccountId, task: &Newcomer) {
        let mut account = Account {
            id,
            xml_id: None,
            email: None,
            active: true,
            kind: if task.groups.is_some() { AccountKind::Extranet } else { AccountKind::Employee },
            departments: Vec::new(),
            row: BTreeMap::new(),
        };
        set(&mut account, &task.want);
        self.put(account);
        for group in task.groups.iter().flatten() {
            self.join(id, *group);
        }
    }

    fn join(&mut self, account: AccountId, group: GroupId) {
        if let Some(group) = self.groups.iter_mut().find(|known| known.id == group) {
            group.invited.insert(account);
        }
    }

    fn put(&mut self, account: Account) {
        let id = account.id;
        if let Some(key) = &account.xml_id {
            self.keys.entry(key.clone()).or_default().push(id);
        }
        if let Some(email) = &account.email {
            self.emails.entry(email.key()).or_default().push(id);
        }
        self.accounts.insert(id, account);
    }

    fn take(&mut self, id: AccountId) -> Option<Account> {
        let account = self.accounts.remove(&id)?;
        if let Some(ids) = account.xml_id.as_ref().and_then(|key| self.keys.get_mut(key)) {
            ids.retain(|known| *known != id);
        }
        if let Some(ids) = account.email.as_ref().and_then(|email| self.emails.get_mut(&email.key())) {
            ids.retain(|known| *known != id);
        }
        Some(account)
    }

    fn all(&self, ids: Option<&Vec<AccountId>>) -> Vec<Account> {
        ids.into_iter().flatten().filter_map(|id| self.accounts.get(id).cloned()).collect()
    }
}

impl Look for Simulation {
    fn account(&self, id: AccountId) -> Result<Option<Account>, PortalError> {
        Ok(self.accounts.get(&id).cloned())
    }

    fn with_key(&self, key: &str) -> Result<Vec<Account>, PortalError> {
        Ok(self.all(self.keys.get(key)))
    }

    fn with_email(&self, email: &Email) -> Result<Vec<Account>, PortalError> {
        Ok(self.all(self.emails.get(&email.key())))
    }

    fn departments(&self, parent: DepartmentId, name: &str) -> Result<Vec<Department>, PortalError> {
        let fits = |known: &&Department| known.parent == Some(parent) && known.name == name;
        Ok(self.departments.iter().filter(fits).cloned().collect())
    }

    fn group(&self, id: GroupId) -> Result<Option<Group>, PortalError> {
        Ok(self.groups.iter().find(|group| group.id == id).cloned())
    }

    fn bonds(&self, company: &str) -> Result<Vec<DocumentsPerson>, PortalError> {
        Ok(self.bonds.iter().filter(|row| row.company == company).cloned().collect())
    }
}

/// Changes fields of an account as the portal would.
fn set(account: &mut Account, fields: &Fields) {
    for (field, value) in fields {
        account.row.insert(field.clone(), value.clone());
        let text = value.as_str();
        match field.as_str() {
            "XML_ID" => account.xml_id = text.filter(|text| !text.is_empty()).map(str::to_owned),
            "EMAIL" => account.email = text.and_then(|text| Email::parse(text).ok()),
            "ACTIVE" => account.active = value::same("ACTIVE", value, &Value::Bool(true)),
            "UF_DEPARTMENT" => {
                account.departments = value::departments(value).into_iter().map(DepartmentId).collect();
            }
            _ => {}
        }
    }
}
