//! Intents without an outcome: what became of them is seen, never guessed.

use std::time::Duration;

use jiff::Timestamp;

use super::{Journal, event::Event, run::Options};
use crate::{
    model::{Problem, Snapshot},
    portal::{Progress, ReadPortal},
};

/// Reads the portal, and writes into the journal what became of writes whose answer was never
/// seen. Where there are any, it first waits until `timeout` has passed since the last was sent:
/// a portal may still be working on what a killed process sent.
///
/// Call it before planning, too: the history is then complete, and the snapshot is fresh.
pub fn settle(
    journal: &mut Journal,
    portal: &dyn ReadPortal,
    options: &Options<'_>,
    progress: &dyn Progress,
) -> Result<Snapshot, Problem> {
    if let Some(sent) = journal.evidence().last_sent() {
        let left = unripe(sent, Timestamp::now(), options.timeout);
        options.sleep(left, "an earlier run may still be at work on the portal", progress)?;
    }
    let have = portal
        .snapshot(progress)
        .map_err(|error| Problem::error("cannot read the portal").cause(error.to_string()))?;
    for outcome in journal.evidence().settle(&have) {
        journal.append(Event::Outcome(outcome))?;
    }
    Ok(have)
}

/// Returns how long a write that was sent at `sent` may still land. A clock that was set back
/// never makes it longer than `timeout`.
pub fn unripe(sent: Timestamp, now: Timestamp, timeout: Duration) -> Duration {
    match Duration::try_from(now.duration_since(sent)) {
        Ok(passed) => timeout.saturating_sub(passed),
        Err(_) => timeout,
    }
}
