//! Stories told as folders: people, rules and a portal on one side, the plan on the other.
//!
//! Each folder is a project. It is read, planned and compared; then the plan is carried out in a
//! model of the portal, and a second plan must have no steps. `plan.txt` is written by thinking
//! about the contract; `BLESS=1` rewrites it, and the review reads that diff.

mod common;

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use common::{brief::brief, company::TODAY, model::World, project};
use shtat::{
    model::{Plan, Reason},
    plan::{Inputs, plan, render},
    rules::Rules,
};
use similar::{ChangeTag, TextDiff};

/// Every folder, so that none is forgotten and none vanishes unseen.
const SCENARIOS: &[&str] = &[
    "a-limit-for-hires",
    "a-limit-in-percent",
    "account-one-is-never-fired",
    "address-differs-in-case-only",
    "address-never-follows-the-template",
    "address-of-a-dismissed-account",
    "address-of-a-foreign-account",
    "address-of-another-row",
    "address-of-history",
    "address-of-the-person-in-history",
    "addresses-of-hr-are-replaced",
    "adopt-by-address",
    "adopt-by-name-and-birthday",
    "adopt-by-name-without-birthday",
    "adopt-contradicted",
    "adopt-one-person-two-accounts",
    "adopt-two-persons-one-account",
    "adopted-account-is-updated",
    "adopted-account-keeps-its-address-for-now",
    "adopted-leaver-is-fired-in-the-next-plan",
    "all-templates-taken",
    "an-exception-allows-more",
    "another-organization-gets-nothing",
    "as-many-as-the-limit",
    "back-before-anybody-noticed",
    "birthday-is-a-date",
    "blocked-by-hand",
    "both-jobs-end",
    "chain-ends-at-a-leaver",
    "contractors-get-no-account",
    "custom-key",
    "department-id-is-not-there",
    "department-is-ambiguous",
    "department-is-ambiguous-and-the-rest-goes-on",
    "department-under",
    "departments-are-created",
    "departments-are-found",
    "departments-by-spelling",
    "departments-of-another-organization-do-not-count",
    "dismissed-accounts-are-not-adopted",
    "documents-are-bound",
    "documents-are-for-those-who-work",
    "documents-bind-a-new-account",
    "documents-bind-an-account",
    "draft-card-does-not-work",
    "empty-is-cleared",
    "empty-is-kept",
    "everything-as-wanted",
    "extranet-accounts-are-not-adopted",
    "fields-of-creation",
    "fired-days-later",
    "fired-on-the-last-day",
    "first-run",
    "foreign-key-is-respected",
    "freed-seats-do-not-count",
    "full-path-in-the-map",
    "head-of-department-leaves",
    "hire-with-an-address",
    "hire-without-an-address",
    "hired-today",
    "hired-tomorrow",
    "hr-gets-a-new-address",
    "hr-gets-the-address-of-an-account",
    "hr-gives-a-freed-address-to-a-new-person",
    "initials-are-no-name",
    "initials-with-an-address",
    "invitation-is-withdrawn",
    "invited-days-before",
    "key-beats-address",
    "last-day-is-today",
    "last-day-was-yesterday",
    "leaves-next-month",
    "left-on-a-temporary-address",
    "limits-hold-nobody-else",
    "main-job-decides-the-first-department",
    "more-swaps-than-the-limit",
    "more-than-the-limit",
    "moves-to-another-department",
    "namesake-of-a-dismissed-person",
    "namesakes-hired-together",
    "never-worked-here",
    "new-address-in-hr",
    "next-job-begins-late",
    "next-job-begins-soon",
    "no-address-rules-no-accounts",
    "no-dismissals-section",
    "no-hires-section",
    "no-matching-no-accounts",
    "no-policy-fits",
    "one-key-on-two-accounts",
    "one-of-two-jobs-ends",
    "one-person-two-jobs",
    "one-seat-left",
    "only-the-first-fitting-entry",
    "order-of-other-departments",
    "owner-and-protected",
    "owner-is-never-fired",
    "partner-a-day-too-late",
    "partner-addresses-cross",
    "partner-and-first-run",
    "partner-gets-the-old-address-back",
    "partner-group-closed",
    "partner-group-missing",
    "partner-invitation-takes-no-seat",
    "partner-is-there",
    "partner-joins-another-group",
    "partner-keeps-the-address",
    "partner-on-a-box",
    "partner-on-the-last-day",
    "partner-park-taken",
    "partner-parked-before",
    "partner-parked-before-and-hr-is-empty",
    "partner-parked-on-the-old-address",
    "partner-policy-does-not-fit",
    "partner-too-late",
    "partner-who-had-stepped-aside",
    "partner-whose-address-in-hr-differs",
    "partner-with-a-made-address",
    "partner-with-a-personal-address",
    "partner-without-a-private-address",
    "partner-without-an-account",
    "partners-take-no-seat",
    "protected-before-limit",
    "protected-by-address",
    "protected-by-id",
    "protected-leaver-who-would-stay",
    "reinstated-and-blocked-again",
    "renamed-or-new",
    "renamed-or-new-by-address",
    "replace-never-swaps",
    "returning-and-hr-gets-the-address",
    "returning-from-a-parked-address",
    "returning-is-held",
    "returning-is-reinstated",
    "returning-with-another-address",
    "source-has-shrunk",
    "source-has-shrunk-a-little",
    "source-has-shrunk-without-history",
    "surname-changes",
    "swap-behind-a-held-swap",
    "swap-chain",
    "swap-target-taken",
    "swap-three",
    "swap-two",
    "template-never-takes-a-freed-address",
    "template-of-an-organization",
    "the-main-job-decides-who-gets-an-account",
    "two-persons-claim-one-address",
    "two-policies-first-wins",
    "unmanaged-fields-stay",
    "unmapped-goes-to-the-top",
    "unmapped-is-created",
    "unmapped-is-held",
    "unusable-address",
    "unusable-address-of-an-account",
    "vanished-is-fired-by-rule",
    "vanished-is-held",
    "welcome-message",
    "without-departments-nobody-moves",
    "works-elsewhere-now",
];

