//! From Cyrillic to Latin, by published tables.

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
}
