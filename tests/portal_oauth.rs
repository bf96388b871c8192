//! Tokens that expire: one refresh for everybody, on disk before it is used, never ahead of time.

mod portal_support;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use portal_support::{Asked, Reply, Responder};
use serde_json::{Value, json};
use shtat::{
    model::{AccountId, Edition},
    portal::{Access, Client, ClientOptions, OAuthOptions, PortalError, PortalFault, Tokens, WritePortal},
};

/// A portal and its authorization server: the token named in `valid` works, and refreshing works
/// once per refresh token.
struct Server {
    responder: Responder,
    tokens: PathBuf,
    _folder: tempfile::TempDir,
}

fn server(refreshes: usize, code: &'static str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens.json");
    let (valid, file) = (Arc::new(Mutex::new(1)), tokens.clone());
    let responder = Responder::start(move |_, asked| {
        let mut valid = valid.lock().unwrap();
        if asked.path.starts_with("/oauth/token/") {
            return refresh(asked, &mut valid, refreshes);
        }
        let token = asked.body["auth"].as_str().unwrap_or_default();
        if token != format!("access-{valid}") || *valid == 1 {
            return Reply::Json(
                401,
                json!({"error": code, "error_description": "The access token provided has expired"}),
            );
        }
        // Whoever used the new token must have saved it before.
        let saved: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(saved["access_token"], token, "used before it was saved");
        Reply::Json(200, json!({"result": true}))
    });
    let answer = json!({"access_token": "access-1", "refresh_token": "refresh-1", "member_id": "m-1",
        "client_endpoint": format!("http://127.0.0.1:{}/rest/", responder.port)});
    std::fs::write(&tokens, answer.to_string()).unwrap();
    Server { responder, tokens, _folder: folder }
}

fn refresh(asked: &Asked, valid: &mut i32, refreshes: usize) -> Reply {
    let expected = format!("refresh_token=refresh-{valid}");
    if !asked.path.contains(&expected)
        || !asked.path.contains("client_secret=app-s3cr3t")
        || *valid as usize > refreshes
    {
        return Reply::Json(400, json!({"error": "invalid_grant"}));
    }
    *valid += 1;
    Reply::Json(
        200,
        json!({"access_token": format!("access-{valid}"), "refresh_token": format!("refresh-{valid}")}),
    )
}

impl Server {
    fn client(&self) -> Client {
        let application = OAuthOptions {
            client_id: "local.1".into(),
            client_secret: "app-s3cr3t".to_owned().into(),
            tokens: Tokens::File(self.tokens.clone()),
            server: format!("http://127.0.0.1:{}", self.responder.port).parse().unwrap(),
        };
        Client::open(ClientOptions::new(Access::OAuth(application), Edition::Box)).unwrap()
    }

    fn refreshes(&self) -> usize {
        let requests = self.responder.requests.lock().unwrap();
        requests.iter().filter(|asked| asked.path.starts_with("/oauth/token/")).count()
    }
}

fn update(client: &Client) -> Result<(), PortalError> {
    client.update_user(AccountId(42), &BTreeMap::from([("NAME".to_owned(), json!("Анна"))]))
}

#[test]
fn an_expired_token_is_renewed_saved_and_used() {
    for code in ["expired_token", "invalid_token"] {
        let server = server(1, code);
        let client = server.client();
        update(&client).unwrap();
        update(&client).unwrap();
        assert_eq!(server.refreshes(), 1, "{code}");
        let saved: Value = serde_json::from_str(&std::fs::read_to_string(&server.tokens).unwrap()).unwrap();
        assert_eq!((&saved["refresh_token"], &saved["member_id"]), (&json!("refresh-2"), &json!("m-1")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&server.tokens).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn many_threads_and_programs_renew_once() {
    let server = server(1, "expired_token");
    let (one, two) = (server.client(), server.client());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| update(&one).unwrap());
            scope.spawn(|| update(&two).unwrap());
        }
    });
    assert_eq!(server.refreshes(), 1);
}

#[test]
fn a_dead_refresh_token_ends_the_run() {
    let server = server(0, "expired_token");
    let error = update(&server.client()).unwrap_err();
    assert!(matches!(&error.fault, PortalFault::Access { code, .. } if code == "invalid_grant"), "{error}");
    assert!(error.ends_run());
    assert_eq!(server.refreshes(), 1);
}

#[test]
fn a_pair_that_cannot_be_saved_is_not_asked_for() {
    let server = server(1, "expired_token");
    let client = server.client();
    std::fs::remove_dir_all(server.tokens.parent().unwrap()).unwrap();
    let error = update(&client).unwrap_err();
    assert!(matches!(error.fault, PortalFault::Local { .. }), "{error}");
    assert_eq!(server.refreshes(), 0);
}

#[test]
fn a_token_that_never_works_is_renewed_once_per_call() {
    let responder = Responder::start(|_, asked| match asked.path.starts_with("/oauth/token/") {
        true => Reply::Json(200, json!({"access_token": "a2", "refresh_token": "r2"})),
        false => Reply::Json(
            401,
            json!({"error": "invalid_token", "error_description": "Unable to get application by token"}),
        ),
    });
    let endpoint = format!("http://127.0.0.1:{}/rest/", responder.port);
    let application = OAuthOptions {
        client_id: "local.1".into(),
        client_secret: "app-s3cr3t".to_owned().into(),
        tokens: Tokens::Held(
            json!({"access_token": "a1", "refresh_token": "r1", "client_endpoint": endpoint}),
        ),
        server: format!("http://127.0.0.1:{}", responder.port).parse().unwrap(),
    };
    let client = Client::open(ClientOptions::new(Access::OAuth(application), Edition::Box)).unwrap();
    assert!(update(&client).unwrap_err().ends_run());
    assert_eq!(responder.count(), 3);
}
