//! `socialnetwork.api.workgroup.*` (`reference` 6.1, 6.2).

use serde_json::{Map, Value, json};

use super::{
    super::{
        Row,
        http::Success,
        http::{Answer, Failure, Param},
    },
    Call, group, group_members,
    listing::Start,
};

/// `socialnetwork.api.workgroup.list`: camelCase keys, text ids, ID alone unless more is selected.
pub fn list(call: &mut Call<'_>) -> Answer {
    let params = call.params;
    let all = call.caller.admin
        && params
            .map_or_empty("params")
            .any_case("IS_ADMIN")
            .is_some_and(|all| all.text().as_deref() == Some("Y"));
    let user = call.caller.user;
    let filter = params.map_or_empty("filter");
    let seen =
        |row: &Row| all || call.caller.admin || group::is_visible(row) || group_members::belongs(row, user);
    let mut rows: Vec<(u64, &Row)> =
        call.portal.groups.iter().filter(|(_, row)| seen(row) && group::fits(row, &filter)).collect();
    group::sort(&mut rows, &params.map_or_empty("order"));
    let select = selected(params.any_case("select"));
    let start = Start::of(params);
    let (rows, total) = start.cut(rows);
    let shown: Vec<Value> = rows.into_iter().map(|(id, row)| listed(id, row, &select)).collect();
    start.wrap(shown.len(), json!({"workgroups": shown}), total)
}

fn selected(select: Option<&Param>) -> Vec<String> {
    let names = select.map(Param::items).unwrap_or_default();
    let mut names: Vec<String> =
        names.into_iter().filter_map(Param::text).map(|name| name.to_uppercase()).collect();
    if names.is_empty() || !names.iter().any(|name| name == "ID" || name == "*") {
        names.push("ID".to_owned());
    }
    names
}

fn listed(id: u64, row: &Row, select: &[String]) -> Value {
    let mut map = Map::new();
    let all = select.iter().any(|name| name == "*");
    let hidden = ["IS_EXTRANET", "MEMBERS", "MODERATORS", "INVITED_MEMBERS"];
    for (name, _) in row.iter().filter(|(name, _)| !hidden.contains(name)) {
        if all || select.iter().any(|wanted| wanted == name) {
            map.extend(row.text(name).map(|text| (camel(name), Value::from(text))));
        }
    }
    map.insert("id".to_owned(), id.to_string().into());
    if all || select.iter().any(|name| name == "TYPE") {
        map.insert("type".to_owned(), kind(row).into());
    }
    Value::Object(map)
}

fn kind(row: &Row) -> &str {
    match row.str("TYPE") {
        "" if row.flag("PROJECT") => "project",
        "" => "group",
        kind => kind,
    }
}

/// `OWNER_ID` → `ownerId`.
fn camel(name: &str) -> String {
    let mut words = name.split('_').map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    let rest = words.map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|letter| letter.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    });
    std::iter::once(first).chain(rest).collect()
}

/// `socialnetwork.api.workgroup.get`: the only list of pending members.
pub fn get(call: &mut Call<'_>) -> Answer {
    let given = call.params.map_or_empty("params");
    let id = given.any_case("groupId").or_else(|| call.params.any_case("groupId")).and_then(Param::id);
    let id = id.ok_or_else(|| Failure::new("SONET_CONTROLLER_WORKGROUP_EMPTY", "Workgroup ID is empty"))?;
    let seen = |row: &&Row| {
        call.caller.admin || group::is_visible(row) || group_members::belongs(row, call.caller.user)
    };
    let row = call.portal.groups.get(id).filter(seen);
    let row =
        row.ok_or_else(|| Failure::new("SONET_CONTROLLER_WORKGROUP_NOT_FOUND", "Workgroup not found"))?;
    let hidden = ["IS_EXTRANET", "MEMBERS", "MODERATORS", "INVITED_MEMBERS"];
    let scalars = row.iter().filter(|(name, _)| !hidden.contains(name));
    let mut map: Map<String, Value> =
        scalars.filter_map(|(name, _)| Some((name.to_owned(), Value::from(row.text(name)?)))).collect();
    let members = group_members::members(row);
    let owner = row.number("OWNER_ID");
    let moderators = row.numbers("MODERATORS");
    let ordinary: Vec<u64> =
        members.iter().copied().filter(|id| Some(*id) != owner && !moderators.contains(id)).collect();
    let sites = if row.flag("IS_EXTRANET") { json!(["s1", "ex"]) } else { json!(["s1"]) };
    let computed = json!({
        "ID": id,
        "OWNER_ID": owner,
        "TYPE": kind(row),
        "SITE_IDS": sites,
        "NUMBER_OF_MEMBERS": members.len(),
        "MEMBERS": members,
        "ORDINARY_MEMBERS": ordinary,
        "MODERATOR_MEMBERS": moderators,
        "INVITED_MEMBERS": row.numbers("INVITED_MEMBERS"),
    });
    map.extend(computed.as_object().cloned().unwrap_or_default());
    Success::of(Value::Object(map))
}
