//! The stand-in for 1C, asked over plain HTTP: what the reference of the interface says, and
//! nothing that our own client knows.

mod odata_support;

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
};

use odata_support::{granit, guid, serve};
use serde_json::{Value, json};
use shtat::sandbox::onec::OneC;

/// `обмен:demo` in UTF-8.
const LOGIN: &str = "Authorization: Basic 0L7QsdC80LXQvTpkZW1v";

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        let text = self.text();
        serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_else(|_| panic!("{text}"))
    }

    fn code(&self) -> (u16, Option<String>) {
        let text = self.text();
        let json: Option<Value> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
        (self.status, json.and_then(|json| json["odata.error"]["code"].as_str().map(str::to_owned)))
    }
}

/// Sends one request of raw bytes; the path is below the root.
fn raw(base: &OneC, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
    let url = base.url();
    let host = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let request = format!(
        "{method} /zup/odata/standard.odata/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // A connection that breaks off is one of the bad ways.
    let _ = stream.read_to_end(&mut bytes);
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head, body: bytes[split..].to_vec() }
}

/// Writes a text as a path or a value of a query.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~'(),/:=$&?".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn get(base: &OneC, path: &str) -> Answer {
    raw(base, "GET", &encode(path), &[LOGIN, "Accept: application/json"], "")
}

