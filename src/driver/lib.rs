//! The compiler of RQL: one front door for everyone.
//!
//! Knows: every stage of the compiler. Must never know: a connection, a file, a terminal.
//!
//! Shape: parse a text with [`parse`], then [`compile`] its statements one by one against an [`Env`]:
//! the catalog as it is when the statement's turn comes; or all at once with [`program`], which keeps
//! catalog and variables itself. What comes out ([`Compiled`]) is text for the
//! backend with what must be bound, how the result's columns are read, and the way back from the text
//! to the source.
#![deny(missing_docs)]

mod cells;
mod choices;
mod compile;
mod constants;
mod control;
mod explain;
mod planned;
mod program;
mod tree;

pub use choices::Choices;
pub use compile::{Compiled, Env, changes, compile, compile_expr, compile_query, origins};
pub use constants::Fold;
pub use control::explaining;
pub use explain::{Stage, explain, tokens};
pub use program::{
    File, Included, Includes, Memo, Options, Outcome, Parameter, Part, Program, Unread, declare,
    program, program_memo, program_unread, program_with, schema,
};
pub use rql_ast as ast;
pub use rql_ast::format;
pub use rql_ast::{Ast, Span};
pub use rql_codegen::{
    Accumulation, Dialect, EACH, Edit, Emitted, Encoding, Jsonb, KEYWORDS, Keep, NUMBERED_ALWAYS,
    NUMBERS, OutColumn, ParamRef, Rebuilt, Running, STRICT, Source, SpanMap, Staged, Step,
    checked_array, checked_length, quoted, reason, spelled, sqlite, stored, templates,
};
pub use rql_diagnostics as diagnostics;
pub use rql_diagnostics::{Code, Diagnostic, codes};
pub use rql_grammar::{Parse, parse, parse_bytes};
pub use rql_ir::function;
pub use rql_ir::json_path;
pub use rql_ir::{
    Abbreviation, Agg, ArrayText, Catalog, Change, Check, Condition, Definition, DefinitionKind,
    Dependent, Effect, FileTable, ForeignKey, Func, Index, IndexKey, Key, Literal, LookIntoFiles,
    NameMatch, ObjectName, Operand, Origin, OwnFunction, ParamName, RelId, Shown, Shows, Table,
    TableColumn, TableKind, Type, ZONE_ABBREVIATIONS, answers, before_abbreviation, is_zone_name,
    lower_condition, named_in_from, read_array, read_interval, sequence, shows, within,
    zone_abbreviation,
};
pub use tree::tree;
