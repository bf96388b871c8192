//! A value of a YAML file with its place.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use crate::model::{Place, parse_time};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as JSON writes it, as written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the file. A key that stands twice was reported when it was read.
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Returns the value of a map's key; none also where this is no map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Returns a map's key with its place.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// Returns a map's keys in order; none where this is no map.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns a list's values; none where this is no list.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// Returns a text, or a number as written.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            _ => None,
        }
    }

    /// Returns `true` or `false`.
    pub fn truth(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// Returns a whole number from 0.
    pub fn whole(&self) -> Option<u64> {
        match &self.kind {
            Kind::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns a length of time: `500ms`, `3s`, `2m`.
    pub fn duration(&self) -> Option<Duration> {
        parse_time(self.text()?).ok()
    }

    /// Returns the name of the environment variable that `${VARIABLE}` asks for; `$(VARIABLE)` is
    /// how whoever reads the file may spell it where YAML takes braces for its own.
    pub fn variable(&self) -> Option<&str> {
        let inside = self.text()?.trim().strip_prefix('$')?;
        let braced = inside.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let name = braced.or_else(|| inside.strip_prefix('(')?.strip_suffix(')'))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let named = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        (named && name.chars().all(plain)).then_some(name)
    }

    /// Converts the tree to JSON. Of keys that stand twice the last one counts.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(truth) => Value::Bool(*truth),
            Kind::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => items.iter().map(Node::to_json).collect(),
            Kind::Map(entries) => {
                let map: BTreeMap<_, _> =
                    entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect();
                Value::Object(map.into_iter().collect())
            }
        }
    }

    /// Names what stands here, in a user's words.
    pub fn described(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(truth) => format!("`{truth}`"),
            Kind::Number(text) => format!("`{text}`"),
            Kind::Text(text) => format!("`{}`", shortened(text)),
            Kind::List(items) => format!("a list of {}", items.len()),
            Kind::Map(entries) => match entries.first() {
                Some(entry) => format!("keys (`{}`, …)", shortened(&entry.key)),
                None => "`{}`".to_owned(),
            },
        }
    }
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() <= 60 { line.to_owned() } else { line.chars().take(60).chain(['…']).collect() }
}
