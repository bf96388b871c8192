//! Whether a text could have come from a template.

use std::collections::BTreeSet;

use super::Part;

/// Tells whether the whole text could have been rendered.
pub(super) fn fits(parts: &[Part], text: &str) -> bool {
    ends(parts, text, BTreeSet::from([0])).contains(&text.len())
}

/// Finds where the parts can end, when they begin at one of `starts`.
fn ends(parts: &[Part], text: &str, starts: BTreeSet<usize>) -> BTreeSet<usize> {
    parts.iter().fold(starts, |starts, part| match part {
        Part::Text(fixed) => starts
            .into_iter()
            .filter(|at| text[*at..].starts_with(fixed))
            .map(|at| at + fixed.len())
            .collect(),
        Part::Value(_) => after_first(text, &starts),
        Part::If { then, otherwise, .. } => {
            let mut either = ends(then, text, starts.clone());
            either.extend(ends(otherwise, text, starts));
            either
        }
    })
}

/// Lists every place behind the first start: a value has at least one character.
fn after_first(text: &str, starts: &BTreeSet<usize>) -> BTreeSet<usize> {
    let Some(first) = starts.first() else { return BTreeSet::new() };
    let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    places.filter(|at| at > first).collect()
}
