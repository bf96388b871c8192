//! Replaces pieces of a text.

use std::ops::Range;

/// Replaces each range by its text. Ranges do not overlap; they may come in any order.
pub fn apply(text: &str, mut splices: Vec<(Range<usize>, String)>) -> String {
    splices.sort_by_key(|(range, _)| range.start);
    let mut changed =
        String::with_capacity(text.len() + splices.iter().map(|(_, new)| new.len()).sum::<usize>());
    let mut at = 0;
    for (range, new) in splices {
        changed.push_str(&text[at..range.start]);
        changed.push_str(&new);
        at = range.end;
    }
    changed.push_str(&text[at..]);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_replaced_in_any_order() {
        assert_eq!(
            apply("абвг", vec![(6..8, "Г".into()), (0..2, String::new()), (4..4, "+".into())]),
            "б+вГ"
        );
    }
}
