//! Values as RQL writes them.

use super::text::{self, Text};
use crate::ValueRef;

/// True for a double whose text form is a decimal.
fn usual(number: f64) -> bool {
    number == 0.0 || (1e-4..1e15).contains(&number.abs())
}

/// A value as RQL writes it.
pub(crate) fn literal(line: &mut impl Text, value: &ValueRef<'_>) {
    let cast = |line: &mut _, ty: &str| cast(line, value, ty);
    let typed = |line: &mut _, ty: &str| typed(line, value, ty);
    match *value {
        ValueRef::Null => line.push_str("NULL"),
        ValueRef::Boolean(value) => line.push_str(if value { "TRUE" } else { "FALSE" }),
        // Infinities, and numbers that decimals are too short for.
        ValueRef::Real(number) if !usual(number.into()) => cast(line, "REAL"),
        ValueRef::Double(number) if !usual(number) => cast(line, "DOUBLE PRECISION"),
        ValueRef::Numeric(text) if text.ends_with(|c: char| c.is_ascii_alphabetic()) => {
            cast(line, "NUMERIC");
        }
        ValueRef::Integer(_)
        | ValueRef::Decimal(_)
        | ValueRef::Numeric(_)
        | ValueRef::Real(_)
        | ValueRef::Double(_) => text::push(line, value),
        ValueRef::Date(_) => typed(line, "DATE"),
        ValueRef::Time(_) => typed(line, "TIME"),
        ValueRef::Timestamp(_) => typed(line, "TIMESTAMP"),
        ValueRef::TimestampTz(_) => cast(line, "TIMESTAMPTZ"),
        ValueRef::Interval(_) => typed(line, "INTERVAL"),
        ValueRef::Uuid(_) => cast(line, "UUID"),
        ValueRef::Blob(bytes) => {
            line.push_str("X'");
            for byte in bytes {
                // Writing to a text does not fail.
                let _ = write!(line, "{byte:02x}");
            }
            line.push('\'');
        }
        ValueRef::Text(text) | ValueRef::Json(text) => quoted(line, text),
    }
}

/// A text in quotes.
pub(crate) fn quoted(line: &mut impl Text, text: &str) {
    line.push('\'');
    for (at, piece) in text.split('\'').enumerate() {
        line.push_str(if at == 0 { "" } else { "''" });
        line.push_str(piece);
    }
    line.push('\'');
}

fn cast(line: &mut impl Text, value: &ValueRef<'_>, ty: &str) {
    line.push_str("CAST('");
    text::push(line, value);
    line.push_str("' AS ");
    line.push_str(ty);
    line.push(')');
}

fn typed(line: &mut impl Text, value: &ValueRef<'_>, ty: &str) {
    line.push_str(ty);
    line.push_str(" '");
    text::push(line, value);
    line.push('\'');
}
