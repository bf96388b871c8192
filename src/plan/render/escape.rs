//! How foreign text becomes harmless in a terminal, in HTML, in Markdown and in Mermaid.

use std::fmt::Write as _;

use crate::model::printable;

/// Makes a text harmless between tags and inside a quoted attribute.
pub(super) fn html(text: &str) -> String {
    printable(text).chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
        out
    })
}

/// Makes a text harmless in a line or a table cell of Markdown.
///
/// Every character that means something to Markdown or HTML becomes a character reference. What
/// GitHub and GitLab still find in the finished page (mentions, references, addresses) they leave
/// alone inside `<code>`, so a text with one of their signs stands there.
pub(super) fn markdown(text: &str) -> String {
    let escaped = printable(text).chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_markup(c) {
            // Writing into a String cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
        out
    });
    if is_reference(text) { format!("<code>{escaped}</code>") } else { escaped }
}

/// Makes a text harmless inside a quoted Mermaid label.
pub(super) fn mermaid(text: &str) -> String {
    printable(text).chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '/' | '@' | '(' | ')' | '→') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
        out
    })
}

/// Tells whether Markdown or HTML may read a character as more than itself.
fn is_markup(c: char) -> bool {
    c.is_ascii_punctuation() && !matches!(c, ',' | '.' | '-' | '/' | '(' | ')' | ';' | '?')
}

/// Tells whether a forge would make a link or a mention of a text, or an emoji of a part of it.
fn is_reference(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (0..letters.len()).any(|at| is_sign(&letters, at))
        || text.split(':').skip(1).any(is_shortcode)
        || text.to_ascii_lowercase().contains("www.")
        || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_commit)
}

/// Tells whether a mention or a reference begins at a letter: `@name`, `&7`, `~label`, and also
/// behind a word `project#7` and `project!7`; `[kind:7]`. An address such as `a@b.example` is none.
fn is_sign(letters: &[char], at: usize) -> bool {
    let behind_word = at > 0 && letters[at - 1].is_alphanumeric();
    let before_word = letters.get(at + 1).is_some_and(|next| next.is_alphanumeric() || *next == '"');
    match letters[at] {
        '#' | '!' => before_word,
        '@' | '~' | '%' | '$' | '&' | '^' | '*' => before_word && !behind_word,
        '[' => before_word && letters[at..].iter().take_while(|c| **c != ']').any(|c| *c == ':'),
        _ => false,
    }
}

/// Tells whether what stands between two colons could be taken for an emoji.
fn is_shortcode(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-'))
}

/// Tells whether a word could be taken for a commit.
fn is_commit(word: &str) -> bool {
    word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn leaves_plain_names_readable_in_markdown() {
        assert_eq!(markdown("Орлова Анна (склад)"), "Орлова Анна (склад)");
        assert_eq!(markdown("@all"), "<code>&#64;all</code>");
        assert_eq!(markdown("a.orlova@romashka.example: 2"), "a.orlova&#64;romashka.example&#58; 2");
        for text in ["shop#7", "see !12", "~bug", ":tada: hm", "see 0a1b2c3d", "[contact:x]"] {
            assert!(markdown(text).starts_with("<code>"), "{text}");
        }
        assert_eq!(markdown("a|b`c<d"), "a&#124;b&#96;c&#60;d");
    }

    proptest! {
        #[test]
        fn no_tag_quote_or_loose_ampersand_survives_html(text in any::<String>()) {
            let escaped = html(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            for part in escaped.split('&').skip(1) {
                let entity = part.split(';').next().unwrap();
                prop_assert!(["amp", "lt", "gt", "quot", "#39"].contains(&entity), "{entity}");
            }
        }

        #[test]
        fn no_markup_survives_markdown(text in any::<String>()) {
            let escaped = markdown(&text);
            let inner = escaped.strip_prefix("<code>").and_then(|rest| rest.strip_suffix("</code>"));
            let inside = inner.unwrap_or(&escaped);
            let acts = inside.contains(['<', '>', '|', '`', '*', '_', '[', ']', '@', '\\', '~', '\n']);
            prop_assert!(!acts);
        }

        #[test]
        fn no_quote_or_bracket_survives_mermaid(text in any::<String>()) {
            let escaped = mermaid(&text);
            let acts = escaped.contains(['"', '[', ']', '{', '}', '<', '>', '`', '\n', '%']);
            prop_assert!(!acts);
        }
    }
}
