//! The journal's file: `journal/<portal>.jsonl`, one JSON line per event, flushed to the disk.
//!
//! Only lines that are whole are believed. A line that a crash tore is cut off by the next apply;
//! anything else that does not fit is told with its place, and nothing is built on it.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{
    chain::{Fault, Head, Misfit},
    event::{Confirmed, Entry, Event, Hand, Witness},
    evidence::Evidence,
    files,
    lock::Lock,
};
use crate::model::{Action, History, Place, Problem, Snapshot, Step};

/// Where the journal's lines go.
pub trait Sink {
    /// Adds bytes at the end and flushes them to the disk; after an error nothing of them stays,
    /// or nothing more is added.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// A journal that is being written. Holds the portal's lock.
pub struct Journal {
    place: String,
    sink: Box<dyn Sink>,
    head: Head,
    evidence: Evidence,
    cut: u64,
    _lock: Lock,
}

/// A journal as read, without writing anything.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What the events add up to.
    pub evidence: Evidence,
    /// A torn last line; nothing where the journal is whole.
    pub problems: Vec<Problem>,
}

impl Journal {
    /// Takes the portal's lock, reads its journal and cuts a torn last line off.
    ///
    /// Fails where another process holds the portal, where a line was changed or is missing, and
    /// where the file cannot be read and written.
    pub fn open(folder: &Path, portal: &str) -> Result<Journal, Problem> {
        let place = place(portal);
        let lock = Lock::take(&folder.join(format!("{portal}.lock")), &format!("journal/{portal}.lock"))?;
        let trouble = |error| files::problem("cannot open the journal", &place, &error);
        let mut file = files::open_private(&path(folder, portal)).map_err(trouble)?;
        let mut evidence = Evidence::default();
        let read = scan(BufReader::new(&file), |_, entry| {
            let entry = entry.map_err(|(fault, _)| fault)?;
            evidence.take(entry.at, &entry.event);
            Ok(())
        });
        let end = read.map_err(|stop| stop.problem(&place))?;
        file.set_len(end.whole).and_then(|()| file.seek(SeekFrom::End(0))).map_err(trouble)?;
        let sink = Box::new(FileSink { file, length: end.whole, broken: false });
        Ok(Journal { place, sink, head: end.head, evidence, cut: end.torn, _lock: lock })
    }

    /// Puts something between the journal and its file; for tests that kill.
    pub fn through(mut self, wrap: impl FnOnce(Box<dyn Sink>) -> Box<dyn Sink>) -> Journal {
        self.sink = wrap(self.sink);
        self
    }

    /// Says what earlier runs did; see [`Evidence::history`].
    pub fn history(&self, have: Option<&Snapshot>) -> History {
        self.evidence.history(have)
    }

    /// Returns what the events add up to.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Returns how many bytes of a torn last line were cut off when the journal was opened.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// Keeps that a person says a by-hand step is done.
    pub fn confirm(&mut self, step: &Step) -> Result<(), Problem> {
        let Some(hand) = hand(step) else {
            return Err(Problem::error(format!("step {} is not done by hand", step.id))
                .hint("`shtat status` lists the steps that wait for a person"));
        };
        self.append(Event::Confirmed(Confirmed { hand, by: Witness::Person }))
    }

    /// Writes an event and flushes it to the disk. After an error nothing may be written to the
    /// portal that needs it.
    pub fn append(&mut self, event: Event) -> Result<(), Problem> {
        let at = Timestamp::now();
        let mut head = self.head.clone();
        let line = head.write(at, &event).map_err(io::Error::other);
        let written = line.and_then(|line| self.sink.append(format!("{line}\n").as_bytes()));
        written.map_err(|error| files::problem("cannot write the journal", &self.place, &error))?;
        self.head = head;
        self.evidence.take(at, &event);
        Ok(())
    }
}

/// Reads a journal without writing. A missing file is an empty journal.
pub fn read(folder: &Path, portal: &str) -> Result<Reading, Problem> {
    let mut reading = Reading::default();
    let place = place(portal);
    let Some(file) = open_to_read(folder, portal)? else { return Ok(reading) };
    let read = scan(file, |_, entry| {
        let entry = entry.map_err(|(fault, _)| fault)?;
        reading.evidence.take(entry.at, &entry.event);
        Ok(())
    });
    let end = read.map_err(|stop| stop.problem(&place))?;
    reading.problems.extend(torn(&end, &place));
    Ok(reading)
}

/// Hands over every readable line of a journal in order; `false` ends it.
pub fn entries(folder: &Path, portal: &str, mut each: impl FnMut(Entry) -> bool) -> Result<(), Problem> {
    let Some(file) = open_to_read(folder, portal)? else { return Ok(()) };
    let read = scan(file, |_, entry| {
        let entry = entry.map_or_else(|(_, entry)| entry.map(|entry| *entry), Some);
        if entry.is_none_or(&mut each) { Ok(()) } else { Err(Stop::Enough) }
    });
    match read {
        Ok(_) | Err(Stop::Enough) => Ok(()),
        Err(stop) => Err(stop.problem(&place(portal))),
    }
}

