//! Methods without a scope: who am I, what may I, what time is it.

use serde_json::{Map, json};

use super::{
    super::{
        Preset,
        http::{Answer, Failure, Param, Success, answer::php_map, clock},
        state::access,
    },
    Call, table,
};

/// `profile`.
pub fn profile(call: &mut Call<'_>) -> Answer {
    let row = call.portal.users.get(call.caller.user);
    let text = |name: &str| row.map(|row| row.str(name).to_owned()).unwrap_or_default();
    Success::of(json!({
        "ID": call.caller.user.to_string(),
        "ADMIN": call.caller.admin,
        "NAME": text("NAME"),
        "LAST_NAME": text("LAST_NAME"),
        "PERSONAL_GENDER": text("PERSONAL_GENDER"),
        "TIME_ZONE": text("TIME_ZONE"),
    }))
}

/// `scope`; with `full` all scopes of the portal.
pub fn scope(call: &mut Call<'_>) -> Answer {
    let full = call
        .params
        .any_case("full")
        .is_some_and(|full| full.truthy() && full.text().as_deref() != Some("false"));
    Success::of(if full { table::all_scopes() } else { table::scopes(call.portal) })
}

/// `method.get`.
pub fn method_get(call: &mut Call<'_>) -> Answer {
    let name = call.params.any_case("name").and_then(Param::text).unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let method = table::find(&name);
    let exists = method.is_some() || name == "batch";
    let available = exists && method.is_none_or(|method| table::is_granted(call.portal, method));
    Success::of(json!({"isExisting": exists, "isAvailable": available}))
}

/// `methods`.
pub fn methods(_: &mut Call<'_>) -> Answer {
    Success::of(table::names())
}

/// `server.time`, to the microsecond: the vendor's own test compares it with its clock.
pub fn server_time(_: &mut Call<'_>) -> Answer {
    Success::of(clock::precise(clock::now()))
}

/// `app.info`: a webhook gets the licence and its scopes alone.
pub fn app_info(call: &mut Call<'_>) -> Answer {
    let family = if call.portal.settings.preset == Preset::CloudEnterprise { "ent" } else { "basic" };
    let licence = format!("ru_{family}");
    if !call.caller.app {
        return Success::of(json!({"LICENSE": licence, "SCOPE": table::scopes(call.portal)}));
    }
    Success::of(json!({
        "ID": 1,
        "CODE": access::application(call.portal).0,
        "VERSION": 1,
        "STATUS": "L",
        "INSTALLED": true,
        "PAYMENT_EXPIRED": "N",
        "DAYS": null,
        "LANGUAGE_ID": if call.portal.settings.russian { "ru" } else { "en" },
        "LICENSE": licence,
        "LICENSE_TYPE": family,
        "LICENSE_FAMILY": family,
    }))
}

/// `user.admin`.
pub fn user_admin(call: &mut Call<'_>) -> Answer {
    Success::of(call.caller.admin)
}

/// `user.access`: whether the caller has one of these access codes.
pub fn user_access(call: &mut Call<'_>) -> Answer {
    let codes = call.params.any_case("access").map(Param::items).unwrap_or_default();
    if codes.is_empty() {
        return Err(Failure::argument("Argument 'ACCESS' is null or empty", "ACCESS"));
    }
    let own = format!("U{}", call.caller.user);
    let admin = call.caller.admin;
    let has = |code: &str| matches!(code, "AU" | "G2") || code == own || (code == "G1" && admin);
    Success::of(codes.into_iter().filter_map(Param::text).any(|code| has(&code)))
}

/// `access.name`: what access codes mean.
pub fn access_name(call: &mut Call<'_>) -> Answer {
    let codes = call.params.any_case("access").map(Param::items).unwrap_or_default();
    let mut names = Map::new();
    for code in codes.into_iter().filter_map(Param::text) {
        let name = match &*code {
            "AU" => "All authorized users",
            "G1" => "Administrators",
            "G2" => "All users",
            _ => continue,
        };
        names.insert(code.into_owned(), json!({"provider": "", "name": name, "provider_id": ""}));
    }
    Success::of(php_map(names))
}

/// The authorization server's own `app.info`.
pub fn oauth_app_info(call: &mut Call<'_>) -> Answer {
    let base = &call.portal.settings.base;
    let scope = table::scopes(call.portal).join(",");
    Success::of(json!({
        "client_id": access::application(call.portal).0,
        "scope": scope,
        "expires": clock::moment(clock::now() + jiff::SignedDuration::from_hours(1)),
        "user_id": call.caller.user,
        "install": {
            "installed": true,
            "version": "1",
            "status": "L",
            "scope": scope,
            "domain": base.trim_start_matches("http://"),
            "uri": base,
            "client_endpoint": format!("{base}/rest/"),
            "member_id": access::member_id(call.portal),
            "member_type": "cloud",
        },
    }))
}
