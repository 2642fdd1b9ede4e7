//! Queries: SELECT, VALUES, set operations, FROM and the clauses.

use crate::{
    Assignment, Attribute, Call, Expr, Id, Ident, List, Name, Quantifier, Stmt, Template, TypeName,
};
use rql_lexer::Span;

/// `WITH … SELECT … UNION … ORDER BY … LIMIT …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Query {
    /// `WITH`.
    pub with: Option<Id<With>>,
    /// What yields the rows.
    pub body: Body,
    /// ORDER BY, LIMIT, OFFSET, FETCH, FOR and CHART, in the order written.
    pub clauses: List<Clause>,
    /// From its first to its last byte, without parentheses around it.
    pub span: Span,
}

/// What yields the rows of a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body {
    /// `SELECT …` or `FROM …`.
    Select(Id<Select>),
    /// `VALUES (…), (…)`.
    Values(List<Row>),
    /// `TABLE t`.
    Table(Name),
    /// A query in parentheses.
    Nested(Id<Query>),
    /// `a UNION b`.
    Set(Id<SetOperation>),
}

/// `WITH [RECURSIVE] a AS (…), b AS (…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct With {
    /// `RECURSIVE`.
    pub recursive: bool,
    /// The named queries.
    pub ctes: List<Cte>,
    /// From WITH to the last parenthesis.
    pub span: Span,
}

/// A common table expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Ident,
    /// Names for its columns.
    pub columns: List<Ident>,
    /// `MATERIALIZED` (true) or `NOT MATERIALIZED` (false).
    pub materialized: Option<bool>,
    /// A query, or INSERT, UPDATE, DELETE or MERGE with RETURNING.
    pub body: Id<Stmt>,
    /// `SEARCH DEPTH FIRST BY a SET o`.
    pub search: Option<Search>,
    /// `CYCLE a SET c USING p`.
    pub cycle: Option<Cycle>,
    /// The whole.
    pub span: Span,
}

/// The order in which a recursion finds its rows, as a column (SQL:1999).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// `BREADTH FIRST` rather than `DEPTH FIRST`.
    pub breadth: bool,
    /// The columns that order what one step finds.
    pub by: List<Ident>,
    /// The column that orders the rows.
    pub column: Ident,
}

/// How a recursion ends where it comes back to a row (SQL:1999).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cycle {
    /// The columns by which a row is known again.
    pub by: List<Ident>,
    /// The column that marks such a row.
    pub mark: Ident,
    /// `TO x DEFAULT y`: the mark, and what others have; else TRUE and FALSE.
    pub values: Option<(Id<Expr>, Id<Expr>)>,
    /// The column that has the rows on the way.
    pub path: Ident,
}

/// Set operations of one precedence, read from the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetOperation {
    /// The leftmost operand.
    pub first: Body,
    /// The others; never empty.
    pub rest: List<SetItem>,
}

/// A set operator and its right operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetItem {
    /// Which operation.
    pub op: SetOp,
    /// `ALL` or `DISTINCT`.
    pub quantifier: Quantifier,
    /// `BY NAME`.
    pub by_name: bool,
    /// The right operand.
    pub body: Body,
    /// Where the operator stands.
    pub op_span: Span,
}

/// A set operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOp {
    /// `UNION`.
    Union,
    /// `INTERSECT`, which binds tighter than the others.
    Intersect,
    /// `EXCEPT`, also written `MINUS`.
    Except,
}

/// A value in a row of VALUES.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowItem {
    /// One value.
    Value(Id<Expr>),
    /// Values under a condition.
    Template(Id<Template<RowItem>>),
}

/// A row of VALUES.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Its values.
    pub items: List<RowItem>,
    /// Written `ROW (…)`.
    pub word: bool,
    /// Its parentheses and what they hold.
    pub span: Span,
}

