//! The methods of the REST interface, one file per subject.
//!
//! A method gets the portal, who calls, and the parameters; it answers or refuses. It knows
//! nothing of HTTP, tokens, limits or faults.

mod basic;
mod crm;
mod department;
mod group;
mod group_members;
mod hcmlink;
mod hcmlink_employee;
mod listing;
mod options;
mod table;
mod texts;
mod user;
mod userfield;
mod workgroup;

use super::{
    http::{Answer, Failure, Params},
    state::Portal,
};

pub use table::scopes;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user whose rights the call has.
    pub user: u64,
    /// Whether that is an administrator.
    pub admin: bool,
    /// Called with a token of the application, not by webhook.
    pub app: bool,
}

/// One call of a method.
#[derive(Debug)]
pub struct Call<'a> {
    /// The portal.
    pub portal: &'a mut Portal,
    /// Who calls.
    pub caller: Caller,
    /// The parameters.
    pub params: &'a Params,
    /// Whether it is a command of a batch.
    pub batch: bool,
}

/// Carries out a method: it must exist, the access must have its scope, and some are for
/// applications only.
pub fn run(name: &str, call: &mut Call<'_>) -> Answer {
    let Some(method) = table::find(name) else {
        return Err(if table::is_for_applications(name) && !call.caller.app {
            table::application_wanted(name)
        } else {
            unknown_method()
        });
    };
    if !table::is_granted(call.portal, method) {
        let which = if call.caller.app { "access token" } else { "webhook token" };
        let text = format!("The request requires higher privileges than provided by the {which}");
        return Err(Failure::with_status(401, "insufficient_scope", text));
    }
    if method.app_only && !call.caller.app {
        return Err(table::application_wanted(name));
    }
    (method.run)(call)
}

/// What an unknown method is answered with.
pub fn unknown_method() -> Failure {
    Failure::with_status(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
}

pub use group_members::accept_all as accept_invitations;
