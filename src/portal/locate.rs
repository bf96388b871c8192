//! Finds where a value of a JSON text stands, for messages that name line and column.

/// One step on the way to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// Into an object.
    Key(&'a str),
    /// Into a list, from 0.
    Index(usize),
}

impl Step<'_> {
    /// Writes a way as users read it: `users[3]`.
    pub(crate) fn path(way: &[Step<'_>]) -> String {
        let mut path = String::new();
        for step in way {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => path.push_str(&format!(".{key}")),
                Step::Index(at) => path.push_str(&format!("[{at}]")),
            }
        }
        path
    }
}

/// Returns line and column, from 1, of the value at the end of `way`; of the last value that is
/// there where the way leads nowhere. `text` is valid JSON.
pub(crate) fn place(text: &str, way: &[Step<'_>]) -> (u32, u32) {
    let mut scanner = Scanner { text, at: 0 };
    scanner.blanks();
    for step in way {
        let start = scanner.at;
        if !scanner.enter(*step) {
            scanner.at = start;
            break;
        }
    }
    position(text, scanner.at)
}

fn position(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    (number(line), number(column))
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    /// Moves from a value to the one that a step leads to.
    fn enter(&mut self, step: Step<'_>) -> bool {
        let opening = if matches!(step, Step::Key(_)) { b'{' } else { b'[' };
        if self.byte() != Some(opening) {
            return false;
        }
        self.at += 1;
        let mut count = 0;
        loop {
            self.blanks();
            if matches!(self.byte(), None | Some(b'}' | b']')) {
                return false;
            }
            let found = match step {
                Step::Index(wanted) => count == wanted,
                Step::Key(wanted) => self.key() == wanted,
            };
            self.blanks();
            if found {
                return true;
            }
            self.value();
            self.blanks();
            if self.byte() == Some(b',') {
                self.at += 1;
            }
            count += 1;
        }
    }

    /// Passes a key and its colon. Keys that we look for have no escapes.
    fn key(&mut self) -> String {
        let start = self.at + 1;
        self.string();
        let key = self.text.get(start..self.at.saturating_sub(1)).unwrap_or_default().to_owned();
        self.blanks();
        self.at += usize::from(self.byte() == Some(b':'));
        key
    }

    /// Passes a value of any kind.
    fn value(&mut self) {
        let mut depth = 0;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => {
                    self.string();
                    if depth == 0 {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b',' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.byte() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    fn blanks(&mut self) {
        if self.at == 0 && self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "{\n  \"a\\\"b\": [1, {\"x\": \"}]\"}, [2]],\n  \"жук\": {\"y\": [true,\n    null, \"z\"]}\n}";

    #[test]
    fn finds_values_behind_strings_and_nested_lists() {
        let end = [Step::Key("жук"), Step::Key("y"), Step::Index(2)];
        assert_eq!(place(TEXT, &end), (4, 11));
        assert_eq!(place(TEXT, &[Step::Key("жук")]), (3, 10));
        assert_eq!(Step::path(&end), "жук.y[2]");
    }

    #[test]
    fn stops_where_the_way_ends() {
        assert_eq!(place(TEXT, &[Step::Key("no")]), (1, 1));
        assert_eq!(place(TEXT, &[Step::Key("жук"), Step::Key("y"), Step::Index(7)]), (3, 16));
        assert_eq!(place("[]", &[Step::Index(0)]), (1, 1));
    }
}
