//! What an editor or a prompt asks about a text of RQL.
//!
//! Knows: the compiler, and a [`World`]: tables, the names of a session, the commands of a prompt. Must never
//! know: a terminal, a protocol, a connection. Like the compiler it is pure: what lists files is given to it.
//!
//! Shape: a [`Snapshot`] is a text in a world; both are immutable and cheap to share, so any thread may ask
//! while the next one is being typed. Every question takes an offset in bytes and gives spans of bytes:
//! [`Snapshot::highlight`], [`Snapshot::completeness`], [`Snapshot::complete`], [`Snapshot::hover`],
//! [`Snapshot::signature`], [`Snapshot::diagnostics`], [`Snapshot::entity`] and [`Snapshot::occurrences`],
//! [`Snapshot::symbols`], [`Snapshot::folds`], [`Snapshot::around`], [`Snapshot::hints`],
//! [`Snapshot::actions`], [`Snapshot::format`], [`Snapshot::unused`]. A [`Memory`] keeps what snapshots of one text
//! share. A text may be a form in TOML ([`Language`]). What is asked of half a statement is answered from a
//! tree that the parser mends (`rql_grammar::draft`) and from what the resolver sees on its way
//! (`rql_ir::survey`), never from patterns over text.
//!
//! Invariants: no text and no offset panics; nothing waits for a database.
#![deny(missing_docs)]

mod becomes;
mod collect;
mod command;
mod complete;
mod completeness;
mod diagnose;
mod entity;
mod form;
mod functions;
mod highlight;
mod hints;
mod hover;
mod known;
mod lineage;
mod look;
mod memory;
mod naming;
mod refactor;
mod reformat;
mod role;
mod shape;
mod show;
mod signature;
mod spelling;
mod statements;
mod unused;
mod world;

pub use command::{Argument, Command, is_command};
pub use complete::{Completion, Item, Kind};
pub use completeness::{Completeness, Missing};
pub use entity::{Entity, Found, Occurrence};
pub use form::Language;
pub use highlight::{Class, Highlight};
pub use hints::Hint;
pub use hover::Hover;
pub use lineage::{Derived, Lineage, Origin};
pub use memory::Memory;
pub use refactor::{Action, ActionKind};
pub use reformat::Change;
pub use rql_ast::Span;
pub use rql_forms::Manner;
pub use shape::{Fold, Symbol, SymbolKind};
pub use signature::SignatureHelp;
pub use spelling::spelled;
pub use statements::{STATEMENTS, Statement};
pub use unused::Unused;
pub use world::{Entry, Reader, Snapshot, Variable, World};
