//! Rules in YAML: what a company wants of its accounts, reviewed in git.
//!
//! Text comes in, [`Rules`] or a list of problems with places come out. Nothing here reads a
//! file: whoever calls hands over names and texts.

mod address;
mod check;
mod glob;
mod map;
mod read;
mod schema;
mod shapes;
mod template;
pub mod tests;
mod translit;
mod when;
pub mod yaml;

pub use address::{address, entry_for, whole_address};
pub use check::check;
pub use glob::{GlobFault, matches as glob_matches};
pub use map::{DepartmentMap, Named, SourceDepartments};
pub use read::{Reading, read};
pub use schema::{
    Adopt, Allow, Department, DepartmentTarget, Departments, Dismissals, Documents, EmailRules, EmailSource,
    EmailTemplates, Empty, ExtranetAddress, ExtranetPolicy, FieldRule, FieldWhen, Hires, Limit, Matching,
    Policy, Profile, Protected, Returning, Rules, Safety, Unmapped, Vanished,
};
pub use template::{Rendered, Scope, Template, latin_name};
pub use translit::Scheme;
pub use when::When;

/// Returns what may stand in a rule file. What a shape cannot say, [`read()`] finds besides.
pub fn shape() -> &'static yaml::Shape {
    &shapes::FILE
}

/// Writes the JSON Schema of a rule file, draft 07, for editors. Its description lists the
/// variables and helpers of templates.
pub fn json_schema() -> serde_json::Value {
    let about = format!(
        "One of the files in rules/ of a shtat project. Templates are Handlebars in quotes. Variables: {}. \
         Helpers: initial, lower, take, translit, random; blocks: if, unless.",
        template::variables_described()
    );
    yaml::json_schema(&shapes::FILE, "shtat: rules", &about)
}
