//! The nouns of the program: people, accounts, plans, history, problems.
//!
//! Pure data and the few rules that belong to one noun alone. Nothing here
//! touches a file, a clock, the environment or the network, and nothing here
//! knows how a portal or a file spells what it holds.

mod email;
mod history;
mod person;
mod plan;
mod portal;
mod problem;
mod text;
mod time;

pub use email::{Email, EmailFault};
pub use history::{AcceptedSource, History, Parked};
pub use person::{
    Contact, Employment, EmploymentId, EmploymentKind, HrEmail, Organization, People, Person, PersonId,
    PersonName, Unmanaged,
};
pub use plan::{
    Action, Because, Change, FORMAT_VERSION, Held, Inputs, Instructions, Plan, Reason, Step, StepId, Subject,
    Summary,
};
pub use portal::{
    Account, AccountId, AccountKind, Department, DepartmentId, Documents, DocumentsCompany, DocumentsPerson,
    Edition, Group, GroupId, Row, Snapshot,
};
pub use problem::{Place, Problem, Severity};
pub use text::{PATH_SEPARATOR, fold, fold_name, lookalikes, nearest, printable};
pub use time::parse_time;
