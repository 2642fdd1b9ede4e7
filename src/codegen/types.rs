//! How each dialect declares each type.

use crate::Dialect;
use rql_ir::Type;

/// Most digits of a decimal that a double holds exactly.
pub(crate) const DOUBLE_DIGITS: u8 = 15;

/// The texts that PostgreSQL reads as a truth value, in small letters.
pub(crate) const TRUE: &str = "'t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1'";
pub(crate) const FALSE: &str = "'f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0'";

/// The declaration of a type; `None` where the dialect has none that keeps its values.
///
/// On SQLite the declared type is what values are read by, and the words in it choose how they are
/// stored: `DECIMAL TEXT` keeps digits that a double would lose.
#[must_use]
pub fn declared(ty: Type, dialect: Dialect) -> Option<String> {
    if let Dialect::Mariadb | Dialect::Mysql = dialect {
        return mysql(ty).or_else(|| type_check("", ty, dialect).and(mysql(Type::Text)));
    }
    if ty == Type::Jsonb && !dialect.traits().jsonb {
        return Some("json".into());
    }
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
        Type::Jsonb => "JSONB TEXT".into(),
        Type::Array(element) => {
            // Its form is a text, whatever the elements are.
            if matches!(
                *element,
                Type::Array(_) | Type::Interval | Type::Record | Type::Unknown
            ) {
                return None;
            }
            format!("\"{ty}\"")
        }
        Type::Unknown | Type::Record => return None,
        other => other.to_string().to_uppercase(),
    })
}

/// DuckDB forgets the length of a text, and has no JSONB, as MariaDB has none, which has no arrays and intervals
/// either. A check in words that nobody else would choose keeps it, and tells it to the sessions that come later.
#[must_use]
pub(crate) fn type_check(name: &str, ty: Type, dialect: Dialect) -> Option<String> {
    match ty {
        Type::Jsonb if dialect == Dialect::Mariadb => {
            Some(format!("CHECK (json_valid({name}) >= 1)"))
        }
        Type::Array(of) if dialect == Dialect::Mariadb && (of.is_integer() || of.is_text()) => {
            Some(packed(name, ty))
        }
        Type::Interval if dialect == Dialect::Mariadb => Some(packed(name, ty)),
        _ if dialect != Dialect::Duckdb => None,
        Type::Jsonb => Some(format!("CHECK (length(json_type({name})) BETWEEN 0 AND 9)")),
        Type::Varchar(n) => Some(format!("CHECK (length({name}) BETWEEN 0 AND {n})")),
        Type::Char(n) => Some(format!(
            "CHECK (length(rtrim({name}, ' ')) BETWEEN 0 AND {n})"
        )),
        _ => None,
    }
}

/// MariaDB's check of a document that is an array or an interval.
fn packed(name: &str, ty: Type) -> String {
    format!("CHECK (json_valid({name}) AND json_type({name}) IN ('ARRAY', '{ty}'))")
}

/// The column and the type that such a check stands for, from MariaDB's text of its condition.
#[must_use]
pub fn checked_array(condition: &str) -> Option<(&str, Type)> {
    const BETWEEN: &str = ") and json_type(";
    let inner = condition.strip_prefix("json_valid(")?.strip_suffix("')")?;
    let (names, ty) = inner.rsplit_once(") in ('ARRAY','")?;
    let name = names.get(..names.len().checked_sub(BETWEEN.len())? / 2)?;
    let ty = Type::from_declared(ty);
    (names == format!("{name}{BETWEEN}{name}") && ty != Type::Unknown).then_some((name, ty))
}

/// The type that such a check stands for, from DuckDB's text of its condition.
#[must_use]
pub fn checked_length(condition: &str) -> Option<Type> {
    let inner = condition.strip_prefix("(length(")?.strip_suffix(')')?;
    let (name, n) = inner.rsplit_once(") BETWEEN 0 AND ")?;
    let n = n.parse().ok()?;
    Some(match name.strip_prefix("rtrim(") {
        Some(name) if name.ends_with(", ' ')") => Type::Char(n),
        _ if name.starts_with("json_type(") => Type::Jsonb,
        _ => Type::Varchar(n),
    })
}

/// MariaDB's types. Texts compare as bytes, whatever the database says.
fn mysql(ty: Type) -> Option<String> {
    let text = |name: &str| format!("{name} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
    Some(match ty {
        Type::Decimal {
            precision: Some(p),
            scale,
        } if p <= 65 && scale.unwrap_or(0) <= 38 => format!("DECIMAL({p},{})", scale.unwrap_or(0)),
        Type::Text => text("LONGTEXT"),
        Type::Varchar(n) => text(&format!("VARCHAR({n})")),
        Type::Char(n) => text(&format!("CHAR({n})")),
        Type::Jsonb => "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin".into(),
        Type::Real => "FLOAT".into(),
        Type::Double => "DOUBLE".into(),
        Type::Blob => "LONGBLOB".into(),
        Type::Time => "TIME(6)".into(),
        Type::Timestamp => "DATETIME(6)".into(),
        Type::TimestampTz => "TIMESTAMP(6)".into(),
        Type::Boolean | Type::SmallInt | Type::Integer | Type::BigInt => ty.to_string(),
        Type::Date | Type::Uuid | Type::Json => ty.to_string(),
        Type::Decimal { .. } | Type::Unknown | Type::Interval | Type::Array(_) | Type::Record => {
            return None;
        }
    })
}
