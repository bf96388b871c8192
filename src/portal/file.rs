//! The portal file, `shtat-portal/1`: a portal as JSON, rows as REST returns them.
//!
//! What `snapshot` writes, `--have` plans against and the sandbox starts from. Keys that we do not
//! know are kept.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{file_reader::Reader, strict, wire};
use crate::model::{
    Account, AccountId, Department, Documents, Edition, Group, Place, Problem, Row, Snapshot,
};

/// The only format there is.
pub const FORMAT: &str = "shtat-portal/1";

/// Every scope that a file without `scopes` grants.
const ALL_SCOPES: [&str; 9] = [
    "user",
    "user.userfield",
    "department",
    "sonet_group",
    "socialnetwork",
    "humanresources.hcmlink",
    "humanresources",
    "crm",
    "basic",
];

/// A whole portal as rows.
#[derive(Debug, Clone, PartialEq)]
pub struct PortalFile {
    /// Cloud or box.
    pub edition: Edition,
    /// Active accounts that are not extranet; none: no limit known.
    pub seats: Option<u64>,
    /// Whose rights our calls have.
    pub owner: u64,
    /// Whether the owner is an administrator.
    pub admin: bool,
    /// Scopes of our access; none: all.
    pub scopes: Option<Vec<String>>,
    /// Rows of department.get.
    pub departments: Vec<Row>,
    /// Rows of user.get.
    pub users: Vec<Row>,
    /// Rows of sonet_group.get, with MEMBERS, MODERATORS and INVITED_MEMBERS.
    pub groups: Vec<Row>,
    /// Rows of user.userfield.list.
    pub userfields: Vec<Row>,
    /// Rows of humanresources.hcmlink; none where our access cannot read them.
    pub documents: Option<DocumentRows>,
    /// `options` and the keys that we do not know.
    pub other: Row,
}

/// What КЭДО holds, as rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DocumentRows {
    /// Rows of humanresources.hcmlink.company.list.
    pub companies: Vec<Row>,
    /// Rows of humanresources.hcmlink.employee.list.
    pub persons: Vec<Row>,
}

impl Default for PortalFile {
    fn default() -> PortalFile {
        PortalFile {
            edition: Edition::Cloud,
            seats: None,
            owner: 1,
            admin: true,
            scopes: None,
            departments: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
            userfields: Vec::new(),
            documents: Some(DocumentRows::default()),
            other: Row::new(),
        }
    }
}

impl PortalFile {
    /// Reads a file's text; `name` is told to the user.
    ///
    /// # Errors
    /// Every mistake of the file, each with its place.
    pub fn parse(text: &str, name: &str) -> Result<PortalFile, Vec<Problem>> {
        let map = strict::object(text).map_err(|mistake| {
            let place = Place::at(name, mistake.line, mistake.column);
            vec![Problem::error("this is not a portal file").at(place).cause(mistake.what)]
        })?;
        Reader::read(text, name, map)
    }

    /// Writes the file's text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the rows. Rows without an id are left out: files with such are refused when parsed,
    /// and answers with such when received.
    pub fn snapshot(&self) -> Snapshot {
        self.clone().into_snapshot()
    }

    /// Reads the rows, like [`PortalFile::snapshot`], and keeps no second copy.
    pub fn into_snapshot(self) -> Snapshot {
        let PortalFile {
            edition,
            seats,
            owner,
            admin,
            scopes,
            departments,
            users,
            groups,
            userfields,
            documents,
            other,
        } = self;
        let mut accounts: Vec<Account> = users.into_iter().filter_map(wire::account).collect();
        accounts.sort_by_key(|account| account.id);
        let mut departments: Vec<Department> = departments.iter().filter_map(wire::department).collect();
        departments.sort_by_key(|department| department.id);
        let mut groups: Vec<Group> = groups.iter().filter_map(wire::group).collect();
        groups.sort_by_key(|group| group.id);
        Snapshot {
            edition,
            seats,
            owner: Some(AccountId(owner)),
            admin,
            scopes: scopes.unwrap_or_else(|| ALL_SCOPES.map(str::to_owned).to_vec()),
            departments,
            accounts,
            groups,
            userfields,
            documents: documents.as_ref().map(DocumentRows::read),
            options: other,
        }
    }

