//! A portal, an HR source and a journal in memory, on which a plan is carried out step by step.
//!
//! As strict as the real thing where it hurts: EMAIL is unique, LOGIN is unique for good, stays
//! when EMAIL moves and blocks new accounts; what a step expects must be there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value, json};
use shtat::model::{
    AcceptedSource, Account, AccountId, AccountKind, Action, Department, DepartmentId, DocumentsPerson,
    Email, Group, GroupId, History, HrEmail, Parked, People, PersonId, Plan, Snapshot, Step, StepId,
};

/// Everything that a plan reads and changes.
#[derive(Debug, Clone)]
pub struct World {
    /// What HR knows.
    pub people: People,
    /// What the portal holds.
    pub have: Snapshot,
    /// What the journal knows.
    pub history: History,
    /// What people type to come in, in lower case; nobody outside the portal sees it.
    pub logins: BTreeMap<AccountId, String>,
    /// The day on which everything happens.
    pub today: Date,
    brought: BTreeMap<String, u64>,
}

impl World {
    /// Starts from a portal whose accounts log in with the addresses they have.
    pub fn new(people: People, have: Snapshot, history: History, today: Date) -> World {
        let login = |account: &Account| {
            let text = account.field("LOGIN").as_str().map(str::to_owned);
            let login = text.or_else(|| account.email.as_ref().map(Email::key));
            (account.id, login.unwrap_or_else(|| format!("user{}", account.id)).to_lowercase())
        };
        let logins = have.accounts.iter().map(login).collect();
        World { people, have, history, logins, today, brought: BTreeMap::new() }
    }

    /// Carries a plan out in the order in which its steps stand.
    pub fn apply(&mut self, plan: &Plan) -> Result<(), String> {
        let order: Vec<&Step> = plan.steps.iter().collect();
        self.apply_in(&order, plan)
    }

    /// Carries steps out in a given order, and ends as an apply that went through does.
    pub fn apply_in(&mut self, order: &[&Step], plan: &Plan) -> Result<(), String> {
        self.brought.clear();
        for step in order {
            self.perform(step).map_err(|why| format!("step {} ({}): {why}", step.id, step.action))?;
            self.check()?;
        }
        self.history.accepted_source = Some(AcceptedSource { persons: plan.summary.people });
        Ok(())
    }

    /// Checks what must hold at every moment.
    pub fn check(&self) -> Result<(), String> {
        let mut holders: BTreeMap<String, AccountId> = BTreeMap::new();
        for account in &self.have.accounts {
            let Some(email) = &account.email else { continue };
            if let Some(other) = holders.insert(email.key(), account.id) {
                return Err(format!("{email} is held by accounts {other} and {}", account.id));
            }
        }
        Ok(())
    }

    /// Carries one step out.
    fn perform(&mut self, step: &Step) -> Result<(), String> {
        self.expected(step)?;
        match step.action {
            Action::CreateDepartment => self.create_department(step),
            Action::CreateUser => self.create_account(step, AccountKind::Employee),
            Action::InviteToExtranet => self.create_account(step, AccountKind::Extranet),
            Action::AdoptUser | Action::UpdateUser => self.update(step),
            Action::FireUser => self.fire(step),
            Action::ReinstateUser => self.reinstate(step),
            Action::SwapEmail => self.swap_email(step),
            Action::JoinGroup => self.join_groups(step),
            Action::BindDocuments => self.bind(step),
            Action::WriteBackEmail => self.write_back(step),
            Action::ByHand => self.by_hand(step),
        }
    }

    /// Checks that what a step expects is there.
    fn expected(&self, step: &Step) -> Result<(), String> {
        for (field, value) in &step.expects {
            if field == "account" && value.is_null() {
                self.nobody_has(step)?;
            } else if field.chars().next().is_some_and(char::is_uppercase) && step.subject.account.is_some() {
                let account = self.account(step)?;
                let found = account.field(field);
                if plain(found) != plain(&self.resolve(value)?) {
                    return Err(format!("expects {field} {value}, found {found}"));
                }
            }
        }
        Ok(())
    }

    fn nobody_has(&self, step: &Step) -> Result<(), String> {
        let (key, email) = (wanted(step, "XML_ID"), wanted(step, "EMAIL").to_lowercase());
        let taken = self.have.accounts.iter().find(|account| {
            account.xml_id.as_deref() == Some(&key)
                || account.email.as_ref().is_some_and(|held| held.key() == email)
        });
        taken.map_or(Ok(()), |account| Err(format!("account {} has the key or the address", account.id)))
    }

