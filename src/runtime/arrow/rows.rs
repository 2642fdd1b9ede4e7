//! Rows out of Arrow's columns, and parameters into them.

use super::columns::column;
use crate::value::{quote_element, with_room};
use crate::{BackendError, Column, Date, Decimal, Error, Interval, Kind, Time, Timestamp, Value};
use crate::{Rows, ValueRef};
use arrow_array::cast::AsArray;
use arrow_array::types as ty;
use arrow_array::{self as arrow, Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, IntervalUnit, TimeUnit};
use std::sync::Arc;

/// Pushes a batch's rows.
///
/// # Errors
/// Where a value does not fit its column, or `rows` fails.
pub(crate) fn push(
    batch: &RecordBatch,
    columns: &[Column],
    rows: &mut dyn Rows,
) -> Result<(), Error> {
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(columns.len());
    for row in 0..batch.num_rows() {
        cells.clear();
        for (array, column) in batch.columns().iter().zip(columns) {
            cells.push(read(array.as_ref(), row, column.kind)?);
        }
        with_room(cells.len(), |values| {
            for (place, cell) in values.iter_mut().zip(&cells) {
                *place = cell.as_ref();
            }
            rows.row(values)
        })?;
    }
    Ok(())
}

/// The kind of a column that only the backend knows.
pub(crate) fn kind(ty: &DataType) -> Kind {
    use DataType as D;
    match ty {
        D::Boolean => Kind::Boolean,
        D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32 => {
            Kind::Integer
        }
        D::UInt64 | D::Decimal128(_, _) => Kind::Numeric,
        D::Float32 => Kind::Real,
        D::Float64 => Kind::Double,
        _ => Kind::Any,
    }
}

/// The type of a column that a file has; `None` where there is none for it.
#[cfg(feature = "parquet")]
pub(crate) fn type_of(ty: &DataType) -> Option<rql::Type> {
    use DataType as D;
    use rql::Type as T;
    let decimal = |precision: u8, scale: u8| T::Decimal {
        precision: Some(precision),
        scale: Some(scale),
    };
    Some(match ty {
        D::Null => T::Text,
        D::Boolean => T::Boolean,
        D::Int8 | D::Int16 | D::UInt8 => T::SmallInt,
        D::Int32 | D::UInt16 => T::Integer,
        D::Int64 | D::UInt32 => T::BigInt,
        D::UInt64 => decimal(20, 0),
        D::Decimal128(precision, scale) => decimal(*precision, u8::try_from(*scale).ok()?),
        D::Float32 => T::Real,
        D::Float64 => T::Double,
        D::Utf8 | D::LargeUtf8 | D::Utf8View => T::Text,
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => T::Blob,
        D::Date32 | D::Date64 => T::Date,
        D::Time32(_) | D::Time64(_) => T::Time,
        D::Timestamp(_, None) => T::Timestamp,
        D::Timestamp(_, Some(_)) => T::TimestampTz,
        D::Interval(IntervalUnit::MonthDayNano) => T::Interval,
        D::List(field) => type_of(field.data_type())?.array(),
        D::Dictionary(_, values) => type_of(values)?,
        _ => return None,
    })
}

/// A cell that has been read: most stay in their array, some need text of their own.
enum Cell<'a> {
    Ref(ValueRef<'a>),
    Text(String),
    Numeric(String),
}

impl Cell<'_> {
    fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Ref(value) => *value,
            Self::Text(text) => ValueRef::Text(text),
            Self::Numeric(text) => ValueRef::Numeric(text),
        }
    }
}

