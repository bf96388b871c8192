//! Rules beside the people they are for: what can never win, what nobody has, what cannot be made.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;
use shtat::{
    model::{
        Contact, Employment, EmploymentId, EmploymentKind, HrEmail, Organization, People, Person, PersonId,
        PersonName, Problem, Unmanaged,
    },
    rules::{self, DepartmentMap, Rules, Scope},
};

fn rules(text: &str) -> Rules {
    let reading = rules::read(&[("rules/a.yaml".into(), text.into())], date(2026, 11, 22));
    assert!(reading.is_usable(), "{:?}", reading.problems);
    reading.rules
}

fn job(number: usize, name: &str, department: &str, position: &str) -> Employment {
    let mut parts = name.split(' ').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let name = PersonName { last: part(), first: part(), patronymic: part() };
    let department: Vec<String> =
        department.split(" / ").map(str::to_owned).filter(|n| !n.is_empty()).collect();
    Employment {
        id: EmploymentId(format!("job-{number}")),
        personnel_number: Some(format!("{number:05}")),
        organization: Organization {
            name: "ООО «Ромашка»".into(), aliases: BTreeSet::from(["7701".into()])
        },
        department_id: Some(format!("id {}", department.join("."))),
        department,
        position: Some(position.into()).filter(|position: &String| !position.is_empty()),
        kind: EmploymentKind::Main,
        hired_on: None,
        dismissed_on: None,
        contact: Contact { name, ..Contact::default() },
        origin: format!("people.csv:{}", number + 1),
    }
}

fn people(jobs: Vec<Employment>) -> People {
    let person = |(at, job)| Person { id: PersonId(format!("p{at}")), employments: vec![job] };
    People { persons: jobs.into_iter().enumerate().map(person).collect(), ..People::default() }
}

fn company() -> People {
    people(vec![
        job(1, "Орлова Анна Петровна", "Финансы / Бухгалтерия", "Главный бухгалтер"),
        job(2, "Ёлкин Пётр Ильич", "Производство / Склад", "Кладовщик"),
        job(3, "Волков Иван", "Торговля / Склад", "Старший консультант"),
        job(4, "Ли", "", ""),
    ])
}

fn told(problems: &[Problem]) -> Vec<String> {
    let place = |problem: &Problem| problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
    problems.iter().map(|problem| format!("{}: {}", place(problem), problem.what)).collect()
}

fn findings(text: &str) -> Vec<String> {
    told(&rules::check(&rules(text), &company(), |person| person.employments.first()))
}

#[test]
fn the_order_of_rules_matters() {
    let text = r#"
matching: {key: "1c:{{person.id}}"}
email:
  domain: romashka.example
  templates:
    - when: {organization: "ООО «Ромашка»"}
      try: ["{{last}}{{n}}", "{{last}}.{{first}}", "{{first}}"]
    - when: {organization: "ооо «РОМАШКА»", position: "*бухгалтер*"}
      try: ["{{last}}"]
    - try: ["{{last}}", "{{last}}"]
    - when: {position: "кладовщик"}
      try: ["{{last}}"]
dismissals:
  policies:
    - {id: nobody, when: {employment: main, not: {employment: [main, contract]}}, fire: {}}
    - {id: all, when: {}, fire: {}}
    - {id: late, when: {position: "*"}, fire: {}}
safety:
  allow: [{action: fire_user, count: 2, until: 2026-12-31, because: x}]
"#;
    assert_eq!(
        findings(text),
        [
            "rules/a.yaml:8:7: this entry of `email.templates` can never win",
            "rules/a.yaml:11:7: this entry of `email.templates` can never win",
            "rules/a.yaml:7:30: `{{last}}.{{first}}` is never tried",
            "rules/a.yaml:10:25: `{{last}}` is never tried",
            "rules/a.yaml:15:7: this policy can never win",
            "rules/a.yaml:17:7: this policy can never win",
            "rules/a.yaml:19:11: this exception raises nothing",
        ]
    );
}

