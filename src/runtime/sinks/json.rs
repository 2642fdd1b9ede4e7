//! json and jsonl: numbers stay exact, NULL is `null`, other types are their text.

use super::lines::Lines;
use super::{Options, Sink};
use crate::value::text::{self, Line, Text};
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};

/// Objects, in an array or one a line.
pub(super) struct Json<'w> {
    lines: Lines<'w>,
    array: bool,
    /// What comes before each value: a brace or comma, the name as a JSON string, a colon.
    names: Vec<String>,
    any: bool,
    /// Its place in a list of results.
    listed: Option<u64>,
}

impl<'w> Json<'w> {
    pub(super) fn array(out: &'w mut dyn Write, options: &Options) -> Self {
        Self {
            listed: options.listed,
            ..Self::new(out, true)
        }
    }

    pub(super) fn lines(out: &'w mut dyn Write) -> Self {
        Self::new(out, false)
    }

    fn new(out: &'w mut dyn Write, array: bool) -> Self {
        Self {
            lines: Lines::new(out),
            array,
            names: Vec::new(),
            any: false,
            listed: None,
        }
    }
}

impl Rows for Json<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        let names = columns.iter().enumerate().map(|(at, column)| {
            let mut name = String::from(if at == 0 { '{' } else { ',' });
            string(&column.name, &mut name);
            name.push(':');
            name
        });
        self.names = names.collect();
        self.lines.text.push_str(match self.listed {
            None => "",
            Some(0) => "[",
            Some(_) => ",\n",
        });
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        if self.any {
            self.lines.text.push_str(if self.array { "," } else { "" });
            self.lines.end()?;
        }
        let first = if self.any { " " } else { "[" };
        self.any = true;
        let line = &mut self.lines.text;
        line.push_str(if self.array { first } else { "" });
        for (name, value) in self.names.iter().zip(row) {
            line.push_str(name);
            write(line, value);
        }
        line.push_str(if self.names.is_empty() { "{}" } else { "}" });
        Ok(())
    }
}

impl Sink for Json<'_> {
    fn finish(&mut self) -> io::Result<()> {
        match (self.array, self.any) {
            (true, true) => self.lines.text.push(']'),
            (true, false) => self.lines.text.push_str("[]"),
            (false, true) => {}
            (false, false) => return self.lines.finish(),
        }
        // What comes behind it in the list says how its line ends.
        if self.listed.is_none() {
            self.lines.end()?;
        }
        self.lines.finish()
    }
}

fn write(line: &mut Line, value: &ValueRef<'_>) {
    let quoted = match *value {
        ValueRef::Null => return line.push_str("null"),
        ValueRef::Boolean(value) => return line.push_str(if value { "true" } else { "false" }),
        ValueRef::Text(text) => return string(text, line),
        // NaN and the infinities are no JSON numbers.
        ValueRef::Real(value) => !value.is_finite(),
        ValueRef::Double(value) => !value.is_finite(),
        ValueRef::Numeric(text) => text.ends_with(|c: char| c.is_ascii_alphabetic()),
        ValueRef::Integer(_) | ValueRef::Decimal(_) | ValueRef::Json(_) => false,
        // The only other text form with a character to escape.
        ValueRef::Blob(_) => return string(&value.to_string(), line),
        _ => true,
    };
    line.push_str(if quoted { "\"" } else { "" });
    text::push(line, value);
    line.push_str(if quoted { "\"" } else { "" });
}

/// A JSON string (RFC 8259, section 7).
fn string(text: &str, out: &mut impl Text) {
    let special = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\\');
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(special) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => out.push_str(&format!("\\u{other:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}
