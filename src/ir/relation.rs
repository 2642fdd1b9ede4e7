//! Relational operators.

use crate::change::{Delete, Insert, Update};
use crate::define::Define;
use crate::function::{Entry, ROWS};
use crate::{ColumnId, CteId, Merge, Parts, RelId, ScalarId, Sequence, SortKey};
use rql_ast::{LockStrength, Span};

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
        /// True where no catalog says what columns there are: those that the statement names.
        open: bool,
        /// True where its rows must come in the order of their numbers, though nothing sorts them.
        in_order: bool,
        /// ONLY: without the rows of the tables that inherit from it.
        only: bool,
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
    /// A function that gives rows.
    TableFunction {
        /// Which one.
        func: TableFunc,
        /// Its arguments.
        args: Vec<ScalarId>,
        /// The name that the statement gives it.
        alias: String,
        /// Its columns and their names.
        columns: Vec<(ColumnId, String)>,
        /// WITH ORDINALITY: the last column counts the rows.
        ordinality: bool,
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
    /// Some rows of a table by chance: TABLESAMPLE.
    Sample {
        /// The table.
        input: RelId,
        /// `bernoulli` by rows, `system` by pages.
        method: String,
        /// How many of a hundred.
        percent: ScalarId,
        /// REPEATABLE: the same rows for the same number.
        seed: Option<ScalarId>,
    },
    /// Pairs of rows.
    Join {
        /// Which rows it keeps.
        kind: JoinKind,
        /// Left side.
        left: RelId,
        /// Right side.
        right: RelId,
        /// What relates them; the equalities of `merged` are not repeated here.
        on: Option<ScalarId>,
        /// The columns of USING and NATURAL.
        merged: Vec<Merged>,
        /// The right side refers to columns of the left one.
        lateral: bool,
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
        /// GROUPING SETS, ROLLUP and CUBE: the positions in `groups` of each set. Plain GROUP BY has
        /// none.
        sets: Option<Vec<Vec<usize>>>,
        /// Columns that are one value in each group, since the groups hold a primary key.
        dependent: Vec<Item>,
        /// The aggregates.
        aggregates: Vec<Item>,
    },
    /// Columns that see other rows, beside the columns of each row.
    Window {
        /// The rows.
        input: RelId,
        /// The columns; each scalar is a [`crate::ScalarKind::Window`].
        items: Vec<Item>,
    },
    /// Columns computed, each with an identity of its own; a column of the input may be let through
    /// under its own.
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
    /// The first row, in the order of the input, of those that agree in the keys.
    DistinctOn {
        /// The rows.
        input: RelId,
        /// The keys.
        keys: Vec<ScalarId>,
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
        /// And those that the order does not tell from the last one.
        with_ties: bool,
    },
    /// Rows that are locked until the transaction ends: FOR UPDATE and its kin.
    Lock {
        /// The rows.
        input: RelId,
        /// How strong.
        strength: LockStrength,
        /// The relations whose rows they are; all where there are none.
        of: Vec<String>,
        /// NOWAIT (true) or SKIP LOCKED (false).
        nowait: Option<bool>,
    },
    /// A query that can name the queries of a WITH.
    With {
        /// The WITH queries, in the order written.
        ctes: Vec<CteId>,
        /// The query.
        input: RelId,
    },
    /// Adds rows to a table.
    Insert(Box<Insert>),
    /// Changes rows of a table.
    Update(Box<Update>),
    /// Takes rows out of a table.
    Delete(Box<Delete>),
    /// Adds, changes and takes out rows, as those of another relation say.
    Merge(Box<Merge>),
    /// A statement whose WITH changes rows; stands at the root only.
    Parts(Box<Parts>),
    /// Several statements; stands at the root only, or last of the parts there.
    Sequence(Box<Sequence>),
    /// Changes the schema.
    Define(Box<Define>),
}

impl RelKind {
    /// A projection of which every column is seen.
    pub(crate) fn project(input: RelId, items: Vec<Item>) -> Self {
        let visible = items.len();
        Self::Project {
            input,
            items,
            visible,
        }
    }

    /// True for an operator that changes data.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Insert(_) | Self::Update(_) | Self::Delete(_) | Self::Merge(_)
        )
    }
}

/// A column that USING or NATURAL makes of one on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The column made.
    pub column: ColumnId,
    /// The left one.
    pub left: ColumnId,
    /// The right one.
    pub right: ColumnId,
}

/// A function that gives rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableFunc {
    /// `generate_series(start, stop [, step])`.
    GenerateSeries,
    /// `unnest(array)`.
    Unnest,
    /// `string_to_table(text, separator [, null])`.
    StringToTable,
    /// `regexp_split_to_table(text, pattern [, flags])`.
    RegexpSplitToTable,
    /// `json_array_elements(json)`, `json_array_elements_text(json)`.
    JsonElements {
        /// As text rather than JSON.
        text: bool,
        /// Of JSONB: `jsonb_array_elements`.
        binary: bool,
    },
    /// `json_each(json)`, `json_each_text(json)`.
    JsonEach {
        /// The values as text rather than JSON.
        text: bool,
        /// Of JSONB: `jsonb_each`.
        binary: bool,
    },
    /// `json_object_keys(json)`.
    JsonKeys {
        /// Of JSONB: `jsonb_object_keys`.
        binary: bool,
    },
    /// `jsonb_path_query(jsonb, path [, variables [, silent]])`.
    JsonbPathQuery,
    /// A file, or a function that reads one, as DuckDB writes it.
    File(String),
    /// A function of the backend's own, its schema before a point where one is written.
    Own(String),
    /// The same of one whose columns the statement tells: `f() AS t(a int, b text)`.
    Told(String),
    /// `json_to_record(json)`, `json_to_recordset(json)`, whose columns the statement tells.
    JsonRecord {
        /// A row for each element of an array.
        set: bool,
        /// Of JSONB: `jsonb_to_record`.
        binary: bool,
    },
    /// The objects of which [`TableFunc::JsonRecord`] takes the members; what is no object is an error. A rewrite makes
    /// it.
    JsonObjects {
        /// A row for each element of an array.
        set: bool,
        /// Of JSONB.
        binary: bool,
    },
}

impl TableFunc {
    /// The function of a name in lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = ROWS.iter().find(|row| row.names.contains(&name));
        found.map(|row| row.func.clone())
    }

    /// Every name, for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ROWS.iter().flat_map(|row| row.names).copied()
    }

    /// What is known of it.
    #[must_use]
    pub fn entry(&self) -> Option<&'static Entry> {
        let found = ROWS.iter().find(|row| row.func == *self);
        found.map(|row| &row.entry)
    }

    /// How it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::File(text) | Self::Own(text) | Self::Told(text) => text,
            Self::JsonObjects { set, binary } => {
                let (set, binary) = (*set, *binary);
                Self::JsonRecord { set, binary }
                    .entry()
                    .map_or("", Entry::name)
            }
            _ => self.entry().map_or("", Entry::name),
        }
    }

    /// True where names and types of its columns stand behind it.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        matches!(self, Self::Told(_) | Self::JsonRecord { .. })
    }

    /// How many arguments it may have.
    #[must_use]
    pub const fn arguments(&self) -> &'static [usize] {
        match self {
            Self::GenerateSeries | Self::StringToTable | Self::RegexpSplitToTable => &[2, 3],
            Self::JsonbPathQuery => &[2, 3, 4],
            _ => &[1],
        }
    }
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
