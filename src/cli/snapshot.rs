//! `shtat snapshot`.

use std::path::PathBuf;

use super::{
    Context, Failure,
    connect::{Reads, connect},
    meter::PortalMeter,
};
use crate::{
    portal::Cancel,
    project::{self, Project},
    ui::Exit,
};

/// Save the portal's state, for `plan --have` and for rehearsal in the sandbox
///
/// The file holds personal data: it is written readable for its owner only.
#[derive(Debug, clap::Args)]
pub struct SnapshotArgs {
    /// Write into this file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Reads the portal and writes it down.
pub fn run(context: &Context, args: &SnapshotArgs) -> Result<Exit, Failure> {
    let project = Project::open(&context.global.project)?;
    let portal = project.config.portal(context.global.portal.as_deref())?;
    let connection = connect(context, &project, portal, Reads::everything(), &Cancel::default())?;
    let meter = PortalMeter::new(context.ui);
    let file = connection.client.portal_file(&meter).map_err(|error| error.problem(&portal.name))?;
    meter.finish();
    let text = file.to_json();
    match &args.out {
        Some(path) => {
            project::write_private(path, text.as_bytes())?;
            context.ui.note(&format!("saved: {}", path.display()));
        }
        None => context.ui.result(&text)?,
    }
    Ok(Exit::Done)
}
