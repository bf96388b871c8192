//! A portal on localhost that behaves as the real one does, traps included.
//!
//! [`start`] serves a portal from memory, [`start_embedded`] one that lives in a folder and
//! survives whatever happens to the process. Both speak HTTP on loopback, so the real path is
//! always the one in use. Written against the reference of the REST interface alone; nothing here
//! knows our own client. It never talks to anything outside.

mod batch;
mod control;
mod door;
mod fault;
mod file;
mod http;
mod limits;
mod methods;
mod oauth;
pub mod onec;
mod options;
mod requests;
mod row;
mod secret;
mod server;
mod state;
mod trouble;
mod work;

pub use crate::model::parse_time;
pub use fault::{Fault, FaultKind};
pub use file::{FORMAT, PortalFile};
pub use options::{Latency, Options, Preset};
pub use row::Row;
pub use server::{Sandbox, Tokens, start, start_embedded};
