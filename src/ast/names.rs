//! Names, types, parameters, attributes and templates: the small nodes that all others use.

use crate::{Expr, Id, List, Query};
use rql_lexer::Span;

/// One name as written; [`Ast::name`](crate::Ast::name) gives what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A name of one or more parts, `schema.table` or `t.column`; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The parts from left to right.
    pub parts: List<Ident>,
}

/// A type as written, such as `decimal(10, 2)`, `timestamp(3) with time zone` or `text[]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TypeName {
    /// Its words; a qualified type has a name of several parts and no further word.
    pub name: Name,
    /// Further words of the name (`unsigned`, `big int`).
    pub words: List<Ident>,
    /// What stands in its parentheses.
    pub args: List<Id<Expr>>,
    /// Fields of `STRUCT(a int, …)`, `MAP(…)` and the like; empty for other types.
    pub fields: List<TypeField>,
    /// `WITH TIME ZONE` (true) or `WITHOUT TIME ZONE` (false).
    pub time_zone: Option<bool>,
    /// `[]`, `[3]` or `ARRAY`, one for each dimension.
    pub dimensions: List<Dimension>,
    /// The whole of it.
    pub span: Span,
}

/// A field of a structured type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TypeField {
    /// Its name; absent in `MAP(text, int)`.
    pub name: Option<Ident>,
    /// Its type.
    pub ty: Id<TypeName>,
}

/// One dimension of an array type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// The number in the brackets, where there is one.
    pub size: Option<Span>,
    /// `[…]` or the word `ARRAY`.
    pub span: Span,
}

/// A piece that stands only where a condition holds: `{{#if c}} … {{else}} … {{/if}}`.
#[derive(Clone, Copy, Debug)]
pub struct Template<T> {
    /// The condition.
    pub condition: Id<Expr>,
    /// `{{#unless c}}`: the first branch stands where the condition does not hold.
    pub unless: bool,
    /// The first branch.
    pub then: List<T>,
    /// The branch after `{{else}}`; `None` where there is none.
    pub otherwise: Option<List<T>>,
    /// From the opening tag to the closing one.
    pub span: Span,
}

/// A word and perhaps a value: `LABEL 'Name'`, `format = csv`, `REQUIRED`.
///
/// The words are not keywords; which of them a place knows is one table per place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attribute {
    /// The word or words.
    pub name: Ident,
    /// Its value.
    pub value: AttributeValue,
    /// Both.
    pub span: Span,
}

/// The value of an [`Attribute`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AttributeValue {
    /// The word says it all.
    None,
    /// An expression, a literal or a name.
    Expr(Id<Expr>),
    /// Values in parentheses: `CHOICES ('IT', 'HR')`.
    List(List<Id<Expr>>),
    /// A query in parentheses: `LOOKUP (SELECT …)`.
    Query(Id<Query>),
}

/// How a list of rows or values treats duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Quantifier {
    /// Not said.
    #[default]
    None,
    /// `ALL`.
    All,
    /// `DISTINCT`.
    Distinct,
}
