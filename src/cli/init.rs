//! `shtat init`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{
    Context, Failure,
    connect::{Reads, connect},
    meter::PortalMeter,
    starter,
};
use crate::{
    model::{People, Place, Problem, Snapshot},
    portal::{Cancel, ReadPortal},
    project::{self, Config, FILE, Project},
    source::FileKind,
    ui::Exit,
};

/// Write a first shtat.yaml and rules from a live source and portal
///
/// Reads people and portal, guesses the department map by name and the domain by what is used
/// most, and writes files to be read and changed. Never overwrites one. Secrets are named, not
/// given: `--webhook '${SHTAT_MAIN_WEBHOOK}'`.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The people's file: .csv, .xlsx or .json
    #[arg(long, value_name = "FILE", required_unless_present = "odata", conflicts_with = "odata")]
    people: Option<PathBuf>,
    /// The address of a 1C base with the OData interface
    #[arg(long, value_name = "URL", requires = "odata_user")]
    odata: Option<String>,
    /// The 1C user
    #[arg(long, value_name = "USER")]
    odata_user: Option<String>,
    /// Where the 1C password is kept: `${VARIABLE}`
    #[arg(long, value_name = "VARIABLE", default_value = "${SHTAT_1C_PASSWORD}")]
    odata_password: String,
    /// Where the webhook is kept: `${VARIABLE}`
    #[arg(
        long,
        value_name = "VARIABLE",
        default_value = "${SHTAT_MAIN_WEBHOOK}",
        conflicts_with = "sandbox"
    )]
    webhook: String,
    /// An embedded portal from this file instead of a webhook
    #[arg(long, value_name = "FILE")]
    sandbox: Option<PathBuf>,
    /// Whose day it is
    #[arg(long, value_name = "ZONE", default_value = "Europe/Moscow")]
    timezone: String,
}

/// Reads source and portal, and writes the first files.
pub fn run(context: &Context, args: &InitArgs) -> Result<Exit, Failure> {
    let folder = &context.global.project;
    if folder.join(FILE).exists() {
        return Err(Failure::from(
            Problem::error("there is a shtat.yaml already")
                .at(Place::file(FILE))
                .hint("`-C DIR` names another folder"),
        ));
    }
    let text = config_text(context, args)?;
    // Paths in shtat.yaml begin in its folder, so that must be there before they are followed.
    std::fs::create_dir_all(folder).map_err(|error| {
        Problem::error("the folder cannot be made")
            .at(Place::file(folder.display().to_string()))
            .cause(error.to_string())
    })?;
    let project = Project { folder: folder.clone(), config: Config::read(folder, &text)? };
    let (people, have) = look(context, &project)?;
    let mut files = vec![(FILE.to_owned(), text)];
    files.extend(starter::rule_files(&people, &have));
    for (name, text) in files {
        write_new(context, &folder.join(&name), &name, &text)?;
    }
    context.ui.note("read them, change what was guessed wrong, then: shtat check, shtat plan");
    Ok(Exit::Done)
}

/// Reads people and portal through the configuration that is about to be written.
fn look(context: &Context, project: &Project) -> Result<(People, Snapshot), Failure> {
    let portal = project.config.portal(None)?;
    let today = Timestamp::now().to_zoned(project.config.timezone.clone()).date();
    let source = project.source(today, &[], context.global.ca.as_deref())?;
    let reading = source.read();
    context.ui.problems(&reading.problems);
    if reading.has_errors() {
        return Err(Failure::from(Vec::new()));
    }
    let connection = connect(context, project, portal, Reads::everything(), &Cancel::default())?;
    let meter = PortalMeter::new(context.ui);
    let have = connection.client.snapshot(&meter).map_err(|error| error.problem(&portal.name))?;
    meter.finish();
    Ok((reading.people, have))
}

fn config_text(context: &Context, args: &InitArgs) -> Result<String, Problem> {
    let people = match (&args.people, &args.odata) {
        (Some(file), _) => format!("  {}: {}\n", key_of(kind_of(file)?), quoted(&file.display().to_string())),
        (None, Some(url)) => format!(
            "  odata:\n    url: {}\n    user: {}\n    password: {}\n",
            quoted(url),
            quoted(args.odata_user.as_deref().unwrap_or("")),
            quoted(&args.odata_password)
        ),
        (None, None) => {
            return Err(Problem::error("where do people come from?").hint("`--people FILE` or `--odata URL`"));
        }
    };
    let portal = match &args.sandbox {
        Some(file) => format!("    sandbox: {}\n", quoted(&file.display().to_string())),
        None => {
            format!("    webhook: {}\n    edition: cloud          # cloud | box\n", quoted(&args.webhook))
        }
    };
    let name = context.global.portal.as_deref().unwrap_or("main");
    Ok(format!(
        "# Where people come from, and which portals there are.\n\npeople:\n{people}  timezone: {}\n\nportals:\n  {name}:\n{portal}",
        quoted(&args.timezone)
    ))
}

/// Tells the kind of a people's file by its ending.
pub fn kind_of(file: &Path) -> Result<FileKind, Problem> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_lowercase();
    match ending.as_str() {
        "csv" | "txt" => Ok(FileKind::Csv),
        "xlsx" => Ok(FileKind::Xlsx),
        "json" | "jsonl" => Ok(FileKind::Json),
        _ => Err(Problem::error("the ending of the people's file says nothing")
            .at(Place::file(file.display().to_string()))
            .hint("known are .csv, .xlsx and .json")),
    }
}

fn key_of(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Csv => "csv",
        FileKind::Xlsx => "xlsx",
        FileKind::Json => "json",
    }
}

/// Writes a text as YAML reads it back.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn write_new(context: &Context, path: &Path, shown: &str, text: &str) -> Result<(), Failure> {
    if path.exists() {
        context.ui.note(&format!("left as it is: {shown}"));
        return Ok(());
    }
    project::write_public(path, text.as_bytes())?;
    context.ui.note(&format!("written: {shown}"));
    Ok(())
}
