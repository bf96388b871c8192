//! Replaces cells of a CSV and nothing else.

use std::{collections::BTreeSet, ops::Range};

use super::{
    super::{encoding, fields::Field, splice, table::Lookup},
    Record, Records, layout, raw_cell, value,
};

/// Returns a CSV with an address in the rows that start at these lines; none where it has no
/// column for it, or its encoding does not give the same bytes back.
pub fn with_address(bytes: &[u8], lookup: &Lookup, lines: &BTreeSet<u32>, address: &str) -> Option<Vec<u8>> {
    let (text, _) = encoding::decode(bytes).ok()?;
    let layout = layout(&text, lookup)?;
    let column = layout.header.column_of(Field::Email)?;
    let records =
        Records::new(&text, layout.delimiter).skip(layout.skip).filter_map(|(_, record)| record.ok());
    let splices = records.filter(|record| lines.contains(&record.line)).filter_map(|record| {
        let edit = CellEdit { record: &record, column, value: address.to_owned() };
        cell_splice(&text, &edit, layout.delimiter)
    });
    rewrite(bytes, splices.collect())
}

/// A cell that is to say something else.
pub struct CellEdit<'r> {
    /// The record it stands in.
    pub record: &'r Record,
    /// Its column, from 0.
    pub column: usize,
    /// What it is to say.
    pub value: String,
}

/// Returns the splice that makes a cell say a value; the cell stays quoted if it was, and a
/// blank cell is quoted where all others of its row are.
pub fn cell_splice(text: &str, edit: &CellEdit<'_>, delimiter: u8) -> Option<(Range<usize>, String)> {
    let span = edit.record.cells.get(edit.column)?.clone();
    let raw = &text[span.clone()];
    let quoted = raw.starts_with('"') || (value(raw).trim().is_empty() && all_quoted(text, edit.record));
    Some((span, raw_cell(&edit.value, quoted, delimiter)))
}

/// Applies splices to a decoded file and encodes it as it was; none where a character is not
/// in the encoding, or the file would not come back byte for byte.
pub fn rewrite(bytes: &[u8], splices: Vec<(Range<usize>, String)>) -> Option<Vec<u8>> {
    let (text, kind) = encoding::decode(bytes).ok()?;
    let same = encoding::encode(&text, kind).is_some_and(|again| again == bytes);
    same.then(|| encoding::encode(&splice::apply(&text, splices), kind)).flatten()
}

fn all_quoted(text: &str, record: &Record) -> bool {
    let mut filled =
        record.cells.iter().map(|cell| &text[cell.clone()]).filter(|raw| !raw.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|raw| raw.starts_with('"'))
}
