//! Answers as 1C words them: JSON where it is asked for, else XML; HTML from the web server.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::schema::Row;

const JSON: &str = "application/json;charset=utf-8";
const XML: &str = "application/atom+xml;type=feed;charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
/// The byte-order mark that 1C puts before some bodies.
pub const MARK: &str = "\u{feff}";

/// How an answer is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// JSON was asked for.
    pub json: bool,
    /// Links are left out.
    pub bare: bool,
    /// A byte-order mark goes first.
    pub marked: bool,
}

/// Makes an answer of any kind.
pub fn plain(status: u16, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Makes a page of the web server.
pub fn page(status: u16, title: &str) -> Response<Body> {
    let body = format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>");
    plain(status, HTML, body)
}

/// Makes a refusal of 1C's own.
pub fn refusal(status: u16, code: &str, form: Form) -> Response<Body> {
    let words = "Запрос не может быть выполнен";
    if form.json {
        let error = json!({"odata.error": {"code": code, "message": {"lang": "ru", "value": words}}});
        return plain(status, JSON, mark(form, error.to_string()));
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><m:error xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"><m:code>{code}</m:code><m:message xml:lang=\"ru\">{words}</m:message></m:error>"
    );
    plain(status, "application/xml;charset=utf-8", body)
}

/// Makes a list of rows.
pub fn list(root: &str, set: &str, rows: &[Row], count: Option<usize>, form: Form) -> Response<Body> {
    if !form.json {
        let mut entries = String::new();
        for row in rows {
            write!(entries, "<entry>{}</entry>", properties(row)).expect("a string takes any text");
        }
        let feed = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{set}</title>{entries}</feed>"
        );
        return plain(200, XML, feed);
    }
    let mut body = json!({"value": rows});
    if !form.bare {
        body["odata.metadata"] = Value::from(format!("{root}$metadata#{set}"));
    }
    if let Some(count) = count {
        body["odata.count"] = Value::from(count.to_string());
    }
    plain(200, JSON, mark(form, body.to_string()))
}

/// Makes one object.
pub fn object(root: &str, set: &str, row: Row, form: Form) -> Response<Body> {
    if !form.json {
        return plain(
            200,
            XML,
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><entry>{}</entry>", properties(&row)),
        );
    }
    let mut row = row;
    if !form.bare {
        row.insert("odata.metadata".to_owned(), Value::from(format!("{root}$metadata#{set}/@Element")));
    }
    plain(200, JSON, mark(form, Value::Object(row).to_string()))
}

/// Makes the list of published sets.
pub fn service<'a>(sets: impl Iterator<Item = &'a str>, form: Form) -> Response<Body> {
    let sets: Vec<&str> = sets.collect();
    if form.json {
        let list: Vec<Value> = sets.iter().map(|set| json!({"name": set, "url": set})).collect();
        return plain(200, JSON, json!({"value": list}).to_string());
    }
    let list: String = sets.iter().map(|set| format!("<collection href=\"{set}\"/>")).collect();
    plain(
        200,
        "application/atomsvc+xml;charset=utf-8",
        format!("<?xml version=\"1.0\"?><service><workspace>{list}</workspace></service>"),
    )
}

fn mark(form: Form, body: String) -> String {
    if form.marked { format!("{MARK}{body}") } else { body }
}

fn properties(row: &Row) -> String {
    let mut text = String::new();
    for (field, value) in row.iter().filter(|(field, _)| !field.contains('@')) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = value.replace('&', "&amp;").replace('<', "&lt;");
        write!(text, "<d:{field}>{value}</d:{field}>").expect("a string takes any text");
    }
    text
}
