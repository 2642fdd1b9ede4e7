//! Integers of three widths and exact decimals.

use super::{Args, Cell, DIVISION, Given, OVERFLOW, Row, TOO_LARGE, boolean, utf8};
use crate::Decimal;
use crate::value::wide::Wide;
use core::cmp::Ordering;
use rusqlite::types::ValueRef as Arg;

/// Functions that see NULL.
pub(super) const LENIENT: &[Row] = &[
    ("rql_rows", 2, |a| match a.raw(0) {
        Arg::Null => Ok(Cell::Integer(a.int(1)?)),
        _ if a.int(0)? < 0 => Err("LIMIT and OFFSET must not be negative".into()),
        _ => Ok(Cell::Integer(a.int(0)?)),
    }),
    ("rql_sampled", 1, |a| {
        if a.raw(0) == Arg::Null {
            return Err("TABLESAMPLE parameter cannot be null".into());
        }
        let percent = a.real(0)?;
        if !(0.0..=100.0).contains(&percent) {
            return Err("sample percentage must be between 0 and 100".into());
        }
        boolean(super::text::random_unit() * 100.0 < percent)
    }),
];

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_add", 3, |a| integers(a, i128::checked_add)),
    ("rql_sub", 3, |a| integers(a, i128::checked_sub)),
    ("rql_mul", 3, |a| integers(a, i128::checked_mul)),
    ("rql_div", 3, |a| {
        in_bits(divided(a, i128::checked_div)?, a.int(2)?)
    }),
    ("rql_mod", 2, |a| {
        in_bits(divided(a, i128::checked_rem)?, 64)
    }),
    ("rql_abs", 2, |a| {
        in_bits(i128::from(a.int(0)?).abs(), a.int(1)?)
    }),
    ("rql_bitxor", 3, |a| {
        Ok(Cell::Integer(a.int(0)? ^ a.int(1)?))
    }),
    ("rql_bitnot", 2, |a| Ok(Cell::Integer(!a.int(0)?))),
    ("rql_shl", 3, |a| shifted(a, true)),
    ("rql_shr", 3, |a| shifted(a, false)),
    ("rql_gcd", 3, |a| {
        in_bits(gcd(a.int(0)?.into(), a.int(1)?.into()), a.int(2)?)
    }),
    ("rql_lcm", 3, |a| {
        let (x, y) = (i128::from(a.int(0)?), i128::from(a.int(1)?));
        let common = gcd(x, y);
        in_bits(
            if common == 0 {
                0
            } else {
                (x / common * y).abs()
            },
            a.int(2)?,
        )
    }),
    ("rql_factorial", 1, |a| {
        let n = a.int(0)?;
        if n < 0 {
            return Err("factorial of a negative number is undefined".into());
        }
        let product = (1..=i128::from(n)).try_fold(1_i128, |product, i| product.checked_mul(i));
        shown(product.and_then(|units| Decimal::new(units, 0)))
    }),
    ("rql_num_bucket", 4, bucket),
    ("rql_scale", 1, |a| {
        Ok(Cell::Integer(a.number(0)?.scale().into()))
    }),
    ("rql_min_scale", 1, |a| {
        Ok(Cell::Integer(trimmed(a.number(0)?).scale().into()))
    }),
    ("rql_trim_scale", 1, |a| shown(Some(trimmed(a.number(0)?)))),
    ("rql_int", 2, to_integer),
    ("rql_num_int", 2, |a| {
        in_bits(scaled(a.number(0)?, 0)?.units(), a.int(1)?)
    }),
    ("rql_num", 2, |a| {
        shown(Decimal::new(a.int(0)?.into(), a.scale(1)?))
    }),
    ("rql_num_of", 1, |a| match small(a.raw(0)) {
        Ok(value) => shown(Some(value)),
        Err(wrong) => all_digits(Wide::read(&a.text(0)?).ok_or(wrong)?),
    }),
    ("rql_num_add", 2, |a| {
        computed(a, Decimal::checked_add, Wide::add)
    }),
    ("rql_num_sub", 2, |a| {
        computed(a, Decimal::checked_sub, Wide::sub)
    }),
    ("rql_num_mul", 2, |a| {
        computed(a, Decimal::checked_mul, Wide::mul)
    }),
    ("rql_num_div", 2, |a| {
        shown(a.number(0)?.checked_div(divisor(a)?))
    }),
    ("rql_num_mod", 2, |a| {
        shown(a.number(0)?.checked_rem(divisor(a)?))
    }),
    ("rql_num_idiv", 2, |a| {
        let (x, y) = (a.number(0)?, divisor(a)?);
        let scale = x.scale().max(y.scale());
        let (x, y) = (scaled(x, scale)?.units(), scaled(y, scale)?.units());
        shown(Decimal::new(x / y, 0))
    }),
    ("rql_num_cmp", 2, |a| {
        match a.number(0)?.compare(a.number(1)?) {
            Some(order) => Ok(Cell::Integer(order as i64)),
            None => Err(TOO_LARGE.into()),
        }
    }),
    ("rql_num_key", 1, |a| {
        Ok(Cell::Blob(a.number(0)?.sort_key()))
    }),
    ("rql_num_round", 2, |a| {
        shown(rounded(a.number(0)?, a.int(1)?, false))
    }),
    ("rql_num_trunc", 2, |a| {
        shown(rounded(a.number(0)?, a.int(1)?, true))
    }),
    ("rql_num_ceil", 1, |a| shown(whole(a.number(0)?, 1))),
    ("rql_num_floor", 1, |a| shown(whole(a.number(0)?, -1))),
    ("rql_num_abs", 1, |a| {
        let value = a.number(0)?;
        shown(Decimal::new(value.units().abs(), value.scale()))
    }),
    ("rql_num_sign", 1, |a| {
        shown(Decimal::new(a.number(0)?.units().signum(), 0))
    }),
    ("rql_num_sqrt", 1, |a| {
        let value = a.number(0)?;
        if value.units() < 0 {
            return Err("cannot take square root of a negative number".into());
        }
        shown(value.sqrt())
    }),
    ("rql_num_exp", 1, |a| powered(a.number(0)?.exp())),
    ("rql_num_ln", 1, |a| powered(a.number(0)?.ln())),
    ("rql_num_log", 2, |a| {
        powered(a.number(1)?.log(a.number(0)?))
    }),
    ("rql_num_power", 2, |a| {
        powered(a.number(0)?.power(a.number(1)?))
    }),
    ("rql_num_trim", 1, |a| shown(Some(trimmed(a.number(0)?)))),
    ("rql_num_within", 3, |a| {
        let value = scaled(a.number(0)?, a.scale(2)?)?;
        within(value.units(), a.int(1)?)?;
        shown(Some(value))
    }),
    ("rql_units", 2, |a| {
        units(scaled(a.number(0)?, a.scale(1)?)?.units())
    }),
    ("rql_dec", 3, |a| {
        within(a.int(0)?.into(), a.int(1)?)?;
        Ok(Cell::Integer(a.int(0)?))
    }),
    ("rql_dec_of", 3, |a| {
        let value = scaled(a.number(0)?, a.scale(2)?)?;
        within(value.units(), a.int(1)?)?;
        units(value.units())
    }),
    ("rql_decimal", 3, stored_decimal),
    ("rql_rescale", 3, |a| {
        let value = Decimal::new(a.int(0)?.into(), a.scale(1)?).ok_or(OVERFLOW)?;
        units(scaled(value, a.scale(2)?)?.units())
    }),
];

