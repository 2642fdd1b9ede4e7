//! What a step gives, kept by SQLite alone: for a database without a session.
//!
//! The rows of a query go into the temporary table by INSERT. Those of a change go there by a trigger, which sees each
//! row that RETURNING would give.

use super::stored_as_text;
use crate::emit::{Emitter, Rep, Res, Use};
use crate::types::declared;
use crate::{Dialect, quoted};
use rql_ir::{ColumnId, KeptPart, RelId, RelKind, ScalarId, Target, Type};

/// What a trigger takes from a row that changes.
#[derive(Clone, Debug, Default)]
pub(in crate::emit) struct Caught {
    /// The table that changes.
    table: String,
    /// The items, read from that row; empty where a trigger cannot.
    items: String,
}

/// What is said where a trigger has seen more rows than RETURNING gives.
const OTHERS: &str = "a bare SQLite keeps no rows beside others that change by themselves";

impl<'a> Emitter<'a> {
    /// The statements that do what a part does, and keep what it gives; `None` where SQLite has none.
    pub(in crate::emit) fn sqlite_kept(&self, part: &'a KeptPart) -> Option<Vec<String>> {
        if self.dialect != Dialect::Sqlite || part.columns.is_empty() {
            return None;
        }
        let mut own = self.clone();
        own.out.clear();
        let table = quoted(&part.table, self.dialect);
        let columns = part.columns.iter().map(|(id, name)| {
            let ty = declared(self.ir.column(*id).ty, self.dialect)?;
            Some(format!("{} {ty}", quoted(name, self.dialect)))
        });
        let columns: Vec<String> = columns.collect::<Option<_>>()?;
        let mut all = vec![format!(
            "CREATE TEMP TABLE {table} ({})",
            columns.join(", ")
        )];
        let Some(events) = self.events(part.rel) else {
            all.push(own.kept_query(part, &table).ok()?);
            return Some(all);
        };
        own.caught = Some(Caught::default());
        let names: Vec<String> = part.columns.iter().map(|column| column.1.clone()).collect();
        own.query(part.rel, &names, Use::Result).ok()?;
        let Caught { table: of, items } = own.caught.take()?;
        if items.is_empty() {
            return None;
        }
        let mut triggers = Vec::new();
        for (event, row) in events {
            let name = quoted(&format!("{}_{event}", part.table), self.dialect);
            let items = items.replace("\0", row);
            all.push(format!(
                "CREATE TEMP TRIGGER {name} AFTER {event} ON {of} BEGIN INSERT INTO {table} {items}; END"
            ));
            triggers.push(format!("DROP TRIGGER temp.{name}"));
        }
        all.push(own.out);
        all.push(format!(
            "DELETE FROM temp.{table} WHERE CASE WHEN (SELECT count(*) FROM temp.{table}) <> changes() \
             THEN json_extract('{{}}', '{OTHERS}') END"
        ));
        all.extend(triggers);
        Some(all)
    }

    /// What the change of a part does to rows, and which of the two rows it gives; `None` for a query.
    fn events(&self, mut rel: RelId) -> Option<Vec<(&'static str, &'static str)>> {
        while let RelKind::With { input, .. } = self.ir.rel(rel).kind {
            rel = input;
        }
        Some(match &self.ir.rel(rel).kind {
            RelKind::Insert(insert) => {
                let met = insert.conflict.as_ref();
                let updates = met.is_some_and(|conflict| conflict.update.is_some());
                let mut events = vec![("INSERT", "NEW")];
                events.extend(updates.then_some(("UPDATE", "NEW")));
                events
            }
            RelKind::Update(_) => vec![("UPDATE", "NEW")],
            RelKind::Delete(_) => vec![("DELETE", "OLD")],
            _ => return None,
        })
    }

    fn kept_query(mut self, part: &'a KeptPart, table: &str) -> Res<String> {
        let names: Vec<String> = part.columns.iter().map(|column| column.1.clone()).collect();
        let reps = self.query(part.rel, &names, Use::Named)?;
        let query = core::mem::take(&mut self.out);
        let mut items = Vec::new();
        for ((id, name), has) in part.columns.iter().zip(reps) {
            let name = quoted(name, self.dialect);
            items.push(self.as_stored(self.ir.column(*id).ty, has, &name)?);
        }
        let names: Vec<String> = names
            .iter()
            .map(|name| quoted(name, self.dialect))
            .collect();
        Ok(format!(
            "INSERT INTO temp.{table} WITH rql_rows ({}) AS ({query}) SELECT {} FROM rql_rows",
            names.join(", "),
            items.join(", ")
        ))
    }

    /// A value that stands as `has` as a table holds it.
    fn as_stored(&mut self, ty: Type, has: Rep, value: &str) -> Res<String> {
        let Type::Decimal { precision, scale } = ty else {
            return Ok(value.to_owned());
        };
        if has == Rep::Stored {
            return Ok(value.to_owned());
        }
        let (open, close) = self.opening(ty, has, Rep::Numeric)?;
        let numeric = format!("{open}{value}{close}");
        Ok(match (stored_as_text(ty), precision, scale) {
            (false, Some(precision), scale) => {
                format!(
                    "rql_decimal({numeric}, {precision}, {})",
                    scale.unwrap_or(0)
                )
            }
            _ => numeric,
        })
    }

    /// The items of RETURNING as a trigger reads them; `\0` stands for NEW or OLD.
    pub(in crate::emit) fn catch_items(
        &mut self,
        target: &Target,
        items: &[(ColumnId, ScalarId)],
    ) -> Res<Vec<Rep>> {
        let mut table = quoted(&target.table, self.dialect);
        let row: Vec<String> = target
            .columns
            .iter()
            .map(|&id| quoted(&self.ir.column(id).name, self.dialect))
            .map(|name| format!("\0.{name} AS {name}"))
            .collect();
        let from = format!("(SELECT {}) AS {table}", row.join(", "));
        let whole = core::mem::take(&mut self.out);
        let mut values = Vec::new();
        let mut reps = Vec::new();
        let mut written = Ok(());
        for &(column, scalar) in items {
            let has = self.natural(scalar);
            written = written.and_then(|()| self.scalar(scalar, has, 0));
            let value = core::mem::take(&mut self.out);
            values.push(self.as_stored(self.ir.column(column).ty, has, &value)?);
            reps.push(has);
        }
        self.out = whole;
        written?;
        if let Some(schema) = &target.schema {
            table = format!("{}.{table}", quoted(schema, self.dialect));
        }
        // A trigger has no parameters, and a query in it would see the rows before others change.
        let apart = |value: &String| !value.contains('?') && !value.contains("SELECT ");
        let items = match values.iter().all(apart) {
            true => format!("SELECT {} FROM {from}", values.join(", ")),
            false => String::new(),
        };
        self.caught = Some(Caught { table, items });
        Ok(reps)
    }
}
