//! Excel workbooks, read cell by cell with the place of each, so that one cell can be replaced
//! and every other part of the file stays as it is.
//!
//! Only the parts that are needed are unpacked, each under a limit: a small file may claim to
//! hold gigabytes. Formulas are never computed; their stored results are read.

mod edit;
mod package;
mod read;
mod sheet;
mod strings;
mod workbook;
mod xml;

pub use edit::with_address;
pub use read::rows;

use package::Package;
use sheet::Rows;

use crate::model::{Place, Problem};

/// Why a workbook cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is no ZIP.
    #[error("this is no workbook")]
    NoZip(String),
    /// A password, or the format before 2007.
    #[error("the workbook is encrypted, or an .xls of the time before 2007")]
    Compound,
    /// A part that must be there is not.
    #[error("the workbook has no part `{0}`")]
    NoPart(String),
    /// A part that unpacks to more than is reasonable.
    #[error("the part `{0}` of the workbook unpacks to more than is read")]
    TooLarge(String),
    /// A part that is no XML, or not in UTF-8.
    #[error("the part `{part}` of the workbook is damaged")]
    Damaged {
        /// Its name in the package.
        part: String,
        /// What the parser said.
        cause: String,
    },
    /// Rows or cells that do not follow each other, or lie beyond a sheet.
    #[error("rows or cells of the sheet do not follow each other")]
    Order {
        /// The row, from 1.
        row: u32,
    },
}

impl Fault {
    /// States the fault as a problem of a file.
    pub fn problem(self, file: &str) -> Problem {
        let problem = Problem::error(self.to_string());
        match self {
            Fault::NoZip(cause) => problem.at(Place::file(file)).cause(cause),
            Fault::Damaged { cause, .. } => {
                problem.at(Place::file(file)).cause(cause).hint("open the file in Excel and save it again")
            }
            Fault::Order { row } => {
                problem.at(Place::line(file, row)).hint("open the file in Excel and save it again")
            }
            Fault::Compound => problem.at(Place::file(file)).hint("save it as .xlsx without a password"),
            Fault::NoPart(_) | Fault::TooLarge(_) => problem.at(Place::file(file)),
        }
    }
}
