//! What the tests of live 1C share: a company, a source that reads it, faults by their spelling.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{collections::BTreeSet, time::Duration};

use jiff::civil::{Date, date};
use shtat::{
    model::{
        Contact, Employment, EmploymentId, EmploymentKind, HrEmail, Organization, People, Person, PersonId,
        PersonName,
    },
    sandbox::onec::{self, Company, Fault, OneC},
    source::odata::{OData, Patience, Settings},
};

/// The day on which everything is read.
pub const TODAY: Date = date(2026, 11, 22);

/// Settings for a running stand-in, without long waits.
pub fn settings(base: &OneC) -> Settings {
    Settings {
        patience: Patience {
            first_pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(20),
            total: Duration::from_millis(600),
        },
        personal_email_kinds: vec!["Личный e-mail".to_owned()],
        page_size: 10,
        ..Settings::new(base.url(), "обмен", "demo".to_owned().into())
    }
}

/// A source for a running stand-in.
pub fn source(base: &OneC) -> OData {
    OData::new(settings(base), TODAY).unwrap()
}

/// Serves a company with faults, as the command line spells them.
pub fn serve(company: Company, faults: &[&str]) -> OneC {
    let faults = faults.iter().map(|text| text.parse::<Fault>().unwrap()).collect();
    onec::start(company, onec::Options { faults, ..onec::Options::default() }).unwrap()
}

/// A company with every kind of person that the reference names, as a dump of sets.
pub fn granit() -> Company {
    Company::from_dump(include_str!("../odata/granit.json")).unwrap()
}

/// A key of a kind and a number.
pub fn guid(kind: &str, number: u32) -> String {
    format!("{kind:0<8}-0000-4000-8000-{number:012}")
}

/// A job of one kind since a day.
pub fn job(number: u32, department: &str, position: &str) -> Employment {
    let path = department.split(" / ").filter(|name| !name.is_empty()).map(str::to_owned);
    Employment {
        id: EmploymentId(guid("5a1e", number)),
        personnel_number: Some(format!("РМ00-{number:05}")),
        organization: Organization { name: "ООО «Ромашка»".into(), aliases: BTreeSet::new() },
        department: path.collect(),
        department_id: None,
        position: Some(position.to_owned()).filter(|text| !text.is_empty()),
        kind: EmploymentKind::Main,
        hired_on: Some(date(2020, 2, 3)),
        dismissed_on: None,
        contact: Contact::default(),
        origin: String::new(),
    }
}

/// A person of jobs.
pub fn person(number: u32, name: &str, email: Option<&str>, jobs: Vec<Employment>) -> Person {
    let mut parts = name.split(' ').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    let name = PersonName { last: next(), first: next(), patronymic: next() };
    let contact = Contact {
        name,
        email: email.map_or(HrEmail::None, |text| match text.parse() {
            Ok(email) => HrEmail::Usable(email),
            Err(_) => HrEmail::Unusable(text.to_owned()),
        }),
        personal_email: None,
        phone: None,
        birthday: Some(date(1988, 5, 11)),
    };
    let mut employments: Vec<Employment> =
        jobs.into_iter().map(|job| Employment { contact: contact.clone(), ..job }).collect();
    employments.sort_by(|a, b| a.id.cmp(&b.id));
    Person { id: PersonId(guid("7d0c", number)), employments }
}

/// A small company with one of everything that flat people can say.
pub fn romashka() -> People {
    let end = |job: Employment, last: Date| Employment { dismissed_on: Some(last), ..job };
    let kind = |job: Employment, kind: EmploymentKind| Employment { kind, ..job };
    let other = |job: Employment| Employment {
        organization: Organization { name: "ООО «Лютик»".into(), aliases: BTreeSet::new() },
        ..job
    };
    let mut persons = vec![
        person(
            1,
            "Ёлкин Пётр Ильич",
            Some("P.Elkin@romashka.example"),
            vec![job(1, "Производство / Цех № 2", "Наладчик")],
        ),
        person(
            2,
            "Аббасова Лейла Рашид",
            None,
            vec![
                job(2, "Бухгалтерия", "Главный бухгалтер"),
                kind(job(3, "Архив", "Архивариус"), EmploymentKind::PartTimeInner),
                kind(job(4, "Архив", "Сторож"), EmploymentKind::ExtraWork),
            ],
        ),
        person(
            3,
            "Нгуен Ван ",
            Some("не адрес"),
            vec![end(job(5, "Склад", "Кладовщик"), date(2026, 11, 21))],
        ),
        person(4, "Орлова Анна Петровна", None, vec![end(job(6, "Склад", "Кладовщик"), date(2026, 11, 22))]),
        person(
            5,
            "Петрова-Водкина Ольга Львовна",
            None,
            vec![end(job(7, "Склад / Участок 2", "Кладовщик"), date(2026, 11, 23))],
        ),
        person(
            6,
            "Будущий Семён Олегович",
            None,
            vec![Employment {
                hired_on: Some(date(2026, 11, 23)), ..job(8, "Отдел продаж", "Менеджер")
            }],
        ),
        person(
            7,
            "Давний Олег Игоревич",
            None,
            vec![Employment { hired_on: None, ..job(9, "Дирекция", "Директор") }],
        ),
        person(
            8,
            "Договорной Иван Иванович",
            None,
            vec![kind(job(10, "Отдел продаж", "Консультант"), EmploymentKind::Contract)],
        ),
        person(9, "Черновик Иван Иванович", None, vec![Employment { hired_on: None, ..job(11, "", "") }]),
        person(
            10,
            "Вернулась Мария Павловна",
            None,
            vec![
                end(job(12, "Склад", "Кладовщик"), date(2024, 1, 31)),
                Employment {
                    hired_on: Some(date(2025, 3, 1)), ..job(13, "Склад", "Заведующая складом")
                },
            ],
        ),
        person(
            11,
            "Двойной Пётр Петрович",
            None,
            vec![
                job(14, "Бухгалтерия", "Бухгалтер"),
                kind(other(job(15, "Бухгалтерия", "Бухгалтер")), EmploymentKind::PartTimeOuter),
            ],
        ),
    ];
    for person in &mut persons {
        for job in &mut person.employments {
            job.contact.phone = Some("+7 900 000-00-01".into());
            job.contact.personal_email = Some(format!("{}@mail.example", &person.id.0[24..]));
        }
    }
    People { persons, ..People::default() }
}

/// People as they are compared: without what a flat list does not say.
pub fn bare(people: &People) -> Vec<Person> {
    let mut persons = people.persons.clone();
    for job in persons.iter_mut().flat_map(|person| &mut person.employments) {
        job.department_id = None;
        job.organization.aliases.clear();
        job.origin.clear();
    }
    persons
}
