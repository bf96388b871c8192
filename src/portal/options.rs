//! How a portal is reached: access, time-outs, rate, and what to read of it.

use std::{
    collections::BTreeSet,
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::secret::SecretUrl;
use crate::model::Edition;

/// Everything a [`Client`](super::Client) must know before its first call.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Whose rights the calls have.
    pub access: Access,
    /// A local application for humanresources.hcmlink, which refuses webhooks.
    pub documents: Option<OAuthOptions>,
    /// Cloud or box: says how the rate is counted.
    pub edition: Edition,
    /// Accounts the tariff allows, where the user states it; REST does not tell.
    pub seats: Option<u64>,
    /// How long one call may take; a call cut by it counts as a lost answer.
    pub timeout: Duration,
    /// How fast calls may be made; none: as fast as they are answered, until the portal says 503.
    pub rate: Option<Rate>,
    /// Where the level of the bucket is kept, so that runs that follow each other share it.
    pub pace_file: Option<PathBuf>,
    /// PEM file of certificates to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Allows plain http to hosts that are not this machine.
    pub allow_http: bool,
    /// Which groups a snapshot reads.
    pub groups: GroupChoice,
    /// Whether a snapshot reads КЭДО, where our access can.
    pub read_documents: bool,
    /// Stops waiting early.
    pub cancel: Cancel,
    /// Is told what the user should know while calls go on.
    pub listener: Option<Listener>,
}

/// Whose rights the calls have.
#[derive(Debug, Clone)]
pub enum Access {
    /// An inbound webhook.
    Webhook(SecretUrl),
    /// A local application.
    OAuth(OAuthOptions),
}

/// A local application of the portal (Bitrix24: OAuth 2.0).
#[derive(Debug, Clone)]
pub struct OAuthOptions {
    /// `client_id` of the application's card.
    pub client_id: String,
    /// `client_secret` of the application's card.
    pub client_secret: SecretString,
    /// The token pair.
    pub tokens: Tokens,
    /// The authorization server; Bitrix24's is `https://oauth.bitrix.info`.
    pub server: Url,
}

/// Where the token pair of a local application is kept.
#[derive(Clone)]
pub enum Tokens {
    /// A file that holds the refresh answer as JSON, rewritten on every rotation.
    File(PathBuf),
    /// The refresh answer itself, for a portal that lives no longer than this process.
    Held(Value),
}

/// A leaky bucket: `burst` calls at once, `per_second` in the long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Calls that may be made at once.
    pub burst: f64,
    /// Calls a second that drain from the bucket.
    pub per_second: f64,
}

/// Which groups a snapshot reads, with their members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupChoice {
    /// Every group that our access can see.
    All,
    /// Groups of these names (case, ё/е and blanks do not matter); an empty set reads none.
    Named(BTreeSet<String>),
}

/// A flag that stops waiting. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// Called with every [`Notice`], from whichever thread makes the call.
#[derive(Clone)]
pub struct Listener(pub Arc<dyn Fn(&Notice) + Send + Sync>);

/// Something the user should know while calls go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The portal answers at another host now; shtat.yaml should say so.
    Moved {
        /// The host that shtat.yaml names.
        from: String,
        /// The host that answers.
        to: String,
    },
    /// We wait because the portal asks for it.
    Waiting {
        /// Why, in words.
        why: String,
        /// For how long.
        seconds: u64,
    },
    /// Something could not be read and is not managed in this run.
    NotRead {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
}

impl ClientOptions {
    /// Sets out from an access and the defaults of its edition: 60 s a call, 40 calls at once and
    /// 2 a second on cloud portals, no pace on a box, no groups, КЭДО where
    /// an application is given.
    pub fn new(access: Access, edition: Edition) -> ClientOptions {
        ClientOptions {
            access,
            documents: None,
            edition,
            seats: None,
            timeout: Duration::from_secs(60),
            rate: (edition == Edition::Cloud).then(Rate::default),
            pace_file: None,
            ca_file: None,
            allow_http: false,
            groups: GroupChoice::none(),
            read_documents: true,
            cancel: Cancel::default(),
            listener: None,
        }
    }
}

impl GroupChoice {
    /// Reads no groups.
    pub fn none() -> GroupChoice {
        GroupChoice::Named(BTreeSet::new())
    }

    /// Tells whether no group is asked for.
    pub fn reads_none(&self) -> bool {
        matches!(self, GroupChoice::Named(names) if names.is_empty())
    }
}

impl Default for Rate {
    /// What every Bitrix24 tariff grants, with a margin: 40 at once (of 50), 2 a second.
    fn default() -> Rate {
        Rate { burst: 40.0, per_second: 2.0 }
    }
}

impl Cancel {
    /// Makes every wait that shares the flag end.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Returns the flag itself, for whoever looks at it between calls.
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Tells whether somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Listener {
    /// Wraps a function.
    pub fn new(tell: impl Fn(&Notice) + Send + Sync + 'static) -> Listener {
        Listener(Arc::new(tell))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tokens::File(path) => write!(f, "Tokens::File({})", path.display()),
            Tokens::Held(_) => f.write_str("Tokens::Held(***)"),
        }
    }
}