/// Scenarios in which the planner differs from the contract. To be empty.
const KNOWN_FAILURES: &[&str] = &[];

/// Reasons that a plan itself removes, so that the next one may go on where it stopped.
const PASSING: &[Reason] =
    &[Reason::FirstRun, Reason::AdoptedInThisPlan, Reason::SourceShrink, Reason::NoSeat];

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(name)
}

/// The organizations that the portal of `shtat.yaml` serves.
fn organizations(name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder(name).join("shtat.yaml")).unwrap();
    let config: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let list = config["portals"]["romashka"]["organizations"].as_sequence().cloned().unwrap_or_default();
    list.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn plan_of(world: &World, rules: &Rules, organizations: &[String]) -> Plan {
    plan(&Inputs {
        portal: "romashka",
        organizations,
        people: &world.people,
        rules,
        have: &world.have,
        history: &world.history,
        as_of: TODAY,
        made_at: "2026-11-24T09:00:00Z",
    })
}

/// Runs one scenario; says what is wrong with it.
fn run(name: &str) -> Result<(), String> {
    let folder = folder(name);
    let (rules, organizations) = (project::rules_of(&folder), organizations(name));
    let (people, have) = (project::people(&folder), project::portal(&folder));
    let mut world = World::new(people, have, project::history(&folder), TODAY);
    let first = plan_of(&world, &rules, &organizations);
    compare(name, &brief(&first))?;
    says(name, &first, &world)?;
    world.apply(&first)?;
    let second = plan_of(&world, &rules, &organizations);
    if !second.steps.is_empty() && !first.held.iter().any(|held| PASSING.contains(&held.reason)) {
        return Err(format!("after the apply there is still something to do:\n{}", brief(&second)));
    }
    Ok(())
}

fn compare(name: &str, found: &str) -> Result<(), String> {
    let file = folder(name).join("plan.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if expected == found { Ok(()) } else { Err(difference(&expected, found)) }
}

/// The text for people must hold every line of `says.txt`, where there is one.
fn says(name: &str, plan: &Plan, world: &World) -> Result<(), String> {
    let text = render::text(plan, &render::Names::of(&world.have), render::Style { colour: false, width: 0 });
    let lines = fs::read_to_string(folder(name).join("says.txt")).unwrap_or_default();
    match lines.lines().find(|line| !text.contains(*line)) {
        Some(line) => Err(format!("the text does not say `{line}`:\n{text}")),
        None => Ok(()),
    }
}

fn difference(expected: &str, found: &str) -> String {
    let mut text = String::new();
    for change in TextDiff::from_lines(expected, found).iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Delete => "expected",
            ChangeTag::Insert => "   found",
            ChangeTag::Equal => "        ",
        };
        let _ = write!(text, "{sign} {change}");
    }
    text
}

#[test]
fn stories_end_as_told() {
    let mut wrong = String::new();
    for name in SCENARIOS {
        match (run(name), KNOWN_FAILURES.contains(name)) {
            (Err(why), false) => wrong += &format!("\n== {name}\n{why}"),
            (Ok(()), true) => wrong += &format!("\n== {name}\nis as told now: take it off KNOWN_FAILURES\n"),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_folder_is_listed_and_tells_its_story() {
    let folders: BTreeSet<String> = fs::read_dir(folder(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed: BTreeSet<String> = SCENARIOS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(folders, listed);
    for name in &listed {
        for file in ["shtat.yaml", "people.csv", "portal.json", "plan.txt", "story.md"] {
            assert!(folder(name).join(file).is_file(), "{name} has no {file}");
        }
    }
}

#[test]
fn every_folder_can_be_read() {
    for name in SCENARIOS {
        let folder = folder(name);
        let (rules, people) = (project::rules_of(&folder), project::people(&folder));
        assert!(!rules.digest.is_empty() && !people.persons.is_empty(), "{name}");
        assert!(!project::portal(&folder).accounts.is_empty(), "{name}");
        project::history(&folder);
    }
}

#[test]
fn the_order_of_rows_changes_nothing_but_where_they_stand() {
    for name in SCENARIOS {
        let folder = folder(name);
        let (rules, organizations) = (project::rules_of(&folder), organizations(name));
        let plan_with = |people, have| {
            let world = World::new(people, have, project::history(&folder), TODAY);
            without_rows(&plan_of(&world, &rules, &organizations))
        };
        let told = plan_with(project::people(&folder), project::portal(&folder));
        let shuffled = plan_with(project::people_shuffled(&folder), project::portal_shuffled(&folder));
        assert!(told == shuffled, "{name}\n{}", difference(&told, &shuffled));
    }
}

/// The plan as JSON without the places of rows, which move, and the digest, which covers them.
fn without_rows(plan: &Plan) -> String {
    let mut plan = plan.clone();
    plan.digest.clear();
    let steps = plan.steps.iter_mut().map(|step| &mut step.because);
    for because in steps.chain(plan.held.iter_mut().map(|held| &mut held.because)) {
        because.iter_mut().for_each(|row| row.source = None);
        because.sort();
        because.dedup();
    }
    render::json(&plan)
}
