//! Names of people: parts, whole names split as 1C splits them, and how they are shown.

use std::borrow::Cow;

use crate::model::{PersonName, fold};

use super::super::grid::tidy;

/// Words that join the patronymic before them.
const PATRONYMIC_WORDS: [&str; 14] = [
    "оглы", "оглу", "углы", "улы", "ұлы", "уулу", "уулы", "угли", "кызы", "қызы", "гызы", "оглі", "огли",
    "кизи",
];

/// First names that take the next word in.
const OPEN_FIRST_NAMES: [&str; 2] = ["абдул", "абу"];

/// Cleans one part of a name: no bracketed qualifier, single blanks, `ИВАНОВ` as `Иванов`.
pub fn part(text: &str) -> String {
    let plain: Cow<'_, str> =
        if text.contains(['(', ')', '[', ']']) { without_brackets(text).into() } else { text.into() };
    let plain = tidy(&plain);
    if plain.split(' ').any(is_in_capitals) {
        return plain.split(' ').map(title_case).collect::<Vec<_>>().join(" ");
    }
    plain.into_owned()
}

/// Tells whether a word is written in capitals; initials are not.
fn is_in_capitals(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic());
    let large = letters.clone().all(char::is_uppercase);
    large && letters.take(2).count() == 2 && !word.contains('.')
}

/// Splits a whole name as 1C does (БСП: last, first, patronymic; «оглы» and its like join the
/// patronymic, the word after «Абдул» and «Абу» the first name). Returns the words left over.
pub fn split(full: &str) -> (PersonName, Vec<String>) {
    let cleaned = part(full);
    let mut words = cleaned.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).peekable();
    let last = words.next().unwrap_or_default();
    let mut first = words.next().unwrap_or_default();
    if OPEN_FIRST_NAMES.contains(&fold(&first).as_str())
        && let Some(next) = words.next()
    {
        first = format!("{first} {next}");
    }
    let mut patronymic = words.next().unwrap_or_default();
    if let Some(next) = words.next_if(|word| is_patronymic_word(word)) {
        patronymic = format!("{patronymic} {next}");
    }
    (PersonName { last, first, patronymic }, words.collect())
}

fn is_patronymic_word(word: &str) -> bool {
    PATRONYMIC_WORDS.contains(&fold(word).as_str())
}

/// Drops bracketed qualifiers: «Орлова Анна (внутр. совм.)».
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let outside = |c: char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                return ' ';
            }
            _ => {}
        }
        if depth == 0 { c } else { ' ' }
    };
    text.chars().map(outside).collect()
}

/// Shows a word in capitals with one capital per part; initials and everything else stay.
fn title_case(word: &str) -> String {
    if !is_in_capitals(word) {
        return word.to_owned();
    }
    if is_patronymic_word(word) {
        return word.to_lowercase();
    }
    let pieces = word
        .split('-')
        .map(|piece| if is_patronymic_word(piece) { piece.to_lowercase() } else { capitalised(piece) });
    pieces.collect::<Vec<_>>().join("-")
}

/// Keeps the first letter large, and the one after an apostrophe where a single letter stands
/// before it: `O'Brien`, but `Дем'ян`.
fn capitalised(word: &str) -> String {
    let mut large = true;
    let mut shown = String::with_capacity(word.len());
    for (at, c) in word.chars().enumerate() {
        if large {
            shown.push(c)
        } else {
            shown.extend(c.to_lowercase())
        }
        large = at == 1 && matches!(c, '\'' | '’');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(full: &str) -> (String, String, String, Vec<String>) {
        let (name, rest) = split(full);
        (name.last, name.first, name.patronymic, rest)
    }

    fn expect(full: &str, last: &str, first: &str, patronymic: &str, rest: &[&str]) {
        let rest = rest.iter().map(ToString::to_string).collect();
        assert_eq!(parts(full), (last.into(), first.into(), patronymic.into(), rest), "{full}");
    }

    #[test]
    fn whole_names_are_split_as_1c_splits_them() {
        expect("Иванов Иван Иванович (младший)", "Иванов", "Иван", "Иванович", &[]);
        expect("Орлова  Анна\u{a0}Игоревна (внутр. совм.)", "Орлова", "Анна", "Игоревна", &[]);
        expect("Аббасова Лейла Рашид кызы", "Аббасова", "Лейла", "Рашид кызы", &[]);
        expect("Мамедов Рашид Али-оглы", "Мамедов", "Рашид", "Али-оглы", &[]);
        expect("Саидов Абдул Карим Ахмедович", "Саидов", "Абдул Карим", "Ахмедович", &[]);
        expect("Саидов Абдул", "Саидов", "Абдул", "", &[]);
        expect("Нгуен Ван", "Нгуен", "Ван", "", &[]);
        expect("Сукарно", "Сукарно", "", "", &[]);
        expect("Гарсия Лопес Мария Хосе Анна", "Гарсия", "Лопес", "Мария", &["Хосе", "Анна"]);
        expect("(совм.)", "", "", "", &[]);
        expect("Иванов [младший] Иван", "Иванов", "Иван", "", &[]);
    }

    #[test]
    fn capitals_are_shown_as_names_are() {
        assert_eq!(part("ИВАНОВ"), "Иванов");
        assert_eq!(part("ПЕТРОВА-ВОДКИНА"), "Петрова-Водкина");
        assert_eq!(part("РАШИД КЫЗЫ"), "Рашид кызы");
        assert_eq!(part("АЛИ-ОГЛЫ"), "Али-оглы");
        assert_eq!(part("O'BRIEN"), "O'Brien");
        assert_eq!(part("ДЕМ'ЯН"), "Дем'ян");
        assert_eq!(part("И.И."), "И.И.");
        assert_eq!(part("МакГрегор"), "МакГрегор");
        assert_eq!(part("Ёлкин (младший"), "Ёлкин");
    }
}
