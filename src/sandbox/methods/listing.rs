//! Pages of fifty (`reference` 2).

use serde_json::Value;

use super::super::http::{Answer, Params, Success};

/// Rows of a page, whatever is asked.
pub const PAGE: usize = 50;

/// Where a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At this offset, and the rows are counted.
    At(usize),
    /// At the first row; nothing is counted (`start=-1`).
    Uncounted,
}

impl Start {
    /// Reads `start`, in any case if the method takes it so.
    pub fn of(params: &Params) -> Start {
        match params.any_case("start").and_then(super::super::http::Param::int) {
            Some(number) if number < 0 => Start::Uncounted,
            Some(number) => Start::At(usize::try_from(number).unwrap_or(usize::MAX)),
            None => Start::At(0),
        }
    }

    /// The offset.
    pub fn offset(self) -> usize {
        match self {
            Start::At(offset) => offset,
            Start::Uncounted => 0,
        }
    }

    /// Puts a page into its envelope; `total` rows there are in all.
    pub fn envelope(self, rows: Vec<Value>, total: usize) -> Answer {
        self.wrap(rows.len(), Value::Array(rows), total)
    }

    /// Puts a result that holds a page of `count` rows into its envelope.
    pub fn wrap(self, count: usize, result: Value, total: usize) -> Answer {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let Start::At(offset) = self else { return Ok(Success { result, total: Some(0), next: None }) };
        let end = offset.saturating_add(count);
        let next = (count > 0 && end < total).then(|| number(end));
        Ok(Success { result, total: Some(number(total)), next })
    }

    /// Cuts a page out of rows that are all at hand.
    pub fn cut<T>(self, rows: Vec<T>) -> (Vec<T>, usize) {
        let total = rows.len();
        (rows.into_iter().skip(self.offset()).take(PAGE).collect(), total)
    }
}

/// Reads `ASC` or `DESC`; true is descending.
pub fn descending(order: &str) -> bool {
    order.trim().eq_ignore_ascii_case("desc")
}
