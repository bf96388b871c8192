//! Which rows are one person.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::model::{EmploymentKind, Problem, fold, fold_name};

use super::{super::row::Row, keys};

/// The rows of one person.
pub struct Group {
    /// The person's key.
    pub key: String,
    /// Where they stand among all rows; never empty.
    pub rows: Vec<usize>,
}

impl Group {
    /// Returns the rows themselves.
    pub fn members<'a>(&self, rows: &'a [Row]) -> Vec<&'a Row> {
        self.rows.iter().map(|at| &rows[*at]).collect()
    }
}

/// Groups rows by `person_id`; in a source without it by organization + number, and by full name
/// with birthday.
pub fn by_person(rows: &[Row], problems: &mut Vec<Problem>) -> Vec<Group> {
    if rows.iter().any(|row| row.person_id.is_some()) {
        return by_id(rows, problems);
    }
    let mut groups = Vec::new();
    for members in joined(rows, problems) {
        check_joined(&members, rows, problems);
        groups.push(Group { key: key_of_earliest(&members, rows), rows: members });
    }
    groups
}

/// Groups by the source's own key; a row without it cannot be told from a second person.
fn by_id(rows: &[Row], problems: &mut Vec<Problem>) -> Vec<Group> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        match &row.person_id {
            Some(id) => groups.entry(id).or_default().push(at),
            None => problems.push(
                Problem::error("the row has no `person_id`, though other rows have one")
                    .at(row.place.clone())
                    .part("field `person_id`")
                    .hint("fill it in every row, or leave the column out altogether"),
            ),
        }
    }
    groups.into_iter().map(|(key, rows)| Group { key: key.to_owned(), rows }).collect()
}

/// Joins rows that share organization and number, or full name and birthday.
fn joined(rows: &[Row], problems: &mut Vec<Problem>) -> Vec<Vec<usize>> {
    let mut sets = Sets::new(rows.len());
    let mut numbers: HashMap<String, usize> = HashMap::with_capacity(rows.len());
    let mut names: HashMap<(String, Date), usize> = HashMap::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        match &row.personnel_number {
            Some(number) => {
                let first = *numbers.entry(keys::folded_key(row, number)).or_insert(at);
                sets.join(first, at);
            }
            None => problems.push(
                Problem::error(
                    "the row has neither a `person_id` nor a personnel number to know the person by",
                )
                .at(row.place.clone())
                .part("field `personnel_number`")
                .hint("add the column «Табельный номер» to the export, or name it in `people.columns`"),
            ),
        }
        if let Some(name) = name_and_birthday(row) {
            let first = *names.entry(name).or_insert(at);
            sets.join(first, at);
        }
    }
    sets.members()
}

/// Returns what a person is recognised by in a source without keys. Initials are no name.
fn name_and_birthday(row: &Row) -> Option<(String, Date)> {
    let name = &row.contact.name;
    let full = fold_name(&name.full());
    (!full.is_empty() && !name.has_initials()).then_some(full).zip(row.contact.birthday)
}

/// Reports rows that were joined and cannot be one person.
fn check_joined(members: &[usize], rows: &[Row], problems: &mut Vec<Problem>) {
    let mut by_organization: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in members.iter().map(|at| &rows[*at]) {
        by_organization.entry(fold(&row.organization.name)).or_default().push(row);
    }
    for rows in by_organization.values() {
        for (at, row) in rows.iter().enumerate() {
            let earlier = &rows[..at];
            if let Some(first) = earlier.iter().find(|first| two_names(first, row)) {
                problems.push(shared_number(first, row));
            } else if let Some(first) = earlier.iter().find(|first| two_main(first, row)) {
                problems.push(overlapping(first, row));
            }
        }
    }
}

fn two_main(first: &Row, second: &Row) -> bool {
    [first, second].iter().all(|row| row.kind_or_main() == EmploymentKind::Main) && first.overlaps(second)
}

fn two_names(first: &Row, second: &Row) -> bool {
    let name = |row: &Row| fold_name(&row.contact.name.full());
    let number = |row: &Row| row.personnel_number.as_deref().map(fold);
    number(first) == number(second) && name(first) != name(second)
}

fn overlapping(first: &Row, second: &Row) -> Problem {
    Problem::error("two main employments of one organization at one time: one person or two?")
        .at(second.place.clone())
        .part("field `employment`")
        .cause(format!("{} states the other", first.place))
        .hint("give both rows a `person_id`, or mend the employment kinds or dates")
}

fn shared_number(first: &Row, second: &Row) -> Problem {
    Problem::error("two persons have one personnel number in one organization")
        .at(second.place.clone())
        .part("field `personnel_number`")
        .cause(format!("{} has the same number and another name", first.place))
        .hint("give every row a `person_id`")
}

/// Returns the key of a person that the source has none for: that of the earliest employment.
/// Draft cards and undated contracts come last, so that adding one never changes a key.
fn key_of_earliest(members: &[usize], rows: &[Row]) -> String {
    let numbered = members.iter().map(|at| &rows[*at]).filter_map(|row| {
        let key = keys::organization_key(row, row.personnel_number.as_deref()?);
        Some((!row.is_real(), row.hired_on, key))
    });
    numbered.min().map(|(_, _, key)| key).unwrap_or_default()
}

/// Sets that grow together (union-find).
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn new(count: usize) -> Sets {
        Sets { parent: (0..count).collect() }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.parent[left.max(right)] = left.min(right);
    }

    fn members(mut self) -> Vec<Vec<usize>> {
        let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..self.parent.len() {
            let root = self.root(at);
            sets.entry(root).or_default().push(at);
        }
        sets.into_values().collect()
    }
}
