//! Reading a portal file: defaults, and every mistake with its place.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    DocumentRows, FORMAT, PortalFile,
    file::NOT_READ,
    locate::{self, Step},
    wire,
};
use crate::model::{Edition, Place, Problem, Row};

/// Reads a parsed file and collects what is wrong with it.
pub(crate) struct Reader<'a> {
    text: &'a str,
    name: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Reads the object of a file; every mistake has its place.
    pub(crate) fn read(
        text: &'a str,
        name: &'a str,
        map: Map<String, Value>,
    ) -> Result<PortalFile, Vec<Problem>> {
        let mut reader = Reader { text, name, problems: Vec::new() };
        let file = reader.file(map);
        if reader.problems.is_empty() { Ok(file) } else { Err(reader.problems) }
    }

    fn file(&mut self, mut map: Map<String, Value>) -> PortalFile {
        let format = map.remove("format").unwrap_or_default();
        if format != FORMAT {
            self.complain(&[Step::Key("format")], format!("`format` must be `{FORMAT}`"));
        }
        let edition = self.edition(map.remove("edition"));
        let seats = self.number(&mut map, "seats");
        let owner = self.number(&mut map, "owner").unwrap_or(1);
        let admin = map.remove("admin").is_none_or(|value| wire::flag(Some(&value)));
        let scopes = self.scopes(map.remove("scopes"));
        let departments = self.identified(&mut map, "departments");
        let users = self.identified(&mut map, "users");
        let groups = self.identified(&mut map, "groups");
        let userfields = self.rows(&[Step::Key("userfields")], map.remove("userfields"));
        let not_read = map.remove(NOT_READ).is_some_and(|value| wire::flag(Some(&value)));
        let documents = self.documents(map.remove("documents")).filter(|_| !not_read);
        let other = map.into_iter().collect();
        PortalFile {
            edition,
            seats,
            owner,
            admin,
            scopes,
            departments,
            users,
            groups,
            userfields,
            documents,
            other,
        }
    }

    fn edition(&mut self, value: Option<Value>) -> Edition {
        match value.as_ref().map(Value::as_str) {
            None | Some(Some("cloud")) => Edition::Cloud,
            Some(Some("box")) => Edition::Box,
            Some(_) => {
                self.complain(&[Step::Key("edition")], "`edition` must be `cloud` or `box`".into());
                Edition::Cloud
            }
        }
    }

    fn number(&mut self, map: &mut Map<String, Value>, key: &'static str) -> Option<u64> {
        let value = map.remove(key).filter(|value| !value.is_null())?;
        let number = wire::number(&value);
        if number.is_none() {
            self.complain(&[Step::Key(key)], format!("`{key}` must be a whole number"));
        }
        number
    }

    fn scopes(&mut self, value: Option<Value>) -> Option<Vec<String>> {
        let value = value.filter(|value| !value.is_null())?;
        let texts = value.as_array().and_then(|values| {
            values.iter().map(|scope| scope.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        if texts.is_none() {
            self.complain(&[Step::Key("scopes")], "`scopes` must be a list of texts".into());
        }
        texts
    }

    fn documents(&mut self, value: Option<Value>) -> Option<DocumentRows> {
        let Some(value) = value else { return Some(DocumentRows::default()) };
        let mut map = value.as_object()?.clone();
        let mut part = |key| self.rows(&[Step::Key("documents"), Step::Key(key)], map.remove(key));
        Some(DocumentRows { companies: part("companies"), persons: part("persons") })
    }

    /// Reads rows that must have an ID, each its own.
    fn identified(&mut self, map: &mut Map<String, Value>, key: &'static str) -> Vec<Row> {
        let rows = self.rows(&[Step::Key(key)], map.remove(key));
        let mut seen = BTreeSet::new();
        for (at, row) in rows.iter().enumerate() {
            let place = [Step::Key(key), Step::Index(at)];
            match wire::id(row) {
                None => self.complain(&place, "a row without an `ID`".into()),
                Some(id) if !seen.insert(id) => self.complain(&place, format!("the `ID` {id} stands twice")),
                Some(_) => {}
            }
        }
        rows
    }

    fn rows(&mut self, place: &[Step<'static>], value: Option<Value>) -> Vec<Row> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
        let Value::Array(values) = value else {
            self.complain(place, "a list of rows must stand here".into());
            return Vec::new();
        };
        let mut rows = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            match wire::row(value) {
                Some(row) => rows.push(row),
                None => {
                    self.complain(&[place, &[Step::Index(at)]].concat(), "a row must be an object".into())
                }
            }
        }
        rows
    }

    fn complain(&mut self, place: &[Step<'_>], what: String) {
        let (line, column) = locate::place(self.text, place);
        self.problems
            .push(Problem::error(what).at(Place::at(self.name, line, column)).part(Step::path(place)));
    }
}
