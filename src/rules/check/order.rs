//! Rules that can never win, and sections that do nothing without another.

use crate::{
    model::{Place, Problem},
    rules::{EmailTemplates, Policy, Rules, Template, When},
};

/// Finds entries behind one that takes everybody, repeated conditions, and conditions that
/// contradict themselves.
pub(super) fn unreachable(rules: &Rules) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(email) = &rules.email {
        let entries: Vec<_> =
            email.templates.iter().map(|entry| (entry.when.as_ref(), &entry.place)).collect();
        problems.extend(losers("this entry of `email.templates` can never win", &entries));
        problems.extend(email.templates.iter().flat_map(tries));
    }
    if let Some(dismissals) = &rules.dismissals {
        problems.extend(policies(&dismissals.policies));
    }
    let hires = rules.hires.as_ref().and_then(|hires| Some((hires.when.as_ref()?, &hires.when_place)));
    if let Some((_, place)) = hires.filter(|(when, _)| when.never_holds()) {
        problems.push(
            Problem::warning("nobody gets an account: `hires.when` contradicts itself").at(place.clone()),
        );
    }
    problems.extend(idle_exceptions(rules));
    problems
}

fn policies(policies: &[Policy]) -> Vec<Problem> {
    let entries: Vec<_> = policies.iter().map(|policy| (policy.when.as_ref(), &policy.place)).collect();
    losers("this policy can never win", &entries)
}

fn losers(what: &str, entries: &[(Option<&When>, &Place)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, (when, place)) in entries.iter().enumerate() {
        let cause = match when {
            Some(when) if when.never_holds() => Some("its `when` contradicts itself".to_owned()),
            _ => entries[..at].iter().find_map(|(earlier, place)| shadow(*earlier, *when, place)),
        };
        let problem = cause.map(|cause| Problem::warning(what).at((*place).clone()).cause(cause));
        problems
            .extend(problem.map(|problem| problem.hint("the first whose `when` holds is used; move it up")));
    }
    problems
}

/// Tells how an earlier entry takes everybody whom a later one is for.
fn shadow(earlier: Option<&When>, later: Option<&When>, place: &Place) -> Option<String> {
    match (earlier, later) {
        (None, _) => Some(format!("the entry at {place} is for everybody")),
        (Some(earlier), _) if earlier.always_holds() => {
            Some(format!("the entry at {place} is for everybody"))
        }
        (Some(earlier), Some(later)) if later.implies(earlier) => {
            Some(format!("the entry at {place} takes the same people"))
        }
        _ => None,
    }
}

/// Finds a `try` behind one that never runs out, and one that stands twice.
fn tries(entry: &EmailTemplates) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, later) in entry.r#try.iter().enumerate() {
        let earlier = entry.r#try[..at].iter().find(|earlier| takes_all(earlier, later));
        problems.extend(earlier.map(|earlier| {
            let problem =
                Problem::warning(format!("`{}` is never tried", later.text)).at(later.place.clone());
            problem.cause(format!("`{}` before it always finds an address", earlier.text))
        }));
    }
    problems
}

/// Tells whether an earlier template gives an address wherever a later one would.
fn takes_all(earlier: &Template, later: &Template) -> bool {
    let needs = later.variables();
    earlier.text == later.text
        || (earlier.counts() && earlier.variables().iter().all(|name| *name == "n" || needs.contains(name)))
}

/// Finds exceptions that raise no limit.
fn idle_exceptions(rules: &Rules) -> Vec<Problem> {
    let idle = rules.safety.allow.iter().filter_map(|allow| {
        let limit = rules.safety.limits.get(&allow.action);
        let what = match limit {
            Some(limit) if limit.count < allow.count => return None,
            Some(limit) => format!("the limit of {} is {} already", allow.action, limit.count),
            None => format!("{} has no limit", allow.action),
        };
        let problem = Problem::warning("this exception raises nothing").at(allow.place.clone());
        Some(problem.part("safety.allow").cause(what))
    });
    idle.collect()
}

/// Finds sections that do nothing without another.
pub(super) fn missing_sections(rules: &Rules) -> Vec<Problem> {
    let hires = rules.hires.as_ref().map(|section| ("hires", &section.place));
    let dismissals = rules.dismissals.as_ref().map(|section| ("dismissals", &section.place));
    let without_matching = [hires, dismissals].into_iter().flatten().filter(|_| rules.matching.is_none());
    let without_email = hires.into_iter().filter(|_| rules.email.is_none());
    without_matching
        .map(|section| needs(section, "matching", "no account is ours without a key"))
        .chain(without_email.map(|section| needs(section, "email", "without it nobody gets an address")))
        .collect()
}

fn needs((name, place): (&str, &Place), other: &str, why: &str) -> Problem {
    let what = format!("the section `{name}` does nothing without the section `{other}`");
    Problem::warning(what).at(place.clone()).cause(why)
}
