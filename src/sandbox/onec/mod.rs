//! A stand-in for 1C:ЗУП 3.1 behind its standard OData interface, bad ways included.
//!
//! Serves a company from memory on loopback, as the reference of the interface describes it: XML
//! unless JSON is asked for, rows in no order unless one is asked for, numbers of lines as texts,
//! byte-order marks here and there, sections replaced whole. Written against that reference alone;
//! nothing here knows our own client. More bad ways are asked for by [`Fault`].

mod answer;
mod base;
mod company;
mod fault;
mod filter;
mod flat;
mod line;
mod patch;
mod query;
mod schema;
mod select;
mod serve;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use axum::Router;
use serde_json::Value;
use tokio::sync::oneshot;

pub use base::Request;
pub use company::Company;
pub use fault::Fault;
pub use flat::{PHONE_KIND, PRIVATE_KIND, WORK_KIND};

use crate::model::Problem;
use base::Base;
use line::{Lines, Scissors};
use serve::Publication;

/// How one imitated 1C is to behave.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The base's name in its address.
    pub name: String,
    /// The 1C user that may enter.
    pub user: String,
    /// That user's password.
    pub password: String,
    /// What is to go wrong.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    /// A free loopback port, the base `zup`, the user `обмен` with the password `demo`, nothing
    /// that goes wrong.
    fn default() -> Options {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            name: "zup".to_owned(),
            user: "обмен".to_owned(),
            password: "demo".to_owned(),
            faults: Vec::new(),
        }
    }
}

/// A running 1C; it stops when this is dropped.
#[derive(Debug)]
pub struct OneC {
    address: SocketAddr,
    name: String,
    publication: Arc<Publication>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Serves a company, on a thread of its own.
///
/// # Errors
/// A problem where the address cannot be listened on.
pub fn start(company: Company, options: Options) -> Result<OneC, Problem> {
    let Options { listen, name, user, password, faults } = options;
    let deaf = |cause: std::io::Error| {
        Problem::error(format!("the stand-in for 1C cannot listen on {listen}")).cause(cause.to_string())
    };
    let listener = TcpListener::bind(listen).map_err(deaf)?;
    listener.set_nonblocking(true).map_err(deaf)?;
    let address = listener.local_addr().map_err(deaf)?;
    let publication = Arc::new(Publication {
        root: format!("/{name}/odata/standard.odata/"),
        login: serve::login(&user, &password),
        base: Mutex::new(Base { company, faults, ..Base::default() }),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(deaf)?;
    let (stop, stopped) = oneshot::channel();
    let served = Arc::clone(&publication);
    let thread = std::thread::spawn(move || {
        runtime.block_on(async {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            let router = Router::new().fallback(serve::serve).with_state(served);
            let service = router.into_make_service_with_connect_info::<Scissors>();
            tokio::select! {
                _ = axum::serve(Lines(listener), service) => {}
                _ = stopped => {}
            }
        });
    });
    Ok(OneC { address, name, publication, stop: Some(stop), thread: Some(thread) })
}

impl OneC {
    /// Returns the address of the base, as `people.odata.url` takes it.
    pub fn url(&self) -> String {
        format!("http://{}/{}/", self.address, self.name)
    }

    /// Copies the company as it is now.
    pub fn state(&self) -> Company {
        self.publication.base().company.clone()
    }

    /// Returns every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.publication.base().requests.clone()
    }

    /// Counts the sessions that nobody has finished.
    pub fn open_sessions(&self) -> usize {
        self.publication.base().sessions.len()
    }

    /// Changes bad ways while it runs; counts go on.
    pub fn misbehave(&self, faults: Vec<Fault>) {
        self.publication.base().faults = faults;
    }

    /// Lets somebody change fields of an object in 1C itself. Tells whether it is there.
    pub fn edit(&self, set: &str, key: &str, fields: &Value) -> bool {
        let mut base = self.publication.base();
        let count = base.requests.len() as u64;
        let company = &mut base.company;
        patch::edit(company, set, key, fields, count)
    }
}

impl Drop for OneC {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that failed has nothing more to tell.
            let _ = thread.join();
        }
    }
}
