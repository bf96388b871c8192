//! The client against answers that no good portal gives: it believes nothing that does not fit,
//! sends no write twice, and shows no secret.

mod portal_support;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use portal_support::{Asked, Quiet, Reply, Responder, SECRET};
use serde_json::{Value, json};
use shtat::{
    model::{AccountId, DepartmentId, Email, GroupId},
    portal::{Client, Listener, Notice, PortalError, PortalFault, ReadPortal, WritePortal},
};

fn update(client: &Client) -> Result<(), PortalError> {
    client.update_user(AccountId(42), &BTreeMap::from([("NAME".to_owned(), json!("Анна"))]))
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}

fn html(status: u16) -> Reply {
    raw(&format!("HTTP/1.1 {status} X\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"))
}

fn redirect(location: &str) -> Reply {
    raw(&format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
}

/// A gzip answer of 80 MB in 440 kB: one fixed-Huffman block of repeats, 258 bytes in 13 bits.
fn bomb() -> Reply {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
    let mut push = |value: u32, count: u32| {
        held |= value << bits;
        bits += count;
        while bits >= 8 {
            bytes.push(held as u8);
            held >>= 8;
            bits -= 8;
        }
    };
    push(0b011, 3);
    // The literal `[`, code 0x30 + 0x5b, most significant bit first.
    push(u32::from((0x30u8 + 0x5b).reverse_bits()), 8);
    for _ in 0..310_000 {
        push(u32::from(0b1100_0101u8.reverse_bits()), 8);
        push(0, 5);
    }
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let body = [&head[..], &bytes].concat();
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    Reply::Raw(answer)
}

fn error(status: u16, code: &str) -> Reply {
    Reply::Json(
        status,
        json!({"error": code, "error_description": format!("see /rest/7/{SECRET}/ or a@b.example")}),
    )
}

type Strike = (&'static str, fn() -> Reply, fn(&PortalFault) -> bool);

/// Every way to answer a write without saying that it was done, and what it must be taken for.
fn strikes() -> Vec<Strike> {
    let lost: fn(&PortalFault) -> bool = |fault| matches!(fault, PortalFault::Lost { .. });
    let busy: fn(&PortalFault) -> bool = |fault| matches!(fault, PortalFault::Busy { .. });
    let access: fn(&PortalFault) -> bool = |fault| matches!(fault, PortalFault::Access { .. });
    let refused: fn(&PortalFault) -> bool = |fault| matches!(fault, PortalFault::Refused { .. });
    vec![
        ("dropped", || Reply::Drop, lost),
        ("HTML 502", || html(502), lost),
        ("HTML 200", || html(200), lost),
        ("HTML 403", || html(403), lost),
        ("HTML 503", || html(503), lost),
        ("truncated", || raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"result\":tr"), lost),
        ("no HTTP", || raw("220 mail.example ESMTP\r\n"), lost),
        ("gzip bomb", bomb, lost),
        ("500", || error(500, "INTERNAL_SERVER_ERROR"), lost),
        ("503 rate", || error(503, "QUERY_LIMIT_EXCEEDED"), busy),
        ("429", || error(429, "OPERATION_TIME_LIMIT"), busy),
        ("blocked", || error(503, "OVERLOAD_LIMIT"), |fault| matches!(fault, PortalFault::Gone { .. })),
        ("confirm", || error(401, "METHOD_CONFIRM_WAITING"), access),
        ("wrong secret", || error(401, "INVALID_CREDENTIALS"), access),
        ("dismissed owner", || error(401, "authorization_error"), access),
        ("refused", || error(400, "ERROR_CORE"), refused),
        (
            "numeric",
            || Reply::Json(200, json!({"error": 510, "error_description": "Operation failed"})),
            refused,
        ),
        ("inside", || Reply::Json(200, json!({"result": {"error": 0, "error_description": "no"}})), refused),
        (
            "false",
            || Reply::Json(200, json!({"result": false})),
            |fault| matches!(fault, PortalFault::Broken { .. }),
        ),
        ("login page", || redirect("/auth/?backurl=1"), lost),
        (
            "plain http",
            || redirect("http://other.example/rest/"),
            |fault| matches!(fault, PortalFault::Local { .. }),
        ),
    ]
}

#[test]
fn a_write_leaves_once_whatever_comes_back() {
    for (name, reply, fits) in strikes() {
        let portal = Responder::start(move |_, _| reply());
        let error = update(&portal.client()).unwrap_err();
        assert!(fits(&error.fault), "{name}: {error}");
        assert_eq!(portal.count(), 1, "{name}");
        let shown = format!("{error} {error:?} {:?}", error.problem("main"));
        assert!(!shown.contains(SECRET) && !shown.contains("a@b.example"), "{name}: {shown}");
    }
}

#[test]
fn a_write_on_a_kept_connection_that_breaks_leaves_once_too() {
    let portal = Responder::start(|number, _| match number {
        0 => Reply::Json(200, json!({"result": true})),
        _ => Reply::Drop,
    });
    let client = portal.client();
    update(&client).unwrap();
    assert!(matches!(update(&client).unwrap_err().fault, PortalFault::Lost { .. }));
    assert_eq!(portal.count(), 2);
}

#[test]
fn a_slow_answer_is_a_lost_one() {
    let portal = Responder::start(|_, _| Reply::Slow(Duration::from_secs(3), json!({"result": true})));
    let mut options = portal.options();
    options.timeout = Duration::from_millis(200);
    let error = update(&Client::open(options).unwrap()).unwrap_err();
    assert!(matches!(error.fault, PortalFault::Lost { .. }), "{error}");
    assert!(error.to_string().contains("no answer within 0.2 s"), "{error}");
    assert_eq!(portal.count(), 1);
}

#[test]
fn nobody_listening_is_out_of_reach() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = Responder { port, requests: Arc::default() };
    let error = update(&nobody.client()).unwrap_err();
    assert!(matches!(error.fault, PortalFault::Unreachable { .. }), "{error}");
    assert!(error.changed_nothing() && !error.to_string().contains(SECRET));
}

