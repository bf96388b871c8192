//! The embedded portal: what was answered is on disk, whatever happens to the process.

mod sandbox_support;

use std::{fs, path::Path};

use sandbox_support::{PORTAL, call, get, post, result};
use serde_json::json;
use shtat::sandbox::{Options, Sandbox, start_embedded};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("portal.json"), PORTAL).unwrap();
    folder
}

fn open(folder: &Path) -> Sandbox {
    let state = folder.join("state");
    start_embedded(
        &state,
        &folder.join("portal.json"),
        Options { secret: "demo".into(), ..Options::embedded() },
    )
    .unwrap()
}

/// What a kill leaves: a copy of the folder while the portal still runs.
fn killed(folder: &Path, to: &Path) {
    fs::create_dir_all(to.join("state")).unwrap();
    for entry in fs::read_dir(folder.join("state")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join("state").join(entry.file_name())).unwrap();
    }
    fs::copy(folder.join("portal.json"), to.join("portal.json")).unwrap();
}

const ADD: &str =
    r#"{"EMAIL": "new@romashka.example", "UF_DEPARTMENT": [5], "XML_ID": "1c:10", "MESSAGE_TEXT": "Ура"}"#;

#[test]
fn everything_answered_survives_a_kill() {
    let (first, second) = (folder(), tempfile::tempdir().unwrap());
    let portal = open(first.path());
    result(&portal, "user.add", ADD);
    result(&portal, "user.update", r#"{"ID": 8, "EMAIL": "parked@romashka.example"}"#);
    result(&portal, "sonet_group.user.add", r#"{"GROUP_ID": 64, "USER_ID": 9}"#);
    result(&portal, "department.add", r#"{"NAME": "Новый", "PARENT": 1}"#);
    result(&portal, "department.delete", r#"{"ID": 7}"#);
    let tokens = portal.issue_tokens(1).unwrap();
    let state = get(portal.base_url(), "/sandbox/state").body;
    let outbox = get(portal.base_url(), "/sandbox/outbox").body;
    killed(first.path(), second.path());
    let again = open(second.path());
    assert_eq!(get(again.base_url(), "/sandbox/state").body, state);
    assert_eq!(get(again.base_url(), "/sandbox/outbox").body, outbox);
    assert!(state.contains("\"INVITED\":true") && state.contains("\"LOGIN\":\"Old@romashka.example\""));
    let access = json!({"auth": tokens.answer["access_token"]}).to_string();
    assert_eq!(post(again.base_url(), "/rest/profile", &access).status, 200);
    assert_eq!(
        result(&again, "department.add", r#"{"NAME": "Ещё", "PARENT": 1}"#),
        json!(8),
        "ids are not reused"
    );
    assert_eq!(call(&again, "user.add", ADD).status, 400, "nobody is added twice");
}

#[test]
fn a_line_that_was_cut_off_was_never_answered() {
    let (first, second) = (folder(), tempfile::tempdir().unwrap());
    let portal = open(first.path());
    result(&portal, "user.update", r#"{"ID": 7, "NAME": "A"}"#);
    result(&portal, "user.update", r#"{"ID": 7, "NAME": "B"}"#);
    killed(first.path(), second.path());
    let log = second.path().join("state/changes.1.jsonl");
    let text = fs::read(&log).unwrap();
    fs::write(&log, &text[..text.len() - 5]).unwrap();
    let again = open(second.path());
    assert_eq!(result(&again, "user.get", r#"{"ID": 7}"#)[0]["NAME"], "A");
}

#[test]
fn a_damaged_log_is_told_with_its_place() {
    let (first, second) = (folder(), tempfile::tempdir().unwrap());
    let portal = open(first.path());
    result(&portal, "user.update", r#"{"ID": 7, "NAME": "A"}"#);
    killed(first.path(), second.path());
    fs::write(second.path().join("state/changes.1.jsonl"), "[\"user\",7\n").unwrap();
    let problem =
        start_embedded(&second.path().join("state"), &second.path().join("portal.json"), Options::embedded())
            .unwrap_err();
    assert!(problem.place.unwrap().to_string().ends_with("changes.1.jsonl:1"));
}

#[test]
fn one_process_serves_a_state() {
    let folder = folder();
    let first = open(folder.path());
    let state = folder.path().join("state");
    let problem =
        start_embedded(&state, &folder.path().join("portal.json"), Options::embedded()).unwrap_err();
    assert!(problem.cause.unwrap().contains(&format!("process {}", std::process::id())));
    drop(first);
    open(folder.path());
}

#[test]
fn a_later_edit_of_the_portal_file_is_noticed() {
    let folder = folder();
    let first = open(folder.path());
    result(&first, "user.update", r#"{"ID": 7, "NAME": "A"}"#);
    assert!(!first.file_changed());
    drop(first);
    fs::write(folder.path().join("portal.json"), PORTAL.replace("Волков", "Зайцев")).unwrap();
    let again = open(folder.path());
    assert!(again.file_changed());
    assert_eq!(result(&again, "user.get", r#"{"ID": 7}"#)[0]["LAST_NAME"], "Волков");
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder();
    let portal = open(folder.path());
    result(&portal, "user.add", ADD);
    for entry in fs::read_dir(folder.path().join("state")).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
}

#[test]
fn an_owner_without_a_row_has_tokens_too() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"{"format": "shtat-portal/1", "users": [{"ID": "2", "EMAIL": "a@romashka.example"}]}"#;
    fs::write(folder.path().join("portal.json"), text).unwrap();
    let portal = open(folder.path());
    let tokens = portal.issue_tokens(1).unwrap();
    assert_eq!(
        portal.issue_tokens(1).unwrap().answer["access_token"],
        tokens.answer["access_token"],
        "it still works"
    );
    let access = json!({"auth": tokens.answer["access_token"]}).to_string();
    assert_eq!(post(portal.base_url(), "/rest/profile", &access).json()["result"]["ADMIN"], true);
    assert!(portal.issue_tokens(3).is_err());
}
