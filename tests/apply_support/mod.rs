//! A portal and a source in memory, faults to strike them, and a plan with every action.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod control;
pub mod fake;
pub mod rich;
pub mod striking;
