//! `user.userfield.*`: custom fields of users, for administrators (`reference` 4.8).

use serde_json::{Value, json};

use super::{
    super::{
        Row,
        http::{Answer, Failure, Param, Params, Success, answer::php_map},
        state::table::Kind,
    },
    Call,
    listing::{Start, descending},
    user::{contains, like},
};

const TYPES: &[&str] = &[
    "string",
    "integer",
    "double",
    "date",
    "datetime",
    "boolean",
    "file",
    "enumeration",
    "url",
    "address",
    "money",
    "iblock_section",
    "iblock_element",
    "employee",
    "crm",
    "crm_status",
];
const PREFIX: &str = "UF_USR_";
/// Keys that are fixed once the field exists.
const FIXED: &[&str] = &["ID", "ENTITY_ID", "FIELD_NAME", "USER_TYPE_ID", "MULTIPLE"];

/// `user.userfield.add`.
pub fn add(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let fields = call.params.map_or_empty("fields");
    let kind = fields.text("USER_TYPE_ID").unwrap_or_default().into_owned();
    if kind.is_empty() {
        return Err(Failure::argument("Argument 'USER_TYPE_ID' is null or empty", "USER_TYPE_ID"));
    }
    if !TYPES.contains(&kind.as_str()) {
        return Err(Failure::core(format!("The user field type '{kind}' is not found.")));
    }
    let name = fields.text("FIELD_NAME").unwrap_or_default().to_uppercase();
    if name.is_empty() {
        return Err(Failure::new("", "The 'FIELD_NAME' field is not found."));
    }
    let name = if name.starts_with(PREFIX) { name } else { format!("{PREFIX}{name}") };
    if call.portal.userfields.iter().any(|(_, row)| row.str("FIELD_NAME") == name) {
        return Err(Failure::core(format!("Field {name} for USER object already exists")));
    }
    let id = call.portal.next_id(Kind::Userfield);
    let mut row = Row::default()
        .with("ENTITY_ID", "USER")
        .with("USER_TYPE_ID", kind)
        .with("SORT", "100")
        .with("SETTINGS", json!([]));
    for flag in ["MULTIPLE", "MANDATORY", "IS_SEARCHABLE"] {
        row.set(flag, "N");
    }
    for flag in ["SHOW_IN_LIST", "EDIT_IN_LIST"] {
        row.set(flag, "Y");
    }
    row.set("SHOW_FILTER", "N");
    fill(&mut row, &fields, &[]);
    row.set("FIELD_NAME", name);
    row.set("ID", id.to_string());
    call.portal.put(Kind::Userfield, id, row);
    Success::of(id)
}

fn fill(row: &mut Row, fields: &Params, fixed: &[&str]) {
    for (name, value) in fields.0.iter().filter(|(name, _)| !fixed.contains(&name.as_str())) {
        let kept = match value {
            Param::Map(map) => php_map(map.to_value().as_object().cloned().unwrap_or_default()),
            Param::List(_) => value.to_value(),
            scalar => scalar.text().map_or(Value::Null, |text| text.into_owned().into()),
        };
        row.set(name, kept);
    }
}

/// `user.userfield.list`.
pub fn list(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let filter = call.params.map_or_empty("filter");
    let order = call.params.map_or_empty("order");
    let mut rows: Vec<&Row> =
        call.portal.userfields.iter().map(|(_, row)| row).filter(|row| fits(row, &filter)).collect();
    if let Some((name, direction)) = order.0.iter().next() {
        let name = name.to_uppercase();
        rows.sort_by_key(|row| (row.number(&name), row.text(&name)));
        if descending(&direction.text().unwrap_or_default()) {
            rows.reverse();
        }
    }
    let start = Start::of(call.params);
    let (rows, total) = start.cut(rows);
    start.envelope(rows.into_iter().map(shown).collect(), total)
}

/// A row of the list: an unset XML_ID is null.
fn shown(row: &Row) -> Value {
    let mut value = row.to_value();
    if let Some(map) = value.as_object_mut() {
        map.entry("XML_ID").or_insert(Value::Null);
        map.entry("ENTITY_ID").or_insert_with(|| "USER".into());
        map.entry("MULTIPLE").or_insert_with(|| "N".into());
        map.entry("MANDATORY").or_insert_with(|| "N".into());
        map.entry("SORT").or_insert_with(|| "100".into());
    }
    value
}

fn fits(row: &Row, filter: &Params) -> bool {
    filter.0.iter().all(|(key, value)| {
        let digits = |text: &str| text.parse::<i64>().ok();
        let (operator, name) =
            key.split_at(key.len() - key.trim_start_matches(['>', '<', '=', '!', '%', '@']).len());
        let have = row.text(name).unwrap_or_else(|| {
            if matches!(name, "MANDATORY" | "MULTIPLE") { "N".into() } else { String::new() }
        });
        let any = |fits: &dyn Fn(&str) -> bool| {
            value.items().into_iter().filter_map(Param::text).any(|text| fits(&text))
        };
        match operator {
            ">" => any(&|text| digits(&have) > digits(text)),
            ">=" => any(&|text| digits(&have) >= digits(text)),
            "<" => any(&|text| digits(&have) < digits(text)),
            "<=" => any(&|text| digits(&have) <= digits(text)),
            "!" | "!=" => !any(&|text| have == text),
            "%" => any(&|text| contains(&have, text)),
            "=%" | "%=" => any(&|text| like(&have, text)),
            _ => any(&|text| have == text),
        }
    })
}

/// `user.userfield.update`.
pub fn update(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let (id, mut row) = named(call)?;
    fill(&mut row, &call.params.map_or_empty("fields"), FIXED);
    call.portal.put(Kind::Userfield, id, row);
    Success::of(true)
}

/// `user.userfield.delete`.
pub fn delete(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let (id, _) = named(call)?;
    call.portal.remove(Kind::Userfield, id);
    Success::of(true)
}

fn named(call: &Call<'_>) -> Result<(u64, Row), Failure> {
    let wrong = || Failure::new("", "ID is not defined or invalid");
    let id = call.params.any_case("id").and_then(Param::id).ok_or_else(wrong)?;
    call.portal.userfields.get(id).cloned().map(|row| (id, row)).ok_or_else(wrong)
}

fn only_admin(call: &Call<'_>) -> Result<(), Failure> {
    if call.caller.admin { Ok(()) } else { Err(Failure::new("", "Access denied.")) }
}
