//! Which words of two texts differ.

use similar::{Algorithm, ChangeTag, utils::diff_unicode_words};

/// A piece of a text, and whether it stands in that text only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The piece.
    pub text: String,
    /// Whether the other text lacks it.
    pub differs: bool,
}

/// Cuts two texts into common and differing pieces; none where they have too little in common
/// for that to help a reader.
pub(super) fn pieces(have: &str, want: &str) -> Option<(Vec<Piece>, Vec<Piece>)> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (tag, text) in diff_unicode_words(Algorithm::Myers, have, want) {
        match tag {
            ChangeTag::Delete => push(&mut left, text, true),
            ChangeTag::Insert => push(&mut right, text, true),
            ChangeTag::Equal => {
                push(&mut left, text, false);
                push(&mut right, text, false);
            }
        }
    }
    let common: usize = left.iter().filter(|piece| !piece.differs).map(|piece| letters(&piece.text)).sum();
    (common > 0 && common * 3 >= letters(have).max(letters(want))).then_some((left, right))
}

fn push(pieces: &mut Vec<Piece>, text: &str, differs: bool) {
    match pieces.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        _ => pieces.push(Piece { text: text.to_owned(), differs }),
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_word_that_differs() {
        let (left, right) = pieces("Ведущий менеджер отдела", "Ведущий инженер отдела").unwrap();
        let differing = |pieces: Vec<Piece>| {
            pieces.into_iter().filter(|piece| piece.differs).map(|piece| piece.text).collect::<Vec<_>>()
        };
        assert_eq!(differing(left), ["менеджер"]);
        assert_eq!(differing(right), ["инженер"]);
    }

    #[test]
    fn says_nothing_about_texts_with_little_in_common() {
        assert_eq!(pieces("Бухгалтер", "Инженер"), None);
        assert_eq!(pieces("", "Инженер"), None);
    }
}
