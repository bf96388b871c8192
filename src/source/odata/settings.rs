//! How to reach a 1C and what to take from it: `people.odata` of shtat.yaml.

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::{Host, Url};

use super::names;
use crate::model::{Problem, nearest};

/// The tail of every address of the standard OData interface of 1C.
const TAIL: &str = "odata/standard.odata/";

/// Which tree gives an employment its department.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tree {
    /// `Catalog_ПодразделенияОрганизаций`: the departments of each organization.
    #[default]
    Legal,
    /// `Catalog_СтруктураПредприятия`: one tree over all organizations.
    Management,
}

/// How long a read that fails is repeated.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The pause after the first failure; it doubles from there.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long to go on, counted from the first failure.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(20),
            total: Duration::from_secs(120),
        }
    }
}

/// The settings of a live 1C source. `Debug` hides the password.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address of the base, or of its `/odata/standard.odata/`.
    pub url: String,
    /// The 1C user; Cyrillic names are usual.
    pub user: String,
    /// That user's password, possibly empty.
    pub password: SecretString,
    /// Lets plain http leave this machine.
    pub allow_http: bool,
    /// Asks for allowed rows only; hidden rows then look like people who left.
    pub allowed_only: bool,
    /// Uses one infobase session for all reads.
    pub sessions: bool,
    /// Rows asked for at a time.
    pub page_size: u32,
    /// The time to connect in.
    pub connect_timeout: Duration,
    /// The time to wait for one whole answer.
    pub read_timeout: Duration,
    /// Contact kinds that hold the work address, in order of preference.
    pub email_kinds: Vec<String>,
    /// Contact kinds that hold the private address, in order of preference.
    pub personal_email_kinds: Vec<String>,
    /// Which tree gives departments.
    pub tree: Tree,
    /// Days from the last working day to the `Period` of its dismissal row (Kazakhstan: 0 or 1).
    pub dismissal_shift: i32,
    /// Sets that this base calls otherwise: standard name → name here.
    pub sets: BTreeMap<String, String>,
    /// Fields that this base calls otherwise: `Catalog_Сотрудники.Code` → name here.
    pub fields: BTreeMap<String, String>,
    /// A file with certificates (PEM) to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Names, ИНН or GUIDs of organizations that must be there; none: any.
    pub organizations: Vec<String>,
    /// How long failing reads are repeated.
    pub patience: Patience,
}

impl Settings {
    /// States a base and a user, and the defaults of the contract for the rest.
    pub fn new(url: impl Into<String>, user: impl Into<String>, password: SecretString) -> Settings {
        Settings {
            url: url.into(),
            user: user.into(),
            password,
            allow_http: false,
            allowed_only: false,
            sessions: true,
            page_size: 1000,
            connect_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(180),
            email_kinds: vec!["EMailФизическиеЛица".to_owned()],
            personal_email_kinds: Vec::new(),
            tree: Tree::default(),
            dismissal_shift: 1,
            sets: BTreeMap::new(),
            fields: BTreeMap::new(),
            ca_file: None,
            organizations: Vec::new(),
            patience: Patience::default(),
        }
    }

    /// Lists every mistake that shows without a connection; each names its key below
    /// `people.odata` as its part.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found: Vec<Problem> = self.root().err().into_iter().collect();
        if self.user.is_empty() || self.user.contains(':') {
            found.push(
                Problem::error("`user` must be the name of a 1C user, without a colon")
                    .part("people.odata.user"),
            );
        }
        if self.page_size == 0 {
            found.push(Problem::error("`page_size` must be at least 1").part("people.odata.page_size"));
        }
        if self.email_kinds.is_empty() {
            found.push(
                Problem::error("`email_kinds` names no kind")
                    .part("people.odata.email_kinds")
                    .hint("leave the key out to read `EMailФизическиеЛица`"),
            );
        }
        if !(0..=31).contains(&self.dismissal_shift) {
            found.push(
                Problem::error("`dismissal_shift` is a number of days from 0 to 31")
                    .part("people.odata.dismissal_shift"),
            );
        }
        found.extend(unknown_names("sets", self.sets.keys(), &names::all_sets()));
        found.extend(unknown_names("fields", self.fields.keys(), &names::all_fields()));
        found
    }

    /// Returns the address of the service document: with its tail, ending in a slash.
    pub fn root(&self) -> Result<Url, Problem> {
        let wrong = |what: &str| Problem::error(what).part("people.odata.url");
        let mut url = Url::parse(self.url.trim())
            .map_err(|cause| wrong("`url` is not an address").cause(cause.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong("`url` must begin with https:// and name a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("`url` must not carry a user or a password").hint("use `user` and `password`"));
        }
        if url.scheme() == "http" && !self.allow_http && !is_loopback(&url) {
            return Err(wrong("`url` would send the password over plain http")
                .hint("use https")
                .hint("or set `allow_http: true` where the network between is trusted"));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = with_tail(url.path());
        url.set_path(&path);
        Ok(url)
    }
}

/// Tells whether an address stays on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost") || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

fn with_tail(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let base =
        path.strip_suffix("/odata/standard.odata").or_else(|| path.strip_suffix("/odata")).unwrap_or(path);
    format!("{base}/{TAIL}")
}

fn unknown_names<'a>(key: &str, given: impl Iterator<Item = &'a String>, known: &[String]) -> Vec<Problem> {
    given
        .filter(|name| !known.contains(name))
        .map(|name| {
            let problem = Problem::error(format!("`{key}` names `{name}`, which shtat never asks for"))
                .part(format!("people.odata.{key}"));
            match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(url: &str) -> Result<String, Problem> {
        Settings::new(url, "обмен", "".into()).root().map(String::from)
    }

    #[test]
    fn adds_a_missing_tail_or_slash() {
        let whole = "https://hr.example/zup/odata/standard.odata/";
        for url in [
            "https://hr.example/zup",
            "https://hr.example/zup/",
            "https://hr.example/zup/odata",
            "https://hr.example/zup/odata/standard.odata",
            "https://hr.example/zup/odata/standard.odata/",
        ] {
            assert_eq!(root(url).unwrap(), whole, "{url}");
        }
    }

    #[test]
    fn keeps_the_password_off_open_networks() {
        assert!(root("http://hr.example/zup").is_err());
        assert!(root("http://127.0.0.1:8080/zup").is_ok());
        assert!(root("http://[::1]/zup").is_ok());
        assert!(root("https://u:p@hr.example/zup").is_err());
        let open = Settings { allow_http: true, ..Settings::new("http://hr.example/zup", "u", "".into()) };
        assert!(open.root().is_ok());
    }

    #[test]
    fn names_the_nearest_known_name() {
        let mut settings = Settings::new("https://hr.example/zup", "u", "".into());
        settings.sets.insert("Catalog_Сотрудник".into(), "Catalog_Люди".into());
        settings.fields.insert("Catalog_Сотрудники.Code".into(), "Номер".into());
        let problems = settings.problems();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].hints, ["did you mean `Catalog_Сотрудники`?"]);
    }

    #[test]
    fn shows_no_password() {
        let settings = Settings::new("https://hr.example/zup", "u", "s3cret".to_owned().into());
        assert!(!format!("{settings:?}").contains("s3cret"));
    }
}
