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

/// How much the log tells: `-q`, nothing, `-v`, `-vv`, `-vvv`.
#[derive(Debug, Clone, Copy)]
pub struct Verbosity {
    /// How many `-v`.
    pub verbose: u8,
    /// `-q`.
    pub quiet: bool,
}

impl Verbosity {
    /// Returns the level of our own modules. RUST_LOG, where it names a level, wins.
    pub fn level(self) -> LevelFilter {
        let asked = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok());
        asked.unwrap_or(match (self.quiet, self.verbose) {
            (true, _) => LevelFilter::ERROR,
            (false, 0) => LevelFilter::WARN,
            (false, 1) => LevelFilter::INFO,
            (false, 2) => LevelFilter::DEBUG,
            (false, _) => LevelFilter::TRACE,
        })
    }
}

/// Starts the log. `levels` gives each part of the program its own; what it does not name is
/// silent, above all the HTTP library, which would log addresses.
pub fn start_log(levels: &[(&str, LevelFilter)], format: LogFormat) {
    let named: Vec<String> = levels.iter().map(|(part, level)| format!("{part}={level}")).collect();
    let filter = EnvFilter::new(format!("off,{}", named.join(",")));
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start (in tests) keeps the first log.
    let _ = match format {
        LogFormat::Text => log.with_ansi(false).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
