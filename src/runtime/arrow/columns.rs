//! Rows of values into Arrow's columns.

use crate::Value;
use crate::value::arguments::read;
use arrow_array::types::IntervalMonthDayNano;
use arrow_array::{self as arrow, Array as _, ArrayRef, RecordBatch};
use arrow_buffer::{NullBuffer, OffsetBuffer};
#[cfg(feature = "parquet")]
use arrow_schema::DataType;
use arrow_schema::{ArrowError, Field};
use rql::{ArrayText, Type, read_array};
use std::sync::Arc;

/// Values that stand row by row, as a batch with columns `c0`, `c1` … of such types.
///
/// # Errors
/// Where a value does not fit its column.
pub(crate) fn batch(types: &[Type], values: &[Value]) -> Result<RecordBatch, ArrowError> {
    let columns = arrays(types, values)?.into_iter().enumerate();
    let columns = columns.map(|(at, column)| (format!("c{at}"), column, true));
    RecordBatch::try_from_iter_with_nullable(columns)
}

/// The columns of values that stand row by row.
///
/// # Errors
/// Where a value does not fit its column.
pub(crate) fn arrays(types: &[Type], values: &[Value]) -> Result<Vec<ArrayRef>, ArrowError> {
    let columns = types.iter().enumerate().map(|(at, ty)| {
        let cells = values.iter().skip(at).step_by(types.len());
        column(*ty, cells)
    });
    columns.collect()
}

/// Arrow's type of such a column.
///
/// # Errors
/// Where there is none.
#[cfg(feature = "parquet")]
pub(crate) fn data_type(ty: Type) -> Result<DataType, ArrowError> {
    Ok(column(ty, core::iter::empty())?.data_type().clone())
}

/// Types that Arrow has no column for, or DuckDB no other reading of: they go as text.
fn as_text(ty: Type) -> bool {
    match ty {
        Type::Decimal { precision, scale } => precision.is_none() || scale.is_none(),
        Type::Uuid | Type::Json | Type::Jsonb => true,
        ty => ty.is_text(),
    }
}

/// Values of a type as a column.
pub(crate) fn column<'v>(
    ty: Type,
    values: impl Iterator<Item = &'v Value>,
) -> Result<ArrayRef, ArrowError> {
    use Value as V;
    macro_rules! of {
        ($array:ident, $pattern:pat => $value:expr) => {{
            let cells = values.map(|value| {
                Ok(match value {
                    V::Null => None,
                    $pattern => Some($value),
                    other => return Err(misfit(&other.shown())),
                })
            });
            arrow::$array::from(cells.collect::<Result<Vec<_>, ArrowError>>()?)
        }};
    }
    Ok(match ty {
        Type::Array(element) => Arc::new(lists(*element, values)?),
        Type::Decimal {
            precision: Some(precision),
            scale: Some(scale),
        } => {
            let array = of!(Decimal128Array, V::Decimal(d) => d.units());
            let scale = i8::try_from(scale).unwrap_or(i8::MAX);
            Arc::new(array.with_precision_and_scale(precision.clamp(1, 38), scale)?)
        }
        ty if as_text(ty) => {
            let text = |value: &V| (*value != V::Null).then(|| value.as_ref().to_string());
            Arc::new(values.map(text).collect::<arrow::StringArray>())
        }
        Type::Boolean => Arc::new(of!(BooleanArray, V::Boolean(value) => *value)),
        Type::SmallInt => Arc::new(of!(Int16Array, V::Integer(value) => narrow(*value)?)),
        Type::Integer => Arc::new(of!(Int32Array, V::Integer(value) => narrow(*value)?)),
        Type::BigInt => Arc::new(of!(Int64Array, V::Integer(value) => *value)),
        Type::Real => Arc::new(of!(Float32Array, V::Real(value) => *value)),
        Type::Double => Arc::new(of!(Float64Array, V::Double(value) => *value)),
        Type::Blob => Arc::new(of!(BinaryArray, V::Blob(bytes) => bytes.as_slice())),
        Type::Date => Arc::new(of!(Date32Array, V::Date(value) => value.0)),
        Type::Time => Arc::new(of!(Time64MicrosecondArray, V::Time(value) => value.0)),
        Type::Timestamp => Arc::new(of!(TimestampMicrosecondArray, V::Timestamp(value) => value.0)),
        Type::TimestampTz => {
            let array = of!(TimestampMicrosecondArray, V::TimestampTz(value) => value.0);
            Arc::new(array.with_timezone("UTC"))
        }
        Type::Interval => Arc::new(of!(IntervalMonthDayNanoArray, V::Interval(value) => {
            let nanos = value.micros.checked_mul(1_000);
            let nanos = nanos.ok_or_else(|| misfit("an interval of so many hours"))?;
            IntervalMonthDayNano::new(value.months, value.days, nanos)
        })),
        other => return Err(misfit(&format!("a column of type {other}"))),
    })
}

/// Arrays of one dimension.
fn lists<'v>(
    element: Type,
    values: impl Iterator<Item = &'v Value>,
) -> Result<arrow::ListArray, ArrowError> {
    let (mut items, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for value in values {
        let before = items.len();
        let text = match value {
            Value::Array(_, text) | Value::Text(text) => Some(text),
            _ => None,
        };
        valid.push(text.is_some());
        if let Some(text) = text {
            let Some(ArrayText::List(list)) = read_array(text) else {
                return Err(misfit(text));
            };
            for item in list {
                items.push(match item {
                    ArrayText::Null => Value::Null,
                    ArrayText::Leaf(leaf) => {
                        of_text(&leaf, element).ok_or_else(|| misfit(&leaf))?
                    }
                    ArrayText::List(_) => return Err(misfit("an array of several dimensions")),
                });
            }
        }
        lengths.push(items.len() - before);
    }
    let items = column(element, items.iter())?;
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    let (lengths, valid) = (OffsetBuffer::from_lengths(lengths), NullBuffer::from(valid));
    arrow::ListArray::try_new(field, lengths, items, Some(valid))
}

fn of_text(text: &str, ty: Type) -> Option<Value> {
    Some(match (read(text, ty)?, ty) {
        (Value::Double(value), Type::Real) => Value::Real(value as f32),
        (value, _) => value,
    })
}

fn narrow<T: TryFrom<i64>>(value: i64) -> Result<T, ArrowError> {
    T::try_from(value).map_err(|_| misfit(&value.to_string()))
}

fn misfit(what: &str) -> ArrowError {
    ArrowError::InvalidArgumentError(format!("{what} does not fit here"))
}
