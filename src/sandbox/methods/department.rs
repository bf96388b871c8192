//! `department.*`: the company's structure (`reference` 5.1).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::{
        Row,
        http::{Answer, Failure, Param, Params, Success},
        state::{Portal, account, table::Kind},
    },
    Call,
    listing::{Start, descending},
    user::Operator,
    user::split_key,
};

/// With split ids an HR node's id is the department's and this.
const NODE: u64 = 1000;
const FIELDS: &[(&str, &str)] =
    &[("ID", "ID"), ("NAME", "Name"), ("SORT", "Sort"), ("PARENT", "Parent department"), ("UF_HEAD", "Head")];
const NO_PARENT: &str = "There can only be one top-level department in the company structure";
const NOT_FOUND: &str = "Department not found";
const NO_NAME: &str = "Department name not provided.<br>";

/// `department.fields`.
pub fn fields(_: &mut Call<'_>) -> Answer {
    let labels = FIELDS.iter().map(|(name, label)| ((*name).to_owned(), Value::from(*label)));
    Success::of(Value::Object(labels.collect()))
}

/// `department.get`.
pub fn get(call: &mut Call<'_>) -> Answer {
    if call.params.get("start").is_none() && call.params.any_case("start").is_some() {
        call.portal.unverified("department.get takes START in capitals");
    }
    let filter = match call.params.any_case("FILTER").and_then(Param::map) {
        Some(filter) => filter.into_owned(),
        None => call.params.clone(),
    };
    check_filter(call, &filter)?;
    let portal = &*call.portal;
    let mut rows: Vec<&Row> = in_tree_order(portal).into_iter().filter(|row| fits(row, &filter)).collect();
    sort(&mut rows, call.params);
    let start = Start::of(call.params);
    let (rows, total) = start.cut(rows);
    if rows.is_empty() {
        return Success::of(Vec::<Value>::new());
    }
    start.envelope(rows.into_iter().map(shown).collect(), total)
}

fn check_filter(call: &Call<'_>, filter: &Params) -> Result<(), Failure> {
    if !call.portal.settings.strict {
        return Ok(());
    }
    let names = || FIELDS.iter().map(|(name, _)| *name);
    for (key, value) in &filter.0 {
        let (_, field) = split_key(key);
        let wrong_case =
            names().any(|name| name != field && name.eq_ignore_ascii_case(field)) && field != "sort";
        if wrong_case {
            return Err(Failure::strict(format!(
                "the filter `{key}` must be in capitals; the portal would ignore it"
            )));
        }
        if field == "SORT" && value.items().into_iter().any(|value| value.int().is_none()) {
            return Err(Failure::strict("`SORT` is a filter; to order, send `sort` and `order`"));
        }
    }
    Ok(())
}

fn fits(row: &Row, filter: &Params) -> bool {
    filter.0.iter().all(|(key, value)| {
        let (operator, field) = split_key(key);
        if !FIELDS.iter().any(|(name, _)| *name == field) {
            return true;
        }
        let have =
            row.text(field).unwrap_or_else(|| if field == "SORT" { "500".to_owned() } else { String::new() });
        let number = |text: &str| text.trim().parse::<i64>().unwrap_or(0);
        let any = |fits: &dyn Fn(&str) -> bool| {
            value.items().into_iter().filter_map(Param::text).any(|text| fits(&text))
        };
        let equal = |text: &str| if field == "NAME" { have == text } else { number(&have) == number(text) };
        match operator {
            Operator::Greater => any(&|text| number(&have) > number(text)),
            Operator::NotLess => any(&|text| number(&have) >= number(text)),
            Operator::Less => any(&|text| number(&have) < number(text)),
            Operator::NotGreater => any(&|text| number(&have) <= number(text)),
            Operator::NotEqual => !any(&equal),
            _ => any(&equal),
        }
    })
}

fn sort(rows: &mut [&Row], params: &Params) {
    let field = params.text("sort").unwrap_or_default().to_uppercase();
    match field.as_str() {
        "NAME" => rows.sort_by_key(|row| row.str("NAME").to_owned()),
        "ID" | "SORT" | "PARENT" | "UF_HEAD" => rows.sort_by_key(|row| row.number(&field)),
        _ => return,
    }
    if descending(&params.text("order").unwrap_or_default()) {
        rows.reverse();
    }
}

fn in_tree_order(portal: &Portal) -> Vec<&Row> {
    let mut children: BTreeMap<u64, Vec<(u64, &Row)>> = BTreeMap::new();
    for (id, row) in portal.departments.iter() {
        let parent = row.number("PARENT").filter(|parent| portal.departments.get(*parent).is_some());
        children.entry(parent.unwrap_or(0)).or_default().push((id, row));
    }
    for rows in children.values_mut() {
        rows.sort_by_key(|(id, row)| (row.number("SORT").unwrap_or(500), *id));
    }
    let mut order = Vec::new();
    let mut open: Vec<(u64, &Row)> = children.remove(&0).unwrap_or_default();
    open.reverse();
    while let Some((id, row)) = open.pop() {
        order.push(row);
        open.extend(children.remove(&id).unwrap_or_default().into_iter().rev());
    }
    order
}

