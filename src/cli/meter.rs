//! Shows the portal's progress on the terminal.

use crate::{
    portal::Progress,
    ui::{Meter, Ui},
};

/// A meter that the portal and the executor report to.
#[derive(Debug)]
pub struct PortalMeter(Meter);

impl PortalMeter {
    /// Prepares a meter; nothing is shown before work takes long enough to matter.
    pub fn new(ui: Ui) -> PortalMeter {
        PortalMeter(Meter::new(ui))
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish();
    }
}

impl Progress for PortalMeter {
    fn tell(&self, what: &str, done: u64, total: u64) {
        self.0.tell(what, done, total);
    }

    fn waiting(&self, why: &str, seconds: u64) {
        self.0.waiting(why, seconds);
    }
}
