//! Writes an address into a person's contacts: read, compare, PATCH the whole section, read again.
//!
//! A lost answer is looked up, never repeated blindly; a change by somebody else is left alone.

use std::time::Duration;

use serde_json::Value;

use super::{
    OData, Written,
    fault::Fault,
    gather::Gather,
    names::{CONTACT_SECTION, CONTACTS, PERSONS},
    pages::Reader,
    section::Section,
    target::Target,
};
use crate::model::{Email, HrEmail, PersonId, Place, Problem};

/// How often we begin anew where somebody else is faster, or the base is locked.
const ATTEMPTS: u32 = 4;
/// How long we wait before we look a second time for a write whose answer was lost.
const SETTLING: Duration = Duration::from_secs(3);

/// Tells where a person's address stands, without writing.
pub async fn look(
    source: &OData,
    person: &PersonId,
    expects: Option<&str>,
    want: &Email,
) -> Result<Written, Problem> {
    let mut writer = Writer::open(source, person).await?;
    let card = writer.card().await?;
    Ok(writer.standing(&card, expects, want))
}

/// Writes the address where it is `expects`.
pub async fn write(
    source: &OData,
    person: &PersonId,
    expects: Option<&str>,
    want: &Email,
) -> Result<Written, Problem> {
    let mut writer = Writer::open(source, person).await?;
    let mut pause = source.settings.patience.first_pause;
    for attempt in 1..=ATTEMPTS {
        let card = writer.card().await?;
        match writer.standing(&card, expects, want) {
            Written::Changed => {}
            other => return Ok(other),
        }
        let Some(sent) = card.section.with(want, &writer.kinds, expects) else {
            return Ok(Written::Stale);
        };
        match writer.send(&card, &sent).await {
            Sent::Kept => return Ok(Written::Changed),
            Sent::Again(_) if attempt < ATTEMPTS => tokio::time::sleep(pause).await,
            Sent::Again(fault) => return Err(writer.failed(&fault)),
            Sent::Failed(problem) => return Err(problem),
        }
        pause = (pause * 2).min(source.settings.patience.longest_pause);
    }
    Ok(Written::Stale)
}

/// What became of a PATCH.
enum Sent {
    /// It is there, and nothing else changed.
    Kept,
    /// It is surely not there; begin with reading.
    Again(Fault),
    /// It cannot be said, or cannot be done.
    Failed(Problem),
}

/// A person as it was read.
struct Card<'a> {
    version: String,
    section: Section<'a>,
}

struct Writer<'a> {
    source: &'a OData,
    reader: Reader<'a>,
    person: &'a PersonId,
    kinds: Vec<String>,
}

