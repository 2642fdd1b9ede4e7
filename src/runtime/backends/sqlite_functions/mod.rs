//! The functions that compiled text calls on SQLite, as `rql::sqlite::FUNCTIONS` states them: where
//! SQLite's own operator would give another answer than PostgreSQL.

mod aggregate;
mod array;
mod element;
mod float;
mod json;
mod jsonb;
mod moment;
mod number;
mod once;
mod path;
mod patterns;
mod quote;
mod regex;
mod sequence;
mod series;
mod text;
mod to_number;
mod turning;

pub(crate) use once::Written;
pub(crate) use sequence::{Counted, Place, Sequence, Sequences};

use crate::{Decimal, Interval, Time, Timestamp, ValueRef};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value as Cell, ValueRef as Arg};
use rusqlite::{Connection, Error};

/// What a function gives: a value, or a message as PostgreSQL words it.
type Given = Result<Cell, String>;
type Function = fn(&Args<'_, '_>) -> Given;

/// A function: name, number of arguments (-1 for any), what it does.
type Row = (&'static str, i32, Function);

/// Every function that gives NULL where an argument is NULL.
const TABLES: &[&[Row]] = &[
    number::FUNCTIONS,
    float::FUNCTIONS,
    text::FUNCTIONS,
    quote::FUNCTIONS,
    regex::FUNCTIONS,
    moment::FUNCTIONS,
    patterns::FUNCTIONS,
    json::FUNCTIONS,
    jsonb::FUNCTIONS,
    path::FUNCTIONS,
    array::FUNCTIONS,
    series::FUNCTIONS,
    to_number::FUNCTIONS,
];

/// Those that see their NULLs.
const LENIENT: &[&[Row]] = &[
    text::LENIENT,
    quote::LENIENT,
    number::LENIENT,
    array::LENIENT,
    moment::LENIENT,
    json::LENIENT,
    jsonb::LENIENT,
];

/// The arguments of a call.
struct Args<'a, 'c> {
    context: &'a Context<'c>,
    /// The first one; `rql_try` has a name before them.
    from: usize,
}

/// Registers every function on a connection but those of sequences; one asks for what the statement has `written`.
pub(crate) fn register(db: &Connection, written: &Written) -> rusqlite::Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let flags = |name| match name {
        "rql_random" | "rql_sampled" | "rql_uuid4" => FunctionFlags::SQLITE_UTF8,
        _ => pure,
    };
    for &(name, arity, function) in TABLES.iter().copied().flatten() {
        db.create_scalar_function(name, arity, flags(name), move |context| {
            let args = Args { context, from: 0 };
            if args.any_null() {
                return Ok(Cell::Null);
            }
            failing(function(&args))
        })?;
    }
    for &(name, arity, function) in LENIENT.iter().copied().flatten() {
        db.create_scalar_function(name, arity, flags(name), move |context| {
            failing(function(&Args { context, from: 0 }))
        })?;
    }
    db.create_scalar_function("rql_try", -1, pure, |context| {
        let args = Args { context, from: 1 };
        let name = match context.get_raw(0) {
            Arg::Text(name) => name,
            _ => b"",
        };
        let mut rows = TABLES.iter().copied().flatten();
        match rows.find(|row| row.0.as_bytes() == name) {
            Some((_, _, function)) if !args.any_null() => Ok(function(&args).unwrap_or(Cell::Null)),
            _ => Ok(Cell::Null),
        }
    })?;
    db.create_collation(rql::sqlite::INTERVAL_ORDER, moment::interval_order)?;
    written.register(db)?;
    aggregate::register(db, pure)
}

fn failing(given: Given) -> rusqlite::Result<Cell> {
    given.map_err(|message| Error::UserFunctionError(message.into()))
}

const DIVISION: &str = "division by zero";
const OVERFLOW: &str = "numeric field overflow";
/// Beyond the 38 digits of [`Decimal`].
const TOO_LARGE: &str = "the result needs more digits than the 38 of a decimal here";

