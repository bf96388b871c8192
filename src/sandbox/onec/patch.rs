//! PATCH of one object, with the habits of 1C: a section is replaced whole, what is unknown is
//! ignored, what is long is cut, and nothing is said of either.

use serde_json::{Map, Value};

use super::{
    company::{Company, version},
    query::Refusal,
    schema::{self, CONTACTS, Row, SECTION},
};

/// Changes an object and returns it as it is then.
pub fn patch(company: &mut Company, set: &str, key: &str, body: &[u8], count: u64) -> Result<Row, Refusal> {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else { return Err((400, "2")) };
    let section = match body.get(SECTION) {
        Some(Value::Array(rows)) => Some(read_section(rows)?),
        Some(_) => return Err((400, "4")),
        None => None,
    };
    let object = company.object(set, key).ok_or((404, "9"))?;
    for (field, value) in body.iter().filter(|(field, _)| *field != SECTION) {
        let kept = object.get(field).is_some_and(|known| same_type(known, value));
        if kept && !matches!(field.as_str(), "Ref_Key" | "DataVersion") {
            object.insert(field.clone(), cut(field, value));
        }
    }
    if let Some(section) = section {
        object.insert(SECTION.to_owned(), Value::Array(section));
    }
    // Any write makes a new version, one of equal data too.
    object.insert("DataVersion".to_owned(), Value::from(version(1_000_000 + count)));
    Ok(object.clone())
}

fn read_section(rows: &[Value]) -> Result<Vec<Value>, Refusal> {
    let mut section = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let Value::Object(row) = row else { return Err((400, "2")) };
        match row
            .get("LineNumber")
            .map(|number| number.as_str().map_or_else(|| number.to_string(), str::to_owned))
        {
            None => return Err((500, "-1")),
            Some(number) if number != (at + 1).to_string() => return Err((400, "4")),
            Some(_) => section.push(Value::Object(contact(row))),
        }
    }
    Ok(section)
}

/// Takes a row of contacts over; a field that was not sent becomes empty.
fn contact(sent: &Row) -> Map<String, Value> {
    let fields = schema::fields(CONTACTS).into_iter().filter(|field| *field != "Ref_Key");
    let mut row: Row = fields
        .map(|field| {
            let value = sent.get(field).map_or_else(|| schema::empty(field), |value| cut(field, value));
            (field.to_owned(), value)
        })
        .collect();
    let kind = row.get("Вид_Key").cloned().unwrap_or_default();
    row.insert("ВидДляСписка_Key".to_owned(), kind);
    row
}

fn cut(field: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(text.chars().take(schema::longest(field)).collect::<String>()),
        other => other.clone(),
    }
}

fn same_type(known: &Value, value: &Value) -> bool {
    std::mem::discriminant(known) == std::mem::discriminant(value)
}

/// Changes fields as somebody in 1C does: any of them, unchecked.
pub fn edit(company: &mut Company, set: &str, key: &str, fields: &Value, count: u64) -> bool {
    let (Some(object), Value::Object(fields)) = (company.object(set, key), fields) else { return false };
    for (field, value) in fields {
        object.insert(field.clone(), value.clone());
    }
    object.insert("DataVersion".to_owned(), Value::from(version(2_000_000 + count)));
    true
}
