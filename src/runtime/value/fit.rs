//! Whether a text is a value of a type, as a person writes it.

use crate::Value;
use crate::value::arguments;
use rql::Type;

/// The value of a type that a text is, or why it is none, in words that follow "must".
///
/// # Errors
/// Those words.
pub fn fit(text: &str, ty: Type) -> Result<Value, String> {
    let refused = || pointed(text, ty).unwrap_or_else(|| format!("be {}, not {text}", named(ty)));
    let value = arguments::read(text, ty).ok_or_else(refused)?;
    check_size(&value, ty)?;
    Ok(value)
}

/// What to write where a comma stands before the fraction of a number; three digits may be thousands.
fn pointed(text: &str, ty: Type) -> Option<String> {
    let (_, fraction) = text.trim().split_once(',')?;
    let pointed = text.trim().replacen(',', ".", 1);
    let is_one = ty.is_number() && !ty.is_integer() && fraction.len() != 3;
    (is_one && arguments::read(&pointed, ty).is_some())
        .then(|| format!("have a decimal point: {pointed}"))
}

/// The same for a value that rows are looked for by: as near to it as a column of the type has it.
///
/// # Errors
/// As [`fit`].
pub fn sought(text: &str, ty: Type) -> Result<Value, String> {
    Ok(match fit(text, ty)? {
        Value::Double(value) if ty == Type::Real =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "as the column has it")]
            Value::Double(f64::from(value as f32))
        }
        value => value,
    })
}

/// A type as people say it.
fn named(ty: Type) -> String {
    match ty {
        Type::Boolean => "true or false".into(),
        Type::Date => "a date like 2024-01-31".into(),
        Type::Time => "a time like 14:30".into(),
        Type::Timestamp | Type::TimestampTz => "a date and time like 2024-01-31 14:30:00".into(),
        ty if ty.is_integer() => "a whole number".into(),
        ty if ty.is_number() => "a number".into(),
        ty => format!("of type {ty}"),
    }
}

/// Whether a value has the size that its type says.
fn check_size(value: &Value, ty: Type) -> Result<(), String> {
    let fits = match (value, ty) {
        (Value::Integer(value), Type::SmallInt) => i16::try_from(*value).is_ok(),
        (Value::Integer(value), Type::Integer) => i32::try_from(*value).is_ok(),
        (Value::Text(text), Type::Varchar(most) | Type::Char(most)) => {
            text.chars().count() <= most as usize
        }
        (Value::Decimal(value), Type::Decimal { precision, scale }) => {
            let scale = scale.unwrap_or(value.scale());
            let rounded = value.rescale(scale);
            let exact = rounded.is_some_and(|r| r.rescale(value.scale()) == Some(*value));
            let digits = rounded.map_or(0, |r| r.units().unsigned_abs().to_string().len());
            exact && precision.is_none_or(|most| digits <= usize::from(most))
        }
        _ => true,
    };
    match (fits, ty) {
        (true, _) => Ok(()),
        (_, Type::Varchar(most) | Type::Char(most)) => {
            Err(format!("have at most {most} characters"))
        }
        (_, ty) => Err(format!("fit {ty}, not {}", value.as_ref())),
    }
}
