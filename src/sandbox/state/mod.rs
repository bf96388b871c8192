//! The imitated portal's memory: rows, who may do what, and what changed.

pub mod access;
pub mod account;
pub mod disk;
pub mod table;
pub mod users;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use self::{
    table::{Kind, Table, change_line},
    users::Users,
};
use super::{Options, PortalFile, Preset, Row};

/// The key of a portal file under which what has no other place is kept.
const OWN_KEY: &str = "sandbox";

/// What an imitated portal is, besides its rows.
#[derive(Debug)]
pub struct Settings {
    /// How it behaves.
    pub preset: Preset,
    /// Seats of the tariff.
    pub seats: Option<u64>,
    /// Whose webhook it is.
    pub owner: u64,
    /// Whether the owner is an administrator.
    pub admin: bool,
    /// Scopes of webhook and application; none: all.
    pub scopes: Option<Vec<String>>,
    /// Whether department.add, update and delete speak node ids.
    pub split_ids: bool,
    /// Whether texts are Russian.
    pub russian: bool,
    /// Whether the extranet module is installed.
    pub extranet: bool,
    /// Whether traps are errors.
    pub strict: bool,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
}

/// A portal in memory.
#[derive(Debug)]
pub struct Portal {
    /// What it is.
    pub settings: Settings,
    /// Everybody.
    pub users: Users,
    /// Departments by id.
    pub departments: Table,
    /// Workgroups by id.
    pub groups: Table,
    /// Custom fields of users by id.
    pub userfields: Table,
    /// Companies of КЭДО by id.
    pub companies: Table,
    /// Persons of КЭДО by id.
    pub persons: Table,
    /// Mail that would have been sent, by number.
    pub mails: Table,
    /// The local application (0) and its token pairs.
    pub access: Table,
    /// What the application keeps.
    pub options: Table,
    /// Codes of the authorization page: who, and until when (unix seconds).
    pub codes: BTreeMap<String, (u64, i64)>,
    kept: PortalFile,
    recording: bool,
    changes: Vec<String>,
    told: BTreeSet<&'static str>,
}

impl Portal {
    /// Builds a portal from its file.
    pub fn new(mut file: PortalFile, options: &Options) -> Portal {
        let settings = Settings {
            preset: options.preset.unwrap_or(Preset::of(file.edition)),
            seats: file.seats.filter(|seats| *seats > 0),
            owner: file.owner,
            admin: file.admin,
            scopes: file.scopes.clone(),
            split_ids: file.split_ids,
            russian: file.language != "en",
            extranet: file.extranet,
            strict: options.strict,
            base: String::new(),
        };
        let own = file.other.remove(OWN_KEY).unwrap_or(Value::Null);
        let mut portal = Portal {
            settings,
            users: Users::default(),
            departments: Table::default(),
            groups: Table::default(),
            userfields: Table::default(),
            companies: Table::default(),
            persons: Table::default(),
            mails: Table::default(),
            access: Table::default(),
            options: Table::default(),
            codes: BTreeMap::new(),
            kept: PortalFile::default(),
            recording: false,
            changes: Vec::new(),
            told: BTreeSet::new(),
        };
        portal.fill(&mut file);
        portal.restore_own(&own);
        portal.kept = file;
        access::ensure_application(&mut portal);
        portal
    }

    fn fill(&mut self, file: &mut PortalFile) {
        let lists = [
            (Kind::User, "ID", std::mem::take(&mut file.users)),
            (Kind::Department, "ID", std::mem::take(&mut file.departments)),
            (Kind::Group, "ID", std::mem::take(&mut file.groups)),
            (Kind::Userfield, "ID", std::mem::take(&mut file.userfields)),
            (Kind::Company, "id", std::mem::take(&mut file.companies)),
            (Kind::Person, "id", std::mem::take(&mut file.persons)),
        ];
        for (kind, key, rows) in lists {
            for row in rows {
                let id = row.number(key).unwrap_or_else(|| self.next_id(kind));
                self.apply(kind, id, Some(row));
            }
        }
    }

    fn restore_own(&mut self, own: &Value) {
        for kind in Kind::ALL {
            let last = own["last"][kind.name()].as_u64();
            if let (Some(last), Some(table)) = (last, self.table_mut(kind)) {
                table.forget_up_to(last);
            }
        }
        for change in own["rows"].as_array().into_iter().flatten() {
            if let Some((kind, id, row)) = table::read_change(&change.to_string()) {
                self.apply(kind, id, row);
            }
        }
    }

    /// Copies everything a portal file holds; with `private` also mail and tokens.
    pub fn to_file(&self, private: bool) -> PortalFile {
        let mut file = PortalFile {
            users: self.users.iter().map(|(_, row)| row.clone()).collect(),
            departments: self.departments.to_rows(),
            groups: self.groups.to_rows(),
            userfields: self.userfields.to_rows(),
            companies: self.companies.to_rows(),
            persons: self.persons.to_rows(),
            ..self.kept.clone()
        };
        let own = self.own(private);
        if !own.is_empty() {
            file.other.insert(OWN_KEY.to_owned(), Value::Object(own));
        }
        file
    }

