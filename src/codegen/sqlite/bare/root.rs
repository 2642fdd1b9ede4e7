//! Square roots, which SQLite has only where it was compiled so.

use super::Way::By;
use super::call::integer;
use super::fill::fill;
use super::numeric::units;
use super::{Call, Row};

pub(super) const ROWS: &[Row] = &[
    (
        "rql_sqrt",
        1,
        By(|call| fill(DOUBLE, &call.args, call.place)),
    ),
    ("rql_num_sqrt", 1, By(decimal)),
];

/// Newton's steps from a power of ten, and a last one by the exact rest (Dekker's product of halves).
const DOUBLE: &str = "CASE WHEN $1 < 0 THEN $fail('cannot take square root of a negative number') \
     WHEN $1 = 0 OR $1 = 9e999 THEN $1 ELSE (WITH RECURSIVE _root(_i, _r) AS (SELECT 0, \
     CAST('1e' || (CAST(substr(printf('%.1e', $1), instr(printf('%.1e', $1), 'e') + 1) AS INTEGER) / 2) AS REAL) \
     UNION ALL SELECT _i + 1, (_r + $1 / _r) / 2 FROM _root WHERE _i < 12) \
     SELECT _r + (($1 - _r * _r) - (((_h * _h - _r * _r) + 2 * _h * (_r - _h)) + (_r - _h) * (_r - _h))) / (2 * _r) \
     FROM (SELECT _r, _r * 134217729 - (_r * 134217729 - _r) AS _h FROM _root WHERE _i = 12)) END";

/// The root of `$1`, digits of which `$2` are behind the point, to `$3` digits: by pairs of digits, as on paper.
const DIGITS: &str = "(WITH RECURSIVE _square(_t) AS (SELECT substr('0', 1, (length($1) + 2 * $3 - $2) % 2) || $1 || \
     replace(printf('%.*c', 2 * $3 - $2 + 1, 'x'), 'x', '0')), \
     _root(_i, _m, _r) AS (SELECT 0, 0, 0 UNION ALL SELECT _i + 1, \
     100 * _m + substr(_t, 2 * _i + 1, 2) - (20 * _r + value) * value, 10 * _r + value \
     FROM _root, _square, json_each('[0,1,2,3,4,5,6,7,8,9]') WHERE 2 * _i + 2 < length(_t) \
     AND CASE WHEN _r > 46000000000000000 THEN $fail('a bare SQLite has roots of 17 digits') ELSE 1 END \
     AND (20 * _r + value) * value <= 100 * _m + substr(_t, 2 * _i + 1, 2) \
     AND (20 * _r + value + 1) * (value + 1) > 100 * _m + substr(_t, 2 * _i + 1, 2)), \
     _text(_t) AS (SELECT printf('%0*d', $3 + 1, _r + (_m > _r)) FROM _root ORDER BY _i DESC LIMIT 1) \
     SELECT CASE WHEN $3 = 0 THEN _t ELSE substr(_t, 1, length(_t) - $3) || '.' || substr(_t, -$3) END FROM _text)";

/// The root of a quotient's text, with as many digits as it has.
pub(super) fn of_quotient(text: &str) -> String {
    let scale = format!("(length({text}) - instr({text}, '.'))");
    DIGITS
        .replace("$1", &format!("replace({text}, '.', '')"))
        .replace("$2", &scale)
        .replace("$3", &scale)
}

/// At PostgreSQL's scale (numeric.c, `numeric_sqrt`): 16 digits, counted in groups of four from the point.
fn decimal(call: &Call<'_>) -> Option<String> {
    // A session has more digits of a constant.
    let given = units(call.args[0]).filter(|given| integer(&given.sql).is_none())?;
    let scale = i64::from(given.scale);
    // The place of the first group of digits, from that before the point.
    let group = format!("((length($1) - {scale} + 3 + 40) / 4 - 11)");
    let shown = format!("max(17 - ({group} + 1) * 2, {scale}, 0)");
    let root = DIGITS
        .replace("$1", "CAST($1 AS TEXT)")
        .replace("$2", &scale.to_string())
        .replace("$3", "_shown");
    let zero = format!("'0.' || substr('000000000000000000', 1, max(15, {scale}))");
    let template = format!(
        "CASE WHEN $1 < 0 THEN $fail('cannot take square root of a negative number') WHEN $1 = 0 THEN {zero} \
         WHEN $1 IS NOT NULL THEN (SELECT {root} FROM (SELECT {shown} AS _shown)) END"
    );
    fill(&template, &[&given.sql], call.place)
}
