//! `humanresources.hcmlink.employee.*` and `field.value.set`: people of КЭДО (`reference` 7).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    super::{
        Row,
        http::{Answer, Param, Params, Success, answer::php_map, clock},
        state::{Portal, table::Kind},
    },
    Call,
    hcmlink::{company, only_admin, operation_failed, window},
};

/// Parts of a name, in the order of the title.
const NAMES: [&str; 3] = ["lastName", "firstName", "patronymicName"];

fn status(errors: Vec<String>) -> Answer {
    let status = if errors.is_empty() { "ok" } else { "error" };
    Success::of(json!({"status": status, "errors": errors}))
}

/// `employee.set`: every item for itself, so some may be saved where others are refused.
pub fn set(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let code = call.params.text("company").unwrap_or_default().into_owned();
    let Some(items) = items(call.params) else { return status(vec![no_data()]) };
    if company(call.portal, &code).is_none() {
        return status(vec![format!("Company {code} not found")]);
    }
    let mut errors = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if !save(call.portal, &code, item) {
            errors.push(format!("Item #{at} should have not empty 'employee', 'person', 'data'"));
        }
    }
    status(errors)
}

fn no_data() -> String {
    // The portal's text ends with a blank.
    "Parameter 'data' must be a non empty array ".to_owned()
}

fn items(params: &Params) -> Option<Vec<Params>> {
    let items =
        params.get("data").filter(|data| data.truthy() && matches!(data, Param::List(_) | Param::Map(_)))?;
    Some(
        items
            .items()
            .into_iter()
            .map(|item| item.map().map(std::borrow::Cow::into_owned).unwrap_or_default())
            .collect(),
    )
}

fn save(portal: &mut Portal, company: &str, item: &Params) -> bool {
    let text = |name: &str| item.text(name).map(|text| text.into_owned()).filter(|text| text != "0");
    let data = item.get("data").filter(|data| data.truthy()).and_then(Param::map);
    let (Some(employee), Some(person), Some(data)) = (text("employee"), text("person"), data) else {
        return false;
    };
    let now = clock::moment(clock::now());
    let found = portal
        .persons
        .iter()
        .find(|(_, row)| is_person(row, company, &person))
        .map(|(id, row)| (id, row.clone()));
    let (id, mut row) = found.unwrap_or_else(|| {
        let id = portal.next_id(Kind::Person);
        let row = Row::default()
            .with("id", id)
            .with("company", company)
            .with("person", person.as_str())
            .with("userId", 0)
            .with("employees", json!([]))
            .with("createdAt", now.clone());
        (id, row)
    });
    // Omitted, the link stays; 0 unbinds.
    if let Some(user) = item.get("userId").filter(|user| **user != Param::Null).and_then(Param::int) {
        row.set("userId", user.max(0));
    }
    let names = NAMES.map(|name| data.text(name).unwrap_or_default().into_owned());
    row.set("title", names.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(" "));
    row.set("employees", with_employee(&row, id, &employee, &data, &now));
    row.set("updatedAt", now);
    portal.put(Kind::Person, id, row);
    true
}

fn is_person(row: &Row, company: &str, person: &str) -> bool {
    row.text("company").as_deref() == Some(company) && row.text("person").as_deref() == Some(person)
}

fn with_employee(row: &Row, person: u64, employee: &str, data: &Params, now: &str) -> Value {
    let mut employees = row.get("employees").and_then(Value::as_array).cloned().unwrap_or_default();
    let kept = data.0.iter().filter(|(name, value)| !NAMES.contains(&name.as_str()) && value.truthy());
    let kept: Map<String, Value> = kept.map(|(name, value)| (name.clone(), value.to_value())).collect();
    let known = employees.iter_mut().find(|row| row["employee"].as_str() == Some(employee));
    match known {
        Some(known) => known["data"] = php_map(kept),
        None => {
            let id = person * 100 + employees.len() as u64;
            employees.push(json!({"id": id, "employee": employee, "data": php_map(kept), "createdAt": now}));
        }
    }
    Value::Array(employees)
}

/// `employee.list`: ordered by the last change, so pages can skip rows while data changes.
pub fn list(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let code = call.params.text("company").unwrap_or_default().into_owned();
    if company(call.portal, &code).is_none() {
        return Err(operation_failed());
    }
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    let since = call.params.text("updatedAt").and_then(|text| moment(&text));
    let changed = |row: &Row| moment(row.str("updatedAt"));
    let rows =
        call.portal.persons.iter().filter(|(_, row)| row.text("company").as_deref() == Some(code.as_str()));
    let mut rows: Vec<(u64, &Row)> =
        rows.filter(|(_, row)| since.is_none() || changed(row) >= since).collect();
    rows.sort_by_key(|(id, row)| (changed(row), *id));
    let unbound = rows.iter().any(|(_, row)| row.number("userId").unwrap_or(0) == 0);
    let (offset, limit) = window(call.params);
    let shown: Value = rows.into_iter().skip(offset).take(limit).map(|(id, row)| shown(id, row)).collect();
    if unbound {
        call.portal.unverified("employee.list shows people without a user");
    }
    Success::of(shown)
}

fn shown(id: u64, row: &Row) -> Value {
    let mut value = row.to_value();
    value["id"] = id.into();
    value["userId"] = row.number("userId").unwrap_or(0).into();
    value
}

/// `field.value.set`: the company by its code or its number in the CRM.
pub fn field_value_set(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let code = call.params.text("company").unwrap_or_default().into_owned();
    let Some(items) = items(call.params) else { return status(vec![no_data()]) };
    let by_number = || {
        let mut rows = call.portal.companies.iter().map(|(_, row)| row);
        rows.find(|row| row.text("crmCompanyId").as_deref() == Some(code.as_str()))
    };
    let known = company(call.portal, &code).and_then(|id| call.portal.companies.get(id)).or_else(by_number);
    let Some(company) = known.and_then(|row| row.text("company")) else {
        return status(vec![format!("Company {code} not found")]);
    };
    let mut errors = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let employee = item.text("employee").unwrap_or_default();
        if !employs(call.portal, &company, &employee) {
            errors.push(format!("Item #{at} employee '{employee}' not found for company '{code}'"));
        }
    }
    status(errors)
}

fn employs(portal: &Portal, company: &str, employee: &str) -> bool {
    portal
        .persons
        .iter()
        .map(|(_, row)| row)
        .filter(|row| row.text("company").as_deref() == Some(company))
        .any(|row| {
            let employees = row.get("employees").and_then(Value::as_array);
            employees.into_iter().flatten().any(|known| known["employee"].as_str() == Some(employee))
        })
}
