//! `sonet_group.*`: workgroups (`reference` 6.1).

use serde_json::{Map, Value};

use super::{
    super::{
        Row,
        http::{Answer, Failure, Param, Params, Success, clock},
        state::{Portal, table::Kind},
    },
    Call, group_members,
    listing::{Start, descending},
    user::{Operator, contains, like, split_key},
};

/// The site of the portal itself; every other site makes a group open to extranet users.
const OWN_SITE: &str = "s1";
/// Lists of people: shown by other methods.
const PEOPLE: &[&str] = &["MEMBERS", "MODERATORS", "INVITED_MEMBERS"];
const TEXTS: &[&str] = &[
    "NAME",
    "DESCRIPTION",
    "VISIBLE",
    "OPENED",
    "CLOSED",
    "INITIATE_PERMS",
    "SPAM_PERMS",
    "PROJECT",
    "SUBJECT_ID",
    "KEYWORDS",
    "LANDING",
    "PROJECT_DATE_START",
    "PROJECT_DATE_FINISH",
];

/// `sonet_group.get`.
pub fn get(call: &mut Call<'_>) -> Answer {
    let mut filter = call.params.map_or_empty("FILTER");
    if let Some(id) = call.params.any_case("GROUP_ID") {
        filter.0.insert("ID".to_owned(), id.clone());
    }
    let all = call.caller.admin
        && call.params.any_case("IS_ADMIN").is_some_and(|all| all.text().as_deref() == Some("Y"));
    let portal = &*call.portal;
    let user = call.caller.user;
    let seen = |row: &Row| all || is_visible(row) || group_members::belongs(row, user);
    let mut rows: Vec<(u64, &Row)> =
        portal.groups.iter().filter(|(_, row)| seen(row) && fits(row, &filter)).collect();
    sort(&mut rows, &call.params.map_or_empty("ORDER"));
    let start = Start::of(call.params);
    let (rows, total) = start.cut(rows);
    start.envelope(rows.into_iter().map(|(_, row)| shown(portal, row)).collect(), total)
}

/// Tells whether everybody sees a group.
pub fn is_visible(row: &Row) -> bool {
    row.get("VISIBLE").is_none() || row.flag("VISIBLE")
}

/// Tells whether a group fits a filter; unknown fields do not count.
pub fn fits(row: &Row, filter: &Params) -> bool {
    filter.0.iter().all(|(key, value)| {
        let (operator, field) = split_key(key);
        let have = text(row, field);
        let number = |text: &str| text.parse::<i64>().ok();
        let any = |fits: &dyn Fn(&str) -> bool| {
            value.items().into_iter().filter_map(Param::text).any(|text| fits(&text))
        };
        let order = |text: &str| match (number(&have), number(text)) {
            (Some(have), Some(text)) => have.cmp(&text),
            _ => have.as_str().cmp(text),
        };
        match operator {
            Operator::Equal => any(&|text| have == text),
            Operator::NotEqual => !any(&|text| have == text),
            Operator::Greater => any(&|text| order(text).is_gt()),
            Operator::NotLess => any(&|text| order(text).is_ge()),
            Operator::Less => any(&|text| order(text).is_lt()),
            Operator::NotGreater => any(&|text| order(text).is_le()),
            Operator::Contains => any(&|text| contains(&have, text)),
            Operator::ContainsNot => !any(&|text| contains(&have, text)),
            Operator::Like => any(&|text| like(&have, text)),
        }
    })
}

fn text(row: &Row, field: &str) -> String {
    let default = match field {
        "ACTIVE" | "VISIBLE" => "Y",
        "OPENED" | "CLOSED" | "PROJECT" | "IS_EXTRANET" => "N",
        _ => "",
    };
    row.text(field).unwrap_or_else(|| default.to_owned())
}

/// Orders groups by the first entry of `order`, or leaves them by id.
pub fn sort(rows: &mut [(u64, &Row)], order: &Params) {
    let Some((field, direction)) = order.0.iter().next() else { return };
    let field = field.to_uppercase();
    if field == "ID" {
        rows.sort_by_key(|(id, _)| *id);
    } else {
        rows.sort_by_key(|(_, row)| text(row, &field));
    }
    if descending(&direction.text().unwrap_or_default()) {
        rows.reverse();
    }
}

/// A group as sonet_group.get shows it: every scalar is a text.
fn shown(portal: &Portal, row: &Row) -> Value {
    let scalars = row.iter().filter(|(name, _)| !PEOPLE.contains(name));
    let mut map: Map<String, Value> =
        scalars.filter_map(|(name, _)| Some((name.to_owned(), Value::from(row.text(name)?)))).collect();
    for name in ["ACTIVE", "VISIBLE", "OPENED", "CLOSED", "PROJECT"] {
        map.insert(name.to_owned(), text(row, name).into());
    }
    map.entry("SITE_ID").or_insert_with(|| OWN_SITE.into());
    map.insert("NUMBER_OF_MEMBERS".to_owned(), group_members::members(row).len().to_string().into());
    if portal.settings.extranet {
        map.insert("IS_EXTRANET".to_owned(), text(row, "IS_EXTRANET").into());
    } else {
        map.remove("IS_EXTRANET");
    }
    Value::Object(map)
}

