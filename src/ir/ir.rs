//! The algebra: relations over scalars, in one arena.

use crate::Type;
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

/// A statement as algebra.
#[derive(Clone, Debug, Default)]
pub struct Ir {
    /// Relations; an operator stands behind its inputs.
    pub rels: Vec<Rel>,
    /// Scalars; an operand stands before what uses it.
    pub scalars: Vec<Scalar>,
    /// Columns by identity.
    pub columns: Vec<Column>,
    /// WITH queries.
    pub ctes: Vec<Cte>,
    /// Parameters, in the order in which they are bound.
    pub params: Vec<Param>,
    /// The relation that gives the result.
    pub root: Option<RelId>,
    /// The result's columns with their headers.
    pub output: Vec<(ColumnId, String)>,
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
}

/// A WITH query.
#[derive(Clone, Debug)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rel: RelId,
    /// Its columns and their names.
    pub columns: Vec<(ColumnId, String)>,
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

/// A relational operator.
#[derive(Clone, Debug)]
pub struct Rel {
    /// Which one.
    pub kind: RelKind,
    /// Where it was written.
    pub span: Span,
}

/// A scalar that becomes a column.
pub type Item = (ColumnId, ScalarId);

/// The operators.
#[derive(Clone, Debug)]
pub enum RelKind {
    /// One row without columns: SELECT without FROM.
    OneRow,
    /// A table's rows.
    Scan {
        /// Its schema, where it must be said.
        schema: Option<String>,
        /// Its name in the backend's spelling.
        table: String,
        /// The name that the statement gives it.
        alias: String,
        /// Its columns; their names are the backend's.
        columns: Vec<ColumnId>,
    },
    /// A use of a WITH query.
    CteScan {
        /// Which one.
        cte: CteId,
        /// The name that the statement gives it.
        alias: String,
        /// Its columns here, by the position of the WITH query's.
        columns: Vec<ColumnId>,
    },
    /// A query as a relation.
    Derived {
        /// The query.
        input: RelId,
        /// Its name.
        alias: String,
        /// Its columns and their names.
        columns: Vec<(ColumnId, String)>,
    },
    /// Rows written out.
    Values {
        /// The rows.
        rows: Vec<Vec<ScalarId>>,
        /// The columns.
        columns: Vec<ColumnId>,
    },
    /// Pairs of rows.
    Join {
        /// Which rows it keeps.
        kind: JoinKind,
        /// Left side.
        left: RelId,
        /// Right side.
        right: RelId,
        /// What relates them.
        on: Option<ScalarId>,
    },
    /// The rows for which a condition is true.
    Filter {
        /// The rows.
        input: RelId,
        /// The condition.
        predicate: ScalarId,
    },
    /// One row for each group; without groups, one in all.
    Aggregate {
        /// The rows.
        input: RelId,
        /// What is grouped by.
        groups: Vec<Item>,
        /// The aggregates.
        aggregates: Vec<Item>,
    },
    /// Columns computed; a fresh identity for each.
    Project {
        /// The rows.
        input: RelId,
        /// The columns: those seen, then those that only an order needs.
        items: Vec<Item>,
        /// How many are seen.
        visible: usize,
    },
    /// No row twice.
    Distinct {
        /// The rows.
        input: RelId,
    },
    /// UNION, INTERSECT, EXCEPT.
    SetOp {
        /// Which.
        op: SetOp,
        /// Duplicates are kept.
        all: bool,
        /// Left operand.
        left: RelId,
        /// Right operand.
        right: RelId,
        /// Columns of the operands, by position.
        sides: (Vec<ColumnId>, Vec<ColumnId>),
        /// The columns of the result.
        columns: Vec<ColumnId>,
    },
    /// Rows in order.
    Sort {
        /// The rows.
        input: RelId,
        /// The keys.
        keys: Vec<SortKey>,
    },
    /// Some of the rows.
    Limit {
        /// The rows.
        input: RelId,
        /// How many.
        count: Option<ScalarId>,
        /// How many are skipped.
        offset: Option<ScalarId>,
    },
}

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Matching pairs.
    Inner,
    /// And left rows without match.
    Left,
    /// And right rows without match.
    Right,
    /// And both.
    Full,
    /// All pairs.
    Cross,
}

/// A set operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOp {
    /// UNION.
    Union,
    /// INTERSECT.
    Intersect,
    /// EXCEPT.
    Except,
}

/// A key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// What is ordered by.
    pub scalar: ScalarId,
    /// Descending.
    pub descending: bool,
    /// NULLs before other values. Where not written: last ascending, first descending (PostgreSQL).
    pub nulls_first: bool,
}

/// A scalar with all that is known of it.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// What it is.
    pub kind: ScalarKind,
    /// Its type.
    pub ty: Type,
    /// True where it may be NULL.
    pub nullable: bool,
    /// Where it was written.
    pub span: Span,
}

