//! The tables of the schemes: letters, and what their neighbours change.

use iuliia::{Schema, schemas};

use super::{
    Scheme,
    letters::{FOREIGN, NEIGHBOURS},
};

/// One scheme: a Russian table with context rules, and letters that the scheme writes otherwise
/// or that Russian has not. Letters are small.
pub(super) struct Tables {
    letter: fn(char) -> Option<&'static str>,
    before: fn(Option<char>, char) -> Option<&'static str>,
    after: fn(char, char) -> Option<&'static str>,
    ending: fn([char; 2]) -> Option<&'static str>,
    own: Own,
}

/// What a scheme of another language writes in its own way.
#[derive(Default)]
struct Own {
    /// Letters at the beginning of a word.
    first: &'static [(char, &'static str)],
    /// Letters behind another one.
    behind: &'static [(char, char, &'static str)],
    /// Letters anywhere.
    letters: &'static [(char, &'static str)],
}

impl Tables {
    fn of<S: Schema>() -> Tables {
        Tables {
            letter: S::mapping,
            before: S::prev_mapping,
            after: S::next_mapping,
            ending: S::ending_mapping,
            own: Own::default(),
        }
    }

    fn with(self, own: Own) -> Tables {
        Tables { own, ..self }
    }

    /// Writes one letter between its neighbours.
    pub(super) fn letter(&self, before: Option<char>, letter: char, after: Option<char>) -> String {
        let own = self.own.letter(before, letter);
        let mapped = own.or_else(|| self.russian(before.map(russian), russian(letter), after.map(russian)));
        // iuliia 0.1.0 writes some Latin results with Cyrillic letters: е` in 7.79 B, ё in BGN.
        let mapped = mapped.map(|latin| latin.replace('е', "e").replace('ё', "ë"));
        mapped.unwrap_or_else(|| letter.to_string())
    }

    fn russian(&self, before: Option<char>, letter: char, after: Option<char>) -> Option<&'static str> {
        (self.before)(before, letter)
            .or_else(|| after.and_then(|after| (self.after)(letter, after)))
            .or_else(|| (self.letter)(letter))
            .or_else(|| find(FOREIGN, letter))
    }

    /// Writes the last two letters of a word, where the scheme has a rule for them.
    pub(super) fn ending(&self, ending: [char; 2]) -> Option<&'static str> {
        (self.ending)(ending)
    }
}

impl Own {
    fn letter(&self, before: Option<char>, letter: char) -> Option<&'static str> {
        let first = before.is_none().then(|| find(self.first, letter)).flatten();
        let behind = self.behind.iter().find(|rule| Some(rule.0) == before && rule.1 == letter);
        first.or(behind.map(|rule| rule.2)).or_else(|| find(self.letters, letter))
    }
}

fn find(table: &[(char, &'static str)], letter: char) -> Option<&'static str> {
    table.iter().find(|(from, _)| *from == letter).map(|(_, latin)| *latin)
}

/// Returns the Russian letter by which a neighbour's letter is written.
fn russian(letter: char) -> char {
    NEIGHBOURS.iter().find(|(from, _)| *from == letter).map_or(letter, |(_, russian)| *russian)
}

/// Returns the tables of a scheme.
pub(super) fn of(scheme: Scheme) -> Tables {
    let icao = Tables::of::<schemas::icao_doc_9303::IcaoDoc9303>;
    match scheme {
        Scheme::Icao9303 => icao(),
        Scheme::GostR52535 => Tables::of::<schemas::gost_52535::Gost52535>(),
        Scheme::Gost779B => Tables::of::<schemas::gost_779_alt::Gost779Alt>(),
        Scheme::GostR7034 => Tables::of::<schemas::gost_7034::Gost7034>(),
        Scheme::Mvd310 => Tables::of::<schemas::mvd_310::Mvd310>(),
        Scheme::Mvd782 => Tables::of::<schemas::mvd_782::Mvd782>(),
        Scheme::Yandex => Tables::of::<schemas::yandex_money::YandexMoney>(),
        Scheme::YandexMaps => Tables::of::<schemas::yandex_maps::YandexMaps>().with(YANDEX_MAPS),
        Scheme::BgnPcgn => Tables::of::<schemas::bgn_pcgn::BgnPcgn>(),
        Scheme::Wikipedia => Tables::of::<schemas::wikipedia::Wikipedia>(),
        Scheme::OneC => icao().with(ONE_C),
        Scheme::Ukrainian => icao().with(UKRAINIAN),
        Scheme::Belarusian => icao().with(BELARUSIAN),
        Scheme::Kazakh => icao().with(KAZAKH),
    }
}

/// 1C, БСП: `СтроковыеФункции.СтрокаЛатиницей`.
const ONE_C: Own =
    Own { first: &[], behind: &[], letters: &[('й', "y"), ('ъ', ""), ('ю', "yu"), ('я', "ya")] };

/// Yandex.Maps: the rules for `е` that iuliia 0.1.0 lacks.
const YANDEX_MAPS: Own = Own {
    first: &[('е', "ye")],
    behind: &[
        ('а', 'е', "ye"),
        ('и', 'е', "ye"),
        ('о', 'е', "ye"),
        ('у', 'е', "ye"),
        ('э', 'е', "ye"),
        ('ю', 'е', "ye"),
        ('я', 'е', "ye"),
    ],
    letters: &[],
};

/// Resolution 55 of the Cabinet of Ukraine, 2010-01-27 (= UN 2012, BGN/PCGN 2019).
const UKRAINIAN: Own = Own {
    first: &[('є', "ye"), ('ї', "yi"), ('й', "y"), ('ю', "yu"), ('я', "ya")],
    behind: &[('з', 'г', "gh")],
    letters: &[('г', "h"), ('ґ', "g"), ('и', "y"), ('\'', ""), ('’', ""), ('ʼ', "")],
};

/// Order 200/2010 of the Belarusian МВД (= ICAO's Belarusian column).
const BELARUSIAN: Own = Own {
    first: &[],
    behind: &[],
    letters: &[('г', "h"), ('ґ', "h"), ('ё', "io"), ('\'', ""), ('’', ""), ('ʼ', "")],
};

/// ODNI 2015, names in ASCII.
const KAZAKH: Own = Own {
    first: &[],
    behind: &[],
    letters: &[
        ('ғ', "gh"),
        ('қ', "q"),
        ('ң', "ng"),
        ('ё', "yo"),
        ('й', "y"),
        ('ъ', ""),
        ('ю', "yu"),
        ('я', "ya"),
    ],
};