fn read(array: &dyn Array, row: usize, kind: Kind) -> Result<Cell<'_>, Error> {
    use DataType as D;
    if array.is_null(row) {
        return Ok(Cell::Ref(ValueRef::Null));
    }
    let value = match array.data_type() {
        D::Null => ValueRef::Null,
        D::Boolean => ValueRef::Boolean(array.as_boolean().value(row)),
        D::Int8 => integer(array.as_primitive::<ty::Int8Type>().value(row).into(), kind),
        D::Int16 => integer(
            array.as_primitive::<ty::Int16Type>().value(row).into(),
            kind,
        ),
        D::Int32 => integer(
            array.as_primitive::<ty::Int32Type>().value(row).into(),
            kind,
        ),
        D::Int64 => integer(array.as_primitive::<ty::Int64Type>().value(row), kind),
        D::UInt8 => integer(
            array.as_primitive::<ty::UInt8Type>().value(row).into(),
            kind,
        ),
        D::UInt16 => integer(
            array.as_primitive::<ty::UInt16Type>().value(row).into(),
            kind,
        ),
        D::UInt32 => integer(
            array.as_primitive::<ty::UInt32Type>().value(row).into(),
            kind,
        ),
        D::UInt64 => decimal(
            array.as_primitive::<ty::UInt64Type>().value(row).into(),
            0,
            kind,
        ),
        D::Decimal128(_, scale) => {
            let units = array.as_primitive::<ty::Decimal128Type>().value(row);
            match u8::try_from(*scale) {
                Ok(scale) => decimal(units, scale, kind),
                Err(_) => return Err(unknown(array)),
            }
        }
        D::Float32 => float(
            array.as_primitive::<ty::Float32Type>().value(row).into(),
            true,
            kind,
        ),
        D::Float64 => {
            let value = array.as_primitive::<ty::Float64Type>().value(row);
            if kind == Kind::Numeric && !value.is_finite() {
                return Ok(Cell::Numeric(ValueRef::Double(value).to_string()));
            }
            float(value, false, kind)
        }
        D::Utf8 => text(array.as_string::<i32>().value(row), kind),
        D::LargeUtf8 => text(array.as_string::<i64>().value(row), kind),
        D::Utf8View => text(array.as_string_view().value(row), kind),
        D::Binary => ValueRef::Blob(array.as_binary::<i32>().value(row)),
        D::LargeBinary => ValueRef::Blob(array.as_binary::<i64>().value(row)),
        D::BinaryView => ValueRef::Blob(array.as_binary_view().value(row)),
        D::FixedSizeBinary(_) => ValueRef::Blob(array.as_fixed_size_binary().value(row)),
        D::Date64 => {
            let millis = array.as_primitive::<ty::Date64Type>().value(row);
            ValueRef::Date(Timestamp(millis.saturating_mul(1_000)).date())
        }
        D::Time32(TimeUnit::Second) => {
            let value = array.as_primitive::<ty::Time32SecondType>().value(row);
            ValueRef::Time(Time(i64::from(value) * 1_000_000))
        }
        D::Time32(_) => {
            let value = array.as_primitive::<ty::Time32MillisecondType>().value(row);
            ValueRef::Time(Time(i64::from(value) * 1_000))
        }
        D::Time64(TimeUnit::Nanosecond) => {
            let array = array.as_primitive::<ty::Time64NanosecondType>();
            ValueRef::Time(Time(array.value(row) / 1_000))
        }
        D::Date32 => {
            let day = array.as_primitive::<ty::Date32Type>().value(row);
            match kind {
                Kind::Timestamp => ValueRef::Timestamp(Timestamp(i64::from(day) * DAY)),
                _ if day < FIRST_DAY && day != -i32::MAX => return Err(out_of_range("date")),
                _ => ValueRef::Date(Date(day)),
            }
        }
        D::Time64(TimeUnit::Microsecond) => {
            let array = array.as_primitive::<ty::Time64MicrosecondType>();
            ValueRef::Time(Time(array.value(row)))
        }
        D::Timestamp(unit, zone) => {
            let micros = Timestamp(timestamp(array, row, *unit).ok_or_else(|| unknown(array))?);
            if micros.0 < i64::from(FIRST_DAY) * DAY && micros.0 != -i64::MAX {
                return Err(out_of_range("timestamp"));
            }
            match (zone, kind) {
                (None, Kind::Date) => ValueRef::Date(micros.date()),
                (None, _) => ValueRef::Timestamp(micros),
                (Some(_), _) => ValueRef::TimestampTz(micros),
            }
        }
        D::Interval(IntervalUnit::MonthDayNano) => {
            let array = array.as_primitive::<ty::IntervalMonthDayNanoType>();
            let value = array.value(row);
            ValueRef::Interval(Interval {
                months: value.months,
                days: value.days,
                micros: micros(value.nanoseconds),
            })
        }
        D::List(_) => {
            return Ok(Cell::Text(list(
                array.as_list::<i32>().value(row).as_ref(),
            )?));
        }
        D::Dictionary(_, _) => {
            let values = array.as_any_dictionary();
            let key = values.normalized_keys()[row];
            let text = read(values.values().as_ref(), key, kind)?
                .as_ref()
                .to_string();
            return Ok(Cell::Text(text));
        }
        _ => return Err(unknown(array)),
    };
    Ok(Cell::Ref(value))
}

