//! A few lines of HTTP that answer as they are told: for answers that no good portal gives.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::Value;
use shtat::{
    model::Edition,
    portal::{Access, Client, ClientOptions, Progress, SecretUrl},
};

/// The secret of every webhook here. Nothing may ever print it.
pub const SECRET: &str = "s3cr3tw3bh00k";

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `/rest/7/…/user.get`, query included.
    pub path: String,
    /// The Host header.
    pub host: String,
    /// The parameters.
    pub body: Value,
}

/// What is answered.
pub enum Reply {
    /// JSON.
    Json(u16, Value),
    /// Bytes as they are, head and all.
    Raw(Vec<u8>),
    /// Nothing: the connection is closed.
    Drop,
    /// JSON, later.
    Slow(Duration, Value),
}

/// A listening responder; `requests` are kept in order.
pub struct Responder {
    pub port: u16,
    pub requests: Arc<Mutex<Vec<Asked>>>,
}

impl Responder {
    /// Starts to answer; `answer` gets the number of the request from 0.
    pub fn start(answer: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Responder {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (requests.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (kept.clone(), answer.clone());
                thread::spawn(move || serve(stream, &kept, answer.as_ref()));
            }
        });
        Responder { port, requests }
    }

    /// Counts the requests so far.
    pub fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// A client of it with a webhook.
    pub fn client(&self) -> Client {
        Client::open(self.options()).unwrap()
    }

    /// Options of such a client.
    pub fn options(&self) -> ClientOptions {
        let url = format!("http://127.0.0.1:{}/rest/7/{SECRET}/", self.port);
        let mut options = ClientOptions::new(Access::Webhook(SecretUrl::parse(&url).unwrap()), Edition::Box);
        options.timeout = Duration::from_secs(20);
        options
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Asked>>, answer: &dyn Fn(usize, &Asked) -> Reply) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    while let Some(asked) = read(&mut reader) {
        let number = {
            let mut kept = kept.lock().unwrap();
            kept.push(asked.clone());
            kept.len() - 1
        };
        match answer(number, &asked) {
            Reply::Json(status, value) => send(&mut stream, &json(status, &value)),
            Reply::Slow(wait, value) => {
                thread::sleep(wait);
                send(&mut stream, &json(200, &value));
            }
            Reply::Raw(bytes) => return send(&mut stream, &bytes),
            Reply::Drop => return,
        }
    }
}

fn send(stream: &mut TcpStream, bytes: &[u8]) {
    // Whoever asked may be gone by now, which is what some tests want.
    let _ = stream.write_all(bytes).and_then(|()| stream.flush());
}

fn json(status: u16, value: &Value) -> Vec<u8> {
    let body = value.to_string();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut length, mut host) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "host" => host = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { path, host, body: serde_json::from_slice(&body).unwrap_or_default() })
}

/// Watches nothing.
pub struct Quiet;

impl Progress for Quiet {
    fn tell(&self, _: &str, _: u64, _: u64) {}

    fn waiting(&self, _: &str, _: u64) {}
}
