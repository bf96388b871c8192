//! A file of people as a source.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use crate::model::{Email, HrEmail, People, PersonId, Place, Problem, Unmanaged};

use super::{
    FileKind, FileSpec, Reading, Source, Written, csv,
    fields::Field,
    json,
    load::{load, load_optional},
    persons,
    row::Row,
    side,
    table::Lookup,
    write, xlsx,
};

/// A CSV, a workbook or a JSON file.
#[derive(Debug)]
pub struct FileSource {
    pub(super) spec: FileSpec,
    /// What was read last, so that looking at ten thousand addresses does not parse as often.
    known: Mutex<Option<Arc<Known>>>,
}

/// A file as it was read, and what it said.
#[derive(Debug)]
pub(super) struct Known {
    /// The file's bytes.
    pub main: Vec<u8>,
    /// Those of the file of addresses beside it, where there is one.
    pub side: Option<Vec<u8>>,
    /// What they say.
    pub reading: Reading,
    /// Whether the addresses stand beside the file rather than in it.
    pub beside: bool,
}

/// Opens a file as a source. The file itself is looked at when it is read.
pub fn open(spec: FileSpec) -> FileSource {
    FileSource { spec, known: Mutex::new(None) }
}

/// Reads people from a JSON text that is no file of its own. `shown` names it in places.
pub fn read_json(text: &str, shown: &str) -> Reading {
    let spec = FileSpec::new(FileKind::Json, shown, shown);
    open(spec).parse(text.as_bytes().to_vec(), None).reading
}

/// Rows, and the fields that the source has a place for.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub rows: Vec<Row>,
    /// Each field that is there, by what the user calls it: ``column `Дата приема` ``.
    pub fields: BTreeMap<Field, String>,
}

impl Table {
    /// Names what no column and no group row tells: it is not managed, so that nothing is cleared
    /// and nobody moved for want of a column.
    fn untold(&self) -> BTreeSet<Unmanaged> {
        let has = |field: Field| self.fields.contains_key(&field);
        let told = [
            (
                Unmanaged::Departments,
                has(Field::Department)
                    || has(Field::ManagementDepartment)
                    || self.rows.iter().any(|row| !row.department.is_empty()),
            ),
            (Unmanaged::Positions, has(Field::Position) || has(Field::StaffPosition)),
            (Unmanaged::Birthdays, has(Field::Birthday)),
            (Unmanaged::Phones, has(Field::Phone)),
        ];
        told.into_iter().filter(|(_, told)| !told).map(|(what, _)| what).collect()
    }
}

impl FileSource {
    /// Reads the file as it is now; where it did not change, what it said is still known.
    pub(super) fn now(&self) -> Result<Arc<Known>, Problem> {
        let main = load(&self.spec.path, &self.spec.shown)?;
        let side = self.load_side()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref() {
            Some(known) if known.main == main && known.side == side => Ok(Arc::clone(known)),
            _ => Ok(Arc::clone(known.insert(Arc::new(self.parse(main, side))))),
        }
    }

    /// Remembers what a file says that we have just written.
    pub(super) fn remember(&self, fresh: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(fresh));
    }

    /// Reads what these bytes say.
    pub(super) fn parse(&self, main: Vec<u8>, side: Option<Vec<u8>>) -> Known {
        let mut problems = Vec::new();
        let table = self.table(&main, &mut problems).unwrap_or_else(|problem| {
            problems.push(problem);
            Table::default()
        });
        let beside = self.spec.kind != FileKind::Json && !table.fields.contains_key(&Field::Email);
        let unmanaged = if table.rows.is_empty() { BTreeSet::new() } else { table.untold() };
        let mut reading = persons::assemble(table.rows, problems);
        reading.problems.iter_mut().for_each(|problem| call_as_the_user_does(problem, &table.fields));
        reading.people.unmanaged = unmanaged;
        reading.people.refuses_formulas = self.spec.kind != FileKind::Json;
        if let (true, Some(side)) = (beside, &side) {
            self.add_addresses(&mut reading, side);
        }
        Known { main, side, reading, beside }
    }

    fn table(&self, bytes: &[u8], problems: &mut Vec<Problem>) -> Result<Table, Problem> {
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

    fn load_side(&self) -> Result<Option<Vec<u8>>, Problem> {
        if self.spec.kind == FileKind::Json {
            return Ok(None);
        }
        let (path, shown) = side::place(&self.spec);
        load_optional(&path, &shown)
    }

    /// Gives people the addresses that stand beside the file.
    fn add_addresses(&self, reading: &mut Reading, bytes: &[u8]) {
        let (_, file) = side::place(&self.spec);
        let addresses = side::read(bytes, &file, &mut reading.problems);
        if reading.has_errors() {
            reading.people.persons.clear();
        }
        for person in &mut reading.people.persons {
            let Some(address) = addresses.get(&person.id.0) else { continue };
            let email = read_address(address, &file, &mut reading.problems);
            for employment in &mut person.employments {
                employment.contact.email = email.clone();
            }
        }
    }
}

/// Names the column of the file where a problem names a field.
fn call_as_the_user_does(problem: &mut Problem, fields: &BTreeMap<Field, String>) {
    let name = problem.part.as_deref().and_then(|part| part.strip_prefix("field `")?.strip_suffix('`'));
    let Some(field) = name.and_then(Field::named) else { return };
    let stands_in =
        [Some(field), field.stand_in()].into_iter().flatten().find_map(|field| fields.get(&field));
    if let Some(column) = stands_in {
        problem.part = Some(column.clone());
    }
}

fn read_address(address: &side::Address, file: &str, problems: &mut Vec<Problem>) -> HrEmail {
    match Email::parse(&address.text) {
        Ok(email) => HrEmail::Usable(email),
        Err(fault) => {
            problems.push(
                Problem::warning("the address is neither used nor replaced")
                    .at(Place::line(file, address.line))
                    .part(format!("column `{}`", side::HEADERS[side::ADDRESS]))
                    .cause(fault.to_string()),
            );
            HrEmail::Unusable(address.text.clone())
        }
    }
}

impl Source for FileSource {
    fn read(&self) -> Reading {
        let bytes = load(&self.spec.path, &self.spec.shown)
            .and_then(|main| self.load_side().map(|side| (main, side)));
        match bytes {
            Ok((main, side)) => self.parse(main, side).reading,
            Err(problem) => Reading { people: People::default(), problems: vec![problem] },
        }
    }

    fn write_email(
        &self,
        person: &PersonId,
        expects: Option<&str>,
        want: &Email,
    ) -> Result<Written, Problem> {
        write::write(self, person, expects, want)
    }

    fn look_email(&self, person: &PersonId, expects: Option<&str>, want: &Email) -> Result<Written, Problem> {
        write::look(&*self.now()?, person, expects, want)
    }
}
