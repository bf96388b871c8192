//! Problems for reading: those of the people's file grouped, those of rules one by one.

use crate::{model::Problem, project, source};

/// Groups what differs only in its place, as problems of exported rows do. A mistake in a rule
/// file or in shtat.yaml is always told by itself: each has its own remedy.
pub fn for_reading(problems: &[Problem]) -> Vec<Problem> {
    let (own, rows): (Vec<_>, Vec<_>) = problems.iter().cloned().partition(is_of_the_project);
    let mut told = own;
    told.extend(source::grouped(&rows).iter().map(source::ProblemGroup::told));
    told
}

fn is_of_the_project(problem: &Problem) -> bool {
    problem.place.as_ref().is_none_or(|place| place.file == project::FILE || place.file.starts_with("rules/"))
}
