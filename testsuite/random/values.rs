//! Values of each type, as they are written: the ordinary ones often, those at the edges at times.

use crate::fuzz::Rng;
use rql_ir::Type;

pub(super) const INTEGERS: Type = Type::Array(&Type::Integer);
pub(super) const TEXTS: Type = Type::Array(&Type::Text);

/// What stands for a value when a failure is made smaller.
pub(super) fn simplest(ty: Type) -> &'static str {
    match ty {
        Type::Boolean => "TRUE",
        Type::SmallInt => "CAST(1 AS smallint)",
        Type::Integer => "1",
        Type::BigInt => "CAST(1 AS bigint)",
        Type::Decimal { .. } => "1.5",
        Type::Real => "CAST(1.5 AS real)",
        Type::Double => "1.5e0",
        Type::Blob => "CAST(NULL AS bytea)",
        Type::Date => "DATE '2024-01-31'",
        Type::Time => "TIME '12:30:00'",
        Type::Timestamp => "TIMESTAMP '2024-01-31 12:30:00'",
        Type::TimestampTz => "TIMESTAMPTZ '2024-01-31 12:30:00+00'",
        Type::Interval => "INTERVAL '1 day'",
        Type::Uuid => "CAST('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' AS uuid)",
        Type::Json => "CAST('{\"a\": 1}' AS json)",
        Type::Jsonb => "CAST('{\"a\": 1}' AS jsonb)",
        INTEGERS => "ARRAY[1, 2]",
        TEXTS => "ARRAY['a', 'b']",
        _ => "'a'",
    }
}

const SMALL: &[&str] = &[
    "0", "1", "1", "2", "2", "3", "-1", "-2", "5", "7", "10", "-10", "42",
];
const LARGE: &[&str] = &["100", "255", "-999", "1000", "12345", "-32767", "32767"];
const INT4: &[&str] = &["65536", "1000000", "2147483647", "-2147483647"];
const INT8: &[&str] = &[
    "4294967296",
    "-1000000000000",
    "9007199254740993",
    "9223372036854775807",
];
const DECIMALS: &[&str] = &[
    "0.0", "1.0", "1.5", "1.50", "2.5", "-2.5", "0.5", "-0.5", "3.14", "99.99", "-0.01", "100.0",
    "12.345", "0.125", "7.005", "1234.56",
];
/// Multiples of a power of two: their sums are exact in any order.
const DOUBLES: &[&str] = &[
    "0e0",
    "1e0",
    "0.5e0",
    "-0.5e0",
    "1.5e0",
    "2.5e0",
    "-2.25e0",
    "1024.125e0",
    "1e6",
    "-3e0",
    "0.125e0",
];
const TEXT: &[&str] = &[
    "",
    "a",
    "A",
    "b",
    "B",
    "aa",
    "ab",
    "AB",
    "aB",
    "a ",
    " a",
    "  ",
    "ä",
    "Ä",
    "é",
    "É",
    "ß",
    "straße",
    "STRASSE",
    "σ",
    "Σ",
    "日本",
    "😀x",
    "a%b",
    "a_b",
    "%",
    "_",
    "\\",
    "O''Hara",
    "NULL",
    "10",
    "9",
    "-3",
    "1.5",
    "a,b",
    "a,b,c",
    "abc",
    "ABC",
    "xyz",
    "foo bar",
    "Zoë",
    "I",
    "i",
    "ı",
    "e\u{301}",
    "true",
    "2024-02-29",
];
const DATES: &[&str] = &[
    "2024-02-29",
    "2024-02-28",
    "2023-12-31",
    "2024-01-01",
    "2024-01-31",
    "2000-02-29",
    "1900-03-01",
    "1970-01-01",
    "1969-12-31",
    "2024-03-31",
    "2021-06-15",
    "2099-12-31",
    "2020-12-28",
    "2021-01-03",
];
const TIMES: &[&str] = &[
    "00:00:00",
    "12:30:00",
    "23:59:59",
    "23:59:59.999999",
    "06:07:08.5",
    "12:00:00",
    "01:02:03.04",
];
const INTERVALS: &[&str] = &[
    "1 day",
    "1 month",
    "-1 day",
    "1 year 2 months",
    "36 hours",
    "00:00:01.5",
    "0 days",
    "-1 month 3 days",
    "30 days",
    "1 day -02:00:00",
    "15 minutes",
];
const JSONS: &[&str] = &[
    "{\"a\": 1, \"b\": [1, 2, null]}",
    "[1, 2, 3]",
    "{}",
    "[]",
    "null",
    "\"a\"",
    "{\"a\": {\"b\": \"c\"}}",
    "1.50",
    "{\"a\": null}",
    "[true, \"x\", {\"a\": 2}]",
];
const UUIDS: &[&str] = &[
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
];
const BLOBS: &[&str] = &["", "00", "61", "0aff", "c3a4", "414243"];
const INTEGER_ARRAYS: &[&str] = &["{1,2,3}", "{}", "{1,NULL}", "{3,1,2,1}", "{5}", "{-1,0}"];
const TEXT_ARRAYS: &[&str] = &[
    "{a,b}",
    "{}",
    "{NULL,a}",
    "{\"a b\",A,ä}",
    "{\"\"}",
    "{b,a,b}",
];

