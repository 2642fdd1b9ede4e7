//! Expressions.

use crate::{
    BinaryOp, Id, Ident, LikeOp, List, Name, OrderItem, PrefixOp, Quantifier, Query, TypeName,
    WindowSpec,
};
use rql_lexer::Span;

/// An expression and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// From its first to its last byte.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExprKind {
    /// What stands where the text could not be read; a diagnostic says why.
    Error,
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Bool(bool),
    /// A number; [`Ast::text`](crate::Ast::text) of the span is its spelling.
    Number,
    /// A string of any spelling; [`Ast::string`](crate::Ast::string) gives its value.
    String,
    /// `X'0aff'`.
    Blob,
    /// `B'0101'`.
    Bits,
    /// `DEFAULT` as a value of INSERT and UPDATE.
    Default,
    /// `*` or `t.*`, legal where a list of columns or `COUNT(*)` is.
    Star(Id<Star>),
    /// A column, or a function without parentheses such as `current_date`.
    Column(Name),
    /// `#1`: a column by its position.
    Position,
    /// `$1`, `?`, `?1`, `:name`, `@name`; [`Ast::param`](crate::Ast::param) tells which.
    Param,
    /// `DATE '2024-01-31'`.
    Typed {
        /// The type before the string.
        ty: Id<TypeName>,
        /// The string.
        value: Span,
    },
    /// `INTERVAL '1' DAY`.
    Interval(Id<Interval>),
    /// A prefix operator and its operand.
    Prefix {
        /// The operator.
        op: PrefixOp,
        /// What it applies to.
        operand: Id<Expr>,
    },
    /// Comparisons and all other operators that are not a [`Chain`](ExprKind::Chain).
    Binary {
        /// Left operand.
        left: Id<Expr>,
        /// The operator.
        op: BinaryOp,
        /// Right operand.
        right: Id<Expr>,
    },
    /// Operators of one precedence, read from the left: `a + b - c`, `a AND b AND c`.
    ///
    /// A chain is flat however long it is; it has at least two items.
    Chain(List<ChainItem>),
    /// `x IS [NOT] NULL` and its kin.
    Is {
        /// The operand.
        operand: Id<Expr>,
        /// `IS NOT`.
        negated: bool,
        /// What is asked.
        test: IsTest,
    },
    /// `x IS [NOT] JSON …`, `x IS [NOT] … NORMALIZED`.
    IsForm {
        /// What is asked about.
        operand: Id<Expr>,
        /// With NOT.
        negated: bool,
        /// The words from IS on.
        form: Span,
    },
    /// `x [NOT] BETWEEN [SYMMETRIC] low AND high`.
    Between(Id<Between>),
    /// `x [NOT] IN …`.
    In {
        /// The operand.
        operand: Id<Expr>,
        /// `NOT IN`.
        negated: bool,
        /// A [`Tuple`](ExprKind::Tuple), [`Paren`](ExprKind::Paren) or
        /// [`Subquery`](ExprKind::Subquery); or a list parameter, an array, a table.
        set: Id<Expr>,
    },
    /// `x [NOT] LIKE pattern [ESCAPE c]` and its kin.
    Like(Id<Like>),
    /// `CASE … END`.
    Case(Id<Case>),
    /// `CAST(x AS t)`, `TRY_CAST(x AS t)`, `x::t`.
    Cast(Id<Cast>),
    /// A call of a function.
    Call(Id<Call>),
    /// `(SELECT …)`.
    Subquery(Id<Query>),
    /// `EXISTS (SELECT …)`.
    Exists(Id<Query>),
    /// `ANY (…)`, `SOME (…)`, `ALL (…)`: the right operand of a comparison.
    Quantified {
        /// `ALL` rather than `ANY` or `SOME`.
        all: bool,
        /// A subquery, an array or a list.
        operand: Id<Expr>,
    },
    /// `ARRAY[1, 2]` or `[1, 2]`.
    Array {
        /// The elements.
        items: List<Id<Expr>>,
        /// Written with the word `ARRAY`.
        word: bool,
    },
    /// `ARRAY(SELECT …)`.
    ArrayQuery(Id<Query>),
    /// `(a, b)` with two or more items, or `()`.
    Tuple(List<Id<Expr>>),
    /// `ROW(a, b)`.
    Row(List<Id<Expr>>),
    /// `{'a': 1}`, also as `MAP {'a': 1}`.
    Struct {
        /// Keys and values.
        fields: List<StructField>,
        /// Written with the word `MAP`.
        map: bool,
    },
    /// `(x)`, kept as written.
    Paren(Id<Expr>),
    /// `x[1]`, `x[1:2]`.
    Subscript(Id<Subscript>),
    /// `(x).field`.
    Field {
        /// The composite value.
        base: Id<Expr>,
        /// The field.
        name: Ident,
    },
    /// `x COLLATE c`.
    Collate {
        /// The text.
        operand: Id<Expr>,
        /// The collation.
        collation: Name,
    },
    /// `{{#if c}} x {{else}} y {{/if}}` around a whole operand of AND or OR, or a whole condition.
    Template(Id<ExprTemplate>),
}

