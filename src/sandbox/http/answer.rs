//! What a method answers, and how that looks on the wire.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value, json};

use super::clock::Timing;

/// A method's success.
#[derive(Debug, Clone, PartialEq)]
pub struct Success {
    /// What it answers.
    pub result: Value,
    /// How many rows there are in all, on list methods.
    pub total: Option<u64>,
    /// Where the next page begins, unless this was the last.
    pub next: Option<u64>,
}

/// A method's refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// `error`: a text, empty ones included, or a number.
    pub code: Value,
    /// `error_description`.
    pub text: String,
    /// `argument`: which parameter is meant (ERROR_ARGUMENT only).
    pub argument: Option<String>,
}

/// What a method says.
pub type Answer = Result<Success, Failure>;

impl Success {
    /// Answers a single thing.
    pub fn of(result: impl Into<Value>) -> Answer {
        Ok(Success { result: result.into(), total: None, next: None })
    }
}

impl Failure {
    /// Refuses with HTTP 400.
    pub fn new(code: &str, text: impl Into<String>) -> Failure {
        Failure { status: 400, code: code.into(), text: text.into(), argument: None }
    }

    /// Refuses with another status.
    pub fn with_status(status: u16, code: &str, text: impl Into<String>) -> Failure {
        Failure { status, ..Failure::new(code, text) }
    }

    /// `ERROR_CORE`: any plain exception of the portal.
    pub fn core(text: impl Into<String>) -> Failure {
        Failure::new("ERROR_CORE", text)
    }

    /// `ERROR_ARGUMENT`, with the argument it is about.
    pub fn argument(text: impl Into<String>, argument: &str) -> Failure {
        Failure { argument: Some(argument.to_owned()), ..Failure::new("ERROR_ARGUMENT", text) }
    }

    /// What `--strict` makes of a trap.
    pub fn strict(text: impl Into<String>) -> Failure {
        Failure::new("STRICT", text)
    }

    /// Copies the refusal into JSON.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("error".to_owned(), self.code.clone());
        map.insert("error_description".to_owned(), self.text.clone().into());
        if let Some(argument) = &self.argument {
            map.insert("argument".to_owned(), argument.clone().into());
        }
        Value::Object(map)
    }

    /// Tells it in one line, as the list of requests does: `HTTP 400 ERROR_CORE access_denied`.
    pub fn line(&self) -> String {
        let code = self.code.as_str().map_or_else(|| self.code.to_string(), str::to_owned);
        let words = [format!("HTTP {}", self.status), code, self.text.trim().replace('\n', " ")];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// The body of a success.
pub fn body(success: &Success, timing: &Timing) -> Vec<u8> {
    #[derive(Serialize)]
    struct Envelope<'a> {
        result: &'a Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        total: Option<u64>,
        time: Value,
    }
    let Success { result, total, next } = success;
    encode(&Envelope { result, next: *next, total: *total, time: timing.to_value() })
}

/// What the commands of a batch said, in their order.
#[derive(Debug, Default)]
pub struct BatchBody {
    /// Answers by key.
    pub result: Entries,
    /// Refusals by key.
    pub errors: Entries,
    /// `total` by key.
    pub totals: Entries,
    /// `next` by key.
    pub nexts: Entries,
    /// `time` by key.
    pub times: Entries,
}

/// Keys and values in order, printed as PHP prints an array.
#[derive(Debug, Default)]
pub struct Entries(pub Vec<(String, Value)>);

impl BatchBody {
    /// The body of a batch's answer.
    pub fn body(&self, timing: &Timing) -> Vec<u8> {
        #[derive(Serialize)]
        struct Maps<'a> {
            result: &'a Entries,
            result_error: &'a Entries,
            result_total: &'a Entries,
            result_next: &'a Entries,
            result_time: &'a Entries,
        }
        #[derive(Serialize)]
        struct Envelope<'a> {
            result: Maps<'a>,
            time: Value,
        }
        let BatchBody { result, errors, totals, nexts, times } = self;
        let maps = Maps {
            result,
            result_error: errors,
            result_total: totals,
            result_next: nexts,
            result_time: times,
        };
        encode(&Envelope { result: maps, time: timing.to_value() })
    }
}

impl Serialize for Entries {
    /// Keys 0, 1, 2… make a list, nothing at all an empty one, anything else an object.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.iter().enumerate().all(|(at, (key, _))| *key == at.to_string()) {
            return serializer.collect_seq(self.0.iter().map(|(_, value)| value));
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Turns a map into what PHP prints for it: an empty one is `[]`.
pub fn php_map(map: Map<String, Value>) -> Value {
    if map.is_empty() { json!([]) } else { Value::Object(map) }
}

/// Prints JSON.
pub fn encode(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("answers have text keys and cannot fail to print")
}
