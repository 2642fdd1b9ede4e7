//! Files of records, read one record after the other.

use super::delimited::Delimited;
use super::json::Json;
use crate::Value;
use crate::value::notation::Notation;
use rql::Type;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::str::FromStr;

/// What a cell of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    /// Nothing, or what stands for it.
    Null,
    /// A text that may be a number, a day and so on.
    Bare,
    /// A number that the file holds as a double.
    Double,
    /// A text that is no number, whatever it looks like.
    Word,
    /// A JSON string, as it is written.
    Text,
    /// The text of a JSON object or array.
    Json,
    /// A value of a type of its own, which the record has beside its texts.
    Typed,
    /// What the file has in the place of a value: an error, in words.
    Broken,
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
    /// The values of a record that has types of its own.
    pub(super) values: Vec<Value>,
    /// Its line or row in the file, from 1.
    pub(super) line: u64,
}

impl Record {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.values.clear();
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

    /// A cell as a whole.
    pub(super) fn put(&mut self, text: &str, kind: CellKind) {
        self.text.push_str(text);
        self.end(kind);
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
    /// A record is broken: its place, and what is wrong. The next one can be read.
    Record(String, String),
    /// The file cannot be read.
    File(io::Error),
}

impl Wrong {
    /// The file is not what it should be.
    pub(super) fn file(what: impl ToString) -> Self {
        Self::File(io::Error::other(what.to_string()))
    }
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

    /// The types of the columns, where the file has them.
    fn types(&self) -> Option<&[Type]> {
        None
    }

    /// Reads the next record; false where there is none.
    fn next(&mut self, record: &mut Record) -> Result<bool, Wrong>;

    /// Where a record stands, or one of its cells, as it is written behind the file's name.
    fn place(&self, line: u64, _column: Option<usize>) -> String {
        line_place(line)
    }

    /// How much has been read, and of how much, in any unit.
    fn done(&self) -> (u64, u64);
}

/// The place of a line.
pub(super) fn line_place(line: u64) -> String {
    format!(":{line}")
}

/// How a file is read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) format: &'static ReadFormat,
    /// The first record has the names.
    pub(crate) header: bool,
    pub(crate) delimiter: Option<u8>,
    /// What stands for NULL.
    pub(crate) null: String,
    /// How numbers, days and moments are written.
    pub(crate) notation: Notation,
    /// Of a workbook.
    pub(crate) sheet: Sheet,
    pub(crate) range: Range,
    /// Records of which the types are taken; `None` for all.
    pub(crate) sample: Option<u64>,
    /// Records that may be left out.
    pub(crate) max_errors: u64,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            format: &READ_FORMATS[0],
            header: true,
            delimiter: None,
            null: String::new(),
            notation: Notation::default(),
            sheet: Sheet::At(1),
            range: Range::default(),
            sample: None,
            max_errors: 0,
        }
    }
}

/// A sheet of a workbook.
#[derive(Clone, Debug)]
pub(crate) enum Sheet {
    /// By its place, from 1.
    At(usize),
    Named(String),
}

/// Cells of a sheet: row and column from 0 of the first and the last, as far as they are said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) first: Option<(u32, u32)>,
    pub(crate) last: Option<(u32, u32)>,
}

/// `B2:F100`, or `B2` for all from there on.
impl FromStr for Range {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (first, last) = match text.split_once(':') {
            Some((first, last)) => (cell(first)?, Some(cell(last)?)),
            None => (cell(text)?, None),
        };
        let ordered = last.is_none_or(|last| first.0 <= last.0 && first.1 <= last.1);
        ordered
            .then_some(Self {
                first: Some(first),
                last,
            })
            .ok_or(())
    }
}

/// The row and column of `B2`, from 0; `$` says nothing here.
fn cell(text: &str) -> Result<(u32, u32), ()> {
    let text = text.trim().replace('$', "").to_ascii_uppercase();
    let digits = text.find(|c: char| c.is_ascii_digit()).ok_or(())?;
    let (letters, digits) = text.split_at(digits);
    let column = letters.bytes().try_fold(0_u32, |sum, letter| {
        let letter = letter.checked_sub(b'A').filter(|&letter| letter < 26)?;
        sum.checked_mul(26)?.checked_add(u32::from(letter) + 1)
    });
    let column = column.and_then(|column| column.checked_sub(1)).ok_or(())?;
    let row: u32 = digits.parse().map_err(|_| ())?;
    Ok((row.checked_sub(1).ok_or(())?, column))
}

