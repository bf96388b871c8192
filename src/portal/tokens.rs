//! The token pair of a local application, and the file it lives in.
//!
//! The file holds the refresh answer of the authorization server as JSON. It is a password: 0600,
//! written beside and renamed, and complete on disk before a new token is used, because the old
//! refresh token is dead by then.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use serde_json::{Map, Value};
use tempfile::NamedTempFile;
use url::Url;

use super::{PortalFault, options::Tokens};

/// A token pair as the authorization server gave it.
#[derive(Clone)]
pub(crate) struct Pair {
    /// Everything the server said, kept for the file.
    answer: Map<String, Value>,
}

/// Where a pair is kept.
pub(crate) enum Store {
    /// A file.
    File(PathBuf),
    /// Nowhere: the portal lives no longer than we do.
    Memory,
}

/// A lock against other programs that rotate the same pair; ends with the value.
pub(crate) struct Rotation {
    next: Option<NamedTempFile>,
    _lock: Option<File>,
}

impl Pair {
    /// Reads the answer of the authorization server.
    pub(crate) fn new(answer: Value) -> Option<Pair> {
        let Value::Object(answer) = answer else { return None };
        let pair = Pair { answer };
        (!pair.text("access_token").is_empty() && !pair.text("refresh_token").is_empty()).then_some(pair)
    }

    /// Lives an hour.
    pub(crate) fn access(&self) -> SecretString {
        SecretString::from(self.text("access_token").to_owned())
    }

    /// Lives 180 days, or until it is used.
    pub(crate) fn refresh(&self) -> SecretString {
        SecretString::from(self.text("refresh_token").to_owned())
    }

    /// Where the portal answers.
    pub(crate) fn endpoint(&self) -> Option<Url> {
        Url::parse(self.text("client_endpoint")).ok().filter(|url| url.host_str().is_some())
    }

    /// Takes over what a new answer does not repeat (the code exchange tells less than a refresh).
    pub(crate) fn followed_by(&self, next: Pair) -> Pair {
        let mut answer = self.answer.clone();
        answer.extend(next.answer);
        Pair { answer }
    }

    fn text(&self, name: &str) -> &str {
        self.answer.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Store {
    /// Opens a store and reads the pair in it.
    pub(crate) fn open(tokens: &Tokens) -> Result<(Store, Pair), PortalFault> {
        match tokens {
            Tokens::Held(answer) => {
                let pair = Pair::new(answer.clone())
                    .ok_or_else(|| local("the given tokens are incomplete".into()))?;
                Ok((Store::Memory, pair))
            }
            Tokens::File(path) => Ok((Store::File(path.clone()), load(path)?)),
        }
    }

    /// Prepares to replace the pair. What could keep the new pair from being saved shows here,
    /// while the old one is still good.
    pub(crate) fn rotation(&self) -> Result<Rotation, PortalFault> {
        let Store::File(path) = self else { return Ok(Rotation { next: None, _lock: None }) };
        let failed = |error| local(format!("the token file {} cannot be replaced: {error}", path.display()));
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.with_added_extension("lock"))
            .map_err(failed)?;
        lock.lock().map_err(failed)?;
        let next = NamedTempFile::new_in(folder(path)).map_err(failed)?;
        Ok(Rotation { next: Some(next), _lock: Some(lock) })
    }

    /// Reads the pair again: another program may have replaced it.
    pub(crate) fn reload(&self) -> Option<Pair> {
        match self {
            Store::File(path) => load(path).ok(),
            Store::Memory => None,
        }
    }

    /// Saves a pair, so that it survives a power cut from here on.
    pub(crate) fn save(&self, rotation: Rotation, pair: &Pair) -> Result<(), PortalFault> {
        let (Store::File(path), Some(mut next)) = (self, rotation.next) else { return Ok(()) };
        let text = serde_json::to_string_pretty(&pair.answer).unwrap_or_default() + "\n";
        let written = next
            .write_all(text.as_bytes())
            .and_then(|()| next.as_file().sync_all())
            .and_then(|()| next.persist(path).map_err(|error| error.error))
            .and_then(|_| File::open(folder(path)))
            .and_then(|folder| folder.sync_all());
        written
            .map_err(|error| local(format!("the new tokens cannot be saved to {}: {error}", path.display())))
    }
}

fn load(path: &Path) -> Result<Pair, PortalFault> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| local(format!("the token file {shown} cannot be read: {error}")))?;
    // The text of a JSON error may quote the file, and the file is a password.
    let answer = serde_json::from_str(&text).map_err(|error| {
        local(format!("the token file {shown}:{}:{} is not JSON", error.line(), error.column()))
    })?;
    Pair::new(answer)
        .ok_or_else(|| local(format!("the token file {shown} lacks access_token or refresh_token")))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn local(cause: String) -> PortalFault {
    PortalFault::Local { cause }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_new_pair_is_complete_on_disk_and_readable_by_us_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        std::fs::write(
            &path,
            r#"{"access_token":"a1","refresh_token":"r1","client_endpoint":"https://p.example/rest/"}"#,
        )
        .unwrap();
        let (store, old) = Store::open(&Tokens::File(path.clone())).unwrap();
        let next =
            Pair::new(json!({"access_token": "a2", "refresh_token": "r2", "domain": "p.example"})).unwrap();
        store.save(store.rotation().unwrap(), &old.followed_by(next)).unwrap();
        let saved = store.reload().unwrap();
        assert_eq!(saved.access().expose_secret(), "a2");
        assert_eq!(saved.endpoint().unwrap().as_str(), "https://p.example/rest/");
        assert_eq!(saved.text("domain"), "p.example");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_told_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        for text in ["{\"access_token\": s3cr3t", "{\"access_token\": \"s3cr3t\"}", "[]"] {
            std::fs::write(&path, text).unwrap();
            let fault = Store::open(&Tokens::File(path.clone())).err().unwrap().to_string();
            assert!(fault.contains("tokens.json") && !fault.contains("s3cr3t"), "{fault}");
        }
    }
}
