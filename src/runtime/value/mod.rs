//! One cell of a row: borrowed while it streams, owned where it is kept.

pub(crate) mod arguments;
pub(crate) mod calendar;
pub(crate) mod decimal;
pub(crate) mod fit;
pub(crate) mod literal;
pub(crate) mod notation;
pub(crate) mod padded;
pub(crate) mod patterns;
pub(crate) mod powers;
pub(crate) mod squares;
pub(crate) mod store;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod wide;

use crate::{Date, Decimal, Interval, Time, Timestamp};
use core::fmt;

/// A value on its way from a backend to a sink; text and bytes stay where the driver has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// NULL.
    Null,
    /// A truth value.
    Boolean(bool),
    /// SMALLINT, INTEGER, BIGINT.
    Integer(i64),
    /// An exact decimal of at most 38 digits.
    Decimal(Decimal),
    /// An exact decimal of more digits, or `NaN` and the infinities of PostgreSQL's numeric: as text.
    Numeric(&'a str),
    /// A single-precision number.
    Real(f32),
    /// A double-precision number.
    Double(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A day and a time.
    Timestamp(Timestamp),
    /// An instant, printed in UTC.
    TimestampTz(Timestamp),
    /// Months, days and microseconds.
    Interval(Interval),
    /// A UUID.
    Uuid([u8; 16]),
    /// JSON text.
    Json(&'a str),
}

/// The PostgreSQL text form; NULL is empty, for a sink says itself how it shows NULL.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Boolean(value) => f.write_str(if *value { "t" } else { "f" }),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Decimal(value) => write!(f, "{value}"),
            Self::Numeric(text) | Self::Text(text) | Self::Json(text) => f.write_str(text),
            // Most need no exponent, and no second text to see that.
            Self::Real(value) if (1e-4..1e6).contains(&value.abs()) => write!(f, "{value}"),
            Self::Double(value) if (1e-4..1e15).contains(&value.abs()) => write!(f, "{value}"),
            Self::Real(value) => write_float(
                f,
                f64::from(*value),
                &value.to_string(),
                &format!("{value:e}"),
                6,
            ),
            Self::Double(value) => {
                write_float(f, *value, &value.to_string(), &format!("{value:e}"), 15)
            }
            Self::Blob(bytes) => {
                f.write_str("\\x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::Date(value) => write!(f, "{value}"),
            Self::Time(value) => write!(f, "{value}"),
            Self::Timestamp(value) => write!(f, "{value}"),
            Self::TimestampTz(value) => value.write_utc(f),
            Self::Interval(value) => write!(f, "{value}"),
            Self::Uuid(bytes) => {
                for (at, byte) in bytes.iter().enumerate() {
                    let dash = if matches!(at, 4 | 6 | 8 | 10) {
                        "-"
                    } else {
                        ""
                    };
                    write!(f, "{dash}{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

/// PostgreSQL's `extra_float_digits = 1`: the shortest text that reads back, with an exponent of two
/// digits from `1e+15` (`1e+06` for real) on and below `0.0001`.
fn write_float(
    f: &mut fmt::Formatter<'_>,
    value: f64,
    plain: &str,
    scientific: &str,
    digits: i32,
) -> fmt::Result {
    if value.is_nan() {
        return f.write_str("NaN");
    }
    if value.is_infinite() {
        return f.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..digits).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(f, "{mantissa}e{sign}{:02}", exponent.unsigned_abs())
    } else {
        f.write_str(plain)
    }
}

impl ValueRef<'_> {
    /// True for numbers, which stand at the right of their column.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Integer(_)
                | Self::Decimal(_)
                | Self::Numeric(_)
                | Self::Real(_)
                | Self::Double(_)
        )
    }

    /// The value with its own text and bytes.
    #[must_use]
    pub fn to_owned(&self) -> Value {
        match *self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Decimal(value) => Value::Decimal(value),
            Self::Numeric(text) => Value::Numeric(text.into()),
            Self::Real(value) => Value::Real(value),
            Self::Double(value) => Value::Double(value),
            Self::Text(text) => Value::Text(text.into()),
            Self::Blob(bytes) => Value::Blob(bytes.into()),
            Self::Date(value) => Value::Date(value),
            Self::Time(value) => Value::Time(value),
            Self::Timestamp(value) => Value::Timestamp(value),
            Self::TimestampTz(value) => Value::TimestampTz(value),
            Self::Interval(value) => Value::Interval(value),
            Self::Uuid(bytes) => Value::Uuid(bytes),
            Self::Json(text) => Value::Json(text.into()),
        }
    }
}

/// A value that is kept: a variable, an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// A truth value.
    Boolean(bool),
    /// SMALLINT, INTEGER, BIGINT.
    Integer(i64),
    /// An exact decimal of at most 38 digits.
    Decimal(Decimal),
    /// An exact decimal of more digits, as text.
    Numeric(String),
    /// A single-precision number.
    Real(f32),
    /// A double-precision number.
    Double(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A day and a time.
    Timestamp(Timestamp),
    /// An instant.
    TimestampTz(Timestamp),
    /// Months, days and microseconds.
    Interval(Interval),
    /// A UUID.
    Uuid([u8; 16]),
    /// JSON text.
    Json(String),
    /// An array of such elements, in PostgreSQL's text.
    Array(rql::Type, String),
}

impl Value {
    /// The same value, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Boolean(value) => ValueRef::Boolean(*value),
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Decimal(value) => ValueRef::Decimal(*value),
            Self::Numeric(text) => ValueRef::Numeric(text),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Double(value) => ValueRef::Double(*value),
            Self::Text(text) => ValueRef::Text(text),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Date(value) => ValueRef::Date(*value),
            Self::Time(value) => ValueRef::Time(*value),
            Self::Timestamp(value) => ValueRef::Timestamp(*value),
            Self::TimestampTz(value) => ValueRef::TimestampTz(*value),
            Self::Interval(value) => ValueRef::Interval(*value),
            Self::Uuid(bytes) => ValueRef::Uuid(*bytes),
            Self::Json(text) => ValueRef::Json(text),
            Self::Array(_, text) => ValueRef::Text(text),
        }
    }

    /// As a statement writes it.
    #[must_use]
    pub fn literal(&self) -> String {
        let mut out = String::new();
        match self {
            Self::Array(element, text) => {
                out.push_str("CAST(");
                literal::quoted(&mut out, text);
                out.push_str(&format!(" AS {element}[])"));
            }
            other => literal::literal(&mut out, &other.as_ref()),
        }
        out
    }

    /// As people read it in a message: text in double quotes, NULL as `NULL`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Null => "NULL".into(),
            Self::Boolean(value) => value.to_string(),
            Self::Text(text) => format!("\"{text}\""),
            other => other.as_ref().to_string(),
        }
    }
}

