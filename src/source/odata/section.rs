//! The section of a person that holds contacts, as it is read and written whole.

use serde_json::{Map, Value, json};

use super::{
    contacts::{Contact, EMAIL, work_address},
    fields::Fields,
    names::{CONTACTS, Names},
};
use crate::model::{Email, HrEmail};

/// Fields of a row that 1C computes or numbers itself.
const COMPUTED: &[&str] = &["LineNumber", "ВидДляСписка_Key", "Ref_Key"];
/// Fields of our row that must come back as they were sent; the rest 1C may word anew.
const OURS: &[&str] = &["Тип", "Вид_Key", "АдресЭП"];

/// All rows of one person's contacts, in the order of their lines.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    rows: Vec<Map<String, Value>>,
    /// Where the row stands that we fill.
    ours: Option<usize>,
    names: Names<'a>,
}

impl<'a> Section<'a> {
    /// Takes the rows that 1C answered; links and the owner's key are no part of them.
    pub fn new(rows: &[Value], names: Names<'a>) -> Section<'a> {
        let owner = names.field(CONTACTS, "Ref_Key");
        let plain = |row: &Map<String, Value>| {
            let kept = row.iter().filter(|(name, _)| !name.contains('@') && **name != owner);
            kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>()
        };
        let rows = rows.iter().filter_map(Value::as_object).map(plain).collect();
        let mut section = Section { rows, ours: None, names };
        let line = |row: &Map<String, Value>| Fields { row, set: CONTACTS, names }.number("LineNumber");
        section.rows.sort_by_key(|row| line(row).unwrap_or(u64::MAX));
        section
    }

    /// Chooses the work address as a read of everybody does.
    pub fn address(&self, kinds: &[String]) -> HrEmail {
        let contacts: Vec<Contact> = self.rows.iter().filter_map(|row| self.email(row)).collect();
        work_address(&contacts, kinds)
    }

    /// Returns the section with `want` in it: in the row that holds `replaced`, else in an empty
    /// row of the kind, else in a new row at the end.
    pub fn with(&self, want: &Email, kinds: &[String], replaced: Option<&str>) -> Option<Section<'a>> {
        let first = kinds.first()?;
        let holds = |row: &&Map<String, Value>, kind: &str, text: &str| {
            self.email(row).is_some_and(|contact| {
                contact.kind.eq_ignore_ascii_case(kind) && contact.text.eq_ignore_ascii_case(text)
            })
        };
        let at = match replaced {
            Some(old) => {
                let of_kind = |kind: &String| self.rows.iter().position(|row| holds(&row, kind, old));
                Some(kinds.iter().find_map(of_kind)?)
            }
            None => self.rows.iter().position(|row| holds(&row, first, "")),
        };
        let mut section = self.clone();
        let at = at.unwrap_or_else(|| {
            section.rows.push(Map::new());
            section.rows.len() - 1
        });
        let kind = self.rows.get(at).and_then(|row| self.fields(row).key("Вид_Key"));
        section.fill(at, want, &kind.unwrap_or_else(|| first.clone()));
        section.number();
        section.ours = Some(at);
        Some(section)
    }

    /// Returns the body of the PATCH: the whole section, or its other rows would be deleted.
    pub fn body(&self, section: &str) -> Value {
        json!({ section: self.rows })
    }

    /// Tells whether 1C now holds what was sent: our address whole, every other row as it was.
    pub fn is_kept_by(&self, now: &Section<'_>) -> bool {
        let mut pairs = self.rows.iter().zip(&now.rows).enumerate();
        self.rows.len() == now.rows.len() && pairs.all(|(at, (sent, found))| self.same(at, sent, found))
    }

    fn same(&self, at: usize, sent: &Map<String, Value>, found: &Map<String, Value>) -> bool {
        let name = |field: &&str| self.names.field(CONTACTS, field);
        let equal = |field: &String| sent.get(field) == found.get(field);
        if self.ours == Some(at) {
            return OURS.iter().map(name).all(|field| equal(&field));
        }
        let computed: Vec<String> = COMPUTED.iter().map(name).collect();
        sent.keys().filter(|field| !computed.contains(field)).all(equal)
    }

    fn email(&self, row: &Map<String, Value>) -> Option<Contact> {
        let fields = self.fields(row);
        let is_email = fields.text("Тип").as_deref() == Some(EMAIL);
        is_email.then(|| Contact::read(&fields, String::new())).flatten()
    }

    fn fields<'r>(&'r self, row: &'r Map<String, Value>) -> Fields<'r> {
        Fields { row, set: CONTACTS, names: self.names }
    }

    fn fill(&mut self, at: usize, want: &Email, kind: &str) {
        let address = want.as_str();
        // What БСП itself writes beside an address.
        let value = json!({"version": 4, "value": address, "comment": "", "type": EMAIL}).to_string();
        let fields = [
            ("Тип", EMAIL),
            ("Вид_Key", kind),
            ("Представление", address),
            ("АдресЭП", address),
            ("ДоменноеИмяСервера", want.domain()),
            ("Значение", &value),
            ("ЗначенияПолей", ""),
        ];
        for (field, value) in fields {
            let name = self.names.field(CONTACTS, field);
            self.rows[at].insert(name, Value::from(value));
        }
    }

    /// Numbers the rows from 1 without gaps, which 1C insists on.
    fn number(&mut self) {
        let name = self.names.field(CONTACTS, "LineNumber");
        for (at, row) in self.rows.iter_mut().enumerate() {
            row.insert(name.clone(), Value::from((at + 1).to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::odata::Settings;

    const KIND: &str = "c0000000-0000-4000-8000-00000000000e";

    fn rows() -> Vec<Value> {
        vec![
            json!({"Ref_Key": "p", "LineNumber": "2", "Тип": EMAIL, "Вид_Key": KIND, "АдресЭП": "", "Комментарий": "x"}),
            json!({"Ref_Key": "p", "LineNumber": "1", "Тип": "Телефон", "Вид_Key": "c", "Значение": "{}", "Вид@navigationLinkUrl": "…"}),
        ]
    }

    #[test]
    fn fills_the_empty_row_of_the_kind_and_keeps_the_rest() {
        let settings = Settings::new("https://hr.example/zup", "u", "".into());
        let section = Section::new(&rows(), Names(&settings));
        let want: Email = "a@romashka.example".parse().unwrap();
        let filled = section.with(&want, &[KIND.to_owned()], None).unwrap();
        let body = filled.body("К");
        assert_eq!(
            body["К"][0],
            json!({"LineNumber": "1", "Тип": "Телефон", "Вид_Key": "c", "Значение": "{}"})
        );
        assert_eq!(body["К"][1]["АдресЭП"], "a@romashka.example");
        assert_eq!(body["К"][1]["Комментарий"], "x");
        assert_eq!(body["К"].as_array().unwrap().len(), 2);
        assert_eq!(filled.address(&[KIND.to_owned()]).usable(), Some(&want));
    }

    #[test]
    fn notices_a_cut_address_and_a_changed_neighbour() {
        let settings = Settings::new("https://hr.example/zup", "u", "".into());
        let section = Section::new(&rows(), Names(&settings));
        let want: Email = "a@romashka.example".parse().unwrap();
        let sent = section.with(&want, &[KIND.to_owned()], None).unwrap();
        assert!(sent.is_kept_by(&sent.clone()));
        let other: Email = "a@romashka.exampl".parse().unwrap();
        assert!(!sent.is_kept_by(&section.with(&other, &[KIND.to_owned()], None).unwrap()));
        assert!(!sent.is_kept_by(&Section::new(&rows()[..1], Names(&settings))));
    }
}
