//! Patterns over positions: `*` any text, `?` one character, `[аб]` and `[!а-я]` one of a set,
//! `\` takes the next character as it is. Case, ё/е and runs of blanks do not matter.

use crate::model::fold;

/// One piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Any,
    One,
    Letter(char),
    Set { ranges: Vec<(char, char)>, negated: bool },
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GlobFault {
    /// Nothing stands there.
    #[error("an empty pattern")]
    Empty,
    /// `[` without `]`.
    #[error("`[` is never closed")]
    Unclosed,
    /// `[]` or `[!]`.
    #[error("a set without a character, which nothing can match")]
    EmptySet,
    /// `[я-а]`.
    #[error("the range `{0}-{1}` runs backwards, which nothing can match")]
    Backwards(char, char),
    /// `\` at the end.
    #[error("`\\` at the end takes no character")]
    Dangling,
}

/// Tells whether a text is a pattern that something can match.
pub fn check(pattern: &str) -> Result<(), GlobFault> {
    pieces(pattern).map(drop)
}

/// Tells whether a pattern fits a whole text. What is no pattern fits nothing.
pub fn matches(pattern: &str, text: &str) -> bool {
    let letters: Vec<char> = fold(text).chars().collect();
    pieces(pattern).is_ok_and(|pieces| fits(&pieces, &letters))
}

fn pieces(pattern: &str) -> Result<Vec<Piece>, GlobFault> {
    let folded = fold(pattern);
    let mut letters = folded.chars();
    let mut pieces = Vec::new();
    while let Some(letter) = letters.next() {
        pieces.push(match letter {
            '*' => Piece::Any,
            '?' => Piece::One,
            '\\' => Piece::Letter(letters.next().ok_or(GlobFault::Dangling)?),
            '[' => set(&mut letters)?,
            other => Piece::Letter(other),
        });
    }
    if pieces.is_empty() { Err(GlobFault::Empty) } else { Ok(pieces) }
}

fn set(letters: &mut std::str::Chars<'_>) -> Result<Piece, GlobFault> {
    let (inside, rest) = letters.as_str().split_once(']').ok_or(GlobFault::Unclosed)?;
    *letters = rest.chars();
    let (inside, negated) = match inside.strip_prefix(['!', '^']) {
        Some(inside) => (inside, true),
        None => (inside, false),
    };
    let members: Vec<char> = inside.chars().collect();
    let ranges = ranges(&members)?;
    if ranges.is_empty() { Err(GlobFault::EmptySet) } else { Ok(Piece::Set { ranges, negated }) }
}

fn ranges(mut members: &[char]) -> Result<Vec<(char, char)>, GlobFault> {
    let mut ranges = Vec::new();
    while let [from, rest @ ..] = members {
        let to = match rest {
            ['-', to, ..] if from > to => return Err(GlobFault::Backwards(*from, *to)),
            ['-', to, ..] => to,
            _ => from,
        };
        ranges.push((*from, *to));
        members = if rest.len() > 1 && rest[0] == '-' { &rest[2..] } else { rest };
    }
    Ok(ranges)
}

/// Matches in time pieces × letters: remembers only the last `*`.
fn fits(pieces: &[Piece], letters: &[char]) -> bool {
    let (mut piece, mut letter) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while letter < letters.len() {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                star = Some((piece, letter));
                piece += 1;
            }
            Some(one) if takes(one, letters[letter]) => {
                piece += 1;
                letter += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (piece, letter) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pieces[piece..].iter().all(|piece| *piece == Piece::Any)
}

fn takes(piece: &Piece, letter: char) -> bool {
    match piece {
        Piece::Any => false,
        Piece::One => true,
        Piece::Letter(wanted) => *wanted == letter,
        Piece::Set { ranges, negated } => {
            ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter)) != *negated
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_whole_texts_whatever_the_case() {
        for (pattern, text) in [
            ("*консультант*", "Старший Консультант  отдела"),
            ("*консультант*", "консультант"),
            ("менеджер", "МЕНЕДЖЕР "),
            ("уче?", "учёт"),
            ("инженер [1-3] кат*", "Инженер 2 категории"),
            ("*", ""),
            ("а*б*в", "аббв"),
            ("[!а]*", "бог"),
            ("что\\?", "Что?"),
        ] {
            assert!(matches(pattern, text), "{pattern} / {text}");
        }
        for (pattern, text) in [
            ("консультант", "консультанты"),
            ("?", ""),
            ("[!а]*", "аист"),
            ("а*б", "абв"),
            ("что\\?", "чтоб"),
        ] {
            assert!(!matches(pattern, text), "{pattern} / {text}");
        }
    }

    #[test]
    fn refuses_what_nothing_can_match() {
        assert_eq!(check("  "), Err(GlobFault::Empty));
        assert_eq!(check("[аб"), Err(GlobFault::Unclosed));
        assert_eq!(check("а[]"), Err(GlobFault::EmptySet));
        assert_eq!(check("[!]"), Err(GlobFault::EmptySet));
        assert_eq!(check("[я-а]"), Err(GlobFault::Backwards('я', 'а')));
        assert_eq!(check("а\\"), Err(GlobFault::Dangling));
    }
}
