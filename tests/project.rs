//! shtat.yaml: what is read, and what is said of every mistake.

use std::{path::Path, time::Duration};

use shtat::{
    model::{Edition, Problem},
    portal::Rate,
    project::{Config, PeopleConfig, PortalAccess},
    source::FileKind,
};

fn read(text: &str) -> Result<Config, Vec<Problem>> {
    Config::read(Path::new("/project"), text)
}

fn mistakes(text: &str) -> Vec<(String, String)> {
    let problems = read(text).expect_err("mistakes");
    problems
        .into_iter()
        .map(|p| (p.place.map(|place| place.to_string()).unwrap_or_default(), p.what))
        .collect()
}

const WHOLE: &str = r#"
people:
  csv: data/people.csv
  timezone: Asia/Yekaterinburg
  columns: {email: "Служебная почта"}
portals:
  romashka:
    sandbox: data/portal.json
    organizations: ["ООО «Ромашка»", "7701234567"]
  main:
    webhook: ${SHTAT_MAIN_WEBHOOK}
    edition: box
    timeout: 30s
    rate: {burst: 10, per_second: 1}
    oauth: {client_id: local.1, client_secret: {file: secret.txt}, tokens: {file: tokens.json}, server: https://oauth.example}
default_portal: romashka
"#;

#[test]
fn a_whole_file_is_read() {
    let config = read(WHOLE).unwrap();
    let PeopleConfig::File(file) = &config.people else { panic!("{:?}", config.people) };
    assert_eq!((file.kind, file.shown.as_str()), (FileKind::Csv, "data/people.csv"));
    assert_eq!(file.path, Path::new("/project/data/people.csv"));
    assert_eq!(file.columns["email"].header, "Служебная почта");
    assert_eq!(config.timezone.iana_name(), Some("Asia/Yekaterinburg"));
    let romashka = config.portal(None).unwrap();
    assert_eq!(romashka.organizations, ["ООО «Ромашка»", "7701234567"]);
    assert!(matches!(&romashka.access, PortalAccess::Sandbox { shown, .. } if shown == "data/portal.json"));
    let main = config.portal(Some("main")).unwrap();
    assert_eq!((main.edition, main.timeout), (Edition::Box, Duration::from_secs(30)));
    assert_eq!(main.rate, Some(Rate { burst: 10.0, per_second: 1.0 }));
    assert_eq!(main.oauth.as_ref().unwrap().server, "https://oauth.example");
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let found = mistakes(
        "people:\n  csv: a.csv\n  timezon: Europe/Moscow\nportals:\n  main:\n    webhok: ${X}\n    timeout: soon\n    rate: {burst: many, per_second: 2}\n",
    );
    let text = format!("{found:?}");
    for expected in [
        "shtat.yaml:3:3",
        "unknown key `timezon`",
        "unknown key `webhok`",
        "neither `webhook` nor `sandbox`",
        "shtat.yaml:8:19",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn a_literal_secret_is_an_error_and_is_not_repeated() {
    let text = "people: {csv: a.csv}\nportals:\n  main:\n    webhook: https://romashka.example/rest/1/s3cr3tt0ken/\n";
    let problems = read(text).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].place.as_ref().unwrap().to_string(), "shtat.yaml:4:14");
    assert!(!format!("{problems:?}").contains("s3cr3tt0ken"));
}

#[test]
fn a_reference_needs_no_quotes_in_a_line_of_keys() {
    let text = "people: {csv: a.csv}\nportals:\n  main: {webhook: ${SHTAT_MAIN_WEBHOOK}, edition: cloud}\n";
    let config = read(text).unwrap();
    assert!(matches!(config.portals["main"].access, PortalAccess::Webhook(_)));
}

#[test]
fn one_source_and_one_access() {
    let two = mistakes("people: {csv: a.csv, json: b.json}\nportals: {main: {sandbox: p.json}}\n");
    assert!(two[0].1.starts_with("more than one source of people"), "{two:?}");
    let none = mistakes("people: {timezone: Europe/Moscow}\nportals: {main: {sandbox: p.json}}\n");
    assert!(none[0].1.starts_with("no source of people"), "{none:?}");
    let both = mistakes("people: {csv: a.csv}\nportals:\n  main:\n    sandbox: p.json\n    webhook: ${X}\n");
    assert!(both[0].1.contains("brings its own access"), "{both:?}");
}

#[test]
fn the_portal_must_be_clear() {
    let text = "people: {csv: a.csv}\nportals: {north: {sandbox: n.json}, south: {sandbox: s.json}}\n";
    let config = read(text).unwrap();
    assert_eq!(config.portal(None).unwrap_err().what, "which portal?");
    let missing = config.portal(Some("nort")).unwrap_err();
    assert_eq!(missing.hints[0], "did you mean `north`?");
    let unsafe_name = mistakes("people: {csv: a.csv}\nportals: {\"../x\": {sandbox: n.json}}\n");
    assert!(unsafe_name[0].1.contains("cannot name a portal"), "{unsafe_name:?}");
    assert!(
        mistakes("people: {csv: a.csv}\nportals: {n: {sandbox: n.json}}\ndefault_portal: m\n")[0]
            .1
            .contains("no portal `m`")
    );
}

#[test]
fn odata_has_settings_of_its_own() {
    let text = "people:\n  odata:\n    url: https://hr.example/zup\n    user: Обмен\n    password: ${SHTAT_1C_PASSWORD}\n    page_size: 500\n    read_timeout: 2m\n    tree: management\n    sets: {Catalog_Сотрудники: Catalog_Работники}\nportals: {main: {sandbox: p.json}}\n";
    let PeopleConfig::OData { settings, password, .. } = read(text).unwrap().people else { panic!("odata") };
    assert_eq!((settings.page_size, settings.read_timeout), (500, Duration::from_secs(120)));
    assert_eq!(password.described(), "the variable `SHTAT_1C_PASSWORD`");
    assert_eq!(settings.sets["Catalog_Сотрудники"], "Catalog_Работники");
    let wrong = mistakes(
        "people:\n  odata: {url: https://hr.example/zup, user: x, password: y, tre: legal}\nportals: {main: {sandbox: p.json}}\n",
    );
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}

#[test]
fn the_schema_knows_every_key() {
    let schema = shtat::project::json_schema();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let whole = serde_yaml::from_str::<serde_json::Value>(WHOLE).unwrap();
    assert!(validator.is_valid(&whole));
    let wrong = serde_json::json!({"people": {"csv": "a.csv", "timezon": "x"}, "portals": {}});
    assert!(!validator.is_valid(&wrong));
}
