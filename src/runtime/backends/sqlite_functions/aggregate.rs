//! Aggregates that SQLite does not have, or has for floating-point numbers only.

use super::turning::{Extreme, Growing, Turning};
use super::{Cell, Given, TOO_LARGE, number, real, text};
use crate::value::squares::LongSquares;
use crate::{Decimal, Interval};
use core::cmp::Ordering;
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::ValueRef as Arg;
use rusqlite::{Connection, Error, Result};

#[cfg(test)]
pub(super) const NAMES: &[&str] = &[
    "rql_single",
    "rql_int_sum",
    "rql_json_agg",
    "rql_json_object_agg",
    "rql_num_sum",
    "rql_num_min",
    "rql_num_max",
    "rql_bit_and",
    "rql_bit_or",
    "rql_bit_xor",
    "rql_stddev_samp",
    "rql_stddev_pop",
    "rql_var_samp",
    "rql_var_pop",
    "rql_num_stddev_samp",
    "rql_num_stddev_pop",
    "rql_num_var_samp",
    "rql_num_var_pop",
    "rql_corr",
    "rql_covar_pop",
    "rql_covar_samp",
    "rql_regr_avgx",
    "rql_regr_avgy",
    "rql_regr_count",
    "rql_regr_intercept",
    "rql_regr_r2",
    "rql_regr_slope",
    "rql_regr_sxx",
    "rql_regr_sxy",
    "rql_regr_syy",
    "rql_percentile_cont",
    "rql_percentile_disc",
    "rql_mode",
    "rql_array_agg",
    "rql_string_agg",
    "rql_interval_sum",
    "rql_interval_avg",
    "rql_interval_min",
    "rql_interval_max",
    "rql_array_min",
    "rql_array_max",
];

