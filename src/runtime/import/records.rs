//! Files of records, read one record after the other.

use super::delimited::Delimited;
use super::json::Json;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// What a cell of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    /// Nothing, or what stands for it.
    Null,
    /// A text that may be a number, a day and so on.
    Bare,
    /// A JSON string, as it is written.
    Text,
    /// The text of a JSON object or array.
    Json,
}

/// What a cell says, where it is not wanted as JSON.
pub(super) fn said(text: &str, kind: CellKind) -> Cow<'_, str> {
    match kind {
        CellKind::Text => serde_json::from_str(text).map_or(text.into(), Cow::<str>::Owned),
        _ => text.into(),
    }
}

/// The cells of one record.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The texts, one behind the other.
    text: String,
    /// Where each ends, and what it is.
    cells: Vec<(usize, CellKind)>,
    /// Its line in the file, from 1.
    pub(super) line: u64,
}

impl Record {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// Writes to the cell at hand.
    pub(super) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// The text of the cell at hand.
    pub(super) fn open(&self) -> &str {
        let start = self.cells.last().map_or(0, |cell| cell.0);
        &self.text[start..]
    }

    /// The cell at hand is done.
    pub(super) fn end(&mut self, kind: CellKind) {
        self.cells.push((self.text.len(), kind));
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell; one that is not there is NULL.
    pub(super) fn cell(&self, at: usize) -> (&str, CellKind) {
        let start = match at.checked_sub(1) {
            Some(before) => self.cells.get(before).map_or(0, |cell| cell.0),
            None => 0,
        };
        match self.cells.get(at) {
            Some(&(end, kind)) => (&self.text[start..end], kind),
            None => ("", CellKind::Null),
        }
    }
}

/// Why a file cannot be read on.
#[derive(Debug)]
pub(super) enum Wrong {
    /// A record is broken; the next one can be read.
    Record(u64, String),
    /// The file cannot be read.
    File(io::Error),
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// A file's records.
pub(super) trait Records {
    /// The names of the columns, as far as the file says them.
    fn names(&self) -> &[String];

    /// Reads the next record; false where there is none.
    fn next(&mut self, record: &mut Record) -> Result<bool, Wrong>;
}

/// How a file is read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) format: &'static ReadFormat,
    /// The first record has the names.
    pub(super) header: bool,
    pub(super) delimiter: Option<u8>,
    /// What stands for NULL.
    pub(super) null: String,
}

type Made = Result<Box<dyn Records>, Wrong>;

/// A format that is read.
#[derive(Debug)]
pub(super) struct ReadFormat {
    /// As FORMAT names it; also the ending of its files.
    pub(super) name: &'static str,
    /// Another ending.
    also: &'static str,
    make: fn(Box<dyn Read>, &Reading) -> Made,
}

/// Every format that is read.
pub(super) static READ_FORMATS: &[ReadFormat] = &[
    ReadFormat {
        name: "csv",
        also: "txt",
        make: |file, how| Ok(Box::new(Delimited::open(file, how, b',')?)),
    },
    ReadFormat {
        name: "tsv",
        also: "tab",
        make: |file, how| Ok(Box::new(Delimited::open(file, how, b'\t')?)),
    },
    ReadFormat {
        name: "json",
        also: "json",
        make: |file, _| Ok(Box::new(Json::open(file)?)),
    },
    ReadFormat {
        name: "jsonl",
        also: "ndjson",
        make: |file, _| Ok(Box::new(Json::open(file)?)),
    },
];

impl ReadFormat {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        READ_FORMATS.iter().find(|format| {
            format.name.eq_ignore_ascii_case(name) || format.also.eq_ignore_ascii_case(name)
        })
    }
}

/// Opens a file; gives its size too.
pub(super) fn open(path: &Path, how: &Reading) -> Made {
    let file = BufReader::with_capacity(1 << 16, File::open(path)?);
    (how.format.make)(Box::new(file), how)
}
