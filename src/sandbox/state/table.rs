//! Rows by id, and the list of what changed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::Row;

/// Rows by id. An id is never given twice, not even after its row is gone.
#[derive(Debug, Default)]
pub struct Table {
    rows: BTreeMap<u64, Row>,
    last: u64,
}

impl Table {
    /// Returns a row.
    pub fn get(&self, id: u64) -> Option<&Row> {
        self.rows.get(&id)
    }

    /// Goes through all rows in the order of their ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Row)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    /// Returns the id for a new row.
    pub fn next_id(&self) -> u64 {
        self.last + 1
    }

    /// Returns the highest id there ever was.
    pub fn last_id(&self) -> u64 {
        self.last
    }

    /// Remembers that ids up to this one were given.
    pub fn forget_up_to(&mut self, id: u64) {
        self.last = self.last.max(id);
    }

    /// Puts a row in place.
    pub fn put(&mut self, id: u64, row: Row) {
        self.forget_up_to(id);
        self.rows.insert(id, row);
    }

    /// Takes a row away.
    pub fn remove(&mut self, id: u64) -> Option<Row> {
        self.rows.remove(&id)
    }

    /// Copies all rows.
    pub fn to_rows(&self) -> Vec<Row> {
        self.rows.values().cloned().collect()
    }
}

/// Which rows a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Users.
    User,
    /// Departments.
    Department,
    /// Workgroups.
    Group,
    /// Custom fields of users.
    Userfield,
    /// Companies of КЭДО.
    Company,
    /// Persons of КЭДО.
    Person,
    /// Mail that the portal would have sent; never changed.
    Mail,
    /// The local application and its tokens.
    Access,
    /// What the application keeps, for itself (0) and per user.
    Options,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 9] = [
        Kind::User,
        Kind::Department,
        Kind::Group,
        Kind::Userfield,
        Kind::Company,
        Kind::Person,
        Kind::Mail,
        Kind::Access,
        Kind::Options,
    ];

    /// The kind's name in a state's files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Department => "department",
            Kind::Group => "group",
            Kind::Userfield => "userfield",
            Kind::Company => "company",
            Kind::Person => "person",
            Kind::Mail => "mail",
            Kind::Access => "access",
            Kind::Options => "options",
        }
    }
}

/// One changed row, as a line of the log: `["user",42,{…}]`, null where it is gone.
pub fn change_line(kind: Kind, id: u64, row: Option<&Row>) -> String {
    json!([kind.name(), id, row.map_or(Value::Null, Row::to_value)]).to_string()
}

/// Reads a line of the log.
pub fn read_change(line: &str) -> Option<(Kind, u64, Option<Row>)> {
    let (name, id, row) = serde_json::from_str::<(String, u64, Option<Row>)>(line).ok()?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
    Some((kind, id, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_back() {
        let row = Row::default().with("ID", "7");
        let line = change_line(Kind::User, 7, Some(&row));
        assert_eq!(line, r#"["user",7,{"ID":"7"}]"#);
        assert_eq!(read_change(&line), Some((Kind::User, 7, Some(row))));
        assert_eq!(read_change(&change_line(Kind::Group, 3, None)), Some((Kind::Group, 3, None)));
        assert_eq!(read_change(r#"["user",7,{"ID""#), None);
    }

    #[test]
    fn ids_are_never_given_twice() {
        let mut table = Table::default();
        table.put(5, Row::default());
        table.remove(5);
        assert_eq!(table.next_id(), 6);
    }
}
