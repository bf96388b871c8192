//! Starting and stopping the imitated portal.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use tokio::{net::TcpListener, sync::oneshot};

use super::{
    Options, PortalFile, door,
    http::line::Door,
    state::{Portal, access, disk, disk::Disk},
    work::Shared,
};
use crate::model::Problem;

/// Threads that answer calls.
const THREADS: usize = 2;

/// A running portal; it stops when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    webhook: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A first pair of tokens of the portal's local application, and the application itself.
#[derive(Clone)]
pub struct Tokens {
    /// The refresh answer, as `/oauth/token/` gives it.
    pub answer: serde_json::Value,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: String,
}

impl std::fmt::Debug for Tokens {
    /// Names the application alone: the rest is secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Serves a portal from memory, on threads of its own.
///
/// # Errors
/// A problem where the address cannot be listened on.
pub fn start(portal: PortalFile, options: Options) -> Result<Sandbox, Problem> {
    serve(Portal::new(portal, &options), None, options)
}

/// Serves the portal that lives in `folder`; an empty folder starts from `file`.
///
/// Every write is on disk before its answer leaves.
///
/// # Errors
/// A problem where the state cannot be read or written, or another process serves it.
pub fn start_embedded(folder: &Path, file: &Path, options: Options) -> Result<Sandbox, Problem> {
    let (portal, disk) = disk::open(folder, file, &options)?;
    serve(portal, Some(disk), options)
}

fn serve(mut portal: Portal, disk: Option<Disk>, options: Options) -> Result<Sandbox, Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("portal")
        .enable_all()
        .build()
        .map_err(|error| Problem::error("the imitated portal cannot start").cause(error.to_string()))?;
    let listen = options.listen;
    let listener = runtime.block_on(TcpListener::bind(listen)).map_err(|error| {
        Problem::error(format!("the imitated portal cannot listen on {listen}"))
            .cause(error.to_string())
            .hint("port 0 takes a free one: `--listen 127.0.0.1:0`")
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| Problem::error("the imitated portal has no address").cause(error.to_string()))?;
    let base = format!("http://{}", reachable(address));
    base.clone_into(&mut portal.settings.base);
    let webhook = format!("{base}/rest/{}/{}/", portal.settings.owner, options.secret);
    let shared = Arc::new(Shared::new(portal, options, disk, base));
    let (stop, stopped) = oneshot::channel();
    let doors = Arc::clone(&shared);
    let thread = std::thread::spawn(move || {
        runtime.block_on(door::open(Door(listener), doors, stopped));
        // Calls that still work are dropped, and with them the last holders of the state.
        runtime.shutdown_timeout(Duration::from_secs(5));
    });
    Ok(Sandbox { shared, webhook, stop: Some(stop), thread: Some(thread) })
}

/// The address a client on this machine uses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    SocketAddr::new(ip, address.port())
}

impl Sandbox {
    /// Returns the webhook: `http://127.0.0.1:PORT/rest/OWNER/SECRET/`.
    pub fn webhook_url(&self) -> String {
        self.webhook.clone()
    }

    /// Returns `http://127.0.0.1:PORT`; the authorization server is there too.
    pub fn base_url(&self) -> &str {
        &self.shared.base
    }

    /// Copies the portal as it is now.
    pub fn state(&self) -> PortalFile {
        self.shared.lock().portal.to_file(false)
    }

    /// Gives a user a pair of tokens of the portal's local application: the one that still works,
    /// or a new one.
    ///
    /// # Errors
    /// A problem where there is no such user or the state cannot be written.
    pub fn issue_tokens(&self, user: u64) -> Result<Tokens, Problem> {
        let mut inner = self.shared.lock();
        if !inner.portal.knows(user) {
            return Err(Problem::error(format!("the portal has no user {user}")));
        }
        let portal = &mut inner.portal;
        let answer = access::living_or_new(portal, user, &self.shared.base);
        let (client_id, client_secret) = access::application(portal);
        inner
            .keep()
            .map_err(|failure| Problem::error("the portal's state cannot be written").cause(failure.text))?;
        Ok(Tokens { answer, client_id, client_secret })
    }

    /// Tells whether an embedded portal's file was edited after its state was begun.
    pub fn file_changed(&self) -> bool {
        self.shared.file_changed
    }

    /// Serves until the process is stopped.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // A server that panicked has said so; there is nothing left to serve.
            let _ = thread.join();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The server may have ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // As above: a panic was told where it happened.
            let _ = thread.join();
        }
    }
}
