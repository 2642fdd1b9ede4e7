//! Intervals whose parts are known from the text, as PostgreSQL's text.

use super::Way::By;
use super::call::{integer, quoted};
use super::fill::fill;
use super::numeric::Units;
use super::{Call, Row};

const DAY: i64 = 86_400_000_000;
const MONTH: i64 = 30 * DAY;

pub(super) const ROWS: &[Row] = &[
    ("rql_make_interval", 3, By(interval_text)),
    ("rql_moments_between", 2, By(interval_text)),
    ("rql_times_between", 2, By(interval_text)),
    ("rql_interval_neg", 1, By(interval_text)),
    ("rql_interval_add", 2, By(interval_text)),
    ("rql_interval_sub", 2, By(interval_text)),
    ("rql_interval_mul", 2, By(interval_text)),
    ("rql_interval_of", 7, By(interval_text)),
    ("rql_justify_days", 1, By(interval_text)),
    ("rql_justify_hours", 1, By(interval_text)),
    ("rql_justify_interval", 1, By(interval_text)),
    (
        "rql_interval_key",
        1,
        By(|call| {
            let Interval {
                months,
                days,
                micros,
            } = interval(call.args[0])?;
            if let (Some(m), Some(d), Some(u)) =
                (integer(&months), integer(&days), integer(&micros))
            {
                let key = m
                    .checked_mul(MONTH)?
                    .checked_add(d.checked_mul(DAY)?)?
                    .checked_add(u)?;
                return Some(key.to_string());
            }
            let all = [
                scaled(&months, MONTH),
                scaled(&days, DAY),
                scaled(&micros, 1),
            ];
            let all: Vec<String> = all.into_iter().filter(|part| part != "0").collect();
            Some(format!("({})", all.join(" + ")))
        }),
    ),
];

/// A field of an interval in units.
pub(super) fn interval_field(name: &str, of: &Interval, call: &Call<'_>) -> Option<Units> {
    let Interval {
        months,
        days,
        micros,
    } = of;
    let (template, scale) = match name {
        "year" => ("$1 / 12", 0),
        "month" => ("$1 % 12", 0),
        "quarter" => ("$1 % 12 / 3 + 1", 0),
        "decade" => ("$1 / 120", 0),
        "century" => ("$1 / 1200", 0),
        "millennium" => ("$1 / 12000", 0),
        "day" => ("$2", 0),
        "hour" => ("$3 / 3600000000", 0),
        "minute" => ("$3 / 60000000 % 60", 0),
        "second" => ("$3 % 60000000", 6),
        "millisecond" | "milliseconds" => ("$3 % 60000000", 3),
        "microsecond" | "microseconds" => ("$3 % 60000000", 0),
        // A year is 365.25 days, a month 30.
        "epoch" => (
            "$1 / 12 * 31557600000000 + $1 % 12 * 2592000000000 + $2 * 86400000000 + $3",
            6,
        ),
        _ => return None,
    };
    let all: [&str; 3] = [months, days, micros];
    Some(Units {
        sql: fill(template, &all, call.place)?,
        scale,
    })
}

/// Months, days and microseconds, each an integer.
pub(super) struct Interval {
    pub(super) months: String,
    pub(super) days: String,
    pub(super) micros: String,
}

impl Interval {
    fn each(&self, by: impl Fn(&str) -> Option<String>) -> Option<Self> {
        Some(Self {
            months: by(&self.months)?,
            days: by(&self.days)?,
            micros: by(&self.micros)?,
        })
    }

    pub(super) fn backwards(&self) -> Self {
        let back = |part: &str| match integer(part) {
            Some(value) => value.wrapping_neg().to_string(),
            None => format!("(0 - ({part}))"),
        };
        Self {
            months: back(&self.months),
            days: back(&self.days),
            micros: back(&self.micros),
        }
    }