pub(super) fn register(db: &Connection, flags: FunctionFlags) -> Result<()> {
    db.create_aggregate_function("rql_single", 1, flags, Single)?;
    db.create_window_function("rql_int_sum", 1, flags, int_sum())?;
    db.create_window_function("rql_num_sum", 1, flags, num_sum())?;
    for (name, sample, root) in [
        ("stddev_samp", true, true),
        ("stddev_pop", false, true),
        ("var_samp", true, false),
        ("var_pop", false, false),
    ] {
        let spread = Growing {
            read: |row| read(row, real),
            come: Spread::come,
            value: move |spread: &Spread| Ok(spread.value(sample, root)),
        };
        db.create_window_function(format!("rql_{name}").as_str(), 1, flags, spread)?;
        let exact = Turning {
            read: |row| read(row, number::decimal),
            come: Exact::come,
            leave: Exact::leave,
            value: move |exact: &Exact| exact.value(sample, root),
        };
        db.create_window_function(format!("rql_num_{name}").as_str(), 1, flags, exact)?;
    }
    for (name, wanted) in [("min", Ordering::Less), ("max", Ordering::Greater)] {
        let number = Extreme {
            read: |row| read(row, number::decimal),
            compare: |a: &Decimal, b| a.compare(*b),
            wanted,
            show: |best| text(best.to_string()),
            wrong: TOO_LARGE,
        };
        db.create_window_function(format!("rql_num_{name}").as_str(), 1, flags, number)?;
        let interval = Extreme {
            read: |row| read(row, interval),
            compare: |a: &Interval, b| Some(a.sort_key().cmp(&b.sort_key())),
            wanted,
            show: |best| text(best.to_string()),
            wrong: OUT_OF_RANGE,
        };
        db.create_window_function(format!("rql_interval_{name}").as_str(), 1, flags, interval)?;
        let array = Extreme {
            read: sorted_array,
            compare: |a: &(Vec<u8>, String), b| Some(a.0.cmp(&b.0)),
            wanted,
            show: |best| text(best.1.as_str()),
            wrong: "",
        };
        db.create_window_function(format!("rql_array_{name}").as_str(), 2, flags, array)?;
    }
    for (name, mean) in [("rql_interval_sum", false), ("rql_interval_avg", true)] {
        let spans = Turning {
            read: |row| read(row, interval),
            come: Spans::come,
            leave: Spans::leave,
            value: move |spans: &Spans| spans.value(mean),
        };
        db.create_window_function(name, 1, flags, spans)?;
    }
    type Bits = fn(&mut Option<i64>, i64);
    let bits: [(&str, Bits); 3] = [
        ("rql_bit_and", |now, x| {
            *now = Some(now.map_or(x, |y| x & y))
        }),
        ("rql_bit_or", |now, x| *now = Some(now.map_or(x, |y| x | y))),
        ("rql_bit_xor", |now, x| {
            *now = Some(now.map_or(x, |y| x ^ y))
        }),
    ];
    for (name, come) in bits {
        let value = |now: &Option<i64>| Ok(now.map_or(Cell::Null, Cell::Integer));
        let bits = Growing {
            read: |row| read(row, integer),
            come,
            value,
        };
        db.create_window_function(name, 1, flags, bits)?;
    }
    type Of = fn(&Pair) -> Option<f64>;
    let pairs: [(&str, Of); 11] = [
        ("rql_corr", Pair::corr),
        ("rql_covar_pop", |p| p.over(p.sxy, p.n)),
        ("rql_covar_samp", |p| p.over(p.sxy, p.n - 1.0)),
        ("rql_regr_avgx", |p| p.over(p.sx, p.n)),
        ("rql_regr_avgy", |p| p.over(p.sy, p.n)),
        ("rql_regr_intercept", |p| {
            p.over(p.sy - p.sx * p.sxy / p.sxx, p.n)
                .filter(|_| p.sxx != 0.0)
        }),
        ("rql_regr_r2", Pair::r2),
        ("rql_regr_slope", |p| p.over(p.sxy, p.sxx)),
        ("rql_regr_sxx", |p| Some(p.sxx)),
        ("rql_regr_sxy", |p| Some(p.sxy)),
        ("rql_regr_syy", |p| Some(p.syy)),
    ];
    for (name, of) in pairs {
        let value = move |p: &Pair| {
            let value = of(p).filter(|_| p.n > 0.0);
            Ok(value.map_or(Cell::Null, Cell::Real))
        };
        db.create_window_function(name, 2, flags, pair(value))?;
    }
    let count = pair(|p: &Pair| Ok(Cell::Integer(p.n as i64)));
    db.create_window_function("rql_regr_count", 2, flags, count)?;
    // What these give is of all values, so they keep them.
    db.create_window_function("rql_json_agg", 2, flags, Kept(super::json::collected))?;
    db.create_window_function("rql_json_object_agg", 2, flags, Kept(super::json::named))?;
    db.create_window_function("rql_array_agg", 1, flags, Kept(array_agg))?;
    db.create_window_function("rql_string_agg", 2, flags, Kept(string_agg))?;
    db.create_window_function("rql_percentile_cont", 3, flags, Kept(percentile_cont))?;
    db.create_window_function("rql_percentile_disc", 3, flags, Kept(percentile_disc))?;
    db.create_window_function("rql_mode", 2, flags, Kept(mode))
}

/// What is made of the rows, NULLs included.
type Finish = fn(&[Vec<Cell>]) -> core::result::Result<Cell, String>;

/// An aggregate that keeps its rows until the end, so that rows can leave a frame again.
struct Kept(Finish);

impl Kept {
    fn row(context: &Context<'_>) -> Vec<Cell> {
        let cells = (0..context.len()).map(|at| context.get_raw(at).try_into());
        cells.map(|cell| cell.unwrap_or(Cell::Null)).collect()
    }

    fn done(&self, rows: &[Vec<Cell>]) -> Result<Cell> {
        (self.0)(rows).map_err(|message| Error::UserFunctionError(message.into()))
    }
}

