//! Writes addresses into the stand-in for 1C: once, whole, and never over somebody else's change.

mod odata_support;

use odata_support::{TODAY, granit, guid, serve, settings, source};
use serde_json::{Value, json};
use shtat::{
    model::{Email, HrEmail, PersonId, Problem},
    sandbox::onec::OneC,
    source::{
        Source, Written,
        odata::{OData, Settings},
    },
};

const PERSONS: &str = "Catalog_ФизическиеЛица";
const SECTION: &str = "КонтактнаяИнформация";

fn want() -> Email {
    "new@granit.example".parse().unwrap()
}

fn person(number: u32) -> PersonId {
    PersonId(guid("7d0c", number))
}

fn section(base: &OneC, number: u32) -> Vec<Value> {
    let state = base.state();
    let card = state.sets[PERSONS].iter().find(|row| row["Ref_Key"] == guid("7d0c", number)).unwrap();
    card[SECTION].as_array().unwrap().clone()
}

fn patches(base: &OneC) -> usize {
    base.requests().iter().filter(|request| request.method == "PATCH").count()
}

fn write(base: &OneC, number: u32, expects: Option<&str>) -> Result<Written, Problem> {
    source(base).write_email(&person(number), expects, &want())
}

/// The address of a person as the next read of everybody shows it.
fn read_back(base: &OneC, number: u32) -> HrEmail {
    let people = source(base).read().people;
    let found = people.persons.into_iter().find(|known| known.id == person(number)).unwrap();
    found.employments[0].contact.email.clone()
}

#[test]
fn an_address_is_added_as_1c_itself_writes_it() {
    let base = serve(granit(), &[]);
    assert_eq!(write(&base, 2, None), Ok(Written::Changed));
    let rows = section(&base, 2);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["АдресЭП"], "new@granit.example");
    assert_eq!(rows[0]["Представление"], "new@granit.example");
    assert_eq!(rows[0]["ДоменноеИмяСервера"], "granit.example");
    assert_eq!(rows[0]["Вид_Key"], guid("c0", 14));
    let value: Value = serde_json::from_str(rows[0]["Значение"].as_str().unwrap()).unwrap();
    assert_eq!(
        value,
        json!({"version": 4, "value": "new@granit.example", "comment": "", "type": "АдресЭлектроннойПочты"})
    );
    assert_eq!(read_back(&base, 2).usable(), Some(&want()));
    assert_eq!(write(&base, 2, None), Ok(Written::AlreadySo));
    assert_eq!(patches(&base), 1);
}

#[test]
fn every_other_row_is_kept_as_it_was() {
    let base = serve(granit(), &[]);
    let before = section(&base, 27);
    assert_eq!(write(&base, 21, None), Ok(Written::Changed));
    assert_eq!(section(&base, 27), before);
    let rows = section(&base, 21);
    assert_eq!(rows.len(), 2, "an address of another kind stays and does not count");
    assert_eq!(rows[0]["АдресЭП"], "yakov@users.example");
    assert_eq!(rows[1]["LineNumber"], "2");
}

#[test]
fn what_somebody_else_wrote_is_left_alone() {
    let base = serve(granit(), &[]);
    assert_eq!(write(&base, 1, None), Ok(Written::Stale));
    assert_eq!(write(&base, 23, None), Ok(Written::Stale), "what cannot be used is not replaced");
    assert_eq!(write(&base, 2, Some("gone@granit.example")), Ok(Written::Stale));
    assert_eq!(patches(&base), 0);
    assert_eq!(write(&base, 1, Some("p.elkin@granit.example")), Ok(Written::Changed));
    let rows = section(&base, 1);
    assert_eq!(
        (&rows[1]["АдресЭП"], &rows[2]["АдресЭП"]),
        (&json!("new@granit.example"), &json!("petr@granit.example"))
    );
    assert_eq!(rows.len(), 3);
}

#[test]
fn looking_writes_nothing() {
    let base = serve(granit(), &[]);
    let source = source(&base);
    let look = |number, expects| source.look_email(&person(number), expects, &want()).unwrap();
    assert_eq!(look(2, None), Written::Changed);
    assert_eq!(look(1, None), Written::Stale);
    assert_eq!(look(1, Some("P.Elkin@granit.example")), Written::Changed);
    assert!(base.edit(
        PERSONS,
        &guid("7d0c", 2),
        &json!({"КонтактнаяИнформация": [{"LineNumber": "1",
        "Тип": "АдресЭлектроннойПочты", "Вид_Key": guid("c0", 14), "АдресЭП": "NEW@granit.example"}]})
    ));
    assert_eq!(look(2, None), Written::AlreadySo);
    assert_eq!(patches(&base), 0);
    assert_eq!(base.open_sessions(), 0);
}