/// A numeric: an integer, text, or a double at the 15 digits that PostgreSQL gives it.
/// A number; of one with more than 38 digits the nearest that has no more.
pub(super) fn decimal(arg: Arg<'_>) -> Result<Decimal, String> {
    match (small(arg), arg) {
        (Err(wrong), Arg::Text(bytes)) => {
            let wide = Wide::read(utf8(bytes)?).ok_or(wrong)?;
            wide.nearest().ok_or_else(|| TOO_LARGE.to_owned())
        }
        (read, _) => read,
    }
}

fn computed(
    a: &Args<'_, '_>,
    op: fn(Decimal, Decimal) -> Option<Decimal>,
    wide: fn(Wide, Wide) -> Wide,
) -> Given {
    if let (Ok(left), Ok(right)) = (small(a.raw(0)), small(a.raw(1)))
        && let Some(value) = op(left, right)
    {
        return shown(Some(value));
    }
    let number = |at: usize| match small(a.raw(at)) {
        Ok(value) => Wide::read(&value.to_string()).ok_or_else(|| TOO_LARGE.to_owned()),
        Err(wrong) => Wide::read(&a.text(at)?).ok_or(wrong),
    };
    all_digits(wide(number(0)?, number(1)?))
}

fn all_digits(value: Wide) -> Given {
    let shown = value.shown().ok_or_else(|| TOO_LARGE.to_owned())?;
    Ok(super::text(shown))
}

