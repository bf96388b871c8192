//! The tables of the schemes: letters, and what their neighbours change.

use iuliia::{Schema, schemas};

use super::{Scheme, letters::FOREIGN};

/// One scheme: a map per letter with overrides by the letter before, the letter after and the
/// word's ending. Letters are Russian and small.
pub(super) struct Tables {
    letter: fn(char) -> Option<&'static str>,
    before: fn(Option<char>, char) -> Option<&'static str>,
    after: fn(char, char) -> Option<&'static str>,
    ending: fn([char; 2]) -> Option<&'static str>,
}

impl Tables {
    fn of<S: Schema>() -> Tables {
        Tables {
            letter: S::mapping,
            before: S::prev_mapping,
            after: S::next_mapping,
            ending: S::ending_mapping,
        }
    }

    /// Writes one letter between its neighbours.
    pub(super) fn letter(&self, before: Option<char>, letter: char, after: Option<char>) -> String {
        let mapped = (self.before)(before, letter)
            .or_else(|| after.and_then(|after| (self.after)(letter, after)))
            .or_else(|| (self.letter)(letter))
            .or_else(|| FOREIGN.iter().find(|(from, _)| *from == letter).map(|(_, latin)| *latin));
        // iuliia 0.1.0 writes some Latin results with Cyrillic letters: е` in 7.79 B, ё in BGN.
        mapped.unwrap_or("").replace('е', "e").replace('ё', "ë")
    }

    /// Writes the last two letters of a word, where the scheme has a rule for them.
    pub(super) fn ending(&self, ending: [char; 2]) -> Option<&'static str> {
        (self.ending)(ending)
    }
}

/// Returns the tables of a scheme.
pub(super) fn of(scheme: Scheme) -> Tables {
    match scheme {
        Scheme::Icao9303 => Tables::of::<schemas::icao_doc_9303::IcaoDoc9303>(),
        Scheme::GostR52535 => Tables::of::<schemas::gost_52535::Gost52535>(),
        Scheme::Gost779B => Tables::of::<schemas::gost_779_alt::Gost779Alt>(),
        Scheme::Mvd310 => Tables::of::<schemas::mvd_310::Mvd310>(),
        Scheme::Mvd782 => Tables::of::<schemas::mvd_782::Mvd782>(),
        Scheme::Yandex => Tables::of::<schemas::yandex_money::YandexMoney>(),
        Scheme::BgnPcgn => Tables::of::<schemas::bgn_pcgn::BgnPcgn>(),
        Scheme::Wikipedia => Tables::of::<schemas::wikipedia::Wikipedia>(),
        Scheme::OneC => Tables { letter: one_c, ..Tables::of::<schemas::icao_doc_9303::IcaoDoc9303>() },
    }
}

/// 1C, БСП: `СтроковыеФункции.СтрокаЛатиницей`.
fn one_c(letter: char) -> Option<&'static str> {
    match letter {
        'й' => Some("y"),
        'ъ' => Some(""),
        'ю' => Some("yu"),
        'я' => Some("ya"),
        other => schemas::icao_doc_9303::IcaoDoc9303::mapping(other),
    }
}
