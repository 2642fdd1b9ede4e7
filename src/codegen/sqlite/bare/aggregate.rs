//! Aggregates that SQLite lacks: their values as a JSON array, and a query over it.
//!
//! The array is an aggregate of the query around, which SQLite takes into a query inside where that is itself
//! one of an aggregate: of one row, `max` changes nothing.

use super::Way::By;
use super::fill::{Place, fill, is_carried};
use super::numeric::units;
use super::{Call, Row};

pub(super) const ROWS: &[Row] = &[
    (
        "rql_bit_and",
        1,
        By(|call| bits(call, "~sum(DISTINCT ~value & _b)")),
    ),
    (
        "rql_bit_or",
        1,
        By(|call| bits(call, "sum(DISTINCT value & _b)")),
    ),
    (
        "rql_bit_xor",
        1,
        By(|call| {
            bits(
                call,
                "sum(DISTINCT (SELECT sum((value & _b) <> 0) % 2 FROM json_each(_all.value)) * _b)",
            )
        }),
    ),
    ("rql_stddev_samp", 1, By(|call| spread(call, 1, true))),
    ("rql_stddev_pop", 1, By(|call| spread(call, 0, true))),
    ("rql_var_samp", 1, By(|call| spread(call, 1, false))),
    ("rql_var_pop", 1, By(|call| spread(call, 0, false))),
    ("rql_num_stddev_samp", 1, By(|call| exact(call, 1, true))),
    ("rql_num_stddev_pop", 1, By(|call| exact(call, 0, true))),
    ("rql_num_var_samp", 1, By(|call| exact(call, 1, false))),
    ("rql_num_var_pop", 1, By(|call| exact(call, 0, false))),
    (
        "rql_corr",
        2,
        By(|call| {
            pair(
                call,
                "CASE WHEN _sxx <> 0 AND _syy <> 0 THEN _sxy / rql_sqrt(_sxx * _syy) END",
            )
        }),
    ),
    ("rql_covar_pop", 2, By(|call| pair(call, "_sxy / _n"))),
    (
        "rql_covar_samp",
        2,
        By(|call| pair(call, "CASE WHEN _n > 1 THEN _sxy / (_n - 1) END")),
    ),
    ("rql_regr_avgx", 2, By(|call| pair(call, "_sx / _n"))),
    ("rql_regr_avgy", 2, By(|call| pair(call, "_sy / _n"))),
    (
        "rql_regr_count",
        2,
        By(|call| {
            over(
                call,
                &format!(
                    "({}) IS NOT NULL AND ({}) IS NOT NULL",
                    call.args[0], call.args[1]
                ),
                "(SELECT coalesce(sum(value), 0) FROM json_each(_all.value))",
            )
        }),
    ),
    (
        "rql_regr_intercept",
        2,
        By(|call| {
            pair(
                call,
                "CASE WHEN _sxx <> 0 THEN (_sy - _sx * _sxy / _sxx) / _n END",
            )
        }),
    ),
    (
        "rql_regr_r2",
        2,
        By(|call| {
            pair(
                call,
                "CASE WHEN _sxx = 0 THEN NULL WHEN _syy = 0 THEN 1.0 ELSE _sxy * _sxy / (_sxx * _syy) END",
            )
        }),
    ),
    (
        "rql_regr_slope",
        2,
        By(|call| pair(call, "CASE WHEN _sxx <> 0 THEN _sxy / _sxx END")),
    ),
    ("rql_regr_sxx", 2, By(|call| pair(call, "_sxx"))),
    ("rql_regr_sxy", 2, By(|call| pair(call, "_sxy"))),
    ("rql_regr_syy", 2, By(|call| pair(call, "_syy"))),
    (
        "rql_percentile_cont",
        3,
        By(|call| {
            let share = share(call.args[2])?;
            over(
                call,
                &number(call.args[0], call)?,
                &format!(
                    "(SELECT CASE WHEN _f = 0 THEN _low ELSE _low + (_high - _low) * _f END \
                     FROM (SELECT max(CASE WHEN _p = CAST(_at AS INTEGER) THEN value END) AS _low, \
                     max(CASE WHEN _p = CAST(_at AS INTEGER) + (_at > CAST(_at AS INTEGER)) THEN value END) AS _high, \
                     max(_at - CAST(_at AS INTEGER)) AS _f FROM (SELECT value * 1.0 AS value, {place} AS _p, \
                     {share:?} * (count(*) OVER () - 1) AS _at FROM json_each(_all.value) WHERE type <> 'null')))",
                    place = place(call)
                ),
            )
        }),
    ),
    (
        "rql_percentile_disc",
        3,
        By(|call| {
            let share = share(call.args[2])?;
            over(
                call,
                &number(call.args[0], call)?,
                &format!(
                    "(SELECT value FROM (SELECT value, {place} AS _p, {share:?} * count(*) OVER () AS _at \
                     FROM json_each(_all.value) WHERE type <> 'null') \
                     WHERE _p = max(CAST(_at AS INTEGER) + (_at > CAST(_at AS INTEGER)) - 1, 0))",
                    place = place(call)
                ),
            )
        }),
    ),
    (
        "rql_mode",
        2,
        By(|call| {
            over(
                call,
                &number(call.args[0], call)?,
                &format!(
                    "(SELECT value FROM json_each(_all.value) WHERE type <> 'null' GROUP BY value \
                     ORDER BY count(*) DESC, value{} LIMIT 1)",
                    direction(call)
                ),
            )
        }),
    ),
];

