//! `shtat man`.

use std::path::{Path, PathBuf};

use super::{Context, Failure, command};
use crate::{model::Problem, project, ui::Exit};

/// Print the manual page, or write one page a command into a folder
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Write `shtat.1`, `shtat-plan.1`, … into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints or writes manual pages.
pub fn run(context: &Context, args: &ManArgs) -> Result<Exit, Failure> {
    match &args.out {
        Some(folder) => write_pages(context, folder)?,
        None => context.ui.result(&page(command())?)?,
    }
    Ok(Exit::Done)
}

fn write_pages(context: &Context, folder: &Path) -> Result<(), Failure> {
    let mut whole = command();
    whole.build();
    let commands: Vec<clap::Command> = whole.get_subcommands().cloned().collect();
    for command in std::iter::once(whole).chain(commands) {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        let path = folder.join(format!("{name}.1"));
        project::write_public(&path, page(command)?.as_bytes())?;
        context.ui.note(&format!("written: {}", path.display()));
    }
    Ok(())
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut text)
        .map_err(|error| Problem::error("the manual page could not be made").cause(error.to_string()))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
