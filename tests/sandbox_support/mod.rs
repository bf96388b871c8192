//! Raw HTTP against an imitated portal: what is sent and seen is written out in the tests.

#![allow(dead_code, reason = "every test file uses another part")]

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;
use shtat::sandbox::{Options, PortalFile, Sandbox, start};

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Seen {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A portal with a root, two departments and four people.
pub const PORTAL: &str = r#"{
    "format": "shtat-portal/1", "owner": "1",
    "departments": [
        {"ID": "1", "NAME": "Ромашка", "SORT": 500},
        {"ID": "5", "NAME": "Склад", "SORT": 300, "PARENT": "1", "UF_HEAD": "7"},
        {"ID": "6", "NAME": "Бухгалтерия", "SORT": 400, "PARENT": "1"}
    ],
    "users": [
        {"ID": "1", "EMAIL": "director@romashka.example", "NAME": "Ольга", "LAST_NAME": "Орлова", "UF_DEPARTMENT": [1], "LAST_LOGIN": "2026-11-20T09:00:00+03:00"},
        {"ID": "7", "EMAIL": "p.volkov@romashka.example", "NAME": "Пётр", "LAST_NAME": "Волков", "UF_DEPARTMENT": [5], "XML_ID": "1c:7", "WORK_POSITION": "Кладовщик"},
        {"ID": "8", "EMAIL": "Old@romashka.example", "NAME": "Анна", "ACTIVE": false, "UF_DEPARTMENT": [6], "XML_ID": "1c:8"},
        {"ID": "9", "EMAIL": "partner@lutik.example", "NAME": "Партнёр"}
    ],
    "groups": [
        {"ID": "64", "NAME": "Проект Альфа", "OWNER_ID": "1", "IS_EXTRANET": "Y", "VISIBLE": "N", "MEMBERS": [1, 7], "MODERATORS": [], "INVITED_MEMBERS": []},
        {"ID": "65", "NAME": "Общая", "OWNER_ID": "7", "MEMBERS": [7], "INVITED_MEMBERS": ["9"]}
    ],
    "options": {"language": "en"}
}"#;

pub fn portal() -> PortalFile {
    PortalFile::parse(PORTAL, "portal.json").unwrap()
}

pub fn sandbox() -> Sandbox {
    start(portal(), Options::default()).unwrap()
}

pub fn with(change: impl FnOnce(&mut PortalFile, &mut Options)) -> Sandbox {
    let (mut file, mut options) = (portal(), Options::default());
    change(&mut file, &mut options);
    start(file, options).unwrap()
}

/// Sends one request and reads the answer to its end; none where the connection just closed.
pub fn send(base: &str, head: &str, body: &str) -> Option<Seen> {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
    let request = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    if stream.read_to_string(&mut answer).is_err() && answer.is_empty() {
        return None;
    }
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Seen { status, head: head.to_owned(), body: body.to_owned() })
}

/// Posts JSON to a path.
pub fn post(base: &str, path: &str, body: &str) -> Seen {
    send(base, &format!("POST {path} HTTP/1.1\r\nContent-Type: application/json"), body).expect("an answer")
}

/// Gets a path.
pub fn get(base: &str, path: &str) -> Seen {
    send(base, &format!("GET {path} HTTP/1.1"), "").expect("an answer")
}

/// Calls a method by webhook with JSON.
pub fn call(sandbox: &Sandbox, method: &str, body: &str) -> Seen {
    post(sandbox.base_url(), &path(sandbox, method), body)
}

/// The webhook's path to a method.
pub fn path(sandbox: &Sandbox, method: &str) -> String {
    format!("{}{method}", sandbox.webhook_url().strip_prefix(sandbox.base_url()).unwrap())
}

/// Calls a method and takes its `result`.
pub fn result(sandbox: &Sandbox, method: &str, body: &str) -> Value {
    let seen = call(sandbox, method, body);
    assert_eq!(seen.status, 200, "{method} {body}: {}", seen.body);
    seen.json()["result"].take()
}

/// Calls a method and takes `error` and `error_description`; the status must be 400.
pub fn refusal(sandbox: &Sandbox, method: &str, body: &str) -> (String, String) {
    let seen = call(sandbox, method, body);
    assert_eq!(seen.status, 400, "{method} {body}: {}", seen.body);
    let json = seen.json();
    assert_eq!(json.get("time"), None);
    (json["error"].as_str().unwrap().to_owned(), json["error_description"].as_str().unwrap().to_owned())
}

/// The ids of a list's rows.
pub fn ids(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["ID"].as_str().unwrap()).collect()
}
