//! One apply per portal at a time.
//!
//! The lock is the operating system's, on `journal/<portal>.lock`: it goes with the process that
//! holds it, however that ends. The text in the file only says who holds it.

use std::{
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use jiff::Timestamp;

use super::files;
use crate::model::{Place, Problem};

/// Holds a portal until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a portal, or says which process on which host holds it since when.
    pub fn take(path: &Path, place: &str) -> Result<Lock, Problem> {
        let trouble = |error| files::problem("cannot lock the journal", place, &error);
        let mut file = files::open_private(path).map_err(trouble)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(&mut file, place)),
            Err(TryLockError::Error(error)) => return Err(trouble(error)),
        }
        let holder = format!("process {} on {} since {}\n", std::process::id(), host(), now());
        file.set_len(0).and_then(|()| file.rewind()).map_err(trouble)?;
        file.write_all(holder.as_bytes()).and_then(|()| file.sync_data()).map_err(trouble)?;
        Ok(Lock { _file: file })
    }
}

fn taken(file: &mut File, place: &str) -> Problem {
    let mut holder = String::new();
    let known = file.read_to_string(&mut holder).is_ok() && !holder.trim().is_empty();
    let holder = if known { holder.trim() } else { "another process" };
    Problem::error(format!("this portal is being worked on by {holder}"))
        .at(Place::file(place))
        .hint("wait until it ends, or stop it, and run the same command again")
}

fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now)
}

/// Returns the name of this machine.
pub fn host() -> String {
    let told = ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .into_iter()
        .find_map(|path| std::fs::read_to_string(path).ok())
        .or_else(|| ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(|name| std::env::var(name).ok()));
    told.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it_and_a_dropped_lock_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.lock");
        let first = Lock::take(&path, "journal/main.lock").unwrap();
        let told = Lock::take(&path, "journal/main.lock").unwrap_err();
        assert!(
            told.what.contains(&format!("process {} on {}", std::process::id(), host())),
            "{}",
            told.what
        );
        drop(first);
        Lock::take(&path, "journal/main.lock").unwrap();
    }

    #[test]
    fn a_lock_file_left_behind_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.lock");
        std::fs::write(&path, "process 1 on elsewhere since long ago, and a longer text\n").unwrap();
        Lock::take(&path, "journal/main.lock").unwrap();
        assert!(!std::fs::read_to_string(&path).unwrap().contains("elsewhere"));
    }
}
