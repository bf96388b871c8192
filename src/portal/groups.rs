//! Workgroups with members and pending members.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    GroupChoice, PortalError, PortalFault,
    batch::{self, Command},
    rest::Rest,
    wire,
};
use crate::model::{GroupId, Row, fold};

/// The parameters of a page of groups. IS_ADMIN shows closed ones too.
pub(crate) fn page(start: u64) -> Value {
    json!({"ORDER": {"ID": "ASC"}, "IS_ADMIN": "Y", "start": start})
}

/// Keeps the groups that are asked for and reads who is in them.
pub(crate) async fn with_members(
    rest: &Rest,
    choice: &GroupChoice,
    rows: Vec<Row>,
) -> Result<Vec<Row>, PortalError> {
    let wanted = |row: &Row| match choice {
        GroupChoice::All => true,
        GroupChoice::Named(names) => is_named(&wire::text(row.get("NAME")), names),
    };
    let rows: Vec<Row> = rows.into_iter().filter(wanted).collect();
    let ids: Vec<u64> = rows.iter().filter_map(wire::id).collect();
    let commands: Vec<Command> = ids.iter().map(|id| members(*id)).collect();
    let replies = batch::run_all(rest, &commands).await?;
    let mut whole = Vec::with_capacity(rows.len());
    for (row, reply) in rows.into_iter().zip(replies) {
        match reply {
            Ok(answer) => whole.push(joined(row, &answer.result)?),
            // Deleted since the list was read.
            Err(PortalFault::Refused { code, .. }) if code.starts_with("SONET_CONTROLLER_WORKGROUP") => {}
            Err(fault) => return Err(PortalError::new(MEMBERS, fault)),
        }
    }
    Ok(whole)
}

/// Reads one group. None where there is no such group.
pub(crate) async fn one(rest: &Rest, id: GroupId) -> Result<Option<Row>, PortalError> {
    let list = json!({"FILTER": {"ID": id.0}, "IS_ADMIN": "Y"});
    let replies = batch::run_all(rest, &[Command::new("sonet_group.get", list), members(id.0)]).await?;
    let [listed, members] = replies.try_into().map_err(|_| broken("an answer is missing"))?;
    let listed = listed.map_err(|fault| PortalError::new("sonet_group.get", fault))?;
    let rows = wire::rows(&listed.result).ok_or_else(|| broken("not a list"))?;
    if rows.iter().any(|row| wire::id(row) != Some(id.0)) {
        return Err(broken("the filter by ID was ignored"));
    }
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let members = members.map_err(|fault| PortalError::new(MEMBERS, fault))?;
    joined(row, &members.result).map(Some)
}

const MEMBERS: &str = "socialnetwork.api.workgroup.get";

fn members(id: u64) -> Command {
    Command::new(MEMBERS, json!({"params": {"groupId": id}}))
}

/// Adds the lists of workgroup.get to a row of sonet_group.get, in the portal file's form.
fn joined(mut row: Row, group: &Value) -> Result<Row, PortalError> {
    if group.get("ID").and_then(wire::number) != wire::id(&row) {
        return Err(PortalError::new(
            MEMBERS,
            PortalFault::Broken { cause: "another group was answered".into() },
        ));
    }
    let mut members = wire::ids(group.get("MEMBERS"));
    for list in ["ORDINARY_MEMBERS", "MODERATOR_MEMBERS", "OWNER_ID"] {
        members.extend(wire::ids(group.get(list)));
    }
    members.sort_unstable();
    members.dedup();
    row.insert("MEMBERS".into(), json!(members));
    row.insert("MODERATORS".into(), json!(wire::ids(group.get("MODERATOR_MEMBERS"))));
    row.insert("INVITED_MEMBERS".into(), json!(wire::ids(group.get("INVITED_MEMBERS"))));
    Ok(row)
}

fn broken(cause: &str) -> PortalError {
    PortalError::new("sonet_group.get", PortalFault::Broken { cause: cause.into() })
}

/// Tells whether a group is among those that were asked for; case, ё/е and blanks do not matter.
fn is_named(name: &str, wanted: &BTreeSet<String>) -> bool {
    let name = fold(name);
    wanted.iter().any(|wanted| fold(wanted) == name)
}
