//! Workbooks as Excel and 1C save them, and as nobody should.

mod source;

use shtat::source::{FileKind, Source};
use source::{Place, codes, company, package, package_with, person};

const STRINGS: &str = "<sst uniqueCount=\"99999999999\"><si><t>Сотрудник</t></si><si><t>Таб. номер</t></si><si><t>Дата приема</t></si><si><r><t>Ёлкин </t></r><r><t xml:space=\"preserve\">Пётр</t></r><rPh><t>x</t></rPh></si></sst>";

const HEADER: &str = "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"s\"><v>1</v></c><c r=\"C3\" t=\"s\"><v>2</v></c></row>";

fn sheet(rows: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"m\"><sheetData>{HEADER}{rows}</sheetData></worksheet>"
    )
}

fn problems(rows: &str) -> Vec<String> {
    company(FileKind::Xlsx, &package(&sheet(rows), STRINGS)).problems
}

#[test]
fn numbers_typed_as_numbers_and_shared_texts_in_any_case_are_read() {
    let rows = "<row r=\"7\"><c r=\"A7\" t=\"s\"><v>3</v></c><c r=\"B7\"><v>17</v></c><c r=\"C7\" s=\"1\"><v>43864.5</v></c></row>";
    let company = company(FileKind::Xlsx, &package(&sheet(rows), STRINGS));
    assert_eq!(company.problems, Vec::<String>::new());
    let job = &person(&company.people, "/17").employments[0];
    assert_eq!(job.contact.name.full(), "Ёлкин Пётр");
    assert_eq!(job.hired_on.unwrap().to_string(), "2020-02-03");
    assert_eq!(job.origin, "people.xlsx:7");
}

#[test]
fn days_may_count_from_1904() {
    let rows = "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\"><v>17</v></c><c r=\"C4\"><v>42402</v></c></row>";
    let parts = [("xl/worksheets/sheet1.xml", sheet(rows)), ("xl/sharedStrings.xml", STRINGS.to_owned())];
    let parts = parts.each_ref().map(|(name, part)| (*name, part.as_str()));
    for properties in ["date1904=\"1\"", "date1904=\"true\""] {
        let company = company(FileKind::Xlsx, &package_with(&parts, properties));
        let job = &person(&company.people, "/17").employments[0];
        assert_eq!(job.hired_on.unwrap().to_string(), "2020-02-03");
    }
}

#[test]
fn the_first_sheet_with_a_header_is_read() {
    let rows = "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\"><v>17</v></c></row>";
    let second = sheet(rows);
    let parts = [
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row r=\"1\"><c t=\"str\"><v>Отчёт</v></c></row></sheetData></worksheet>",
        ),
        ("xl/worksheets/sheet2.xml", second.as_str()),
        ("XL\\SHAREDSTRINGS.XML", STRINGS),
    ];
    let company = company(FileKind::Xlsx, &package_with(&parts, ""));
    assert_eq!(company.problems, Vec::<String>::new());
    assert_eq!(company.people.persons.len(), 1);
}

#[test]
fn stored_results_of_formulas_are_read_and_what_has_none_is_told() {
    let name = "<c t=\"str\"><f>CONCAT(1)</f><v>Ким Олег</v></c>";
    let rows = format!(
        "<row r=\"4\">{name}<c><f>1+16</f><v>17</v></c><c t=\"str\"><f>\"\"</f><v></v></c></row>\
         <row r=\"5\">{name}<c><v>18</v></c><c><f>TODAY()</f></c></row>\
         <row r=\"6\">{name}<c t=\"e\"><v>#N/A</v></c></row>\
         <row r=\"7\">{name}<c t=\"s\"><v>77</v></c></row>\
         <row r=\"8\">{name}<c><v>20</v></c><c t=\"b\"><v>1</v></c></row>"
    );
    assert_eq!(
        codes(&problems(&rows)),
        [
            "people.xlsx:5 column `Дата приема` the cell of `hired_on` holds a formula without a stored result",
            "people.xlsx:6 column `Таб. номер` the cell of `personnel_number` holds an error of Excel",
            "people.xlsx:6 column `Таб. номер` the row has neither a `person_id` nor a personnel number to know the person by",
            "people.xlsx:7 column `Таб. номер` the cell of `personnel_number` holds a text that the workbook does not have",
            "people.xlsx:7 column `Таб. номер` the row has neither a `person_id` nor a personnel number to know the person by",
            "people.xlsx:8 column `Дата приема` the cell is no date",
        ]
    );
}

#[test]
fn a_stray_cell_in_the_last_corner_costs_nothing() {
    let rows = "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\"><v>17</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(
        codes(&problems(rows)),
        [
            "people.xlsx:1048576 column 16384, after `Дата приема` the row goes on after the last column of the header"
        ]
    );
}

#[test]
fn bombs_and_what_is_no_workbook_are_refused() {
    let bomb = format!("<worksheet><sheetData>{HEADER}{}</sheetData></worksheet>", " ".repeat(20 << 20));
    let broken = [
        (
            package(&bomb, STRINGS),
            "people.xlsx the part `xl/worksheets/sheet1.xml` of the workbook unpacks to more than is read",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
            "people.xlsx the workbook is encrypted, or an .xls of the time before 2007",
        ),
        (b"Name;Code".to_vec(), "people.xlsx this is no workbook"),
        (Vec::new(), "people.xlsx this is no workbook"),
        (package_with(&[], ""), "people.xlsx the workbook has no part `xl/worksheets/sheet1.xml`"),
        (
            package("<worksheet><sheetData><row><c><v>1</v>", STRINGS),
            "people.xlsx the part `xl/worksheets/sheet1.xml` of the workbook is damaged",
        ),
    ];
    for (bytes, problem) in broken {
        assert_eq!(codes(&company(FileKind::Xlsx, &bytes).problems), [problem]);
    }
    let rows = "<row r=\"4\"/><row r=\"4\"/>";
    assert_eq!(codes(&problems(rows)), ["people.xlsx:4 rows or cells of the sheet do not follow each other"]);
}

#[test]
fn a_csv_of_a_million_columns_or_with_nul_bytes_is_refused() {
    let wide = format!("Сотрудник;Таб. номер\n{}\n", ";".repeat(1_000_000));
    assert_eq!(
        codes(&company(FileKind::Csv, wide.as_bytes()).problems),
        ["people.csv:2 column 16385 the row has more than 16384 cells"]
    );
    let nul = company(FileKind::Csv, "Сотрудник;Таб. номер\nКим\0;1\n".as_bytes());
    assert_eq!(
        codes(&nul.problems),
        ["people.csv:2 the file holds NUL bytes: it is no text, or UTF-16 without a byte-order mark"]
    );
    let mut damaged = "Сотрудник;Таб. номер\nКим;1\n".as_bytes().to_vec();
    damaged[41] = 0xff;
    assert_eq!(
        codes(&company(FileKind::Csv, &damaged).problems),
        ["people.csv:2 the file is UTF-8, but some bytes of it are damaged"]
    );
}

#[test]
fn a_missing_file_is_told() {
    let place = Place::new(FileKind::Csv, b"");
    std::fs::remove_file(&place.path).unwrap();
    let reading = place.source().read();
    assert_eq!(reading.problems[0].what, "there is no such file");
    assert!(!reading.nobody());
}
