//! A million users: found by id, XML_ID, EMAIL and LOGIN without looking at the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{super::Row, account};

/// How many characters of a LOGIN are compared (core, CUser).
const LOGIN_COMPARED: usize = 50;

/// All users.
#[derive(Debug, Default)]
pub struct Users {
    rows: BTreeMap<u64, Row>,
    by_xml_id: Index,
    by_email: Index,
    by_login: Index,
    sets: BTreeMap<(Whose, Option<bool>), Ids>,
    seated: u64,
}

/// Which users a list may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Everybody the REST interface ever shows.
    All,
    /// Of those, people with a department.
    Staff,
    /// Of those, people without one.
    Extranet,
}

/// Ids in ascending order.
#[derive(Debug, Default, Clone)]
pub struct Ids(Vec<u64>);

impl Ids {
    /// The ids as a slice.
    pub fn as_slice(&self) -> &[u64] {
        &self.0
    }

    fn insert(&mut self, id: u64) {
        if let Err(at) = self.0.binary_search(&id) {
            self.0.insert(at, id);
        }
    }

    fn remove(&mut self, id: u64) {
        if let Ok(at) = self.0.binary_search(&id) {
            self.0.remove(at);
        }
    }
}

/// Ids by the hash of a text; who looks something up compares the rows found.
#[derive(Debug, Default)]
struct Index(BTreeSet<(u64, u64)>);

impl Index {
    fn hash(text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish()
    }

    fn insert(&mut self, text: &str, id: u64) {
        if !text.is_empty() {
            self.0.insert((Self::hash(text), id));
        }
    }

    fn remove(&mut self, text: &str, id: u64) {
        self.0.remove(&(Self::hash(text), id));
    }

    fn find(&self, text: &str) -> impl Iterator<Item = u64> {
        let hash = Self::hash(text);
        self.0.range((hash, 0)..=(hash, u64::MAX)).map(|(_, id)| *id)
    }
}

impl Users {
    /// Returns a user.
    pub fn get(&self, id: u64) -> Option<&Row> {
        self.rows.get(&id)
    }

    /// Goes through everybody in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Row)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    /// Returns the highest id.
    pub fn last_id(&self) -> u64 {
        self.rows.last_key_value().map_or(0, |(id, _)| *id)
    }

    /// Returns the ids of a set; the state is ACTIVE, none: both.
    pub fn ids(&self, whose: Whose, active: Option<bool>) -> &[u64] {
        self.sets.get(&(whose, active)).map_or(&[], Ids::as_slice)
    }

    /// How many seats of the tariff are taken: active accounts that are not extranet.
    pub fn seated(&self) -> u64 {
        self.seated
    }

    /// Finds by exactly this XML_ID.
    pub fn with_xml_id(&self, xml_id: &str) -> Vec<u64> {
        self.found(&self.by_xml_id, xml_id, |row| row.str("XML_ID") == xml_id)
    }

    /// Finds by EMAIL in any case.
    pub fn with_email(&self, email: &str) -> Vec<u64> {
        let wanted = email.to_lowercase();
        self.found(&self.by_email, &wanted, |row| row.str("EMAIL").to_lowercase() == wanted)
    }

    /// Finds internal accounts by LOGIN as the portal compares it, dismissed ones too.
    pub fn with_login(&self, login: &str) -> Vec<u64> {
        let wanted = login_key(login);
        self.found(&self.by_login, &wanted, |row| login_key(account::login(row)) == wanted)
    }

    fn found(&self, index: &Index, key: &str, fits: impl Fn(&Row) -> bool) -> Vec<u64> {
        index.find(key).filter(|id| self.rows.get(id).is_some_and(&fits)).collect()
    }

    /// Puts a user in place.
    pub fn put(&mut self, id: u64, row: Row) {
        if let Some(old) = self.rows.remove(&id) {
            self.index(id, &old, false, Some(&row));
            self.index(id, &row, true, Some(&old));
        } else {
            self.index(id, &row, true, None);
        }
        self.rows.insert(id, row);
    }

    /// Enters a row into, or strikes it from, the indexes; what `other` has in common stays.
    fn index(&mut self, id: u64, row: &Row, enter: bool, other: Option<&Row>) {
        let change = |index: &mut Index, text: &str| {
            if enter { index.insert(text, id) } else { index.remove(text, id) }
        };
        change(&mut self.by_xml_id, row.str("XML_ID"));
        change(&mut self.by_email, &row.str("EMAIL").to_lowercase());
        if account::is_internal(row) {
            change(&mut self.by_login, &login_key(account::login(row)));
        }
        let sets = sets_of(row);
        let stays = other.map(sets_of);
        if stays.as_ref() != Some(&sets) {
            for key in sets {
                let ids = self.sets.entry(key).or_default();
                if enter { ids.insert(id) } else { ids.remove(id) }
            }
        }
        if account::takes_seat(row) {
            self.seated = if enter { self.seated + 1 } else { self.seated - 1 };
        }
    }
}

fn sets_of(row: &Row) -> Vec<(Whose, Option<bool>)> {
    if !account::is_shown(row) {
        return Vec::new();
    }
    let whose = if account::departments(row).is_empty() { Whose::Extranet } else { Whose::Staff };
    let active = Some(account::is_active(row));
    vec![(Whose::All, None), (Whose::All, active), (whose, None), (whose, active)]
}

fn login_key(login: &str) -> String {
    login.chars().take(LOGIN_COMPARED).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: serde_json::Value) -> Row {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn indexes_follow_every_change() {
        let mut users = Users::default();
        users.put(1, row(json!({"ID": "1", "EMAIL": "A@b.example", "XML_ID": "k", "UF_DEPARTMENT": [1]})));
        assert_eq!(
            (users.with_email("a@B.example"), users.with_xml_id("k"), users.seated()),
            (vec![1], vec![1], 1)
        );
        assert_eq!(users.with_login("a@b.example"), [1]);
        let moved = json!({"ID": "1", "EMAIL": "c@b.example", "LOGIN": "A@b.example", "ACTIVE": false, "UF_DEPARTMENT": [1]});
        users.put(1, row(moved));
        assert_eq!(users.with_email("a@b.example"), [0; 0]);
        assert_eq!(users.with_login("a@b.example"), [1]);
        assert_eq!((users.with_xml_id("k"), users.seated()), (vec![], 0));
        assert_eq!(users.ids(Whose::Staff, Some(false)), [1]);
        assert_eq!(users.ids(Whose::All, Some(true)), [0; 0]);
    }

    #[test]
    fn logins_are_compared_by_their_first_fifty_characters() {
        let mut users = Users::default();
        let long = "x".repeat(50);
        users.put(1, row(json!({"ID": "1", "EMAIL": format!("{long}1@b.example")})));
        assert_eq!(users.with_login(&format!("{long}2@b.example")), [1]);
    }
}
