//! sql: INSERT statements that RQL, and with it every database, takes.

use super::lines::Lines;
use super::{Options, Sink};
use crate::value::literal::literal;
use crate::value::text::Text as _;
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
