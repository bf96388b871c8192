//! Rows of any source become persons: keys, joining, and what contradicts itself.

mod check;
mod group;
mod keys;

use crate::model::{Employment, EmploymentId, People, Person, PersonId, Problem};

use super::{Reading, row::Row};

/// Makes persons of rows, whatever source they come from, in whatever order they stand.
///
/// `problems` are those the source has met already; the people of a source with an error are
/// left out, so that nothing is planned on half a company.
pub fn assemble(rows: Vec<Row>, mut problems: Vec<Problem>) -> Reading {
    check::rows(&rows, &mut problems);
    let ids = keys::employment_ids(&rows, &mut problems);
    let groups = group::by_person(&rows, &mut problems);
    // Rows that were joined by mistake differ in everything: that is no news.
    if !problems.iter().any(Problem::is_error) {
        for group in groups.iter().filter(|group| group.rows.len() > 1) {
            check::person(group.members(&rows), &mut problems);
        }
    }
    if rows.iter().all(|row| row.person_id.is_none()) {
        check::similar_numbers(&groups, &rows, &mut problems);
    }
    problems.sort_by(|a, b| a.place.cmp(&b.place));
    if problems.iter().any(Problem::is_error) {
        return Reading { people: People::default(), problems };
    }
    let mut rows: Vec<Option<(Row, String)>> = rows.into_iter().zip(ids).map(Some).collect();
    let mut persons: Vec<Person> = groups.into_iter().map(|group| person(group, &mut rows)).collect();
    persons.sort_by(|a, b| a.id.cmp(&b.id));
    Reading { people: People { persons, ..People::default() }, problems }
}

/// Takes the rows of one person out of all rows.
fn person(group: group::Group, rows: &mut [Option<(Row, String)>]) -> Person {
    let taken = group.rows.iter().filter_map(|at| rows[*at].take());
    let mut employments: Vec<Employment> = taken.map(|(row, id)| employment(row, id)).collect();
    employments.sort_by(|a, b| a.id.cmp(&b.id));
    Person { id: PersonId(group.key), employments }
}

fn employment(row: Row, id: String) -> Employment {
    let kind = row.kind_or_main();
    Employment {
        id: EmploymentId(id),
        personnel_number: row.personnel_number,
        organization: row.organization,
        department: row.department,
        department_id: row.department_id,
        position: row.position,
        kind,
        hired_on: row.hired_on,
        dismissed_on: row.dismissed_on,
        contact: row.contact,
        origin: row.place.to_string(),
    }
}
