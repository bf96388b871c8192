//! What the tests of file sources share.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use shtat::model::{People, Person, Problem};
use shtat::source::{Column, FileKind, FileSource, FileSpec, Source, open};

/// A file of people in a folder of its own.
pub struct Place {
    /// Keeps the folder while the test runs.
    pub folder: tempfile::TempDir,
    /// The people's file in it.
    pub path: PathBuf,
    kind: FileKind,
}

/// What was read, in a form that is easy to compare.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    /// The people.
    pub people: People,
    /// Each problem as a line.
    pub problems: Vec<String>,
}

impl Place {
    /// Writes a people's file.
    pub fn new(kind: FileKind, bytes: &[u8]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name(kind));
        fs::write(&path, bytes).unwrap();
        Place { folder, path, kind }
    }

    /// Opens it.
    pub fn source(&self) -> FileSource {
        self.mapped(&[])
    }

    /// Opens it with `people.columns`.
    pub fn mapped(&self, columns: &[(&str, &str)]) -> FileSource {
        let column = |header: &str| Column {
            header: header.to_owned(),
            place: Some(shtat::model::Place::at("shtat.yaml", 4, 7)),
        };
        let columns: BTreeMap<String, Column> =
            columns.iter().map(|(field, header)| ((*field).to_owned(), column(header))).collect();
        open(FileSpec { columns, ..FileSpec::new(self.kind, &self.path, name(self.kind)) })
    }

    /// Returns what the file holds now.
    pub fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }
}

fn name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Csv => "people.csv",
        FileKind::Xlsx => "people.xlsx",
        FileKind::Json => "people.json",
    }
}

/// Reads a file of people.
pub fn company(kind: FileKind, bytes: &[u8]) -> Company {
    read(&Place::new(kind, bytes).source())
}

/// Reads a source.
pub fn read(source: &FileSource) -> Company {
    let reading = source.read();
    Company { people: reading.people, problems: reading.problems.iter().map(line).collect() }
}

/// Writes a problem as `error people.csv:2 column `Имя` what`.
pub fn line(problem: &Problem) -> String {
    let severity = if problem.is_error() { "error" } else { "warning" };
    let place = problem.place.as_ref().map(ToString::to_string);
    let parts = [Some(severity.to_owned()), place, problem.part.clone(), Some(problem.what.clone())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Drops the severity of each line, which must be an error.
pub fn codes(problems: &[String]) -> Vec<&str> {
    problems.iter().map(|problem| problem.strip_prefix("error ").unwrap_or(problem)).collect()
}

/// Finds a person by key.
pub fn person<'p>(people: &'p People, id: &str) -> &'p Person {
    let ids = || people.persons.iter().map(|person| &person.id).collect::<Vec<_>>();
    people
        .persons
        .iter()
        .find(|person| person.id.0 == id)
        .unwrap_or_else(|| panic!("{id} is not among {:?}", ids()))
}

/// Encodes a text in every way that is read.
pub fn encodings(text: &str) -> Vec<Vec<u8>> {
    let utf16 = || text.encode_utf16();
    vec![
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [0xff, 0xfe].into_iter().chain(utf16().flat_map(u16::to_le_bytes)).collect(),
        [0xfe, 0xff].into_iter().chain(utf16().flat_map(u16::to_be_bytes)).collect(),
        encoding_rs::WINDOWS_1251.encode(text).0.into_owned(),
    ]
}

/// Writes a table as CSV, every cell quoted that needs it.
pub fn csv(rows: &[Vec<&str>]) -> Vec<u8> {
    let cell = |cell: &&str| {
        if cell.contains([';', '"', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            (*cell).to_owned()
        }
    };
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let line = |row: &Vec<&str>| {
        let mut cells: Vec<String> = row.iter().map(cell).collect();
        cells.resize(width, String::new());
        cells.join(";") + "\r\n"
    };
    rows.iter().map(line).collect::<String>().into_bytes()
}

/// Writes a table as the sheet of a workbook, every cell a text.
pub fn sheet(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("TDSheet").unwrap();
    for (at, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(at, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Reads a table as CSV and as a workbook, which must mean the same, and returns what it means.
pub fn table(rows: &[Vec<&str>]) -> Company {
    let from_csv = company(FileKind::Csv, &csv(rows));
    let from_sheet = company(FileKind::Xlsx, &sheet(rows)).renamed("people.xlsx", "people.csv");
    assert_eq!(from_csv, from_sheet);
    from_csv
}

impl Company {
    /// Names another file in every place.
    pub fn renamed(mut self, from: &str, to: &str) -> Company {
        for job in self.people.persons.iter_mut().flat_map(|person| &mut person.employments) {
            job.origin = job.origin.replace(from, to);
        }
        self.problems.iter_mut().for_each(|problem| *problem = problem.replace(from, to));
        self
    }

    /// Forgets where everything stands.
    pub fn placeless(mut self) -> Company {
        for job in self.people.persons.iter_mut().flat_map(|person| &mut person.employments) {
            job.origin.clear();
        }
        self
    }
}

/// Packs a workbook of one sheet from its XML and that of the shared texts.
pub fn package(sheet: &str, strings: &str) -> Vec<u8> {
    package_with(&[("xl/worksheets/sheet1.xml", sheet), ("xl/SharedStrings.xml", strings)], "")
}

/// Packs a workbook from parts; `properties` go into `workbookPr`.
pub fn package_with(parts: &[(&str, &str)], properties: &str) -> Vec<u8> {
    use std::io::Write;
    let relations = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    let sheets = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://x/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>";
    let second = if parts.iter().any(|(name, _)| name.ends_with("sheet2.xml")) {
        "<sheet name=\"b\" r:id=\"rId2\"/>"
    } else {
        ""
    };
    let book = format!(
        "<workbook><workbookPr {properties}/><sheets><sheet name=\"TDSheet\" r:id=\"rId1\"/>{second}</sheets></workbook>"
    );
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let fixed = [
        ("_rels/.rels", relations),
        ("xl/_rels/workbook.xml.rels", sheets),
        ("xl/workbook.xml", book.as_str()),
    ];
    for (name, content) in fixed.iter().chain(parts) {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
