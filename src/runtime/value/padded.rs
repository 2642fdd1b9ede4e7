//! CHAR(n) as PostgreSQL shows it: filled up with blanks, which other backends do not store.

use crate::{Column, Rows, ValueRef};
use rql::{OutColumn, Type};
use std::io;

/// Fills up the texts of CHAR columns on their way to a sink.
pub(crate) struct Padded<'r> {
    widths: Vec<Option<usize>>,
    rows: &'r mut dyn Rows,
}

impl<'r> Padded<'r> {
    /// Around `rows`, where a column needs it.
    pub(crate) fn around(
        columns: &[OutColumn],
        rows: &'r mut dyn Rows,
    ) -> Result<Self, &'r mut dyn Rows> {
        let widths: Vec<Option<usize>> = columns
            .iter()
            .map(|column| match column.ty {
                Type::Char(width) if width > 1 => usize::try_from(width).ok(),
                _ => None,
            })
            .collect();
        if widths.iter().all(Option::is_none) {
            return Err(rows);
        }
        Ok(Self { widths, rows })
    }
}

impl Rows for Padded<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        let texts: Vec<Option<String>> = row
            .iter()
            .zip(&self.widths)
            .map(|(value, width)| match (value, width) {
                (ValueRef::Text(text), &Some(width)) => Some(format!("{text:<width$}")),
                _ => None,
            })
            .collect();
        let cells: Vec<ValueRef<'_>> = row
            .iter()
            .zip(&texts)
            .map(|(value, text)| text.as_deref().map_or(*value, ValueRef::Text))
            .collect();
        self.rows.row(&cells)
    }
}