fn rows(base: &OneC, path: &str) -> Vec<Value> {
    let answer = get(base, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()["value"].as_array().unwrap().clone()
}

#[test]
fn xml_is_the_rule_and_json_is_asked_for() {
    let base = serve(granit(), &[]);
    let atom = raw(&base, "GET", &encode("Catalog_Должности"), &[LOGIN], "");
    assert!(atom.head.contains("application/atom+xml") && atom.text().starts_with("<?xml"));
    let json = raw(&base, "GET", &encode("Catalog_Должности?$format=json"), &[LOGIN], "");
    assert!(json.head.contains("application/json"));
    let error = raw(&base, "GET", "Catalog_X", &[LOGIN], "");
    assert!(error.text().contains("<m:code>8</m:code>"), "{}", error.text());
}

#[test]
fn some_bodies_begin_with_a_mark() {
    let base = serve(granit(), &[]);
    let answers: Vec<bool> = (0..6)
        .map(|_| get(&base, "Catalog_Должности?$format=json").body.starts_with(b"\xef\xbb\xbf"))
        .collect();
    assert!(answers.contains(&true) && answers.contains(&false));
    let count = get(&base, "Catalog_Должности/$count");
    assert_eq!(count.text(), "\u{feff}6");
}

#[test]
fn blanks_are_percent_twenty_and_letters_are_encoded() {
    let base = serve(granit(), &[]);
    let filter = encode("Catalog_Должности?$format=json&$filter=Description eq 'Архивариус'");
    assert_eq!(raw(&base, "GET", &filter, &[LOGIN], "").json()["value"].as_array().unwrap().len(), 1);
    assert_eq!(raw(&base, "GET", &filter.replace("%20", "+"), &[LOGIN], "").status, 400);
    assert_eq!(raw(&base, "GET", "Catalog_%D0?$format=json", &[LOGIN], "").status, 400);
}

#[test]
fn values_are_written_as_1c_writes_them() {
    let base = serve(granit(), &[]);
    let contacts = rows(&base, "Catalog_ФизическиеЛица_КонтактнаяИнформация?$format=json");
    assert!(contacts.iter().all(|row| row["LineNumber"].is_string()));
    let departments = rows(&base, "Catalog_ПодразделенияОрганизаций?$format=json");
    let top = departments.iter().find(|row| row["Description"] == "Производство").unwrap();
    assert_eq!(top["Parent_Key"], "00000000-0000-0000-0000-000000000000");
    let dates = rows(&base, "InformationRegister_ТекущиеКадровыеДанныеСотрудников?$format=json");
    assert!(dates.iter().any(|row| row["ДатаУвольнения"] == "0001-01-01T00:00:00"));
    let counted = get(&base, "Catalog_Должности?$format=json&$inlinecount=allpages&$top=1").json();
    assert_eq!(counted["odata.count"], "6");
}

#[test]
fn links_come_along_and_can_be_left_out() {
    let base = serve(granit(), &[]);
    let row = &rows(&base, "Catalog_Сотрудники?$format=json&$top=1&$orderby=Ref_Key")[0];
    assert!(
        row["ФизическоеЛицо@navigationLinkUrl"].as_str().unwrap().starts_with("Catalog_Сотрудники(guid'")
    );
    let row = &rows(&base, "Catalog_Сотрудники?$format=application/json;odata=nometadata&$top=1")[0];
    assert!(row.as_object().unwrap().keys().all(|key| !key.contains('@')));
}

#[test]
fn order_is_kept_only_where_it_is_asked_for() {
    let base = serve(granit(), &[]);
    let keys = |path: &str| -> Vec<String> {
        rows(&base, path).iter().map(|row| row["Ref_Key"].as_str().unwrap().to_owned()).collect()
    };
    let ordered = keys("Catalog_Сотрудники?$format=json&$orderby=Ref_Key");
    assert_eq!(ordered, keys("Catalog_Сотрудники?$format=json&$orderby=Ref_Key"));
    assert_ne!(keys("Catalog_Сотрудники?$format=json"), keys("Catalog_Сотрудники?$format=json"));
    let page = keys("Catalog_Сотрудники?$format=json&$orderby=Ref_Key&$skip=5&$top=3");
    assert_eq!(page, ordered[5..8]);
    let backwards: Vec<String> = ordered.into_iter().rev().collect();
    assert_eq!(
        keys("Catalog_Сотрудники?$format=json&$orderby=Ref_Key%20desc".replace("%20", " ").as_str()),
        backwards
    );
}

#[test]
fn what_is_unknown_is_refused_with_its_code() {
    let base = serve(granit(), &["off:Catalog_Должности"]);
    let code = |path: &str| get(&base, path).code();
    let is = |status: u16, code: &str| (status, Some(code.to_owned()));
    assert_eq!(code("Catalog_Должности?$format=json"), is(404, "8"));
    assert_eq!(code("Catalog_НетТакого?$format=json"), is(404, "8"));
    assert_eq!(code("Catalog_Сотрудники?$format=json&$select=Ref_Key,Нет"), is(400, "6"));
    assert_eq!(code("Catalog_Сотрудники?$format=json&$filter=length(Code) eq 1"), is(400, "6"));
    assert_eq!(code("Catalog_Сотрудники?$format=json&$filter=Code is 1"), is(400, "14"));
    assert_eq!(code(&format!("Catalog_Сотрудники(guid'{}')?$format=json", guid("5a1e", 99))), is(404, "9"));
    let contacts = "Catalog_ФизическиеЛица_КонтактнаяИнформация?$format=json&$filter=Тип eq";
    assert_eq!(rows(&base, &format!("{contacts} 'АдресПочты'")).len(), 0);
    assert_eq!(rows(&base, &format!("{contacts} 'Телефон'")).len(), 1);
}

#[test]
fn nobody_enters_without_the_login_in_utf_8() {
    let base = serve(granit(), &[]);
    for login in ["X: y", "Authorization: Basic 7uHs5e06ZGVtbw==", "Authorization: Basic 0L7QsdC80LXQvTp4"] {
        let answer = raw(&base, "GET", "", &[login], "");
        assert_eq!(answer.status, 401);
        assert!(answer.text().contains("<html>") && answer.head.to_lowercase().contains("www-authenticate"));
    }
    assert_eq!(get(&base, "?$format=json").status, 200);
}

#[test]
fn hidden_rows_fail_the_whole_read_or_vanish() {
    let base = serve(granit(), &["restricted:Catalog_Сотрудники"]);
    assert_eq!(get(&base, "Catalog_Сотрудники?$format=json").code(), (401, Some("20".to_owned())));
    assert_eq!(rows(&base, "Catalog_Сотрудники?$format=json&allowedOnly=true").len(), 33);
    assert_eq!(rows(&base, "Catalog_Сотрудники?$format=json&$allowedOnly=true").len(), 33);
}

#[test]
fn a_session_lives_from_start_to_finish() {
    let base = serve(granit(), &["expire-session#3"]);
    let ask = |headers: &[&str]| {
        let all: Vec<&str> = [LOGIN, "Accept: application/json"].iter().chain(headers).copied().collect();
        raw(&base, "GET", "", &all, "")
    };
    let cookie = |answer: &Answer| {
        let line = answer
            .head
            .lines()
            .find(|line| line.to_lowercase().starts_with("set-cookie"))
            .unwrap()
            .to_owned();
        format!("Cookie: {}", line.split(": ").nth(1).unwrap().split(';').next().unwrap())
    };
    let first = cookie(&ask(&["IBSession: start"]));
    assert_eq!((base.open_sessions(), ask(&[&first]).status), (1, 200));
    assert_eq!(ask(&[&first, "IBSession: finish"]).status, 200);
    assert_eq!(base.open_sessions(), 0);
    let second = cookie(&ask(&["IBSession: start"]));
    assert_eq!(ask(&[&second]).status, 404, "it expired");
    let base = serve(granit(), &["session-limit#1"]);
    assert_eq!(raw(&base, "GET", "", &[LOGIN, "IBSession: start"], "").status, 406);
    assert_eq!(raw(&base, "GET", "", &[LOGIN, "IBSession: start"], "").status, 200);
    let base = serve(granit(), &["no-sessions"]);
    let answer = raw(&base, "GET", "", &[LOGIN, "IBSession: start"], "");
    assert!(answer.status == 200 && !answer.head.to_lowercase().contains("set-cookie"));
}

fn patch(base: &OneC, number: u32, headers: &[&str], body: &Value) -> Answer {
    let path = encode(&format!("Catalog_ФизическиеЛица(guid'{}')?$format=json", guid("7d0c", number)));
    let all: Vec<&str> = [LOGIN].iter().chain(headers).copied().collect();
    raw(base, "PATCH", &path, &all, &body.to_string())
}

fn row(line: &str, address: &str) -> Value {
    json!({"LineNumber": line, "Тип": "АдресЭлектроннойПочты", "Вид_Key": guid("c0", 14), "АдресЭП": address, "Лишнее": 1})
}

#[test]
fn a_section_is_replaced_whole_and_its_lines_are_counted() {
    let base = serve(granit(), &[]);
    let section = |rows: Value| json!({"КонтактнаяИнформация": rows, "НетТакого": "x"});
    let answer = patch(&base, 1, &[], &section(json!([row("1", "a@granit.example")])));
    assert_eq!(answer.status, 200);
    let card = answer.json();
    let rows = card["КонтактнаяИнформация"].as_array().unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["АдресЭП"], &rows[0]["Лишнее"]),
        (1, &json!("a@granit.example"), &Value::Null)
    );
    assert_eq!(rows[0]["ВидДляСписка_Key"], guid("c0", 14));
    assert_eq!(card["НетТакого"], Value::Null);
    assert_eq!(patch(&base, 1, &[], &section(json!([row("2", "b@granit.example")]))).code().0, 400);
    let unnumbered = section(json!([{"Тип": "Телефон"}]));
    assert_eq!(patch(&base, 1, &[], &unnumbered).code(), (500, Some("-1".to_owned())));
    let long = format!("{}@granit.example", "a".repeat(120));
    let card = patch(&base, 1, &[], &section(json!([row("1", &long)]))).json();
    assert_eq!(card["КонтактнаяИнформация"][0]["АдресЭП"].as_str().unwrap().len(), 100);
}

