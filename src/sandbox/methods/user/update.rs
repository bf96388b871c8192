//! `user.update` (`reference` 4.7).

use super::{
    super::{
        super::{
            Row,
            http::{Answer, Failure, Success},
            state::{account, table::Kind},
        },
        Call,
        texts::{Text, say},
    },
    save,
};

/// `user.update`.
pub fn update(call: &mut Call<'_>) -> Answer {
    save::check_names(call, &[])?;
    let id = call.params.any_case("ID").and_then(super::super::super::http::Param::id);
    let Some(id) = id.filter(|id| call.caller.admin || *id == call.caller.user) else {
        return Err(Failure::core("access_denied"));
    };
    let state = save::asked_state(call)?.filter(|_| call.caller.admin);
    let Some(before) = call.portal.users.get(id).filter(|row| account::is_shown(row)).cloned() else {
        return Err(Failure::core(""));
    };
    let mut row = changed(call, &before)?;
    if let Some(active) = state {
        row.set("ACTIVE", active);
    }
    if let Err(refused) = save::check(call.portal, id, &row, Some(&before)) {
        return Err(Failure::core(format!("{}<br>", save::text(call.portal, refused))));
    }
    check_seat(call, &before, &row)?;
    note_guesses(call, &before, &row);
    save::stamp(&mut row);
    call.portal.put(Kind::User, id, row);
    Success::of(true)
}

/// The row with the fields of the call. Who changes only oneself keeps ACTIVE and UF_DEPARTMENT.
fn changed(call: &Call<'_>, before: &Row) -> Result<Row, Failure> {
    let mut row = before.clone();
    // LOGIN stays what it was when EMAIL moves.
    row.set("LOGIN", account::login(before).to_owned());
    if let Err(refused) = save::fill(call.portal, &mut row, call.params) {
        return Err(Failure::core(save::text(call.portal, refused)));
    }
    if !call.caller.admin {
        row.set("UF_DEPARTMENT", before.get("UF_DEPARTMENT").cloned().unwrap_or_default());
    }
    Ok(row)
}

fn check_seat(call: &mut Call<'_>, before: &Row, row: &Row) -> Result<(), Failure> {
    if account::takes_seat(before) || !account::takes_seat(row) || !save::is_full(call.portal) {
        return Ok(());
    }
    call.portal.unverified("a full portal refuses to reinstate an employee");
    Err(Failure::core(format!("{}<br>", say(call.portal, Text::NoSeat))))
}

/// Names what the reference does not know and this portal had to decide.
fn note_guesses(call: &mut Call<'_>, before: &Row, row: &Row) {
    let portal = &mut *call.portal;
    let moved = before.str("EMAIL") != row.str("EMAIL");
    if moved && portal.settings.preset.is_cloud() && !account::is_invited(before) {
        portal.unverified("a cloud portal keeps a new EMAIL of somebody who has come already");
    }
    if account::user_type(before) == "extranet" && account::user_type(row) == "employee" {
        portal.unverified("an extranet user with a department counts as an employee in every respect");
    }
    if account::departments(row).iter().any(|id| portal.departments.get(*id).is_none()) {
        portal.unverified("user.update takes a department that does not exist");
    }
    if account::is_active(before)
        && !account::is_active(row)
        && portal.is_admin(row.number("ID").unwrap_or(0))
    {
        portal.unverified("nothing guards administrators and owners against dismissal");
    }
}
