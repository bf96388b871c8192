//! Filters of `user.get` and `user.search`, traps included (`reference` 4.2).

use std::cmp::Ordering;

use super::{
    super::super::{
        Row,
        http::{Failure, Param, Params},
        state::{Portal, account},
    },
    fields::{Holds, holds},
    like::{contains, like},
};

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal, or one of a list.
    Equal,
    /// Neither equal nor one of a list.
    NotEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    NotLess,
    /// Less.
    Less,
    /// Less or equal.
    NotGreater,
    /// Contains the text.
    Contains,
    /// Does not contain it.
    ContainsNot,
    /// Fits a pattern with `%`.
    Like,
}

/// One condition that the portal understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// How.
    pub operator: Operator,
    /// Which field.
    pub field: String,
    /// With what: one value, or the items of a list.
    pub values: Vec<Param>,
}

/// Filter keys that are no fields.
const EXTRA: &[&str] = &["NAME_SEARCH", "HAS_DEPARTAMENT", "EXTERNAL_AUTH_ID"];
/// Filter keys of `user.search` alone.
const SEARCH: &[&str] = &["FIND", "UF_DEPARTMENT_NAME", "CONFIRM_CODE"];

/// Splits a key into its operator and field. Prefixes have at most two characters: the documented
/// `!=%` and `!%=` leave a field that nobody knows.
pub fn split_key(key: &str) -> (Operator, &str) {
    const OPERATORS: &[(&str, Operator)] = &[
        ("!=", Operator::NotEqual),
        ("!@", Operator::NotEqual),
        ("!%", Operator::ContainsNot),
        (">=", Operator::NotLess),
        ("<=", Operator::NotGreater),
        ("=%", Operator::Like),
        ("%=", Operator::Like),
        ("=", Operator::Equal),
        ("@", Operator::Equal),
        ("!", Operator::NotEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
        ("%", Operator::Contains),
    ];
    OPERATORS
        .iter()
        .find_map(|(prefix, operator)| key.strip_prefix(prefix).map(|field| (*operator, field)))
        .unwrap_or((Operator::Equal, key))
}

/// Reads a filter. What the portal does not know, or the access may not see, is dropped in
/// silence; `strict` refuses it instead.
pub fn read(
    filter: &Params,
    visible: &[String],
    search: bool,
    strict: bool,
) -> Result<Vec<Condition>, Failure> {
    let mut conditions = Vec::new();
    for (key, value) in &filter.0 {
        let (operator, field) = split_key(key);
        let known = visible.iter().any(|known| known == field)
            || EXTRA.contains(&field)
            || (search && SEARCH.contains(&field));
        if !known {
            if strict {
                return Err(Failure::strict(format!(
                    "the filter `{key}` is unknown; the portal would drop it and return everybody"
                )));
            }
            continue;
        }
        if strict
            && field == "ACTIVE"
            && matches!(value, Param::Text(text) if text.eq_ignore_ascii_case("false"))
        {
            return Err(Failure::strict("the text `false` means active; send `N`"));
        }
        let values = match value {
            Param::Null => vec![Param::Text(String::new())],
            other => other.items().into_iter().cloned().collect(),
        };
        conditions.push(Condition { operator, field: field.to_owned(), values });
    }
    // FIND stands alone: it is the quick search, and the rest does not count.
    if let Some(at) = conditions.iter().position(|condition| condition.field == "FIND") {
        return Ok(vec![conditions.swap_remove(at)]);
    }
    Ok(conditions)
}

/// What `ACTIVE` is asked for: any truthy value but `N` means active.
pub fn asks_active(value: &Param) -> bool {
    value.truthy() && value.text().as_deref() != Some("N")
}

impl Condition {
    /// Tells whether a user fits.
    pub fn fits(&self, portal: &Portal, id: u64, row: &Row) -> bool {
        match self.field.as_str() {
            "ID" => self.by(
                |value| value.int().map_or(Ordering::Greater, |wanted| int(id).cmp(&wanted)),
                &id.to_string(),
            ),
            "ACTIVE" => self.is_one_of(|value| asks_active(value) == account::is_active(row)),
            "UF_DEPARTMENT" => {
                let departments = account::departments(row);
                self.is_one_of(|value| value.id().is_some_and(|id| departments.contains(&id)))
            }
            "UF_DEPARTMENT_NAME" => {
                let ids = account::departments(row);
                let names =
                    ids.iter().filter_map(|id| portal.departments.get(*id)).map(|row| row.str("NAME"));
                let names: Vec<&str> = names.collect();
                self.is_one_of(|value| {
                    names.iter().any(|name| contains(name, &value.text().unwrap_or_default()))
                })
            }
            "IS_ONLINE" => self.by_text(if row.flag("IS_ONLINE") { "Y" } else { "N" }),
            "USER_TYPE" => self.by_text(account::user_type(row)),
            "HAS_DEPARTAMENT" => self.is_one_of(|value| {
                (value.text().as_deref() == Some("Y")) != account::departments(row).is_empty()
            }),
            "CONFIRM_CODE" => {
                let code = if account::is_invited(row) { "set" } else { "0" };
                self.by_text(code)
            }
            "NAME_SEARCH" => self.words(&[row.str("NAME"), row.str("LAST_NAME"), row.str("SECOND_NAME")]),
            "FIND" => self.words(
                &["LAST_NAME", "NAME", "SECOND_NAME", "WORK_POSITION", "EMAIL"].map(|name| row.str(name)),
            ),
            field if holds(field) != Holds::Text => self.by_date(row.str(field)),
            field => self.by_text(&row.text(field).unwrap_or_default()),
        }
    }

    fn is_one_of(&self, fits: impl Fn(&Param) -> bool) -> bool {
        let any = self.values.iter().any(fits);
        match self.operator {
            Operator::NotEqual | Operator::ContainsNot => !any,
            _ => any,
        }
    }

    /// Every word must be part of one of the texts, whatever its case.
    fn words(&self, texts: &[&str]) -> bool {
        let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
        let found = |word: &str| texts.iter().any(|text| text.contains(&word.to_lowercase()));
        self.is_one_of(|value| value.text().unwrap_or_default().split_whitespace().all(found))
    }

    fn by_text(&self, have: &str) -> bool {
        self.by(|value| have.cmp(&*value.text().unwrap_or_default()), have)
    }

    /// Dates compare as days; one that nobody recognises matches nothing.
    fn by_date(&self, have: &str) -> bool {
        let day = |text: &str| text.get(..10).filter(|day| day.as_bytes()[4] == b'-').map(str::to_owned);
        if self
            .values
            .iter()
            .any(|value| value.text().is_some_and(|text| !text.is_empty() && day(&text).is_none()))
        {
            return false;
        }
        let full = |text: &str| {
            if text.len() > 10 && have.len() > 10 { text.to_owned() } else { day(text).unwrap_or_default() }
        };
        self.by(|value| full(have).cmp(&full(&value.text().unwrap_or_default())), have)
    }

    fn by(&self, compare: impl Fn(&Param) -> Ordering, have: &str) -> bool {
        let any = |fits: &dyn Fn(&Param) -> bool| self.values.iter().any(fits);
        match self.operator {
            Operator::Equal => any(&|value| compare(value).is_eq()),
            Operator::NotEqual => !any(&|value| compare(value).is_eq()),
            Operator::Greater => any(&|value| compare(value).is_gt()),
            Operator::NotLess => any(&|value| compare(value).is_ge()),
            Operator::Less => any(&|value| compare(value).is_lt()),
            Operator::NotGreater => any(&|value| compare(value).is_le()),
            Operator::Contains => any(&|value| contains(have, &value.text().unwrap_or_default())),
            Operator::ContainsNot => !any(&|value| contains(have, &value.text().unwrap_or_default())),
            Operator::Like => any(&|value| like(have, &value.text().unwrap_or_default())),
        }
    }
}

fn int(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(json: &str) -> Params {
        Params::from_json(json.as_bytes()).unwrap()
    }

    fn visible() -> Vec<String> {
        super::super::fields::FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    #[test]
    fn unknown_conditions_are_dropped() {
        let filter = params(r#"{"LOGIN": "x", "email": "a", "!=%NAME": "a", "!%=NAME": "a", "XML_ID": "k"}"#);
        let read = |strict| read(&filter, &visible(), false, strict);
        assert_eq!(read(false).unwrap().len(), 1);
        assert!(read(true).is_err());
    }

    #[test]
    fn prefixes_have_at_most_two_characters() {
        assert_eq!(split_key(">=ID"), (Operator::NotLess, "ID"));
        assert_eq!(split_key("!ID"), (Operator::NotEqual, "ID"));
        assert_eq!(split_key("=%NAME"), (Operator::Like, "NAME"));
        assert_eq!(split_key("!=%NAME"), (Operator::NotEqual, "%NAME"));
        assert_eq!(split_key("!%=NAME"), (Operator::ContainsNot, "=NAME"));
    }

    #[test]
    fn the_text_false_asks_for_active_people() {
        assert!(asks_active(&Param::Text("false".into())) && asks_active(&Param::Bool(true)));
        assert!(!asks_active(&Param::Bool(false)) && !asks_active(&Param::Text("N".into())));
        assert!(!asks_active(&Param::Text("0".into())));
        assert!(read(&params(r#"{"ACTIVE": "false"}"#), &visible(), false, true).is_err());
    }
}
