//! The sets and fields of a standard 1C:ЗУП 3.1, and what a base of its own calls them.

use super::Settings;

/// Every set of `1c-personnel.md` section 4 with its fields.
const CATALOGUE: &[(&str, &[&str])] = &[
    (
        ORGANIZATIONS,
        &[
            "Ref_Key",
            "Description",
            "НаименованиеПолное",
            "НаименованиеСокращенное",
            "ИНН",
            "КПП",
            "ГоловнаяОрганизация_Key",
            "Префикс",
            "DeletionMark",
        ],
    ),
    (
        DEPARTMENTS,
        &[
            "Ref_Key",
            "Owner_Key",
            "Parent_Key",
            "Code",
            "Description",
            "Сформировано",
            "ДатаСоздания",
            "Расформировано",
            "ДатаРасформирования",
            "ОбособленноеПодразделение",
            "DeletionMark",
        ],
    ),
    (STRUCTURE, &["Ref_Key", "Parent_Key", "Description", "Источник", "Источник_Type", "DeletionMark"]),
    (PLACES, &["Period", "Позиция_Key", "Подразделение_Key"]),
    (POSITIONS, &["Ref_Key", "Description", "DeletionMark"]),
    (STAFF_POSITIONS, &["Ref_Key", "Description", "Подразделение_Key", "Должность_Key"]),
    (
        JOBS,
        &[
            "Ref_Key",
            "DataVersion",
            "DeletionMark",
            "Code",
            "Description",
            "ФизическоеЛицо_Key",
            "ГоловнаяОрганизация_Key",
            "ГоловнойСотрудник_Key",
            "ВАрхиве",
            "УточнениеНаименования",
        ],
    ),
    (
        PERSONS,
        &[
            "Ref_Key",
            "DataVersion",
            "DeletionMark",
            "IsFolder",
            "Parent_Key",
            "Code",
            "Description",
            "ФИО",
            "Фамилия",
            "Имя",
            "Отчество",
            "УточнениеНаименования",
            "ДатаРождения",
            "Пол",
            "ИНН",
            "СтраховойНомерПФР",
            "КонтактнаяИнформация",
        ],
    ),
    (NAMES, &["Period", "ФизическоеЛицо", "ФизическоеЛицо_Type", "Фамилия", "Имя", "Отчество"]),
    (
        CONTACTS,
        &[
            "Ref_Key",
            "LineNumber",
            "Тип",
            "Вид_Key",
            "Представление",
            "АдресЭП",
            "ДоменноеИмяСервера",
            "Значение",
            "ЗначенияПолей",
            "ВидДляСписка_Key",
            "НомерТелефона",
            "Страна",
        ],
    ),
    (
        KINDS,
        &["Ref_Key", "Description", "PredefinedDataName", "ИмяПредопределенногоВида", "Тип", "DeletionMark"],
    ),
    (USERS, &["Ref_Key", "ФизическоеЛицо_Key", "Недействителен", "DeletionMark"]),
    (HISTORY, HISTORY_FIELDS),
    (INTERVALS, HISTORY_FIELDS),
    (
        CURRENT,
        &[
            "Сотрудник_Key",
            "ФизическоеЛицо_Key",
            "ГоловнаяОрганизация_Key",
            "ТекущаяОрганизация_Key",
            "ДатаПриема",
            "ДатаУвольнения",
            "ОформленПоТрудовомуДоговору",
            "ОсновноеРабочееМестоВОрганизации",
            "ТекущееПодразделение_Key",
            "ТекущаяДолжность_Key",
            "ТекущийВидЗанятости",
            "КоличествоСтавок",
        ],
    ),
    (
        EMPLOYMENTS,
        &[
            "Period",
            "Recorder",
            "LineNumber",
            "Active",
            "Сотрудник_Key",
            "ФизическоеЛицо_Key",
            "ВидЗанятости",
            "ДействуетДо",
        ],
    ),
    ("InformationRegister_ВидыЗанятостиСотрудниковИнтервальный", &["Сотрудник_Key", "ВидЗанятости"]),
    ("InformationRegister_КадроваяИсторияСотрудниковИспр", HISTORY_FIELDS),
    ("InformationRegister_ПозицииРуководителейПодразделений", &[]),
    ("InformationRegister_ПодразделенияОрганизацииРуководители", &[]),
    ("InformationRegister_ОсновныеСотрудникиФизическихЛиц", &["ДатаНачала", "ДатаОкончания"]),
    ("InformationRegister_СостоянияСотрудников", &["Сотрудник_Key", "Год", "Состояние", "ДействуетДо"]),
    ("Document_ПриемНаРаботу", &["Number", "Date", "Posted", "ДатаПриема"]),
    ("Document_ПриемНаРаботуСписком", &["Number", "Date", "Posted", "ДатаПриема"]),
    ("Document_КадровыйПеревод", &["Number", "Date", "Posted", "ДатаНачала"]),
    ("Document_Увольнение", &["Number", "Date", "Posted", "ДатаУвольнения"]),
    ("Document_УвольнениеСписком", &["Number", "Date", "Posted", "ДатаУвольнения"]),
];

