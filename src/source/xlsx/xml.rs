//! What sheets, shared texts and the workbook share in reading XML.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
};

/// Begins to read a part; empty elements come as start and end.
pub fn reader(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    reader
}

/// Returns an attribute by its name without prefix.
pub fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let found = attributes.flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::default()).ok().map(|value| Cow::Owned(value.into_owned()))
}

/// Appends the text up to the end of the element that was just begun; elements inside are
/// passed over.
pub fn text_into(reader: &mut Reader<&[u8]>, text: &mut String) -> Result<(), quick_xml::Error> {
    let mut depth = 0_u32;
    loop {
        match reader.read_event()? {
            Event::Text(part) if depth == 0 => text.push_str(&part.into_inner()),
            Event::CData(part) if depth == 0 => text.push_str(&part.into_inner()),
            Event::GeneralRef(reference) if depth == 0 => text.extend(resolve(&reference)),
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => return Ok(()),
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(ended_early()),
            _ => {}
        }
    }
}

/// Appends the text of a rich text (`si`, `is`) up to its end: its `t` and those of its runs,
/// without phonetic ones.
pub fn rich_text_into(reader: &mut Reader<&[u8]>, text: &mut String) -> Result<(), quick_xml::Error> {
    let mut depth = 0_u32;
    let mut phonetic = None;
    loop {
        match reader.read_event()? {
            Event::Start(element) if element.local_name().as_ref() == "t" && phonetic.is_none() => {
                text_into(reader, text)?;
            }
            Event::Start(element) => {
                if element.local_name().as_ref() == "rPh" && phonetic.is_none() {
                    phonetic = Some(depth);
                }
                depth += 1;
            }
            Event::End(_) if depth == 0 => return Ok(()),
            Event::End(_) => {
                depth -= 1;
                phonetic = phonetic.filter(|at| *at != depth);
            }
            Event::Eof => return Err(ended_early()),
            _ => {}
        }
    }
}

/// States that a part ends inside an element.
pub fn ended_early() -> quick_xml::Error {
    quick_xml::errors::IllFormedError::MissingEndTag(String::new()).into()
}

/// Takes back what Excel does to control characters in texts: `_x000D_`.
pub fn unescape_controls(text: &mut String) {
    if !text.contains("_x") {
        return;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        match control(from) {
            Some(c) => {
                plain.push(c);
                rest = &from[7..];
            }
            None => {
                plain.push_str("_x");
                rest = &from[2..];
            }
        }
    }
    plain.push_str(rest);
    *text = plain;
}

/// Reads `_x000D_` at the start of a text.
fn control(text: &str) -> Option<char> {
    let digits = text.get(2..6).filter(|_| text.as_bytes().get(6) == Some(&b'_'))?;
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}

fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok().flatten();
    }
    match reference.xml10_content().as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_text_is_joined_without_phonetics() {
        let xml = "<si><r><rPr><b/></rPr><t>Ив</t></r><r><t xml:space=\"preserve\">анов &amp; &#1050;о</t></r><rPh sb=\"0\"><t>x</t></rPh><t/></si>";
        let mut reader = reader(xml);
        reader.read_event().unwrap();
        let mut text = String::new();
        rich_text_into(&mut reader, &mut text).unwrap();
        assert_eq!(text, "Иванов & Ко");
    }

    #[test]
    fn control_characters_come_back() {
        let mut text = "a_x000D_b_x_xЯЯЯЯ_".to_owned();
        unescape_controls(&mut text);
        assert_eq!(text, "a\rb_x_xЯЯЯЯ_");
    }
}
