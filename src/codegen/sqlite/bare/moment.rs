//! Dates and times, which are ISO text.

use super::Way::{By, Sql};
use super::call::{integer, literal, quoted};
use super::fill::fill;
use super::interval::{Interval, interval, interval_field};
use super::numeric::Units;
use super::{Call, Row};

/// What fails beside the years that SQLite counts.
const FAR: &str = "CASE WHEN $2 IS NULL OR $1 BETWEEN '0001' AND '9999-12-32' THEN $1 ELSE $fail('a bare SQLite has the years 1 to 9999') END";

pub(super) const ROWS: &[Row] = &[
    (
        "rql_date",
        1,
        By(|call| {
            if let Some(text) = literal(call.args[0]) {
                let day = text.get(..10)?;
                let shape = day.bytes().enumerate().all(|(at, b)| match at {
                    4 | 7 => b == b'-',
                    _ => b.is_ascii_digit(),
                });
                let rest = &text[10..];
                return (shape && (rest.is_empty() || is_clock(rest.strip_prefix(' ')?)))
                    .then(|| quoted(day));
            }
            fill(
                "CASE WHEN date($1) = substr($1, 1, 10) THEN date($1) WHEN $1 IS NOT NULL THEN $fail('a bare SQLite reads dates as 2021-01-31') END",
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_timestamp",
        1,
        By(|call| {
            if let Some(text) = literal(call.args[0]) {
                let rest = text.get(10..)?;
                let plain = |text: &str| {
                    text.bytes()
                        .all(|b| b.is_ascii_digit() || b"-: .".contains(&b))
                };
                return match rest {
                    "" if plain(&text) => Some(quoted(&format!("{text} 00:00:00"))),
                    rest if plain(&text)
                        && is_clock(rest.strip_prefix(' ')?)
                        && !rest.contains('.') =>
                    {
                        Some(quoted(&text))
                    }
                    _ => None,
                };
            }
            fill(
                "CASE WHEN date(substr($1, 1, 19)) = substr($1, 1, 10) AND (length($1) IN (10, 19) OR length($1) BETWEEN 21 AND 26 AND substr($1, 20, 1) = '.' AND substr($1, 21) NOT GLOB '*[^0-9]*') AND $1 NOT GLOB '*[^0-9: .-]*' \
             THEN substr($1 || ' 00:00:00', 1, 19) || CASE WHEN length($1) > 20 THEN rtrim(rtrim(substr($1, 20), '0'), '.') ELSE '' END \
             WHEN $1 IS NOT NULL THEN $fail('a bare SQLite reads timestamps as 2021-01-31 12:30:00') END",
                &call.args,
                call.place,
            )
        }),
    ),
    (
        "rql_time_of",
        1,
        Sql("substr($1 || ' 00:00:00', 12, max(length($1) - 11, 8))"),
    ),
    ("rql_micros", 1, Sql(MICROS)),
    ("rql_extract_date", 2, By(field)),
    ("rql_extract", 2, By(field)),
    ("rql_extract_time", 2, By(field)),
    ("rql_extract_interval", 2, By(field)),
    ("rql_date_trunc", 2, By(trunc)),
    (
        "rql_moment_add",
        4,
        By(|call| {
            let [moment, months, days, micros] = call.args[..] else {
                return None;
            };
            shifted(
                call,
                moment,
                &Interval {
                    months: months.into(),
                    days: days.into(),
                    micros: micros.into(),
                },
            )
        }),
    ),
    (
        "rql_shift",
        3,
        By(|call| {
            let by = interval(call.args[1])?;
            let by = if call.args[2] == "-1" {
                by.backwards()
            } else {
                by
            };
            shifted(call, call.args[0], &by)
        }),
    ),
    (
        "rql_add_days",
        3,
        By(|call| {
            let days = match (integer(call.args[1]), call.args[2]) {
                (Some(days), "-1") => format!("'{} days'", days.checked_neg()?),
                (Some(days), _) => format!("'{days:+} days'"),
                (None, "-1") => format!("(0 - ({})) || ' days'", call.args[1]),
                (None, _) => format!("({}) || ' days'", call.args[1]),
            };
            far(
                &format!("date({}, {days})", call.args[0]),
                call.args[0],
                Some(call.args[1]),
                call,
            )
        }),
    ),
    ("rql_date_time", 2, Sql("$1 || ' ' || $2")),
];

const MICROS: &str = "CAST(strftime('%s', substr($1, 1, 19)) AS INTEGER) * 1000000 + CAST(substr(substr($1, 21) || '000000', 1, 6) AS INTEGER)";

/// True for `12:30:00`, with digits behind a point at most.
pub(super) fn is_clock(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let shape = clock.len() == 8
        && clock.bytes().enumerate().all(|(at, b)| match at {
            2 | 5 => b == b':',
            _ => b.is_ascii_digit(),
        });
    shape
        && clock < "24"
        && !fraction.is_empty()
        && fraction.len() <= 6
        && fraction.bytes().all(|b| b.is_ascii_digit())
}

/// A computed moment, which is none beside the years that SQLite counts.
fn far(text: &str, of: &str, more: Option<&str>, call: &Call<'_>) -> Option<String> {
    let null = match more.filter(|more| integer(more).is_none()) {
        Some(more) => format!("({of}) || ({more})"),
        None => of.to_owned(),
    };
    fill(FAR, &[text, &null], call.place)
}

/// A field in units of its decimal: the text of `$1`, and the scale.
fn field_of(name: &str, kind: &str) -> Option<(String, u8)> {
    let week = "substr($1, 1, 10), '-3 days', 'weekday 4'";
    let fraction = "CAST(substr(substr($1, 21) || '000000', 1, 6) AS INTEGER)";
    let (day, clock) = (kind == "rql_extract_date", kind == "rql_extract_time");
    let timed = matches!(
        name,
        "hour"
            | "minute"
            | "second"
            | "milliseconds"
            | "microseconds"
            | "millisecond"
            | "microsecond"
    );
    if day && timed || clock && !timed && name != "epoch" {
        return None;
    }
    if clock {
        let fraction = "CAST(substr(substr($1, 10) || '000000', 1, 6) AS INTEGER)";
        return Some(match name {
            "hour" => ("CAST(substr($1, 1, 2) AS INTEGER)".into(), 0),
            "minute" => ("CAST(substr($1, 4, 2) AS INTEGER)".into(), 0),
            "second" => (format!("substr($1, 7, 2) * 1000000 + {fraction}"), 6),
            "epoch" => (
                format!(
                    "(substr($1, 1, 2) * 3600 + substr($1, 4, 2) * 60 + substr($1, 7, 2)) * 1000000 + {fraction}"
                ),
                6,
            ),
            "millisecond" | "milliseconds" => {
                (format!("substr($1, 7, 2) * 1000000 + {fraction}"), 3)
            }
            _ => (format!("substr($1, 7, 2) * 1000000 + {fraction}"), 0),
        });
    }
    Some(match name {
        "year" => ("CAST(substr($1, 1, 4) AS INTEGER)".into(), 0),
        "month" => ("CAST(substr($1, 6, 2) AS INTEGER)".into(), 0),
        "day" => ("CAST(substr($1, 9, 2) AS INTEGER)".into(), 0),
        "hour" => ("CAST(substr($1, 12, 2) AS INTEGER)".into(), 0),
        "minute" => ("CAST(substr($1, 15, 2) AS INTEGER)".into(), 0),
        "second" => (format!("substr($1, 18, 2) * 1000000 + {fraction}"), 6),
        "millisecond" | "milliseconds" => (format!("substr($1, 18, 2) * 1000000 + {fraction}"), 3),
        "microsecond" | "microseconds" => (format!("substr($1, 18, 2) * 1000000 + {fraction}"), 0),
        "quarter" => ("(substr($1, 6, 2) + 2) / 3".into(), 0),
        "week" => (format!("(strftime('%j', {week}) + 6) / 7"), 0),
        "isoyear" => (format!("CAST(strftime('%Y', {week}) AS INTEGER)"), 0),
        "dow" => (
            "CAST(strftime('%w', substr($1, 1, 10)) AS INTEGER)".into(),
            0,
        ),
        "isodow" => ("(strftime('%w', substr($1, 1, 10)) + 6) % 7 + 1".into(), 0),
        "doy" => (
            "CAST(strftime('%j', substr($1, 1, 10)) AS INTEGER)".into(),
            0,
        ),
        "decade" => ("substr($1, 1, 4) / 10".into(), 0),
        "century" => ("(substr($1, 1, 4) + 99) / 100".into(), 0),
        "millennium" => ("(substr($1, 1, 4) + 999) / 1000".into(), 0),
        "julian" if day => ("CAST(julianday($1) + 0.5 AS INTEGER)".into(), 0),
        "epoch" if day => ("CAST(strftime('%s', $1) AS INTEGER)".into(), 0),
        "epoch" => (MICROS.into(), 6),
        _ => return None,
    })
}

/// A field of a moment in units, by the function that gives it as a decimal.
pub(super) fn field_units(call: &Call<'_>) -> Option<Units> {
    let [name, of] = call.args[..] else {
        return None;
    };
    let name = literal(name)?.to_lowercase();
    if call.name == "rql_extract_interval" {
        return interval_field(&name, &interval(of)?, call);
    }
    if !matches!(
        call.name,
        "rql_extract" | "rql_extract_date" | "rql_extract_time"
    ) {
        return None;
    }
    let (template, scale) = field_of(&name, call.name)?;
    Some(Units {
        sql: fill(&template, &[of], call.place)?,
        scale,
    })
}

fn field(call: &Call<'_>) -> Option<String> {
    let given = field_units(call)?;
    Some(format!("rql_num({}, {})", given.sql, given.scale))
}

fn trunc(call: &Call<'_>) -> Option<String> {
    let [unit, of] = call.args[..] else {
        return None;
    };
    let unit = literal(unit)?.to_lowercase();
    let template = match unit.as_str() {
        "year" | "years" => "substr($1, 1, 4) || '-01-01 00:00:00'",
        "quarter" => {
            "substr($1, 1, 5) || substr('010407100', (substr($1, 6, 2) - 1) / 3 * 2 + 1, 2) || '-01 00:00:00'"
        }
        "month" | "months" => "substr($1, 1, 7) || '-01 00:00:00'",
        "week" | "weeks" => "date(substr($1, 1, 10), '-6 days', 'weekday 1') || ' 00:00:00'",
        "day" | "days" => "substr($1, 1, 10) || ' 00:00:00'",
        "hour" | "hours" => "substr($1 || ' 00', 1, 13) || ':00:00'",
        "minute" | "minutes" => "substr($1 || ' 00:00', 1, 16) || ':00'",
        "second" | "seconds" => "substr($1 || ' 00:00:00', 1, 19)",
        "millisecond" | "milliseconds" => {
            "substr($1 || ' 00:00:00', 1, 19) || rtrim(rtrim(CASE WHEN length($1) > 20 THEN substr($1, 20, 4) ELSE '' END, '0'), '.')"
        }
        "microsecond" | "microseconds" => {
            "substr($1 || ' 00:00:00', 1, 19) || rtrim(rtrim(CASE WHEN length($1) > 20 THEN substr($1, 20) ELSE '' END, '0'), '.')"
        }
        "decade" => {
            "CASE WHEN substr($1, 1, 4) < '0010' THEN $fail('a bare SQLite has the years 1 to 9999') ELSE substr($1, 1, 3) || '0-01-01 00:00:00' END"
        }
        "century" => {
            "printf('%02d', (substr($1, 1, 4) - 1) / 100) || substr($1, 1, 0) || '01-01-01 00:00:00'"
        }
        "millennium" => {
            "printf('%01d', (substr($1, 1, 4) - 1) / 1000) || substr($1, 1, 0) || '001-01-01 00:00:00'"
        }
        _ => return None,
    };
    fill(template, &[of], call.place)
}

/// A moment and an interval: months first, clamped to the month's last day, then days, then the clock.
fn shifted(call: &Call<'_>, moment: &str, by: &Interval) -> Option<String> {
    let months = integer(&by.months)?;
    let mut day = "substr($1, 1, 10)".to_owned();
    if months != 0 {
        day = format!(
            "min(date(substr($1, 1, 7) || '-01', '{months:+} months', (substr($1, 9, 2) - 1) || ' days'), \
             date(substr($1, 1, 7) || '-01', '{:+} months', '-1 days'))",
            months.checked_add(1)?
        );
    }
    let days = match integer(&by.days) {
        Some(0) => None,
        Some(days) => Some(format!("'{days:+} days'")),
        None => Some("$2 || ' days'".to_owned()),
    };
    if let Some(days) = &days {
        day = format!("date({day}, {days})");
    }
    let (stamp, rest) = match integer(&by.micros) {
        Some(0) => (
            day,
            "substr($1 || substr(' 00:00:00', max(length($1) - 9, 1)), 11)".to_owned(),
        ),
        Some(micros) => {
            let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
            let clock = "substr($1 || ' 00:00:00', 11, 9)";
            if micros == 0 {
                (
                    format!("datetime({day} || {clock}, '{seconds:+} seconds')"),
                    "substr($1, 20)".to_owned(),
                )
            } else {
                let sum = format!("(substr(substr($1, 21) || '000000', 1, 6) + {micros})");
                (
                    format!(
                        "datetime({day} || {clock}, ({seconds} + {sum} / 1000000) || ' seconds')"
                    ),
                    format!(
                        "CASE WHEN {sum} % 1000000 = 0 THEN '' ELSE rtrim(printf('.%06d', {sum} % 1000000), '0') END"
                    ),
                )
            }
        }
        None => {
            let sum = "(substr(substr($1, 21) || '000000', 1, 6) + $3)";
            let micros = format!("(({sum} % 1000000 + 1000000) % 1000000)");
            (
                format!(
                    "datetime({day} || substr($1 || ' 00:00:00', 11, 9), (({sum} - {micros}) / 1000000) || ' seconds')"
                ),
                format!(
                    "CASE WHEN {micros} = 0 THEN '' ELSE rtrim(printf('.%06d', {micros}), '0') END"
                ),
            )
        }
    };
    let args: [&str; 3] = [moment, &by.days, &by.micros];
    let null = match (integer(&by.days), integer(&by.micros)) {
        (Some(_), Some(_)) => "$1 IS NULL",
        _ => "$1 IS NULL OR $2 IS NULL OR $3 IS NULL",
    };
    let template = format!(
        "CASE WHEN {null} THEN NULL WHEN {stamp} BETWEEN '0001' AND '9999-12-32' THEN {stamp} || {rest} ELSE $fail('a bare SQLite has the years 1 to 9999') END"
    );
    fill(&template, &args, call.place)
}
