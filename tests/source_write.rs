//! Addresses written back into files: the cell changes, and nothing else does.

mod source;

use std::{collections::BTreeMap, fs, io::Read};

use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};
use shtat::model::{Email, HrEmail, PersonId, Problem};
use shtat::source::{FileKind, Source, Written};
use source::{Place, person, read};

const CSV: &str = "person_id;Сотрудник;Организация;Подразделение;E-mail;Телефон\r\n\
    p1;Ёлкин Пётр;\"ООО \"\"Гранит\"\"\";Склад;;+7 900 000-00-01\r\n\
    p2;\"Иванова Анна\";ООО А;Склад;a@granit.example;\r\n\
    \"p3\";\"Котов Кот\";\"ООО А\";\"Склад\";;\"\"\r\n\
    p1;Ёлкин Пётр;ООО Б;Архив;  ;\r\n";

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn write(place: &Place, id: &str, expects: Option<&str>, want: &str) -> Result<Written, Problem> {
    place.source().write_email(&PersonId(id.into()), expects, &email(want))
}

fn look(place: &Place, id: &str, expects: Option<&str>, want: &str) -> Written {
    place.source().look_email(&PersonId(id.into()), expects, &email(want)).unwrap()
}

#[test]
fn a_csv_keeps_every_other_byte_in_every_encoding() {
    let expected = CSV.replacen("Склад;;+7", "Склад;p.elkin@granit.example;+7", 1).replacen(
        "Архив;  ;",
        "Архив;p.elkin@granit.example;",
        1,
    );
    for (before, after) in source::encodings(CSV).into_iter().zip(source::encodings(&expected)) {
        let place = Place::new(FileKind::Csv, &before);
        assert_eq!(look(&place, "p1", None, "p.elkin@granit.example"), Written::Changed);
        assert_eq!(place.bytes(), before, "a look writes nothing");
        assert_eq!(write(&place, "p1", None, "p.elkin@granit.example").unwrap(), Written::Changed);
        assert_eq!(place.bytes(), after);
        assert_eq!(write(&place, "p1", None, "P.Elkin@granit.example").unwrap(), Written::AlreadySo);
        assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_row_of_quoted_cells_gets_a_quoted_address() {
    let place = Place::new(FileKind::Csv, CSV.as_bytes());
    write(&place, "p3", None, "k@granit.example").unwrap();
    assert_eq!(
        String::from_utf8(place.bytes()).unwrap(),
        CSV.replace("\"Склад\";;", "\"Склад\";\"k@granit.example\";")
    );
}

#[test]
fn another_address_there_is_stale_and_stays() {
    let place = Place::new(FileKind::Csv, CSV.as_bytes());
    assert_eq!(write(&place, "p2", None, "x@granit.example").unwrap(), Written::Stale);
    assert_eq!(write(&place, "p2", Some("b@granit.example"), "x@granit.example").unwrap(), Written::Stale);
    assert_eq!(write(&place, "p9", None, "x@granit.example").unwrap(), Written::Stale);
    assert_eq!(place.bytes(), CSV.as_bytes());
    assert_eq!(write(&place, "p2", Some("A@granit.example"), "x@granit.example").unwrap(), Written::Changed);
}

#[test]
fn a_change_elsewhere_in_the_file_survives() {
    let place = Place::new(FileKind::Csv, CSV.as_bytes());
    let source = place.source();
    let id = PersonId("p1".into());
    source.look_email(&id, None, &email("p@granit.example")).unwrap();
    fs::write(&place.path, CSV.replace("Котов Кот", "Котов Пёс").replace("p2;", "\r\n;;;;;\r\np2;")).unwrap();
    assert_eq!(source.write_email(&id, None, &email("p@granit.example")).unwrap(), Written::Changed);
    let text = String::from_utf8(place.bytes()).unwrap();
    assert!(text.contains("Котов Пёс") && text.contains("Склад;p@granit.example;+7"), "{text}");
}

#[test]
fn formulas_are_refused_in_tables_and_fine_in_json() {
    for want in ["+a@granit.example", "-a@granit.example", "=a@granit.example"] {
        let place = Place::new(FileKind::Csv, CSV.as_bytes());
        assert!(write(&place, "p1", None, want).is_err());
        assert_eq!(place.bytes(), CSV.as_bytes());
        assert!(read(&place.source()).people.refuses_formulas);
        let place = Place::new(FileKind::Json, br#"[{"person_id":"p1","full_name":"a b"}]"#);
        assert_eq!(write(&place, "p1", None, want).unwrap(), Written::Changed);
    }
}

#[test]
fn json_keeps_its_spacing_and_gets_the_key_that_others_have() {
    for (before, after) in [
        (
            "[\n  {\"person_id\": \"p1\", \"full_name\": \"А Б\", \"email\": null}\n]\n",
            "[\n  {\"person_id\": \"p1\", \"full_name\": \"А Б\", \"email\": \"a@b.example\"}\n]\n",
        ),
        (
            "[\n  {\n    \"person_id\" : \"p1\",\n    \"full_name\" : \"А Б\"\n  }\n]",
            "[\n  {\n    \"person_id\" : \"p1\",\n    \"full_name\" : \"А Б\",\n    \"email\" : \"a@b.example\"\n  }\n]",
        ),
        (
            "{\"person_id\":\"p1\",\"full_name\":\"А Б\"}\n{\"person_id\":\"p2\",\"full_name\":\"В Г\",\"Эл. почта\":\"\"}\n",
            "{\"person_id\":\"p1\",\"full_name\":\"А Б\",\"Эл. почта\":\"a@b.example\"}\n{\"person_id\":\"p2\",\"full_name\":\"В Г\",\"Эл. почта\":\"\"}\n",
        ),
        (
            "{\"value\": [{\"full_name\": \"А Б\", \"person_id\": \"p1\", \"email\": \" \"}], \"x\": [1, {}]}",
            "{\"value\": [{\"full_name\": \"А Б\", \"person_id\": \"p1\", \"email\": \"a@b.example\"}], \"x\": [1, {}]}",
        ),
    ] {
        let place = Place::new(FileKind::Json, before.as_bytes());
        assert_eq!(write(&place, "p1", None, "a@b.example").unwrap(), Written::Changed, "{before}");
        assert_eq!(String::from_utf8(place.bytes()).unwrap(), after);
        assert_eq!(look(&place, "p1", None, "a@b.example"), Written::AlreadySo);
    }
}

/// A workbook with a title, a merged header, styles and a second sheet.
fn workbook(with_email: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("TDSheet").unwrap();
    sheet.merge_range(0, 0, 0, 4, "Список сотрудников", &bold).unwrap();
    let headers =
        ["person_id", "Сотрудник", "Организация", "Подразделение", "Дата приема", "E-mail", "Таб. номер"];
    for (column, header) in (0..).zip(headers) {
        let header = if header == "E-mail" && !with_email { "Примечание" } else { header };
        sheet.write_with_format(4, column, header, &bold).unwrap();
    }
    for (row, id) in (5..).zip(["p1", "p2", "p1"]) {
        sheet.write(row, 0, id).unwrap();
        sheet.write(row, 1, if id == "p1" { "Ёлкин Пётр" } else { "Иванова Анна" }).unwrap();
        sheet.write(row, 2, "ООО А & Б").unwrap();
        sheet.write(row, 3, "Склад").unwrap();
        sheet.write_number(row, 4, 43_864.0).unwrap();
        sheet.write_number(row, 6, f64::from(row)).unwrap();
    }
    sheet.write_blank(7, 5, &bold).unwrap();
    book.add_worksheet().set_name("Итоги").unwrap().write(0, 0, "x").unwrap();
    book.save_to_buffer().unwrap()
}

/// Unpacks every part of a package.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let count = archive.len();
    let part = |index| {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (file.name().unwrap().into_owned(), content)
    };
    (0..count).map(part).collect()
}

/// Reads all cells of the first sheet with another reader.
fn second_opinion(bytes: &[u8]) -> Vec<((u32, u32), String)> {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let sheet = book.sheet_names()[0].clone();
    let mut cells = book.worksheet_cells_reader(&sheet).unwrap();
    let mut all = Vec::new();
    while let Some(cell) = cells.next_cell().unwrap() {
        let value = calamine::Data::from(cell.get_value().clone()).to_string();
        if !value.is_empty() {
            all.push((cell.get_position(), value));
        }
    }
    all
}

#[test]
fn a_workbook_changes_in_its_cells_alone() {
    let before = workbook(true);
    let place = Place::new(FileKind::Xlsx, &before);
    assert_eq!(write(&place, "p1", None, "p@granit.example").unwrap(), Written::Changed);
    let after = place.bytes();
    let (old, new) = (parts(&before), parts(&after));
    let changed: Vec<_> =
        old.iter().filter(|(name, part)| new[*name] != **part).map(|(name, _)| name.as_str()).collect();
    assert_eq!(changed, ["xl/worksheets/sheet1.xml"]);
    assert_eq!(old.len(), new.len());
    let mut expected = second_opinion(&before);
    expected.extend([((5, 5), "p@granit.example".to_owned()), ((7, 5), "p@granit.example".to_owned())]);
    expected.sort();
    let mut found = second_opinion(&after);
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(write(&place, "p1", None, "p@granit.example").unwrap(), Written::AlreadySo);
}

#[test]
fn a_sheet_with_prefixes_and_a_mark_is_changed_too() {
    let text = |text: &str| format!("<x:is><x:t>{text}</x:t></x:is>");
    let (name, number, mail, person) = (text("ФИО"), text("Таб. номер"), text("Почта"), text("Ким"));
    let before = format!(
        "\u{feff}<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row><x:c t=\"inlineStr\">{name}</x:c><x:c t=\"inlineStr\">{number}</x:c>\
         <x:c t=\"inlineStr\">{mail}</x:c></x:row><x:row><x:c t=\"inlineStr\">{person}</x:c><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    );
    let place = Place::new(FileKind::Xlsx, &source::package(&before, "<sst/>"));
    assert_eq!(write(&place, "/1", None, "k@granit.example").unwrap(), Written::Changed);
    let cell =
        format!("<x:c r=\"C2\" t=\"inlineStr\">{}</x:c></x:row></x:sheetData>", text("k@granit.example"));
    let after = before.replace("</x:row></x:sheetData>", &cell);
    assert_eq!(String::from_utf8(parts(&place.bytes())["xl/worksheets/sheet1.xml"].clone()).unwrap(), after);
}

#[test]
fn a_table_without_a_column_gets_a_file_beside_it() {
    let csv = CSV.replace("E-mail", "Примечание").replace("a@granit.example", "");
    for (kind, bytes) in [(FileKind::Csv, csv.clone().into_bytes()), (FileKind::Xlsx, workbook(false))] {
        let place = Place::new(kind, &bytes);
        assert_eq!(write(&place, "p1", None, "p@granit.example").unwrap(), Written::Changed);
        assert_eq!(write(&place, "p2", None, "a@granit.example").unwrap(), Written::Changed);
        assert_eq!(place.bytes(), bytes);
        let beside = fs::read_to_string(place.folder.path().join("people.email.csv")).unwrap();
        assert!(
            beside
                .starts_with("\u{feff}Ключ;Табельный номер;Сотрудник;Организация;Электронная почта;Было\r\n")
        );
        assert!(beside.contains("\r\np1;") && beside.ends_with(";a@granit.example;\r\n"), "{beside}");
        let company = read(&place.source());
        assert_eq!(company.problems, Vec::<String>::new());
        for job in &person(&company.people, "p1").employments {
            assert_eq!(job.contact.email, HrEmail::Usable(email("p@granit.example")));
        }
        assert_eq!(write(&place, "p1", None, "q@granit.example").unwrap(), Written::Stale);
        assert_eq!(
            write(&place, "p1", Some("p@granit.example"), "q@granit.example").unwrap(),
            Written::Changed
        );
        let replaced = fs::read_to_string(place.folder.path().join("people.email.csv")).unwrap();
        assert!(replaced.contains(";q@granit.example;p@granit.example\r\n"), "{replaced}");
        assert_eq!(replaced.lines().count(), 3);
    }
}

#[test]
fn mistakes_beside_the_file_are_told() {
    let place = Place::new(
        FileKind::Csv,
        CSV.replace("E-mail", "Примечание").replace("a@granit.example", "").as_bytes(),
    );
    let beside = place.folder.path().join("people.email.csv");
    fs::write(&beside, "Ключ;Электронная почта\np1;a@b.example\np1;\n\np2\n").unwrap();
    assert_eq!(
        read(&place.source()).problems,
        [
            "error people.email.csv:3 column `Ключ` the person stands here a second time",
            "error people.email.csv:5 the row ends before the address"
        ]
    );
    fs::write(&beside, "person_id;email\np1;a@b.example\n").unwrap();
    assert_eq!(read(&place.source()).problems, Vec::<String>::new(), "headers are those of every source too");
    fs::write(&beside, "Ключ,Электронная почта\np1,нет\np9,x@b.example\n").unwrap();
    assert_eq!(
        read(&place.source()).problems,
        ["warning people.email.csv:2 column `Электронная почта` the address is neither used nor replaced"]
    );
    assert_eq!(look(&place, "p1", None, "p@granit.example"), Written::Stale);
    fs::write(&beside, "что-то\n").unwrap();
    assert_eq!(read(&place.source()).problems.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever stands around it, one cell changes and comes back.
    #[test]
    fn one_cell_changes_and_comes_back(
        notes in proptest::collection::vec("[а-яё \"';=№,\\-+\t\n]{0,12}", 1..6),
        chosen in any::<prop::sample::Index>(),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
        encoding in 0..5_usize,
    ) {
        let quoted = |note: &str| format!("\"{}\"", note.replace('"', "\"\""));
        let row = |(at, note): (usize, &String)| format!("n{at};{};Петров {};;", quoted(note), quoted(note).len());
        let rows: Vec<String> = notes.iter().enumerate().map(row).collect();
        let text = format!("Таб. номер;Заметка;ФИО;Почта;Отдел{line_end}{}{line_end}", rows.join(line_end));
        let bytes = source::encodings(&text).swap_remove(encoding);
        let place = Place::new(FileKind::Csv, &bytes);
        let at = chosen.index(notes.len());
        let written = write(&place, &format!("/n{at}"), None, "a@b.example").unwrap();
        prop_assert_eq!(written, Written::Changed);
        let expected: Vec<String> = rows.iter().enumerate().map(|(row, line)| {
            if row == at { format!("{}a@b.example;", &line[..line.len() - 1]) } else { line.clone() }
        }).collect();
        let expected = format!("Таб. номер;Заметка;ФИО;Почта;Отдел{line_end}{}{line_end}", expected.join(line_end));
        prop_assert_eq!(place.bytes(), source::encodings(&expected).swap_remove(encoding));
    }
}
