//! `humanresources.hcmlink.*`: companies and jobs of КЭДО (`reference` section 7).

use serde_json::{Value, json};

use super::{
    super::{
        Row,
        http::{Answer, Failure, Param, Params, Success, answer::php_map, clock},
        state::{Portal, table::Kind},
    },
    Call,
};

/// Most rows of a list.
const MOST: usize = 1000;
/// Rows of a list that asks for no number.
const USUAL: usize = 100;
const TYPES: &[&str] = &[
    "STRING",
    "FIRST_NAME",
    "LAST_NAME",
    "PATRONYMIC_NAME",
    "PHONE",
    "EMAIL",
    "ADDRESS",
    "BIRTHDAY",
    "POSITION",
    "DEPARTMENT",
    "DOCUMENT_REGISTRATION_NUMBER",
    "DOCUMENT_UID",
    "DOCUMENT_DATE",
];

/// The refusal with HTTP 200 and a numeric code.
pub fn operation_failed() -> Failure {
    Failure { status: 200, code: 510.into(), text: "Operation failed".to_owned(), argument: None }
}

/// Most methods are for administrators.
pub fn only_admin(call: &Call<'_>) -> Result<(), Failure> {
    if call.caller.admin {
        return Ok(());
    }
    Err(Failure::with_status(403, "ACCESS_DENIED", "Access denied! Access denied."))
}

/// Reads `limit` and `offset`.
pub fn window(params: &Params) -> (usize, usize) {
    let number =
        |name: &str| params.get(name).and_then(Param::int).and_then(|number| usize::try_from(number).ok());
    (number("offset").unwrap_or(0), number("limit").filter(|limit| *limit > 0).unwrap_or(USUAL).min(MOST))
}

/// Finds a company by its code.
pub fn company(portal: &Portal, code: &str) -> Option<u64> {
    portal.companies.iter().find(|(_, row)| row.text("company").as_deref() == Some(code)).map(|(id, _)| id)
}

/// `company.add`.
pub fn company_add(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let fields = call.params.map_or_empty("fields");
    for name in ["company", "crmCompanyId", "title", "fields"] {
        if !fields.get(name).is_some_and(Param::truthy) {
            return Err(Failure::argument(format!("Parameter 'fields.{name}' is required"), name));
        }
    }
    let code = fields.text("company").unwrap_or_default().into_owned();
    if company(call.portal, &code).is_some() {
        call.portal.unverified("company.add refuses a code that exists");
        return Err(operation_failed());
    }
    let id = call.portal.next_id(Kind::Company);
    let row = Row::default().with("id", id).with("createdAt", clock::moment(clock::now()));
    call.portal.put(Kind::Company, id, with_fields(row, &fields));
    Success::of(id)
}

fn with_fields(mut row: Row, fields: &Params) -> Row {
    for name in ["company", "title"] {
        if let Some(text) = fields.text(name) {
            row.set(name, text.into_owned());
        }
    }
    if let Some(id) = fields.id("crmCompanyId") {
        row.set("crmCompanyId", id);
    }
    if let Some(data) = fields.get("data").and_then(Param::map) {
        row.set("data", php_map(data.to_value().as_object().cloned().unwrap_or_default()));
    }
    if let Some(list) = fields.get("fields") {
        row.set(
            "fields",
            list.items().into_iter().filter_map(Param::map).map(|field| field_row(&field)).collect::<Value>(),
        );
    }
    row
}

fn field_row(field: &Params) -> Value {
    let text = |name: &str| field.text(name).unwrap_or_default().into_owned();
    let kind = text("type");
    let known = TYPES.contains(&kind.as_str());
    let entity = text("entityType");
    json!({
        "field": text("field"),
        "title": text("title"),
        "type": if known { kind.as_str() } else { "UNKNOWN" },
        "entityType": if entity.is_empty() { "EMPLOYEE" } else { entity.as_str() },
        "ttl": field.get("ttl").and_then(Param::int).unwrap_or(86400),
    })
}

/// `company.update`.
pub fn company_update(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let (id, row) = named(call)?;
    let row = with_fields(row, &call.params.map_or_empty("fields"));
    call.portal.put(Kind::Company, id, row);
    Success::of(true)
}

/// `company.delete`: the links go with it.
pub fn company_delete(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let (id, row) = named(call)?;
    let code = row.text("company");
    let people: Vec<u64> =
        call.portal.persons.iter().filter(|(_, row)| row.text("company") == code).map(|(id, _)| id).collect();
    for person in people {
        call.portal.remove(Kind::Person, person);
    }
    call.portal.remove(Kind::Company, id);
    Success::of(true)
}

fn named(call: &Call<'_>) -> Result<(u64, Row), Failure> {
    let id = call.params.id("id").ok_or_else(operation_failed)?;
    call.portal.companies.get(id).cloned().map(|row| (id, row)).ok_or_else(operation_failed)
}

/// `company.list`; with `userId` the companies of that user.
pub fn company_list(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    list(call, call.params.id("userId"))
}

/// `company.user.list`: the caller's companies.
pub fn company_user_list(call: &mut Call<'_>) -> Answer {
    list(call, Some(call.caller.user))
}

fn list(call: &Call<'_>, user: Option<u64>) -> Answer {
    let (offset, limit) = window(call.params);
    let portal = &*call.portal;
    let shown = portal.companies.iter().filter_map(|(id, row)| {
        let person = match user {
            Some(user) => Some(person_of(portal, &row.text("company")?, user)?),
            None => None,
        };
        let mut value = row.to_value();
        value["id"] = id.into();
        if let Some(person) = person {
            value["person"] = person.into();
        }
        Some(value)
    });
    Success::of(shown.skip(offset).take(limit).collect::<Value>())
}

fn person_of(portal: &Portal, company: &str, user: u64) -> Option<String> {
    let mut people = portal.persons.iter().map(|(_, row)| row);
    let bound = people
        .find(|row| row.number("userId") == Some(user) && row.text("company").as_deref() == Some(company));
    bound.and_then(|row| row.text("person"))
}

/// `job.update`: no sync was begun in a portal's interface, so there is no job to report on; the
/// refusal stands inside the result.
pub fn job_update(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    if call.params.id("id").is_none() {
        return Err(Failure::argument("Parameter 'id' is required", "id"));
    }
    Success::of(json!({"error": 0, "error_description": "Operation failed"}))
}

/// `job.status.get`.
pub fn job_status(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    call.params.id("id").ok_or_else(operation_failed)?;
    Success::of(json!({"alive": true}))
}
