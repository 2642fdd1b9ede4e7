//! Integers, which are checked against their width, and doubles.

use super::Way::{By, Sql};
use super::call::integer;
use super::fill::{fill, has_aggregate, is_atom, kept};
use super::{Call, Row};

pub(super) const ROWS: &[Row] = &[
    ("rql_add", 3, By(|call| arithmetic(call, "+"))),
    ("rql_sub", 3, By(subtraction)),
    ("rql_mul", 3, By(|call| arithmetic(call, "*"))),
    ("rql_div", 3, By(division)),
    (
        "rql_mod",
        2,
        By(|call| match integer(call.args[1]) {
            Some(n) if n != 0 => fill("$1 % $2", &call.args, call.place),
            _ => fill(
                "CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN $fail('division by zero') ELSE $1 % $2 END",
                &call.args,
                call.place,
            ),
        }),
    ),
    (
        "rql_abs",
        2,
        By(|call| match call.args[1] {
            // Of the least bigint SQLite's own fails.
            "64" => fill("abs($1)", &call.args, call.place),
            bits => checked(
                &format!("abs({})", call.args[0]),
                bits,
                is_atom(call.args[0]),
                call,
            ),
        }),
    ),
    ("rql_bitnot", 2, Sql("~ $1")),
    ("rql_bitxor", 3, Sql("($1 | $2) - ($1 & $2)")),
    (
        "rql_shl",
        3,
        By(|call| {
            let template = match call.args[2] {
                "64" => "$1 << ($2 & 63)",
                "32" => "((($1 << ($2 & 31)) + 2147483648) & 4294967295) - 2147483648",
                _ => "((($1 << ($2 & 31)) + 32768) & 65535) - 32768",
            };
            fill(template, &call.args, call.place)
        }),
    ),
    (
        "rql_shr",
        3,
        By(|call| {
            let most = if call.args[2] == "64" { 63 } else { 31 };
            fill(&format!("$1 >> ($2 & {most})"), &call.args, call.place)
        }),
    ),
    (
        "rql_gcd",
        3,
        By(|call| {
            let found = format!("{GCD} SELECT abs(a) FROM gcd WHERE b = 0");
            fill(
                &within("found", &found, call.args[2])?,
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_lcm",
        3,
        By(|call| {
            let found = format!(
                "{GCD} SELECT CASE WHEN $1 = 0 OR $2 = 0 THEN 0 ELSE abs($1 / a * $2) END FROM gcd WHERE b = 0"
            );
            fill(
                &within("found", &found, call.args[2])?,
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_width_bucket",
        4,
        Sql(
            "CASE WHEN $1 + $2 + $3 + $4 IS NULL THEN NULL WHEN $4 <= 0 THEN $fail('count must be greater than zero') \
             WHEN $2 = $3 THEN $fail('lower bound cannot equal upper bound') \
             WHEN abs($2) = 9e999 OR abs($3) = 9e999 THEN $fail('lower and upper bounds must be finite') \
             WHEN CASE WHEN $2 < $3 THEN $1 < $2 ELSE $1 > $2 END THEN 0 \
             WHEN CASE WHEN $2 < $3 THEN $1 >= $3 ELSE $1 <= $3 END THEN rql_add($4, 1, 32) \
             ELSE min(CAST(($1 - $2) / ($3 - $2) * $4 AS INTEGER), $4 - 1) + 1 END",
        ),
    ),
    ("rql_greatest", -1, By(|call| extreme(call, "max"))),
    ("rql_least", -1, By(|call| extreme(call, "min"))),
    (
        "rql_int",
        2,
        By(|call| {
            let (low, high, name) = range(call.args[1]);
            let digits = if call.args[1] == "64" { 18 } else { 10 };
            // Doubles half to even; a text is digits with a sign.
            let template = format!(
                "CASE typeof($1) \
             WHEN 'real' THEN CASE WHEN $1 >= {low}.0 - 0.5 AND $1 < {high}.0 + 0.5 \
             THEN CAST($1 AS INTEGER) + CASE WHEN abs($1 - CAST($1 AS INTEGER)) > 0.5 \
             OR abs($1 - CAST($1 AS INTEGER)) = 0.5 AND CAST($1 AS INTEGER) % 2 <> 0 \
             THEN CASE WHEN $1 < 0 THEN -1 ELSE 1 END ELSE 0 END \
             ELSE $fail('{name} out of range') END \
             WHEN 'text' THEN CASE WHEN ltrim(ltrim(trim($1), '+-'), '0123456789') <> '' \
             OR trim($1) NOT GLOB '*[0-9]' OR trim($1) GLOB '[+-][+-]*' \
             THEN $fail('invalid input syntax for type {name}') \
             WHEN length(ltrim(ltrim(trim($1), '+-'), '0')) > {digits} OR CAST(trim($1) AS INTEGER) NOT BETWEEN {low} AND {high} \
             THEN $fail('{name} out of range') ELSE CAST(trim($1) AS INTEGER) END \
             WHEN 'integer' THEN CASE WHEN $1 NOT BETWEEN {low} AND {high} THEN $fail('{name} out of range') ELSE $1 END \
             END"
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_rows",
        2,
        Sql(
            "CASE WHEN $1 < 0 THEN $fail('LIMIT and OFFSET must not be negative') ELSE coalesce($1, $2) END",
        ),
    ),
    (
        "rql_int_sum",
        1,
        By(|call| {
            Some(format!(
                "CAST(SUM({}){} AS TEXT)",
                call.args[0],
                call.tail()
            ))
        }),
    ),
    (
        "rql_fadd",
        2,
        Sql(
            "CASE WHEN abs($1 + $2) = 9e999 AND abs($1) < 9e999 AND abs($2) < 9e999 THEN $fail('value out of range: overflow') ELSE $1 + $2 END",
        ),
    ),
    (
        "rql_fsub",
        2,
        Sql(
            "CASE WHEN abs($1 - $2) = 9e999 AND abs($1) < 9e999 AND abs($2) < 9e999 THEN $fail('value out of range: overflow') ELSE $1 - $2 END",
        ),
    ),
    (
        "rql_fmul",
        2,
        Sql(
            "CASE WHEN abs($1 * $2) = 9e999 AND abs($1) < 9e999 AND abs($2) < 9e999 THEN $fail('value out of range: overflow') WHEN $1 * $2 = 0 AND $1 <> 0 AND $2 <> 0 THEN $fail('value out of range: underflow') ELSE $1 * $2 END",
        ),
    ),
    (
        "rql_fdiv",
        2,
        Sql(
            "CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN $fail('division by zero') WHEN abs($1 / $2) = 9e999 AND abs($1) < 9e999 THEN $fail('value out of range: overflow') WHEN $1 / $2 = 0 AND $1 <> 0 AND abs($2) < 9e999 THEN $fail('value out of range: underflow') ELSE $1 / $2 END",
        ),
    ),
    // Beyond 2^53 a double has no fraction.
    (
        "rql_round",
        1,
        Sql(
            "CASE WHEN abs($1) >= 9007199254740992 THEN $1 WHEN abs($1) <= 0.5 THEN $1 * 0.0 WHEN abs($1 - CAST($1 AS INTEGER)) > 0.5 OR abs($1 - CAST($1 AS INTEGER)) = 0.5 AND CAST($1 AS INTEGER) % 2 <> 0 THEN CAST($1 AS INTEGER) + CASE WHEN $1 < 0 THEN -1.0 ELSE 1.0 END ELSE CAST(CAST($1 AS INTEGER) AS REAL) END",
        ),
    ),
    (
        "rql_trunc",
        1,
        Sql(
            "CASE WHEN abs($1) >= 9007199254740992 THEN $1 WHEN abs($1) < 1 THEN $1 * 0.0 ELSE CAST(CAST($1 AS INTEGER) AS REAL) END",
        ),
    ),
    (
        "rql_ceil",
        1,
        Sql(
            "CASE WHEN abs($1) >= 9007199254740992 THEN $1 WHEN $1 > -1 AND $1 <= 0 THEN $1 * 0.0 ELSE CAST($1 AS INTEGER) + ($1 > CAST($1 AS INTEGER)) + 0.0 END",
        ),
    ),
    (
        "rql_floor",
        1,
        Sql(
            "CASE WHEN abs($1) >= 9007199254740992 THEN $1 ELSE CAST($1 AS INTEGER) - ($1 < CAST($1 AS INTEGER)) + 0.0 END",
        ),
    ),
    ("rql_sign", 1, Sql("($1 > 0) - ($1 < 0) + 0.0")),
    ("rql_power", 2, By(power)),
    ("rql_pi", 0, Sql("3.141592653589793")),
    ("rql_degrees", 1, Sql("$1 / 0.017453292519943295")),
    ("rql_radians", 1, Sql("$1 * 0.017453292519943295")),
];

const GCD: &str = "WITH RECURSIVE gcd(a, b) AS (SELECT $1, $2 UNION ALL \
                   SELECT b, a % b FROM gcd WHERE b <> 0)";

/// The bits of a decimal's units: PostgreSQL has more, so that what does not fit is no error of its own.
pub(super) const EXACT: &str = "units";

/// The least and the greatest integer of some bits, and their type.
fn range(bits: &str) -> (&'static str, &'static str, &'static str) {
    match bits {
        "16" => ("-32768", "32767", "smallint"),
        "32" => ("-2147483648", "2147483647", "integer"),
        _ => ("-9223372036854775808", "9223372036854775807", "bigint"),
    }
}

/// An integer that SQLite computes in 64 bits, or as a double where they are too few.
fn checked(text: &str, bits: &str, short: bool, call: &Call<'_>) -> Option<String> {
    let (low, high, name) = range(bits);
    let template = match bits {
        EXACT => "CASE typeof($1) WHEN 'real' THEN $fail('a bare SQLite computes decimals of 18 digits') ELSE $1 END".to_owned(),
        "64" => {
            "CASE typeof($1) WHEN 'real' THEN $fail('bigint out of range') ELSE $1 END".to_owned()
        }
        _ => format!(
            "CASE WHEN $1 NOT BETWEEN {low} AND {high} THEN $fail('{name} out of range') ELSE $1 END"
        ),
    };
    match short {
        true => fill(&template.replace("$1", &kept(text)), &[], call.place),
        false => fill(&template, &[text], call.place),
    }
}

/// The same of a query of one value.
fn within(column: &str, query: &str, bits: &str) -> Option<String> {
    let (low, high, name) = range(bits);
    let test = match bits {
        "64" => format!("typeof({column}) = 'real'"),
        _ => format!("{column} NOT BETWEEN {low} AND {high}"),
    };
    Some(format!(
        "(SELECT CASE WHEN {test} THEN $fail('{name} out of range') ELSE {column} END \
         FROM (SELECT ({query}) AS {column}))"
    ))
}

/// An operand of an operator.
fn operand(arg: &str) -> String {
    let simple = is_atom(arg) && !arg.starts_with('-');
    if simple {
        arg.to_owned()
    } else {
        format!("({arg})")
    }
}

fn arithmetic(call: &Call<'_>, op: &str) -> Option<String> {
    let [a, b, bits] = call.args[..] else {
        return None;
    };
    if let (Some(a), Some(b)) = (integer(a), integer(b)) {
        let value = match op {
            "+" => a.checked_add(b),
            "-" => a.checked_sub(b),
            _ => a.checked_mul(b),
        };
        let (low, high, _) = range(bits);
        let fits = |value: &i64| {
            low.parse().is_ok_and(|low: i64| low <= *value)
                && high.parse().is_ok_and(|high: i64| *value <= high)
        };
        if let Some(value) = value.filter(fits) {
            return Some(value.to_string());
        }
    }
    let text = format!("{} {op} {}", operand(a), operand(b));
    checked(&text, bits, is_atom(a) && is_atom(b), call)
}

fn subtraction(call: &Call<'_>) -> Option<String> {
    match call.args[..] {
        ["0", b, bits] if integer(b).is_none() => {
            checked(&format!("0 - {}", operand(b)), bits, is_atom(b), call)
        }
        _ => arithmetic(call, "-"),
    }
}

fn division(call: &Call<'_>) -> Option<String> {
    let [a, b, bits] = call.args[..] else {
        return None;
    };
    if integer(b).is_some_and(|b| !(-1..=0).contains(&b)) {
        return fill("$1 / $2", &[a, b], call.place);
    }
    let (low, _, name) = range(bits);
    let template = format!(
        "CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN $fail('division by zero') \
         WHEN $2 = -1 AND $1 = {low} THEN $fail('{name} out of range') ELSE $1 / $2 END"
    );
    fill(&template, &[a, b], call.place)
}

/// The greatest or least of values that are not NULL.
fn extreme(call: &Call<'_>, name: &str) -> Option<String> {
    let args = &call.args;
    if args.len() == 2 {
        return fill(
            &format!("coalesce({name}($1, $2), $1, $2)"),
            args,
            call.place,
        );
    }
    let rows: Vec<String> = (1..=args.len()).map(|at| format!("SELECT ${at}")).collect();
    // An aggregate would go through JSON, where a double loses digits.
    if args.len() > 9 || args.iter().any(|arg| has_aggregate(arg)) {
        return None;
    }
    let rows = rows.join(" UNION ALL ").replacen("$1", "$1 AS _x", 1);
    let template = format!("(SELECT {name}(_x) FROM ({rows}))");
    fill(&template, args, call.place)
}

/// A small whole power of a double is a product; of constants it is one.
fn power(call: &Call<'_>) -> Option<String> {
    let number = |arg: &str| -> Option<f64> {
        let inner = arg
            .strip_prefix("CAST(")
            .and_then(|arg| arg.strip_suffix(" AS REAL)"));
        inner.unwrap_or(arg).parse().ok()
    };
    let exponent = number(call.args[1])?;
    if let Some(base) = number(call.args[0]) {
        let value = base.powf(exponent);
        return (value.is_finite() && value != 0.0).then(|| format!("{value:?}"));
    }
    let base = call.args[0];
    match exponent {
        1.0 => Some(base.to_owned()),
        2.0 => Some(format!("rql_fmul({base}, {base})")),
        3.0 => Some(format!("rql_fmul(rql_fmul({base}, {base}), {base})")),
        _ => None,
    }
}
