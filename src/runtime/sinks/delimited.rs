//! csv and tsv.
//!
//! Written by hand: the `csv` crate's writer cannot quote one empty field and leave the next bare,
//! which is how an empty text and NULL are told apart.

use super::{Options, Sink};
use crate::value::write_text;
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};

/// Values separated by one character (RFC 4180, with `\n`). Unless told otherwise NULL is nothing
/// between separators and an empty text is `""`, as PostgreSQL's COPY writes them.
pub(super) struct Delimited<'w> {
    out: &'w mut dyn Write,
    delimiter: u8,
    header: bool,
    null: String,
    line: String,
    buffer: String,
}

/// Lines are collected to about this many bytes before they are written.
const CHUNK: usize = 1 << 15;

impl<'w> Delimited<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options, delimiter: u8) -> Self {
        Self {
            out,
            delimiter: options.delimiter.unwrap_or(delimiter),
            header: options.header,
            null: options.null.clone().unwrap_or_default(),
            line: String::new(),
            buffer: String::new(),
        }
    }

    fn field(line: &mut String, text: &str, delimiter: u8) {
        let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
        if !text.is_empty() && !text.bytes().any(special) {
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

    fn end_line(&mut self) -> io::Result<()> {
        self.line.push('\n');
        if self.line.len() < CHUNK {
            return Ok(());
        }
        self.flush_lines()
    }

    fn flush_lines(&mut self) -> io::Result<()> {
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        Ok(())
    }
}

impl Rows for Delimited<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        if !self.header {
            return Ok(());
        }
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                self.line.push(char::from(self.delimiter));
            }
            Self::field(&mut self.line, &column.name, self.delimiter);
        }
        self.end_line()
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        for (at, value) in row.iter().enumerate() {
            if at > 0 {
                self.line.push(char::from(self.delimiter));
            }
            match value {
                ValueRef::Null => self.line.push_str(&self.null),
                value => {
                    let text = write_text(value, &mut self.buffer);
                    Self::field(&mut self.line, text, self.delimiter);
                }
            }
        }
        self.end_line()
    }
}

impl Sink for Delimited<'_> {
    fn finish(&mut self) -> io::Result<()> {
        self.flush_lines()?;
        self.out.flush()
    }
}
