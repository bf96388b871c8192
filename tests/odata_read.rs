//! Reads companies from the stand-in for 1C, in its good and its bad ways.

mod odata_support;

use std::collections::BTreeSet;

use jiff::civil::date;
use odata_support::{TODAY, bare, granit, guid, romashka, serve, settings, source};
use shtat::{
    model::{Employment, EmploymentKind, HrEmail, People, Unmanaged},
    sandbox::onec::{Company, OneC},
    source::{
        self, FileKind, FileSpec, Reading, Source,
        odata::{OData, Settings, Tree},
    },
};

/// Reads and expects no error.
fn read(source: &OData) -> Reading {
    let reading = source.read();
    let errors: Vec<_> = reading.problems.iter().filter(|problem| problem.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    reading
}

/// Reads and expects one error with these words.
fn refused(source: &OData, words: &str) {
    let reading = source.read();
    assert!(reading.people.persons.is_empty());
    let errors: Vec<_> = reading.problems.iter().filter(|problem| problem.is_error()).collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].what.contains(words), "{words}: {errors:#?}");
    assert!(!errors[0].hints.is_empty(), "no remedy: {errors:#?}");
    let all = format!("{errors:?}");
    assert!(!all.contains("demo") && !all.contains("127.0.0.1"), "{all}");
}

fn job(people: &People, number: u32) -> &Employment {
    let id = guid("5a1e", number);
    let jobs = people.persons.iter().flat_map(|person| &person.employments);
    jobs.into_iter().find(|job| job.id.0 == id).unwrap_or_else(|| panic!("job {number} is not there"))
}

fn at_work(people: &People) -> BTreeSet<&str> {
    let works = |job: &&Employment| job.works_on(TODAY);
    let jobs = people.persons.iter().flat_map(|person| &person.employments);
    jobs.filter(works).map(|job| job.id.0.as_str()).collect()
}

#[test]
fn the_same_company_comes_back() {
    let people = romashka();
    let base = serve(Company::from_people(&people), &[]);
    let reading = read(&source(&base));
    assert_eq!(bare(&reading.people), bare(&people));
    assert_eq!(reading.people.unmanaged, BTreeSet::new());
    assert_eq!(base.open_sessions(), 0);
}

#[test]
fn intervals_and_events_say_the_same() {
    let by_intervals = read(&source(&serve(granit(), &[])));
    let base = serve(granit(), &["off:InformationRegister_КадроваяИсторияСотрудниковИнтервальный"]);
    let by_events = read(&source(&base));
    assert_eq!(by_intervals.people, by_events.people);
    let base = serve(granit(), &["empty:InformationRegister_КадроваяИсторияСотрудниковИнтервальный"]);
    assert_eq!(by_intervals.people, read(&source(&base)).people);
}

#[test]
fn every_kind_of_person_is_read_as_1c_means_it() {
    let reading = read(&source(&serve(granit(), &[])));
    let people = &reading.people;
    let dismissed = |number| job(people, number).dismissed_on;
    let works = |number| job(people, number).works_on(TODAY);
    assert_eq!(job(people, 1).department, ["Производство", "Цех № 2"]);
    assert_eq!(job(people, 1).department_id, Some(guid("de", 2)));
    assert_eq!(job(people, 1).origin, format!("Catalog_Сотрудники(guid'{}')", guid("5a1e", 1)));
    assert_eq!(job(people, 2).contact.name.patronymic, "Рашид кызы");
    assert_eq!(job(people, 3).kind, EmploymentKind::PartTimeInner);
    assert_eq!((dismissed(5), job(people, 5).kind), (Some(date(2026, 6, 30)), EmploymentKind::ExtraWork));
    assert!(works(6));
    assert_eq!(job(people, 8).organization.name, "ООО \"Лютик\"");
    assert_eq!(job(people, 9).organization.name, "ООО \"Гранит-Север\"");
    assert!(job(people, 9).organization.aliases.contains("7800000001"));
    assert_eq!((dismissed(10), works(11)), (Some(date(2024, 1, 31)), true));
    assert!(works(12) && works(17));
    assert_eq!((dismissed(13), works(13)), (Some(date(2026, 11, 21)), false));
    assert_eq!((dismissed(14), works(14)), (Some(date(2026, 11, 22)), true));
    assert_eq!((dismissed(15), works(15)), (Some(date(2026, 11, 23)), true));
    let new = job(people, 16);
    assert_eq!((new.hired_on, works(16)), (Some(date(2026, 11, 23)), false));
    assert_eq!(
        (new.department.as_slice(), new.position.as_deref()),
        (&["Отдел продаж".to_owned()][..], Some("Менеджер"))
    );
    assert_eq!((job(people, 18).kind, works(18), works(19)), (EmploymentKind::Contract, false, false));
    assert_eq!(dismissed(20), Some(date(2015, 2, 27)));
    assert_eq!(job(people, 30).department, Vec::<String>::new());
    assert_eq!(job(people, 31).department, ["Склад"]);
    assert_eq!((job(people, 32).department.as_slice(), works(32)), (&["Бухгалтерия".to_owned()][..], true));
    assert_eq!(job(people, 34).department, ["Архив"]);
    let ids: BTreeSet<&str> = people.persons.iter().map(|person| person.id.0.as_str()).collect();
    for gone in [26, 27, 29] {
        assert!(!ids.contains(guid("7d0c", gone).as_str()), "person {gone}");
    }
    let jobs = people.persons.iter().map(|person| person.employments.len()).sum::<usize>();
    assert_eq!(jobs, 32, "33 and 22 are marked for deletion");
}

