//! PostgreSQL's binary forms (the server's `src/backend/utils/adt/*_send` functions).

use crate::{BackendError, Date, Decimal, Error, Interval, Time, Timestamp, Value, ValueRef};
use bytes::BytesMut;
use core::fmt::Write as _;
use std::error::Error as StdError;
use tokio_postgres::types::{Format, FromSql, IsNull, Kind, ToSql, Type};

/// Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01.
const EPOCH_DAYS: i32 = 10_957;
/// The same in microseconds.
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;

/// A parameter in its text form, which the server reads as whatever type the place wants.
#[derive(Debug)]
pub(crate) struct TextParam<'a>(pub(crate) &'a Value);

impl ToSql for TextParam<'_> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        if *self.0 == Value::Null {
            return Ok(IsNull::Yes);
        }
        write!(out, "{}", self.0.as_ref())?;
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

/// A cell's bytes as they came.
pub(crate) struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A cell that has been read: most stay where the driver has them, some need text of their own.
pub(crate) enum Cell<'a> {
    Ref(ValueRef<'a>),
    Numeric(String),
    Text(String),
}

impl Cell<'_> {
    pub(crate) fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Ref(value) => *value,
            Self::Numeric(text) => ValueRef::Numeric(text),
            Self::Text(text) => ValueRef::Text(text),
        }
    }
}

/// Reads a cell.
pub(crate) fn read<'a>(raw: Raw<'a>, ty: &Type) -> Result<Cell<'a>, Error> {
    let Some(bytes) = raw.0 else {
        return Ok(Cell::Ref(ValueRef::Null));
    };
    decode(bytes, ty).ok_or_else(|| {
        Error::Backend(BackendError {
            message: format!("a value of type {ty} cannot be read"),
            hint: Some(format!("x::text shows a {ty} as text")),
            ..BackendError::default()
        })
    })
}

/// True for a type whose values are read.
pub(super) fn is_read(ty: &Type) -> bool {
    const PLAIN: [Type; 25] = [
        Type::BOOL,
        Type::INT2,
        Type::INT4,
        Type::INT8,
        Type::OID,
        Type::FLOAT4,
        Type::FLOAT8,
        Type::NUMERIC,
        Type::BYTEA,
        Type::DATE,
        Type::TIME,
        Type::TIMESTAMP,
        Type::TIMESTAMPTZ,
        Type::INTERVAL,
        Type::UUID,
        Type::JSON,
        Type::JSONB,
        Type::VOID,
        Type::TEXT,
        Type::VARCHAR,
        Type::BPCHAR,
        Type::NAME,
        Type::CHAR,
        Type::UNKNOWN,
        Type::XML,
    ];
    match ty.kind() {
        _ if PLAIN.contains(ty) => true,
        Kind::Enum(_) => true,
        Kind::Domain(base) | Kind::Array(base) => is_read(base),
        _ => false,
    }
}

fn decode<'a>(bytes: &'a [u8], ty: &Type) -> Option<Cell<'a>> {
    let text = || core::str::from_utf8(bytes).ok();
    Some(Cell::Ref(match *ty {
        Type::BOOL => ValueRef::Boolean(*bytes.first()? != 0),
        Type::INT2 => ValueRef::Integer(i64::from(i16::from_be_bytes(bytes.try_into().ok()?))),
        Type::INT4 => ValueRef::Integer(i64::from(i32_at(bytes, 0)?)),
        Type::INT8 => ValueRef::Integer(i64_at(bytes, 0)?),
        Type::OID => ValueRef::Integer(i64::from(u32::from_be_bytes(bytes.try_into().ok()?))),
        Type::FLOAT4 => ValueRef::Real(f32::from_be_bytes(bytes.try_into().ok()?)),
        Type::FLOAT8 => ValueRef::Double(f64::from_be_bytes(bytes.try_into().ok()?)),
        Type::NUMERIC => return numeric(bytes),
        Type::BYTEA => ValueRef::Blob(bytes),
        Type::DATE => ValueRef::Date(Date(match i32_at(bytes, 0)? {
            infinite @ (i32::MAX | i32::MIN) => infinite,
            days => days.checked_add(EPOCH_DAYS)?,
        })),
        Type::TIME => ValueRef::Time(Time(i64_at(bytes, 0)?)),
        Type::TIMESTAMP => ValueRef::Timestamp(timestamp(bytes)?),
        Type::TIMESTAMPTZ => ValueRef::TimestampTz(timestamp(bytes)?),
        Type::INTERVAL => ValueRef::Interval(Interval {
            micros: i64_at(bytes, 0)?,
            days: i32_at(bytes, 8)?,
            months: i32_at(bytes, 12)?,
        }),
        Type::UUID => ValueRef::Uuid(bytes.try_into().ok()?),
        Type::JSON => ValueRef::Json(text()?),
        // The first byte is the format's version.
        Type::JSONB => ValueRef::Json(core::str::from_utf8(bytes.get(1..)?).ok()?),
        Type::VOID => ValueRef::Text(""),
        Type::TEXT
        | Type::VARCHAR
        | Type::BPCHAR
        | Type::NAME
        | Type::CHAR
        | Type::UNKNOWN
        | Type::XML => ValueRef::Text(text()?),
        _ => match ty.kind() {
            Kind::Enum(_) => ValueRef::Text(text()?),
            Kind::Domain(base) => return decode(bytes, base),
            Kind::Array(element) => {
                let mut out = String::new();
                array(bytes, element, &mut out)?;
                return Some(Cell::Text(out));
            }
            _ => return None,
        },
    }))
}

