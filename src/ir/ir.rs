//! The algebra: relations over scalars, in one arena.

use crate::{Condition, Rel, RelKind, Scalar, TableColumn, Type};
use rql_ast::Span;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            pub(crate) fn at(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            /// Its position in its pool.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
id! {
    /// The identity of a column: where it is made, not how it is named.
    ColumnId
}
id! {
    /// A scalar.
    ScalarId
}
id! {
    /// A relation.
    RelId
}
id! {
    /// A WITH query.
    CteId
}
id! {
    /// Choices of a template under which something stands.
    GuardId
}

/// A statement as algebra.
#[derive(Clone, Debug, Default)]
pub struct Ir {
    /// Relations, in no order.
    pub rels: Vec<Rel>,
    /// Scalars, in no order.
    pub scalars: Vec<Scalar>,
    /// References to columns that were written with their relation's name, in ascending order; text
    /// for people keeps that.
    pub qualified: Vec<ScalarId>,
    /// Columns by identity.
    pub columns: Vec<Column>,
    /// WITH queries.
    pub ctes: Vec<Cte>,
    /// What the templates ask, each answered once for a run.
    pub conditions: Vec<Condition>,
    /// The choices for which this shape of the statement was lowered.
    pub assumed: Guard,
    /// Guards, each written once.
    pub guards: Vec<Guard>,
    /// Parameters, in the order in which they are bound.
    pub params: Vec<Param>,
    /// The relation that gives the result.
    pub root: Option<RelId>,
    /// The result's columns with their headers.
    pub output: Vec<(ColumnId, String)>,
    /// The schemas whose tables stand in the database under one name with the schema's
    /// ([`within`](crate::within)).
    pub within: Vec<String>,
}

/// What is known of a column.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name that it is known by; the identity does not depend on it.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// True where it may be NULL.
    pub nullable: bool,
    /// No catalog says which relation of FROM has it, so it is written without one.
    pub loose: bool,
    /// Its text has a collation of its own, by which it would compare otherwise than by its bytes.
    pub collated: bool,
    /// The database numbers the rows of its table by it: SQLite's INTEGER PRIMARY KEY.
    pub numbers: bool,
    /// The text of its default in the catalog, `NULL` where it has none; `None` where nobody knows one, as of a column
    /// that is computed or numbered.
    pub default: Option<String>,
}

/// The choices under which something stands: answers of conditions (by their place in
/// [`Ir::conditions`]) that must all be as said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard(pub Vec<(usize, bool)>);

/// A WITH query.
#[derive(Clone, Debug)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rel: RelId,
    /// Its columns and their names.
    pub columns: Vec<(ColumnId, String)>,
    /// Its query is a UNION whose right side reads the WITH query itself.
    pub recursive: bool,
    /// MATERIALIZED (true) or NOT MATERIALIZED, where written.
    pub materialized: Option<bool>,
    /// SEARCH.
    pub search: Option<Search>,
    /// CYCLE.
    pub cycle: Option<Cycle>,
}

/// `SEARCH DEPTH FIRST BY a SET o`: the column that orders what a recursion finds comes behind the columns of its query.
#[derive(Clone, Debug)]
pub struct Search {
    /// `BREADTH FIRST`.
    pub breadth: bool,
    /// The columns that order what one step finds.
    pub by: Vec<String>,
    /// The column.
    pub column: String,
    /// Where it was written.
    pub span: Span,
}

/// `CYCLE a SET c USING p`: a column that marks a row which the recursion has been at, and one with the way to it.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// The columns by which a row is known again.
    pub by: Vec<String>,
    /// The column that marks it.
    pub mark: String,
    /// `TO x DEFAULT y`.
    pub values: Option<(ScalarId, ScalarId)>,
    /// The column with the way.
    pub path: String,
    /// Where it was written.
    pub span: Span,
}

impl Cte {
    /// How many of the columns its query gives; those of SEARCH and CYCLE come behind them.
    #[must_use]
    pub fn width(&self) -> usize {
        let more = usize::from(self.search.is_some()) + 2 * usize::from(self.cycle.is_some());
        self.columns.len().saturating_sub(more)
    }
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// How it is written without its mark: a name, or a position.
    pub name: ParamName,
    /// The type that its first typed context gave it.
    pub ty: Type,
    /// Where it stands first.
    pub span: Span,
}

