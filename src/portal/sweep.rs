//! All users of a portal in as few calls as there are batches of 2500, and none lost on the way.
//!
//! Pages are read by `>ID` in the order of ids, each from the last id of the one before (the
//! portal puts it in, within a batch), so that people who join or vanish meanwhile shift nothing.
//! A few looks at known ranks first cut the ids into parts that can be read at the same time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use serde_json::{Map, Value, json};

use super::{
    PortalError, PortalFault,
    batch::{self, Command, MOST, Reply},
    rest::{Rest, may_repeat},
    wire,
};
use crate::model::Row;

/// Rows of a page, whatever is asked (reference: REST, section 2).
pub(crate) const PAGE: u64 = 50;
/// Rows of a batch.
const BATCH: u64 = PAGE * MOST as u64;
/// A batch that brings nothing is asked again so many times.
const REPEATS: u32 = 4;

/// A range of ids that is read by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Ids above this one.
    above: u64,
    /// Up to this one; none: to the end.
    up_to: Option<u64>,
    /// How many rows are expected, so that no page too many is asked for.
    rows: u64,
}

/// Says which pages to look at first, as offsets: the last page of every part but the last one.
/// At most 49, so that they fit into one batch.
pub(crate) fn looks(total: u64) -> Vec<u64> {
    let step = step(total);
    (1..).map(|part| part * step).take_while(|rank| *rank < total).map(|rank| rank - PAGE).collect()
}

/// The look at a page of all users.
pub(crate) fn look(offset: u64) -> Command {
    Command::new("user.get", page_of(Map::new(), offset as i64))
}

/// Makes parts of what the looks saw. A page that is not full any more is no mark.
pub(crate) fn parts(total: u64, seen: &[Vec<Row>]) -> Result<Vec<Part>, PortalError> {
    let step = step(total);
    let (mut parts, mut above, mut from) = (Vec::new(), 0, 0);
    for (number, page) in seen.iter().enumerate() {
        let Some(mark) = page.last().and_then(wire::id).filter(|_| page.len() as u64 == PAGE) else {
            continue;
        };
        if mark <= above {
            return Err(broken("pages come out of order".into()));
        }
        let rank = (number as u64 + 1) * step;
        parts.push(Part { above, up_to: Some(mark), rows: rank - from });
        (above, from) = (mark, rank);
    }
    parts.push(Part { above, up_to: None, rows: total.saturating_sub(from) });
    Ok(parts)
}

/// Reads a part. `read` counts the rows for whoever watches.
///
/// A batch that fails in passing is asked again, from the second time on half as large: a slow
/// portal may need longer for a full one than a call may take.
pub(crate) async fn read(rest: Arc<Rest>, part: Part, read: Arc<AtomicU64>) -> Result<Vec<Row>, PortalError> {
    let (mut rows, mut last, mut failed) = (Vec::new(), part.above, 0u32);
    loop {
        let most = (MOST as u64 >> failed.saturating_sub(1)).max(1);
        let commands = chain(part, last, pages(part, rows.len() as u64).min(most));
        let before = rows.len();
        let ended = match batch::once(&rest, &commands).await {
            Ok(replies) => take(part, replies, &mut rows, &mut last),
            Err(fault) => Err(fault),
        };
        read.fetch_add((rows.len() - before) as u64, Ordering::Relaxed);
        match ended {
            Ok(true) => return Ok(rows),
            Ok(false) => failed = failed.saturating_sub(1),
            Err(fault) if may_repeat(&fault) && rows.len() > before => {}
            Err(fault) if may_repeat(&fault) && failed < REPEATS => {
                tracing::debug!(failed, "a batch of users is repeated: {fault}");
                let cause = "stopped while waiting".to_owned();
                rest.pause(failed).await.map_err(|_| error(PortalFault::Local { cause }))?;
                failed += 1;
            }
            Err(fault) => return Err(error(fault)),
        }
    }
}

/// The parameters of a page of users. `start` -1 turns counting off.
pub(crate) fn page_of(filter: Map<String, Value>, start: i64) -> Value {
    let mut params = json!({"sort": "ID", "order": "ASC", "ADMIN_MODE": true, "start": start});
    if !filter.is_empty() {
        params["FILTER"] = Value::Object(filter);
    }
    params
}

fn step(total: u64) -> u64 {
    // One batch has room for 50 looks; that makes at most 50 parts.
    BATCH * total.div_ceil(BATCH).div_ceil(MOST as u64).max(1)
}

/// How many pages are left. The last part has no mark at its end, so that only a short page,
/// be it an empty one, shows it.
fn pages(part: Part, have: u64) -> u64 {
    let left = part.rows.saturating_sub(have);
    let pages = if part.up_to.is_some() { left.div_ceil(PAGE) } else { left / PAGE + 1 };
    pages.clamp(1, MOST as u64)
}

