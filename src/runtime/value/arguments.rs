//! Values on their way into a statement: what type a variable has, and how it is bound.

use crate::session::Variable;
use crate::value::text::from_hex;
use crate::value::{quote_element, uuid};
use crate::{Date, Decimal, Interval, Time, Timestamp, Value};
use rql::Jsonb;
use rql::{ArrayText, Dialect, Encoding, Type};

/// The type that a variable brings along; text from the command line takes the type of its place.
pub(crate) fn type_of(variable: &Variable) -> Type {
    if !variable.typed {
        return Type::Unknown;
    }
    match &variable.value {
        Value::Null => Type::Unknown,
        Value::Boolean(_) => Type::Boolean,
        Value::Integer(value) if i32::try_from(*value).is_ok() => Type::Integer,
        Value::Integer(_) => Type::BigInt,
        Value::Decimal(value) => Type::Decimal {
            // What 64 bits do not hold goes another way on SQLite.
            precision: value.is_wide().then_some(38),
            scale: Some(value.scale()),
        },
        Value::Numeric(_) => Type::NUMERIC,
        Value::Real(_) => Type::Real,
        Value::Double(_) => Type::Double,
        Value::Text(_) => Type::Text,
        Value::Blob(_) => Type::Blob,
        Value::Date(_) => Type::Date,
        Value::Time(_) => Type::Time,
        Value::Timestamp(_) => Type::Timestamp,
        Value::TimestampTz(_) => Type::TimestampTz,
        Value::Interval(_) => Type::Interval,
        Value::Uuid(_) => Type::Uuid,
        Value::Json(_) => Type::Json,
        Value::Array(element, _) => element.array(),
    }
}

/// The value as its place wants it, in the form that the backend stores; the message says after "the
/// value of :x" why it does not fit.
pub(crate) fn bound(
    variable: &Variable,
    ty: Type,
    encoding: Encoding,
    dialect: Dialect,
) -> Result<Value, String> {
    let value = match (&variable.value, variable.typed) {
        (Value::Text(text), false) => {
            read(text, ty).ok_or_else(|| format!("is no {ty}: {text}"))?
        }
        (value, _) => value.clone(),
    };
    if let (Value::Array(_, text), Type::Array(element)) = (&value, ty) {
        return list(text, *element).ok_or_else(|| format!("is no {ty}: {text}"));
    }
    if dialect != Dialect::Sqlite {
        return Ok(value);
    }
    if matches!(value, Value::Double(f) if f.is_nan())
        || matches!(value, Value::Real(f) if f.is_nan())
    {
        return Err("is NaN, which SQLite does not have".into());
    }
    match (encoding, decimal(&value)) {
        (Encoding::Scaled(scale), Some(decimal)) => decimal
            .rescale(scale)
            .filter(|scaled| scaled.rescale(decimal.scale()) == Some(decimal))
            .and_then(|scaled| i64::try_from(scaled.units()).ok())
            .map(Value::Integer)
            .ok_or_else(|| format!("does not fit {scale} digits after the point: {decimal}")),
        (Encoding::Numeric, Some(decimal)) => Ok(Value::Text(decimal.to_string())),
        _ => Ok(value),
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(value) => Some(*value),
        Value::Integer(value) => Decimal::new(i128::from(*value), 0),
        _ => None,
    }
}

/// Reads an array's text with each element as its type writes it.
fn list(text: &str, element: Type) -> Option<Value> {
    fn write(read: &ArrayText, element: Type, out: &mut String) -> Option<()> {
        match read {
            ArrayText::Null => out.push_str("NULL"),
            ArrayText::Leaf(text) => {
                let value = self::read(text, element)?;
                quote_element(&value.as_ref().to_string(), out);
            }
            ArrayText::List(items) => {
                out.push('{');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    write(item, element, out)?;
                }
                out.push('}');
            }
        }
        Some(())
    }
    let mut out = String::new();
    write(&rql::read_array(text)?, element, &mut out)?;
    Some(Value::Array(element, out))
}

/// What a person gives for a list: `IT,HR`, or an array's text.
fn written_list(text: &str, element: Type) -> Option<Value> {
    if text.starts_with('{') {
        return list(text, element);
    }
    let mut out = String::from("{");
    for (at, item) in text.split(',').enumerate().filter(|_| !text.is_empty()) {
        out.push_str(if at == 0 { "" } else { "," });
        quote_element(item.trim(), &mut out);
    }
    out.push('}');
    list(&out, element)
}

/// Reads text as a type.
pub(crate) fn read(text: &str, ty: Type) -> Option<Value> {
    let trimmed = text.trim();
    Some(match ty {
        Type::Boolean => Value::Boolean(match trimmed.to_ascii_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "on" | "1" => true,
            "f" | "false" | "n" | "no" | "off" | "0" => false,
            _ => return None,
        }),
        ty if ty.is_integer() => Value::Integer(trimmed.parse().ok()?),
        ty if ty.is_decimal() => Value::Decimal(trimmed.parse().ok()?),
        ty if ty.is_float() => Value::Double(trimmed.parse().ok()?),
        Type::Array(element) => return written_list(trimmed, *element),
        Type::Date => Value::Date(Date::parse(trimmed)?),
        Type::Time => Value::Time(Time::parse(trimmed)?),
        Type::Timestamp => Value::Timestamp(Timestamp::parse(trimmed)?),
        Type::TimestampTz => Value::TimestampTz(Timestamp::parse_zoned(trimmed)?),
        Type::Interval => Value::Interval(Interval::parse(trimmed)?),
        Type::Uuid => Value::Uuid(uuid(trimmed)?),
        Type::Blob => match text.strip_prefix("\\x") {
            Some(digits) => Value::Blob(from_hex(digits).ok()?),
            None => Value::Blob(text.as_bytes().to_vec()),
        },
        Type::Json => {
            serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
            Value::Text(text.to_owned())
        }
        Type::Jsonb => Value::Text(Jsonb::read(text).ok()?.to_string()),
        _ => Value::Text(text.to_owned()),
    })
}