/// Which parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamName {
    /// `:name`.
    Name(String),
    /// `$1`; a `?` counts on.
    Position(u32),
}

impl Ir {
    /// The columns that a relation gives.
    #[must_use]
    pub fn columns_of(&self, rel: RelId) -> Vec<ColumnId> {
        match &self.rels[rel.index()].kind {
            RelKind::OneRow => Vec::new(),
            RelKind::Scan { columns, .. }
            | RelKind::CteScan { columns, .. }
            | RelKind::Values { columns, .. }
            | RelKind::SetOp { columns, .. } => columns.clone(),
            RelKind::Derived { columns, .. } | RelKind::TableFunction { columns, .. } => {
                columns.iter().map(|c| c.0).collect()
            }
            RelKind::Join {
                left,
                right,
                merged,
                ..
            } => {
                // One that USING makes may be that of a side too.
                let mut all: Vec<_> = merged.iter().map(|m| m.column).collect();
                let sides = [*left, *right].map(|side| self.columns_of(side));
                for id in sides.into_iter().flatten() {
                    if !all[..merged.len()].contains(&id) {
                        all.push(id);
                    }
                }
                all
            }
            RelKind::Aggregate {
                groups,
                dependent,
                aggregates,
                ..
            } => {
                let all = groups.iter().chain(dependent).chain(aggregates);
                all.map(|i| i.0).collect()
            }
            RelKind::Window { input, items } => {
                let mut all = self.columns_of(*input);
                all.extend(items.iter().map(|i| i.0));
                all
            }
            RelKind::Project { items, .. } => items.iter().map(|i| i.0).collect(),
            RelKind::Filter { input, .. }
            | RelKind::Sample { input, .. }
            | RelKind::Distinct { input }
            | RelKind::DistinctOn { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Lock { input, .. }
            | RelKind::With { input, .. } => self.columns_of(*input),
            RelKind::Parts(parts) => self.columns_of(parts.last),
            RelKind::Insert(insert) => insert.returning.iter().map(|i| i.0).collect(),
            RelKind::Update(update) => update.returning.iter().map(|i| i.0).collect(),
            RelKind::Delete(delete) => delete.returning.iter().map(|i| i.0).collect(),
            RelKind::Merge(_) | RelKind::Sequence(_) | RelKind::Define(_) => Vec::new(),
        }
    }

    /// How many of a relation's columns are seen; those behind them only order it.
    #[must_use]
    pub fn visible(&self, rel: RelId) -> usize {
        match &self.rel(rel).kind {
            RelKind::Project { visible, .. } => *visible,
            RelKind::Distinct { input }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Lock { input, .. }
            | RelKind::DistinctOn { input, .. }
            | RelKind::With { input, .. } => self.visible(*input),
            RelKind::Parts(parts) => self.visible(parts.last),
            _ => self.columns_of(rel).len(),
        }
    }

    /// The relations that a relation reads.
    #[must_use]
    pub fn inputs(&self, rel: RelId) -> Vec<RelId> {
        match &self.rels[rel.index()].kind {
            RelKind::OneRow
            | RelKind::Scan { .. }
            | RelKind::CteScan { .. }
            | RelKind::TableFunction { .. }
            | RelKind::Values { .. } => Vec::new(),
            RelKind::Join { left, right, .. } | RelKind::SetOp { left, right, .. } => {
                vec![*left, *right]
            }
            RelKind::Derived { input, .. }
            | RelKind::Sample { input, .. }
            | RelKind::Filter { input, .. }
            | RelKind::Aggregate { input, .. }
            | RelKind::Window { input, .. }
            | RelKind::Project { input, .. }
            | RelKind::Distinct { input }
            | RelKind::DistinctOn { input, .. }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. }
            | RelKind::Lock { input, .. }
            | RelKind::With { input, .. } => vec![*input],
            RelKind::Insert(insert) => insert.source.into_iter().collect(),
            RelKind::Update(update) => update.from.into_iter().collect(),
            RelKind::Delete(delete) => delete.from.into_iter().collect(),
            RelKind::Merge(merge) => vec![merge.source],
            RelKind::Parts(parts) => {
                let kept = parts.kept.iter().map(|part| part.rel);
                kept.chain([parts.last]).collect()
            }
            RelKind::Sequence(sequence) => {
                let staged = self.ctes[sequence.staged.index()].rel;
                [staged]
                    .into_iter()
                    .chain(sequence.steps.iter().copied())
                    .collect()
            }
            RelKind::Define(define) => define.query().into_iter().collect(),
        }
    }

