//! Why a condition does not hold, in words.

use super::When;
use crate::{
    model::{Employment, EmploymentKind, PATH_SEPARATOR},
    rules::template::employment_name,
};

impl When {
    /// Says why the condition does not hold for an employment; none where it does.
    pub fn why_not(&self, job: &Employment) -> Option<String> {
        if self.holds(job) {
            return None;
        }
        Some(match self {
            When::All(parts) => parts.iter().find_map(|part| part.why_not(job)).unwrap_or_default(),
            When::Any(parts) => {
                let reasons: Vec<String> = parts.iter().filter_map(|part| part.why_not(job)).collect();
                format!("none of {} holds: {}", parts.len(), reasons.join("; "))
            }
            When::Not(part) => format!("it must not be that: {}", part.described()),
            When::At(_, part) => return part.why_not(job),
            leaf => leaf.contrast(job),
        })
    }

    /// Says what the condition asks for, as a sentence.
    pub fn described(&self) -> String {
        match self {
            When::Organization(name) => format!("the organization is `{name}`"),
            When::Department(path) => format!("the department is `{}`", path.join(PATH_SEPARATOR)),
            When::Under(path) => format!("the department is below `{}`", path.join(PATH_SEPARATOR)),
            When::Position(pattern) => format!("the position is `{pattern}`"),
            When::Employment(kinds) => format!("the employment is {}", listed(kinds)),
            When::Any(parts) => joined(parts, " or "),
            When::All(parts) if parts.is_empty() => "anybody".to_owned(),
            When::All(parts) => joined(parts, " and "),
            When::Not(part) => format!("not ({})", part.described()),
            When::At(_, part) => part.described(),
        }
    }

    fn contrast(&self, job: &Employment) -> String {
        let department = job.department.join(PATH_SEPARATOR);
        let position = job.position.as_deref().unwrap_or("");
        match self {
            When::Organization(name) => {
                format!("the organization is `{}`, not `{name}`", job.organization.name)
            }
            When::Department(path) => {
                format!("the department is `{department}`, not `{}`", path.join(PATH_SEPARATOR))
            }
            When::Under(path) => {
                format!("the department is `{department}`, not below `{}`", path.join(PATH_SEPARATOR))
            }
            When::Position(pattern) => format!("the position is `{position}`, not `{pattern}`"),
            When::Employment(kinds) => {
                format!("the employment is {}, not {}", employment_name(job.kind), listed(kinds))
            }
            other => other.described(),
        }
    }
}

fn listed(kinds: &[EmploymentKind]) -> String {
    kinds.iter().map(|kind| employment_name(*kind)).collect::<Vec<_>>().join(" or ")
}

fn joined(parts: &[When], word: &str) -> String {
    parts.iter().map(When::described).collect::<Vec<_>>().join(word)
}
