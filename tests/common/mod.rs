//! What several integration tests share.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod brief;
pub mod company;
pub mod model;
pub mod project;
pub mod rulebook;
