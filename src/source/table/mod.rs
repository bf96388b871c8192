//! The layout of a table as people export it: titles above a header, which may have two lines,
//! group rows that carry the department, totals, blank rows. CSV and sheets are read alike.

mod carry;
mod classify;
mod header;
mod lookup;

pub use header::{Header, SEARCHED_ROWS, find};
pub use lookup::Lookup;

use crate::model::{Place, Problem};

use super::{
    fields::{FIELD_COUNT, Field},
    grid::{Cell, GridRow},
    raw::{Labels, Raw},
};
use carry::Carried;
use classify::Kind;

/// Reads the rows below a header, one after the other.
pub struct RowReader<'h> {
    header: &'h Header,
    file: String,
    carried: Carried,
    begun: bool,
}

impl<'h> RowReader<'h> {
    /// Begins below the header of `file`.
    pub fn new(header: &'h Header, file: &str) -> RowReader<'h> {
        RowReader { header, file: file.to_owned(), carried: Carried::default(), begun: false }
    }

    /// Reads the next row; none where it states no employment.
    pub fn row<'a>(&mut self, row: GridRow<'a>, problems: &mut Vec<Problem>) -> Option<Raw<'a>> {
        let first = !std::mem::replace(&mut self.begun, true);
        match classify::kind(&row, self.header, first) {
            Kind::Nothing => None,
            Kind::Group(title) => {
                problems.extend(self.carried.group(&title, self.header, self.place(&row)));
                None
            }
            Kind::Employment => {
                self.carried.people_follow();
                self.employment(row, problems)
            }
        }
    }

    fn employment<'a>(&self, row: GridRow<'a>, problems: &mut Vec<Problem>) -> Option<Raw<'a>> {
        let place = self.place(&row);
        if let Some(problem) = self.shape(&row, &place) {
            problems.push(problem);
            return None;
        }
        let mut raw = Raw { place, cells: [const { None }; FIELD_COUNT] };
        for (column, cell) in row.cells {
            for field in self.header.fields(column) {
                raw.cells[*field as usize] = Some(cell.clone());
            }
        }
        self.carried.fill(self.header, &mut raw);
        Some(raw)
    }

    /// Reports a row that ends too early or too late.
    fn shape(&self, row: &GridRow<'_>, place: &Place) -> Option<Problem> {
        let width = self.header.width();
        let last = self.header.label(width.saturating_sub(1)).unwrap_or_default();
        if row.width.is_some_and(|cells| cells < width) {
            return Some(
                Problem::error("the row ends before the last column of the header")
                    .at(place.clone())
                    .part(format!("column `{last}`"))
                    .hint("the file was cut off, or a delimiter is missing in the row"),
            );
        }
        let beyond = row.cells.iter().find(|(column, _)| *column >= width)?;
        Some(
            Problem::error("the row goes on after the last column of the header")
                .at(place.clone())
                .part(format!("column {}, after `{last}`", beyond.0 + 1))
                .hint("quote the cell that holds a delimiter, give the column a header, or empty the cell"),
        )
    }

    fn place(&self, row: &GridRow<'_>) -> Place {
        Place::line(&self.file, row.number)
    }
}

/// States that a table has no header that could be read.
pub fn no_header(file: &str) -> Problem {
    Problem::error(format!("no header is found in the first {SEARCHED_ROWS} rows"))
        .at(Place::file(file))
        .cause("a header holds at least two known names of columns, one of them a name or a personnel number")
        .hint("say in `people.columns` how your columns are called, for example `last_name: \"Сотрудник, фамилия\"`")
}

impl Labels for Header {
    fn part(&self, field: Field) -> String {
        match self.label_of(field) {
            Some(label) => format!("column `{label}`"),
            None => "group row above".to_owned(),
        }
    }

    fn has(&self, field: Field) -> bool {
        self.column_of(field).is_some()
    }
}

impl Carried {
    /// Fills in what group rows above say and no column does.
    fn fill(&self, header: &Header, raw: &mut Raw<'_>) {
        let carried = [
            (Field::Department, &self.department, header.has_department()),
            (Field::Organization, &self.organization, header.has_organization()),
        ];
        for (field, title, has_column) in carried {
            if let (Some(title), false) = (title, has_column) {
                raw.cells[field as usize] = Some(Cell::Text(title.clone().into()));
            }
        }
    }
}
