//! Cuts a CSV into records (RFC 4180, with the delimiters and line ends that are really met).

use std::ops::Range;

/// The most cells that a record may have: as many as a sheet has columns.
const MOST_CELLS: usize = 16_384;

/// One record and where its cells stand in the text, quotes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line where it starts, from 1.
    pub line: u32,
    /// Its cells; never empty.
    pub cells: Vec<Range<usize>>,
    /// Whether the file ends before the line does.
    pub unterminated: bool,
}

/// What makes a text no CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A quote at the start of a cell, and no closing one.
    #[error("a quote is opened and never closed")]
    Unclosed,
    /// Text between a closing quote and the next delimiter: most often the quote belongs to a later
    /// row, and an earlier one was never closed.
    #[error("text follows a closing quote: perhaps a quote was opened before and never closed")]
    TextAfterQuote,
    /// More cells than a sheet has columns.
    #[error("the row has more than {MOST_CELLS} cells")]
    TooWide,
}

/// A record that cannot be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Why.
    pub fault: Fault,
    /// In which of its cells, from 0.
    pub cell: usize,
    /// Whether it ends on another line than it starts.
    pub several_lines: bool,
}

/// Walks through the records of a text. Blank lines are records of one empty cell.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    at: usize,
    line: u32,
}

impl<'a> Records<'a> {
    /// Begins at the start of a text (without its byte-order mark).
    pub fn new(text: &'a str, delimiter: u8) -> Records<'a> {
        Records { bytes: text.as_bytes(), delimiter, at: 0, line: 1 }
    }

    /// Reads one cell and returns where it stands.
    fn cell(&mut self) -> Result<Range<usize>, Fault> {
        let start = self.at;
        let mut fault = None;
        if self.bytes.get(self.at) == Some(&b'"') {
            self.quoted()?;
            if self.at < self.bytes.len() && !self.ends_cell(self.bytes[self.at]) {
                fault = Some(Fault::TextAfterQuote);
            }
        }
        while self.at < self.bytes.len() && !self.ends_cell(self.bytes[self.at]) {
            self.at += 1;
        }
        fault.map_or(Ok(start..self.at), Err)
    }

    /// Walks from an opening quote past its closing one.
    fn quoted(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                None => return Err(Fault::Unclosed),
                Some(b'"') if self.bytes.get(self.at + 1) == Some(&b'"') => self.at += 2,
                Some(b'"') => break,
                Some(b'\n' | b'\r') => self.line_end(),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn ends_cell(&self, byte: u8) -> bool {
        byte == self.delimiter || byte == b'\n' || byte == b'\r'
    }

    /// Goes back to the end of the line where a broken record starts: what its quote swallowed are
    /// most likely rows, and their mistakes are told too.
    fn back_to_line_end(&mut self, start: usize, line: u32) {
        let rest = &self.bytes[start..];
        self.at = start + rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        self.line = line;
    }

    /// Walks past a line end: CR LF, LF or CR.
    fn line_end(&mut self) {
        let both = self.bytes[self.at..].starts_with(b"\r\n");
        self.at += if both { 2 } else { 1 };
        self.line = self.line.saturating_add(1);
    }
}

impl Iterator for Records<'_> {
    type Item = (u32, Result<Record, Broken>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let mut cells = Vec::new();
        let mut fault = None;
        loop {
            match self.cell() {
                Ok(cell) if cells.len() < MOST_CELLS => cells.push(cell),
                Ok(_) => fault = fault.or(Some((Fault::TooWide, cells.len()))),
                Err(found) => fault = fault.or(Some((found, cells.len()))),
            }
            if self.bytes.get(self.at) != Some(&self.delimiter) {
                break;
            }
            self.at += 1;
        }
        let several_lines = self.line != line;
        if several_lines && fault.is_some() {
            self.back_to_line_end(start, line);
        }
        let unterminated = self.at >= self.bytes.len();
        if !unterminated {
            self.line_end();
        }
        Some(match fault {
            None => (line, Ok(Record { line, cells, unterminated })),
            Some((fault, cell)) => (line, Err(Broken { fault, cell, several_lines })),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, delimiter: u8) -> Vec<(u32, Result<Vec<&str>, Fault>)> {
        let records = Records::new(text, delimiter);
        let texts = |record: Record| record.cells.iter().map(|cell| &text[cell.clone()]).collect();
        records.map(|(line, record)| (line, record.map(texts).map_err(|broken| broken.fault))).collect()
    }

    #[test]
    fn rows_start_where_they_start() {
        let text = "a;\"b\r\nc\"\r\n\nd;\re";
        let expected = vec![
            (1, Ok(vec!["a", "\"b\r\nc\""])),
            (3, Ok(vec![""])),
            (4, Ok(vec!["d", ""])),
            (5, Ok(vec!["e"])),
        ];
        assert_eq!(cells(text, b';'), expected);
    }

    #[test]
    fn a_quote_inside_a_cell_is_text() {
        assert_eq!(cells("a\"b;c\"\n", b';'), vec![(1, Ok(vec!["a\"b", "c\""]))]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_a_fault() {
        assert_eq!(cells("a;b\n\"c;d\ne;f\n", b';')[1], (2, Err(Fault::Unclosed)));
        assert_eq!(cells("a;b\n\"c;d\ne;f\n", b';')[2], (3, Ok(vec!["e", "f"])), "rows below are read");
        let swallowed = cells("a;b\n\"c;d\ne;\"f\"\n", b';');
        assert_eq!(swallowed[1..], [(2, Err(Fault::TextAfterQuote)), (3, Ok(vec!["e", "\"f\""]))]);
    }

    #[test]
    fn a_million_columns_are_a_fault() {
        let text = ";".repeat(1_000_000);
        assert_eq!(cells(&text, b';'), vec![(1, Err(Fault::TooWide))]);
    }
}
