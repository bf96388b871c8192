//! Keys and addresses that the rules would make.

use std::collections::BTreeMap;

use crate::{
    model::{Employment, HrEmail, Person, Place, Problem},
    rules::{EmailRules, EmailSource, EmailTemplates, Rules, Scope, Template, address, entry_for},
};

/// Finds persons whose key is incomplete or somebody else's too.
pub(super) fn keys(rules: &Rules, mains: &[(&Person, &Employment)]) -> Vec<Problem> {
    let Some(matching) = &rules.matching else { return Vec::new() };
    let scheme = rules.email.as_ref().map(|email| email.transliteration).unwrap_or_default();
    let mut problems = Vec::new();
    let mut known: BTreeMap<String, &Employment> = BTreeMap::new();
    for (person, job) in mains {
        let key = matching.key.render(&Scope { person, job, scheme, n: None });
        let problem = if !key.complete {
            Some(Problem::error("the key of this person would be incomplete"))
        } else {
            known.get(&key.text).map(|other| {
                Problem::error(format!("two persons get the key `{}`", key.text))
                    .hint(format!("the other one stands at {}", other.origin))
            })
        };
        let cause = format!("the key is `{}` ({})", matching.key.text, matching.key.place);
        problems.extend(problem.map(|problem| problem.at(origin(job)).cause(cause)));
        known.entry(key.text).or_insert(job);
    }
    problems
}

/// Finds persons for whom no address can be made.
pub(super) fn addresses(rules: &Rules, mains: &[(&Person, &Employment)]) -> Vec<Problem> {
    let Some(email) = &rules.email else { return Vec::new() };
    let hires = |job: &Employment| {
        let when = rules.hires.as_ref().and_then(|hires| hires.when.as_ref());
        when.is_none_or(|when| when.holds(job))
    };
    let wanted = mains.iter().filter(|(_, job)| hires(job) && needs_address(email, job));
    wanted.filter_map(|(person, job)| impossible(email, person, job)).collect()
}

fn needs_address(rules: &EmailRules, job: &Employment) -> bool {
    match &job.contact.email {
        HrEmail::None => true,
        HrEmail::Usable(_) => rules.source == EmailSource::Replace,
        HrEmail::Unusable(_) => false,
    }
}

fn impossible(rules: &EmailRules, person: &Person, job: &Employment) -> Option<Problem> {
    let problem = Problem::warning("no address can be made for this person").at(origin(job));
    if job.contact.name.has_initials() {
        return Some(problem.cause("the name has only initials"));
    }
    let Some(entry) = entry_for(rules, job) else {
        return Some(problem.cause("no entry of `email.templates` is for this person"));
    };
    let scope = Scope { person, job, scheme: rules.transliteration, n: Some(2) };
    let reasons: Option<Vec<String>> =
        entry.r#try.iter().map(|template| refusal(rules, entry, template, &scope)).collect();
    reasons.map(|reasons| problem.part(entry.place.to_string()).cause(reasons.join("; ")))
}

/// Says why a template gives no address; none where it gives one.
fn refusal(
    rules: &EmailRules,
    entry: &EmailTemplates,
    template: &Template,
    scope: &Scope<'_>,
) -> Option<String> {
    if address(rules, entry, template, scope).is_some() {
        return None;
    }
    let rendered = template.render(scope);
    let why = if !rendered.complete {
        "uses an empty value"
    } else if rendered.text.len() > 64 {
        "gives more than 64 characters before the @"
    } else {
        "gives no valid address, or one over 100 characters"
    };
    Some(format!("`{}` {why}", template.text))
}

fn origin(job: &Employment) -> Place {
    Place::file(job.origin.clone())
}
