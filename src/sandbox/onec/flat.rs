//! From a list of people to the sets of a 1C that holds them.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    company::Company,
    schema::{OPEN_END, PERSONS, Row, SECTION},
};
use crate::model::{Contact, Employment, EmploymentKind, HrEmail, Organization, People, Person};

/// The kind of contact that holds work addresses, as in every base.
pub const WORK_KIND: &str = "c0000000-0000-4000-8000-00000000000e";
/// A kind that the company added for private addresses: «Личный e-mail».
pub const PRIVATE_KIND: &str = "c0000000-0000-4000-8000-0000000000ee";
/// The predefined kind of mobile phones.
pub const PHONE_KIND: &str = "c0000000-0000-4000-8000-00000000000a";

const JOBS: &str = "Catalog_Сотрудники";
const ORGANIZATIONS: &str = "Catalog_Организации";
const DEPARTMENTS: &str = "Catalog_ПодразделенияОрганизаций";
const POSITIONS: &str = "Catalog_Должности";
const KINDS: &str = "Catalog_ВидыКонтактнойИнформации";
const EVENTS: &str = "InformationRegister_КадроваяИсторияСотрудников_RecordType";
const INTERVALS: &str = "InformationRegister_КадроваяИсторияСотрудниковИнтервальный";
const CURRENT: &str = "InformationRegister_ТекущиеКадровыеДанныеСотрудников";
const EMPLOYMENTS: &str = "InformationRegister_ВидыЗанятостиСотрудников_RecordType";

/// When people came of whom no hire is known.
const EARLY: Date = jiff::civil::date(2000, 1, 1);

impl Company {
    /// Makes a 1C of people. Keys that are GUIDs stay; others become GUIDs of their own, the same
    /// every time.
    pub fn from_people(people: &People) -> Company {
        let mut maker = Maker::default();
        maker.kinds();
        for person in &people.persons {
            maker.person(person);
        }
        let mut company = maker.company;
        company.complete();
        company
    }
}

#[derive(Default)]
struct Maker {
    company: Company,
    /// Keys of what several jobs share: organizations, departments, positions.
    known: BTreeMap<String, String>,
}

/// Where a job stands.
struct Post {
    organization: String,
    department: Option<String>,
    position: Option<String>,
}

impl Maker {
    fn add(&mut self, set: &str, row: Value) {
        let Value::Object(row) = row else { return };
        self.company.sets.entry(set.to_owned()).or_default().push(row);
    }

    fn kinds(&mut self) {
        for (key, predefined, title, of_type) in [
            (WORK_KIND, "EMailФизическиеЛица", "Электронная почта", "АдресЭлектроннойПочты"),
            (PRIVATE_KIND, "", "Личный e-mail", "АдресЭлектроннойПочты"),
            (PHONE_KIND, "ТелефонМобильныйФизическиеЛица", "Мобильный телефон", "Телефон"),
        ] {
            let row = json!({"Ref_Key": key, "PredefinedDataName": predefined,
                "ИмяПредопределенногоВида": predefined, "Description": title, "Тип": of_type});
            self.add(KINDS, row);
        }
    }

    fn person(&mut self, person: &Person) {
        let key = guid("person", &person.id.0);
        let Some(first) = person.employments.first() else { return };
        let contact = fullest(&person.employments).unwrap_or(&first.contact);
        let name = &contact.name;
        let row = json!({"Ref_Key": key, "Description": name.full(), "ФИО": name.full(), "Фамилия": name.last,
            "Имя": name.first, "Отчество": name.patronymic, "ДатаРождения": day(contact.birthday), SECTION: contacts(contact)});
        self.add(PERSONS, row);
        let heads = person.employments.iter().filter(|job| job.kind != EmploymentKind::ExtraWork);
        let head = heads.map(|job| guid("job", &job.id.0)).next();
        for job in &person.employments {
            self.job(&key, head.as_deref(), job, name.full());
        }
    }