/// A number of at most 38 digits.
fn small(arg: Arg<'_>) -> Result<Decimal, String> {
    let wrong = || "invalid input syntax for type numeric".to_owned();
    match arg {
        Arg::Integer(value) => Decimal::new(value.into(), 0).ok_or_else(wrong),
        Arg::Real(value) => {
            let text = format!("{value:.14e}");
            let (mantissa, exponent) = text.split_once('e').ok_or_else(wrong)?;
            let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
            let text = format!("{mantissa}e{exponent}");
            text.parse().map_err(|_| wrong())
        }
        Arg::Text(bytes) => utf8(bytes)?.parse().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

fn integers(a: &Args<'_, '_>, op: fn(i128, i128) -> Option<i128>) -> Given {
    // The product of two 64-bit integers fits 128 bits.
    let value = op(a.int(0)?.into(), a.int(1)?.into()).unwrap_or(i128::MAX);
    in_bits(value, a.int(2)?)
}

fn divided(a: &Args<'_, '_>, op: fn(i128, i128) -> Option<i128>) -> Result<i128, String> {
    op(a.int(0)?.into(), a.int(1)?.into()).ok_or_else(|| DIVISION.to_owned())
}

fn divisor(a: &Args<'_, '_>) -> Result<Decimal, String> {
    Some(a.number(1)?)
        .filter(|divisor| divisor.units() != 0)
        .ok_or_else(|| DIVISION.into())
}

/// A shift counts within the width of its type, as the processor does it for PostgreSQL.
fn shifted(a: &Args<'_, '_>, left: bool) -> Given {
    let (value, bits) = (a.int(0)?, a.int(2)?);
    let width = if bits == 64 { 64 } else { 32 };
    let count = u32::try_from(a.int(1)?.rem_euclid(width)).unwrap_or(0);
    Ok(Cell::Integer(match (left, bits) {
        (false, _) => value >> count,
        (true, 64) => value << count,
        // What leaves the width is cut off.
        (true, 32) => i64::from((value << count) as i32),
        (true, _) => i64::from((value << count) as i16),
    }))
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn to_integer(a: &Args<'_, '_>) -> Given {
    let bits = a.int(1)?;
    let wrong = || format!("invalid input syntax for type {}", type_name(bits));
    let value = match a.raw(0) {
        Arg::Integer(value) => value.into(),
        // The cast saturates, and what it saturates to is out of every range.
        Arg::Real(value) => value.round_ties_even() as i128,
        Arg::Text(bytes) => utf8(bytes)?.trim().parse::<i128>().map_err(|_| wrong())?,
        _ => return Err(wrong()),
    };
    in_bits(value, bits)
}

/// Digits to the left of the point where the number of digits is negative.
fn rounded(value: Decimal, digits: i64, cut: bool) -> Option<Decimal> {
    if digits >= i64::from(value.scale()) {
        return value.rescale(u8::try_from(digits).ok()?);
    }
    let power = u32::try_from(i64::from(value.scale()) - digits).ok()?;
    let scale = u8::try_from(digits).unwrap_or(0);
    let Some(factor) = 10_i128.checked_pow(power) else {
        return Decimal::new(0, scale);
    };
    let rest = (value.units() % factor).unsigned_abs();
    let up = !cut && rest >= factor.unsigned_abs().div_ceil(2);
    let whole = value.units() / factor + if up { value.units().signum() } else { 0 };
    let back = 10_i128.checked_pow(u32::try_from(-digits.min(0)).ok()?)?;
    Decimal::new(whole.checked_mul(back)?, scale)
}

/// The whole number next to a value, above (1) or below (-1).
fn whole(value: Decimal, side: i128) -> Option<Decimal> {
    let factor = 10_i128.pow(value.scale().into());
    let rest = value.units() % factor;
    let beyond = rest.signum() == side;
    Decimal::new(value.units() / factor + if beyond { side } else { 0 }, 0)
}

fn stored_decimal(a: &Args<'_, '_>) -> Given {
    let (precision, scale) = (a.int(1)?, a.scale(2)?);
    let value = scaled(a.number(0)?, scale)?;
    within(value.units(), precision)?;
    if precision > 15 {
        return shown(Some(value));
    }
    // The nearest double: both sides of the division are exact.
    let factor = 10_f64.powi(scale.into());
    Ok(Cell::Real(value.units() as f64 / factor))
}

fn powered(value: Result<Decimal, &'static str>) -> Given {
    value
        .map(|value| super::text(value.to_string()))
        .map_err(Into::into)
}

pub(super) fn trimmed(value: Decimal) -> Decimal {
    let (mut units, mut scale) = (value.units(), value.scale());
    while scale > 0 && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    Decimal::new(units, scale).unwrap_or(value)
}

fn within(units: i128, precision: i64) -> Result<(), String> {
    let limit = u32::try_from(precision)
        .ok()
        .and_then(|digits| 10_i128.checked_pow(digits));
    match limit {
        Some(limit) if units.abs() >= limit => Err(OVERFLOW.into()),
        _ => Ok(()),
    }
}

pub(super) fn shown(value: Option<Decimal>) -> Given {
    value
        .map(|value| super::text(value.to_string()))
        .ok_or_else(|| TOO_LARGE.into())
}

pub(super) fn scaled(value: Decimal, scale: u8) -> Result<Decimal, String> {
    value.rescale(scale).ok_or_else(|| TOO_LARGE.into())
}

fn units(value: i128) -> Given {
    i64::try_from(value)
        .map(Cell::Integer)
        .map_err(|_| OVERFLOW.into())
}

fn type_name(bits: i64) -> &'static str {
    match bits {
        16 => "smallint",
        32 => "integer",
        _ => "bigint",
    }
}

pub(super) fn in_bits(value: i128, bits: i64) -> Given {
    let fits = match bits {
        16 => i16::try_from(value).is_ok(),
        32 => i32::try_from(value).is_ok(),
        _ => true,
    };
    let integer = i64::try_from(value).ok().filter(|_| fits);
    integer
        .map(Cell::Integer)
        .ok_or_else(|| format!("{} out of range", type_name(bits)))
}

/// The larger or smaller of decimals, NULLs left out.
pub(super) fn extreme(a: &Args<'_, '_>, wanted: Ordering) -> Given {
    let mut best: Option<Decimal> = None;
    for at in 0..a.len() {
        if a.raw(at) == Arg::Null {
            continue;
        }
        let value = a.number(at)?;
        let better = match best {
            None => true,
            Some(best) => value.compare(best).ok_or(TOO_LARGE)? == wanted,
        };
        if better {
            best = Some(value);
        }
    }
    best.map_or(Ok(Cell::Null), |value| shown(Some(value)))
}

/// Said of `width_bucket`.
pub(super) const SAME_BOUNDS: &str = "lower bound cannot equal upper bound";

/// How many steps `width_bucket` is to make.
pub(super) fn steps(a: &Args<'_, '_>) -> Result<i64, String> {
    match a.int(3)? {
        count if count > 0 => Ok(count),
        _ => Err("count must be greater than zero".into()),
    }
}

fn bucket(a: &Args<'_, '_>) -> Given {
    let (x, low, high) = (a.number(0)?, a.number(1)?, a.number(2)?);
    let count = i128::from(steps(a)?);
    let scale = x.scale().max(low.scale()).max(high.scale());
    let units = |value: Decimal| value.rescale(scale).map(Decimal::units).ok_or(TOO_LARGE);
    let (x, low, high) = (units(x)?, units(low)?, units(high)?);
    let (from, all) = match low.cmp(&high) {
        Ordering::Equal => return Err(SAME_BOUNDS.into()),
        Ordering::Less => (x.checked_sub(low), high.checked_sub(low)),
        Ordering::Greater => (low.checked_sub(x), low.checked_sub(high)),
    };
    let (from, all) = (from.ok_or(TOO_LARGE)?, all.ok_or(TOO_LARGE)?);
    let step = if from < 0 {
        0
    } else if from >= all {
        count + 1
    } else {
        from.checked_mul(count).ok_or(TOO_LARGE)? / all + 1
    };
    in_bits(step, 32)
}
