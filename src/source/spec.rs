//! Which file people are read from, and how its columns are called.

use std::{collections::BTreeMap, path::PathBuf};

use crate::model::Place;

/// A file of people, as `people` in shtat.yaml names it.
#[derive(Debug, Clone)]
pub struct FileSpec {
    /// Where it lies.
    pub path: PathBuf,
    /// The path as the user wrote it; every place names the file so.
    pub shown: String,
    /// Which kind it is.
    pub kind: FileKind,
    /// `people.columns`: the header of each mapped field, by the field's name. Wins over the
    /// headers that are known by themselves.
    pub columns: BTreeMap<String, Column>,
}

/// Kinds of people's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Text with `;`, `,` or tab.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// An array, JSON Lines, or `{"value": […]}`.
    Json,
}

/// A header that `people.columns` maps to a field.
#[derive(Debug, Clone)]
pub struct Column {
    /// The header (for JSON: the key), compared like known headers.
    pub header: String,
    /// Where shtat.yaml says so.
    pub place: Option<Place>,
}

impl FileSpec {
    /// Names a file whose columns have headers that are known by themselves.
    pub fn new(kind: FileKind, path: impl Into<PathBuf>, shown: impl Into<String>) -> FileSpec {
        FileSpec { path: path.into(), shown: shown.into(), kind, columns: BTreeMap::new() }
    }
}
