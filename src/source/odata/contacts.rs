//! Addresses and phones of persons, chosen among the rows of their contacts.

use std::collections::HashMap;

use super::{fault::Fault, fields::Fields, names::CONTACTS};
use crate::model::{Email, HrEmail, Place, Problem, fold};

/// The type of a row with an e-mail address.
pub const EMAIL: &str = "АдресЭлектроннойПочты";
/// The type of a row with a phone.
const PHONE: &str = "Телефон";
/// Predefined kinds of phones, the one people answer first.
const PHONE_KINDS: &[&str] =
    &["ТелефонМобильныйФизическиеЛица", "ТелефонРабочийФизическиеЛица", "ТелефонДомашнийФизическиеЛица"];

/// One kind of contact, as the base lists it.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Its key.
    pub key: String,
    /// The name it has in every base, in the old spelling or the new.
    pub predefined: [Option<String>; 2],
    /// Shown to people, who may change it.
    pub title: String,
}

/// The keys of the kinds we read, in order of preference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds {
    /// For the work address; the first takes addresses back.
    pub email: Vec<String>,
    /// For the private address.
    pub personal: Vec<String>,
    /// For the phone.
    pub phone: Vec<String>,
}

/// One row of somebody's contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The person.
    pub person: String,
    /// Its place among the person's rows.
    pub line: u64,
    /// The kind's key.
    pub kind: String,
    /// The address or the number, possibly empty.
    pub text: String,
}

impl Kind {
    /// Reads a row of the catalog of kinds; a kind marked for deletion is none.
    pub fn read(fields: &Fields<'_>) -> Result<Option<Kind>, Fault> {
        let kind = Kind {
            key: fields.own_key("Ref_Key")?,
            predefined: ["PredefinedDataName", "ИмяПредопределенногоВида"].map(|field| fields.text(field)),
            title: fields.text("Description").unwrap_or_default(),
        };
        Ok(Some(kind).filter(|_| fields.flag("DeletionMark") != Some(true)))
    }
}

impl Kinds {
    /// Finds the kinds that the settings name; warns of each that is not there.
    pub fn resolve(
        kinds: Option<&[Kind]>,
        email: &[String],
        personal: &[String],
        problems: &mut Vec<Problem>,
    ) -> Kinds {
        let mut find = |names: &[String], key: &str| {
            let mut found: Vec<String> = Vec::new();
            for name in names {
                match resolve(kinds.unwrap_or_default(), name) {
                    Some(kind) => found.push(kind),
                    None => problems.push(unknown(name, key)),
                }
            }
            found
        };
        Kinds {
            email: find(email, "email_kinds"),
            personal: find(personal, "personal_email_kinds"),
            phone: PHONE_KINDS
                .iter()
                .filter_map(|name| resolve_predefined(kinds.unwrap_or_default(), name))
                .collect(),
        }
    }

    /// Tells whether a row is of a kind that we read. Rows without a type are leftovers of 1C.
    pub fn wants(&self, kind: &str, of_type: &str) -> bool {
        let is = |kinds: &[String]| kinds.iter().any(|known| known.eq_ignore_ascii_case(kind));
        match of_type {
            EMAIL => is(&self.email) || is(&self.personal),
            PHONE => is(&self.phone),
            _ => false,
        }
    }
}

/// Finds a kind by predefined name, then by key, then by title where it stands once.
fn resolve(kinds: &[Kind], name: &str) -> Option<String> {
    if let Some(key) = resolve_predefined(kinds, name) {
        return Some(key);
    }
    if is_guid(name) {
        return Some(name.to_owned());
    }
    let mut titled = kinds.iter().filter(|kind| fold(&kind.title) == fold(name));
    match (titled.next(), titled.next()) {
        (Some(kind), None) => Some(kind.key.clone()),
        _ => None,
    }
}

/// Finds a kind by the name it has in every base; newer releases dropped the predefined flag and
/// keep the name in a field of its own.
fn resolve_predefined(kinds: &[Kind], name: &str) -> Option<String> {
    [0, 1].into_iter().find_map(|at| {
        let found = kinds.iter().filter(|kind| kind.predefined[at].as_deref() == Some(name));
        found.map(|kind| kind.key.clone()).min()
    })
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn unknown(name: &str, key: &str) -> Problem {
    Problem::warning(format!("1C has no kind of contact `{name}`, or several by that title"))
        .part(format!("people.odata.{key}"))
        .hint("name it by its predefined name or GUID, as `Catalog_ВидыКонтактнойИнформации` lists them")
}

impl Contact {
    /// Reads a row of contacts: the address first, then what people see.
    pub fn read(fields: &Fields<'_>, person: String) -> Option<Contact> {
        Some(Contact {
            person,
            line: fields.number("LineNumber").unwrap_or(u64::MAX),
            kind: fields.key("Вид_Key")?,
            text: fields.text("АдресЭП").or_else(|| fields.text("Представление")).unwrap_or_default(),
        })
    }
}

/// Groups contacts by person, each person's in the order of their lines.
pub fn by_person(contacts: Vec<Contact>) -> HashMap<String, Vec<Contact>> {
    let mut grouped: HashMap<String, Vec<Contact>> = HashMap::new();
    for contact in contacts {
        grouped.entry(contact.person.clone()).or_default().push(contact);
    }
    grouped.values_mut().for_each(|rows| rows.sort_by_key(|row| row.line));
    grouped
}

/// Returns the filled rows of the kinds, by kind and then by line.
fn filled<'a>(rows: &'a [Contact], kinds: &'a [String]) -> impl Iterator<Item = &'a Contact> {
    let of_kind = move |kind: &'a String| {
        rows.iter().filter(move |row| row.kind.eq_ignore_ascii_case(kind) && !row.text.is_empty())
    };
    kinds.iter().flat_map(of_kind)
}