    fn create_department(&mut self, step: &Step) -> Result<(), String> {
        let parent = self.resolve(&step.changes["PARENT"].want)?;
        let parent = parent.as_u64().or_else(|| parent.as_str()?.parse().ok()).ok_or("PARENT is no id")?;
        let name = wanted(step, "NAME");
        let parent = DepartmentId(parent);
        if self.have.department(parent).is_none() {
            return Err("PARENT is not there".into());
        }
        if self.have.departments.iter().any(|d| d.parent == Some(parent) && d.name == name) {
            return Err("the department is already there".into());
        }
        let id = self.have.departments.iter().map(|d| d.id.0).max().unwrap_or(0) + 1;
        self.have.departments.push(Department {
            id: DepartmentId(id),
            name,
            parent: Some(parent),
            head: None,
        });
        self.brought.insert(step.id.0.clone(), id);
        Ok(())
    }

    fn create_account(&mut self, step: &Step, kind: AccountKind) -> Result<(), String> {
        let email = Email::parse(&wanted(step, "EMAIL")).map_err(|fault| format!("EMAIL: {fault}"))?;
        if let Some((holder, _)) = self.logins.iter().find(|(_, login)| **login == email.key()) {
            return Err(format!("{email} is the login of account {holder}"));
        }
        let id = AccountId(self.have.accounts.last().map_or(0, |account| account.id.0) + 1);
        self.have.accounts.push(Account {
            id,
            xml_id: None,
            email: None,
            active: true,
            kind,
            departments: Vec::new(),
            row: BTreeMap::from([
                ("ID".to_owned(), json!(id.to_string())),
                ("ACTIVE".to_owned(), json!(true)),
                ("LAST_LOGIN".to_owned(), json!("")),
            ]),
        });
        self.set_fields(id, step)?;
        self.logins.insert(id, email.key());
        self.brought.insert(step.id.0.clone(), id.0);
        self.given(step, &email);
        if kind == AccountKind::Extranet { self.invite_to_groups(step, id) } else { Ok(()) }
    }

    fn invite_to_groups(&mut self, step: &Step, id: AccountId) -> Result<(), String> {
        for group in groups(step) {
            self.group(group)?.invited.insert(id);
        }
        Ok(())
    }

    fn join_groups(&mut self, step: &Step) -> Result<(), String> {
        let id = self.account(step)?.id;
        for group in groups(step) {
            self.group(group)?.members.insert(id);
        }
        Ok(())
    }

    fn group(&mut self, id: GroupId) -> Result<&mut Group, String> {
        self.have.groups.iter_mut().find(|group| group.id == id).ok_or(format!("no group {id}"))
    }

    fn update(&mut self, step: &Step) -> Result<(), String> {
        if step.changes.contains_key("EMAIL") {
            return Err("EMAIL changes by swap_email alone".into());
        }
        let id = self.account(step)?.id;
        self.set_fields(id, step)
    }

    fn fire(&mut self, step: &Step) -> Result<(), String> {
        self.update(step)?;
        let account = self.account(step)?;
        if account.active {
            return Err("is still active".into());
        }
        self.history.fired.insert(account.id, self.today);
        Ok(())
    }

    fn reinstate(&mut self, step: &Step) -> Result<(), String> {
        self.update(step)?;
        let id = self.account(step)?.id;
        self.history.reinstated.insert(id, self.today);
        Ok(())
    }

    fn swap_email(&mut self, step: &Step) -> Result<(), String> {
        if step.changes.keys().any(|field| field != "EMAIL") {
            return Err("carries more than EMAIL".into());
        }
        let (id, active, from) = {
            let account = self.account(step)?;
            (account.id, account.active, account.email.clone())
        };
        self.set_fields(id, step)?;
        let to = Email::parse(&wanted(step, "EMAIL")).map_err(|fault| fault.to_string())?;
        // The address that it leaves may stay its login: nobody else gets it by chance.
        from.iter().for_each(|from| self.given(step, from));
        if let (Some(from), false) = (from, active) {
            let person = step.subject.person.clone().map(PersonId);
            let first = self.history.parked.get(&id).map_or(from, |parked| parked.from.clone());
            self.history.parked.insert(id, Parked { person, from: first, to: to.clone() });
        }
        self.given(step, &to);
        Ok(())
    }

    fn bind(&mut self, step: &Step) -> Result<(), String> {
        let account = self.resolve(&step.changes["userId"].want)?;
        let account = AccountId(account.as_u64().ok_or("userId is no number")?);
        if self.have.account(account).is_none() {
            return Err("userId is not there".into());
        }
        let (company, person) = (wanted(step, "company"), wanted(step, "person"));
        let documents = self.have.documents.as_mut().ok_or("no documents here")?;
        let rows = &mut documents.persons;
        let at = rows.iter().position(|row| row.company == company && row.person == person);
        let at = at.unwrap_or_else(|| {
            rows.push(DocumentsPerson { company, person, account: None, employees: BTreeSet::new() });
            rows.len() - 1
        });
        rows[at].account = Some(account);
        rows[at].employees.insert(wanted(step, "employee"));
        rows.sort();
        Ok(())
    }

