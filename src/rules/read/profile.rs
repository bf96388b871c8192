//! Sections `matching`, `profile`, `hires` and `documents`.

use std::collections::BTreeMap;

use super::{
    basics::{number, place_of, plain_template, word},
    condition,
};
use crate::{
    model::{Problem, nearest},
    rules::{
        Adopt, Documents, Empty, FieldRule, FieldWhen, Hires, Matching, Profile, Returning,
        yaml::{Entry, Kind, Node},
    },
};

/// Fields that other sections or the portal itself decide.
const NOT_OURS: &[(&str, &str)] = &[
    ("ID", "the portal gives it"),
    ("XML_ID", "`matching.key` decides it"),
    ("EMAIL", "the section `email` decides it"),
    ("LOGIN", "the portal gives it"),
    ("ACTIVE", "the sections `hires` and `dismissals` decide it"),
    ("UF_DEPARTMENT", "the section `departments` decides it"),
    ("USER_TYPE", "the portal computes it"),
    ("PASSWORD", "nobody sets a password but its owner"),
];

/// Writable fields of `user.update` (Bitrix24 REST, `user.fields`).
const FIELDS: &[&str] = &[
    "NAME",
    "LAST_NAME",
    "SECOND_NAME",
    "TITLE",
    "TIME_ZONE",
    "PERSONAL_GENDER",
    "PERSONAL_PROFESSION",
    "PERSONAL_WWW",
    "PERSONAL_BIRTHDAY",
    "PERSONAL_ICQ",
    "PERSONAL_PHONE",
    "PERSONAL_FAX",
    "PERSONAL_MOBILE",
    "PERSONAL_PAGER",
    "PERSONAL_STREET",
    "PERSONAL_CITY",
    "PERSONAL_STATE",
    "PERSONAL_ZIP",
    "PERSONAL_COUNTRY",
    "PERSONAL_MAILBOX",
    "PERSONAL_NOTES",
    "WORK_PHONE",
    "WORK_COMPANY",
    "WORK_POSITION",
    "WORK_DEPARTMENT",
    "WORK_WWW",
    "WORK_FAX",
    "WORK_PAGER",
    "WORK_STREET",
    "WORK_MAILBOX",
    "WORK_CITY",
    "WORK_STATE",
    "WORK_ZIP",
    "WORK_COUNTRY",
    "WORK_PROFILE",
    "WORK_NOTES",
    "UF_INTERESTS",
    "UF_SKILLS",
    "UF_WEB_SITES",
    "UF_XING",
    "UF_LINKEDIN",
    "UF_FACEBOOK",
    "UF_TWITTER",
    "UF_SKYPE",
    "UF_SKYPE_LINK",
    "UF_ZOOM",
    "UF_DISTRICT",
    "UF_PHONE_INNER",
    "UF_EMPLOYMENT_DATE",
    "UF_TIMEMAN",
];

pub(super) fn matching(section: &Entry, problems: &mut Vec<Problem>) -> Option<Matching> {
    let node = &section.value;
    let key = plain_template(node.get("key")?, "matching.key", problems)?;
    if !key.varies() {
        let problem = Problem::error("the key is the same for everybody").at(key.place.clone());
        problems.push(problem.part("matching.key").hint("write it like \"1c:{{person.id}}\""));
    }
    let kinds = node.get("adopt").map(Node::items).unwrap_or_default();
    let adopt = kinds.iter().filter_map(|kind| match kind.text()? {
        "email" => Some(Adopt::Email),
        "name_and_birthday" => Some(Adopt::NameAndBirthday),
        _ => None,
    });
    Some(Matching {
        key,
        adopt: adopt.collect(),
        adopt_place: place_of(section, "adopt"),
        place: section.place.clone(),
    })
}

pub(super) fn profile(section: &Entry, problems: &mut Vec<Problem>) -> Profile {
    let node = &section.value;
    let entries = node.get("fields").map(Node::entries).unwrap_or_default();
    let fields: BTreeMap<_, _> =
        entries.iter().filter_map(|entry| Some((entry.key.clone(), field(entry, problems)?))).collect();
    Profile {
        fields,
        empty: word(node, "empty", &[("clear", Empty::Clear)], Empty::Keep),
        place: section.place.clone(),
    }
}

fn field(entry: &Entry, problems: &mut Vec<Problem>) -> Option<FieldRule> {
    let path = format!("profile.fields.{}", entry.key);
    problems
        .extend(field_name(&entry.key).map(|problem| problem.at(entry.place.clone()).part("profile.fields")));
    let (value, when) = match &entry.value.kind {
        Kind::Map(_) => {
            let when = word(&entry.value, "when", &[("create", FieldWhen::Create)], FieldWhen::Always);
            (entry.value.get("value")?, when)
        }
        _ => (&entry.value, FieldWhen::Always),
    };
    Some(FieldRule { value: plain_template(value, &path, problems)?, when, place: entry.place.clone() })
}

/// Finds out what is wrong with a field's name. Fields of a portal's own begin with `UF_`.
fn field_name(name: &str) -> Option<Problem> {
    if let Some((_, why)) = NOT_OURS.iter().find(|(field, _)| *field == name) {
        return Some(Problem::error(format!("`{name}` cannot be a profile field: {why}")));
    }
    if FIELDS.contains(&name) || name.starts_with("UF_") {
        return None;
    }
    let problem = Problem::error(format!("the portal has no user field `{name}`"));
    Some(match nearest(name, FIELDS.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint("fields of your own begin with `UF_`"),
    })
}

pub(super) fn hires(section: &Entry, problems: &mut Vec<Problem>) -> Hires {
    let node = &section.value;
    Hires {
        when: node.get("when").map(|when| condition(when, "hires.when", problems)),
        days_before: number(node, "days_before").unwrap_or(0),
        returning: word(node, "returning", &[("reinstate", Returning::Reinstate)], Returning::Hold),
        message: node.get("message").and_then(|node| plain_template(node, "hires.message", problems)),
        when_place: place_of(section, "when"),
        returning_place: place_of(section, "returning"),
        place: section.place.clone(),
    }
}

pub(super) fn documents(section: &Entry) -> Option<Documents> {
    let company = section.value.get("company").and_then(Node::text)?.trim().to_owned();
    Some(Documents { company, place: section.place.clone() })
}
