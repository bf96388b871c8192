//! What the program's exit code says.

use std::process::ExitCode;

/// How a run ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// Usage, files, rules, or a portal out of reach.
    Error = 1,
    /// `plan --detailed-exitcode`: there are steps.
    Pending = 2,
    /// Held by a limit or by `source_shrink`; apply wrote nothing.
    Held = 3,
    /// The portal or the plan is not what it was.
    Stale = 4,
    /// Applied in part.
    Partial = 5,
    /// Applied, and a person has something to do by hand.
    Waiting = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