const HISTORY_FIELDS: &[&str] = &[
    "Period",
    "Recorder",
    "Recorder_Type",
    "LineNumber",
    "Active",
    "Сотрудник_Key",
    "ФизическоеЛицо_Key",
    "ГоловнаяОрганизация_Key",
    "Организация_Key",
    "Подразделение_Key",
    "Должность_Key",
    "ДолжностьПоШтатномуРасписанию_Key",
    "ВидСобытия",
    "ЭтоГоловнойСотрудник",
    "ГоловнойСотрудник_Key",
    "ВидДоговора",
    "ДействуетДо",
    "КоличествоСтавок",
    "ДатаНачала",
    "ДатаОкончания",
    "ПериодЗаписи",
    "Год",
    "ПериодПредыдущейЗаписи",
    "ПустойИнтервал",
];

/// Legal entities and their branches.
pub const ORGANIZATIONS: &str = "Catalog_Организации";
/// Departments of organizations.
pub const DEPARTMENTS: &str = "Catalog_ПодразделенияОрганизаций";
/// The management tree.
pub const STRUCTURE: &str = "Catalog_СтруктураПредприятия";
/// Staff position → node of the management tree.
pub const PLACES: &str = "InformationRegister_МестоПозицииШтатногоРасписанияВСтруктуреПредприятия";
/// Names of positions.
pub const POSITIONS: &str = "Catalog_Должности";
/// Staff positions.
pub const STAFF_POSITIONS: &str = "Catalog_ШтатноеРасписание";
/// Jobs.
pub const JOBS: &str = "Catalog_Сотрудники";
/// Persons.
pub const PERSONS: &str = "Catalog_ФизическиеЛица";
/// Former names of persons.
pub const NAMES: &str = "InformationRegister_ФИОФизическихЛиц";
/// Contacts of all persons in one set.
pub const CONTACTS: &str = "Catalog_ФизическиеЛица_КонтактнаяИнформация";
/// Kinds of contacts.
pub const KINDS: &str = "Catalog_ВидыКонтактнойИнформации";
/// 1C's own users.
pub const USERS: &str = "Catalog_Пользователи";
/// Dated events of jobs.
pub const HISTORY: &str = "InformationRegister_КадроваяИсторияСотрудников_RecordType";
/// The same as intervals, temporary rows resolved by 1C itself.
pub const INTERVALS: &str = "InformationRegister_КадроваяИсторияСотрудниковИнтервальный";
/// Hire and dismissal dates.
pub const CURRENT: &str = "InformationRegister_ТекущиеКадровыеДанныеСотрудников";
/// Kinds of employment.
pub const EMPLOYMENTS: &str = "InformationRegister_ВидыЗанятостиСотрудников_RecordType";

/// The section of a person that holds contacts.
pub const CONTACT_SECTION: &str = "КонтактнаяИнформация";

/// What this base calls things.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a>(pub &'a Settings);

impl Names<'_> {
    /// Returns the name of a set in this base.
    pub fn set(&self, standard: &str) -> String {
        self.0.sets.get(standard).cloned().unwrap_or_else(|| standard.to_owned())
    }

    /// Returns the name of a set's field in this base.
    pub fn field(&self, set: &str, standard: &str) -> String {
        let key = format!("{set}.{standard}");
        self.0.fields.get(&key).cloned().unwrap_or_else(|| standard.to_owned())
    }
}

/// Lists every set that can be renamed.
pub fn all_sets() -> Vec<String> {
    CATALOGUE.iter().map(|(set, _)| (*set).to_owned()).collect()
}

/// Lists every field that can be renamed, as `Set.Field`.
pub fn all_fields() -> Vec<String> {
    let pairs =
        CATALOGUE.iter().flat_map(|(set, fields)| fields.iter().map(move |field| format!("{set}.{field}")));
    pairs.collect()
}
