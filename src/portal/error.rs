//! How a call to a portal can fail, and what that means for a repeat.

/// A call that failed. Its text carries no address, no secret and no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{method}: {fault}")]
pub struct PortalError {
    /// The REST method, or what was being done.
    pub method: String,
    /// What happened.
    pub fault: PortalFault,
}

/// What happened to a call, by what it says about a repeat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortalFault {
    /// The portal refused to begin (503 by rate, 429 by operating time): nothing was done, and
    /// the same call may be made later.
    #[error("the portal is busy ({code})")]
    Busy {
        /// The portal's code.
        code: String,
    },
    /// No answer, or none that says what happened (time-out, broken connection, 5xx, HTML):
    /// a write may have been done. Look before doing anything else.
    #[error("no usable answer ({cause})")]
    Lost {
        /// What was seen instead, without address or body.
        cause: String,
    },
    /// The portal looked at the call and refused it. A write may still have left traces
    /// (`user.add` errors 8 and 9).
    #[error("the portal refused: {code}{}", describe(.text))]
    Refused {
        /// The portal's code, possibly empty.
        code: String,
        /// The portal's words, shortened, addresses masked.
        text: String,
    },
    /// Our access does not work (wrong secret, expired, scope missing, owner dismissed,
    /// administrator must confirm): nothing was done and nothing else will work either.
    #[error("our access was refused: {code}{}", describe(.text))]
    Access {
        /// The portal's code.
        code: String,
        /// The portal's words, shortened.
        text: String,
        /// What would mend it.
        hint: String,
    },
    /// The portal cannot be reached at all (name, connection, certificate): nothing was done.
    #[error("cannot be reached ({cause})")]
    Unreachable {
        /// Without the address.
        cause: String,
    },
    /// The portal is gone or blocked for good (PORTAL_DELETED, OVERLOAD_LIMIT).
    #[error("the portal is gone: {code}")]
    Gone {
        /// The portal's code.
        code: String,
    },
    /// The answer contradicts what was asked (a filter that was ignored, a row of another id).
    #[error("the answer cannot be trusted: {cause}")]
    Broken {
        /// What does not fit.
        cause: String,
    },
    /// Our own limits or files stopped the call.
    #[error("{cause}")]
    Local {
        /// What happened.
        cause: String,
    },
}

impl PortalError {
    /// States a fault of a method.
    pub fn new(method: impl Into<String>, fault: PortalFault) -> PortalError {
        PortalError { method: method.into(), fault }
    }

    /// Tells whether the call surely changed nothing on the portal.
    pub fn changed_nothing(&self) -> bool {
        match self.fault {
            PortalFault::Busy { .. }
            | PortalFault::Access { .. }
            | PortalFault::Unreachable { .. }
            | PortalFault::Gone { .. }
            | PortalFault::Local { .. } => true,
            PortalFault::Lost { .. } | PortalFault::Refused { .. } | PortalFault::Broken { .. } => false,
        }
    }

    /// Tells whether only this method is out of our reach (its scope or module is missing), so
    /// that what it reads can be left unmanaged.
    pub(crate) fn is_about_one_method(&self) -> bool {
        match &self.fault {
            PortalFault::Refused { .. } => true,
            PortalFault::Access { code, .. } => {
                ["insufficient_scope", "INVALID_SCOPE", "WRONG_AUTH_TYPE"].contains(&code.as_str())
            }
            _ => false,
        }
    }

    /// Tells whether nothing else will work either, so that the run must end.
    pub fn ends_run(&self) -> bool {
        matches!(
            self.fault,
            PortalFault::Access { .. } | PortalFault::Gone { .. } | PortalFault::Unreachable { .. }
        )
    }
}

fn describe(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}
