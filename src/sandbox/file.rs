//! The portal file: a whole portal as JSON, rows as the REST interface returns them.

use std::{
    fmt, fs,
    io::{BufReader, Write},
    path::Path,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::{Map, Value};

use super::{Row, row};
use crate::model::{Edition, Place, Problem};

/// The only format there is.
pub const FORMAT: &str = "shtat-portal/1";

/// A whole portal, as `--portal` takes it and `GET /sandbox/state` gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct PortalFile {
    /// Cloud or box.
    pub edition: Edition,
    /// Active accounts that are not extranet; none: no limit.
    pub seats: Option<u64>,
    /// The user whose webhook it is.
    pub owner: u64,
    /// Whether the owner is an administrator.
    pub admin: bool,
    /// Scopes of the webhook and the application; none: all.
    pub scopes: Option<Vec<String>>,
    /// Rows of `department.get`.
    pub departments: Vec<Row>,
    /// Rows of `user.get`, with LOGIN and INVITED.
    pub users: Vec<Row>,
    /// Rows of `sonet_group.get`, with MEMBERS, MODERATORS and INVITED_MEMBERS.
    pub groups: Vec<Row>,
    /// Rows of `user.userfield.list`.
    pub userfields: Vec<Row>,
    /// Rows of `humanresources.hcmlink.company.list`.
    pub companies: Vec<Row>,
    /// Rows of `humanresources.hcmlink.employee.list`.
    pub persons: Vec<Row>,
    /// `options.split_ids`: department.add, update and delete speak node ids.
    pub split_ids: bool,
    /// `options.language` of the texts: `ru` or `en`.
    pub language: String,
    /// `options.extranet`: whether the extranet module is installed.
    pub extranet: bool,
    /// Unknown options, kept as they are.
    pub other_options: Map<String, Value>,
    /// Unknown keys of `documents`, kept as they are.
    pub other_documents: Map<String, Value>,
    /// Unknown keys, kept as they are.
    pub other: Map<String, Value>,
}

impl Default for PortalFile {
    fn default() -> PortalFile {
        PortalFile {
            edition: Edition::Cloud,
            seats: None,
            owner: 1,
            admin: true,
            scopes: None,
            departments: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
            userfields: Vec::new(),
            companies: Vec::new(),
            persons: Vec::new(),
            split_ids: false,
            language: "ru".to_owned(),
            extranet: true,
            other_options: Map::new(),
            other_documents: Map::new(),
            other: Map::new(),
        }
    }
}

impl PortalFile {
    /// Reads a file.
    ///
    /// # Errors
    /// A problem with the place where the file cannot be read or is no portal file.
    pub fn load(path: &Path) -> Result<PortalFile, Problem> {
        let name = path.display().to_string();
        let file = fs::File::open(path).map_err(|error| {
            Problem::error("the portal file cannot be read").at(Place::file(&name)).cause(error.to_string())
        })?;
        let portal = serde_json::from_reader(BufReader::new(file)).map_err(|error| explain(&error, &name))?;
        check(portal, &name)
    }

    /// Reads a file's text; `name` is told to the user.
    ///
    /// # Errors
    /// A problem with the place where it is no portal file.
    pub fn parse(text: &str, name: &str) -> Result<PortalFile, Problem> {
        let portal = serde_json::from_str(text).map_err(|error| explain(&error, name))?;
        check(portal, name)
    }

    /// Writes the file beside, for its owner's eyes only, and renames it into place.
    ///
    /// # Errors
    /// A problem with the place where it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Problem> {
        write_beside(path, |file| serde_json::to_writer_pretty(file, self).map_err(Into::into))
            .map_err(|error| cannot_write(path, &error))
    }
}

