//! The project folder: shtat.yaml, rules/, journal/, .shtat/.
//!
//! Reads what stands there and hands it to the pure core; opens the sources and says where the
//! journal and the embedded portals live. Never writes into rules/ or shtat.yaml.

mod config;
mod files;
mod reader;
mod secret;
mod shape;

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use serde_json::Value;

pub use config::{Config, FILE, OAuthConfig, PeopleConfig, PortalAccess, PortalConfig};
pub use files::{read_text, unreadable, write_private, write_public};
pub use secret::SecretRef;

use crate::{
    model::{Place, Problem},
    rules::yaml,
    source::{self, Source, odata::OData},
};

/// The longest rule file and shtat.yaml.
const YAML_LIMIT: u64 = 2_000_000;

/// Where the tests of rules are, which are no rules.
const RULE_TESTS: &str = "rules/tests";

/// A project folder with its shtat.yaml.
#[derive(Debug, Clone)]
pub struct Project {
    /// Where shtat.yaml is.
    pub folder: PathBuf,
    /// shtat.yaml.
    pub config: Config,
}

/// A text file of the project: its name as messages show it, and its text.
pub type NamedText = (String, String);

impl Project {
    /// Reads shtat.yaml of a folder.
    pub fn open(folder: &Path) -> Result<Project, Vec<Problem>> {
        let text = files::read_text(&folder.join(FILE), FILE, YAML_LIMIT).map_err(|problem| {
            vec![problem.hint("`shtat init` writes a first one; `-C DIR` names the project folder")]
        })?;
        Ok(Project { folder: folder.to_owned(), config: Config::read(folder, &text)? })
    }

    /// Reads the rule files, those in folders below rules/ too, in the order of their names. A
    /// missing folder has none.
    pub fn rule_files(&self) -> Result<Vec<NamedText>, Vec<Problem>> {
        read_yaml_files(&self.folder, "rules")
    }

    /// Reads the tests of rules.
    pub fn rule_test_files(&self) -> Result<Vec<NamedText>, Vec<Problem>> {
        read_yaml_files(&self.folder, RULE_TESTS)
    }

    /// Opens the source of people for a day.
    pub fn source(
        &self,
        today: Date,
        organizations: &[String],
        ca: Option<&Path>,
    ) -> Result<Box<dyn Source>, Vec<Problem>> {
        match &self.config.people {
            PeopleConfig::File(file) => Ok(Box::new(source::open(file.clone()))),
            PeopleConfig::OData { .. } => {
                self.odata(today, organizations, ca).map(|odata| Box::new(odata) as Box<dyn Source>)
            }
        }
    }

    /// Opens the live 1C that `people.odata` names.
    ///
    /// # Errors
    /// Fails where people come from a file, and where the password or the settings are wrong.
    pub fn odata(
        &self,
        today: Date,
        organizations: &[String],
        ca: Option<&Path>,
    ) -> Result<OData, Vec<Problem>> {
        let PeopleConfig::OData { settings, password, place } = &self.config.people else {
            return Err(vec![Problem::error("people come from a file here, not from a live 1C")]);
        };
        let mut settings = (**settings).clone();
        settings.password = password.fetch()?;
        settings.ca_file = ca.map(Path::to_owned);
        settings.organizations = organizations.to_vec();
        OData::new(settings, today)
            .map_err(|problems| problems.into_iter().map(|problem| problem.at(place.clone())).collect())
    }

    /// Returns the folder of the journals.
    pub fn journal_folder(&self) -> PathBuf {
        self.folder.join("journal")
    }

    /// Returns the folder in which an embedded portal lives.
    pub fn sandbox_folder(&self, portal: &str) -> PathBuf {
        self.folder.join(".shtat").join(portal)
    }
}

impl From<Problem> for Vec<Problem> {
    fn from(problem: Problem) -> Vec<Problem> {
        vec![problem]
    }
}

/// Returns the JSON Schema of shtat.yaml.
pub fn json_schema() -> Value {
    yaml::json_schema(&shape::CONFIG, "shtat.yaml", "Where people come from, and which portals there are.")
}

fn read_yaml_files(folder: &Path, inside: &str) -> Result<Vec<NamedText>, Vec<Problem>> {
    let mut names = yaml_names(&folder.join(inside), inside)?;
    names.sort();
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        match files::read_text(&folder.join(&name), &name, YAML_LIMIT) {
            Ok(text) => texts.push((name, text)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(texts) } else { Err(problems) }
}

fn yaml_names(folder: &Path, shown: &str) -> Result<Vec<String>, Problem> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(shown, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(shown, &error))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return Err(Problem::error("a file's name is not Unicode").at(Place::file(shown)));
        };
        let inside = format!("{shown}/{name}");
        let yaml = Path::new(name).extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        match entry.path().is_dir() {
            // Editors leave hidden copies beside the file that is being edited.
            _ if name.starts_with('.') || inside == RULE_TESTS => {}
            true => names.extend(yaml_names(&entry.path(), &inside)?),
            false if yaml => names.push(inside),
            false => {}
        }
    }
    Ok(names)
}
