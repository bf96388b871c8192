//! A step as something that can be sent: placeholders become ids, texts become addresses.

use crate::model::{AccountId, Step};

/// Returns the account that a step names as its subject.
pub fn subject_account(step: &Step) -> Option<AccountId> {
    step.subject.account.as_deref()?.parse().ok().map(AccountId)
}
