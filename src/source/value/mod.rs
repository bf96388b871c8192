//! From cells to values: dates, names, kinds of employment, addresses.

mod convert;
mod dates;
mod kinds;
mod names;

pub use convert::{Serials, row};
pub use names::{part as name_part, split as split_name};
