//! Replaces or adds the address in elements of a JSON text and nothing else.

use std::{collections::BTreeSet, ops::Range};

use super::{
    super::{
        csv, encoding,
        fields::{Field, normalise},
        table::Lookup,
    },
    elements::{Element, Elements, Member},
    read::string,
};

/// Returns a text with an address in the elements with these numbers (from 1); none where its
/// encoding does not give the same bytes back.
pub fn with_address(
    bytes: &[u8],
    lookup: &Lookup,
    elements: &BTreeSet<u32>,
    address: &str,
) -> Option<Vec<u8>> {
    let (text, _) = encoding::decode(bytes).ok()?;
    csv::rewrite(bytes, splices(&text, lookup, elements, address))
}

fn splices(
    text: &str,
    lookup: &Lookup,
    elements: &BTreeSet<u32>,
    address: &str,
) -> Vec<(Range<usize>, String)> {
    let Ok(all) = Elements::of(text) else { return Vec::new() };
    let all: Vec<Element> = all.collect();
    let is_email = |member: &&Member| lookup.fields(&key(text, member)).contains(&Field::Email);
    let email = |element: &Element| element.members.iter().flatten().find(is_email).cloned();
    let used = all.iter().find_map(email).map(|member| text[member.key].to_owned());
    let written = used.unwrap_or_else(|| quoted(lookup.header_of(Field::Email).unwrap_or("email")));
    let chosen = (1_u32..).zip(&all).filter(|(number, _)| elements.contains(number));
    chosen
        .filter_map(|(_, element)| match email(element) {
            Some(member) => Some((member.value, quoted(address))),
            None => added(text, element, &written, address),
        })
        .collect()
}

/// Adds a member behind the last one, spaced like it.
fn added(text: &str, element: &Element, key: &str, address: &str) -> Option<(Range<usize>, String)> {
    let members = element.members.as_ref()?;
    let last = members.last()?;
    let before = match members.len().checked_sub(2) {
        Some(at) => text[members[at].value.end..last.key.start].to_owned(),
        None => format!(",{}", &text[element.span.start + 1..last.key.start]),
    };
    let colon = &text[last.key.end..last.value.start];
    Some((last.value.end..last.value.end, format!("{before}{key}{colon}{}", quoted(address))))
}

fn key(text: &str, member: &Member) -> String {
    normalise(&string(&text[member.key.clone()]).unwrap_or_default())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