/// A query of the items' array, `_all.value`.
fn over(call: &Call<'_>, item: &str, query: &str) -> Option<String> {
    let window = call.tail().contains(" OVER ");
    let ordered = matches!(
        call.name,
        "rql_percentile_cont" | "rql_percentile_disc" | "rql_mode"
    );
    let of: &[&str] = if ordered { &call.args[..1] } else { &call.args };
    let given = format!("{}{}", of.join(", "), call.tail());
    if window || call.place != Place::Query || !is_carried(&given) {
        return None;
    }
    let query = query.replace("$fail(", "json_extract('{}', ");
    Some(format!(
        "(SELECT max({query}) FROM json_each(json_array(json_group_array({item}){})) AS _all)",
        call.tail()
    ))
}

/// A value as an item that keeps all digits of a double.
fn number(arg: &str, call: &Call<'_>) -> Option<String> {
    let (distinct, value) = match arg.strip_prefix("DISTINCT ") {
        Some(value) => ("DISTINCT ", value),
        None => ("", arg),
    };
    let item = fill(
        "CASE typeof($1) WHEN 'real' THEN json(quote($1)) ELSE $1 END",
        &[value],
        call.place,
    )?;
    Some(format!("{distinct}{item}"))
}

/// A fraction that is written.
fn share(arg: &str) -> Option<f64> {
    let inner = arg
        .strip_prefix("CAST(")
        .and_then(|arg| arg.strip_suffix(" AS REAL)"));
    let share: f64 = inner.unwrap_or(arg).parse().ok()?;
    (0.0..=1.0).contains(&share).then_some(share)
}

/// The number of a value in its order, from 0.
fn place(call: &Call<'_>) -> String {
    format!("row_number() OVER (ORDER BY value{}) - 1", direction(call))
}

fn direction(call: &Call<'_>) -> &'static str {
    if call.args[1] == "1" { " DESC" } else { "" }
}

/// Of each bit that there is one: the sum of different bits is all of them.
fn bits(call: &Call<'_>, sum: &str) -> Option<String> {
    over(
        call,
        call.args[0],
        &format!(
            "(WITH RECURSIVE _bit(_b) AS (SELECT 1 UNION ALL SELECT _b << 1 FROM _bit WHERE _b > 0) \
             SELECT {sum} FROM _bit, json_each(_all.value))"
        ),
    )
}

/// Sums of squared distances as they grow (Youngs and Cramer), as PostgreSQL keeps them.
fn spread(call: &Call<'_>, less: u8, root: bool) -> Option<String> {
    let variance = format!("_s / (_n - {less})");
    let result = match root {
        true => format!("rql_sqrt({variance})"),
        false => variance,
    };
    over(
        call,
        &number(call.args[0], call)?,
        &format!(
            "(SELECT CASE WHEN _s = 9e999 THEN $fail('value out of range: overflow') WHEN _n > {less} THEN {result} END \
             FROM (SELECT count(*) AS _n, total(CASE WHEN _k > 1 THEN _d * _d / (_k * (_k - 1.0)) END) AS _s FROM (SELECT _k, \
             value * _k - sum(value) OVER (ORDER BY _k) AS _d FROM (SELECT value * 1.0 AS value, row_number() OVER (ORDER BY key) AS _k \
             FROM json_each(_all.value) WHERE type <> 'null'))))"
        ),
    )
}

/// The same of pairs: `_n`, `_sx`, `_sy`, `_sxx`, `_syy`, `_sxy`.
fn pair(call: &Call<'_>, result: &str) -> Option<String> {
    let (y, x) = (number(call.args[0], call)?, number(call.args[1], call)?);
    over(
        call,
        &format!("json_array({y}, {x})"),
        &format!(
            "(SELECT CASE WHEN _n > 0 THEN {result} END FROM (SELECT count(*) AS _n, sum(_x) AS _sx, sum(_y) AS _sy, \
             total(_dx * _dx * _c) AS _sxx, total(_dy * _dy * _c) AS _syy, total(_dx * _dy * _c) AS _sxy FROM (SELECT _x, _y, \
             CASE WHEN _k > 1 THEN 1.0 / (_k * (_k - 1.0)) END AS _c, _x * _k - sum(_x) OVER (ORDER BY _k) AS _dx, \
             _y * _k - sum(_y) OVER (ORDER BY _k) AS _dy FROM (SELECT (value ->> 0) * 1.0 AS _y, (value ->> 1) * 1.0 AS _x, \
             row_number() OVER (ORDER BY key) AS _k FROM json_each(_all.value) \
             WHERE value ->> 0 IS NOT NULL AND value ->> 1 IS NOT NULL))))"
        ),
    )
}

/// Of decimals, exactly: `(n Σx² − (Σx)²) / (n (n − 1))`.
fn exact(call: &Call<'_>, less: u8, root: bool) -> Option<String> {
    let (distinct, value) = match call.args[0].strip_prefix("DISTINCT ") {
        Some(value) => ("DISTINCT ", value),
        None => ("", call.args[0]),
    };
    let given = units(value)?;
    let scale = given.scale.checked_mul(2).filter(|scale| *scale <= 18)?;
    let variance = format!("rql_num_div(rql_num(_v, {scale}), rql_num(_d, 0))");
    let result = match root {
        true => format!(
            "(SELECT {} FROM (SELECT {variance} AS _q))",
            super::root::of_quotient("_q")
        ),
        false => variance,
    };
    over(
        call,
        &format!("{distinct}{}", given.sql),
        &format!(
            "(SELECT CASE WHEN _n <= {less} THEN NULL WHEN typeof(_v) = 'real' \
             THEN $fail('a bare SQLite computes decimals of 18 digits') WHEN _v <= 0 THEN '0' ELSE {result} END \
             FROM (SELECT count(value) AS _n, count(value) * sum(value * value) - sum(value) * sum(value) AS _v, \
             count(value) * (count(value) - {less}) AS _d FROM json_each(_all.value)))"
        ),
    )
}
