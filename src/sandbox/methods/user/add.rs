//! `user.add`: checks in the portal's order, and an account that may stay behind a refusal
//! (`reference` 4.5).

use serde_json::json;

use super::{
    super::{
        super::{
            Row,
            http::{Answer, Failure, Param, Success, clock},
            state::table::Kind,
        },
        Call, group_members,
        texts::{Text, say},
    },
    save,
};

/// Names that are no fields of the user.
const OWN: &[&str] = &["EXTRANET", "SONET_GROUP_ID", "MESSAGE_TEXT"];

/// `user.add`.
pub fn add(call: &mut Call<'_>) -> Answer {
    save::check_names(call, OWN)?;
    let extranet = before_registration(call)?;
    let active = save::asked_state(call)?.unwrap_or(true);
    let row = register(call, extranet, active)?;
    let id = call.portal.next_id(Kind::User);
    call.portal.put(Kind::User, id, row.clone().with("ID", id.to_string()));
    // From here on the account exists, whatever is answered.
    save_the_rest(call, id, extranet)?;
    send_invitation(call, id, extranet);
    if extranet {
        join_groups(call, id)?;
    }
    Success::of(id)
}

/// Checks 1 to 6; tells whether an extranet user is wanted.
fn before_registration(call: &Call<'_>) -> Result<bool, Failure> {
    let Call { portal, caller, params, .. } = call;
    if !caller.admin {
        return Err(Failure::core("access_denied"));
    }
    let extranet = portal.settings.extranet && params.text("EXTRANET").as_deref() == Some("Y");
    if extranet && !params.get("SONET_GROUP_ID").is_some_and(Param::truthy) {
        return Err(Failure::argument("no_sonet_group_for_extranet", ""));
    }
    let typed =
        |name: &str| (name.contains("WORK_") || name.contains("PERSONAL_")) && name != "PERSONAL_PHOTO";
    let wrong = params.0.iter().find(|(name, value)| typed(name) && !matches!(value, Param::Text(_)));
    if let Some((name, _)) = wrong {
        return Err(Failure::argument("invalid_type_field", name));
    }
    let email = params.text("EMAIL").unwrap_or_default();
    if !save::is_address(email.trim()) {
        return Err(Failure::argument("wrong_email", ""));
    }
    if !extranet && save::is_full(portal) {
        return Err(Failure::argument("user_count_exceeded", ""));
    }
    let has_department = params.get("UF_DEPARTMENT").is_some_and(|value| !value.ids().is_empty());
    if portal.settings.extranet && !has_department && !extranet {
        return Err(Failure::argument("no_extranet_field", ""));
    }
    Ok(extranet)
}

/// Check 7: the row that registration makes of a handful of fields.
fn register(call: &mut Call<'_>, extranet: bool, active: bool) -> Result<Row, Failure> {
    let email = call.params.text("EMAIL").unwrap_or_default().trim().to_owned();
    let portal = &*call.portal;
    let mut texts = Vec::new();
    let taken = !portal.users.with_login(&email).is_empty()
        || (portal.settings.preset.is_cloud() && !portal.users.with_email(&email).is_empty());
    if taken {
        texts.push(say(portal, Text::EmailTaken));
    }
    // Registration forwards no custom field, so a mandatory one is always missing.
    if save::mandatory(portal).next().is_some() {
        texts.push(say(portal, Text::FieldMissing));
    }
    if !texts.is_empty() {
        return Err(Failure::argument(format!("{}\n", texts.join("\n")), ""));
    }
    let departments =
        call.params.get("UF_DEPARTMENT").filter(|_| !extranet).map(Param::ids).unwrap_or_default();
    if departments.iter().any(|id| call.portal.departments.get(*id).is_none()) {
        call.portal.unverified("user.add takes a department that does not exist");
    }
    let mut row = Row::default()
        .with("ACTIVE", active)
        .with("EMAIL", email.clone())
        .with("LOGIN", email)
        .with("INVITED", true)
        .with("DATE_REGISTER", clock::day(clock::now()))
        .with("UF_DEPARTMENT", departments);
    for name in ["NAME", "LAST_NAME", "XML_ID"] {
        if let Some(text) = call.params.get(name).and_then(Param::text) {
            row.set(name, text.into_owned());
        }
    }
    Ok(row)
}

/// Error 8: the second save. The account stays, without an invitation.
fn save_the_rest(call: &mut Call<'_>, id: u64, extranet: bool) -> Result<(), Failure> {
    let Some(before) = call.portal.users.get(id).cloned() else { return Ok(()) };
    let mut row = before.clone();
    let filled = save::fill(call.portal, &mut row, call.params);
    if extranet {
        row.set("UF_DEPARTMENT", json!([]));
    }
    let checked = filled.and_then(|()| save::check(call.portal, id, &row, Some(&before)));
    if let Err(refused) = checked {
        return Err(Failure::core(save::text(call.portal, refused)));
    }
    save::stamp(&mut row);
    call.portal.put(Kind::User, id, row);
    Ok(())
}

/// The mail goes out right after the save, to dismissed accounts too.
fn send_invitation(call: &mut Call<'_>, id: u64, extranet: bool) {
    let text = call.params.text("MESSAGE_TEXT").map(|text| escape(&text));
    let message = text.unwrap_or_else(|| say(call.portal, Text::Invitation).to_owned());
    let email = call.portal.users.get(id).map(|row| row.str("EMAIL").to_owned()).unwrap_or_default();
    let row = Row::default()
        .with("at", clock::moment(clock::now()))
        .with("email", email)
        .with("user", id)
        .with("extranet", extranet)
        .with("message", message);
    let number = call.portal.next_id(Kind::Mail);
    call.portal.put(Kind::Mail, number, row);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Error 9: groups are tried in order, the first that fails ends it. The account stays, invited.
fn join_groups(call: &mut Call<'_>, user: u64) -> Result<(), Failure> {
    let groups: Vec<Param> = call
        .params
        .get("SONET_GROUP_ID")
        .map(|value| value.items().into_iter().cloned().collect())
        .unwrap_or_default();
    for group in groups {
        let Some(id) = group.id() else {
            return Err(Failure::new("ERROR_GROUPID", say(call.portal, Text::WrongGroup)));
        };
        let Some(row) = call.portal.groups.get(id).cloned() else {
            return Err(Failure::new("ERROR_NO_GROUP", say(call.portal, Text::NoGroup)));
        };
        if row.flag("CLOSED") {
            call.portal.unverified("nobody may be invited to a closed group");
            return Err(Failure::new("ERROR_NO_PERMS", say(call.portal, Text::NoGroupRights)));
        }
        let row = group_members::with_member(row, "INVITED_MEMBERS", user);
        call.portal.put(Kind::Group, id, row);
    }
    Ok(())
}