/// Pages that follow each other, each from the last row of the one before.
fn chain(part: Part, last: u64, pages: u64) -> Vec<Command> {
    let command = |page: u64| {
        let from = match page {
            0 => json!(last),
            page => json!(batch::reference(page as usize - 1, PAGE as usize - 1, "ID")),
        };
        let mut filter = Map::from_iter([(">ID".to_owned(), from)]);
        filter.extend(part.up_to.map(|up_to| ("<=ID".to_owned(), json!(up_to))));
        Command::new("user.get", page_of(filter, -1))
    };
    (0..pages).map(command).collect()
}

/// Takes the pages in order up to the first short one: what follows that one refers to a row that
/// is not there, and means nothing. Tells whether the part is complete.
fn take(part: Part, replies: Vec<Reply>, rows: &mut Vec<Row>, last: &mut u64) -> Result<bool, PortalFault> {
    for reply in replies {
        let page = checked(part, reply?.result, *last)?;
        let full = page.len() as u64 >= PAGE;
        *last = page.last().and_then(wire::id).unwrap_or(*last);
        rows.extend(page);
        if !full || part.up_to == Some(*last) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes a page only if every row is one that was asked for.
fn checked(part: Part, result: Value, above: u64) -> Result<Vec<Row>, PortalFault> {
    let broken = |cause: &str| PortalFault::Broken { cause: cause.into() };
    let page = wire::rows(&result).ok_or_else(|| broken("a page of users is not a list"))?;
    let mut last = above;
    for row in &page {
        let id = wire::id(row).ok_or_else(|| broken("a user without an ID"))?;
        if id <= last || part.up_to.is_some_and(|up_to| id > up_to) {
            return Err(broken("the filter or order by ID was ignored"));
        }
        last = id;
    }
    Ok(page)
}

fn error(fault: PortalFault) -> PortalError {
    PortalError::new("user.get", fault)
}

fn broken(cause: String) -> PortalError {
    error(PortalFault::Broken { cause })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::portal::answer::Answer;

    /// Answers a chain as the portal does: each page from the last row of the one before.
    fn answer(ids: &[u64], part: Part, last: u64, pages: u64) -> Vec<Reply> {
        let mut from = last;
        let mut page = || {
            let rows: Vec<Value> = ids
                .iter()
                .skip(ids.partition_point(|id| *id <= from))
                .take_while(|id| part.up_to.is_none_or(|up_to| **id <= up_to))
                .take(PAGE as usize)
                .map(|id| json!({"ID": id.to_string()}))
                .collect();
            // A row that is not there becomes text, which the portal reads as 0.
            from = rows.get(PAGE as usize - 1).map_or(0, |row| row["ID"].as_str().unwrap().parse().unwrap());
            Ok(Answer { result: json!(rows), ..Answer::default() })
        };
        (0..pages).map(|_| page()).collect()
    }

    fn sweep(ids: &[u64], total: u64) -> (Vec<u64>, u64) {
        let offsets = looks(total);
        assert!(offsets.len() < MOST);
        let page = |offset: &u64| {
            let rows = ids.iter().skip(*offset as usize).take(PAGE as usize);
            rows.map(|id| Row::from([("ID".to_owned(), json!(id))])).collect()
        };
        let seen: Vec<Vec<Row>> = offsets.iter().map(page).collect();
        let (mut found, mut calls) = (Vec::new(), 0);
        for part in parts(total, &seen).unwrap() {
            let (mut rows, mut last) = (Vec::new(), part.above);
            loop {
                let count = pages(part, rows.len() as u64);
                calls += 1;
                if take(part, answer(ids, part, last, count), &mut rows, &mut last).unwrap() {
                    break;
                }
            }
            found.extend(rows.iter().filter_map(wire::id));
        }
        (found, calls)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn finds_everybody_once_in_as_few_calls_as_promised(
            total in prop_oneof![0u64..120, 2400u64..2600, 4950u64..5060, 124_980u64..125_060],
            gap in 1u64..4,
        ) {
            let ids: Vec<u64> = (1..=total).map(|rank| rank * gap + rank % gap).collect();
            let (found, calls) = sweep(&ids, total);
            prop_assert_eq!(found, ids);
            prop_assert!(calls <= total.div_ceil(BATCH) + 1, "{} calls for {} users", calls, total);
        }

        #[test]
        fn people_who_join_or_vanish_after_the_count_shift_nothing(total in 1u64..12_000, now in 0u64..12_000) {
            let ids: Vec<u64> = (1..=now).map(|rank| rank * 3).collect();
            prop_assert_eq!(sweep(&ids, total).0, ids);
        }
    }

    #[test]
    fn rows_that_were_not_asked_for_are_no_answer() {
        let part = Part { above: 10, up_to: Some(20), rows: 2 };
        for rows in
            [json!([{"ID": "10"}]), json!([{"ID": "21"}]), json!([{"ID": "12"}, {"ID": "11"}]), json!([{}])]
        {
            assert!(matches!(checked(part, rows.clone(), 10), Err(PortalFault::Broken { .. })), "{rows}");
        }
        assert_eq!(checked(part, json!([{"ID": "11"}, {"ID": 20}]), 10).unwrap().len(), 2);
    }
}
