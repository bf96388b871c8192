//! CSV: rows with the place of every cell, so that one cell can be replaced and nothing else.

mod edit;
mod read;
mod records;

use std::borrow::Cow;

pub use edit::{CellEdit, cell_splice, rewrite, with_address};
pub use read::{decode, layout, rows};
pub use records::{Broken, Fault, Record, Records};

use super::grid::{Cell, GridRow};

/// Delimiters that are tried, the likelier first.
pub const DELIMITERS: [u8; 3] = [b';', b'\t', b','];

/// Returns a record as a row of a table.
pub fn grid_row<'a>(text: &'a str, record: &Record) -> GridRow<'a> {
    let cells = record.cells.iter().enumerate().map(|(column, span)| (column, &text[span.clone()]));
    let cells = cells.filter(|(_, raw)| !raw.is_empty());
    let cells = cells.map(|(column, raw)| (column, Cell::Text(value(raw))));
    GridRow {
        number: record.line,
        width: Some(record.cells.len()),
        last: record.unterminated,
        cells: cells.filter(|(_, cell)| !cell.is_blank()).collect(),
    }
}

/// Returns what a cell says: without its quotes, doubled quotes made single.
pub fn value(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw.strip_prefix('"') else { return raw.into() };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if inner.contains('"') { inner.replace("\"\"", "\"").into() } else { inner.into() }
}

/// Writes a cell so that it is read as `value`: quoted where it was, or where it must be.
pub fn raw_cell(value: &str, quoted: bool, delimiter: u8) -> String {
    let must = value.contains(['"', '\n', '\r', char::from(delimiter)]);
    if quoted || must { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lose_their_quotes_and_cells_get_them_back() {
        assert_eq!(value("\"ООО \"\"Гранит\"\"\""), "ООО \"Гранит\"");
        assert_eq!(value("а\"б"), "а\"б");
        assert_eq!(raw_cell("ООО \"Гранит\"", false, b';'), "\"ООО \"\"Гранит\"\"\"");
        assert_eq!(raw_cell("a@b.example", true, b';'), "\"a@b.example\"");
        assert_eq!(raw_cell("a@b.example", false, b';'), "a@b.example");
    }
}
