//! The functions that compiled text calls on SQLite, as `rql::sqlite::FUNCTIONS` states them: where
//! SQLite's own operator would give another answer than PostgreSQL.

use crate::{Decimal, Interval, Timestamp, ValueRef};
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Value as Cell, ValueRef as Arg};
use rusqlite::{Connection, Error};
use std::cmp::Ordering;

/// What a function gives: a value, or a message as PostgreSQL words it.
type Given = Result<Cell, String>;
type Function = fn(&Args<'_, '_>) -> Given;

/// The arguments of a call, none of them NULL.
struct Args<'a, 'c>(&'a Context<'c>);

/// Registers every function on a connection.
pub(crate) fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    for &(name, arity, function) in FUNCTIONS {
        db.create_scalar_function(name, arity, flags, move |context| {
            let null = (0..context.len()).any(|at| context.get_raw(at) == Arg::Null);
            if null {
                return Ok(Cell::Null);
            }
            function(&Args(context)).map_err(|message| Error::UserFunctionError(message.into()))
        })?;
    }
    db.create_aggregate_function("rql_single", 1, flags, Single)
}

/// Name, number of arguments, what it does.
static FUNCTIONS: &[(&str, i32, Function)] = &[
    ("rql_add", 3, |a| a.integers(i128::checked_add)),
    ("rql_sub", 3, |a| a.integers(i128::checked_sub)),
    ("rql_mul", 3, |a| a.integers(i128::checked_mul)),
    ("rql_div", 2, |a| in_bits(a.divided(i128::checked_div)?, 64)),
    ("rql_mod", 2, |a| in_bits(a.divided(i128::checked_rem)?, 64)),
    ("rql_fdiv", 2, |a| match a.real(1)? {
        0.0 => Err(DIVISION.into()),
        divisor => Ok(Cell::Real(a.real(0)? / divisor)),
    }),
    ("rql_int", 2, |a| a.to_integer()),
    ("rql_num_int", 2, |a| {
        in_bits(scaled(a.number(0)?, 0)?.units(), a.int(1)?)
    }),
    ("rql_num", 2, |a| {
        shown(Decimal::new(a.int(0)?.into(), a.scale(1)?))
    }),
    ("rql_num_of", 1, |a| shown(Some(a.number(0)?))),
    ("rql_num_add", 2, |a| {
        shown(a.number(0)?.checked_add(a.number(1)?))
    }),
    ("rql_num_sub", 2, |a| {
        shown(a.number(0)?.checked_sub(a.number(1)?))
    }),
    ("rql_num_mul", 2, |a| {
        shown(a.number(0)?.checked_mul(a.number(1)?))
    }),
    ("rql_num_div", 2, |a| {
        shown(a.number(0)?.checked_div(a.divisor()?))
    }),
    ("rql_num_mod", 2, |a| {
        shown(a.number(0)?.checked_rem(a.divisor()?))
    }),
    ("rql_num_cmp", 2, |a| {
        match a.number(0)?.compare(a.number(1)?) {
            Some(order) => Ok(Cell::Integer(match order {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            })),
            None => Err(TOO_LARGE.into()),
        }
    }),
    ("rql_num_key", 1, |a| {
        Ok(Cell::Blob(a.number(0)?.sort_key()))
    }),
    ("rql_num_round", 2, |a| a.rounded()),
    ("rql_units", 2, |a| {
        units(scaled(a.number(0)?, a.scale(1)?)?.units())
    }),
    ("rql_dec", 3, |a| a.within_precision()),
    ("rql_rescale", 3, |a| {
        let value = Decimal::new(a.int(0)?.into(), a.scale(1)?).ok_or(OVERFLOW)?;
        units(scaled(value, a.scale(2)?)?.units())
    }),
    ("rql_date", 1, |a| {
        Ok(text(a.moment(0, "date")?.date().to_string()))
    }),
    ("rql_timestamp", 1, |a| {
        Ok(text(a.moment(0, "timestamp")?.to_string()))
    }),
    ("rql_moment_add", 4, |a| a.moment_add()),
    ("rql_extract", 2, |a| a.extract()),
    ("rql_upper", 1, |a| Ok(text(a.text(0)?.to_uppercase()))),
    ("rql_lower", 1, |a| Ok(text(a.text(0)?.to_lowercase()))),
    ("rql_substr", 2, |a| {
        Ok(text(a.text(0)?.chars().skip(before(a.int(1)?)).collect()))
    }),
    ("rql_substr", 3, |a| a.piece()),
    ("rql_left", 2, |a| {
        let (value, count) = (a.text(0)?, a.int(1)?);
        Ok(text(value.chars().take(kept(&value, count)).collect()))
    }),
    ("rql_right", 2, |a| {
        let (value, count) = (a.text(0)?, a.int(1)?);
        let dropped = value.chars().count() - kept(&value, count);
        Ok(text(value.chars().skip(dropped).collect()))
    }),
    ("rql_round", 1, |a| {
        Ok(Cell::Real(a.real(0)?.round_ties_even()))
    }),
    ("rql_varchar", 3, |a| a.varchar()),
    ("rql_decimal", 3, |a| a.stored_decimal()),
    ("rql_text", 1, |a| Ok(text(a.text(0)?))),
];

