//! Reads, repeated while that may help, inside one infobase session.
//!
//! Without a session every request starts and ends one of its own, start handlers included. A
//! session holds a licence of 1C, so it is finished whatever happened in between.

use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use serde_json::Value;

use super::{
    fault::Fault,
    settings::Patience,
    target::Target,
    wire::{Answer, Wire},
};

/// The header that starts and finishes a session.
const CONTROL: &str = "IBSession";
/// The cookie that names a session.
const NAME: &str = "ibsession";
/// How long we wait for 1C to finish a session.
const FAREWELL: Duration = Duration::from_secs(20);

/// A run of reads, one after the other.
pub struct Session<'a> {
    wire: &'a Wire,
    patience: Patience,
    state: State,
}

enum State {
    /// Not wanted, or this publication ignores them.
    Without,
    /// The next request starts one.
    Wanted,
    /// Its cookies, ours first.
    Open(Vec<String>),
}

impl<'a> Session<'a> {
    /// Prepares a run; nothing is sent yet.
    pub fn new(wire: &'a Wire, patience: Patience, wanted: bool) -> Session<'a> {
        Session { wire, patience, state: if wanted { State::Wanted } else { State::Without } }
    }

    /// Asks until there is an answer, or a failure that lasts.
    pub async fn get(&mut self, target: &Target) -> Result<Value, Fault> {
        let mut trouble: Option<(Instant, Fault)> = None;
        let mut pause = self.patience.first_pause;
        loop {
            let left = trouble.as_ref().map(|(until, _)| until.saturating_duration_since(Instant::now()));
            let fault = match (self.ask(target, left).await, &trouble) {
                (Ok(value), _) => return Ok(value),
                // Our own patience cut this one short; what went wrong before says more.
                (Err(Fault::TimedOut), Some((_, before))) => before.clone(),
                (Err(fault), _) => fault,
            };
            let until = trouble.map_or_else(|| Instant::now() + self.patience.total, |(until, _)| until);
            if !fault.passes() || Instant::now() + pause >= until {
                return Err(fault);
            }
            tracing::info!(?fault, ?pause, "asking 1C again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(self.patience.longest_pause);
            trouble = Some((until, fault));
        }
    }

    /// Finishes the session, if there is one; a failure to do so is no failure of the read.
    pub async fn finish(self) {
        let State::Open(cookies) = &self.state else { return };
        let mut headers = cookie_header(cookies);
        headers.insert(CONTROL, HeaderValue::from_static("finish"));
        for _ in 0..2 {
            match self.wire.get(&Target::new(""), headers.clone(), Some(FAREWELL)).await {
                Ok(_) => return,
                Err(fault) => tracing::warn!(?fault, "the session of 1C was not finished"),
            }
        }
    }

    async fn ask(&mut self, target: &Target, left: Option<Duration>) -> Result<Value, Fault> {
        let headers = match &self.state {
            State::Without => HeaderMap::new(),
            State::Wanted => HeaderMap::from_iter([(
                reqwest::header::HeaderName::from_static("ibsession"),
                HeaderValue::from_static("start"),
            )]),
            State::Open(cookies) => cookie_header(cookies),
        };
        let answer = self.wire.get(target, headers, left).await?;
        match &answer.body {
            // An expired session answers so as well: only without it the answer is the set's own.
            Err(Fault::Status { status: 400 | 404, .. }) if matches!(self.state, State::Open(_)) => {
                let plain = self.wire.get(target, HeaderMap::new(), left).await?.body;
                match &plain {
                    Ok(_) => self.state = State::Wanted,
                    // No second session beside ours: then ours lives, and its answer holds.
                    Err(Fault::Status { status: 406, .. }) => return answer.body,
                    Err(_) => {}
                }
                plain
            }
            _ => {
                self.learn(&answer);
                answer.body
            }
        }
    }

    /// Keeps the cookies of a session that has just started.
    fn learn(&mut self, answer: &Answer) {
        if !matches!(self.state, State::Wanted) {
            return;
        }
        let cookies = cookies_of(&answer.headers);
        if cookies.first().is_some_and(|cookie| is_ours(cookie)) {
            self.state = State::Open(cookies);
        } else if answer.body.is_ok() {
            self.state = State::Without;
        }
    }
}

fn is_ours(cookie: &str) -> bool {
    cookie.split_once('=').is_some_and(|(name, value)| name.eq_ignore_ascii_case(NAME) && !value.is_empty())
}

/// Returns what an answer asks us to send along, the session's cookie first: the others keep a
/// balancer on one server.
fn cookies_of(headers: &HeaderMap) -> Vec<String> {
    let set = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies: Vec<String> =
        set.filter_map(|text| text.split(';').next()).map(|pair| pair.trim().to_owned()).collect();
    cookies.sort_by_key(|cookie| !is_ours(cookie));
    cookies
}

fn cookie_header(cookies: &[String]) -> HeaderMap {
    let value = HeaderValue::from_str(&cookies.join("; "));
    value.into_iter().map(|value| (COOKIE, value)).collect()
}
