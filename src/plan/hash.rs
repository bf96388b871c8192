//! Hashes: ids of steps, hashes of inputs, the digest of a plan.
//!
//! Plans hold no floats and only ASCII keys, so JSON without blanks and with sorted keys is what
//! RFC 8785 asks for.

use std::io;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::model::{Plan, Step, StepId};

/// How many bytes of a hash make a step's id.
const ID_BYTES: usize = 8;

/// Passes what is written on to a hash, so that large inputs are never held as text.
struct Sink(Sha256);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hashes a value's JSON: `sha256:…`.
pub(super) fn of(value: &impl Serialize) -> String {
    format!("sha256:{}", hex(&bytes(value)))
}

/// Makes the first eight hexadecimal digits of a text's hash.
pub(super) fn eight(text: &str) -> String {
    hex(&bytes(&text)[..4])
}

/// Makes the id of a step from its action, subject and wanted values.
pub(super) fn step_id(step: &Step) -> StepId {
    let want: serde_json::Map<String, Value> =
        step.changes.iter().map(|(field, change)| (field.clone(), change.want.clone())).collect();
    let login = step.instructions.as_ref().map(|asked| (&asked.from, &asked.to));
    let content = json!({"do": step.action, "subject": step.subject, "want": want, "login": login});
    StepId(format!("s-{}", hex(&bytes(&content)[..ID_BYTES])))
}

/// Makes a plan's digest: over everything but `digest` itself and `made_at`.
pub fn digest(plan: &Plan) -> String {
    let mut content = json!(plan);
    if let Value::Object(fields) = &mut content {
        fields.remove("digest");
        fields.remove("made_at");
    }
    of(&content)
}

fn bytes(value: &impl Serialize) -> [u8; 32] {
    let mut sink = Sink(Sha256::new());
    serde_json::to_writer(&mut sink, value).expect("inputs have text keys only, and a hash takes every byte");
    sink.0.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_sorted_keys_without_blanks() {
        // `serde_json` with `preserve_order` switched on anywhere in the tree would fail here.
        assert_eq!(json!({"b": 1, "a": "я"}).to_string(), r#"{"a":"я","b":1}"#);
        assert_eq!(
            of(&json!({"b": 1, "a": 2})),
            "sha256:d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772"
        );
    }
}