    fn with(&self, other: &Self, op: &str) -> Self {
        let both = |a: &str, b: &str| match (integer(a), integer(b)) {
            (Some(a), Some(b)) if op == "+" => (a.wrapping_add(b)).to_string(),
            (Some(a), Some(b)) => (a.wrapping_sub(b)).to_string(),
            (Some(0), None) if op == "+" => b.to_owned(),
            (None, Some(0)) => a.to_owned(),
            _ => format!("(({a}) {op} ({b}))"),
        };
        Self {
            months: both(&self.months, &other.months),
            days: both(&self.days, &other.days),
            micros: both(&self.micros, &other.micros),
        }
    }
}

fn scaled(part: &str, by: i64) -> String {
    match (integer(part), by) {
        (Some(value), _) => value.wrapping_mul(by).to_string(),
        (None, 1) => format!("({part})"),
        (None, by) => format!("({part}) * {by}"),
    }
}

/// What is known of an interval.
pub(super) fn interval(arg: &str) -> Option<Interval> {
    let call = Call::of(arg)?;
    let arg = |at: usize| call.args.get(at).copied();
    let part = |text: &str| text.to_owned();
    Some(match call.name {
        "rql_make_interval" => {
            let all = [arg(0)?, arg(1)?, arg(2)?];
            if all.iter().any(|part| integer(part).is_none()) {
                return None;
            }
            Interval {
                months: part(all[0]),
                days: part(all[1]),
                micros: part(all[2]),
            }
        }
        "rql_moments_between" => {
            let micros = format!("rql_micros({}) - rql_micros({})", arg(0)?, arg(1)?);
            Interval {
                months: part("0"),
                days: format!("(({micros}) / {DAY})"),
                micros: format!("(({micros}) % {DAY})"),
            }
        }
        "rql_times_between" => {
            let micros = |time: &str| {
                format!(
                    "((CAST(substr({time}, 1, 2) AS INTEGER) * 60 + CAST(substr({time}, 4, 2) AS INTEGER)) * 60000000 \
                     + CAST(substr({time}, 7, 2) || substr(substr({time}, 10) || '000000', 1, 6) AS INTEGER))"
                )
            };
            Interval {
                months: part("0"),
                days: part("0"),
                micros: format!("({} - {})", micros(arg(0)?), micros(arg(1)?)),
            }
        }
        "rql_interval_neg" => interval(arg(0)?)?.backwards(),
        "rql_interval_add" => interval(arg(0)?)?.with(&interval(arg(1)?)?, "+"),
        "rql_interval_sub" => interval(arg(0)?)?.with(&interval(arg(1)?)?, "-"),
        "rql_interval_mul" => {
            // By whole numbers no part runs over into the next.
            let by = arg(1)?;
            let whole = by.strip_suffix(".0").and_then(|by| by.parse::<i64>().ok());
            let cast = by
                .strip_prefix("CAST(")
                .and_then(|by| by.strip_suffix(" AS REAL)"));
            let given = interval(arg(0)?)?;
            match (whole.or(cast.and_then(integer)), cast) {
                (Some(by), _) => {
                    given.each(|part| Some(integer(part)?.checked_mul(by)?.to_string()))?
                }
                _ => return None,
            }
        }
        "rql_interval_of" => {
            let numbers: Vec<i64> = call.args[..6]
                .iter()
                .map(|arg| integer(arg))
                .collect::<Option<_>>()?;
            let seconds: f64 = call.args[6]
                .trim_start_matches("CAST(")
                .trim_end_matches(" AS REAL)")
                .parse()
                .ok()?;
            let [years, months, weeks, days, hours, minutes] = numbers[..] else {
                return None;
            };
            let seconds = (seconds * 1e6).round();
            if seconds.abs() > 9e15 {
                return None;
            }
            let clock = hours
                .checked_mul(3600)?
                .checked_add(minutes.checked_mul(60)?)?
                .checked_mul(1_000_000)?;
            Interval {
                months: years.checked_mul(12)?.checked_add(months)?.to_string(),
                days: weeks.checked_mul(7)?.checked_add(days)?.to_string(),
                micros: clock.checked_add(seconds as i64)?.to_string(),
            }
        }
        "rql_justify_days" | "rql_justify_hours" | "rql_justify_interval" => {
            let given = interval(arg(0)?)?;
            let (m, d, u) = (
                integer(&given.months)?,
                integer(&given.days)?,
                integer(&given.micros)?,
            );
            let (m, d, u) = justified(call.name, m, d, u)?;
            Interval {
                months: m.to_string(),
                days: d.to_string(),
                micros: u.to_string(),
            }
        }
        _ => return None,
    })
}

