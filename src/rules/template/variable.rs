//! The variables of templates, as one table: what is checked, rendered and documented.

use std::fmt;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::{Scope, name::latin_name};
use crate::model::{EmploymentKind, PATH_SEPARATOR};

/// One variable.
pub(super) struct Variable {
    /// As templates name it.
    pub(super) name: &'static str,
    about: &'static str,
    of: fn(&Scope<'_>) -> String,
}

impl Variable {
    /// Returns the value, composed (NFC) but for keys; empty where there is none.
    pub(super) fn of(&self, scope: &Scope<'_>) -> String {
        let value = (self.of)(scope);
        if self.name.ends_with(".id") { value } else { value.nfc().collect() }
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const fn variable(name: &'static str, about: &'static str, of: fn(&Scope<'_>) -> String) -> Variable {
    Variable { name, about, of }
}

/// All of them.
pub(super) static VARIABLES: [Variable; 22] = [
    variable("last", "last name in Latin letters, for an address", |s| {
        latin_name(&s.job.contact.name.last, s.scheme)
    }),
    variable("first", "first name in Latin letters, for an address", |s| {
        latin_name(&s.job.contact.name.first, s.scheme)
    }),
    variable("patronymic", "patronymic in Latin letters, for an address", |s| {
        latin_name(&s.job.contact.name.patronymic, s.scheme)
    }),
    variable("n", "2, 3, … until an address is free; in `email.templates` only", |s| {
        s.n.map(|n| n.to_string()).unwrap_or_default()
    }),
    variable("person.id", "the person's key (`person_id`)", |s| s.person.id.0.clone()),
    variable("person.last_name", "Фамилия", |s| s.job.contact.name.last.clone()),
    variable("person.first_name", "Имя", |s| s.job.contact.name.first.clone()),
    variable("person.patronymic", "Отчество", |s| s.job.contact.name.patronymic.clone()),
    variable("person.full_name", "Фамилия Имя Отчество", |s| s.job.contact.name.full()),
    variable("person.email", "the work address that HR has", |s| {
        s.job.contact.email.usable().map(ToString::to_string).unwrap_or_default()
    }),
    variable("person.personal_email", "the private address", |s| optional(&s.job.contact.personal_email)),
    variable("person.phone", "the phone, as written", |s| optional(&s.job.contact.phone)),
    variable("person.birthday", "the birthday, 1988-05-11", |s| date(s.job.contact.birthday)),
    variable("job.id", "the employment's key", |s| s.job.id.0.clone()),
    variable("job.personnel_number", "табельный номер", |s| optional(&s.job.personnel_number)),
    variable("job.organization", "the legal entity", |s| s.job.organization.name.clone()),
    variable("job.department", "the department's path, `Финансы / Бухгалтерия`", |s| {
        s.job.department.join(PATH_SEPARATOR)
    }),
    variable("job.department_id", "the department's key", |s| optional(&s.job.department_id)),
    variable("job.position", "должность", |s| optional(&s.job.position)),
    variable("job.employment", "main, part_time_outer, part_time_inner or contract", |s| {
        employment_name(s.job.kind).to_owned()
    }),
    variable("job.hired_on", "the first working day, 2024-03-01", |s| date(s.job.hired_on)),
    variable("job.dismissed_on", "the last working day, 2024-03-01", |s| date(s.job.dismissed_on)),
];

/// Returns a kind's name in sources, rules and plans.
pub(in crate::rules) fn employment_name(kind: EmploymentKind) -> &'static str {
    match kind {
        EmploymentKind::Main => "main",
        EmploymentKind::PartTimeOuter => "part_time_outer",
        EmploymentKind::PartTimeInner | EmploymentKind::ExtraWork => "part_time_inner",
        EmploymentKind::Contract => "contract",
    }
}

/// Lists all variables with their meanings, in one sentence.
pub(in crate::rules) fn described() -> String {
    let listed = VARIABLES.iter().map(|variable| format!("{} ({})", variable.name, variable.about));
    listed.collect::<Vec<_>>().join(", ")
}

/// Finds a variable by its name.
pub(super) fn find(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name == name)
}

fn optional(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn date(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}
