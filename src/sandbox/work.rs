//! One call, from the door to the answer.
//!
//! Waiting (latency, `slow`) happens with no lock held, and the method itself is carried out at
//! one moment under it. A caller who hangs up does not stop the work.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use super::{
    Latency, Options, batch,
    http::{
        Answer, Failure, Params, answer,
        clock::{self, Timing},
        route::Route,
    },
    limits::{Operating, Rate},
    methods::{self, Call, Caller},
    requests::Requests,
    secret,
    state::{
        Portal,
        access::{self, Token},
        account,
        disk::Disk,
    },
    trouble::{Instead, Strike, Trouble},
};

/// Everything a running portal has.
#[derive(Debug)]
pub struct Shared {
    inner: Mutex<Inner>,
    latencies: Vec<Latency>,
    secret: String,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// Whether an embedded portal's file was edited since its state was begun.
    pub file_changed: bool,
    /// How long a call may work before its caller is cut off.
    pub cut_after: Duration,
}

/// What calls change, behind one lock.
#[derive(Debug)]
pub struct Inner {
    /// The portal.
    pub portal: Portal,
    /// The leaky bucket, where it runs.
    pub rate: Option<Rate>,
    /// Operating time.
    pub operating: Operating,
    /// Faults.
    pub trouble: Trouble,
    /// Calls seen.
    pub requests: Requests,
    disk: Option<Disk>,
}

/// One HTTP call to the REST interface.
#[derive(Debug)]
pub struct Incoming {
    /// Where it goes.
    pub route: Route,
    /// Its parameters.
    pub params: Params,
    /// Its token, where it came with one.
    pub token: Option<String>,
    /// The body was neither form nor JSON.
    pub unreadable: bool,
    /// Where it came from.
    pub from: IpAddr,
}

/// What is sent back.
#[derive(Debug)]
pub enum Reply {
    /// A status and JSON.
    Json(u16, Vec<u8>),
    /// A status and a page.
    Html(u16, &'static str),
    /// 302 to the other loopback name.
    Moved,
    /// Nothing: the connection closes.
    HangUp,
}

impl Reply {
    fn failure(failure: &Failure) -> Reply {
        Reply::Json(failure.status, answer::encode(&failure.to_value()))
    }

    fn of(instead: Instead) -> (Reply, String) {
        let busy = Failure::with_status(503, "QUERY_LIMIT_EXCEEDED", "Too many requests");
        let broken = Failure::with_status(500, "INTERNAL_SERVER_ERROR", "Internal server error");
        match instead {
            Instead::Refuse => (Reply::failure(&busy), busy.line()),
            Instead::Error => (Reply::failure(&broken), broken.line()),
            Instead::Html => (
                Reply::Html(502, "<html><body><h1>502 Bad Gateway</h1></body></html>\n"),
                "HTTP 502 Bad Gateway".into(),
            ),
        }
    }
}

/// A command or call that may go on.
#[derive(Debug)]
pub struct Task {
    /// The method in lower case.
    pub method: String,
    /// What strikes it.
    pub strike: Strike,
}

impl Shared {
    /// Brings a portal, its options and its disk together.
    pub fn new(portal: Portal, options: Options, disk: Option<Disk>, base: String) -> Shared {
        let preset = portal.settings.preset;
        let limited = options.rate.unwrap_or(preset.is_cloud());
        let minutes = if preset.is_cloud() { 1 } else { 10 };
        Shared {
            file_changed: disk.as_ref().is_some_and(|disk| disk.file_changed),
            inner: Mutex::new(Inner {
                portal,
                rate: limited.then(|| Rate::new(preset)),
                operating: Operating::new(preset, Instant::now()),
                trouble: Trouble::new(options.faults),
                requests: Requests::default(),
                disk,
            }),
            latencies: options.latencies,
            secret: options.secret,
            base,
            cut_after: Duration::from_secs(minutes * 60),
        }
    }

    /// Takes the lock.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long calls of a method work; `*` does not slow the batch around its commands.
    pub fn latency(&self, method: &str) -> Duration {
        let meant = |known: &str| known == method || (known == "*" && method != "batch");
        self.latencies.iter().filter(|latency| meant(&latency.method)).map(|latency| latency.time).sum()
    }

    /// Carries out one HTTP call.
    pub async fn work(&self, incoming: Incoming) -> Reply {
        let start = clock::now();
        let (method, number) = {
            let mut inner = self.lock();
            let method = match &incoming.route {
                Route::Webhook { method, .. } | Route::App { method } | Route::Nothing { method } => {
                    method.clone()
                }
                Route::Other => String::new(),
            };
            let number = inner.requests.enter(&method, &incoming.params, false);
            (method, number)
        };
        let (reply, outcome) = self.answer(&incoming, &method, start).await;
        self.lock().requests.settle(number, &outcome);
        reply
    }

    async fn answer(&self, incoming: &Incoming, method: &str, start: Timestamp) -> (Reply, String) {
        let refuse = |failure: &Failure| (Reply::failure(failure), failure.line());
        if let Err(stop) = self.admit(incoming) {
            return stop;
        }
        if method == "batch" && !matches!(incoming.route, Route::Nothing { .. }) {
            return batch::run(self, incoming, start).await;
        }
        let strike = self.lock().trouble.strike(method, false);
        if let Some(instead) = strike.instead {
            return Reply::of(instead);
        }
        let caller = match self.authorize(incoming) {
            Ok(caller) => caller,
            Err(failure) => return refuse(&failure),
        };
        let lost = strike.lost;
        let task = Task { method: method.to_owned(), strike };
        let (answer, timing) = self.run(caller, &task, &incoming.params, start, false).await;
        match answer {
            _ if lost => {
                (Reply::HangUp, answer.as_ref().err().map_or_else(|| "ok".to_owned(), Failure::line))
            }
            Ok(success) => (Reply::Json(200, answer::body(&success, &timing)), "ok".to_owned()),
            Err(failure) => refuse(&failure),
        }
    }

