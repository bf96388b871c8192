//! `when`.

use crate::{
    model::{EmploymentKind, Problem},
    rules::{
        When, glob,
        yaml::{Entry, Kind, Node},
    },
};

/// Reads a condition. An empty one holds for everybody.
pub(in crate::rules) fn condition(node: &Node, path: &str, problems: &mut Vec<Problem>) -> When {
    let parts = node.entries().iter().filter_map(|entry| {
        let part = part(entry, &format!("{path}.{}", entry.key), problems)?;
        Some(When::At(entry.place.clone(), Box::new(part)))
    });
    let mut parts: Vec<When> = parts.collect();
    if parts.len() == 1 { parts.remove(0) } else { When::All(parts) }
}

fn part(entry: &Entry, path: &str, problems: &mut Vec<Problem>) -> Option<When> {
    let value = &entry.value;
    match entry.key.as_str() {
        "organization" => Some(When::Organization(value.text()?.trim().to_owned())),
        "department" => department(value, path, problems),
        "position" => position(value, path, problems),
        "employment" => Some(When::Employment(kinds(value))),
        "any" => Some(When::Any(conditions(value, path, problems))),
        "all" => Some(When::All(conditions(value, path, problems))),
        "not" => Some(When::Not(Box::new(condition(value, path, problems)))),
        _ => None,
    }
}

fn conditions(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Vec<When> {
    let items = node.items().iter().enumerate();
    items.map(|(at, item)| condition(item, &format!("{path}[{at}]"), problems)).collect()
}

fn department(value: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<When> {
    match &value.kind {
        Kind::Map(_) => department_path(value.get("under")?, path, problems).map(When::Under),
        _ => department_path(value, path, problems).map(When::Department),
    }
}

/// Reads a path of departments, `Финансы / Бухгалтерия`. A `/` without blanks around it belongs
/// to a name.
pub(super) fn department_path(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Vec<String>> {
    let text = node.text()?;
    let names = split_path(text);
    if names.iter().all(|name| !name.is_empty()) {
        return Some(names);
    }
    if !text.trim().is_empty() {
        let problem = Problem::error(format!("a name is missing in the department path `{text}`"));
        problems.push(problem.at(node.place.clone()).part(path));
    }
    None
}

/// Splits a path at slashes that stand between blanks or at an end.
pub(in crate::rules) fn split_path(text: &str) -> Vec<String> {
    let mut names = vec![Vec::new()];
    for word in text.split_whitespace() {
        match word {
            "/" => names.push(Vec::new()),
            word => names.last_mut().into_iter().for_each(|name| name.push(word)),
        }
    }
    names.into_iter().map(|name| name.join(" ")).collect()
}

fn position(value: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<When> {
    let pattern = value.text()?;
    match glob::check(pattern) {
        Ok(()) => Some(When::Position(pattern.to_owned())),
        Err(glob::GlobFault::Empty) => None,
        Err(fault) => {
            let problem = Problem::error(format!("the pattern `{pattern}` cannot match anything"));
            let problem = problem.at(value.place.clone()).part(path).cause(fault.to_string());
            problems
                .push(problem.hint("* stands for any text, ? for one character; \\[ for a bracket itself"));
            None
        }
    }
}

fn kinds(value: &Node) -> Vec<EmploymentKind> {
    let one = std::slice::from_ref(value);
    let words = if matches!(value.kind, Kind::List(_)) { value.items() } else { one };
    words.iter().filter_map(|word| kind(word.text()?)).collect()
}

fn kind(word: &str) -> Option<EmploymentKind> {
    match word {
        "main" => Some(EmploymentKind::Main),
        "part_time_outer" => Some(EmploymentKind::PartTimeOuter),
        "part_time_inner" => Some(EmploymentKind::PartTimeInner),
        "contract" => Some(EmploymentKind::Contract),
        _ => None,
    }
}
