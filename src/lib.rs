//! Accounts of a Bitrix24 portal, kept in line with the people 1C says work there.
//!
//! Rules and people say what we *want*, the portal says what it *has*, the planner writes the
//! difference down as steps, and a person decides whether to apply them.
//!
//! | module | is |
//! |---|---|
//! | [`model`] | the nouns: people, accounts, plans, history, problems |
//! | [`rules`] | rule files: schema, checks, templates, transliteration |
//! | [`source`] | where people come from: CSV, XLSX, JSON, 1C over OData |
//! | [`portal`] | one portal: two doors, the wire, the pace |
//! | [`plan`] | want minus have: pure |
//! | [`apply`] | runs a plan, one step at a time, and keeps the journal |
//! | [`sandbox`] | a portal on localhost, and a 1C |
//! | [`project`] | the project folder |
//! | [`ui`] | how the program speaks |
//! | [`cli`] | one file per command |

pub mod apply;
pub mod cli;
pub mod model;
pub mod plan;
pub mod portal;
pub mod project;
pub mod rules;
pub mod sandbox;
pub mod source;
pub mod ui;
