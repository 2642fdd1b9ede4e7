//! The relational algebra of RQL.
//!
//! Knows: the syntax tree, a catalog, types, functions. Must never know: a dialect, a connection, text.
//!
//! Shape: [`lower_query`] turns one statement of the tree into an [`Ir`]: relational operators over typed
//! scalars in one arena, with index ids. Every column has an identity ([`ColumnId`]) and every
//! reference is by identity; names are only remembered for headers and for the reader. Sugar is gone:
//! `*` is expanded, ordinals and aliases are resolved, conversions are explicit.
#![deny(missing_docs)]

mod catalog;
pub mod function;
mod ir;
mod lower;
mod print;
mod types;
mod verify;

pub use catalog::{Catalog, NameMatch, Table, TableColumn};
pub use ir::{
    Agg, Column, ColumnId, Cte, CteId, Func, Ir, Item, JoinKind, Literal, Param, ParamName, Rel,
    RelId, RelKind, Scalar, ScalarId, ScalarKind, SetOp, SortKey, WindowFunc,
};
pub use lower::{Env, Lowered, lower_expr, lower_query};
pub use print::print;
pub use types::Type;
pub use verify::verify;