#[test]
fn an_empty_row_of_the_kind_is_filled() {
    let base = serve(granit(), &[]);
    let empty = json!({"КонтактнаяИнформация": [
        {"LineNumber": "1", "Тип": "АдресЭлектроннойПочты", "Вид_Key": guid("c0", 14), "АдресЭП": "", "Страна": "x"}]});
    assert!(base.edit(PERSONS, &guid("7d0c", 2), &empty));
    assert_eq!(write(&base, 2, None), Ok(Written::Changed));
    let rows = section(&base, 2);
    assert_eq!((rows.len(), &rows[0]["Страна"]), (1, &json!("x")));
}

#[test]
fn a_lost_answer_is_looked_up_and_not_repeated() {
    let base = serve(granit(), &["lost-write"]);
    assert_eq!(write(&base, 2, None), Ok(Written::Changed));
    assert_eq!(patches(&base), 1);
}

#[test]
fn a_refused_write_is_looked_after_before_it_is_sent_again() {
    let base = serve(granit(), &["refuse-write"]);
    assert_eq!(write(&base, 2, None), Ok(Written::Changed));
    let methods: Vec<String> = base.requests().into_iter().map(|request| request.method).collect();
    let first = methods.iter().position(|method| method == "PATCH").unwrap();
    assert_eq!(methods[first + 1], "GET");
    assert_eq!(patches(&base), 2);
    assert_eq!(section(&base, 2).len(), 1);
}

#[test]
fn a_handler_that_refuses_is_told() {
    let base = serve(granit(), &["handler-error"]);
    let problem = write(&base, 2, None).unwrap_err();
    assert!(problem.what.contains("failed inside"), "{problem:?}");
    assert_eq!(patches(&base), 1);
    assert_eq!(section(&base, 2).len(), 0);
}

#[test]
fn an_address_that_1c_cut_is_told_and_not_mended() {
    let base = serve(granit(), &["handler-change"]);
    let problem = write(&base, 2, None).unwrap_err();
    assert!(problem.what.contains("did not keep"), "{problem:?}");
    assert!(!format!("{problem:?}").contains("new@granit.example"));
    assert_eq!(patches(&base), 1);
}

#[test]
fn a_version_that_moved_begins_anew() {
    let base = serve(granit(), &["obey-if-match", "other-write"]);
    assert_eq!(write(&base, 2, None), Ok(Written::Changed));
    assert_eq!(patches(&base), 2);
    assert_eq!(section(&base, 2).len(), 1);
}

#[test]
fn a_person_that_is_not_there_and_a_kind_nobody_has_are_told() {
    let base = serve(granit(), &[]);
    let problem = write(&base, 99, None).unwrap_err();
    assert!(problem.what.contains("no such object"), "{problem:?}");
    let other = Settings { email_kinds: vec!["НетТакого".into()], ..settings(&base) };
    let source = OData::new(other, TODAY).unwrap();
    let problem = source.write_email(&person(2), None, &want()).unwrap_err();
    assert!(problem.what.contains("no kind of contact"), "{problem:?}");
    assert_eq!(patches(&base), 0);
}

#[test]
fn the_first_kind_that_the_base_has_is_filled() {
    let base = serve(granit(), &[]);
    let kinds = vec!["НетТакого".into(), "Личный e-mail".into(), "EMailФизическиеЛица".into()];
    let source = OData::new(Settings { email_kinds: kinds, ..settings(&base) }, TODAY).unwrap();
    assert_eq!(source.write_email(&person(2), None, &want()), Ok(Written::Changed));
    assert_eq!(section(&base, 2)[0]["Вид_Key"], guid("c0", 15));
}

#[test]
fn reads_around_a_write_are_repeated() {
    let base = serve(granit(), &["busy#3"]);
    assert_eq!(write(&base, 2, None), Ok(Written::Changed));
    assert_eq!(patches(&base), 1);
}
