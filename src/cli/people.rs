//! `shtat people`.

use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;
use unicode_width::UnicodeWidthStr;

use super::{
    Context, Failure,
    gather::{self, Portal},
};
use crate::{
    model::{Problem, fold, printable},
    plan::{RosterRow, RosterState, roster},
    ui::Exit,
};

/// List people as 1C's export form does
///
/// By default those who work now and have no account.
#[derive(Debug, clap::Args)]
pub struct PeopleArgs {
    /// Those who have an account too
    #[arg(long)]
    matched: bool,
    /// Those who have left too
    #[arg(long)]
    dismissed: bool,
    /// Only people of this organization
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// How the list is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Take this day for today, for this run
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Compare with a saved portal instead of the live one; no network
    #[arg(long, value_name = "SNAPSHOT")]
    have: Option<PathBuf>,
}

/// How the list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// An array of objects
    Json,
    /// For Excel: UTF-8 with BOM, `;`
    Csv,
}

const HEADERS: [&str; 12] = [
    "state",
    "person_id",
    "personnel_number",
    "full_name",
    "organization",
    "department",
    "position",
    "hired_on",
    "dismissed_on",
    "email",
    "account",
    "account_email",
];

/// Lists people.
pub fn run(context: &Context, args: &PeopleArgs) -> Result<Exit, Failure> {
    let portal = args.have.as_deref().map_or(Portal::Live, Portal::Saved);
    let gathered = gather::gather(context, portal, args.as_of)?;
    gathered.warn(context.ui);
    let rows: Vec<RosterRow> =
        roster(&gathered.inputs("")).into_iter().filter(|row| args.shows(row)).collect();
    context.ui.result(&print(args.format, &rows)?)?;
    Ok(Exit::Done)
}

impl PeopleArgs {
    fn shows(&self, row: &RosterRow) -> bool {
        let state = match row.state {
            RosterState::New => true,
            RosterState::Matched => self.matched,
            RosterState::Dismissed => self.dismissed,
        };
        state && self.organization.as_deref().is_none_or(|name| fold(name) == fold(&row.organization))
    }
}

fn print(format: Format, rows: &[RosterRow]) -> Result<String, Problem> {
    match format {
        Format::Text => Ok(text(rows)),
        Format::Json => {
            serde_json::to_string_pretty(rows).map(|text| text + "\n").map_err(|error| unprintable(&error))
        }
        Format::Csv => csv_text(rows),
    }
}

fn cells(row: &RosterRow) -> [String; 12] {
    let state = match row.state {
        RosterState::New => "new",
        RosterState::Matched => "matched",
        RosterState::Dismissed => "dismissed",
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let date = |value: Option<Date>| value.map(|date| date.to_string()).unwrap_or_default();
    [
        state.to_owned(),
        row.person.clone(),
        text(&row.personnel_number),
        row.name.clone(),
        row.organization.clone(),
        row.department.clone(),
        text(&row.position),
        date(row.hired_on),
        date(row.dismissed_on),
        text(&row.email),
        text(&row.account),
        text(&row.account_email),
    ]
}

/// Writes a table as wide as its widest cells, without columns that are empty throughout.
fn text(rows: &[RosterRow]) -> String {
    if rows.is_empty() {
        return "nobody\n".to_owned();
    }
    let headers = HEADERS.map(str::to_owned);
    let body: Vec<[String; 12]> = rows.iter().map(|row| cells(row).map(|cell| printable(&cell))).collect();
    let filled = |at: &usize| body.iter().any(|cells| !cells[*at].is_empty());
    let columns: Vec<usize> = (0..HEADERS.len()).filter(filled).collect();
    let all: Vec<&[String; 12]> = std::iter::once(&headers).chain(&body).collect();
    let width = |at: usize| all.iter().map(|cells| cells[at].width()).max().unwrap_or(0);
    let widths: Vec<usize> = columns.iter().map(|at| width(*at)).collect();
    let line = |cells: &&[String; 12]| {
        let padded = columns
            .iter()
            .zip(&widths)
            .map(|(at, width)| format!("{}{}", cells[*at], " ".repeat(width - cells[*at].width())));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    all.iter().map(line).collect()
}

fn csv_text(rows: &[RosterRow]) -> Result<String, Problem> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let trouble = |error: csv::Error| Problem::error("the list cannot be written").cause(error.to_string());
    writer.write_record(HEADERS).map_err(trouble)?;
    for row in rows {
        writer.write_record(cells(row).map(|cell| harmless(&cell))).map_err(trouble)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Problem::error("the list cannot be written").cause(error.to_string()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

/// Keeps Excel from taking a text for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn unprintable(error: &serde_json::Error) -> Problem {
    Problem::error("the list cannot be written").cause(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_formula_is_shown_and_not_obeyed() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("Ёлкин"), "Ёлкин");
    }
}