impl Aggregate<Vec<Vec<Cell>>, Cell> for Kept {
    fn init(&self, _: &mut Context<'_>) -> Result<Vec<Vec<Cell>>> {
        Ok(Vec::new())
    }

    fn step(&self, context: &mut Context<'_>, rows: &mut Vec<Vec<Cell>>) -> Result<()> {
        rows.push(Self::row(context));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, rows: Option<Vec<Vec<Cell>>>) -> Result<Cell> {
        self.done(&rows.unwrap_or_default())
    }
}

impl WindowAggregate<Vec<Vec<Cell>>, Cell> for Kept {
    fn value(&self, rows: Option<&mut Vec<Vec<Cell>>>) -> Result<Cell> {
        self.done(rows.map_or(&[], |rows| rows.as_slice()))
    }

    fn inverse(&self, context: &mut Context<'_>, rows: &mut Vec<Vec<Cell>>) -> Result<()> {
        let leaving = Self::row(context);
        if let Some(at) = rows.iter().position(|row| *row == leaving) {
            rows.remove(at);
        }
        Ok(())
    }
}

fn arg(cell: &Cell) -> Arg<'_> {
    cell.into()
}

fn values(rows: &[Vec<Cell>]) -> impl Iterator<Item = &Cell> {
    rows.iter()
        .filter_map(|row| row.first())
        .filter(|cell| **cell != Cell::Null)
}

type Told<T> = core::result::Result<T, String>;

const OUT_OF_RANGE: &str = "interval out of range";

/// The argument of a row as what it is read by; nothing of NULL.
fn read<V>(row: &Context<'_>, by: fn(Arg<'_>) -> Told<V>) -> Told<Option<V>> {
    match row.get_raw(0) {
        Arg::Null => Ok(None),
        value => by(value).map(Some),
    }
}

/// An array, by the key that it sorts by.
fn sorted_array(row: &Context<'_>) -> Told<Option<(Vec<u8>, String)>> {
    match (row.get_raw(0), row.get_raw(1)) {
        (Arg::Text(array), Arg::Text(form)) => {
            let (array, form) = (super::utf8(array)?, super::utf8(form)?);
            Ok(Some((super::array::key(array, form)?, array.to_owned())))
        }
        _ => Ok(None),
    }
}

fn integer(value: Arg<'_>) -> Told<i64> {
    let wrong = |_| "invalid input syntax for type bigint".to_owned();
    value.as_i64().map_err(wrong)
}

fn interval(value: Arg<'_>) -> Told<Interval> {
    let wrong = |_| "invalid input syntax for type interval".to_owned();
    super::moment::interval(value.as_str().map_err(wrong)?)
}

/// A sum of integers, which may leave 64 bits, and how many there are.
type Whole = (i128, u64);

fn int_sum() -> Turning<i64, Whole, impl Fn(&Whole) -> Given> {
    // More rows than a database holds would be needed to leave 128 bits.
    Turning {
        read: |row| read(row, integer),
        come: |(sum, count), value| {
            (*sum, *count) = (sum.saturating_add(value.into()), *count + 1);
            Ok(())
        },
        leave: |(sum, count), value| {
            (*sum, *count) = (sum.saturating_sub(value.into()), count.saturating_sub(1));
            Ok(())
        },
        value: |&(sum, count): &Whole| match count {
            0 => Ok(Cell::Null),
            _ => Ok(text(sum.to_string())),
        },
    }
}

fn num_sum() -> Turning<Decimal, Sum, impl Fn(&Sum) -> Given> {
    Turning {
        read: |row| read(row, number::decimal),
        come: Sum::come,
        leave: Sum::leave,
        value: |sum: &Sum| Ok(sum.total.map_or(Cell::Null, |sum| text(sum.to_string()))),
    }
}