#[test]
fn every_write_makes_a_version_and_an_old_one_is_refused_only_on_request() {
    let base = serve(granit(), &[]);
    let first = patch(&base, 1, &["If-Match: AAAA"], &json!({}));
    let second = patch(&base, 1, &[], &json!({}));
    assert_eq!((first.status, second.status), (200, 200));
    assert_ne!(first.json()["DataVersion"], second.json()["DataVersion"]);
    let base = serve(granit(), &["obey-if-match"]);
    assert_eq!(patch(&base, 1, &["If-Match: AAAA"], &json!({})).status, 412);
}

#[test]
fn writes_fail_in_a_handler_or_lose_their_answer() {
    let base = serve(granit(), &["handler-error#1", "lost-write#2"]);
    assert_eq!(patch(&base, 2, &[], &json!({})).code(), (500, Some("-1".to_owned())));
    let lost = patch(&base, 2, &[], &json!({"Имя": "Лейла-Ханум"}));
    assert_eq!(lost.status, 0, "{}", lost.head);
    let state = base.state();
    let names: BTreeSet<&str> =
        state.sets["Catalog_ФизическиеЛица"].iter().filter_map(|row| row["Имя"].as_str()).collect();
    assert!(names.contains("Лейла-Ханум"));
    let section = encode("Catalog_ФизическиеЛица_КонтактнаяИнформация");
    assert_eq!(raw(&base, "PATCH", &section, &[LOGIN], "{}").status, 400);
    assert_eq!(raw(&base, "DELETE", &encode("Catalog_Должности"), &[LOGIN], "").status, 405);
}

