//! Files that only their owner may read, and what to say when they fail.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind},
    path::Path,
};

use crate::model::{Place, Problem};

/// Opens a file to read and write, makes it (0600) and its folder where they are missing.
pub fn open_private(path: &Path) -> io::Result<File> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let new = !path.exists();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    if new {
        // A new name is on the disk only when its folder is.
        File::open(folder).and_then(|folder| folder.sync_all())?;
    }
    Ok(file)
}

/// Tells what went wrong with a file, and what to do about it.
pub fn problem(what: &str, place: &str, error: &io::Error) -> Problem {
    let hint = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "free some space on this disk, then run the same command again"
        }
        ErrorKind::ReadOnlyFilesystem => "the folder `journal` must be on a disk that can be written to",
        ErrorKind::PermissionDenied => "the folder `journal` must belong to the user who runs shtat",
        ErrorKind::IsADirectory | ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "something else stands in the place of this file; move it away"
        }
        _ => {
            "nothing is written to the portal that the journal cannot hold; mend the disk and run the same command again"
        }
    };
    Problem::error(what).at(Place::file(place)).cause(error.to_string()).hint(hint)
}
