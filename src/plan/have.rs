//! What the planner asks of a portal's accounts.

use jiff::civil::Date;
use serde_json::Value;

use crate::model::{Account, AccountId, AccountKind, Email};

/// What the key of an external partner's account ends with.
pub(super) const EXTRANET: &str = ":extranet";

/// What an address begins with while two accounts change places.
const TEMPORARY: &str = "swap-";

/// Tells whether the portal says that an invitation is pending. Only a portal file can: over REST
/// an empty LAST_LOGIN is all there is, and a row that merely lacks it looks the same.
pub(super) fn is_invited(account: &Account) -> bool {
    let invited = account.field("INVITED");
    account.active && (invited.as_bool().unwrap_or(false) || invited == "Y")
}

/// Tells whether nobody has logged in with the account, as far as the portal shows.
pub(super) fn is_unused(account: &Account) -> bool {
    let never = account.field("LAST_LOGIN").as_str().is_some_and(str::is_empty);
    is_invited(account) || (account.active && never)
}

/// Tells whether the account takes a seat of the tariff.
pub(super) fn takes_seat(account: &Account) -> bool {
    account.active && account.kind != AccountKind::Extranet
}

/// Makes the address that an account has while it changes places with another.
pub(super) fn temporary(digits: &str, domain: &str) -> String {
    format!("{TEMPORARY}{digits}@{domain}")
}

/// Tells whether an address was made by [`temporary`].
pub(super) fn is_temporary(email: &Email) -> bool {
    let key = email.key();
    let Some(digits) = key.strip_prefix(TEMPORARY).and_then(|rest| rest.split('@').next()) else {
        return false;
    };
    digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Reads a field as text: numbers and the only element of a list too; absent is empty.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(values) if values.len() == 1 => text(&values[0]),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// Tells whether a field holds `want`. Date fields come back as midnight of the portal's zone, so
/// only the date counts (bitrix24-rest 4.3).
pub(super) fn holds(have: &Value, want: &str) -> bool {
    let have = text(have);
    let date = want.parse::<Date>().is_ok();
    have == want || (date && have.get(..10) == Some(want) && have[10..].starts_with('T'))
}

/// Reads a birthday: `2026-09-01`, the same with a time, or `01.09.2026`.
pub(super) fn birthday(account: &Account) -> Option<Date> {
    let text = text(account.field("PERSONAL_BIRTHDAY"));
    let iso = text.get(..10).and_then(|date| date.parse().ok());
    iso.or_else(|| Date::strptime("%d.%m.%Y", &text).ok())
}

/// An account's id as subjects spell it.
pub(super) fn id(account: AccountId) -> String {
    account.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn compares_dates_without_their_midnight() {
        assert!(holds(&json!("1990-02-03T00:00:00+03:00"), "1990-02-03"));
        assert!(holds(&json!("1990-02-03"), "1990-02-03"));
        assert!(!holds(&json!("1990-02-04T00:00:00+03:00"), "1990-02-03"));
        assert!(!holds(&json!("1990-02-03 и ещё"), "1990-02-03"));
    }

    #[test]
    fn takes_numbers_and_absent_fields_for_text() {
        assert!(holds(&json!(7), "7"));
        assert!(holds(&json!(null), ""));
        assert!(!holds(&json!(false), ""));
    }

    #[test]
    fn knows_its_own_temporary_addresses() {
        let is = |text: &str| is_temporary(&Email::parse(text).unwrap());
        assert!(is("swap-0a1b2c3d@romashka.example"));
        assert!(is("Swap-0A1B2C3D@romashka.example"));
        assert!(!is("swap-0a1b2c3@romashka.example"));
        assert!(!is("swap-0a1b2c3g@romashka.example"));
        assert!(!is("a.swap-0a1b2c3d@romashka.example"));
    }
}
