//! What people do, for tests and demonstrations: `/sandbox/…`, without authorization.

use serde_json::{Value, json};

use super::{
    Row,
    http::{Param, Params, clock},
    methods,
    state::{access, account, table::Kind},
    work::{Inner, Shared},
};

/// A mistake of the caller: status and words.
type Mistake = (u16, String);

/// Answers a control call: status and body.
pub fn answer(shared: &Shared, post: bool, name: &str, params: &Params) -> (u16, Value) {
    let mut inner = shared.lock();
    let done = match (post, name) {
        (true, "passport") => passport(&mut inner, params),
        (true, "accept") => accept(&mut inner, params),
        (true, "edit") => edit(&mut inner, params),
        (true, "token") => token(&mut inner, params, &shared.base),
        (false, "state") => Ok(json!(inner.portal.to_file(false))),
        (false, "requests") => Ok(inner.requests.to_value()),
        (false, "outbox") => Ok(inner.portal.mails.iter().map(|(_, row)| row.to_value()).collect()),
        _ => Err((404, format!("there is no `{name}` to {}", if post { "post to" } else { "get" }))),
    };
    match (done, inner.keep()) {
        (_, Err(failure)) => (500, failure.to_value()),
        (Ok(value), Ok(())) => (200, value),
        (Err((status, text)), Ok(())) => (status, json!({"error": "SANDBOX", "error_description": text})),
    }
}

fn filled(params: &Params, name: &str) -> Result<String, Mistake> {
    let text = params.text(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    text.ok_or_else(|| (400, format!("`{name}` is missing")))
}

/// The person changes the login: LOGIN alone, EMAIL is the portal's own copy.
fn passport(inner: &mut Inner, params: &Params) -> Result<Value, Mistake> {
    let (from, to) = (filled(params, "from")?, filled(params, "to")?);
    let users = &inner.portal.users;
    let id = *users.with_login(&from).first().ok_or((404, "nobody has the login `from`".to_owned()))?;
    if users.with_login(&to).iter().any(|other| *other != id) {
        return Err((400, "the login `to` belongs to somebody else".to_owned()));
    }
    change(inner, id, |row| row.set("LOGIN", to))
}

/// First login: LAST_LOGIN is set, pending memberships become memberships.
fn accept(inner: &mut Inner, params: &Params) -> Result<Value, Mistake> {
    let email = filled(params, "email")?;
    let users = &inner.portal.users;
    let found = users.with_email(&email);
    let state = |id: &u64| users.get(*id).map(|row| (!account::is_active(row), !account::is_invited(row)));
    let id = found.into_iter().min_by_key(state).ok_or((404, "nobody has this `email`".to_owned()))?;
    if users.get(id).is_some_and(|row| !account::is_active(row)) {
        return Err((400, "the account is dismissed and cannot log in".to_owned()));
    }
    let done = change(inner, id, |row| {
        row.set("LAST_LOGIN", clock::moment(clock::now()));
        row.set("INVITED", Value::Null);
    });
    methods::accept_invitations(&mut inner.portal, id);
    done
}

/// Somebody edits in the interface: any field of the row, unchecked.
fn edit(inner: &mut Inner, params: &Params) -> Result<Value, Mistake> {
    let id = params.id("id").ok_or((400, "`id` is missing".to_owned()))?;
    let fields = params.get("fields").and_then(Param::map).ok_or((400, "`fields` is missing".to_owned()))?;
    if fields.get("ID").is_some() {
        return Err((400, "an ID cannot be changed".to_owned()));
    }
    change(inner, id, |row| {
        // LOGIN stays what it was when EMAIL moves.
        row.set("LOGIN", account::login(row).to_owned());
        for (name, value) in &fields.0 {
            row.set(name, value.to_value());
        }
    })
}

/// A first token pair of the local application.
fn token(inner: &mut Inner, params: &Params, base: &str) -> Result<Value, Mistake> {
    let user = params.id("user").ok_or((400, "`user` is missing".to_owned()))?;
    if !inner.portal.knows(user) {
        return Err((404, format!("there is no user {user}")));
    }
    Ok(issue(inner, user, base))
}

/// The refresh answer, and the application's id and secret.
fn issue(inner: &mut Inner, user: u64, base: &str) -> Value {
    let mut answer = access::issue(&mut inner.portal, user, base);
    let (id, secret) = access::application(&inner.portal);
    answer["client_id"] = id.into();
    answer["client_secret"] = secret.into();
    answer
}

fn change(inner: &mut Inner, id: u64, change: impl FnOnce(&mut Row)) -> Result<Value, Mistake> {
    let mut row = inner.portal.users.get(id).cloned().ok_or((404, format!("there is no user {id}")))?;
    change(&mut row);
    inner.portal.put(Kind::User, id, row);
    Ok(json!({"result": true}))
}