#[test]
fn addresses_are_chosen_by_kind_and_line() {
    let reading = read(&source(&serve(granit(), &[])));
    let contact = |number| &job(&reading.people, number).contact;
    assert_eq!(contact(1).email.usable().unwrap().as_str(), "p.elkin@granit.example");
    assert_eq!(contact(1).phone.as_deref(), Some("+7 900 000-00-01"));
    assert_eq!(contact(27).email, HrEmail::None);
    assert_eq!(contact(28).email.usable().unwrap().as_str(), "E.BOLSHOY@GRANIT.EXAMPLE");
    assert_eq!(contact(28).personal_email.as_deref(), Some("egor@mail.example"));
    assert!(matches!(contact(29).email, HrEmail::Unusable(_)));
    let warned = |words: &str| reading.problems.iter().filter(|problem| problem.what.contains(words)).count();
    assert_eq!(warned("cannot be used"), 1);
    assert_eq!(warned("several addresses"), 1);
    assert_eq!(warned("department of the job"), 1);
}

#[test]
fn contacts_inside_persons_serve_where_their_set_is_not_published() {
    let whole = read(&source(&serve(granit(), &[])));
    let base = serve(granit(), &["off:Catalog_ФизическиеЛица_КонтактнаяИнформация"]);
    let reading = read(&source(&base));
    assert_eq!(reading.people, whole.people);
}

#[test]
fn what_is_not_published_is_not_managed() {
    let whole = read(&source(&serve(granit(), &[])));
    for (set, lost) in [
        ("Catalog_ПодразделенияОрганизаций", vec![Unmanaged::Departments]),
        ("Catalog_Должности", vec![Unmanaged::Positions]),
        ("Catalog_ВидыКонтактнойИнформации", vec![Unmanaged::Emails, Unmanaged::Phones]),
        ("InformationRegister_ТекущиеКадровыеДанныеСотрудников", vec![Unmanaged::Dates]),
        ("InformationRegister_ВидыЗанятостиСотрудников_RecordType", vec![Unmanaged::Kinds]),
    ] {
        for fault in [format!("off:{set}"), format!("empty:{set}")] {
            if fault.starts_with("empty:Catalog_В") {
                continue;
            }
            let reading = read(&source(&serve(granit(), &[&fault])));
            assert_eq!(reading.people.unmanaged, lost.iter().copied().collect(), "{fault}");
            assert_eq!(at_work(&reading.people), at_work(&whole.people), "{fault}");
            let told = reading.problems.iter().filter(|problem| problem.what.contains("managed")).count();
            assert!(told >= lost.len(), "{fault}: {:#?}", reading.problems);
        }
    }
}

#[test]
fn dates_alone_decide_where_no_history_is_published() {
    let off = ["Интервальный", "_RecordType"]
        .map(|end| format!("off:InformationRegister_КадроваяИсторияСотрудников{end}"));
    let base = serve(granit(), &[&off[0], &off[1]]);
    let reading = read(&source(&base));
    let lost = [Unmanaged::Departments, Unmanaged::Positions, Unmanaged::Kinds];
    assert_eq!(reading.people.unmanaged, BTreeSet::from(lost));
    let works = |number| job(&reading.people, number).works_on(TODAY);
    assert!(works(1) && works(14) && works(32), "32 has no hire date, but a labour contract");
    assert!(!works(13) && !works(16) && !works(18) && !works(19));

    let dates = "off:InformationRegister_ТекущиеКадровыеДанныеСотрудников";
    refused(&source(&serve(granit(), &[&off[0], &off[1], dates])), "nothing that says who works");
}

