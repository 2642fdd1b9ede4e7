//! Text for databases.
//!
//! Knows: the algebra, dialects. Must never know: source text, the syntax tree, a connection.
//!
//! Shape: a [`Dialect`] is data: its cell in each row of the registry (`rql_ir::function`) says how it
//! has that operator or function. [`emit`] folds the operators of an algebra into the fewest query blocks and keeps
//! with each piece of text the place of the source that it came from.
#![deny(missing_docs)]

mod accumulate;
mod cells;
mod dialect;
mod doubts;
mod emit;
mod in_order;
mod jsonb;
mod named;
mod reading;
mod reasons;
mod span_map;
pub mod sqlite;
mod staged;
pub mod templates;
mod types;
mod ways;

pub use accumulate::{Accumulation, Running, Source, accumulate};
pub use dialect::Dialect;
pub use doubts::doubts;
pub use emit::{EACH, NUMBERED_ALWAYS, NUMBERS, STRICT};
pub use emit::{Edit, Emitted, Encoding, Keep, OutColumn, ParamRef, Rebuilt, Step, emit};
pub use emit::{quoted, spelled, stored};
pub use jsonb::Jsonb;
pub use named::KEYWORDS;
pub use reasons::reason;
pub use span_map::SpanMap;
pub use staged::{Stage, Staged, staged};
pub use types::{checked_array, checked_length, declared};
