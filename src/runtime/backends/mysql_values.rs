//! Values of MySQL's protocol, binary and text, there and back.

use crate::value::decimal::quotient_scale;
use crate::value::time::{DAY, civil, days_from_civil};
use crate::{BackendError, Column, Date, Decimal, Error, Kind, Time, Timestamp, Value, ValueRef};
use mysql::Value as Wire;
use mysql::consts::{ColumnFlags, ColumnType};

/// A cell that has been read: most stay where the driver has them, some need text of their own.
pub(super) enum Cell<'a> {
    Ref(ValueRef<'a>),
    Numeric(String),
    Text(String),
}

impl Cell<'_> {
    pub(super) fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Ref(value) => *value,
            Self::Numeric(text) => ValueRef::Numeric(text),
            Self::Text(text) => ValueRef::Text(text),
        }
    }
}

/// The number of the character set of bytes that are no text.
const BINARY: u16 = 63;

/// A column as only the server knows it.
pub(super) fn own_column(column: &mysql::Column) -> Column {
    use ColumnType as T;
    let unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    let kind = match column.column_type() {
        T::MYSQL_TYPE_LONGLONG if unsigned => Kind::Numeric,
        ty if is_integer(ty) => Kind::Integer,
        T::MYSQL_TYPE_DECIMAL | T::MYSQL_TYPE_NEWDECIMAL => Kind::Decimal(column.decimals()),
        T::MYSQL_TYPE_FLOAT => Kind::Real,
        T::MYSQL_TYPE_DOUBLE => Kind::Double,
        T::MYSQL_TYPE_DATE | T::MYSQL_TYPE_NEWDATE => Kind::Date,
        T::MYSQL_TYPE_DATETIME | T::MYSQL_TYPE_DATETIME2 => Kind::Timestamp,
        T::MYSQL_TYPE_TIMESTAMP | T::MYSQL_TYPE_TIMESTAMP2 => Kind::TimestampTz,
        T::MYSQL_TYPE_JSON => Kind::Json,
        _ => Kind::Any,
    };
    Column::new(column.name_str(), kind)
}

fn is_integer(ty: ColumnType) -> bool {
    use ColumnType as T;
    matches!(
        ty,
        T::MYSQL_TYPE_TINY
            | T::MYSQL_TYPE_SHORT
            | T::MYSQL_TYPE_INT24
            | T::MYSQL_TYPE_LONG
            | T::MYSQL_TYPE_LONGLONG
            | T::MYSQL_TYPE_YEAR
    )
}

/// Reads a cell as its column is meant.
///
/// # Errors
/// Where it is none of that kind.
pub(super) fn read<'a>(
    value: &'a Wire,
    column: &mysql::Column,
    kind: Kind,
) -> Result<Cell<'a>, Error> {
    let cell = match value {
        Wire::NULL => Some(Cell::Ref(ValueRef::Null)),
        Wire::Int(value) => integer(i128::from(*value), kind),
        Wire::UInt(value) => integer(i128::from(*value), kind),
        Wire::Float(value) => float(f64::from(*value), true, kind),
        Wire::Double(value) => float(*value, false, kind),
        Wire::Date(year, month, day, hour, minute, second, micros) => {
            let clock = [*hour, *minute, *second];
            day_and_time(*year, *month, *day, clock, *micros).and_then(|at| {
                let day = matches!(
                    column.column_type(),
                    ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE
                );
                moment(at, day, kind)
            })
        }
        Wire::Time(negative, days, hours, minutes, seconds, micros) => {
            let hours = i64::from(*days) * 24 + i64::from(*hours);
            let seconds = hours * 3_600 + i64::from(*minutes) * 60 + i64::from(*seconds);
            let micros = seconds * 1_000_000 + i64::from(*micros);
            time(if *negative { -micros } else { micros }, kind)
        }
        Wire::Bytes(bytes) => written(bytes, column, kind),
    };
    cell.ok_or_else(|| unfit(value, column, kind))
}

fn unfit(value: &Wire, column: &mysql::Column, kind: Kind) -> Error {
    let shown = match value {
        Wire::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Wire::Date(year, month, day, ..) => format!("{year:04}-{month:02}-{day:02}"),
        other => other.as_sql(true),
    };
    let what = match kind {
        Kind::Any => "value that can be shown".to_owned(),
        kind => format!("{kind:?}").to_lowercase(),
    };
    Error::Backend(BackendError {
        message: format!("{shown} in column {} is no {what}", column.name_str()),
        sqlstate: Some("22000".into()),
        hint: Some("a CAST to TEXT shows what is stored".into()),
        ..BackendError::default()
    })
}

