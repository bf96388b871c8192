//! What a row below the header is.

use super::{
    super::{
        fields::Field,
        grid::{Cell, GridRow},
    },
    carry::is_organization,
    header::Header,
};

/// Words that begin the row of a total.
const TOTALS: [&str; 3] = ["итого", "всего", "total"];

/// How patronymics end.
const PATRONYMIC_ENDINGS: [&str; 8] = ["вич", "ьич", "мич", "вна", "чна", "оглы", "кызы", "улы"];

/// What a row states.
pub enum Kind {
    /// Nothing: blank, a total, the header once more, numbers of columns.
    Nothing,
    /// The title of a group of rows.
    Group(String),
    /// An employment.
    Employment,
}

/// Tells what a row is; `first`: it stands directly below the header.
pub fn kind(row: &GridRow<'_>, header: &Header, first: bool) -> Kind {
    let says_nothing = row.cells.is_empty() || is_unfilled_line(row, header);
    if says_nothing || header.is_repeated_by(row) || (first && numbers_columns(row)) || is_total(row) {
        return Kind::Nothing;
    }
    group_title(row, header).map_or(Kind::Employment, Kind::Group)
}

/// Tells whether only numbers stand in columns that say nothing: a numbered line of a form that
/// nobody filled in.
fn is_unfilled_line(row: &GridRow<'_>, header: &Header) -> bool {
    row.cells.iter().all(|(column, cell)| {
        *column < header.width() && header.fields(*column).is_empty() && is_number(cell)
    })
}

/// Tells whether the cells are 1, 2, 3, …: printed forms number their columns so.
fn numbers_columns(row: &GridRow<'_>) -> bool {
    let counts = row.cells.iter().enumerate().all(|(at, (_, cell))| cell.shown() == (at + 1).to_string());
    row.cells.len() >= 3 && counts
}

/// Tells whether a row is a total: «Итого: 12», «Всего сотрудников».
fn is_total(row: &GridRow<'_>) -> bool {
    let Some((_, Cell::Text(first))) = row.cells.first() else { return false };
    let word = first.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let texts = || row.cells.iter().filter(|(_, cell)| !is_number(cell)).count();
    TOTALS.contains(&word.to_lowercase().as_str()) && texts() <= 2
}

/// Returns the title where a row is the heading of a group: one text, and at most counts beside it.
fn group_title(row: &GridRow<'_>, header: &Header) -> Option<String> {
    let ((column, title), rest) = row.cells.split_first()?;
    let counts = rest.iter().all(|(column, cell)| header.fields(*column).is_empty() && is_number(cell));
    if !counts || is_number(title) {
        return None;
    }
    let text = title.shown();
    if !text.chars().any(char::is_alphabetic) {
        return None;
    }
    let titles = header.fields(*column).iter().all(|field| may_hold_title(*field, &text));
    let whole = row.width.is_none_or(|width| width >= header.width());
    let cut = !whole && (row.last || (header.has_department() && !is_organization(&text)));
    (titles && !cut && !stray_person(*column, &text, header)).then(|| text.into_owned())
}

/// Tells whether a group's title may stand in a column of this field. A code in the column of
/// numbers is a broken row, not a title.
fn may_hold_title(field: Field, text: &str) -> bool {
    match field {
        Field::FullName | Field::LastName => !is_personal_name(text),
        Field::PersonnelNumber | Field::Code | Field::Id | Field::PersonId => {
            text.contains(' ') || text.chars().filter(char::is_ascii_digit).count() < 4
        }
        Field::Organization | Field::HeadOrganization | Field::Department | Field::ManagementDepartment => {
            true
        }
        Field::Ignored => true,
        _ => false,
    }
}

/// Tells whether a lone text of a table with departments is rather a person's row that lost the
/// rest than a title: it stands in a column of names and reads like a name.
fn stray_person(column: usize, text: &str, header: &Header) -> bool {
    let names = header.fields(column).iter().any(|field| matches!(field, Field::FullName | Field::LastName));
    let words: Vec<&str> = text.split(' ').collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    names
        && header.has_department()
        && !is_organization(text)
        && (2..=3).contains(&words.len())
        && words.iter().all(capital)
}

fn is_personal_name(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = lower.split(' ').count();
    (2..=5).contains(&words) && PATRONYMIC_ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

fn is_number(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Number(_) => true,
        Cell::Text(text) => text.trim().replace(',', ".").parse::<f64>().is_ok(),
        Cell::Flag(_) | Cell::Unreadable(_) => false,
    }
}
