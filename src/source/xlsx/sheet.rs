//! Walks through the rows of a sheet, with the place of every cell in its XML.

use std::ops::Range;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    super::grid::{Cell, GridRow},
    Fault,
    strings::Strings,
    xml::{attribute, ended_early, reader, rich_text_into, text_into, unescape_controls},
};

/// The last row and column of a sheet in Excel, from 1.
const LAST_ROW: u32 = 1_048_576;
const LAST_COLUMN: usize = 16_384;

/// One cell, blank ones included.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetCell<'s> {
    /// From 0.
    pub column: usize,
    /// Where its element stands in the XML.
    pub span: Range<usize>,
    /// Whether a formula gives its value.
    pub formula: bool,
    /// What it shows; none where it is blank.
    pub value: Option<Cell<'s>>,
}

/// One row that the sheet states.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRow<'s> {
    /// From 1.
    pub number: u32,
    /// In order of columns.
    pub cells: Vec<SheetCell<'s>>,
}

/// Walks through the rows of a sheet.
pub struct Rows<'x, 's> {
    reader: Reader<&'x [u8]>,
    strings: &'s Strings,
    part: &'x str,
    /// The number of the row before.
    before: u32,
    ended: bool,
}

impl<'x, 's> Rows<'x, 's> {
    /// Begins at the first row of a sheet.
    pub fn new(xml: &'x str, part: &'x str, strings: &'s Strings) -> Rows<'x, 's> {
        Rows { reader: reader(xml), strings, part, before: 0, ended: false }
    }

    fn read(&mut self) -> Result<Option<SheetRow<'s>>, Fault> {
        loop {
            match self.event()? {
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    return self.row(&element).map(Some);
                }
                Event::End(element) if element.local_name().as_ref() == "sheetData" => return Ok(None),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn row(&mut self, element: &BytesStart<'_>) -> Result<SheetRow<'s>, Fault> {
        // A number that is none, or too large for any sheet, is out of order as well.
        let told = attribute(element, "r").map(|number| number.parse().unwrap_or(0));
        let number = told.unwrap_or(self.before + 1);
        let order = Fault::Order { row: number };
        if number <= self.before || number > LAST_ROW {
            return Err(order);
        }
        self.before = number;
        let mut cells: Vec<SheetCell<'s>> = Vec::new();
        loop {
            let start = self.at();
            match self.event()? {
                Event::Start(element) if element.local_name().as_ref() == "c" => {
                    let next = cells.last().map_or(0, |cell| cell.column + 1);
                    let cell = self.cell(&element, start, next)?;
                    if cell.column < next || cell.column >= LAST_COLUMN {
                        return Err(order);
                    }
                    cells.push(cell);
                }
                Event::End(element) if element.local_name().as_ref() == "row" => {
                    return Ok(SheetRow { number, cells });
                }
                Event::Eof => return Err(self.damaged(&ended_early())),
                _ => {}
            }
        }
    }

    /// Reads one cell; one that does not say where it stands is the `next`.
    fn cell(&mut self, element: &BytesStart<'_>, start: usize, next: usize) -> Result<SheetCell<'s>, Fault> {
        let (mut column, mut kind) = (next, Kind::Number);
        for attribute in element.attributes().with_checks(false).flatten() {
            match attribute.key.as_ref() {
                "r" => column = column_of(&attribute.value).unwrap_or(next),
                "t" => kind = Kind::of(&attribute.value),
                _ => {}
            }
        }
        let mut content = Content::default();
        loop {
            match self.event()? {
                Event::Start(inner) => self.content(inner.local_name().as_ref(), &mut content)?,
                Event::End(_) => break,
                Event::Eof => return Err(self.damaged(&ended_early())),
                _ => {}
            }
        }
        let value = content.value(kind, self.strings);
        Ok(SheetCell { column, span: start..self.at(), formula: content.formula, value })
    }

    /// Reads an element inside a cell to its end.
    fn content(&mut self, name: &str, content: &mut Content) -> Result<(), Fault> {
        let mut text = String::new();
        let read = if name == "is" { rich_text_into } else { text_into };
        read(&mut self.reader, &mut text).map_err(|error| self.damaged(&error))?;
        match name {
            "f" => content.formula = true,
            "v" | "is" => content.text = Some(text),
            _ => {}
        }
        Ok(())
    }

    fn event(&mut self) -> Result<Event<'x>, Fault> {
        self.reader.read_event().map_err(|error| self.damaged(&error))
    }

    fn at(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn damaged(&self, error: &quick_xml::Error) -> Fault {
        Fault::Damaged { part: self.part.to_owned(), cause: error.to_string() }
    }
}

impl<'s> Iterator for Rows<'_, 's> {
    type Item = Result<SheetRow<'s>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.read().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

impl<'s> SheetRow<'s> {
    /// Returns the row as a row of a table.
    pub fn into_grid(self) -> GridRow<'s> {
        let cells = self.cells.into_iter().filter_map(|cell| Some((cell.column, cell.value?)));
        let filled = cells.filter(|(_, value)| !value.is_blank()).collect();
        GridRow { number: self.number, width: None, last: false, cells: filled }
    }
}

/// What stands inside a cell's element.
#[derive(Debug, Default)]
struct Content {
    formula: bool,
    text: Option<String>,
}

/// What a cell's `t` makes of its value.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Number,
    Shared,
    Text,
    Flag,
    Error,
}

impl Kind {
    fn of(kind: &str) -> Kind {
        match kind {
            "s" => Kind::Shared,
            // A date of type `d` is a text such as 2026-11-22T00:00:00.
            "str" | "inlineStr" | "d" => Kind::Text,
            "b" => Kind::Flag,
            "e" => Kind::Error,
            _ => Kind::Number,
        }
    }
}

impl Content {
    /// Reads the value of a cell.
    fn value<'s>(&mut self, kind: Kind, strings: &'s Strings) -> Option<Cell<'s>> {
        let Some(mut text) = self.text.take() else {
            return self.formula.then_some(Cell::Unreadable("a formula without a stored result"));
        };
        match kind {
            Kind::Shared => Some(match text.trim().parse().ok().and_then(|number| strings.get(number)) {
                Some(shared) => Cell::Text(shared.into()),
                None => Cell::Unreadable("a text that the workbook does not have"),
            }),
            Kind::Text => {
                unescape_controls(&mut text);
                Some(Cell::Text(text.into()))
            }
            Kind::Flag => Some(Cell::Flag(text.trim() == "1")),
            Kind::Error => Some(Cell::Unreadable("an error of Excel")),
            Kind::Number if text.trim().is_empty() => None,
            Kind::Number => {
                Some(text.trim().parse().map_or(Cell::Unreadable("a damaged number"), Cell::Number))
            }
        }
    }
}

