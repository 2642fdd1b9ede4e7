//! What DuckDB's definitions do not take.

use crate::emit::define::key_columns;
use crate::emit::{Emitter, Res};
use rql_ir::{Alter, ColumnId, Constraint, ConstraintKind, NewTable, ScalarKind};

impl Emitter<'_> {
    /// A column is computed when it is read, so that nothing is held of it when a row is written.
    pub(in crate::emit) fn duckdb_computed(&self, table: &NewTable) -> Res {
        let computed = table.columns.iter().filter(|c| c.generated.is_some());
        let computed: Vec<ColumnId> = computed.map(|column| column.id).collect();
        let of_column = table.columns.iter().flat_map(|column| {
            let constraints = column.constraints.iter();
            constraints.map(|constraint| (computed.contains(&column.id), constraint))
        });
        let of_table = table
            .constraints
            .iter()
            .map(|constraint| (false, constraint));
        for (own, constraint) in of_column.chain(of_table) {
            if own || self.holds_of(constraint, &computed) {
                let help = "the same of what it is computed from";
                return Err(self.no(constraint.span, "a constraint of a computed column", help));
            }
        }
        match table
            .columns
            .iter()
            .find(|c| c.generated.is_some() && c.not_null)
        {
            Some(column) => {
                let help = "NOT NULL of what it is computed from";
                Err(self.no(column.span, "NOT NULL of a computed column", help))
            }
            None => Ok(()),
        }
    }

    fn holds_of(&self, constraint: &Constraint, computed: &[ColumnId]) -> bool {
        if let ConstraintKind::Check(condition) = constraint.kind {
            let mut found = false;
            self.ir.walk(condition, &mut |scalar| {
                found |= matches!(scalar.kind, ScalarKind::Column(id) if computed.contains(&id));
            });
            return found;
        }
        let names = key_columns(constraint).unwrap_or_default();
        computed
            .iter()
            .any(|&id| names.contains(&self.ir.column(id).name))
    }

    /// A table that is there gets a primary key, and columns that nothing is demanded of.
    pub(in crate::emit) fn duckdb_altered(&self, change: &Alter) -> Res {
        match change {
            Alter::AddColumn { column, .. }
                if column.not_null && column.identity.is_none()
                    || !column.constraints.is_empty() =>
            {
                let help = match column.constraints.is_empty() {
                    true => "ADD COLUMN without it, and then ALTER COLUMN … SET NOT NULL",
                    false => "CREATE TABLE can have one",
                };
                Err(self.no(column.span, "ADD COLUMN with a constraint", help))
            }
            Alter::AddConstraint(constraint)
                if !matches!(constraint.kind, ConstraintKind::PrimaryKey(_)) =>
            {
                let help = "CREATE TABLE can have one";
                Err(self.no(constraint.span, "ADD CONSTRAINT", help))
            }
            _ => Ok(()),
        }
    }
}
