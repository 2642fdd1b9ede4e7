//! Editing rows: what a grid and a form do between a person and a table.
//!
//! Knows: sessions, catalogs, values, forms. Must never know: a terminal, a key of the keyboard, the SQL of a backend
//! (whatever runs is a [`Request`](noctra_runtime::Request) of RQL, and its values are bound).
//!
//! Shape: a [`Target`] is a table with the [`Key`](Target::key) by which a row is found again, or the reason why its
//! rows are [`ReadOnly`]. A [`RecordSet`] shows its rows, those that [`Criteria`] (query by example) select, page by
//! page; an [`Editable`] says the same of the result of any query. What is edited becomes a [`Change`]: data, which
//! can be shown as the statement that it will be. [`commit`] keeps changes all or none, and only where the rows are
//! still as they were read; otherwise it gives [`Conflict`]s, field by field, each of which [`Conflict::resolve`]
//! turns into a new change. Rows that belong to another are its [`Link`]s, by foreign keys.
//!
//! A [`FormSession`] is a form while somebody works at it, without a screen: an [`Act`] goes in, a [`Screen`] comes
//! out, which the window manager draws and [`replay`] compares with what was recorded.
#![deny(missing_docs)]

mod change;
mod commit;
mod conflict;
mod criteria;
mod editable;
mod error;
mod form;
mod link;
mod set;
mod target;
mod text;

pub use change::{Change, Row};
pub use commit::{Committed, Hooks, commit, commit_with, read_row};
pub use conflict::{Choice, Conflict, Difference};
pub use criteria::{Criteria, Refused};
pub use editable::{Editable, Part, editing, entered, same};
pub use error::Error;
pub use form::{
    Act, BlockView, Contested, Dialog, FieldView, FormSession, GroupView, Message, Mismatch, Mode,
    Screen, ValueList, replay, sketch,
};
pub use link::{Link, details, masters};
pub use rql_forms::Case;
pub use set::{Count, Record, RecordSet, Status};
pub use target::{ReadOnly, Target};
