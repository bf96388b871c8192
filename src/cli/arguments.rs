//! The command line: what may stand on it and what it means.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use tracing::level_filters::LevelFilter;

use super::{
    Failure, apply, check, completions, confirm, explain, init, log, man, people, plan, sandbox, schema,
    snapshot, status,
};
use crate::ui::{ColorChoice, Exit, LogFormat, Ui, Verbosity, start_log};

/// Keeps the accounts of a Bitrix24 portal in line with the people 1C says work there
///
/// Rules in YAML, reviewed in git, say how. `shtat plan` writes the difference down and changes
/// nothing; `shtat apply` carries it out, once, however often it is run.
#[derive(Debug, Parser)]
#[command(name = "shtat", version, propagate_version = true, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done or nothing to do · 1 error · 2 changes pending (plan --detailed-exitcode) \
    · 3 held by a limit · 4 stale · 5 applied in part · 6 applied, waiting for a person";

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The project folder: where shtat.yaml is
    #[arg(short = 'C', long, global = true, value_name = "DIR", default_value = ".")]
    pub project: PathBuf,
    /// Which portal of shtat.yaml; not needed where there is one. For `sandbox`: a portal file
    #[arg(long, global = true, value_name = "NAME")]
    pub portal: Option<String>,
    /// A file with certificates (PEM) to trust beside the system's
    #[arg(long, global = true, value_name = "FILE", env = "SHTAT_CA")]
    pub ca: Option<PathBuf>,
    /// When to colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Say only results and problems
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more; twice: every call to the portal
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How log lines on stderr look
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: Log,
}

/// When to colour.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Log {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::PlanArgs),
    Apply(apply::ApplyArgs),
    People(people::PeopleArgs),
    Explain(explain::ExplainArgs),
    Check(check::CheckArgs),
    Confirm(confirm::ConfirmArgs),
    Status(status::StatusArgs),
    Snapshot(snapshot::SnapshotArgs),
    Init(init::InitArgs),
    Sandbox(sandbox::SandboxArgs),
    Log(log::LogArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// What every command is given.
#[derive(Debug, Clone)]
pub struct Context {
    /// The way to the user.
    pub ui: Ui,
    /// Options that every command takes.
    pub global: Global,
}

impl Cli {
    /// Runs the command and tells the user what went wrong, if anything did.
    pub fn run(self) -> Exit {
        let Cli { global, command } = self;
        let color = match global.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let format = match global.log_format {
            Log::Text => LogFormat::Text,
            Log::Json => LogFormat::Json,
        };
        start_log(&levels(&global, &command), format);
        let context = Context { ui: Ui::new(color, global.quiet), global };
        command.run(&context).unwrap_or_else(|failure| {
            context.ui.problems(&failure.problems);
            failure.exit
        })
    }
}

impl Command {
    fn run(&self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Command::Plan(args) => plan::run(context, args),
            Command::Apply(args) => apply::run(context, args),
            Command::People(args) => people::run(context, args),
            Command::Explain(args) => explain::run(context, args),
            Command::Check(args) => check::run(context, args),
            Command::Confirm(args) => confirm::run(context, args),
            Command::Status(args) => status::run(context, args),
            Command::Snapshot(args) => snapshot::run(context, args),
            Command::Init(args) => init::run(context, args),
            Command::Sandbox(args) => sandbox::run(context, args),
            Command::Log(args) => log::run(context, args),
            Command::Schema(args) => schema::run(context, args),
            Command::Completions(args) => completions::run(context, args),
            Command::Man(args) => man::run(context, args),
        }
    }
}

/// Says how much each part of the program tells. An imitated portal tells where it had to guess
/// how a real one behaves: on its own always, embedded with `-v`.
fn levels(global: &Global, command: &Command) -> [(&'static str, LevelFilter); 2] {
    let level = Verbosity { verbose: global.verbose, quiet: global.quiet }.level();
    let alone = matches!(command, Command::Sandbox(_));
    let sandbox = if alone || level > LevelFilter::WARN { level } else { LevelFilter::ERROR };
    [("shtat", level), ("shtat::sandbox", sandbox)]
}

/// Builds the command line's description, for completions and manual pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Prints a usage error or the help that was asked for, and returns the exit code: 1 for an
/// error, because 2 means that changes are pending.
pub fn usage_exit(error: &clap::Error) -> std::process::ExitCode {
    // A closed stream leaves nobody to tell.
    let _ = error.print();
    match error.exit_code() {
        0 => Exit::Done.into(),
        _ => Exit::Error.into(),
    }
}
