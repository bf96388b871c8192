//! The wire: parameters, answers, connections. Nothing here knows a method.

pub mod answer;
pub mod clock;
pub mod form;
pub mod line;
pub mod params;
pub mod route;

pub use answer::{Answer, BatchBody, Failure, Success};
pub use params::{Param, Params};
