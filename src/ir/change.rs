//! Statements that change data, as operators: what they return are their rows.

use crate::{ColumnId, Item, ObjectName, RelId, ScalarId};
use rql_ast::Span;

/// The table that a statement changes.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its schema, where it must be said.
    pub schema: Option<String>,
    /// Its name in the backend's spelling.
    pub table: String,
    /// The name that the statement gives it.
    pub alias: String,
    /// Its columns; a value of one is that of the row which is changed.
    pub columns: Vec<ColumnId>,
    /// True where no catalog says what columns there are: those that the statement names.
    pub open: bool,
    /// ONLY: without the rows of the tables that inherit from it.
    pub only: bool,
    /// The primary key of a table that keeps its rows itself and has no triggers; empty elsewhere.
    pub key: Vec<ColumnId>,
    /// The columns that the backend computes.
    pub computed: Vec<ColumnId>,
    /// The key of a table whose rows have no number beside it; see [`crate::Table::without_rowid`].
    pub row_key: Vec<ColumnId>,
}

impl Target {
    /// Its name.
    #[must_use]
    pub fn object(&self) -> ObjectName {
        ObjectName {
            schema: self.schema.clone(),
            name: self.table.clone(),
        }
    }
}

/// What a column becomes.
#[derive(Clone, Debug)]
pub enum Assign {
    /// One column; its value is [`crate::ScalarKind::Assigned`] or [`crate::ScalarKind::Default`].
    One(Item),
    /// A part of an array.
    Part(Box<ArrayPart>),
    /// Columns of the only row of a query.
    Row {
        /// The columns of the target.
        columns: Vec<ColumnId>,
        /// The query; its columns are assigned by position.
        query: RelId,
        /// Where it was written.
        span: Span,
    },
}

/// `a[1] = x`, `a[2:3] = x`.
#[derive(Clone, Debug)]
pub struct ArrayPart {
    /// The column.
    pub column: ColumnId,
    /// For each dimension the subscript; behind a colon there is the upper bound besides, where one is written.
    pub bounds: Vec<(Option<ScalarId>, Option<Option<ScalarId>>)>,
    /// What the part becomes.
    pub value: ScalarId,
    /// Where it was written.
    pub span: Span,
}

impl ArrayPart {
    /// Its scalars: bounds and value.
    pub(crate) fn each_scalar(&self, visit: &mut dyn FnMut(ScalarId)) {
        for (from, to) in &self.bounds {
            from.iter()
                .chain(to.iter().flatten())
                .for_each(|&s| visit(s));
        }
        visit(self.value);
    }
}

/// `INSERT`.
#[derive(Clone, Debug)]
pub struct Insert {
    /// The table.
    pub target: Target,
    /// The columns that get values; empty where no catalog knows them.
    pub columns: Vec<ColumnId>,
    /// They were written.
    pub listed: bool,
    /// `OVERRIDING SYSTEM VALUE` (true), `OVERRIDING USER VALUE` (false).
    pub overriding: Option<bool>,
    /// The columns of the target that the backend numbers.
    pub numbered: Vec<ColumnId>,
    /// The rows, by position; `None` is DEFAULT VALUES.
    pub source: Option<RelId>,
    /// ON CONFLICT.
    pub conflict: Option<Conflict>,
    /// RETURNING.
    pub returning: Vec<Item>,
}

/// `ON CONFLICT`.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Columns or expressions of a unique index.
    pub keys: Vec<ScalarId>,
    /// The condition of a partial index.
    pub keys_where: Option<ScalarId>,
    /// ON CONSTRAINT.
    pub constraint: Option<String>,
    /// True where the table is known to have no other key that a row could meet.
    pub alone: bool,
    /// True where the table is known to have CHECKs.
    pub checked: bool,
    /// The row that could not be inserted: `excluded`.
    pub excluded: Vec<ColumnId>,
    /// DO UPDATE; `None` is DO NOTHING.
    pub update: Option<Vec<Assign>>,
    /// The condition of the update.
    pub predicate: Option<ScalarId>,
    /// Where it was written.
    pub span: Span,
}

/// `UPDATE`.
#[derive(Clone, Debug)]
pub struct Update {
    /// The table.
    pub target: Target,
    /// What changes.
    pub assigns: Vec<Assign>,
    /// FROM.
    pub from: Option<RelId>,
    /// WHERE.
    pub predicate: Option<ScalarId>,
    /// RETURNING.
    pub returning: Vec<Item>,
}

/// `DELETE`.
#[derive(Clone, Debug)]
pub struct Delete {
    /// The table.
    pub target: Target,
    /// USING.
    pub from: Option<RelId>,
    /// WHERE.
    pub predicate: Option<ScalarId>,
    /// RETURNING.
    pub returning: Vec<Item>,
}

impl Assign {
    pub(crate) fn each_scalar(assigns: &[Self], visit: &mut dyn FnMut(ScalarId)) {
        for assign in assigns {
            match assign {
                Self::One(item) => visit(item.1),
                Self::Part(part) => part.each_scalar(visit),
                Self::Row { .. } => {}
            }
        }
    }

    /// The queries that give rows.
    pub(crate) fn queries(assigns: &[Self]) -> impl Iterator<Item = RelId> + '_ {
        assigns.iter().filter_map(|assign| match assign {
            Self::One(_) | Self::Part(_) => None,
            Self::Row { query, .. } => Some(*query),
        })
    }
}

impl Conflict {
    pub(crate) fn each_scalar(&self, visit: &mut dyn FnMut(ScalarId)) {
        self.keys
            .iter()
            .chain(&self.keys_where)
            .for_each(|&s| visit(s));
        Assign::each_scalar(self.update.as_deref().unwrap_or(&[]), visit);
        self.predicate.iter().for_each(|&s| visit(s));
    }
}