/// Checks every line of a journal: an error for each that was changed or is missing, a warning
/// for a torn last one. Returns the number of lines as well.
pub fn verify(folder: &Path, portal: &str) -> Result<(u64, Vec<Problem>), Problem> {
    let place = place(portal);
    let mut problems = Vec::new();
    let Some(file) = open_to_read(folder, portal)? else { return Ok((0, problems)) };
    let mut lines = 0;
    let mut tainted = false;
    let read = scan(file, |line, entry| {
        lines = line;
        let fault = entry.err().map(|(fault, _)| fault);
        // A line behind a broken one cannot fit to it: one break is told once.
        let follows = tainted && fault == Some(Fault::BeforeChanged);
        tainted = matches!(fault, Some(Fault::Unreadable | Fault::Changed));
        problems.extend(fault.filter(|_| !follows).map(|fault| fault_problem(fault, line, &place)));
        Ok(())
    });
    let end = read.map_err(|stop| stop.problem(&place))?;
    problems.extend(torn(&end, &place));
    Ok((lines, problems))
}

/// Returns what a by-hand step asks; none for other steps.
pub fn hand(step: &Step) -> Option<Hand> {
    let instructions = step.instructions.as_ref().filter(|_| step.action == Action::ByHand)?;
    Some(Hand {
        step: step.id.clone(),
        account: super::resolve::subject_account(step),
        from: instructions.from.clone(),
        to: instructions.to.clone(),
    })
}

struct FileSink {
    file: File,
    length: u64,
    broken: bool,
}

impl Sink for FileSink {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier line could not be written whole"));
        }
        if let Err(error) = self.file.write_all(bytes).and_then(|()| self.file.sync_data()) {
            // What stands there now may be half a line: cut it off, or write nothing behind it.
            let cut = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::End(0)));
            self.broken = cut.is_err();
            return Err(error);
        }
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Where reading ended.
struct End {
    head: Head,
    /// Bytes up to the last whole line.
    whole: u64,
    /// Bytes of a torn line behind them.
    torn: u64,
}

/// Why reading stopped early.
enum Stop {
    Enough,
    Fault(Fault, u64),
    File(io::Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault, 0)
    }
}

impl Stop {
    fn problem(self, place: &str) -> Problem {
        match self {
            Stop::File(error) => files::problem("cannot read the journal", place, &error),
            Stop::Fault(fault, line) => fault_problem(fault, line, place),
            Stop::Enough => Problem::error("reading the journal was stopped").at(Place::file(place)),
        }
    }
}

/// Reads line by line, so that a journal of any length fits.
fn scan(
    mut file: impl BufRead,
    mut each: impl FnMut(u64, Result<Entry, Misfit>) -> Result<(), Stop>,
) -> Result<End, Stop> {
    let mut end = End { head: Head::start(), whole: 0, torn: 0 };
    let mut text = Vec::new();
    let mut line = 0;
    loop {
        text.clear();
        let length = file.read_until(b'\n', &mut text).map_err(Stop::File)? as u64;
        if length == 0 {
            return Ok(end);
        }
        if text.pop() != Some(b'\n') {
            end.torn = length;
            return Ok(end);
        }
        line += 1;
        end.whole += length;
        each(line, end.head.read(&text)).map_err(|stop| match stop {
            Stop::Fault(fault, _) => Stop::Fault(fault, line),
            other => other,
        })?;
    }
}

fn fault_problem(fault: Fault, line: u64, place: &str) -> Problem {
    let line = if fault == Fault::BeforeChanged { line.saturating_sub(1).max(1) } else { line };
    let what = match fault {
        Fault::BeforeChanged => Fault::Changed.to_string(),
        other => other.to_string(),
    };
    Problem::error(what)
        .at(Place::line(place, u32::try_from(line).unwrap_or(u32::MAX)))
        .hint("put the journal back from a backup")
        .hint("or move it away to begin a new one: then it is forgotten who was fired and which addresses were given")
}

fn torn(end: &End, place: &str) -> Option<Problem> {
    let line = u32::try_from(end.head.lines + 1).unwrap_or(u32::MAX);
    (end.torn > 0).then(|| {
        Problem::warning("the last line was not written to its end")
            .at(Place::line(place, line))
            .hint("the next `shtat apply` cuts it off and looks at the portal for what it was about")
    })
}

fn open_to_read(folder: &Path, portal: &str) -> Result<Option<BufReader<File>>, Problem> {
    match File::open(path(folder, portal)) {
        Ok(file) => Ok(Some(BufReader::new(file))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::problem("cannot read the journal", &place(portal), &error)),
    }
}

fn path(folder: &Path, portal: &str) -> PathBuf {
    folder.join(format!("{portal}.jsonl"))
}

fn place(portal: &str) -> String {
    format!("journal/{portal}.jsonl")
}
