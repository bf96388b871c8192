//! shtat.yaml: where people come from, and which portals there are.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::tz::TimeZone;

use super::{
    reader::Reader,
    secret::{self, SecretRef},
    shape::CONFIG,
};
use crate::{
    model::{Edition, Place, Problem, nearest},
    portal::Rate,
    rules::yaml::{self, Node},
    source::{Column, FileKind, FileSpec, field_names, odata},
};

/// The name of the file.
pub const FILE: &str = "shtat.yaml";

/// shtat.yaml, read and checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where people come from.
    pub people: PeopleConfig,
    /// In whose day hire and dismissal dates begin.
    pub timezone: TimeZone,
    /// The portals by name.
    pub portals: BTreeMap<String, PortalConfig>,
    /// The portal for commands that name none.
    pub default_portal: Option<String>,
}

/// Where people come from.
#[derive(Debug, Clone)]
pub enum PeopleConfig {
    /// A file.
    File(FileSpec),
    /// A live 1C.
    OData {
        /// All but the password.
        settings: Box<odata::Settings>,
        /// Where the password is kept.
        password: SecretRef,
        /// Where `odata` stands.
        place: Place,
    },
}

/// One portal.
#[derive(Debug, Clone)]
pub struct PortalConfig {
    /// Its name in shtat.yaml.
    pub name: String,
    /// How it is reached.
    pub access: PortalAccess,
    /// A local application, for КЭДО.
    pub oauth: Option<OAuthConfig>,
    /// Cloud or box; an embedded portal's file says its own.
    pub edition: Edition,
    /// Names, ИНН or GUIDs in scope; empty: all.
    pub organizations: Vec<String>,
    /// Time for one call.
    pub timeout: Duration,
    /// How fast calls may be made; none: the default of the edition.
    pub rate: Option<Rate>,
    /// Allows plain http to other machines.
    pub allow_http: bool,
    /// Where the portal stands in shtat.yaml.
    pub place: Place,
}

/// How a portal is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortalAccess {
    /// The embedded sandbox, started from this file.
    Sandbox {
        /// Where the file lies.
        file: PathBuf,
        /// As shtat.yaml names it.
        shown: String,
    },
    /// An inbound webhook.
    Webhook(SecretRef),
    /// The local application alone.
    OAuth,
}

/// A local application of a portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthConfig {
    /// `client_id` of its card.
    pub client_id: String,
    /// Where `client_secret` is kept.
    pub client_secret: SecretRef,
    /// Where the token pair is kept.
    pub tokens: PathBuf,
    /// The authorization server.
    pub server: String,
}

impl Config {
    /// Reads the text of shtat.yaml; `folder` is where paths begin. Reports every mistake.
    pub fn read(folder: &Path, text: &str) -> Result<Config, Vec<Problem>> {
        let mut problems = Vec::new();
        let Some(node) = yaml::read(FILE, &secret::without_braces(text), &mut problems) else {
            return Err(problems);
        };
        yaml::check(&node, &CONFIG, "", &mut problems);
        let mut reader = Reader { folder, problems };
        let config = read_config(&mut reader, &node);
        match config {
            Some(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(reader.problems),
        }
    }

    /// Chooses a portal: the one named, the default one, or the only one.
    pub fn portal(&self, name: Option<&str>) -> Result<&PortalConfig, Problem> {
        let names = || self.portals.keys().map(String::as_str);
        let known = format!("portals here: {}", names().collect::<Vec<_>>().join(", "));
        match (name.or(self.default_portal.as_deref()), self.portals.len()) {
            (Some(name), _) => self.portals.get(name).ok_or_else(|| {
                let problem =
                    Problem::error(format!("shtat.yaml has no portal `{name}`")).at(Place::file(FILE));
                match nearest(name, names()) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem,
                }
                .hint(known)
            }),
            (None, 1) => Ok(self.portals.values().next().expect("one portal was counted")),
            (None, _) => Err(Problem::error("which portal?")
                .at(Place::file(FILE))
                .hint("name one with `--portal NAME`, or set `default_portal`")
                .hint(known)),
        }
    }
}

