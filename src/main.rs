//! The `shtat` program: parses arguments, runs one command, returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    shtat::cli::main()
}
