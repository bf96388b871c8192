//! What a failed call means to a user: what happened, why, what to try.

use super::{PortalError, PortalFault};
use crate::model::Problem;

impl PortalError {
    /// Tells the error as a problem. `portal` is its name in shtat.yaml.
    pub fn problem(&self, portal: &str) -> Problem {
        let PortalError { method, fault } = self;
        let problem = Problem::error(what(portal, method, fault));
        let problem = match cause(fault) {
            Some(cause) => problem.cause(cause),
            None => problem,
        };
        hints(fault).into_iter().fold(problem, Problem::hint)
    }
}

fn what(portal: &str, method: &str, fault: &PortalFault) -> String {
    match fault {
        PortalFault::Busy { .. } => format!("portal `{portal}` was too busy for {method}"),
        PortalFault::Lost { .. } => format!("portal `{portal}` gave no usable answer to {method}"),
        PortalFault::Refused { .. } => format!("portal `{portal}` refused {method}"),
        PortalFault::Access { .. } => format!("portal `{portal}` does not accept our access"),
        PortalFault::Unreachable { .. } => format!("portal `{portal}` cannot be reached"),
        PortalFault::Gone { .. } => format!("portal `{portal}` is gone or blocked"),
        PortalFault::Broken { .. } => format!("portal `{portal}` answered {method} with something else"),
        PortalFault::Local { .. } => format!("portal `{portal}` was not asked"),
    }
}

fn cause(fault: &PortalFault) -> Option<String> {
    let coded = |code: &str, text: &str| {
        let parts: Vec<&str> = [code, text].into_iter().filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(": "))
    };
    match fault {
        PortalFault::Busy { code } | PortalFault::Gone { code } => coded(code, ""),
        PortalFault::Refused { code, text } | PortalFault::Access { code, text, .. } => coded(code, text),
        PortalFault::Lost { cause }
        | PortalFault::Unreachable { cause }
        | PortalFault::Broken { cause }
        | PortalFault::Local { cause } => Some(cause.clone()),
    }
}

fn hints(fault: &PortalFault) -> Vec<String> {
    let hints: &[&str] = match fault {
        PortalFault::Busy { .. } => {
            &["run the same command in ten minutes; other programs may be using up the portal's limits"]
        }
        PortalFault::Lost { .. } => &[
            "run the same command again: what was done is found and not repeated",
            "raise `timeout` of the portal",
        ],
        PortalFault::Access { hint, .. } => return vec![hint.clone()],
        PortalFault::Unreachable { .. } => &[
            "check the portal's address and the network; HTTPS_PROXY is honoured",
            "where a certificate is not trusted, name the company's own with `--ca FILE`",
        ],
        PortalFault::Gone { .. } => &["ask Bitrix24's support; nothing here can mend it"],
        PortalFault::Broken { .. } => &[
            "nothing was believed and nothing changed by it; report this with `-v` logs if it happens again",
        ],
        PortalFault::Refused { code, text } => {
            return refusal(code, text).into_iter().map(str::to_owned).collect();
        }
        PortalFault::Local { .. } => &[],
    };
    hints.iter().map(|hint| (*hint).to_owned()).collect()
}

/// What is known of single refusals (reference: REST, 4.5, 4.7, 5.1, 6.1).
fn refusal(code: &str, text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let has = |part: &str| text.contains(part);
    Some(match code {
        _ if has("user_count_exceeded") => "the tariff has no seat left: buy one or dismiss somebody",
        _ if has("access_denied") || has("access denied") || has("no permissions") => {
            "the owner of the webhook lacks the right: make them an administrator"
        }
        _ if has("wrong_email") => "the portal does not take this address",
        _ if has("no_extranet_field") => "the new account needs a department",
        _ if has("no_sonet_group_for_extranet") => "an external account needs a group",
        _ if has("department not found") => "the department was deleted since the plan was made: plan again",
        _ if has("socialnetwork group not found") || has("wrong group id") => {
            "the group was deleted since the plan was made: plan again"
        }
        "ERROR_METHOD_NOT_FOUND" => "the portal's edition or version does not have this method",
        "ERROR_ARGUMENT" if has("e-mail") || has("email") || has("логин") || has("login") => {
            "an account has this address or login already, maybe a dismissed or external one"
        }
        "ERROR_NO_GROUP" | "ERROR_GROUPID" | "ERROR_NO_PERMS" | "ERROR_CREATE_USER2GROUP" => {
            "the account was created, but not put into its group"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_why_and_what_to_try() {
        let fault =
            PortalFault::Refused { code: "ERROR_ARGUMENT".into(), text: "user_count_exceeded".into() };
        let problem = PortalError::new("user.add", fault).problem("main");
        assert_eq!(problem.what, "portal `main` refused user.add");
        assert_eq!(problem.cause.as_deref(), Some("ERROR_ARGUMENT: user_count_exceeded"));
        assert_eq!(problem.hints, ["the tariff has no seat left: buy one or dismiss somebody"]);
        assert!(problem.is_error());
    }

    #[test]
    fn every_kind_has_a_sentence() {
        let text = || "x".to_owned();
        for fault in [
            PortalFault::Busy { code: text() },
            PortalFault::Lost { cause: text() },
            PortalFault::Refused { code: String::new(), text: String::new() },
            PortalFault::Access { code: text(), text: text(), hint: text() },
            PortalFault::Unreachable { cause: text() },
            PortalFault::Gone { code: text() },
            PortalFault::Broken { cause: text() },
            PortalFault::Local { cause: text() },
        ] {
            let problem = PortalError::new("user.get", fault).problem("main");
            assert!(problem.what.contains("`main`") && !problem.what.ends_with('.'));
        }
    }
}
