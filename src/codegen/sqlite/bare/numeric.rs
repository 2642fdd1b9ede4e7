//! Exact decimals: units of 64 bits wherever the scale is known from the text.

use super::Way::By;
use super::call::{integer, literal, quoted};
use super::fill::{fill, has_aggregate, is_atom};
use super::number::EXACT;
use super::{Call, Row};
use rql_ir::decimal_text;

pub(super) const ROWS: &[Row] = &[
    (
        "rql_num",
        2,
        By(|call| text_of(&Units::new(call.args[0], scale(call.args[1])?), call)),
    ),
    ("rql_num_of", 1, By(in_units)),
    ("rql_num_add", 2, By(in_units)),
    ("rql_num_sub", 2, By(in_units)),
    ("rql_num_mul", 2, By(in_units)),
    ("rql_num_mod", 2, By(in_units)),
    ("rql_num_div", 2, By(quotient)),
    ("rql_num_idiv", 2, By(in_units)),
    ("rql_num_round", 2, By(in_units)),
    ("rql_num_round", 2, By(to_digits)),
    ("rql_num_trunc", 2, By(in_units)),
    ("rql_num_trunc", 2, By(to_digits)),
    ("rql_num_ceil", 1, By(in_units)),
    ("rql_num_floor", 1, By(in_units)),
    ("rql_num_abs", 1, By(in_units)),
    ("rql_num_sign", 1, By(in_units)),
    ("rql_num_within", 3, By(in_units)),
    ("rql_num_greatest", -1, By(in_units)),
    ("rql_num_least", -1, By(in_units)),
    ("rql_num_sum", 1, By(in_units)),
    ("rql_num_min", 1, By(in_units)),
    ("rql_num_max", 1, By(in_units)),
    ("rql_factorial", 1, By(in_units)),
    (
        "rql_scale",
        1,
        By(|call| {
            let given = units(call.args[0])?;
            fill(
                "CASE WHEN $1 IS NOT NULL THEN $2 END",
                &[&given.sql, &given.scale.to_string()],
                call.place,
            )
        }),
    ),
    (
        "rql_num_bucket",
        4,
        By(|call| {
            let all: Vec<_> = call.args[..3]
                .iter()
                .map(|arg| units(arg))
                .collect::<Option<_>>()?;
            let to = all.iter().map(|one| one.scale).max()?;
            let [x, low, high] = [0, 1, 2].map(|at| all[at].at(to));
            fill(BUCKET, &[&x, &low, &high, call.args[3]], call.place)
        }),
    ),
    ("rql_num_trim", 1, By(|call| trimmed(call, TRIMMED))),
    ("rql_trim_scale", 1, By(|call| trimmed(call, TRIMMED))),
    (
        "rql_min_scale",
        1,
        By(|call| {
            let point = format!("instr({TRIMMED} || '.', '.')");
            trimmed(call, &format!("max(length({TRIMMED}) - {point}, 0)"))
        }),
    ),
    (
        "rql_rescale",
        3,
        By(|call| {
            rescaled(
                call.args[0],
                scale(call.args[1])?,
                scale(call.args[2])?,
                call,
            )
        }),
    ),
    (
        "rql_units",
        2,
        By(|call| {
            let to = scale(call.args[1])?;
            match at_scale(call.args[0], to) {
                Some(given) => Some(given.at(to)),
                None if is_atom(call.args[0]) => units_of_text(call, to),
                None => None,
            }
        }),
    ),
    (
        "rql_dec",
        3,
        By(|call| {
            let precision: u32 = call.args[1].parse().ok()?;
            let bound = 10_i64.checked_pow(precision)?;
            if let Some(units) = integer(call.args[0])
                && units.abs() < bound
            {
                return Some(units.to_string());
            }
            let template = format!(
                "CASE WHEN abs($1) >= {bound} THEN $fail('numeric field overflow') ELSE $1 END"
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_dec_of",
        3,
        By(|call| {
            let to = scale(call.args[2])?;
            let given = at_scale(call.args[0], to)?.at(to);
            Some(format!("rql_dec({given}, {}, {to})", call.args[1]))
        }),
    ),
    (
        "rql_decimal",
        3,
        By(|call| {
            let to = scale(call.args[2])?;
            let precision: u8 = call.args[1].parse().ok()?;
            let given = at_scale(call.args[0], to)?.at(to);
            let checked = format!("rql_dec({given}, {precision}, {to})");
            match to {
                _ if precision > 15 => Some(format!("rql_num({checked}, {to})")),
                0 => Some(checked),
                _ => fill(&format!("$1 / 1e{to}"), &[&checked], call.place),
            }
        }),
    ),
    (
        "rql_num_int",
        2,
        By(|call| {
            let given = at_scale(call.args[0], 0)?.at(0);
            Some(format!("rql_int({given}, {})", call.args[1]))
        }),
    ),
    (
        "rql_num_cmp",
        2,
        By(|call| {
            let (a, b) = (units(call.args[0])?, units(call.args[1])?);
            let to = a.scale.max(b.scale);
            fill("($1 > $2) - ($1 < $2)", &[&a.at(to), &b.at(to)], call.place)
        }),
    ),
    // Of 15 digits a double is one of its own for each decimal, whatever zeros it ends with.
    (
        "rql_num_key",
        1,
        By(|call| {
            let Some(given) = units(call.args[0]) else {
                // A column of text, each value with its own scale.
                return is_atom(call.args[0])
                    .then_some(KEY_OF_TEXT)
                    .and_then(|key| fill(key, &call.args, call.place));
            };
            let text = text_of(&given, call)?;
            let limit = "CASE WHEN abs($1) >= 1000000000000000 THEN $fail('a bare SQLite compares decimals of 15 digits') ELSE CAST($2 AS REAL) END";
            match integer(&given.sql) {
                Some(units) if units.abs() < 1_000_000_000_000_000 => {
                    fill("CAST($1 AS REAL)", &[&text], call.place)
                }
                _ => fill(limit, &[&given.sql, &text], call.place),
            }
        }),
    ),
    (
        "rql_double",
        1,
        By(|call| {
            let arg = call.args[0];
            if let Some(text) = literal(arg) {
                let value: f64 = text.trim().parse().ok()?;
                return value.is_finite().then(|| format!("{value:?}"));
            }
            if let Some(inner) = Call::of(arg)
                && inner.name == "rql_num_div"
                && let [a, b] = inner.args[..]
            {
                return Some(format!("rql_fdiv(rql_double({a}), rql_double({b}))"));
            }
            let given = units(arg)?;
            fill(
                &format!("$1 / 1e{}", given.scale),
                &[&given.sql],
                call.place,
            )
        }),
    ),
    (
        "rql_real",
        1,
        By(|call| {
            let value: f64 = call.args[0].parse().ok()?;
            let single = value as f32;
            single
                .is_finite()
                .then(|| format!("{:?}", f64::from(single)))
        }),
    ),
];

const BUCKET: &str = "CASE WHEN $1 + $2 + $3 + $4 IS NULL THEN NULL WHEN $4 <= 0 THEN $fail('count must be greater than zero') \
     WHEN $2 = $3 THEN $fail('lower bound cannot equal upper bound') \
     WHEN CASE WHEN $2 < $3 THEN $1 < $2 ELSE $1 > $2 END THEN 0 \
     WHEN CASE WHEN $2 < $3 THEN $1 >= $3 ELSE $1 <= $3 END THEN rql_add($4, 1, 32) \
     ELSE rql_mul($1 - $2, $4, 64) / ($3 - $2) + 1 END";

/// A decimal's text, which has a point, without zeros at its end.
const TRIMMED: &str = "rtrim(rtrim($1, '0'), '.')";

/// What is made of a decimal's text that has a point.
fn trimmed(call: &Call<'_>, template: &str) -> Option<String> {
    let given = units(call.args[0])?;
    let text = match given.scale {
        0 => format!("rql_num({}, 0) || '.'", given.sql),
        scale => format!("rql_num({}, {scale})", given.sql),
    };
    fill(template, &[&text], call.place)
}

const KEY_OF_TEXT: &str = "CASE WHEN length(replace(replace($1, '-', ''), '.', '')) > 15 \
     THEN $fail('a bare SQLite compares decimals of 15 digits') ELSE CAST($1 AS REAL) END";

const FACTORIAL: &str = "(WITH RECURSIVE _step(_n, _x) AS (SELECT 0, 1 UNION ALL SELECT _n + 1, _x * (_n + 1) FROM _step WHERE _n < 20) \
     SELECT CASE WHEN $1 < 0 THEN $fail('factorial of a negative number is undefined') \
     WHEN $1 > 20 THEN $fail('a bare SQLite computes decimals of 18 digits') ELSE (SELECT _x FROM _step WHERE _n = $1) END)";

/// A decimal as an integer of units.
pub(super) struct Units {
    /// What computes the integer; it may call functions of the session.
    pub(super) sql: String,
    /// Digits behind the point.
    pub(super) scale: u8,
}

impl Units {
    fn new(sql: impl Into<String>, scale: u8) -> Self {
        Self {
            sql: sql.into(),
            scale,
        }
    }

    /// Its units at another scale.
    pub(super) fn at(&self, to: u8) -> String {
        match self.scale == to {
            true => self.sql.clone(),
            false => format!("rql_rescale({}, {}, {to})", self.sql, self.scale),
        }
    }
}

/// Digits that 64 bits hold.
const MOST: u8 = 18;

fn scale(arg: &str) -> Option<u8> {
    arg.parse().ok().filter(|scale| *scale <= MOST)
}

/// Units at a scale, rounded to it: of a quotient too.
fn at_scale(arg: &str, to: u8) -> Option<Units> {
    match Call::of(arg) {
        Some(call) if call.name == "rql_num_div" => rounded_quotient(&call, to, true),
        _ => units(arg),
    }
}

/// The units of a column of decimal texts, which have no digits behind those of the scale.
fn units_of_text(call: &Call<'_>, to: u8) -> Option<String> {
    let zeros = "0".repeat(to.into());
    let template = format!(
        "CASE WHEN $1 GLOB '*[^0-9.-]*' OR instr($1 || '.', '.') + {to} > 19 \
         OR instr($1, '.') > 0 AND length($1) - instr($1, '.') > {to} \
         THEN $fail('a bare SQLite computes decimals of 18 digits') \
         WHEN instr($1, '.') = 0 THEN CAST($1 || '{zeros}' AS INTEGER) \
         ELSE CAST(replace($1, '.', '') || substr('{zeros}', 1, {to} - length($1) + instr($1, '.')) AS INTEGER) END"
    );
    fill(&template, &call.args[..1], call.place)
}

/// What is known of a decimal text.
pub(super) fn units(arg: &str) -> Option<Units> {
    if let Some(text) = literal(arg) {
        return constant(&text);
    }
    if integer(arg).is_some() {
        return Some(Units::new(arg, 0));
    }
    let call = Call::of(arg)?;
    let arg = |at: usize| call.args.get(at).copied();
    let aggregate = |name: &str| {
        let given = units(arg(0)?)?;
        let sql = format!("{name}({}){}", given.sql, call.tail());
        Some(Units::new(sql, given.scale))
    };
    match call.name {
        "rql_num_sum" => return aggregate("SUM"),
        "rql_num_min" => return aggregate("MIN"),
        "rql_num_max" => return aggregate("MAX"),
        "rql_int_sum" => {
            let sql = format!("SUM({}){}", arg(0)?, call.tail());
            return Some(Units::new(sql, 0));
        }
        _ => {}
    }
    let both = || {
        let (a, b) = (units(arg(0)?)?, units(arg(1)?)?);
        let to = a.scale.max(b.scale);
        Some((a.at(to), b.at(to), to))
    };
    let one = |template: &str, to: u8| {
        let given = units(arg(0)?)?;
        Some(Units::new(fill(template, &[&given.sql], call.place)?, to))
    };
    Some(match call.name {
        "rql_num" => Units::new(arg(0)?, scale(arg(1)?)?),
        "rql_factorial" => Units::new(fill(FACTORIAL, &call.args, call.place)?, 0),
        "rql_units" => return at_scale(arg(0)?, scale(arg(1)?)?),
        "rql_num_add" => {
            let (a, b, to) = both()?;
            Units::new(format!("rql_add({a}, {b}, {EXACT})"), to)
        }
        "rql_num_sub" => {
            let (a, b, to) = both()?;
            Units::new(format!("rql_sub({a}, {b}, {EXACT})"), to)
        }
        "rql_num_mod" => {
            let (a, b, to) = both()?;
            Units::new(format!("rql_mod({a}, {b})"), to)
        }
        "rql_num_idiv" => {
            let (a, b, _) = both()?;
            Units::new(format!("rql_div({a}, {b}, 64)"), 0)
        }
        "rql_num_mul" => {
            let (a, b) = (units(arg(0)?)?, units(arg(1)?)?);
            let to = a.scale.checked_add(b.scale).filter(|to| *to <= MOST)?;
            Units::new(format!("rql_mul({}, {}, {EXACT})", a.sql, b.sql), to)
        }
        "rql_num_abs" => return one("abs($1)", units(arg(0)?)?.scale),
        "rql_num_sign" => return one("($1 > 0) - ($1 < 0)", 0),
        "rql_num_ceil" | "rql_num_floor" => {
            let given = units(arg(0)?)?;
            let factor = 10_i64.pow(given.scale.into());
            let template = match (call.name, factor) {
                (_, 1) => "$1".to_owned(),
                ("rql_num_ceil", _) => format!("$1 / {factor} + ($1 % {factor} > 0)"),
                _ => format!("$1 / {factor} - ($1 % {factor} < 0)"),
            };
            return one(&template, 0);
        }
        "rql_num_round" | "rql_num_trunc" => {
            let digits = integer(arg(1)?)?;
            let round = call.name == "rql_num_round";
            let to = u8::try_from(digits.max(0)).ok().filter(|to| *to <= MOST)?;
            if let Some(inner) = Call::of(arg(0)?)
                && inner.name == "rql_num_div"
                && digits >= 0
            {
                return rounded_quotient(&inner, to, round);
            }
            let given = units(arg(0)?)?;
            let fewer = i64::from(given.scale) - digits;
            if fewer <= 0 {
                return Some(Units::new(given.at(to), to));
            }
            let factor = 10_i64.checked_pow(u32::try_from(fewer).ok()?)?;
            let half = if round { factor / 2 } else { 0 };
            // Away from zero; digits before the point that are rounded off are zeros.
            let zeros = 10_i64.pow(u32::try_from((-digits).max(0)).ok()?);
            let more = if zeros > 1 {
                format!(" * {zeros}")
            } else {
                String::new()
            };
            let template = match half {
                0 => format!("$1 / {factor}{more}"),
                _ => {
                    format!("($1 + CASE WHEN $1 < 0 THEN -{half} ELSE {half} END) / {factor}{more}")
                }
            };
            return one(&template, to);
        }
        "rql_num_within" => {
            let to = scale(arg(2)?)?;
            let given = at_scale(arg(0)?, to)?.at(to);
            Units::new(format!("rql_dec({given}, {}, {to})", arg(1)?), to)
        }
        "rql_num_greatest" | "rql_num_least" => {
            let all: Vec<Units> = call
                .args
                .iter()
                .map(|arg| units(arg))
                .collect::<Option<_>>()?;
            let to = all.first()?.scale;
            if all.iter().any(|one| one.scale != to) {
                return None;
            }
            let name = if call.name.ends_with("least") {
                "rql_least"
            } else {
                "rql_greatest"
            };
            let all: Vec<String> = all.into_iter().map(|one| one.sql).collect();
            Units::new(format!("{name}({})", all.join(", ")), to)
        }
        _ => return super::moment::field_units(&call),
    })
}

/// The units of a written decimal.
fn constant(text: &str) -> Option<Units> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if digits.is_empty() || !plain(digits) || !plain(fraction) {
        return None;
    }
    let units: i64 = format!("{whole}{fraction}").parse().ok()?;
    Some(Units::new(
        units.to_string(),
        scale(&fraction.len().to_string())?,
    ))
}

/// A call that computes in units, as text.
fn in_units(call: &Call<'_>) -> Option<String> {
    let text = format!("{}({}){}", call.name, call.rest(0), call.tail());
    text_of(&units(&text)?, call)
}

/// Rounded or cut to a number of digits that each row has: as text, since each has its own scale.
fn to_digits(call: &Call<'_>) -> Option<String> {
    let given = units(call.args[0])?;
    let scale = given.scale;
    // A power of ten; of more than 18 no integer of 64 bits has a digit left.
    let power = |n: &str| format!("CAST(substr('1000000000000000000', 1, {n} + 1) AS INTEGER)");
    let fewer = power(&format!("{scale} - $2"));
    let half = match call.name {
        "rql_num_round" => format!(" + CASE WHEN $1 < 0 THEN -1 ELSE 1 END * ({fewer} / 2)"),
        _ => String::new(),
    };
    let template = format!(
        "(SELECT CASE WHEN _k > 18 OR typeof(_q) = 'real' THEN $fail('a bare SQLite computes decimals of 18 digits') \
         WHEN _k = 0 THEN CAST(_q AS TEXT) ELSE CASE WHEN _q < 0 THEN '-' ELSE '' END || (abs(_q) / {shown}) \
         || printf('.%0*d', _k, abs(_q) % {shown}) END \
         FROM (SELECT max($2, 0) AS _k, CASE WHEN $2 >= {scale} THEN $1 * {more} WHEN {scale} - $2 > 18 THEN $1 * 0 \
         ELSE ($1{half}) / {fewer} * {zeros} END AS _q))",
        shown = power("_k"),
        more = power(&format!("$2 - {scale}")),
        zeros = power("max(-$2, 0)"),
    );
    fill(&template, &[&given.sql, call.args[1]], call.place)
}

/// Units as PostgreSQL shows the decimal.
fn text_of(given: &Units, call: &Call<'_>) -> Option<String> {
    if let Ok(units) = given.sql.parse::<i64>() {
        return Some(quoted(&decimal_text(units.into(), given.scale)));
    }
    let (factor, width) = (10_i64.pow(given.scale.into()), given.scale);
    let template = match width {
        0 => "CAST($1 AS TEXT)".to_owned(),
        _ => format!(
            "CASE WHEN $1 < 0 THEN '-' ELSE '' END || (abs($1) / {factor}) || printf('.%0{width}d', abs($1) % {factor})"
        ),
    };
    fill(&template, &[&given.sql], call.place)
}

fn rescaled(units: &str, from: u8, to: u8, call: &Call<'_>) -> Option<String> {
    let factor = 10_i64.checked_pow(from.abs_diff(to).into())?;
    if to >= from {
        return Some(format!("rql_mul({units}, {factor}, {EXACT})"));
    }
    let half = factor / 2;
    if let Some(units) = integer(units) {
        let half = if units < 0 { -half } else { half };
        return Some((units.checked_add(half)? / factor).to_string());
    }
    let template = format!("($1 + CASE WHEN $1 < 0 THEN -{half} ELSE {half} END) / {factor}");
    fill(&template, &[units], call.place)
}

/// The two sides of a quotient as integers of one scale.
fn sides(call: &Call<'_>) -> Option<(String, String)> {
    let (a, b) = (units(call.args[0])?, units(call.args[1])?);
    let to = a.scale.max(b.scale);
    Some((a.at(to), b.at(to)))
}

/// A quotient to so many digits.
fn rounded_quotient(call: &Call<'_>, to: u8, round: bool) -> Option<Units> {
    let (a, b) = sides(call)?;
    let factor = 10_i64.pow(to.into());
    let a = match factor {
        1 => a,
        _ => format!("rql_mul({a}, {factor}, {EXACT})"),
    };
    let template = match round {
        true => {
            "CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN $fail('division by zero') \
                 ELSE $1 / $2 + (abs($1 % $2) >= abs($2) - abs($1 % $2)) * CASE WHEN ($1 < 0) = ($2 < 0) THEN 1 ELSE -1 END END"
        }
        false => {
            "CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN $fail('division by zero') ELSE $1 / $2 END"
        }
    };
    Some(Units::new(fill(template, &[&a, &b], call.place)?, to))
}

/// A quotient at PostgreSQL's scale (numeric.c, select_div_scale), by long division.
fn quotient(call: &Call<'_>) -> Option<String> {
    let (a, b) = (units(call.args[0])?, units(call.args[1])?);
    if has_aggregate(&a.sql) || has_aggregate(&b.sql) {
        return mean(&a, &b, call);
    }
    let (x, y) = sides(call)?;
    let least = a.scale.max(b.scale);
    // PostgreSQL's digits are of base 10000, counted from the point.
    let zeros = |scale: u8| "0".repeat(usize::from((4 - scale % 4) % 4));
    let shown = |mark: &str, scale: u8| match zeros(scale).as_str() {
        "" => format!("abs({mark})"),
        zeros => format!("(abs({mark}) || '{zeros}')"),
    };
    let (a_shown, b_shown) = (shown("$3", a.scale), shown("$4", b.scale));
    let behind = i16::from(a.scale.div_ceil(4)) - i16::from(b.scale.div_ceil(4));
    // Of zero the first digit is the one before the point.
    let zero = format!("($3 = 0) * {}", a.scale.div_ceil(4));
    let weight = |shown: &str| format!("(length({shown}) - 1) / 4");
    let first =
        |shown: &str| format!("CAST(substr({shown}, 1, (length({shown}) - 1) % 4 + 1) AS INTEGER)");
    let places = format!(
        "max({least}, 16 - 4 * ({} + {zero} - {} - ({behind}) - ({} <= {})))",
        weight(&a_shown),
        weight(&b_shown),
        first(&a_shown),
        first(&b_shown),
    );
    let template = format!(
        "(WITH RECURSIVE _of(n, d, places) AS (SELECT abs($1), abs($2), {places}), \
         _digit(i, front, back, r) AS (SELECT 0, 0, 0, n % d FROM _of UNION ALL \
         SELECT i + 1, CASE WHEN i < places - 9 THEN front * 10 + r * 10 / d ELSE front END, \
         CASE WHEN i < places - 9 THEN 0 ELSE back * 10 + r * 10 / d END, r * 10 % d FROM _digit, _of WHERE i < places), \
         _sum(n, places, front, back, size) AS (SELECT n / d, places, front, back + (r * 2 >= d), \
         CAST(substr('1000000000', 1, min(places, 9) + 1) AS INTEGER) FROM _digit, _of WHERE i = places), \
         _carry(n, places, front, back, size) AS (SELECT n, places, front + back / size, back % size, \
         CAST('1' || substr('000000000000000000', 1, max(places - 9, 0)) AS INTEGER) FROM _sum) \
         SELECT CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN $fail('division by zero') \
         WHEN abs($2) > 900000000000000000 OR (SELECT places > 26 FROM _of) THEN $fail('a bare SQLite divides decimals of up to 18 digits') \
         ELSE (SELECT CASE WHEN ($1 < 0) <> ($2 < 0) AND n + front + back > 0 THEN '-' ELSE '' END || (n + front / size) \
         || CASE WHEN places > 0 THEN '.' ELSE '' END || CASE WHEN places > 9 THEN printf('%0*d', places - 9, front % size) ELSE '' END \
         || CASE WHEN places > 0 THEN printf('%0*d', min(places, 9), back) ELSE '' END FROM _carry) END)"
    );
    fill(&template, &[&x, &y, &a.sql, &b.sql], call.place)
}

/// A quotient of aggregates, which no query can take: 16 digits behind the point, 12 from 10000 on, each in two
/// halves. PostgreSQL leaves open how many there are of a mean.
fn mean(a: &Units, b: &Units, call: &Call<'_>) -> Option<String> {
    let to = a.scale.max(b.scale);
    let count = b.scale == 0 && b.sql.starts_with("COUNT(") && to > 0;
    let divisor = match count {
        true => format!("{} * {}", b.sql, 10_i64.pow(to.into())),
        false => b.at(to),
    };
    let digits = |half: i64| {
        format!(
            "(abs($1) % abs($2) * {half} / abs($2) * {half} + (abs($1) % abs($2) * {half} % abs($2) * {half} * 2 + abs($2)) / (2 * abs($2)))"
        )
    };
    let shown = |half: i64, width: usize| {
        let (digits, all) = (digits(half), half * half);
        format!(
            "CASE WHEN ($1 < 0) <> ($2 < 0) AND $1 <> 0 THEN '-' ELSE '' END || (abs($1) / abs($2) + {digits} / {all}) || printf('.%0{width}d', {digits} % {all})"
        )
    };
    let template = format!(
        "CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN $fail('division by zero') \
         WHEN abs($2) > 40000000000 OR abs($1) / abs($2) >= 100000000 OR $1 <> 0 AND abs($1) < abs($2) / 10000 \
         THEN $fail('a bare SQLite has quotients of aggregates from 0.0001 to 100000000') \
         WHEN abs($1) / abs($2) >= 10000 THEN {} WHEN $1 IS NOT NULL THEN {} END",
        shown(1_000_000, 12),
        shown(100_000_000, 16)
    );
    fill(&template, &[&a.at(to), &divisor], call.place)
}