/// How the cells of a column are read; a backend that keeps several types in one storage class
/// (SQLite) is told by this which one is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Whatever the backend has.
    #[default]
    Any,
    /// A truth value, perhaps stored as 0 and 1.
    Boolean,
    /// An integer.
    Integer,
    /// A number of this scale, perhaps stored as a floating-point number.
    Decimal(u8),
    /// An exact decimal whose scale each value has itself.
    Numeric,
    /// An integer that holds a decimal's units, at this scale.
    Scaled(u8),
    /// A single-precision number.
    Real,
    /// A double-precision number.
    Double,
    /// Text.
    Text,
    /// Bytes.
    Blob,
    /// A day, perhaps stored as ISO text.
    Date,
    /// A time of day, perhaps stored as ISO text.
    Time,
    /// A day and a time, perhaps stored as ISO text.
    Timestamp,
    /// An instant, perhaps stored as ISO text in UTC.
    TimestampTz,
    /// An interval.
    Interval,
    /// A UUID.
    Uuid,
    /// JSON text.
    Json,
}

impl Kind {
    /// True for the numbers, which stand at the right of their column.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Integer
                | Self::Decimal(_)
                | Self::Numeric
                | Self::Scaled(_)
                | Self::Real
                | Self::Double
        )
    }
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub name: String,
    /// How its cells are read.
    pub kind: Kind,
    /// Its type; unknown where only the backend knows it.
    pub ty: rql::Type,
}

