//! What may be asked of a portal.

use std::collections::BTreeMap;

use serde_json::Value;

use super::PortalError;
use crate::model::{
    Account, AccountId, Department, DepartmentId, DocumentsPerson, Email, Group, GroupId, Snapshot,
};

/// Told while long work goes on.
pub trait Progress: Sync {
    /// `done` of `total` units of `what` are done; `total` 0: unknown.
    fn tell(&self, what: &str, done: u64, total: u64);
    /// The portal asks us to wait.
    fn waiting(&self, why: &str, seconds: u64);
}

/// Reads the portal as it is now. Every returned row was checked against what was asked.
/// Reads are repeated where that is safe, up to 4 times.
pub trait ReadPortal: Sync {
    /// Reads everything: at most ⌈U/2500⌉ + 12 HTTP calls for U accounts.
    fn snapshot(&self, progress: &dyn Progress) -> Result<Snapshot, PortalError>;
    /// Reads one account, dismissed ones too.
    fn account(&self, id: AccountId) -> Result<Option<Account>, PortalError>;
    /// Reads several accounts in as few calls as possible.
    fn accounts(&self, ids: &[AccountId]) -> Result<Vec<Account>, PortalError>;
    /// Reads every account with exactly this XML_ID.
    fn accounts_with_key(&self, key: &str) -> Result<Vec<Account>, PortalError>;
    /// Reads every account with this EMAIL, in any case.
    fn accounts_with_email(&self, email: &Email) -> Result<Vec<Account>, PortalError>;
    /// Reads the departments of this name right below `parent`.
    fn departments_named(&self, parent: DepartmentId, name: &str) -> Result<Vec<Department>, PortalError>;
    /// Reads a group with its members and pending members.
    fn group(&self, id: GroupId) -> Result<Option<Group>, PortalError>;
    /// Reads the links of a company of КЭДО.
    fn documents_persons(&self, company: &str) -> Result<Vec<DocumentsPerson>, PortalError>;
}

/// Changes the portal. Each call sends exactly one write and never repeats it; an answer is
/// evidence, not truth: read back.
pub trait WritePortal: ReadPortal {
    /// Adds a user; the portal mails the invitation (user.add).
    fn add_user(&self, user: &NewUser) -> Result<AccountId, PortalError>;
    /// Changes fields of a user (user.update), values as `user.get` returns them.
    fn update_user(&self, id: AccountId, fields: &BTreeMap<String, Value>) -> Result<(), PortalError>;
    /// Adds a department (department.add). The returned id may be that of an HR node: read back.
    fn add_department(&self, department: &NewDepartment) -> Result<(), PortalError>;
    /// Makes a user a member of a group (sonet_group.user.add).
    fn add_to_group(&self, group: GroupId, account: AccountId) -> Result<(), PortalError>;
    /// Binds a person of КЭДО (humanresources.hcmlink.employee.set).
    fn bind_documents(&self, binding: &Binding) -> Result<(), PortalError>;
}

/// A user to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUser {
    /// Fields as `user.get` would return them; extranet users have no UF_DEPARTMENT.
    pub fields: BTreeMap<String, Value>,
    /// The groups of an extranet user; none: an employee.
    pub extranet_groups: Option<Vec<GroupId>>,
    /// The text of the invitation.
    pub message: Option<String>,
}

/// A department to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDepartment {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub parent: DepartmentId,
}

/// A person of КЭДО to bind to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The company's code.
    pub company: String,
    /// The person's code.
    pub person: String,
    /// The code of the employment.
    pub employee: String,
    /// The account.
    pub account: AccountId,
    /// Names are always sent: the portal rebuilds the title from them on every call.
    pub last_name: String,
    /// See `last_name`.
    pub first_name: String,
    /// See `last_name`.
    pub patronymic: String,
    /// Sent where it is known.
    pub position: Option<String>,
}