fn integer<'a>(value: i128, kind: Kind) -> Option<Cell<'a>> {
    let small = || i64::try_from(value).ok();
    Some(Cell::Ref(match kind {
        Kind::Boolean => match value {
            0 => ValueRef::Boolean(false),
            1 => ValueRef::Boolean(true),
            _ => return None,
        },
        Kind::Numeric | Kind::Decimal(_) => return decimal(Decimal::new(value, 0)?, kind),
        Kind::Double => ValueRef::Double(value as f64),
        Kind::Real => ValueRef::Real(value as f32),
        Kind::Text => return Some(Cell::Text(value.to_string())),
        Kind::Any | Kind::Integer => match small() {
            Some(value) => ValueRef::Integer(value),
            None => ValueRef::Decimal(Decimal::new(value, 0)?),
        },
        _ => return None,
    }))
}

fn decimal<'a>(value: Decimal, kind: Kind) -> Option<Cell<'a>> {
    let value = match kind {
        Kind::Decimal(scale) => value.rescale(scale)?,
        Kind::Integer => {
            let whole = value.rescale(0)?;
            if whole.compare(value) != Some(core::cmp::Ordering::Equal) {
                return None;
            }
            return integer(whole.units(), Kind::Integer);
        }
        _ => value,
    };
    Some(Cell::Ref(ValueRef::Decimal(value)))
}

/// Below it a double has all digits of a whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn float<'a>(value: f64, single: bool, kind: Kind) -> Option<Cell<'a>> {
    Some(Cell::Ref(match kind {
        Kind::Decimal(scale) => ValueRef::Decimal(Decimal::from_f64(value, scale)?),
        // The shortest text that reads back.
        Kind::Numeric => match value.to_string().parse() {
            Ok(value) => ValueRef::Decimal(value),
            Err(_) => return Some(Cell::Numeric(value.to_string())),
        },
        Kind::Double => ValueRef::Double(value),
        // A constant NULL makes doubles of the numbers that it stands beside.
        Kind::Integer if value.fract() == 0.0 && value.abs() < EXACT => {
            ValueRef::Integer(value as i64)
        }
        Kind::Any | Kind::Real if single => ValueRef::Real(value as f32),
        Kind::Real => ValueRef::Real(value as f32),
        Kind::Any => ValueRef::Double(value),
        _ => return None,
    }))
}

/// `None` for the zeros that stand for no day.
fn day_and_time(year: u16, month: u8, day: u8, clock: [u8; 3], micros: u32) -> Option<i64> {
    if month == 0 || day == 0 {
        return None;
    }
    let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
    let [hour, minute, second] = clock.map(i64::from);
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds * 1_000_000 + i64::from(micros))
}

fn moment<'a>(micros: i64, day: bool, kind: Kind) -> Option<Cell<'a>> {
    let at = Timestamp(micros);
    Some(Cell::Ref(match kind {
        Kind::Date => ValueRef::Date(at.date()),
        Kind::Any if day => ValueRef::Date(at.date()),
        Kind::Any | Kind::Timestamp => ValueRef::Timestamp(at),
        Kind::TimestampTz => ValueRef::TimestampTz(at),
        Kind::Time => ValueRef::Time(Time(micros.rem_euclid(DAY))),
        Kind::Text => {
            let value = if day {
                ValueRef::Date(at.date())
            } else {
                ValueRef::Timestamp(at)
            };
            return Some(Cell::Text(value.to_string()));
        }
        _ => return None,
    }))
}

/// A time of day; what is longer or negative is an interval where nobody says that it is a time.
fn time<'a>(micros: i64, kind: Kind) -> Option<Cell<'a>> {
    let interval = ValueRef::Interval(crate::Interval {
        micros,
        ..crate::Interval::default()
    });
    let value = match kind {
        Kind::Interval => interval,
        _ if (0..=DAY).contains(&micros) => ValueRef::Time(Time(micros)),
        Kind::Any => interval,
        _ => return None,
    };
    match kind {
        Kind::Any | Kind::Time | Kind::Interval => Some(Cell::Ref(value)),
        Kind::Text => Some(Cell::Text(value.to_string())),
        _ => None,
    }
}