fn shown(row: &Row) -> Value {
    let mut value = json!({
        "ID": row.text("ID"),
        "NAME": row.str("NAME"),
        "SORT": row.number("SORT").unwrap_or(500),
    });
    for field in ["PARENT", "UF_HEAD"] {
        if let Some(id) = row.number(field).filter(|id| *id > 0) {
            value[field] = id.to_string().into();
        }
    }
    value
}

/// `department.add`.
pub fn add(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let name = call.params.text("NAME").map(|name| name.trim().to_owned()).unwrap_or_default();
    if name.is_empty() {
        return Err(Failure::core(NO_NAME));
    }
    let parent = call.params.id("PARENT").filter(|parent| call.portal.departments.get(*parent).is_some());
    if parent.is_none() && call.portal.departments.iter().next().is_some() {
        return Err(Failure::core(NO_PARENT));
    }
    let id = call.portal.next_id(Kind::Department);
    let mut row = Row::default().with("ID", id.to_string()).with("NAME", name).with("SORT", 500);
    row.set("PARENT", parent.map_or(Value::Null, |parent| parent.to_string().into()));
    fill(&mut row, call.params);
    call.portal.put(Kind::Department, id, row);
    Success::of(if call.portal.settings.split_ids { id + NODE } else { id })
}

fn fill(row: &mut Row, params: &Params) {
    if let Some(sort) = params.get("SORT").and_then(Param::int) {
        row.set("SORT", sort);
    }
    if let Some(head) = params.get("UF_HEAD") {
        row.set("UF_HEAD", head.id().map_or(Value::Null, |id| id.to_string().into()));
    }
}

/// `department.update`.
pub fn update(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let (id, mut row) = named(call)?;
    if let Some(name) = call.params.get("NAME").and_then(Param::text) {
        if name.trim().is_empty() {
            return Err(Failure::core(NO_NAME));
        }
        row.set("NAME", name.trim().to_owned());
    }
    if let Some(parent) = call.params.get("PARENT") {
        let parent = parent.id().filter(|parent| call.portal.departments.get(*parent).is_some());
        let parent = parent.filter(|parent| !is_below(call.portal, *parent, id));
        let parent = parent.ok_or_else(|| Failure::core(NO_PARENT))?;
        row.set("PARENT", parent.to_string());
    }
    fill(&mut row, call.params);
    call.portal.put(Kind::Department, id, row);
    Success::of(true)
}

/// Tells whether a department is another one or stands below it.
fn is_below(portal: &Portal, mut id: u64, top: u64) -> bool {
    for _ in 0..1000 {
        if id == top {
            return true;
        }
        match portal.departments.get(id).and_then(|row| row.number("PARENT")) {
            Some(parent) => id = parent,
            None => return false,
        }
    }
    true
}

/// `department.delete`: what was in it moves up.
pub fn delete(call: &mut Call<'_>) -> Answer {
    only_admin(call)?;
    let (id, row) = named(call)?;
    let Some(parent) = row.number("PARENT") else { return Err(Failure::core(NO_PARENT)) };
    call.portal.unverified("people and departments below a deleted department move up");
    let below = |row: &Row| row.number("PARENT") == Some(id);
    let children: Vec<(u64, Row)> = call
        .portal
        .departments
        .iter()
        .filter(|(_, row)| below(row))
        .map(|(id, row)| (id, row.clone()))
        .collect();
    for (child, row) in children {
        call.portal.put(Kind::Department, child, row.with("PARENT", parent.to_string()));
    }
    let inside = |row: &Row| account::departments(row).contains(&id);
    let people: Vec<(u64, Row)> =
        call.portal.users.iter().filter(|(_, row)| inside(row)).map(|(id, row)| (id, row.clone())).collect();
    for (user, row) in people {
        let mut departments: Vec<u64> = Vec::new();
        for department in
            account::departments(&row).into_iter().map(|other| if other == id { parent } else { other })
        {
            if !departments.contains(&department) {
                departments.push(department);
            }
        }
        call.portal.put(Kind::User, user, row.with("UF_DEPARTMENT", departments));
    }
    call.portal.remove(Kind::Department, id);
    Success::of(true)
}

/// The department that ID names: a node's id where ids are split.
fn named(call: &Call<'_>) -> Result<(u64, Row), Failure> {
    let given = call.params.id("ID");
    let id = if call.portal.settings.split_ids { given.and_then(|id| id.checked_sub(NODE)) } else { given };
    let found = id.and_then(|id| call.portal.departments.get(id).map(|row| (id, row.clone())));
    found.ok_or_else(|| Failure::core(NOT_FOUND))
}

fn only_admin(call: &Call<'_>) -> Result<(), Failure> {
    if call.caller.admin { Ok(()) } else { Err(Failure::core("Access denied")) }
}
