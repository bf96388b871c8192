//! The local application of the portal: its tokens and codes (`reference` 1.2).

use serde_json::{Value, json};

use super::{
    super::{Row, http::clock, secret},
    Portal,
    table::Kind,
};

/// Seconds an access token lives.
const ACCESS_LIVES: i64 = 3600;
/// Seconds a refresh token lives.
const REFRESH_LIVES: i64 = 180 * 24 * 3600;
/// Seconds a code lives.
const CODE_LIVES: i64 = 30;
/// The application's row among the token pairs.
const APPLICATION: u64 = 0;

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// It works, for this user.
    Works(u64),
    /// It has expired.
    Expired,
    /// Nobody knows it.
    Unknown,
}

/// Why the authorization server refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OauthFault {
    /// The client is unknown.
    WrongClient,
    /// The client's secret is wrong.
    InvalidClient,
    /// The code or refresh token is wrong, used or too old.
    InvalidGrant,
    /// The request itself is wrong.
    InvalidRequest,
}

/// Makes the application where there is none.
pub fn ensure_application(portal: &mut Portal) {
    if portal.access.get(APPLICATION).is_none() {
        let number = secret::random(14);
        let row = Row::default()
            .with("client_id", format!("local.{}.{}", &number[..7], &number[7..]))
            .with("client_secret", secret::random(40))
            .with("member_id", secret::random(32));
        portal.put(Kind::Access, APPLICATION, row);
    }
}

/// Returns the application's id and secret.
pub fn application(portal: &Portal) -> (String, String) {
    let text = |name| portal.access.get(APPLICATION).map(|row| row.str(name).to_owned()).unwrap_or_default();
    (text("client_id"), text("client_secret"))
}

/// Returns the portal's stable identity.
pub fn member_id(portal: &Portal) -> String {
    portal.access.get(APPLICATION).map(|row| row.str("member_id").to_owned()).unwrap_or_default()
}

/// Gives a user a new pair of tokens; the answer is that of a refresh.
pub fn issue(portal: &mut Portal, user: u64, base: &str) -> Value {
    let now = clock::now().as_second();
    forget_old_pairs(portal, now);
    let row = Row::default()
        .with("user", user)
        .with("access_token", secret::random(48))
        .with("refresh_token", secret::random(48))
        .with("expires", now + ACCESS_LIVES)
        .with("refresh_expires", now + REFRESH_LIVES);
    let answer = answer(portal, &row, base);
    let id = portal.next_id(Kind::Access);
    portal.put(Kind::Access, id, row);
    answer
}

/// Gives a user the pair that still works and can be refreshed, or a new one.
pub fn living_or_new(portal: &mut Portal, user: u64, base: &str) -> Value {
    let now = clock::now().as_second();
    let until = |row: &Row, name: &str| row.get(name).and_then(Value::as_i64).unwrap_or(0);
    let lives = |row: &Row| {
        row.number("user") == Some(user) && row.get("refresh_token").is_some() && until(row, "expires") > now
    };
    let living =
        portal.access.iter().find(|(id, row)| *id != APPLICATION && lives(row)).map(|(_, row)| row.clone());
    match living {
        Some(row) => answer(portal, &row, base),
        None => issue(portal, user, base),
    }
}

fn answer(portal: &Portal, row: &Row, base: &str) -> Value {
    let expires = row.get("expires").and_then(Value::as_i64).unwrap_or(0);
    json!({
        "access_token": row.str("access_token"),
        "refresh_token": row.str("refresh_token"),
        "expires": expires,
        "expires_in": expires - clock::now().as_second(),
        "client_endpoint": format!("{base}/rest/"),
        "server_endpoint": format!("{base}/rest/"),
        "domain": base.trim_start_matches("http://"),
        "member_id": member_id(portal),
        "scope": super::super::methods::scopes(portal).join(","),
        "status": "L",
        "user_id": row.number("user"),
    })
}

fn forget_old_pairs(portal: &mut Portal, now: i64) {
    let old = |row: &Row| {
        let until = |name| row.get(name).and_then(Value::as_i64).unwrap_or(0);
        until("expires") < now - ACCESS_LIVES
            && (row.get("refresh_token").is_none() || until("refresh_expires") < now)
    };
    let ids: Vec<u64> =
        portal.access.iter().filter(|(id, row)| *id != APPLICATION && old(row)).map(|(id, _)| id).collect();
    for id in ids {
        portal.remove(Kind::Access, id);
    }
}

/// Looks at an access token.
pub fn look_at(portal: &Portal, token: &str) -> Token {
    let Some((_, row)) = pair(portal, "access_token", token) else { return Token::Unknown };
    let expires = row.get("expires").and_then(Value::as_i64).unwrap_or(0);
    match row.number("user") {
        Some(user) if expires > clock::now().as_second() => Token::Works(user),
        _ => Token::Expired,
    }
}

/// Lets an access token die; its refresh token goes on.
pub fn expire(portal: &mut Portal, token: &str) {
    if let Some((id, row)) = pair(portal, "access_token", token).map(|(id, row)| (id, row.clone())) {
        portal.put(Kind::Access, id, row.with("expires", 0));
    }
}

fn pair<'a>(portal: &'a Portal, name: &str, token: &str) -> Option<(u64, &'a Row)> {
    let fits = |row: &Row| !row.str(name).is_empty() && secret::same(token, row.str(name));
    portal.access.iter().find(|(id, row)| *id != APPLICATION && fits(row))
}

/// Makes a code for the authorization page.
pub fn code(portal: &mut Portal, user: u64) -> String {
    let code = secret::random(40);
    let now = clock::now().as_second();
    portal.codes.retain(|_, (_, until)| *until > now);
    portal.codes.insert(code.clone(), (user, now + CODE_LIVES));
    code
}

/// Checks a client's id and secret.
pub fn check_client(portal: &Portal, id: &str, given: &str) -> Result<(), OauthFault> {
    let (client_id, client_secret) = application(portal);
    if id != client_id {
        return Err(OauthFault::WrongClient);
    }
    if secret::same(given, &client_secret) { Ok(()) } else { Err(OauthFault::InvalidClient) }
}

/// Exchanges a code, once.
pub fn exchange_code(portal: &mut Portal, code: &str, base: &str) -> Result<Value, OauthFault> {
    let (user, until) = portal.codes.remove(code).ok_or(OauthFault::InvalidGrant)?;
    if until <= clock::now().as_second() {
        return Err(OauthFault::InvalidGrant);
    }
    let mut answer = issue(portal, user, base);
    // `expires` and `user_id` are documented on the refresh answer only.
    if let Some(map) = answer.as_object_mut() {
        map.remove("expires");
        map.remove("user_id");
    }
    Ok(answer)
}

/// Exchanges a refresh token for a new pair; the old refresh token is dead.
pub fn refresh(portal: &mut Portal, token: &str, base: &str) -> Result<Value, OauthFault> {
    let (id, row) = pair(portal, "refresh_token", token)
        .map(|(id, row)| (id, row.clone()))
        .ok_or(OauthFault::InvalidGrant)?;
    let until = row.get("refresh_expires").and_then(Value::as_i64).unwrap_or(0);
    let user =
        row.number("user").filter(|_| until > clock::now().as_second()).ok_or(OauthFault::InvalidGrant)?;
    portal.put(Kind::Access, id, row.with("refresh_token", Value::Null));
    Ok(issue(portal, user, base))
}
