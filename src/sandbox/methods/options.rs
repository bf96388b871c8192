//! `app.option.*` and `user.option.*`: what an application keeps for itself and per user.

use serde_json::Value;

use super::{
    super::{
        Row,
        http::{Answer, Failure, Param, Success},
        state::table::Kind,
    },
    Call,
};

/// Options of the application itself stand under this number, those of users under theirs.
const APPLICATION: u64 = 0;

/// `app.option.get`.
pub fn app_get(call: &mut Call<'_>) -> Answer {
    get(call, APPLICATION)
}

/// `app.option.set`.
pub fn app_set(call: &mut Call<'_>) -> Answer {
    set(call, APPLICATION)
}

/// `user.option.get`.
pub fn user_get(call: &mut Call<'_>) -> Answer {
    get(call, call.caller.user)
}

/// `user.option.set`.
pub fn user_set(call: &mut Call<'_>) -> Answer {
    set(call, call.caller.user)
}

fn get(call: &Call<'_>, owner: u64) -> Answer {
    let kept = call.portal.options.get(owner);
    match call.params.any_case("option").and_then(Param::text).filter(|name| !name.is_empty()) {
        Some(name) => Success::of(kept.and_then(|row| row.get(&name)).cloned().unwrap_or_else(|| "".into())),
        None => Success::of(kept.map_or_else(|| Value::Array(Vec::new()), Row::to_value)),
    }
}

fn set(call: &mut Call<'_>, owner: u64) -> Answer {
    let options =
        call.params.any_case("options").and_then(Param::map).filter(|options| !options.0.is_empty());
    let options =
        options.ok_or_else(|| Failure::argument("Argument 'options' is null or empty", "options"))?;
    let mut row = call.portal.options.get(owner).cloned().unwrap_or_default();
    for (name, value) in &options.0 {
        row.set(name, value.to_value());
    }
    call.portal.put(Kind::Options, owner, row);
    Success::of(true)
}