/// The microseconds that nanoseconds are. DuckDB multiplies by a thousand without a look at what 64 bits hold; as that
/// leaves all but three bits known, an eighth of it times what 125 is divided by gives them back.
fn micros(nanos: i64) -> i64 {
    /// 125 times this is 1, of 64 bits.
    const OF_125: i64 = 0x1cac_0831_26e9_78d5;
    match nanos % 1_000 {
        0 => nanos / 1_000,
        _ => ((nanos >> 3).wrapping_mul(OF_125) << 3) >> 3,
    }
}

/// The first day that PostgreSQL has, 4714-11-24 BC: DuckDB has earlier ones.
const FIRST_DAY: i32 = -2_440_588;

fn out_of_range(what: &str) -> Error {
    Error::Backend(BackendError {
        message: format!("{what} out of range"),
        sqlstate: Some("22008".into()),
        ..BackendError::default()
    })
}

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

fn integer<'a>(value: i64, kind: Kind) -> ValueRef<'a> {
    match kind {
        Kind::Numeric | Kind::Decimal(_) => decimal(value.into(), 0, kind),
        Kind::Boolean => ValueRef::Boolean(value != 0),
        Kind::Double => ValueRef::Double(value as f64),
        _ => ValueRef::Integer(value),
    }
}

/// The digits behind the point that quotients and means are computed to, which are shown with as many as PostgreSQL's.
const QUOTIENT: [u8; 2] = [20, 24];

fn decimal<'a>(units: i128, scale: u8, kind: Kind) -> ValueRef<'a> {
    if let (Kind::Integer, 0, Ok(value)) = (kind, scale, i64::try_from(units)) {
        return ValueRef::Integer(value);
    }
    let value = Decimal::new(units, scale);
    let scaled = match kind {
        Kind::Decimal(scale) => value.and_then(|value| value.rescale(scale)),
        Kind::Numeric if QUOTIENT.contains(&scale) => value.map(Decimal::as_quotient),
        _ => value,
    };
    scaled.map_or(ValueRef::Null, ValueRef::Decimal)
}

fn float<'a>(value: f64, single: bool, kind: Kind) -> ValueRef<'a> {
    match kind {
        Kind::Decimal(scale) => match Decimal::from_f64(value, scale) {
            Some(value) => ValueRef::Decimal(value),
            None => ValueRef::Double(value),
        },
        // The shortest text that reads back.
        Kind::Numeric => match value.to_string().parse() {
            Ok(value) => ValueRef::Decimal(value),
            Err(_) => ValueRef::Double(value),
        },
        _ if single => ValueRef::Real(value as f32),
        _ => ValueRef::Double(value),
    }
}

fn text(text: &str, kind: Kind) -> ValueRef<'_> {
    match kind {
        Kind::Json => ValueRef::Json(text),
        Kind::Uuid => crate::value::uuid(text).map_or(ValueRef::Text(text), ValueRef::Uuid),
        Kind::Numeric | Kind::Decimal(_) => match text.parse() {
            Ok(value) => ValueRef::Decimal(value),
            Err(_) => ValueRef::Numeric(text),
        },
        _ => ValueRef::Text(text),
    }
}

