//! Operators and functions: what a call may name, and what it then means.
//!
//! `table` is the table; `row` says what a row consists of; `resolve` chooses among the signatures of a
//! name as PostgreSQL does (manual, chapter 10). Operators stand in the same table under their symbols.
//!
//! The cells of a row are data for who writes text; nothing in this crate reads them.

mod resolve;
mod row;
mod table;

pub(crate) use resolve::{NoCandidate, resolve};
use row::words;
pub use row::{Cell, Cells, Class, Entry, Function, Gives, Nulls, Param, Shape, Signature};
pub use table::{AGGREGATES, Agg, FORMS, FUNCTIONS, Form, Func, ROWS, RUNNING, WINDOWS, entries};

use std::collections::HashMap;
use std::sync::LazyLock;

type Index<F> = HashMap<&'static str, Vec<&'static Function<F>>>;

/// What can be called by a name; what has a typing of its own cannot.
fn index<F>(rows: &'static [Function<F>]) -> Index<F> {
    let mut index = Index::new();
    for row in rows.iter().filter(|row| !row.signatures.is_empty()) {
        for &name in row.names {
            index.entry(name).or_insert_with(Vec::new).push(row);
        }
    }
    index
}

static BY_NAME: LazyLock<Index<Func>> = LazyLock::new(|| index(FUNCTIONS));
static AGGREGATE_BY_NAME: LazyLock<Index<Agg>> = LazyLock::new(|| index(AGGREGATES));

/// The functions or operators of a name in lower case; none where it is not known.
#[must_use]
pub fn named(name: &str) -> &'static [&'static Function] {
    BY_NAME.get(name).map_or(&[], Vec::as_slice)
}

/// The aggregate of a name in lower case.
#[must_use]
pub fn aggregate(name: &str) -> Option<&'static Function<Agg>> {
    AGGREGATE_BY_NAME.get(name)?.first().copied()
}

/// Every name that a call may have, for suggestions.
pub fn names() -> impl Iterator<Item = &'static str> {
    let names = entries().flat_map(|entry| entry.names).copied();
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
}