/// One operand of a [`Chain`](ExprKind::Chain).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainItem {
    /// What joins it to the items before; `None` on the first.
    pub op: Option<BinaryOp>,
    /// The operand.
    pub expr: Id<Expr>,
}

/// `*` with what DuckDB and others let follow it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Star {
    /// `t` of `t.*`.
    pub qualifier: Option<Name>,
    /// `EXCLUDE (a, b)`.
    pub exclude: List<Name>,
    /// `REPLACE (x AS a)`.
    pub replace: List<Replacement>,
    /// `RENAME (a AS b)`.
    pub rename: List<Rename>,
}

/// `x AS a` of `* REPLACE (…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replacement {
    /// The new value.
    pub expr: Id<Expr>,
    /// The column whose place it takes.
    pub column: Ident,
}

/// `a AS b` of `* RENAME (…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rename {
    /// The column.
    pub column: Name,
    /// Its new name.
    pub to: Ident,
}

/// `INTERVAL '1-2' YEAR TO MONTH`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// How much: a string, a number, a parameter or an expression in parentheses.
    pub value: Id<Expr>,
    /// The unit; `None` where the string says it.
    pub unit: Option<Ident>,
    /// The unit after `TO`.
    pub to: Option<Ident>,
}

/// What `IS` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsTest {
    /// `NULL` (also `ISNULL`, `NOTNULL`).
    Null,
    /// `TRUE`.
    True,
    /// `FALSE`.
    False,
    /// `UNKNOWN`.
    Unknown,
}

/// `x BETWEEN low AND high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Between {
    /// The operand.
    pub operand: Id<Expr>,
    /// `NOT BETWEEN`.
    pub negated: bool,
    /// `SYMMETRIC`.
    pub symmetric: bool,
    /// Lower bound.
    pub low: Id<Expr>,
    /// Upper bound.
    pub high: Id<Expr>,
}

/// `x LIKE pattern`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Like {
    /// The text.
    pub operand: Id<Expr>,
    /// Which way of matching.
    pub op: LikeOp,
    /// `NOT LIKE`.
    pub negated: bool,
    /// The pattern; a [`Quantified`](ExprKind::Quantified) for `LIKE ANY (…)`.
    pub pattern: Id<Expr>,
    /// After `ESCAPE`.
    pub escape: Option<Id<Expr>>,
}

/// `CASE … END`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// After `CASE`, in the form that compares.
    pub operand: Option<Id<Expr>>,
    /// At least one.
    pub branches: List<When>,
    /// After `ELSE`.
    pub otherwise: Option<Id<Expr>>,
}

