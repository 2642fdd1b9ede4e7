//! expanded: a line for each value, for rows that are wider than the screen.

use super::lines::Lines;
use super::table::{form, spaces};
use super::{Notation, Options, Sink};
use crate::value::text::Text as _;
use crate::{Column, Rows, ValueRef};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Rows one under the other, their columns' names before the values.
pub(super) struct Expanded<'w> {
    lines: Lines<'w>,
    null: String,
    notation: Notation,
    names: Vec<String>,
    width: usize,
    rows: u64,
    form: String,
}

impl<'w> Expanded<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: &Options) -> Self {
        Self {
            lines: Lines::new(out),
            null: options.null.clone().unwrap_or_else(|| "NULL".into()),
            notation: options.notation.clone(),
            names: Vec::new(),
            width: 0,
            rows: 0,
            form: String::new(),
        }
    }
}

impl Rows for Expanded<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        let mut names = Vec::new();
        for column in columns {
            let mut name = String::new();
            form(
                &mut name,
                &ValueRef::Text(&column.name),
                "",
                &self.notation,
                false,
            );
            self.width = self.width.max(name.width());
            names.push(name);
        }
        for name in &mut names {
            spaces(name, self.width - name.as_str().width());
        }
        self.names = names;
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.rows += 1;
        let line = &mut self.lines.text;
        line.push_str(&format!("── row {} ──", self.rows));
        self.lines.end()?;
        for (name, value) in self.names.iter().zip(row) {
            let line = &mut self.lines.text;
            line.push_str(name);
            line.push_str(" │ ");
            self.form.clear();
            form(&mut self.form, value, &self.null, &self.notation, false);
            line.push_str(&self.form);
            self.lines.end()?;
        }
        Ok(())
    }
}

impl Sink for Expanded<'_> {
    fn finish(&mut self) -> io::Result<()> {
        self.lines.finish()
    }
}
