//! One request after the other: who asks, what goes wrong, what is answered.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, Method, Request as Asked, Response, header},
};
use serde_json::Value;

use super::{
    answer::{self, Form, MARK},
    base::{Base, Request},
    fault::Fault,
    line::Scissors,
    patch::patch,
    query::{Options, Path, Refusal, decode},
    schema::SECTION,
    select::{Set, link, project},
};

/// The largest body that a write may have, in bytes.
const LARGEST: usize = 16 << 20;

/// What the server needs to answer.
#[derive(Debug)]
pub struct Publication {
    /// Below which everything lies: `/zup/odata/standard.odata/`.
    pub root: String,
    /// The value of `Authorization` that lets in.
    pub login: String,
    /// The base.
    pub base: Mutex<Base>,
}

impl Publication {
    /// Returns the base; a test that failed while it held it does no harm.
    pub fn base(&self) -> MutexGuard<'_, Base> {
        self.base.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to happen to an answer on its way.
#[derive(Debug, Default)]
struct Fate {
    wait: Option<Duration>,
    dropped: bool,
    truncated: bool,
}

/// Answers one request.
pub async fn serve(
    State(publication): State<Arc<Publication>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    asked: Asked<Body>,
) -> Response<Body> {
    let (parts, body) = asked.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    let (mut response, fate) = {
        let mut base = publication.base();
        let mut fate = Fate::default();
        let call =
            Call { publication: &publication, method: &parts.method, headers: &parts.headers, body: &body };
        let response =
            call.answer(&mut base, parts.uri.path(), parts.uri.query().unwrap_or_default(), &mut fate);
        (response, fate)
    };
    if let Some(wait) = fate.wait {
        tokio::time::sleep(wait).await;
    }
    if fate.dropped {
        scissors.cut_after(0);
    }
    if fate.truncated {
        let bytes = to_bytes(std::mem::take(response.body_mut()), usize::MAX).await.unwrap_or_default();
        scissors.cut_after(300 + bytes.len() / 2);
        *response.body_mut() = Body::from([bytes.as_ref(), &[b' '; 1000]].concat());
    }
    response
}

struct Call<'a> {
    publication: &'a Publication,
    method: &'a Method,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl Call<'_> {
    fn answer(&self, base: &mut Base, path: &str, query: &str, fate: &mut Fate) -> Response<Body> {
        let number = base.requests.len() as u64 + 1;
        let session = self.header("ibsession");
        let response = match self.strike(base, number, fate) {
            Some(response) => response,
            None => self.enter(base, path, query, number, fate),
        };
        let shown = |text: &str| decode(text).unwrap_or_else(|_| text.to_owned());
        base.requests.push(Request {
            method: self.method.to_string(),
            path: shown(path.strip_prefix(self.publication.root.as_str()).unwrap_or(path)),
            query: query.split('&').map(shown).collect::<Vec<_>>().join("&"),
            session: session.map(str::to_owned),
            status: response.status().as_u16(),
        });
        response
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Lets the faults strike that hit any request.
    fn strike(&self, base: &Base, number: u64, fate: &mut Fate) -> Option<Response<Body>> {
        let mut response = None;
        for fault in &base.faults {
            match fault {
                Fault::Forbidden => response = Some(answer::page(403, "Доступ запрещён")),
                Fault::Busy(until) if number <= *until => {
                    response = Some(answer::page(503, "Service Unavailable"))
                }
                Fault::Html(at) if *at == number => response = Some(answer::page(200, "Вход в систему")),
                Fault::Error(status, code, at) if *at == number => {
                    response = Some(match code {
                        Some(code) => answer::refusal(*status, code, self.form(number, None)),
                        None => answer::page(*status, "Error"),
                    });
                }
                Fault::Redirect(at) if *at == number => response = Some(redirect()),
                Fault::Truncated(at) if *at == number => fate.truncated = true,
                Fault::Slow(at, time) if *at == number => fate.wait = Some(*time),
                Fault::Drop(at) if *at == number => fate.dropped = true,
                _ => {}
            }
        }
        if fate.dropped {
            response = Some(answer::page(500, "dropped"));
        }
        response
    }

    /// Lets in who may enter, in a session where one is asked for.
    fn enter(
        &self,
        base: &mut Base,
        path: &str,
        query: &str,
        number: u64,
        fate: &mut Fate,
    ) -> Response<Body> {
        if self.header("authorization") != Some(&self.publication.login) {
            let mut response = answer::page(401, "Требуется вход");
            let realm = HeaderValue::from_static("Basic realm=\"1C\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
            return response;
        }
        let below = path.strip_prefix(self.publication.root.as_str());
        let below = below
            .or_else(|| self.publication.root.strip_suffix('/').filter(|root| *root == path).map(|_| ""));
        let Some(below) = below else { return answer::page(404, "Not Found") };
        let cookie = self
            .header("cookie")
            .and_then(|text| text.split(';').find_map(|pair| pair.trim().strip_prefix("ibsession=")));
        let opened = match base.session(self.header("ibsession"), cookie) {
            Ok(opened) => opened,
            Err(status) => return answer::page(status, "Сеанс не найден"),
        };
        let mut response = match self.ask(base, below, query, number, fate) {
            Ok(response) => response,
            Err((status, code)) => answer::refusal(status, code, self.form(number, Some(query))),
        };
        if let Some(value) = opened
            .and_then(|cookie| HeaderValue::from_str(&format!("ibsession={cookie}; path=/; HttpOnly")).ok())
        {
            response.headers_mut().insert(header::SET_COOKIE, value);
        }
        response
    }

    fn form(&self, number: u64, query: Option<&str>) -> Form {
        let options = query.and_then(|query| Options::read(query).ok()).unwrap_or_default();
        let asked = options.get("$format").unwrap_or_default();
        let json = asked.contains("json")
            || self.header("accept").is_some_and(|accept| accept.contains("application/json"));
        // Some bodies begin with a byte-order mark: every third here.
        Form { json, bare: asked.contains("nometadata"), marked: number.is_multiple_of(3) }
    }

    fn ask(
        &self,
        base: &mut Base,
        path: &str,
        query: &str,
        number: u64,
        fate: &mut Fate,
    ) -> Result<Response<Body>, Refusal> {
        let options = Options::read(query)?;
        let form = self.form(number, Some(query));
        let path = Path::read(&decode(path)?)?;
        match (self.method, path) {
            (&Method::GET, Path::Service) => Ok(answer::service(base.published().into_iter(), form)),
            (&Method::GET, Path::Metadata) => Ok(answer::plain(
                200,
                "application/xml;charset=utf-8",
                "<?xml version=\"1.0\"?><edmx:Edmx/>".to_owned(),
            )),
            (&Method::GET, Path::Count(set)) => {
                let set = base.set(&set, options.allowed_only())?;
                let (rows, _) = set.apply(&options, number)?;
                Ok(answer::plain(200, "text/plain;charset=utf-8", format!("{MARK}{}", rows.len())))
            }
            (&Method::GET, Path::Set(name)) => {
                let set = base.set(&name, options.allowed_only())?;
                self.list(base, set, &options, number, form)
            }
            (&Method::GET, Path::Slice(name, period, condition)) => {
                let mut set = base.set(&name, options.allowed_only())?;
                if !set.fields.iter().any(|field| field == "Period") {
                    return Err((400, "6"));
                }
                set.slice(period.as_deref(), condition.as_deref())?;
                self.list(base, set, &options, number, form)
            }
            (&Method::GET, Path::Object(name, key)) => self.object(base, &name, &key, &options, form),
            (&Method::PATCH, Path::Object(name, key)) => self.write(base, &name, &key, form, fate),
            (&Method::PATCH, Path::Set(_)) => Err((400, "13")),
            _ => Err((405, "19")),
        }
    }

    fn list(
        &self,
        base: &mut Base,
        mut set: Set<'_>,
        options: &Options,
        number: u64,
        form: Form,
    ) -> Result<Response<Body>, Refusal> {
        if options.count("$skip")?.is_some_and(|skip| skip > 0) {
            base.pages += 1;
            let at = base.pages;
            if base.has(|fault| matches!(fault, Fault::Moved(page) if *page == at)) {
                // Somebody adds an object that sorts before all others.
                let mut row = set.rows.first().cloned().unwrap_or_default();
                row.insert("Ref_Key".to_owned(), Value::from("00000000-0000-4000-8000-000000000000"));
                set.rows.push(row);
            }
        }
        let name = set.name;
        let (mut rows, count) = set.apply(options, number)?;
        if !form.bare {
            rows.iter_mut().for_each(|row| link(name, row));
        }
        Ok(answer::list(&self.publication.root, name, &rows, count, form))
    }

    fn object(
        &self,
        base: &Base,
        name: &str,
        key: &str,
        options: &Options,
        form: Form,
    ) -> Result<Response<Body>, Refusal> {
        let set = base.set(name, options.allowed_only())?;
        let select = set.selected(options.get("$select"))?;
        let found = set.rows.iter().find(|row| {
            row.get("Ref_Key").and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(key))
        });
        let mut row = project(found.ok_or((404, "9"))?, &select);
        if !form.bare {
            link(name, &mut row);
        }
        Ok(answer::object(&self.publication.root, name, row, form))
    }

    fn write(
        &self,
        base: &mut Base,
        name: &str,
        key: &str,
        form: Form,
        fate: &mut Fate,
    ) -> Result<Response<Body>, Refusal> {
        base.set(name, true)?;
        base.writes += 1;
        let at = base.writes;
        let strikes =
            |base: &Base, test: fn(&Fault) -> Option<u64>| base.has(|fault| test(fault) == Some(at));
        if strikes(base, |fault| if let Fault::RefuseWrite(number) = fault { Some(*number) } else { None }) {
            return Ok(answer::page(503, "Service Unavailable"));
        }
        if strikes(base, |fault| if let Fault::HandlerError(number) = fault { Some(*number) } else { None }) {
            return Err((500, "-1"));
        }
        if strikes(base, |fault| if let Fault::OtherWrite(number) = fault { Some(*number) } else { None }) {
            patch(&mut base.company, name, key, b"{}", 500_000 + at)?;
        }
        let obeys = base.has(|fault| matches!(fault, Fault::ObeyIfMatch));
        let expected = self.header("if-match").map(str::to_owned);
        let version =
            base.company.object(name, key).and_then(|row| row.get("DataVersion")).and_then(Value::as_str);
        if obeys && expected.is_some_and(|expected| Some(expected.trim_matches('"')) != version) {
            return Err((412, "0"));
        }
        let row = patch(&mut base.company, name, key, self.body, at)?;
        if strikes(base, |fault| if let Fault::HandlerChange(number) = fault { Some(*number) } else { None })
        {
            shorten(base, name, key);
        }
        fate.dropped =
            strikes(base, |fault| if let Fault::LostWrite(number) = fault { Some(*number) } else { None });
        Ok(answer::object(&self.publication.root, name, row, form))
    }
}

/// Lets a handler of the base change what was written.
fn shorten(base: &mut Base, name: &str, key: &str) {
    let Some(Value::Array(rows)) = base.company.object(name, key).and_then(|row| row.get_mut(SECTION)) else {
        return;
    };
    if let Some(Value::Object(row)) = rows.last_mut() {
        let text = row.get("АдресЭП").and_then(Value::as_str).unwrap_or_default();
        let text: String = text.chars().take(5).collect();
        row.insert("АдресЭП".to_owned(), Value::from(text));
    }
}

fn redirect() -> Response<Body> {
    let mut response = answer::page(302, "Moved");
    let place = HeaderValue::from_static("http://elsewhere.example/zup/odata/standard.odata/");
    response.headers_mut().insert(header::LOCATION, place);
    response
}

/// Returns the header that lets a user in: Basic over UTF-8.
pub fn login(user: &str, password: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = "Basic ".to_owned();
    for chunk in format!("{user}:{password}").as_bytes().chunks(3) {
        let bits =
            (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
        let digit = |at: usize| char::from(ALPHABET[bits >> (18 - 6 * at) & 63]);
        text.extend((0..4).map(|at| if at <= chunk.len() { digit(at) } else { '=' }));
    }
    text
}