#[test]
fn sections_that_need_another_say_so() {
    assert_eq!(
        findings("hires: {}\ndismissals: {}\n"),
        [
            "rules/a.yaml:1:1: the section `hires` does nothing without the section `matching`",
            "rules/a.yaml:2:1: the section `dismissals` does nothing without the section `matching`",
            "rules/a.yaml:1:1: the section `hires` does nothing without the section `email`",
        ]
    );
}

#[test]
fn names_that_nobody_has_are_found() {
    let text = r#"
matching: {key: "1c:{{person.id}}"}
email: {}
hires:
  when:
    any:
      - organization: "ООО «Ромашко»"
      - not: {department: "Финансы / Аудит"}
      - department: {under: "Финансы"}
      - position: "*директор*"
      - organization: "7701"
"#;
    assert_eq!(
        findings(text)[..3],
        [
            "rules/a.yaml:7:9: no row has the organization `ООО «Ромашко»`",
            "rules/a.yaml:8:15: no row has the department `Финансы / Аудит`",
            "rules/a.yaml:10:9: the pattern `*директор*` fits no position of any row",
        ]
    );
}

#[test]
fn the_map_is_held_against_the_source() {
    let text = r#"
departments:
  unmapped: hold
  map:
    "финансы / бухгалтерия": "Финансы"
    "Склад": 14
    "Торговля": 15
    "Торговля / Ларёк": 16
"#;
    let problems = rules::check(&rules(text), &company(), |person| person.employments.first());
    assert_eq!(
        told(&problems),
        [
            "rules/a.yaml:6:5: several departments of the source are called `Склад`",
            "rules/a.yaml:8:5: the source has no department `Торговля / Ларёк`",
            "rules/a.yaml:3:3: the department `Производство / Склад` (1 of the people) is not mapped",
            "rules/a.yaml:3:3: the department `Торговля / Склад` (1 of the people) is not mapped",
        ]
    );
    assert!(problems[0].is_error() && !problems[1].is_error());
}

#[test]
fn a_department_is_found_by_id_then_path_then_name() {
    let rules = rules(
        r#"
departments:
  map:
    "Бухгалтерия": 1
    "Финансы / Бухгалтерия": 2
    "ID  Финансы.Бухгалтерия": 3
    "Склад": 4
    "Кадры": 5
"#,
    );
    let departments = rules.departments.as_ref().unwrap();
    let mut company = company();
    company.persons.push(people(vec![job(9, "Ли", "Служба / кадры", "")]).persons.remove(0));
    let map = DepartmentMap::new(departments, &company);
    let to =
        |at: usize| map.mapping(&company.persons[at].employments[0]).map(|found| found.place.to_string());
    assert_eq!(to(0).as_deref(), Some("rules/a.yaml:6:5"));
    assert_eq!(to(1), None);
    assert_eq!(to(3), None);
    assert_eq!(to(4).as_deref(), Some("rules/a.yaml:8:5"));
    let mut renamed = company.persons[0].employments[0].clone();
    renamed.department_id = None;
    assert_eq!(map.mapping(&renamed).unwrap().place.to_string(), "rules/a.yaml:5:5");
}

#[test]
fn addresses_that_cannot_be_made_are_found() {
    let long = "ш".repeat(40);
    let mut company = people(vec![
        job(1, &format!("{long} Анна Петровна"), "Финансы", ""),
        job(2, "Орлова И. П.", "Финансы", ""),
        job(3, "Ли", "Финансы", ""),
        job(4, "Волков Иван", "Финансы", ""),
        job(5, "Волков Иван", "Финансы", ""),
        job(6, "Сомов Иван", "Склад", ""),
    ]);
    company.persons[3].employments[0].contact.email = HrEmail::Unusable("нет".into());
    company.persons[4].id = PersonId("p3".into());
    let rules = rules(
        r#"
matching: {key: "1c:{{person.id}}"}
email:
  domain: romashka.example
  templates:
    - {when: {department: "Финансы"}, try: ["{{initial first}}.{{last}}"]}
"#,
    );
    let problems = rules::check(&rules, &company, |person| person.employments.first());
    let causes: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place.as_ref().unwrap(), problem.cause.clone().unwrap()))
        .collect();
    assert_eq!(
        causes,
        [
            "people.csv:6: the key is `1c:{{person.id}}` (rules/a.yaml:2:17)",
            "people.csv:2: `{{initial first}}.{{last}}` gives more than 64 characters before the @",
            "people.csv:3: the name has only initials",
            "people.csv:4: `{{initial first}}.{{last}}` uses an empty value",
            "people.csv:7: no entry of `email.templates` is for this person",
        ]
    );
    assert!(problems[0].is_error() && problems[1..].iter().all(|problem| !problem.is_error()));
}

