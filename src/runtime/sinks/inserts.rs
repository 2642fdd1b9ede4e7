//! sql: INSERT statements that RQL, and with it every database, takes.

use super::lines::Lines;
use super::{Options, Sink};
use crate::value::text::{self, Line, Text as _};
use crate::{Column, Rows, ValueRef};
use rql::Dialect;
use std::io::{self, Write};

/// Rows of one statement.
const ROWS: u64 = 100;

/// `INSERT INTO t (a, b) VALUES …;` for every hundred rows.
pub(super) struct Inserts<'w> {
    lines: Lines<'w>,
    table: String,
    head: String,
    rows: u64,
}

impl<'w> Inserts<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options) -> Self {
        Self {
            lines: Lines::new(out),
            table: options.table.clone().unwrap_or_else(|| "result".into()),
            head: String::new(),
            rows: 0,
        }
    }
}

fn name(text: &str) -> String {
    rql::quoted(text, Dialect::Postgresql)
}

impl Rows for Inserts<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        let columns: Vec<String> = columns.iter().map(|column| name(&column.name)).collect();
        let table: Vec<String> = self.table.split('.').map(name).collect();
        let (table, columns) = (table.join("."), columns.join(", "));
        self.head = format!("INSERT INTO {table} ({columns}) VALUES\n  (");
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        let first = self.rows.is_multiple_of(ROWS);
        if self.rows > 0 {
            self.lines.text.push_str(if first { ";" } else { "," });
            self.lines.end()?;
        }
        let line = &mut self.lines.text;
        line.push_str(if first { &self.head } else { "  (" });
        for (at, value) in row.iter().enumerate() {
            line.push_str(if at == 0 { "" } else { ", " });
            literal(line, value);
        }
        line.push(')');
        self.rows += 1;
        Ok(())
    }
}

impl Sink for Inserts<'_> {
    fn finish(&mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.lines.text.push(';');
            self.lines.end()?;
        }
        self.lines.finish()
    }
}

/// True for a double whose text form is a decimal.
fn usual(number: f64) -> bool {
    number == 0.0 || (1e-4..1e15).contains(&number.abs())
}

/// A value as RQL writes it.
fn literal(line: &mut Line, value: &ValueRef<'_>) {
    let cast = |line: &mut Line, ty: &str| {
        line.push_str("CAST('");
        text::push(line, value);
        line.push_str("' AS ");
        line.push_str(ty);
        line.push(')');
    };
    let typed = |line: &mut Line, ty: &str| {
        line.push_str(ty);
        line.push_str(" '");
        text::push(line, value);
        line.push('\'');
    };
    match *value {
        ValueRef::Null => line.push_str("NULL"),
        ValueRef::Boolean(value) => line.push_str(if value { "TRUE" } else { "FALSE" }),
        // Infinities, and numbers that decimals are too short for.
        ValueRef::Real(number) if !usual(number.into()) => cast(line, "REAL"),
        ValueRef::Double(number) if !usual(number) => cast(line, "DOUBLE PRECISION"),
        ValueRef::Numeric(text) if text.ends_with(|c: char| c.is_ascii_alphabetic()) => {
            cast(line, "NUMERIC");
        }
        ValueRef::Integer(_)
        | ValueRef::Decimal(_)
        | ValueRef::Numeric(_)
        | ValueRef::Real(_)
        | ValueRef::Double(_) => text::push(line, value),
        ValueRef::Date(_) => typed(line, "DATE"),
        ValueRef::Time(_) => typed(line, "TIME"),
        ValueRef::Timestamp(_) => typed(line, "TIMESTAMP"),
        ValueRef::TimestampTz(_) => cast(line, "TIMESTAMPTZ"),
        ValueRef::Interval(_) => typed(line, "INTERVAL"),
        ValueRef::Uuid(_) => cast(line, "UUID"),
        ValueRef::Blob(bytes) => {
            line.push_str("X'");
            for byte in bytes {
                line.push_str(&format!("{byte:02x}"));
            }
            line.push('\'');
        }
        ValueRef::Text(text) | ValueRef::Json(text) => {
            line.push('\'');
            for (at, piece) in text.split('\'').enumerate() {
                line.push_str(if at == 0 { "" } else { "''" });
                line.push_str(piece);
            }
            line.push('\'');
        }
    }
}
