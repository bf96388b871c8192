//! A project folder, read as the program reads it.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use shtat::{
    model::{
        Account, AccountId, AccountKind, Department, DepartmentId, Documents, DocumentsCompany,
        DocumentsPerson, Edition, Group, GroupId, History, People, Snapshot,
    },
    rules::{Rules, read},
    source::{FileKind, FileSpec, Source, open},
};

use super::{company::TODAY, model::set};

/// Reads people from a CSV file; any mistake fails the test.
pub fn people(folder: &Path) -> People {
    people_at(&folder.join("people.csv"), folder)
}

/// Reads the same people from a file whose rows stand in another order.
pub fn people_shuffled(folder: &Path) -> People {
    let text = fs::read_to_string(folder.join("people.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().rev().collect();
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    fs::write(file.path(), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    people_at(file.path(), folder)
}

fn people_at(file: &Path, folder: &Path) -> People {
    let reading = open(FileSpec::new(FileKind::Csv, file, "people.csv")).read();
    assert!(!reading.has_errors(), "{}: {:?}", folder.display(), reading.problems);
    reading.people
}

/// Reads rules; any mistake fails the test.
pub fn rules(files: &[(String, String)]) -> Rules {
    let reading = read(files, TODAY);
    assert!(reading.is_usable(), "{:?}\n{files:?}", reading.problems);
    reading.rules
}

/// Reads every file of the folder `rules`, in the order of their names.
pub fn rules_of(folder: &Path) -> Rules {
    let mut names: Vec<_> =
        fs::read_dir(folder.join("rules")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let file = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (format!("rules/{name}"), fs::read_to_string(path).unwrap())
    };
    rules(&names.iter().map(file).collect::<Vec<_>>())
}

/// Reads the journal's knowledge, where the folder has any.
pub fn history(folder: &Path) -> History {
    match fs::read_to_string(folder.join("history.json")) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(_) => History::default(),
    }
}

/// Reads a portal file.
pub fn portal(folder: &Path) -> Snapshot {
    let text = fs::read_to_string(folder.join("portal.json")).unwrap();
    snapshot(&serde_json::from_str(&text).unwrap())
}

/// Reads the same portal from a file whose rows stand in another order.
pub fn portal_shuffled(folder: &Path) -> Snapshot {
    let text = fs::read_to_string(folder.join("portal.json")).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    for key in ["departments", "users", "groups"] {
        file[key].as_array_mut().unwrap().reverse();
    }
    snapshot(&file)
}

fn snapshot(file: &Value) -> Snapshot {
    let rows = |key: &str| file[key].as_array().cloned().unwrap_or_default();
    let documents = Documents {
        companies: rows_of(&file["documents"]["companies"], |row| DocumentsCompany {
            code: text_of(&row["company"]),
            title: text_of(&row["title"]),
        }),
        persons: rows_of(&file["documents"]["persons"], |row| DocumentsPerson {
            company: text_of(&row["company"]),
            person: text_of(&row["person"]),
            account: id_of(&row["userId"]).filter(|id| *id > 0).map(AccountId),
            employees: rows_of(&row["employees"], |employee| text_of(&employee["employee"]))
                .into_iter()
                .collect(),
        }),
    };
    Snapshot {
        edition: if file["edition"] == "box" { Edition::Box } else { Edition::Cloud },
        seats: file["seats"].as_u64(),
        owner: id_of(&file["owner"]).map(AccountId),
        admin: true,
        departments: sorted(rows("departments").iter().map(department), |department| department.id.0),
        accounts: sorted(rows("users").iter().map(account), |account| account.id.0),
        groups: sorted(rows("groups").iter().map(group), |group| group.id.0),
        documents: file.get("documents").map(|_| documents),
        ..Snapshot::default()
    }
}

fn sorted<T>(rows: impl Iterator<Item = T>, id: impl Fn(&T) -> u64) -> Vec<T> {
    let mut rows: Vec<T> = rows.collect();
    rows.sort_by_key(id);
    rows
}

fn rows_of<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().into_iter().flatten().map(read).collect()
}

fn department(row: &Value) -> Department {
    Department {
        id: DepartmentId(id_of(&row["ID"]).unwrap()),
        name: text_of(&row["NAME"]),
        parent: id_of(&row["PARENT"]).map(DepartmentId),
        head: id_of(&row["UF_HEAD"]).map(AccountId),
    }
}

fn account(row: &Value) -> Account {
    let departments = row["UF_DEPARTMENT"].as_array().is_some_and(|list| !list.is_empty());
    let mut account = Account {
        id: AccountId(id_of(&row["ID"]).unwrap()),
        xml_id: None,
        email: None,
        active: true,
        kind: if departments { AccountKind::Employee } else { AccountKind::Extranet },
        departments: Vec::new(),
        row: Default::default(),
    };
    for (field, value) in row.as_object().unwrap() {
        set(&mut account, field, value.clone());
    }
    account
}

fn group(row: &Value) -> Group {
    let ids = |key: &str| -> BTreeSet<AccountId> {
        rows_of(&row[key], |id| AccountId(id_of(id).unwrap())).into_iter().collect()
    };
    Group {
        id: GroupId(id_of(&row["ID"]).unwrap()),
        name: text_of(&row["NAME"]),
        extranet: row["IS_EXTRANET"] == "Y",
        members: ids("MEMBERS"),
        invited: ids("INVITED_MEMBERS"),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