/// `SELECT …` up to and with QUALIFY and WINDOW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Select {
    /// `ALL`, `DISTINCT` or nothing.
    pub quantifier: Quantifier,
    /// `DISTINCT ON (…)`.
    pub distinct_on: List<Id<Expr>>,
    /// The columns; empty in `FROM t` alone, which means `*`.
    pub items: List<SelectItem>,
    /// `FROM t SELECT …`: the FROM clause stands first, SELECT may be missing.
    pub from_first: bool,
    /// FROM, WHERE, GROUP BY, HAVING, WINDOW, QUALIFY, in the order written.
    pub clauses: List<Clause>,
    /// From its first to its last byte.
    pub span: Span,
}

/// A column of SELECT or RETURNING.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SelectItem {
    /// An expression, a star included.
    Expr {
        /// The value.
        expr: Id<Expr>,
        /// Its name.
        alias: Option<Ident>,
    },
    /// Columns under a condition.
    Template(Id<Template<SelectItem>>),
}

/// A clause of a query or of INSERT, UPDATE, DELETE and MERGE.
///
/// The parser reads clauses in any order and reports a wrong one; a tree without diagnostics has
/// them in the order of SQL, each at most once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clause {
    /// Which clause.
    pub kind: ClauseKind,
    /// From its first to its last byte.
    pub span: Span,
}

/// The clauses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClauseKind {
    /// `SELECT …` after a leading FROM; lives only until the parser has put it in its place.
    Select(Id<Select>),
    /// `INTO t` of SELECT.
    Into {
        /// The new table.
        table: Name,
        /// `TEMP`.
        temporary: bool,
        /// `INTO UNLOGGED`.
        unlogged: bool,
    },
    /// `FROM …`, in DELETE also `USING …`.
    From(List<FromItem>),
    /// `WHERE …`.
    Where(Id<Expr>),
    /// `GROUP BY …`.
    GroupBy(Id<GroupBy>),
    /// `HAVING …`.
    Having(Id<Expr>),
    /// `WINDOW w AS (…)`.
    Window(List<NamedWindow>),
    /// `QUALIFY …`.
    Qualify(Id<Expr>),
    /// `USING SAMPLE 10%`.
    Sample(Id<Sample>),
    /// `ORDER BY …`; `ORDER BY ALL` has one item, the column `all`.
    OrderBy(List<OrderItem>),
    /// `LIMIT n`, `LIMIT ALL` (no expression), `LIMIT skip, n`.
    Limit {
        /// How many.
        count: Option<Id<Expr>>,
        /// Rows to skip, in the form with a comma.
        skip: Option<Id<Expr>>,
        /// `LIMIT 10 PERCENT` or `10%`.
        percent: bool,
    },
    /// `OFFSET n`.
    Offset(Id<Expr>),
    /// `FETCH FIRST n ROWS ONLY`.
    Fetch {
        /// How many; one where not said.
        count: Option<Id<Expr>>,
        /// `PERCENT`.
        percent: bool,
        /// `WITH TIES`.
        with_ties: bool,
    },
    /// `FOR UPDATE` and its kin.
    Lock(Id<Lock>),
    /// `ON CONFLICT …` of INSERT.
    OnConflict(Id<OnConflict>),
    /// `ON DUPLICATE KEY UPDATE …` of INSERT.
    OnDuplicateKey(List<Assignment>),
    /// `RETURNING …`.
    Returning(List<SelectItem>),
    /// `CHART …`.
    Chart(Id<Chart>),
    /// Clauses under a condition.
    Template(Id<Template<Clause>>),
}

/// `GROUP BY …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupBy {
    /// `GROUP BY DISTINCT …`.
    pub quantifier: Quantifier,
    /// `GROUP BY ALL`.
    pub all: bool,
    /// What is grouped by.
    pub items: List<GroupItem>,
    /// `WITH ROLLUP` at the end.
    pub with_rollup: bool,
}

/// An item of GROUP BY.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GroupItem {
    /// An expression, an ordinal, an alias, or `()`.
    Expr(Id<Expr>),
    /// `ROLLUP (…)`.
    Rollup(List<GroupItem>),
    /// `CUBE (…)`.
    Cube(List<GroupItem>),
    /// `GROUPING SETS (…)`.
    Sets(List<GroupItem>),
    /// Items under a condition.
    Template(Id<Template<GroupItem>>),
}

