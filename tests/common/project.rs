//! A project folder, read as the program reads it.

use std::{fs, path::Path};

use serde_json::Value;
use shtat::{
    model::{History, People, Snapshot},
    portal::PortalFile,
    rules::{Rules, read},
    source::{FileKind, FileSpec, Source, open},
};

use super::company::TODAY;

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
    snapshot(&text)
}

/// Reads the same portal from a file whose rows stand in another order.
pub fn portal_shuffled(folder: &Path) -> Snapshot {
    let text = fs::read_to_string(folder.join("portal.json")).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    for key in ["departments", "users", "groups"] {
        file[key].as_array_mut().unwrap().reverse();
    }
    snapshot(&file.to_string())
}

fn snapshot(text: &str) -> Snapshot {
    PortalFile::parse(text, "portal.json").unwrap_or_else(|problems| panic!("{problems:?}")).into_snapshot()
}
