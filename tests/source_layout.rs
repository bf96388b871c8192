//! Layouts of exported tables: each is read alike from a CSV and from a workbook.

mod source;

use shtat::model::Employment;
use shtat::source::FileKind;
use source::{Company, Place, codes, company, csv, read, table};

/// Returns the only employment of each person, in the order of rows.
fn jobs(company: &Company) -> Vec<&Employment> {
    let mut jobs: Vec<&Employment> =
        company.people.persons.iter().flat_map(|person| &person.employments).collect();
    jobs.sort_by_key(|job| job.origin.rsplit(':').next().unwrap().parse::<u32>().unwrap());
    jobs
}

fn names(company: &Company) -> Vec<String> {
    jobs(company).iter().map(|job| job.contact.name.full()).collect()
}

#[test]
fn titles_above_groups_and_totals_are_survived_and_departments_carried_down() {
    let company = table(&[
        vec!["Штатные сотрудники"],
        vec!["Период:", "22.11.2026"],
        vec![],
        vec!["№", "Сотрудник", "Табельный номер", "Должность", "Дата приема"],
        vec!["ООО «Гранит»", "", "", "", ""],
        vec!["Цех № 2"],
        vec!["1", "Ёлкин Пётр Ильич", "17", "Наладчик", "03.02.2020"],
        vec!["2", "Аббасова Лейла", "18", "Наладчик", "03.02.2020"],
        vec!["Итого", "", "2"],
        vec!["Подразделение: Склад"],
        vec!["№", "Сотрудник", "Табельный номер", "Должность", "Дата приема"],
        vec!["1", "Нгуен Ван", "9", "Кладовщик", "15.01.2019"],
        vec!["Всего сотрудников: 3"],
    ]);
    assert_eq!(company.problems, Vec::<String>::new());
    assert_eq!(names(&company), ["Ёлкин Пётр Ильич", "Аббасова Лейла", "Нгуен Ван"]);
    let departments: Vec<_> = jobs(&company).iter().map(|job| job.department.join("/")).collect();
    assert_eq!(departments, ["Цех № 2", "Цех № 2", "Склад"]);
    assert!(jobs(&company).iter().all(|job| job.organization.name == "ООО «Гранит»"));
    assert_eq!(company.people.persons[0].id.0, "ООО «Гранит»/17");
    assert_eq!(jobs(&company)[0].origin, "people.csv:7");
}

#[test]
fn parameters_above_the_header_are_no_header() {
    let company = table(&[
        vec!["Сотрудник:", "Все", "Организация:", "ООО А"],
        vec![],
        vec!["Сотрудник", "Таб. номер", "Подразделение", "Должность"],
        vec!["Ёлкин Пётр", "17", "Склад", "Сторож"],
    ]);
    assert_eq!(company.problems, Vec::<String>::new());
    assert_eq!(names(&company), ["Ёлкин Пётр"]);
}

