//! Want minus have: people, rules, the portal and history in, a plan out.
//!
//! Pure: no clock, no network, no randomness, and no failure. What it will not do, it lists as
//! held. The same inputs give the same bytes, in whatever order rows stand.

pub mod render;

use jiff::civil::Date;

use crate::{
    model::{History, People, Plan, Snapshot},
    rules::Rules,
};

/// Everything that a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The portal's name in shtat.yaml.
    pub portal: &'a str,
    /// Names, ИНН or GUIDs of the organizations in scope; empty: all.
    pub organizations: &'a [String],
    /// What rules are applied to.
    pub people: &'a People,
    /// What is wanted.
    pub rules: &'a Rules,
    /// What is there.
    pub have: &'a Snapshot,
    /// What earlier runs did.
    pub history: &'a History,
    /// Today, in the people's time zone.
    pub as_of: Date,
    /// When the plan is made (RFC 3339); only copied.
    pub made_at: &'a str,
}

/// Plans the steps that turn what the portal has into what people and rules ask for.
pub fn plan(_inputs: &Inputs<'_>) -> Plan {
    unimplemented!("the planner comes in the next change")
}
