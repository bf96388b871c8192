//! What may stand where in a file, as data.

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// A text that is not blank; a number counts as written.
    Text,
    /// A Handlebars template. Blank where nothing shall be sent.
    Template,
    /// A day, 2026-12-31.
    Date,
    /// `true` or `false`.
    Truth,
    /// A whole number within bounds.
    Whole(u64, u64),
    /// One of some words.
    Choice(&'static [Choice]),
    /// A length of time: `500ms`, `3s`, `2m`.
    Duration,
    /// A secret, which never stands in the file itself: `${VARIABLE}`, or `{file: path}`. What
    /// stands in its place is never shown.
    Secret,
    /// `null`, where it means that there is none.
    Nothing,
    /// A list.
    List(&'static Shape),
    /// A list with at least one value.
    Filled(&'static Shape),
    /// One value, or a list of them.
    OneOrMany(&'static Shape),
    /// A map with keys of the user's own.
    Map(&'static Shape),
    /// A map whose keys are some words.
    Keyed(&'static [Choice], &'static Shape),
    /// A map with these keys.
    Fields(&'static [Field]),
    /// The first of these that fits the kind of value: a text, a number, a list or a map. A whole
    /// number stands before a text, which would take a number as well.
    Either(&'static [Shape]),
    /// A shape with a name of its own, for shapes that contain themselves.
    Named(&'static str, &'static Shape),
}

/// A word and what it means.
#[derive(Debug)]
pub struct Choice(pub &'static str, pub &'static str);

/// A key of a map.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it means, for editors.
    pub about: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
}

impl Field {
    /// A key that may be left out.
    pub const fn new(name: &'static str, shape: Shape, about: &'static str) -> Field {
        Field { name, about, shape, required: false }
    }

    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape, about: &'static str) -> Field {
        Field { name, about, shape, required: true }
    }
}
