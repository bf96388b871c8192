//! HTTP as far as a portal needs it: one request, one bounded answer, no address in any error.

use std::{collections::BTreeMap, error::Error as _, net::IpAddr, path::Path, sync::Mutex, time::Duration};

use reqwest::{Certificate, Response, redirect::Policy};
use serde_json::Value;
use url::{Host, Url};

use super::PortalFault;

/// The largest answer that is read, after unpacking: a batch of 2500 users is about 5 MB.
const BODY_LIMIT: usize = 64 << 20;
/// How long a connection may take to come about.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// Idle connections are dropped before servers usually do, so that no write meets a closed one.
const IDLE_LIMIT: Duration = Duration::from_secs(8);

/// Sends requests. Follows no redirect and repeats nothing.
pub(crate) struct Http {
    timeout: Duration,
    allow_http: bool,
    certificates: Vec<Certificate>,
    clients: Mutex<BTreeMap<Route, reqwest::Client>>,
}

/// What came back.
pub(crate) struct HttpAnswer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Content-Type, without parameters.
    pub(crate) content_type: String,
    /// Location, of redirects.
    pub(crate) location: Option<String>,
    /// The body, unpacked.
    pub(crate) body: Vec<u8>,
}

/// Clients differ by what stands between us and the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    tls: bool,
    loopback: bool,
}

impl Http {
    /// Prepares to send; reads the PEM file of additional certificates.
    pub(crate) fn new(
        timeout: Duration,
        allow_http: bool,
        ca_file: Option<&Path>,
    ) -> Result<Http, PortalFault> {
        let certificates = ca_file.map(certificates).transpose()?.unwrap_or_default();
        Ok(Http { timeout, allow_http, certificates, clients: Mutex::default() })
    }

    /// Tells whether an address may be asked: https, and http on this machine or where allowed.
    pub(crate) fn permits(&self, url: &Url) -> bool {
        match url.scheme() {
            "https" => true,
            "http" => self.allow_http || is_loopback(url),
            _ => false,
        }
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, url: Url, body: &Value) -> Result<HttpAnswer, PortalFault> {
        let client = self.client(&url)?;
        self.send(client.post(url).json(body)).await
    }

    /// Asks with everything in the address.
    pub(crate) async fn get(&self, url: Url) -> Result<HttpAnswer, PortalFault> {
        let client = self.client(&url)?;
        self.send(client.get(url)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<HttpAnswer, PortalFault> {
        let response = request.send().await.map_err(|error| self.fault(error))?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let content_type = header(reqwest::header::CONTENT_TYPE).unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        let location = header(reqwest::header::LOCATION).map(str::to_owned);
        let status = response.status().as_u16();
        let body = self.body(response).await?;
        Ok(HttpAnswer { status, content_type, location, body })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, PortalFault> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken_off(error))? {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(lost(format!("the answer is larger than {} MB", BODY_LIMIT >> 20)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Says what became of a request that has no answer. A connection that never came about
    /// carried nothing; after that, everything may have happened.
    fn fault(&self, error: reqwest::Error) -> PortalFault {
        if error.is_builder() {
            return PortalFault::Local { cause: innermost(error) };
        }
        if error.is_connect() {
            return PortalFault::Unreachable { cause: self.cause(error) };
        }
        lost(self.cause(error))
    }

    fn broken_off(&self, error: reqwest::Error) -> PortalFault {
        let timed_out = error.is_timeout();
        let cause = self.cause(error);
        lost(if timed_out { cause } else { format!("the answer broke off: {cause}") })
    }

    fn cause(&self, error: reqwest::Error) -> String {
        if error.is_timeout() && !error.is_connect() {
            return format!("no answer within {} s", self.timeout.as_secs_f64());
        }
        innermost(error)
    }

    fn client(&self, url: &Url) -> Result<reqwest::Client, PortalFault> {
        if !self.permits(url) {
            let host = url.host_str().unwrap_or_default();
            let cause = format!("`{host}` would be asked over plain http, which is not allowed");
            return Err(PortalFault::Local { cause });
        }
        let route = Route { tls: url.scheme() == "https", loopback: is_loopback(url) };
        let mut clients = self.clients.lock().expect("no holder of this lock panics");
        if let Some(client) = clients.get(&route) {
            return Ok(client.clone());
        }
        let client = self.build(route)?;
        clients.insert(route, client.clone());
        Ok(client)
    }

    fn build(&self, route: Route) -> Result<reqwest::Client, PortalFault> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("shtat/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .timeout(self.timeout)
            .connect_timeout(self.timeout.min(CONNECT_LIMIT))
            .pool_idle_timeout(IDLE_LIMIT);
        if route.loopback {
            builder = builder.no_proxy();
        }
        // Plain http needs no certificates, and a bare container has none: the builder would fail.
        builder = match route.tls {
            true => builder.tls_certs_merge(self.certificates.clone()),
            false => builder.tls_certs_only([]),
        };
        builder.build().map_err(|error| PortalFault::Local { cause: innermost(error) })
    }
}

/// Tells whether an address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, PortalFault> {
    let local = |cause: String| PortalFault::Local { cause };
    let pem = std::fs::read(path)
        .map_err(|error| local(format!("the certificates of {} cannot be read: {error}", path.display())))?;
    let found = Certificate::from_pem_bundle(&pem).ok().filter(|found| !found.is_empty());
    found.ok_or_else(|| local(format!("{} holds no certificate in PEM form", path.display())))
}

fn lost(cause: impl Into<String>) -> PortalFault {
    PortalFault::Lost { cause: cause.into() }
}

/// Returns the deepest cause, without the address: that holds the secret.
fn innermost(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_this_machine_and_plain_http() {
        let http = Http::new(Duration::from_secs(1), false, None).unwrap();
        for (address, permitted) in [
            ("https://romashka.example/", true),
            ("http://romashka.example/", false),
            ("http://127.0.0.1:8080/", true),
            ("http://[::1]:8080/", true),
            ("http://localhost/", true),
            ("http://localhost.romashka.example/", false),
            ("http://127.0.0.1.romashka.example/", false),
        ] {
            assert_eq!(http.permits(&Url::parse(address).unwrap()), permitted, "{address}");
        }
    }

    #[test]
    fn a_missing_certificate_file_is_told() {
        let fault = Http::new(Duration::from_secs(1), false, Some(Path::new("no-such.pem"))).err().unwrap();
        assert!(fault.to_string().contains("no-such.pem"), "{fault}");
    }
}
