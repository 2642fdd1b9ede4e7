//! How each dialect declares each type.

use crate::Dialect;
use rql_ir::Type;

/// Most digits of a decimal that a double holds exactly.
pub(crate) const DOUBLE_DIGITS: u8 = 15;

/// The declaration of a type; `None` where the dialect has none that keeps its values.
///
/// On SQLite the declared type is what values are read by, and the words in it choose how they are
/// stored: `DECIMAL TEXT` keeps digits that a double would lose.
#[must_use]
pub fn declared(ty: Type, dialect: Dialect) -> Option<String> {
    if dialect != Dialect::Sqlite {
        // NUMERIC alone would be DECIMAL(18,3).
        let open = dialect == Dialect::Duckdb && ty == Type::NUMERIC;
        return (ty != Type::Unknown && !open).then(|| ty.to_string());
    }
    Some(match ty {
        Type::Decimal {
            precision: Some(p),
            scale,
        } => {
            let word = if p <= DOUBLE_DIGITS {
                "DECIMAL"
            } else {
                "DECIMAL TEXT"
            };
            format!("{word}({p}, {})", scale.unwrap_or(0))
        }
        Type::Decimal { .. } => "DECIMAL TEXT".into(),
        Type::Blob => "BLOB".into(),
        Type::Json => "JSON TEXT".into(),
        Type::Unknown | Type::Interval | Type::Array(_) | Type::Record => return None,
        other => other.to_string().to_uppercase(),
    })
}
