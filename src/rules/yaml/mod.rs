//! YAML with the place of every value: the one module that knows the YAML crate.
//!
//! A file becomes a tree of [`Node`]s; a [`Shape`] says what may stand where, and finds every
//! mistake of the tree in one go. The JSON Schema for editors comes from the same shapes, so what
//! an editor accepts and what is read cannot drift apart.
//!
//! YAML 1.2, and less of it: one document, no merge keys, no tags, each key once. `yes`, `on`,
//! `007` and `1_000` are texts. The parser is serde-saphyr's own; its typed front end stops at a
//! file's first mistake, so it is not used for reading.

mod check;
mod node;
mod read;
mod schema;
mod shape;
#[cfg(test)]
mod tests;

pub use check::check;
pub use node::{Entry, Kind, Node};
pub use read::read;
pub use schema::json_schema;
pub use shape::{Choice, Field, Shape};
