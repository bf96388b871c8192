//! Section `dismissals`.

use std::collections::BTreeMap;

use super::{
    basics::{number, place_of, plain_template, word},
    condition,
};
use crate::{
    model::{Place, Problem},
    rules::{
        Dismissals, ExtranetAddress, ExtranetPolicy, Matching, Policy, Vanished,
        yaml::{Entry, Node},
    },
};

/// Days after the last working day, where `fire` says nothing: the day after.
const DAYS_AFTER: u32 = 1;
/// Where `within` is left out. Without an end every leaver of all times would be invited at once.
const WITHIN: u32 = 30;
/// Where `bridge_days` is left out.
const BRIDGE_DAYS: u32 = 7;

pub(super) fn dismissals(section: &Entry, problems: &mut Vec<Problem>) -> Dismissals {
    let node = &section.value;
    let policies = node.get("policies").map(Node::items).unwrap_or_default().iter().enumerate();
    let policies: Vec<Policy> = policies.map(|(at, node)| policy(node, at, problems)).collect();
    ids_stand_once(&policies, problems);
    Dismissals {
        vanished: word(node, "vanished", &[("fire", Vanished::Fire)], Vanished::Hold),
        bridge_days: number(node, "bridge_days").unwrap_or(BRIDGE_DAYS),
        policies,
        vanished_place: place_of(section, "vanished"),
        place: section.place.clone(),
    }
}

/// Refuses `vanished: fire` where the key has no fixed text: then every XML_ID is ours, and
/// accounts of other systems would be closed.
pub(super) fn vanished_needs_a_key(
    matching: Option<&Matching>,
    dismissals: Option<&Dismissals>,
    problems: &mut Vec<Problem>,
) {
    let (Some(matching), Some(dismissals)) = (matching, dismissals) else { return };
    if dismissals.vanished == Vanished::Fire && !matching.key.has_fixed_text() {
        let what = "`vanished: fire` with a key without fixed text would close accounts that are not ours";
        let problem = Problem::error(what).at(dismissals.vanished_place.clone()).part("dismissals.vanished");
        let hint = format!("write the key at {} like \"1c:{{{{person.id}}}}\"", matching.key.place);
        problems.push(problem.hint(hint));
    }
}

fn policy(node: &Node, at: usize, problems: &mut Vec<Problem>) -> Policy {
    let path = format!("dismissals.policies[{at}]");
    let id = node.get("id").and_then(Node::text).map(|id| id.trim().to_owned());
    let fire = node.entry("fire");
    let extranet = node.entry("extranet");
    if let (None, Some(extranet)) = (fire, extranet) {
        let what = "the policy invites to the extranet and never closes the employee account";
        let problem = Problem::error(what).at(extranet.place.clone()).part(&path);
        problems.push(problem.hint("add `fire: {days_after: 1}`"));
    }
    Policy {
        id: id.filter(|id| !id.is_empty()).unwrap_or_else(|| format!("policy-{}", at + 1)),
        when: node.get("when").map(|when| condition(when, &format!("{path}.when"), problems)),
        fire_days_after: fire.map(|fire| number(&fire.value, "days_after").unwrap_or(DAYS_AFTER)),
        fire_place: fire.map_or_else(|| node.place.clone(), |fire| fire.place.clone()),
        extranet: extranet.map(|entry| extranet_policy(entry, &format!("{path}.extranet"), problems)),
        place: node.place.clone(),
    }
}

fn extranet_policy(section: &Entry, path: &str, problems: &mut Vec<Problem>) -> ExtranetPolicy {
    let node = &section.value;
    let mut template =
        |key: &str| node.get(key).and_then(|node| plain_template(node, &format!("{path}.{key}"), problems));
    let (park, message) = (template("park"), template("message"));
    let address = address(node, path, problems);
    problems.extend(parking(section, &address, path));
    let groups = node.get("groups").map(Node::items).unwrap_or_default();
    ExtranetPolicy {
        groups: groups.iter().filter_map(|group| Some(group.text()?.trim().to_owned())).collect(),
        address,
        park,
        within: Some(number(node, "within").unwrap_or(WITHIN)),
        message,
        groups_place: place_of(section, "groups"),
        address_place: place_of(section, "address"),
        place: section.place.clone(),
    }
}

fn address(node: &Node, path: &str, problems: &mut Vec<Problem>) -> ExtranetAddress {
    let Some(value) = node.get("address") else { return ExtranetAddress::Keep };
    let path = format!("{path}.address");
    match value.text() {
        None | Some("keep") => ExtranetAddress::Keep,
        Some("personal") => ExtranetAddress::Personal,
        Some(text) if !text.contains('@') && !text.contains("{{") => {
            let what = format!("`{text}` is none of keep, personal, and no template of a whole address");
            problems.push(Problem::error(what).at(value.place.clone()).part(path));
            ExtranetAddress::Personal
        }
        Some(_) => plain_template(value, &path, problems)
            .map_or(ExtranetAddress::Personal, ExtranetAddress::Template),
    }
}

/// Says where a kept address lacks a place to park the old account's, or has one in vain.
fn parking(section: &Entry, address: &ExtranetAddress, path: &str) -> Option<Problem> {
    let park = section.value.entry("park");
    match (address, park) {
        (ExtranetAddress::Keep, None) => {
            let what = "`address: keep` needs `park`: two accounts cannot have one address";
            let problem = Problem::error(what).at(place_of(section, "address")).part(path);
            Some(problem.hint("add `park: \"{{person.personal_email}}\"`, or write `address: personal`"))
        }
        (ExtranetAddress::Personal | ExtranetAddress::Template(_), Some(park)) => {
            let what = "`park` does nothing where the old address is not kept";
            Some(Problem::warning(what).at(park.place.clone()).part(path))
        }
        _ => None,
    }
}

fn ids_stand_once(policies: &[Policy], problems: &mut Vec<Problem>) {
    let mut known: BTreeMap<&str, &Place> = BTreeMap::new();
    for policy in policies {
        if let Some(first) = known.get(policy.id.as_str()) {
            let problem = Problem::error(format!("two policies are called `{}`", policy.id));
            let problem = problem.at(policy.place.clone()).part("dismissals.policies");
            problems.push(problem.hint(format!("the first stands at {first}")));
        }
        known.entry(&policy.id).or_insert(&policy.place);
    }
}