#[test]
fn a_read_is_repeated_until_it_is_answered() {
    let portal = Responder::start(|number, _| match number {
        0 => html(502),
        1 => Reply::Drop,
        _ => {
            Reply::Json(200, json!({"result": [{"ID": "42", "EMAIL": "a@b.example", "UF_DEPARTMENT": [1]}]}))
        }
    });
    let account = portal.client().account(AccountId(42)).unwrap().unwrap();
    assert_eq!((account.id, portal.count()), (AccountId(42), 3));
}

#[test]
fn a_read_is_given_up_after_four_repeats() {
    let portal = Responder::start(|_, _| error(500, "INTERNAL_SERVER_ERROR"));
    let error = portal.client().account(AccountId(42)).unwrap_err();
    assert!(matches!(error.fault, PortalFault::Lost { .. }), "{error}");
    assert_eq!(portal.count(), 5);
}

#[test]
fn a_refused_read_is_not_repeated() {
    let portal = Responder::start(|_, _| error(401, "INVALID_CREDENTIALS"));
    assert!(portal.client().account(AccountId(42)).unwrap_err().ends_run());
    assert_eq!(portal.count(), 1);
}

#[test]
fn a_stopped_run_waits_no_longer() {
    let portal = Responder::start(|_, _| html(502));
    let options = portal.options();
    options.cancel.cancel();
    let error = Client::open(options).unwrap().account(AccountId(42)).unwrap_err();
    assert!(error.to_string().contains("stopped"), "{error}");
    assert_eq!(portal.count(), 0);
}

#[test]
fn rows_that_were_not_asked_for_are_not_believed() {
    let stranger =
        json!({"ID": "1", "XML_ID": "1c:other", "EMAIL": "boss@b.example", "NAME": "IT", "PARENT": "9"});
    let portal = Responder::start(move |_, asked| {
        let one = json!([stranger]);
        match asked.path.ends_with("/batch") {
            true => Reply::Json(
                200,
                json!({"result": {"result": {"c00": one, "c01": {"ID": 1}}, "result_error": []}}),
            ),
            false => Reply::Json(200, json!({"result": one, "total": 1})),
        }
    });
    let client = portal.client();
    let outcomes: [(&str, Result<(), PortalError>); 5] = [
        ("id", client.account(AccountId(42)).map(drop)),
        ("key", client.accounts_with_key("1c:person-1").map(drop)),
        ("email", client.accounts_with_email(&Email::parse("a@b.example").unwrap()).map(drop)),
        ("department", client.departments_named(DepartmentId(1), "IT").map(drop)),
        ("group", client.group(GroupId(64)).map(drop)),
    ];
    for (name, outcome) in outcomes {
        let error = outcome.unwrap_err();
        assert!(matches!(error.fault, PortalFault::Broken { .. }), "{name}: {error}");
    }
}