    /// The rate, the fault `moved`, paths that lead nowhere.
    fn admit(&self, incoming: &Incoming) -> Result<(), (Reply, String)> {
        let refuse = |failure: Failure| Err((Reply::failure(&failure), failure.line()));
        let mut inner = self.lock();
        let strict = inner.portal.settings.strict;
        if inner.rate.as_mut().is_some_and(|rate| !rate.admit(incoming.from, Instant::now())) {
            return refuse(Failure::with_status(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"));
        }
        if inner.trouble.moved() {
            return Err((Reply::Moved, "HTTP 302 Found".to_owned()));
        }
        if matches!(incoming.route, Route::Nothing { .. }) {
            return refuse(methods::unknown_method());
        }
        if strict && incoming.unreadable {
            return refuse(Failure::strict(
                "the body is neither a form nor JSON; the portal would take it for no parameters",
            ));
        }
        Ok(())
    }

    /// Who calls. The token is looked at before the method.
    pub fn authorize(&self, incoming: &Incoming) -> Result<Caller, Failure> {
        let mut inner = self.lock();
        let (user, app) = match &incoming.route {
            Route::Webhook { user, secret: given, .. } => {
                let known = inner.portal.settings.owner;
                if *user != known.to_string() || !secret::same(given, &self.secret) {
                    return Err(Failure::with_status(
                        401,
                        "INVALID_CREDENTIALS",
                        "Invalid request credentials",
                    ));
                }
                (known, false)
            }
            _ => (look_at_token(&mut inner, incoming.token.as_deref())?, true),
        };
        // Dismissing somebody kills the webhooks and tokens they own.
        if inner.portal.users.get(user).is_some_and(|row| !account::is_active(row)) {
            return Err(Failure::with_status(401, "authorization_error", "Unable to authorize user"));
        }
        Ok(Caller { user, admin: inner.portal.is_admin(user), app })
    }

    /// Carries out one method, alone or as a command of a batch.
    pub async fn run(
        &self,
        caller: Caller,
        task: &Task,
        params: &Params,
        start: Timestamp,
        batch: bool,
    ) -> (Answer, Timing) {
        let begun = Instant::now();
        let method = task.method.as_str();
        if self.is_blocked(caller, task, begun) {
            let blocked = Failure::with_status(
                429,
                "OPERATION_TIME_LIMIT",
                "Method is blocked due to operation time limit.",
            );
            return (Err(blocked), self.timing(caller, method, start));
        }
        let wait = self.latency(method) + task.strike.slow;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let answer = {
            let mut inner = self.lock();
            let answer = methods::run(method, &mut Call { portal: &mut inner.portal, caller, params, batch });
            let kept = inner.keep();
            inner.operating.count(caller.app, method, begun.elapsed(), Instant::now());
            kept.and(answer)
        };
        (answer, self.timing(caller, method, start))
    }

    fn is_blocked(&self, caller: Caller, task: &Task, now: Instant) -> bool {
        let mut inner = self.lock();
        if let Some((method, time)) = &task.strike.limit {
            inner.operating.close(method, now + *time);
        }
        inner.operating.is_blocked(caller.app, &task.method, now)
    }

    /// The `time` of an answer that is ready now.
    pub fn timing(&self, caller: Caller, method: &str, start: Timestamp) -> Timing {
        let finish = clock::now();
        let report = self.lock().operating.report(caller.app, method, Instant::now());
        let operating =
            report.map(|(used, reset_in)| (used, finish.as_second() + i64::try_from(reset_in).unwrap_or(0)));
        Timing { start, finish, operating }
    }

    /// Takes a fault's answer for a whole batch.
    pub fn instead(instead: Instead) -> (Reply, String) {
        Reply::of(instead)
    }
}

fn look_at_token(inner: &mut Inner, token: Option<&str>) -> Result<u64, Failure> {
    let Some(token) = token else {
        return Err(Failure::with_status(401, "NO_AUTH_FOUND", "Wrong authorization data"));
    };
    if inner.trouble.expires_token() {
        access::expire(&mut inner.portal, token);
        inner.keep()?;
    }
    match access::look_at(&inner.portal, token) {
        Token::Works(user) => Ok(user),
        Token::Expired => {
            Err(Failure::with_status(401, "expired_token", "The access token provided has expired"))
        }
        Token::Unknown => {
            Err(Failure::with_status(401, "invalid_token", "Unable to get application by token"))
        }
    }
}

impl Inner {
    /// Brings changes onto the disk, where the portal has one, before anybody hears of them.
    pub fn keep(&mut self) -> Result<(), Failure> {
        let changes = self.portal.take_changes();
        let Some(disk) = &mut self.disk else { return Ok(()) };
        disk.append(&changes).map_err(|problem| {
            tracing::error!(target: "shtat::sandbox", "{}", problem.what);
            Failure::with_status(500, "INTERNAL_SERVER_ERROR", "Internal server error")
        })
    }
}
