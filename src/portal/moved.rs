//! A portal that moved: it answers 302 with the new host (Bitrix24: the portal was renamed).
//!
//! The redirect is never followed by the HTTP library: that would turn a POST into a GET and may
//! hand the secret to a host without TLS. We ask again at the new host ourselves.

use url::Url;

use super::{PortalFault, secret::origin};

/// Returns the origin to ask at from now on.
///
/// `permits` tells whether an address may be asked at all. A portal reached over https never sends
/// us to plain http, whatever is allowed otherwise.
///
/// # Errors
/// Lost where the redirect leads to a page of the same portal or nowhere: something else answered.
pub(crate) fn new_origin(
    old: &Url,
    location: Option<&str>,
    permits: impl Fn(&Url) -> bool,
) -> Result<Url, PortalFault> {
    let target = location.and_then(|text| old.join(text).ok()).filter(|url| url.host_str().is_some());
    let Some(target) = target.map(|url| origin(&url)) else {
        return Err(PortalFault::Lost { cause: "a redirect that leads nowhere".into() });
    };
    if target == *old {
        return Err(PortalFault::Lost { cause: "a redirect to another page of the portal".into() });
    }
    let downgrade = old.scheme() == "https" && target.scheme() != "https";
    if downgrade || !permits(&target) {
        let host = target.host_str().unwrap_or_default();
        let cause = format!("the portal sends us to `{host}` over plain http, which would show the secret");
        return Err(PortalFault::Local { cause });
    }
    Ok(target)
}

/// Tells whether a status is a redirect that names a new place.
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(old: &str, location: &str, allow_http: bool) -> Result<String, PortalFault> {
        let permits =
            |url: &Url| url.scheme() == "https" || allow_http || super::super::http::is_loopback(url);
        new_origin(&Url::parse(old).unwrap(), Some(location), permits).map(|url| url.to_string())
    }

    #[test]
    fn takes_the_host_and_nothing_else() {
        let moved = go("https://old.example/", "https://new.example/rest/7/secret/user.get", false);
        assert_eq!(moved.unwrap(), "https://new.example/");
        assert_eq!(
            go("http://127.0.0.1:81/", "http://localhost:81/rest/", false).unwrap(),
            "http://localhost:81/"
        );
    }

    #[test]
    fn never_hands_the_secret_to_plain_http() {
        for (old, new, allow) in [
            ("https://old.example/", "http://new.example/rest/", true),
            ("https://old.example/", "http://127.0.0.1/rest/", false),
            ("http://127.0.0.1:81/", "http://new.example/", false),
        ] {
            assert!(matches!(go(old, new, allow), Err(PortalFault::Local { .. })), "{new}");
        }
    }

    #[test]
    fn a_login_page_is_no_move() {
        for location in ["/auth/?login=yes", "https://old.example/", "mailto:x@old.example"] {
            assert!(matches!(go("https://old.example/", location, false), Err(PortalFault::Lost { .. })));
        }
    }
}
