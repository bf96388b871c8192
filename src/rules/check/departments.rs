//! The map of departments beside the departments that the source has.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Employment, PATH_SEPARATOR, People, Person, Problem, nearest},
    rules::{DepartmentMap, Departments, Named, Rules, SourceDepartments, Unmapped},
};

/// How many unmapped departments are listed one by one.
const LISTED: usize = 20;

/// Finds mappings of nothing, ambiguous ones, and departments that nobody mapped.
pub(super) fn mappings(
    rules: &Rules,
    people: &People,
    sources: &SourceDepartments,
    mains: &[(&Person, &Employment)],
) -> Vec<Problem> {
    let Some(departments) = &rules.departments else { return Vec::new() };
    let mut problems = left_sides(departments, sources);
    let map = DepartmentMap::new(departments, people);
    problems.extend(contradictions(&map, people));
    problems.extend(unmapped(departments, &map, mains));
    problems
}

/// Finds departments that two mappings name and send to different places.
fn contradictions(map: &DepartmentMap<'_>, people: &People) -> BTreeSet<Problem> {
    let jobs = people.persons.iter().flat_map(|person| &person.employments);
    let pairs = jobs.filter_map(|job| match map.candidates(job).as_slice() {
        [first, rest @ ..] => Some((*first, *rest.iter().find(|other| other.to != first.to)?)),
        [] => None,
    });
    let told = pairs.map(|(first, second)| {
        let what = format!("`{}` and `{}` are one department and go to two places", first.from, second.from);
        let problem = Problem::warning(what).at(second.place.clone()).part("departments.map");
        problem.hint(format!("the mapping at {} wins: an id before a path before a name", first.place))
    });
    told.collect()
}

fn left_sides(departments: &Departments, sources: &SourceDepartments) -> Vec<Problem> {
    let problems = departments.map.iter().filter_map(|mapping| {
        let problem = match sources.named(&mapping.from) {
            Named::One => return None,
            Named::Nothing => {
                let what = format!("the source has no department `{}`", mapping.from);
                let near = nearest(&mapping.from, sources.paths());
                let problem = Problem::warning(what);
                match near {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem,
                }
            }
            Named::Several => {
                let what = format!("several departments of the source are called `{}`", mapping.from);
                Problem::error(what)
                    .hint("write the full path, `Финансы / Бухгалтерия`, or the department's id")
            }
        };
        Some(problem.at(mapping.place.clone()).part("departments.map"))
    });
    problems.collect()
}

/// Lists departments with people that no mapping is for, unless a path of the same name is asked
/// for by `unmapped: create`.
fn unmapped(
    departments: &Departments,
    map: &DepartmentMap<'_>,
    mains: &[(&Person, &Employment)],
) -> Vec<Problem> {
    let silent = match departments.unmapped {
        Unmapped::Create => true,
        Unmapped::Top => departments.map.is_empty(),
        Unmapped::Hold => false,
    };
    if silent {
        return Vec::new();
    }
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (_, job) in mains.iter().filter(|(_, job)| !job.department.is_empty() && map.mapping(job).is_none()) {
        *found.entry(job.department.join(PATH_SEPARATOR)).or_default() += 1;
    }
    let place = || departments.unmapped_place.clone();
    let more = found.len().saturating_sub(LISTED);
    let listed = found.iter().take(LISTED).map(|(path, people)| {
        Problem::warning(format!("the department `{path}` ({people} of the people) is not mapped"))
            .at(place())
    });
    let rest =
        (more > 0).then(|| Problem::warning(format!("{more} more departments are not mapped")).at(place()));
    listed.chain(rest).collect()
}
