//! The fields of a row, and the headers by which files call them.

use std::{collections::HashMap, sync::LazyLock};

use crate::model::fold;

/// What a column says about an employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The employment's key.
    Id,
    /// The person's key.
    PersonId,
    /// Табельный номер.
    PersonnelNumber,
    /// Фамилия.
    LastName,
    /// Имя.
    FirstName,
    /// Отчество.
    Patronymic,
    /// The whole name in one cell.
    FullName,
    /// The legal entity, or a branch where the head organization has a column of its own.
    Organization,
    /// Головная организация: wins over [`Field::Organization`].
    HeadOrganization,
    /// ИНН of the organization (never the person's).
    OrganizationTaxNumber,
    /// GUID of the organization.
    OrganizationId,
    /// Path in the legal structure.
    Department,
    /// В структуре предприятия: read where there is no other department column.
    ManagementDepartment,
    /// The department's key.
    DepartmentId,
    /// Должность.
    Position,
    /// Позиция штатного расписания: read where there is no position column.
    StaffPosition,
    /// Вид занятости.
    Employment,
    /// Вид договора.
    ContractKind,
    /// Состояние.
    State,
    /// First working day.
    HiredOn,
    /// Last working day.
    DismissedOn,
    /// The work address.
    Email,
    /// The private address.
    PersonalEmail,
    /// The phone.
    Phone,
    /// The birthday.
    Birthday,
    /// «Код» of a list: read where there is no other number.
    Code,
    /// Known, and never kept: ИНН, СНИЛС, passport, pay, sex, superior, branch.
    Ignored,
}

/// How many fields there are.
pub const FIELD_COUNT: usize = Field::Ignored as usize + 1;

/// Fields by their names in the contract, which are headers too and keys of `people.columns`.
pub const NAMED: [(&str, Field); 18] = [
    ("id", Field::Id),
    ("person_id", Field::PersonId),
    ("personnel_number", Field::PersonnelNumber),
    ("last_name", Field::LastName),
    ("first_name", Field::FirstName),
    ("patronymic", Field::Patronymic),
    ("full_name", Field::FullName),
    ("organization", Field::Organization),
    ("department", Field::Department),
    ("department_id", Field::DepartmentId),
    ("position", Field::Position),
    ("employment", Field::Employment),
    ("hired_on", Field::HiredOn),
    ("dismissed_on", Field::DismissedOn),
    ("email", Field::Email),
    ("personal_email", Field::PersonalEmail),
    ("phone", Field::Phone),
    ("birthday", Field::Birthday),
];

