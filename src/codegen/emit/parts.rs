//! A statement whose WITH changes rows, where the database has no such WITH.

use super::{Emitter, OutColumn, Rep, Res, Step, Use};
use crate::Dialect;
use crate::types::declared;
use rql_ir::{KeptPart, Parts, RelKind};

/// Rows of a step that a temporary table keeps for the steps behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// The table.
    pub table: String,
    /// Its columns, as the step gives them.
    pub columns: Vec<OutColumn>,
    /// The statements that make the table and fill it, instead of the step; for a database without a session.
    pub alone: Option<Vec<String>>,
}

impl<'a> Emitter<'a> {
    /// The parts, each with its place in the text. A session keeps what they return; the text says so in words.
    pub(super) fn in_parts(&mut self, parts: &'a Parts, names: &[String]) -> Res<Vec<Rep>> {
        let last = self.ir.rel(parts.last);
        if self.is_mysql() && matches!(last.kind, RelKind::Define(_)) {
            let help = "make the table first: what makes one commits the transaction here";
            return Err(self.no(last.span, "a change of data in WITH", help));
        }
        self.count_marks();
        let (begin, drop, end) = match self.dialect {
            Dialect::Sqlite => ("SAVEPOINT rql_with", "DROP TABLE temp.", "RELEASE rql_with"),
            Dialect::Duckdb => ("BEGIN", "DROP TABLE ", "COMMIT"),
            _ => ("BEGIN", "DROP TEMPORARY TABLE ", "COMMIT"),
        };
        self.push(&format!("{begin};\n"));
        for (at, part) in parts.kept.iter().enumerate() {
            self.kept_part(at + 1, part)?;
        }
        self.push(&format!(
            "-- {}: what it gives is the result\n",
            parts.kept.len() + 1
        ));
        let (before, mut step) = (self.steps.len(), Step::from(self.out.len()));
        let reps = self.query(parts.last, names, Use::Result)?;
        (step.counts, step.last) = (true, true);
        self.end_part(step, before);
        for part in parts.kept.iter().filter(|part| !part.columns.is_empty()) {
            self.push(drop);
            self.name(&part.table);
            self.push(";\n");
        }
        self.push(end);
        Ok(reps)
    }

    fn kept_part(&mut self, number: usize, part: &'a KeptPart) -> Res {
        let names: Vec<String> = part.columns.iter().map(|column| column.1.clone()).collect();
        if !names.is_empty() {
            let list: Vec<_> = names
                .iter()
                .map(|name| crate::quoted(name, self.dialect))
                .collect();
            let table = crate::quoted(&part.table, self.dialect);
            let list = list.join(", ").replace('\n', " ");
            self.push(&format!(
                "-- {number}: the temporary table {table} ({list}) keeps what it gives\n"
            ));
        } else {
            self.push(&format!("-- {number}: it gives nothing\n"));
        }
        let alone = self.sqlite_kept(part);
        let (before, mut step) = (self.steps.len(), Step::from(self.out.len()));
        let reps = self.query(part.rel, &names, Use::Result)?;
        let mut columns = Vec::new();
        for ((id, name), rep) in part.columns.iter().zip(reps) {
            let column = self.ir.column(*id);
            if declared(column.ty, self.dialect).is_none() {
                let what = "a value of such a type in a WITH query before a change";
                return Err(self.refuse(self.ir.rel(part.rel).span, what));
            }
            columns.push(OutColumn {
                name: name.clone(),
                ty: column.ty,
                nullable: column.nullable,
                encoding: rep.encoding(),
            });
        }
        step.keeps = (!columns.is_empty()).then(|| Keep {
            table: part.table.clone(),
            columns,
            alone,
        });
        self.end_part(step, before);
        for step in &mut self.steps[before..] {
            // What the statement changes is what its last part does.
            step.counts = false;
        }
        Ok(())
    }

    /// Ends a part, which may be several statements by itself.
    fn end_part(&mut self, step: Step, before: usize) {
        match self.steps.len() > before {
            true => self.push(";\n"),
            false => self.end_step(step),
        }
    }
}
