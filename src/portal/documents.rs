//! КЭДО: companies, and people bound to users (humanresources.hcmlink, local application only).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use serde_json::{Value, json};

use super::{
    DocumentRows, Notice, PortalError, PortalFault,
    batch::{self, Command, MOST},
    rest::Rest,
    wire,
};
use crate::model::Row;

const COMPANIES: &str = "humanresources.hcmlink.company.list";
const PERSONS: &str = "humanresources.hcmlink.employee.list";
/// The most rows these methods give at once.
const LIMIT: u64 = 1000;
/// Pages that are asked for behind a full first one.
const FEW: u64 = 5;
/// A list that changes while it is read is read again so many times.
const REREADS: usize = 3;

/// People of companies as they were read last. A person is never deleted there and every change
/// moves `updatedAt`, so a later reading asks only for what has changed since.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<String, BTreeMap<String, Row>>>);

impl Known {
    /// Reads the people of a company: all of them at first, then what has changed.
    pub(crate) async fn persons(&self, rest: &Rest, company: &str) -> Result<Vec<Row>, PortalError> {
        let mut known = self.lock().get(company).cloned().unwrap_or_default();
        let since = known.values().filter_map(changed).max_by_key(|(at, _)| *at).map(|(_, text)| text);
        let fresh = match &since {
            Some(since) => persons(rest, company, Some(since)).await?,
            None => persons(rest, company, None).await?,
        };
        known.extend(fresh.into_iter().map(|row| (wire::text(row.get("person")), row)));
        let rows = known.values().cloned().collect();
        self.lock().insert(company.to_owned(), known);
        Ok(rows)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, BTreeMap<String, Row>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a row was changed, as a moment and as the portal writes it.
fn changed(row: &Row) -> Option<(Timestamp, String)> {
    let text = wire::text(row.get("updatedAt"));
    Some((text.parse().ok()?, text))
}

/// Reads everything. None, and a notice, where our access may not.
pub(crate) async fn readable(rest: &Rest) -> Result<Option<DocumentRows>, PortalError> {
    match everything(rest).await {
        Ok(rows) => Ok(Some(rows)),
        Err(error) if matches!(error.fault, PortalFault::Access { .. } | PortalFault::Refused { .. }) => {
            rest.tell(&Notice::NotRead { what: "КЭДО".into(), why: error.to_string() });
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn everything(rest: &Rest) -> Result<DocumentRows, PortalError> {
    let answer = rest.read(COMPANIES, json!({"limit": LIMIT, "offset": 0})).await?;
    let companies = wire::rows(&answer.result).ok_or_else(|| broken(COMPANIES, "not a list"))?;
    let codes: Vec<String> =
        companies.iter().filter_map(wire::documents_company).map(|company| company.code).collect();
    let commands: Vec<Command> =
        codes.iter().map(|code| Command::new(PERSONS, page(code, 0, None))).collect();
    let mut persons = Vec::new();
    for (code, reply) in codes.iter().zip(batch::run_all(rest, &commands).await?) {
        let answer = reply.map_err(|fault| PortalError::new(PERSONS, fault))?;
        let mut rows = Vec::new();
        if take(code, &answer.result, &mut rows)? {
            rows = self::persons(rest, code, None).await?;
        }
        persons.extend(rows);
    }
    Ok(DocumentRows { companies, persons })
}

/// Reads the people of a company, or those changed at `since` or later. The list is ordered by time of change and paged by offset, so
/// a change meanwhile may hide a row: lists of several pages are read until two readings agree.
async fn persons(rest: &Rest, company: &str, since: Option<&str>) -> Result<Vec<Row>, PortalError> {
    let mut before = None;
    for _ in 0..=REREADS {
        let rows = once(rest, company, since).await?;
        let ids: BTreeSet<String> = rows.iter().map(|row| wire::text(row.get("person"))).collect();
        let settled = (rows.len() as u64) < LIMIT || before.as_ref() == Some(&ids);
        if settled && ids.len() == rows.len() {
            return Ok(rows);
        }
        before = Some(ids);
    }
    Err(broken(PERSONS, "the list changes faster than it can be read"))
}

/// Reads all pages: the first alone, a few more, then as many as a batch holds. There is no total.
async fn once(rest: &Rest, company: &str, since: Option<&str>) -> Result<Vec<Row>, PortalError> {
    let (mut rows, mut offset) = (Vec::new(), 0);
    for pages in [1, FEW].into_iter().chain(std::iter::repeat(MOST as u64)) {
        let commands: Vec<Command> =
            (0..pages).map(|at| Command::new(PERSONS, page(company, offset + at * LIMIT, since))).collect();
        offset += pages * LIMIT;
        for reply in batch::run_all(rest, &commands).await? {
            let answer = reply.map_err(|fault| PortalError::new(PERSONS, fault))?;
            if !take(company, &answer.result, &mut rows)? {
                return Ok(rows);
            }
        }
    }
    Ok(rows)
}

fn page(company: &str, offset: u64, since: Option<&str>) -> Value {
    let mut page = json!({"company": company, "limit": LIMIT, "offset": offset});
    if let Some(since) = since {
        page["updatedAt"] = since.into();
    }
    page
}

/// Takes a page, and tells whether it was full.
fn take(company: &str, result: &Value, rows: &mut Vec<Row>) -> Result<bool, PortalError> {
    let page = wire::rows(result).ok_or_else(|| broken(PERSONS, "not a list"))?;
    if page.iter().any(|row| wire::text(row.get("company")) != company) {
        return Err(broken(PERSONS, "a person of another company was answered"));
    }
    let full = page.len() as u64 >= LIMIT;
    rows.extend(page);
    Ok(full)
}

fn broken(method: &str, cause: &str) -> PortalError {
    PortalError::new(method, PortalFault::Broken { cause: cause.into() })
}