impl Column {
    /// A column of which only the backend knows the type.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            ty: rql::Type::Unknown,
        }
    }

    /// The type, as far as it is known here; text where it is not.
    pub(crate) fn known_type(&self) -> rql::Type {
        use rql::Type as T;
        match (self.ty, self.kind) {
            (T::Unknown | T::Record, kind) => match kind {
                Kind::Boolean => T::Boolean,
                Kind::Integer => T::BigInt,
                Kind::Decimal(scale) | Kind::Scaled(scale) => T::Decimal {
                    precision: None,
                    scale: Some(scale),
                },
                Kind::Numeric => T::NUMERIC,
                Kind::Real => T::Real,
                Kind::Double => T::Double,
                Kind::Blob => T::Blob,
                Kind::Date => T::Date,
                Kind::Time => T::Time,
                Kind::Timestamp => T::Timestamp,
                Kind::TimestampTz => T::TimestampTz,
                Kind::Interval => T::Interval,
                Kind::Uuid => T::Uuid,
                Kind::Json => T::Json,
                Kind::Any | Kind::Text => T::Text,
            },
            (ty, _) => ty,
        }
    }
}

/// Names of which none is empty and none stands twice, as a table's columns need them: a second `name` is
/// `name_2`.
pub(crate) fn unique<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let own = match name {
            "" => format!("column{}", at + 1),
            name => name.to_owned(),
        };
        let (mut name, mut number) = (own.clone(), 1);
        while all.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
            number += 1;
            name = format!("{own}_{number}");
        }
        all.push(name);
    }
    all
}

/// A value with its own text and bytes, as one of a column's type: an array is text on its way.
pub(crate) fn owned(value: &ValueRef<'_>, ty: rql::Type) -> Value {
    match (value, ty) {
        (ValueRef::Text(text), rql::Type::Array(element)) => {
            Value::Array(*element, (*text).to_owned())
        }
        (value, _) => value.to_owned(),
    }
}

/// Reads a UUID: 32 digits, with dashes or without.
pub(crate) fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() != 32 || digits.starts_with('+') {
        return None;
    }
    Some(u128::from_str_radix(&digits, 16).ok()?.to_be_bytes())
}

/// Rows of so many cells have their room on the stack.
const FEW: usize = 8;

/// Room for the cells of a row while it is made and passed on; a list that outlived it could not hold what is borrowed
/// for one row only.
#[inline]
pub(crate) fn with_room<'v, R>(cells: usize, run: impl FnOnce(&mut [ValueRef<'v>]) -> R) -> R {
    let mut few = [ValueRef::Null; FEW];
    let mut many = Vec::new();
    // One call, so that it is no call at all.
    run(match few.get_mut(..cells) {
        Some(room) => room,
        None => {
            many.resize(cells, ValueRef::Null);
            &mut many
        }
    })
}

/// Writes an element of an array as PostgreSQL does: in quotes where it would be read as something else.
pub(crate) fn quote_element(text: &str, out: &mut String) {
    let plain = !text.is_empty()
        && !text.eq_ignore_ascii_case("null")
        && !text.contains(|c: char| c.is_ascii_whitespace() || "\u{b}{},\"\\".contains(c));
    if plain {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::ValueRef;

    // Expected: PostgreSQL 15, `SELECT '…'::float8` and `::float4`.
    #[test]
    fn floats_as_postgresql_prints_them() {
        let double = |value: f64| ValueRef::Double(value).to_string();
        assert_eq!(double(1.0), "1");
        assert_eq!(double(0.1), "0.1");
        assert_eq!(double(1e14), "100000000000000");
        assert_eq!(double(1e15), "1e+15");
        assert_eq!(double(1.5e300), "1.5e+300");
        assert_eq!(double(0.0001), "0.0001");
        assert_eq!(double(0.00001), "1e-05");
        assert_eq!(double(-0.0), "-0");
        assert_eq!(double(f64::INFINITY), "Infinity");
        assert_eq!(double(f64::NAN), "NaN");
        assert_eq!(ValueRef::Real(0.1).to_string(), "0.1");
        assert_eq!(ValueRef::Real(1e6).to_string(), "1e+06");
    }

    #[test]
    fn other_values_as_postgresql_prints_them() {
        assert_eq!(ValueRef::Boolean(true).to_string(), "t");
        assert_eq!(ValueRef::Blob(&[0x0a, 0xff]).to_string(), "\\x0aff");
        assert_eq!(
            ValueRef::Uuid([0x11; 16]).to_string(),
            "11111111-1111-1111-1111-111111111111"
        );
    }
}
