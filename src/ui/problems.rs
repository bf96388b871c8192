//! Problems as text: what happened, where, why, and what to try.

use std::fmt::Write;

use anstyle::AnsiColor;

use super::terminal::label;
use crate::model::{Problem, Severity};

/// Writes one problem as the lines that a user reads.
pub fn problem_text(problem: &Problem) -> String {
    let Problem { severity, place, part, what, cause, hints } = problem;
    let (word, style) = match severity {
        Severity::Error => ("error", label(AnsiColor::Red)),
        Severity::Warning => ("warning", label(AnsiColor::Yellow)),
    };
    let mut text = format!("{style}{word}{style:#}: {}", plain(what));
    let place = place.as_ref().map(ToString::to_string);
    let place = [place.as_deref(), part.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let rest = [(place, "   in"), (cause.clone().unwrap_or_default(), "cause")];
    let hints = hints.iter().map(|hint| (hint.clone(), " hint"));
    for (line, word) in rest.into_iter().chain(hints).filter(|(line, _)| !line.is_empty()) {
        let style = label(AnsiColor::Cyan);
        // Writing into a String cannot fail.
        let _ = write!(text, "\n{style}{word}{style:#}: {}", plain(&line));
    }
    text
}

/// Counts problems in words: `2 errors, 1 warning`.
pub fn summary_line(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let counts = [(errors, "error"), (problems.len() - errors, "warning")];
    let words = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") });
    words.collect::<Vec<_>>().join(", ")
}

/// Drops what a terminal would obey rather than show.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    fn uncolored(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn tells_place_cause_and_hint_in_this_order() {
        let problem = Problem::error("no department is called `Отдел продажь`")
            .at(Place::at("rules/departments.yaml", 7, 5))
            .part("field `map`")
            .cause("the portal has 14 departments")
            .hint("did you mean `Отдел продаж`?");
        assert_eq!(
            uncolored(&problem_text(&problem)),
            "error: no department is called `Отдел продажь`\n   in: rules/departments.yaml:7:5, field `map`\ncause: the portal has 14 departments\n hint: did you mean `Отдел продаж`?"
        );
    }

    #[test]
    fn escapes_are_not_obeyed() {
        let text = uncolored(&problem_text(&Problem::warning("name \u{1b}[2J")));
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn counts_in_words() {
        assert_eq!(
            summary_line(&[Problem::error("a"), Problem::error("b"), Problem::warning("c")]),
            "2 errors, 1 warning"
        );
        assert_eq!(summary_line(&[]), "");
    }
}
