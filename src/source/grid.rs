//! Cells and rows of a table, be it a CSV or a sheet.

use std::borrow::Cow;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// A text, which may be blank.
    Text(Cow<'a, str>),
    /// A number of a sheet or of JSON; dates of a sheet are numbers too.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// What no field can take, told in words: an error of Excel, a formula without a result,
    /// an object of JSON.
    Unreadable(&'static str),
}

/// A row with its filled cells.
#[derive(Debug, Clone, Default)]
pub struct GridRow<'a> {
    /// Line of the CSV where it starts, or row of the sheet; from 1.
    pub number: u32,
    /// How many cells a row of a CSV has; none in a sheet, where blank cells need not be there.
    pub width: Option<usize>,
    /// Nothing ends the row but the end of the file.
    pub last: bool,
    /// Filled cells by column (from 0), in order.
    pub cells: Vec<(usize, Cell<'a>)>,
}

impl Cell<'_> {
    /// Tells whether there is nothing to see.
    pub fn is_blank(&self) -> bool {
        let Cell::Text(text) = self else { return false };
        let visible = text.bytes().next().is_some_and(|byte| matches!(byte, 0x21..0x7f | 0xc3..=0xe0));
        !visible && text.chars().all(is_invisible)
    }

    /// Returns the text that people see; a whole number without `.0`.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Cell::Text(text) => tidy(text),
            Cell::Number(number) => number.to_string().into(),
            Cell::Flag(true) => "TRUE".into(),
            Cell::Flag(false) => "FALSE".into(),
            Cell::Unreadable(_) => "".into(),
        }
    }
}

impl<'a> GridRow<'a> {
    /// Returns the cell of a column, where it is filled.
    pub fn cell(&self, column: usize) -> Option<&Cell<'a>> {
        self.cells.binary_search_by_key(&column, |(at, _)| *at).ok().map(|at| &self.cells[at].1)
    }
}

/// Makes one blank of each run of blanks (the non-breaking, the narrow, line breaks) and drops
/// those at the ends and what has no width.
pub fn tidy(text: &str) -> Cow<'_, str> {
    if is_tidy(text) {
        return text.into();
    }
    let visible: String = text.chars().filter(|c| !is_zero_width(*c)).collect();
    visible.split(is_invisible).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").into()
}

/// Tells whether a text has single blanks alone, and none at its ends. Looks at bytes: most
/// cells are tidy, and there are millions of them.
fn is_tidy(text: &str) -> bool {
    let mut before = b' ';
    for byte in text.bytes() {
        // The invisible characters beyond ASCII begin with one of these pairs (so do a few others).
        let invisible = matches!(
            (before, byte),
            (_, 0..0x20 | 0x7f)
                | (0xc2, 0x80..=0xa0 | 0xad)
                | (0xe1, _)
                | (0xe2, 0x80 | 0x81)
                | (0xe3, 0x80)
                | (0xef, 0xbb)
        );
        if invisible || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    text.is_empty() || before != b' '
}

/// Returns a text as it stands, but for what is invisible around it.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(is_invisible)
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_zero_width(c)
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_made_one() {
        assert_eq!(tidy("  Цех\u{a0}№\u{202f}2\n наладки\u{200b} "), "Цех № 2 наладки");
        assert!(matches!(tidy("Цех № 2"), Cow::Borrowed(_)));
        assert!(Cell::Text("\u{a0} \u{feff}".into()).is_blank());
    }

    #[test]
    fn every_invisible_character_is_untidy() {
        let all = (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_invisible(*c));
        for c in all {
            assert_eq!(tidy(&format!("а{c}{c}б{c}")).replace(' ', ""), "аб", "{c:?}");
            assert!(Cell::Text(c.to_string().into()).is_blank(), "{c:?}");
        }
    }

    #[test]
    fn whole_numbers_have_no_point() {
        assert_eq!(Cell::Number(79_161_234_567.0).shown(), "79161234567");
    }
}
