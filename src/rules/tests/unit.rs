use serde_json::json;

use super::*;
use crate::model::Reason;

const FILE: &str = "
- name: the second Orlova
  as_of: 2026-11-22
  person: {person_id: p2, last_name: Орлова, first_name: Анна}
  others: [{person_id: p1, last_name: Орлова, first_name: Алла, hired_on: 2020-01-01}]
  expect: {email: anna.orlova@romashka.example, department: 14, policy: null, held: null}
- person: [{full_name: Ли Вэй, personnel_number: 007}, {full_name: Ли Вэй, employment: contract}]
  expect: {held: no_address, department: top}
";

fn cases(text: &str) -> (Vec<Case>, Vec<String>) {
    let mut problems = Vec::new();
    let cases = parse(&[("rules/tests/a.yaml".into(), text.into())], &mut problems);
    (cases, problems.into_iter().map(|problem| problem.what).collect())
}

#[test]
fn reads_cases_with_rows_that_a_json_source_knows() {
    let (cases, problems) = cases(FILE);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(cases[0].rows.len(), 2);
    assert_eq!(cases[0].own_rows, 1);
    assert_eq!(cases[0].rows[0], json!({"person_id": "p2", "last_name": "Орлова", "first_name": "Анна"}));
    assert_eq!(cases[0].as_of.map(|day| day.to_string()).as_deref(), Some("2026-11-22"));
    assert_eq!(cases[1].own_rows, 2);
    assert_eq!(cases[1].rows[0]["personnel_number"], "007");
}

#[test]
fn says_what_is_wrong_with_a_case() {
    let (_, problems) =
        cases("- person: {lastname: Орлова}\n  expect: {hold: x, held: no_adress}\n- expect: {}\n");
    assert_eq!(
        problems,
        [
            "unknown key `lastname`",
            "unknown key `hold`",
            "`no_adress` is none of own_account, protected, first_run, adopted_in_this_plan, source_shrink, \
             limit, ambiguous_match, blocked_by_hand, returning, vanished, renamed_or_new, out_of_scope, \
             no_policy, unmapped_department, no_address, address_taken, no_seat, no_group",
            "the key `person` is missing: a row, or several of one person",
        ]
    );
    assert_eq!(cases("# nothing yet\n"), (Vec::new(), Vec::new()));
}

#[test]
fn shows_differences_word_by_word() {
    let (cases, _) = cases(FILE);
    let good = Outcome {
        email: Some("Anna.Orlova@romashka.example".into()),
        department: Some("14".into()),
        ..Outcome::default()
    };
    assert_eq!(compare(&cases[0], &good), []);
    let bad = Outcome { email: Some("a.orlova@romashka.example".into()), held: Some("limit".into()), ..good };
    let problems = compare(&cases[0], &bad);
    assert_eq!(problems.len(), 2);
    assert_eq!(problems[0].cause.as_deref(), Some("[-anna.orlova-]{+a.orlova+}@romashka.example"));
    assert_eq!(
        problems[0].place.as_ref().map(ToString::to_string).as_deref(),
        Some("rules/tests/a.yaml:6:19")
    );
    assert_eq!(problems[1].cause.as_deref(), Some("expected none, found `limit`"));
}

#[test]
fn knows_every_reason_that_plans_know() {
    for reason in [
        Reason::OwnAccount,
        Reason::Protected,
        Reason::FirstRun,
        Reason::AdoptedInThisPlan,
        Reason::SourceShrink,
        Reason::Limit,
        Reason::AmbiguousMatch,
        Reason::BlockedByHand,
        Reason::Returning,
        Reason::Vanished,
        Reason::RenamedOrNew,
        Reason::OutOfScope,
        Reason::NoPolicy,
        Reason::UnmappedDepartment,
        Reason::NoAddress,
        Reason::AddressTaken,
        Reason::NoSeat,
        Reason::NoGroup,
    ] {
        let text = format!("- person: {{last_name: x}}\n  expect: {{held: {}}}\n", reason.code());
        assert_eq!(cases(&text).1, Vec::<String>::new());
    }
}