/// A value as it is written, and the greatest that its amount (of a text: its length) can be.
pub(super) fn literal(rng: &mut Rng, ty: Type) -> (String, f64) {
    let whole = |rng: &mut Rng, wide: &[&[&'static str]]| -> &'static str {
        let pool: &[&'static str] = match rng.below(10) {
            0..=6 => SMALL,
            _ => wide[rng.below(wide.len())],
        };
        pool[rng.below(pool.len())]
    };
    let quoted = |rng: &mut Rng, word: &str, pool: &[&'static str]| {
        (format!("{word} '{}'", rng.pick(pool)), 0.0)
    };
    let cast = |rng: &mut Rng, pool: &[&'static str], ty: &str| {
        (format!("CAST('{}' AS {ty})", rng.pick(pool)), 0.0)
    };
    match ty {
        Type::Boolean => ((*rng.pick(&["TRUE", "FALSE"])).to_owned(), 0.0),
        Type::SmallInt => number(format!("CAST({} AS smallint)", whole(rng, &[LARGE]))),
        Type::Integer => number(whole(rng, &[LARGE, LARGE, INT4]).to_owned()),
        Type::BigInt => number(format!(
            "CAST({} AS bigint)",
            whole(rng, &[LARGE, INT4, INT8])
        )),
        Type::Decimal { .. } => number((*rng.pick(DECIMALS)).to_owned()),
        Type::Real => number(format!("CAST({} AS real)", rng.pick(DOUBLES))),
        Type::Double => number((*rng.pick(DOUBLES)).to_owned()),
        Type::Blob => (format!("X'{}'", rng.pick(BLOBS)), 3.0),
        Type::Date => quoted(rng, "DATE", DATES),
        Type::Time => quoted(rng, "TIME", TIMES),
        Type::Timestamp => (moment(rng, "TIMESTAMP", ""), 0.0),
        Type::TimestampTz => (moment(rng, "TIMESTAMPTZ", "+00"), 0.0),
        Type::Interval => quoted(rng, "INTERVAL", INTERVALS),
        Type::Uuid => cast(rng, UUIDS, "uuid"),
        Type::Json => cast(rng, JSONS, "json"),
        Type::Jsonb => cast(rng, JSONS, "jsonb"),
        INTEGERS => cast(rng, INTEGER_ARRAYS, "integer[]"),
        TEXTS => cast(rng, TEXT_ARRAYS, "text[]"),
        _ => text(rng),
    }
}

fn moment(rng: &mut Rng, word: &str, zone: &str) -> String {
    format!("{word} '{} {}{zone}'", rng.pick(DATES), rng.pick(TIMES))
}

fn text(rng: &mut Rng) -> (String, f64) {
    let text = rng.pick(TEXT);
    let length = text.chars().count();
    (format!("'{text}'"), length as f64)
}

fn number(text: String) -> (String, f64) {
    let digits: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | 'e'))
        .collect();
    let plain = text
        .trim_start_matches("CAST(")
        .split(' ')
        .next()
        .unwrap_or_default();
    let amount = plain
        .trim_start_matches('-')
        .parse()
        .or_else(|_| digits.parse());
    (text, amount.map_or(f64::MAX, f64::abs))
}

/// A value for a column of the declared type.
pub(super) fn stored(rng: &mut Rng, declared: Type) -> String {
    match declared {
        Type::Varchar(most) => loop {
            let (text, length) = text(rng);
            if length <= f64::from(most) {
                return text;
            }
        },
        Type::Decimal {
            precision: Some(precision),
            scale,
        } => {
            let scale = u32::from(scale.unwrap_or(0));
            let whole = u32::from(precision) - scale;
            let units = match rng.below(12) {
                0 => 10_i64.pow(whole.min(9)) - 1,
                1 => 1 - 10_i64.pow(whole.min(9)),
                _ => rng.below(12) as i64 - 4,
            };
            let fraction = match rng.below(3) {
                0 => 0,
                1 => 5 * 10_u64.pow(scale) / 10,
                _ => rng.next_u64() % 10_u64.pow(scale),
            };
            match scale {
                0 => units.to_string(),
                _ => format!("{units}.{fraction:0width$}", width = scale as usize),
            }
        }
        // What MariaDB stores, from 1970 to 2038.
        Type::TimestampTz => loop {
            let text = moment(rng, "TIMESTAMPTZ", "+00");
            if text.contains("'202") || text.contains("'2000") {
                return text;
            }
        },
        _ => literal(rng, declared).0,
    }
}
