//! Moments that are put together from numbers and texts, and what is made at random.

use super::Way::{By, Sql};
use super::call::{integer, literal, quoted};
use super::fill::fill;
use super::interval::interval;
use super::{Call, Row};
use crate::templates::{Piece, pieces};

pub(super) const ROWS: &[Row] = &[
    (
        "rql_make_date",
        3,
        Sql(
            "CASE WHEN date(printf('%04d-%02d-%02d', $1, $2, $3)) = printf('%04d-%02d-%02d', $1, $2, $3) AND $1 > 0 \
         THEN printf('%04d-%02d-%02d', $1, $2, $3) WHEN $1 + $2 + $3 IS NOT NULL \
         THEN $fail('date field value out of range, or a bare SQLite does not have it') END",
        ),
    ),
    (
        "rql_make_time",
        3,
        By(|call| {
            let seconds = seconds("$3");
            let template = format!(
                "CASE WHEN $1 BETWEEN 0 AND 23 AND $2 BETWEEN 0 AND 59 AND $3 >= 0 AND {seconds} < 60000000 \
             THEN printf('%02d:%02d:%02d', $1, $2, {seconds} / 1000000) || {} \
             WHEN $1 + $2 + $3 IS NOT NULL THEN $fail('time field value out of range') END",
                fraction(&seconds)
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_make_timestamp",
        6,
        By(|call| {
            let seconds = seconds("$6");
            let day = "printf('%04d-%02d-%02d', $1, $2, $3)";
            let template = format!(
                "CASE WHEN date({day}) = {day} AND $1 > 0 AND $4 BETWEEN 0 AND 23 AND $5 BETWEEN 0 AND 59 AND $6 >= 0 AND {seconds} < 60000000 \
             THEN {day} || printf(' %02d:%02d:%02d', $4, $5, {seconds} / 1000000) || {} \
             WHEN $1 + $2 + $3 + $4 + $5 + $6 IS NOT NULL THEN $fail('date or time field value out of range, or a bare SQLite does not have it') END",
                fraction(&seconds)
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_to_timestamp",
        1,
        By(|call| {
            // PostgreSQL counts from 2000 on, and rounds there (`float8_timestamptz`).
            let micros = "(CAST(round(($1 - 946684800.0) * 1000000) AS INTEGER) + 946684800000000)";
            let part = format!("(({micros} % 1000000 + 1000000) % 1000000)");
            let template = format!(
                "CASE WHEN $1 BETWEEN -62135596800 AND 253402300799 THEN datetime(({micros} - {part}) / 1000000, 'unixepoch') || {} \
             WHEN $1 IS NOT NULL THEN $fail('a bare SQLite has the years 1 to 9999') END",
                fraction(&part)
            );
            fill(&template, &call.args, call.place)
        }),
    ),
    (
        "rql_time",
        1,
        By(|call| {
            let text = literal(call.args[0])?;
            let shape = super::moment::is_clock(&text) && !text.contains('.');
            shape.then(|| quoted(&text))
        }),
    ),
    ("rql_time_add", 2, By(|call| moved(call, 1))),
    ("rql_time_sub", 2, By(|call| moved(call, -1))),
    (
        "rql_timestamptz",
        1,
        By(|call| {
            let arg = call.args[0];
            let Some(text) = literal(arg) else {
                return Some(format!("rql_timestamp({arg})"));
            };
            let zone = ["+00", "+00:00", "Z", ""]
                .into_iter()
                .find(|zone| text.ends_with(zone))?;
            let text = quoted(text.strip_suffix(zone)?.trim_end());
            Some(format!("rql_timestamp({text})"))
        }),
    ),
    (
        "rql_timezone",
        3,
        By(|call| {
            let zone = literal(call.args[0])?.to_lowercase();
            matches!(zone.as_str(), "utc" | "gmt" | "etc/utc" | "zulu" | "z")
                .then(|| format!("rql_timestamp({})", call.args[1]))
        }),
    ),
    ("rql_to_date", 2, By(|call| by_template(call, false))),
    (
        "rql_to_timestamp_form",
        2,
        By(|call| by_template(call, true)),
    ),
    (
        "rql_random",
        0,
        Sql("(random() & 9007199254740991) / 9007199254740992.0"),
    ),
    (
        "rql_sampled",
        1,
        By(|call| {
            let written = call.args[0].trim_start_matches("CAST(");
            let percent: f64 = written.split(' ').next()?.parse().ok()?;
            (0.0..=100.0).contains(&percent).then(|| {
                format!("(random() & 9007199254740991) / 9007199254740992.0 * 100 < {percent:?}")
            })
        }),
    ),
    (
        "rql_uuid4",
        0,
        Sql(
            "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' \
         || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))",
        ),
    ),
];

/// Microseconds of seconds that may have a fraction.
fn seconds(mark: &str) -> String {
    format!("CAST(round({mark} * 1000000) AS INTEGER)")
}

/// The digits behind the point of seconds, without zeros at the end.
fn fraction(micros: &str) -> String {
    format!(
        "CASE WHEN {micros} % 1000000 = 0 THEN '' ELSE rtrim(printf('.%06d', {micros} % 1000000), '0') END"
    )
}

/// A time of day and an interval, around midnight.
fn moved(call: &Call<'_>, sign: i64) -> Option<String> {
    const DAY: i64 = 86_400_000_000;
    let by = integer(&interval(call.args[1])?.micros)?;
    let by = by.checked_mul(sign)?.rem_euclid(DAY);
    let micros = format!(
        "(((substr($1, 1, 2) * 3600 + substr($1, 4, 2) * 60 + substr($1, 7, 2)) * 1000000 \
         + CAST(substr(substr($1, 10) || '000000', 1, 6) AS INTEGER) + {by}) % {DAY})"
    );
    let template = format!(
        "CASE WHEN $1 IS NOT NULL THEN printf('%02d:%02d:%02d', {micros} / 3600000000, {micros} / 60000000 % 60, {micros} / 1000000 % 60) || {} END",
        fraction(&micros)
    );
    fill(&template, &call.args, call.place)
}

/// A text that has the shape of a written template, by its places.
fn by_template(call: &Call<'_>, clock: bool) -> Option<String> {
    let template = literal(call.args[1])?;
    let mut shape = String::new();
    let mut at = 1;
    let mut fields: [Option<String>; 6] = Default::default();
    for piece in pieces(&template) {
        let (place, width) = match piece {
            Piece::Text(text)
                if text
                    .chars()
                    .all(|c| matches!(c, '-' | '/' | ':' | ' ' | '.')) =>
            {
                shape.push_str(text);
                at += text.len();
                continue;
            }
            Piece::Pattern {
                name,
                fill: true,
                ordinal: None,
                ..
            } => match name {
                "YYYY" => (0, 4),
                "MM" => (1, 2),
                "DD" => (2, 2),
                "HH24" => (3, 2),
                "MI" => (4, 2),
                "SS" => (5, 2),
                _ => return None,
            },
            _ => return None,
        };
        if fields[place].is_some() {
            return None;
        }
        fields[place] = Some(format!("substr($1, {at}, {width})"));
        shape.push_str(&"[0-9]".repeat(width));
        at += width;
    }
    let [year, month, day, hour, minute, second] = fields;
    let or = |field: Option<String>, other: &str| field.unwrap_or_else(|| quoted(other));
    let year = year?;
    let day = format!(
        "{year} || '-' || {} || '-' || {}",
        or(month, "01"),
        or(day, "01")
    );
    let moment = format!(
        "{day} || ' ' || {} || ':' || {} || ':' || {}",
        or(hour, "00"),
        or(minute, "00"),
        or(second, "00")
    );
    let text = if clock { &moment } else { &day };
    let template = format!(
        "CASE WHEN $1 GLOB {} AND datetime({moment}) = {moment} AND {year} > '0000' THEN {text} WHEN $1 IS NOT NULL \
         THEN $fail('a bare SQLite reads a moment by a template that it has the shape of') END",
        quoted(&shape)
    );
    fill(&template, &call.args, call.place)
}
