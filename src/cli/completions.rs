//! `shtat completions`.

use clap_complete::Shell;

use super::{Context, Failure, command};
use crate::ui::Exit;

/// Print shell completions
///
/// For example: `shtat completions bash > /etc/bash_completion.d/shtat`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints the completions of a shell.
pub fn run(context: &Context, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "shtat", &mut text);
    context.ui.result(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
