//! Where rows end up: one entry of [`FORMATS`] for each output format.
//!
//! A sink gets the columns, then the rows, then [`Sink::finish`]. Text goes to any [`Write`]; whether
//! that is a terminal is said in [`Options`], never asked for.

#[cfg(feature = "parquet")]
mod columnar;
mod delimited;
mod expanded;
mod inserts;
mod json;
mod lines;
mod markup;
mod table;
#[cfg(test)]
mod tests;
#[cfg(feature = "xlsx")]
mod xlsx;

pub use crate::transfer::options::{Told, set_written as set_option, told as options};
pub use crate::value::notation::Notation;
use crate::{Column, Rows, Value, ValueRef};
use std::io::{self, Write};
use std::path::Path;

/// How results are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// With the columns' names.
    pub header: bool,
    /// What stands for NULL; `None` is the format's own way.
    pub null: Option<String>,
    /// The widest line, for formats that fit a terminal; `None` cuts nothing.
    pub width: Option<usize>,
    /// What stands between the values of csv and tsv; `None` is the format's own.
    pub delimiter: Option<u8>,
    /// The table that sql's INSERTs name; `None` is `result`.
    pub table: Option<String>,
    /// The sheet of a workbook; `None` is the table's name, or `result`.
    pub sheet: Option<String>,
    /// How numbers, days and moments are written.
    pub notation: Notation,
    /// The result is one of a list of them, for json: its place, from 0.
    pub listed: Option<u64>,
    /// NULL is drawn faint, with an escape sequence of the terminal.
    pub color: bool,
    /// What shows all of what was cut.
    pub whole: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header: true,
            null: None,
            width: None,
            delimiter: None,
            table: None,
            sheet: None,
            notation: Notation::default(),
            listed: None,
            color: false,
            whole: "--format csv",
        }
    }
}

/// Rows on their way to a text.
pub trait Sink: Rows {
    /// All rows have come; writes what was held back.
    ///
    /// # Errors
    /// Where the output cannot be written.
    fn finish(&mut self) -> io::Result<()>;
}

/// What several results are in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Several {
    /// One after the other.
    Follow,
    /// A list: the whole is one document.
    List,
    /// Not possible: the whole is one result.
    Never,
}

/// An output format.
#[derive(Debug)]
pub struct Format {
    /// What `--format` and `.mode` call it; also the extension of its files.
    pub name: &'static str,
    /// Other extensions of its files.
    pub also: &'static [&'static str],
    /// What it is, in a few words.
    pub about: &'static str,
    /// True where people read it, so that a footer with the time goes along.
    pub for_people: bool,
    /// What several results are.
    pub several: Several,
    make: for<'w> fn(&'w mut dyn Write, &Options) -> Box<dyn Sink + 'w>,
}

impl Format {
    /// A sink that writes one result to `out`.
    pub fn sink<'w>(&self, out: &'w mut dyn Write, options: &Options) -> Box<dyn Sink + 'w> {
        (self.make)(out, options)
    }

    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS
            .iter()
            .find(|format| format.name.eq_ignore_ascii_case(name))
    }

    /// The format that a file's ending names.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<&'static Self> {
        let ending = path.extension()?.to_str()?;
        Self::named(ending).or_else(|| {
            FORMATS.iter().find(|format| {
                let mut also = format.also.iter();
                also.any(|also| also.eq_ignore_ascii_case(ending))
            })
        })
    }

    /// True for JSON, as a document or by lines.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.name, "json" | "jsonl")
    }

    /// True where the bytes are no text, for a file or another program only.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.several == Several::Never
    }
}

/// True where a sheet of a workbook may be called so.
pub(crate) fn is_sheet(name: &str) -> bool {
    #[cfg(feature = "xlsx")]
    return xlsx::is_name(name);
    #[cfg(not(feature = "xlsx"))]
    !name.is_empty()
}

/// Every output format.
pub static FORMATS: &[Format] = &[
    Format {
        name: "box",
        also: &["txt"],
        about: "a table drawn with lines",
        for_people: true,
        several: Several::Follow,
        make: |out, options| Box::new(table::Table::new(out, options, &table::BOX)),
    },
    Format {
        name: "ascii",
        also: &[],
        about: "a table drawn with +, - and |",
        for_people: true,
        several: Several::Follow,
        make: |out, options| Box::new(table::Table::new(out, options, &table::ASCII)),
    },
    Format {
        name: "expanded",
        also: &[],
        about: "a line for each value",
        for_people: true,
        several: Several::Follow,
        make: |out, options| Box::new(expanded::Expanded::new(out, options)),
    },
    Format {
        name: "markdown",
        also: &["md"],
        about: "a table of Markdown",
        for_people: false,
        several: Several::Follow,
        make: |out, options| Box::new(markup::Marked::new(out, options, &markup::MARKDOWN)),
    },
    Format {
        name: "html",
        also: &["htm"],
        about: "a table element",
        for_people: false,
        several: Several::Follow,
        make: |out, options| Box::new(markup::Marked::new(out, options, &markup::HTML)),
    },
    Format {
        name: "csv",
        also: &[],
        about: "comma-separated values (RFC 4180)",
        for_people: false,
        several: Several::Follow,
        make: |out, options| Box::new(delimited::Delimited::new(out, options, b',')),
    },
    Format {
        name: "tsv",
        also: &["tab"],
        about: "tab-separated values",
        for_people: false,
        several: Several::Follow,
        make: |out, options| Box::new(delimited::Delimited::new(out, options, b'\t')),
    },
    Format {
        name: "json",
        also: &[],
        about: "an array of objects",
        for_people: false,
        several: Several::List,
        make: |out, options| Box::new(json::Json::array(out, options)),
    },
    Format {
        name: "jsonl",
        also: &["ndjson"],
        about: "one JSON object a line",
        for_people: false,
        several: Several::Follow,
        make: |out, _| Box::new(json::Json::lines(out)),
    },
    Format {
        name: "sql",
        also: &[],
        about: "INSERT statements",
        for_people: false,
        several: Several::Follow,
        make: |out, options| Box::new(inserts::Inserts::new(out, options)),
    },
    #[cfg(feature = "xlsx")]
    Format {
        name: "xlsx",
        also: &[],
        about: "a workbook of Excel",
        for_people: false,
        several: Several::Never,
        make: |out, options| Box::new(xlsx::Xlsx::new(out, options)),
    },
    #[cfg(feature = "parquet")]
    Format {
        name: "parquet",
        also: &["pq"],
        about: "columns, packed (Apache Parquet)",
        for_people: false,
        several: Several::Never,
        make: |out, _| {
            let parquet = columnar::Container::Parquet;
            Box::new(columnar::Columnar::new(out, parquet))
        },
    },
    #[cfg(feature = "parquet")]
    Format {
        name: "arrow",
        also: &["feather", "ipc"],
        about: "columns as in memory (Apache Arrow)",
        for_people: false,
        several: Several::Never,
        make: |out, _| {
            let arrow = columnar::Container::Arrow;
            Box::new(columnar::Columnar::new(out, arrow))
        },
    },
];

/// Keeps the rows; for the few places that need a whole, small result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collect {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
}

impl Rows for Collect {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.rows.push(row.iter().map(ValueRef::to_owned).collect());
        Ok(())
    }
}