fn timestamp(array: &dyn Array, row: usize, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => {
            let array = array.as_primitive::<ty::TimestampSecondType>();
            array.value(row).checked_mul(1_000_000)
        }
        TimeUnit::Millisecond => {
            let array = array.as_primitive::<ty::TimestampMillisecondType>();
            array.value(row).checked_mul(1_000)
        }
        TimeUnit::Microsecond => Some(
            array
                .as_primitive::<ty::TimestampMicrosecondType>()
                .value(row),
        ),
        TimeUnit::Nanosecond => {
            let array = array.as_primitive::<ty::TimestampNanosecondType>();
            Some(array.value(row) / 1_000)
        }
    }
}

/// An array as PostgreSQL prints it: `{1,NULL,"a b"}`.
fn list(array: &dyn Array) -> Result<String, Error> {
    let mut out = String::from("{");
    for row in 0..array.len() {
        out.push_str(if row == 0 { "" } else { "," });
        let kind = match array.data_type() {
            DataType::Decimal128(..) => Kind::Numeric,
            _ => Kind::Any,
        };
        let cell = read(array, row, kind)?;
        match cell.as_ref() {
            ValueRef::Null => out.push_str("NULL"),
            value => {
                let text = value.to_string();
                let nested = matches!(array.data_type(), DataType::List(_));
                match nested {
                    true => out.push_str(&text),
                    false => quote_element(&text, &mut out),
                }
            }
        }
    }
    out.push('}');
    Ok(out)
}

fn unknown(array: &dyn Array) -> Error {
    Error::Backend(BackendError {
        message: format!("a value of type {} cannot be shown", array.data_type()),
        hint: Some("CAST it to TEXT".into()),
        ..BackendError::default()
    })
}

/// Parameters as a batch of one row, its columns in the order of the placeholders.
///
/// # Errors
/// Where a decimal has more digits than Arrow's.
pub(crate) fn parameters(values: &[Value]) -> Result<RecordBatch, ArrowError> {
    let columns = values.iter().enumerate().map(|(at, value)| {
        let array = parameter(value)?;
        Ok((at.to_string(), array, true))
    });
    let columns: Vec<_> = columns.collect::<Result<_, ArrowError>>()?;
    RecordBatch::try_from_iter_with_nullable(columns)
}

fn parameter(value: &Value) -> Result<ArrayRef, ArrowError> {
    Ok(match value {
        Value::Null => Arc::new(arrow::NullArray::new(1)),
        Value::Boolean(value) => Arc::new(arrow::BooleanArray::from(vec![*value])),
        Value::Integer(value) => match i32::try_from(*value) {
            Ok(value) => Arc::new(arrow::Int32Array::from(vec![value])),
            Err(_) => Arc::new(arrow::Int64Array::from(vec![*value])),
        },
        Value::Decimal(value) => {
            let scale = i8::try_from(value.scale()).unwrap_or(i8::MAX);
            let array = arrow::Decimal128Array::from(vec![value.units()]);
            Arc::new(array.with_precision_and_scale(38, scale)?)
        }
        Value::Real(value) => Arc::new(arrow::Float32Array::from(vec![*value])),
        Value::Double(value) => Arc::new(arrow::Float64Array::from(vec![*value])),
        Value::Blob(bytes) => Arc::new(arrow::BinaryArray::from(vec![bytes.as_slice()])),
        Value::Date(value) => Arc::new(arrow::Date32Array::from(vec![value.0])),
        Value::Time(value) => Arc::new(arrow::Time64MicrosecondArray::from(vec![value.0])),
        Value::Timestamp(value) => Arc::new(arrow::TimestampMicrosecondArray::from(vec![value.0])),
        Value::TimestampTz(value) => {
            Arc::new(arrow::TimestampMicrosecondArray::from(vec![value.0]).with_timezone("UTC"))
        }
        Value::Interval(value) => {
            let nanos = value.micros.saturating_mul(1_000);
            let value =
                arrow_array::types::IntervalMonthDayNano::new(value.months, value.days, nanos);
            Arc::new(arrow::IntervalMonthDayNanoArray::from(vec![value]))
        }
        Value::Array(element, _) => column(element.array(), std::iter::once(value))?,
        other => Arc::new(arrow::StringArray::from(vec![other.as_ref().to_string()])),
    })
}