    /// Writes a snapshot as rows.
    pub fn of(snapshot: &Snapshot) -> PortalFile {
        PortalFile {
            edition: snapshot.edition,
            seats: snapshot.seats,
            owner: snapshot.owner.map_or(1, |owner| owner.0),
            admin: snapshot.admin,
            scopes: Some(snapshot.scopes.clone()),
            departments: snapshot.departments.iter().map(wire::department_row).collect(),
            users: snapshot.accounts.iter().map(|account| account.row.clone()).collect(),
            groups: snapshot.groups.iter().map(wire::group_row).collect(),
            userfields: snapshot.userfields.clone(),
            documents: snapshot.documents.as_ref().map(DocumentRows::of),
            other: snapshot.options.clone(),
        }
    }
}

impl Serialize for PortalFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("format", FORMAT)?;
        map.serialize_entry("edition", &self.edition)?;
        map.serialize_entry("seats", &self.seats)?;
        map.serialize_entry("owner", &self.owner.to_string())?;
        map.serialize_entry("admin", &self.admin)?;
        if let Some(scopes) = &self.scopes {
            map.serialize_entry("scopes", scopes)?;
        }
        map.serialize_entry("departments", &self.departments)?;
        map.serialize_entry("users", &self.users)?;
        map.serialize_entry("groups", &self.groups)?;
        map.serialize_entry("userfields", &self.userfields)?;
        match &self.documents {
            Some(documents) => map.serialize_entry("documents", documents)?,
            None => {
                map.serialize_entry("documents", &DocumentRows::default())?;
                map.serialize_entry(NOT_READ, &true)?;
            }
        }
        for (key, value) in &self.other {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Says that `documents` is empty because it could not be read.
pub(crate) const NOT_READ: &str = "documents_not_read";

impl DocumentRows {
    fn read(&self) -> Documents {
        let mut companies: Vec<_> = self.companies.iter().filter_map(wire::documents_company).collect();
        let mut persons: Vec<_> = self.persons.iter().filter_map(wire::documents_person).collect();
        companies.sort();
        persons.sort();
        Documents { companies, persons }
    }

    fn of(documents: &Documents) -> DocumentRows {
        DocumentRows {
            companies: documents.companies.iter().map(wire::documents_company_row).collect(),
            persons: documents.persons.iter().map(wire::documents_person_row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::model::AccountKind;

    const FILE: &str = r#"{"format": "shtat-portal/1", "edition": "box", "seats": 50, "owner": "7",
        "departments": [{"ID": "1", "NAME": "Ромашка", "SORT": 500}, {"ID": "5", "NAME": "Склад", "PARENT": "1"}],
        "users": [{"ID": "9", "EMAIL": "p@partner.example", "EXTRA": 1},
                  {"ID": "7", "EMAIL": "a@romashka.example", "UF_DEPARTMENT": [5], "LOGIN": "admin"}],
        "groups": [{"ID": "64", "NAME": "Альфа", "IS_EXTRANET": "Y", "MEMBERS": ["7"], "INVITED_MEMBERS": [9]}],
        "documents": {"companies": [{"company": "org-001", "title": "Ромашка"}], "persons": []},
        "options": {"split_ids": true}, "note": "kept"}"#;

    #[test]
    fn reads_defaults_sorts_and_computes() {
        let snapshot = PortalFile::parse(FILE, "portal.json").unwrap().snapshot();
        let ids: Vec<u64> = snapshot.accounts.iter().map(|account| account.id.0).collect();
        assert_eq!(ids, [7, 9]);
        assert_eq!(snapshot.accounts[0].kind, AccountKind::Employee);
        assert_eq!(snapshot.accounts[1].kind, AccountKind::Extranet);
        assert!(snapshot.accounts[1].active && snapshot.admin);
        assert_eq!((snapshot.owner, snapshot.seats), (Some(AccountId(7)), Some(50)));
        assert!(snapshot.scopes.contains(&"user".to_owned()));
        assert_eq!(snapshot.groups[0].invited, [AccountId(9)].into());
        assert_eq!(snapshot.options["note"], "kept");
    }

    #[test]
    fn keeps_everything_both_ways() {
        let file = PortalFile::parse(FILE, "portal.json").unwrap();
        assert_eq!(PortalFile::parse(&file.to_json(), "again.json").unwrap(), file);
        let unread = PortalFile { documents: None, ..file };
        assert_eq!(PortalFile::parse(&unread.to_json(), "again.json").unwrap(), unread);
    }

    #[test]
    fn a_snapshot_survives_being_written() {
        let snapshot = PortalFile::parse(FILE, "portal.json").unwrap().snapshot();
        let again = PortalFile::parse(&PortalFile::of(&snapshot).to_json(), "again.json").unwrap().snapshot();
        assert_eq!(again, snapshot);
    }

    #[test]
    fn the_least_file_is_an_empty_cloud_portal() {
        let file = PortalFile::parse(r#"{"format": "shtat-portal/1"}"#, "portal.json").unwrap();
        assert_eq!(file, PortalFile::default());
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let text = "{\"format\": \"shtat-portal/2\",\n \"edition\": \"saas\",\n \"users\": [\n  {\"ID\": \"7\"},\n  \
                    {\"EMAIL\": \"x@y.example\"},\n  {\"ID\": 7}]}";
        let problems = PortalFile::parse(text, "portal.json").unwrap_err();
        let places: Vec<String> = problems.iter().map(|p| p.place.as_ref().unwrap().to_string()).collect();
        assert_eq!(places, ["portal.json:1:12", "portal.json:2:13", "portal.json:5:3", "portal.json:6:3"]);
        assert_eq!(problems[2].part.as_deref(), Some("users[1]"));
        assert!(problems.iter().all(|problem| !problem.what.contains('@')));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[\\[\\]{}\":,0-9a-z \n\\\\ж]{0,200}") {
            let _ = PortalFile::parse(&text, "portal.json");
            let _ = PortalFile::parse(&format!("{{\"format\": \"shtat-portal/1\", \"users\": [{text}]}}"), "portal.json");
        }

        #[test]
        fn whatever_stands_in_a_row_it_is_read_and_kept(id in 1u64..99, name in ".{0,20}", active in any::<bool>(),
            departments in prop::collection::vec(0u64..9, 0..4), extra in any::<i64>()) {
            let row = json!({"ID": id, "NAME": name, "ACTIVE": active, "UF_DEPARTMENT": departments, "UF_USR_X": extra});
            let text = json!({"format": FORMAT, "users": [row]}).to_string();
            let file = PortalFile::parse(&text, "portal.json").unwrap();
            prop_assert_eq!(&PortalFile::parse(&file.to_json(), "again.json").unwrap(), &file);
            let snapshot = file.snapshot();
            prop_assert_eq!(&PortalFile::of(&snapshot).snapshot(), &snapshot);
            prop_assert_eq!(snapshot.accounts[0].active, active);
            prop_assert_eq!(snapshot.accounts[0].field("NAME"), &json!(name));
        }
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        for (text, place) in
            [("{\"format\":", "portal.json:1:10"), ("{\"a\": 1,\n \"a\": 2}", "portal.json:2:4")]
        {
            let problems = PortalFile::parse(text, "portal.json").unwrap_err();
            assert_eq!(problems[0].place.as_ref().unwrap().to_string(), place);
        }
    }
}
