//! Everything that is said at the highest log level, and every error, is searched for the secrets
//! that were in use.

mod portal_support;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
};

use portal_support::{Reply, Responder, SECRET};
use serde_json::json;
use shtat::{
    model::{AccountId, Edition, Email},
    portal::{
        Access, Client, ClientOptions, NewUser, OAuthOptions, PortalError, ReadPortal, SecretUrl, Tokens,
        WritePortal,
    },
};
use tracing_subscriber::fmt::MakeWriter;

/// What must never be seen.
const HIDDEN: [&str; 7] = [
    SECRET,
    "acc3sstok3n",
    "r3fr3shtok3n",
    "n3wacc3ss",
    "n3wr3fr3sh",
    "cl13nts3cr3t",
    "orlova@romashka.example",
];

/// Keeps every byte of the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

/// Answers every kind of failure in turn, each echoing what it was given.
fn spiteful() -> Responder {
    Responder::start(|number, asked| {
        if asked.path.starts_with("/oauth/token/") {
            return Reply::Json(200, json!({"access_token": "n3wacc3ss", "refresh_token": "n3wr3fr3sh"}));
        }
        let echo = format!("{} {}", asked.path, asked.body);
        match number % 5 {
            0 => Reply::Json(400, json!({"error": echo, "error_description": echo})),
            1 => Reply::Json(401, json!({"error": "expired_token", "error_description": echo})),
            2 => Reply::Raw(
                format!("HTTP/1.1 502 {SECRET}\r\nContent-Type: {SECRET}\r\n\r\n{echo}").into_bytes(),
            ),
            3 => Reply::Drop,
            _ => Reply::Raw(
                format!("HTTP/1.1 302 X\r\nLocation: http://x.example/rest/7/{SECRET}/\r\n\r\n").into_bytes(),
            ),
        }
    })
}

fn calls(client: &Client) -> Vec<PortalError> {
    let user = NewUser {
        fields: BTreeMap::from([("EMAIL".to_owned(), json!("orlova@romashka.example"))]),
        extranet_groups: None,
        message: None,
    };
    let email = Email::parse("orlova@romashka.example").unwrap();
    (0..10)
        .filter_map(|_| client.add_user(&user).err())
        .chain(client.account(AccountId(1)).err())
        .chain(client.accounts_with_email(&email).err())
        .collect()
}

#[test]
fn nothing_said_holds_a_secret_or_an_address() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let portal = spiteful();
    let base = format!("http://127.0.0.1:{}", portal.port);
    let application = OAuthOptions {
        client_id: "local.1".into(),
        client_secret: "cl13nts3cr3t".to_owned().into(),
        tokens: Tokens::Held(json!({"access_token": "acc3sstok3n", "refresh_token": "r3fr3shtok3n",
            "client_endpoint": format!("{base}/rest/")})),
        server: base.parse().unwrap(),
    };
    let webhook = Access::Webhook(SecretUrl::parse(&format!("{base}/rest/7/{SECRET}/")).unwrap());
    let mut said = Vec::new();
    for access in [webhook, Access::OAuth(application)] {
        let options = ClientOptions::new(access, Edition::Box);
        said.push(format!("{options:?}"));
        let client = Client::open(options).unwrap();
        said.extend(
            calls(&client).iter().map(|error| format!("{error} {error:?} {:?}", error.problem("main"))),
        );
    }
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(log.contains("TRACE") && log.contains("user.add"), "the log was not seen");
    assert!(said.len() > 20);
    said.push(log);
    for text in said {
        for hidden in HIDDEN {
            assert!(!text.contains(hidden), "{hidden} in: {text}");
        }
    }
}