#[test]
fn one_department_that_goes_to_two_places_is_found() {
    let text = r#"
departments:
  map:
    "Бухгалтерия": 1
    "Финансы / Бухгалтерия": 2
    "Производство / Склад": 3
    "id Производство.Склад": 3
    "Торговля / Склад": 4
"#;
    assert_eq!(
        findings(text),
        [
            "rules/a.yaml:4:5: `Финансы / Бухгалтерия` and `Бухгалтерия` are one department and go to two places"
        ]
    );
}

#[test]
fn what_the_source_does_not_tell_is_no_finding() {
    let rules = rules(
        r#"
matching: {key: "1c:{{person.id}}"}
email: {domain: romashka.example, templates: [{when: {position: "*директор*"}, try: ["{{last}}"]}]}
departments: {unmapped: hold, map: {"Ларёк": 1}}
hires: {when: {department: "Ларёк"}}
"#,
    );
    let check = |people: &People| rules::check(&rules, people, |person| person.employments.first()).len();
    let mut company = company();
    assert_eq!(check(&company), 6);
    company.unmanaged = BTreeSet::from([Unmanaged::Departments, Unmanaged::Positions, Unmanaged::Emails]);
    assert_eq!(check(&company), 0);
}

const TRIES: [&str; 6] = [
    "{{initial first}}.{{last}}",
    "{{last}}{{n}}",
    "{{take first 3}}-{{random 5}}",
    "{{#if patronymic}}{{patronymic}}{{else}}{{lower person.full_name}}{{/if}}",
    "{{translit person.full_name}}",
    "{{lower (translit job.position)}}{{person.phone}}",
];

proptest! {
    #[test]
    fn an_address_is_valid_or_none_and_always_the_same(name in "\\PC{0,60}", position in "\\PC{0,90}") {
        let text = format!("email: {{domain: Romashka.Example, templates: [{{try: {TRIES:?}}}]}}\n");
        let rules = rules(&text);
        let email = rules.email.as_ref().unwrap();
        let company = people(vec![job(1, &name, "", &position)]);
        let person = &company.persons[0];
        let scope = Scope { person, job: &person.employments[0], scheme: email.transliteration, n: Some(7) };
        for template in &email.templates[0].r#try {
            let made = rules::address(email, &email.templates[0], template, &scope);
            prop_assert_eq!(&made, &rules::address(email, &email.templates[0], template, &scope));
            if let Some(made) = made {
                let (local, domain) = made.as_str().rsplit_once('@').unwrap();
                prop_assert!(local.len() <= 64 && made.as_str().len() <= 100);
                prop_assert_eq!(domain, "romashka.example");
                prop_assert_eq!(made.as_str(), made.key());
                let rendered = template.render(&scope);
                prop_assert_eq!(local.to_owned(), rendered.text.to_ascii_lowercase());
                prop_assert!(rendered.complete && template.fits(&rendered.text));
            }
        }
    }

    #[test]
    fn what_a_key_gives_is_known_again(id in "\\PC{1,30}") {
        let rules = rules("matching: {key: \"1c:{{person.id}}\"}\n");
        let mut company = people(vec![job(1, "Ли", "", "")]);
        company.persons[0].id = PersonId(id.clone());
        let person = &company.persons[0];
        let scope = Scope { person, job: &person.employments[0], scheme: Default::default(), n: None };
        let key = &rules.matching.as_ref().unwrap().key;
        prop_assert!(key.fits(&key.render(&scope).text));
        prop_assert_eq!(key.fits(&id), id.len() > 3 && id.starts_with("1c:"));
    }
}
