//! Operators and functions: what a call may name, and what it then means.
//!
//! `registry` is the table; this file says what a row consists of; `resolve` chooses among the
//! signatures of a name as PostgreSQL does (manual, chapter 10). Operators stand in the same table
//! under their symbols.

mod registry;
mod resolve;

pub use registry::{AGGREGATES, Agg, FUNCTIONS, Func};
pub(crate) use resolve::{NoCandidate, resolve};

use crate::Type;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a signature wants at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// A value of this type, or one that converts to it without being asked to.
    Of(Type),
    /// Anything; what has no type is text.
    Any,
    /// Anything but an array; all such places take one type.
    Element,
    /// An array; its elements are of the type of the other places.
    Array,
}

/// The type of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// This one.
    Type(Type),
    /// That of the first argument, its scale included.
    Like,
    /// That of the places that take one type.
    Element,
    /// An array of it.
    Array,
    /// A decimal of the larger scale.
    MaxScale,
    /// A decimal of both scales together.
    SumScale,
    /// A decimal without digits after the point.
    Whole,
    /// A decimal of as many digits after the point as the second argument says.
    Digits,
}

/// One way to call a function.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Its places.
    pub params: &'static [Param],
    /// The last place may be repeated.
    pub variadic: bool,
    /// What comes out.
    pub gives: Gives,
}

/// When a result is NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// Where an argument is.
    Strict,
    /// Never.
    Never,
    /// At times.
    Sometimes,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Function<F: 'static = Func> {
    /// What it means.
    pub func: F,
    /// How it is called, in lower case; an operator by its symbol.
    pub names: &'static [&'static str],
    /// When its result is NULL.
    pub nulls: Nulls,
    /// The ways to call it; none where it has a syntax or typing of its own.
    pub signatures: &'static [Signature],
    /// A line for people.
    pub about: &'static str,
}

const fn sig(params: &'static [Param], gives: Gives) -> Signature {
    Signature {
        params,
        variadic: false,
        gives,
    }
}

const fn many(params: &'static [Param], gives: Gives) -> Signature {
    Signature {
        params,
        variadic: true,
        gives,
    }
}

type Index<F> = HashMap<&'static str, Vec<&'static Function<F>>>;

fn index<F>(rows: &'static [Function<F>]) -> Index<F> {
    let mut index = Index::new();
    for row in rows {
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

/// Names of what has a syntax of its own or needs OVER, for suggestions.
pub const OTHER_NAMES: &[&str] = &[
    "runcount",
    "runsum",
    "runavg",
    "runmin",
    "runmax",
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "ntile",
    "lag",
    "lead",
    "first_value",
    "last_value",
    "nth_value",
    "extract",
    "position",
    "overlay",
    "trim",
    "grouping",
];

/// Every function and aggregate with a name to call it by, and its line for people.
pub fn documented() -> impl Iterator<Item = (&'static str, &'static str)> {
    let functions = FUNCTIONS.iter().map(|f| (f.names, f.about));
    let aggregates = AGGREGATES.iter().map(|f| (f.names, f.about));
    let all = functions.chain(aggregates);
    let all = all.flat_map(|(names, about)| names.iter().map(move |&name| (name, about)));
    all.filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Every name that a call may have, for suggestions.
pub fn names() -> impl Iterator<Item = &'static str> {
    let functions = FUNCTIONS.iter().flat_map(|f| f.names);
    let aggregates = AGGREGATES.iter().flat_map(|f| f.names);
    let words = functions.chain(aggregates).chain(OTHER_NAMES).copied();
    words.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}
