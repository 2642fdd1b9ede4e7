//! MERGE, and what stands for it where there is none.

use super::{Emitter, Rep, Res, Step, Use};
use crate::Dialect;
use rql_ir::{Merge, MergeAct, RelId, RelKind, ScalarKind, Sequence};

impl<'a> Emitter<'a> {
    pub(super) fn merge(&mut self, merge: &'a Merge) -> Res {
        self.push("MERGE INTO ");
        self.changed_table(&merge.target);
        self.define_row(&merge.target.columns, &merge.target.alias);
        self.read(merge.source)?;
        self.push(" USING ");
        self.relations(merge.source)?;
        self.push(" ON ");
        self.scalar(merge.on, Rep::Plain, 0)?;
        for arm in &merge.arms {
            self.push(if arm.matched {
                " WHEN MATCHED"
            } else {
                " WHEN NOT MATCHED"
            });
            if let Some(condition) = arm.condition {
                self.push(" AND ");
                self.scalar(condition, Rep::Plain, 0)?;
            }
            self.push(" THEN ");
            self.merge_act(&arm.action)?;
        }
        Ok(())
    }

    fn merge_act(&mut self, action: &'a MergeAct) -> Res {
        match action {
            MergeAct::Nothing => self.push("DO NOTHING"),
            MergeAct::Delete => self.push("DELETE"),
            MergeAct::Update(assigns) => {
                self.push("UPDATE SET ");
                self.assigns(assigns)?;
            }
            MergeAct::Insert { values, .. } if values.is_empty() => {
                self.push("INSERT DEFAULT VALUES");
            }
            MergeAct::Insert {
                columns,
                listed,
                values,
            } => {
                self.push("INSERT ");
                if *listed {
                    self.push("(");
                    self.column_names(columns);
                    self.push(") ");
                }
                self.push("VALUES (");
                self.list(values, |this, s| this.scalar(s, this.natural(s), 0))?;
                self.push(")");
            }
        }
        Ok(())
    }

    /// Several statements, each with its place in the text.
    pub(super) fn sequence(&mut self, sequence: &Sequence) -> Res {
        let staged = &self.ir.ctes[sequence.staged.index()];
        let table = staged.name.clone();
        let duckdb = self.dialect == Dialect::Duckdb;
        self.count_marks();
        let (begin, make, drop, end) = match self.dialect {
            Dialect::Sqlite => (
                "SAVEPOINT rql_merge",
                "CREATE TEMP TABLE ",
                "DROP TABLE temp.",
                "RELEASE rql_merge",
            ),
            Dialect::Duckdb => ("BEGIN", "CREATE TEMP TABLE ", "DROP TABLE ", "COMMIT"),
            _ => (
                "BEGIN",
                "CREATE TEMPORARY TABLE ",
                "DROP TEMPORARY TABLE ",
                "COMMIT",
            ),
        };
        self.push(&format!("{begin};\n"));
        let mut step = Step::from(self.out.len());
        self.push(make);
        self.name(&table);
        self.push(" AS ");
        let names: Vec<_> = super::from::distinct(&staged.columns);
        self.query(staged.rel, &names, Use::Named)?;
        self.end_step(step);
        if let Some((columns, meaning)) = &sequence.once {
            step = Step::from(self.out.len());
            step.meaning = Some(meaning);
            let columns: Vec<String> = staged
                .columns
                .iter()
                .zip(&names)
                .filter(|(column, _)| columns.contains(&column.0))
                .map(|(_, name)| crate::quoted(name, self.dialect))
                .collect();
            let name = columns.join(", ");
            if duckdb {
                // An index does not see what its own transaction has written.
                self.push(&format!(
                    "SELECT CASE WHEN count({name}) > count(DISTINCT {name}) THEN error('{meaning}') END FROM {table}"
                ));
            } else if self.is_mysql() {
                let first = columns.first().map_or("", String::as_str);
                self.push(&format!(
                    "SELECT CASE WHEN POW(REPEAT('[21000] {meaning}', IF(count({first}) > count(DISTINCT {name}), 1, NULL)), -1) THEN NULL ELSE 0 END FROM {table}"
                ));
            } else {
                self.push(&format!(
                    "CREATE UNIQUE INDEX temp.{table}_once ON {table} ({name})"
                ));
            }
            self.end_step(step);
        }
        for &rel in &sequence.steps {
            self.reads_itself(rel)?;
            step = Step::from(self.out.len());
            step.counts = true;
            self.query(rel, &[], Use::Result)?;
            self.end_step(step);
        }
        step = Step::from(self.out.len());
        self.push(&format!("{drop}{table}"));
        self.end_step(step);
        self.push(end);
        Ok(())
    }

    /// Lets each step number its own parameters: DuckDB binds those that a statement has.
    pub(super) fn count_marks(&mut self) {
        if self.dialect == Dialect::Duckdb {
            self.own_marks.get_or_insert_default();
        }
    }

    /// Which mark a parameter has.
    pub(super) fn own_number(&mut self, at: usize) -> usize {
        let Some(own) = &mut self.own_marks else {
            return at;
        };
        own.iter()
            .position(|&known| known == at)
            .unwrap_or_else(|| {
                own.push(at);
                own.len() - 1
            })
    }

    pub(super) fn end_step(&mut self, mut step: Step) {
        step.text.end = self.out.len();
        if self.is_mysql() {
            step.params = Some((self.claimed..self.marks.len()).collect());
            self.claimed = self.marks.len();
        }
        if let Some(own) = &mut self.own_marks {
            step.params = Some(core::mem::take(own));
        }
        self.steps.push(step);
        self.push(";\n");
    }

    /// A query in what is set would see what the steps before have changed.
    fn reads_itself(&self, step: RelId) -> Res {
        let ir = self.ir;
        let change = match &ir.rel(step).kind {
            RelKind::With { input, .. } => *input,
            _ => step,
        };
        let target = match &ir.rel(change).kind {
            RelKind::Insert(insert) => match insert.source {
                // Without a value there is nothing to take from the rows.
                Some(source) if ir.columns_of(source).is_empty() => {
                    let refused = self.refuse(ir.rel(step).span, "INSERT DEFAULT VALUES in MERGE");
                    return Err(Box::new(
                        refused.help("INSERT (column) VALUES (…) names one value"),
                    ));
                }
                _ => &insert.target,
            },
            RelKind::Update(update) => &update.target,
            RelKind::Delete(delete) => &delete.target,
            _ => return Ok(()),
        };
        let mut found = None;
        ir.each_below(step, &mut |rel| {
            if let RelKind::Scan { table, .. } = &ir.rel(rel).kind
                && *table == target.table
            {
                found = Some(ir.rel(rel).span);
            }
        });
        let Some(span) = found else {
            return Ok(());
        };
        let refused = self.refuse(
            span,
            "a query of the table that MERGE changes, in what is set",
        );
        Err(Box::new(refused.help(
            "join it in USING, so that it is read before anything changes",
        )))
    }

    pub(super) fn column_names(&mut self, columns: &[rql_ir::ColumnId]) {
        self.names(&self.names_of(columns));
    }

    /// A default is a value that the backend knows.
    pub(super) fn is_default(&self, scalar: rql_ir::ScalarId) -> bool {
        matches!(self.ir.scalar(scalar).kind, ScalarKind::Default(_))
    }
}
