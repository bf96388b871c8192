//! What rule files mean, key by key, and what is meant where a key is left out.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::civil::date;
use shtat::{
    model::{AccountId, Action, Email, EmploymentKind, Place},
    rules::{
        self, Adopt, DepartmentTarget, EmailSource, Empty, ExtranetAddress, FieldWhen, Limit, Protected,
        Returning, Rules, Scheme, Unmapped, Vanished, When,
    },
};

fn good(name: &str) -> Rules {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/good").join(name);
    let text = fs::read_to_string(path).unwrap();
    rules::read(&[(format!("rules/{name}"), text)], date(2026, 11, 22)).rules
}

fn rules(text: &str) -> Rules {
    rules::read(&[("rules/a.yaml".into(), text.into())], date(2026, 11, 22)).rules
}

/// Drops the places inside a condition.
fn bare(when: &When) -> When {
    let all = |parts: &[When]| parts.iter().map(bare).collect();
    match when {
        When::At(_, part) => bare(part),
        When::Any(parts) => When::Any(all(parts)),
        When::All(parts) => When::All(all(parts)),
        When::Not(part) => When::Not(Box::new(bare(part))),
        other => other.clone(),
    }
}

fn at(line: u32, column: u32) -> Place {
    Place::at("rules/everything.yaml", line, column)
}

#[test]
fn keys_and_addresses() {
    let rules = good("everything.yaml");
    let matching = rules.matching.unwrap();
    assert_eq!((matching.key.text.as_str(), &matching.key.place), ("1c:{{person.id}}", &at(3, 8)));
    assert_eq!(matching.adopt, [Adopt::Email, Adopt::NameAndBirthday]);
    assert_eq!((&matching.place, &matching.adopt_place), (&at(2, 1), &at(4, 3)));
    let email = rules.email.unwrap();
    assert_eq!(email.domain.as_deref(), Some("romashka.example"));
    assert_eq!(
        (email.transliteration, email.source, email.write_back),
        (Scheme::Icao9303, EmailSource::Keep, true)
    );
    let [lutik, all] = email.templates.as_slice() else { panic!("two entries") };
    assert_eq!(bare(lutik.when.as_ref().unwrap()), When::Organization("ООО «Лютик»".into()));
    assert_eq!((lutik.domain(&email), all.domain(&email)), (Some("lutik.example"), Some("romashka.example")));
    assert_eq!((&lutik.place, &all.place, all.when.as_ref()), (&at(11, 7), &at(14, 7), None));
    let texts: Vec<_> = all.r#try.iter().map(|template| template.text.as_str()).collect();
    assert_eq!(texts, ["{{initial first}}.{{last}}", "{{first}}.{{last}}", "{{last}}{{n}}"]);
    assert_eq!(all.r#try.iter().map(rules::Template::counts).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(
        (&email.place, &email.source_place, &email.write_back_place),
        (&at(6, 1), &at(9, 3), &at(15, 3))
    );
}

#[test]
fn departments_and_profile() {
    let rules = good("everything.yaml");
    let departments = rules.departments.unwrap();
    assert_eq!((departments.unmapped, &departments.unmapped_place), (Unmapped::Create, &at(18, 3)));
    let map: Vec<_> =
        departments.map.iter().map(|one| (one.from.as_str(), one.to.clone(), &one.place)).collect();
    let path = |names: &[&str]| DepartmentTarget::Path(names.iter().map(ToString::to_string).collect());
    assert_eq!(
        map,
        [
            ("Бухгалтерия", path(&["Финансы", "Бухгалтерия"]), &at(20, 5)),
            ("Склад / Участок 2", DepartmentTarget::Id(14), &at(21, 5)),
            ("17", path(&["Архив"]), &at(22, 5)),
        ]
    );
    let profile = rules.profile.unwrap();
    let fields: Vec<_> = profile
        .fields
        .iter()
        .map(|(name, rule)| (name.as_str(), rule.value.text.as_str(), rule.when))
        .collect();
    assert_eq!(
        fields,
        [
            ("NAME", "{{person.first_name}}", FieldWhen::Always),
            ("PERSONAL_BIRTHDAY", "{{person.birthday}}", FieldWhen::Create),
            ("UF_USR_CABINET", "12", FieldWhen::Always),
            ("WORK_POSITION", "{{job.position}}", FieldWhen::Always),
        ]
    );
    assert_eq!((profile.empty, &profile.fields["NAME"].place), (Empty::Clear, &at(26, 5)));
}

#[test]
fn hires_and_dismissals() {
    let rules = good("everything.yaml");
    let hires = rules.hires.unwrap();
    let contract = When::Employment(vec![EmploymentKind::Contract]);
    assert_eq!(bare(hires.when.as_ref().unwrap()), When::Not(Box::new(contract)));
    assert_eq!((hires.days_before, hires.returning), (3, Returning::Reinstate));
    assert!(hires.message.unwrap().text.starts_with("Добро пожаловать"));
    assert_eq!((&hires.when_place, &hires.returning_place), (&at(33, 3), &at(35, 3)));
    let dismissals = rules.dismissals.unwrap();
    assert_eq!((dismissals.vanished, dismissals.bridge_days), (Vanished::Fire, 14));
    let [consultants, partners, everyone] = dismissals.policies.as_slice() else { panic!("three policies") };
    let path = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let kinds = vec![EmploymentKind::PartTimeOuter, EmploymentKind::Contract];
    assert_eq!(
        bare(consultants.when.as_ref().unwrap()),
        When::Any(vec![
            When::All(vec![When::Position("*консультант*".into()), When::Under(path(&["Проектный офис"]))]),
            When::All(vec![When::Employment(kinds), When::Department(path(&["Финансы", "Аудит"]))]),
        ])
    );
    assert_eq!((consultants.id.as_str(), consultants.fire_days_after), ("consultants-stay", Some(0)));
    let extranet = consultants.extranet.as_ref().unwrap();
    assert_eq!(extranet.groups, ["Проект Альфа"]);
    assert!(matches!(extranet.address, ExtranetAddress::Keep));
    assert_eq!(extranet.park.as_ref().unwrap().text, "{{person.personal_email}}");
    assert_eq!((extranet.within, extranet.message.as_ref().unwrap().text.as_str()), (Some(60), "До связи"));
    let other = partners.extranet.as_ref().unwrap();
    assert!(matches!(&other.address, ExtranetAddress::Template(t) if t.text == "{{last}}@partner.example"));
    assert_eq!((other.within, partners.fire_days_after), (Some(30), Some(1)));
    assert_eq!(
        (everyone.id.as_str(), everyone.when.as_ref(), everyone.extranet.is_none()),
        ("everyone", None, true)
    );
}

