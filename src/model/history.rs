//! What the journal knows of earlier runs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{AccountId, Email, PersonId, StepId};

/// What earlier runs did and what people confirmed. Empty on the first run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Every address ever given or moved away by shtat, in lower case, and the persons who had it.
    pub addresses: BTreeMap<String, BTreeSet<PersonId>>,
    /// The last day on which shtat fired each account.
    pub fired: BTreeMap<AccountId, Date>,
    /// The last day on which shtat reinstated each account.
    pub reinstated: BTreeMap<AccountId, Date>,
    /// Accounts whose address shtat moved away after their dismissal.
    pub parked: BTreeMap<AccountId, Parked>,
    /// By-hand steps that a person confirmed and nothing has refuted since.
    pub confirmed: BTreeSet<StepId>,
    /// By-hand steps that went back to waiting, and why.
    pub waiting: BTreeMap<StepId, String>,
    /// The source at the last apply that ended 0, 5 or 6.
    pub accepted_source: Option<AcceptedSource>,
}

/// An address that was moved away from a dismissed account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// Whose account it is.
    pub person: Option<PersonId>,
    /// The address before.
    pub from: Email,
    /// The address after.
    pub to: Email,
}

/// How large the source was when an apply last accepted it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AcceptedSource {
    /// Persons with an employment in scope.
    pub persons: u64,
}
