//! One HTTP request to 1C: sent, bounded, read, and its failure named.
//!
//! Follows no redirect to another host, reads no more than [`LARGEST`] of a body, and strips the
//! address from every error.

use std::time::Duration;

use reqwest::{
    Client, Method, RequestBuilder, Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION},
    redirect::Policy,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use url::Url;

use super::{Settings, base64::encode, fault::Fault, settings::is_loopback, target::Target};
use crate::model::{Place, Problem};

/// The largest body that is read, unpacked, in bytes.
const LARGEST: usize = 256 << 20;
/// How many redirects on the same host are followed.
const MOST_REDIRECTS: usize = 3;

/// What 1C answered, with the headers that sessions need.
pub struct Answer {
    /// All headers.
    pub headers: HeaderMap,
    /// The body, read as JSON; null where there is none (204).
    pub body: Result<Value, Fault>,
}

/// A prepared connection.
#[derive(Debug)]
pub struct Wire {
    client: Client,
    root: Url,
    login: HeaderValue,
    timeout: Duration,
}

impl Wire {
    /// Prepares a connection; connects to nothing yet.
    pub fn new(settings: &Settings) -> Result<Wire, Problem> {
        let root = settings.root()?;
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(settings.connect_timeout)
            .user_agent(concat!("shtat/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&root) {
            builder = builder.no_proxy();
        }
        // Plain http needs no certificates, and a bare container has none to load.
        builder = match root.scheme() {
            "http" => builder.tls_certs_only([]),
            _ => builder.tls_certs_merge(certificates(settings)?),
        };
        let client = builder.build().map_err(|fault| {
            Problem::error("a connection to 1C cannot be prepared")
                .cause(fault.without_url().to_string())
                .hint("install the system's certificates (package ca-certificates)")
        })?;
        // 1C reads Basic as UTF-8; Cyrillic logins are usual.
        let pair = format!("{}:{}", settings.user, settings.password.expose_secret());
        let mut login = HeaderValue::from_str(&format!("Basic {}", encode(pair.as_bytes())))
            .expect("base64 is plain ASCII");
        login.set_sensitive(true);
        Ok(Wire { client, root, login, timeout: settings.read_timeout })
    }

    /// Returns the host and port that are asked.
    pub fn host(&self) -> String {
        let host = self.root.host_str().unwrap_or_default();
        self.root.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Asks once. `headers` are those of the session; `within` bounds the whole answer further.
    pub async fn get(
        &self,
        target: &Target,
        headers: HeaderMap,
        within: Option<Duration>,
    ) -> Result<Answer, Fault> {
        let mut url = target.url(&self.root);
        for _ in 0..=MOST_REDIRECTS {
            let request = self.request(Method::GET, url.clone(), within).headers(headers.clone());
            let response = request.send().await.map_err(fault_of)?;
            match self.moved(&response, &url)? {
                Some(next) => url = next,
                None => return Ok(read(response).await),
            }
        }
        Err(Fault::Redirected { host: self.host() })
    }

    /// Changes some properties of one object, once and without following redirects.
    pub async fn patch(&self, target: &Target, version: &str, body: &Value) -> Result<Answer, Fault> {
        let mut request = self
            .request(Method::PATCH, target.url(&self.root), None)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body.to_string());
        if let Ok(version) = HeaderValue::from_str(version) {
            request = request.header("If-Match", version);
        }
        let response = request.send().await.map_err(fault_of)?;
        if response.status().is_redirection() {
            let status = response.status().as_u16();
            return Err(Fault::Status { status, code: None });
        }
        Ok(read(response).await)
    }

    fn request(&self, method: Method, url: Url, within: Option<Duration>) -> RequestBuilder {
        let timeout = within.map_or(self.timeout, |within| within.min(self.timeout));
        self.client
            .request(method, url)
            .header("Authorization", self.login.clone())
            .header(ACCEPT, "application/json")
            .timeout(timeout)
    }

    /// Says where an answer sends us on to, if that is the same host, scheme and port.
    fn moved(&self, response: &Response, from: &Url) -> Result<Option<Url>, Fault> {
        let Some(place) = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())
        else {
            return Ok(None);
        };
        let next = place.to_str().ok().and_then(|place| from.join(place).ok());
        match next {
            Some(next) if next.origin() == self.root.origin() => Ok(Some(next)),
            Some(next) => Err(Fault::Redirected { host: next.host_str().unwrap_or_default().to_owned() }),
            None => Err(Fault::Redirected { host: self.host() }),
        }
    }
}

