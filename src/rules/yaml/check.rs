//! Finds everything in a tree that its shape does not allow.

use jiff::civil::Date;

use super::{Choice, Entry, Field, Kind, Node, Shape};
use crate::model::{Problem, nearest};

/// Compares a tree with a shape and adds every mistake to `problems`. `path` names the tree in
/// messages; empty for a whole file.
pub fn check(node: &Node, shape: &Shape, path: &str, problems: &mut Vec<Problem>) {
    match (shape, &node.kind) {
        (Shape::Named(_, inner), _) => check(node, inner, path, problems),
        (Shape::Text, Kind::Text(text)) if text.trim().is_empty() => {
            problems.push(mistake(node, path, "an empty text means nothing here"));
        }
        (Shape::Text | Shape::Template, Kind::Text(_) | Kind::Number(_)) => {}
        (Shape::Date, Kind::Text(text)) => date(node, text, path, problems),
        (Shape::Truth, Kind::Bool(_)) | (Shape::Nothing, Kind::Null) => {}
        (Shape::Duration, Kind::Text(_)) if node.duration().is_some() => {}
        (Shape::Secret, Kind::Text(_)) if node.variable().is_some() => {}
        (Shape::Secret, Kind::Map(entries)) => fields(node, entries, SECRET_FILE, path, problems),
        (Shape::Whole(..), Kind::Number(_)) if in_bounds(node, shape) => {}
        (Shape::Choice(choices), Kind::Text(word)) if choices.iter().any(|choice| choice.0 == word) => {}
        (Shape::Choice(choices), Kind::Text(word)) => {
            problems.push(unknown_word(mistake(node, path, ""), word, choices));
        }
        (Shape::Filled(_), Kind::List(items)) if items.is_empty() => {
            problems.push(mistake(node, path, "the list is empty; at least one value is needed"));
        }
        (Shape::List(inner) | Shape::Filled(inner), Kind::List(items)) => list(items, inner, path, problems),
        (Shape::OneOrMany(inner), Kind::List(items)) => list(items, inner, path, problems),
        (Shape::OneOrMany(inner), _) => check(node, inner, path, problems),
        (Shape::Map(inner), Kind::Map(entries)) => {
            entries.iter().for_each(|entry| check(&entry.value, inner, &below(path, &entry.key), problems));
        }
        (Shape::Keyed(words, inner), Kind::Map(entries)) => keyed(entries, words, inner, path, problems),
        (Shape::Fields(known), Kind::Map(entries)) => fields(node, entries, known, path, problems),
        (Shape::Either(shapes), _) => match shapes.iter().find(|shape| fits_kind(shape, &node.kind)) {
            Some(shape) => check(node, shape, path, problems),
            None => problems.push(wrong_kind(node, shape, path)),
        },
        _ => problems.push(wrong_kind(node, shape, path)),
    }
}

/// The other way to name a secret.
const SECRET_FILE: &[Field] =
    &[Field::required("file", Shape::Text, "a file with the secret and nothing else")];

fn list(items: &[Node], inner: &Shape, path: &str, problems: &mut Vec<Problem>) {
    for (at, item) in items.iter().enumerate() {
        check(item, inner, &format!("{path}[{at}]"), problems);
    }
}

fn keyed(entries: &[Entry], words: &[Choice], inner: &Shape, path: &str, problems: &mut Vec<Problem>) {
    for entry in entries {
        if words.iter().any(|word| word.0 == entry.key) {
            check(&entry.value, inner, &below(path, &entry.key), problems);
        } else {
            let problem = with_path(Problem::error("").at(entry.place.clone()), path);
            problems.push(unknown_word(problem, &entry.key, words));
        }
    }
}

fn fields(node: &Node, entries: &[Entry], known: &[Field], path: &str, problems: &mut Vec<Problem>) {
    for entry in entries {
        match known.iter().find(|field| field.name == entry.key) {
            Some(field) => check(&entry.value, &field.shape, &below(path, field.name), problems),
            None => problems.push(unknown_key(entry, known, path)),
        }
    }
    for field in known.iter().filter(|field| field.required && node.get(field.name).is_none()) {
        problems.push(mistake(node, path, &format!("the key `{}` is missing: {}", field.name, field.about)));
    }
}

fn unknown_key(entry: &Entry, known: &[Field], path: &str) -> Problem {
    let names = known.iter().map(|field| field.name);
    let problem = Problem::error(format!("unknown key `{}`", entry.key)).at(entry.place.clone());
    let problem = with_path(problem, path);
    let problem = match nearest(&entry.key, names.clone()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    };
    problem.hint(format!("known here: {}", names.collect::<Vec<_>>().join(", ")))
}

fn unknown_word(problem: Problem, word: &str, choices: &[Choice]) -> Problem {
    let words = choices.iter().map(|choice| choice.0);
    let what = format!("`{word}` is none of {}", words.clone().collect::<Vec<_>>().join(", "));
    let problem = Problem { what, ..problem };
    match nearest(word, words) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    }
}