#[test]
fn a_portal_that_ignores_filters_is_never_planned_against() {
    let portal = Responder::start(|_, _| {
        let result = json!({"c00": {"ID": "7", "ADMIN": true}, "c01": ["user"], "c02": [{"ID": "1"}], "c03": [{"ID": "1"}],
            "c04": [{"ID": "1", "NAME": "Ромашка"}], "c05": []});
        Reply::Json(
            200,
            json!({"result": {"result": result, "result_error": [], "result_total": {"c03": 1, "c04": 1}}}),
        )
    });
    let error = portal.client().snapshot(&Quiet).unwrap_err();
    assert!(matches!(&error.fault, PortalFault::Broken { cause } if cause.contains("XML_ID")), "{error}");
}

#[test]
fn whoever_is_no_administrator_does_not_see_everybody() {
    let portal = Responder::start(|_, _| {
        let result = json!({"c00": {"ID": "7", "ADMIN": false}, "c01": ["user"], "c02": [], "c03": [], "c04": [], "c05": []});
        Reply::Json(200, json!({"result": {"result": result, "result_error": []}}))
    });
    let error = portal.client().snapshot(&Quiet).unwrap_err();
    assert!(error.ends_run() && error.to_string().contains("not_an_administrator"), "{error}");
}

/// Sends everybody who asks at 127.0.0.1 to `localhost`.
fn moved_portal() -> Responder {
    let port = Arc::new(Mutex::new(0));
    let known = port.clone();
    let portal = Responder::start(move |_, asked: &Asked| {
        if asked.host.starts_with("127.0.0.1") {
            return redirect(&format!("http://localhost:{}{}", known.lock().unwrap(), asked.path));
        }
        Reply::Json(200, json!({"result": true}))
    });
    *port.lock().unwrap() = portal.port;
    portal
}

#[test]
fn a_moved_portal_is_asked_again_with_the_same_body_and_told_once() {
    let portal = moved_portal();
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let mut options = portal.options();
    options.listener = Some(Listener::new(move |notice: &Notice| heard.lock().unwrap().push(notice.clone())));
    let client = Client::open(options).unwrap();
    update(&client).unwrap();
    update(&client).unwrap();
    let requests = portal.requests.lock().unwrap().clone();
    let bodies: Vec<&Value> = requests.iter().map(|asked| &asked.body).collect();
    assert_eq!(bodies, [&json!({"ID": 42, "NAME": "Анна"}); 3]);
    let notices = notices.lock().unwrap();
    let [Notice::Moved { from, to }] = notices.as_slice() else { panic!("{notices:?}") };
    assert!(from.starts_with("127.0.0.1") && to.starts_with("localhost"));
}

#[test]
fn many_threads_may_find_the_portal_moved_at_once() {
    let portal = moved_portal();
    let client = portal.client();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| update(&client).unwrap());
        }
    });
    let done =
        portal.requests.lock().unwrap().iter().filter(|asked| asked.host.starts_with("localhost")).count();
    assert_eq!(done, 8);
}

#[test]
fn plain_http_is_for_this_machine() {
    let url = shtat::portal::SecretUrl::parse(&format!("http://portal.example/rest/7/{SECRET}/")).unwrap();
    let access = shtat::portal::Access::Webhook(url);
    let options = shtat::portal::ClientOptions::new(access, shtat::model::Edition::Box);
    let error = Client::open(options).err().unwrap();
    assert!(error.to_string().contains("plain http") && !error.to_string().contains(SECRET), "{error}");
}

/// Runs one test of this file again, in a process with another environment.
fn again(test: &str, environment: &[(&str, &str)]) {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test]).envs(environment.iter().copied());
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn this_machine_is_asked_past_every_proxy_and_without_certificates() {
    let proxy = "http://127.0.0.1:9";
    let nowhere = "/nonexistent";
    again(
        "a_read_is_repeated_until_it_is_answered",
        &[
            ("HTTP_PROXY", proxy),
            ("http_proxy", proxy),
            ("ALL_PROXY", proxy),
            ("SSL_CERT_FILE", nowhere),
            ("SSL_CERT_DIR", nowhere),
        ],
    );
}
