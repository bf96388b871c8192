//! E-mail addresses: one plain ASCII address, compared without case.

use std::{cmp::Ordering, fmt, hash, str::FromStr};

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Deserializer, Serialize};

/// The longest local part (RFC 5321).
const LOCAL_LIMIT: usize = 64;
/// The longest address: 1C keeps 100 characters and cuts the rest in silence.
const LIMIT: usize = 100;

/// One valid address. Kept as written, compared in lower case.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is not an address that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    /// Not of the form `name@domain.tld`, or more than one address.
    #[error("not one plain e-mail address")]
    Malformed,
    /// Letters outside ASCII, Cyrillic look-alikes among them.
    #[error("has letters that no plain e-mail address has (Cyrillic look-alikes?)")]
    NotAscii,
    /// The local part is over 64 characters, or the whole over 100.
    #[error("too long: 64 characters before the @ and 100 in all are the limit")]
    TooLong,
}

impl Email {
    /// Reads one address; blanks around it do not matter.
    pub fn parse(text: &str) -> Result<Email, EmailFault> {
        let text = text.trim();
        if !text.is_ascii() {
            return Err(EmailFault::NotAscii);
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        let address = EmailAddress::parse_with_options(text, options).map_err(|fault| match fault {
            email_address::Error::LocalPartTooLong => EmailFault::TooLong,
            _ => EmailFault::Malformed,
        })?;
        let quoted = address.local_part().contains('"');
        if quoted || idna::domain_to_ascii_strict(address.domain()).is_err() {
            return Err(EmailFault::Malformed);
        }
        if address.local_part().len() > LOCAL_LIMIT || text.len() > LIMIT {
            return Err(EmailFault::TooLong);
        }
        Ok(Email(text.to_owned()))
    }

    /// Returns the address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the address as it is compared: in lower case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Returns the part behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Email) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Email {}

impl PartialOrd for Email {
    fn partial_cmp(&self, other: &Email) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Email {
    fn cmp(&self, other: &Email) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl hash::Hash for Email {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = EmailFault;

    fn from_str(text: &str) -> Result<Email, EmailFault> {
        Email::parse(text)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Email, D::Error> {
        let text = String::deserialize(deserializer)?;
        Email::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_without_case() {
        assert_eq!(
            Email::parse(" A.B@Example.example ").unwrap(),
            Email::parse("a.b@example.EXAMPLE").unwrap()
        );
    }

    #[test]
    fn refuses_what_is_not_one_plain_address() {
        for text in [
            "a@b",
            "Name <a@b.example>",
            "x@[127.0.0.1]",
            "a@-b.example",
            "a@b..example",
            "a@b.example; c@d.example",
            "",
            "\"a b\"@c.example",
            "a@b.example.",
        ] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
        assert_eq!(Email::parse("иван@b.example"), Err(EmailFault::NotAscii));
        assert_eq!(Email::parse(&format!("{}@b.example", "a".repeat(65))), Err(EmailFault::TooLong));
    }
}
