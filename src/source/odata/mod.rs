//! Live 1C:ЗУП 3.1 over its standard OData interface.
//!
//! Reads whole sets page by page, one request at a time, and joins them in memory; writes one
//! thing only, an address into a person's contacts. Never creates, deletes or replaces an object,
//! never repeats a write it has not looked after, and keeps passwords and people out of its texts.
//!
//! | file | knows |
//! |---|---|
//! | `settings`, `names` | what `people.odata` may say |
//! | `target`, `wire`, `fault` | one request: how it is written, bounded, and how it fails |
//! | `session`, `pages`, `fields` | many: repeats, sessions, pages, values |
//! | `tables`, `gather*`, `base` | which sets are read, in which order, and what may be absent |
//! | `history`, `trees`, `contacts` | what their rows mean |
//! | `assemble` | rows of employments |
//! | `write`, `section` | the address, written back |
//! | `check` | `shtat check --online` |

mod assemble;
mod base;
mod base64;
mod check;
mod contacts;
mod fault;
mod fields;
mod gather;
mod gather_contacts;
mod gather_time;
mod gather_tree;
mod history;
mod names;
mod pages;
mod section;
mod session;
mod settings;
mod tables;
mod target;
mod trees;
mod wire;
mod write;

use std::{future::Future, sync::Mutex, thread};

use jiff::civil::Date;
use tokio::runtime::{Builder, Runtime};

pub use check::CheckStep;
pub use settings::{Patience, Settings, Tree};

use super::{Reading, Source, Written};
use crate::model::{Email, People, PersonId, Problem};
use gather::Gather;
use names::Names;
use pages::Reader;
use session::Session;
use wire::Wire;

/// A live 1C as a source of people.
#[derive(Debug)]
pub struct OData {
    settings: Settings,
    today: Date,
    wire: Wire,
    runtime: Option<Runtime>,
    /// The kinds that addresses are written to, once they are known.
    kinds: Mutex<Option<Vec<String>>>,
}

impl OData {
    /// Checks the settings and prepares a connection; `today` is the day in the people's time zone
    /// for which everything is read. Errors are all mistakes that show without a connection.
    pub fn new(settings: Settings, today: Date) -> Result<OData, Vec<Problem>> {
        let problems = settings.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let wire = Wire::new(&settings).map_err(|problem| vec![problem])?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|cause| {
            vec![Problem::error("the system gives no means to wait for answers").cause(cause.to_string())]
        })?;
        Ok(OData { settings, today, wire, runtime: Some(runtime), kinds: Mutex::new(None) })
    }

    /// Tries the connection step by step. An error among the steps means that a plan cannot be
    /// made; a warning, that something will not be managed.
    pub fn check_online(&self) -> Vec<CheckStep> {
        self.wait(|| async {
            let mut reader = self.reader();
            let steps = check::walk(self, &mut reader).await;
            reader.session.finish().await;
            steps
        })
    }

    async fn read_with(&self, reader: &mut Reader<'_>) -> Reading {
        let names = reader.names;
        let mut gather = Gather::new(reader, self.today);
        let read = match gather.all().await {
            Ok(()) => gather.trusted(),
            Err(problem) => Err(problem),
        };
        let base = gather.base;
        match read {
            Ok(()) => assemble::people(base, names, self.today),
            Err(problem) => {
                let problems = base.problems.into_iter().chain([problem]).collect();
                Reading { people: People::default(), problems }
            }
        }
    }

    fn reader(&self) -> Reader<'_> {
        let session = Session::new(&self.wire, self.settings.patience, self.settings.sessions);
        Reader { session, names: Names(&self.settings) }
    }

    /// Runs `work` to its end on a thread of its own, so that callers may stand inside a runtime.
    fn wait<T: Send, F: Future<Output = T>>(&self, work: impl FnOnce() -> F + Send) -> T {
        let runtime = self.runtime.as_ref().expect("the runtime goes only when the source does");
        thread::scope(|scope| {
            let done = scope.spawn(|| runtime.block_on(work())).join();
            done.unwrap_or_else(|cause| std::panic::resume_unwind(cause))
        })
    }
}

impl Drop for OData {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Source for OData {
    fn read(&self) -> Reading {
        self.wait(|| async {
            let mut reader = self.reader();
            let reading = self.read_with(&mut reader).await;
            reader.session.finish().await;
            reading
        })
    }

    fn write_email(
        &self,
        person: &PersonId,
        expects: Option<&str>,
        want: &Email,
    ) -> Result<Written, Problem> {
        self.wait(|| write::write(self, person, expects, want))
    }

    fn look_email(&self, person: &PersonId, expects: Option<&str>, want: &Email) -> Result<Written, Problem> {
        self.wait(|| write::look(self, person, expects, want))
    }
}
