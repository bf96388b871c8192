//! People as JSON: an array, JSON Lines, or `{"value": […]}`, told apart by content.

mod edit;
mod elements;
mod read;

pub use edit::with_address;
pub use read::rows;
