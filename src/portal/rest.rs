//! One way to a portal: address, access, pace. A read is repeated where that is safe, a write
//! leaves exactly once.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::{
    Cancel, Edition, Listener, Notice, PortalError, PortalFault,
    answer::{self, Answer},
    http::{Http, HttpAnswer},
    moved,
    oauth::OAuth,
    pace::{Pace, Stopped},
};

/// Reads are repeated so many times.
const REPEATS: u32 = 4;
/// The pause before the first repeat, in seconds; each next one is twice as long.
const FIRST_PAUSE: f64 = 0.5;
/// A portal that moves more often in one call is a loop.
const MOVES: u32 = 3;
/// Working time per method in ten minutes, in seconds, with a margin (reference: REST, 3.2).
const OPERATING_LIMIT: (f64, f64) = (470.0, 410.0);

/// One way to a portal.
pub(crate) struct Rest {
    pub(crate) http: Arc<Http>,
    pub(crate) pace: Arc<Pace>,
    pub(crate) auth: Auth,
    pub(crate) cancel: Cancel,
    pub(crate) listener: Option<Listener>,
    pub(crate) edition: Edition,
    /// Where the portal answers; changes when it moved.
    pub(crate) origin: Arc<Mutex<Url>>,
}

/// Whose rights the calls have.
pub(crate) enum Auth {
    /// The path that holds the owner and the secret, and the secret.
    Webhook {
        /// `/rest/7/secret/`
        path: SecretString,
        /// To be masked.
        secret: SecretString,
    },
    /// A local application.
    OAuth(OAuth),
}

impl Rest {
    /// Calls a method that changes nothing; repeats it where no usable answer came.
    pub(crate) async fn read(&self, method: &str, params: Value) -> Result<Answer, PortalError> {
        self.read_of(method, &[method], params).await
    }

    /// Like [`Rest::read`], for a call that runs other methods inside.
    pub(crate) async fn read_of(
        &self,
        method: &str,
        inside: &[&str],
        params: Value,
    ) -> Result<Answer, PortalError> {
        let mut failed = 0;
        loop {
            match self.once(method, inside, &params).await {
                Err(fault) if failed < REPEATS && may_repeat(&fault) => {
                    tracing::debug!(method, failed, "a read is repeated: {fault}");
                    self.pause(failed).await.map_err(|Stopped| stopped(method))?;
                    failed += 1;
                }
                outcome => return outcome.map_err(|fault| PortalError::new(method, fault)),
            }
        }
    }

    /// Calls a method that changes something: once, whatever comes back.
    pub(crate) async fn write(&self, method: &str, params: Value) -> Result<Answer, PortalError> {
        self.once(method, &[method], &params).await.map_err(|fault| PortalError::new(method, fault))
    }

    /// Waits before the repeat that follows `failed` earlier ones.
    pub(crate) async fn pause(&self, failed: u32) -> Result<(), Stopped> {
        self.pace.pause(FIRST_PAUSE * 2f64.powi(failed as i32), &self.cancel).await
    }

