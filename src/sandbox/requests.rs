//! The list of calls that `GET /sandbox/requests` gives.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

use super::http::{Param, Params, clock, form};

/// How many calls are kept; older ones are dropped.
const KEPT: usize = 200_000;
/// Parameters that are secrets.
const SECRET: [&str; 5] = ["auth", "access_token", "refresh_token", "client_secret", "password"];

/// One call, or one command of a batch.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    n: u64,
    at: String,
    method: String,
    params: Value,
    outcome: String,
    batch: bool,
}

/// Calls, oldest first.
#[derive(Debug, Default)]
pub struct Requests {
    rows: VecDeque<Request>,
    last: u64,
}

impl Requests {
    /// Enters a call whose outcome is not known yet, and returns its number.
    pub fn enter(&mut self, method: &str, params: &Params, batch: bool) -> u64 {
        self.last += 1;
        let params = without_secrets(params);
        let at = clock::moment(clock::now());
        let outcome = "working".to_owned();
        self.rows.push_back(Request { n: self.last, at, method: method.to_owned(), params, outcome, batch });
        if self.rows.len() > KEPT {
            self.rows.pop_front();
        }
        self.last
    }

    /// Notes a call's outcome: `ok`, or `HTTP CODE TEXT`.
    pub fn settle(&mut self, number: u64, outcome: &str) {
        let first = self.rows.front().map_or(0, |row| row.n);
        let at = number.checked_sub(first).and_then(|at| usize::try_from(at).ok());
        if let Some(row) = at.and_then(|at| self.rows.get_mut(at)) {
            outcome.clone_into(&mut row.outcome);
        }
    }

    /// Copies the list into JSON.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(&self.rows).expect("rows have text keys and cannot fail to print")
    }
}

fn without_secrets(params: &Params) -> Value {
    let mut value = params.to_value();
    let Some(map) = value.as_object_mut() else { return value };
    for (name, value) in map.iter_mut() {
        if is_secret(name) {
            *value = "***".into();
        }
    }
    if let Some(commands) = params.any_case("cmd").filter(|commands| hides_secret(commands)) {
        let name = map.keys().find(|name| name.eq_ignore_ascii_case("cmd")).cloned().unwrap_or_default();
        map.insert(name, commands_without_secrets(commands));
    }
    value
}

fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

fn hides_secret(commands: &Param) -> bool {
    commands.items().into_iter().filter_map(Param::text).any(|command| {
        let command = command.to_ascii_lowercase();
        SECRET.iter().any(|secret| command.contains(secret))
    })
}

fn commands_without_secrets(commands: &Param) -> Value {
    let mask = |command: &Param| {
        let text = command.text().unwrap_or_default();
        let Some((method, query)) = text.split_once('?') else { return Value::from(text.into_owned()) };
        if form::parse(query).0.keys().any(|name| is_secret(name)) {
            return Value::from(format!("{method}?***"));
        }
        Value::from(text.into_owned())
    };
    match commands {
        Param::Map(params) => params.0.iter().map(|(name, command)| (name.clone(), mask(command))).collect(),
        other => other.items().into_iter().map(mask).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_secret_is_kept() {
        let body =
            br#"{"auth": "s3cret", "ID": 5, "cmd": {"a": "user.get?ID=5&auth=s3cret", "b": "profile"}}"#;
        let mut requests = Requests::default();
        let number = requests.enter("batch", &Params::from_json(body).unwrap(), false);
        requests.settle(number, "ok");
        let rows = requests.to_value();
        assert!(!rows.to_string().contains("s3cret"));
        assert_eq!(rows[0]["outcome"], "ok");
        assert_eq!(rows[0]["params"]["cmd"], json!({"a": "user.get?***", "b": "profile"}));
    }
}