/// Headers as 1C, Excel and people write them, normalised (see [`normalise`]).
const SYNONYMS: &[(Field, &[&str])] = &[
    (Field::Birthday, &["дата рождения"]),
    (
        Field::FullName,
        &[
            "сотрудник",
            "фио",
            "ф.и.о",
            "ф. и. о",
            "фио сотрудника",
            "фио работника",
            "физическое лицо",
            "физлицо",
            "работник",
            "фамилия имя отчество",
            "фамилия, имя, отчество",
        ],
    ),
    (Field::LastName, &["фамилия"]),
    (Field::FirstName, &["имя"]),
    (Field::Patronymic, &["отчество"]),
    (
        Field::PersonnelNumber,
        &[
            "табельный номер",
            "таб. номер",
            "таб.номер",
            "таб номер",
            "таб. №",
            "таб.№",
            "таб №",
            "табельный №",
            "табельный номер (с префиксами)",
        ],
    ),
    (Field::Code, &["код"]),
    (Field::Organization, &["организация", "юридическое лицо", "юрлицо", "работодатель"]),
    (Field::HeadOrganization, &["головная организация"]),
    (Field::OrganizationTaxNumber, &["organization_inn", "инн организации"]),
    (Field::OrganizationId, &["organization_id"]),
    (
        Field::Department,
        &[
            "подразделение",
            "отдел",
            "структурное подразделение",
            "подразделение организации",
            "текущее подразделение",
        ],
    ),
    (
        Field::ManagementDepartment,
        &["в структуре предприятия", "подразделение в структуре предприятия", "управленческое подразделение"],
    ),
    (Field::Position, &["должность", "текущая должность"]),
    (Field::StaffPosition, &["позиция", "позиция штатного расписания"]),
    (Field::HiredOn, &["дата приема", "принят", "дата приема на работу", "дата начала работы"]),
    (Field::DismissedOn, &["дата увольнения", "уволен", "дата окончания работы"]),
    (Field::Employment, &["вид занятости", "вид работы", "занятость"]),
    (Field::ContractKind, &["вид договора", "тип договора"]),
    (Field::State, &["состояние", "статус"]),
    (
        Field::Email,
        &[
            "электронная почта",
            "e-mail",
            "эл. почта",
            "эл.почта",
            "почта",
            "адрес электронной почты",
            "корпоративная почта",
            "рабочий email",
            "рабочий e-mail",
            "рабочая почта",
        ],
    ),
    (
        Field::PersonalEmail,
        &[
            "личный email",
            "личный e-mail",
            "личная почта",
            "личная электронная почта",
            "личный адрес электронной почты",
            "персональная почта",
        ],
    ),
    (
        Field::Phone,
        &[
            "телефон",
            "телефон рабочий",
            "рабочий телефон",
            "мобильный телефон",
            "телефон мобильный",
            "сотовый",
            "моб. телефон",
            "моб.телефон",
        ],
    ),
    (
        Field::Ignored,
        &[
            "инн",
            "снилс",
            "страховой номер пфр",
            "страховой номер",
            "иин",
            "паспорт",
            "оклад",
            "пол",
            "руководитель",
            "непосредственный руководитель",
            "филиал",
            "обособленное подразделение",
        ],
    ),
];

static KNOWN: LazyLock<HashMap<&str, Field>> = LazyLock::new(|| {
    let synonyms =
        SYNONYMS.iter().flat_map(|(field, headers)| headers.iter().map(|header| (*header, *field)));
    NAMED.into_iter().chain(synonyms).collect()
});

impl Field {
    /// Finds the field that a normalised header names.
    pub fn of_header(header: &str) -> Option<Field> {
        KNOWN.get(header).copied()
    }

    /// Finds a field by its name in the contract.
    pub fn named(name: &str) -> Option<Field> {
        NAMED.into_iter().find(|(known, _)| *known == name).map(|(_, field)| field)
    }

    /// Returns the field that is read where a source has none of this one.
    pub fn stand_in(self) -> Option<Field> {
        match self {
            Field::PersonnelNumber => Some(Field::Code),
            Field::LastName => Some(Field::FullName),
            Field::Employment => Some(Field::ContractKind),
            Field::DismissedOn => Some(Field::State),
            _ => None,
        }
    }

    /// Tells whether a column of this field makes a row of headers one: a name or a number.
    pub fn leads(self) -> bool {
        matches!(
            self,
            Field::LastName | Field::FirstName | Field::FullName | Field::PersonnelNumber | Field::Code
        )
    }
}

/// Brings a header into the form in which headers are compared: blanks, case and ё do not
/// matter, nor does a final dot or colon.
pub fn normalise(header: &str) -> String {
    let folded = fold(header);
    folded.trim_end_matches(['.', ':', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_however_they_are_written() {
        for (header, field) in [
            ("Ф.И.О.", Field::FullName),
            (" Дата\nприёма: ", Field::HiredOn),
            ("Таб.\u{a0}номер", Field::PersonnelNumber),
            ("E-mail", Field::Email),
            ("EMAIL", Field::Email),
            ("last_name", Field::LastName),
        ] {
            assert_eq!(Field::of_header(&normalise(header)), Some(field), "{header}");
        }
    }

    #[test]
    fn synonyms_are_written_as_they_are_compared_and_stand_once() {
        let mut seen = std::collections::HashSet::new();
        for header in
            SYNONYMS.iter().flat_map(|(_, headers)| headers.iter()).chain(NAMED.iter().map(|(name, _)| name))
        {
            assert_eq!(normalise(header), *header);
            assert!(seen.insert(*header), "{header} stands twice");
        }
    }
}