/// Writes a file beside its place (0600), syncs and renames it.
pub(super) fn write_beside(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let mut buffer = std::io::BufWriter::new(&mut file);
    write(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    fs::File::open(folder)?.sync_all()
}

pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Problem {
    Problem::error("the portal's state cannot be written")
        .at(Place::file(path.display().to_string()))
        .cause(error.to_string())
}

fn explain(error: &serde_json::Error, name: &str) -> Problem {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let place = match error.line() {
        0 => Place::file(name),
        line => Place::at(name, number(line), number(error.column())),
    };
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text).to_owned();
    Problem::error("this is not a portal file").at(place).cause(text)
}

fn check(portal: PortalFile, name: &str) -> Result<PortalFile, Problem> {
    let mut seen = std::collections::HashSet::new();
    for (at, user) in portal.users.iter().enumerate() {
        let wrong =
            |what: String| Err(Problem::error(what).at(Place::file(name)).part(format!("users[{at}]")));
        match user.number("ID") {
            None | Some(0) => return wrong("a user has no ID".to_owned()),
            Some(id) if !seen.insert(id) => return wrong(format!("the user {id} stands twice")),
            Some(_) if user.get("EMAIL").is_none() => return wrong("a user has no EMAIL".to_owned()),
            Some(_) => {}
        }
    }
    for (list, rows) in [("departments", &portal.departments), ("groups", &portal.groups)] {
        let mut seen = std::collections::HashSet::new();
        for (at, row) in rows.iter().enumerate() {
            if row.number("ID").is_none_or(|id| id == 0 || !seen.insert(id)) {
                let problem = Problem::error("an ID is missing or stands twice");
                return Err(problem.at(Place::file(name)).part(format!("{list}[{at}]")));
            }
        }
    }
    Ok(portal)
}

impl Serialize for PortalFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut options = self.other_options.clone();
        options.insert("split_ids".to_owned(), self.split_ids.into());
        options.insert("language".to_owned(), self.language.clone().into());
        options.insert("extranet".to_owned(), self.extranet.into());
        let mut documents = self.other_documents.clone();
        documents.insert("companies".to_owned(), self.companies.iter().map(Row::to_value).collect());
        documents.insert("persons".to_owned(), self.persons.iter().map(Row::to_value).collect());
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("format", FORMAT)?;
        map.serialize_entry("edition", &self.edition)?;
        map.serialize_entry("seats", &self.seats)?;
        map.serialize_entry("owner", &self.owner.to_string())?;
        map.serialize_entry("departments", &self.departments)?;
        map.serialize_entry("users", &self.users)?;
        map.serialize_entry("groups", &self.groups)?;
        map.serialize_entry("userfields", &self.userfields)?;
        map.serialize_entry("documents", &documents)?;
        if let Some(scopes) = &self.scopes {
            map.serialize_entry("scopes", scopes)?;
        }
        map.serialize_entry("admin", &self.admin)?;
        map.serialize_entry("options", &options)?;
        for (name, value) in &self.other {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for PortalFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PortalFile, D::Error> {
        deserializer.deserialize_map(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = PortalFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a portal file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PortalFile, A::Error> {
        let mut file = PortalFile::default();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice")));
            }
            read_key(&mut file, key, &mut map)?;
        }
        if !seen.contains("format") {
            return Err(A::Error::custom(format!("`format` is missing, it must be `{FORMAT}`")));
        }
        Ok(file)
    }
}