fn certificates(settings: &Settings) -> Result<Vec<reqwest::Certificate>, Problem> {
    let Some(path) = &settings.ca_file else { return Ok(Vec::new()) };
    let wrong = |cause: String| {
        Problem::error("the file with certificates cannot be used")
            .at(Place::file(path.display().to_string()))
            .cause(cause)
    };
    let bytes = std::fs::read(path).map_err(|cause| wrong(cause.to_string()))?;
    reqwest::Certificate::from_pem_bundle(&bytes).map_err(|cause| wrong(cause.to_string()))
}

async fn read(mut response: Response) -> Answer {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = bytes(&mut response).await.and_then(|bytes| body(status, &bytes));
    Answer { headers, body }
}

async fn bytes(response: &mut Response) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(fault_of)? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Fault::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads a body, or names what it says went wrong.
fn body(status: u16, bytes: &[u8]) -> Result<Value, Fault> {
    // Some bodies of 1C begin with a byte-order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    if status == 204 {
        return Ok(Value::Null);
    }
    if !(200..300).contains(&status) {
        return Err(Fault::Status { status, code: code(bytes) });
    }
    if bytes.first() == Some(&b'<') {
        return Err(if is_page(bytes) { Fault::Page } else { Fault::Xml });
    }
    serde_json::from_slice(bytes).map_err(|fault| {
        if fault.is_eof() {
            Fault::Broken { cause: "the body ends early".to_owned() }
        } else {
            Fault::Garbled { cause: format!("no JSON at line {}, column {}", fault.line(), fault.column()) }
        }
    })
}

fn is_page(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]).to_ascii_lowercase();
    head.contains("<html") || head.contains("<!doctype html")
}

/// Finds 1C's code in an error body: JSON, or XML where something on the way ignored what we accept.
fn code(bytes: &[u8]) -> Option<String> {
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        return match &value["odata.error"]["code"] {
            Value::String(code) => Some(code.clone()),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        };
    }
    let text = String::from_utf8_lossy(bytes);
    let (_, rest) = text.split_once("<m:code>").or_else(|| text.split_once("<code>"))?;
    let code = rest.split('<').next()?.trim();
    Some(code.to_owned()).filter(|code| !code.is_empty() && code.len() < 10)
}

fn fault_of(fault: reqwest::Error) -> Fault {
    if fault.is_timeout() && !fault.is_connect() {
        return Fault::TimedOut;
    }
    let connecting = fault.is_connect();
    let fault = fault.without_url();
    let cause = innermost(&fault);
    if connecting { Fault::Unreachable { cause } } else { Fault::Broken { cause } }
}

/// Returns the last cause: the others only say that something failed.
fn innermost(fault: &dyn std::error::Error) -> String {
    let mut last = fault;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_the_mark_at_the_start_of_a_body() {
        assert_eq!(body(200, b"\xef\xbb\xbf{\"value\":[]}").unwrap()["value"], serde_json::json!([]));
    }

    #[test]
    fn tells_pages_xml_and_early_ends_apart() {
        assert_eq!(body(200, b"<!DOCTYPE html><html>"), Err(Fault::Page));
        assert_eq!(body(200, b"<?xml version=\"1.0\"?><feed/>"), Err(Fault::Xml));
        assert!(matches!(body(200, b"{\"value\":[{"), Err(Fault::Broken { .. })));
        assert!(matches!(body(200, b""), Err(Fault::Broken { .. })));
        assert!(matches!(body(200, b"hello"), Err(Fault::Garbled { .. })));
    }

    #[test]
    fn finds_the_code_in_json_and_in_xml() {
        let status = |code: &str| Err(Fault::Status { status: 404, code: Some(code.to_owned()) });
        assert_eq!(body(404, b"\xef\xbb\xbf{\"odata.error\":{\"code\":\"8\"}}"), status("8"));
        assert_eq!(body(404, b"<m:error><m:code>9</m:code></m:error>"), status("9"));
        assert_eq!(body(404, b"<html>"), Err(Fault::Status { status: 404, code: None }));
    }
}
