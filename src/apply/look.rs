//! What is found of a step: on the portal itself, or on a snapshot after earlier steps.

use serde_json::Value;

use super::{
    decide::{self, Claims, Ours, Target, Verdict},
    resolve::{Fields, Newcomer, Task},
};
use crate::{
    model::{Account, AccountId, Department, DepartmentId, DocumentsPerson, Email, Group, GroupId},
    portal::{PortalError, ReadPortal},
};

/// Reads what a step needs.
pub trait Look {
    /// Reads one account.
    fn account(&self, id: AccountId) -> Result<Option<Account>, PortalError>;
    /// Reads the accounts with a key.
    fn with_key(&self, key: &str) -> Result<Vec<Account>, PortalError>;
    /// Reads the accounts with an address.
    fn with_email(&self, email: &Email) -> Result<Vec<Account>, PortalError>;
    /// Reads the departments of a name below a parent.
    fn departments(&self, parent: DepartmentId, name: &str) -> Result<Vec<Department>, PortalError>;
    /// Reads a group.
    fn group(&self, id: GroupId) -> Result<Option<Group>, PortalError>;
    /// Reads the links of a company of КЭДО.
    fn bonds(&self, company: &str) -> Result<Vec<DocumentsPerson>, PortalError>;
}

/// The portal itself.
pub struct Live<'a>(pub &'a dyn ReadPortal);

impl Look for Live<'_> {
    fn account(&self, id: AccountId) -> Result<Option<Account>, PortalError> {
        self.0.account(id)
    }

    fn with_key(&self, key: &str) -> Result<Vec<Account>, PortalError> {
        self.0.accounts_with_key(key)
    }

    fn with_email(&self, email: &Email) -> Result<Vec<Account>, PortalError> {
        self.0.accounts_with_email(email)
    }

    fn departments(&self, parent: DepartmentId, name: &str) -> Result<Vec<Department>, PortalError> {
        self.0.departments_named(parent, name)
    }

    fn group(&self, id: GroupId) -> Result<Option<Group>, PortalError> {
        self.0.group(id)
    }

    fn bonds(&self, company: &str) -> Result<Vec<DocumentsPerson>, PortalError> {
        self.0.documents_persons(company)
    }
}

/// What a step's surroundings add to what is found.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What the step expects.
    pub expects: &'a Fields,
    /// Addresses that later steps give the account.
    pub later: &'a [Value],
    /// What the journal says of the account that the step creates.
    pub ours: Ours,
}

/// Looks and decides. Steps that are no business of the portal are always ready.
pub fn examine(task: &Task, context: Context<'_>, look: &dyn Look) -> Result<Verdict, PortalError> {
    let Context { expects, later, ours } = context;
    match task {
        Task::Department(new) => Ok(decide::department(&look.departments(new.parent, &new.name)?)),
        Task::Newcomer(task) => newcomer(task, ours, look),
        Task::Fields { account, want } => {
            let found = look.account(*account)?;
            let verdict =
                |holder| decide::fields(want, expects, Target { account: found.as_ref(), holder, later });
            match (verdict(None), want.get("EMAIL").and_then(Value::as_str).map(Email::parse)) {
                (Verdict::Ready, Some(Ok(email))) => Ok(verdict(holder(&email, *account, look)?)),
                (verdict, _) => Ok(verdict),
            }
        }
        Task::Join { account, group } => {
            Ok(decide::membership(look.account(*account)?.as_ref(), look.group(*group)?.as_ref(), expects))
        }
        Task::Bind(bond) => Ok(decide::bond(bond, &look.bonds(&bond.company)?, expects)),
        Task::WriteBack { .. } | Task::Hand => Ok(Verdict::Ready),
    }
}

/// Finds another account that has an address.
fn holder(email: &Email, but: AccountId, look: &dyn Look) -> Result<Option<AccountId>, PortalError> {
    Ok(look.with_email(email)?.into_iter().map(|account| account.id).find(|id| *id != but))
}

fn newcomer(task: &Newcomer, ours: Ours, look: &dyn Look) -> Result<Verdict, PortalError> {
    let key = look.with_key(&task.key)?;
    let email = if key.is_empty() { look.with_email(&task.email)? } else { Vec::new() };
    let mut groups = Vec::new();
    if !key.is_empty() {
        for id in task.groups.iter().flatten() {
            groups.extend(look.group(*id)?);
        }
    }
    Ok(decide::newcomer(task, Claims { key: &key, email: &email, groups: &groups, ours }))
}