    /// Returns what must not be shown.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        match &self.auth {
            Auth::Webhook { secret, .. } => vec![secret.clone()],
            Auth::OAuth(oauth) => oauth.secrets(),
        }
    }

    /// Takes note of how long a method has worked.
    pub(crate) fn worked(&self, method: &str, timing: answer::Timing) {
        let limit = if self.edition == Edition::Cloud { OPERATING_LIMIT.0 } else { OPERATING_LIMIT.1 };
        self.pace.answered(method, timing, limit);
    }

    /// Makes the portal do it once. Asks a second time only where the portal surely did nothing
    /// at the first: it has moved, or the token had expired.
    pub(crate) async fn once(
        &self,
        method: &str,
        inside: &[&str],
        params: &Value,
    ) -> Result<Answer, PortalFault> {
        let (mut moves, mut renewed) = (0, false);
        loop {
            let (token, origin) = (self.token(), self.origin());
            let http = self.send(method, inside, params, token.as_ref()).await?;
            if moved::is_redirect(http.status) && moves < MOVES {
                self.follow(&origin, http.location.as_deref())?;
                moves += 1;
                continue;
            }
            let outcome = self.understand(method, inside, &http);
            match (&self.auth, &outcome, token) {
                (Auth::OAuth(oauth), Err(fault), Some(token)) if !renewed && is_expired(fault) => {
                    oauth.renew(&self.http, &token).await?;
                    renewed = true;
                }
                _ => return outcome,
            }
        }
    }

    async fn send(
        &self,
        method: &str,
        inside: &[&str],
        params: &Value,
        token: Option<&SecretString>,
    ) -> Result<HttpAnswer, PortalFault> {
        let admitted = self.pace.admit(inside, &self.cancel, self.listener.as_ref()).await;
        admitted.map_err(|Stopped| PortalFault::Local { cause: "stopped while waiting".into() })?;
        let mut body = if params.is_object() { params.clone() } else { json!({}) };
        if let Some(token) = token {
            body["auth"] = json!(token.expose_secret());
        }
        let sent = self.http.post(self.address(method)?, &body).await;
        match &sent {
            Ok(http) => tracing::debug!(method, status = http.status, bytes = http.body.len(), "answered"),
            Err(fault) => tracing::debug!(method, "{fault}"),
        }
        sent
    }

    /// Reads an answer and tells the pace about it.
    fn understand(&self, method: &str, inside: &[&str], http: &HttpAnswer) -> Result<Answer, PortalFault> {
        let outcome = answer::read(http, &self.secrets());
        match &outcome {
            Ok(answer) => self.worked(method, answer.timing),
            Err(PortalFault::Busy { code }) if code == "OPERATION_TIME_LIMIT" => {
                let resets_in = answer::resets_in(http);
                inside.iter().for_each(|name| self.pace.method_refused(name, resets_in));
            }
            Err(PortalFault::Busy { .. }) => self.pace.refused(),
            // A server in front of the portal that says so in HTML means the same to the pace,
            // though not to the call: nobody can tell whether it was begun.
            Err(PortalFault::Lost { .. }) if matches!(http.status, 429 | 503) => self.pace.refused(),
            Err(_) => {}
        }
        outcome
    }

    fn token(&self) -> Option<SecretString> {
        match &self.auth {
            Auth::Webhook { .. } => None,
            Auth::OAuth(oauth) => Some(oauth.token()),
        }
    }

    fn address(&self, method: &str) -> Result<Url, PortalFault> {
        let path = match &self.auth {
            Auth::Webhook { path, .. } => format!("{}{method}", path.expose_secret()),
            Auth::OAuth(_) => format!("/rest/{method}"),
        };
        self.origin().join(&path).map_err(|_| PortalFault::Local { cause: "the portal's address".into() })
    }

    /// Returns where the portal answers.
    pub(crate) fn origin(&self) -> Url {
        self.origin.lock().expect("no holder of this lock panics").clone()
    }

    /// Goes where the answer of `old` sends us, unless another call already has.
    fn follow(&self, old: &Url, location: Option<&str>) -> Result<(), PortalFault> {
        let mut origin = self.origin.lock().expect("no holder of this lock panics");
        if *origin != *old {
            return Ok(());
        }
        let new = moved::new_origin(old, location, |url| self.http.permits(url))?;
        self.pace.also(&host(&new));
        *origin = new.clone();
        drop(origin);
        self.tell(&Notice::Moved { from: host(old), to: host(&new) });
        Ok(())
    }

    /// Tells the user, where somebody listens.
    pub(crate) fn tell(&self, notice: &Notice) {
        if let Some(Listener(tell)) = &self.listener {
            tell(notice);
        }
    }
}

/// Returns host and port, as the registry of paces and messages name a portal.
pub(crate) fn host(origin: &Url) -> String {
    let host = origin.host_str().unwrap_or_default();
    match origin.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Names the methods of a batch, each once.
pub(crate) fn distinct<'a>(methods: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    methods.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Tells whether a read may be asked again: the portal was busy, silent or out of reach.
pub(crate) fn may_repeat(fault: &PortalFault) -> bool {
    matches!(fault, PortalFault::Busy { .. } | PortalFault::Lost { .. } | PortalFault::Unreachable { .. })
}

fn is_expired(fault: &PortalFault) -> bool {
    matches!(fault, PortalFault::Access { code, .. } if code == "expired_token" || code == "invalid_token")
}

fn stopped(method: &str) -> PortalError {
    PortalError::new(method, PortalFault::Local { cause: "stopped while waiting".into() })
}
