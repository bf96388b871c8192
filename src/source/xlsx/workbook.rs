//! Which sheets a workbook has, and where its parts lie.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::{
    Fault,
    package::Package,
    xml::{attribute, reader},
};

/// What the workbook part says.
#[derive(Debug)]
pub struct Workbook {
    /// Parts of the sheets in the package, in the order of the tabs.
    pub sheets: Vec<String>,
    /// The part of the shared texts.
    pub strings: String,
    /// Whether day numbers count from 1904.
    pub since_1904: bool,
}

impl Workbook {
    /// Reads the workbook part and its relations.
    pub fn read(package: &mut Package<'_>) -> Result<Workbook, Fault> {
        let part = main_part(package)?;
        let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = part.rsplit('/').next().unwrap_or_default();
        let relations_part = join(folder, &format!("_rels/{name}.rels"));
        let relations = relations(package, &relations_part)?;
        let xml = package.required(&part)?;
        let mut workbook =
            Workbook { sheets: Vec::new(), strings: join(folder, "sharedStrings.xml"), since_1904: false };
        if let Some(relation) = relations.values().find(|relation| relation.kind.ends_with("/sharedStrings"))
        {
            workbook.strings = join(folder, &relation.target);
        }
        workbook.parse(&xml, folder, &relations).map_err(|error| damaged(&part, &error))?;
        Ok(workbook)
    }

    fn parse(
        &mut self,
        xml: &str,
        folder: &str,
        relations: &BTreeMap<String, Relation>,
    ) -> Result<(), quick_xml::Error> {
        let mut reader = reader(xml);
        loop {
            match reader.read_event()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "sheet" => {
                        let relation = attribute(&element, "id").and_then(|id| relations.get(id.as_ref()));
                        let worksheet = relation.filter(|relation| relation.kind.ends_with("/worksheet"));
                        self.sheets.extend(worksheet.map(|relation| join(folder, &relation.target)));
                    }
                    "workbookPr" => {
                        self.since_1904 =
                            attribute(&element, "date1904").is_some_and(|flag| flag == "1" || flag == "true");
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

/// A relation of a part to another.
#[derive(Debug)]
struct Relation {
    kind: String,
    target: String,
}

/// Finds the workbook part; usually `xl/workbook.xml`.
fn main_part(package: &mut Package<'_>) -> Result<String, Fault> {
    let relations = relations(package, "_rels/.rels")?;
    let document = relations.into_values().find(|relation| relation.kind.ends_with("/officeDocument"));
    Ok(document.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| join("", &relation.target)))
}

fn relations(package: &mut Package<'_>, part: &str) -> Result<BTreeMap<String, Relation>, Fault> {
    let Some(xml) = package.optional(part)? else { return Ok(BTreeMap::new()) };
    let mut reader = reader(&xml);
    let mut relations = BTreeMap::new();
    loop {
        match reader.read_event().map_err(|error| damaged(part, &error))? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let text = |name| attribute(&element, name).unwrap_or_default().into_owned();
                relations.insert(text("Id"), Relation { kind: text("Type"), target: text("Target") });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// Resolves a target against the folder of the part that names it.
fn join(folder: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut path: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

fn damaged(part: &str, error: &quick_xml::Error) -> Fault {
    Fault::Damaged { part: part.to_owned(), cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_like_paths() {
        assert_eq!(join("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(join("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(join("xl/sub", "../sheet.xml"), "xl/sheet.xml");
    }
}
