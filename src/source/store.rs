//! Puts a changed file in the place of the old one, whole or not at all.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

/// Replaces a file that holds `before` (none: that is not there) by one that holds `after`.
/// Tells false, and leaves it alone, where it holds something else by now.
///
/// The new file is written beside the old one, flushed to disk, and renamed; it keeps the old
/// one's permissions and, where the system allows it, owner. A new file is readable by its
/// owner alone.
pub fn replace(path: &Path, before: Option<&[u8]>, after: &[u8]) -> io::Result<bool> {
    // Behind a link stands the file that is meant.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(&path);
    let mut beside = Builder::new().prefix(".shtat-").suffix(".tmp").tempfile_in(&folder)?;
    beside.write_all(after)?;
    if let Ok(old) = fs::metadata(&path) {
        keep_owner(&beside, &old);
        beside.as_file().set_permissions(Permissions::clone(&old.permissions()))?;
    }
    beside.as_file().sync_all()?;
    let renamed = match before {
        None => put_new(beside, &path)?,
        Some(before) if fs::read(&path)? == before => {
            beside.persist(&path).map(|_| true).map_err(|error| error.error)?
        }
        Some(_) => false,
    };
    sync_folder(&folder)?;
    Ok(renamed)
}

/// Puts a file where there is none; tells false where one has appeared.
fn put_new(beside: NamedTempFile, path: &Path) -> io::Result<bool> {
    match beside.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Gives a file to the owner of the old one. Only root may do that for others; for everybody
/// else the file is theirs already, or cannot be given away.
#[cfg(unix)]
fn keep_owner(beside: &NamedTempFile, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(beside.as_file(), Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_beside: &NamedTempFile, _old: &fs::Metadata) {}

/// Flushes the rename itself to disk.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_elsewhere_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        fs::write(&path, "b").unwrap();
        assert!(!replace(&path, Some(b"a"), b"c").unwrap());
        assert!(!replace(&path, None, b"c").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"b");
        assert!(replace(&path, Some(b"b"), b"c").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"c");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_stay_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("people.csv"), folder.path().join("link.csv"));
        fs::write(&path, "a").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        assert!(replace(&link, Some(b"a"), b"b").unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let fresh = folder.path().join("new.csv");
        assert!(replace(&fresh, None, b"b").unwrap());
        assert_eq!(fs::metadata(&fresh).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