/// Returns the column (from 0) of a place such as `AB12`.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters
        .take(4)
        .fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

/// Returns the letters of a column (from 0).
pub fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters_and_numbers() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(column), name);
            assert_eq!(column_of(&format!("{name}12")), Some(column));
        }
        assert_eq!(column_of("12"), None);
    }

    #[test]
    fn cells_come_with_their_place() {
        let xml = r#"<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c r="C1" s="2"/></row>
            <row r="5"><c r="B5"><v>1.5</v></c><c><f>A1</f></c></row></sheetData></worksheet>"#;
        let strings = Strings::default();
        let rows: Vec<_> = Rows::new(xml, "sheet", &strings).map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 5]);
        let [a, c] = rows[0].cells.as_slice() else { panic!("two cells") };
        assert_eq!((a.column, a.value.clone()), (0, Some(Cell::Text("a".into()))));
        assert_eq!(&xml[c.span.clone()], r#"<c r="C1" s="2"/>"#);
        let [b, formula] = rows[1].cells.as_slice() else { panic!("two cells") };
        assert_eq!((b.column, b.value.clone()), (1, Some(Cell::Number(1.5))));
        assert_eq!((formula.column, formula.formula), (2, true));
        assert!(matches!(formula.value, Some(Cell::Unreadable(_))));
    }

    #[test]
    fn rows_out_of_order_or_beyond_a_sheet_are_a_fault() {
        for rows in [
            "<row r=\"2\"/><row r=\"2\"/>",
            "<row r=\"1048577\"/>",
            "<row r=\"0\"/>",
            "<row r=\"99999999999\"/>",
            "<row><c r=\"XFE1\"/></row>",
            "<row><c r=\"B1\"/><c r=\"A1\"/></row>",
        ] {
            let xml = format!("<sheetData>{rows}</sheetData>");
            let strings = Strings::default();
            assert!(
                Rows::new(&xml, "sheet", &strings).any(|row| matches!(row, Err(Fault::Order { .. }))),
                "{rows}"
            );
        }
    }
}
