//! How texts are compared (case, ё, blanks, Unicode forms and look-alikes do not matter), and how
//! foreign ones are shown.

use unicode_normalization::UnicodeNormalization;

/// Stands between the names of a department path: `Финансы / Бухгалтерия`.
pub const PATH_SEPARATOR: &str = " / ";

/// Latin capitals and small letters that look like Cyrillic ones, and what they are taken for.
const LOOKALIKES: &[(char, char)] = &[
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

/// Folds a text for comparison: NFC, lower case, `ё` as `е`, runs of blanks (the narrow, the
/// non-breaking and the zero-width ones too) as one blank, none at the ends.
pub fn fold(text: &str) -> String {
    if let Some(folded) = fold_plain(text) {
        return folded;
    }
    let composed = text.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c });
    let visible: String = composed.filter(|c| !is_zero_width(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Folds Russian and ASCII text, which nearly all texts are; none where anything else is met.
fn fold_plain(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    for c in text.trim_matches(' ').chars() {
        match c {
            ' ' if folded.ends_with(' ') => {}
            ' '..='~' => folded.push(c.to_ascii_lowercase()),
            'а'..='я' => folded.push(c),
            // Capitals stand 32 before their small letters.
            'А'..='Я' => folded.extend(char::from_u32(u32::from(c) + 32)),
            'ё' | 'Ё' => folded.push('е'),
            '«' | '»' | '№' | '—' => folded.push(c),
            _ => return None,
        }
    }
    Some(folded)
}

/// Folds a person's name: like [`fold`], and Latin look-alikes inside words that hold a
/// Cyrillic letter become Cyrillic.
pub fn fold_name(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(' ').map(|word| {
        if word.chars().any(is_cyrillic) { word.chars().map(as_cyrillic).collect() } else { word.to_owned() }
    });
    words.collect::<Vec<String>>().join(" ")
}

/// Lists the Latin letters that stand inside a word with Cyrillic letters.
pub fn lookalikes(text: &str) -> Vec<char> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().any(is_cyrillic))
        .flat_map(|word| word.chars().filter(|c| c.is_ascii_alphabetic()))
        .collect()
}

/// Finds the candidate nearest to `wanted`, if one is near enough to be what was meant.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(wanted);
    let limit = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by(|a, b| a.cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Shows what a terminal or a browser would obey: control characters, and marks that turn the
/// direction of writing or hide themselves, become `\u{…}`; the rest stays as it is.
pub fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_hidden(c) {
            out.extend(c.escape_unicode())
        } else {
            out.push(c)
        }
        out
    })
}

/// Counts the edits (insert, delete, replace, swap neighbours) between two texts.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let replace = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{00ad}')
}

/// Tells whether a character acts instead of being seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{0400}'..='\u{052f}')
}

fn as_cyrillic(c: char) -> char {
    LOOKALIKES.iter().find(|(latin, _)| *latin == c).map_or(c, |(_, cyrillic)| *cyrillic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds_case_yo_blanks_and_unicode_forms() {
        assert_eq!(fold("  Отдел\u{a0}\u{202f} Ёлок "), "отдел елок");
        assert_eq!(fold("и\u{306}од"), fold("йод"));
    }

    #[test]
    fn russian_text_folds_as_all_text_does() {
        for text in [" ООО  «Ёлка»  №1 ", "Иванов И.И.", "abc XYZ", "", "   ", "Щ ы-й"]
        {
            let marked = format!("{text}\u{200b}");
            assert_eq!(fold(text), fold(&marked), "{text:?}");
        }
    }

    #[test]
    fn folds_lookalikes_in_cyrillic_words_only() {
        assert_eq!(fold_name("Cергей Smith"), "сергей smith");
        assert_eq!(lookalikes("Cергей Smith"), vec!['C']);
    }

    #[test]
    fn finds_what_was_probably_meant() {
        assert_eq!(nearest("domian", ["domain", "source"]), Some("domain"));
        assert_eq!(nearest("colour", ["domain", "source"]), None);
    }

    #[test]
    fn shows_what_a_terminal_would_obey() {
        assert_eq!(printable("Анна\u{1b}[2J\nБ\u{202e}"), "Анна\\u{1b}[2J\\u{a}Б\\u{202e}");
        assert_eq!(printable("Ёлкина-Ли О’Нил"), "Ёлкина-Ли О’Нил");
    }

    proptest! {
        #[test]
        fn nothing_printed_acts(text in any::<String>()) {
            prop_assert!(!printable(&text).chars().any(is_hidden));
        }
    }
}
