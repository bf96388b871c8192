//! The journal's lines and how each holds the one before.
//!
//! `before` is the SHA-256 of the whole line before (without its end of line), `hash` that of the
//! line itself without `hash`: whoever doubts can check both with `sha256sum`. Pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::{Entry, Event};

/// What stands before a line's own hash: 64 hex digits, `"` and `}` follow.
const OWN: &str = ",\"hash\":\"sha256:";
/// The length of what follows [`OWN`].
const OWN_TAIL: usize = 64 + 2;

/// The end of a journal: what the next line has to fit to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Lines so far.
    pub lines: u64,
    /// The hash of the last one.
    pub hash: String,
}

/// Why a line does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no line of a journal.
    #[error("this line cannot be read")]
    Unreadable,
    /// It was changed after it was written.
    #[error("this line was changed after it was written")]
    Changed,
    /// One or more lines are missing right before it, or stand in another order.
    #[error("a line that stood here is missing")]
    Missing,
    /// The line before it was changed together with its own hash.
    #[error("the line before was changed after it was written")]
    BeforeChanged,
}

/// A line that does not fit: why, and what it says where it can be read.
pub type Misfit = (Fault, Option<Box<Entry>>);

#[derive(Serialize, Deserialize)]
struct Record {
    line: u64,
    at: Timestamp,
    before: String,
    #[serde(flatten)]
    event: Event,
}

impl Head {
    /// The head of an empty journal.
    pub fn start() -> Head {
        Head { lines: 0, hash: sha256(b"") }
    }

    /// Writes the next line, without its end of line, and moves on to it.
    pub fn write(&mut self, at: Timestamp, event: &Event) -> Result<String, serde_json::Error> {
        let record = Record { line: self.lines + 1, at, before: self.hash.clone(), event: event.clone() };
        let mut text = serde_json::to_string(&record)?;
        let own = sha256(text.as_bytes());
        text.pop();
        text.push_str(&format!(",\"hash\":\"{own}\"}}"));
        self.pass(record.line, text.as_bytes());
        Ok(text)
    }

    /// Reads a line and says whether it fits. In either case the head moves on to it.
    pub fn read(&mut self, text: &[u8]) -> Result<Entry, Misfit> {
        let before = self.clone();
        let Some(record) = parse(text) else {
            self.pass(before.lines + 1, text);
            return Err((Fault::Unreadable, None));
        };
        self.pass(record.line, text);
        let fault = if !own_hash_fits(text) {
            Some(Fault::Changed)
        } else if record.line != before.lines + 1 {
            Some(Fault::Missing)
        } else if record.before != before.hash {
            Some(Fault::BeforeChanged)
        } else {
            None
        };
        let entry = Entry { line: record.line, at: record.at, event: record.event };
        match fault {
            Some(fault) => Err((fault, Some(Box::new(entry)))),
            None => Ok(entry),
        }
    }

    fn pass(&mut self, line: u64, text: &[u8]) {
        *self = Head { lines: line, hash: sha256(text) };
    }
}

/// Returns `sha256:` and the hash in hex.
pub fn sha256(bytes: &[u8]) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

fn parse(text: &[u8]) -> Option<Record> {
    serde_json::from_slice(text).ok()
}

fn own_hash_fits(text: &[u8]) -> bool {
    let Some(at) = text.len().checked_sub(OWN.len() + OWN_TAIL) else { return false };
    let (body, own) = text.split_at(at);
    let whole = [body, b"}"].concat();
    own == format!(",\"hash\":\"{}\"}}", sha256(&whole)).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::event::RunEnded;

    fn lines(count: u8) -> Vec<String> {
        let mut head = Head::start();
        let ended = |exit| Event::RunEnded(RunEnded { exit, accepted: None });
        (0..count).map(|exit| head.write(Timestamp::UNIX_EPOCH, &ended(exit)).unwrap()).collect()
    }

    /// Reads lines and returns the number (from 1) and fault of each that does not fit.
    fn faults(lines: &[String]) -> Vec<(usize, Fault)> {
        let mut head = Head::start();
        let read =
            |(at, line): (usize, &String)| head.read(line.as_bytes()).err().map(|(fault, _)| (at + 1, fault));
        lines.iter().enumerate().filter_map(read).collect()
    }

    #[test]
    fn whole_chains_fit() {
        assert_eq!(faults(&lines(5)), []);
    }

    #[test]
    fn a_changed_line_shows_the_last_one_too() {
        for at in 0..4 {
            let mut lines = lines(4);
            lines[at] = lines[at].replace("\"exit\":", "\"exit\":1");
            assert_eq!(faults(&lines)[0], (at + 1, Fault::Changed));
        }
    }

    #[test]
    fn a_line_forged_with_its_own_hash_shows_at_the_next() {
        let mut lines = lines(3);
        let mut head = Head::start();
        let forged = Event::RunEnded(RunEnded { exit: 9, accepted: None });
        lines[0] = head.write(Timestamp::UNIX_EPOCH, &forged).unwrap();
        assert_eq!(faults(&lines), [(2, Fault::BeforeChanged)]);
    }

    #[test]
    fn a_missing_line_shows_where_it_stood() {
        for at in 0..3 {
            let mut lines = lines(4);
            lines.remove(at);
            assert_eq!(faults(&lines), [(at + 1, Fault::Missing)]);
        }
    }
}