/// A value that came as bytes: text, bytes, decimals, bits; in the text protocol everything.
fn written<'a>(bytes: &'a [u8], column: &mysql::Column, kind: Kind) -> Option<Cell<'a>> {
    use ColumnType as T;
    let text = || core::str::from_utf8(bytes).ok();
    match column.column_type() {
        T::MYSQL_TYPE_BIT => bits(bytes, column.column_length(), kind),
        T::MYSQL_TYPE_DECIMAL | T::MYSQL_TYPE_NEWDECIMAL => numeric(text()?, kind),
        ty if is_integer(ty) => integer(text()?.parse().ok()?, kind),
        T::MYSQL_TYPE_FLOAT => float(text()?.parse().ok()?, true, kind),
        T::MYSQL_TYPE_DOUBLE => float(text()?.parse().ok()?, false, kind),
        T::MYSQL_TYPE_DATE | T::MYSQL_TYPE_NEWDATE if kind == Kind::Any => {
            read_text(text()?, Kind::Date)
        }
        T::MYSQL_TYPE_DATETIME | T::MYSQL_TYPE_DATETIME2 if kind == Kind::Any => {
            read_text(text()?, Kind::Timestamp)
        }
        T::MYSQL_TYPE_TIMESTAMP | T::MYSQL_TYPE_TIMESTAMP2 if kind == Kind::Any => {
            read_text(text()?, Kind::TimestampTz)
        }
        T::MYSQL_TYPE_GEOMETRY => Some(Cell::Ref(ValueRef::Blob(bytes))),
        T::MYSQL_TYPE_JSON if kind == Kind::Any => read_text(text()?, Kind::Json),
        _ if kind == Kind::Blob || kind == Kind::Any && column.character_set() == BINARY => {
            Some(Cell::Ref(ValueRef::Blob(bytes)))
        }
        _ => read_text(text()?, kind),
    }
}

/// Digits behind the point that only a quotient or a mean has (`div_precision_increment`).
const QUOTIENT: usize = 30;

/// A quotient to PostgreSQL's digits.
fn as_quotient(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    if fraction.len() < QUOTIENT {
        return None;
    }
    let before = whole.trim_start_matches(['-', '0']).len();
    let zeros = fraction.len() - fraction.trim_start_matches('0').len();
    let digits = quotient_scale(before, zeros);
    let next = fraction.as_bytes().get(digits)?;
    let mut kept: Vec<u8> = whole.bytes().chain(*b".").collect();
    kept.extend(fraction.bytes().take(digits));
    let mut carry = *next >= b'5';
    for digit in kept.iter_mut().rev().filter(|c| c.is_ascii_digit()) {
        if !carry {
            break;
        }
        carry = *digit == b'9';
        *digit = if carry { b'0' } else { *digit + 1 };
    }
    if carry {
        kept.insert(usize::from(whole.starts_with('-')), b'1');
    }
    let kept = String::from_utf8(kept).ok()?;
    Some(kept.trim_end_matches('.').to_owned())
}

fn numeric<'a>(text: &str, kind: Kind) -> Option<Cell<'a>> {
    let quotient = match kind {
        Kind::Numeric => as_quotient(text),
        _ => None,
    };
    let text = quotient.as_deref().unwrap_or(text);
    // A conversion to NUMERIC has filled up a scale that nobody has asked for.
    let filled = text
        .split_once('.')
        .is_some_and(|(_, digits)| digits.len() == QUOTIENT - 1);
    let text = match kind {
        Kind::Numeric if filled => text.trim_end_matches('0').trim_end_matches('.'),
        _ => text,
    };
    match (kind, text.parse::<Decimal>()) {
        (Kind::Double | Kind::Real, _) => float(text.parse().ok()?, false, kind),
        (Kind::Text, _) => Some(Cell::Text(text.to_owned())),
        (Kind::Any | Kind::Numeric | Kind::Decimal(_) | Kind::Integer, Ok(value)) => {
            decimal(value, kind)
        }
        (Kind::Any | Kind::Numeric | Kind::Decimal(_), Err(_)) => {
            Some(Cell::Numeric(text.to_owned()))
        }
        _ => None,
    }
}

/// BIT(1) is a truth value; of more, each bit is shown, as PostgreSQL shows its bit strings.
fn bits<'a>(bytes: &[u8], length: u32, kind: Kind) -> Option<Cell<'a>> {
    let value = bytes.iter().try_fold(0_u64, |value, byte| {
        Some(value.checked_shl(8)? | u64::from(*byte))
    })?;
    if length == 1 && matches!(kind, Kind::Any | Kind::Boolean) {
        return Some(Cell::Ref(ValueRef::Boolean(value != 0)));
    }
    match kind {
        Kind::Any | Kind::Text => {
            let width = usize::try_from(length).ok()?;
            Some(Cell::Text(format!("{value:0width$b}")))
        }
        kind => integer(i128::from(value), kind),
    }
}

