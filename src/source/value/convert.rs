//! Reads the cells of one row into a [`Row`], reporting every cell that cannot be read.

use jiff::civil::Date;

use crate::model::{
    Contact, Email, EmploymentKind, HrEmail, Organization, PATH_SEPARATOR, PersonName, Problem, lookalikes,
};

use super::{
    super::{
        fields::{Field, NAMED},
        grid::{Cell, trimmed},
        raw::{Labels, Raw},
        row::Row,
    },
    dates::{self, Found},
    kinds::{self, Contract},
    names,
};

/// The last working day of an employment that ended nobody says when.
const LONG_AGO: Date = Date::constant(1900, 1, 1);

/// How numbers in columns of dates are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serials {
    /// Days since 1900 (Excel's usual way).
    Since1900,
    /// Days since 1904, as workbooks from old Macs count.
    Since1904,
    /// Not at all: a number is no date (JSON).
    Never,
}

/// Reads one row.
pub fn row(raw: &Raw<'_>, labels: &dyn Labels, serials: Serials, problems: &mut Vec<Problem>) -> Row {
    let mut reader = Reader { raw, labels, serials, problems };
    reader.unreadable();
    let mut row = Row::at(raw.place.clone());
    row.person_id = reader.text(Field::PersonId);
    row.id = reader.text(Field::Id);
    row.personnel_number = reader.instead(Field::PersonnelNumber, Field::Code);
    row.organization = reader.organization();
    row.department = reader.department();
    row.department_id = reader.text(Field::DepartmentId);
    row.position = reader.instead(Field::Position, Field::StaffPosition);
    row.kind = reader.kind();
    row.hired_on = reader.date(Field::HiredOn);
    row.dismissed_on = reader.date(Field::DismissedOn);
    row.contact = reader.contact();
    reader.dismissed_without_date(&mut row);
    row
}

struct Reader<'r, 'a> {
    raw: &'r Raw<'a>,
    labels: &'r dyn Labels,
    serials: Serials,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_, '_> {
    /// Reports cells that hold an error, a formula without a result, a list.
    fn unreadable(&mut self) {
        if !self.raw.cells.iter().flatten().any(|cell| matches!(cell, Cell::Unreadable(_))) {
            return;
        }
        for (name, field) in NAMED {
            if let Some(Cell::Unreadable(why)) = self.raw.cell(field) {
                let problem = self.raw.error(self.labels, field, format!("the cell of `{name}` holds {why}"));
                self.problems.push(problem);
            }
        }
    }

    fn text(&self, field: Field) -> Option<String> {
        self.raw.text(field).map(std::borrow::Cow::into_owned)
    }

    /// Returns the first field, or the second where the source has no column of the first.
    fn instead(&self, field: Field, second: Field) -> Option<String> {
        let read = if self.labels.has(field) { field } else { second };
        self.text(read).or_else(|| self.text(field))
    }

    fn organization(&self) -> Organization {
        let name = self.instead(Field::HeadOrganization, Field::Organization).unwrap_or_default();
        let aliases = [Field::OrganizationTaxNumber, Field::OrganizationId];
        Organization { name, aliases: aliases.into_iter().filter_map(|field| self.text(field)).collect() }
    }

