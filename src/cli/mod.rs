//! One file per command: gather, call the core, print.

mod apply;
mod arguments;
mod check;
mod completions;
mod confirm;
mod connect;
mod explain;
mod failure;
mod gather;
mod init;
mod interrupt;
mod log;
mod man;
mod meter;
mod online;
mod people;
mod plan;
mod problems;
mod report;
mod sandbox;
mod schema;
mod snapshot;
mod starter;
mod status;
mod trial;

use std::process::ExitCode;

use clap::Parser;

pub use arguments::{Cli, Context, command};
pub use failure::Failure;

/// Parses the arguments, runs one command and returns its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return arguments::usage_exit(&error),
    };
    cli.run().into()
}
