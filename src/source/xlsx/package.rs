//! The ZIP around a workbook: parts by name, unpacked under a limit.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::Fault;

/// The largest part that is unpacked, in bytes.
const LARGEST_PART: u64 = 256 << 20;
/// Up to this size a part may be packed however well.
const ALWAYS_FINE: u64 = 16 << 20;
/// Beyond it, real sheets pack to no less than one in so many; a bomb to one in a thousand.
const DENSEST: u64 = 200;

/// A workbook's parts.
pub struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    names: Vec<String>,
}

impl<'b> Package<'b> {
    /// Opens a workbook held in memory.
    pub fn open(bytes: &'b [u8]) -> Result<Package<'b>, Fault> {
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(Fault::Compound);
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Fault::NoZip(error.to_string()))?;
        let names = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        Ok(Package { archive, names })
    }

    /// Finds a part; writers disagree about case (`xl/SharedStrings.xml`) and slashes.
    pub fn index(&self, name: &str) -> Option<usize> {
        let same = |other: &str| other.replace('\\', "/").trim_start_matches('/').eq_ignore_ascii_case(name);
        self.names
            .iter()
            .position(|other| other == name)
            .or_else(|| self.names.iter().position(|other| same(other)))
    }

    /// Unpacks a part as text; none where there is no such part.
    pub fn optional(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let Some(index) = self.index(name) else { return Ok(None) };
        let damaged = |cause: String| Fault::Damaged { part: name.to_owned(), cause };
        let mut part = self.archive.by_index(index).map_err(|error| damaged(error.to_string()))?;
        let limit = LARGEST_PART.min(ALWAYS_FINE.max(part.compressed_size().saturating_mul(DENSEST)));
        let mut bytes = Vec::new();
        (&mut part).take(limit + 1).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
        if u64::try_from(bytes.len()).map_or(true, |length| length > limit) {
            return Err(Fault::TooLarge(name.to_owned()));
        }
        text(bytes).map(Some).map_err(damaged)
    }

    /// Unpacks a part as text.
    pub fn required(&mut self, name: &str) -> Result<String, Fault> {
        self.optional(name)?.ok_or_else(|| Fault::NoPart(name.to_owned()))
    }

    /// Gives the archive away.
    pub fn into_archive(self) -> ZipArchive<Cursor<&'b [u8]>> {
        self.archive
    }
}

/// Reads UTF-8; a byte-order mark stays, so that the part can be written back as it was.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is in UTF-16; only UTF-8 is read".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