/// An item of ORDER BY.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OrderItem {
    /// An expression and its direction.
    Expr {
        /// What is ordered by.
        expr: Id<Expr>,
        /// `ASC`, `DESC` or neither.
        direction: Direction,
        /// `NULLS FIRST` (true) or `NULLS LAST` (false).
        nulls_first: Option<bool>,
    },
    /// Items under a condition.
    Template(Id<Template<OrderItem>>),
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Not said: ascending.
    None,
    /// `ASC`.
    Asc,
    /// `DESC`.
    Desc,
    /// `USING <` and other operators.
    Using(Span),
}

/// An item of FROM: a relation and what is joined to it, read from the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FromItem {
    /// The leftmost relation.
    pub relation: Id<Relation>,
    /// The joins.
    pub joins: List<Join>,
    /// The whole.
    pub span: Span,
}

/// A join.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Join {
    /// One join.
    Join {
        /// Which kind.
        kind: JoinKind,
        /// The right side.
        relation: Id<Relation>,
        /// What relates the sides.
        on: JoinOn,
        /// From the join's words to the end of its condition.
        span: Span,
    },
    /// Joins under a condition.
    Template(Id<Template<Join>>),
}

/// Which kind of join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JoinKind {
    /// `NATURAL`.
    pub natural: bool,
    /// `ASOF`.
    pub asof: bool,
    /// Which rows it keeps.
    pub side: JoinSide,
}

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinSide {
    /// `JOIN`.
    Plain,
    /// `INNER JOIN`.
    Inner,
    /// `LEFT [OUTER] JOIN`.
    Left,
    /// `RIGHT [OUTER] JOIN`.
    Right,
    /// `FULL [OUTER] JOIN`.
    Full,
    /// `CROSS JOIN`.
    Cross,
    /// `SEMI JOIN`, `LEFT SEMI JOIN`.
    Semi,
    /// `ANTI JOIN`, `LEFT ANTI JOIN`.
    Anti,
    /// `RIGHT SEMI JOIN`.
    RightSemi,
    /// `RIGHT ANTI JOIN`.
    RightAnti,
    /// `POSITIONAL JOIN`.
    Positional,
}

/// What relates the sides of a join.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JoinOn {
    /// Nothing written.
    None,
    /// `ON condition`.
    On(Id<Expr>),
    /// `USING (a, b) AS j`: the alias is a name for these columns.
    Using(List<Ident>, Option<Ident>),
}

/// Something that yields rows in FROM.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relation {
    /// What it is.
    pub kind: RelationKind,
    /// `LATERAL`.
    pub lateral: bool,
    /// Its alias.
    pub alias: Option<Id<Alias>>,
    /// `TABLESAMPLE …`.
    pub sample: Option<Id<Sample>>,
    /// From its first byte to the end of its alias.
    pub span: Span,
}

/// The kinds of relation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RelationKind {
    /// A table, view, CTE or LET relation.
    Table {
        /// Its name.
        name: Name,
        /// `ONLY t`.
        only: bool,
        /// `INDEXED BY i`, or `NOT INDEXED` (`None`), as a hint to SQLite.
        index: Option<Option<Ident>>,
    },
    /// A table function.
    Function {
        /// The call.
        call: Id<Call>,
        /// `WITH ORDINALITY`.
        ordinality: bool,
    },
    /// `ROWS FROM (f(), g())`: functions whose rows stand beside each other.
    Rows {
        /// The calls.
        calls: List<Id<Expr>>,
        /// `WITH ORDINALITY`.
        ordinality: bool,
    },
    /// `(SELECT …)` or, without parentheses, `VALUES …`.
    Query(Id<Query>),
    /// `'file.csv'`.
    File,
    /// A join in parentheses.
    Nested(Id<FromItem>),
}

/// `AS t(a, b)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alias {
    /// The name; absent in `AS (a int, b text)`.
    pub name: Option<Ident>,
    /// Names, and for functions that return records types, of the columns.
    pub columns: List<AliasColumn>,
}

/// A column of an alias.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AliasColumn {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Option<Id<TypeName>>,
}