#[test]
fn documents_and_safety() {
    let rules = good("everything.yaml");
    assert_eq!(rules.documents.unwrap().company, "romashka-hr");
    let safety = rules.safety;
    let protect: Vec<_> = safety.protect.iter().map(|(one, _)| one.clone()).collect();
    let director = Email::parse("director@romashka.example").unwrap();
    assert_eq!(protect, [Protected::Email(director), Protected::Id(AccountId(1))]);
    let limits: BTreeMap<_, _> =
        safety.limits.iter().map(|(action, limit)| (*action, (limit.count, limit.percent))).collect();
    let wanted = [(Action::CreateUser, (50, 0)), (Action::FireUser, (3, 5)), (Action::SwapEmail, (5, 10))];
    assert_eq!(limits, BTreeMap::from(wanted));
    assert_eq!(safety.limits[&Action::SwapEmail].place, None);
    assert_eq!((safety.source_shrink, safety.plan_days), (15, 3));
    let allow = &safety.allow[0];
    assert_eq!((allow.action, allow.count, allow.until), (Action::FireUser, 40, date(2026, 12, 31)));
    assert_eq!(allow.because, "the Tula branch closes");
}

#[test]
fn what_is_left_out_is_cautious() {
    let rules = good("least.yaml");
    assert_eq!(rules.matching.unwrap().adopt, []);
    let email = rules.email.unwrap();
    assert_eq!((email.source, email.write_back, email.templates.len()), (EmailSource::Keep, false, 0));
    assert_eq!((email.transliteration, email.domain), (Scheme::Icao9303, None));
    assert_eq!(rules.departments.unwrap().unmapped, Unmapped::Top);
    assert_eq!(rules.profile.unwrap().empty, Empty::Keep);
    let hires = rules.hires.unwrap();
    assert_eq!((hires.when, hires.days_before, hires.returning), (None, 0, Returning::Hold));
    let dismissals = rules.dismissals.unwrap();
    assert_eq!((dismissals.vanished, dismissals.bridge_days), (Vanished::Hold, 7));
    let limit = |count, percent| Limit { count, percent, place: None };
    assert_eq!(
        rules.safety.limits,
        BTreeMap::from([(Action::FireUser, limit(3, 5)), (Action::SwapEmail, limit(5, 10))])
    );
    assert_eq!((rules.safety.source_shrink, rules.safety.plan_days), (10, 7));
}

#[test]
fn an_absent_section_manages_nothing() {
    let rules = good("empty.yaml");
    assert!(rules.matching.is_none() && rules.email.is_none() && rules.departments.is_none());
    assert!(rules.profile.is_none() && rules.hires.is_none() && rules.dismissals.is_none());
    assert!(rules.documents.is_none() && rules.safety.allow.is_empty());
    assert_eq!((rules.safety.source_shrink, rules.safety.place), (10, None));
}

#[test]
fn policies_without_ids_are_numbered_and_need_not_fire() {
    let rules = rules("dismissals: {policies: [{id: a, fire: {}}, {when: {position: b}}]}\n");
    let policies = rules.dismissals.unwrap().policies;
    assert_eq!((policies[1].id.as_str(), policies[1].fire_days_after), ("policy-2", None));
    assert_eq!(policies[0].fire_place.to_string(), "rules/a.yaml:1:33");
    assert_eq!(policies[1].fire_place, policies[1].place);
}

#[test]
fn addresses_of_partners() {
    let policy = |address: &str| {
        let text =
            format!("dismissals: {{policies: [{{fire: {{}}, extranet: {{groups: [a], {address}}}}}]}}\n");
        let reading = rules::read(&[("rules/a.yaml".into(), text)], date(2026, 11, 22));
        let errors = reading.problems.iter().filter(|problem| problem.is_error()).count();
        (reading.rules.dismissals.unwrap().policies[0].extranet.clone().unwrap().address, errors)
    };
    assert!(matches!(policy("address: personal"), (ExtranetAddress::Personal, 0)));
    assert!(matches!(policy("address: \"{{person.personal_email}}\""), (ExtranetAddress::Template(_), 0)));
    assert!(matches!(policy("address: \"{{last}}@partner.example\""), (ExtranetAddress::Template(_), 0)));
    assert!(matches!(policy("park: \"{{person.personal_email}}\""), (ExtranetAddress::Keep, 0)));
    assert!(matches!(policy("within: 5"), (ExtranetAddress::Keep, 1)));
    assert!(matches!(policy("address: keep"), (ExtranetAddress::Keep, 1)));
    assert!(matches!(policy("address: kepe"), (_, 1)));
    assert!(matches!(policy("address: \"{{persnal}}\""), (_, 1)));
}
