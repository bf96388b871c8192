//! `$filter`: comparisons, `and`, `or`, `not`, brackets and a few functions.

use std::cmp::Ordering;

use serde_json::Value;

use super::{query::Refusal, schema::Row};

/// A condition on rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Operand, Relation, Operand),
    Text(Function, Operand, Operand),
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A field's value.
    Field(String),
    /// A literal of a type: `guid`, `datetime`, text.
    Literal(Value),
}

/// How two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Functions on texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    StartsWith,
    EndsWith,
    SubstringOf,
}

impl Filter {
    /// Reads a condition; `fields` are those that the set has.
    pub fn read(text: &str, fields: &[String]) -> Result<Filter, Refusal> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, fields };
        let filter = parser.any()?;
        if parser.at == tokens.len() { Ok(filter) } else { Err((400, "14")) }
    }

    /// Tells whether a row fits.
    pub fn fits(&self, row: &Row) -> bool {
        match self {
            Filter::Any(parts) => parts.iter().any(|part| part.fits(row)),
            Filter::All(parts) => parts.iter().all(|part| part.fits(row)),
            Filter::Not(part) => !part.fits(row),
            Filter::Compare(left, relation, right) => relation.holds(compare(left.of(row), right.of(row))),
            Filter::Text(function, first, second) => {
                let text = |operand: &Operand| operand.of(row).as_str().unwrap_or_default().to_lowercase();
                let (first, second) = (text(first), text(second));
                match function {
                    Function::StartsWith => first.starts_with(&second),
                    Function::EndsWith => first.ends_with(&second),
                    Function::SubstringOf => second.contains(&first),
                }
            }
        }
    }
}

impl Operand {
    fn of<'a>(&'a self, row: &'a Row) -> &'a Value {
        match self {
            Operand::Field(name) => row.get(name).unwrap_or(&Value::Null),
            Operand::Literal(value) => value,
        }
    }
}

impl Relation {
    fn read(word: &str) -> Option<Relation> {
        Some(match word {
            "eq" => Relation::Equal,
            "ne" => Relation::Different,
            "lt" => Relation::Less,
            "le" => Relation::LessOrEqual,
            "gt" => Relation::Greater,
            "ge" => Relation::GreaterOrEqual,
            _ => return None,
        })
    }

    fn holds(self, ordering: Option<Ordering>) -> bool {
        let Some(ordering) = ordering else { return self == Relation::Different };
        match self {
            Relation::Equal => ordering.is_eq(),
            Relation::Different => ordering.is_ne(),
            Relation::Less => ordering.is_lt(),
            Relation::LessOrEqual => ordering.is_le(),
            Relation::Greater => ordering.is_gt(),
            Relation::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Compares values of one type; dates are written so that their text sorts.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => number(left)?.partial_cmp(&number(right)?),
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Literal(Value),
    Mark(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, used) = match first {
            '(' | ')' | ',' => (Token::Mark(first), 1),
            '\'' => {
                let (text, used) = quoted(rest)?;
                (Token::Literal(Value::from(text)), used)
            }
            _ => {
                let end = rest.find([' ', '(', ')', ',', '\'']).unwrap_or(rest.len());
                let word = &rest[..end];
                if rest[end..].starts_with('\'') && matches!(word, "guid" | "datetime") {
                    let (text, used) = quoted(&rest[end..])?;
                    (Token::Literal(Value::from(text)), end + used)
                } else {
                    (plain(word), end)
                }
            }
        };
        tokens.push(token);
        rest = rest[used..].trim_start();
    }
    Ok(tokens)
}

fn plain(word: &str) -> Token {
    match (word, word.parse::<i64>()) {
        ("true", _) => Token::Literal(Value::Bool(true)),
        ("false", _) => Token::Literal(Value::Bool(false)),
        (_, Ok(number)) => Token::Literal(Value::from(number)),
        _ => Token::Word(word.to_owned()),
    }
}

/// Reads a quoted text with doubled quotes inside, and how many bytes it takes.
fn quoted(text: &str) -> Result<(String, usize), Refusal> {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' if letters.peek().is_some_and(|(_, next)| *next == '\'') => {
                letters.next();
                value.push('\'');
            }
            '\'' => return Ok((value, at + 1)),
            letter => value.push(letter),
        }
    }
    Err((400, "14"))
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    fields: &'a [String],
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Filter, Refusal> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
    }

    fn all(&mut self) -> Result<Filter, Refusal> {
        let mut parts = vec![self.one()?];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
    }

    fn one(&mut self) -> Result<Filter, Refusal> {
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.mark('(') {
            let inner = self.any()?;
            return if self.mark(')') { Ok(inner) } else { Err((400, "14")) };
        }
        for (name, function) in [
            ("startswith", Function::StartsWith),
            ("endswith", Function::EndsWith),
            ("substringof", Function::SubstringOf),
        ] {
            if self.word(name) {
                return self.function(function);
            }
        }
        let left = self.operand()?;
        let relation = match self.tokens.get(self.at) {
            Some(Token::Word(word)) => Relation::read(word).ok_or((400, "14"))?,
            _ => return Err((400, "14")),
        };
        self.at += 1;
        Ok(Filter::Compare(left, relation, self.operand()?))
    }

    fn function(&mut self, function: Function) -> Result<Filter, Refusal> {
        let open = self.mark('(');
        let first = self.operand()?;
        let comma = self.mark(',');
        let second = self.operand()?;
        if open && comma && self.mark(')') {
            Ok(Filter::Text(function, first, second))
        } else {
            Err((400, "14"))
        }
    }

    fn operand(&mut self) -> Result<Operand, Refusal> {
        let token = self.tokens.get(self.at).ok_or((400, "14"))?;
        self.at += 1;
        match token {
            Token::Literal(value) => Ok(Operand::Literal(value.clone())),
            Token::Word(word) if word == "cast" => {
                let open = self.mark('(');
                let inner = self.operand()?;
                let comma = self.mark(',');
                let _type = self.operand()?;
                if open && comma && self.mark(')') { Ok(inner) } else { Err((400, "14")) }
            }
            Token::Word(word) if self.fields.contains(word) => Ok(Operand::Field(word.clone())),
            // Unknown fields and functions have one code.
            Token::Word(_) => Err((400, "6")),
            Token::Mark(_) => Err((400, "14")),
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(known)) if known == word);
        self.at += usize::from(found);
        found
    }

    fn mark(&mut self, mark: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Mark(mark));
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(filter: &str) -> Result<bool, Refusal> {
        let Value::Object(row) =
            json!({"A": "2026-03-01T00:00:00", "B": "О'Хара", "C": true, "LineNumber": "2"})
        else {
            unreachable!()
        };
        let fields: Vec<String> = row.keys().cloned().collect();
        Ok(Filter::read(filter, &fields)?.fits(&row))
    }

    #[test]
    fn compares_dates_texts_flags_and_numbers_in_quotes() {
        assert_eq!(fits("A le datetime'2026-03-01T23:59:59' and C eq true"), Ok(true));
        assert_eq!(fits("B eq 'О''Хара'"), Ok(true));
        assert_eq!(fits("not (C eq true) or LineNumber gt 1"), Ok(true));
        assert_eq!(fits("B eq 'НетТакого'"), Ok(false));
        assert_eq!(fits("startswith(B, 'о')"), Ok(true));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert_eq!(fits("D eq 1"), Err((400, "6")));
        assert_eq!(fits("length(B) eq 1"), Err((400, "6")));
        assert_eq!(fits("A is 1"), Err((400, "14")));
        assert_eq!(fits("A eq 'open"), Err((400, "14")));
    }
}
