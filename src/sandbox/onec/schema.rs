//! What a 1C:ЗУП 3.1 publishes: sets, their fields, and how it writes an empty value.

use serde_json::{Map, Value, json};

/// A row of a set.
pub type Row = Map<String, Value>;

/// How 1C writes a reference to nothing.
pub const NOTHING: &str = "00000000-0000-0000-0000-000000000000";
/// How 1C writes no date.
pub const NO_DATE: &str = "0001-01-01T00:00:00";
/// How registers of intervals write an open end.
pub const OPEN_END: &str = "3999-12-31T23:59:59";
/// Persons.
pub const PERSONS: &str = "Catalog_ФизическиеЛица";
/// The section of a person that holds contacts.
pub const SECTION: &str = "КонтактнаяИнформация";
/// The same as a set of its own, to read only.
pub const CONTACTS: &str = "Catalog_ФизическиеЛица_КонтактнаяИнформация";

const OBJECT: &str = "Ref_Key DataVersion DeletionMark";

const EVENT: &str = "Сотрудник_Key ФизическоеЛицо_Key ГоловнаяОрганизация_Key Организация_Key Подразделение_Key \
    Должность_Key ДолжностьПоШтатномуРасписанию_Key ВидСобытия ЭтоГоловнойСотрудник ГоловнойСотрудник_Key \
    ВидДоговора ДействуетДо КоличествоСтавок";

/// Sets and their fields; an `=` stands for the fields of every object, a `~` for those of an event.
const SETS: &[(&str, &str)] = &[
    (
        "Catalog_Организации",
        "= Description НаименованиеПолное НаименованиеСокращенное ИНН КПП ГоловнаяОрганизация_Key Префикс",
    ),
    (
        "Catalog_ПодразделенияОрганизаций",
        "= Owner_Key Parent_Key Code Description Сформировано ДатаСоздания Расформировано ДатаРасформирования \
         ОбособленноеПодразделение",
    ),
    ("Catalog_СтруктураПредприятия", "= Parent_Key Code Description Источник Источник_Type"),
    ("Catalog_Должности", "= Description"),
    ("Catalog_ШтатноеРасписание", "= Description Подразделение_Key Должность_Key"),
    (
        "Catalog_Сотрудники",
        "= Code Description ФизическоеЛицо_Key ГоловнаяОрганизация_Key ГоловнойСотрудник_Key ВАрхиве \
         УточнениеНаименования",
    ),
    (
        PERSONS,
        "= IsFolder Parent_Key Code Description ФИО Фамилия Имя Отчество УточнениеНаименования ДатаРождения Пол \
         ИНН СтраховойНомерПФР КонтактнаяИнформация",
    ),
    (
        CONTACTS,
        "Ref_Key LineNumber Тип Вид_Key Представление АдресЭП ДоменноеИмяСервера Значение ЗначенияПолей \
         ВидДляСписка_Key НомерТелефона НомерТелефонаБезКодов Страна Регион Город",
    ),
    (
        "Catalog_ВидыКонтактнойИнформации",
        "= Description Parent_Key PredefinedDataName ИмяПредопределенногоВида Тип",
    ),
    (
        "InformationRegister_КадроваяИсторияСотрудников_RecordType",
        "Period Recorder Recorder_Type LineNumber Active ~",
    ),
    (
        "InformationRegister_КадроваяИсторияСотрудниковИнтервальный",
        "~ ДатаНачала ДатаОкончания ПериодЗаписи Год ПериодПредыдущейЗаписи ПустойИнтервал",
    ),
    (
        "InformationRegister_ТекущиеКадровыеДанныеСотрудников",
        "Сотрудник_Key ФизическоеЛицо_Key ГоловнаяОрганизация_Key ТекущаяОрганизация_Key ДатаПриема ДатаУвольнения \
         ОформленПоТрудовомуДоговору ОсновноеРабочееМестоВОрганизации ТекущееПодразделение_Key ТекущаяДолжность_Key \
         ТекущийВидЗанятости КоличествоСтавок",
    ),
    (
        "InformationRegister_ВидыЗанятостиСотрудников_RecordType",
        "Period Recorder Recorder_Type LineNumber Active Сотрудник_Key ФизическоеЛицо_Key ВидЗанятости ДействуетДо",
    ),
    (
        "InformationRegister_МестоПозицииШтатногоРасписанияВСтруктуреПредприятия",
        "Period Позиция_Key Подразделение_Key",
    ),
];

/// Returns the fields that a set has whatever its rows hold; none for a set of the base's own.
pub fn fields(set: &str) -> Vec<&'static str> {
    let Some((_, fields)) = SETS.iter().find(|(name, _)| *name == set) else { return Vec::new() };
    let written = fields.split_whitespace().flat_map(|field| match field {
        "=" => OBJECT.split_whitespace().collect(),
        "~" => EVENT.split_whitespace().collect(),
        field => vec![field],
    });
    written.collect()
}

/// Names every standard set.
pub fn sets() -> impl Iterator<Item = &'static str> {
    SETS.iter().map(|(set, _)| *set)
}

/// Returns the dimensions of a register, within which the last row of a slice is sought.
pub fn dimensions(set: &str) -> &'static [&'static str] {
    match set {
        "InformationRegister_КадроваяИсторияСотрудников_RecordType" => {
            &["Сотрудник_Key", "ФизическоеЛицо_Key", "ГоловнаяОрганизация_Key"]
        }
        "InformationRegister_МестоПозицииШтатногоРасписанияВСтруктуреПредприятия" => {
            &["Позиция_Key"]
        }
        "InformationRegister_СостоянияСотрудников" => &["Сотрудник_Key", "Год"],
        _ => &["Сотрудник_Key"],
    }
}

/// Returns how a field without a value is written.
pub fn empty(field: &str) -> Value {
    match field {
        "DeletionMark"
        | "IsFolder"
        | "ВАрхиве"
        | "Расформировано"
        | "ПустойИнтервал"
        | "ОбособленноеПодразделение"
        | "ОформленПоТрудовомуДоговору" => Value::Bool(false),
        "Active" | "ЭтоГоловнойСотрудник" | "Сформировано" | "ОсновноеРабочееМестоВОрганизации" => {
            Value::Bool(true)
        }
        "Period"
        | "ДействуетДо"
        | "Год"
        | "ДатаПриема"
        | "ДатаУвольнения"
        | "ДатаРождения"
        | "ДатаСоздания"
        | "ДатаРасформирования"
        | "ПериодПредыдущейЗаписи"
        | "ПериодЗаписи"
        | "ДатаНачала" => Value::from(NO_DATE),
        "ДатаОкончания" => Value::from(OPEN_END),
        "LineNumber" => Value::from("1"),
        "КоличествоСтавок" => json!(1),
        SECTION => json!([]),
        "Recorder" => Value::from(NOTHING),
        "Источник_Type" | "Recorder_Type" => Value::from("StandardODATA.Undefined"),
        key if key.ends_with("_Key") => Value::from(NOTHING),
        _ => Value::from(""),
    }
}

/// Returns how many characters a field keeps; 1C cuts the rest and says nothing.
pub fn longest(field: &str) -> usize {
    match field {
        "АдресЭП" | "ДоменноеИмяСервера" | "ФИО" => 100,
        "Фамилия" | "Имя" | "Отчество" => 50,
        "Представление" => 500,
        "Code" => 10,
        _ => usize::MAX,
    }
}