impl Args<'_, '_> {
    fn len(&self) -> usize {
        self.context.len() - self.from
    }

    fn raw(&self, at: usize) -> Arg<'_> {
        self.context.get_raw(at + self.from)
    }

    fn any_null(&self) -> bool {
        (0..self.len()).any(|at| self.raw(at) == Arg::Null)
    }

    fn int(&self, at: usize) -> Result<i64, String> {
        match self.raw(at) {
            Arg::Integer(value) => Ok(value),
            _ => Err("invalid input syntax for type integer".into()),
        }
    }

    fn scale(&self, at: usize) -> Result<u8, String> {
        u8::try_from(self.int(at)?).map_err(|_| OVERFLOW.into())
    }

    fn real(&self, at: usize) -> Result<f64, String> {
        real(self.raw(at))
    }

    fn number(&self, at: usize) -> Result<Decimal, String> {
        number::decimal(self.raw(at))
    }

    fn text(&self, at: usize) -> Result<String, String> {
        Ok(match self.raw(at) {
            Arg::Text(bytes) => utf8(bytes)?.to_owned(),
            Arg::Integer(value) => value.to_string(),
            Arg::Real(value) => ValueRef::Double(value).to_string(),
            _ => return Err("not a text".into()),
        })
    }

    fn bytes(&self, at: usize) -> Result<&[u8], String> {
        match self.raw(at) {
            Arg::Text(bytes) | Arg::Blob(bytes) => Ok(bytes),
            _ => Err("no bytes".into()),
        }
    }

    fn moment(&self, at: usize, ty: &str) -> Result<Timestamp, String> {
        let wrong = || format!("invalid input syntax for type {ty}");
        match self.raw(at) {
            Arg::Text(bytes) => Timestamp::parse(utf8(bytes)?.trim()).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }

    fn time(&self, at: usize) -> Result<Time, String> {
        let text = self.text(at)?;
        Time::parse(text.trim()).ok_or_else(|| "invalid input syntax for type time".into())
    }

    fn interval(&self, at: usize) -> Result<Interval, String> {
        moment::interval(&self.text(at)?)
    }
}