#[test]
fn headers_may_have_two_lines() {
    let company = table(&[
        vec!["Список"],
        vec!["Сотрудник", "Таб. номер", "Дата", "", "Телефон", "", "Место", "", ""],
        vec!["", "", "приема", "увольнения", "рабочий", "домашний", "Отдел", "Должность", "Комната"],
        vec!["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        vec!["Ёлкин Пётр", "17", "03.02.2020", "04.03.2026", "1-2", "3-4", "Склад", "Сторож", "5"],
    ]);
    assert_eq!(company.problems, Vec::<String>::new());
    let job = jobs(&company)[0];
    assert_eq!(job.hired_on.unwrap().to_string(), "2020-02-03");
    assert_eq!(job.dismissed_on.unwrap().to_string(), "2026-03-04");
    assert_eq!(job.contact.phone.as_deref(), Some("1-2"));
    assert_eq!(
        (job.department.as_slice(), job.position.as_deref()),
        (["Склад".to_owned()].as_slice(), Some("Сторож"))
    );
}

#[test]
fn a_first_row_of_data_is_no_second_line_of_the_header() {
    for note in ["", "уволен", "Отдел"] {
        let company = table(&[
            vec!["Заметка", "Сотрудник", "Таб. номер", "Подразделение"],
            vec![note, "Ёлкин Пётр", "17", "Склад"],
        ]);
        assert_eq!(names(&company), ["Ёлкин Пётр"], "{note}");
    }
}

#[test]
fn the_list_of_employees_of_1c_is_read() {
    let company = table(&[
        vec![
            "Имя",
            "Таб. номер",
            "Подразделение",
            "В структуре предприятия",
            "Должность",
            "Позиция",
            "Дата приема",
            "Дата увольнения",
            "Вид договора",
            "Вид занятости",
            "Количество ставок",
            "Организация",
            "Филиал",
            "Состояние",
        ],
        vec![
            "Орлова Анна Игоревна (внутр. совм.)",
            "ГС00-00017",
            "Склад",
            "Логистика",
            "Кладовщик",
            "Кладовщик /Склад/",
            "03.02.2020 0:00:00",
            "  .  .    ",
            "Трудовой договор",
            "Внутреннее совместительство",
            "0,5",
            "ООО А",
            "",
            "Работа",
        ],
        vec!["Ким Олег", "ГС00-00018", "Склад", "", "", "", "", "", "Договор ГПХ", "", "", "ООО А", "", ""],
        vec![
            "Лис Яна",
            "ГС00-00019",
            "Склад",
            "",
            "",
            "",
            "03.02.2020",
            "",
            "",
            "",
            "",
            "ООО А",
            "",
            "Увольнение",
        ],
    ]);
    assert_eq!(
        company.problems,
        [
            "warning people.csv:4 column `Состояние` dismissed without a date: the employment counts as ended long ago"
        ]
    );
    let jobs = jobs(&company);
    assert_eq!(jobs[0].contact.name.patronymic, "Игоревна");
    assert_eq!(
        (jobs[0].department.join("/").as_str(), jobs[0].position.as_deref()),
        ("Склад", Some("Кладовщик"))
    );
    let kinds: Vec<String> =
        jobs.iter().map(|job| serde_json::to_value(job.kind).unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["part_time_inner", "contract", "main"]);
    assert_eq!(jobs[2].dismissed_on, jobs[2].hired_on);
}

#[test]
fn private_numbers_are_never_kept() {
    let company = table(&[
        vec!["Сотрудник", "Таб. номер", "ИНН", "СНИЛС", "Паспорт", "Оклад", "ИНН организации"],
        vec!["Ёлкин Пётр", "17", "770123456789", "112-233-445 95", "4500 123456", "98765", "7701234567"],
    ]);
    let all = format!("{company:?}");
    for private in ["770123456789", "112-233", "123456\"", "98765"] {
        assert!(!all.contains(private), "{private}");
    }
    assert!(jobs(&company)[0].organization.aliases.contains("7701234567"));
}

#[test]
fn separate_names_win_over_the_whole_and_capitals_are_shown_as_names() {
    let company = table(&[
        vec!["ФИО", "Фамилия", "Имя", "Отчество", "Таб. номер"],
        vec!["Кто Попало", "ГАРСИЯ ЛОПЕС", "МАРИЯ", "", "1"],
        vec!["ИВАНОВ-ПЕТРОВ АЛИ РАШИД ОГЛЫ", "", "", "", "2"],
        vec!["Иванов Иван Иванович младший сын", "", "", "", "3"],
        vec!["Cергеев Пётр", "", "", "", "4"],
    ]);
    assert_eq!(names(&company)[..2], ["Гарсия Лопес Мария", "Иванов-Петров Али Рашид оглы"]);
    assert_eq!(
        company.problems,
        [
            "warning people.csv:4 column `ФИО` 2 words of the name fit no part of it and are dropped",
            "warning people.csv:5 column `Фамилия` Latin letters stand among Cyrillic ones in the name: `C`",
        ]
    );
}

#[test]
fn mapped_columns_win() {
    let rows =
        [vec!["Работничек", "Код по базе", "Отдел", "Участок"], vec!["Ёлкин Пётр", "17", "Склад", "Рампа"]];
    let place = Place::new(FileKind::Csv, &csv(&rows));
    let mapped = [
        ("full_name", "работничек"),
        ("personnel_number", "Код по базе"),
        ("id", "Код по базе"),
        ("department", "Участок"),
    ];
    let company = read(&place.mapped(&mapped));
    assert_eq!(company.problems, Vec::<String>::new());
    let job = jobs(&company)[0];
    assert_eq!((job.id.0.as_str(), job.personnel_number.as_deref()), ("17", Some("17")));
    assert_eq!(job.department, ["Рампа"]);
    let wrong = read(&place.mapped(&[
        ("full_name", "Работничек"),
        ("personnel_number", "Код по базе"),
        ("phone", "Учасок"),
        ("emial", "x"),
    ]));
    assert_eq!(
        wrong.problems,
        [
            "error shtat.yaml:4:7 people.columns `emial` is no field of a person or employment",
            "error shtat.yaml:4:7 people.columns `people.csv` has no header `Учасок`",
        ]
    );
}

#[test]
fn mistakes_of_a_header_are_told() {
    for (headers, what) in [
        (
            vec!["Сотрудник", "Таб. номер", "Отдел", "Подразделение"],
            "column `Подразделение` the headers `Отдел` and `Подразделение` name one field",
        ),
        (
            vec!["Сотрудник", "Таб. номер", "ФИО"],
            "column `ФИО` the headers `Сотрудник` and `ФИО` name one field",
        ),
        (vec!["Сотрудник", "Таб. номер", "Почта", "Почта"], "column `Почта` the header `Почта` stands twice"),
    ] {
        let company = table(&[headers, vec!["Ёлкин Пётр", "17"]]);
        assert_eq!(codes(&company.problems), [format!("people.csv:1 {what}")]);
    }
    for rows in [
        vec![vec!["что", "то"], vec!["1", "2"]],
        vec![vec!["Сотрудник"], vec!["Ёлкин Пётр"]],
        vec![vec!["Отдел", "Должность"]],
    ] {
        let company = table(&rows);
        assert_eq!(codes(&company.problems), ["people.csv no header is found in the first 30 rows"]);
    }
}

#[test]
fn cells_behind_the_table_and_a_cut_file_are_mistakes() {
    let behind = table(&[vec!["Сотрудник", "Таб. номер", ""], vec!["Ёлкин Пётр", "17", "заметка"]]);
    assert_eq!(
        codes(&behind.problems),
        ["people.csv:2 column 3, after `Таб. номер` the row goes on after the last column of the header"]
    );
    for cut in ["Ёлкин Пётр", "Ёлкин Пётр;17", "ГС00-0", "Ё"] {
        let text = format!("Сотрудник;Таб. номер;Должность\nКим Олег;16;Сторож\n{cut}");
        let company = company(FileKind::Csv, text.as_bytes());
        assert_eq!(
            codes(&company.problems),
            ["people.csv:3 column `Должность` the row ends before the last column of the header"],
            "{cut}"
        );
    }
}

#[test]
fn a_source_without_people_is_told_apart_from_a_broken_one() {
    use shtat::source::Source;
    for (kind, bytes) in [
        (FileKind::Csv, Vec::new()),
        (FileKind::Csv, "\u{feff}".as_bytes().to_vec()),
        (FileKind::Csv, "Сотрудник;Таб. номер\n;\nИтого;0\n".as_bytes().to_vec()),
        (FileKind::Json, b"[]".to_vec()),
        (FileKind::Json, Vec::new()),
        (FileKind::Xlsx, source::sheet(&[])),
        (FileKind::Xlsx, source::sheet(&[vec!["Сотрудник", "Таб. номер"]])),
    ] {
        let reading = Place::new(kind, &bytes).source().read();
        assert!(reading.nobody(), "{:?}", reading.problems);
    }
    assert!(!Place::new(FileKind::Csv, b"a;b\n1;2\n").source().read().nobody());
}

#[test]
fn nested_groups_are_a_doubt() {
    let company = table(&[
        vec!["Сотрудник", "Таб. номер"],
        vec!["Производство"],
        vec!["Цех"],
        vec!["Ёлкин Пётр", "17"],
    ]);
    assert_eq!(jobs(&company)[0].department, ["Цех"]);
    assert_eq!(company.problems.len(), 1);
    assert!(
        company.problems[0].starts_with("warning people.csv:3 a group row stands directly below another")
    );
}