    fn job(&mut self, person: &str, head: Option<&str>, job: &Employment, name: String) {
        let key = guid("job", &job.id.0);
        let post = self.post(job);
        let extra = job.kind == EmploymentKind::ExtraWork;
        let head = head.filter(|_| extra).unwrap_or(&key);
        self.add(
            JOBS,
            json!({"Ref_Key": key, "Code": job.personnel_number.clone().unwrap_or_default(), "Description": name,
                "ФизическоеЛицо_Key": person, "ГоловнаяОрганизация_Key": post.organization,
                "ГоловнойСотрудник_Key": head}),
        );
        let contract = job.kind == EmploymentKind::Contract;
        let draft = job.hired_on.is_none() && job.department.is_empty() && job.position.is_none();
        let event = event(person, &key, head, &post, extra);
        if !contract && !draft {
            self.history(&event, job);
        }
        if !contract {
            let kind = json!({"Сотрудник_Key": key, "ФизическоеЛицо_Key": person,
                "Period": day(Some(begun(job))), "ВидЗанятости": kind_name(job.kind)});
            self.add(EMPLOYMENTS, kind);
        }
        self.current(person, &key, &post, job, contract || draft);
    }

    fn post(&mut self, job: &Employment) -> Post {
        let organization = self.organization(&job.organization);
        Post {
            department: self.department(&organization, job),
            position: job
                .position
                .as_ref()
                .map(|name| self.shared(POSITIONS, name, None, json!({"Description": name}))),
            organization,
        }
    }

    /// Returns the key of something that several jobs share, and adds its row the first time.
    fn shared(&mut self, set: &str, name: &str, wanted: Option<&str>, row: Value) -> String {
        let id = format!("{set}/{name}");
        if let Some(key) = self.known.get(&id) {
            return key.clone();
        }
        let key = wanted.map_or_else(|| guid(set, name), str::to_owned);
        let Value::Object(mut row) = row else { return key };
        row.insert("Ref_Key".to_owned(), Value::from(key.clone()));
        self.company.sets.entry(set.to_owned()).or_default().push(row);
        self.known.insert(id, key.clone());
        key
    }

    fn organization(&mut self, organization: &Organization) -> String {
        let key = organization.aliases.iter().find(|alias| is_guid(alias)).cloned();
        let tax = organization.aliases.iter().find(|alias| is_tax_number(alias)).cloned();
        let row = json!({"Description": organization.name, "НаименованиеПолное": organization.name,
            "НаименованиеСокращенное": organization.name, "ИНН": tax.unwrap_or_default()});
        self.shared(ORGANIZATIONS, &organization.name, key.as_deref(), row)
    }

    fn department(&mut self, organization: &str, job: &Employment) -> Option<String> {
        let mut parent: Option<String> = None;
        for depth in 1..=job.department.len() {
            let path = format!("{organization}/{}", job.department[..depth].join("/"));
            let own = job.department_id.as_deref().filter(|id| depth == job.department.len() && is_guid(id));
            let mut row = json!({"Description": job.department[depth - 1], "Owner_Key": organization});
            if let Some(parent) = &parent {
                row["Parent_Key"] = Value::from(parent.clone());
            }
            parent = Some(self.shared(DEPARTMENTS, &path, own, row));
        }
        parent
    }

    fn history(&mut self, event: &Row, job: &Employment) {
        let hired = begun(job);
        let kind = if job.hired_on.is_some() { "Прием" } else { "НачальныеДанные" };
        self.event(event, kind, hired, job.dismissed_on);
        if let Some(last) = job.dismissed_on {
            // The dismissal row stands on the day after the last working day.
            self.event(event, "Увольнение", last.saturating_add(1.day()), None);
        }
    }

    fn event(&mut self, event: &Row, kind: &str, from: Date, last: Option<Date>) {
        let mut flat = event.clone();
        flat.insert("ВидСобытия".to_owned(), Value::from(kind));
        let mut interval = flat.clone();
        let recorder = guid("document", &format!("{}{from}", event["Сотрудник_Key"]));
        flat.insert("Period".to_owned(), day(Some(from)));
        flat.insert("Recorder".to_owned(), Value::from(recorder));
        let end = last.map_or(OPEN_END.to_owned(), |last| format!("{last}T23:59:59"));
        for (field, value) in [
            ("ДатаНачала", day(Some(from))),
            ("ПериодЗаписи", day(Some(from))),
            ("Год", day(Some(from.first_of_year()))),
            ("ДатаОкончания", Value::from(end)),
        ] {
            interval.insert(field.to_owned(), value);
        }
        self.add(EVENTS, Value::Object(flat));
        self.add(INTERVALS, Value::Object(interval));
    }

