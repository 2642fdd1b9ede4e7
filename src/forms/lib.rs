//! Forms: fields, what they accept, and what is done with their values.
//!
//! Knows: the compiler and TOML. Must never know: a file, a connection, a screen, how a value is kept.
//!
//! Shape: one [`Form`] with two spellings. [`from_block`] reads a FORM statement, [`from_toml`] a file of FDL2, [`names`]
//! says where that names what;
//! [`to_block`] and [`to_toml`] write them, [`into_script`] and [`into_toml`] into the text that they came from. Whatever is RQL inside a form (a default, a condition, an action) is a
//! [`Piece`]: its text and its place in the source that the form was read from, so that what the compiler says of it
//! is shown there. [`check`] compiles every piece against a catalog; [`validate`] is the one engine that judges the
//! values of fields, over whoever keeps them ([`Values`]).
#![deny(missing_docs)]

mod block;
mod check;
mod event;
mod example;
mod fdl;
mod keep;
mod keys;
mod kind;
mod mask;
mod model;
mod piece;
mod related;
mod table;
mod trigger;
mod validate;
mod write;

pub use block::from_block;
pub use check::{check, condition, used};
pub use event::Event;
pub use example::{Case, Example, Part};
pub use fdl::{Manner, Named, Naming, action_type, from_toml, names};
pub use keep::{into_script, into_toml};
pub use kind::{KINDS, Kind};
pub use mask::masked;
pub use model::{
    Action, Body, Choice, Detail, Field, Form, Layout, Pagination, Place, Rule, RuleKind, Section,
    Translation, Verb, View,
};
pub use piece::Piece;
pub use related::pairs;
pub use table::{field_name, filled_in, find, for_table, record, search};
pub use validate::{Problem, Values, validate};
pub use write::{rules, to_block, to_toml};
