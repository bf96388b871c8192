//! `check --online` against the stand-in for 1C: each step, and the remedy where one fails.

mod odata_support;

use odata_support::{TODAY, granit, serve, settings, source};
use shtat::{
    sandbox::onec::OneC,
    source::odata::{CheckStep, OData, Settings},
};

fn failed(steps: &[CheckStep]) -> Vec<&CheckStep> {
    steps.iter().filter(|step| step.problem.as_ref().is_some_and(|problem| problem.is_error())).collect()
}

fn check(base: &OneC) -> Vec<CheckStep> {
    let steps = source(base).check_online();
    assert_eq!(base.open_sessions(), 0);
    steps
}

#[test]
fn a_good_base_passes_every_step_in_order() {
    let steps = check(&serve(granit(), &[]));
    assert!(failed(&steps).is_empty(), "{steps:#?}");
    let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    let at = |word: &str| {
        names.iter().position(|name| name.contains(word)).unwrap_or_else(|| panic!("{word}: {names:?}"))
    };
    let order = [
        at("reach"),
        at("log in"),
        at("published sets"),
        at("Catalog_Сотрудники"),
        at("kinds"),
        at("everybody"),
    ];
    assert!(order.is_sorted(), "{names:?}");
    assert!(steps.last().unwrap().found.contains("persons at work"), "{steps:#?}");
}

#[test]
fn the_step_that_fails_is_the_last_and_names_a_remedy() {
    for (fault, step, words) in [
        ("forbidden", "log in", "forbids"),
        ("error:401#2", "log in", "refused the user"),
        ("html#2", "log in", "web page"),
        ("redirect#1", "reach", "elsewhere.example"),
        ("restricted:Catalog_Сотрудники", "Catalog_Сотрудники", "hides rows"),
        ("off:Catalog_ФизическиеЛица", "Catalog_ФизическиеЛица", "not published"),
    ] {
        let steps = check(&serve(granit(), &[fault]));
        let failed = failed(&steps);
        assert_eq!(failed.len(), 1, "{fault}: {steps:#?}");
        assert!(failed[0].name.contains(step), "{fault}: {failed:#?}");
        let problem = failed[0].problem.as_ref().unwrap();
        assert!(problem.what.contains(words), "{fault}: {problem:?}");
        assert!(!problem.hints.is_empty(), "{fault}");
    }
}

#[test]
fn what_will_not_be_managed_is_a_warning() {
    for (fault, word) in [
        ("off:Catalog_Должности", "positions"),
        ("off:Catalog_ПодразделенияОрганизаций", "departments"),
        ("off:InformationRegister_ВидыЗанятостиСотрудников_RecordType", "kinds"),
        ("off:InformationRegister_ТекущиеКадровыеДанныеСотрудников", "dates"),
        ("empty:InformationRegister_ТекущиеКадровыеДанныеСотрудников", "dates"),
    ] {
        let steps = check(&serve(granit(), &[fault]));
        assert!(failed(&steps).is_empty(), "{fault}: {steps:#?}");
        let warned = steps.iter().filter_map(|step| step.problem.as_ref());
        assert_eq!(warned.filter(|problem| problem.what.contains(word)).count(), 1, "{fault}: {steps:#?}");
    }
}

#[test]
fn nobody_there_is_told_at_once() {
    let base = serve(granit(), &[]);
    let gone = Settings { url: base.url(), ..settings(&base) };
    drop(base);
    let steps = OData::new(gone, TODAY).unwrap().check_online();
    assert_eq!(steps.len(), 1);
    assert!(steps[0].problem.as_ref().unwrap().what.contains("cannot be reached"), "{steps:#?}");
}
