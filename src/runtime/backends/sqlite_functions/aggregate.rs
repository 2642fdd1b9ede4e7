//! Aggregates that SQLite does not have, or has for floating-point numbers only.

use super::{Cell, TOO_LARGE, number, real, text};
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
    "rql_interval_sum",
    "rql_interval_avg",
    "rql_interval_min",
    "rql_interval_max",
];

pub(super) fn register(db: &Connection, flags: FunctionFlags) -> Result<()> {
    db.create_aggregate_function("rql_single", 1, flags, Single)?;
    db.create_window_function("rql_int_sum", 1, flags, IntSum)?;
    let kept: [(&str, i32, Finish); 18] = [
        ("rql_interval_sum", 1, |rows| interval_sum(rows, false)),
        ("rql_interval_avg", 1, |rows| interval_sum(rows, true)),
        ("rql_interval_min", 1, |rows| {
            interval_extreme(rows, Ordering::Less)
        }),
        ("rql_interval_max", 1, |rows| {
            interval_extreme(rows, Ordering::Greater)
        }),
        ("rql_num_sum", 1, num_sum),
        ("rql_num_min", 1, |rows| num_extreme(rows, Ordering::Less)),
        ("rql_num_max", 1, |rows| {
            num_extreme(rows, Ordering::Greater)
        }),
        ("rql_bit_and", 1, |rows| bits(rows, |a, b| a & b)),
        ("rql_bit_or", 1, |rows| bits(rows, |a, b| a | b)),
        ("rql_bit_xor", 1, |rows| bits(rows, |a, b| a ^ b)),
        ("rql_stddev_samp", 1, |rows| spread(rows, true, true)),
        ("rql_stddev_pop", 1, |rows| spread(rows, false, true)),
        ("rql_var_samp", 1, |rows| spread(rows, true, false)),
        ("rql_var_pop", 1, |rows| spread(rows, false, false)),
        ("rql_num_stddev_samp", 1, |rows| {
            num_spread(rows, true, true)
        }),
        ("rql_num_stddev_pop", 1, |rows| {
            num_spread(rows, false, true)
        }),
        ("rql_num_var_samp", 1, |rows| num_spread(rows, true, false)),
        ("rql_num_var_pop", 1, |rows| num_spread(rows, false, false)),
    ];
    for (name, arity, finish) in kept {
        db.create_window_function(name, arity, flags, Kept(finish))?;
    }
    let pairs: [(&str, Finish); 12] = [
        ("rql_corr", |rows| pair(rows, Pair::corr)),
        ("rql_covar_pop", |rows| pair(rows, |p| p.over(p.sxy, p.n))),
        ("rql_covar_samp", |rows| {
            pair(rows, |p| p.over(p.sxy, p.n - 1.0))
        }),
        ("rql_regr_avgx", |rows| pair(rows, |p| p.over(p.sx, p.n))),
        ("rql_regr_avgy", |rows| pair(rows, |p| p.over(p.sy, p.n))),
        ("rql_regr_count", |rows| {
            let both = rows.iter().filter(|row| !row.contains(&Cell::Null));
            Ok(Cell::Integer(i64::try_from(both.count()).unwrap_or(0)))
        }),
        ("rql_regr_intercept", |rows| {
            pair(rows, |p| {
                p.over(p.sy - p.sx * p.sxy / p.sxx, p.n)
                    .filter(|_| p.sxx != 0.0)
            })
        }),
        ("rql_regr_r2", |rows| pair(rows, Pair::r2)),
        ("rql_regr_slope", |rows| {
            pair(rows, |p| p.over(p.sxy, p.sxx))
        }),
        ("rql_regr_sxx", |rows| pair(rows, |p| Some(p.sxx))),
        ("rql_regr_sxy", |rows| pair(rows, |p| Some(p.sxy))),
        ("rql_regr_syy", |rows| pair(rows, |p| Some(p.syy))),
    ];
    for (name, finish) in pairs {
        db.create_window_function(name, 2, flags, Kept(finish))?;
    }
    db.create_window_function("rql_json_agg", 2, flags, Kept(super::json::collected))?;
    db.create_window_function("rql_json_object_agg", 2, flags, Kept(super::json::named))?;
    db.create_window_function("rql_array_agg", 1, flags, Kept(array_agg))?;
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

type Given = core::result::Result<Cell, String>;

fn decimals(rows: &[Vec<Cell>]) -> core::result::Result<Vec<Decimal>, String> {
    values(rows)
        .map(|cell| number::decimal(arg(cell)))
        .collect()
}

fn num_sum(rows: &[Vec<Cell>]) -> Given {
    let mut sum: Option<Decimal> = None;
    for value in decimals(rows)? {
        sum = Some(match sum {
            None => value,
            Some(sum) => sum.checked_add(value).ok_or(TOO_LARGE)?,
        });
    }
    Ok(sum.map_or(Cell::Null, |sum| text(sum.to_string())))
}

fn num_extreme(rows: &[Vec<Cell>], wanted: Ordering) -> Given {
    let mut best: Option<Decimal> = None;
    for value in decimals(rows)? {
        let better = match best {
            None => true,
            Some(best) => value.compare(best).ok_or(TOO_LARGE)? == wanted,
        };
        if better {
            best = Some(value);
        }
    }
    Ok(best.map_or(Cell::Null, |best| text(best.to_string())))
}

fn bits(rows: &[Vec<Cell>], op: fn(i64, i64) -> i64) -> Given {
    let integers = values(rows).filter_map(|cell| match cell {
        Cell::Integer(value) => Some(*value),
        _ => None,
    });
    Ok(integers.reduce(op).map_or(Cell::Null, Cell::Integer))
}

fn reals(rows: &[Vec<Cell>]) -> core::result::Result<Vec<f64>, String> {
    values(rows).map(|cell| real(arg(cell))).collect()
}

/// Sums of squared distances as they grow (Youngs and Cramer), as PostgreSQL keeps them.
fn spread(rows: &[Vec<Cell>], sample: bool, root: bool) -> Given {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for x in reals(rows)? {
        n += 1.0;
        sum += x;
        if n > 1.0 {
            let distance = x * n - sum;
            squares += distance * distance / (n * (n - 1.0));
        }
    }
    let divisor = if sample { n - 1.0 } else { n };
    if divisor <= 0.0 {
        return Ok(Cell::Null);
    }
    let variance: f64 = squares / divisor;
    Ok(Cell::Real(if root { variance.sqrt() } else { variance }))
}

/// Exactly, of decimals: `(n Σx² − (Σx)²) / (n (n − 1))`.
fn num_spread(rows: &[Vec<Cell>], sample: bool, root: bool) -> Given {
    let all = decimals(rows)?;
    let n = i128::try_from(all.len()).unwrap_or(0);
    if n == 0 || sample && n == 1 {
        return Ok(Cell::Null);
    }
    let exact = || -> Option<Decimal> {
        let whole = |units| Decimal::new(units, 0);
        let mut sum = whole(0)?;
        let mut squares = whole(0)?;
        for value in &all {
            sum = sum.checked_add(*value)?;
            squares = squares.checked_add(value.checked_mul(*value)?)?;
        }
        let distance = whole(n)?
            .checked_mul(squares)?
            .checked_sub(sum.checked_mul(sum)?)?;
        if distance.units() <= 0 {
            return whole(0);
        }
        let divisor = whole(n)?.checked_mul(whole(if sample { n - 1 } else { n })?)?;
        let variance = distance.checked_div(divisor)?;
        if root {
            variance.sqrt()
        } else {
            Some(variance)
        }
    };
    Ok(text(exact().ok_or(TOO_LARGE)?.to_string()))
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

impl Pair {
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

fn pair(rows: &[Vec<Cell>], finish: fn(&Pair) -> Option<f64>) -> Given {
    let mut sums = Pair::default();
    for row in rows {
        let [y, x] = row.as_slice() else { continue };
        if *y == Cell::Null || *x == Cell::Null {
            continue;
        }
        let (y, x) = (real(arg(y))?, real(arg(x))?);
        sums.n += 1.0;
        sums.sx += x;
        sums.sy += y;
        let n = sums.n;
        if n > 1.0 {
            let (dx, dy) = (x * n - sums.sx, y * n - sums.sy);
            let scale = 1.0 / (n * (n - 1.0));
            sums.sxx += dx * dx * scale;
            sums.syy += dy * dy * scale;
            sums.sxy += dx * dy * scale;
        }
    }
    if sums.n == 0.0 {
        return Ok(Cell::Null);
    }
    Ok(finish(&sums).map_or(Cell::Null, Cell::Real))
}

fn intervals(rows: &[Vec<Cell>]) -> core::result::Result<Vec<Interval>, String> {
    let texts = values(rows).map(|cell| match cell {
        Cell::Text(value) => super::moment::interval(value),
        _ => Err("invalid input syntax for type interval".into()),
    });
    texts.collect()
}

fn interval_sum(rows: &[Vec<Cell>], mean: bool) -> Given {
    let all = intervals(rows)?;
    let mut sum = Interval::default();
    for value in &all {
        sum = sum.checked_add(*value).ok_or("interval out of range")?;
    }
    if all.is_empty() {
        return Ok(Cell::Null);
    }
    if mean {
        sum = sum
            .divided(all.len() as f64)
            .ok_or("interval out of range")?;
    }
    Ok(text(sum.to_string()))
}

fn interval_extreme(rows: &[Vec<Cell>], wanted: Ordering) -> Given {
    let mut best: Option<Interval> = None;
    for value in intervals(rows)? {
        let better = best.is_none_or(|best| value.sort_key().cmp(&best.sort_key()) == wanted);
        best = if better { Some(value) } else { best };
    }
    Ok(best.map_or(Cell::Null, |best| text(best.to_string())))
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

/// A sum of integers, which may leave 64 bits, and how many there are.
struct IntSum;

/// The integer that a row brings.
fn integer(context: &Context<'_>) -> Result<Option<i128>> {
    Ok(context.get::<Option<i64>>(0)?.map(i128::from))
}

impl Aggregate<(i128, u64), Option<String>> for IntSum {
    fn init(&self, _: &mut Context<'_>) -> Result<(i128, u64)> {
        Ok((0, 0))
    }

    fn step(&self, context: &mut Context<'_>, (sum, count): &mut (i128, u64)) -> Result<()> {
        if let Some(value) = integer(context)? {
            // More rows than a database holds would be needed to leave 128 bits.
            *sum = sum.saturating_add(value);
            *count += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<(i128, u64)>) -> Result<Option<String>> {
        Ok(sum.filter(|sum| sum.1 > 0).map(|sum| sum.0.to_string()))
    }
}

impl WindowAggregate<(i128, u64), Option<String>> for IntSum {
    fn value(&self, sum: Option<&mut (i128, u64)>) -> Result<Option<String>> {
        Ok(sum.filter(|sum| sum.1 > 0).map(|sum| sum.0.to_string()))
    }

    fn inverse(&self, context: &mut Context<'_>, (sum, count): &mut (i128, u64)) -> Result<()> {
        if let Some(value) = integer(context)? {
            *sum = sum.saturating_sub(value);
            *count -= 1;
        }
        Ok(())
    }
}
