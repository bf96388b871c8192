//! Departments, groups, КЭДО, faults and control of the imitated portal.

mod sandbox_support;

use std::time::{Duration, Instant};

use sandbox_support::{call, get, ids, path, post, refusal, result, sandbox, send, with};
use serde_json::{Value, json};
use shtat::sandbox::Sandbox;

fn broken(specs: &[&str]) -> Sandbox {
    with(|_, options| options.faults = specs.iter().map(|spec| spec.parse().unwrap()).collect())
}

#[test]
fn departments_are_a_tree_of_names() {
    let sandbox = sandbox();
    let seen = call(&sandbox, "department.get", "{}").json();
    assert_eq!(ids(&seen["result"]), ["1", "5", "6"]);
    assert_eq!(seen["result"][0], json!({"ID": "1", "NAME": "Ромашка", "SORT": 500}));
    assert_eq!(
        seen["result"][1],
        json!({"ID": "5", "NAME": "Склад", "SORT": 300, "PARENT": "1", "UF_HEAD": "7"})
    );
    let found = |body: &str| {
        let rows = result(&sandbox, "department.get", body);
        ids(&rows).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found(r#"{"PARENT": 1, "NAME": "Склад"}"#), ["5"]);
    assert_eq!(found(r#"{"FILTER": {"ID": [5, 6]}, "sort": "NAME", "order": "ASC"}"#), ["6", "5"]);
    assert_eq!(found(r#"{"name": "Склад"}"#), ["1", "5", "6"], "lower-case filters are ignored");
    assert_eq!(found(r#"{"SORT": "NAME"}"#), Vec::<String>::new(), "SORT is a filter");
    let id = result(&sandbox, "department.add", r#"{"NAME": "Участок 2", "PARENT": "5", "UF_HEAD": 7}"#);
    assert_eq!(id, json!(7));
    assert_eq!(result(&sandbox, "department.update", r#"{"ID": 7, "SORT": 100}"#), json!(true));
    assert_eq!(result(&sandbox, "department.get", r#"{"ID": 7}"#)[0]["SORT"], json!(100));
    assert_eq!(result(&sandbox, "department.delete", r#"{"ID": 7}"#), json!(true));
    assert_eq!(
        result(&sandbox, "department.add", r#"{"NAME": "Участок 3", "PARENT": 5}"#),
        json!(8),
        "ids are not reused"
    );
    let core = |text: &str| ("ERROR_CORE".to_owned(), text.to_owned());
    assert_eq!(
        refusal(&sandbox, "department.add", r#"{"PARENT": 1}"#),
        core("Department name not provided.<br>")
    );
    let top = core("There can only be one top-level department in the company structure");
    assert_eq!(refusal(&sandbox, "department.add", r#"{"NAME": "x"}"#), top);
    assert_eq!(refusal(&sandbox, "department.update", r#"{"ID": 99}"#), core("Department not found"));
}

#[test]
fn split_ids_speak_of_nodes() {
    let sandbox = with(|file, _| file.split_ids = true);
    assert_eq!(result(&sandbox, "department.add", r#"{"NAME": "Новый", "PARENT": 5}"#), json!(1007));
    assert_eq!(result(&sandbox, "department.get", r#"{"NAME": "Новый"}"#)[0]["ID"], "7");
    assert_eq!(refusal(&sandbox, "department.update", r#"{"ID": 7, "NAME": "x"}"#).1, "Department not found");
    assert_eq!(result(&sandbox, "department.update", r#"{"ID": 1007, "PARENT": 6}"#), json!(true));
    assert_eq!(result(&sandbox, "department.delete", r#"{"ID": 1007}"#), json!(true));
}

#[test]
fn groups_tell_members_from_invited() {
    let sandbox = sandbox();
    let seen = call(&sandbox, "sonet_group.get", r#"{"FILTER": {"NAME": "Проект Альфа"}}"#).json();
    let group = &seen["result"][0];
    assert_eq!(
        (seen["total"].clone(), group["ID"].clone(), group["IS_EXTRANET"].clone()),
        (json!(1), json!("64"), json!("Y"))
    );
    assert!(group.as_object().unwrap().values().all(Value::is_string), "{group}");
    let add = |user: &str| {
        result(&sandbox, "sonet_group.user.add", &format!(r#"{{"GROUP_ID": 64, "USER_ID": {user}}}"#))
    };
    assert_eq!(add("[7, 9]"), json!(["9"]));
    assert_eq!(add("9"), json!([]));
    let pending = result(&sandbox, "sonet_group.user.add", r#"{"GROUP_ID": 65, "USER_ID": 9}"#);
    assert_eq!(pending, json!([]), "an invitation is a relation too");
    assert_eq!(
        result(&sandbox, "sonet_group.user.get", r#"{"ID": 65}"#),
        json!([{"USER_ID": "7", "ROLE": "A"}])
    );
    let network = result(&sandbox, "socialnetwork.api.workgroup.get", r#"{"params": {"groupId": 65}}"#);
    assert_eq!((network["ID"].clone(), network["INVITED_MEMBERS"].clone()), (json!(65), json!([9])));
    assert_eq!(
        result(&sandbox, "sonet_group.user.update", r#"{"GROUP_ID": 64, "USER_ID": 9, "ROLE": "E"}"#),
        json!(["9"])
    );
    assert_eq!(
        result(&sandbox, "sonet_group.user.delete", r#"{"GROUP_ID": 64, "USER_ID": [1, 9]}"#),
        json!(["9"]),
        "owners stay"
    );
    assert_eq!(
        refusal(&sandbox, "sonet_group.user.add", r#"{"GROUP_ID": 0, "USER_ID": 9}"#),
        (String::new(), "Wrong group ID".into())
    );
    assert_eq!(
        refusal(&sandbox, "sonet_group.user.get", r#"{"ID": 999}"#).1,
        "Socialnetwork group not found"
    );
}

#[test]
fn groups_are_made_and_listed() {
    let sandbox = sandbox();
    let id = result(
        &sandbox,
        "sonet_group.create",
        r#"{"NAME": "Новая", "VISIBLE": "Y", "SITE_ID": ["s1", "ex"]}"#,
    );
    assert_eq!(id, json!(66));
    assert_eq!(result(&sandbox, "sonet_group.update", r#"{"GROUP_ID": 66, "NAME": "Иная"}"#), json!(66));
    assert_eq!(result(&sandbox, "sonet_group.get", r#"{"FILTER": {"ID": 66}}"#)[0]["IS_EXTRANET"], "Y");
    let body = r#"{"filter": {"NAME": "Иная"}, "select": ["ID", "NAME", "TYPE"], "order": {"ID": "ASC"}}"#;
    assert_eq!(
        result(&sandbox, "socialnetwork.api.workgroup.list", body),
        json!({"workgroups": [{"id": "66", "name": "Иная", "type": "group"}]})
    );
    assert_eq!(result(&sandbox, "sonet_group.user.groups", "{}")[1]["GROUP_ID"], "66");
    assert_eq!(result(&sandbox, "sonet_group.setowner", r#"{"GROUP_ID": 66, "USER_ID": 7}"#), json!(true));
    assert_eq!(result(&sandbox, "sonet_group.delete", r#"{"GROUP_ID": 66}"#), json!(true));
}

#[test]
fn people_are_bound_to_documents() {
    let sandbox = sandbox();
    let token = post(sandbox.base_url(), "/sandbox/token", r#"{"user": 1}"#).json()["access_token"].clone();
    let ask = |method: &str, mut body: Value| {
        body["auth"] = token.clone();
        post(sandbox.base_url(), &format!("/rest/humanresources.hcmlink.{method}"), &body.to_string()).json()
    };
    let fields = json!({"company": "org", "crmCompanyId": 1, "title": "Ромашка", "fields": [{"field": "f", "title": "F"}]});
    assert!(ask("company.add", json!({"fields": fields}))["result"].is_u64());
    assert_eq!(ask("company.list", json!({}))["result"][0]["company"], "org");
    let item = json!({"employee": "e1", "person": "p1", "userId": 7, "data": {"lastName": "Волков", "firstName": "Пётр", "position": "Кладовщик"}});
    let set = |item: Value| ask("employee.set", json!({"company": "org", "data": [item]}))["result"].clone();
    assert_eq!(set(item.clone()), json!({"status": "ok", "errors": []}));
    set(item);
    let row = &ask("employee.list", json!({"company": "org"}))["result"];
    assert_eq!(row.as_array().unwrap().len(), 1);
    assert_eq!((row[0]["userId"].clone(), row[0]["title"].clone()), (json!(7), json!("Волков Пётр")));
    assert_eq!(row[0]["employees"][0]["data"], json!({"position": "Кладовщик"}));
    set(json!({"employee": "e2", "person": "p1", "data": {"lastName": "Волков"}}));
    let row = &ask("employee.list", json!({"company": "org"}))["result"][0];
    assert_eq!(
        (row["userId"].clone(), row["employees"].as_array().unwrap().len()),
        (json!(7), 2),
        "omitted, the link stays"
    );
    set(json!({"employee": "e1", "person": "p1", "userId": 0, "data": {"lastName": "Волков"}}));
    assert_eq!(ask("employee.list", json!({"company": "org"}))["result"][0]["userId"], 0, "0 unbinds");
    assert_eq!(set(json!({"employee": "e1"}))["status"], "error");
    let none = ask("employee.set", json!({"company": "org", "data": []}));
    assert_eq!(none["result"]["errors"], json!(["Parameter 'data' must be a non empty array "]));
    assert_eq!(
        ask("employee.set", json!({"company": "x", "data": [{}]}))["result"]["errors"][0],
        "Company x not found"
    );
    let missing = ask("employee.list", json!({"company": "x"}));
    assert_eq!(missing, json!({"error": 510, "error_description": "Operation failed"}));
    assert_eq!(ask("job.update", json!({"id": 5, "fields": {"status": "DONE"}}))["result"]["error"], 0);
    let other = sandbox.issue_tokens(7).unwrap();
    let seen = post(
        sandbox.base_url(),
        "/rest/humanresources.hcmlink.company.list",
        &json!({"auth": other.answer["access_token"]}).to_string(),
    );
    assert_eq!(
        (seen.status, seen.json()["error_description"].clone()),
        (403, json!("Access denied! Access denied."))
    );
    let mine = result(&sandbox, "crm.item.list", r#"{"entityTypeId": 4, "filter": {"isMyCompany": "Y"}}"#);
    assert_eq!(mine["items"][0]["title"], "Ромашка");
}

#[test]
fn a_lost_reply_was_carried_out() {
    let sandbox = broken(&["lost-reply:user.add#1"]);
    let body = r#"{"EMAIL": "new@romashka.example", "UF_DEPARTMENT": [5]}"#;
    let head = format!("POST {} HTTP/1.1\r\nContent-Type: application/json", path(&sandbox, "user.add"));
    assert!(send(sandbox.base_url(), &head, body).is_none());
    assert_eq!(call(&sandbox, "user.add", body).status, 400, "it was done");
    let rows = get(sandbox.base_url(), "/sandbox/requests").json();
    assert_eq!((rows[0]["method"].clone(), rows[0]["outcome"].clone()), (json!("user.add"), json!("ok")));
    assert!(rows[1]["outcome"].as_str().unwrap().starts_with("HTTP 400 ERROR_ARGUMENT"));
}

#[test]
fn other_faults_strike_before_anything_is_done() {
    let sandbox = broken(&["refuse:user.add#1", "error:user.add#2", "html:user.add#3", "moved#5"]);
    let body = r#"{"EMAIL": "new@romashka.example", "UF_DEPARTMENT": [5]}"#;
    let statuses: Vec<u16> = (0..4).map(|_| call(&sandbox, "user.add", body).status).collect();
    assert_eq!(statuses, [503, 500, 502, 200]);
    let moved = call(&sandbox, "profile", "{}");
    assert_eq!(moved.status, 302);
    let port = sandbox.base_url().rsplit(':').next().unwrap().to_owned();
    assert!(moved.head.contains(&format!("http://localhost:{port}/rest/1/demo/profile")), "{}", moved.head);
    assert_eq!(call(&sandbox, "profile", "{}").status, 200);
}

#[test]
fn a_fault_on_a_command_strikes_the_whole_batch() {
    let sandbox = broken(&["error:user.update#1", "lost-reply:user.update#2"]);
    let body = r#"{"cmd": {"a": "user.update?ID=7&NAME=A", "b": "profile"}}"#;
    assert_eq!(call(&sandbox, "batch", body).status, 500);
    assert_eq!(result(&sandbox, "user.get", r#"{"ID": 7}"#)[0]["NAME"], "Пётр", "nothing was done");
    let head = format!("POST {} HTTP/1.1\r\nContent-Type: application/json", path(&sandbox, "batch"));
    assert!(send(sandbox.base_url(), &head, body).is_none());
    assert_eq!(result(&sandbox, "user.get", r#"{"ID": 7}"#)[0]["NAME"], "A");
    let rows = get(sandbox.base_url(), "/sandbox/requests").json();
    let commands: Vec<bool> =
        rows.as_array().unwrap().iter().map(|row| row["batch"].as_bool().unwrap()).collect();
    assert_eq!(commands, [false, true, true, false, false, true, true, false]);
}

#[test]
fn a_closed_method_opens_again() {
    let sandbox = broken(&["limit:user.add=1s"]);
    let seen = call(&sandbox, "user.add", "{}");
    assert_eq!((seen.status, seen.json()["error"].clone()), (429, json!("OPERATION_TIME_LIMIT")));
    assert_eq!(call(&sandbox, "profile", "{}").status, 200);
    let batch = result(&sandbox, "batch", r#"{"cmd": {"a": "user.add?EMAIL=x", "b": "profile"}}"#);
    assert_eq!(batch["result_error"]["a"]["error"], "OPERATION_TIME_LIMIT");
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(call(&sandbox, "user.add", "{}").status, 400);
}

#[test]
fn latency_waits_and_counts_and_work_outlives_the_caller() {
    let sandbox = with(|_, options| options.latencies = vec!["user.update=300ms".parse().unwrap()]);
    let begun = Instant::now();
    let seen = call(&sandbox, "user.update", r#"{"ID": 7, "NAME": "A"}"#).json();
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(seen["time"]["operating"].as_f64().unwrap() >= 0.3);
    let address = sandbox.base_url().trim_start_matches("http://").to_owned();
    let body = r#"{"ID": 7, "NAME": "B"}"#;
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
        path(&sandbox, "user.update"),
        body.len()
    );
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    drop(stream);
    assert_eq!(result(&sandbox, "user.get", r#"{"ID": 7}"#)[0]["NAME"], "A");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(result(&sandbox, "user.get", r#"{"ID": 7}"#)[0]["NAME"], "B");
}

#[test]
fn people_can_be_played() {
    let sandbox = sandbox();
    let post = |name: &str, body: &str| post(sandbox.base_url(), &format!("/sandbox/{name}"), body).status;
    assert_eq!(
        post("edit", r#"{"id": 7, "fields": {"EMAIL": "OLD@romashka.example", "WORK_PHONE": "1"}}"#),
        200,
        "unchecked"
    );
    assert_eq!(result(&sandbox, "user.get", r#"{"ID": 7}"#)[0]["WORK_PHONE"], "1");
    for (name, body, status) in [
        ("edit", r#"{"id": 999, "fields": {}}"#, 404),
        ("edit", r#"{"id": 7}"#, 400),
        ("passport", r#"{"from": "nobody@x.example", "to": "x@x.example"}"#, 404),
        ("passport", r#"{"from": "director@romashka.example"}"#, 400),
        ("accept", r#"{"email": "nobody@x.example"}"#, 404),
        ("token", r#"{"user": 999}"#, 404),
        ("token", "{", 400),
        ("nothing", "{}", 404),
    ] {
        assert_eq!(post(name, body), status, "{name} {body}");
    }
    assert_eq!(
        get(sandbox.base_url(), "/sandbox/requests").json().as_array().unwrap().len(),
        1,
        "control is not listed"
    );
}

#[test]
fn the_state_is_a_portal_file_that_answers_the_same() {
    let sandbox = sandbox();
    result(
        &sandbox,
        "user.add",
        r#"{"EMAIL": "new@romashka.example", "UF_DEPARTMENT": [5], "XML_ID": "1c:10"}"#,
    );
    result(&sandbox, "user.update", r#"{"ID": 8, "EMAIL": "parked@romashka.example"}"#);
    let state = get(sandbox.base_url(), "/sandbox/state").body;
    assert!(!state.contains("refresh_token") && !state.contains("client_secret"));
    let again = shtat::sandbox::start(
        shtat::sandbox::PortalFile::parse(&state, "state").unwrap(),
        Default::default(),
    )
    .unwrap();
    for (method, body) in
        [("user.get", r#"{"ADMIN_MODE": 1}"#), ("department.get", "{}"), ("sonet_group.get", "{}")]
    {
        assert_eq!(result(&sandbox, method, body), result(&again, method, body));
    }
    assert_eq!(
        refusal(&again, "user.add", r#"{"EMAIL": "old@romashka.example", "UF_DEPARTMENT": [5]}"#).0,
        "ERROR_ARGUMENT"
    );
    let again_state = get(again.base_url(), "/sandbox/state").body;
    assert_eq!(again_state, state);
}
