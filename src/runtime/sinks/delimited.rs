//! csv and tsv.
//!
//! Written by hand: the `csv` crate's writer cannot quote one empty field and leave the next bare,
//! which is how an empty text and NULL are told apart.

use super::lines::Lines;
use super::{Notation, Options, Sink};
use crate::value::text::{self, Text as _};
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};

/// Values separated by one character (RFC 4180, with `\n`). Unless told otherwise NULL is nothing
/// between separators and an empty text is `""`, as PostgreSQL's COPY writes them.
pub(super) struct Delimited<'w> {
    lines: Lines<'w>,
    delimiter: u8,
    header: bool,
    null: String,
    notation: Notation,
    /// No value but a text needs quotes.
    plain: bool,
}

impl<'w> Delimited<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options, delimiter: u8) -> Self {
        let delimiter = options.delimiter.unwrap_or(delimiter);
        let usual = matches!(delimiter, b',' | b'\t' | b';' | b'|');
        Self {
            lines: Lines::new(out),
            plain: usual && options.notation.are_usual(),
            notation: options.notation.clone(),
            delimiter,
            header: options.header,
            null: options.null.clone().unwrap_or_default(),
        }
    }

    /// A text, in quotes where it needs them.
    fn field(&mut self, text: &str) {
        let (line, delimiter) = (&mut self.lines.text, self.delimiter);
        let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
        // What reads as NULL is in quotes, the empty text too.
        let null = text.is_empty() || text == self.null;
        if !null && !text.bytes().any(special) {
            line.push_str(text);
            return;
        }
        line.push('"');
        for (at, piece) in text.split('"').enumerate() {
            line.push_str(if at == 0 { "" } else { "\"\"" });
            line.push_str(piece);
        }
        line.push('"');
    }

    /// The text form of a number, a day and so on.
    fn form(&mut self, value: &ValueRef<'_>) {
        if self.plain {
            text::push(&mut self.lines.text, value);
        } else {
            let mut text = String::new();
            self.notation.push(&mut text, value);
            self.field(&text);
        }
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.lines.text.byte(self.delimiter);
        }
    }
}

impl Rows for Delimited<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        if !self.header {
            return Ok(());
        }
        for (at, column) in columns.iter().enumerate() {
            self.separate(at);
            self.field(&column.name);
        }
        self.lines.end()
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        for (at, value) in row.iter().enumerate() {
            self.separate(at);
            match *value {
                ValueRef::Null => self.lines.text.push_str(&self.null),
                ValueRef::Text(text) | ValueRef::Json(text) => self.field(text),
                ValueRef::Integer(value) if self.plain => {
                    self.lines.text.integer(value);
                }
                _ => self.form(value),
            }
        }
        self.lines.end()
    }
}

impl Sink for Delimited<'_> {
    fn finish(&mut self) -> io::Result<()> {
        self.lines.finish()
    }
}
