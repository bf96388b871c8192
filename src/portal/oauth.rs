//! A local application's access: the token, and a new one when the portal says it expired.
//!
//! Never refreshes ahead of time: Bitrix24 may block applications that do (OAuth 2.0, refresh).

use std::sync::{Mutex, MutexGuard};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::{
    OAuthOptions, PortalFault, answer,
    http::Http,
    tokens::{Pair, Store},
};

/// The access of a local application.
pub(crate) struct OAuth {
    client_id: String,
    client_secret: SecretString,
    server: Url,
    store: Store,
    pair: Mutex<Pair>,
    /// One refresh at a time: a second one would kill the pair of the first.
    refreshing: tokio::sync::Mutex<()>,
}

impl OAuth {
    /// Reads the token pair.
    pub(crate) fn open(options: &OAuthOptions) -> Result<OAuth, PortalFault> {
        let (store, pair) = Store::open(&options.tokens)?;
        Ok(OAuth {
            client_id: options.client_id.clone(),
            client_secret: options.client_secret.clone(),
            server: options.server.clone(),
            store,
            pair: Mutex::new(pair),
            refreshing: tokio::sync::Mutex::default(),
        })
    }

    /// Returns the access token of this moment.
    pub(crate) fn token(&self) -> SecretString {
        self.pair().access()
    }

    /// Returns where the portal of the tokens answers.
    pub(crate) fn endpoint(&self) -> Option<Url> {
        self.pair().endpoint()
    }

    /// Returns what must not be shown.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let pair = self.pair();
        vec![pair.access(), pair.refresh(), self.client_secret.clone()]
    }

    /// Gets a token that is not `expired`: one that another thread or program got meanwhile, or a
    /// new one, saved before it is used.
    pub(crate) async fn renew(&self, http: &Http, expired: &SecretString) -> Result<(), PortalFault> {
        let _turn = self.refreshing.lock().await;
        if !same(&self.token(), expired) {
            return Ok(());
        }
        let rotation = self.store.rotation()?;
        if let Some(pair) = self.store.reload().filter(|pair| !same(&pair.access(), expired)) {
            *self.pair() = pair;
            return Ok(());
        }
        let pair = self.refresh(http).await?;
        self.store.save(rotation, &pair)?;
        *self.pair() = pair;
        tracing::debug!("the access token was renewed");
        Ok(())
    }

    async fn refresh(&self, http: &Http) -> Result<Pair, PortalFault> {
        let old = self.pair().clone();
        let answer = http.get(self.refresh_address(&old)?).await?;
        let secrets = self.secrets();
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(error) = value.get("error") {
            let envelope = value.as_object().cloned().unwrap_or_default();
            return Err(answer::fault(error, &envelope, answer.status, &secrets));
        }
        Pair::new(value).map(|new| old.followed_by(new)).ok_or_else(|| PortalFault::Lost {
            cause: format!("HTTP {} without tokens from the authorization server", answer.status),
        })
    }

    /// The authorization server takes everything in the address (Bitrix24: GET /oauth/token/).
    fn refresh_address(&self, pair: &Pair) -> Result<Url, PortalFault> {
        let mut url = self
            .server
            .join("/oauth/token/")
            .map_err(|_| PortalFault::Local { cause: "`oauth.server` is not an address".into() })?;
        url.query_pairs_mut()
            .append_pair("grant_type", "refresh_token")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .append_pair("refresh_token", pair.refresh().expose_secret());
        Ok(url)
    }

    fn pair(&self) -> MutexGuard<'_, Pair> {
        self.pair.lock().expect("no holder of this lock panics")
    }
}

fn same(left: &SecretString, right: &SecretString) -> bool {
    left.expose_secret() == right.expose_secret()
}
