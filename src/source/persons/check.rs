//! What a row or a person's rows get wrong.

use std::collections::HashMap;

use crate::model::{HrEmail, Problem, fold_name};

use super::{super::row::Row, group::Group, keys};

/// Reports rows that cannot stand by themselves.
pub fn rows(rows: &[Row], problems: &mut Vec<Problem>) {
    for row in rows {
        let name = &row.contact.name;
        if name.last.is_empty() && name.first.is_empty() {
            problems
                .push(Problem::error("the row has no name").at(row.place.clone()).part("field `last_name`"));
        }
        if let (Some(hired), Some(dismissed)) = (row.hired_on, row.dismissed_on)
            && dismissed < hired
        {
            problems.push(
                Problem::error("the employment ended before it began")
                    .at(row.place.clone())
                    .part("field `dismissed_on`")
                    .cause(format!("hired on {hired}, last working day {dismissed}")),
            );
        }
    }
}

/// Warns of personal fields in which the rows of one person differ. A field that only some rows
/// fill is no difference.
pub fn person(rows: Vec<&Row>, problems: &mut Vec<Problem>) {
    problems.extend(missing_address(&rows));
    let Some((first, others)) = rows.split_first() else { return };
    for other in others {
        let fields = differences(first, other);
        if !fields.is_empty() {
            problems.push(
                Problem::warning("rows of one person differ; those of the main employment count")
                    .at(other.place.clone())
                    .part(fields.join(", "))
                    .cause(format!("compared with {}", first.place)),
            );
        }
    }
}

/// Warns where the row that is most likely the main one has no address and another has: the
/// address of the main employment counts, and one that stands elsewhere is in the way of a new one.
fn missing_address(rows: &[&Row]) -> Option<Problem> {
    let main =
        rows.iter().min_by_key(|row| (row.dismissed_on.is_some(), row.kind_or_main(), row.hired_on))?;
    let filled = rows.iter().find(|row| row.contact.email != HrEmail::None)?;
    (main.contact.email == HrEmail::None).then(|| {
        Problem::warning(
            "the row of the main employment has no address, though another row of the person has one",
        )
        .at(main.place.clone())
        .part("field `email`")
        .cause(format!("the address stands at {}", filled.place))
        .hint("write the address into every row of the person")
    })
}

/// Names the fields that both rows fill, each in its own way.
fn differences(first: &Row, other: &Row) -> Vec<&'static str> {
    let (a, b) = (&first.contact, &other.contact);
    let lower = |text: &Option<String>| text.as_deref().map(str::to_lowercase);
    let fields = [
        ("name", fold_name(&a.name.full()) != fold_name(&b.name.full())),
        ("email", both_differ(a.email.usable(), b.email.usable())),
        ("personal_email", both_differ(lower(&a.personal_email), lower(&b.personal_email))),
        ("phone", both_differ(a.phone.as_ref(), b.phone.as_ref())),
        ("birthday", both_differ(a.birthday, b.birthday)),
    ];
    fields.into_iter().filter(|(_, differ)| *differ).map(|(field, _)| field).collect()
}

fn both_differ<T: PartialEq>(first: Option<T>, other: Option<T>) -> bool {
    first.zip(other).is_some_and(|(first, other)| first != other)
}

/// Warns of two persons of one organization whose personnel numbers differ only in prefix and
/// zeros: 1C prints one number both ways, and Excel strips zeros.
pub fn similar_numbers(groups: &[Group], rows: &[Row], problems: &mut Vec<Problem>) {
    let mut seen: HashMap<String, (usize, usize)> = HashMap::new();
    for (group, at) in
        groups.iter().enumerate().flat_map(|(at, group)| group.rows.iter().map(move |row| (at, *row)))
    {
        let row = &rows[at];
        let Some(number) = row.personnel_number.as_deref().map(bare_number) else { continue };
        let (other, first) = *seen.entry(keys::folded_key(row, &number)).or_insert((group, at));
        if other != group && rows[first].personnel_number != row.personnel_number {
            problems.push(
                Problem::warning("two persons' personnel numbers differ only in prefix or zeros")
                    .at(row.place.clone())
                    .part("field `personnel_number`")
                    .cause(format!("compared with {}", rows[first].place)),
            );
        }
    }
}

/// Strips what reports leave out: the prefix up to the dash, and leading zeros.
fn bare_number(number: &str) -> String {
    let tail = number.rsplit_once('-').map_or(number, |(_, tail)| tail);
    let bare = tail.trim_start_matches('0');
    if bare.is_empty() { tail.to_owned() } else { bare.to_owned() }
}
