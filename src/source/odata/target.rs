//! What is asked for, and how 1C wants it written: percent-encoded UTF-8, a blank as `%20`.

use std::fmt::Write;

use url::Url;

/// A path below the service document, and its options.
#[derive(Debug, Clone, Default)]
pub struct Target {
    path: String,
    options: Vec<(&'static str, String)>,
}

impl Target {
    /// Asks for a set, a slice or an object, in plain letters.
    pub fn new(path: impl Into<String>) -> Target {
        Target { path: path.into(), options: vec![("$format", "json".to_owned())] }
    }

    /// Asks for one object.
    pub fn object(set: &str, key: &str) -> Target {
        Target::new(format!("{set}({})", guid(key)))
    }

    /// Adds an option.
    pub fn with(mut self, option: &'static str, value: impl Into<String>) -> Target {
        self.options.push((option, value.into()));
        self
    }

    /// Returns the whole address.
    pub fn url(&self, root: &Url) -> Url {
        let mut text = format!("{}{}", root, encode(&self.path));
        for (at, (option, value)) in self.options.iter().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            text.push(mark);
            text.push_str(option);
            text.push('=');
            text.push_str(&encode(value));
        }
        Url::parse(&text).unwrap_or_else(|_| root.clone())
    }
}

/// Writes a key as a literal: `guid'…'`.
pub fn guid(key: &str) -> String {
    format!("guid'{}'", key.replace('\'', "''"))
}

/// Writes a moment as a literal: `datetime'2026-03-01T23:59:59'`.
pub fn datetime(moment: jiff::civil::DateTime) -> String {
    format!("datetime'{}'", moment.strftime("%Y-%m-%dT%H:%M:%S"))
}

fn encode(text: &str) -> String {
    let mut coded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~'(),/:=*".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            write!(coded, "%{byte:02X}").expect("a string takes any text");
        }
    }
    coded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_blanks_and_cyrillic_as_percent_codes() {
        let root = Url::parse("https://hr.example/zup/odata/standard.odata/").unwrap();
        let target = Target::new("Catalog_Я").with("$filter", "A eq 'b+c&d'");
        assert_eq!(
            target.url(&root).as_str(),
            "https://hr.example/zup/odata/standard.odata/Catalog_%D0%AF?$format=json&$filter=A%20eq%20%27b%2Bc%26d%27"
        );
    }
}