    fn write_back(&mut self, step: &Step) -> Result<(), String> {
        let want = Email::parse(&wanted(step, "email")).map_err(|fault| fault.to_string())?;
        let id = PersonId(step.subject.person.clone().ok_or("no person")?);
        let person = self.people.persons.iter_mut().find(|person| person.id == id).ok_or("no such person")?;
        for employment in &mut person.employments {
            if employment.contact.email.usable().is_some_and(|email| *email != want) {
                return Err("HR has another address".into());
            }
            employment.contact.email = HrEmail::Usable(want.clone());
        }
        Ok(())
    }

    fn by_hand(&mut self, step: &Step) -> Result<(), String> {
        let instructions = step.instructions.as_ref().ok_or("no instructions")?;
        let to = instructions.to.to_lowercase();
        let id = self.account(step)?.id;
        let holder = self.logins.iter().find(|(other, login)| **other != id && **login == to);
        let own =
            |other: AccountId| self.person_of(other).is_some() && self.person_of(other) == self.person_of(id);
        match holder.map(|(other, _)| *other) {
            Some(other) if own(other) => {
                // One human being with two accounts exchanges their logins.
                let from = self.logins.insert(id, to).unwrap_or_default();
                self.logins.insert(other, from);
            }
            Some(other) => return Err(format!("{to} is the login of account {other}")),
            None => {
                self.logins.insert(id, to);
            }
        }
        self.history.confirmed.insert(step.id.clone());
        Ok(())
    }

    /// Whose account it is, by its key.
    fn person_of(&self, id: AccountId) -> Option<String> {
        let key = self.have.account(id)?.xml_id.as_deref()?;
        Some(key.strip_suffix(":extranet").unwrap_or(key).to_owned())
    }

    fn given(&mut self, step: &Step, email: &Email) {
        if let Some(person) = &step.subject.person {
            self.history.addresses.entry(email.key()).or_default().insert(PersonId(person.clone()));
        }
    }

    fn account(&self, step: &Step) -> Result<&Account, String> {
        let id = step.subject.account.as_ref().ok_or("names no account")?;
        let id = AccountId(id.parse().map_err(|_| "account is no number")?);
        self.have.account(id).ok_or_else(|| format!("no account {id}"))
    }

    fn set_fields(&mut self, id: AccountId, step: &Step) -> Result<(), String> {
        for (field, change) in &step.changes {
            let value = self.resolve(&change.want)?;
            let at = self.have.accounts.iter().position(|account| account.id == id).ok_or("no account")?;
            set(&mut self.have.accounts[at], field, value);
        }
        Ok(())
    }

    /// Puts ids in the place of `{"step": …}`.
    fn resolve(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).collect(),
            Value::Object(map) => {
                let id = map.get("step").and_then(Value::as_str).ok_or("an object that is no step")?;
                let id = self.brought.get(id).ok_or_else(|| format!("step {id} has brought nothing yet"))?;
                Ok(json!(id))
            }
            other => Ok(other.clone()),
        }
    }
}

/// Sets a field of an account, in the row and in what the model reads of it.
pub fn set(account: &mut Account, field: &str, value: Value) {
    match field {
        "EMAIL" => account.email = value.as_str().and_then(|text| Email::parse(text).ok()),
        "XML_ID" => account.xml_id = value.as_str().filter(|text| !text.is_empty()).map(str::to_owned),
        "ACTIVE" => account.active = value.as_bool().unwrap_or(true),
        "UF_DEPARTMENT" => {
            let ids = value.as_array().into_iter().flatten().filter_map(Value::as_u64);
            account.departments = ids.map(DepartmentId).collect();
        }
        _ => {}
    }
    account.row.insert(field.to_owned(), value);
}

/// Returns the text that a step wants in a field; empty where it wants none.
pub fn wanted(step: &Step, field: &str) -> String {
    let want = step.changes.get(field).map(|change| &change.want);
    want.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Lists the groups that a step names.
pub fn groups(step: &Step) -> Vec<GroupId> {
    let change = step.changes.get("SONET_GROUP_ID").or_else(|| step.changes.get("GROUP_ID"));
    let want = change.map(|change| match &change.want {
        Value::Array(items) => items.clone(),
        other => vec![other.clone()],
    });
    let id = |value: Value| value.as_u64().or_else(|| value.as_str()?.parse().ok()).map(GroupId);
    want.into_iter().flatten().filter_map(id).collect()
}

/// Finds a step of a plan.
pub fn find<'a>(plan: &'a Plan, id: &StepId) -> Option<&'a Step> {
    plan.steps.iter().find(|step| step.id == *id)
}

/// Nothing, an empty text and an empty list are one; ids are compared as texts.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
