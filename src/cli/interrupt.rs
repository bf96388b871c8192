//! Ctrl-C: the first stops after the call in flight, the second at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{
    model::Problem,
    portal::Cancel,
    ui::{Exit, Ui},
};

/// Whether a run may already have written: what a second Ctrl-C ends with.
static WRITING: AtomicBool = AtomicBool::new(false);

/// Watches for Ctrl-C for the rest of the process.
pub fn watch(ui: Ui, cancel: &Cancel) -> Result<(), Problem> {
    let trouble =
        |error: std::io::Error| Problem::error("Ctrl-C cannot be watched for").cause(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(trouble)?;
    let cancel = cancel.clone();
    std::thread::spawn(move || {
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if cancel.is_cancelled() {
                    leave();
                }
                cancel.cancel();
                ui.say("stopping after the call in flight; press Ctrl-C again to leave at once");
            }
        });
    });
    Ok(())
}

/// Notes that writes may be sent from here on.
pub fn writing() {
    WRITING.store(true, Ordering::SeqCst);
}

/// Leaves at once. Safe: what was being sent has its intent in the journal, and the next run
/// looks it up.
fn leave() -> ! {
    let exit = if WRITING.load(Ordering::SeqCst) { Exit::Partial } else { Exit::Error };
    std::process::exit(exit as i32)
}
