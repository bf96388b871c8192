//! Reads the people of a CSV.

use crate::model::{Place, Problem};

use super::{
    super::{
        encoding::{self, Encoding},
        file::Table,
        grid::GridRow,
        table::{self, Header, Lookup, RowReader},
        value::{self, Serials},
    },
    Broken, DELIMITERS, Fault, Records, grid_row,
};

/// How a CSV is laid out.
#[derive(Debug)]
pub struct Layout {
    /// Between cells.
    pub delimiter: u8,
    /// What the columns say.
    pub header: Header,
    /// How many records the header and the titles above it take.
    pub skip: usize,
    /// The line of the header, from 1.
    line: u32,
}

/// Decodes a CSV or JSON.
pub fn decode<'a>(bytes: &'a [u8], file: &str) -> Result<(std::borrow::Cow<'a, str>, Encoding), Problem> {
    encoding::decode(bytes).map_err(|fault| {
        let place = Place { line: fault.line(), ..Place::file(file) };
        Problem::error(fault.to_string()).at(place).hint("save the file again as UTF-8")
    })
}

/// Finds the delimiter and the header: the delimiter with which most headers are known.
pub fn layout(text: &str, lookup: &Lookup) -> Option<Layout> {
    let found = DELIMITERS.into_iter().filter_map(|delimiter| layout_with(text, delimiter, lookup));
    found.reduce(|best, next| if next.header.known() > best.header.known() { next } else { best })
}

fn layout_with(text: &str, delimiter: u8, lookup: &Lookup) -> Option<Layout> {
    let records = Records::new(text, delimiter).take(table::SEARCHED_ROWS + 1);
    let rows: Vec<GridRow<'_>> = records
        .map(|(_, record)| record.map_or_else(|_| GridRow::default(), |record| grid_row(text, &record)))
        .collect();
    let (header, skip) = table::find(&rows, lookup)?;
    Some(Layout { delimiter, header, skip, line: rows[skip - 1].number })
}

/// Reads all rows of a text; `file` names it in places.
pub fn rows(text: &str, file: &str, lookup: &Lookup, problems: &mut Vec<Problem>) -> Table {
    let Some(layout) = layout(text, lookup) else {
        if !text.trim().is_empty() {
            problems.push(table::no_header(file));
        }
        return Table::default();
    };
    problems.extend(layout.header.problems(&Place::line(file, layout.line), lookup));
    let mut table = RowReader::new(&layout.header, file);
    let mut rows = Vec::new();
    for (at, (line, record)) in Records::new(text, layout.delimiter).enumerate() {
        match record {
            // A title such as `"Ромашка" ООО` is nobody's row.
            Err(Broken { fault: Fault::TextAfterQuote, several_lines: false, .. }) if at < layout.skip => {}
            Err(broken) => problems.push(told(broken, &layout.header, Place::line(file, line))),
            Ok(record) if at >= layout.skip => {
                let raw = table.row(grid_row(text, &record), problems);
                rows.extend(raw.map(|raw| value::row(&raw, &layout.header, Serials::Since1900, problems)));
            }
            Ok(_) => {}
        }
    }
    Table { rows, fields: layout.header.all_fields() }
}

fn told(broken: Broken, header: &Header, place: Place) -> Problem {
    let column = match header.label(broken.cell) {
        Some(label) => format!("column `{label}`"),
        None => format!("column {}", broken.cell + 1),
    };
    let problem = Problem::error(broken.fault.to_string()).at(place).part(column);
    match broken.fault {
        Fault::Unclosed | Fault::TextAfterQuote => {
            problem.hint("a quote inside a quoted cell is written twice: \"ООО \"\"Гранит\"\"\"")
        }
        Fault::TooWide => problem.hint("is this a CSV with `;`, `,` or tab?"),
    }
}
