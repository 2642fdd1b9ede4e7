//! csv and tsv (RFC 4180, with any line end).
//!
//! Read by hand: an empty text and NULL are told apart by quotes, which the `csv` crate does not report.

use super::records::{CellKind, Counted, Reading, Record, Records, Wrong, line_place};
use std::io::{self, BufRead};
use std::path::Path;

/// A record longer than this is a quote that was not closed.
const LONGEST: usize = 1 << 26;

pub(super) struct Delimited {
    file: Counted,
    delimiter: u8,
    null: String,
    names: Vec<String>,
    /// The line that comes next, from 1.
    line: u64,
    bytes: Vec<u8>,
}

impl Delimited {
    pub(super) fn open(path: &Path, how: &Reading, delimiter: u8) -> Result<Self, Wrong> {
        let mut made = Self {
            file: Counted::open(path)?,
            delimiter: how.delimiter.unwrap_or(delimiter),
            null: how.null.clone(),
            names: Vec::new(),
            line: 1,
            bytes: Vec::new(),
        };
        // The mark that some programs put before UTF-8.
        if made.file.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            made.file.consume(3);
        }
        if how.header {
            let mut head = Record::default();
            made.next(&mut head)?;
            made.names = (0..head.len())
                .map(|at| head.cell(at).0.trim().to_owned())
                .collect();
        }
        Ok(made)
    }

    /// The bytes of the next record, without the line's end; false where the file ends.
    fn record(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        loop {
            let from = self.bytes.len();
            if self.file.read_until(b'\n', &mut self.bytes)? == 0 {
                break;
            }
            // A line break inside of quotes belongs to the record.
            let quotes = self.bytes[from..].iter().filter(|&&byte| byte == b'"');
            let open = quotes.count() % 2 == 1;
            let inside = from > 0;
            if open == inside || self.bytes.len() > LONGEST {
                break;
            }
        }
        let any = !self.bytes.is_empty();
        if self.bytes.last() == Some(&b'\n') {
            self.bytes.pop();
            if self.bytes.last() == Some(&b'\r') {
                self.bytes.pop();
            }
        }
        Ok(any)
    }

    fn cells(&self, text: &str, record: &mut Record) -> Result<(), String> {
        let mut rest = text;
        let delimiter = char::from(self.delimiter);
        loop {
            let quoted = rest.starts_with('"');
            if quoted {
                rest = &rest[1..];
                loop {
                    let Some(end) = rest.find('"') else {
                        return Err("a quote is not closed".into());
                    };
                    record.text().push_str(&rest[..end]);
                    rest = &rest[end + 1..];
                    let Some(more) = rest.strip_prefix('"') else {
                        break;
                    };
                    record.text().push('"');
                    rest = more;
                }
            }
            let end = rest.find(delimiter);
            let bare = &rest[..end.unwrap_or(rest.len())];
            if quoted && !bare.trim().is_empty() {
                return Err(format!("{bare:?} follows a closing quote"));
            }
            if !quoted {
                record.text().push_str(bare);
            }
            let null = !quoted && record.open() == self.null;
            let kind = if null { CellKind::Null } else { CellKind::Bare };
            record.end(kind);
            match end {
                Some(end) => rest = &rest[end + 1..],
                None => return Ok(()),
            }
        }
    }
}

impl Records for Delimited {
    fn done(&self) -> (u64, u64) {
        self.file.done()
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, record: &mut Record) -> Result<bool, Wrong> {
        loop {
            record.clear();
            record.line = self.line;
            if !self.record()? {
                return Ok(false);
            }
            let breaks = self.bytes.iter().filter(|&&byte| byte == b'\n').count();
            self.line += breaks as u64 + 1;
            // An empty line is no record.
            if self.bytes.is_empty() {
                continue;
            }
            let wrong = |what: String| Wrong::Record(line_place(record.line), what);
            let bytes = core::mem::take(&mut self.bytes);
            let text = core::str::from_utf8(&bytes).map_err(|_| wrong("it is not UTF-8".into()))?;
            let line = record.line;
            let done = self.cells(text, record);
            self.bytes = bytes;
            return done
                .map(|()| true)
                .map_err(|what| Wrong::Record(line_place(line), what));
        }
    }
}