const DIVISION: &str = "division by zero";
const OVERFLOW: &str = "numeric field overflow";
/// Beyond the 38 digits of [`Decimal`].
const TOO_LARGE: &str = "value overflows numeric format";

impl Args<'_, '_> {
    fn raw(&self, at: usize) -> Arg<'_> {
        self.0.get_raw(at)
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
        let wrong = || "invalid input syntax for type double precision".to_owned();
        match self.raw(at) {
            Arg::Integer(value) => Ok(value as f64),
            Arg::Real(value) => Ok(value),
            Arg::Text(bytes) => utf8(bytes)?.trim().parse().map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }

    /// A numeric: an integer, text, or a double at the 15 digits that PostgreSQL gives it.
    fn number(&self, at: usize) -> Result<Decimal, String> {
        let wrong = || "invalid input syntax for type numeric".to_owned();
        match self.raw(at) {
            Arg::Integer(value) => Decimal::new(value.into(), 0).ok_or_else(wrong),
            Arg::Real(value) => {
                let text = format!("{value:.14e}");
                let (mantissa, exponent) = text.split_once('e').ok_or_else(wrong)?;
                let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
                format!("{mantissa}e{exponent}")
                    .parse()
                    .map_err(|_| wrong())
            }
            Arg::Text(bytes) => utf8(bytes)?.parse().map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }

    fn text(&self, at: usize) -> Result<String, String> {
        Ok(match self.raw(at) {
            Arg::Text(bytes) => utf8(bytes)?.to_owned(),
            Arg::Integer(value) => value.to_string(),
            Arg::Real(value) => ValueRef::Double(value).to_string(),
            _ => return Err("not a text".into()),
        })
    }

    fn moment(&self, at: usize, ty: &str) -> Result<Timestamp, String> {
        let wrong = || format!("invalid input syntax for type {ty}");
        match self.raw(at) {
            Arg::Text(bytes) => Timestamp::parse(utf8(bytes)?.trim()).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }

    fn integers(&self, op: fn(i128, i128) -> Option<i128>) -> Given {
        // The product of two 64-bit integers fits 128 bits.
        let value = op(self.int(0)?.into(), self.int(1)?.into()).unwrap_or(i128::MAX);
        in_bits(value, self.int(2)?)
    }

    fn divided(&self, op: fn(i128, i128) -> Option<i128>) -> Result<i128, String> {
        op(self.int(0)?.into(), self.int(1)?.into()).ok_or_else(|| DIVISION.to_owned())
    }

    fn divisor(&self) -> Result<Decimal, String> {
        Some(self.number(1)?)
            .filter(|divisor| divisor.units() != 0)
            .ok_or_else(|| DIVISION.into())
    }

    fn to_integer(&self) -> Given {
        let bits = self.int(1)?;
        let value = match self.raw(0) {
            Arg::Integer(value) => value.into(),
            // The cast saturates, and what it saturates to is out of every range.
            Arg::Real(value) => value.round_ties_even() as i128,
            Arg::Text(bytes) => {
                let wrong = "invalid input syntax for type integer";
                utf8(bytes)?.trim().parse::<i128>().map_err(|_| wrong)?
            }
            _ => return Err("invalid input syntax for type integer".into()),
        };
        in_bits(value, bits)
    }

    /// Digits to the left of the point where the number of digits is negative.
    fn rounded(&self) -> Given {
        let (value, digits) = (self.number(0)?, self.int(1)?);
        if let Ok(scale) = u8::try_from(digits) {
            return shown(Some(scaled(value, scale)?));
        }
        let factor = u32::try_from(-digits)
            .ok()
            .and_then(|digits| 10_i128.checked_pow(digits));
        let Some(factor) = factor else {
            return shown(Decimal::new(0, 0));
        };
        let whole = value.units() / 10_i128.pow(value.scale().into());
        let up = (whole % factor).unsigned_abs() >= factor.unsigned_abs() / 2;
        let rounded = whole / factor + if up { whole.signum() } else { 0 };
        shown(
            rounded
                .checked_mul(factor)
                .and_then(|units| Decimal::new(units, 0)),
        )
    }

    fn within_precision(&self) -> Given {
        let (value, precision) = (self.int(0)?, self.int(1)?);
        let limit = u32::try_from(precision)
            .ok()
            .and_then(|digits| 10_i128.checked_pow(digits));
        match limit {
            Some(limit) if i128::from(value).abs() >= limit => Err(OVERFLOW.into()),
            _ => Ok(Cell::Integer(value)),
        }
    }

    fn varchar(&self) -> Given {
        let (mut value, most) = (self.text(0)?, before(self.int(1)? + 1));
        let fixed = self.int(2)? == 1;
        if fixed {
            value.truncate(value.trim_end_matches(' ').len());
        }
        if let Some((cut, _)) = value.char_indices().nth(most) {
            if value[cut..].contains(|c| c != ' ') {
                let ty = if fixed {
                    "character"
                } else {
                    "character varying"
                };
                return Err(format!("value too long for type {ty}({most})"));
            }
            value.truncate(cut);
        }
        Ok(text(value))
    }

    fn stored_decimal(&self) -> Given {
        let (precision, scale) = (self.int(1)?, self.scale(2)?);
        let value = scaled(self.number(0)?, scale)?;
        let limit = u32::try_from(precision)
            .ok()
            .and_then(|digits| 10_i128.checked_pow(digits));
        if limit.is_some_and(|limit| value.units().abs() >= limit) {
            return Err(OVERFLOW.into());
        }
        if precision > 15 {
            return Ok(text(value.to_string()));
        }
        // The nearest double: both sides of the division are exact.
        let factor = 10_f64.powi(scale.into());
        Ok(Cell::Real(value.units() as f64 / factor))
    }

    fn moment_add(&self) -> Given {
        let out = || "timestamp out of range".to_owned();
        let part = |at| i32::try_from(self.int(at)?).map_err(|_| out());
        let interval = Interval {
            months: part(1)?,
            days: part(2)?,
            micros: self.int(3)?,
        };
        let sum = self
            .moment(0, "timestamp")?
            .checked_add(interval)
            .ok_or_else(out)?;
        Ok(text(sum.to_string()))
    }

    fn extract(&self) -> Given {
        let field = self.text(0)?.to_lowercase();
        let at = self.moment(1, "timestamp")?;
        let is_date = !self.text(1)?.trim().contains([' ', 'T']);
        if is_date && matches!(field.as_str(), "hour" | "minute" | "second") {
            return Err(format!("unit \"{field}\" not supported for type date"));
        }
        let whole = at
            .field(&field)
            .ok_or_else(|| format!("unit \"{field}\" not recognized"))?;
        let precise = !is_date && matches!(field.as_str(), "second" | "epoch");
        if !precise {
            return Ok(text(whole.to_string()));
        }
        let micros = at.0.rem_euclid(1_000_000);
        shown(Decimal::new(
            i128::from(whole) * 1_000_000 + i128::from(micros),
            6,
        ))
    }

    fn piece(&self) -> Given {
        let (value, start, len) = (self.text(0)?, self.int(1)?, self.int(2)?);
        if len < 0 {
            return Err("negative substring length not allowed".into());
        }
        // What lies before the first character counts towards the length.
        let end = start.saturating_add(len).saturating_sub(1).max(0);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        Ok(text(value.chars().take(end).skip(before(start)).collect()))
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    core::str::from_utf8(bytes).map_err(|_| "invalid byte sequence for encoding \"UTF8\"".into())
}

fn text(value: String) -> Cell {
    Cell::Text(value)
}

fn shown(value: Option<Decimal>) -> Given {
    value
        .map(|value| text(value.to_string()))
        .ok_or_else(|| TOO_LARGE.into())
}

fn scaled(value: Decimal, scale: u8) -> Result<Decimal, String> {
    value.rescale(scale).ok_or_else(|| TOO_LARGE.into())
}

fn units(value: i128) -> Given {
    i64::try_from(value)
        .map(Cell::Integer)
        .map_err(|_| OVERFLOW.into())
}

fn in_bits(value: i128, bits: i64) -> Given {
    let (fits, name) = match bits {
        16 => (i16::try_from(value).is_ok(), "smallint"),
        32 => (i32::try_from(value).is_ok(), "integer"),
        _ => (true, "bigint"),
    };
    let integer = i64::try_from(value).ok().filter(|_| fits);
    integer
        .map(Cell::Integer)
        .ok_or_else(|| format!("{name} out of range"))
}

/// How many characters stand before a position that counts from one.
fn before(position: i64) -> usize {
    usize::try_from(position.saturating_sub(1)).unwrap_or(0)
}

/// How many characters LEFT and RIGHT keep: a negative count leaves that many away.
fn kept(value: &str, count: i64) -> usize {
    match usize::try_from(count) {
        Ok(count) => count.min(value.chars().count()),
        Err(_) => {
            let dropped = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
            value.chars().count().saturating_sub(dropped)
        }
    }
}

/// The value of the only row.
struct Single;

impl Aggregate<Option<Cell>, Cell> for Single {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Option<Cell>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, seen: &mut Option<Cell>) -> rusqlite::Result<()> {
        if seen.is_some() {
            let message = "more than one row returned by a subquery used as an expression";
            return Err(Error::UserFunctionError(message.into()));
        }
        *seen = Some(context.get(0)?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, seen: Option<Option<Cell>>) -> rusqlite::Result<Cell> {
        Ok(seen.flatten().unwrap_or(Cell::Null))
    }
}

#[cfg(test)]
mod tests {
    use super::register;

    fn value(sql: &str) -> String {
        let run = || -> rusqlite::Result<String> {
            let db = rusqlite::Connection::open_in_memory()?;
            register(&db)?;
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
            let arity = i32::try_from(stated.arity).unwrap_or(-1);
            let scalar = super::FUNCTIONS
                .iter()
                .any(|&(name, own, _)| name == stated.name && own == arity);
            assert!(
                scalar || stated.aggregate && stated.name == "rql_single",
                "{stated:?}"
            );
        }
    }

    // Expected: PostgreSQL 15 with the expression that each stands for.
    #[test]
    fn answers_are_postgresqls() {
        for (sql, expected) in [
            ("rql_div(-7, 2)", "-3"),
            ("rql_div(1, 0)", "division by zero"),
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
