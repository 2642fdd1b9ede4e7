//! Doubles, with PostgreSQL's errors where a result overflows or is not defined.

use super::{Args, Cell, DIVISION, Given, Row, finite};
use crate::ValueRef;

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_fadd", 2, |a| both(a, |x, y| x + y)),
    ("rql_fsub", 2, |a| both(a, |x, y| x - y)),
    ("rql_fmul", 2, |a| {
        let (x, y) = (a.real(0)?, a.real(1)?);
        not_under(
            x * y,
            x == 0.0 || y == 0.0,
            x.is_infinite() || y.is_infinite(),
        )
    }),
    ("rql_fdiv", 2, |a| {
        let (x, y) = (a.real(0)?, a.real(1)?);
        if y == 0.0 {
            return Err(DIVISION.into());
        }
        not_under(x / y, x == 0.0 || y.is_infinite(), x.is_infinite())
    }),
    ("rql_real", 1, |a| {
        let value = a.real(0)?;
        let single = value as f32;
        not_under(single.into(), value == 0.0, value.is_infinite())
    }),
    ("rql_real_sure", 1, |a| {
        one(a, |x| format!("{x:.5e}").parse().unwrap_or(x))
    }),
    ("rql_double", 1, |a| {
        let value = a.real(0)?;
        finite(value, value.is_infinite())
    }),
    ("rql_text", 1, |a| Ok(super::text(a.text(0)?))),
    ("rql_real_text", 1, |a| {
        Ok(super::text(ValueRef::Real(a.real(0)? as f32).to_string()))
    }),
    ("rql_round", 1, |a| one(a, f64::round_ties_even)),
    ("rql_ceil", 1, |a| one(a, f64::ceil)),
    ("rql_floor", 1, |a| one(a, f64::floor)),
    ("rql_trunc", 1, |a| one(a, f64::trunc)),
    ("rql_sign", 1, |a| {
        one(a, |x| if x == 0.0 { 0.0 } else { x.signum() })
    }),
    ("rql_sqrt", 1, |a| {
        let x = a.real(0)?;
        if x < 0.0 {
            return Err("cannot take square root of a negative number".into());
        }
        one(a, f64::sqrt)
    }),
    ("rql_cbrt", 1, |a| one(a, f64::cbrt)),
    ("rql_exp", 1, |a| {
        let x = a.real(0)?;
        not_under(x.exp(), x == f64::NEG_INFINITY, x.is_infinite())
    }),
    ("rql_ln", 1, |a| logarithm(a, f64::ln)),
    ("rql_log", 1, |a| logarithm(a, f64::log10)),
    ("rql_power", 2, power),
    ("rql_sin", 1, |a| bounded(a, f64::sin)),
    ("rql_cos", 1, |a| bounded(a, f64::cos)),
    ("rql_tan", 1, |a| bounded(a, f64::tan)),
    ("rql_cot", 1, |a| {
        let tangent = a.real(0)?.tan();
        finite(1.0 / tangent, tangent == 0.0)
    }),
    ("rql_asin", 1, |a| arc(a, f64::asin)),
    ("rql_acos", 1, |a| arc(a, f64::acos)),
    ("rql_atan", 1, |a| one(a, f64::atan)),
    ("rql_atan2", 2, |a| both(a, f64::atan2)),
    ("rql_sinh", 1, |a| one(a, f64::sinh)),
    ("rql_cosh", 1, |a| one(a, f64::cosh)),
    ("rql_tanh", 1, |a| one(a, f64::tanh)),
    ("rql_asinh", 1, |a| one(a, f64::asinh)),
    ("rql_acosh", 1, |a| {
        if a.real(0)? < 1.0 {
            return Err("input is out of range".into());
        }
        one(a, f64::acosh)
    }),
    ("rql_atanh", 1, |a| {
        let x = a.real(0)?;
        match x.abs() {
            1.0 => Ok(Cell::Real(x / 0.0)),
            amount if amount > 1.0 => Err("input is out of range".into()),
            _ => one(a, f64::atanh),
        }
    }),
    ("rql_width_bucket", 4, width_bucket),
    ("rql_degrees", 1, |a| {
        one(a, |x| x / (core::f64::consts::PI / 180.0))
    }),
    ("rql_radians", 1, |a| {
        one(a, |x| x * (core::f64::consts::PI / 180.0))
    }),
    ("rql_pi", 0, |_| Ok(Cell::Real(core::f64::consts::PI))),
    ("rql_random", 0, |_| {
        Ok(Cell::Real(super::text::random_unit()))
    }),
];

fn one(a: &Args<'_, '_>, op: fn(f64) -> f64) -> Given {
    let x = a.real(0)?;
    finite(op(x), x.is_infinite())
}

fn both(a: &Args<'_, '_>, op: fn(f64, f64) -> f64) -> Given {
    let (x, y) = (a.real(0)?, a.real(1)?);
    finite(op(x, y), x.is_infinite() || y.is_infinite())
}

/// A result that is neither an overflow nor lost in zero.
fn not_under(value: f64, zero: bool, infinite: bool) -> Given {
    if value == 0.0 && !zero {
        return Err("value out of range: underflow".into());
    }
    finite(value, infinite)
}

fn bounded(a: &Args<'_, '_>, op: fn(f64) -> f64) -> Given {
    if a.real(0)?.is_infinite() {
        return Err("input is out of range".into());
    }
    one(a, op)
}

fn arc(a: &Args<'_, '_>, op: fn(f64) -> f64) -> Given {
    if !(-1.0..=1.0).contains(&a.real(0)?) {
        return Err("input is out of range".into());
    }
    one(a, op)
}

fn logarithm(a: &Args<'_, '_>, op: fn(f64) -> f64) -> Given {
    let x = a.real(0)?;
    if x == 0.0 {
        return Err("cannot take logarithm of zero".into());
    }
    if x < 0.0 {
        return Err("cannot take logarithm of a negative number".into());
    }
    one(a, op)
}

fn power(a: &Args<'_, '_>) -> Given {
    let (x, y) = (a.real(0)?, a.real(1)?);
    if x == 0.0 && y < 0.0 {
        return Err("zero raised to a negative power is undefined".into());
    }
    if x < 0.0 && y.fract() != 0.0 && y.is_finite() {
        let message = "a negative number raised to a non-integer power yields a complex result";
        return Err(message.into());
    }
    let infinite = x.is_infinite() || y.is_infinite();
    not_under(x.powf(y), x == 0.0 || infinite, infinite)
}

/// Which of so many steps from one bound to the other; 0 before the first, one more behind the last.
fn width_bucket(a: &Args<'_, '_>) -> Given {
    let (x, low, high) = (a.real(0)?, a.real(1)?, a.real(2)?);
    let count = super::number::steps(a)?;
    if low == high {
        return Err(super::number::SAME_BOUNDS.into());
    }
    if !low.is_finite() || !high.is_finite() {
        return Err("lower and upper bounds must be finite".into());
    }
    let (x, low, high) = if low < high {
        (x, low, high)
    } else {
        (-x, -low, -high)
    };
    let step = if x < low {
        0
    } else if x >= high {
        count + 1
    } else {
        let place = (x - low) / (high - low) * count as f64;
        (place as i64).min(count - 1) + 1
    };
    super::number::in_bits(step.into(), 32)
}
