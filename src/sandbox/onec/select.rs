//! Rows as a request asks for them: filtered, sliced, ordered, cut, with the fields it names.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Value, json};

use super::{
    filter::Filter,
    query::{Options, Refusal},
    schema::{self, Row},
};

/// A set as it is asked.
pub struct Set<'a> {
    /// Its name.
    pub name: &'a str,
    /// All fields that it has.
    pub fields: Vec<String>,
    /// All rows.
    pub rows: Vec<Row>,
}

impl Set<'_> {
    /// Keeps the last row within each set of dimensions, of those up to a moment that fit a
    /// condition. The condition comes first: a row it drops uncovers the one before.
    pub fn slice(&mut self, period: Option<&str>, condition: Option<&str>) -> Result<(), Refusal> {
        if let Some(condition) = condition {
            let filter = Filter::read(condition, &self.fields)?;
            self.rows.retain(|row| filter.fits(row));
        }
        let dimensions = schema::dimensions(self.name);
        let mut last: HashMap<String, Row> = HashMap::new();
        for row in self.rows.drain(..) {
            let inactive = row.get("Active") == Some(&Value::Bool(false));
            if inactive || period.is_some_and(|period| text(&row, "Period") > period) {
                continue;
            }
            let key = dimensions.iter().map(|field| text(&row, field)).collect::<Vec<_>>().join("/");
            match last.get(&key) {
                Some(known) if text(known, "Period") > text(&row, "Period") => {}
                _ => {
                    last.insert(key, row);
                }
            }
        }
        self.rows = last.into_values().collect();
        Ok(())
    }

    /// Applies the options; `seed` decides the order where none is asked for.
    pub fn apply(mut self, options: &Options, seed: u64) -> Result<(Vec<Row>, Option<usize>), Refusal> {
        if let Some(filter) = options.get("$filter") {
            let filter = Filter::read(filter, &self.fields)?;
            self.rows.retain(|row| filter.fits(row));
        }
        self.order(options.get("$orderby"), seed)?;
        let all = self.rows.len();
        let counted = options.get("$inlinecount") == Some("allpages");
        let (skip, top) =
            (options.count("$skip")?.unwrap_or(0), options.count("$top")?.unwrap_or(usize::MAX));
        // With a count the two are left aside, as the manual has it.
        if !counted {
            self.rows = self.rows.into_iter().skip(skip).take(top).collect();
        }
        let select = self.selected(options.get("$select"))?;
        let rows = self.rows.iter().map(|row| project(row, &select)).collect();
        Ok((rows, counted.then_some(all)))
    }

    fn order(&mut self, by: Option<&str>, seed: u64) -> Result<(), Refusal> {
        let Some(by) = by else {
            self.rows.sort_by_cached_key(|row| {
                let mut hasher = DefaultHasher::new();
                (seed, Value::Object(row.clone()).to_string()).hash(&mut hasher);
                hasher.finish()
            });
            return Ok(());
        };
        let mut keys = Vec::new();
        for part in by.split(',').map(str::trim) {
            let (field, descending) = match part.split_once(' ') {
                None | Some((_, "asc")) => (part.trim_end_matches(" asc"), false),
                Some((field, "desc")) => (field, true),
                Some(_) => return Err((400, "14")),
            };
            if !self.fields.iter().any(|known| known == field) {
                return Err((400, "6"));
            }
            keys.push((field.to_owned(), descending));
        }
        let mut rows: Vec<(Vec<String>, Row)> = std::mem::take(&mut self.rows)
            .into_iter()
            .map(|row| (keys.iter().map(|(field, _)| sorted(field, &row)).collect(), row))
            .collect();
        rows.sort_by(|(left, _), (right, _)| {
            let orders = keys.iter().zip(left.iter().zip(right)).map(|((_, descending), (left, right))| {
                let order = left.cmp(right);
                if *descending { order.reverse() } else { order }
            });
            orders.fold(Ordering::Equal, Ordering::then)
        });
        self.rows = rows.into_iter().map(|(_, row)| row).collect();
        Ok(())
    }

    /// Names the fields that are asked for.
    pub fn selected(&self, select: Option<&str>) -> Result<Vec<String>, Refusal> {
        let Some(select) = select.filter(|select| *select != "*") else { return Ok(self.fields.clone()) };
        if select == "**" {
            return Ok(self.fields.iter().filter(|field| *field != schema::SECTION).cloned().collect());
        }
        let named: Vec<String> = select.split(',').map(|field| field.trim().to_owned()).collect();
        if named.iter().all(|field| self.fields.contains(field)) { Ok(named) } else { Err((400, "6")) }
    }
}

/// Writes a value so that texts sort as 1C sorts values: references by their bytes, the last group
/// of the text first; numbers by size.
fn sorted(field: &str, row: &Row) -> String {
    match row.get(field) {
        Some(Value::String(key)) if field.ends_with("_Key") => {
            key.split('-').rev().collect::<Vec<_>>().join("-")
        }
        Some(Value::String(text)) => match text.parse::<u64>() {
            Ok(number) => format!("{number:020}"),
            Err(_) => text.clone(),
        },
        Some(Value::Number(number)) => format!("{:020}", number.as_u64().unwrap_or_default()),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

fn text<'a>(row: &'a Row, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Keeps the fields that were asked for.
pub fn project(row: &Row, select: &[String]) -> Row {
    let kept = select.iter().map(|field| {
        let value = row.get(field).cloned().unwrap_or_else(|| schema::empty(field));
        (field.clone(), value)
    });
    kept.collect()
}

/// Adds what minimal metadata adds: where each reference leads.
pub fn link(set: &str, row: &mut Row) {
    let key = row.get("Ref_Key").and_then(Value::as_str).unwrap_or_default().to_owned();
    let references: Vec<String> = row
        .iter()
        .filter(|(field, value)| {
            field.ends_with("_Key") && *field != "Ref_Key" && **value != json!(schema::NOTHING)
        })
        .map(|(field, _)| field.trim_end_matches("_Key").to_owned())
        .collect();
    for name in references {
        let link = format!("{set}(guid'{key}')/{name}");
        row.insert(format!("{name}@navigationLinkUrl"), Value::from(link));
    }
    if let Some(Value::Array(section)) = row.get_mut(schema::SECTION) {
        for row in section.iter_mut().filter_map(Value::as_object_mut) {
            row.insert("Ref_Key".to_owned(), Value::from(key.clone()));
            row.insert("Вид@navigationLinkUrl".to_owned(), Value::from(format!("{set}(guid'{key}')/Вид")));
        }
    }
}