/// `sonet_group.create`.
pub fn create(call: &mut Call<'_>) -> Answer {
    let fields = wrapped(call.params);
    let name = fields.text("NAME").unwrap_or_default().into_owned();
    if name.is_empty() {
        return Err(Failure::new("", "Cannot create group"));
    }
    let is_employee = call
        .portal
        .users
        .get(call.caller.user)
        .is_some_and(|row| !super::super::state::account::departments(row).is_empty());
    if !call.caller.admin && !is_employee {
        return Err(Failure::new("", "You have no permissions to create a group"));
    }
    let owner = fields.id("OWNER_ID").filter(|_| call.caller.admin).unwrap_or(call.caller.user);
    let id = call.portal.next_id(Kind::Group);
    let now = clock::moment(clock::now());
    let mut row = Row::default()
        .with("ID", id.to_string())
        .with("SITE_ID", OWN_SITE)
        .with("DATE_CREATE", now.clone())
        .with("DATE_UPDATE", now)
        .with("ACTIVE", "Y")
        .with("OWNER_ID", owner.to_string())
        .with("IS_EXTRANET", "N")
        .with("MEMBERS", vec![owner]);
    for (name, default) in [("VISIBLE", "N"), ("OPENED", "N"), ("CLOSED", "N"), ("PROJECT", "N")] {
        row.set(name, default);
    }
    fill(&mut row, &fields);
    call.portal.put(Kind::Group, id, row);
    Success::of(id)
}

/// Some clients wrap the fields in `arFields`.
fn wrapped(params: &Params) -> Params {
    match params.any_case("arFields").and_then(Param::map) {
        Some(fields) => fields.into_owned(),
        None => params.clone(),
    }
}

fn fill(row: &mut Row, fields: &Params) {
    for name in TEXTS {
        if let Some(text) = fields.get(name).and_then(Param::text) {
            row.set(name, text.into_owned());
        }
    }
    if let Some(sites) = fields.get("SITE_ID") {
        let foreign = sites.items().into_iter().filter_map(Param::text).any(|site| site != OWN_SITE);
        row.set("IS_EXTRANET", if foreign { "Y" } else { "N" });
    }
}

/// `sonet_group.update`: answers the group's id.
pub fn update(call: &mut Call<'_>) -> Answer {
    let (id, mut row) = owned(call)?;
    fill(&mut row, call.params);
    row.set("DATE_UPDATE", clock::moment(clock::now()));
    call.portal.put(Kind::Group, id, row);
    Success::of(id)
}

/// `sonet_group.delete`.
pub fn delete(call: &mut Call<'_>) -> Answer {
    let (id, _) = owned(call)?;
    call.portal.remove(Kind::Group, id);
    Success::of(true)
}

/// `sonet_group.setowner`.
pub fn set_owner(call: &mut Call<'_>) -> Answer {
    let (id, row) = owned(call)?;
    let user =
        call.params.any_case("USER_ID").and_then(Param::id).filter(|id| call.portal.users.get(*id).is_some());
    let user = user.ok_or_else(|| Failure::new("", "Wrong user IDs"))?;
    let row = group_members::with_member(row, "MEMBERS", user).with("OWNER_ID", user.to_string());
    call.portal.put(Kind::Group, id, row);
    Success::of(true)
}

/// `sonet_group.feature.access`.
pub fn feature_access(call: &mut Call<'_>) -> Answer {
    let (_, row) = named(call)?;
    Success::of(call.caller.admin || group_members::belongs(&row, call.caller.user))
}

/// The group that GROUP_ID names.
pub fn named(call: &Call<'_>) -> Result<(u64, Row), Failure> {
    let id = call
        .params
        .any_case("GROUP_ID")
        .and_then(Param::id)
        .ok_or_else(|| Failure::new("", "Wrong group ID"))?;
    let row = call.portal.groups.get(id).cloned();
    row.map(|row| (id, row)).ok_or_else(|| Failure::new("", "Socialnetwork group not found"))
}

/// The group that GROUP_ID names, for its owner or an administrator.
fn owned(call: &Call<'_>) -> Result<(u64, Row), Failure> {
    let (id, row) = named(call)?;
    if call.caller.admin || row.number("OWNER_ID") == Some(call.caller.user) {
        return Ok((id, row));
    }
    Err(Failure::new("", "Socialnetwork group not found"))
}
