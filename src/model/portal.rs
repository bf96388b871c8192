//! A portal as it is: accounts, departments, groups, document links.

use std::{collections::BTreeMap, collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Email;

/// A row as the portal's REST interface returns it.
pub type Row = BTreeMap<String, Value>;

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

numeric_id! {
    /// The portal's id of a user.
    AccountId
}
numeric_id! {
    /// The portal's id of a department, as UF_DEPARTMENT and PARENT speak it.
    DepartmentId
}
numeric_id! {
    /// The portal's id of a workgroup.
    GroupId
}

/// Cloud portals and boxes differ in who may change a login.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// *.bitrix24.ru: the login lives in Битрикс24.Паспорт.
    #[default]
    Cloud,
    /// On the company's own server: an administrator changes the login.
    Box,
}

/// A portal at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Snapshot {
    /// Cloud or box.
    pub edition: Edition,
    /// How many active accounts that are not extranet the tariff allows; none: no limit known.
    pub seats: Option<u64>,
    /// Whose rights our calls have.
    pub owner: Option<AccountId>,
    /// Whether the owner is an administrator.
    pub admin: bool,
    /// Scopes of our access.
    pub scopes: Vec<String>,
    /// Sorted by id.
    pub departments: Vec<Department>,
    /// Sorted by id.
    pub accounts: Vec<Account>,
    /// Sorted by id.
    pub groups: Vec<Group>,
    /// Custom fields of users, as `user.userfield.list` returns them.
    pub userfields: Vec<Row>,
    /// Links of КЭДО; none where our access cannot read them.
    pub documents: Option<Documents>,
    /// What a portal file says beyond this, kept as it is.
    pub options: Row,
}

/// A user of the portal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// The portal's id.
    pub id: AccountId,
    /// XML_ID where it is filled.
    pub xml_id: Option<String>,
    /// EMAIL where it is filled with a valid address.
    pub email: Option<Email>,
    /// ACTIVE: false means dismissed.
    pub active: bool,
    /// Employee or extranet.
    pub kind: AccountKind,
    /// UF_DEPARTMENT, the main one first.
    pub departments: Vec<DepartmentId>,
    /// The whole row as `user.get` returns it, for fields that only rules name.
    pub row: Row,
}

/// USER_TYPE, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Has a department.
    Employee,
    /// Has none: an external partner.
    Extranet,
    /// E-mail users and the like: never ours.
    Other,
}

/// A department of the portal's structure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Department {
    /// The id that UF_DEPARTMENT uses.
    pub id: DepartmentId,
    /// Not unique.
    pub name: String,
    /// None on the top department.
    pub parent: Option<DepartmentId>,
    /// UF_HEAD.
    pub head: Option<AccountId>,
}

/// A workgroup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The portal's id.
    pub id: GroupId,
    /// Not unique.
    pub name: String,
    /// Open to extranet users.
    pub extranet: bool,
    /// Members of any role, the owner among them.
    pub members: BTreeSet<AccountId>,
    /// INVITED_MEMBERS: pending until first login; counts as membership.
    pub invited: BTreeSet<AccountId>,
}

/// Links between people of 1C and users of the portal (humanresources.hcmlink).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Documents {
    /// Sorted by code.
    pub companies: Vec<DocumentsCompany>,
    /// Sorted by company and person.
    pub persons: Vec<DocumentsPerson>,
}

/// A company that documents can be sent for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DocumentsCompany {
    /// `company` of company.list.
    pub code: String,
    /// Shown to people.
    pub title: String,
}

/// A person of a company there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DocumentsPerson {
    /// The company's code.
    pub company: String,
    /// The person's code.
    pub person: String,
    /// The user it is bound to.
    pub account: Option<AccountId>,
    /// Codes of the person's employments.
    pub employees: BTreeSet<String>,
}

impl Snapshot {
    /// Finds an account by id.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.binary_search_by_key(&id, |account| account.id).ok().map(|at| &self.accounts[at])
    }

    /// Finds a department by id.
    pub fn department(&self, id: DepartmentId) -> Option<&Department> {
        self.departments.iter().find(|department| department.id == id)
    }
}

impl Account {
    /// Returns a field as `user.get` returns it; absent is null.
    pub fn field(&self, name: &str) -> &Value {
        self.row.get(name).unwrap_or(&Value::Null)
    }

    /// Joins the name's filled parts as in 1C: last, first, patronymic.
    pub fn name(&self) -> String {
        let parts =
            ["LAST_NAME", "NAME", "SECOND_NAME"].map(|field| self.field(field).as_str().unwrap_or(""));
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}