/// The forms of a scalar.
#[derive(Clone, Debug)]
pub enum ScalarKind {
    /// A column, by identity.
    Column(ColumnId),
    /// A constant.
    Literal(Literal),
    /// A parameter, by its place in [`Ir::params`].
    Param(usize),
    /// An operator or function.
    Call {
        /// Which.
        func: Func,
        /// Its operands.
        args: Vec<ScalarId>,
    },
    /// A conversion; `implicit` where the writer left it to the compiler.
    Cast {
        /// What is converted.
        operand: ScalarId,
        /// Not written.
        implicit: bool,
    },
    /// CASE: conditions with results, and what else.
    Case {
        /// WHEN and THEN.
        branches: Vec<(ScalarId, ScalarId)>,
        /// ELSE.
        otherwise: Option<ScalarId>,
    },
    /// `x [NOT] IN (a, b)`.
    InList {
        /// The operand.
        operand: ScalarId,
        /// NOT.
        negated: bool,
        /// The values.
        items: Vec<ScalarId>,
    },
    /// `x [NOT] IN (SELECT …)`.
    InQuery {
        /// The operand.
        operand: ScalarId,
        /// NOT.
        negated: bool,
        /// The query of one column.
        query: RelId,
        /// That column.
        column: ColumnId,
    },
    /// `EXISTS (SELECT …)`.
    Exists(RelId),
    /// `(SELECT …)`.
    Subquery {
        /// The query.
        query: RelId,
        /// Its column.
        column: ColumnId,
    },
    /// An aggregate; stands only in [`RelKind::Aggregate`] or under [`ScalarKind::Window`].
    Aggregate {
        /// Which.
        func: Agg,
        /// DISTINCT.
        distinct: bool,
        /// Its argument; `None` is `*`.
        arg: Option<ScalarId>,
        /// FILTER.
        filter: Option<ScalarId>,
    },
    /// An aggregate or ranking over a window.
    Window {
        /// Which.
        func: WindowFunc,
        /// Its arguments.
        args: Vec<ScalarId>,
        /// FILTER.
        filter: Option<ScalarId>,
        /// PARTITION BY.
        partition: Vec<ScalarId>,
        /// ORDER BY.
        order: Vec<SortKey>,
        /// ROWS UNBOUNDED PRECEDING: a running aggregate. Otherwise SQL's default frame.
        running: bool,
    },
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// NULL.
    Null,
    /// TRUE, FALSE.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An exact decimal: its digits without point, the scale is the type's.
    Decimal(i128),
    /// A floating-point number, as written.
    Double(String),
    /// Text; also dates and times, as ISO text, by the scalar's type.
    Text(String),
    /// Bytes, as hexadecimal digits.
    Blob(String),
    /// An interval.
    Interval {
        /// Months.
        months: i32,
        /// Days.
        days: i32,
        /// Microseconds.
        micros: i64,
    },
}

/// Aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Agg {
    /// COUNT.
    Count,
    /// SUM.
    Sum,
    /// AVG.
    Avg,
    /// MIN.
    Min,
    /// MAX.
    Max,
}

/// What may stand before OVER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowFunc {
    /// An aggregate.
    Agg(Agg),
    /// ROW_NUMBER.
    RowNumber,
    /// RANK.
    Rank,
    /// DENSE_RANK.
    DenseRank,
}

pub use crate::function::Func;

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
            RelKind::Derived { columns, .. } => columns.iter().map(|c| c.0).collect(),
            RelKind::Join { left, right, .. } => {
                let mut all = self.columns_of(*left);
                all.extend(self.columns_of(*right));
                all
            }
            RelKind::Aggregate {
                groups, aggregates, ..
            } => groups.iter().chain(aggregates).map(|i| i.0).collect(),
            RelKind::Project { items, .. } => items.iter().map(|i| i.0).collect(),
            RelKind::Filter { input, .. }
            | RelKind::Distinct { input }
            | RelKind::Sort { input, .. }
            | RelKind::Limit { input, .. } => self.columns_of(*input),
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

    pub(crate) fn add_rel(&mut self, kind: RelKind, span: Span) -> RelId {
        self.rels.push(Rel { kind, span });
        RelId::at(self.rels.len() - 1)
    }

    pub(crate) fn add_scalar(&mut self, scalar: Scalar) -> ScalarId {
        self.scalars.push(scalar);
        ScalarId::at(self.scalars.len() - 1)
    }

    pub(crate) fn add_column(&mut self, name: &str, ty: Type, nullable: bool) -> ColumnId {
        self.columns.push(Column {
            name: name.to_owned(),
            ty,
            nullable,
        });
        ColumnId::at(self.columns.len() - 1)
    }

    pub(crate) fn add_cte(&mut self, cte: Cte) -> CteId {
        self.ctes.push(cte);
        CteId::at(self.ctes.len() - 1)
    }
}
