//! From text to a tree, within limits that no rule file comes near.

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{Entry, Kind, Node};
use crate::model::{Place, Problem};

/// The largest file, in bytes.
const FILE_LIMIT: usize = 4_000_000;
/// How many values a file may have, what aliases repeat included.
const NODE_LIMIT: usize = 200_000;
/// How many bytes of text they may have.
const TEXT_LIMIT: usize = 4_000_000;
/// How deep lists and maps may nest.
const DEPTH_LIMIT: usize = 64;

/// Reads one YAML document. `file` is the name that places carry. Adds every mistake to
/// `problems`; returns no tree where the text cannot be understood at all. An empty file is an
/// empty map.
pub fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Node> {
    if text.len() > FILE_LIMIT {
        let what = format!("the file has {} bytes; at most {FILE_LIMIT} are read", text.len());
        problems.push(Problem::error(what).at(Place::file(file)));
        return None;
    }
    let mut options = Options::default();
    options.emit_comments = false;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let events = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader { file, text, events, problems, anchors: BTreeMap::new(), nodes: 0, bytes: 0 };
    match reader.document() {
        Ok(node) => Some(node),
        Err(problem) => {
            reader.problems.push(*problem);
            None
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    events: Parser<'a, serde_saphyr::granit_parser::StrInput<'a>>,
    problems: &'a mut Vec<Problem>,
    /// Finished values by anchor; what an alias inside its own anchor asks for is not there yet.
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
    bytes: usize,
}

/// A mistake after which nothing can be understood.
type Fatal = Box<Problem>;

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Fatal> {
        let mut found = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if found.is_some() => {
                    let problem = Problem::error("a second document begins here; a file holds one");
                    return Err(Box::new(problem.at(self.place(&span)).hint("remove the line `---`")));
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => found = Some(self.node(event, &span, 0)?),
            }
        }
        Ok(found.filter(|node| node.kind != Kind::Null).unwrap_or_else(|| self.empty()))
    }

    fn empty(&self) -> Node {
        Node { place: Place::at(self.file, 1, 1), kind: Kind::Map(Vec::new()) }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Fatal> {
        match self.events.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(fault)) => Err(Box::new(self.unreadable(&fault))),
            None => Err(Box::new(Problem::error("the file ends too early").at(Place::file(self.file)))),
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Fatal> {
        let place = self.place(span);
        if let Some(tag) = event.tag() {
            self.refuse_tag(tag, &place);
        }
        let anchor = event.anchor_id().filter(|id| *id > 0);
        let kind = match event {
            Event::Alias(id) => return self.alias(id, place),
            Event::Scalar(text, style, _, tag) => scalar(&text, style, tag.is_some()),
            Event::SequenceStart(..) => Kind::List(self.list(&place, depth + 1)?),
            Event::MappingStart(..) => Kind::Map(self.map(&place, depth + 1)?),
            _ => Kind::Null,
        };
        let node = Node { place, kind };
        self.spend(1, own_bytes(&node), &node.place)?;
        if let Some(id) = anchor {
            self.anchors.insert(id, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, place: &Place, depth: usize) -> Result<Vec<Node>, Fatal> {
        self.descend(place, depth)?;
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(items);
            }
            items.push(self.node(event, &span, depth)?);
        }
    }

    fn map(&mut self, place: &Place, depth: usize) -> Result<Vec<Entry>, Fatal> {
        self.descend(place, depth)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut known: BTreeMap<String, Place> = BTreeMap::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(entries);
            }
            let merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = self.node(event, &span, depth)?;
            let (event, span) = self.next()?;
            let value = self.node(event, &span, depth)?;
            if merge {
                let problem = Problem::error("merge keys (`<<`) are not available").at(key.place);
                self.problems.push(problem.hint("write the keys out"));
            } else if let Some(entry) = self.entry(key, value, &known) {
                known.insert(entry.key.clone(), entry.place.clone());
                entries.push(entry);
            }
        }
    }

    /// Makes an entry of a key that is a word and has not been there before.
    fn entry(&mut self, key: Node, value: Node, known: &BTreeMap<String, Place>) -> Option<Entry> {
        let Some(text) = key_text(&key.kind) else {
            let problem = Problem::error(format!("a key must be a word; found {}", key.described()));
            self.problems.push(self.with_braces_hint(problem.at(key.place)));
            return None;
        };
        if let Some(first) = known.get(&text) {
            let problem = Problem::error(format!("the key `{text}` stands twice")).at(key.place);
            self.problems.push(problem.hint(format!("it stands first at {first}; keep one of the two")));
            return None;
        }
        Some(Entry { key: text, place: key.place, value })
    }

    fn alias(&mut self, id: usize, place: Place) -> Result<Node, Fatal> {
        let Some(node) = self.anchors.get(&id).cloned() else {
            return Err(Box::new(Problem::error("an anchor contains itself").at(place)));
        };
        let (nodes, bytes) = size(&node);
        self.spend(nodes, bytes, &place)?;
        Ok(node)
    }

    fn spend(&mut self, nodes: usize, bytes: usize, place: &Place) -> Result<(), Fatal> {
        self.nodes += nodes;
        self.bytes += bytes;
        if self.nodes <= NODE_LIMIT && self.bytes <= TEXT_LIMIT {
            return Ok(());
        }
        let what = "the file unfolds into more values than any rule file has";
        let problem = Problem::error(what).at(place.clone());
        Err(Box::new(problem.cause("aliases (`*name`) that repeat aliases, or simply too much text")))
    }

    fn descend(&self, place: &Place, depth: usize) -> Result<(), Fatal> {
        if depth <= DEPTH_LIMIT {
            return Ok(());
        }
        Err(Box::new(Problem::error(format!("nested deeper than {DEPTH_LIMIT} levels")).at(place.clone())))
    }

    fn refuse_tag(&mut self, tag: &Tag, place: &Place) {
        if !tag.is_yaml_core_schema_tag("str") {
            let what = format!("tags (`{}`) are not available", tag.original());
            self.problems.push(Problem::error(what).at(place.clone()).hint("remove it"));
        }
    }

    fn unreadable(&self, fault: &ScanError) -> Problem {
        let marker = fault.marker();
        let place = Place::at(self.file, number(marker.line()), number(marker.col() + 1));
        let problem = Problem::error("this is no YAML").at(place).cause(fault.info());
        self.with_braces_hint(problem)
    }

    /// Adds what every author of rules meets once: a template in braces needs quotes.
    fn with_braces_hint(&self, problem: Problem) -> Problem {
        let line = problem.place.as_ref().and_then(|place| place.line).unwrap_or(1) as usize;
        let mut near = self.text.lines().skip(line.saturating_sub(2)).take(2);
        if near.any(unquoted_braces) {
            return problem
                .hint("a template that begins with `{{` needs quotes: \"{{initial first}}.{{last}}\"");
        }
        problem
    }

    fn place(&self, span: &Span) -> Place {
        Place::at(self.file, number(span.start.line()), number(span.start.col() + 1))
    }
}

/// Tells whether a value of the line begins with `{{` outside quotes.
fn unquoted_braces(line: &str) -> bool {
    line.match_indices("{{").any(|(at, _)| {
        let before = line[..at].trim_end();
        before.is_empty() || before.ends_with([':', '-', '[', ','])
    })
}

fn scalar(text: &str, style: ScalarStyle, tagged: bool) -> Kind {
    if tagged || style != ScalarStyle::Plain {
        return Kind::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ if serde_json::from_str::<serde_json::Number>(text).is_ok() => Kind::Number(text.to_owned()),
        _ => Kind::Text(text.to_owned()),
    }
}

fn key_text(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Text(text) | Kind::Number(text) => Some(text.clone()),
        Kind::Bool(truth) => Some(truth.to_string()),
        Kind::Null | Kind::List(_) | Kind::Map(_) => None,
    }
}

fn own_bytes(node: &Node) -> usize {
    node.text().map_or(0, str::len)
}

/// Counts the values and bytes of a tree.
fn size(node: &Node) -> (usize, usize) {
    let inner = node.items().iter().chain(node.entries().iter().map(|entry| &entry.value));
    inner.map(size).fold((1, own_bytes(node)), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
