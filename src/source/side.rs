//! `<name>.email.csv`: addresses beside a table that has no column for them.

use std::{collections::BTreeMap, ops::Range, path::PathBuf};

use crate::model::{Person, Place, Problem};

use super::{
    FileSpec, csv,
    csv::{Record, Records},
    fields::{Field, normalise},
    grid::tidy,
};

/// The headers of a new file (and what each column is for).
pub const HEADERS: [&str; 6] =
    ["Ключ", "Табельный номер", "Сотрудник", "Организация", "Электронная почта", "Было"];
const KEY: usize = 0;
/// Which of [`HEADERS`] is the address.
pub const ADDRESS: usize = 4;
const BEFORE: usize = 5;

/// Characters that make a spreadsheet program compute a cell.
pub const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];

/// Returns where the addresses of a people's file lie, and how the user would write it.
pub fn place(spec: &FileSpec) -> (PathBuf, String) {
    let path = spec.path.with_extension("email.csv");
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let shown = match spec.shown.rfind(['/', '\\']) {
        Some(slash) => format!("{}{name}", &spec.shown[..=slash]),
        None => name,
    };
    (path, shown)
}

/// An address of a side file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The cell as it stands.
    pub text: String,
    /// The line where its row starts.
    pub line: u32,
}

/// Reads the addresses by the person's key; rows without an address are none.
pub fn read(bytes: &[u8], file: &str, problems: &mut Vec<Problem>) -> BTreeMap<String, Address> {
    let mut addresses = BTreeMap::new();
    let sheet = match Sheet::parse(bytes, file) {
        Ok(sheet) => sheet,
        Err(problem) => {
            problems.push(problem);
            return addresses;
        }
    };
    for (line, record) in &sheet.records {
        let place = Place::line(file, *line);
        match record {
            Err(broken) => problems.push(Problem::error(broken.fault.to_string()).at(place)),
            Ok(record) if sheet.is_blank(record) => {}
            Ok(record) if record.cells.len() <= sheet.columns[KEY].max(sheet.columns[ADDRESS]) => {
                problems.push(Problem::error("the row ends before the address").at(place));
            }
            Ok(record) => {
                let address = Address { text: sheet.cell(record, ADDRESS), line: *line };
                let twice = addresses.insert(sheet.key(record), address).is_some();
                problems.extend(twice.then(|| {
                    Problem::error("the person stands here a second time")
                        .at(place)
                        .part(format!("column `{}`", HEADERS[KEY]))
                }));
            }
        }
    }
    addresses.retain(|_, address| !address.text.is_empty());
    addresses
}

/// Returns the file with an address for a person; `bytes` is none where there is no file yet.
pub fn write(
    bytes: Option<&[u8]>,
    file: &str,
    person: &Person,
    before: Option<&str>,
    address: &str,
) -> Result<Vec<u8>, Problem> {
    let fresh = format!("\u{feff}{}\r\n", HEADERS.join(";"));
    let bytes = bytes.filter(|bytes| !bytes.is_empty()).unwrap_or(fresh.as_bytes());
    let sheet = Sheet::parse(bytes, file)?;
    let splices = sheet.splices(person, before.unwrap_or_default(), address);
    csv::rewrite(bytes, splices).ok_or_else(|| {
        Problem::error("the file's encoding has no place for a character of the row")
            .at(Place::file(file))
            .hint("save the file again as UTF-8")
    })
}

/// A side file cut into records.
struct Sheet {
    text: String,
    delimiter: u8,
    /// Where each of [`HEADERS`] stands; beyond the last column where it does not.
    columns: [usize; HEADERS.len()],
    width: usize,
    records: Vec<(u32, Result<Record, csv::Broken>)>,
}

impl Sheet {
    fn parse(bytes: &[u8], file: &str) -> Result<Sheet, Problem> {
        let (text, _) = csv::decode(bytes, file)?;
        let with = |delimiter: u8| Sheet::with(text.clone().into_owned(), delimiter);
        csv::DELIMITERS.into_iter().find_map(with).ok_or_else(|| {
            Problem::error("the first row does not name the columns `Ключ` and `Электронная почта`")
                .at(Place::line(file, 1))
                .hint("mend the row, or move the file away: it is written anew")
        })
    }

