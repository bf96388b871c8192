//! The bucket's level on disk, so that runs that follow or overlap each other share it: the portal
//! counts by our address, not by our process.
//!
//! Only a help: where the file cannot be used, the process keeps its own count.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
    path::Path,
};

use super::{Rate, bucket::Bucket};

/// Takes room for one call in the shared bucket; `own` is the fallback and keeps up with it.
pub(crate) fn take(path: &Path, own: &mut Bucket, rate: Rate, now: f64) -> Result<(), f64> {
    let Some(mut file) = open(path) else {
        return own.take(rate, now);
    };
    let mut shared = read(&mut file).unwrap_or(*own);
    let taken = shared.take(rate, now);
    *own = shared;
    if taken.is_ok() {
        write(&mut file, shared);
    }
    taken
}

/// Tells other runs that the portal has just refused a call.
pub(crate) fn store(path: &Path, bucket: Bucket) {
    if let Some(mut file) = open(path) {
        write(&mut file, bucket);
    }
}

/// Opens and locks the file; the lock ends with the handle, also when the process is killed.
fn open(path: &Path) -> Option<File> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).ok()?;
    file.lock().ok()?;
    Some(file)
}

fn read(file: &mut File) -> Option<Bucket> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write(file: &mut File, bucket: Bucket) {
    let text = serde_json::to_string(&bucket).unwrap_or_default();
    // A torn write is read as no count at all, which the fallback covers.
    let _ = file.rewind().and_then(|()| file.set_len(0)).and_then(|()| file.write_all(text.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3.0, per_second: 1.0 };

    #[test]
    fn two_runs_share_one_bucket() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pace.json");
        let (mut first, mut second) = (Bucket::empty(0.0), Bucket::empty(0.0));
        assert_eq!(take(&path, &mut first, RATE, 10.0), Ok(()));
        assert_eq!(take(&path, &mut second, RATE, 10.0), Ok(()));
        assert_eq!(take(&path, &mut first, RATE, 10.0), Ok(()));
        assert_eq!(take(&path, &mut second, RATE, 10.0), Err(1.0));
        assert_eq!(take(&path, &mut second, RATE, 11.0), Ok(()));
    }

    #[test]
    fn a_damaged_or_impossible_file_falls_back_to_the_own_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pace.json");
        std::fs::write(&path, "{\"level\":").unwrap();
        let mut own = Bucket::full(RATE, 0.0);
        assert_eq!(take(&path, &mut own, RATE, 0.0), Err(1.0));
        assert_eq!(take(&folder.path().join("no/such/folder"), &mut own, RATE, 0.0), Err(1.0));
    }
}
