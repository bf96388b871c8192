//! Values of templates: variables, texts, and what helpers make of them.

use sha2::{Digest, Sha256};

use super::{Scope, name, variable::Variable};

/// Letters and digits that are not taken for each other.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// An expression of a template.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Variable(&'static Variable),
    Text(String),
    Initial(Box<Value>),
    Lower(Box<Value>),
    Take(Box<Value>, usize),
    Translit(Box<Value>),
    Random(usize),
}

impl Value {
    /// Evaluates the expression; empty where a value is missing.
    pub(super) fn of(&self, scope: &Scope<'_>) -> String {
        match self {
            Value::Variable(variable) => variable.of(scope),
            Value::Text(text) => text.clone(),
            Value::Initial(value) => initial(value, scope),
            Value::Lower(value) => value.of(scope).to_lowercase(),
            Value::Take(value, count) => value.of(scope).chars().take(*count).collect(),
            Value::Translit(value) => scope.scheme.plain(&value.of(scope)),
            Value::Random(count) => random(&scope.person.id.0, *count),
        }
    }

    /// Returns the variable that stands in the expression.
    pub(super) fn variable(&self) -> Option<&'static str> {
        match self {
            Value::Variable(variable) => Some(variable.name),
            Value::Text(_) | Value::Random(_) => None,
            Value::Initial(value) | Value::Lower(value) | Value::Take(value, _) | Value::Translit(value) => {
                value.variable()
            }
        }
    }

    /// Tells whether the expression depends on the person or the employment.
    pub(super) fn varies(&self) -> bool {
        matches!(self, Value::Random(_)) || self.variable().is_some_and(|name| name != "n")
    }
}

/// Takes the first Latin letter. `first`, `last` and `patronymic` are looked at as they are
/// written in the source, so that `оглы` and `кызы` can be left out; the letter is small then.
fn initial(value: &Value, scope: &Scope<'_>) -> String {
    let parts = &scope.job.contact.name;
    let written = match value {
        Value::Variable(variable) => match variable.name {
            "last" => &parts.last,
            "first" => &parts.first,
            "patronymic" => &parts.patronymic,
            _ => return name::initial(&value.of(scope), scope.scheme),
        },
        _ => return name::initial(&value.of(scope), scope.scheme),
    };
    name::initial(written, scope.scheme).to_ascii_lowercase()
}

/// Draws characters from a person's key, the same every time.
fn random(key: &str, count: usize) -> String {
    let blocks = (0_u32..).flat_map(|block| Sha256::digest(format!("shtat random {block} {key}")).to_vec());
    blocks.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])).take(count).collect()
}