fn read_config(reader: &mut Reader<'_>, node: &Node) -> Option<Config> {
    let people = node.get("people");
    let timezone = people.map_or(TimeZone::UTC, |people| timezone(reader, people));
    let source = people.and_then(|people| read_people(reader, people));
    let portals = read_portals(reader, node);
    let default_portal = node.get("default_portal").and_then(Node::text).map(str::to_owned);
    if let (Some(name), Some(node)) = (&default_portal, node.get("default_portal"))
        && !portals.contains_key(name)
    {
        reader.mistake(node, format!("there is no portal `{name}`"));
    }
    Some(Config { people: source?, timezone, portals, default_portal })
}

fn timezone(reader: &mut Reader<'_>, people: &Node) -> TimeZone {
    let Some(node) = people.get("timezone") else {
        return TimeZone::get("Europe/Moscow").expect("the zones are compiled in");
    };
    TimeZone::get(node.text().unwrap_or("")).unwrap_or_else(|_| {
        let problem = Problem::error(format!("{} is no time zone", node.described())).at(node.place.clone());
        reader
            .problems
            .push(problem.part("people.timezone").hint("names are like Europe/Moscow, Asia/Yekaterinburg"));
        TimeZone::UTC
    })
}

fn read_people(reader: &mut Reader<'_>, people: &Node) -> Option<PeopleConfig> {
    let sources: Vec<_> = people
        .entries()
        .iter()
        .filter(|entry| ["csv", "xlsx", "json", "odata"].contains(&entry.key.as_str()))
        .collect();
    let [entry] = sources.as_slice() else {
        let found = if sources.is_empty() { "no source of people" } else { "more than one source of people" };
        reader.mistake(people, format!("{found}; exactly one of csv, xlsx, json, odata is needed"));
        return None;
    };
    let kind = match entry.key.as_str() {
        "csv" => FileKind::Csv,
        "xlsx" => FileKind::Xlsx,
        "json" => FileKind::Json,
        _ => return read_odata(reader, &entry.value),
    };
    let shown = entry.value.text()?;
    let mut file = FileSpec::new(kind, reader.folder.join(shown), shown);
    file.columns = read_columns(reader, people);
    Some(PeopleConfig::File(file))
}

fn read_columns(reader: &mut Reader<'_>, people: &Node) -> BTreeMap<String, Column> {
    let mut columns = BTreeMap::new();
    for entry in people.get("columns").map_or(&[][..], Node::entries) {
        if !field_names().any(|name| name == entry.key) {
            let problem = Problem::error(format!("unknown field `{}`", entry.key)).at(entry.place.clone());
            let problem = match nearest(&entry.key, field_names()) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem,
            };
            let known = format!("fields are: {}", field_names().collect::<Vec<_>>().join(", "));
            reader.problems.push(problem.part("people.columns").hint(known));
        }
        if let Some(header) = entry.value.text() {
            let column = Column { header: header.to_owned(), place: Some(entry.value.place.clone()) };
            columns.insert(entry.key.clone(), column);
        }
    }
    columns
}

fn read_odata(reader: &mut Reader<'_>, node: &Node) -> Option<PeopleConfig> {
    let password = reader.secret(node, "password");
    let url = reader.plain_or_variable(node, "url");
    let user = reader.plain_or_variable(node, "user");
    let mut settings = odata::Settings::new(url?, user?, String::new().into());
    settings.allow_http = reader.truth(node, "allow_http", settings.allow_http);
    settings.allowed_only = reader.truth(node, "allowed_only", settings.allowed_only);
    settings.sessions = reader.truth(node, "sessions", settings.sessions);
    settings.page_size = reader.whole(node, "page_size", settings.page_size);
    settings.connect_timeout = reader.duration(node, "connect_timeout", settings.connect_timeout);
    settings.read_timeout = reader.duration(node, "read_timeout", settings.read_timeout);
    settings.email_kinds = reader.texts(node, "email_kinds").unwrap_or(settings.email_kinds);
    settings.personal_email_kinds = reader.texts(node, "personal_email_kinds").unwrap_or_default();
    settings.dismissal_shift = reader.whole(node, "dismissal_shift", settings.dismissal_shift);
    settings.sets = reader.map(node, "sets");
    settings.fields = reader.map(node, "fields");
    if node.get("tree").and_then(Node::text) == Some("management") {
        settings.tree = odata::Tree::Management;
    }
    reader.problems.extend(settings.problems().into_iter().map(|problem| problem.at(node.place.clone())));
    Some(PeopleConfig::OData { settings: Box::new(settings), password: password?, place: node.place.clone() })
}

