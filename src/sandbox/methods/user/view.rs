//! How a user looks in an answer (`reference` 4.3).

use serde_json::{Map, Value, json};

use super::{
    super::super::{Row, state::account},
    fields::{Holds, holds},
};

/// How rows are shown.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The fields to show, in the portal's order.
    pub fields: &'a [String],
    /// TIMESTAMP_X and LAST_ACTIVITY_DATE are texts (user.current, batch), else `{}`.
    pub moments_as_text: bool,
    /// Fields without a value are shown as an empty text (user.current), else left out.
    pub all: bool,
}

/// Fields of user.get that are there even without a value.
const ALWAYS: &[&str] =
    &["LAST_LOGIN", "DATE_REGISTER", "PERSONAL_GENDER", "PERSONAL_BIRTHDAY", "UF_EMPLOYMENT_DATE"];

impl View<'_> {
    /// Shows a user.
    pub fn show(&self, row: &Row) -> Value {
        let shown = self.fields.iter().filter_map(|name| Some((name.clone(), self.value(row, name)?)));
        Value::Object(shown.collect::<Map<_, _>>())
    }

    fn value(&self, row: &Row, name: &str) -> Option<Value> {
        match name {
            "ID" => row.text("ID").map(Value::from),
            "ACTIVE" => Some(account::is_active(row).into()),
            "USER_TYPE" => Some(account::user_type(row).into()),
            "IS_ONLINE" => Some(if row.flag("IS_ONLINE") { "Y" } else { "N" }.into()),
            "UF_DEPARTMENT" => Some(row.numbers(name).into()),
            "TIMESTAMP_X" | "LAST_ACTIVITY_DATE" if !self.moments_as_text => Some(json!({})),
            "TIMESTAMP_X" | "LAST_ACTIVITY_DATE" => Some(row.str(name).into()),
            _ => self.plain(row, name),
        }
    }

    fn plain(&self, row: &Row, name: &str) -> Option<Value> {
        let value = match row.get(name) {
            Some(value) if holds(name) == Holds::Day => midnight(value),
            Some(value) => Some(value.clone()),
            None => None,
        };
        let empty = self.all || ALWAYS.contains(&name);
        value.or_else(|| empty.then(|| Value::from("")))
    }
}

/// A day as the portal gives it out: its midnight.
fn midnight(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    let is_day = text.len() == 10 && text.as_bytes()[4] == b'-';
    Some(if is_day { format!("{text}T00:00:00+03:00").into() } else { text.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_user_looks_as_documented() {
        let row: Row = serde_json::from_value(
            json!({"ID": "42", "EMAIL": "o@b.example", "PERSONAL_BIRTHDAY": "1990-05-01"}),
        )
        .unwrap();
        let fields: Vec<String> =
            super::super::fields::FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect();
        let shown = View { fields: &fields, moments_as_text: false, all: false }.show(&row);
        assert_eq!(
            shown,
            json!({"ID": "42", "ACTIVE": true, "EMAIL": "o@b.example", "LAST_LOGIN": "", "DATE_REGISTER": "", "IS_ONLINE": "N",
                "TIMESTAMP_X": {}, "LAST_ACTIVITY_DATE": {}, "PERSONAL_GENDER": "", "PERSONAL_BIRTHDAY": "1990-05-01T00:00:00+03:00",
                "UF_EMPLOYMENT_DATE": "", "UF_DEPARTMENT": [], "USER_TYPE": "extranet"})
        );
        let current = View { fields: &fields, moments_as_text: true, all: true }.show(&row);
        assert_eq!(current["TIMESTAMP_X"], "");
        assert_eq!(current["NAME"], "");
    }
}
