//! Where rows end up: one entry of [`FORMATS`] for each output format.
//!
//! A sink gets the columns, then the rows, then [`Sink::finish`]. Text goes to any [`Write`]; whether
//! that is a terminal is said in [`Options`], never asked for.

mod delimited;
mod expanded;
mod inserts;
mod json;
mod lines;
mod markup;
mod table;
#[cfg(test)]
mod tests;

use crate::{Column, Rows, Value, ValueRef};
use std::io::{self, Write};

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
    /// NULL is drawn faint, with an escape sequence of the terminal.
    pub color: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header: true,
            null: None,
            width: None,
            delimiter: None,
            table: None,
            color: false,
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

/// An output format.
#[derive(Debug)]
pub struct Format {
    /// What `--format` and `.mode` call it; also the extension of its files.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// True where people read it, so that a footer with the time goes along.
    pub for_people: bool,
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
}

/// Every output format.
pub static FORMATS: &[Format] = &[
    Format {
        name: "box",
        about: "a table drawn with lines",
        for_people: true,
        make: |out, options| Box::new(table::Table::new(out, options, &table::BOX)),
    },
    Format {
        name: "ascii",
        about: "a table drawn with +, - and |",
        for_people: true,
        make: |out, options| Box::new(table::Table::new(out, options, &table::ASCII)),
    },
    Format {
        name: "expanded",
        about: "a line for each value",
        for_people: true,
        make: |out, options| Box::new(expanded::Expanded::new(out, options)),
    },
    Format {
        name: "markdown",
        about: "a table of Markdown",
        for_people: false,
        make: |out, options| Box::new(markup::Marked::new(out, options, &markup::MARKDOWN)),
    },
    Format {
        name: "html",
        about: "a table element",
        for_people: false,
        make: |out, options| Box::new(markup::Marked::new(out, options, &markup::HTML)),
    },
    Format {
        name: "csv",
        about: "comma-separated values (RFC 4180)",
        for_people: false,
        make: |out, options| Box::new(delimited::Delimited::new(out, options, b',')),
    },
    Format {
        name: "tsv",
        about: "tab-separated values",
        for_people: false,
        make: |out, options| Box::new(delimited::Delimited::new(out, options, b'\t')),
    },
    Format {
        name: "json",
        about: "an array of objects",
        for_people: false,
        make: |out, _| Box::new(json::Json::array(out)),
    },
    Format {
        name: "jsonl",
        about: "one JSON object a line",
        for_people: false,
        make: |out, _| Box::new(json::Json::lines(out)),
    },
    Format {
        name: "sql",
        about: "INSERT statements",
        for_people: false,
        make: |out, options| Box::new(inserts::Inserts::new(out, options)),
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