fn i32_at(bytes: &[u8], at: usize) -> Option<i32> {
    bytes
        .get(at..at + 4)?
        .try_into()
        .ok()
        .map(i32::from_be_bytes)
}

fn i64_at(bytes: &[u8], at: usize) -> Option<i64> {
    bytes
        .get(at..at + 8)?
        .try_into()
        .ok()
        .map(i64::from_be_bytes)
}

fn i16_at(bytes: &[u8], at: usize) -> Option<i16> {
    bytes
        .get(at..at + 2)?
        .try_into()
        .ok()
        .map(i16::from_be_bytes)
}

fn timestamp(bytes: &[u8]) -> Option<Timestamp> {
    Some(Timestamp(match i64_at(bytes, 0)? {
        infinite @ (i64::MAX | i64::MIN) => infinite,
        micros => micros.checked_add(EPOCH_MICROS)?,
    }))
}

/// `numeric_send`: count of groups, weight of the first, sign, digits after the point, then groups of
/// four decimal digits.
fn numeric<'a>(bytes: &[u8]) -> Option<Cell<'a>> {
    let groups = usize::try_from(i16_at(bytes, 0)?).ok()?;
    let weight = i32::from(i16_at(bytes, 2)?);
    let sign = i16_at(bytes, 4)? as u16;
    let scale = usize::try_from(i16_at(bytes, 6)?).ok()?;
    let special = match sign {
        0xC000 => Some("NaN"),
        0xD000 => Some("Infinity"),
        0xF000 => Some("-Infinity"),
        _ => None,
    };
    if let Some(text) = special {
        return Some(Cell::Numeric(text.into()));
    }
    let group = |at: i32| -> i128 {
        let index = usize::try_from(weight - at)
            .ok()
            .filter(|&index| index < groups);
        index
            .and_then(|index| i16_at(bytes, 8 + 2 * index))
            .map_or(0, i128::from)
    };
    let small = || -> Option<Decimal> {
        let fraction_groups = i32::try_from(scale.div_ceil(4)).ok()?;
        let mut units: i128 = 0;
        for at in (-fraction_groups..=weight.max(0)).rev() {
            units = units.checked_mul(10_000)?.checked_add(group(at))?;
        }
        let extra = scale.div_ceil(4) * 4 - scale;
        units /= 10_i128.pow(u32::try_from(extra).ok()?);
        Decimal::new(
            if sign == 0x4000 { -units } else { units },
            u8::try_from(scale).ok()?,
        )
    };
    if let Some(decimal) = small() {
        return Some(Cell::Ref(ValueRef::Decimal(decimal)));
    }
    let mut text = String::from(if sign == 0x4000 { "-" } else { "" });
    let whole = weight.max(0);
    let _ = write!(text, "{}", group(whole));
    for at in (0..whole).rev() {
        let _ = write!(text, "{:04}", group(at));
    }
    if scale > 0 {
        text.push('.');
        let end = text.len() + scale;
        let mut at = -1;
        while text.len() < end {
            let _ = write!(text, "{:04}", group(at));
            at -= 1;
        }
        text.truncate(end);
    }
    // Groups of four digits may take more room than the digits themselves.
    Some(match text.parse() {
        Ok(decimal) => Cell::Ref(ValueRef::Decimal(decimal)),
        Err(_) => Cell::Numeric(text),
    })
}

/// `array_send`, printed as `array_out` prints: `{1,2,NULL}`, `{{a,"b c"}}`.
fn array(bytes: &[u8], element: &Type, out: &mut String) -> Option<()> {
    let dimensions = usize::try_from(i32_at(bytes, 0)?).ok()?;
    let sizes: Vec<i32> = (0..dimensions)
        .map(|at| i32_at(bytes, 12 + 8 * at))
        .collect::<Option<_>>()?;
    if dimensions == 0 {
        out.push_str("{}");
        return Some(());
    }
    let mut at = 12 + 8 * dimensions;
    elements(bytes, &mut at, element, &sizes, out)
}

/// At most six dimensions, so the recursion is shallow.
fn elements(
    bytes: &[u8],
    at: &mut usize,
    element: &Type,
    sizes: &[i32],
    out: &mut String,
) -> Option<()> {
    let (&size, inner) = sizes.split_first()?;
    out.push('{');
    for index in 0..size {
        if index > 0 {
            out.push(',');
        }
        if !inner.is_empty() {
            elements(bytes, at, element, inner, out)?;
            continue;
        }
        let len = i32_at(bytes, *at)?;
        *at += 4;
        let Ok(len) = usize::try_from(len) else {
            out.push_str("NULL");
            continue;
        };
        let cell = decode(bytes.get(*at..*at + len)?, element)?
            .as_ref()
            .to_string();
        *at += len;
        crate::value::quote_element(&cell, out);
    }
    out.push('}');
    Some(())
}
