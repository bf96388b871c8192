//! The log on stderr, for whoever debugs: no secrets, no personal data.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{EnvFilter, fmt};

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Starts the log. `verbosity` is the number of `-v`; RUST_LOG, where set, wins for our own
/// modules and is never taken for those of the HTTP library, which would log bodies.
pub fn start_log(verbosity: u8, quiet: bool, format: LogFormat) {
    let level = match (quiet, verbosity) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, 2) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    let level = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok()).unwrap_or(level);
    // An embedded portal says with `-v` where it had to guess how a real one behaves.
    let sandbox = if level > LevelFilter::WARN { level } else { LevelFilter::ERROR };
    let filter = EnvFilter::new(format!("off,shtat={level},shtat::sandbox={sandbox}"));
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start (in tests) keeps the first log.
    let _ = match format {
        LogFormat::Text => log.with_ansi(false).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