/// `TABLESAMPLE BERNOULLI (10) REPEATABLE (42)`, `USING SAMPLE 10 ROWS`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The method.
    pub method: Option<Ident>,
    /// How much.
    pub size: Id<Expr>,
    /// `ROWS`, `PERCENT` or `%`.
    pub unit: Option<Span>,
    /// After REPEATABLE.
    pub seed: Option<Id<Expr>>,
}

/// `FOR UPDATE OF t SKIP LOCKED`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lock {
    /// How strong.
    pub strength: LockStrength,
    /// The tables after OF.
    pub of: List<Name>,
    /// `NOWAIT` (true) or `SKIP LOCKED` (false).
    pub nowait: Option<bool>,
}

/// How strong a row lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockStrength {
    /// `FOR UPDATE`.
    Update,
    /// `FOR NO KEY UPDATE`.
    NoKeyUpdate,
    /// `FOR SHARE`.
    Share,
    /// `FOR KEY SHARE`.
    KeyShare,
}

impl LockStrength {
    /// The words of the clause.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Update => "FOR UPDATE",
            Self::NoKeyUpdate => "FOR NO KEY UPDATE",
            Self::Share => "FOR SHARE",
            Self::KeyShare => "FOR KEY SHARE",
        }
    }
}

/// `w AS (…)` of the WINDOW clause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamedWindow {
    /// Its name.
    pub name: Ident,
    /// What it is.
    pub spec: Id<WindowSpec>,
}

/// What stands in the parentheses of OVER.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowSpec {
    /// A window it builds on.
    pub base: Option<Ident>,
    /// `PARTITION BY …`.
    pub partition_by: List<Id<Expr>>,
    /// `ORDER BY …`.
    pub order_by: List<OrderItem>,
    /// The frame.
    pub frame: Option<Id<Frame>>,
    /// With its parentheses.
    pub span: Span,
}

/// `ROWS BETWEEN a AND b EXCLUDE TIES`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// What is counted.
    pub unit: FrameUnit,
    /// Where it starts.
    pub start: Bound,
    /// Where it ends; `None` in the short form.
    pub end: Option<Bound>,
    /// Which rows are left out.
    pub exclude: Option<FrameExclude>,
    /// The whole.
    pub span: Span,
}

/// What a frame counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUnit {
    /// `ROWS`.
    Rows,
    /// `RANGE`.
    Range,
    /// `GROUPS`.
    Groups,
}

/// A bound of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// `UNBOUNDED PRECEDING`.
    UnboundedPreceding,
    /// `x PRECEDING`.
    Preceding(Id<Expr>),
    /// `CURRENT ROW`.
    CurrentRow,
    /// `x FOLLOWING`.
    Following(Id<Expr>),
    /// `UNBOUNDED FOLLOWING`.
    UnboundedFollowing,
}

/// Rows that a frame leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameExclude {
    /// `EXCLUDE CURRENT ROW`.
    CurrentRow,
    /// `EXCLUDE GROUP`.
    Group,
    /// `EXCLUDE TIES`.
    Ties,
    /// `EXCLUDE NO OTHERS`.
    NoOthers,
}

/// `ON CONFLICT (a) DO UPDATE SET …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnConflict {
    /// Columns or expressions of the unique index, with their order where written.
    pub target: List<OrderItem>,
    /// `ON CONSTRAINT name`.
    pub constraint: Option<Ident>,
    /// The condition of a partial index.
    pub target_where: Option<Id<Expr>>,
    /// `DO UPDATE SET …`; `None` is `DO NOTHING`.
    pub update: Option<List<Assignment>>,
    /// The condition of the update.
    pub update_where: Option<Id<Expr>>,
}

/// `CHART BAR OF y BY x TITLE '…' TO 'f.svg'`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chart {
    /// Which kind.
    pub kind: ChartKind,
    /// OF, BY, TITLE, WIDTH, HEIGHT, BINS and TO with their values.
    pub attributes: List<Attribute>,
}

/// The kinds of chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChartKind {
    /// Horizontal bars.
    Bar,
    /// Vertical bars.
    Column,
    /// A line.
    Line,
    /// Points.
    Scatter,
    /// Frequencies.
    Histogram,
    /// A line of one row of text.
    Sparkline,
}
