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
            "people.csv:3 column `Дата увольнения` the employment ended before it began",
            "people.csv:3 column `id` the employment `e1` stands here a second time",
            "people.csv:4 column `Вид занятости` the row ends before the last column of the header",
            "people.csv:5 column 9, after `Вид занятости` the row goes on after the last column of the header",
            "people.csv:6 column `person_id` the row has no `person_id`, though other rows have one",
            "people.csv:7 column `Сотрудник` the row has no name",
            "people.csv:8 column `Сотрудник` a quote is opened and never closed",
        ]
    );
}

#[test]
fn a_title_with_a_quote_is_nobodys_row() {
    let text = "\"Ромашка\" ООО;;\nСотрудник;Таб. номер;Отдел\nКим Олег;17;Склад\n";
    let company = company(FileKind::Csv, text.as_bytes());
    assert_eq!(company.problems, Vec::<String>::new());
    assert_eq!(company.people.persons.len(), 1);
}

#[test]
fn a_quote_that_swallows_rows_is_a_mistake() {
    let text = "Сотрудник;Таб. номер;Организация\n\"Ким Олег;17;ООО А\nЛис Яна;18;\"ООО \"\"Б\"\"\"\n";
    let company = company(FileKind::Csv, text.as_bytes());
    assert_eq!(
        codes(&company.problems),
        [
            "people.csv:2 column `Сотрудник` text follows a closing quote: perhaps a quote was opened before and never closed"
        ]
    );
}

#[test]
fn persons_without_keys_are_known_by_organization_and_number_of_the_earliest_job() {
    let head = "Сотрудник;Таб. номер;Организация;Подразделение;Вид занятости;Дата приема;Дата увольнения;Дата рождения\n";
    let read = |rows: &str| company(FileKind::Csv, format!("{head}{rows}").as_bytes());
    let joined = read(
        "Ким Олег Ли;20;ООО А;Склад;;01.02.2024;;11.05.1988\n\
         КИМ  ОЛЕГ ЛИ;17;ООО Б;Склад;;01.02.2020;31.01.2024;11.05.1988\n\
         Ким Олег Ли;3;ООО А;Склад;Договор ГПХ;;;11.05.1988\n\
         Ким Олег Ли;4;ООО А;Склад;;01.02.2024;;12.05.1988\n\
         Ким О.Л.;5;ООО А;Склад;;01.02.2024;;11.05.1988\n\
         Ким О.Л.;6;ООО А;Склад;;01.02.2024;;11.05.1988\n",
    );
    assert_eq!(joined.problems, Vec::<String>::new());
    let keys: Vec<_> =
        joined.people.persons.iter().map(|person| (person.id.0.as_str(), person.employments.len())).collect();
    assert_eq!(keys, [("ООО А/4", 1), ("ООО А/5", 1), ("ООО А/6", 1), ("ООО Б/17", 3)]);
    let overlap = read(
        "Ким Олег;20;ООО А;Склад;;01.02.2024;;11.05.1988\nКим Олег;21;ООО А;Склад;;01.03.2024;;11.05.1988\n",
    );
    assert_eq!(
        codes(&overlap.problems),
        [
            "people.csv:3 column `Вид занятости` two main employments of one organization at one time: one person or two?"
        ]
    );
    let twice = read("Ким Олег;20;ООО А;Склад;;;;\nЛис Яна;20;ООО  а;Склад;;;;\nЛис Яна;;ООО А;Склад;;;;\n");
    assert_eq!(
        codes(&twice.problems),
        [
            "people.csv:3 column `Таб. номер` the employment `ООО а/20` stands here a second time",
            "people.csv:3 column `Таб. номер` two persons have one personnel number in one organization",
            "people.csv:4 column `Таб. номер` the row has neither a `person_id` nor a personnel number to know the person by",
        ]
    );
}

#[test]
fn rows_of_one_person_that_differ_are_a_warning() {
    let text = "person_id;id;Сотрудник;Телефон;Почта\np1;e1;Ким Олег;1;a@b.example\np1;e2;Ким Иван;2;\np1;e3;Ким Олег;;A@b.example\n";
    let company = company(FileKind::Csv, text.as_bytes());
    assert_eq!(
        company.problems,
        ["warning people.csv:3 name, phone rows of one person differ; those of the main employment count"]
    );
}

#[test]
fn an_address_that_only_another_row_has_is_a_warning() {
    let text = "person_id;id;Сотрудник;Вид занятости;Почта\np1;e1;Ким Олег;part_time_inner;a@b.example\np1;e2;Ким Олег;main;\n";
    let company = company(FileKind::Csv, text.as_bytes());
    assert_eq!(
        company.problems,
        [
            "warning people.csv:3 column `Почта` the row of the main employment has no address, though another row of the person has one"
        ]
    );
}

#[test]
fn what_no_column_tells_is_not_managed() {
    use shtat::model::Unmanaged;
    let unmanaged =
        |text: &str| company(FileKind::Csv, text.as_bytes()).people.unmanaged.into_iter().collect::<Vec<_>>();
    assert_eq!(
        unmanaged("person_id;Сотрудник;Должность;Телефон;Дата рождения\np1;Ким Олег;;;\n"),
        [Unmanaged::Departments]
    );
    assert_eq!(
        unmanaged("person_id;Сотрудник\nСклад;\np1;Ким Олег\n"),
        [Unmanaged::Positions, Unmanaged::Birthdays, Unmanaged::Phones]
    );
    assert_eq!(unmanaged("person_id;Сотрудник;Отдел\n"), []);
}

#[test]
fn an_address_that_is_none_is_a_warning_and_kept_aside() {
    for address in ["нет", "a@b.example; c@d.example", "а@b.example", "a b@c.example", "a@b"] {
        let text = format!("person_id;Сотрудник;Почта\np1;Ким Олег;\"{address}\"\n");
        let company = company(FileKind::Csv, text.as_bytes());
        assert_eq!(
            company.problems,
            ["warning people.csv:2 column `Почта` the address is neither used nor replaced"]
        );
        let email = &person(&company.people, "p1").employments[0].contact.email;
        assert_eq!(*email, HrEmail::Unusable(address.to_owned()));
    }
}

#[test]
fn the_example_of_the_repository_is_read_without_a_doubt() {
    let bytes = std::fs::read("examples/romashka/people.csv").unwrap();
    let company = company(FileKind::Csv, &bytes);
    assert_eq!(company.problems, Vec::<String>::new());
    assert!(company.people.persons.len() > 20);
    assert!(company.people.unmanaged.iter().all(|what| *what == shtat::model::Unmanaged::Phones));
}

#[test]
fn an_address_with_something_invisible_inside_is_not_one() {
    let text = "person_id;id;Сотрудник;Почта\np1;e1;Ким Олег;a\u{200b}b@c.example\np2;e2;Лис Яна;\u{a0}\u{200b}y@c.example \n";
    let company = company(FileKind::Csv, text.as_bytes());
    assert_eq!(
        company.problems,
        ["warning people.csv:2 column `Почта` the address is neither used nor replaced"]
    );
    assert!(matches!(person(&company.people, "p1").employments[0].contact.email, HrEmail::Unusable(_)));
    assert_eq!(
        person(&company.people, "p2").employments[0].contact.email.usable().unwrap().as_str(),
        "y@c.example"
    );
}
