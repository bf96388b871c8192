//! Carries a plan out, one step at a time, and keeps the journal.
//!
//! It reads the portal again, checks every step before the first write and each once more right
//! before its own, writes down what it is about to send, sends it once, reads it back and writes
//! down what became of it. It never repeats a write without having looked, never overwrites what
//! somebody changed in the meantime, and never does more than the plan says.
//!
//! Stopped at any point and run again, it ends as if it had never stopped: an intent without an
//! outcome is settled by looking, once the portal cannot be working on it any more.
//!
//! | file | is |
//! |---|---|
//! | [`run()`], `runner` | the order of things; which step is next, and how it all ended |
//! | `attempt`, `hand` | one step: look, decide, write once, read back; or ask a person |
//! | `decide` | what to do about a step, from what is found; pure |
//! | `resolve`, `value` | a step as something that can be sent; how values compare; pure |
//! | `look`, `simulate`, `check` | what is found: on the portal, or on a snapshot after earlier steps |
//! | `write` | what is sent, and its intent |
//! | `settle` | intents without an outcome, seen before anything else is done |
//! | `event`, `chain`, `evidence` | what the journal says, how its lines hold together, what they add up to; pure |
//! | `journal`, `lock`, `files` | the journal's file |
//! | `saved`, `status`, `report` | plans from a file; what waits for a person; what became of a plan |

mod attempt;
pub mod chain;
mod check;
pub mod decide;
pub mod event;
pub mod evidence;
mod files;
mod hand;
mod journal;
mod lock;
mod look;
mod report;
pub mod resolve;
mod run;
mod runner;
mod saved;
mod settle;
mod simulate;
mod status;
mod value;
mod write;

pub use event::{Entry, Event};
pub use evidence::Evidence;
pub use journal::{Journal, Reading, Sink, entries, read, verify};
pub use report::{Line, Mismatch, OpenHand, Outcome, Report, State};
pub use run::{Options, run};
pub use saved::{Refusal, check_saved};
pub use settle::settle;
pub use status::{Waiting, waiting};
