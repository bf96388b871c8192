//! The order of things: read again, check everything, then write step by step.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::{
    Journal, Report,
    runner::{Doors, Runner},
};
use crate::{
    model::{Plan, Problem},
    portal::{Progress, WritePortal},
    source::Source,
};

/// How a run behaves.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Apply the steps that are not stale.
    pub skip_stale: bool,
    /// The portal's time-out per call: as long after it was sent, a write may still land.
    pub timeout: Duration,
    /// How long to wait before looking once more for what no uniqueness protects.
    pub second_look: Duration,
    /// The first pause after the portal was too busy for a write; it grows with each repeat.
    pub busy_pause: Duration,
    /// Becomes true when the user wants to stop (Ctrl-C).
    pub cancel: &'a AtomicBool,
}

impl<'a> Options<'a> {
    /// Returns the usual behaviour for a time-out.
    pub fn new(timeout: Duration, cancel: &'a AtomicBool) -> Options<'a> {
        Options {
            skip_stale: false,
            timeout,
            second_look: timeout.clamp(Duration::from_secs(5), Duration::from_secs(15)),
            busy_pause: Duration::from_secs(1),
            cancel,
        }
    }

    /// Tells whether the user wants to stop.
    pub fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Waits, telling why; ends with an error as soon as the user wants to stop.
    pub fn sleep(&self, long: Duration, why: &str, progress: &dyn Progress) -> Result<(), Problem> {
        let end = Instant::now() + long;
        let mut told = u64::MAX;
        loop {
            if self.cancelled() {
                return Err(Problem::error("stopped before the portal could be asked")
                    .hint("run the same command again: it goes on where this one stopped"));
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            if left.as_secs() < told {
                told = left.as_secs();
                progress.waiting(why, told + 1);
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }
}

/// Carries out a plan and nothing else.
///
/// Reads the portal again, checks every step, writes, reads back. Every write is in the journal
/// before it is sent. Ends early where our access is refused or the journal cannot be written.
pub fn run(
    plan: &Plan,
    portal: &dyn WritePortal,
    source: &dyn Source,
    journal: &mut Journal,
    options: &Options<'_>,
    progress: &dyn Progress,
) -> Report {
    let mut runner = Runner::new(plan, Doors { portal, source, progress }, journal, options);
    let end = runner.begin().and_then(|()| runner.settle_and_check()).and_then(|go| match go {
        true => runner.walk(),
        false => Ok(()),
    });
    runner.finish(end)
}
