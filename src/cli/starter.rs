//! First rules for a company, guessed from its people and its portal. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use crate::{
    model::{DepartmentId, Email, PATH_SEPARATOR, People, Snapshot, fold},
    plan::render::Names,
};

/// Writes the first rule files: names and texts.
pub fn rule_files(people: &People, have: &Snapshot) -> Vec<(String, String)> {
    let domain = domain(people, have);
    vec![
        ("rules/accounts.yaml".to_owned(), ACCOUNTS.to_owned()),
        (
            "rules/email.yaml".to_owned(),
            EMAIL.replace("{domain}", domain.as_deref().unwrap_or("company.example")),
        ),
        ("rules/departments.yaml".to_owned(), departments(people, have)),
        ("rules/dismissals.yaml".to_owned(), dismissals(have)),
    ]
}

const ACCOUNTS: &str = r#"# Whose account is whose, who gets one, and what stands in it.

matching:
  key: "1c:{{person.id}}"
  adopt: [email, name_and_birthday]

hires:
  when: {not: {employment: contract}}
  returning: hold                  # somebody who comes back: a person decides

profile:
  fields:
    NAME: "{{person.first_name}}"
    LAST_NAME: "{{person.last_name}}"
    SECOND_NAME: "{{person.patronymic}}"
    WORK_POSITION: "{{job.position}}"
  empty: keep
"#;

const EMAIL: &str = r#"# How a work address is made. An address HR has is kept as it is.

email:
  domain: {domain}
  transliteration: icao-9303
  source: keep
  templates:
    - try: ["{{initial first}}.{{last}}", "{{first}}.{{last}}", "{{initial first}}.{{last}}{{n}}"]
  write_back: false                # true: HR gets the address
"#;

/// Finds the domain that most addresses have: of HR where it has any, else of the portal.
fn domain(people: &People, have: &Snapshot) -> Option<String> {
    let jobs = people.persons.iter().flat_map(|person| &person.employments);
    let hr: Vec<&Email> = jobs.filter_map(|job| job.contact.email.usable()).collect();
    let portal =
        have.accounts.iter().filter(|account| account.active).filter_map(|account| account.email.as_ref());
    if hr.is_empty() { most_common(portal) } else { most_common(hr.into_iter()) }
}

fn most_common<'a>(addresses: impl Iterator<Item = &'a Email>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for address in addresses {
        *counts.entry(address.domain().to_lowercase()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(domain, _)| domain)
}

/// Maps each department of the source to the one department of the portal of the same name.
fn departments(people: &People, have: &Snapshot) -> String {
    let names = Names::of(have);
    let jobs = people.persons.iter().flat_map(|person| &person.employments);
    let paths: BTreeSet<&Vec<String>> =
        jobs.map(|job| &job.department).filter(|path| !path.is_empty()).collect();
    let mut text = String::from(
        "# Departments of 1C on the left, of the portal on the right; guessed by name.\n\ndepartments:\n  unmapped: hold                   # top | create | hold\n",
    );
    text.push_str(if paths.is_empty() { "  map: {}\n" } else { "  map:\n" });
    for path in paths {
        let from = path.join(PATH_SEPARATOR);
        // Writing into a String cannot fail.
        let _ = match guess(path, have, &names) {
            Some(to) => writeln!(text, "    {}: {}", quoted(&from), quoted(to)),
            None => writeln!(text, "    # {}: no department of this name, or several", quoted(&from)),
        };
    }
    text
}

fn guess<'a>(path: &[String], have: &Snapshot, names: &'a Names) -> Option<&'a str> {
    let last = fold(path.last()?);
    let whole = fold(&path.join(PATH_SEPARATOR));
    let below_top = || have.departments.iter().filter(|department| department.parent.is_some());
    let named = |id: DepartmentId| names.departments.get(&id).map(String::as_str);
    let same_path =
        below_top().filter_map(|department| named(department.id)).find(|name| fold(name) == whole);
    let mut same_name = below_top().filter(|department| fold(&department.name) == last);
    match (same_path, same_name.next(), same_name.next()) {
        (Some(path), ..) => Some(path),
        (None, Some(only), None) => named(only.id),
        _ => None,
    }
}

fn dismissals(have: &Snapshot) -> String {
    let owner = have.owner.map(|owner| format!("{owner}")).into_iter();
    let protected: BTreeSet<String> = owner.chain(["1".to_owned()]).collect();
    format!(
        "# What happens to leavers, and what stops a plan that goes too far.\n\n\
         dismissals:\n  vanished: hold\n  bridge_days: 7\n  policies:\n    - id: everyone\n      fire: {{days_after: 1}}\n\n\
         safety:\n  protect: [{}]\n  limits:\n    fire_user: {{count: 3, percent: 5}}\n    swap_email: {{count: 5, percent: 10}}\n  source_shrink: 10\n",
        protected.into_iter().collect::<Vec<_>>().join(", ")
    )
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
