//! An embedded portal's folder: the state, a log of what changed since, and a lock.
//!
//! `state.json` is a portal file; under its key `sandbox` it names the log that continues it. The
//! log has one changed row per line and is written and synced before an answer leaves. At start
//! both become a new state with a new, empty log; a line that was cut off was never answered.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Read, Seek, Write},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{OWN_KEY, Portal, table::read_change};
use crate::{
    model::{Place, Problem},
    sandbox::{
        Options, PortalFile,
        file::{cannot_write, write_beside},
        http::clock,
    },
};

const STATE: &str = "state.json";
const LOCK: &str = "lock";

/// The open folder of an embedded portal.
#[derive(Debug)]
pub struct Disk {
    log: File,
    path: PathBuf,
    _lock: File,
    /// Whether the portal's file was edited since the state was begun from it.
    pub file_changed: bool,
}

/// Opens a folder and the portal in it; an empty one begins from `file`.
///
/// # Errors
/// A problem where the folder cannot be used or another process serves it.
pub fn open(folder: &Path, file: &Path, options: &Options) -> Result<(Portal, Disk), Problem> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let lock = lock(folder)?;
    let hash = hash(file);
    let state = folder.join(STATE);
    let begun = state.exists();
    let mut start = PortalFile::load(if begun { &state } else { file })?;
    let own = start.other.get(OWN_KEY).cloned().unwrap_or(Value::Null);
    let number = own["log"].as_u64().unwrap_or(0);
    let began_from = own["file"].as_str().map_or_else(|| hash.clone(), str::to_owned);
    if !begun {
        start.other.remove(OWN_KEY);
    }
    let mut portal = Portal::new(start, options);
    let old = log_path(folder, number);
    let path = if begun && is_empty(&old) {
        old
    } else {
        replay(&mut portal, &old)?;
        compact(&portal, &state, number + 1, &began_from)?;
        // The old log is part of the new state; one that stays behind is never read again.
        let _ = fs::remove_file(old);
        log_path(folder, number + 1)
    };
    let log = create(&path).map_err(|error| cannot_write(&path, &error))?;
    portal.record();
    Ok((portal, Disk { log, path, _lock: lock, file_changed: !hash.is_empty() && hash != began_from }))
}

/// Tells whether a log has no change in it: then the state needs no rewriting.
fn is_empty(log: &Path) -> bool {
    fs::metadata(log).map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |about| about.len() == 0)
}

impl Disk {
    /// Writes changes and syncs them.
    ///
    /// # Errors
    /// Where the disk refuses; nothing may be answered then.
    pub fn append(&mut self, lines: &[String]) -> Result<(), Problem> {
        if lines.is_empty() {
            return Ok(());
        }
        let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        let written = self.log.write_all(text.as_bytes()).and_then(|()| self.log.sync_data());
        written.map_err(|error| cannot_write(&self.path, &error))
    }
}

fn log_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("changes.{number}.jsonl"))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn replay(portal: &mut Portal, path: &Path) -> Result<(), Problem> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot_read(path, &error)),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for number in 1_u32.. {
        line.clear();
        reader.read_until(b'\n', &mut line).map_err(|error| cannot_read(path, &error))?;
        if line.last() != Some(&b'\n') {
            break;
        }
        let change = std::str::from_utf8(&line).ok().and_then(read_change);
        let (kind, id, row) = change.ok_or_else(|| {
            Problem::error("a change of the embedded portal cannot be read")
                .at(Place::line(path.display().to_string(), number))
                .hint("delete the portal's folder in .shtat to start over")
        })?;
        portal.apply(kind, id, row);
    }
    Ok(())
}

fn compact(portal: &Portal, path: &Path, number: u64, began_from: &str) -> Result<(), Problem> {
    let mut file = portal.to_file(true);
    let own = file.other.entry(OWN_KEY).or_insert_with(|| json!({}));
    own["log"] = number.into();
    own["file"] = began_from.into();
    write_beside(path, |out| serde_json::to_writer(out, &file).map_err(Into::into))
        .map_err(|error| cannot_write(path, &error))
}

fn cannot_read(path: &Path, error: &io::Error) -> Problem {
    Problem::error("the embedded portal's state cannot be read")
        .at(Place::file(path.display().to_string()))
        .cause(error.to_string())
}

/// Hashes the portal's file; empty where it cannot be read (its state may live on without it).
fn hash(file: &Path) -> String {
    let mut hash = Sha256::new();
    let mut buffer = [0; 64 * 1024];
    let Ok(mut file) = File::open(file) else { return String::new() };
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hash.update(&buffer[..count]),
            Err(_) => return String::new(),
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes the folder for this process. The system lets the lock go when the process ends, however.
fn lock(folder: &Path) -> Result<File, Problem> {
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(|error| cannot_write(&path, &error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(taken(&mut file, &path)),
        Err(TryLockError::Error(error)) => return Err(cannot_write(&path, &error)),
    }
    let note = format!("process {}, since {}\n", std::process::id(), clock::moment(clock::now()));
    let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(note.as_bytes()));
    noted.map_err(|error| cannot_write(&path, &error))?;
    Ok(file)
}

fn taken(file: &mut File, path: &Path) -> Problem {
    let mut who = String::new();
    // Who cannot be told is not told; the refusal stands.
    let _ = file.take(200).read_to_string(&mut who);
    let problem = Problem::error("the embedded portal is in use by another process")
        .at(Place::file(path.display().to_string()))
        .hint("wait until that process has ended");
    if who.trim().is_empty() { problem } else { problem.cause(who.trim().to_owned()) }
}
