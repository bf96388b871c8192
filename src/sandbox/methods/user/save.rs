//! Saving fields of a user, as add and update share it.

use serde_json::Value;

use super::{
    super::{
        super::{
            Row,
            http::{Failure, Param, Params, clock},
            state::Portal,
        },
        Call,
        texts::{Text, say},
    },
    fields::{self, Holds, holds},
};

/// Why a row cannot be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub Text);

/// Puts the fields that a call names into a row. Unknown names are ignored in silence.
///
/// # Errors
/// Where a date is none.
pub fn fill(portal: &Portal, row: &mut Row, params: &Params) -> Result<(), Refused> {
    for (name, value) in &params.0 {
        if fields::is_saved(portal, name)
            && !matches!(name.as_str(), "ACTIVE" | "PERSONAL_PHOTO" | "WORK_LOGO")
        {
            row.set(name, converted(name, value)?);
        }
    }
    Ok(())
}

fn converted(name: &str, value: &Param) -> Result<Value, Refused> {
    let text = || value.text().unwrap_or_default().into_owned();
    Ok(match name {
        "UF_DEPARTMENT" => value.ids().into(),
        "EMAIL" => text().trim().into(),
        "PERSONAL_GENDER" => if matches!(&*text(), "M" | "F") { text() } else { String::new() }.into(),
        _ if holds(name) == Holds::Day => day(&text())?.into(),
        _ => match value {
            Param::List(_) | Param::Map(_) => value
                .items()
                .into_iter()
                .filter_map(Param::text)
                .map(|text| Value::from(text.into_owned()))
                .collect(),
            scalar => scalar.text().unwrap_or_default().into_owned().into(),
        },
    })
}

/// A day as it is kept: `1990-05-01`, or nothing.
fn day(text: &str) -> Result<String, Refused> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let day = text.get(..10).filter(|_| text.len() == 10 || text.as_bytes()[10] == b'T');
    let day = day.and_then(|day| day.parse::<jiff::civil::Date>().ok()).ok_or(Refused(Text::WrongDate))?;
    Ok(day.to_string())
}

/// Checks what every saving of a user checks: the address, its uniqueness where the portal keeps
/// it, custom fields that must be filled. `before` is the row as it was.
///
/// # Errors
/// The first check that fails.
pub fn check(portal: &Portal, id: u64, row: &Row, before: Option<&Row>) -> Result<(), Refused> {
    let email = row.str("EMAIL");
    let changed = before.is_none_or(|before| !before.str("EMAIL").eq_ignore_ascii_case(email));
    if changed {
        if !is_address(email) {
            return Err(Refused(Text::WrongEmail));
        }
        if portal.settings.preset.is_cloud()
            && portal.users.with_email(email).iter().any(|other| *other != id)
        {
            return Err(Refused(Text::EmailTaken));
        }
    }
    let emptied = |name: &str| {
        row.get(name).is_some_and(is_empty) && before.is_some_and(|before| before.get(name) != row.get(name))
    };
    if mandatory(portal).any(|name| emptied(&name)) {
        return Err(Refused(Text::FieldMissing));
    }
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Names of custom fields that must be filled.
pub fn mandatory(portal: &Portal) -> impl Iterator<Item = String> {
    portal
        .userfields
        .iter()
        .filter(|(_, row)| row.flag("MANDATORY"))
        .map(|(_, row)| row.str("FIELD_NAME").to_owned())
}

/// Tells whether a text is an address as the portal's `check_email` sees it.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_good = |c: char| c.is_ascii_alphanumeric() || "=_.+~'!$&*^`|#%/?{}-".contains(c);
    let labels: Vec<&str> = domain.split('.').collect();
    let label_good = |label: &&str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let zone = labels.last().copied().unwrap_or("");
    (1..=64).contains(&local.len())
        && text.len() <= 255
        && local.chars().all(local_good)
        && labels.len() >= 2
        && labels.iter().all(label_good)
        && (2..=20).contains(&zone.len())
}

/// Refuses in strict mode what the portal would ignore in silence.
///
/// # Errors
/// The first unknown name.
pub fn check_names(call: &Call<'_>, others: &[&str]) -> Result<(), Failure> {
    if !call.portal.settings.strict {
        return Ok(());
    }
    let own = ["ID", "auth", "access_token", "start"];
    let known = |name: &str| {
        fields::is_saved(call.portal, name)
            || others.contains(&name)
            || own.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    match call.params.0.keys().find(|name| looks_like_field(name) && !known(name)) {
        Some(name) => {
            Err(Failure::strict(format!("the field `{name}` is unknown; the portal would ignore it")))
        }
        None => Ok(()),
    }
}

/// Clients add parameters of their own; fields are in capitals.
fn looks_like_field(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Remembers that a row changed now.
pub fn stamp(row: &mut Row) {
    row.set("TIMESTAMP_X", clock::moment(clock::now()));
}

/// Says why a row was refused.
pub fn text(portal: &Portal, refused: Refused) -> String {
    say(portal, refused.0).to_owned()
}

/// What `ACTIVE` sets: `N`, false and the like dismiss, every other truthy value activates, the
/// text `false` too.
///
/// # Errors
/// The text `false` in strict mode.
pub fn asked_state(call: &Call<'_>) -> Result<Option<bool>, Failure> {
    let Some(value) = call.params.get("ACTIVE").filter(|value| **value != Param::Null) else {
        return Ok(None);
    };
    if call.portal.settings.strict && matches!(value, Param::Text(text) if text.eq_ignore_ascii_case("false"))
    {
        return Err(Failure::strict("the text `false` means active; send `N`"));
    }
    Ok(Some(super::filter::asks_active(value)))
}

/// Tells whether another active employee finds no seat.
pub fn is_full(portal: &Portal) -> bool {
    portal.settings.preset.is_cloud()
        && portal.settings.seats.is_some_and(|seats| portal.users.seated() >= seats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_portal() {
        for good in ["a@b.example", "o.orlova+x@mail.b.example", "a_b-c@b-c.ru"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.example",
            "a b@c.example",
            "я@b.example",
            "a@b..example",
            "a@b.example, c@d.example",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn days_are_kept_as_days() {
        assert_eq!(day("1990-05-01"), Ok("1990-05-01".to_owned()));
        assert_eq!(day("1990-05-01T00:00:00+03:00"), Ok("1990-05-01".to_owned()));
        assert_eq!(day(""), Ok(String::new()));
        for bad in ["01.05.1990", "1990-02-31", "yesterday", "1990-05-01x"] {
            assert_eq!(day(bad), Err(Refused(Text::WrongDate)), "{bad}");
        }
    }
}
