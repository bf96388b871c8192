//! Which call an HTTP request is.

use super::{Param, Params, form};

/// What a path asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/rest/{user}/{secret}/{method}`.
    Webhook { user: String, secret: String, method: String },
    /// `/rest/{method}` with a token.
    App { method: String },
    /// REST v3, `.xml`: not imitated.
    Nothing { method: String },
    /// Not a REST path.
    Other,
}

impl Route {
    /// Reads a path. Methods are in lower case and without `.json`.
    pub fn of(path: &str) -> Route {
        let Some(rest) = path.strip_prefix("/rest/") else { return Route::Other };
        if rest == "app.info/" {
            // Clients ask the authorization server, which here is the portal, by this very path.
            return Route::App { method: "oauth.app.info".to_owned() };
        }
        let steps: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        let last = steps.last().copied().unwrap_or("").to_ascii_lowercase();
        if steps[0].eq_ignore_ascii_case("api") || last.ends_with(".xml") {
            return Route::Nothing { method: last };
        }
        let method = last.strip_suffix(".json").unwrap_or(&last).to_owned();
        match steps[..] {
            [_] => Route::App { method },
            [user, secret, _] => Route::Webhook { user: user.to_owned(), secret: secret.to_owned(), method },
            [user, secret] if user.bytes().all(|b| b.is_ascii_digit()) => {
                Route::Webhook { user: user.to_owned(), secret: secret.to_owned(), method: String::new() }
            }
            _ => Route::Nothing { method: last },
        }
    }
}

/// Reads the parameters of a request: the query, and over it the body. JSON is read only where
/// no form field came; a body that is no JSON is no parameters at all (`reference` 2).
pub fn parameters(query: &str, content_type: &str, body: &[u8]) -> Result<Params, Unreadable> {
    let mut params = form::parse(query);
    let mut from_body = Params::default();
    if content_type.to_ascii_lowercase().contains("application/x-www-form-urlencoded") {
        from_body = form::parse(&String::from_utf8_lossy(body));
    }
    let mut unreadable = false;
    if from_body.0.is_empty() && !body.iter().all(u8::is_ascii_whitespace) {
        let json = Params::from_json(body);
        unreadable = json.is_none();
        from_body = json.unwrap_or_default();
    }
    params.0.extend(from_body.0);
    if unreadable { Err(Unreadable(params)) } else { Ok(params) }
}

/// The body was no JSON; these are the parameters without it.
#[derive(Debug)]
pub struct Unreadable(pub Params);

/// Takes the token out of the parameters or the header.
pub fn token(params: &Params, authorization: Option<&str>) -> Option<String> {
    let named = ["auth", "access_token"].into_iter().filter_map(|name| params.get(name));
    let bearer = authorization
        .and_then(|header| header.split_once(' '))
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    named.filter_map(Param::text).map(std::borrow::Cow::into_owned).find(|text| !text.is_empty()).or(bearer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_read() {
        let webhook =
            |method: &str| Route::Webhook { user: "7".into(), secret: "s".into(), method: method.into() };
        assert_eq!(Route::of("/rest/7/s/User.Get.json"), webhook("user.get"));
        assert_eq!(Route::of("/rest/7/s/user.get/"), webhook("user.get"));
        assert_eq!(Route::of("/rest/profile"), Route::App { method: "profile".into() });
        assert!(matches!(Route::of("/rest/7/s/user.get.xml"), Route::Nothing { .. }));
        assert!(matches!(Route::of("/rest/api/7/s/user.get"), Route::Nothing { .. }));
        assert_eq!(Route::of("/elsewhere"), Route::Other);
    }

    #[test]
    fn the_body_wins_and_bad_json_is_nothing() {
        let read = |kind, body: &[u8]| parameters("a=1&b=2", kind, body).map(|params| params.to_value());
        assert_eq!(read("application/json", br#"{"b": 3}"#).unwrap(), json!({"a": "1", "b": 3}));
        assert_eq!(read("application/x-www-form-urlencoded", b"b=4").unwrap(), json!({"a": "1", "b": "4"}));
        assert_eq!(
            read("application/json", b"{\"b\": 3").unwrap_err().0.to_value(),
            json!({"a": "1", "b": "2"})
        );
        assert_eq!(read("", br#"{"b": 5}"#).unwrap()["b"], 5);
    }
}
