//! A plan for reading: text for a terminal, JSON for programs, Markdown for a merge request, HTML
//! for paper and mail, Mermaid for a picture.
//!
//! Pure, and never trusts a name: control characters, markup and mentions that stand in people's
//! data are shown, not obeyed.

mod advice;
mod escape;
mod html;
mod inline;
mod json;
mod markdown;
mod mermaid;
mod names;
#[cfg(test)]
mod sample;
mod text;
mod view;

pub use advice::{advice, meaning};
pub use html::html;
pub use json::json;
pub use markdown::markdown;
pub use mermaid::mermaid;
pub use names::Names;
pub use text::{Style, text};
