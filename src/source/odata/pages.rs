//! Whole sets, read page by page.
//!
//! Each page begins with the last row of the one before: if another row stands there, or a row
//! comes twice, rows moved while we read, and the set is read once more from the start. Memory
//! holds one page and what the caller keeps of each row.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Map, Value};

use super::{
    fault::Fault,
    fields::Fields,
    names::Names,
    session::Session,
    target::{Target, datetime},
};

/// What is read of one set.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The set's standard name.
    pub set: &'static str,
    /// Asks for the rows in force at a moment instead of all.
    pub slice: Option<jiff::civil::DateTime>,
    /// Fields without which the set means nothing.
    pub needed: &'static [&'static str],
    /// Fields that some releases do not have; empty with `everything`.
    pub useful: &'static [&'static str],
    /// Reads all fields, whatever they are called.
    pub everything: bool,
    /// Fields that put rows into one lasting order; those that a base does not have are left out.
    pub order: Vec<&'static str>,
    /// A filter that only spares rows: a base that rejects it is read without.
    pub filter: Option<String>,
}

/// The rows of a set.
#[derive(Debug)]
pub struct Rows<T> {
    /// What the caller kept.
    pub kept: Vec<T>,
    /// Fields of [`Table::useful`] that this base does not have.
    pub missing: Vec<&'static str>,
}

/// One answer.
struct Page {
    rows: Vec<Map<String, Value>>,
    goes_on: bool,
}

/// Reads sets in a session.
pub struct Reader<'a> {
    /// The session.
    pub session: Session<'a>,
    /// What this base calls things.
    pub names: Names<'a>,
}

