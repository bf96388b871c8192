//! `crm.item.list`, as far as КЭДО needs it: the companies of a portal.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::http::{Answer, Failure, Param, Params},
    Call,
    listing::{Start, descending},
    user::{Operator, split_key},
};

/// The number of "company" among the CRM's kinds of items.
const COMPANY: i64 = 4;
/// A customer, so that the CRM is never empty.
const CUSTOMER: u64 = 100;
/// The own company, where documents name none.
const OWN: u64 = 1;

/// `crm.item.list`.
pub fn item_list(call: &mut Call<'_>) -> Answer {
    let kind = call.params.any_case("entityTypeId").and_then(Param::int);
    if kind != Some(COMPANY) {
        return Err(Failure::new("NOT_FOUND", "Smart process was not found"));
    }
    let filter = call.params.map_or_empty("filter");
    let mut items = Vec::new();
    for item in companies(call) {
        if fits(&item, &filter)? {
            items.push(item);
        }
    }
    let order = call.params.map_or_empty("order");
    if order.0.values().next().and_then(Param::text).is_some_and(|order| descending(&order)) {
        items.reverse();
    }
    let start = Start::of(call.params);
    let (page, total) = start.cut(items);
    start.wrap(page.len(), json!({"items": page}), total)
}

fn companies(call: &Call<'_>) -> Vec<Value> {
    let portal = &*call.portal;
    let named = portal
        .companies
        .iter()
        .filter_map(|(_, row)| Some((row.number("crmCompanyId")?, row.text("title")?)));
    let mut own: BTreeMap<u64, String> = named.collect();
    if own.is_empty() {
        let top = portal.departments.iter().find(|(_, row)| row.number("PARENT").is_none());
        own.insert(OWN, top.map_or_else(|| "Our company".to_owned(), |(_, row)| row.str("NAME").to_owned()));
    }
    let mut items: Vec<Value> =
        own.into_iter().map(|(id, title)| json!({"id": id, "title": title, "isMyCompany": "Y"})).collect();
    items.push(json!({"id": CUSTOMER, "title": "A customer", "isMyCompany": "N"}));
    items
}

fn fits(item: &Value, filter: &Params) -> Result<bool, Failure> {
    for (key, value) in &filter.0 {
        let (operator, field) = split_key(key);
        let Some(have) = item.get(field) else {
            return Err(Failure::new(
                "INVALID_ARG_VALUE",
                format!("Invalid filter: field '{field}' is not allowed in filter"),
            ));
        };
        let have = have.as_str().map_or_else(|| have.to_string(), str::to_owned);
        let number = |text: &str| text.parse::<i64>().unwrap_or(0);
        let any = |fits: &dyn Fn(&str) -> bool| {
            value.items().into_iter().filter_map(Param::text).any(|text| fits(&text))
        };
        let met = match operator {
            Operator::Greater => any(&|text| number(&have) > number(text)),
            Operator::NotLess => any(&|text| number(&have) >= number(text)),
            Operator::Less => any(&|text| number(&have) < number(text)),
            Operator::NotGreater => any(&|text| number(&have) <= number(text)),
            Operator::NotEqual => !any(&|text| have == text),
            _ => any(&|text| have == text),
        };
        if !met {
            return Ok(false);
        }
    }
    Ok(true)
}
