//! People as JSON: an array, JSON Lines, or `{"value": […]}`, told apart by content.

mod elements;
mod read;

pub use elements::{Element, Elements, Member};
pub use read::rows;