    fn with(text: String, delimiter: u8) -> Option<Sheet> {
        let mut records = Records::new(&text, delimiter);
        let (_, header) = records.next()?;
        let header = header.ok()?;
        let names: Vec<String> =
            header.cells.iter().map(|cell| normalise(&csv::value(&text[cell.clone()]))).collect();
        let column =
            |name: &str| names.iter().position(|other| *other == normalise(name)).unwrap_or(usize::MAX);
        let mut columns = HEADERS.map(column);
        for (at, field) in [(KEY, Field::PersonId), (ADDRESS, Field::Email)] {
            if columns[at] == usize::MAX {
                let named = names.iter().position(|name| Field::of_header(name) == Some(field));
                columns[at] = named.unwrap_or(usize::MAX);
            }
        }
        let found = columns[KEY] != usize::MAX && columns[ADDRESS] != usize::MAX;
        let records = records.collect();
        found.then_some(Sheet { text, delimiter, columns, width: names.len(), records })
    }

    fn raw(&self, record: &Record, header: usize) -> Option<&str> {
        record.cells.get(self.columns[header]).map(|cell| &self.text[cell.clone()])
    }

    fn cell(&self, record: &Record, header: usize) -> String {
        let value = self.raw(record, header).map(csv::value).unwrap_or_default();
        tidy(&value).into_owned()
    }

    /// Returns the person's key of a row, without the apostrophe that keeps it from computing.
    fn key(&self, record: &Record) -> String {
        let key = self.cell(record, KEY);
        match key.strip_prefix('\'') {
            Some(plain) if plain.starts_with(FORMULA_STARTS) => plain.to_owned(),
            _ => key,
        }
    }

    fn is_blank(&self, record: &Record) -> bool {
        record.cells.iter().all(|cell| csv::value(&self.text[cell.clone()]).trim().is_empty())
    }

    /// Replaces the address in the person's row, or adds a row.
    fn splices(&self, person: &Person, before: &str, address: &str) -> Vec<(Range<usize>, String)> {
        let records = self.records.iter().filter_map(|(_, record)| record.as_ref().ok());
        let mut rows = records.filter(|record| self.key(record) == person.id.0);
        let Some(record) = rows.next() else { return vec![self.new_row(person, before, address)] };
        let edits = [(ADDRESS, address), (BEFORE, before)];
        let edits = edits.map(|(header, value)| csv::CellEdit {
            record,
            column: self.columns[header],
            value: value.to_owned(),
        });
        edits.iter().filter_map(|edit| csv::cell_splice(&self.text, edit, self.delimiter)).collect()
    }

    fn new_row(&self, person: &Person, before: &str, address: &str) -> (Range<usize>, String) {
        let job = person.employments.first();
        let number = job.and_then(|job| job.personnel_number.clone()).unwrap_or_default();
        let name = job.map(|job| job.contact.name.full()).unwrap_or_default();
        let organization = job.map(|job| job.organization.name.clone()).unwrap_or_default();
        let values = [&person.id.0, &number, &name, &organization, &address.to_owned(), &before.to_owned()];
        let mut cells = vec![String::new(); self.width];
        for (column, value) in self.columns.into_iter().zip(values) {
            if let Some(cell) = cells.get_mut(column) {
                *cell = csv::raw_cell(&inert(value), false, self.delimiter);
            }
        }
        let line_end = if self.text.contains("\r\n") || !self.text.contains('\n') { "\r\n" } else { "\n" };
        let open = !self.text.ends_with(['\n', '\r']);
        let start = if open { line_end } else { "" };
        let end = self.text.len();
        (
            end..end,
            format!("{start}{}{line_end}", cells.join(char::from(self.delimiter).encode_utf8(&mut [0; 4]))),
        )
    }
}

/// Keeps a spreadsheet program from computing a value.
fn inert(value: &str) -> String {
    if value.starts_with(FORMULA_STARTS) { format!("'{value}") } else { value.to_owned() }
}
