//! The authorization server: `/oauth/token/` and `/oauth/authorize/` (`reference` 1.2).

use serde_json::{Value, json};

use super::{
    http::Params,
    state::access::{self, OauthFault},
    work::Shared,
};

/// Answers `/oauth/token/`: status and body.
pub fn token(shared: &Shared, params: &Params) -> (u16, Value) {
    let mut inner = shared.lock();
    let text = |name: &str| params.text(name).unwrap_or_default().into_owned();
    let portal = &mut inner.portal;
    let checked = access::check_client(portal, &text("client_id"), &text("client_secret"));
    let answer = checked.and_then(|()| match text("grant_type").as_str() {
        "authorization_code" => access::exchange_code(portal, &text("code"), &shared.base),
        "refresh_token" => access::refresh(portal, &text("refresh_token"), &shared.base),
        _ => Err(OauthFault::InvalidRequest),
    });
    match (answer, inner.keep()) {
        (_, Err(failure)) => (500, failure.to_value()),
        (Ok(answer), Ok(())) => (200, answer),
        (Err(fault), Ok(())) => refusal(fault),
    }
}

fn refusal(fault: OauthFault) -> (u16, Value) {
    let (status, code, text) = match fault {
        OauthFault::WrongClient => (200, "wrong_client", "Wrong client"),
        OauthFault::InvalidClient => (400, "invalid_client", "Invalid client"),
        OauthFault::InvalidGrant => (400, "invalid_grant", "Invalid grant"),
        OauthFault::InvalidRequest => (400, "invalid_request", "Invalid request"),
    };
    (status, json!({"error": code, "error_description": text}))
}

/// Where the authorization page sends the browser: the redirect comes from the application's
/// card, here the portal's own root. None for a client that is unknown.
pub fn authorize(shared: &Shared, params: &Params) -> Option<String> {
    let mut inner = shared.lock();
    let client = params.text("client_id").unwrap_or_default().into_owned();
    let (known, _) = access::application(&inner.portal);
    if client != known {
        return None;
    }
    let owner = inner.portal.settings.owner;
    let code = access::code(&mut inner.portal, owner);
    let domain = shared.base.trim_start_matches("http://");
    let member = access::member_id(&inner.portal);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &params.text("state").unwrap_or_default())
        .append_pair("domain", domain)
        .append_pair("member_id", &member)
        .append_pair("scope", &super::methods::scopes(&inner.portal).join(","))
        .append_pair("server_domain", domain)
        .finish();
    Some(format!("{}/?{query}", shared.base))
}