#[test]
fn answers_are_late_wrong_or_broken_on_request() {
    let base = serve(granit(), &["busy#1", "html#2", "truncated#3", "drop#4", "error:500/-1#5"]);
    let ask = || get(&base, "Catalog_Сотрудники?$format=json");
    assert_eq!(ask().status, 503);
    let page = ask();
    assert_eq!((page.status, page.text().contains("<html>")), (200, true));
    assert!(serde_json::from_slice::<Value>(&ask().body).is_err());
    assert_eq!(ask().status, 0);
    assert_eq!(ask().code(), (500, Some("-1".to_owned())));
    assert_eq!(ask().status, 200);
}

#[test]
fn a_slice_takes_the_last_rows_up_to_a_moment() {
    let base = serve(granit(), &[]);
    let history = "InformationRegister_КадроваяИсторияСотрудников_RecordType";
    let last = |arguments: &str, number: u32| -> Vec<String> {
        let all = rows(&base, &format!("{history}/SliceLast({arguments})?$format=json"));
        let of = all.iter().filter(|row| row["Сотрудник_Key"] == guid("5a1e", number));
        of.map(|row| row["ВидСобытия"].as_str().unwrap().to_owned()).collect()
    };
    let today = "Period=datetime'2026-11-22T23:59:59'";
    assert_eq!(last(today, 13), ["Увольнение"]);
    assert_eq!(last(today, 14), ["Прием"], "the last working day");
    assert_eq!(last("", 14), ["Увольнение"], "without a moment what lies ahead counts");
    assert_eq!(last(today, 16), Vec::<String>::new());
    assert_eq!(last(today, 32), ["Перемещение"], "a temporary row that has run out is still shown");
    let without = format!("{today},Condition='ВидСобытия ne ''Увольнение'''");
    assert_eq!(last(&without, 13), ["Прием"], "a condition uncovers the row before");
    assert_eq!(get(&base, "Catalog_Должности/SliceLast()?$format=json").status, 400);
}

#[test]
fn a_dump_comes_back_as_a_dump() {
    let base = serve(granit(), &[]);
    let dump = base.state().to_dump().to_string();
    assert_eq!(shtat::sandbox::onec::Company::from_dump(&dump).unwrap(), granit());
}
