//! The language server of RQL.
//!
//! Knows: the protocol, the editor's documents, where a schema comes from. Must never know: what any answer
//! is; `rql-ide` computes every one.
//!
//! Shape: one loop reads messages in their order and owns the documents ([`serve`]). Each document is an
//! immutable [`Snapshot`](rql_ide::Snapshot); a request that only reads goes with the documents as they are
//! to a small pool of threads, and is answered once, also when it was cancelled, outrun by a change, or
//! panicked. The catalog is read by a thread of its own (`schema`); no request waits for a database.
//! Positions of the protocol and bytes of the text meet in `position` only.
#![deny(missing_docs)]

mod actions;
mod commands;
mod completion;
mod convert;
mod diagnostics;
mod disk;
mod documents;
mod pool;
mod position;
mod requests;
mod routes;
mod schema;
mod server;
mod start;
mod tokens;
mod watch;
mod wire;
mod workspace;

pub use schema::Origin;
pub use server::{Ended, serve};
pub use wire::{Threads, Wire};
