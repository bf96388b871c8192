//! Shared texts of a workbook, held in one piece of memory.

use quick_xml::events::Event;

use super::{
    Fault,
    package::Package,
    xml::{reader, rich_text_into, unescape_controls},
};

/// The texts that cells of type `s` name by number.
#[derive(Debug, Default)]
pub struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// Reads the texts of a workbook; one without them has none.
    pub fn read(package: &mut Package<'_>, part: &str) -> Result<Strings, Fault> {
        let Some(xml) = package.optional(part)? else { return Ok(Strings::default()) };
        Strings::parse(&xml)
            .map_err(|error| Fault::Damaged { part: part.to_owned(), cause: error.to_string() })
    }

    /// Returns a text by its number.
    pub fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    fn parse(xml: &str) -> Result<Strings, quick_xml::Error> {
        let mut strings = Strings::default();
        let mut reader = reader(xml);
        let mut text = String::new();
        loop {
            match reader.read_event()? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {
                    text.clear();
                    rich_text_into(&mut reader, &mut text)?;
                    unescape_controls(&mut text);
                    strings.text.push_str(&text);
                    // A part is unpacked up to 256 MB, and no text is longer than its XML.
                    strings.ends.push(u32::try_from(strings.text.len()).unwrap_or(u32::MAX));
                }
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_number() {
        let strings = Strings::parse(
            "<x:sst xmlns:x=\"m\"><x:si><x:t>а</x:t></x:si><x:si/><x:si><x:t>б</x:t></x:si></x:sst>",
        );
        let strings = strings.unwrap();
        assert_eq!(
            [strings.get(0), strings.get(1), strings.get(2), strings.get(3)],
            [Some("а"), Some(""), Some("б"), None]
        );
    }
}
