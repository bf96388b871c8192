//! Long work: a bar on a terminal, plain lines elsewhere, with the time that is left.

use std::{
    io::IsTerminal,
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::Ui;

/// How often a plain line is printed where there is no terminal.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// Shows how far long work is.
#[derive(Debug)]
pub struct Meter {
    ui: Ui,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    bar: Option<ProgressBar>,
    what: String,
    began: Instant,
    told: Instant,
}

impl Meter {
    /// Prepares a meter; nothing is shown before the first [`Meter::tell`].
    pub fn new(ui: Ui) -> Meter {
        let now = Instant::now();
        Meter { ui, state: Mutex::new(State { bar: None, what: String::new(), began: now, told: now }) }
    }

    /// Shows that `done` of `total` (0: unknown) are done.
    pub fn tell(&self, what: &str, done: u64, total: u64) {
        if self.ui.quiet() {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.what != what {
            state.restart(what, total);
        }
        if let Some(bar) = &state.bar {
            bar.set_length(total);
            bar.set_position(done);
        } else if state.told.elapsed() >= PLAIN_EVERY {
            state.told = Instant::now();
            self.ui.note(&plain_line(what, done, total, state.began.elapsed()));
        }
    }

    /// Shows why nothing moves for a while.
    pub fn waiting(&self, why: &str, seconds: u64) {
        if seconds < 2 {
            return;
        }
        let state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let line = format!("waiting {seconds} s: {why}");
        match &state.bar {
            Some(bar) => bar.set_message(line),
            None => self.ui.note(&line),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = state.bar.take() {
            bar.finish_and_clear();
        }
        state.what.clear();
    }
}

impl State {
    fn restart(&mut self, what: &str, total: u64) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        what.clone_into(&mut self.what);
        self.began = Instant::now();
        self.told = self.began;
        self.bar = std::io::stderr().is_terminal().then(|| bar(what, total));
    }
}

fn bar(what: &str, total: u64) -> ProgressBar {
    let template = "{prefix} [{bar:30}] {pos}/{len} {per_sec}, {eta} left {msg}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style.progress_chars("=> ")).with_prefix(what.to_owned())
}

fn plain_line(what: &str, done: u64, total: u64, spent: Duration) -> String {
    match left(done, total, spent) {
        Some(seconds) => format!("{what}: {done} of {total}, about {} left", duration(seconds)),
        None if total > 0 => format!("{what}: {done} of {total}"),
        None => format!("{what}: {done}"),
    }
}

/// Estimates the seconds left from the pace so far.
fn left(done: u64, total: u64, spent: Duration) -> Option<u64> {
    (done > 0 && total >= done).then(|| spent.as_secs() * (total - done) / done)
}

/// Writes seconds as people say them.
fn duration(seconds: u64) -> String {
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5999 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_from_the_pace_so_far() {
        assert_eq!(
            plain_line("applying", 10, 40, Duration::from_secs(20)),
            "applying: 10 of 40, about 60 s left"
        );
        assert_eq!(
            plain_line("applying", 1, 2000, Duration::from_secs(3)),
            "applying: 1 of 2000, about 100 min left"
        );
        assert_eq!(duration(9_000), "2 h 30 min");
        assert_eq!(plain_line("reading", 7, 0, Duration::ZERO), "reading: 7");
    }
}
