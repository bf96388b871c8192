//! Section `safety`.

use jiff::civil::Date;

use super::basics::{number, place_of};
use crate::{
    model::{AccountId, Action, Email, Problem},
    rules::{
        Allow, Limit, Protected, Safety,
        yaml::{Entry, Node},
    },
};

pub(super) fn safety(section: &Entry, as_of: Date, problems: &mut Vec<Problem>) -> Safety {
    let node = &section.value;
    let defaults = Safety::default();
    let protect = node.get("protect").map(Node::items).unwrap_or_default();
    let allow = node.get("allow").map(Node::items).unwrap_or_default().iter().enumerate();
    let limits = node.get("limits").map(Node::entries).unwrap_or_default();
    Safety {
        protect: protect
            .iter()
            .filter_map(|node| Some((protected(node, problems)?, node.place.clone())))
            .collect(),
        limits: defaults.limits.into_iter().chain(limits.iter().filter_map(limit)).collect(),
        source_shrink: number(node, "source_shrink").unwrap_or(defaults.source_shrink),
        plan_days: number(node, "plan_days").unwrap_or(defaults.plan_days),
        allow: allow.filter_map(|(at, node)| exception(node, at, as_of, problems)).collect(),
        source_shrink_place: Some(place_of(section, "source_shrink")),
        place: Some(section.place.clone()),
    }
}

fn protected(node: &Node, problems: &mut Vec<Problem>) -> Option<Protected> {
    let text = node.text().map(str::trim).filter(|text| !text.is_empty())?;
    if let Ok(id) = text.parse() {
        return Some(Protected::Id(AccountId(id)));
    }
    match Email::parse(text) {
        Ok(email) => Some(Protected::Email(email)),
        Err(fault) => {
            let problem = Problem::error(format!("`{text}` is no portal address and no id"));
            problems.push(problem.at(node.place.clone()).part("safety.protect").cause(fault.to_string()));
            None
        }
    }
}

fn limit(entry: &Entry) -> Option<(Action, Limit)> {
    let part = |key| number(&entry.value, key).map_or(0, u64::from);
    let limit = Limit { count: part("count"), percent: part("percent"), place: Some(entry.place.clone()) };
    Some((action(&entry.key)?, limit))
}

fn exception(node: &Node, at: usize, as_of: Date, problems: &mut Vec<Problem>) -> Option<Allow> {
    let text = |key| node.get(key).and_then(Node::text);
    let allow = Allow {
        action: action(text("action")?)?,
        count: node.get("count").and_then(Node::whole)?,
        until: text("until")?.parse().ok()?,
        because: text("because")?.trim().to_owned(),
        place: node.place.clone(),
    };
    if allow.until < as_of {
        let what = format!("the exception for {} expired on {}", allow.action, allow.until);
        let problem = Problem::warning(what).at(place_of_until(node)).part(format!("safety.allow[{at}]"));
        problems.push(problem.hint("remove it, or have a new one reviewed; the usual limit holds again"));
    }
    Some(allow)
}

fn place_of_until(node: &Node) -> crate::model::Place {
    node.get("until").map_or_else(|| node.place.clone(), |until| until.place.clone())
}

fn action(name: &str) -> Option<Action> {
    Action::ALL.into_iter().find(|action| action.name() == name)
}