    fn department(&self) -> Vec<String> {
        let path = self.instead(Field::Department, Field::ManagementDepartment).unwrap_or_default();
        path.split(PATH_SEPARATOR).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    fn kind(&mut self) -> Option<EmploymentKind> {
        if let Some(text) = self.text(Field::ContractKind) {
            match kinds::contract(&text) {
                Contract::Civil => return Some(EmploymentKind::Contract),
                Contract::Labour => {}
                Contract::Unknown => self.warn(
                    Field::ContractKind,
                    format!("`{text}` is no kind of contract that is known; taken for a labour contract"),
                ),
            }
        }
        let text = self.text(Field::Employment)?;
        let kind = kinds::employment(&text);
        if kind.is_none() {
            let problem =
                self.raw.error(self.labels, Field::Employment, format!("`{text}` is no kind of employment"));
            self.problems.push(problem.hint(
                "known are main, part_time_outer, part_time_inner, contract, and what 1C prints for them",
            ));
        }
        kind
    }

    /// Reads a date. A birthday's year of two digits is a mistake: its century cannot be told.
    fn date(&mut self, field: Field) -> Option<Date> {
        let cell = self.raw.cell(field)?;
        let since_1904 = self.serials == Serials::Since1904;
        let found = match cell {
            Cell::Text(text) => dates::of_text(text, since_1904),
            Cell::Number(number) if self.serials != Serials::Never => dates::of_serial(*number, since_1904),
            Cell::Unreadable(_) => return None,
            Cell::Number(_) | Cell::Flag(_) => Err(dates::Fault::Form),
        };
        match found {
            Ok(Found::Nothing) => None,
            Ok(Found::Date(day)) => Some(day),
            Ok(Found::ShortYear(day)) if field != Field::Birthday => {
                self.warn(field, format!("the year has two digits; `{}` is taken for {day}", cell.shown()));
                Some(day)
            }
            Ok(Found::ShortYear(_)) => {
                self.no_date(field, "the date has a year of two digits: which century?")
            }
            Err(dates::Fault::Form) => self.no_date(field, "the cell is no date"),
            Err(dates::Fault::NoSuchDay) => self.no_date(field, "the date is a day that no calendar has"),
        }
    }

    /// Reports a date that cannot be read. The cell is not repeated: a column that was taken for
    /// another may hold anything.
    fn no_date(&mut self, field: Field, what: &str) -> Option<Date> {
        let problem = self.raw.error(self.labels, field, what);
        self.problems.push(problem.hint("dates are written 31.12.2026 or 2026-12-31"));
        None
    }

    fn contact(&mut self) -> Contact {
        Contact {
            name: self.name(),
            email: self.email(),
            personal_email: self.personal_email(),
            phone: self.text(Field::Phone),
            birthday: self.date(Field::Birthday),
        }
    }

    fn name(&mut self) -> PersonName {
        let part = |field| self.raw.text(field).map(|text| names::part(&text)).unwrap_or_default();
        let separate = PersonName {
            last: part(Field::LastName),
            first: part(Field::FirstName),
            patronymic: part(Field::Patronymic),
        };
        let name = match self.raw.text(Field::FullName) {
            Some(full) if separate.last.is_empty() && separate.first.is_empty() => {
                let (name, rest) = names::split(&full);
                if !rest.is_empty() {
                    self.warn(
                        Field::FullName,
                        format!("{} words of the name fit no part of it and are dropped", rest.len()),
                    );
                }
                name
            }
            _ => separate,
        };
        let latin = latin_among_cyrillic(&name);
        if !latin.is_empty() {
            let field = if self.labels.has(Field::LastName) { Field::LastName } else { Field::FullName };
            self.warn(field, format!("Latin letters stand among Cyrillic ones in the name: `{latin}`"));
        }
        name
    }

    fn email(&mut self) -> HrEmail {
        let Some(text) = self.text(Field::Email) else { return HrEmail::None };
        let plain = match self.raw.cell(Field::Email) {
            Some(Cell::Text(text)) => trimmed(text),
            _ => &text,
        };
        match Email::parse(plain) {
            Ok(email) => HrEmail::Usable(email),
            Err(fault) => {
                let problem =
                    self.raw.warning(self.labels, Field::Email, "the address is neither used nor replaced");
                self.problems.push(problem.cause(fault.to_string()).hint("mend it in 1C, or empty the cell"));
                HrEmail::Unusable(text)
            }
        }
    }

    /// Reads the private address; one that cannot be used is left out.
    fn personal_email(&mut self) -> Option<String> {
        let text = self.text(Field::PersonalEmail)?;
        let fault = Email::parse(&text).err();
        if let Some(fault) = fault {
            let problem =
                self.raw.warning(self.labels, Field::PersonalEmail, "the private address is not used");
            self.problems.push(problem.cause(fault.to_string()));
        }
        fault.is_none().then_some(text)
    }

    /// Ends an employment that «Состояние» calls ended and that has no date of it: the state is
    /// sure, only its day is not, so the earliest possible one is taken.
    fn dismissed_without_date(&mut self, row: &mut Row) {
        let dismissed = self.raw.text(Field::State).is_some_and(|state| kinds::is_dismissed(&state));
        if dismissed && row.dismissed_on.is_none() {
            row.dismissed_on = row.hired_on.or(Some(LONG_AGO));
            self.warn(
                Field::State,
                "dismissed without a date: the employment counts as ended long ago".to_owned(),
            );
        }
    }

    fn warn(&mut self, field: Field, what: String) {
        let problem = self.raw.warning(self.labels, field, what);
        self.problems.push(problem);
    }
}

/// Returns the Latin letters inside the Cyrillic words of a name.
fn latin_among_cyrillic(name: &PersonName) -> String {
    let parts = [&name.last, &name.first, &name.patronymic];
    let suspect = parts.into_iter().filter(|part| part.bytes().any(|byte| byte.is_ascii_alphabetic()));
    suspect.flat_map(|part| lookalikes(part)).collect()
}
