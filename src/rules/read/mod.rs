//! From the texts of rule files to [`Rules`], with every mistake of every file in one go.

mod basics;
mod condition;
mod departments;
mod dismissals;
mod email;
mod files;
mod profile;
mod safety;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use self::files::Sections;
use super::Rules;
use crate::model::Problem;

pub(super) use condition::{condition, split_path};

/// What reading the rule files gives.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The rules; to be used only where no problem is an error.
    pub rules: Rules,
    /// Every mistake and doubt, in the order of the files.
    pub problems: Vec<Problem>,
}

impl Reading {
    /// Tells whether the rules can be used.
    pub fn is_usable(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

/// Reads rule files, given as names (`rules/email.yaml`) and texts, in any order. `as_of` is the
/// day on which exceptions are looked at: an expired one is a warning.
pub fn read(files: &[(String, String)], as_of: Date) -> Reading {
    let mut files: Vec<&(String, String)> = files.iter().collect();
    files.sort();
    let mut problems = Vec::new();
    let sections = files::sections(&files, &mut problems);
    let mut rules = rules(&sections, as_of, &mut problems);
    rules.digest = digest(&files);
    problems.sort_by(|left, right| left.place.cmp(&right.place));
    problems.dedup();
    Reading { rules, problems }
}

fn rules(sections: &Sections, as_of: Date, problems: &mut Vec<Problem>) -> Rules {
    let matching = sections.one("matching").and_then(|entry| profile::matching(entry, problems));
    let dismissals = sections.one("dismissals").map(|entry| dismissals::dismissals(entry, problems));
    dismissals::vanished_needs_a_key(matching.as_ref(), dismissals.as_ref(), problems);
    Rules {
        matching,
        email: sections.one("email").map(|entry| email::email(entry, problems)),
        departments: departments::departments(&sections.all("departments"), problems),
        profile: sections.one("profile").map(|entry| profile::profile(entry, problems)),
        hires: sections.one("hires").map(|entry| profile::hires(entry, problems)),
        dismissals,
        documents: sections.one("documents").and_then(profile::documents),
        safety: sections.one("safety").map_or_else(Default::default, |e| safety::safety(e, as_of, problems)),
        digest: String::new(),
    }
}

/// Hashes names and texts; lengths keep one from running into the next.
fn digest(files: &[&(String, String)]) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        hash.update(format!("{} {} ", name.len(), text.len()));
        hash.update(name);
        hash.update(text);
    }
    let bytes = hash.finalize();
    format!("sha256:{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
