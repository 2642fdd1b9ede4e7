//! Running aggregates while rows pass from a backend to a sink, in memory bounded by the number of
//! partitions.

use crate::value::decimal::Decimal;
use crate::value::with_room;
use crate::{BackendError, Column, Rows, Value, ValueRef};
use core::cmp::Ordering;
use foldhash::fast::RandomState;
use rql::{Accumulation, Agg, Running, Source, Type};
use rql_ast::Span;
use std::collections::HashMap;
use std::io;

/// Rows of a feed in, rows of the result out.
pub(crate) struct Accumulator<'p, 'r> {
    plan: &'p Accumulation,
    columns: &'p [Column],
    rows: &'r mut dyn Rows,
    /// Each PARTITION BY once, however many aggregates share it.
    partitions: Vec<Partitions<'p>>,
    running: Vec<States>,
    /// The number of the row before, where the numbers must ascend.
    last: Option<i64>,
    /// What went wrong, and which running aggregate it was.
    pub(crate) problem: Option<(BackendError, Span)>,
}

impl<'p, 'r> Accumulator<'p, 'r> {
    pub(crate) fn new(
        plan: &'p Accumulation,
        columns: &'p [Column],
        rows: &'r mut dyn Rows,
    ) -> Self {
        let mut partitions: Vec<Partitions<'p>> = Vec::new();
        let running = plan.running.iter().map(|running| {
            let keys = running.partition.as_slice();
            let known = partitions.iter().position(|p| p.keys == keys);
            let within = known.unwrap_or_else(|| {
                partitions.push(Partitions::new(keys));
                partitions.len() - 1
            });
            States::new(running, within)
        });
        let running = running.collect();
        Self {
            plan,
            columns,
            rows,
            partitions,
            running,
            last: None,
            problem: None,
        }
    }
}

impl Accumulator<'_, '_> {
    /// Looks whether a row comes behind the one before, as its feed's text does not say.
    fn ascends(&mut self, number: Option<&ValueRef<'_>>) -> io::Result<()> {
        match number {
            Some(&ValueRef::Integer(number)) if self.last.is_none_or(|last| last < number) => {
                self.last = Some(number);
                Ok(())
            }
            _ => {
                let message = "SQLite does not give the rows of a table in the order of their numbers; \
                    PRAGMA reverse_unordered_selects may be on";
                let span = self.plan.running.first().map_or(Span::at(0), |r| r.span);
                Err(self.fail(message, "XX000", span))
            }
        }
    }

    #[cold]
    fn fail(&mut self, message: &str, sqlstate: &str, span: Span) -> io::Error {
        let error = BackendError {
            message: message.to_owned(),
            sqlstate: Some(sqlstate.into()),
            ..BackendError::default()
        };
        self.problem = Some((error, span));
        io::Error::other("a running aggregate failed")
    }
}

impl Rows for Accumulator<'_, '_> {
    fn begin(&mut self, _: &[Column]) -> io::Result<()> {
        self.rows.begin(self.columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        if let Some(at) = self.plan.ascending {
            self.ascends(row.get(at))?;
        }
        for partitions in &mut self.partitions {
            partitions.find(row);
        }
        for (states, running) in self.running.iter_mut().zip(&self.plan.running) {
            states.now = self.partitions[states.within].now;
            if let Err(message) = states.add(running, row) {
                return Err(self.fail(message, "22003", running.span));
            }
        }
        with_room(self.plan.sources.len(), |out| {
            for (cell, source) in out.iter_mut().zip(&self.plan.sources) {
                match *source {
                    // By itself: a copy of what is just written makes the processor wait.
                    Source::Feed(at) => match row.get(at) {
                        Some(ValueRef::Integer(value)) => *cell = ValueRef::Integer(*value),
                        other => *cell = other.copied().unwrap_or(ValueRef::Null),
                    },
                    Source::Running(at) => self.running[at].put(cell),
                }
            }
            self.rows.row(out)
        })
    }
}

/// Integers below this have their partition in a list.
const SMALL: i64 = 1 << 16;

/// The partitions of one PARTITION BY, numbered as they come.
struct Partitions<'p> {
    keys: &'p [usize],
    /// By a small integer, as most are: the number of its partition and one more, 0 for none.
    small: Vec<u32>,
    /// By another integer.
    integers: HashMap<i64, usize, RandomState>,
    /// By the bytes of any other key.
    others: HashMap<Vec<u8>, usize, RandomState>,
    key: Vec<u8>,
    /// How many there are.
    count: usize,
    /// That of the row at hand.
    now: usize,
}

