//! A row of the portal: names and values, small enough to hold a million.

use std::{cell::RefCell, collections::HashSet, fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;

/// Names and values, sorted by name. A null is the same as an absent name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row(Vec<(Arc<str>, Value)>);

thread_local! {
    /// Names seen so far: rows share them.
    static NAMES: RefCell<HashSet<Arc<str>>> = RefCell::default();
}

fn shared(name: &str) -> Arc<str> {
    NAMES.with_borrow_mut(|names| match names.get(name) {
        Some(known) => Arc::clone(known),
        None => {
            let name: Arc<str> = Arc::from(name);
            names.insert(Arc::clone(&name));
            name
        }
    })
}

impl Row {
    /// Returns a value that is there and not null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|at| &self.0[at].1)
    }

    /// Returns a text; a number counts as its digits.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Returns a text without copying it; empty where it is absent or no text.
    pub fn str(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// Returns a number; digits in a text count.
    pub fn number(&self, name: &str) -> Option<u64> {
        number(self.get(name)?)
    }

    /// Returns a list of numbers; a single number counts as a list of one.
    pub fn numbers(&self, name: &str) -> Vec<u64> {
        match self.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(number).collect(),
            Some(value) => number(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Tells whether a flag is set: `true`, `"Y"` or `"1"`.
    pub fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.as_str(), "Y" | "y" | "1" | "true"),
            Some(Value::Number(number)) => number.as_u64() == Some(1),
            _ => false,
        }
    }

    /// Sets a value; null takes it away.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        match (self.place(name), value) {
            (Ok(at), Value::Null) => {
                self.0.remove(at);
            }
            (Ok(at), value) => self.0[at].1 = value,
            (Err(_), Value::Null) => {}
            (Err(at), value) => self.0.insert(at, (shared(name), value)),
        }
    }

    /// Returns a row with the value set.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Row {
        self.set(name, value);
        self
    }

    /// Goes through all names in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Copies the row into a JSON object.
    pub fn to_value(&self) -> Value {
        Value::Object(self.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect())
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (**known).cmp(name))
    }
}

/// Reads a number that may be written as a text of digits.
pub fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

impl From<Vec<(Arc<str>, Value)>> for Row {
    fn from(mut fields: Vec<(Arc<str>, Value)>) -> Row {
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields.shrink_to_fit();
        Row(fields)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with names and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut fields: Vec<(Arc<str>, Value)> = Vec::with_capacity(8);
        while let Some(name) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            if fields.iter().any(|(known, _)| **known == *name) {
                return Err(A::Error::custom(format!("the key `{name}` stands twice")));
            }
            let value = map.next_value::<Value>()?;
            if !value.is_null() {
                fields.push((shared(&name), value));
            }
        }
        Ok(Row::from(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_keeps_what_it_is_given() {
        let mut row: Row =
            serde_json::from_value(json!({"ID": "7", "NAME": null, "UF_DEPARTMENT": [5, "6"]})).unwrap();
        assert_eq!(row.number("ID"), Some(7));
        assert_eq!(row.get("NAME"), None);
        assert_eq!(row.numbers("UF_DEPARTMENT"), [5, 6]);
        row.set("NAME", "Анна");
        row.set("ID", Value::Null);
        assert_eq!(row.to_value(), json!({"NAME": "Анна", "UF_DEPARTMENT": [5, "6"]}));
    }

    #[test]
    fn a_key_stands_once() {
        assert!(serde_json::from_str::<Row>(r#"{"A": 1, "A": 2}"#).is_err());
    }
}
