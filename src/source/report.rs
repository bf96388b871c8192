//! The problems of a source in one report: grouped, counted, the first of each kind in full.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Problem, Severity};

/// How many places of doubts are listed; those of mistakes are listed all.
const LISTED: usize = 100;

/// Problems of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProblemGroup {
    /// The first of them, with its place and how to mend it.
    pub first: Problem,
    /// How many there are.
    pub count: usize,
    /// Places of the first few: `people.csv:19`.
    pub places: Vec<String>,
}

impl ProblemGroup {
    /// Returns the first problem, with a hint where the others stand.
    pub fn told(&self) -> Problem {
        let others = self.count - 1;
        if others == 0 {
            return self.first.clone();
        }
        let listed = self.places.get(1..).unwrap_or_default().join(", ");
        let and_more = if self.count > self.places.len() { ", …" } else { "" };
        self.first.clone().hint(format!("the same stands in {others} more places: {listed}{and_more}"))
    }
}

/// Groups problems that differ only in their places and in the texts they quote. Errors come
/// first; otherwise groups stand in the order of their first problems.
pub fn grouped(problems: &[Problem]) -> Vec<ProblemGroup> {
    let mut groups: Vec<ProblemGroup> = Vec::new();
    let mut known: BTreeMap<(Severity, String, Option<&str>), usize> = BTreeMap::new();
    for problem in problems {
        let key = (problem.severity, without_quotes(&problem.what), problem.part.as_deref());
        let at = *known.entry(key).or_insert_with(|| {
            groups.push(ProblemGroup { first: problem.clone(), count: 0, places: Vec::new() });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.count += 1;
        if problem.is_error() || group.places.len() < LISTED {
            group.places.extend(problem.place.as_ref().map(ToString::to_string));
        }
    }
    groups.sort_by_key(|group| group.first.severity);
    groups
}

/// Drops what stands between backticks.
fn without_quotes(what: &str) -> String {
    what.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    #[test]
    fn one_kind_is_told_once_with_its_places() {
        let kind = |line: u32| {
            Problem::error(format!("`{line}` is no kind of employment"))
                .at(Place::line("people.csv", line))
                .part("column `Вид`")
        };
        let doubt = |line: u32| Problem::warning("Latin letters").at(Place::line("people.csv", line));
        let mut problems: Vec<Problem> = (2..200).map(doubt).collect();
        problems.extend((3..200).map(kind));
        let groups = grouped(&problems);
        assert_eq!(groups.iter().map(|group| group.count).collect::<Vec<_>>(), [197, 198]);
        assert_eq!(groups[0].first, kind(3));
        let hint = groups[0].told().hints.remove(0);
        assert!(
            hint.starts_with("the same stands in 196 more places: people.csv:4, people.csv:5, "),
            "{hint}"
        );
        assert!(hint.ends_with("people.csv:198, people.csv:199"), "every mistake has its place: {hint}");
        let hint = groups[1].told().hints.remove(0);
        assert!(hint.ends_with("people.csv:101, …"), "{hint}");
    }
}
