//! Reads a file whole, once, and as it was at one moment.

use std::{
    fs::{File, Metadata},
    io::Read,
    path::Path,
    thread,
    time::Duration,
};

use crate::model::{Place, Problem};

/// The largest file of people that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// How often a file that changes while it is read is read again.
const ATTEMPTS: u32 = 4;

/// Reads a file; `shown` is its path as the user wrote it.
pub fn load(path: &Path, shown: &str) -> Result<Vec<u8>, Problem> {
    for attempt in 0..ATTEMPTS {
        thread::sleep(Duration::from_millis(50) * attempt);
        if let Some(bytes) = load_once(path).map_err(|fault| fault.problem(shown))? {
            return Ok(bytes);
        }
    }
    Err(Problem::error("the file changed while it was read")
        .at(Place::file(shown))
        .hint("run the command again when the export is finished"))
}

/// Reads a file that need not be there.
pub fn load_optional(path: &Path, shown: &str) -> Result<Option<Vec<u8>>, Problem> {
    match path.try_exists() {
        Ok(false) => Ok(None),
        _ => load(path, shown).map(Some),
    }
}

/// Why a file cannot be read.
enum Fault {
    System(std::io::Error),
    NoFile,
    TooLarge,
}

impl Fault {
    fn problem(self, shown: &str) -> Problem {
        let problem = match self {
            Fault::System(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Problem::error("there is no such file")
                    .hint("check the path; paths are relative to shtat.yaml")
            }
            Fault::System(error) => Problem::error("the file cannot be read").cause(error.to_string()),
            Fault::NoFile => Problem::error("this is no file"),
            Fault::TooLarge => Problem::error(format!("the file is larger than {} MB", LARGEST >> 20)),
        };
        problem.at(Place::file(shown))
    }
}

/// Reads a file; none where it changed meanwhile.
fn load_once(path: &Path) -> Result<Option<Vec<u8>>, Fault> {
    // Asked before opening: opening a pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(Fault::System)?.is_file() {
        return Err(Fault::NoFile);
    }
    let mut file = File::open(path).map_err(Fault::System)?;
    let before = file.metadata().map_err(Fault::System)?;
    if before.len() > LARGEST {
        return Err(Fault::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or_default());
    (&mut file).take(LARGEST + 1).read_to_end(&mut bytes).map_err(Fault::System)?;
    let after = file.metadata().map_err(Fault::System)?;
    let whole = u64::try_from(bytes.len()).is_ok_and(|length| length == after.len());
    Ok((whole && same(&before, &after)).then_some(bytes))
}

fn same(before: &Metadata, after: &Metadata) -> bool {
    before.len() == after.len() && before.modified().ok() == after.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_told_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let problem = load(folder.path(), "people.csv").unwrap_err();
        assert_eq!(problem.what, "this is no file");
        assert_eq!(problem.place, Some(Place::file("people.csv")));
        let nowhere = load(&folder.path().join("nowhere"), "people.csv").unwrap_err();
        assert_eq!(nowhere.what, "there is no such file");
    }
}