#[test]
fn the_management_tree_goes_by_staff_position_then_department_then_law() {
    let mut company = granit();
    let rows = |text: &str| serde_json::from_str(text).unwrap();
    company.sets.insert("Catalog_СтруктураПредприятия".into(), rows(&format!(
        r#"[{{"Ref_Key":"{}","Description":"Группа"}},
            {{"Ref_Key":"{}","Description":"Цеха","Parent_Key":"{0}","Источник":"{}","Источник_Type":"StandardODATA.Catalog_ПодразделенияОрганизаций"}},
            {{"Ref_Key":"{}","Description":"Проекты","Parent_Key":"{0}"}}]"#,
        guid("cc", 1), guid("cc", 2), guid("de", 2), guid("cc", 3)
    )));
    let place = "InformationRegister_МестоПозицииШтатногоРасписанияВСтруктуреПредприятия";
    company.sets.insert(
        place.into(),
        rows(&format!(
            r#"[{{"Period":"2020-01-01T00:00:00","Позиция_Key":"{}","Подразделение_Key":"{}"}}]"#,
            guid("55", 1),
            guid("cc", 3)
        )),
    );
    let intervals = "InformationRegister_КадроваяИсторияСотрудниковИнтервальный";
    for row in company.sets.get_mut(intervals).unwrap() {
        if row["Сотрудник_Key"] == guid("5a1e", 17) {
            row.insert("ДолжностьПоШтатномуРасписанию_Key".into(), guid("55", 1).into());
        }
    }
    let base = serve(company.clone(), &[]);
    let management =
        |base: &OneC| OData::new(Settings { tree: Tree::Management, ..settings(base) }, TODAY).unwrap();
    let reading = read(&management(&base));
    assert_eq!(job(&reading.people, 17).department, ["Группа", "Проекты"]);
    assert_eq!(job(&reading.people, 17).department_id, Some(guid("cc", 3)));
    assert_eq!(job(&reading.people, 1).department, ["Группа", "Цеха"]);
    assert_eq!(job(&reading.people, 2).department, ["Бухгалтерия"]);
    for fault in [format!("off:{place}"), "off:Catalog_СтруктураПредприятия".to_owned()] {
        let base = serve(company.clone(), &[&fault]);
        let reading = read(&management(&base));
        assert_eq!(reading.people.unmanaged, BTreeSet::from([Unmanaged::Departments]), "{fault}");
    }
}

#[test]
fn passing_failures_change_nothing() {
    let whole = read(&source(&serve(granit(), &[])));
    for faults in [
        &["busy#4"][..],
        &["drop#1", "drop#9"],
        &["truncated#1", "truncated#12"],
        &["error:500/-1#3"],
        &["error:502#3", "error:504#4"],
        &["slow#2=20ms"],
        &["session-limit#3"],
        &["expire-session#1", "expire-session#7"],
        &["no-sessions"],
        &["moved#2"],
    ] {
        let base = serve(granit(), faults);
        let reading = read(&source(&base));
        assert_eq!(reading.people, whole.people, "{faults:?}");
        assert_eq!(base.open_sessions(), 0, "{faults:?}");
    }
}

#[test]
fn releases_without_some_fields_are_read() {
    let whole = read(&source(&serve(granit(), &[])));
    let names =
        ["Фамилия", "Имя", "Отчество"].map(|field| format!("no-field:Catalog_ФизическиеЛица.{field}"));
    let reading = read(&source(&serve(granit(), &[&names[0], &names[1], &names[2]])));
    assert_eq!(reading.people, whole.people);
    for fault in [
        "no-field:Catalog_ФизическиеЛица.IsFolder",
        "no-field:Catalog_Организации.НаименованиеСокращенное",
        "no-field:Catalog_ВидыКонтактнойИнформации.PredefinedDataName",
    ] {
        let reading = source(&serve(granit(), &[fault])).read();
        assert!(!reading.has_errors(), "{fault}: {:#?}", reading.problems);
        assert_eq!(reading.people.persons.len(), whole.people.persons.len(), "{fault}");
    }
    let reading = read(&source(&serve(granit(), &["no-field:Catalog_ФизическиеЛица.ДатаРождения"])));
    assert_eq!(reading.people.unmanaged, BTreeSet::from([Unmanaged::Birthdays]));
}

#[test]
fn lasting_failures_are_told_with_a_remedy() {
    for (fault, words) in [
        ("forbidden", "forbids OData"),
        ("html#1", "a web page came"),
        ("redirect#1", "elsewhere.example"),
        ("error:401#1", "refused the user"),
        ("restricted:Catalog_Сотрудники", "hides rows"),
        ("off:Catalog_Сотрудники", "not published"),
        ("off:Catalog_Организации", "not published"),
        ("empty:Catalog_Сотрудники", "no job"),
        ("empty:Catalog_Организации", "no organization"),
        ("empty:Catalog_ФизическиеЛица", "does not show"),
        ("busy#100000", "restarting"),
        ("session-limit#100000", "cannot start another session"),
        ("no-field:Catalog_Сотрудники.ФизическоеЛицо_Key", "does not understand"),
    ] {
        let base = serve(granit(), &[fault]);
        refused(&source(&base), words);
        assert_eq!(base.open_sessions(), 0, "{fault}");
    }
    let base = serve(granit(), &[]);
    let wrong = Settings { password: "demo1".to_owned().into(), ..settings(&base) };
    refused(&OData::new(wrong, TODAY).unwrap(), "refused the user");
    let elsewhere = Settings { url: base.url().replace("zup", "bp"), ..settings(&base) };
    refused(&OData::new(elsewhere, TODAY).unwrap(), "not published");
    let url = base.url();
    drop(base);
    let gone = Settings { url, ..settings(&serve(granit(), &[])) };
    refused(&OData::new(gone, TODAY).unwrap(), "cannot be reached");
}

