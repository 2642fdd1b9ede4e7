//! The types of fields: RQL's own, and those that only a form has.

use rql::Type;
use rql_diagnostics::did_you_mean;

/// What a field is to whoever fills it in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    TextArea,
    /// Text that nobody is shown.
    Password,
    /// A whole number.
    Integer,
    /// An exact number.
    Decimal,
    /// A number of floating point.
    Float,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A day and a time.
    DateTime,
    /// One of the field's CHOICES.
    Enum,
    /// One of the rows of the field's LOOKUP.
    Lookup,
    /// The path of a file.
    File,
    /// Computed from other fields.
    Computed,
    /// Any other type of RQL.
    Other,
}

/// The words of a form's own, what they are, and the type of the values; `Unknown` is the type of the place
/// where the value is used.
pub const KINDS: &[(&str, Kind, Type)] = &[
    ("text", Kind::Text, Type::Text),
    ("textarea", Kind::TextArea, Type::Text),
    ("password", Kind::Password, Type::Text),
    ("integer", Kind::Integer, Type::Integer),
    ("decimal", Kind::Decimal, Type::NUMERIC),
    ("float", Kind::Float, Type::Double),
    ("boolean", Kind::Boolean, Type::Boolean),
    ("date", Kind::Date, Type::Date),
    ("time", Kind::Time, Type::Time),
    ("datetime", Kind::DateTime, Type::Timestamp),
    ("enum", Kind::Enum, Type::Unknown),
    ("lookup", Kind::Lookup, Type::Unknown),
    ("file", Kind::File, Type::Text),
    ("computed", Kind::Computed, Type::Unknown),
];

/// What a type as written means; `None` where there is none of that name.
#[must_use]
pub(crate) fn read(written: &str) -> Option<(Kind, Type)> {
    let word = written.trim().to_ascii_lowercase();
    if let Some(&(_, kind, ty)) = KINDS.iter().find(|row| row.0 == word) {
        return Some((kind, ty));
    }
    let ty = Type::from_declared(&word);
    let kind = match ty {
        Type::Unknown => return None,
        ty if ty.is_text() => Kind::Text,
        ty if ty.is_integer() => Kind::Integer,
        ty if ty.is_decimal() => Kind::Decimal,
        ty if ty.is_float() => Kind::Float,
        Type::Boolean => Kind::Boolean,
        Type::Date => Kind::Date,
        Type::Time => Kind::Time,
        Type::Timestamp | Type::TimestampTz => Kind::DateTime,
        _ => Kind::Other,
    };
    Some((kind, ty))
}

/// The type that was perhaps meant.
pub(crate) fn near(written: &str) -> Option<&'static str> {
    did_you_mean(written.trim(), KINDS.iter().map(|row| row.0))
}
