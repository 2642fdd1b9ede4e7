//! A result that is kept: in memory up to a bound, beyond it in a temporary file without a name, which
//! ends with the store. Any thread may read while rows still come, and says how many it wants.

use crate::value::Value;
use crate::{Column, Date, Decimal, Interval, Rows, Time, Timestamp, ValueRef};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What is held in memory before it goes to the file.
const HELD: usize = 1 << 20;
/// Of so many rows one has its place written down.
const STRIDE: u64 = 64;

/// Rows, one after the other, each value with what it is. Clones are the same rows.
#[derive(Clone, Debug, Default)]
pub struct Store(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    columns: Arc<[Column]>,
    rows: u64,
    /// The bytes that are not in the file yet, the file and its length.
    held: Vec<u8>,
    file: Option<File>,
    filed: u64,
    /// Where each row of a number that STRIDE divides begins.
    marks: Vec<u64>,
    /// Whoever gives the rows waits behind so many; without a number it never does.
    wanted: Option<u64>,
    /// So many want all of them, whatever the number says.
    whole: usize,
    /// No more rows are wanted.
    enough: bool,
    waiting: bool,
    ended: bool,
    /// There would be more: whoever gave them has failed.
    broken: bool,
}

/// How far the rows have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many there are.
    pub rows: u64,
    /// No more come.
    pub ended: bool,
    /// They are not all: more were not wanted, or could not be had.
    pub cut: bool,
    /// More come when they are wanted.
    pub waiting: bool,
}

impl State {
    /// Whoever gives the rows has nothing to do.
    fn idles(&self) -> bool {
        let full = self.wanted.is_some_and(|wanted| wanted <= self.rows);
        full && self.whole == 0 && !self.enough
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.seek(SeekFrom::Start(self.filed))?;
        file.write_all(&self.held)?;
        self.filed += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }

    fn push(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        if self.rows.is_multiple_of(STRIDE) {
            self.marks.push(self.filed + self.held.len() as u64);
        }
        for value in row {
            write(&mut self.held, value);
        }
        self.rows += 1;
        if self.held.len() < HELD {
            return Ok(());
        }
        self.spill()
    }

    /// The bytes from a place on.
    fn bytes(&self, from: u64) -> io::Result<Box<dyn Read + '_>> {
        let skipped = usize::try_from(from.saturating_sub(self.filed)).unwrap_or(usize::MAX);
        let held = self.held.get(skipped..).unwrap_or(&[]);
        match &self.file {
            Some(file) if from < self.filed => {
                let mut file = file;
                file.seek(SeekFrom::Start(from))?;
                let filed = file.take(self.filed - from);
                Ok(Box::new(
                    BufReader::with_capacity(1 << 16, filed).chain(held),
                ))
            }
            _ => Ok(Box::new(held)),
        }
    }

    fn read(&self, from: u64, count: usize) -> io::Result<Vec<Vec<Value>>> {
        let most = usize::try_from(self.rows.saturating_sub(from)).unwrap_or(usize::MAX);
        let count = count.min(most);
        let near = usize::try_from(from / STRIDE).unwrap_or(usize::MAX);
        let (Some(&mark), true) = (self.marks.get(near), count > 0) else {
            return Ok(Vec::new());
        };
        let mut bytes = self.bytes(mark)?;
        let mut row = || {
            let values = (0..self.columns.len()).map(|_| read(&mut bytes));
            values.collect::<io::Result<Vec<Value>>>()
        };
        for _ in 0..from % STRIDE {
            row()?;
        }
        (0..count).map(|_| row()).collect()
    }
}

impl Store {
    /// A value is whole even where a thread that held it has panicked.
    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.0.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let state = self.0.changed.wait(state);
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// The columns, as the result had them.
    #[must_use]
    pub fn columns(&self) -> Arc<[Column]> {
        Arc::clone(&self.state().columns)
    }

