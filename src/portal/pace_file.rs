//! The bucket's level on disk, so that runs that follow or overlap each other share it: the portal
//! counts by our address, not by our process.
//!
//! Only a help: where the file cannot be used, the process keeps its own count.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Rate, bucket::Bucket};

/// The shared bucket of one portal.
pub(crate) struct PaceFile {
    path: PathBuf,
    portal: String,
}

/// What the file says.
#[derive(Serialize, Deserialize)]
struct Level {
    /// Host and port: the bucket of another portal says nothing.
    portal: String,
    bucket: Bucket,
}

impl PaceFile {
    /// Names the file of a portal, which is host and port.
    pub(crate) fn new(path: PathBuf, portal: &str) -> PaceFile {
        PaceFile { path, portal: portal.to_owned() }
    }

    /// Takes room for one call in the shared bucket; `own` is the fallback and keeps up with it.
    pub(crate) fn take(&self, own: &mut Bucket, rate: Rate, now: f64) -> Result<(), f64> {
        let Some(mut file) = open(&self.path) else {
            return own.take(rate, now);
        };
        let known = read(&mut file).filter(|level| level.portal == self.portal);
        let mut shared = known.map_or(*own, |level| level.bucket);
        let taken = shared.take(rate, now);
        *own = shared;
        if taken.is_ok() {
            self.write(&mut file, shared);
        }
        taken
    }

    /// Tells other runs that the portal has just refused a call.
    pub(crate) fn store(&self, bucket: Bucket) {
        if let Some(mut file) = open(&self.path) {
            self.write(&mut file, bucket);
        }
    }

    fn write(&self, file: &mut File, bucket: Bucket) {
        let level = Level { portal: self.portal.clone(), bucket };
        let text = serde_json::to_string(&level).unwrap_or_default();
        // A torn write is read as no count at all, which the fallback covers.
        let _ = file.rewind().and_then(|()| file.set_len(0)).and_then(|()| file.write_all(text.as_bytes()));
    }
}

/// Opens and locks the file; the lock ends with the handle, also when the process is killed.
fn open(path: &Path) -> Option<File> {
    fs::create_dir_all(path.parent()?).ok()?;
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).ok()?;
    file.lock().ok()?;
    Some(file)
}

fn read(file: &mut File) -> Option<Level> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3.0, per_second: 1.0 };

    #[test]
    fn two_runs_share_one_bucket_and_two_portals_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/for/it/pace.json");
        let (first, second) =
            (PaceFile::new(path.clone(), "p.example"), PaceFile::new(path.clone(), "p.example"));
        let (mut own, mut other) = (Bucket::empty(0.0), Bucket::empty(0.0));
        assert_eq!(first.take(&mut own, RATE, 10.0), Ok(()));
        assert_eq!(second.take(&mut other, RATE, 10.0), Ok(()));
        assert_eq!(first.take(&mut own, RATE, 10.0), Ok(()));
        assert_eq!(second.take(&mut other, RATE, 10.0), Err(1.0));
        assert_eq!(second.take(&mut other, RATE, 11.0), Ok(()));
        assert_eq!(PaceFile::new(path, "q.example").take(&mut Bucket::empty(0.0), RATE, 11.0), Ok(()));
    }

    #[test]
    fn a_damaged_or_impossible_file_falls_back_to_the_own_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pace.json");
        fs::write(&path, "{\"bucket\":").unwrap();
        let mut own = Bucket::full(RATE, 0.0);
        assert_eq!(PaceFile::new(path.clone(), "p.example").take(&mut own, RATE, 0.0), Err(1.0));
        let impossible = PaceFile::new(path.join("below/a/file"), "p.example");
        assert_eq!(impossible.take(&mut own, RATE, 0.0), Err(1.0));
    }
}