fn real(arg: Arg<'_>) -> Result<f64, String> {
    let wrong = || "invalid input syntax for type double precision".to_owned();
    match arg {
        Arg::Integer(value) => Ok(value as f64),
        Arg::Real(value) => Ok(value),
        Arg::Text(bytes) => utf8(bytes)?.trim().parse().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    core::str::from_utf8(bytes).map_err(|_| "invalid byte sequence for encoding \"UTF8\"".into())
}

fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

fn boolean(value: bool) -> Given {
    Ok(Cell::Integer(value.into()))
}

/// A double that is no overflow; SQLite has no NaN.
fn finite(value: f64, exact: bool) -> Given {
    if value.is_infinite() && !exact {
        return Err("value out of range: overflow".into());
    }
    if value.is_nan() {
        return Err("the result is NaN, which SQLite does not have".into());
    }
    Ok(Cell::Real(value))
}

#[cfg(test)]
mod tests {
    use super::register;

    fn value(sql: &str) -> String {
        let run = || -> rusqlite::Result<String> {
            let db = rusqlite::Connection::open_in_memory()?;
            register(&db, &super::Written::default())?;
            db.query_row(&format!("SELECT CAST({sql} AS TEXT)"), [], |row| {
                Ok(row.get::<_, Option<String>>(0)?.unwrap_or("NULL".into()))
            })
        };
        run().unwrap_or_else(|error| match error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message,
            other => other.to_string(),
        })
    }

    #[test]
    fn every_function_that_compiled_text_calls_is_there() {
        for stated in rql::sqlite::FUNCTIONS {
            let mut rows = super::TABLES
                .iter()
                .copied()
                .flatten()
                .chain(super::LENIENT.iter().copied().flatten());
            let scalar = rows.any(|&(name, own, _)| name == stated.name && (own == stated.arity));
            let aggregate = stated.aggregate && super::aggregate::NAMES.contains(&stated.name);
            let mut counting = super::sequence::FUNCTIONS.iter();
            let counting =
                counting.any(|&(name, own, _)| name == stated.name && own == stated.arity);
            assert!(
                scalar || aggregate || counting || matches!(stated.name, "rql_try" | "rql_once"),
                "{stated:?}"
            );
        }
    }

    #[test]
    fn every_function_is_stated() {
        let rows = super::TABLES
            .iter()
            .copied()
            .flatten()
            .chain(super::LENIENT.iter().copied().flatten());
        let stated = |name: &str, arity: Option<i32>| {
            let mut all = rql::sqlite::FUNCTIONS.iter();
            all.any(|s| s.name == name && arity.is_none_or(|arity| arity == s.arity))
        };
        for &(name, arity, _) in rows {
            assert!(stated(name, Some(arity)), "{name}/{arity}");
        }
        for name in super::aggregate::NAMES {
            assert!(stated(name, None), "{name}");
        }
    }

    // Expected: PostgreSQL 15 with the expression that each stands for.
    #[test]
    fn answers_are_postgresqls() {
        for (sql, expected) in [
            ("rql_div(-7, 2, 32)", "-3"),
            ("rql_div(1, 0, 32)", "division by zero"),
            ("rql_mod(-7, 2)", "-1"),
            ("rql_add(2147483647, 1, 32)", "integer out of range"),
            ("rql_mul(9223372036854775807, 2, 64)", "bigint out of range"),
            ("rql_add(1, NULL, 32)", "NULL"),
            ("rql_int(2.5, 32)", "2"),
            (
                "rql_int('12abc', 32)",
                "invalid input syntax for type integer",
            ),
            ("rql_num_int('2.5', 32)", "3"),
            ("rql_num(1250, 2)", "12.50"),
            ("rql_num_of(0.1)", "0.1"),
            ("rql_num_add('0.1', '0.20')", "0.30"),
            ("rql_num_mul('1.5', '1.5')", "2.25"),
            ("rql_num_div('1', '3')", "0.33333333333333333333"),
            ("rql_num_div('1', '0.0')", "division by zero"),
            ("rql_num_mod('-7.5', '2')", "-1.5"),
            ("rql_num_cmp('1.0', '1')", "0"),
            ("rql_num_round('2.675', 2)", "2.68"),
            ("rql_num_round('1250', -2)", "1300"),
            ("rql_units(0.99, 2)", "99"),
            ("rql_dec(100000, 5, 2)", "numeric field overflow"),
            ("rql_rescale(125, 2, 1)", "13"),
            ("rql_date('2021-01-01 10:00:00')", "2021-01-01"),
            (
                "rql_date('2021-02-30')",
                "invalid input syntax for type date",
            ),
            (
                "rql_moment_add('2024-01-31', 1, 0, 0)",
                "2024-02-29 00:00:00",
            ),
            ("rql_extract('second', '2024-01-31 01:02:03.5')", "3.500000"),
            ("rql_extract('year', '2024-01-31')", "2024"),
            ("rql_upper('é')", "É"),
            ("rql_substr('hello', 0, 3)", "he"),
            ("rql_substr('hello', -3, 2)", ""),
            (
                "rql_substr('hello', 2, -1)",
                "negative substring length not allowed",
            ),
            ("rql_left('hello', -2)", "hel"),
            ("rql_right('hello', 2)", "lo"),
            ("rql_right('hello', -2)", "llo"),
            ("rql_text(1e0)", "1"),
            (
                "(SELECT rql_single(x) FROM (SELECT 1 AS x UNION ALL SELECT 2))",
                "more than one row returned by a subquery used as an expression",
            ),
            ("(SELECT rql_single(x) FROM (SELECT 7 AS x))", "7"),
            (
                "(SELECT rql_single(x) FROM (SELECT 7 AS x WHERE 0))",
                "NULL",
            ),
        ] {
            assert_eq!(value(sql), expected, "{sql}");
        }
    }
}
