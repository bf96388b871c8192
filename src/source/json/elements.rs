//! Cuts a JSON text into its elements and their members, with the place of each value.

use std::ops::Range;

use serde::de::IgnoredAny;

/// The elements of a text, whatever stands around them.
#[derive(Debug)]
pub struct Elements<'t> {
    cursor: Cursor<'t>,
}

/// One element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Where it stands, brackets included.
    pub span: Range<usize>,
    /// Its members; none where it is no object.
    pub members: Option<Vec<Member>>,
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Where its key stands, quotes included.
    pub key: Range<usize>,
    /// Where its value stands.
    pub value: Range<usize>,
}

/// Why a text is no list of people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The text is no JSON.
    #[error("the text is no JSON")]
    Syntax {
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
        /// What the parser said.
        cause: String,
    },
    /// JSON, but neither of the forms that are known.
    #[error("the file is neither an array of objects, nor JSON Lines, nor `{{\"value\": […]}}`")]
    Form,
}

impl<'t> Elements<'t> {
    /// Looks for the elements of a text.
    pub fn of(text: &'t str) -> Result<Elements<'t>, Fault> {
        let count = validate(text)?;
        let mut cursor = Cursor { bytes: text.as_bytes(), at: 0 };
        cursor.blanks();
        match (cursor.peek(), count) {
            (None, _) => {}
            (Some(b'['), 1) => cursor.at += 1,
            (Some(b'{'), 1) => {
                if let Some(list) = value_list(text, cursor.clone()) {
                    cursor.at = list + 1;
                }
            }
            (Some(b'{'), _) => {}
            _ => return Err(Fault::Form),
        }
        Ok(Elements { cursor })
    }
}

impl Iterator for Elements<'_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        self.cursor.separators();
        match self.cursor.peek()? {
            b']' => None,
            b'{' => {
                let start = self.cursor.at;
                let members = self.cursor.members();
                Some(Element { span: start..self.cursor.at, members: Some(members) })
            }
            _ => Some(Element { span: self.cursor.value(), members: None }),
        }
    }
}

/// Checks the syntax of the whole text, so that cutting it needs no checks, and counts the
/// values at its top.
fn validate(text: &str) -> Result<usize, Fault> {
    let mut count = 0;
    for value in serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>() {
        value.map_err(|error| syntax(text, &error))?;
        count += 1;
    }
    Ok(count)
}

fn syntax(text: &str, error: &serde_json::Error) -> Fault {
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let before = line.as_bytes().get(..error.column()).map(String::from_utf8_lossy);
    let column = before.map_or(error.column(), |before| before.chars().count());
    let whole = error.to_string();
    Fault::Syntax {
        line: number(error.line()),
        column: number(column.max(1)),
        cause: whole.split(" at line ").next().unwrap_or_default().to_owned(),
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Returns where the list of an OData answer begins: the member `value`, if it is a list.
fn value_list(text: &str, mut cursor: Cursor<'_>) -> Option<usize> {
    let members = cursor.members();
    let list = members.into_iter().find(|member| &text[member.key.clone()] == "\"value\"")?;
    text[list.value.clone()].starts_with('[').then_some(list.value.start)
}

/// Walks over a text that is known to be JSON.
#[derive(Debug, Clone)]
struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn separators(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace() || byte == b',' || byte == b':') {
            self.at += 1;
        }
    }

    /// Reads the members of the object that begins here.
    fn members(&mut self) -> Vec<Member> {
        let mut members = Vec::new();
        self.at += 1;
        loop {
            self.separators();
            if self.peek().is_none_or(|byte| byte == b'}') {
                self.at += 1;
                return members;
            }
            let key = self.value();
            self.separators();
            members.push(Member { key, value: self.value() });
        }
    }

    /// Passes over the value that begins here.
    fn value(&mut self) -> Range<usize> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'"') => self.string(),
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                Some(_) if depth > 0 => self.at += 1,
                Some(_) => self.scalar(),
                None => return start..self.at,
            }
            if depth == 0 {
                return start..self.at;
            }
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    fn scalar(&mut self) {
        self.at += 1;
        let ends =
            |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'}' | b']' | b':' | b'{' | b'[');
        while self.peek().is_some_and(|byte| !ends(byte)) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Vec<Vec<(&str, &str)>> {
        let elements = Elements::of(text).unwrap();
        let pair = |member: Member| (&text[member.key.clone()], &text[member.value.clone()]);
        elements.map(|element| element.members.unwrap().into_iter().map(pair).collect()).collect()
    }

    #[test]
    fn all_forms_give_the_same_elements() {
        let expected = vec![vec![("\"a\"", "1"), ("\"b\"", "\"x,\\\"}\"")], vec![("\"a\"", "null")], vec![]];
        for text in [
            r#"[{"a":1,"b":"x,\"}"},{"a":null},{}]"#,
            "{\"a\":1,\"b\":\"x,\\\"}\"}\n{ \"a\" : null }\n{}\n",
            r#" {"odata.metadata":"m","value":[{"a": 1 ,"b":"x,\"}"} , {"a":null},{}] }"#,
        ] {
            assert_eq!(members(text), expected, "{text}");
        }
        assert_eq!(members("{\"value\":\"x\"}"), vec![vec![("\"value\"", "\"x\"")]]);
        assert_eq!(members("[{\"a\":[1,{\"b\":\"]\"}]}]"), vec![vec![("\"a\"", "[1,{\"b\":\"]\"}]")]]);
        for nothing in ["", " \n", "[]", "{\"value\":[]}"] {
            assert_eq!(members(nothing).len(), 0, "{nothing}");
        }
    }

    #[test]
    fn faults_have_line_and_column() {
        let fault = Elements::of("[\n{\"имя\": x}]").unwrap_err();
        assert_eq!(fault, Fault::Syntax { line: 2, column: 9, cause: "expected value".to_owned() });
        assert!(matches!(Elements::of("[{}"), Err(Fault::Syntax { line: 1, .. })));
        for text in ["1", "\"x\"", "[1] [2]", "null"] {
            assert_eq!(Elements::of(text).unwrap_err(), Fault::Form, "{text}");
        }
        assert_eq!(Elements::of("[1]").unwrap().next().unwrap().members, None);
    }
}