/// `WHEN … THEN …`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct When {
    /// The condition or value.
    pub condition: Id<Expr>,
    /// The result.
    pub result: Id<Expr>,
}

/// A conversion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cast {
    /// How it is written.
    pub form: CastForm,
    /// The value.
    pub operand: Id<Expr>,
    /// The type.
    pub ty: Id<TypeName>,
}

/// How a conversion is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastForm {
    /// `CAST(x AS t)`.
    Cast,
    /// `TRY_CAST(x AS t)`: NULL where the value does not convert.
    TryCast,
    /// `x::t`.
    Colons,
}

/// A call: `count(DISTINCT x) FILTER (WHERE y) OVER w`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// The function.
    pub name: Name,
    /// `DISTINCT` or `ALL` before the arguments.
    pub quantifier: Quantifier,
    /// The arguments.
    pub args: List<Arg>,
    /// `ORDER BY` inside the parentheses.
    pub order_by: List<OrderItem>,
    /// `LIMIT` inside the parentheses.
    pub limit: Option<Id<Expr>>,
    /// `SEPARATOR ','` inside the parentheses.
    pub separator: Option<Id<Expr>>,
    /// `IGNORE NULLS` (true) or `RESPECT NULLS` (false).
    pub ignore_nulls: Option<bool>,
    /// `WITHIN GROUP (ORDER BY …)`.
    pub within_group: List<OrderItem>,
    /// `FILTER (WHERE …)`.
    pub filter: Option<Id<Expr>>,
    /// `OVER …`.
    pub over: Option<Over>,
}

/// An argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arg {
    /// What stands before the value.
    pub label: ArgLabel,
    /// The value.
    pub value: Id<Expr>,
}

/// How an argument is introduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgLabel {
    /// By the parenthesis or a comma.
    None,
    /// `name => value`.
    Arrow(Ident),
    /// `name := value`.
    Assign(Ident),
    /// `FROM value`, in EXTRACT, SUBSTRING, TRIM, OVERLAY.
    From,
    /// `FOR value`, in SUBSTRING, OVERLAY.
    For,
    /// `PLACING value`, in OVERLAY.
    Placing,
    /// `USING value`, in CONVERT.
    Using,
    /// `key: value` in JSON_OBJECT: the value after the colon.
    Colon,
    /// `VARIADIC array`.
    Variadic,
    /// `BOTH value`, in TRIM.
    Both,
    /// `LEADING value`, in TRIM.
    Leading,
    /// `TRAILING value`, in TRIM.
    Trailing,
    /// `BOTH FROM value`, in TRIM.
    BothFrom,
    /// `LEADING FROM value`, in TRIM.
    LeadingFrom,
    /// `TRAILING FROM value`, in TRIM.
    TrailingFrom,
    /// `lambda x, y: value`.
    Lambda(List<Ident>),
}

/// After `OVER`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Over {
    /// A window of the WINDOW clause.
    Named(Ident),
    /// A specification in parentheses.
    Spec(Id<WindowSpec>),
}

/// `'key': value` of a struct.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StructField {
    /// A string or a name.
    pub key: Id<Expr>,
    /// The value.
    pub value: Id<Expr>,
}

/// `base[index]` or `base[from:to:step]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subscript {
    /// The array, list or document.
    pub base: Id<Expr>,
    /// The index, or the lower bound of a slice.
    pub from: Option<Id<Expr>>,
    /// The upper bound; the outer option says whether there is a colon.
    pub to: Option<Option<Id<Expr>>>,
    /// The step; the outer option says whether there is a second colon.
    pub step: Option<Option<Id<Expr>>>,
}

/// A condition, or one operand of AND or OR, that stands only where something holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExprTemplate {
    /// The condition of the tag.
    pub condition: Id<Expr>,
    /// `{{#unless c}}`.
    pub unless: bool,
    /// The first branch.
    pub then: Id<Expr>,
    /// After `{{else}}`.
    pub otherwise: Option<Id<Expr>>,
}
