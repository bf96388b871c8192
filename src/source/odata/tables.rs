//! What is asked of each set.

use jiff::civil::DateTime;

use super::{
    names::{
        CONTACT_SECTION, CONTACTS, CURRENT, DEPARTMENTS, EMPLOYMENTS, HISTORY, INTERVALS, JOBS, KINDS,
        ORGANIZATIONS, PERSONS, PLACES, POSITIONS, STRUCTURE,
    },
    pages::Table,
    target::datetime,
};

const BY_KEY: &[&str] = &["Ref_Key"];

const HISTORY_FIELDS: &[&str] = &[
    "ФизическоеЛицо_Key",
    "ГоловнаяОрганизация_Key",
    "Организация_Key",
    "Подразделение_Key",
    "Должность_Key",
    "ДолжностьПоШтатномуРасписанию_Key",
    "ЭтоГоловнойСотрудник",
    "ДействуетДо",
];

fn catalog(set: &'static str, needed: &'static [&'static str], useful: &'static [&'static str]) -> Table {
    Table { set, needed, useful, order: BY_KEY.to_vec(), ..Table::default() }
}

/// Legal entities and branches.
pub fn organizations() -> Table {
    let useful =
        &["НаименованиеПолное", "НаименованиеСокращенное", "ИНН", "ГоловнаяОрганизация_Key", "DeletionMark"];
    catalog(ORGANIZATIONS, &["Ref_Key", "Description"], useful)
}

/// Departments of organizations.
pub fn departments() -> Table {
    catalog(DEPARTMENTS, &["Ref_Key", "Parent_Key", "Description"], &["Owner_Key"])
}

/// The management tree.
pub fn structure() -> Table {
    catalog(STRUCTURE, &["Ref_Key", "Parent_Key", "Description"], &["Источник", "Источник_Type"])
}

/// Staff position → node of the management tree, with all fields; ordered where that is possible.
pub fn places(ordered: bool) -> Table {
    let order = if ordered { vec!["Позиция_Key", "Period"] } else { Vec::new() };
    Table { set: PLACES, everything: true, order, ..Table::default() }
}

/// Names of positions.
pub fn positions() -> Table {
    catalog(POSITIONS, &["Ref_Key", "Description"], &[])
}

/// Jobs.
pub fn jobs() -> Table {
    let useful = &["Code", "ГоловнаяОрганизация_Key", "ГоловнойСотрудник_Key", "DeletionMark"];
    catalog(JOBS, &["Ref_Key", "ФизическоеЛицо_Key"], useful)
}

/// Persons, without the folders they lie in.
pub fn persons(folders: &str) -> Table {
    let useful =
        &["IsFolder", "DeletionMark", "Description", "ФИО", "Фамилия", "Имя", "Отчество", "ДатаРождения"];
    Table { filter: Some(format!("{folders} eq false")), ..catalog(PERSONS, BY_KEY, useful) }
}

/// Contacts of everybody. All types are read: one read serves addresses and phones, and a filter
/// by a name that a base spells otherwise would bring nothing without saying so.
pub fn contacts() -> Table {
    let needed = &["Ref_Key", "LineNumber", "Тип", "Вид_Key"];
    let useful = &["АдресЭП", "Представление"];
    Table { set: CONTACTS, needed, useful, order: vec!["Ref_Key", "LineNumber"], ..Table::default() }
}

/// The same inside the persons, for a base that does not publish the section.
pub fn contacts_of_persons() -> Table {
    catalog(PERSONS, &["Ref_Key", CONTACT_SECTION], &[])
}

/// Kinds of contacts.
pub fn kinds() -> Table {
    let useful = &["Description", "PredefinedDataName", "ИмяПредопределенногоВида", "DeletionMark"];
    catalog(KINDS, BY_KEY, useful)
}

/// HR history as intervals, `filter` by moment.
pub fn intervals(filter: String) -> Table {
    Table {
        set: INTERVALS,
        needed: &["Сотрудник_Key", "ДатаНачала", "ДатаОкончания", "ВидСобытия"],
        useful: const { &with(HISTORY_FIELDS, ["ПериодЗаписи", "ПустойИнтервал"]) },
        order: vec!["Сотрудник_Key", "ГоловнаяОрганизация_Key", "ДатаНачала"],
        filter: Some(filter),
        ..Table::default()
    }
}

/// HR history as events: those in force at a moment, or all.
pub fn events(slice: Option<DateTime>) -> Table {
    Table {
        set: HISTORY,
        slice,
        needed: &["Сотрудник_Key", "Period", "ВидСобытия"],
        useful: const { &with(HISTORY_FIELDS, ["Active", "Recorder"]) },
        order: vec!["Сотрудник_Key", "ГоловнаяОрганизация_Key", "Period"],
        ..Table::default()
    }
}

/// Hire and dismissal dates.
pub fn current() -> Table {
    Table {
        set: CURRENT,
        needed: &["Сотрудник_Key", "ДатаПриема", "ДатаУвольнения"],
        useful: &[
            "ФизическоеЛицо_Key",
            "ГоловнаяОрганизация_Key",
            "ТекущаяОрганизация_Key",
            "ОформленПоТрудовомуДоговору",
            "ТекущееПодразделение_Key",
            "ТекущаяДолжность_Key",
            "ТекущийВидЗанятости",
        ],
        order: vec![
            "Сотрудник_Key",
            "ФизическоеЛицо_Key",
            "ГоловнаяОрганизация_Key",
            "ТекущаяОрганизация_Key",
        ],
        ..Table::default()
    }
}

/// Kinds of employment: those in force at a moment, or all.
pub fn employments(slice: Option<DateTime>) -> Table {
    Table {
        set: EMPLOYMENTS,
        slice,
        needed: &["Сотрудник_Key", "Period", "ВидЗанятости"],
        useful: &["ДействуетДо"],
        order: vec!["Сотрудник_Key", "Period"],
        ..Table::default()
    }
}

/// Filters the intervals that hold at a moment.
pub fn holds_at(from: &str, to: &str, moment: DateTime) -> String {
    format!("{from} le {moment} and {to} ge {moment}", moment = datetime(moment))
}

/// Filters what begins after a moment.
pub fn begins_after(from: &str, moment: DateTime) -> String {
    format!("{from} gt {}", datetime(moment))
}

const fn with(fields: &[&'static str], more: [&'static str; 2]) -> [&'static str; 10] {
    let mut all = [more[0]; 10];
    let mut at = 0;
    while at < fields.len() {
        all[at] = fields[at];
        at += 1;
    }
    all[at] = more[0];
    all[at + 1] = more[1];
    all
}
