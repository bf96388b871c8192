//! The control doors of the imitated portal: people and their edits.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// Asks the sandbox's control doors.
pub fn control(base: &str, post: Option<&Value>, name: &str) -> Value {
    let host = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let body = post.map(Value::to_string).unwrap_or_default();
    let method = if post.is_some() { "POST" } else { "GET" };
    write!(
        stream,
        "{method} /sandbox/{name} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str(body).unwrap_or(Value::Null)
}
