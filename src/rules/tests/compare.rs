//! Compares what came out with what was expected.

use similar::{ChangeTag, TextDiff};

use super::{Aspect, Case, Outcome};
use crate::model::{Problem, fold};

/// Lists every difference between a test and what came out, each with the place of the value
/// that was expected and the difference word by word.
pub fn compare(case: &Case, outcome: &Outcome) -> Vec<Problem> {
    let differences = case.expect.iter().filter_map(|expected| {
        let found = outcome.value(expected.what);
        if same(expected.value.as_deref(), found) {
            return None;
        }
        let what = format!("the test `{}` fails: another {} came out", case.name, expected.what.name());
        let problem = Problem::error(what).at(expected.place.clone()).part("expect");
        Some(problem.cause(difference(expected.value.as_deref(), found)))
    });
    differences.collect()
}

impl Outcome {
    fn value(&self, aspect: Aspect) -> Option<&str> {
        let value = match aspect {
            Aspect::Email => &self.email,
            Aspect::Department => &self.department,
            Aspect::Policy => &self.policy,
            Aspect::Held => &self.held,
        };
        value.as_deref()
    }
}

fn same(left: Option<&str>, right: Option<&str>) -> bool {
    left.map(fold) == right.map(fold)
}

/// Shows what was expected and is not there as `[-…-]`, what is there instead as `{+…+}`.
fn difference(expected: Option<&str>, found: Option<&str>) -> String {
    let (Some(expected), Some(found)) = (expected, found) else {
        let told = |value: Option<&str>| value.map_or("none".to_owned(), |value| format!("`{value}`"));
        return format!("expected {}, found {}", told(expected), told(found));
    };
    let changes = TextDiff::from_unicode_words(expected, found);
    let words = changes.iter_all_changes().map(|change| match change.tag() {
        ChangeTag::Equal => change.value().to_owned(),
        ChangeTag::Delete => format!("[-{}-]", change.value()),
        ChangeTag::Insert => format!("{{+{}+}}", change.value()),
    });
    words.collect()
}
