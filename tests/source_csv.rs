//! CSV files as people really export them, read as people and as mistakes.

mod source;

use shtat::model::{EmploymentKind, HrEmail};
use shtat::source::FileKind;
use source::{Company, codes, company, person};

/// The sample of the reference, with every way to write it.
const SAMPLE: &str = "Таб. номер;Сотрудник;Организация;Подразделение;Должность;Вид занятости;Дата приема;Дата увольнения;Дата рождения;Электронная почта;Телефон
ГС00-00017;Ёлкин Пётр Ильич;\"ООО \"\"Гранит-Север\"\"\";Цех № 2;Наладчик;Основное место работы;03.02.2020;;11.05.1988;;+7 900 000-00-01
ГС00-00018;Аббасова Лейла Рашид кызы;\"ООО \"\"Гранит-Север\"\"\";Бухгалтерия;Главный бухгалтер;Основное место работы;12.09.2016;;02.12.1979;l.abbasova@granit.example;
ГС00-00031;Аббасова Лейла Рашид кызы (совм.);\"ООО \"\"Гранит-Север\"\"\";Архив;Архивариус;Внутреннее совместительство;01.03.2024;;02.12.1979;;
ГС00-00009;Нгуен Ван;\"ООО \"\"Гранит-Север\"\"\";Склад;Кладовщик;Основное место работы;15.01.2019;28.02.2026;;;
";

#[test]
fn the_sample_of_the_reference_is_read() {
    let Company { people, problems } = company(FileKind::Csv, SAMPLE.as_bytes());
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(people.persons.len(), 3);
    let leila = person(&people, "ООО \"Гранит-Север\"/ГС00-00018");
    assert_eq!(leila.employments.len(), 2);
    let [main, inner] = leila.employments.as_slice() else { panic!("two employments") };
    assert_eq!(main.contact.name.patronymic, "Рашид кызы");
    assert_eq!(inner.contact.name, main.contact.name);
    assert_eq!(inner.kind, EmploymentKind::PartTimeInner);
    assert_eq!(inner.origin, "people.csv:4");
    let van = person(&people, "ООО \"Гранит-Север\"/ГС00-00009");
    assert_eq!(van.employments[0].dismissed_on.unwrap().to_string(), "2026-02-28");
    assert_eq!(van.employments[0].contact.email, HrEmail::None);
}

#[test]
fn every_encoding_delimiter_and_line_end_gives_the_same_people() {
    let expected = company(FileKind::Csv, SAMPLE.as_bytes());
    for (from, to) in [(";", ";"), (";", "\t"), (";", ",")] {
        for line_end in ["\n", "\r\n", "\r"] {
            let text = SAMPLE.replace(from, to).replace('\n', line_end);
            for bytes in source::encodings(&text) {
                assert_eq!(company(FileKind::Csv, &bytes), expected, "{to:?} {line_end:?}");
            }
        }
    }
}

#[test]
fn mistakes_are_told_all_at_once_with_row_and_column() {
    let text = "person_id;id;Сотрудник;Организация;Подразделение;Дата приема;Дата увольнения;Вид занятости\n\
        p1;e1;Иванов Иван;ООО А;Склад;31.02.2020;;main\n\
        p2;e1;Петров Пётр;ООО А;Склад;2020-02-03;2019-01-01;иногда\n\
        p3;e3;Сидоров Сидор;ООО А\n\
        p4;e4;Котов Кот;ООО А;Склад;;;main;лишнее\n\
        ;e5;Львов Лев;ООО А;Склад;;;main\n\
        p6;e6;;ООО А;Склад;;;main\n\
        p7;e7;\"Окунев;ООО А;Склад;;;main\n";
    let company = company(FileKind::Csv, text.as_bytes());
    assert!(company.people.persons.is_empty());
    assert_eq!(
        codes(&company.problems),
        [
            "people.csv:2 column `Дата приема` the date is a day that no calendar has",
            "people.csv:3 column `Вид занятости` `иногда` is no kind of employment",
            "people.csv:3 the employment ended before it began",
            "people.csv:3 the employment `e1` stands here a second time",
            "people.csv:4 the row ends before the column `Вид занятости`",
            "people.csv:5 column 9 the row goes on after the last column `Вид занятости`",
            "people.csv:6 the row has no `person_id`, though other rows have one",
            "people.csv:7 the row has no name",
            "people.csv:8 a quote is opened and never closed",
        ]
    );
}
