//! The values that a field may have, to choose from.

use super::{FormSession, Mode, Stop, said};
use noctra_runtime::{Output, Session, Value};
use rql::Type;
use std::sync::Arc;

/// A list of values that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueList {
    /// The field.
    pub field: String,
    /// The names of the columns; the first is the field's value.
    pub columns: Vec<String>,
    /// The rows that have the text looked for.
    pub rows: Vec<Vec<Value>>,
    /// How many there are without it.
    pub all: usize,
    /// The text looked for.
    pub filter: String,
}

impl FormSession {
    pub(super) fn list_values(&mut self, session: &mut Session, filter: &str) -> Result<(), Stop> {
        let block = self.block();
        let at = block.focus;
        let field = block.field(at).clone();
        let (columns, rows) = if let Some(lookup) = &field.lookup {
            let loaded = Arc::clone(&block.loaded);
            let found = session.form_rows(&loaded, lookup, &block.fields())?;
            let columns = found.columns.into_iter().map(|column| column.name);
            (columns.collect(), found.rows)
        } else if field.choices.is_empty() && field.ty == Type::Boolean {
            let rows = [true, false].map(|value| vec![Value::Boolean(value)]);
            (vec![field.shown().to_owned()], rows.into())
        } else {
            let mut rows = Vec::new();
            let loaded = Arc::clone(&block.loaded);
            for choice in &field.choices {
                let value = session.form_value(&loaded, &choice.value, &block.fields())?;
                let label = choice.label.clone().map(Value::Text);
                rows.push([Some(value), label].into_iter().flatten().collect());
            }
            (vec![field.shown().to_owned(), String::new()], rows)
        };
        if rows.is_empty() && field.lookup.is_none() {
            return said(format!("{} has no list of values", field.shown()));
        }
        let all = rows.len();
        let wanted = filter.to_lowercase();
        let has = |row: &Vec<Value>| {
            let mut cells = row.iter().filter_map(crate::editing);
            wanted.is_empty() || cells.any(|text| text.to_lowercase().contains(&wanted))
        };
        self.values = Some(ValueList {
            field: field.name.text.clone(),
            columns,
            rows: rows.into_iter().filter(has).collect(),
            all,
            filter: filter.to_owned(),
        });
        Ok(())
    }

    /// Takes a row of the list: its first value, and what other fields are called like its columns.
    pub(super) fn take(
        &mut self,
        session: &mut Session,
        at: usize,
        out: &mut Output,
    ) -> Result<(), Stop> {
        let Some(list) = self.values.take() else {
            return said("no list of values is open");
        };
        let row = at.checked_sub(1).and_then(|at| list.rows.get(at));
        let Some(row) = row.cloned() else {
            self.values = Some(list);
            return said("the list has no such row");
        };
        let query = self.mode == Mode::EnterQuery;
        let focus = self.block().focus;
        for (place, (column, value)) in list.columns.iter().zip(&row).enumerate() {
            let fields = &self.block().form().fields;
            let field = match place {
                0 => Some(focus),
                _ => fields
                    .iter()
                    .position(|field| field.name.text == *column && !query),
            };
            let Some(field) = field else { continue };
            let block = self.block();
            block.put(field, value);
            block.cells[field].touched = !query;
            block.pending |= !query;
        }
        self.leave(session, out)
    }
}