type Made = Result<Box<dyn Records>, Wrong>;

/// A format that is read.
#[derive(Debug)]
pub(crate) struct ReadFormat {
    /// As FORMAT names it; also the ending of its files.
    pub(crate) name: &'static str,
    /// Other endings.
    also: &'static [&'static str],
    make: fn(&Path, &Reading) -> Made,
}

/// Every format that is read.
pub(super) static READ_FORMATS: &[ReadFormat] = &[
    ReadFormat {
        name: "csv",
        also: &["txt"],
        make: |path, how| Ok(Box::new(Delimited::open(path, how, b',')?)),
    },
    ReadFormat {
        name: "tsv",
        also: &["tab"],
        make: |path, how| Ok(Box::new(Delimited::open(path, how, b'\t')?)),
    },
    ReadFormat {
        name: "json",
        also: &[],
        make: |path, _| Ok(Box::new(Json::open(path)?)),
    },
    ReadFormat {
        name: "jsonl",
        also: &["ndjson"],
        make: |path, _| Ok(Box::new(Json::open(path)?)),
    },
    #[cfg(feature = "xlsx")]
    ReadFormat {
        name: "xlsx",
        also: &["xlsm"],
        make: |path, how| Ok(Box::new(super::xlsx::Workbook::open(path, how)?)),
    },
    #[cfg(feature = "parquet")]
    ReadFormat {
        name: "parquet",
        also: &["pq"],
        make: |path, _| Ok(Box::new(super::columnar::Columnar::parquet(path)?)),
    },
    #[cfg(feature = "parquet")]
    ReadFormat {
        name: "arrow",
        also: &["feather", "ipc", "arrows"],
        make: |path, _| Ok(Box::new(super::columnar::Columnar::arrow(path)?)),
    },
];

impl ReadFormat {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        READ_FORMATS.iter().find(|format| {
            let mut all = format.also.iter().chain([&format.name]);
            all.any(|known| known.eq_ignore_ascii_case(name))
        })
    }
}

impl ReadFormat {
    /// The format that a function reads, by its name; of documents the file's ending says whether each is a line.
    pub(super) fn of_reader(
        function: &str,
        ending: Option<&'static Self>,
    ) -> Option<&'static Self> {
        let documents = |format: &&Self| matches!(format.name, "json" | "jsonl");
        match function {
            "read_csv" | "read_csv_auto" => ending
                .filter(|format| format.name == "tsv")
                .or_else(|| Self::named("csv")),
            "read_json" | "read_json_auto" => {
                ending.filter(documents).or_else(|| Self::named("json"))
            }
            "read_ndjson" | "read_ndjson_auto" => Self::named("jsonl"),
            _ => Self::named("parquet"),
        }
    }
}

/// Opens a file.
pub(super) fn open(path: &Path, how: &Reading) -> Made {
    (how.format.make)(path, how)
}

/// A file that is read from its beginning to its end, and how far it has been.
pub(super) struct Counted {
    file: BufReader<File>,
    read: u64,
    size: u64,
}

impl Counted {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // What has no size, a pipe say, is as long as it turns out to be.
        let size = file.metadata().map_or(0, |about| about.len());
        Ok(Self {
            file: BufReader::with_capacity(1 << 16, file),
            read: 0,
            size,
        })
    }

    pub(super) fn done(&self) -> (u64, u64) {
        (self.read, self.size)
    }
}

impl Read for Counted {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(bytes)?;
        self.read += count as u64;
        Ok(count)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.read += count as u64;
        self.file.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn ranges_are_read_as_excel_writes_them() {
        let range = |first, last| {
            Ok(Range {
                first: Some(first),
                last,
            })
        };
        assert_eq!("A1".parse(), range((0, 0), None));
        assert_eq!("$B$2:aa10".parse(), range((1, 1), Some((9, 26))));
        for text in ["", "A", "1", "A0", "B2:A1", "A1:", "Ä1"] {
            assert_eq!(text.parse::<Range>(), Err(()), "{text}");
        }
    }
}