/// A sum of decimals, with the most digits behind the point that one of them has.
#[derive(Default)]
struct Sum {
    total: Option<Decimal>,
    /// How many there are of each scale.
    scales: Vec<u64>,
}

impl Sum {
    fn come(&mut self, value: Decimal) -> Told<()> {
        let scale = usize::from(value.scale());
        if self.scales.len() <= scale {
            self.scales.resize(scale + 1, 0);
        }
        self.scales[scale] += 1;
        let sum = self.total.map_or(Some(value), |sum| sum.checked_add(value));
        self.total = Some(sum.ok_or(TOO_LARGE)?);
        Ok(())
    }

    fn leave(&mut self, value: Decimal) -> Told<()> {
        if let Some(count) = self.scales.get_mut(usize::from(value.scale())) {
            *count = count.saturating_sub(1);
        }
        while self.scales.last() == Some(&0) {
            self.scales.pop();
        }
        let scale = self.scale();
        let less = |sum: Decimal| sum.checked_sub(value)?.rescale(scale?);
        self.total = match (self.total, scale) {
            (Some(sum), Some(_)) => Some(less(sum).ok_or(TOO_LARGE)?),
            _ => None,
        };
        Ok(())
    }

    /// The most digits behind the point; `None` where there is no value.
    fn scale(&self) -> Option<u8> {
        u8::try_from(self.scales.len().checked_sub(1)?).ok()
    }

    fn count(&self) -> i128 {
        self.scales.iter().map(|&count| i128::from(count)).sum()
    }
}

/// Sums of squared distances as they grow (Youngs and Cramer), as PostgreSQL keeps them.
#[derive(Default)]
struct Spread {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    fn come(&mut self, x: f64) {
        self.n += 1.0;
        self.sum += x;
        if self.n > 1.0 {
            let distance = x * self.n - self.sum;
            self.squares += distance * distance / (self.n * (self.n - 1.0));
        }
    }

    fn value(&self, sample: bool, root: bool) -> Cell {
        let divisor = if sample { self.n - 1.0 } else { self.n };
        let variance = self.squares / divisor;
        match (divisor > 0.0, root) {
            (false, _) => Cell::Null,
            (true, true) => Cell::Real(variance.sqrt()),
            (true, false) => Cell::Real(variance),
        }
    }
}

/// Exactly, of decimals: `(n Σx² − (Σx)²) / (n (n − 1))`.
#[derive(Default)]
struct Exact {
    sum: Sum,
    squares: Squares,
}

/// The squares' sum, which may need more digits than the values.
enum Squares {
    Short(Decimal),
    Long(Box<LongSquares>),
}

impl Default for Squares {
    fn default() -> Self {
        Self::Short(Decimal::ZERO)
    }
}

impl Squares {
    fn add(&mut self, value: Decimal) {
        let more = |sum: Decimal| sum.checked_add(value.checked_mul(value)?);
        self.change(more, |long| long.add(value));
    }

    /// The sum of those that are left has the scale of them.
    fn sub(&mut self, value: Decimal, scale: u8) {
        let less = |sum: Decimal| {
            let left = sum.checked_sub(value.checked_mul(value)?)?;
            left.rescale(scale.checked_mul(2)?)
        };
        self.change(less, |long| long.sub(value));
    }

    fn change(
        &mut self,
        short: impl FnOnce(Decimal) -> Option<Decimal>,
        long: impl FnOnce(&mut LongSquares),
    ) {
        match self {
            Self::Long(squares) => long(squares),
            Self::Short(sum) => match short(*sum) {
                Some(changed) => *sum = changed,
                None => {
                    let mut squares = LongSquares::of(*sum);
                    long(&mut squares);
                    *self = Self::Long(Box::new(squares));
                }
            },
        }
    }
}

impl Exact {
    fn come(&mut self, value: Decimal) -> Told<()> {
        self.squares.add(value);
        self.sum.come(value)
    }

