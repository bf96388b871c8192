//! A file of people as a source.

use crate::model::{Email, PersonId, Problem};

use super::{
    FileKind, FileSpec, Reading, Source, Written, csv, json, load::load, persons, row::Row, table::Lookup,
    xlsx,
};

/// A CSV, a workbook or a JSON file.
#[derive(Debug)]
pub struct FileSource {
    spec: FileSpec,
}

/// Opens a file as a source. The file itself is looked at when it is read.
pub fn open(spec: FileSpec) -> FileSource {
    FileSource { spec }
}

impl FileSource {
    fn rows(&self, bytes: &[u8], problems: &mut Vec<Problem>) -> Result<Vec<Row>, Problem> {
        let FileSpec { shown, kind, columns, .. } = &self.spec;
        let lookup = Lookup::new(columns, problems);
        match kind {
            FileKind::Csv => {
                let (text, _) = csv::decode(bytes, shown)?;
                Ok(csv::rows(&text, shown, &lookup, problems))
            }
            FileKind::Xlsx => xlsx::rows(bytes, shown, &lookup, problems),
            FileKind::Json => {
                let (text, _) = csv::decode(bytes, shown)?;
                json::rows(&text, shown, &lookup, problems)
            }
        }
    }
}

impl Source for FileSource {
    fn read(&self) -> Reading {
        let mut problems = Vec::new();
        let bytes = load(&self.spec.path, &self.spec.shown);
        let rows = bytes.and_then(|bytes| self.rows(&bytes, &mut problems)).unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        });
        let mut reading = persons::assemble(rows, problems);
        reading.people.refuses_formulas = self.spec.kind != FileKind::Json;
        reading
    }

    fn write_email(
        &self,
        _person: &PersonId,
        _expects: Option<&str>,
        _want: &Email,
    ) -> Result<Written, Problem> {
        Err(Problem::error("files are not written yet"))
    }

    fn look_email(
        &self,
        _person: &PersonId,
        _expects: Option<&str>,
        _want: &Email,
    ) -> Result<Written, Problem> {
        Err(Problem::error("files are not written yet"))
    }
}
