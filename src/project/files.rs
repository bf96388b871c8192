//! Files of the project: read with their faults told, written beside and renamed.

use std::{fs, io, io::Write, path::Path};

use crate::model::{Place, Problem};

/// Reads a whole text file under a size limit.
pub fn read_text(path: &Path, shown: &str, limit: u64) -> Result<String, Problem> {
    let size = fs::metadata(path).map_err(|error| unreadable(shown, &error))?.len();
    if size > limit {
        let what = format!("the file has {size} bytes, more than {limit}");
        return Err(Problem::error(what).at(Place::file(shown)).hint("is it the right file?"));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(shown, &error))?;
    String::from_utf8(bytes).map_err(|error| not_utf8(shown, &error))
}

/// Writes a file that holds personal data: 0600, beside and renamed, flushed to disk.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    write_beside(path, bytes).map_err(|error| unwritable(path, &error))
}

/// Writes a file that anybody may read, beside and renamed.
pub fn write_public(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    write_beside(path, bytes).and_then(|()| make_public(path)).map_err(|error| unwritable(path, &error))
}

/// Tells a file that cannot be read.
pub fn unreadable(shown: &str, error: &io::Error) -> Problem {
    let problem = Problem::error("the file cannot be read").at(Place::file(shown)).cause(error.to_string());
    match error.kind() {
        io::ErrorKind::NotFound => problem.hint("check the path; paths are relative to shtat.yaml"),
        io::ErrorKind::PermissionDenied => problem.hint("give this user the right to read it"),
        _ => problem,
    }
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // A temporary file is made 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Flushes a folder, so that a rename in it survives a power cut. Windows has no such call.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn make_public(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_public(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> Problem {
    let place = Place::file(path.display().to_string());
    Problem::error("the file cannot be written").at(place).cause(error.to_string())
}

fn not_utf8(shown: &str, error: &std::string::FromUtf8Error) -> Problem {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
    let place = Place::line(shown, u32::try_from(line).unwrap_or(u32::MAX));
    Problem::error("the file is not UTF-8 text").at(place).hint("save it as UTF-8")
}
