//! Finds the header of a table, in one line or two.

use std::collections::BTreeMap;

use crate::model::{Place, Problem};

use super::{
    super::{
        fields::{Field, normalise},
        grid::GridRow,
        raw::Labels,
    },
    lookup::Lookup,
};

/// In how many rows from the top the header is looked for.
pub const SEARCHED_ROWS: usize = 30;

/// The header of a table: what each column says.
#[derive(Debug, Default)]
pub struct Header {
    columns: Vec<Column>,
    /// The filled cells of each header line, to know it when it is repeated on a later page.
    lines: Vec<Vec<(usize, String)>>,
}

#[derive(Debug, Default)]
struct Column {
    /// The header as shown; empty where the column has none.
    label: String,
    fields: Vec<Field>,
    /// Which of the two lines gave the fields.
    from: From,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum From {
    #[default]
    Nowhere,
    Upper,
    Lower,
    Both,
}

/// Finds the row (or pair of rows) with most known headers: at least two, one of them a name or a
/// personnel number; of several such rows the first. Parameter lines above a header name fewer.
/// Returns the header and how many rows it and the titles above it take.
pub fn find(rows: &[GridRow<'_>], lookup: &Lookup) -> Option<(Header, usize)> {
    let searched = &rows[..rows.len().min(SEARCHED_ROWS)];
    let candidates = (0..searched.len()).filter_map(|at| {
        let pair = searched.get(at + 1).and_then(|lower| Header::of_two(&searched[at], lower, lookup));
        let (header, lines) = match pair {
            Some(header) => (header, 2),
            None => (Header::of_one(&searched[at], lookup), 1),
        };
        header.is_one().then_some((header, at + lines))
    });
    candidates.reduce(|best, next| if next.0.known() > best.0.known() { next } else { best })
}

impl Header {
    /// Returns the fields of a column.
    pub fn fields(&self, column: usize) -> &[Field] {
        self.columns.get(column).map_or(&[], |column| &column.fields)
    }

    /// Returns the header of a column as shown.
    pub fn label(&self, column: usize) -> Option<&str> {
        self.columns.get(column).map(|column| column.label.as_str()).filter(|label| !label.is_empty())
    }

    /// Returns the header of the column that gives a field.
    pub fn label_of(&self, field: Field) -> Option<&str> {
        self.column_of(field).and_then(|column| self.label(column))
    }

    /// Returns the column that gives a field.
    pub fn column_of(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.fields.contains(&field))
    }

    /// Lists the fields of all columns, each with what the user calls it.
    pub fn all_fields(&self) -> BTreeMap<Field, String> {
        let fields = self.columns.iter().flat_map(|column| &column.fields);
        fields.map(|field| (*field, self.part(*field))).collect()
    }

    /// Tells how many columns there are up to the last that has a header.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Tells how many columns are known.
    pub fn known(&self) -> usize {
        self.columns.iter().filter(|column| !column.fields.is_empty()).count()
    }

    /// Tells whether a column gives the department.
    pub fn has_department(&self) -> bool {
        [Field::Department, Field::ManagementDepartment]
            .into_iter()
            .any(|field| self.column_of(field).is_some())
    }

    /// Tells whether a column gives the organization.
    pub fn has_organization(&self) -> bool {
        [Field::Organization, Field::HeadOrganization]
            .into_iter()
            .any(|field| self.column_of(field).is_some())
    }

    /// Tells whether a row is a line of this header once more, as on a later page.
    pub fn is_repeated_by(&self, row: &GridRow<'_>) -> bool {
        let fits = |line: &Vec<(usize, String)>| {
            line.len() == row.cells.len()
                && line
                    .iter()
                    .zip(&row.cells)
                    .all(|((at, text), (column, cell))| at == column && *text == cell.shown())
        };
        self.lines.iter().any(fits)
    }

    /// Reports fields that two columns name, and mapped headers that are not there.
    pub fn problems(&self, place: &Place, lookup: &Lookup) -> Vec<Problem> {
        let labels: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.label.clone())
            .filter(|label| !label.is_empty())
            .collect();
        let mut problems = lookup.missing(&place.file, &labels);
        for (at, column) in self.columns.iter().enumerate() {
            let twice = column.fields.iter().filter(|field| **field != Field::Ignored);
            let earlier = twice
                .filter_map(|field| self.columns[..at].iter().find(|other| other.fields.contains(field)));
            problems.extend(earlier.take(1).map(|other| named_twice(&other.label, &column.label, place)));
        }
        problems
    }