fn date(node: &Node, text: &str, path: &str, problems: &mut Vec<Problem>) {
    if text.len() != "2026-12-31".len() || text.parse::<Date>().is_err() {
        let problem = mistake(node, path, &format!("`{text}` is no date"));
        problems.push(problem.hint("dates are written as 2026-12-31"));
    }
}

fn in_bounds(node: &Node, shape: &Shape) -> bool {
    match (shape, node.whole()) {
        (Shape::Whole(least, most), Some(number)) => (*least..=*most).contains(&number),
        _ => false,
    }
}

/// Tells whether a value is of the kind that a shape describes, right or wrong inside.
fn fits_kind(shape: &Shape, kind: &Kind) -> bool {
    match shape {
        Shape::Text | Shape::Template => matches!(kind, Kind::Text(_) | Kind::Number(_)),
        Shape::Date | Shape::Duration | Shape::Choice(_) => matches!(kind, Kind::Text(_)),
        Shape::Secret => true,
        Shape::Truth => matches!(kind, Kind::Bool(_)),
        Shape::Nothing => matches!(kind, Kind::Null),
        Shape::Whole(..) => matches!(kind, Kind::Number(_)),
        Shape::List(_) | Shape::Filled(_) => matches!(kind, Kind::List(_)),
        Shape::OneOrMany(inner) => matches!(kind, Kind::List(_)) || fits_kind(inner, kind),
        Shape::Map(_) | Shape::Keyed(..) | Shape::Fields(_) => matches!(kind, Kind::Map(_)),
        Shape::Either(shapes) => shapes.iter().any(|shape| fits_kind(shape, kind)),
        Shape::Named(_, inner) => fits_kind(inner, kind),
    }
}

fn wrong_kind(node: &Node, shape: &Shape, path: &str) -> Problem {
    if let Shape::Secret = shape {
        let problem = mistake(node, path, "a secret must not stand in the file itself");
        return problem
            .hint("write ${VARIABLE} and set it in the environment, or {file: path}")
            .hint("if it was ever committed, replace the secret: git keeps it for ever");
    }
    let what = format!("expected {}, found {}", expected(shape), node.described());
    let problem = mistake(node, path, &what);
    match (&node.kind, shape) {
        (Kind::Null, Shape::List(_)) => problem.hint("write `[]` for an empty list, or remove the key"),
        (Kind::Null, _) => problem.hint("write a value, or remove the key"),
        (Kind::Map(_), Shape::Text | Shape::Template) => {
            problem.hint("a template that begins with `{{` needs quotes: \"{{initial first}}.{{last}}\"")
        }
        (Kind::Bool(truth), Shape::Text | Shape::Template | Shape::Choice(_)) => {
            problem.hint(format!("for a text, write \"{truth}\" in quotes"))
        }
        (Kind::Text(text), Shape::Truth) if matches!(text.as_str(), "yes" | "on" | "да") => {
            problem.hint("write `true`")
        }
        (Kind::Text(text), Shape::Truth) if matches!(text.as_str(), "no" | "off" | "нет") => {
            problem.hint("write `false`")
        }
        (Kind::Text(text), Shape::Whole(..)) if text.parse::<u64>().is_ok() => {
            problem.hint(format!("write {text} without quotes"))
        }
        _ => problem,
    }
}

fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Text => "a text".to_owned(),
        Shape::Template => "a template in quotes".to_owned(),
        Shape::Date => "a date like 2026-12-31".to_owned(),
        Shape::Truth => "`true` or `false`".to_owned(),
        Shape::Duration => "a length of time like 500ms, 3s or 2m".to_owned(),
        Shape::Secret => "${VARIABLE} or {file: path}".to_owned(),
        Shape::Nothing => "`null`".to_owned(),
        Shape::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Shape::Choice(choices) => {
            format!("one of {}", choices.iter().map(|choice| choice.0).collect::<Vec<_>>().join(", "))
        }
        Shape::List(_) | Shape::Filled(_) => "a list".to_owned(),
        Shape::OneOrMany(inner) => format!("{} or a list of such", expected(inner)),
        Shape::Map(_) => "keys with values".to_owned(),
        Shape::Keyed(words, _) => {
            format!("the keys {}", words.iter().map(|word| word.0).collect::<Vec<_>>().join(", "))
        }
        Shape::Fields(known) => {
            format!("the keys {}", known.iter().map(|field| field.name).collect::<Vec<_>>().join(", "))
        }
        Shape::Either(shapes) => shapes.iter().map(expected).collect::<Vec<_>>().join(", or "),
        Shape::Named(_, inner) => expected(inner),
    }
}

fn mistake(node: &Node, path: &str, what: &str) -> Problem {
    with_path(Problem::error(what).at(node.place.clone()), path)
}

fn with_path(problem: Problem, path: &str) -> Problem {
    if path.is_empty() { problem } else { problem.part(path) }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