    /// True where a reference was written with its relation's name.
    #[must_use]
    pub fn is_qualified(&self, scalar: ScalarId) -> bool {
        self.qualified.binary_search(&scalar).is_ok()
    }

    /// The columns that an operator itself shows to its scalars: those of the table it changes.
    #[must_use]
    pub fn own_columns(&self, rel: RelId) -> Vec<ColumnId> {
        match &self.rels[rel.index()].kind {
            RelKind::Insert(insert) => {
                let excluded = insert.conflict.iter().flat_map(|c| &c.excluded);
                insert
                    .target
                    .columns
                    .iter()
                    .chain(excluded)
                    .copied()
                    .collect()
            }
            RelKind::Update(update) => update.target.columns.clone(),
            RelKind::Delete(delete) => delete.target.columns.clone(),
            RelKind::Merge(merge) => merge.target.columns.clone(),
            RelKind::Define(define) => define.row(),
            _ => Vec::new(),
        }
    }

    /// A scalar.
    #[must_use]
    pub fn scalar(&self, id: ScalarId) -> &Scalar {
        &self.scalars[id.index()]
    }

    /// A relation.
    #[must_use]
    pub fn rel(&self, id: RelId) -> &Rel {
        &self.rels[id.index()]
    }

    /// A column.
    #[must_use]
    pub fn column(&self, id: ColumnId) -> &Column {
        &self.columns[id.index()]
    }

    /// Every scalar, also those that nothing refers to any more.
    pub fn scalar_ids(&self) -> impl Iterator<Item = ScalarId> + use<> {
        (0..self.scalars.len()).map(ScalarId::at)
    }

    /// Adds a relation.
    pub fn add_rel(&mut self, kind: RelKind, span: Span) -> RelId {
        self.rels.push(Rel { kind, span });
        RelId::at(self.rels.len() - 1)
    }

    /// Adds a scalar.
    pub fn add_scalar(&mut self, scalar: Scalar) -> ScalarId {
        self.scalars.push(scalar);
        ScalarId::at(self.scalars.len() - 1)
    }

    /// Adds a column.
    pub fn add_column(&mut self, name: &str, ty: Type, nullable: bool) -> ColumnId {
        self.columns.push(Column {
            name: name.to_owned(),
            ty,
            nullable,
            loose: false,
            collated: false,
            numbers: false,
            default: None,
        });
        ColumnId::at(self.columns.len() - 1)
    }

    /// Adds a column of a table.
    pub fn add_table_column(&mut self, column: &TableColumn) -> ColumnId {
        let id = self.add_column(&column.name, column.ty, column.nullable);
        let known = &mut self.columns[id.index()];
        known.collated = column.collated;
        known.numbers = column.identity;
        known.default = match &column.default {
            Some(text) => Some(text.clone()),
            None => (!column.identity && !column.generated).then(|| "NULL".to_owned()),
        };
        id
    }

    /// Adds a guard; one that says the same is taken once.
    pub fn add_guard(&mut self, guard: Guard) -> GuardId {
        let known = self.guards.iter().position(|g| *g == guard);
        let at = known.unwrap_or_else(|| {
            self.guards.push(guard);
            self.guards.len() - 1
        });
        GuardId::at(at)
    }

    pub(crate) fn add_cte(&mut self, cte: Cte) -> CteId {
        self.ctes.push(cte);
        CteId::at(self.ctes.len() - 1)
    }
}