#[test]
fn hidden_rows_vanish_only_where_that_was_asked_for() {
    let base = serve(granit(), &["restricted:Catalog_Сотрудники"]);
    let allowed = Settings { allowed_only: true, ..settings(&base) };
    let reading = read(&OData::new(allowed, TODAY).unwrap());
    assert!(
        !reading.people.persons.iter().flat_map(|p| &p.employments).any(|job| job.id.0 == guid("5a1e", 1))
    );
}

#[test]
fn a_base_of_other_names_is_read() {
    let whole = read(&source(&serve(granit(), &[])));
    let mut company = granit();
    let mut jobs = company.sets.remove("Catalog_Сотрудники").unwrap();
    for row in &mut jobs {
        let number = row.remove("Code").unwrap();
        row.insert("ТабельныйНомер".into(), number);
    }
    company.sets.insert("Catalog_Работники".into(), jobs);
    let base = serve(company, &[]);
    let mut renamed = settings(&base);
    renamed.sets.insert("Catalog_Сотрудники".into(), "Catalog_Работники".into());
    renamed.fields.insert("Catalog_Сотрудники.Code".into(), "ТабельныйНомер".into());
    let reading = read(&OData::new(renamed, TODAY).unwrap());
    assert_eq!(bare(&reading.people), bare(&whole.people));
}

#[test]
fn the_dismissal_shift_is_that_of_the_country() {
    let base = serve(granit(), &[]);
    let kazakh = Settings { dismissal_shift: 0, ..settings(&base) };
    let reading = read(&OData::new(kazakh, TODAY).unwrap());
    assert_eq!(job(&reading.people, 13).dismissed_on, Some(date(2026, 11, 22)));
    assert_eq!(job(&reading.people, 5).dismissed_on, Some(date(2026, 6, 30)));
}

#[test]
fn pages_of_any_size_make_the_same_company() {
    let whole = read(&source(&serve(granit(), &[])));
    for page_size in [1, 2, 7, 30, 31, 1000] {
        let base = serve(granit(), &[]);
        let reading = read(&OData::new(Settings { page_size, ..settings(&base) }, TODAY).unwrap());
        assert_eq!(reading.people, whole.people, "{page_size}");
        for request in base.requests().iter().filter(|request| request.query.contains("$top")) {
            assert!(request.query.contains("$orderby="), "{request:?}");
            assert_eq!(request.method, "GET");
        }
    }
}

#[test]
fn an_organization_that_must_be_there_is_looked_for() {
    let base = serve(granit(), &[]);
    let known = |name: &str| {
        OData::new(Settings { organizations: vec![name.to_owned()], ..settings(&base) }, TODAY).unwrap()
    };
    for name in ["ооо \"гранит-север\"", "7800000003", &guid("0a", 1)] {
        read(&known(name));
    }
    refused(&known("ООО «Незабудка»"), "no organization `ООО «Незабудка»`");
}

#[test]
fn the_example_is_the_same_as_a_file_and_as_a_1c() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/onec/company.json");
    let listed = source::open(FileSpec::new(FileKind::Json, file, "company.json")).read();
    assert!(listed.problems.is_empty(), "{:#?}", listed.problems);
    let base = serve(Company::from_people(&listed.people), &[]);
    let reading = read(&odata_support::source(&base));
    assert_eq!(bare(&reading.people), bare(&listed.people));
    assert!(reading.problems.is_empty(), "{:#?}", reading.problems);
}

#[test]
fn registers_without_some_key_are_ordered_by_the_others() {
    let whole = read(&source(&serve(granit(), &[])));
    for fault in [
        "no-field:InformationRegister_КадроваяИсторияСотрудниковИнтервальный.ГоловнаяОрганизация_Key",
        "no-field:InformationRegister_ТекущиеКадровыеДанныеСотрудников.ТекущаяОрганизация_Key",
    ] {
        assert_eq!(read(&source(&serve(granit(), &[fault]))).people, whole.people, "{fault}");
    }
}
