//! The same company as CSV, workbook and JSON is the same people; and no bytes are too strange.

mod source;

use proptest::prelude::*;
use serde_json::{Map, Value};
use shtat::source::FileKind;
use source::{Company, company, csv, sheet};

const FIELDS: [&str; 16] = [
    "id",
    "person_id",
    "personnel_number",
    "last_name",
    "first_name",
    "patronymic",
    "organization",
    "department",
    "position",
    "employment",
    "hired_on",
    "dismissed_on",
    "email",
    "personal_email",
    "phone",
    "birthday",
];

/// One row, a text for each of [`FIELDS`]; some of them wrong.
fn row() -> impl Strategy<Value = Vec<String>> {
    let pick =
        |texts: &[&str]| prop::sample::select(texts.iter().map(ToString::to_string).collect::<Vec<_>>());
    let keys = (
        pick(&["e1", "e2", "e3", "e4", ""]),
        pick(&["p1", "p2", "p3"]),
        pick(&["17", "0018", "ГС00-00019", ""]),
    );
    let names = (
        pick(&["Ёлкин", "ИВАНОВА", "Петрова-Водкина"]),
        pick(&["Пётр", "А.", "Cергей"]),
        pick(&["", "Али оглы", "Ильич (мл.)"]),
    );
    let jobs = (
        pick(&["ООО \"Гранит\"", "ООО  «А; Б»", ""]),
        pick(&["Склад", "Склад / Участок 2", ""]),
        pick(&["Сторож", "", "=1+1"]),
        pick(&["main", "Внешнее совместительство", "Подработка", "Договор подряда", "", "иногда"]),
    );
    let dates = ["03.02.2020", "2021-03-04", "01.01.0001", "", "31.12.3999", "05.06.24", "31.02.2020"];
    let dates = (pick(&dates), pick(&dates), pick(&["11.05.1988", "", "1.2.90"]));
    let reach = (
        pick(&["", "a@b.example", "А@b.example", "x; y"]),
        pick(&["", "me@home.example", "дом"]),
        pick(&["", "+7 900 000-00-01"]),
    );
    (keys, names, jobs, dates, reach).prop_map(|(keys, names, jobs, dates, reach)| {
        vec![
            keys.0, keys.1, keys.2, names.0, names.1, names.2, jobs.0, jobs.1, jobs.2, jobs.3, dates.0,
            dates.1, reach.0, reach.1, reach.2, dates.2,
        ]
    })
}

fn json(rows: &[Vec<String>]) -> Vec<u8> {
    let element = |row: &Vec<String>| {
        let filled = FIELDS.iter().zip(row);
        Value::Object(
            filled
                .map(|(field, text)| ((*field).to_owned(), Value::from(text.as_str())))
                .collect::<Map<_, _>>(),
        )
    };
    serde_json::to_vec(&rows.iter().map(element).collect::<Vec<_>>()).unwrap()
}

/// Makes places comparable: element 1 of the JSON is line 2 of the CSV.
fn comparable(company: Company) -> (shtat::model::People, Vec<String>) {
    let mut company = company.placeless();
    company.people.refuses_formulas = false;
    let what =
        |problem: &String| problem.splitn(3, ' ').last().unwrap_or_default().replace("key `", "column `");
    let problems = company.problems.iter().map(what).collect();
    (company.people, problems)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn the_same_company_is_the_same_people(rows in prop::collection::vec(row(), 1..5)) {
        let mut table: Vec<Vec<&str>> = vec![FIELDS.to_vec()];
        table.extend(rows.iter().map(|row| row.iter().map(String::as_str).collect::<Vec<_>>()));
        let from_csv = comparable(company(FileKind::Csv, &csv(&table)));
        let from_sheet = comparable(company(FileKind::Xlsx, &sheet(&table)));
        let from_json = comparable(company(FileKind::Json, &json(&rows)));
        prop_assert_eq!(&from_csv, &from_sheet);
        prop_assert_eq!(&from_csv, &from_json);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(rows in prop::collection::vec(row(), 1..5), shift in 0..5_usize) {
        let mut turned = rows.clone();
        turned.rotate_left(shift % rows.len());
        let people = |rows: &[Vec<String>]| comparable(company(FileKind::Json, &json(rows))).0;
        prop_assert_eq!(people(&rows), people(&turned));
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0..3_usize) {
        let kind = [FileKind::Csv, FileKind::Xlsx, FileKind::Json][kind];
        company(kind, &bytes);
    }

    #[test]
    fn no_text_is_too_strange(text in "(Сотрудник;Таб. номер;E-mail\n)?[а-г;,\t\"\r\n{}\\[\\]:\\\\ 0-9a@.\u{a0}\u{feff}]{0,80}") {
        company(FileKind::Csv, text.as_bytes());
        company(FileKind::Json, text.as_bytes());
    }

    /// A workbook with some bytes of its sheet changed is read or refused.
    #[test]
    fn no_sheet_is_too_strange(
        at in any::<prop::sample::Index>(),
        instead in "[<>/&;\"'a-c0-9 ]{0,6}",
        cut in 0..12_usize,
    ) {
        let sheet = r#"<worksheet><dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Таб. номер</t></is></c></row><row r="2"><c r="A2" t="str"><f>B2</f><v>Ким</v></c><c r="B2"><v>17</v></c></row></sheetData></worksheet>"#;
        let mut start = at.index(sheet.len());
        while !sheet.is_char_boundary(start) { start -= 1; }
        let mut end = (start + cut).min(sheet.len());
        while !sheet.is_char_boundary(end) { end += 1; }
        let changed = format!("{}{instead}{}", &sheet[..start], &sheet[end..]);
        company(FileKind::Xlsx, &source::package(&changed, "<sst><si><t>Сотрудник</t></si></sst>"));
    }
}