/// PostgreSQL's `justify_…` (timestamp.c): parts of one sign.
fn justified(
    name: &str,
    mut months: i64,
    mut days: i64,
    mut micros: i64,
) -> Option<(i64, i64, i64)> {
    if name != "rql_justify_days" {
        days = days.checked_add(micros / DAY)?;
        micros %= DAY;
    }
    if name != "rql_justify_hours" {
        months = months.checked_add(days / 30)?;
        days %= 30;
    }
    if name == "rql_justify_interval" {
        if months > 0 && (days < 0 || days == 0 && micros < 0) {
            (days, months) = (days + 30, months - 1);
        } else if months < 0 && (days > 0 || days == 0 && micros > 0) {
            (days, months) = (days - 30, months + 1);
        }
    } else if name == "rql_justify_days" {
        if months > 0 && days < 0 {
            (days, months) = (days + 30, months - 1);
        } else if months < 0 && days > 0 {
            (days, months) = (days - 30, months + 1);
        }
    }
    if name != "rql_justify_days" {
        if days > 0 && micros < 0 {
            (micros, days) = (micros + DAY, days - 1);
        } else if days < 0 && micros > 0 {
            (micros, days) = (micros - DAY, days + 1);
        }
    }
    Some((months, days, micros))
}

/// An interval as PostgreSQL shows it (`IntervalStyle` `postgres`).
fn interval_text(call: &Call<'_>) -> Option<String> {
    let text = format!("{}({})", call.name, call.rest(0));
    let Interval {
        months,
        days,
        micros,
    } = interval(&text)?;
    if let (Some(m), Some(d), Some(u)) = (integer(&months), integer(&days), integer(&micros)) {
        return Some(quoted(&shown(m, d, u)));
    }
    if months != "0" {
        return None;
    }
    let clock = "CASE WHEN $2 < 0 THEN '-' WHEN $1 < 0 THEN '+' ELSE '' END || printf('%02d:%02d:%02d', abs($2) / 3600000000, abs($2) / 60000000 % 60, abs($2) / 1000000 % 60) \
                 || CASE WHEN $2 % 1000000 <> 0 THEN rtrim(printf('.%06d', abs($2) % 1000000), '0') ELSE '' END";
    let template = format!(
        "CASE WHEN $2 IS NULL THEN NULL WHEN $1 = 0 THEN {clock} ELSE $1 || CASE WHEN $1 = 1 THEN ' day' ELSE ' days' END \
         || CASE WHEN $2 <> 0 THEN ' ' || {clock} ELSE '' END END"
    );
    fill(&template, &[&days, &micros], call.place)
}

fn shown(months: i64, days: i64, micros: i64) -> String {
    let mut out = String::new();
    let mut negative = false;
    for (count, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if count != 0 {
            let space = if out.is_empty() { "" } else { " " };
            let plus = if negative && count > 0 { "+" } else { "" };
            let plural = if count == 1 { "" } else { "s" };
            out += &format!("{space}{plus}{count} {unit}{plural}");
            negative = count < 0;
        }
    }
    if out.is_empty() || micros != 0 {
        let sign = match micros {
            micros if micros < 0 => "-",
            _ if negative => "+",
            _ => "",
        };
        let (seconds, fraction) = (
            micros.unsigned_abs() / 1_000_000,
            micros.unsigned_abs() % 1_000_000,
        );
        let space = if out.is_empty() { "" } else { " " };
        out += &format!(
            "{space}{sign}{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        );
        if fraction != 0 {
            out += format!(".{fraction:06}").trim_end_matches('0');
        }
    }
    out
}
