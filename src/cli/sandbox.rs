//! `shtat sandbox`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::ValueEnum;

use super::{Context, Failure, init::kind_of};
use crate::{
    model::{People, Problem},
    portal::Cancel,
    project::{self, PortalAccess, Project},
    sandbox::{
        self, Fault, Latency, Options, PortalFile, Preset, Sandbox,
        onec::{self, Company, OneC},
    },
    source::{self, FileKind, FileSpec, Source},
    ui::Exit,
};

/// The longest JSON file of people that is read.
const PEOPLE_LIMIT: u64 = 1 << 30;

/// Serve the imitated portal on its own
///
/// `--portal` takes a portal file, or the name of an embedded portal of shtat.yaml: that one is
/// served as it lives in .shtat/, changes and all. The address alone stands on the first line of
/// stdout; it serves until stopped. Controls for people and tests are under /sandbox/.
#[derive(Debug, clap::Args)]
pub struct SandboxArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The webhook's secret
    #[arg(long, default_value = "demo")]
    secret: String,
    /// Which kind of portal; the file's edition says it otherwise
    #[arg(long, value_name = "PRESET", value_parser = |text: &str| text.parse::<Preset>().map_err(|p| told(&p)))]
    preset: Option<Preset>,
    /// Whether the request rate is limited; by default as the preset's portal does
    #[arg(long, value_name = "on|off")]
    rate: Option<Switch>,
    /// Let a method take longer, for example user.add=3s
    #[arg(long, value_name = "METHOD=TIME", value_parser = |text: &str| text.parse::<Latency>().map_err(|p| told(&p)))]
    latency: Vec<Latency>,
    /// Let something go wrong, for example lost-reply:user.add#2
    #[arg(long, value_name = "SPEC", value_parser = |text: &str| text.parse::<Fault>().map_err(|p| told(&p)))]
    fault: Vec<Fault>,
    /// Turn traps of the real portal into errors
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    onec: OnecArgs,
}

/// The stand-in for 1C beside the portal.
#[derive(Debug, clap::Args)]
struct OnecArgs {
    /// Serve these people (.json, .csv, .xlsx, or a JSON dump of OData sets) as a 1C beside the
    /// portal; its address stands on the second line of stdout, user and password are `обмен` and `demo`
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// Where the 1C listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", requires = "people")]
    onec_listen: SocketAddr,
    /// Let the 1C behave badly, for example off:Catalog_Должности or slow#1=3s
    #[arg(long, value_name = "SPEC", requires = "people", value_parser = |text: &str| text.parse::<onec::Fault>().map_err(|p| told(&p)))]
    onec_fault: Vec<onec::Fault>,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// Limited
    On,
    /// Not limited
    Off,
}

/// Serves until Ctrl-C.
pub fn run(context: &Context, args: &SandboxArgs) -> Result<Exit, Failure> {
    let Some(portal) = &context.global.portal else {
        return Err(Failure::from(
            Problem::error("which portal?")
                .hint("`--portal FILE`, or the name of an embedded portal of shtat.yaml"),
        ));
    };
    let sandbox = start(context, args, portal)?;
    let cancel = Cancel::default();
    super::interrupt::watch(context.ui, &cancel)?;
    let onec = args.onec.start()?;
    context.ui.result(&format!("{}\n", sandbox.webhook_url()))?;
    if let Some(onec) = &onec {
        context.ui.result(&format!("{}\n", onec.url()))?;
    }
    while !cancel.is_cancelled() {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(Exit::Done)
}

impl OnecArgs {
    fn start(&self) -> Result<Option<OneC>, Failure> {
        let Some(file) = &self.people else { return Ok(None) };
        let company = match kind_of(file) {
            Ok(FileKind::Json) => company(file)?,
            Ok(kind) => Company::from_people(&people(file, kind)?),
            Err(problem) => return Err(Failure::from(problem)),
        };
        let options = onec::Options {
            listen: self.onec_listen,
            faults: self.onec_fault.clone(),
            ..onec::Options::default()
        };
        Ok(Some(onec::start(company, options)?))
    }
}

/// Reads a JSON file: people, or a dump of sets.
fn company(file: &Path) -> Result<Company, Failure> {
    let text = project::read_text(file, &file.display().to_string(), PEOPLE_LIMIT)?;
    if Company::is_dump(&text) {
        return Ok(Company::from_dump(&text)?);
    }
    Ok(Company::from_people(&people(file, FileKind::Json)?))
}

fn people(file: &Path, kind: FileKind) -> Result<People, Failure> {
    let reading = source::open(FileSpec::new(kind, file, file.display().to_string())).read();
    if reading.has_errors() {
        return Err(Failure::from(reading.problems));
    }
    Ok(reading.people)
}

fn start(context: &Context, args: &SandboxArgs, portal: &str) -> Result<Sandbox, Failure> {
    let options = Options {
        listen: args.listen,
        secret: args.secret.clone(),
        preset: args.preset,
        rate: args.rate.map(|rate| rate == Switch::On),
        latencies: args.latency.clone(),
        faults: args.fault.clone(),
        strict: args.strict,
    };
    if Path::new(portal).exists() {
        return Ok(sandbox::start(PortalFile::load(Path::new(portal))?, options)?);
    }
    let project = Project::open(&context.global.project).map_err(|_| no_file(portal))?;
    match project.config.portals.get(portal).map(|portal| &portal.access) {
        Some(PortalAccess::Sandbox { file, .. }) => {
            Ok(sandbox::start_embedded(&project.sandbox_folder(portal), file, options)?)
        }
        _ => Err(Failure::from(no_file(portal))),
    }
}

fn no_file(portal: &str) -> Problem {
    Problem::error(format!("`{portal}` is neither a portal file nor an embedded portal of shtat.yaml"))
        .hint("`shtat snapshot --out FILE` saves a portal file")
}

/// Tells a problem in one line, as the command line's parser wants it.
fn told(problem: &Problem) -> String {
    let hints = problem.hints.iter().map(|hint| format!("; {hint}"));
    std::iter::once(problem.what.clone()).chain(hints).collect()
}
