//! What a user's row means.

use super::super::Row;

/// Kinds of accounts that the REST interface never shows (`reference` 4.2), by external auth id.
const HIDDEN: [&str; 9] =
    ["bot", "email", "imconnector", "replica", "sale", "saleanonymous", "shop", "call", "__controller"];

/// Returns LOGIN, which is EMAIL unless told otherwise.
pub fn login(row: &Row) -> &str {
    match row.str("LOGIN") {
        "" => row.str("EMAIL"),
        login => login,
    }
}

/// Returns ACTIVE, which is true unless told otherwise.
pub fn is_active(row: &Row) -> bool {
    row.get("ACTIVE").is_none() || row.flag("ACTIVE")
}

/// Tells whether the person was invited and has not come yet (CONFIRM_CODE is set).
pub fn is_invited(row: &Row) -> bool {
    row.flag("INVITED")
}

/// Returns the departments; `[0]` means none.
pub fn departments(row: &Row) -> Vec<u64> {
    let mut ids = row.numbers("UF_DEPARTMENT");
    ids.retain(|id| *id > 0);
    ids
}

/// Tells whether the account belongs to the portal itself: the core compares logins of these only.
pub fn is_internal(row: &Row) -> bool {
    row.str("EXTERNAL_AUTH_ID").is_empty()
}

/// Tells whether the REST interface ever shows the account.
pub fn is_shown(row: &Row) -> bool {
    !HIDDEN.contains(&row.str("EXTERNAL_AUTH_ID")) && !row.flag("IS_INTEGRATOR")
}

/// Computes USER_TYPE.
pub fn user_type(row: &Row) -> &str {
    match row.str("EXTERNAL_AUTH_ID") {
        kind if HIDDEN.contains(&kind) => kind,
        _ if departments(row).is_empty() => "extranet",
        _ => "employee",
    }
}

/// Tells whether the account takes a seat of the tariff.
pub fn takes_seat(row: &Row) -> bool {
    is_active(row) && is_shown(row) && !departments(row).is_empty()
}
