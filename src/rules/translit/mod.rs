//! From Cyrillic to Latin, by published tables.
//!
//! The Russian tables are the `iuliia` crate's where it has them right, ours elsewhere; the engine
//! is ours, because it has to compose Unicode first, mend look-alikes, keep capitals readable and
//! let no letter of a neighbouring alphabet fall out. Every published pair is a test.

mod letters;
mod tables;

use unicode_normalization::UnicodeNormalization;

use self::{letters::LATIN, tables::Tables};

/// A published scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// ICAO Doc 9303 part 3, as in Russian passports since 2012.
    #[default]
    Icao9303,
    /// ГОСТ Р 52535.1-2006.
    GostR52535,
    /// ГОСТ 7.79-2000, system B.
    Gost779B,
    /// МВД order 310 of 1997.
    Mvd310,
    /// МВД order 782 of 2000.
    Mvd782,
    /// Yandex.Money.
    Yandex,
    /// BGN/PCGN 1947.
    BgnPcgn,
    /// Russian Wikipedia's instruction.
    Wikipedia,
    /// 1C, Библиотека стандартных подсистем.
    OneC,
    /// Yandex.Maps.
    YandexMaps,
    /// ГОСТ Р 7.0.34-2014.
    GostR7034,
    /// Ukrainian: Cabinet of Ukraine, resolution 55 of 2010.
    Ukrainian,
    /// Belarusian: МВД order 200 of 2010.
    Belarusian,
    /// Kazakh: ODNI 2015, ASCII names.
    Kazakh,
}

impl Scheme {
    /// All schemes, with their names in rule files.
    pub const ALL: [(&'static str, Scheme); 14] = [
        ("icao-9303", Scheme::Icao9303),
        ("gost-r-52535", Scheme::GostR52535),
        ("gost-7.79-b", Scheme::Gost779B),
        ("mvd-310", Scheme::Mvd310),
        ("mvd-782", Scheme::Mvd782),
        ("yandex", Scheme::Yandex),
        ("bgn-pcgn", Scheme::BgnPcgn),
        ("wikipedia", Scheme::Wikipedia),
        ("1c", Scheme::OneC),
        ("yandex-maps", Scheme::YandexMaps),
        ("gost-r-7.0.34", Scheme::GostR7034),
        ("ukrainian-55-2010", Scheme::Ukrainian),
        ("belarusian-200-2010", Scheme::Belarusian),
        ("kazakh-odni", Scheme::Kazakh),
    ];

    /// Returns the scheme's name in rule files.
    pub fn name(self) -> &'static str {
        Scheme::ALL.iter().find(|(_, scheme)| *scheme == self).map_or("", |(name, _)| name)
    }

    /// Writes a text in Latin letters as the scheme is published, its marks (`'`, `` ` ``, `ë`)
    /// included. What is not Cyrillic stays as it is.
    pub fn transliterate(self, text: &str) -> String {
        self.convert(text, str::to_owned)
    }

    /// Writes a text in plain Latin letters: like [`Scheme::transliterate`], but marks are
    /// stripped, also those of Latin letters (`Müller` gives `Muller`) and apostrophes. Signs and
    /// letters of scripts that no table knows stay.
    pub fn plain(self, text: &str) -> String {
        let latin =
            self.convert(text, |mapped| strip(mapped).chars().filter(char::is_ascii_alphanumeric).collect());
        strip(&latin)
    }

    fn convert(self, text: &str, finish: impl Fn(&str) -> String) -> String {
        let letters: Vec<char> = mend_lookalikes(text).chars().collect();
        let tables = tables::of(self);
        let mut result = String::new();
        let mut rest = letters.as_slice();
        while let Some(first) = rest.first() {
            let word = word_length(rest);
            if word == 0 {
                result.push(*first);
                rest = &rest[1..];
            } else {
                push_word(&mut result, &tables, &rest[..word], &finish);
                rest = &rest[word..];
            }
        }
        result
    }
}

/// Counts the letters of the Cyrillic word that a text begins with. An apostrophe between two
/// letters belongs to the word: `Короп'є` is one.
fn word_length(letters: &[char]) -> usize {
    let belongs = |at: usize| {
        let letter = |at: usize| letters.get(at).is_some_and(|c| is_cyrillic(*c));
        letter(at)
            || (at > 0 && letters::APOSTROPHES.contains(&letters[at]) && letter(at - 1) && letter(at + 1))
    };
    (0..letters.len()).take_while(|at| belongs(*at)).count()
}

/// Writes one Cyrillic word.
fn push_word(result: &mut String, tables: &Tables, word: &[char], finish: impl Fn(&str) -> String) {
    let shouted = word.len() > 1 && word.iter().all(|c| !c.is_lowercase());
    let lower: Vec<char> = word.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let (stem, ending) = split_ending(tables, &lower);
    for (at, letter) in lower[..stem].iter().enumerate() {
        let before = lower[..at].iter().rev().find(|c| is_cyrillic(**c)).copied();
        let after = lower[..stem].get(at + 1).copied();
        let mapped = finish(&tables.letter(before, *letter, after));
        result.push_str(&with_case(&mapped, word[at].is_uppercase(), shouted));
    }
    if let Some(ending) = ending {
        result.push_str(&with_case(&finish(ending), word[stem].is_uppercase(), shouted));
    }
}

fn split_ending(tables: &Tables, word: &[char]) -> (usize, Option<&'static str>) {
    let ending = match word {
        [.., before, last] => tables.ending([*before, *last]),
        _ => None,
    };
    (word.len() - if ending.is_some() { 2 } else { 0 }, ending)
}

fn with_case(mapped: &str, capital: bool, shouted: bool) -> String {
    let mut letters = mapped.chars();
    match letters.next() {
        Some(_) if shouted => mapped.to_uppercase(),
        Some(first) if capital => first.to_uppercase().chain(letters).collect(),
        _ => mapped.to_owned(),
    }
}

/// Composes a text (NFC) and turns Latin look-alikes inside Cyrillic words into the letters they
/// stand for: `Cергей` with a Latin `C` is `Сергей`. Capitals and `ё` stay.
pub(super) fn mend_lookalikes(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let mut mended = String::with_capacity(composed.len());
    for word in composed.split_inclusive(|c: char| !c.is_alphabetic()) {
        let cyrillic = word.chars().any(is_cyrillic);
        mended.extend(word.chars().map(|c| if cyrillic { letters::lookalike(c) } else { c }));
    }
    mended
}

/// Strips marks from Latin letters, and apostrophes between letters.
fn strip(text: &str) -> String {
    let decomposed: Vec<char> = text.nfd().collect();
    let mut plain = String::with_capacity(text.len());
    for (at, c) in decomposed.iter().enumerate() {
        let letter_before = at > 0 && decomposed[at - 1].is_alphabetic();
        match LATIN.iter().find(|(letter, _)| letter == c) {
            Some((_, latin)) => plain.push_str(latin),
            None if unicode_normalization::char::is_combining_mark(*c) => {}
            None if letter_before && letters::APOSTROPHES.contains(c) => {}
            None => plain.push(*c),
        }
    }
    plain.nfc().collect()
}

/// Tells a Cyrillic letter.
pub(super) fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{0400}'..='\u{0481}' | '\u{048a}'..='\u{052f}')
}