impl<'p> Partitions<'p> {
    fn new(keys: &'p [usize]) -> Self {
        Self {
            keys,
            small: Vec::new(),
            integers: HashMap::default(),
            others: HashMap::default(),
            key: Vec::new(),
            count: usize::from(keys.is_empty()),
            now: 0,
        }
    }

    /// Finds the row's partition.
    fn find(&mut self, row: &[ValueRef<'_>]) {
        let value = |at: usize| row.get(at).unwrap_or(&ValueRef::Null);
        let single = match *self.keys {
            [] => return,
            [only] => value(only),
            _ => &ValueRef::Null,
        };
        self.now = match *single {
            // By place in a list, which costs less than a hash.
            ValueRef::Integer(key @ 0..SMALL) => match self.small.get(key as usize) {
                Some(&known @ 1..) => {
                    self.now = known as usize - 1;
                    return;
                }
                _ => self.small(key as usize),
            },
            ValueRef::Integer(key) => *self.integers.entry(key).or_insert(self.count),
            _ => self.other(row),
        };
        self.count = self.count.max(self.now + 1);
    }

    /// By the bytes of its key.
    #[inline(never)]
    fn other(&mut self, row: &[ValueRef<'_>]) -> usize {
        self.key.clear();
        for &at in self.keys {
            write_key(&mut self.key, *row.get(at).unwrap_or(&ValueRef::Null));
        }
        match self.others.get(&self.key) {
            Some(&at) => at,
            None => {
                self.others.insert(self.key.clone(), self.count);
                self.count
            }
        }
    }

    /// A small integer for the first time.
    #[cold]
    fn small(&mut self, key: usize) -> usize {
        if self.small.len() <= key {
            self.small.resize((key + 1).next_power_of_two(), 0);
        }
        match u32::try_from(self.count + 1) {
            Ok(next) => self.small[key] = next,
            // Beside so many others it is one of them.
            Err(_) => return *self.integers.entry(key as i64).or_insert(self.count),
        }
        self.count
    }
}

/// The states of one running aggregate, one for each partition.
struct States {
    /// Whose partitions they are.
    within: usize,
    /// That of the row at hand.
    now: usize,
    /// How many there are.
    count: usize,
    all: All,
}

/// The states side by side.
enum All {
    /// Sums of integers, for they are many; the result is BIGINT.
    Integers(Vec<Option<i64>>),
    Others {
        states: Vec<State>,
        empty: State,
    },
}

impl States {
    fn new(running: &Running, within: usize) -> Self {
        let sum = !matches!(running.func, Agg::Count | Agg::Min | Agg::Max | Agg::Avg);
        let all = match sum && running.ty.is_integer() {
            true => All::Integers(Vec::new()),
            false => All::Others {
                states: Vec::new(),
                empty: State::new(running.func, running.ty),
            },
        };
        Self {
            within,
            now: 0,
            count: 0,
            all,
        }
    }

    fn add(&mut self, running: &Running, row: &[ValueRef<'_>]) -> Result<(), &'static str> {
        if self.count <= self.now {
            self.grow();
        }
        let passes = |at| matches!(row.get(at), Some(ValueRef::Boolean(true)));
        if !running.filter.is_none_or(passes) {
            return Ok(());
        }
        let value = match running.argument {
            None => &ValueRef::Boolean(true),
            Some(at) => row.get(at).unwrap_or(&ValueRef::Null),
        };
        if matches!(value, ValueRef::Null) {
            return Ok(());
        }
        match (&mut self.all, value) {
            (All::Integers(sums), &ValueRef::Integer(value)) => {
                let sum = &mut sums[self.now];
                *sum = Some(sum.unwrap_or(0).checked_add(value).ok_or(BIGINT)?);
                Ok(())
            }
            (All::Integers(_), _) => Err("a running sum of integers met another value"),
            (All::Others { states, .. }, value) => states[self.now].add(value),
        }
    }

    /// Puts what the row at hand's partition has added up so far.
    fn put<'s>(&'s self, cell: &mut ValueRef<'s>) {
        match &self.all {
            // Each by itself, as above.
            All::Integers(sums) => match sums[self.now] {
                Some(sum) => *cell = ValueRef::Integer(sum),
                None => *cell = ValueRef::Null,
            },
            All::Others { states, .. } => *cell = states[self.now].value(),
        }
    }

    #[cold]
    fn grow(&mut self) {
        self.count = self.now + 1;
        match &mut self.all {
            All::Integers(sums) => sums.resize(self.count, None),
            All::Others { states, empty } => states.resize(self.count, empty.clone()),
        }
    }
}

/// Values that PARTITION BY takes for equal get the same bytes.
fn write_key(key: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut put = |tag: u8, bytes: &[u8]| {
        key.push(tag);
        key.extend_from_slice(&bytes.len().to_le_bytes());
        key.extend_from_slice(bytes);
    };
    match value {
        ValueRef::Null => put(0, &[]),
        ValueRef::Boolean(value) => put(1, &[value.into()]),
        ValueRef::Integer(value) => put(2, &value.to_le_bytes()),
        ValueRef::Decimal(value) => put(3, &value.sort_key()),
        ValueRef::Real(value) => put(4, &double_key(value.into())),
        ValueRef::Double(value) => put(4, &double_key(value)),
        ValueRef::Text(text) | ValueRef::Numeric(text) | ValueRef::Json(text) => {
            put(5, text.as_bytes());
        }
        ValueRef::Blob(bytes) => put(6, bytes),
        ValueRef::Uuid(bytes) => put(7, &bytes),
        other => put(8, other.to_string().as_bytes()),
    }
}

/// Minus zero is zero, and every NaN is one.
fn double_key(value: f64) -> [u8; 8] {
    let value = if value == 0.0 {
        0.0
    } else if value.is_nan() {
        f64::NAN
    } else {
        value
    };
    value.to_bits().to_le_bytes()
}

/// What one partition has added up so far.
#[derive(Clone, Debug)]
enum State {
    Count(i64),
    /// Exact, at the scale of the values, while 64 bits hold it.
    Units {
        sum: i64,
        scale: u8,
    },
    /// The same, before the first value and with more digits. Boxed as what is large: many small states
    /// stay near each other.
    Sum(Option<Box<Decimal>>),
    Reals(Option<f32>),
    Doubles(Option<f64>),
    Average(Box<Average>),
    DoubleAverage {
        sum: f64,
        count: i64,
    },
    /// The smallest (or largest) value.
    Extreme(Box<Extreme>),
}

#[derive(Clone, Debug)]
struct Average {
    sum: Decimal,
    count: i64,
    now: Option<Decimal>,
}

#[derive(Clone, Debug)]
struct Extreme {
    best: Option<Value>,
    wanted: Ordering,
}

const BIGINT: &str = "bigint out of range";
const NUMERIC: &str = "the result needs more digits than the 38 of a decimal here";

impl State {
    fn new(func: Agg, ty: Type) -> Self {
        match (func, ty) {
            (Agg::Count, _) => Self::Count(0),
            (Agg::Min, _) => Self::extreme(Ordering::Less),
            (Agg::Max, _) => Self::extreme(Ordering::Greater),
            (Agg::Avg, ty) if ty.is_float() => Self::DoubleAverage { sum: 0.0, count: 0 },
            (Agg::Avg, _) => Self::Average(Box::new(Average {
                sum: Decimal::ZERO,
                count: 0,
                now: None,
            })),
            (_, Type::Real) => Self::Reals(None),
            (_, Type::Double) => Self::Doubles(None),
            _ => Self::Sum(None),
        }
    }

    fn extreme(wanted: Ordering) -> Self {
        Self::Extreme(Box::new(Extreme { best: None, wanted }))
    }

    #[inline(never)]
    fn add(&mut self, value: &ValueRef<'_>) -> Result<(), &'static str> {
        match self {
            Self::Count(count) => *count += 1,
            Self::Units { sum, scale } => {
                let value = decimal(*value)?;
                let same = (value.scale() == *scale).then(|| i64::try_from(value.units()).ok());
                match same.flatten().and_then(|units| sum.checked_add(units)) {
                    Some(units) => *sum = units,
                    None => {
                        let sum = Decimal::new((*sum).into(), *scale);
                        let sum = sum.and_then(|sum| sum.checked_add(value)).ok_or(NUMERIC)?;
                        *self = Self::Sum(Some(Box::new(sum)));
                    }
                }
            }
            Self::Sum(Some(sum)) => **sum = sum.checked_add(decimal(*value)?).ok_or(NUMERIC)?,
            Self::Sum(None) => {
                let value = decimal(*value)?;
                *self = match i64::try_from(value.units()) {
                    Ok(sum) => Self::Units {
                        sum,
                        scale: value.scale(),
                    },
                    Err(_) => Self::Sum(Some(Box::new(value))),
                };
            }
            Self::Reals(sum) => {
                // One after the other in single precision, as PostgreSQL's float4pl.
                let value = double(*value)? as f32;
                *sum = Some(sum.map_or(value, |sum| sum + value));
            }
            Self::Doubles(sum) => {
                let value = double(*value)?;
                *sum = Some(sum.map_or(value, |sum| sum + value));
            }
            Self::Average(average) => {
                let Average { sum, count, now } = &mut **average;
                *sum = sum.checked_add(decimal(*value)?).ok_or(NUMERIC)?;
                *count += 1;
                let count = Decimal::new((*count).into(), 0).ok_or(NUMERIC)?;
                *now = Some(sum.checked_div(count).ok_or(NUMERIC)?);
            }
            Self::DoubleAverage { sum, count } => {
                *sum += double(*value)?;
                *count += 1;
            }
            Self::Extreme(extreme) => {
                let Extreme { best, wanted } = &mut **extreme;
                let better = match best {
                    None => true,
                    Some(best) => compare(*value, best.as_ref())? == *wanted,
                };
                if better {
                    *best = Some(value.to_owned());
                }
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn value(&self) -> ValueRef<'_> {
        match self {
            Self::Count(count) => ValueRef::Integer(*count),
            Self::Units { sum, scale } => {
                Decimal::new((*sum).into(), *scale).map_or(ValueRef::Null, ValueRef::Decimal)
            }
            Self::Sum(sum) => sum
                .as_deref()
                .map_or(ValueRef::Null, |sum| ValueRef::Decimal(*sum)),
            Self::Average(average) => average.now.map_or(ValueRef::Null, ValueRef::Decimal),
            Self::Reals(sum) => sum.map_or(ValueRef::Null, ValueRef::Real),
            Self::Doubles(sum) => sum.map_or(ValueRef::Null, ValueRef::Double),
            Self::DoubleAverage { count: 0, .. } => ValueRef::Null,
            Self::DoubleAverage { sum, count } => ValueRef::Double(sum / *count as f64),
            Self::Extreme(extreme) => {
                let best = extreme.best.as_ref();
                best.map_or(ValueRef::Null, Value::as_ref)
            }
        }
    }
}

fn decimal(value: ValueRef<'_>) -> Result<Decimal, &'static str> {
    match value {
        ValueRef::Decimal(value) => Ok(value),
        ValueRef::Integer(value) => Decimal::new(value.into(), 0).ok_or(NUMERIC),
        ValueRef::Numeric(text) => text.parse().map_err(|_| NUMERIC),
        _ => Err("a running sum of decimals met another value"),
    }
}

fn double(value: ValueRef<'_>) -> Result<f64, &'static str> {
    match value {
        ValueRef::Double(value) => Ok(value),
        ValueRef::Real(value) => Ok(value.into()),
        ValueRef::Integer(value) => Ok(value as f64),
        _ => Err("a running sum of floating-point numbers met another value"),
    }
}

/// Which of two values of one type is larger; NaN is larger than every number, text compares by its
/// bytes, as PostgreSQL has it in the collation C.
fn compare(a: ValueRef<'_>, b: ValueRef<'_>) -> Result<Ordering, &'static str> {
    use ValueRef as V;
    let floats = |a: f64, b: f64| match (a.is_nan(), b.is_nan()) {
        (false, false) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (a, b) => a.cmp(&b),
    };
    Ok(match (a, b) {
        (V::Boolean(a), V::Boolean(b)) => a.cmp(&b),
        (V::Integer(a), V::Integer(b)) => a.cmp(&b),
        (V::Decimal(a), V::Decimal(b)) => a.compare(b).ok_or(NUMERIC)?,
        (V::Real(a), V::Real(b)) => floats(a.into(), b.into()),
        (V::Double(a), V::Double(b)) => floats(a, b),
        (V::Text(a), V::Text(b)) => a.cmp(b),
        (V::Blob(a), V::Blob(b)) => a.cmp(b),
        (V::Date(a), V::Date(b)) => a.cmp(&b),
        (V::Time(a), V::Time(b)) => a.cmp(&b),
        (V::Timestamp(a), V::Timestamp(b)) | (V::TimestampTz(a), V::TimestampTz(b)) => a.cmp(&b),
        (V::Uuid(a), V::Uuid(b)) => a.cmp(&b),
        (a @ (V::Numeric(_) | V::Integer(_) | V::Decimal(_)), b) => {
            decimal(a)?.compare(decimal(b)?).ok_or(NUMERIC)?
        }
        _ => return Err("values of these types have no order here"),
    })
}
