//! Why a command ended early.

use crate::{model::Problem, ui::Exit};

/// A command that could not do what was asked: what to print, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the run ends.
    pub exit: Exit,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

impl Failure {
    /// Ends the run with another code than 1.
    pub fn with_exit(exit: Exit, problem: Problem) -> Failure {
        Failure { exit, problems: vec![problem] }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure { exit: Exit::Error, problems: vec![problem] }
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Failure {
        Failure { exit: Exit::Error, problems }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::from(Problem::error("the result could not be written").cause(error.to_string()))
    }
}
