//! How one imitated portal is to behave.

use std::{
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
    time::Duration,
};

use super::{fault::Fault, secret};
use crate::model::{Edition, Problem, parse_time};

/// Settings of an imitated portal that its file does not hold.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The webhook's secret, letters and digits.
    pub secret: String,
    /// Which kind of portal; none: the file's edition says it.
    pub preset: Option<Preset>,
    /// Whether the request rate is limited; none: as the preset does.
    pub rate: Option<bool>,
    /// Work that takes longer than it needs to.
    pub latencies: Vec<Latency>,
    /// What is to go wrong, and when.
    pub faults: Vec<Fault>,
    /// Turns traps of the real portal into errors.
    pub strict: bool,
}

impl Default for Options {
    /// A free loopback port, the secret `demo`, nothing that goes wrong.
    fn default() -> Options {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            secret: "demo".to_owned(),
            preset: None,
            rate: None,
            latencies: Vec::new(),
            faults: Vec::new(),
            strict: false,
        }
    }
}

impl Options {
    /// Settings of an embedded portal: a secret of its own for every start, no request rate.
    pub fn embedded() -> Options {
        Options { secret: secret::random(24), rate: Some(false), ..Options::default() }
    }
}

/// A kind of portal (`reference` checklist 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// A cloud portal of an ordinary plan: 2 calls a second, 50 at once.
    Cloud,
    /// A cloud portal of the Enterprise plan: 5 calls a second, 250 at once.
    CloudEnterprise,
    /// A portal on the company's own server: no limits, EMAIL is not unique.
    Box,
}

impl Preset {
    /// Names of all presets, as `--preset` takes them.
    pub const NAMES: [&str; 3] = ["cloud", "cloud-enterprise", "box"];

    /// The preset that an edition means.
    pub fn of(edition: Edition) -> Preset {
        match edition {
            Edition::Cloud => Preset::Cloud,
            Edition::Box => Preset::Box,
        }
    }

    /// Tells whether it is one of the cloud presets.
    pub fn is_cloud(self) -> bool {
        self != Preset::Box
    }
}

impl FromStr for Preset {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Preset, Problem> {
        match text {
            "cloud" => Ok(Preset::Cloud),
            "cloud-enterprise" => Ok(Preset::CloudEnterprise),
            "box" => Ok(Preset::Box),
            _ => Err(Problem::error(format!("there is no preset `{text}`"))
                .hint(format!("known are {}", Preset::NAMES.join(", ")))),
        }
    }
}

/// Lets a method take longer: `user.add=3s`; `*` means every method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latency {
    /// The method in lower case, or `*`.
    pub method: String,
    /// How long each call works.
    pub time: Duration,
}

impl FromStr for Latency {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Latency, Problem> {
        let Some((method, time)) = text.split_once('=') else {
            return Err(Problem::error(format!("`{text}` is not a latency"))
                .hint("write METHOD=TIME, for example `user.add=3s`"));
        };
        let method = super::fault::method_name(method)?;
        Ok(Latency { method, time: parse_time(time)? })
    }
}
