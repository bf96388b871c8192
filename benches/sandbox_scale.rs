//! A million people on the imitated portal: `cargo bench --bench sandbox_scale` (needs 1.5 GB).

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../tests/sandbox_support/mod.rs"]
mod sandbox_support;

use std::{fmt::Write as _, time::Instant};

use sandbox_support::{call, with};
use shtat::sandbox::{PortalFile, Sandbox};

const PEOPLE: usize = 1_000_000;

fn company(people: usize) -> String {
    let mut text =
        r#"{"format":"shtat-portal/1","departments":[{"ID":"1","NAME":"Ромашка"}],"users":["#.to_owned();
    for id in 1..=people {
        let comma = if id == 1 { "" } else { "," };
        write!(
            text,
            r#"{comma}{{"ID":"{id}","EMAIL":"p{id}@romashka.example","XML_ID":"1c:{id}","NAME":"Имя","LAST_NAME":"Фамилия","ACTIVE":{},"UF_DEPARTMENT":[1]}}"#,
            id % 10 != 0
        )
        .unwrap();
    }
    text.push_str("]}");
    text
}

fn measure(sandbox: &Sandbox, body: &str) {
    let begun = Instant::now();
    let seen = call(sandbox, "user.get", body);
    let took = begun.elapsed();
    let duration = seen.json()["time"]["duration"].as_f64().unwrap();
    println!("{body}: {:.0} µs inside, {took:?} over HTTP", duration * 1e6);
}

fn main() {
    let begun = Instant::now();
    let text = company(PEOPLE);
    let file = PortalFile::parse(&text, "portal.json").unwrap();
    println!("read in {:?}", begun.elapsed());
    let sandbox = with(|portal, options| {
        *portal = file;
        options.rate = Some(false);
    });
    println!("serving after {:?}", begun.elapsed());
    for body in [
        r#"{"ADMIN_MODE": true}"#,
        r#"{"ADMIN_MODE": true, "start": 900000}"#,
        r#"{"FILTER": {">ID": 500000}, "ADMIN_MODE": true, "sort": "ID", "order": "ASC", "start": -1}"#,
        r#"{"FILTER": {"XML_ID": "1c:777777"}, "ADMIN_MODE": true}"#,
        r#"{"FILTER": {"EMAIL": "p777777@romashka.example"}, "ADMIN_MODE": true}"#,
        r#"{"FILTER": {"ACTIVE": false}, "ADMIN_MODE": true}"#,
        r#"{"FILTER": {"LAST_NAME": "nobody"}, "ADMIN_MODE": true}"#,
    ] {
        measure(&sandbox, body);
    }
}
