//! How the program speaks: streams, colour, progress, problems, exit codes.
//!
//! Results go to stdout and everything else to stderr; all of it makes sense without colour.
//! Nothing outside this module writes to the terminal.

mod ask;
mod exit;
mod log;
mod problems;
mod progress;
mod terminal;

pub use ask::confirm;
pub use exit::Exit;
pub use log::{LogFormat, Verbosity, start_log};
pub use problems::{problem_text, summary_line};
pub use progress::Meter;
pub use terminal::{ColorChoice, Ui};
