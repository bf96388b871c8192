//! `sonet_group.user.*`: who belongs to a group, and who is only invited (`reference` 6.1).

use serde_json::{Value, json};

use super::{
    super::{
        Row,
        http::{Answer, Failure, Param, Success},
        state::{Portal, account, table::Kind},
    },
    Call, group,
};

/// Everybody with a role, the owner first.
pub fn members(row: &Row) -> Vec<u64> {
    let mut all: Vec<u64> = row.number("OWNER_ID").into_iter().collect();
    for id in row.numbers("MODERATORS").into_iter().chain(row.numbers("MEMBERS")) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

/// Tells whether a user has a role in a group.
pub fn belongs(row: &Row, user: u64) -> bool {
    members(row).contains(&user)
}

fn is_related(row: &Row, user: u64) -> bool {
    belongs(row, user) || row.numbers("INVITED_MEMBERS").contains(&user)
}

/// The row with a user in one of its lists.
pub fn with_member(row: Row, list: &str, user: u64) -> Row {
    let mut ids = row.numbers(list);
    if !ids.contains(&user) {
        ids.push(user);
    }
    row.with(list, ids)
}

/// The row without a user in one of its lists.
pub fn without_member(row: Row, list: &str, user: u64) -> Row {
    let mut ids = row.numbers(list);
    ids.retain(|id| *id != user);
    row.with(list, ids)
}

/// A user's role: A owner, E moderator, K member.
pub fn role(row: &Row, user: u64) -> &'static str {
    if row.number("OWNER_ID") == Some(user) {
        "A"
    } else if row.numbers("MODERATORS").contains(&user) {
        "E"
    } else {
        "K"
    }
}

/// `sonet_group.user.get`: takes `ID`, shows active members, no pending ones.
pub fn get(call: &mut Call<'_>) -> Answer {
    let id =
        call.params.any_case("ID").and_then(Param::id).ok_or_else(|| Failure::new("", "Wrong group ID"))?;
    let row = call.portal.groups.get(id).ok_or_else(|| Failure::new("", "Socialnetwork group not found"))?;
    if !call.caller.admin && !group::is_visible(row) && !belongs(row, call.caller.user) {
        return Err(Failure::new("", "Socialnetwork group not found"));
    }
    let active = |id: &u64| call.portal.users.get(*id).is_none_or(account::is_active);
    let shown = members(row).into_iter().filter(active);
    Success::of(shown.map(|id| json!({"USER_ID": id.to_string(), "ROLE": role(row, id)})).collect::<Value>())
}

/// `sonet_group.user.add`: whoever has any relation is skipped in silence.
pub fn add(call: &mut Call<'_>) -> Answer {
    if !call.caller.admin {
        return Err(Failure::new("", "No permissions to add users"));
    }
    let (id, mut row) = group::named(call)?;
    let mut added = Vec::new();
    for user in users(call)? {
        let Some(account) = call.portal.users.get(user).filter(|account| account::is_shown(account)) else {
            continue;
        };
        if is_related(&row, user) {
            continue;
        }
        if account::user_type(account) == "extranet" {
            // The extranet site is attached to the group.
            row.set("IS_EXTRANET", "Y");
        }
        row = with_member(row, "MEMBERS", user);
        added.push(user.to_string());
    }
    if !added.is_empty() {
        call.portal.put(Kind::Group, id, row);
    }
    Success::of(added)
}

/// `sonet_group.user.invite`: answers whom it invited.
pub fn invite(call: &mut Call<'_>) -> Answer {
    let (id, mut row) = group::named(call)?;
    let users = users(call)?;
    if !call.caller.admin && !belongs(&row, call.caller.user) {
        return Success::of(Vec::<Value>::new());
    }
    let mut invited = Vec::new();
    for user in users {
        let known =
            call.portal.users.get(user).is_some_and(|row| account::is_shown(row) && account::is_active(row));
        if known && !is_related(&row, user) {
            row = with_member(row, "INVITED_MEMBERS", user);
            invited.push(user.to_string());
        }
    }
    if !invited.is_empty() {
        call.portal.put(Kind::Group, id, row);
    }
    Success::of(invited)
}

/// `sonet_group.user.request`: the caller asks to join.
pub fn request(call: &mut Call<'_>) -> Answer {
    let (id, row) = group::named(call)?;
    if !is_related(&row, call.caller.user) && row.flag("OPENED") {
        let row = with_member(row, "MEMBERS", call.caller.user);
        call.portal.put(Kind::Group, id, row);
    }
    Success::of(true)
}

/// `sonet_group.user.update`: changes roles of members.
pub fn update(call: &mut Call<'_>) -> Answer {
    if !call.caller.admin {
        return Err(Failure::new("", "No permissions to update users role"));
    }
    let (id, mut row) = group::named(call)?;
    let users = users(call)?;
    let wanted = call.params.any_case("ROLE").and_then(Param::text).unwrap_or_default().into_owned();
    if !matches!(wanted.as_str(), "E" | "K") {
        return Err(Failure::new("", "Incorrect role code"));
    }
    let mut changed = Vec::new();
    for user in users {
        if !belongs(&row, user) || role(&row, user) == "A" || role(&row, user) == wanted {
            continue;
        }
        row = with_member(row, "MEMBERS", user);
        row = if wanted == "E" {
            with_member(row, "MODERATORS", user)
        } else {
            without_member(row, "MODERATORS", user)
        };
        changed.push(user.to_string());
    }
    if !changed.is_empty() {
        call.portal.put(Kind::Group, id, row);
    }
    Success::of(changed)
}

/// `sonet_group.user.delete`: ends any relation but the owner's.
pub fn delete(call: &mut Call<'_>) -> Answer {
    if !call.caller.admin {
        return Err(Failure::new("", "No permissions to update users role"));
    }
    let (id, mut row) = group::named(call)?;
    let mut removed = Vec::new();
    for user in users(call)? {
        if !is_related(&row, user) || role(&row, user) == "A" {
            continue;
        }
        for list in ["MEMBERS", "MODERATORS", "INVITED_MEMBERS"] {
            row = without_member(row, list, user);
        }
        removed.push(user.to_string());
    }
    if !removed.is_empty() {
        call.portal.put(Kind::Group, id, row);
    }
    Success::of(removed)
}

/// `sonet_group.user.groups`: the caller's groups.
pub fn groups(call: &mut Call<'_>) -> Answer {
    let user = call.caller.user;
    let mine = call.portal.groups.iter().filter(|(_, row)| belongs(row, user));
    let shown = mine.map(|(id, row)| {
        json!({"GROUP_ID": id.to_string(), "GROUP_NAME": row.str("NAME"), "ROLE": role(row, user), "GROUP_IMAGE_ID": ""})
    });
    Success::of(shown.collect::<Value>())
}

fn users(call: &Call<'_>) -> Result<Vec<u64>, Failure> {
    let ids = call.params.any_case("USER_ID").map(Param::ids).unwrap_or_default();
    if ids.is_empty() { Err(Failure::new("", "Wrong user IDs")) } else { Ok(ids) }
}

/// Turns a person's pending invitations into memberships: the first login does it.
pub fn accept_all(portal: &mut Portal, user: u64) {
    let invited = |row: &Row| row.numbers("INVITED_MEMBERS").contains(&user);
    let groups: Vec<(u64, Row)> =
        portal.groups.iter().filter(|(_, row)| invited(row)).map(|(id, row)| (id, row.clone())).collect();
    for (id, row) in groups {
        let row = with_member(without_member(row, "INVITED_MEMBERS", user), "MEMBERS", user);
        portal.put(Kind::Group, id, row);
    }
}