    fn leave(&mut self, value: Decimal) -> Told<()> {
        self.sum.leave(value)?;
        match self.sum.scale() {
            Some(scale) => self.squares.sub(value, scale),
            None => self.squares = Squares::default(),
        }
        Ok(())
    }

    fn value(&self, sample: bool, root: bool) -> Given {
        let n = self.sum.count();
        let Some(sum) = self.sum.total.filter(|_| n > i128::from(sample)) else {
            return Ok(Cell::Null);
        };
        let short = |squares: Decimal| -> Option<Decimal> {
            let whole = |units| Decimal::new(units, 0);
            let distance = whole(n)?
                .checked_mul(squares)?
                .checked_sub(sum.checked_mul(sum)?)?;
            if distance.units() <= 0 {
                return whole(0);
            }
            let divisor = whole(n)?.checked_mul(whole(n - i128::from(sample))?)?;
            let variance = distance.checked_div(divisor)?;
            match root {
                true => variance.sqrt(),
                false => Some(variance),
            }
        };
        let shown = match &self.squares {
            Squares::Long(long) => long.variance(n, sum, sample, root),
            &Squares::Short(squares) => match short(squares) {
                Some(value) => Some(value.to_string()),
                None => LongSquares::of(squares).variance(n, sum, sample, root),
            },
        };
        Ok(text(shown.ok_or(TOO_LARGE)?))
    }
}

/// Sums over pairs of which neither is NULL.
#[derive(Default)]
struct Pair {
    n: f64,
    sx: f64,
    sy: f64,
    sxx: f64,
    syy: f64,
    sxy: f64,
}

/// An aggregate of pairs `(y, x)`.
fn pair<F: Fn(&Pair) -> Given>(value: F) -> Growing<(f64, f64), Pair, F> {
    Growing {
        read: |row| match (row.get_raw(0), row.get_raw(1)) {
            (Arg::Null, _) | (_, Arg::Null) => Ok(None),
            (y, x) => Ok(Some((real(y)?, real(x)?))),
        },
        come: Pair::come,
        value,
    }
}

impl Pair {
    fn come(&mut self, (y, x): (f64, f64)) {
        self.n += 1.0;
        self.sx += x;
        self.sy += y;
        let n = self.n;
        if n > 1.0 {
            let (dx, dy) = (x * n - self.sx, y * n - self.sy);
            let scale = 1.0 / (n * (n - 1.0));
            self.sxx += dx * dx * scale;
            self.syy += dy * dy * scale;
            self.sxy += dx * dy * scale;
        }
    }

    fn over(&self, value: f64, divisor: f64) -> Option<f64> {
        (divisor > 0.0).then(|| value / divisor)
    }

    fn corr(&self) -> Option<f64> {
        let both = self.sxx != 0.0 && self.syy != 0.0;
        both.then(|| self.sxy / (self.sxx * self.syy).sqrt())
    }

    fn r2(&self) -> Option<f64> {
        if self.sxx == 0.0 {
            return None;
        }
        if self.syy == 0.0 {
            return Some(1.0);
        }
        Some(self.sxy * self.sxy / (self.sxx * self.syy))
    }
}

/// A sum of intervals, and how many there are.
#[derive(Default)]
struct Spans {
    sum: Interval,
    count: u64,
}

impl Spans {
    fn come(&mut self, value: Interval) -> Told<()> {
        self.sum = self.sum.checked_add(value).ok_or(OUT_OF_RANGE)?;
        self.count += 1;
        Ok(())
    }

    fn leave(&mut self, value: Interval) -> Told<()> {
        let less = value
            .negated()
            .and_then(|value| self.sum.checked_add(value));
        self.sum = less.ok_or(OUT_OF_RANGE)?;
        self.count = self.count.saturating_sub(1);
        Ok(())
    }

