//! Names as parts of addresses.

use crate::{model::fold, rules::Scheme};

/// Words that join a patronymic and are no name (`1c-personnel.md` 2.4).
const PARTICLES: &[&str] = &[
    "оглы", "улы", "уулу", "кызы", "гызы", "угли", "қызы", "ұлы", "уулы", "углы", "оглу", "огли", "қизи",
    "кизи", "ogly", "kyzy", "oglu", "kizi", "gyzy", "uulu",
];

/// Writes a name for an address: Latin, lower case, letters, digits and hyphens. Blanks become
/// hyphens, the rest is dropped; runs of hyphens are one, and none stands at the ends.
pub fn latin_name(name: &str, scheme: Scheme) -> String {
    let plain = scheme.plain(name);
    let words = plain.split(|c: char| c.is_whitespace() || is_dash(c));
    let words = words.map(|word| {
        word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// Returns the first Latin letter of a name. Particles (`оглы`, `кызы`) have no initial.
pub(super) fn initial(name: &str, scheme: Scheme) -> String {
    let words = name.split(|c: char| c.is_whitespace() || is_dash(c));
    let named: Vec<&str> = words.filter(|word| !PARTICLES.contains(&fold(word).as_str())).collect();
    let plain = scheme.plain(&named.join(" "));
    plain.chars().find(char::is_ascii_alphabetic).map(String::from).unwrap_or_default()
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
