//! From HTTP to a call and back: paths, sizes, times, connections that are cut.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::{sync::oneshot, time::timeout};

use super::{
    control,
    http::{
        Params, answer,
        line::{Door, Peer},
        route::{Route, Unreadable, parameters, token},
    },
    oauth,
    work::{Incoming, Reply, Shared},
};

/// Largest body that is read.
const LARGEST: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive.
const ARRIVES: Duration = Duration::from_secs(60);

/// Serves until `stopped` fires or is dropped.
pub async fn open(door: Door, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let router = Router::new().fallback(handle).with_state(shared);
    let service = router.into_make_service_with_connect_info::<Peer>();
    tokio::select! {
        // Serving ends with the runtime; an error in one connection ends that connection.
        _ = axum::serve(door, service) => {}
        _ = stopped => {}
    }
}

/// A request with its body read.
struct Read {
    method: Method,
    uri: Uri,
    host: String,
    authorization: Option<String>,
    content_type: String,
    body: Vec<u8>,
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    match read(request).await {
        Ok(read) => dispatch(shared, peer, read).await,
        Err(status) => json_response(
            status.as_u16(),
            answer::encode(
                &json!({"error": "INVALID_REQUEST", "error_description": "the request is too large or too slow"}),
            ),
        ),
    }
}

async fn read(request: Request) -> Result<Read, StatusCode> {
    let (parts, body) = request.into_parts();
    let text = |name: header::HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let body = timeout(ARRIVES, to_bytes(body, LARGEST)).await.map_err(|_| StatusCode::REQUEST_TIMEOUT)?;
    Ok(Read {
        host: text(header::HOST).unwrap_or_default(),
        authorization: text(header::AUTHORIZATION),
        content_type: text(header::CONTENT_TYPE).unwrap_or_default(),
        body: body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_vec(),
        method: parts.method,
        uri: parts.uri,
    })
}

async fn dispatch(shared: Arc<Shared>, peer: Peer, read: Read) -> Response {
    let post = read.method == Method::POST;
    if !post && read.method != Method::GET {
        return json_response(
            405,
            answer::encode(&json!({"error": "METHOD_NOT_ALLOWED", "error_description": "send GET or POST"})),
        );
    }
    let (params, unreadable) =
        match parameters(read.uri.query().unwrap_or(""), &read.content_type, &read.body) {
            Ok(params) => (params, false),
            Err(Unreadable(params)) => (params, true),
        };
    let path = read.uri.path();
    if let Some(name) = path.strip_prefix("/sandbox/") {
        let name = name.trim_end_matches('/');
        return control_call(&shared, post, name, &params, unreadable);
    }
    match path.trim_end_matches('/') {
        "/oauth/token" => return plain(oauth::token(&shared, &params)),
        "/oauth/authorize" => return authorize(&shared, &params),
        _ => {}
    }
    match Route::of(path) {
        Route::Other => {
            plain((404, json!({"error": "NOT_FOUND", "error_description": "there is nothing here"})))
        }
        route => {
            let token = token(&params, read.authorization.as_deref());
            let incoming = Incoming { route, params, token, unreadable, from: peer.address.ip() };
            call(shared, &peer, incoming, &read.host, &read.uri).await
        }
    }
}

fn control_call(shared: &Shared, post: bool, name: &str, params: &Params, unreadable: bool) -> Response {
    if unreadable {
        return plain((
            400,
            json!({"error": "SANDBOX", "error_description": "the body is neither a form nor JSON"}),
        ));
    }
    plain(control::answer(shared, post, name, params))
}

fn authorize(shared: &Shared, params: &Params) -> Response {
    match oauth::authorize(shared, params) {
        Some(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        None => plain((200, json!({"error": "wrong_client", "error_description": "Wrong client"}))),
    }
}

/// Carries out a call in a task of its own: it goes on when the caller hangs up or is cut off.
async fn call(shared: Arc<Shared>, peer: &Peer, incoming: Incoming, host: &str, uri: &Uri) -> Response {
    let cut_after = shared.cut_after;
    let task = tokio::spawn(async move { shared.work(incoming).await });
    match timeout(cut_after, task).await {
        Ok(Ok(Reply::Json(status, body))) => json_response(status, body),
        Ok(Ok(Reply::Html(status, page))) => html_response(status, page),
        Ok(Ok(Reply::Moved)) => moved(host, uri),
        Ok(Ok(Reply::HangUp)) => {
            peer.hang_up();
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(Err(_)) => html_response(500, "<html><body><h1>500 Internal Server Error</h1></body></html>\n"),
        Err(_) => html_response(504, "<html><body><h1>504 Gateway Time-out</h1></body></html>\n"),
    }
}

/// 302 to the same path on the other loopback name.
fn moved(host: &str, uri: &Uri) -> Response {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let other = if name == "localhost" { "127.0.0.1" } else { "localhost" };
    let path = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    let location = format!("http://{other}:{port}{path}");
    (StatusCode::FOUND, [(header::LOCATION, location)], "<html><body><h1>302 Found</h1></body></html>\n")
        .into_response()
}

fn plain((status, value): (u16, Value)) -> Response {
    json_response(status, answer::encode(&value))
}

fn json_response(status: u16, body: Vec<u8>) -> Response {
    respond(status, "application/json; charset=utf-8", Body::from(body))
}

fn html_response(status: u16, page: &'static str) -> Response {
    respond(status, "text/html", Body::from(page))
}

fn respond(status: u16, kind: &'static str, body: Body) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}