impl<'a> Writer<'a> {
    /// Finds the kind of address to fill. No session is used: three requests need none.
    async fn open(source: &'a OData, person: &'a PersonId) -> Result<Writer<'a>, Problem> {
        let mut reader = source.reader();
        reader.session = super::Session::new(&source.wire, source.settings.patience, false);
        let kinds = match source.kinds.lock().ok().and_then(|kinds| kinds.clone()) {
            Some(kinds) => kinds,
            None => {
                let mut gather = Gather::new(&mut reader, source.today);
                gather.kinds().await?;
                let kinds = gather.base.kinds.email;
                source.kinds.lock().ok().map(|mut known| known.replace(kinds.clone()));
                kinds
            }
        };
        if kinds.is_empty() {
            return Err(Problem::error("1C has no kind of contact to write the address to")
                .part("people.odata.email_kinds")
                .hint("name a kind that `Catalog_ВидыКонтактнойИнформации` lists"));
        }
        Ok(Writer { source, reader, person, kinds })
    }

    /// Reads the person with the whole section.
    async fn card(&mut self) -> Result<Card<'a>, Problem> {
        self.get().await.map_err(|fault| self.failed(&fault))
    }

    async fn get(&mut self) -> Result<Card<'a>, Fault> {
        let names = self.reader.names;
        let field = |field: &str| names.field(PERSONS, field);
        let select = ["Ref_Key", "DataVersion", CONTACT_SECTION].map(field).join(",");
        let target = Target::object(&names.set(PERSONS), &self.person.0).with("$select", select);
        let answer = self.reader.session.get(&target).await?;
        let text = |name: &str| answer[field(name)].as_str().unwrap_or_default().to_owned();
        let rows = match &answer[field(CONTACT_SECTION)] {
            Value::Array(rows) if text("Ref_Key").eq_ignore_ascii_case(&self.person.0) => rows,
            _ => {
                return Err(Fault::Garbled {
                    cause: "the card of another person, or one without contacts".to_owned(),
                });
            }
        };
        Ok(Card { version: text("DataVersion"), section: Section::new(rows, names) })
    }

    /// Compares what stands there with what is wanted and what was expected.
    fn standing(&self, card: &Card<'_>, expects: Option<&str>, want: &Email) -> Written {
        let found = match card.section.address(&self.kinds) {
            HrEmail::None => None,
            HrEmail::Usable(email) => Some(email.as_str().to_owned()),
            HrEmail::Unusable(text) => Some(text),
        };
        match (found, expects) {
            (Some(found), _) if found.eq_ignore_ascii_case(want.as_str()) => Written::AlreadySo,
            (Some(found), Some(expects)) if found.eq_ignore_ascii_case(expects.trim()) => Written::Changed,
            (None, None) => Written::Changed,
            _ => Written::Stale,
        }
    }

    /// Sends the section once and finds out what came of it.
    async fn send(&mut self, card: &Card<'_>, sent: &Section<'_>) -> Sent {
        let names = self.reader.names;
        let target = Target::object(&names.set(PERSONS), &self.person.0);
        let body = sent.body(&names.field(PERSONS, CONTACT_SECTION));
        let answer = self.source.wire.patch(&target, &card.version, &body).await;
        let fault = match answer.and_then(|answer| answer.body) {
            Ok(_) => return self.verify(sent).await,
            Err(fault) => fault,
        };
        match &fault {
            Fault::Status { status: 412, .. } => Sent::Again(fault),
            fault if fault.refused() && !fault.passes() => Sent::Failed(self.failed(fault)),
            _ => self.search(fault, card, sent).await,
        }
    }

    /// Reads again after a write that was answered.
    async fn verify(&mut self, sent: &Section<'_>) -> Sent {
        match self.get().await {
            Ok(now) if sent.is_kept_by(&now.section) => Sent::Kept,
            Ok(_) => Sent::Failed(
                self.place(Problem::error("1C did not keep the contacts as they were sent"))
                    .cause("an address was cut, or another row was changed by 1C or by somebody else")
                    .hint("compare the person's contacts in 1C with its change history"),
            ),
            Err(fault) => Sent::Failed(self.failed(&fault)),
        }
    }

    /// Looks for a write whose answer does not say what became of it.
    async fn search(&mut self, fault: Fault, card: &Card<'_>, sent: &Section<'_>) -> Sent {
        for look in 0..2 {
            match self.get().await {
                Ok(now) if sent.is_kept_by(&now.section) => return Sent::Kept,
                Ok(now) if now.version != card.version => return Sent::Again(fault),
                Ok(_) => {}
                Err(fault) => return Sent::Failed(self.failed(&fault)),
            }
            // An answer of 1C's own ends the request; whatever else may still be on its way.
            let over = fault.refused() || matches!(fault, Fault::Status { status: 500 | 503, .. });
            if over {
                let again = fault.refused() || matches!(fault, Fault::Status { status: 503, .. });
                return if again { Sent::Again(fault) } else { Sent::Failed(self.failed(&fault)) };
            }
            if look == 0 {
                tokio::time::sleep(SETTLING.min(self.source.settings.patience.total)).await;
            }
        }
        Sent::Failed(
            self.failed(&fault)
                .hint("the address is not there now, but may still arrive; run the same command again later"),
        )
    }

    fn failed(&self, fault: &Fault) -> Problem {
        self.place(fault.problem(&self.reader.names.set(PERSONS)))
    }

    fn place(&self, problem: Problem) -> Problem {
        let set = self.reader.names.set(PERSONS);
        problem.at(Place::file(format!("{set}(guid'{}')", self.person.0))).part(CONTACTS)
    }
}