    fn of_one(row: &GridRow<'_>, lookup: &Lookup) -> Header {
        let mut header = Header::default();
        for (at, cell) in &row.cells {
            let label = cell.shown().into_owned();
            let fields = lookup.fields(&normalise(&label));
            header.set(*at, Column { label, fields, from: From::Upper });
        }
        header.finish(&[row])
    }

    /// Reads two rows as one header; none where the second is no part of a header.
    fn of_two(upper: &GridRow<'_>, lower: &GridRow<'_>, lookup: &Lookup) -> Option<Header> {
        let mut header = Header::default();
        let mut carried = String::new();
        let last = upper.cells.last().into_iter().chain(lower.cells.last()).map(|(at, _)| *at).max()?;
        for at in 0..=last {
            let above = upper.cell(at).map(|cell| cell.shown().into_owned());
            let below = lower.cell(at).map(|cell| cell.shown().into_owned());
            if let Some(above) = &above {
                carried.clone_from(above);
            }
            if above.is_some() || below.is_some() {
                header.set(at, two_line_column(above, below, &carried, lookup)?);
            }
        }
        let gave = |from: From| header.columns.iter().any(|column| column.from == from);
        let both = gave(From::Both) || (gave(From::Upper) && gave(From::Lower));
        both.then(|| header.finish(&[upper, lower]))
    }

    fn set(&mut self, at: usize, column: Column) {
        self.columns.resize_with(at, Column::default);
        self.columns.push(column);
    }

    /// Remembers the lines and settles what «Имя» is: the first name beside a surname, else the whole.
    fn finish(mut self, lines: &[&GridRow<'_>]) -> Header {
        let line = |row: &&GridRow<'_>| {
            row.cells.iter().map(|(at, cell)| (*at, cell.shown().into_owned())).collect::<Vec<_>>()
        };
        self.lines = lines.iter().map(line).collect();
        if self.column_of(Field::LastName).is_none() {
            for column in self.columns.iter_mut().filter(|column| normalise(&column.label) == "имя") {
                let first_names = column.fields.iter_mut().filter(|field| **field == Field::FirstName);
                first_names.for_each(|field| *field = Field::FullName);
            }
        }
        self
    }

    fn is_one(&self) -> bool {
        let leads = self.columns.iter().flat_map(|column| &column.fields).any(|field| field.leads());
        leads && self.known() >= 2
    }
}

/// Reads a column of a two-line header: both lines together, else the lower, else the upper
/// alone. None where the lower cell stands below a complete header and so must be data.
fn two_line_column(
    above: Option<String>,
    below: Option<String>,
    carried: &str,
    lookup: &Lookup,
) -> Option<Column> {
    let fields = |text: &str| lookup.fields(&normalise(text));
    let upper = above.as_deref().map(fields).unwrap_or_default();
    let Some(below) = below else {
        let from = if upper.is_empty() { From::Nowhere } else { From::Upper };
        return Some(Column { label: above.unwrap_or_default(), fields: upper, from });
    };
    let joined = format!("{carried} {below}").trim().to_owned();
    let both = fields(&joined);
    if !carried.is_empty() && !both.is_empty() {
        return Some(Column { label: joined, fields: both, from: From::Both });
    }
    let lower = fields(&below);
    if !lower.is_empty() {
        let from = if upper.is_empty() { From::Lower } else { From::Nowhere };
        return Some(Column { label: below, fields: lower, from });
    }
    upper.is_empty().then_some(Column { label: joined, fields: Vec::new(), from: From::Nowhere })
}

fn named_twice(first: &str, second: &str, place: &Place) -> Problem {
    let what = if first == second {
        format!("the header `{first}` stands twice")
    } else {
        format!("the headers `{first}` and `{second}` name one field")
    };
    Problem::error(what)
        .at(place.clone())
        .part(format!("column `{second}`"))
        .hint("remove one of the columns, or say which one to read in `people.columns`")
}
