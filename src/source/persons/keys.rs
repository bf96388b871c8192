//! Keys of employments, and of persons where the source has none.

use std::collections::HashMap;

use crate::model::{Problem, fold};

use super::super::row::Row;

/// Gives each row the key of its employment: `id`, else organization + personnel number.
/// One key on two rows is a mistake.
pub fn employment_ids(rows: &[Row], problems: &mut Vec<Problem>) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::with_capacity(rows.len());
    let mut ids = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let (id, compared) = employment_id(row);
        if let Some(id) = &id
            && let Some(first) = seen.insert(compared, at)
        {
            problems.push(twice(id, row, &rows[first]));
        }
        ids.push(id.unwrap_or_default());
    }
    ids
}

/// Returns a row's employment key, and the form in which it is compared.
fn employment_id(row: &Row) -> (Option<String>, String) {
    if let Some(id) = &row.id {
        return (Some(id.clone()), id.clone());
    }
    // Without a number the person's key is all that tells a row from the others of its organization.
    let number = row.personnel_number.as_ref().or(row.person_id.as_ref());
    match number {
        Some(number) => (Some(organization_key(row, number)), folded_key(row, number)),
        None => (None, String::new()),
    }
}

/// Returns the key of organization and number: `ООО «Ромашка»/РМ00-00017`.
pub fn organization_key(row: &Row, number: &str) -> String {
    format!("{}/{number}", row.organization.name)
}

/// Returns the form in which such keys are compared.
pub fn folded_key(row: &Row, number: &str) -> String {
    format!("{}/{}", fold(&row.organization.name), fold(number))
}

fn twice(id: &str, row: &Row, first: &Row) -> Problem {
    let problem = Problem::error(format!("the employment `{id}` stands here a second time"))
        .at(row.place.clone())
        .cause(format!("the first is {}", first.place));
    match row.id {
        Some(_) => problem.part("field `id`").hint("remove one of the rows"),
        None => problem
            .part("field `personnel_number`")
            .hint("remove one of the rows, or give each employment a key of its own in a column `id`"),
    }
}
