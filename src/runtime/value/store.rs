//! A result that is kept: in memory up to a bound, beyond it in a temporary file without a name, which
//! ends with the store.

use crate::value::Value;
use crate::{Column, Date, Decimal, Interval, Rows, Time, Timestamp, ValueRef};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

/// What is held in memory before it goes to the file.
const HELD: usize = 1 << 20;

/// Rows, one after the other, each value with what it is.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// The columns, as the result had them.
    pub(crate) columns: Vec<Column>,
    /// How many rows there are.
    pub(crate) rows: u64,
    held: Vec<u8>,
    file: Option<File>,
    /// How many bytes are in the file.
    spilled: u64,
}

impl Store {
    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.held)?;
        self.spilled += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }

    /// How many bytes the rows take.
    pub(crate) fn bytes(&self) -> u64 {
        self.spilled + self.held.len() as u64
    }

    /// Gives the rows, first to last, until `each` says no.
    pub(crate) fn each(&mut self, each: &mut dyn FnMut(Vec<Value>) -> bool) -> io::Result<()> {
        let nothing = io::empty();
        let mut from: Box<dyn Read + '_> = match &mut self.file {
            Some(file) => {
                file.seek(SeekFrom::Start(0))?;
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
            None => Box::new(nothing),
        };
        let mut held = self.held.as_slice();
        let mut from = from.as_mut().chain(&mut held);
        for _ in 0..self.rows {
            let row = (0..self.columns.len()).map(|_| read(&mut from));
            if !each(row.collect::<io::Result<_>>()?) {
                break;
            }
        }
        Ok(())
    }
}

impl Rows for Store {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        for value in row {
            write(&mut self.held, value);
        }
        self.rows += 1;
        if self.held.len() < HELD {
            return Ok(());
        }
        self.spill()
    }
}

/// Rows to their sink, and to a store.
pub(crate) struct Kept<'r> {
    pub(crate) rows: &'r mut dyn Rows,
    pub(crate) store: Option<&'r mut Store>,
}

impl Rows for Kept<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        if let Some(store) = &mut self.store {
            store.begin(columns)?;
        }
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        if let Some(store) = &mut self.store {
            store.row(row)?;
        }
        self.rows.row(row)
    }
}

/// Puts a value behind others, with what it is and where it ends.
pub(crate) fn write(out: &mut Vec<u8>, value: &ValueRef<'_>) {
    let mut put = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend_from_slice(bytes);
    };
    match *value {
        ValueRef::Null => put(0, &[]),
        ValueRef::Boolean(value) => put(1, &[value.into()]),
        ValueRef::Integer(value) => put(2, &value.to_le_bytes()),
        ValueRef::Decimal(value) => {
            put(3, &value.units().to_le_bytes());
            out.push(value.scale());
        }
        ValueRef::Real(value) => put(4, &value.to_le_bytes()),
        ValueRef::Double(value) => put(5, &value.to_le_bytes()),
        ValueRef::Date(value) => put(6, &value.0.to_le_bytes()),
        ValueRef::Time(value) => put(7, &value.0.to_le_bytes()),
        ValueRef::Timestamp(value) => put(8, &value.0.to_le_bytes()),
        ValueRef::TimestampTz(value) => put(9, &value.0.to_le_bytes()),
        ValueRef::Interval(value) => {
            put(10, &value.months.to_le_bytes());
            out.extend_from_slice(&value.days.to_le_bytes());
            out.extend_from_slice(&value.micros.to_le_bytes());
        }
        ValueRef::Uuid(bytes) => put(11, &bytes),
        ValueRef::Numeric(text) => put_long(out, 12, text.as_bytes()),
        ValueRef::Text(text) => put_long(out, 13, text.as_bytes()),
        ValueRef::Json(text) => put_long(out, 14, text.as_bytes()),
        ValueRef::Blob(bytes) => put_long(out, 15, bytes),
    }
}

fn put_long(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    out.extend_from_slice(&bytes.len().to_le_bytes());
    out.extend_from_slice(bytes);
}

fn read(from: &mut impl Read) -> io::Result<Value> {
    let [tag] = array(from)?;
    Ok(match tag {
        0 => Value::Null,
        1 => Value::Boolean(array(from)? == [1]),
        2 => Value::Integer(i64::from_le_bytes(array(from)?)),
        3 => {
            let units = i128::from_le_bytes(array(from)?);
            let [scale] = array(from)?;
            Value::Decimal(Decimal::new(units, scale).ok_or_else(broken)?)
        }
        4 => Value::Real(f32::from_le_bytes(array(from)?)),
        5 => Value::Double(f64::from_le_bytes(array(from)?)),
        6 => Value::Date(Date(i32::from_le_bytes(array(from)?))),
        7 => Value::Time(Time(i64::from_le_bytes(array(from)?))),
        8 => Value::Timestamp(Timestamp(i64::from_le_bytes(array(from)?))),
        9 => Value::TimestampTz(Timestamp(i64::from_le_bytes(array(from)?))),
        10 => Value::Interval(Interval {
            months: i32::from_le_bytes(array(from)?),
            days: i32::from_le_bytes(array(from)?),
            micros: i64::from_le_bytes(array(from)?),
        }),
        11 => Value::Uuid(array(from)?),
        12 => Value::Numeric(text(from)?),
        13 => Value::Text(text(from)?),
        14 => Value::Json(text(from)?),
        15 => Value::Blob(long(from)?),
        _ => return Err(broken()),
    })
}

fn array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn long(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from_le_bytes(array(from)?)];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(from: &mut impl Read) -> io::Result<String> {
    String::from_utf8(long(from)?).map_err(|_| broken())
}

/// Nobody but the store writes there.
fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the kept result is damaged")
}

#[cfg(test)]
mod tests {
    use super::Store;
    use crate::{Column, Date, Decimal, Interval, Kind, Rows, Time, Timestamp, Value, ValueRef};

    #[test]
    fn every_value_comes_back_from_memory_and_file() -> std::io::Result<()> {
        let long = "é".repeat(3_000);
        let row = [
            ValueRef::Null,
            ValueRef::Boolean(true),
            ValueRef::Integer(i64::MIN),
            Decimal::new(-7_500_000, 2).map_or(ValueRef::Null, ValueRef::Decimal),
            ValueRef::Numeric("NaN"),
            ValueRef::Real(1.5),
            ValueRef::Double(-0.1),
            ValueRef::Text(&long),
            ValueRef::Blob(&[0, 255]),
            ValueRef::Date(Date(-1)),
            ValueRef::Time(Time(1)),
            ValueRef::Timestamp(Timestamp(i64::MAX)),
            ValueRef::TimestampTz(Timestamp(2)),
            ValueRef::Interval(Interval {
                months: -1,
                days: 2,
                micros: 3,
            }),
            ValueRef::Uuid([7; 16]),
            ValueRef::Json("{}"),
        ];
        let column = Column::new("c", Kind::Any);
        for rows in [1, 1_000] {
            let mut store = Store::default();
            store.begin(&vec![column.clone(); row.len()])?;
            (0..rows).try_for_each(|_| store.row(&row))?;
            assert_eq!(store.file.is_some(), rows > 1);
            for _twice in 0..2 {
                let mut count = 0;
                store.each(&mut |back: Vec<Value>| {
                    count += 1;
                    back.iter().map(Value::as_ref).eq(row.iter().copied())
                })?;
                assert_eq!(count, rows);
            }
        }
        Ok(())
    }
}
