//! Which fields a header names: those that `people.columns` maps, else those known by themselves.

use std::collections::BTreeMap;

use crate::model::{Problem, nearest};

use super::super::{
    fields::{Field, NAMED, normalise},
    spec::Column,
};

/// Finds the fields of a header.
#[derive(Debug, Default)]
pub struct Lookup {
    mapped: Vec<Mapped>,
}

#[derive(Debug)]
struct Mapped {
    field: Field,
    header: String,
    column: Column,
}

impl Lookup {
    /// Takes `people.columns`; a name that is no field is a mistake.
    pub fn new(columns: &BTreeMap<String, Column>, problems: &mut Vec<Problem>) -> Lookup {
        let mut mapped = Vec::new();
        for (name, column) in columns {
            match Field::named(name) {
                Some(field) => {
                    mapped.push(Mapped { field, header: normalise(&column.header), column: column.clone() });
                }
                None => problems.push(unknown_field(name, column)),
            }
        }
        Lookup { mapped }
    }

    /// Returns the fields of a normalised header. One header may be mapped to several fields; a
    /// mapped field is not looked for under any other header.
    pub fn fields(&self, header: &str) -> Vec<Field> {
        let mapped: Vec<Field> =
            self.mapped.iter().filter(|mapped| mapped.header == header).map(|mapped| mapped.field).collect();
        if !mapped.is_empty() {
            return mapped;
        }
        let known =
            Field::of_header(header).filter(|field| !self.mapped.iter().any(|mapped| mapped.field == *field));
        known.into_iter().collect()
    }

    /// Reports mapped headers that a file does not have.
    pub fn missing(&self, file: &str, headers: &[String]) -> Vec<Problem> {
        let normal: Vec<String> = headers.iter().map(|header| normalise(header)).collect();
        let absent = self.mapped.iter().filter(|mapped| !normal.contains(&mapped.header));
        absent.map(|mapped| missing(&mapped.column, file, headers)).collect()
    }

    /// Returns the header (as written in shtat.yaml) that is mapped to a field.
    pub fn header_of(&self, field: Field) -> Option<&str> {
        self.mapped.iter().find(|mapped| mapped.field == field).map(|mapped| mapped.column.header.as_str())
    }
}

fn unknown_field(name: &str, column: &Column) -> Problem {
    let names = NAMED.into_iter().map(|(name, _)| name);
    let mut problem =
        Problem::error(format!("`{name}` is no field of a person or employment")).part("people.columns");
    problem.place.clone_from(&column.place);
    match nearest(name, names.clone()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!("fields are {}", names.collect::<Vec<_>>().join(", "))),
    }
}

fn missing(column: &Column, file: &str, headers: &[String]) -> Problem {
    let mut problem =
        Problem::error(format!("`{file}` has no header `{}`", column.header)).part("people.columns");
    problem.place.clone_from(&column.place);
    match nearest(&column.header, headers.iter().map(String::as_str)) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!("its headers are {}", headers.join(", "))),
    }
}