fn read_portals(reader: &mut Reader<'_>, node: &Node) -> BTreeMap<String, PortalConfig> {
    let Some(portals) = node.get("portals") else { return BTreeMap::new() };
    if portals.entries().is_empty() {
        reader.mistake(portals, "there is no portal; at least one is needed".to_owned());
    }
    let read = |entry: &yaml::Entry| {
        let place = entry.place.clone();
        if !is_file_name(&entry.key) {
            let what = format!("`{}` cannot name a portal: its journal is a file of this name", entry.key);
            reader
                .problems
                .push(Problem::error(what).at(place.clone()).hint("use letters, digits, `-` and `_`"));
        }
        Some((entry.key.clone(), read_portal(reader, &entry.key, &entry.value, place)?))
    };
    portals.entries().iter().filter_map(read).collect()
}

fn read_portal(reader: &mut Reader<'_>, name: &str, node: &Node, place: Place) -> Option<PortalConfig> {
    let oauth = node.get("oauth").and_then(|oauth| read_oauth(reader, oauth));
    let access = read_access(reader, name, node)?;
    let edition = match node.get("edition").and_then(Node::text) {
        Some("box") => Edition::Box,
        _ => Edition::Cloud,
    };
    Some(PortalConfig {
        name: name.to_owned(),
        access,
        oauth,
        edition,
        organizations: reader.texts(node, "organizations").unwrap_or_default(),
        timeout: reader.duration(node, "timeout", Duration::from_secs(60)),
        rate: node.get("rate").and_then(read_rate),
        allow_http: reader.truth(node, "allow_http", false),
        place,
    })
}

fn read_access(reader: &mut Reader<'_>, name: &str, node: &Node) -> Option<PortalAccess> {
    match (node.get("sandbox"), node.get("webhook"), node.get("oauth")) {
        (Some(sandbox), None, None) => {
            let shown = sandbox.text()?.to_owned();
            Some(PortalAccess::Sandbox { file: reader.folder.join(&shown), shown })
        }
        (Some(sandbox), _, _) => {
            reader.mistake(
                sandbox,
                "an embedded portal brings its own access; remove `webhook` and `oauth`".to_owned(),
            );
            None
        }
        (None, Some(_), _) => reader.secret(node, "webhook").map(PortalAccess::Webhook),
        (None, None, Some(_)) => Some(PortalAccess::OAuth),
        (None, None, None) => {
            reader.mistake(node, format!("portal `{name}` has neither `webhook` nor `sandbox`"));
            None
        }
    }
}

fn read_oauth(reader: &mut Reader<'_>, node: &Node) -> Option<OAuthConfig> {
    let client_secret = reader.secret(node, "client_secret");
    Some(OAuthConfig {
        client_id: reader.plain_or_variable(node, "client_id")?,
        client_secret: client_secret?,
        tokens: reader.folder.join(node.get("tokens")?.get("file")?.text()?),
        server: reader
            .plain_or_variable(node, "server")
            .unwrap_or_else(|| "https://oauth.bitrix.info".to_owned()),
    })
}

fn read_rate(node: &Node) -> Option<Rate> {
    let number = |key| node.get(key).and_then(Node::whole).and_then(|whole| u32::try_from(whole).ok());
    Some(Rate { burst: f64::from(number("burst")?), per_second: f64::from(number("per_second")?) })
}

/// Tells whether a portal's name can name files on every system.
fn is_file_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && !name.starts_with('.')
}
