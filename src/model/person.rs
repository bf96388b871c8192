//! People as the HR source has them: persons and their employments.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Email;

/// The key of a person in the HR source (1C: ФизическоеЛицо).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

/// The key of an employment (1C: Сотрудник).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmploymentId(pub String);

/// Everybody whom a source knows, and what it does not tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct People {
    /// Sorted by id, each id once.
    pub persons: Vec<Person>,
    /// What the source does not publish, and so is not managed in this plan.
    pub unmanaged: BTreeSet<Unmanaged>,
    /// The source is a table that people open in a spreadsheet program: an address starting with
    /// `=`, `+`, `-` or `@` would run there as a formula and cannot be written back.
    #[serde(skip)]
    pub refuses_formulas: bool,
}

/// Something that a source cannot tell: no field of this kind is cleared or changed, and nobody
/// is fired or moved for want of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmanaged {
    /// Departments are unknown: UF_DEPARTMENT of existing accounts stays.
    Departments,
    /// Positions are unknown.
    Positions,
    /// Addresses that HR has are unknown: no address is generated, swapped or written back.
    Emails,
    /// Hire and dismissal dates are unknown: future hires and leavers are invisible.
    Dates,
    /// Employment kinds are unknown.
    Kinds,
    /// Who left is unknown: nobody is fired.
    Leavers,
    /// Birthdays are unknown.
    Birthdays,
    /// Phones are unknown.
    Phones,
}

/// A human being of the HR source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Person {
    /// The key.
    pub id: PersonId,
    /// Sorted by id; never empty.
    pub employments: Vec<Employment>,
}

/// One job of a person, with the personal fields of the row that states it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Employment {
    /// The key.
    pub id: EmploymentId,
    /// Табельный номер, as written.
    pub personnel_number: Option<String>,
    /// The legal entity.
    pub organization: Organization,
    /// The path of department names, the top one first; empty where there is none.
    pub department: Vec<String>,
    /// The department's key in the source.
    pub department_id: Option<String>,
    /// Должность.
    pub position: Option<String>,
    /// Вид занятости.
    pub kind: EmploymentKind,
    /// First working day; none: has always worked (but see [`Employment::works_on`]).
    pub hired_on: Option<Date>,
    /// Last working day; none: open end.
    pub dismissed_on: Option<Date>,
    /// Personal fields as this row states them.
    pub contact: Contact,
    /// Where this employment stands in the source: `people.csv:19`.
    #[serde(skip)]
    pub origin: String,
}

/// The legal entity of an employment. A branch counts as its head.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Organization {
    /// The name, as written.
    pub name: String,
    /// Other texts that name the same organization: ИНН, GUID, full and short name.
    #[serde(skip)]
    pub aliases: BTreeSet<String>,
}

/// Kinds of employment, in the order in which they make a main employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmploymentKind {
    /// Основное место работы.
    Main,
    /// Внешнее совместительство.
    PartTimeOuter,
    /// Внутреннее совместительство.
    PartTimeInner,
    /// «Подработка»: read as `part_time_inner`, and ranks after it.
    #[serde(rename = "part_time_inner", skip_deserializing)]
    ExtraWork,
    /// Договор ГПХ, подряда, авторский.
    Contract,
}

/// Who a row says the person is and how to reach them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Contact {
    /// The name in parts.
    pub name: PersonName,
    /// The work address.
    pub email: HrEmail,
    /// The private address.
    pub personal_email: Option<String>,
    /// The phone, as written.
    pub phone: Option<String>,
    /// The birthday.
    pub birthday: Option<Date>,
}

/// A name in parts; any of them may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PersonName {
    /// Фамилия.
    pub last: String,
    /// Имя.
    pub first: String,
    /// Отчество.
    pub patronymic: String,
}

/// The work address that HR has for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HrEmail {
    /// The cell is empty.
    #[default]
    None,
    /// One plain address.
    Usable(Email),
    /// Something else stands there; it is neither used nor replaced. The text is kept because
    /// write-back compares it.
    Unusable(String),
}

impl PersonName {
    /// Joins the filled parts as in 1C: «Орлова Анна Петровна».
    pub fn full(&self) -> String {
        let parts = [&self.last, &self.first, &self.patronymic];
        parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
    }

    /// Tells whether the first name or the patronymic is only an initial («Иванов И.И.»).
    pub fn has_initials(&self) -> bool {
        [&self.first, &self.patronymic].into_iter().any(|part| {
            let letters: String = part.chars().filter(|c| c.is_alphabetic()).collect();
            !letters.is_empty() && (part.contains('.') || letters.chars().count() == 1)
        })
    }
}

impl HrEmail {
    /// Returns the address where there is a usable one.
    pub fn usable(&self) -> Option<&Email> {
        match self {
            HrEmail::Usable(email) => Some(email),
            HrEmail::None | HrEmail::Unusable(_) => None,
        }
    }
}

impl Employment {
    /// Tells whether the person works in this employment on `day`. The last working day counts.
    ///
    /// An employment without a hire date has always worked, unless it is a contract or has neither
    /// department nor position: in 1C that is a contractor or a draft card.
    pub fn works_on(&self, day: Date) -> bool {
        self.is_real()
            && self.hired_on.is_none_or(|first| first <= day)
            && self.dismissed_on.is_none_or(|last| day <= last)
    }

    /// Tells whether the employment has ended before `day`.
    pub fn ended_before(&self, day: Date) -> bool {
        self.is_real() && self.dismissed_on.is_some_and(|last| last < day)
    }

    /// Tells whether the employment begins after `day`.
    pub fn begins_after(&self, day: Date) -> bool {
        self.is_real() && self.hired_on.is_some_and(|first| first > day)
    }

    /// Tells a real employment from a draft card or an undated contract.
    fn is_real(&self) -> bool {
        let blank =
            self.kind == EmploymentKind::Contract || (self.department.is_empty() && self.position.is_none());
        self.hired_on.is_some() || !blank
    }
}
