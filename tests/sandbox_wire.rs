//! Routes, authorization, envelopes and limits of the imitated portal, over raw HTTP.

mod sandbox_support;

use sandbox_support::{call, get, path, post, refusal, result, sandbox, send, with};
use serde_json::json;
use shtat::sandbox::Preset;

#[test]
fn every_way_to_call_is_understood() {
    let sandbox = sandbox();
    let base = sandbox.base_url();
    for name in ["user.get", "User.Get", "user.get.json", "user.get/"] {
        let seen = get(base, &format!("{}?ID=7", path(&sandbox, name)));
        assert_eq!(seen.json()["result"][0]["ID"], "7", "{name}");
    }
    let form = "POST {} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let head = form.replace("{}", &path(&sandbox, "user.get"));
    let seen = send(base, &head, "FILTER%5BID%5D=7&select[]=ID").unwrap();
    assert_eq!(seen.json()["result"], json!([{"ID": "7"}]));
    let seen = post(base, &format!("{}?ID=8", path(&sandbox, "user.get")), r#"{"ID": 7}"#);
    assert_eq!(seen.json()["result"][0]["ID"], "7", "the body wins");
    let seen = post(base, &path(&sandbox, "user.get"), r#"{"ID": 7"#);
    assert_eq!(seen.status, 200, "unreadable JSON is no parameters");
    assert_eq!(seen.json()["total"], 3);
}

#[test]
fn the_envelope_has_its_types() {
    let sandbox = sandbox();
    let seen = call(&sandbox, "user.get", "{}");
    assert!(seen.head.to_lowercase().contains("content-type: application/json"));
    let json = seen.json();
    assert!(json["total"].is_u64() && json.get("next").is_none());
    let time = &json["time"];
    assert!(time["start"].is_i64() && time["finish"].is_f64() && time["duration"].is_f64());
    assert!(time["processing"].is_i64() && time["operating_reset_at"].is_i64());
    assert_eq!(time["operating"], json!(0));
    assert!(time["date_start"].as_str().unwrap().ends_with("+03:00"));
    let empty = call(&sandbox, "user.get", r#"{"FILTER": {"XML_ID": "nobody"}}"#).json();
    assert_eq!(empty["result"], json!([]));
    assert_eq!(empty.get("total"), None, "an empty page has no total");
    let on_box = with(|_, options| options.preset = Some(Preset::Box));
    assert_eq!(call(&on_box, "profile", "{}").json()["time"].get("operating"), None);
}

#[test]
fn who_may_call() {
    let sandbox = sandbox();
    let base = sandbox.base_url();
    let error = |path: &str| {
        let seen = post(base, path, "{}");
        (seen.status, seen.json()["error"].as_str().unwrap().to_owned())
    };
    assert_eq!(error("/rest/1/wrong/profile"), (401, "INVALID_CREDENTIALS".into()));
    assert_eq!(error("/rest/7/demo/profile"), (401, "INVALID_CREDENTIALS".into()));
    assert_eq!(error("/rest/profile"), (401, "NO_AUTH_FOUND".into()));
    assert_eq!(error("/rest/nothing?auth=x"), (401, "invalid_token".into()), "the token is looked at first");
    assert_eq!(error("/rest/1/demo/user.nothing"), (404, "ERROR_METHOD_NOT_FOUND".into()));
    assert_eq!(error("/rest/1/demo/user.get.xml").0, 404);
    assert_eq!(error("/rest/api/1/demo/user.get").0, 404);
    assert_eq!(error("/rest/1/demo/humanresources.hcmlink.company.list"), (403, "WRONG_AUTH_TYPE".into()));
    let narrow = with(|file, _| file.scopes = Some(vec!["department".into()]));
    let seen = call(&narrow, "user.get", "{}");
    assert_eq!((seen.status, seen.json()["error"].clone()), (401, json!("insufficient_scope")));
    assert_eq!(result(&narrow, "scope", "{}"), json!(["department"]));
    assert_eq!(
        result(&narrow, "method.get", r#"{"name": "user.add"}"#),
        json!({"isExisting": true, "isAvailable": false})
    );
}

#[test]
fn a_webhook_dies_with_its_owner() {
    let sandbox = sandbox();
    assert_eq!(result(&sandbox, "user.update", r#"{"ID": 1, "ACTIVE": "N"}"#), json!(true));
    let seen = call(&sandbox, "profile", "{}");
    assert_eq!((seen.status, seen.json()["error"].clone()), (401, json!("authorization_error")));
    assert_eq!(seen.json()["error_description"], "Unable to authorize user");
}

#[test]
fn tokens_work_rotate_and_die() {
    let sandbox = with(|_, options| options.faults = vec!["expire-token#3".parse().unwrap()]);
    let base = sandbox.base_url();
    let tokens = post(base, "/sandbox/token", r#"{"user": 1}"#).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    assert_eq!(
        (tokens["expires_in"].clone(), tokens["user_id"].clone(), tokens["status"].clone()),
        (json!(3600), json!(1), json!("L"))
    );
    let access = text(&tokens["access_token"]);
    assert_eq!(post(base, "/rest/profile", &json!({"auth": access}).to_string()).json()["result"]["ID"], "1");
    let bearer = format!("GET /rest/profile HTTP/1.1\r\nAuthorization: Bearer {access}");
    assert_eq!(send(base, &bearer, "").unwrap().status, 200);
    let seen = get(base, &format!("/rest/profile?access_token={access}"));
    assert_eq!((seen.status, seen.json()["error"].clone()), (401, json!("expired_token")));
    let (id, secret) = (text(&tokens["client_id"]), text(&tokens["client_secret"]));
    assert!((id.clone() + &secret).chars().all(|c| c.is_ascii_alphanumeric() || c == '.'));
    let ask = |id: &str, secret: &str, grant: &str| {
        let seen = get(base, &format!("/oauth/token/?client_id={id}&client_secret={secret}&{grant}"));
        (seen.status, seen.json())
    };
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&tokens["refresh_token"]));
    assert_eq!(ask("x", &secret, &refresh).1["error"], "wrong_client");
    assert_eq!(ask("x", &secret, &refresh).0, 200);
    assert_eq!(
        (ask(&id, "x", &refresh).0, ask(&id, "x", &refresh).1["error"].clone()),
        (400, json!("invalid_client"))
    );
    let (status, fresh) = ask(&id, &secret, &refresh);
    assert_eq!(status, 200);
    assert_eq!(post(base, "/rest/profile", &json!({"auth": fresh["access_token"]}).to_string()).status, 200);
    assert_eq!(ask(&id, &secret, &refresh).1["error"], "invalid_grant", "a refresh token works once");
    assert_eq!(
        ask(&id, &secret, "grant_type=authorization_code&code=x"),
        (400, json!({"error": "invalid_grant", "error_description": "Invalid grant"}))
    );
}

#[test]
fn the_rate_refuses_the_fifty_first_call() {
    let sandbox = sandbox();
    let statuses: Vec<u16> = (0..60).map(|_| call(&sandbox, "server.time", "{}").status).collect();
    assert!(statuses[..50].iter().all(|status| *status == 200));
    assert!(statuses.contains(&503));
    let refused =
        (0..60).map(|_| call(&sandbox, "server.time", "{}")).find(|seen| seen.status == 503).unwrap();
    assert_eq!(
        refused.json(),
        json!({"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"})
    );
    let free = with(|_, options| options.rate = Some(false));
    assert!((0..120).all(|_| call(&free, "server.time", "{}").status == 200));
}

#[test]
fn batches_keep_order_and_php_shapes() {
    let sandbox = sandbox();
    let seen = call(
        &sandbox,
        "batch",
        r#"{"cmd": {"b": "user.get?ID=7", "a": "department.get?ID=5", "x": "user.nothing"}}"#,
    );
    let (first, second) = (seen.body.find("\"b\":[{").unwrap(), seen.body.find("\"a\":[{").unwrap());
    assert!(first < second, "{}", seen.body);
    let json = seen.json();
    let result = &json["result"];
    assert_eq!(result["result"]["b"][0]["ID"], "7");
    assert_eq!(result["result_error"]["x"]["error"], "ERROR_METHOD_NOT_FOUND");
    assert_eq!(result["result_total"], json!({"b": 1, "a": 1}));
    assert_eq!(result["result_next"], json!([]));
    assert!(result["result_time"]["b"]["operating_reset_at"].is_i64());
    assert!(result["result"]["b"][0]["TIMESTAMP_X"].is_string(), "a text in a batch");
    let list = call(&sandbox, "batch", r#"{"cmd": ["server.time", "profile"]}"#).json();
    assert_eq!(list["result"]["result"].as_array().unwrap().len(), 2);
    assert_eq!(list["result"]["result_error"], json!([]));
}

#[test]
fn batches_halt_count_and_refuse() {
    let sandbox = sandbox();
    let halted = result(&sandbox, "batch", r#"{"halt": 1, "cmd": {"a": "user.nothing", "b": "profile"}}"#);
    assert_eq!(halted["result"], json!([]));
    assert_eq!(halted["result_error"].as_object().unwrap().len(), 1);
    let many: serde_json::Map<String, serde_json::Value> =
        (0..52).map(|n| (format!("c{n:02}"), json!("server.time"))).collect();
    let many = result(&sandbox, "batch", &json!({"cmd": many}).to_string());
    assert_eq!(many["result"].as_object().unwrap().len(), 50);
    assert_eq!(many["result_error"]["c51"]["error"], "ERROR_BATCH_LENGTH_EXCEEDED");
    let nested = result(&sandbox, "batch", r#"{"cmd": {"a": "batch?cmd[x]=profile"}}"#);
    assert_eq!(nested["result_error"]["a"]["error"], "ERROR_BATCH_METHOD_NOT_ALLOWED");
    let typed =
        result(&sandbox, "batch", r#"{"cmd": {"a": "user.update?ID=8&ACTIVE=false", "b": "user.get?ID=8"}}"#);
    assert_eq!(typed["result"]["b"][0]["ACTIVE"], true, "in a batch the text false activates");
    let chained = result(
        &sandbox,
        "batch",
        r#"{"cmd": {"a": "user.get?ID=7", "b": "user.get?ID=$result[a][0][ID]&select[]=ID"}}"#,
    );
    assert_eq!(chained["result"]["b"], json!([{"ID": "7"}]));
}

#[test]
fn strict_turns_traps_into_errors() {
    let strict = with(|_, options| options.strict = true);
    for (method, body) in [
        ("user.get", r#"{"FILTER": {"XMLID": "x"}}"#),
        ("user.get", r#"{"FILTER": {"ACTIVE": "false"}}"#),
        ("user.get", r#"{"sort": "ID"}"#),
        ("user.get", r#"{"FILTER": "#),
        ("user.update", r#"{"ID": 7, "ACTIVE": "false"}"#),
        ("user.update", r#"{"ID": 7, "LOGIN": "x"}"#),
        ("department.get", r#"{"name": "x"}"#),
        ("department.get", r#"{"SORT": "NAME"}"#),
    ] {
        assert_eq!(refusal(&strict, method, body).0, "STRICT", "{method} {body}");
    }
    assert_eq!(result(&strict, "user.get", r#"{"ID": 7, "b24_request_id": "x"}"#)[0]["ID"], "7");
}
