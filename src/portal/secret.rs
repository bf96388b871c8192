//! The address of an inbound webhook. It is a password: it never prints itself.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// What stands for a secret wherever one would be printed.
pub(crate) const MASK: &str = "***";

/// `https://{portal}/rest/{owner}/{secret}/` (Bitrix24: inbound webhook). `Debug` and `Display`
/// show `***` instead of the secret.
#[derive(Clone)]
pub struct SecretUrl {
    origin: Url,
    owner: u64,
    secret: SecretString,
}

/// Why a text is not the address of a webhook. Never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretUrlFault {
    /// Not an address at all.
    #[error("not an http or https address")]
    NotAnAddress,
    /// An address, but not of a webhook.
    #[error("not the address of an inbound webhook, `https://<portal>/rest/<user id>/<secret>/`")]
    NotAWebhook,
}

impl SecretUrl {
    /// Reads the address as the portal shows it; the slash at its end, or the `profile.json` of
    /// the portal's own example, does not matter.
    pub fn parse(text: &str) -> Result<SecretUrl, SecretUrlFault> {
        let url = Url::parse(text.trim()).map_err(|_| SecretUrlFault::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(SecretUrlFault::NotAnAddress);
        }
        let segments: Vec<&str> =
            url.path_segments().into_iter().flatten().filter(|s| !s.is_empty()).collect();
        let (owner, secret) = match segments.as_slice() {
            ["rest", owner, secret] | ["rest", owner, secret, "profile" | "profile.json"] => {
                (*owner, *secret)
            }
            _ => return Err(SecretUrlFault::NotAWebhook),
        };
        let owner = owner.parse().map_err(|_| SecretUrlFault::NotAWebhook)?;
        let secret = SecretString::from(secret.to_owned());
        Ok(SecretUrl { origin: origin(&url), owner, secret })
    }

    /// Returns the id of the webhook's owner, whose rights our calls have.
    pub fn owner(&self) -> u64 {
        self.owner
    }

    /// Returns scheme, host and port, which are no secret.
    pub fn origin(&self) -> &Url {
        &self.origin
    }

    /// Returns the secret path below `origin`: for the request itself and nothing else.
    pub(crate) fn path(&self) -> SecretString {
        SecretString::from(format!("/rest/{}/{}/", self.owner, self.secret.expose_secret()))
    }

    /// Returns the secret part, to be masked where the portal echoes it.
    pub(crate) fn secret(&self) -> &SecretString {
        &self.secret
    }
}

/// Cuts an address down to scheme, host and port.
pub(crate) fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin.set_query(None);
    origin.set_fragment(None);
    // Both fail only for addresses without a host, which callers have refused.
    let _ = origin.set_username("");
    let _ = origin.set_password(None);
    origin
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}rest/{}/{MASK}/", self.origin, self.owner)
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_portal_shows_and_prints_a_mask() {
        for text in [
            "https://romashka.example/rest/7/abc123secret/",
            " https://romashka.example/rest/7/abc123secret ",
            "https://u:p@romashka.example/rest/7/abc123secret/profile.json",
        ] {
            let url = SecretUrl::parse(text).unwrap();
            assert_eq!(url.owner(), 7);
            assert_eq!(url.to_string(), "https://romashka.example/rest/7/***/");
            assert!(!format!("{url:?}").contains("abc123secret"));
            assert_eq!(url.path().expose_secret(), "/rest/7/abc123secret/");
        }
    }

    #[test]
    fn refuses_other_addresses() {
        for text in [
            "https://romashka.example/",
            "https://romashka.example/rest/seven/abc/",
            "https://romashka.example/rest/7/abc/user.get",
            "https://romashka.example/rest/api/7/abc/",
        ] {
            assert_eq!(SecretUrl::parse(text).unwrap_err(), SecretUrlFault::NotAWebhook, "{text}");
        }
        for text in ["", "romashka.example/rest/7/abc/", "ftp://romashka.example/rest/7/abc/"] {
            assert_eq!(SecretUrl::parse(text).unwrap_err(), SecretUrlFault::NotAnAddress, "{text}");
        }
    }
}