    /// How far the rows have come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let state = self.state();
        Progress {
            rows: state.rows,
            ended: state.ended,
            cut: state.enough || state.broken,
            waiting: state.waiting,
        }
    }

    /// Some rows, as far as they have come.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(&self, from: u64, count: usize) -> io::Result<Vec<Vec<Value>>> {
        self.state().read(from, count)
    }

    /// Whoever gives the rows waits behind so many until more are wanted; `None`: it goes on.
    pub fn want(&self, rows: Option<u64>) {
        self.rouse(|state| state.wanted = rows);
    }

    /// All rows are wanted as long as what this gives is kept.
    #[must_use]
    pub fn whole(&self) -> Whole<'_> {
        self.rouse(|state| state.whole += 1);
        Whole(self)
    }

    /// Whoever waits and is to go on waits no more from now, not from when it has noticed.
    fn rouse(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.waiting &= state.idles();
        self.0.changed.notify_all();
    }

    /// No more rows are wanted; true where whoever gives them waits, and so ends without an error.
    pub fn enough(&self) -> bool {
        let mut state = self.state();
        state.enough |= !state.ended;
        self.0.changed.notify_all();
        state.waiting
    }

    /// Waits until there is such a row, or no more come; true where there is one.
    #[must_use]
    pub fn reaches(&self, row: u64) -> bool {
        let mut state = self.state();
        while state.rows <= row && !state.ended {
            state = self.wait(state);
        }
        state.rows > row
    }

    /// How many bytes the rows take.
    pub(crate) fn bytes(&self) -> u64 {
        let state = self.state();
        state.filed + state.held.len() as u64
    }

    /// No more rows come.
    pub(crate) fn end(&self) {
        self.state().ended = true;
        self.0.changed.notify_all();
    }

    /// No more rows come, though there would be more.
    pub(crate) fn break_off(&self) {
        self.state().broken = true;
        self.end();
    }

    /// True where it was cut off: there were more rows than wanted.
    pub(crate) fn is_cut(&self) -> bool {
        self.state().enough
    }

    /// Gives the rows, first to last, until `each` says no.
    pub(crate) fn each(&mut self, each: &mut dyn FnMut(Vec<Value>) -> bool) -> io::Result<()> {
        let state = self.state();
        let mut from = state.bytes(0)?;
        for _ in 0..state.rows {
            let row = (0..state.columns.len()).map(|_| read(&mut from));
            if !each(row.collect::<io::Result<_>>()?) {
                break;
            }
        }
        Ok(())
    }
}

/// All rows of a store are wanted until it is dropped.
#[derive(Debug)]
pub struct Whole<'s>(&'s Store);

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        self.0.rouse(|state| state.whole -= 1);
    }
}

impl Rows for Store {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.state().columns = columns.into();
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        let mut state = self.state();
        state.push(row)?;
        if state.rows == 1 || state.rows.is_multiple_of(STRIDE) {
            self.0.changed.notify_all();
        }
        while state.idles() {
            state.waiting = true;
            self.0.changed.notify_all();
            state = self.wait(state);
        }
        state.waiting = false;
        match state.enough {
            false => Ok(()),
            true => Err(io::Error::other("no more rows are wanted")),
        }
    }
}

/// Rows to their sink, and to a store.
pub(crate) struct Kept<'r> {
    pub(crate) rows: &'r mut dyn Rows,
    pub(crate) store: &'r mut Store,
}

impl Rows for Kept<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.store.begin(columns)?;
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.store.row(row)?;
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
            assert_eq!(store.state().file.is_some(), rows > 1);
            for _twice in 0..2 {
                let mut count = 0;
                store.each(&mut |back: Vec<Value>| {
                    count += 1;
                    back.iter().map(Value::as_ref).eq(row.iter().copied())
                })?;
                assert_eq!(count, rows);
            }
            let rows = rows.try_into().unwrap_or(u64::MAX);
            for from in [0, 1, 63, 64, 65, 700, 999, 1_000] {
                let some = store.read(from, 3)?;
                assert_eq!(some.len() as u64, rows.saturating_sub(from).min(3));
                let same = |values: &Vec<Value>| values.iter().map(Value::as_ref).eq(row);
                assert!(some.iter().all(same));
            }
        }
        Ok(())
    }

    #[test]
    fn rows_come_as_far_as_they_are_wanted() {
        let store = Store::default();
        store.want(Some(2));
        let mut to = store.clone();
        let giver = std::thread::spawn(move || {
            let given = (0..10).map(|value| to.row(&[ValueRef::Integer(value)]).is_ok());
            let given = given.take_while(|taken| *taken).count();
            to.end();
            given
        });
        assert!(store.reaches(1));
        store.want(Some(5));
        assert!(store.reaches(4));
        while !store.progress().waiting {
            std::thread::yield_now();
        }
        // Whoever wants all gets more than the others ask for.
        let whole = store.whole();
        assert!(!store.progress().waiting);
        store.want(Some(6));
        assert!(store.reaches(7));
        drop(whole);
        store.want(Some(6));
        while !store.progress().waiting && !store.progress().ended {
            std::thread::yield_now();
        }
        store.enough();
        assert!(giver.join().is_ok());
        let progress = store.progress();
        assert!(progress.ended && progress.rows >= 8);
    }
}
