//! Writes an address back into a file: every row of the person, and nothing else.

use std::collections::BTreeSet;

use crate::model::{Email, HrEmail, People, Person, PersonId, Place, Problem};

use super::{
    FileKind, FileSource, Written, csv, file::Known, json, side, store::replace, table::Lookup, xlsx,
};

/// How often a file that somebody else changes meanwhile is read and changed again.
const ATTEMPTS: usize = 5;

/// Tells how the address of a person stands.
pub fn look(
    known: &Known,
    person: &PersonId,
    expects: Option<&str>,
    want: &Email,
) -> Result<Written, Problem> {
    if let Some(problem) = known.reading.problems.iter().find(|problem| problem.is_error()) {
        return Err(problem.clone());
    }
    let Some(person) = find(&known.reading.people, person) else { return Ok(Written::Stale) };
    let mut standing = Written::AlreadySo;
    for employment in &person.employments {
        match text(&employment.contact.email) {
            Some(address) if address.eq_ignore_ascii_case(want.as_str()) => {}
            address if same(address, expects) => standing = Written::Changed,
            _ => return Ok(Written::Stale),
        }
    }
    Ok(standing)
}

/// Writes the address where it is as expected. A change elsewhere in the file survives: the file
/// is compared right before it is replaced, and read again where it changed.
pub fn write(
    source: &FileSource,
    person: &PersonId,
    expects: Option<&str>,
    want: &Email,
) -> Result<Written, Problem> {
    let shown = &source.spec.shown;
    if source.spec.kind != FileKind::Json && want.as_str().starts_with(side::FORMULA_STARTS) {
        return Err(Problem::error(
            "a spreadsheet program would run the address as a formula; it is not written",
        )
        .at(Place::file(shown)));
    }
    for _ in 0..ATTEMPTS {
        let known = source.now()?;
        let standing = look(&known, person, expects, want)?;
        if standing != Written::Changed {
            return Ok(standing);
        }
        let change = Change::make(source, &known, person, expects, want)?;
        change.check(source, &known, person, want)?;
        if change.store(source, &known)? {
            source.remember(change.after);
            return Ok(Written::Changed);
        }
    }
    Err(Problem::error("the file kept changing while an address was written into it")
        .at(Place::file(shown))
        .hint("run the command again when nobody works on the file"))
}

/// The files as they will be.
struct Change {
    after: Known,
}

impl Change {
    fn make(
        source: &FileSource,
        known: &Known,
        id: &PersonId,
        expects: Option<&str>,
        want: &Email,
    ) -> Result<Change, Problem> {
        let person = find(&known.reading.people, id).ok_or_else(|| cannot(source, "the person is gone"))?;
        let (main, side) = if known.beside {
            let (_, file) = side::place(&source.spec);
            let side = side::write(known.side.as_deref(), &file, person, expects, want.as_str())?;
            (known.main.clone(), Some(side))
        } else {
            (in_place(source, &known.main, &rows_of(person), want.as_str())?, known.side.clone())
        };
        Ok(Change { after: source.parse(main, side) })
    }

    /// Reads what is about to be written: the person has the address in every row, and all else
    /// is as it was.
    fn check(&self, source: &FileSource, before: &Known, id: &PersonId, want: &Email) -> Result<(), Problem> {
        let (old, new) = (&before.reading.people.persons, &self.after.reading.people.persons);
        let given = |person: &Person| {
            person.employments.iter().all(|job| job.contact.email == HrEmail::Usable(want.clone()))
        };
        let fits = |(old, new): (&Person, &Person)| {
            if old.id == *id { old.id == new.id && given(new) } else { old == new }
        };
        if old.len() == new.len() && old.iter().zip(new).all(fits) {
            return Ok(());
        }
        Err(cannot(source, "the changed file would not be read as it should"))
    }

    /// Puts the changed file in place; tells false where somebody was faster.
    fn store(&self, source: &FileSource, before: &Known) -> Result<bool, Problem> {
        let (path, shown, old, new) = if before.beside {
            let (path, shown) = side::place(&source.spec);
            (path, shown, before.side.as_deref(), self.after.side.as_deref().unwrap_or_default())
        } else {
            (
                source.spec.path.clone(),
                source.spec.shown.clone(),
                Some(before.main.as_slice()),
                self.after.main.as_slice(),
            )
        };
        replace(&path, old, new).map_err(|error| {
            Problem::error("the file cannot be written").at(Place::file(shown)).cause(error.to_string())
        })
    }
}

/// Writes the address into rows of the file itself.
fn in_place(
    source: &FileSource,
    bytes: &[u8],
    rows: &BTreeSet<u32>,
    address: &str,
) -> Result<Vec<u8>, Problem> {
    let spec = &source.spec;
    let lookup = Lookup::new(&spec.columns, &mut Vec::new());
    let changed = match spec.kind {
        FileKind::Csv => csv::with_address(bytes, &lookup, rows, address),
        FileKind::Json => json::with_address(bytes, &lookup, rows, address),
        FileKind::Xlsx => {
            return xlsx::with_address(bytes, &lookup, rows, address).map_err(|cause| {
                cannot(source, "the address cannot be written into the workbook").cause(cause)
            });
        }
    };
    changed.ok_or_else(|| cannot(source, "the file cannot be written back in its encoding"))
}

fn cannot(source: &FileSource, what: &str) -> Problem {
    Problem::error(what).at(Place::file(&source.spec.shown))
}

/// Finds a person; they are sorted.
fn find<'p>(people: &'p People, id: &PersonId) -> Option<&'p Person> {
    people.persons.binary_search_by(|person| person.id.cmp(id)).ok().map(|at| &people.persons[at])
}

/// Returns the lines, rows or elements of a person: the number behind the last colon of each place.
fn rows_of(person: &Person) -> BTreeSet<u32> {
    let numbers = person.employments.iter().map(|job| job.origin.rsplit(':').next());
    numbers.filter_map(|number| number?.parse().ok()).collect()
}

fn text(email: &HrEmail) -> Option<&str> {
    match email {
        HrEmail::None => None,
        HrEmail::Usable(email) => Some(email.as_str()),
        HrEmail::Unusable(text) => Some(text),
    }
}

/// Compares an address that stands there with the one that was found before.
fn same(address: Option<&str>, expects: Option<&str>) -> bool {
    let expects = expects.map(str::trim).filter(|text| !text.is_empty());
    match (address, expects) {
        (None, None) => true,
        (Some(address), Some(expects)) => address.eq_ignore_ascii_case(expects),
        _ => false,
    }
}