    fn value(&self, mean: bool) -> Given {
        let value = match (self.count, mean) {
            (0, _) => return Ok(Cell::Null),
            (_, false) => Some(self.sum),
            (count, true) => self.sum.divided(count as f64),
        };
        Ok(text(value.ok_or(OUT_OF_RANGE)?.to_string()))
    }
}

/// All values, NULLs too; NULL where there is no row.
fn array_agg(rows: &[Vec<Cell>]) -> Given {
    if rows.is_empty() {
        return Ok(Cell::Null);
    }
    let cells = rows.iter().filter_map(|row| row.first());
    let items = cells.map(|cell| super::element::element(arg(cell)));
    let items = serde_json::Value::Array(items.collect::<core::result::Result<_, _>>()?);
    Ok(text(items.to_string()))
}

/// The texts that are no NULL, each but the first behind its separator.
fn string_agg(rows: &[Vec<Cell>]) -> Given {
    let mut all: Option<String> = None;
    for row in rows {
        let [Cell::Text(value), separator] = row.as_slice() else {
            continue;
        };
        match (&mut all, separator) {
            (None, _) => all = Some(value.clone()),
            (Some(all), Cell::Text(separator)) => all.extend([separator.as_str(), value]),
            (Some(all), _) => all.push_str(value),
        }
    }
    Ok(all.map_or(Cell::Null, text))
}

/// The values in their order, and the fraction, where there are any.
fn ordered(rows: &[Vec<Cell>]) -> core::result::Result<Option<(Vec<Cell>, f64)>, String> {
    let mut all: Vec<Cell> = values(rows).cloned().collect();
    all.sort_by(|a, b| super::text::compare(arg(a), arg(b)));
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    if row.get(1) == Some(&Cell::Integer(1)) {
        all.reverse();
    }
    let fraction = match row.get(2) {
        None => 0.0,
        Some(Cell::Null) => return Ok(None),
        Some(cell) => real(arg(cell))?,
    };
    if !(0.0..=1.0).contains(&fraction) {
        return Err(format!(
            "percentile value {fraction} is not between 0 and 1"
        ));
    }
    Ok((!all.is_empty()).then_some((all, fraction)))
}

fn percentile_cont(rows: &[Vec<Cell>]) -> Given {
    let Some((all, fraction)) = ordered(rows)? else {
        return Ok(Cell::Null);
    };
    let place = fraction * (all.len() - 1) as f64;
    let at = |place: f64| {
        all.get(place as usize)
            .map_or(Ok(0.0), |cell| real(arg(cell)))
    };
    let (low, high) = (at(place.floor())?, at(place.ceil())?);
    Ok(Cell::Real(low + (place - place.floor()) * (high - low)))
}

fn percentile_disc(rows: &[Vec<Cell>]) -> Given {
    let Some((all, fraction)) = ordered(rows)? else {
        return Ok(Cell::Null);
    };
    let place = (fraction * all.len() as f64).ceil() as usize;
    Ok(all.get(place.max(1) - 1).cloned().unwrap_or(Cell::Null))
}

fn mode(rows: &[Vec<Cell>]) -> Given {
    let Some((all, _)) = ordered(rows)? else {
        return Ok(Cell::Null);
    };
    let groups = all.chunk_by(|a, b| a == b);
    // The first of those that are equally frequent.
    let best = groups.fold(&[][..], |best: &[Cell], group| {
        if group.len() > best.len() {
            group
        } else {
            best
        }
    });
    Ok(best.first().cloned().unwrap_or(Cell::Null))
}

/// The value of the only row.
struct Single;

impl Aggregate<Option<Cell>, Cell> for Single {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<Cell>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, seen: &mut Option<Cell>) -> Result<()> {
        if seen.is_some() {
            let message = "more than one row returned by a subquery used as an expression";
            return Err(Error::UserFunctionError(message.into()));
        }
        *seen = Some(context.get(0)?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, seen: Option<Option<Cell>>) -> Result<Cell> {
        Ok(seen.flatten().unwrap_or(Cell::Null))
    }
}
