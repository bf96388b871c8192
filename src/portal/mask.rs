//! Texts of a portal, made fit to be shown: short, one line, no secret, no address of anybody.

use secrecy::{ExposeSecret, SecretString};

use super::secret::MASK;

/// The longest text that is quoted, in characters.
const LIMIT: usize = 200;

/// Makes a text of the portal fit for errors and logs.
pub(crate) fn shown(text: &str, secrets: &[SecretString]) -> String {
    let mut text = without_tags(text);
    for secret in secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| secret.len() > 2) {
        text = text.replace(secret, MASK);
    }
    let words = text.split_whitespace().map(|word| if word.contains('@') { MASK } else { word });
    let text = words.collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LIMIT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Replaces HTML tags by blanks: texts of the portal come with `<br>`.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        plain.push_str(before);
        match tag.split_once('>') {
            Some((_, after)) => {
                plain.push(' ');
                rest = after;
            }
            None => return plain + " " + tag,
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_secrets_addresses_and_tags() {
        let secrets = [SecretString::from("s3cr3t".to_owned())];
        let text = "User with login <b>a.orlova@romashka.example</b> exists.<br>\n See /rest/7/s3cr3t/";
        assert_eq!(shown(text, &secrets), "User with login *** exists. See /rest/7/***/");
        assert_eq!(shown("1 < 2", &[]), "1 2");
    }

    #[test]
    fn cuts_long_texts_at_a_character() {
        let shown = shown(&"ж".repeat(1000), &[]);
        assert_eq!(shown.chars().count(), LIMIT + 1);
    }
}
