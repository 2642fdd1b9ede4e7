//! SQLite's five storage classes and the types that a declaration gives them.

use crate::{
    BackendError, Column, Date, Decimal, Error, Interval, Kind, Time, Timestamp, Value, ValueRef,
};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef as Cell};

/// A value as SQLite stores it: dates as ISO text, truth values as 0 and 1. A decimal that a scaled
/// integer stands for has been scaled by the session; another one goes as text.
pub(crate) fn bind(value: &Value) -> ToSqlOutput<'_> {
    match value {
        Value::Null => ToSqlOutput::Owned(Owned::Null),
        Value::Boolean(value) => ToSqlOutput::Owned(Owned::Integer(i64::from(*value))),
        Value::Integer(value) => ToSqlOutput::Owned(Owned::Integer(*value)),
        Value::Real(value) => ToSqlOutput::Owned(Owned::Real(f64::from(*value))),
        Value::Double(value) => ToSqlOutput::Owned(Owned::Real(*value)),
        Value::Text(text) => ToSqlOutput::Borrowed(Cell::Text(text.as_bytes())),
        Value::Blob(bytes) => ToSqlOutput::Borrowed(Cell::Blob(bytes)),
        other => ToSqlOutput::Owned(Owned::Text(other.as_ref().to_string())),
    }
}

/// Reads a cell as what its column is declared to hold.
pub(crate) fn read<'a>(cell: Cell<'a>, column: &Column) -> Result<ValueRef<'a>, Error> {
    let value = match cell {
        Cell::Null => Some(ValueRef::Null),
        Cell::Integer(value) => integer(value, column.kind),
        Cell::Real(value) => real(value, column.kind),
        Cell::Text(bytes) => match core::str::from_utf8(bytes) {
            Ok(value) => text(value, column.kind),
            Err(_) => return Err(unfit(column, "text that is not UTF-8")),
        },
        Cell::Blob(bytes) => match column.kind {
            Kind::Any | Kind::Blob => Some(ValueRef::Blob(bytes)),
            _ => None,
        },
    };
    value.ok_or_else(|| match cell {
        Cell::Integer(value) => unfit(column, &value.to_string()),
        Cell::Real(value) => unfit(column, &value.to_string()),
        Cell::Text(bytes) => unfit(column, &format!("'{}'", String::from_utf8_lossy(bytes))),
        _ => unfit(column, "a blob"),
    })
}

fn integer<'a>(value: i64, kind: Kind) -> Option<ValueRef<'a>> {
    Some(match kind {
        Kind::Any | Kind::Integer => ValueRef::Integer(value),
        Kind::Boolean => ValueRef::Boolean(value != 0),
        Kind::Decimal(scale) => {
            ValueRef::Decimal(Decimal::new(i128::from(value), 0)?.rescale(scale)?)
        }
        Kind::Numeric => ValueRef::Decimal(Decimal::new(i128::from(value), 0)?),
        Kind::Scaled(scale) => ValueRef::Decimal(Decimal::new(i128::from(value), scale)?),
        // A column with REAL affinity gives a whole number as an integer at times.
        Kind::Real => ValueRef::Real(value as f32),
        Kind::Double => ValueRef::Double(value as f64),
        _ => return None,
    })
}

fn real<'a>(value: f64, kind: Kind) -> Option<ValueRef<'a>> {
    Some(match kind {
        Kind::Any | Kind::Double => ValueRef::Double(value),
        Kind::Real => ValueRef::Real(value as f32),
        Kind::Decimal(scale) => ValueRef::Decimal(Decimal::from_f64(value, scale)?),
        // The shortest text that reads back has as many digits as were written.
        Kind::Numeric => ValueRef::Decimal(value.to_string().parse().ok()?),
        _ => return None,
    })
}

fn text(value: &str, kind: Kind) -> Option<ValueRef<'_>> {
    Some(match kind {
        Kind::Any | Kind::Text => ValueRef::Text(value),
        Kind::Json => ValueRef::Json(value),
        Kind::Date => ValueRef::Date(Date::parse(value)?),
        Kind::Time => ValueRef::Time(Time::parse(value)?),
        Kind::Timestamp => ValueRef::Timestamp(Timestamp::parse(value)?),
        Kind::TimestampTz => ValueRef::TimestampTz(Timestamp::parse(
            value.strip_suffix("+00").unwrap_or(value),
        )?),
        Kind::Decimal(scale) => ValueRef::Decimal(value.parse::<Decimal>().ok()?.rescale(scale)?),
        Kind::Numeric => match value.parse() {
            Ok(decimal) => ValueRef::Decimal(decimal),
            Err(_) => ValueRef::Numeric(value),
        },
        Kind::Uuid => ValueRef::Uuid(crate::value::uuid(value)?),
        Kind::Interval => ValueRef::Interval(Interval::parse(value)?),
        _ => return None,
    })
}

/// A stored value that its column's declared type does not allow.
fn unfit(column: &Column, value: &str) -> Error {
    let wanted = match column.kind {
        Kind::Boolean => "BOOLEAN",
        Kind::Integer | Kind::Scaled(_) => "INTEGER",
        Kind::Decimal(_) | Kind::Numeric => "DECIMAL",
        Kind::Real | Kind::Double => "DOUBLE",
        Kind::Blob => "BLOB",
        Kind::Date => "DATE",
        Kind::Time => "TIME",
        Kind::Timestamp | Kind::TimestampTz => "TIMESTAMP",
        Kind::Uuid => "UUID",
        Kind::Interval => "INTERVAL",
        _ => "TEXT",
    };
    Error::Backend(BackendError {
        message: format!("column {} holds {value}, which is no {wanted}", column.name),
        hint: Some("NATIVE SELECT shows what is stored".into()),
        ..BackendError::default()
    })
}
