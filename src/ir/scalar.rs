//! Scalars.

use crate::function::{Entry, WINDOWS};
use crate::{Agg, ColumnId, Func, GuardId, RelId, ScalarId, Type};
use rql_ast::Span;

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
    /// Every column of a relation that no catalog knows, or of all such relations of FROM.
    Wildcard(Option<RelId>),
    /// A constant.
    Literal(Literal),
    /// A parameter, by its place in [`crate::Ir::params`].
    Param(usize),
    /// An operator or function.
    Call {
        /// Which.
        func: Func,
        /// Its operands.
        args: Vec<ScalarId>,
    },
    /// A function that only the backend knows.
    BackendCall {
        /// The names of its arguments, where they are written.
        labels: Vec<Option<String>>,
        /// Its name, as written.
        name: String,
        /// Its arguments.
        args: Vec<ScalarId>,
    },
    /// A field of a record, which only the backend knows.
    Member {
        /// The record.
        operand: ScalarId,
        /// The field.
        name: String,
    },
    /// A conversion; `implicit` where the writer left it to the compiler.
    Cast {
        /// What is converted.
        operand: ScalarId,
        /// Not written.
        implicit: bool,
        /// NULL where the value does not convert: TRY_CAST.
        fallible: bool,
    },
    /// A value as a column of a table takes it: an assignment cast, where what does not fit is an
    /// error. Stands only where a statement gives a column its value.
    Assigned(ScalarId),
    /// The default of the column that gets it; stands where [`ScalarKind::Assigned`] does.
    Default(crate::ColumnId),
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
    /// `x [NOT] IN (SELECT …)`; the operand is a [`ScalarKind::Row`] where there are more columns.
    InQuery {
        /// The operand.
        operand: ScalarId,
        /// NOT.
        negated: bool,
        /// The query.
        query: RelId,
        /// Its columns.
        columns: Vec<ColumnId>,
    },
    /// `x < ANY (SELECT …)`, `x = ALL (SELECT …)`.
    Quantified {
        /// The comparison.
        func: Func,
        /// ALL rather than ANY.
        all: bool,
        /// The operand.
        operand: ScalarId,
        /// The query of one column.
        query: RelId,
        /// That column.
        column: ColumnId,
    },
    /// `x < ANY (array)`, `x = ALL (array)`.
    OfArray {
        /// The comparison.
        func: Func,
        /// ALL rather than ANY.
        all: bool,
        /// The operand.
        operand: ScalarId,
        /// The array.
        array: ScalarId,
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
    /// `ARRAY(SELECT …)`.
    ArrayQuery {
        /// The query.
        query: RelId,
        /// Its column.
        column: ColumnId,
    },
    /// `(a, b)`, `ROW(a)`.
    Row(Vec<ScalarId>),
    /// A row of a relation as one value: `t` of `FROM t`.
    Whole {
        /// Its columns by their names.
        fields: Vec<(String, ScalarId)>,
        /// Whether an outer join may have no row there.
        missing: Missing,
    },
    /// `ARRAY[a, b]`.
    Array(Vec<ScalarId>),
    /// An aggregate; stands only in [`crate::RelKind::Aggregate`].
    Aggregate {
        /// Which.
        func: Agg,
        /// DISTINCT.
        distinct: bool,
        /// Its arguments; none is `*`.
        args: Vec<ScalarId>,
        /// ORDER BY, or WITHIN GROUP for the functions that want it.
        order: Vec<SortKey>,
        /// FILTER.
        filter: Option<ScalarId>,
    },
    /// `GROUPING(a, b)`: which of these group keys the row's grouping set lacks; stands only in
    /// [`crate::RelKind::Aggregate`].
    Grouping(Vec<ScalarId>),
    /// An aggregate or ranking over a window; stands only in [`crate::RelKind::Window`].
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
        /// Its frame; SQL's default where none is written.
        frame: Option<Frame>,
        /// A running aggregate; its frame is ROWS UNBOUNDED PRECEDING.
        running: bool,
    },
    /// What a template chooses between; without `otherwise` an operand that vanishes from its AND or
    /// OR.
    Guarded {
        /// Under which choices.
        guard: GuardId,
        /// What then stands.
        then: ScalarId,
        /// What else stands.
        otherwise: Option<ScalarId>,
    },
}

/// Whether a row of a relation may be missing, as an outer join has it; the row is NULL there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is always there.
    Never,
    /// It is missing where this column, which is never NULL in a row, is.
    WhereNull(ScalarId),
    /// It may be, and no column tells.
    Untold,
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
    /// Under which choices of a template it stands.
    pub guard: Option<GuardId>,
}

/// Which rows a window function sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What is counted.
    pub unit: FrameUnit,
    /// Where it starts.
    pub start: FrameBound,
    /// Where it ends.
    pub end: FrameBound,
    /// Which rows are left out.
    pub exclude: FrameExclude,
}

impl Frame {
    /// ROWS UNBOUNDED PRECEDING.
    pub const RUNNING: Self = Self {
        unit: FrameUnit::Rows,
        start: FrameBound::UnboundedPreceding,
        end: FrameBound::CurrentRow,
        exclude: FrameExclude::NoOthers,
    };
}

/// What a frame counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUnit {
    /// ROWS.
    Rows,
    /// RANGE.
    Range,
    /// GROUPS.
    Groups,
}

/// A bound of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameBound {
    /// UNBOUNDED PRECEDING.
    UnboundedPreceding,
    /// x PRECEDING.
    Preceding(ScalarId),
    /// CURRENT ROW.
    CurrentRow,
    /// x FOLLOWING.
    Following(ScalarId),
    /// UNBOUNDED FOLLOWING.
    UnboundedFollowing,
}

/// Rows that a frame leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameExclude {
    /// None, the default.
    NoOthers,
    /// The current row.
    CurrentRow,
    /// The current row and its peers.
    Group,
    /// Its peers.
    Ties,
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
    /// PERCENT_RANK.
    PercentRank,
    /// CUME_DIST.
    CumeDist,
    /// NTILE.
    Ntile,
    /// LAG.
    Lag,
    /// LEAD.
    Lead,
    /// FIRST_VALUE.
    FirstValue,
    /// LAST_VALUE.
    LastValue,
    /// NTH_VALUE.
    NthValue,
}

impl WindowFunc {
    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        match self {
            Self::Agg(agg) => &agg.row().entry,
            _ => {
                let found = WINDOWS.iter().find(|row| row.func == self);
                &found.unwrap_or(&WINDOWS[0]).entry
            }
        }
    }

    /// Its name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name()
    }

    /// The function of a name in lower case that needs OVER.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = WINDOWS.iter().find(|row| row.names.contains(&name));
        found.map(|row| row.func)
    }
}
