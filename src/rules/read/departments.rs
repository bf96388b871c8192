//! Section `departments`, the one that may be spread over files.

use std::collections::BTreeMap;

use super::{
    basics::{place_of, word},
    condition::{department_path, split_path},
};
use crate::{
    model::{Place, Problem, fold},
    rules::{
        Department, DepartmentTarget, Departments, Unmapped,
        yaml::{Entry, Node},
    },
};

pub(super) fn departments(sections: &[&Entry], problems: &mut Vec<Problem>) -> Option<Departments> {
    let main = sections.iter().find(|section| section.value.entry("unmapped").is_some());
    let main = main.or(sections.first())?;
    let unmapped = [("top", Unmapped::Top), ("create", Unmapped::Create), ("hold", Unmapped::Hold)];
    let mut known = BTreeMap::new();
    let entries = sections.iter().filter_map(|section| section.value.get("map")).flat_map(Node::entries);
    Some(Departments {
        unmapped: word(&main.value, "unmapped", &unmapped, Unmapped::Top),
        map: entries.filter_map(|entry| mapping(entry, &mut known, problems)).collect(),
        unmapped_place: place_of(main, "unmapped"),
        place: main.place.clone(),
    })
}

fn mapping(
    entry: &Entry,
    known: &mut BTreeMap<String, (String, Place)>,
    problems: &mut Vec<Problem>,
) -> Option<Department> {
    let folded = split_path(&fold(&entry.key)).join(" / ");
    if folded.is_empty() {
        problems.push(
            Problem::error("a department without a name").at(entry.place.clone()).part("departments.map"),
        );
        return None;
    }
    if let Some((first, place)) = known.get(&folded) {
        problems.push(mapped_twice(entry, first, place));
        return None;
    }
    known.insert(folded, (entry.key.clone(), entry.place.clone()));
    let path = format!("departments.map.{}", entry.key);
    let to = target(&entry.value, &path, problems)?;
    Some(Department { from: entry.key.trim().to_owned(), to, place: entry.place.clone() })
}

fn target(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<DepartmentTarget> {
    match node.whole() {
        Some(id) => Some(DepartmentTarget::Id(id)),
        None => department_path(node, path, problems).map(DepartmentTarget::Path),
    }
}

fn mapped_twice(entry: &Entry, first: &str, place: &Place) -> Problem {
    let problem = Problem::error(format!("the department `{}` is mapped twice", entry.key));
    let problem = problem.at(entry.place.clone()).part("departments.map");
    let problem = problem.hint(format!("it is mapped first at {place}; keep one of the two"));
    if first == entry.key { problem } else { problem.cause("case, ё/е and blanks do not matter here") }
}