    /// Notes the dates. With HR accounting on 1C leaves the place empty here, unless no history
    /// says it: a contract.
    fn current(&mut self, person: &str, key: &str, post: &Post, job: &Employment, apart: bool) {
        let mut row = json!({"Сотрудник_Key": key, "ФизическоеЛицо_Key": person,
            "ГоловнаяОрганизация_Key": post.organization, "ДатаПриема": day(job.hired_on),
            "ДатаУвольнения": day(job.dismissed_on), "ОформленПоТрудовомуДоговору": !apart});
        if apart {
            let place =
                [("ТекущееПодразделение_Key", &post.department), ("ТекущаяДолжность_Key", &post.position)];
            for (field, key) in place {
                if let Some(key) = key {
                    row[field] = Value::from(key.clone());
                }
            }
        }
        self.add(CURRENT, row);
    }
}

/// Chooses the personal fields that say most.
fn fullest(jobs: &[Employment]) -> Option<&Contact> {
    let filled = |contact: &Contact| {
        usize::from(contact.email != HrEmail::None)
            + [contact.personal_email.is_some(), contact.phone.is_some(), contact.birthday.is_some()]
                .into_iter()
                .filter(|filled| *filled)
                .count()
    };
    jobs.iter().map(|job| &job.contact).rev().max_by_key(|contact| filled(contact))
}

fn contacts(contact: &Contact) -> Value {
    let work = match &contact.email {
        HrEmail::None => None,
        HrEmail::Usable(email) => Some(email.as_str()),
        HrEmail::Unusable(text) => Some(text.as_str()),
    };
    let address = |kind: &str, text: &str| {
        json!({"Тип": "АдресЭлектроннойПочты", "Вид_Key": kind, "ВидДляСписка_Key": kind, "Представление": text,
            "АдресЭП": text, "ДоменноеИмяСервера": text.rsplit_once('@').map_or("", |(_, domain)| domain)})
    };
    let phone = contact.phone.as_deref().map(|number| {
        json!({"Тип": "Телефон", "Вид_Key": PHONE_KIND, "ВидДляСписка_Key": PHONE_KIND, "Представление": number,
            "НомерТелефона": number.chars().filter(char::is_ascii_digit).collect::<String>()})
    });
    let private = contact.personal_email.as_deref();
    let rows =
        [phone, work.map(|text| address(WORK_KIND, text)), private.map(|text| address(PRIVATE_KIND, text))];
    rows.into_iter().flatten().collect()
}

fn event(person: &str, job: &str, head: &str, post: &Post, extra: bool) -> Row {
    let mut row = Row::new();
    let keys = [
        ("Сотрудник_Key", Some(job)),
        ("ФизическоеЛицо_Key", Some(person)),
        ("ГоловнаяОрганизация_Key", Some(&post.organization)),
        ("Организация_Key", Some(&post.organization)),
        ("Подразделение_Key", post.department.as_deref()),
        ("Должность_Key", post.position.as_deref()),
        ("ГоловнойСотрудник_Key", Some(head)),
        ("ВидДоговора", Some("ТрудовойДоговор")),
    ];
    for (field, key) in keys {
        if let Some(key) = key {
            row.insert(field.to_owned(), Value::from(key));
        }
    }
    row.insert("ЭтоГоловнойСотрудник".to_owned(), Value::Bool(!extra));
    row
}

fn begun(job: &Employment) -> Date {
    job.hired_on.unwrap_or_else(|| job.dismissed_on.map_or(EARLY, |last| last.min(EARLY)))
}

fn kind_name(kind: EmploymentKind) -> &'static str {
    match kind {
        EmploymentKind::Main => "ОсновноеМестоРаботы",
        EmploymentKind::PartTimeOuter => "Совместительство",
        EmploymentKind::PartTimeInner => "ВнутреннееСовместительство",
        EmploymentKind::ExtraWork => "Подработка",
        EmploymentKind::Contract => "",
    }
}

fn day(day: Option<Date>) -> Value {
    Value::from(day.map_or(super::schema::NO_DATE.to_owned(), |day| format!("{day}T00:00:00")))
}

/// Keeps a GUID; makes one, the same every time, of any other key.
fn guid(of: &str, id: &str) -> String {
    if is_guid(id) {
        return id.to_owned();
    }
    let hash = Sha256::digest(format!("{of}/{id}"));
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_tax_number(text: &str) -> bool {
    matches!(text.len(), 10 | 12) && text.bytes().all(|byte| byte.is_ascii_digit())
}
