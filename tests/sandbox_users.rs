//! People of the imitated portal against the reference, section 4.

mod sandbox_support;

use sandbox_support::{call, get, ids, path, post, refusal, result, sandbox, with};
use serde_json::{Value, json};
use shtat::sandbox::{Preset, Sandbox};

fn found(sandbox: &Sandbox, body: &str) -> Vec<String> {
    let rows = result(sandbox, "user.get", body);
    ids(&rows).into_iter().map(str::to_owned).collect()
}

fn outbox(sandbox: &Sandbox) -> Value {
    get(sandbox.base_url(), "/sandbox/outbox").json()
}

#[test]
fn unknown_filters_return_everybody() {
    let sandbox = sandbox();
    for filter in [
        r#"{"FILTER": {"XMLID": "1c:7"}}"#,
        r#"{"FILTER": {"LOGIN": "x"}}"#,
        r#"{"FILTER": {"!=%NAME": "x"}}"#,
        r#"{"FILTER": {}, "XML_ID": "1c:7"}"#,
        r#"{"filter": {"email": "nobody@x.example"}}"#,
    ] {
        assert_eq!(found(&sandbox, filter), ["1", "7", "8"], "{filter}");
    }
    assert_eq!(found(&sandbox, r#"{"xml_id": "1c:7"}"#), ["7"], "at the root names are in any case");
}

#[test]
fn the_state_is_asked_for_with_php_eyes() {
    let sandbox = sandbox();
    for (value, expected) in [
        ("\"Y\"", vec!["1", "7"]),
        ("true", vec!["1", "7"]),
        ("\"false\"", vec!["1", "7"]),
        ("1", vec!["1", "7"]),
        ("\"N\"", vec!["8"]),
        ("false", vec!["8"]),
        ("0", vec!["8"]),
    ] {
        assert_eq!(found(&sandbox, &format!(r#"{{"FILTER": {{"ACTIVE": {value}}}}}"#)), expected, "{value}");
    }
}

#[test]
fn who_is_seen_depends_on_admin_mode() {
    let sandbox = sandbox();
    assert_eq!(found(&sandbox, "{}"), ["1", "7", "8"]);
    for mode in ["true", "\"Y\"", "\"false\"", "1"] {
        assert_eq!(found(&sandbox, &format!(r#"{{"ADMIN_MODE": {mode}}}"#)), ["1", "7", "8", "9"], "{mode}");
    }
    assert_eq!(found(&sandbox, r#"{"ID": 9}"#), ["9"], "an exact ID lifts it");
    assert_eq!(found(&sandbox, r#"{"FILTER": {">ID": 8}}"#), Vec::<String>::new());
    let partner = with(|file, _| file.groups[0].set("MEMBERS", json!([1, 7, 9])));
    assert_eq!(found(&partner, "{}"), ["1", "7", "8", "9"], "partners of own groups");
    let no_extranet = with(|file, _| file.extranet = false);
    assert_eq!(found(&no_extranet, "{}"), ["1", "7", "8", "9"]);
    let no_admin = with(|file, _| file.admin = false);
    assert_eq!(found(&no_admin, r#"{"ADMIN_MODE": true}"#), ["1", "7", "8"]);
}

#[test]
fn operators_compare() {
    let sandbox = sandbox();
    let all = |filter: &str| found(&sandbox, &format!(r#"{{"FILTER": {filter}, "ADMIN_MODE": "Y"}}"#));
    assert_eq!(all(r#"{">ID": 7}"#), ["8", "9"]);
    assert_eq!(all(r#"{">=ID": "7", "<ID": 9}"#), ["7", "8"]);
    assert_eq!(all(r#"{"!ID": 7}"#), ["1", "8", "9"]);
    assert_eq!(all(r#"{"@ID": [7, 8]}"#), ["7", "8"]);
    assert_eq!(all(r#"{"ID": [9, 7]}"#), ["7", "9"]);
    assert_eq!(all(r#"{"!@ID": [7, 8]}"#), ["1", "9"]);
    assert_eq!(all(r#"{"%LAST_NAME": "рло"}"#), ["1"]);
    assert_eq!(all(r#"{"!%LAST_NAME": "рло"}"#), ["7", "8", "9"]);
    assert_eq!(all(r#"{"=%LAST_NAME": "В%"}"#), ["7"]);
    assert_eq!(all(r#"{"%=NAME": "%а"}"#), ["1", "8"]);
    assert_eq!(all(r#"{"UF_DEPARTMENT": 5}"#), ["7"]);
    assert_eq!(all(r#"{"USER_TYPE": "extranet"}"#), ["9"]);
    assert_eq!(all(r#"{"HAS_DEPARTAMENT": "Y"}"#), ["1", "7", "8"]);
    assert_eq!(all(r#"{"NAME_SEARCH": "волк пётр"}"#), ["7"]);
    assert_eq!(all(r#"{">LAST_LOGIN": "2026-11-19"}"#), ["1"]);
    assert_eq!(all(r#"{">LAST_LOGIN": "19.11.2026"}"#), Vec::<String>::new());
    assert_eq!(all(r#"{"XML_ID": "1c:8", "ACTIVE": true}"#), Vec::<String>::new());
    assert_eq!(all(r#"{"EMAIL": "Old@romashka.example"}"#), ["8"]);
}

#[test]
fn pages_have_fifty_rows() {
    let sandbox = with(|file, options| {
        options.rate = Some(false);
        for id in 100..260 {
            let row = json!({"ID": id.to_string(), "EMAIL": format!("p{id}@romashka.example"), "UF_DEPARTMENT": [5]});
            file.users.push(serde_json::from_value(row).unwrap());
        }
    });
    let first = call(&sandbox, "user.get", "{}").json();
    assert_eq!((first["total"].clone(), first["next"].clone()), (json!(163), json!(50)));
    let last = call(&sandbox, "user.get", r#"{"start": 150}"#).json();
    assert_eq!((last["result"].as_array().unwrap().len(), last.get("next")), (13, None));
    let sweep =
        call(&sandbox, "user.get", r#"{"sort": "ID", "order": "ASC", "FILTER": {">ID": 108}, "start": -1}"#)
            .json();
    assert_eq!(sweep["result"][0]["ID"], "109");
    assert_eq!((sweep["total"].clone(), sweep.get("next")), (json!(0), None));
    let down = call(&sandbox, "user.get", r#"{"SORT": "ID", "ORDER": "DESC"}"#).json();
    assert_eq!(down["result"][0]["ID"], "259");
    let alone = call(&sandbox, "user.get", r#"{"SORT": "LAST_NAME"}"#).json();
    assert_eq!(alone["result"][0]["ID"], "1", "sort without order does not count");
    assert_eq!(refusal(&sandbox, "user.get", r#"{"sort": "LOGIN", "order": "ASC"}"#).0, "ERROR_CORE");
}

#[test]
fn search_finds_words_and_invited_people() {
    let sandbox = sandbox();
    let rows = result(&sandbox, "user.search", r#"{"FILTER": {"FIND": "кладовщик ВОЛК"}}"#);
    assert_eq!(ids(&rows), ["7"]);
    let rows = result(&sandbox, "user.search", r#"{"FILTER": {"UF_DEPARTMENT_NAME": "Бухг"}}"#);
    assert_eq!(ids(&rows), ["8"], "dismissed people too");
    result(&sandbox, "user.add", r#"{"EMAIL": "new@romashka.example", "UF_DEPARTMENT": 5}"#);
    let rows = result(&sandbox, "user.search", r#"{"FILTER": {"!CONFIRM_CODE": "0"}}"#);
    assert_eq!(ids(&rows), ["10"]);
}

#[test]
fn an_added_person_is_invited() {
    let sandbox = sandbox();
    let body = r#"{"EMAIL": " new@romashka.example ", "NAME": "Анна", "SECOND_NAME": "Ивановна", "XML_ID": "1c:10",
        "UF_DEPARTMENT": 5, "PERSONAL_BIRTHDAY": "1990-05-01", "PERSONAL_GENDER": "X", "MESSAGE_TEXT": "Добро <пожаловать>", "LOGIN": "x"}"#;
    let id = result(&sandbox, "user.add", body);
    assert_eq!(id, json!(10));
    let user = &result(&sandbox, "user.get", r#"{"XML_ID": "1c:10"}"#)[0];
    assert_eq!(user["EMAIL"], "new@romashka.example");
    assert_eq!((user["ACTIVE"].clone(), user["LAST_LOGIN"].clone()), (json!(true), json!("")));
    assert_eq!((user["UF_DEPARTMENT"].clone(), user["SECOND_NAME"].clone()), (json!([5]), json!("Ивановна")));
    assert_eq!(user["PERSONAL_BIRTHDAY"], "1990-05-01T00:00:00+03:00");
    assert_eq!(user["PERSONAL_GENDER"], "");
    assert_eq!((user.get("LOGIN"), user.get("INVITED")), (None, None));
    let mail = &outbox(&sandbox)[0];
    assert_eq!(mail["email"], "new@romashka.example");
    assert_eq!((mail["user"].clone(), mail["extranet"].clone()), (json!(10), json!(false)));
    assert_eq!(mail["message"], "Добро &lt;пожаловать&gt;");
}

#[test]
fn refusals_come_in_the_portals_order() {
    let add = |sandbox: &Sandbox, body: &str| refusal(sandbox, "user.add", body);
    let argument = |text: &str| ("ERROR_ARGUMENT".to_owned(), text.to_owned());
    let sandbox = sandbox();
    assert_eq!(
        add(&sandbox, r#"{"EXTRANET": "Y", "WORK_PHONE": 1}"#),
        argument("no_sonet_group_for_extranet")
    );
    assert_eq!(add(&sandbox, r#"{"EMAIL": "x", "UF_USR_WORK_X": 1}"#), argument("invalid_type_field"));
    assert_eq!(call(&sandbox, "user.add", r#"{"WORK_PHONE": null}"#).json()["argument"], "WORK_PHONE");
    assert_eq!(add(&sandbox, r#"{"EMAIL": "x"}"#), argument("wrong_email"));
    assert_eq!(
        add(&sandbox, r#"{"EMAIL": "n@romashka.example", "EXTRANET": "y"}"#),
        argument("no_extranet_field")
    );
    let full = with(|file, _| file.seats = Some(2));
    assert_eq!(add(&full, r#"{"EMAIL": "n@romashka.example"}"#), argument("user_count_exceeded"));
    assert_eq!(
        result(&full, "user.add", r#"{"EMAIL": "n@lutik.example", "EXTRANET": "Y", "SONET_GROUP_ID": [64]}"#),
        json!(10),
        "a partner takes no seat"
    );
    let nobody = with(|file, _| file.admin = false);
    assert_eq!(add(&nobody, "{}"), ("ERROR_CORE".to_owned(), "access_denied".to_owned()));
    let mandatory = with(|file, _| {
        let row = json!({"ID": "1", "FIELD_NAME": "UF_USR_X", "USER_TYPE_ID": "string", "MANDATORY": "Y"});
        file.userfields.push(serde_json::from_value(row).unwrap());
    });
    let (code, text) =
        add(&mandatory, r#"{"EMAIL": "n@romashka.example", "UF_DEPARTMENT": [5], "UF_USR_X": "y"}"#);
    assert_eq!(code, "ERROR_ARGUMENT");
    assert!(text.ends_with('\n'));
}

#[test]
fn logins_block_even_when_the_address_has_moved() {
    for preset in [Preset::Cloud, Preset::Box] {
        let sandbox = with(|_, options| options.preset = Some(preset));
        let add = |email: &str| {
            call(&sandbox, "user.add", &json!({"EMAIL": email, "UF_DEPARTMENT": [5]}).to_string())
        };
        assert_eq!(add("OLD@romashka.example").json()["error"], "ERROR_ARGUMENT", "dismissed people block");
        result(&sandbox, "user.update", r#"{"ID": 8, "EMAIL": "parked@romashka.example"}"#);
        assert_eq!(add("old@romashka.example").status, 400, "LOGIN stayed behind");
        assert_eq!(add("parked@romashka.example").status == 400, preset == Preset::Cloud, "EMAIL alone");
        post(
            sandbox.base_url(),
            "/sandbox/passport",
            r#"{"from": "old@romashka.example", "to": "new@romashka.example"}"#,
        );
        assert_eq!(add("old@romashka.example").status, 200, "the login was moved away");
    }
}

#[test]
fn some_refusals_leave_an_account_behind() {
    let sandbox = sandbox();
    let late = r#"{"EMAIL": "late@romashka.example", "UF_DEPARTMENT": [5], "PERSONAL_BIRTHDAY": "01.05.1990", "XML_ID": "1c:20"}"#;
    assert_eq!(refusal(&sandbox, "user.add", late).0, "ERROR_CORE");
    assert_eq!(found(&sandbox, r#"{"XML_ID": "1c:20"}"#), ["10"]);
    assert_eq!(outbox(&sandbox), json!([]), "error 8 sends no mail");
    let groups = r#"{"EMAIL": "p@lutik.example", "EXTRANET": "Y", "SONET_GROUP_ID": [64, 999, 65]}"#;
    assert_eq!(refusal(&sandbox, "user.add", groups).0, "ERROR_NO_GROUP");
    assert_eq!(found(&sandbox, r#"{"EMAIL": "p@lutik.example", "ADMIN_MODE": 1}"#), ["11"]);
    assert_eq!(outbox(&sandbox)[0]["extranet"], true, "error 9 comes after the mail");
    let group = result(&sandbox, "socialnetwork.api.workgroup.get", r#"{"params": {"groupId": 64}}"#);
    assert_eq!(group["INVITED_MEMBERS"], json!([11]));
    let zero = r#"{"EMAIL": "q@lutik.example", "EXTRANET": "Y", "SONET_GROUP_ID": ["x"]}"#;
    assert_eq!(refusal(&sandbox, "user.add", zero).0, "ERROR_GROUPID");
}

#[test]
fn partners_wait_until_they_come() {
    let sandbox = sandbox();
    let body = r#"{"EMAIL": "p@lutik.example", "EXTRANET": "Y", "SONET_GROUP_ID": 64, "UF_DEPARTMENT": [5]}"#;
    assert_eq!(result(&sandbox, "user.add", body), json!(10));
    let user = &result(&sandbox, "user.get", r#"{"ID": 10}"#)[0];
    assert_eq!((user["UF_DEPARTMENT"].clone(), user["USER_TYPE"].clone()), (json!([]), json!("extranet")));
    let members = || result(&sandbox, "sonet_group.user.get", r#"{"ID": 64}"#).to_string();
    assert!(!members().contains("\"10\""));
    assert_eq!(post(sandbox.base_url(), "/sandbox/accept", r#"{"email": "p@lutik.example"}"#).status, 200);
    assert!(members().contains("\"10\""));
    assert_ne!(result(&sandbox, "user.get", r#"{"ID": 10}"#)[0]["LAST_LOGIN"], "");
}

#[test]
fn updates_change_what_they_name() {
    let sandbox = sandbox();
    let update = |body: &str| result(&sandbox, "user.update", body);
    assert_eq!(update(r#"{"ID": 7, "WORK_PHONE": 123, "UF_DEPARTMENT": 6, "NOTHING": 1}"#), json!(true));
    let user = &result(&sandbox, "user.get", r#"{"ID": 7}"#)[0];
    assert_eq!((user["WORK_PHONE"].clone(), user["UF_DEPARTMENT"].clone()), (json!("123"), json!([6])));
    assert_eq!((user["ACTIVE"].clone(), user.get("NOTHING")), (json!(true), None));
    update(r#"{"ID": 7, "ACTIVE": false, "WORK_PHONE": ""}"#);
    let user = &result(&sandbox, "user.get", r#"{"ID": 7}"#)[0];
    assert_eq!((user["ACTIVE"].clone(), user["WORK_PHONE"].clone()), (json!(false), json!("")));
    assert_eq!((user["UF_DEPARTMENT"].clone(), user["USER_TYPE"].clone()), (json!([6]), json!("employee")));
    update(r#"{"ID": 7, "ACTIVE": "false"}"#);
    assert_eq!(result(&sandbox, "user.get", r#"{"ID": 7}"#)[0]["ACTIVE"], true);
    assert_eq!(
        refusal(&sandbox, "user.update", r#"{"NAME": "x"}"#),
        ("ERROR_CORE".into(), "access_denied".into())
    );
    assert_eq!(refusal(&sandbox, "user.update", r#"{"ID": 999}"#), ("ERROR_CORE".into(), String::new()));
    let (code, text) = refusal(&sandbox, "user.update", r#"{"ID": 7, "EMAIL": "OLD@romashka.example"}"#);
    assert_eq!((code.as_str(), text.is_empty()), ("ERROR_CORE", false));
    let on_box = with(|_, options| options.preset = Some(Preset::Box));
    assert_eq!(result(&on_box, "user.update", r#"{"ID": 7, "EMAIL": "old@romashka.example"}"#), json!(true));
}

#[test]
fn who_is_no_administrator_changes_only_oneself() {
    let sandbox = sandbox();
    let token = post(sandbox.base_url(), "/sandbox/token", r#"{"user": 7}"#).json()["access_token"].clone();
    let update = |mut body: Value| {
        body["auth"] = token.clone();
        post(sandbox.base_url(), "/rest/user.update", &body.to_string())
    };
    assert_eq!(update(json!({"ID": 8, "NAME": "x"})).json()["error_description"], "access_denied");
    assert_eq!(
        update(json!({"ID": 7, "WORK_PHONE": "5", "ACTIVE": "N", "UF_DEPARTMENT": [1]})).json()["result"],
        true
    );
    let user = &result(&sandbox, "user.get", r#"{"ID": 7}"#)[0];
    assert_eq!((user["ACTIVE"].clone(), user["UF_DEPARTMENT"].clone()), (json!(true), json!([5])));
    assert_eq!(user["WORK_PHONE"], "5");
}

#[test]
fn narrow_scopes_hide_fields() {
    let brief = with(|file, _| file.scopes = Some(vec!["user_brief".into()]));
    let user = &result(&brief, "user.get", r#"{"ID": 7}"#)[0];
    assert_eq!((user.get("EMAIL"), user["XML_ID"].clone()), (None, json!("1c:7")));
    assert_eq!(
        found(&brief, r#"{"FILTER": {"EMAIL": "nobody@x.example"}}"#),
        ["1", "7", "8"],
        "hidden, so dropped"
    );
    assert_eq!(call(&brief, "user.add", "{}").json()["error"], "insufficient_scope");
}

#[test]
fn the_current_user_has_every_field() {
    let sandbox = sandbox();
    let user = result(&sandbox, "user.current", "{}");
    let fields = result(&sandbox, "user.fields", "{}");
    for name in fields.as_object().unwrap().keys() {
        assert!(user[name].is_string() || user[name].is_boolean() || user[name].is_array(), "{name}");
    }
    let seen =
        get(sandbox.base_url(), &format!("{}?ID=7&select[]=NAME&select[]=LOGIN", path(&sandbox, "user.get")));
    assert_eq!(seen.json()["result"], json!([{"ID": "7", "NAME": "Пётр"}]));
}

#[test]
fn custom_fields_are_kept_and_filtered() {
    let sandbox = sandbox();
    let add = r#"{"fields": {"FIELD_NAME": "1c_guid", "USER_TYPE_ID": "string", "SORT": 123, "SETTINGS": {"ROWS": 3}}}"#;
    let id = result(&sandbox, "user.userfield.add", add);
    assert!(id.is_u64());
    let seen =
        call(&sandbox, "user.userfield.list", r#"{"filter": {"FIELD_NAME": "UF_USR_1C_GUID"}}"#).json();
    assert_eq!(seen["total"], 1);
    let row = &seen["result"][0];
    assert_eq!((row["ID"].clone(), row["SORT"].clone()), (json!(id.to_string()), json!("123")));
    assert_eq!((row["XML_ID"].clone(), row["SETTINGS"]["ROWS"].clone()), (Value::Null, json!(3)));
    result(&sandbox, "user.update", r#"{"ID": 7, "UF_USR_1C_GUID": "abc"}"#);
    assert_eq!(found(&sandbox, r#"{"FILTER": {"UF_USR_1C_GUID": "abc"}}"#), ["7"]);
    assert_eq!(refusal(&sandbox, "user.userfield.add", add).0, "ERROR_CORE");
    assert_eq!(
        refusal(&sandbox, "user.userfield.add", r#"{"fields": {}}"#).1,
        "Argument 'USER_TYPE_ID' is null or empty"
    );
    assert_eq!(
        refusal(&sandbox, "user.userfield.delete", "{}"),
        (String::new(), "ID is not defined or invalid".into())
    );
    assert_eq!(
        result(
            &sandbox,
            "user.userfield.update",
            &json!({"id": id, "fields": {"MANDATORY": "Y"}}).to_string()
        ),
        json!(true)
    );
    assert_eq!(refusal(&sandbox, "user.update", r#"{"ID": 7, "UF_USR_1C_GUID": ""}"#).0, "ERROR_CORE");
    assert_eq!(result(&sandbox, "user.userfield.delete", &json!({"id": id}).to_string()), json!(true));
}

#[test]
fn russian_is_spoken_where_the_portal_does() {
    let sandbox = with(|file, _| file.language = "ru".into());
    let (_, text) =
        refusal(&sandbox, "user.add", r#"{"EMAIL": "old@romashka.example", "UF_DEPARTMENT": [5]}"#);
    assert!(text.contains("существует"), "{text}");
}
