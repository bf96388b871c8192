//! Rules in YAML: what a company wants of its accounts, reviewed in git.
//!
//! Text comes in, [`Rules`] or a list of problems with places come out. Nothing here reads a
//! file: whoever calls hands over names and texts.

mod glob;
mod schema;
mod template;
mod translit;
mod when;
pub mod yaml;

pub use glob::GlobFault;
pub use schema::{
    Adopt, Allow, Department, DepartmentTarget, Departments, Dismissals, Documents, EmailRules, EmailSource,
    EmailTemplates, Empty, ExtranetAddress, ExtranetPolicy, FieldRule, FieldWhen, Hires, Limit, Matching,
    Policy, Profile, Protected, Returning, Rules, Safety, Unmapped, Vanished,
};
pub use template::{Rendered, Scope, Template, latin_name};
pub use translit::Scheme;
pub use when::When;