fn read_key<'de, A: MapAccess<'de>>(file: &mut PortalFile, key: String, map: &mut A) -> Result<(), A::Error> {
    match key.as_str() {
        "format" => {
            let format = map.next_value::<String>()?;
            if format != FORMAT {
                return Err(A::Error::custom(format!("the format is `{format}`, known is `{FORMAT}`")));
            }
        }
        "edition" => file.edition = or_default(map)?,
        "seats" => file.seats = map.next_value()?,
        "owner" => {
            let owner = map.next_value::<Value>()?;
            file.owner = match owner {
                Value::Null => 1,
                owner => row::number(&owner)
                    .ok_or_else(|| A::Error::custom("`owner` must be the id of a user, for example \"1\""))?,
            };
        }
        "admin" => file.admin = map.next_value::<Option<bool>>()?.unwrap_or(true),
        "scopes" => file.scopes = map.next_value()?,
        "departments" => file.departments = or_default(map)?,
        "users" => file.users = or_default(map)?,
        "groups" => file.groups = or_default(map)?,
        "userfields" => file.userfields = or_default(map)?,
        "documents" => {
            let mut documents = or_default::<Map<String, Value>, A>(map)?;
            let mut rows = |name: &str| match documents.remove(name) {
                Some(rows) => serde_json::from_value::<Option<Vec<Row>>>(rows)
                    .map(Option::unwrap_or_default)
                    .map_err(|error| A::Error::custom(format!("`documents.{name}`: {error}"))),
                None => Ok(Vec::new()),
            };
            (file.companies, file.persons) = (rows("companies")?, rows("persons")?);
            file.other_documents = documents;
        }
        "options" => read_options(file, or_default(map)?).map_err(A::Error::custom)?,
        _ => {
            file.other.insert(key, map.next_value()?);
        }
    }
    Ok(())
}

fn or_default<'de, T: DeserializeOwned + Default, A: MapAccess<'de>>(map: &mut A) -> Result<T, A::Error> {
    Ok(map.next_value::<Option<T>>()?.unwrap_or_default())
}

fn read_options(file: &mut PortalFile, mut options: Map<String, Value>) -> Result<(), String> {
    let mut flag = |name: &str, default: bool| match options.remove(name) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(_) => Err(format!("`options.{name}` must be true or false")),
    };
    file.split_ids = flag("split_ids", false)?;
    file.extranet = flag("extranet", true)?;
    match options.remove("language") {
        None | Some(Value::Null) => {}
        Some(Value::String(language)) => file.language = language,
        Some(_) => return Err("`options.language` must be `ru` or `en`".to_owned()),
    }
    file.other_options = options;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn missing_keys_mean_their_empty_value() {
        let file = PortalFile::parse(
            r#"{"format": "shtat-portal/1", "users": [{"ID": 1, "EMAIL": "a@b.example"}]}"#,
            "p.json",
        )
        .unwrap();
        assert_eq!(PortalFile { users: Vec::new(), ..file.clone() }, PortalFile::default());
        assert_eq!(file.users[0].number("ID"), Some(1));
    }

    #[test]
    fn unknown_keys_are_kept() {
        let text = r#"{"format": "shtat-portal/1", "made_by": {"x": [1]}, "documents": {"jobs": []}, "options": {"language": "en", "colour": "red"}}"#;
        let file = PortalFile::parse(text, "p.json").unwrap();
        let again = PortalFile::parse(&serde_json::to_string(&file).unwrap(), "p.json").unwrap();
        assert_eq!(again, file);
        assert_eq!(again.other["made_by"], json!({"x": [1]}));
        assert_eq!(again.other_options["colour"], "red");
    }

    #[test]
    fn mistakes_have_a_place() {
        let problem = PortalFile::parse("{\"format\": \"shtat-portal/1\",\n \"seats\": \"many\"}", "p.json")
            .unwrap_err();
        assert_eq!(problem.place.unwrap().to_string(), "p.json:2:16");
        for text in [
            "{}",
            r#"{"format": "shtat-portal/2"}"#,
            r#"{"format": "shtat-portal/1", "users": [{"ID": "1"}]}"#,
            r#"{"format": "shtat-portal/1", "users": [{"EMAIL": "a@b.example"}]}"#,
            r#"{"format": "shtat-portal/1", "admin": true, "admin": true}"#,
            r#"{"format": "shtat-portal/1", "departments": [{"NAME": "x"}]}"#,
        ] {
            assert!(PortalFile::parse(text, "p.json").is_err(), "{text}");
        }
    }
}
