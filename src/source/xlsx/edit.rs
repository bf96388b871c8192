//! Writes an address into cells of a sheet; every other part of the workbook stays as it is.

use std::{
    collections::BTreeSet,
    io::{Cursor, Write},
    ops::Range,
};

use quick_xml::events::Event;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    super::{fields::Field, splice, table::Lookup},
    Package, Rows,
    read::{MARK, find_sheet},
    sheet::{SheetRow, letters},
    xml::reader,
};

/// The cell is computed: overwriting its formula would break what depends on it.
#[derive(Debug, thiserror::Error)]
#[error("the cell {0} holds a formula")]
struct Formula(String);

/// Returns the workbook with an address in these rows (from 1), or says why not.
pub fn with_address(
    bytes: &[u8],
    lookup: &Lookup,
    rows: &BTreeSet<u32>,
    address: &str,
) -> Result<Vec<u8>, String> {
    let found = Package::open(bytes).and_then(|mut package| find_sheet(&mut package, lookup));
    let found = found.map_err(|fault| fault.to_string())?.map_err(|_| "no sheet has a header".to_owned())?;
    let column = found.header.column_of(Field::Email).ok_or("the header has no column for addresses")?;
    let mut splices = Vec::new();
    for row in
        Rows::new(&found.xml, &found.part, &found.strings).flatten().filter(|row| rows.contains(&row.number))
    {
        splices.extend(cell_splice(&found.xml, &row, column, address).map_err(|fault| fault.to_string())?);
    }
    let mut sheet = splice::apply(&found.xml, splices);
    if found.mark {
        sheet.insert(0, MARK);
    }
    repack(bytes, &found.part, &sheet).map_err(|error| error.to_string())
}

/// Replaces a cell, or puts one in its place in the row.
fn cell_splice(
    xml: &str,
    row: &SheetRow<'_>,
    column: usize,
    address: &str,
) -> Result<Option<(Range<usize>, String)>, Formula> {
    let place = format!("{}{}", letters(column), row.number);
    let Some(neighbour) = row.cells.first() else { return Ok(None) };
    let prefix = prefix(&xml[neighbour.span.clone()]);
    let splice = match row.cells.iter().find(|cell| cell.column >= column) {
        Some(cell) if cell.column == column && cell.formula => return Err(Formula(place)),
        Some(cell) if cell.column == column => {
            (cell.span.clone(), element(prefix, &kept_attributes(&xml[cell.span.clone()]), address))
        }
        next => {
            let end = row.cells.last().map_or(neighbour.span.end, |cell| cell.span.end);
            let at = next.map_or(end, |cell| cell.span.start);
            (at..at, element(prefix, &format!(" r=\"{place}\""), address))
        }
    };
    Ok(Some(splice))
}

/// Writes a cell with its text inside: the shared texts stay as they are.
fn element(prefix: &str, attributes: &str, address: &str) -> String {
    let text = quick_xml::escape::escape(address);
    format!(
        "<{prefix}c{attributes} t=\"inlineStr\"><{prefix}is><{prefix}t>{text}</{prefix}t></{prefix}is></{prefix}c>"
    )
}

/// Returns the prefix of an element's name with its colon: `x:` of `<x:c …>`.
fn prefix(element: &str) -> &str {
    let name =
        element.trim_start_matches('<').split(|c: char| c.is_whitespace() || c == '/' || c == '>').next();
    let name = name.unwrap_or_default();
    name.find(':').map_or("", |colon| &name[..=colon])
}

/// Returns a cell's attributes as written, without its type.
fn kept_attributes(cell: &str) -> String {
    let Ok(Event::Start(start)) = reader(cell).read_event() else { return String::new() };
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    let kept = attributes.flatten().filter(|attribute| attribute.key.as_ref() != "t");
    kept.map(|attribute| {
        format!(" {}=\"{}\"", attribute.key.as_ref(), attribute.value.replace('"', "&quot;"))
    })
    .collect()
}

/// Packs a workbook again with another sheet; all other parts are copied as they are packed.
fn repack(bytes: &[u8], part: &str, sheet: &str) -> zip::result::ZipResult<Vec<u8>> {
    let package = Package::open(bytes).map_err(|fault| std::io::Error::other(fault.to_string()))?;
    let changed = package.index(part);
    let mut archive = package.into_archive();
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    writer.set_raw_comment(archive.comment().into())?;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        if Some(index) == changed {
            let time = entry.last_modified().unwrap_or_default();
            let options =
                SimpleFileOptions::default().last_modified_time(time).compression_method(entry.compression());
            let name = entry.name()?.into_owned();
            drop(entry);
            writer.start_file(name, options)?;
            writer.write_all(sheet.as_bytes())?;
        } else {
            writer.raw_copy_file(entry)?;
        }
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::{super::strings::Strings, *};

    fn written(row: &str, column: usize) -> Result<String, Formula> {
        let xml = format!("<x:sheetData>{row}</x:sheetData>");
        let strings = Strings::default();
        let rows: Vec<_> = Rows::new(&xml, "sheet", &strings).map(Result::unwrap).collect();
        let splice = cell_splice(&xml, &rows[0], column, "a&b@c.example")?;
        Ok(splice::apply(&xml, splice.into_iter().collect()))
    }

    #[test]
    fn a_cell_is_replaced_or_put_in_its_place() {
        let text = "<x:is><x:t>a&amp;b@c.example</x:t></x:is></x:c>";
        let row = "<x:row r=\"2\"><x:c r=\"A2\"><x:v>1</x:v></x:c><x:c r=\"C2\" s=\"4\" t=\"s\"><x:v>0</x:v></x:c></x:row>";
        let replaced = written(row, 2).unwrap();
        assert!(
            replaced.contains(&format!("<x:c r=\"C2\" s=\"4\" t=\"inlineStr\">{text}</x:row>")),
            "{replaced}"
        );
        let between = written(row, 1).unwrap();
        assert!(
            between.contains(&format!("</x:c><x:c r=\"B2\" t=\"inlineStr\">{text}<x:c r=\"C2\"")),
            "{between}"
        );
        let behind = written(row, 3).unwrap();
        assert!(behind.contains(&format!("</x:c><x:c r=\"D2\" t=\"inlineStr\">{text}</x:row>")), "{behind}");
    }

    #[test]
    fn formulas_are_not_overwritten() {
        let row = "<x:row r=\"2\"><x:c r=\"A2\"><x:f>B2</x:f><x:v>1</x:v></x:c></x:row>";
        assert!(matches!(written(row, 0), Err(Formula(place)) if place == "A2"));
    }
}