impl Reader<'_> {
    /// Reads a whole set and keeps what `make` makes of its rows.
    pub async fn rows<T>(
        &mut self,
        table: &Table,
        make: impl Fn(&Fields<'_>) -> Result<Option<T>, Fault>,
    ) -> Result<Rows<T>, Fault> {
        match self.twice(table, table.useful, table.filter.as_deref(), &make).await {
            Ok(kept) => Ok(Rows { kept, missing: Vec::new() }),
            Err(fault) if fault.misunderstood() => {
                let table = &Table { order: self.understood_order(table, fault).await?, ..table.clone() };
                let (fields, filter) = self.understood(table).await?;
                let kept = self.twice(table, &fields, filter.as_deref(), &make).await?;
                let missing = table.useful.iter().filter(|field| !fields.contains(field)).copied().collect();
                Ok(Rows { kept, missing })
            }
            Err(fault) => Err(fault),
        }
    }

    /// Reads all pages, and once more from the start where rows moved.
    async fn twice<T>(
        &mut self,
        table: &Table,
        fields: &[&'static str],
        filter: Option<&str>,
        make: &impl Fn(&Fields<'_>) -> Result<Option<T>, Fault>,
    ) -> Result<Vec<T>, Fault> {
        for _ in 0..2 {
            if let Some(kept) = self.all(table, fields, filter, make).await? {
                return Ok(kept);
            }
        }
        Err(Fault::Moved)
    }

    /// Asks for one row, to see whether the set answers.
    pub async fn try_one(&mut self, table: &Table) -> Result<usize, Fault> {
        match self.page(table, &[], None, 0, 1).await {
            Err(fault) if fault.misunderstood() => {
                let table = &Table { order: self.understood_order(table, fault).await?, ..table.clone() };
                Ok(self.page(table, &[], None, 0, 1).await?.rows.len())
            }
            page => Ok(page?.rows.len()),
        }
    }

    /// Finds out by which fields this base can order the set; `fault` is told where by none, or where
    /// a needed field is not there.
    async fn understood_order(&mut self, table: &Table, fault: Fault) -> Result<Vec<&'static str>, Fault> {
        let mut order = table.order.clone();
        if self.understands(table, &[], None).await? {
            return Ok(order);
        }
        let mut one = table.clone();
        for field in &table.order {
            one.order = vec![*field];
            if !self.understands(&one, &[], None).await? {
                order.retain(|known| known != field);
            }
        }
        if order.is_empty() { Err(fault) } else { Ok(order) }
    }

    /// Tells whether this base understands a question.
    async fn understands(
        &mut self,
        table: &Table,
        fields: &[&'static str],
        filter: Option<&str>,
    ) -> Result<bool, Fault> {
        match self.page(table, fields, filter, 0, 1).await {
            Ok(_) => Ok(true),
            Err(fault) if fault.misunderstood() => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Finds out which useful fields, and whether the filter, this base understands.
    async fn understood(&mut self, table: &Table) -> Result<(Vec<&'static str>, Option<String>), Fault> {
        let mut filter = table.filter.clone();
        if filter.is_some() && !self.understands(table, &[], filter.as_deref()).await? {
            filter = None;
        }
        let mut fields = Vec::new();
        for field in table.useful {
            if self.understands(table, &[*field], None).await? {
                fields.push(*field);
            }
        }
        Ok((fields, filter))
    }

    /// Reads all pages; none: rows moved.
    async fn all<T>(
        &mut self,
        table: &Table,
        fields: &[&'static str],
        filter: Option<&str>,
        make: &impl Fn(&Fields<'_>) -> Result<Option<T>, Fault>,
    ) -> Result<Option<Vec<T>>, Fault> {
        let size = self.names.0.page_size as usize;
        let (mut kept, mut seen, mut last) = (Vec::new(), HashSet::<u64>::new(), None);
        let mut count = 0;
        loop {
            let overlap = usize::from(last.is_some() && size > 1);
            let page = self.page(table, fields, filter, count - overlap, size).await?;
            let marks: Vec<u64> = page.rows.iter().map(mark).collect();
            if overlap == 1 && marks.first() != last.as_ref() {
                return Ok(None);
            }
            let fresh = marks.get(overlap..).unwrap_or_default();
            if fresh.iter().any(|mark| seen.contains(mark)) {
                return Ok(None);
            }
            seen.extend(fresh);
            for row in page.rows.iter().skip(overlap) {
                kept.extend(make(&Fields { row, set: table.set, names: self.names })?);
            }
            count += fresh.len();
            last = marks.last().copied();
            if fresh.is_empty() || !(page.rows.len() == size || page.goes_on) {
                return Ok(Some(kept));
            }
        }
    }

    async fn page(
        &mut self,
        table: &Table,
        fields: &[&'static str],
        filter: Option<&str>,
        skip: usize,
        top: usize,
    ) -> Result<Page, Fault> {
        let target = self.target(table, fields, filter).with("$top", top.to_string());
        let target = if skip > 0 { target.with("$skip", skip.to_string()) } else { target };
        let mut answer = self.session.get(&target).await?;
        // 1C pages by itself in no known release; where something on the way does, a short page is not the end.
        let goes_on = answer.get("odata.nextLink").is_some();
        let Some(Value::Array(rows)) = answer.get_mut("value").map(Value::take) else {
            return Err(Fault::Garbled { cause: "there is no list `value` in it".to_owned() });
        };
        let rows = rows.into_iter().map(|row| match row {
            Value::Object(row) => Ok(row),
            _ => Err(Fault::Garbled { cause: "`value` lists something that is no object".to_owned() }),
        });
        Ok(Page { rows: rows.collect::<Result<_, _>>()?, goes_on })
    }

    fn target(&self, table: &Table, fields: &[&'static str], filter: Option<&str>) -> Target {
        let names = self.names;
        let list = |fields: &mut dyn Iterator<Item = &&'static str>| {
            fields.map(|field| names.field(table.set, field)).collect::<Vec<_>>().join(",")
        };
        let set = names.set(table.set);
        let path = match table.slice {
            Some(moment) => format!("{set}/SliceLast(Period={})", datetime(moment)),
            None => set,
        };
        let mut target = Target::new(path);
        if names.0.allowed_only {
            target = target.with("allowedOnly", "true");
        }
        if let Some(filter) = filter {
            target = target.with("$filter", filter);
        }
        if !table.everything {
            target = target.with("$select", list(&mut table.needed.iter().chain(fields)));
        }
        if table.order.is_empty() { target } else { target.with("$orderby", list(&mut table.order.iter())) }
    }
}

/// Marks a row by its content. Links and other notes of the protocol do not count.
fn mark(row: &Map<String, Value>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (name, value) in row.iter().filter(|(name, _)| !name.contains('@')) {
        name.hash(&mut hasher);
        value.to_string().hash(&mut hasher);
    }
    hasher.finish()
}