    fn own(&self, private: bool) -> Map<String, Value> {
        let mut last = Map::new();
        for kind in [Kind::Department, Kind::Group, Kind::Userfield, Kind::Company, Kind::Person] {
            let gone =
                self.table(kind).filter(|table| table.get(table.last_id()).is_none() && table.last_id() > 0);
            if let Some(table) = gone {
                last.insert(kind.name().to_owned(), table.last_id().into());
            }
        }
        let mut own = Map::new();
        if !last.is_empty() {
            own.insert("last".to_owned(), Value::Object(last));
        }
        if private {
            let tables =
                [(Kind::Mail, &self.mails), (Kind::Access, &self.access), (Kind::Options, &self.options)];
            let rows = tables.into_iter();
            let rows = rows.flat_map(|(kind, table)| {
                table.iter().map(move |(id, row)| json!([kind.name(), id, row.to_value()]))
            });
            own.insert("rows".to_owned(), rows.collect());
        }
        own
    }

    /// Begins to remember changes for the disk.
    pub fn record(&mut self) {
        self.recording = true;
    }

    /// Gives away the lines of all changes since the last time.
    pub fn take_changes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.changes)
    }

    /// Puts a row in place.
    pub fn put(&mut self, kind: Kind, id: u64, row: Row) {
        if self.recording {
            self.changes.push(change_line(kind, id, Some(&row)));
        }
        self.apply(kind, id, Some(row));
    }

    /// Takes a row away.
    pub fn remove(&mut self, kind: Kind, id: u64) {
        if self.recording {
            self.changes.push(change_line(kind, id, None));
        }
        self.apply(kind, id, None);
    }

    /// Makes a change without remembering it. Users are never taken away.
    pub fn apply(&mut self, kind: Kind, id: u64, row: Option<Row>) {
        match (self.table_mut(kind), row) {
            (Some(table), Some(row)) => table.put(id, row),
            (Some(table), None) => {
                table.remove(id);
            }
            (None, Some(row)) => self.users.put(id, row),
            (None, None) => {}
        }
    }

    /// Returns the id for a new row.
    pub fn next_id(&self, kind: Kind) -> u64 {
        self.table(kind).map_or_else(|| self.users.last_id() + 1, Table::next_id)
    }

    fn table(&self, kind: Kind) -> Option<&Table> {
        match kind {
            Kind::User => None,
            Kind::Department => Some(&self.departments),
            Kind::Group => Some(&self.groups),
            Kind::Userfield => Some(&self.userfields),
            Kind::Company => Some(&self.companies),
            Kind::Person => Some(&self.persons),
            Kind::Mail => Some(&self.mails),
            Kind::Access => Some(&self.access),
            Kind::Options => Some(&self.options),
        }
    }

    fn table_mut(&mut self, kind: Kind) -> Option<&mut Table> {
        match kind {
            Kind::User => None,
            Kind::Department => Some(&mut self.departments),
            Kind::Group => Some(&mut self.groups),
            Kind::Userfield => Some(&mut self.userfields),
            Kind::Company => Some(&mut self.companies),
            Kind::Person => Some(&mut self.persons),
            Kind::Mail => Some(&mut self.mails),
            Kind::Access => Some(&mut self.access),
            Kind::Options => Some(&mut self.options),
        }
    }

    /// Tells the log, once, that an answer rests on a guess about the real portal. Inside another
    /// command (an embedded portal) only who asks for more words hears of it.
    pub fn unverified(&mut self, what: &'static str) {
        if !self.told.insert(what) {
            return;
        }
        if self.recording {
            tracing::info!(target: "shtat::sandbox", "unverified behaviour: {what}");
        } else {
            tracing::warn!(target: "shtat::sandbox", "unverified behaviour: {what}");
        }
    }

    /// Tells whether there is such a user. The owner is one even where the file has no row for it.
    pub fn knows(&self, user: u64) -> bool {
        user == self.settings.owner || self.users.get(user).is_some()
    }

    /// Tells whether a user is an administrator of the portal.
    pub fn is_admin(&self, user: u64) -> bool {
        (self.settings.admin && user == self.settings.owner)
            || self.users.get(user).is_some_and(|row| row.flag("IS_ADMIN"))
    }

    /// Returns the ids of the groups that a user belongs to.
    pub fn groups_of(&self, user: u64) -> Vec<u64> {
        let belongs =
            |row: &Row| row.numbers("MEMBERS").contains(&user) || row.number("OWNER_ID") == Some(user);
        self.groups.iter().filter(|(_, row)| belongs(row)).map(|(id, _)| id).collect()
    }
}