/// Chooses the work address: the first usable one by kind and line, else the first text.
pub fn work_address(rows: &[Contact], kinds: &[String]) -> HrEmail {
    let usable = filled(rows, kinds).find_map(|row| Email::parse(&row.text).ok());
    match (usable, filled(rows, kinds).next()) {
        (Some(email), _) => HrEmail::Usable(email),
        (None, Some(row)) => HrEmail::Unusable(row.text.clone()),
        (None, None) => HrEmail::None,
    }
}

/// Chooses the private address in the same way; one that cannot be used is none.
pub fn private_address(rows: &[Contact], kinds: &[String]) -> Option<String> {
    work_address(rows, kinds).usable().map(|email| email.as_str().to_owned())
}

/// Chooses the phone.
pub fn phone(rows: &[Contact], kinds: &[String]) -> Option<String> {
    filled(rows, kinds).map(|row| row.text.clone()).next()
}

/// Warns of addresses that cannot be used and stand before the one that is, and of several for one
/// purpose.
pub fn doubts(person: &str, rows: &[Contact], kinds: &[String], set: &str, problems: &mut Vec<Problem>) {
    let place = || Place::file(format!("{set}(guid'{person}')"));
    for row in filled(rows, kinds) {
        let Err(fault) = Email::parse(&row.text) else { break };
        problems.push(
            Problem::warning("an address that cannot be used is left alone")
                .at(place())
                .part(format!("line {} of {CONTACTS}", row.line))
                .cause(fault.to_string())
                .hint("correct or remove it in 1C"),
        );
    }
    for kind in kinds {
        let one = std::slice::from_ref(kind);
        let mut usable: Vec<Email> =
            filled(rows, one).filter_map(|row| Email::parse(&row.text).ok()).collect();
        usable.dedup();
        if usable.len() > 1 {
            problems.push(
                Problem::warning("several addresses of one kind; the first by line is used").at(place()),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, kind: &str, text: &str) -> Contact {
        Contact { person: "p".into(), line, kind: kind.into(), text: text.into() }
    }

    fn kind(key: &str, predefined: Option<&str>, newer: Option<&str>, title: &str) -> Kind {
        Kind {
            key: key.into(),
            predefined: [predefined, newer].map(|name| name.map(str::to_owned)),
            title: title.into(),
        }
    }

    #[test]
    fn takes_the_first_usable_address_by_kind_then_line() {
        let rows = [
            row(1, "b", "b@romashka.example"),
            row(2, "a", "не адрес"),
            row(3, "a", "A@romashka.example"),
            row(4, "a", "c@romashka.example"),
        ];
        let kinds = ["a".to_owned(), "b".to_owned()];
        assert_eq!(work_address(&rows, &kinds).usable().unwrap().as_str(), "A@romashka.example");
        let mut problems = Vec::new();
        doubts("p", &rows, &kinds, "Catalog_ФизическиеЛица", &mut problems);
        assert_eq!(problems.len(), 2, "{problems:?}");
    }

    #[test]
    fn keeps_what_cannot_be_used_apart_from_nothing() {
        let kinds = ["a".to_owned()];
        assert_eq!(
            work_address(&[row(1, "a", "ив@н.example")], &kinds),
            HrEmail::Unusable("ив@н.example".into())
        );
        assert_eq!(work_address(&[row(1, "a", "")], &kinds), HrEmail::None);
    }

    #[test]
    fn finds_a_kind_by_either_name_by_key_and_last_by_title() {
        let kinds = [
            kind("k1", Some("EMailФизическиеЛица"), None, "Email"),
            kind("k2", None, Some("EMailРабочий"), "Рабочий e-mail"),
            kind("k3", None, None, "Почта"),
            kind("k4", None, None, "почта"),
        ];
        let guid = "c0000000-0000-4000-8000-00000000000e";
        assert_eq!(resolve(&kinds, "EMailФизическиеЛица").as_deref(), Some("k1"));
        assert_eq!(resolve(&kinds, "EMailРабочий").as_deref(), Some("k2"));
        assert_eq!(resolve(&kinds, guid).as_deref(), Some(guid));
        assert_eq!(resolve(&kinds, "рабочий E-mail").as_deref(), Some("k2"));
        assert_eq!(resolve(&kinds, "Почта"), None);
    }
}