fn read_text(text: &str, kind: Kind) -> Option<Cell<'_>> {
    Some(Cell::Ref(match kind {
        Kind::Any | Kind::Text => ValueRef::Text(text),
        Kind::Json => ValueRef::Json(text),
        Kind::Numeric | Kind::Decimal(_) => return numeric(text, kind),
        Kind::Integer | Kind::Boolean => return integer(text.parse().ok()?, kind),
        Kind::Real | Kind::Double => return float(text.parse().ok()?, false, kind),
        Kind::Date => ValueRef::Date(Date::parse(text)?),
        Kind::Time => ValueRef::Time(Time::parse(text)?),
        Kind::Timestamp => ValueRef::Timestamp(Timestamp::parse(text)?),
        Kind::TimestampTz => ValueRef::TimestampTz(Timestamp::parse(text)?),
        Kind::Uuid => ValueRef::Uuid(crate::value::uuid(text)?),
        Kind::Blob => ValueRef::Blob(text.as_bytes()),
        Kind::Interval => ValueRef::Interval(interval(text)?),
        Kind::Scaled(_) => return None,
    }))
}

/// `[months,days,microseconds]`, which codegen writes.
fn interval(text: &str) -> Option<crate::Interval> {
    let own = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let parts = |text: &str| -> Option<(i32, i32, i64)> {
        let mut parts = text.split(',');
        let months = parts.next()?.parse().ok()?;
        Some((
            months,
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
        ))
    };
    let (months, days, micros) = match own {
        Some(own) => parts(own)?,
        None => rql::read_interval(text)?,
    };
    Some(crate::Interval {
        months,
        days,
        micros,
    })
}

/// A parameter.
///
/// # Errors
/// For what the protocol has no form of: a day beyond the years 0 to 9999, NaN.
pub(super) fn parameter(value: &Value) -> Result<Wire, Error> {
    let outside = || {
        Error::Backend(BackendError {
            message: format!("{} is outside what the server can hold", value.shown()),
            sqlstate: Some("22003".into()),
            ..BackendError::default()
        })
    };
    Ok(match value {
        Value::Null => Wire::NULL,
        Value::Boolean(value) => Wire::Int(i64::from(*value)),
        Value::Integer(value) => Wire::Int(*value),
        Value::Real(value) if value.is_finite() => Wire::Float(*value),
        Value::Double(value) if value.is_finite() => Wire::Double(*value),
        Value::Real(_) | Value::Double(_) => return Err(outside()),
        Value::Blob(bytes) => Wire::Bytes(bytes.clone()),
        Value::Date(day) => date(i64::from(day.0), 0).ok_or_else(outside)?,
        Value::Timestamp(at) | Value::TimestampTz(at) => {
            date(at.0.div_euclid(DAY), at.0.rem_euclid(DAY)).ok_or_else(outside)?
        }
        Value::Time(time) => {
            let (hours, minutes, seconds, micros) = clock(time.0);
            Wire::Time(
                false,
                u32::from(hours / 24),
                hours % 24,
                minutes,
                seconds,
                micros,
            )
        }
        other => Wire::Bytes(other.as_ref().to_string().into_bytes()),
    })
}

/// Hours, minutes, seconds and microseconds of at most a day.
fn clock(micros: i64) -> (u8, u8, u8, u32) {
    let seconds = micros / 1_000_000;
    let small = |value: i64| u8::try_from(value).unwrap_or(0);
    let rest = u32::try_from(micros % 1_000_000).unwrap_or(0);
    (
        small(seconds / 3_600),
        small(seconds / 60 % 60),
        small(seconds % 60),
        rest,
    )
}

fn date(days: i64, micros: i64) -> Option<Wire> {
    let (year, month, day) = civil(days);
    let year = u16::try_from(year).ok().filter(|year| *year <= 9_999)?;
    let (hours, minutes, seconds, micros) = clock(micros);
    let month = u8::try_from(month).ok()?;
    let day = u8::try_from(day).ok()?;
    Some(Wire::Date(
        year, month, day, hours, minutes, seconds, micros,
    ))
}
