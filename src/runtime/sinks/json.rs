//! json and jsonl: numbers stay exact, NULL is `null`, other types are their text.

use super::Sink;
use crate::value::write_text;
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};

/// Objects, in an array or one a line.
pub(super) struct Json<'w> {
    out: &'w mut dyn Write,
    array: bool,
    /// Each column's name as a JSON string.
    names: Vec<String>,
    any: bool,
    line: String,
    buffer: String,
}

impl<'w> Json<'w> {
    pub(super) fn array(out: &'w mut dyn Write) -> Self {
        Self::new(out, true)
    }

    pub(super) fn lines(out: &'w mut dyn Write) -> Self {
        Self::new(out, false)
    }

    fn new(out: &'w mut dyn Write, array: bool) -> Self {
        let (line, buffer) = (String::new(), String::new());
        Self {
            out,
            array,
            names: Vec::new(),
            any: false,
            line,
            buffer,
        }
    }
}

impl Rows for Json<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.names = columns
            .iter()
            .map(|column| {
                let mut name = String::new();
                string(&column.name, &mut name);
                name
            })
            .collect();
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.line.clear();
        if self.array {
            self.line.push_str(if self.any { ",\n " } else { "[" });
        }
        self.any = true;
        for (at, (name, value)) in self.names.iter().zip(row).enumerate() {
            self.line.push(if at == 0 { '{' } else { ',' });
            self.line.push_str(name);
            self.line.push(':');
            match value {
                ValueRef::Null => self.line.push_str("null"),
                ValueRef::Boolean(value) => {
                    self.line.push_str(if *value { "true" } else { "false" })
                }
                ValueRef::Json(text) => self.line.push_str(text),
                value => {
                    let text = write_text(value, &mut self.buffer);
                    // NaN and the infinities are no JSON numbers.
                    let number =
                        value.is_number() && !text.ends_with(|c: char| c.is_ascii_alphabetic());
                    if number {
                        self.line.push_str(text);
                    } else {
                        string(text, &mut self.line);
                    }
                }
            }
        }
        self.line
            .push_str(match (self.names.is_empty(), self.array) {
                (true, true) => "{}",
                (true, false) => "{}\n",
                (false, true) => "}",
                (false, false) => "}\n",
            });
        self.out.write_all(self.line.as_bytes())
    }
}

impl Sink for Json<'_> {
    fn finish(&mut self) -> io::Result<()> {
        if self.array {
            self.out
                .write_all(if self.any { b"]\n" } else { b"[]\n" })?;
        }
        self.out.flush()
    }
}

/// A JSON string (RFC 8259, section 7).
fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
