//! Any company of flat people, served as 1C and read back, is the same company.

mod odata_support;

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};
use odata_support::{TODAY, bare, guid, serve, settings};
use proptest::prelude::*;
use shtat::{
    model::{
        Contact, Employment, EmploymentId, EmploymentKind, HrEmail, Organization, People, Person, PersonId,
        PersonName,
    },
    sandbox::onec::Company,
    source::{
        Source,
        odata::{OData, Settings},
    },
};

const KINDS: [EmploymentKind; 5] = [
    EmploymentKind::Main,
    EmploymentKind::PartTimeOuter,
    EmploymentKind::PartTimeInner,
    EmploymentKind::ExtraWork,
    EmploymentKind::Contract,
];

/// Days around today, the edges more often than the rest.
fn day() -> impl Strategy<Value = Date> {
    let days = prop_oneof![Just(-1_i64), Just(0), Just(1), -9000..600_i64];
    days.prop_map(|days| TODAY.checked_add(days.days()).unwrap())
}

fn employment() -> impl Strategy<Value = Employment> {
    let department =
        prop::sample::select(vec![vec![], vec!["Склад"], vec!["Склад", "Участок 2"], vec!["Бухгалтерия"]]);
    let position = prop::sample::select(vec![None, Some("Кладовщик"), Some("Бухгалтер")]);
    let organization = prop::sample::select(vec!["ООО «Ромашка»", "ООО «Лютик»"]);
    let dates = (prop::option::weighted(0.8, day()), prop::option::weighted(0.5, day()));
    (department, position, organization, prop::sample::select(KINDS.to_vec()), dates).prop_map(
        |(department, position, organization, kind, (first, last))| {
            let (hired_on, dismissed_on) = match (first, last) {
                (Some(first), Some(last)) if last < first => (Some(last), Some(first)),
                dates => dates,
            };
            Employment {
                id: EmploymentId(String::new()),
                personnel_number: None,
                organization: Organization { name: organization.to_owned(), aliases: BTreeSet::new() },
                department: department.into_iter().map(str::to_owned).collect(),
                department_id: None,
                position: position.map(str::to_owned),
                kind,
                hired_on,
                dismissed_on,
                contact: Contact::default(),
                origin: String::new(),
            }
        },
    )
}

fn contact() -> impl Strategy<Value = Contact> {
    let name = ("[А-Я][а-яё]{1,9}(-[А-Я][а-я]{2,5})?", "[А-Я][а-яё]{1,9}", "([А-Я][а-яё]{2,9}( кызы)?)?");
    let email = prop::option::of("[a-z]{1,8}\\.[A-Za-z]{1,8}@(romashka|lutik)\\.example");
    let phone = prop::option::of("\\+7 9[0-9]{2} [0-9]{3}-[0-9]{2}-[0-9]{2}");
    (name, email, phone, prop::option::of(day())).prop_map(
        |((last, first, patronymic), email, phone, birthday)| Contact {
            name: PersonName { last, first, patronymic },
            email: email.map_or(HrEmail::None, |text| HrEmail::Usable(text.parse().unwrap())),
            personal_email: None,
            phone,
            birthday,
        },
    )
}

fn company() -> impl Strategy<Value = People> {
    let person = (contact(), prop::collection::vec(employment(), 1..4));
    prop::collection::vec(person, 1..12).prop_map(|persons| {
        let mut number = 0;
        let persons = persons.into_iter().enumerate().map(|(at, (contact, jobs))| {
            let employments = jobs.into_iter().map(|job| {
                number += 1;
                let id = EmploymentId(guid("5a1e", number));
                Employment {
                    id,
                    personnel_number: Some(format!("{number:05}")),
                    contact: contact.clone(),
                    ..job
                }
            });
            Person { id: PersonId(guid("7d0c", at as u32)), employments: employments.collect() }
        });
        People { persons: persons.collect(), ..People::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn comes_back_as_it_was(people in company(), page_size in 1_u32..9, events in any::<bool>(), fault in 0_usize..6) {
        let faults = ["busy#2", "drop#3", "truncated#4", "expire-session#2", "error:502#5", "slow#1=1ms"];
        let mut faults = vec![faults[fault]];
        if events {
            faults.push("off:InformationRegister_КадроваяИсторияСотрудниковИнтервальный");
        }
        let base = serve(Company::from_people(&people), &faults);
        let source = OData::new(Settings { page_size, ..settings(&base) }, TODAY).unwrap();
        let reading = source.read();
        prop_assert!(!reading.has_errors(), "{:#?}", reading.problems);
        prop_assert_eq!(bare(&reading.people), bare(&people));
        prop_assert_eq!(base.open_sessions(), 0);
    }
}
