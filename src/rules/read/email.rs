//! Section `email`.

use super::{
    basics::{place_of, template, word},
    condition,
};
use crate::{
    model::{Email, Place, Problem},
    rules::{
        EmailRules, EmailSource, EmailTemplates, Scheme, Template,
        yaml::{Entry, Node},
    },
};

pub(super) fn email(section: &Entry, problems: &mut Vec<Problem>) -> EmailRules {
    let node = &section.value;
    let shared = node.get("domain").and_then(|node| domain(node, "email.domain", problems));
    let lacks_domain = node.get("domain").is_none();
    let entries = node.get("templates").map(Node::items).unwrap_or_default();
    let templates = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| entry_of(entry, &format!("email.templates[{at}]"), lacks_domain, problems));
    EmailRules {
        templates: templates.collect(),
        domain: shared,
        transliteration: word(node, "transliteration", &Scheme::ALL, Scheme::default()),
        source: word(node, "source", &[("replace", EmailSource::Replace)], EmailSource::Keep),
        write_back: node.get("write_back").and_then(Node::truth).unwrap_or(false),
        source_place: place_of(section, "source"),
        write_back_place: place_of(section, "write_back"),
        place: section.place.clone(),
    }
}

fn entry_of(entry: &Node, path: &str, lacks_domain: bool, problems: &mut Vec<Problem>) -> EmailTemplates {
    if lacks_domain && entry.get("domain").is_none() {
        let problem = Problem::error("the addresses of this entry have no domain");
        problems
            .push(problem.at(entry.place.clone()).part(path).hint("add `email.domain`, or `domain` here"));
    }
    let tries = entry.get("try").map(Node::items).unwrap_or_default();
    let tries = tries.iter().enumerate();
    EmailTemplates {
        when: entry.get("when").map(|when| condition(when, &format!("{path}.when"), problems)),
        domain: entry.get("domain").and_then(|node| domain(node, &format!("{path}.domain"), problems)),
        r#try: tries
            .filter_map(|(at, node)| local_part(node, &format!("{path}.try[{at}]"), problems))
            .collect(),
        place: entry.place.clone(),
    }
}

fn local_part(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Template> {
    let template = template(node, path, problems)?;
    if template.text.contains('@') {
        let problem = Problem::error("a `try` makes the part before the `@` only");
        problems.push(problem.at(node.place.clone()).part(path).hint("the domain stands in `domain`"));
    } else if !template.varies() {
        let problem = Problem::error(format!("`{}` is the same for everybody", template.text));
        problems.push(problem.at(node.place.clone()).part(path).hint("use `{{last}}` or another variable"));
    }
    Some(template)
}

/// Reads a domain; it is kept in lower case.
fn domain(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let text = node.text().map(str::trim).filter(|text| !text.is_empty())?;
    let domain = text.to_lowercase();
    if Email::parse(&format!("a@{domain}")).is_ok() {
        return Some(domain);
    }
    problems.push(no_domain(text, node.place.clone()).part(path));
    None
}

fn no_domain(text: &str, place: Place) -> Problem {
    let problem = Problem::error(format!("`{text}` is no domain of an e-mail address")).at(place);
    match idna::domain_to_ascii(text) {
        Ok(ascii) if !text.is_ascii() && Email::parse(&format!("a@{ascii}")).is_ok() => {
            problem.hint(format!("write it as mail servers know it: {ascii}"))
        }
        _ if text.starts_with('@') => problem.hint("write it without the `@`"),
        _ => problem.hint("write it like romashka.example"),
    }
}
