//! How values of the portal are compared. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

/// Tells whether two values of a field mean the same to the portal.
///
/// Absent, null and empty are one; addresses are compared without case; a date is the same with
/// midnight behind it (Bitrix24 `user.get` returns date fields as date-times); departments by
/// the first one and as a set.
pub fn same(field: &str, left: &Value, right: &Value) -> bool {
    match field {
        "EMAIL" | "email" => text(left).eq_ignore_ascii_case(&text(right)),
        "ACTIVE" => truth(left) == truth(right),
        "UF_DEPARTMENT" => {
            let (left, right) = (departments(left), departments(right));
            left.first() == right.first() && set(&left) == set(&right)
        }
        _ => text(left) == text(right),
    }
}

/// Tells whether a value is empty to the portal.
pub fn is_empty(value: &Value) -> bool {
    same("", value, &Value::Null)
}

/// Reads a number that the portal writes as a number or as a text.
pub fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Reads UF_DEPARTMENT: a list, one number, or nothing in one of the portal's ways of saying so.
pub fn departments(value: &Value) -> Vec<u64> {
    let all: Vec<u64> = match value {
        Value::Array(items) => items.iter().filter_map(number).collect(),
        other => number(other).into_iter().collect(),
    };
    all.into_iter().filter(|id| *id != 0).collect()
}

fn set(ids: &[u64]) -> BTreeSet<u64> {
    ids.iter().copied().collect()
}

fn truth(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || matches!(value.as_str(), Some("Y" | "1"))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".to_owned(),
        Value::String(text) => date_part(text.trim()).to_owned(),
        Value::Array(items) if items.is_empty() => String::new(),
        other => other.to_string(),
    }
}

/// Cuts midnight off a date-time: `1990-05-17T00:00:00+03:00`.
fn date_part(text: &str) -> &str {
    match text.split_once('T') {
        Some((date, time)) if date.len() == 10 && time.starts_with("00:00:00") => date,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn compares_as_the_portal_means_it() {
        let equal = [
            ("EMAIL", json!("A@b.example"), json!("a@B.example")),
            ("ACTIVE", json!(true), json!("Y")),
            ("NAME", json!(null), json!("")),
            ("WORK_POSITION", json!(false), json!([])),
            ("PERSONAL_BIRTHDAY", json!("1990-05-17T00:00:00+03:00"), json!("1990-05-17")),
            ("UF_DEPARTMENT", json!([5, 7, 6]), json!(["5", "6", "7"])),
            ("UF_DEPARTMENT", json!([0]), json!(null)),
            ("XML_ID", json!(7), json!("7")),
        ];
        for (field, left, right) in equal {
            assert!(same(field, &left, &right), "{field} {left} {right}");
        }
        let different = [
            ("NAME", json!("Anna"), json!("anna")),
            ("UF_DEPARTMENT", json!([5, 6]), json!([6, 5])),
            ("ACTIVE", json!("false"), json!(true)),
            ("UF_USR_SINCE", json!("1990-05-17T08:00:00+03:00"), json!("1990-05-17")),
        ];
        for (field, left, right) in different {
            assert!(!same(field, &left, &right), "{field} {left} {right}");
        }
    }
}
