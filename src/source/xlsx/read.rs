//! Reads the people of a workbook.

use crate::model::{Place, Problem};

use super::{
    super::{
        file::Table,
        grid::GridRow,
        table::{self, Header, Lookup, RowReader},
        value::{self, Serials},
    },
    Fault, Package, Rows,
    strings::Strings,
    workbook::Workbook,
};

/// The byte-order mark.
pub const MARK: char = '\u{feff}';

/// The sheet that people are read from.
pub struct Found {
    /// Its part in the package.
    pub part: String,
    /// Its XML, without its byte-order mark: places in it are counted from behind the mark.
    pub xml: String,
    /// Whether it begins with a byte-order mark.
    pub mark: bool,
    /// The workbook's shared texts.
    pub strings: Strings,
    /// What its columns say.
    pub header: Header,
    /// How many stated rows the header and the titles above it take.
    pub skip: usize,
    /// The row of the header, from 1.
    pub line: u32,
    /// How day numbers count.
    serials: Serials,
}

/// Finds the first sheet with a header row; none where no sheet has one, and then whether the
/// workbook holds anything at all.
pub fn find_sheet(package: &mut Package<'_>, lookup: &Lookup) -> Result<Result<Found, Empty>, Fault> {
    let workbook = Workbook::read(package)?;
    let strings = Strings::read(package, &workbook.strings)?;
    let serials = if workbook.since_1904 { Serials::Since1904 } else { Serials::Since1900 };
    let mut empty = Empty(true);
    for part in workbook.sheets {
        let mut xml = package.required(&part)?;
        let mark = xml.starts_with(MARK);
        if mark {
            xml.drain(..MARK.len_utf8());
        }
        let top: Result<Vec<GridRow<'_>>, Fault> = Rows::new(&xml, &part, &strings)
            .take(table::SEARCHED_ROWS + 1)
            .map(|row| row.map(super::sheet::SheetRow::into_grid))
            .collect();
        let top = top?;
        empty.0 &= top.iter().all(|row| row.cells.is_empty());
        if let Some((header, skip)) = table::find(&top, lookup) {
            let line = top[skip - 1].number;
            return Ok(Ok(Found { part, xml, mark, strings, header, skip, line, serials }));
        }
    }
    Ok(Err(empty))
}

/// No sheet has a header; true where all sheets are blank.
#[derive(Debug, Clone, Copy)]
pub struct Empty(pub bool);

/// Reads all rows of a workbook; `file` names it in places.
pub fn rows(
    bytes: &[u8],
    file: &str,
    lookup: &Lookup,
    problems: &mut Vec<Problem>,
) -> Result<Table, Problem> {
    let found = Package::open(bytes).and_then(|mut package| find_sheet(&mut package, lookup));
    match found.map_err(|fault| fault.problem(file))? {
        Ok(found) => found.rows(file, lookup, problems),
        Err(Empty(true)) => Ok(Table::default()),
        Err(Empty(false)) => {
            Err(table::no_header(file).hint("of several sheets the first with a header is read"))
        }
    }
}

impl Found {
    fn rows(&self, file: &str, lookup: &Lookup, problems: &mut Vec<Problem>) -> Result<Table, Problem> {
        problems.extend(self.header.problems(&Place::line(file, self.line), lookup));
        let mut table = RowReader::new(&self.header, file);
        let mut rows = Vec::new();
        for row in Rows::new(&self.xml, &self.part, &self.strings).skip(self.skip) {
            let row = row.map_err(|fault| fault.problem(file))?;
            let raw = table.row(row.into_grid(), problems);
            rows.extend(raw.map(|raw| value::row(&raw, &self.header, self.serials, problems)));
        }
        Ok(Table { rows, fields: self.header.all_fields() })
    }
}
