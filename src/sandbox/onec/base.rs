//! What an imitated 1C remembers: its company, sessions, and what was asked of it.

use std::collections::BTreeSet;

use super::{
    company::Company,
    fault::Fault,
    query::Refusal,
    schema::{self, CONTACTS, Row},
    select::Set,
};

/// One request, as it was asked and answered. Carries no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PATCH`.
    pub method: String,
    /// Decoded, below the root.
    pub path: String,
    /// Decoded.
    pub query: String,
    /// `IBSession`, where it was sent.
    pub session: Option<String>,
    /// The status of the answer.
    pub status: u16,
}

/// A base behind its publication.
#[derive(Debug, Default)]
pub struct Base {
    /// What it holds.
    pub company: Company,
    /// Its bad ways.
    pub faults: Vec<Fault>,
    /// Open sessions by cookie.
    pub sessions: BTreeSet<String>,
    /// All requests so far.
    pub requests: Vec<Request>,
    /// How many sessions were asked for.
    pub starts: u64,
    /// How many requests came with a session.
    pub in_session: u64,
    /// How many writes came.
    pub writes: u64,
    /// How many later pages were read.
    pub pages: u64,
}

impl Base {
    /// Tells whether one of the bad ways holds.
    pub fn has(&self, test: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(test)
    }

    /// Names the published sets.
    pub fn published(&self) -> Vec<&str> {
        let sets = self.company.sets.keys().map(String::as_str).chain([CONTACTS]);
        sets.filter(|set| !self.is_off(set)).collect()
    }

    fn is_off(&self, set: &str) -> bool {
        self.has(|fault| matches!(fault, Fault::Off(off) if off == set))
    }

    /// Returns a set with the rows that the user may see.
    pub fn set<'a>(&self, name: &'a str, allowed_only: bool) -> Result<Set<'a>, Refusal> {
        let rows = self.company.rows(name).filter(|_| !self.is_off(name)).ok_or((404, "8"))?;
        let mut rows = if self.has(|fault| matches!(fault, Fault::Empty(empty) if empty == name)) {
            Vec::new()
        } else {
            rows
        };
        if self.has(|fault| matches!(fault, Fault::Restricted(set) if set == name)) {
            if !allowed_only {
                return Err((401, "20"));
            }
            rows = rows.split_off(1.min(rows.len()));
        }
        Ok(Set { name, fields: self.fields(name, &rows), rows })
    }

    fn fields(&self, set: &str, rows: &[Row]) -> Vec<String> {
        let named = schema::fields(set).into_iter().map(str::to_owned);
        let mut fields: Vec<String> = named.collect();
        let known: BTreeSet<&String> = rows.iter().flat_map(serde_json::Map::keys).collect();
        let more: Vec<String> = known.into_iter().filter(|field| !fields.contains(field)).cloned().collect();
        fields.extend(more);
        fields.retain(|field| {
            !self.has(|fault| matches!(fault, Fault::NoField(of, name) if of == set && name == field))
        });
        fields
    }

    /// Opens, finishes or looks up a session. Returns the cookie that the answer brings.
    pub fn session(&mut self, control: Option<&str>, cookie: Option<&str>) -> Result<Option<String>, u16> {
        if self.has(|fault| matches!(fault, Fault::NoSessions)) {
            return Ok(None);
        }
        if let Some(cookie) = cookie {
            self.in_session += 1;
            let at = self.in_session;
            if self.has(|fault| matches!(fault, Fault::ExpireSession(number) if *number == at)) {
                self.sessions.remove(cookie);
            }
            if !self.sessions.contains(cookie) {
                return Err(404);
            }
        }
        match control {
            Some("start") => {
                self.starts += 1;
                let at = self.starts;
                if self.has(|fault| matches!(fault, Fault::SessionLimit(number) if at <= *number)) {
                    return Err(406);
                }
                let cookie = format!("5e550000-0000-4000-8000-{at:012}");
                self.sessions.insert(cookie.clone());
                Ok(Some(cookie))
            }
            Some("finish") => {
                cookie.map(|cookie| self.sessions.remove(cookie));
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}
