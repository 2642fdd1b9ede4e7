//! Dates, timestamps, times of day and intervals, all as text.

use super::number::shown;
use super::{Args, Cell, Given, Row, text};
use crate::{Date, Decimal, Interval, Time, Timestamp};
use core::cmp::Ordering;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneTransition};
use rql::Abbreviation;

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_date", 1, |a| {
        Ok(text(a.moment(0, "date")?.date().to_string()))
    }),
    ("rql_timestamp", 1, |a| {
        stamp(Some(a.moment(0, "timestamp")?))
    }),
    ("rql_timestamptz", 1, |a| {
        let value = a.text(0)?;
        let wrong = || "invalid input syntax for type timestamp with time zone".to_owned();
        stamp(Some(zoned(value.trim()).ok_or_else(wrong)?))
    }),
    ("rql_time", 1, |a| Ok(text(a.time(0)?.to_string()))),
    ("rql_time_of", 1, |a| {
        Ok(text(a.moment(0, "timestamp")?.time().to_string()))
    }),
    ("rql_interval", 1, |a| Ok(text(a.interval(0)?.to_string()))),
    ("rql_make_interval", 3, |a| {
        Ok(text(parts(a, 0)?.to_string()))
    }),
    ("rql_interval_time", 1, |a| {
        Ok(text(
            Time(a.interval(0)?.micros.rem_euclid(86_400_000_000)).to_string(),
        ))
    }),
    ("rql_interval_key", 1, |a| {
        Ok(Cell::Blob(a.interval(0)?.sort_key()))
    }),
    ("rql_micros", 1, |a| {
        Ok(Cell::Integer(a.moment(0, "timestamp")?.0))
    }),
    ("rql_interval_micros", 1, |a| {
        let value = a.interval(0)?;
        if value.months != 0 {
            return Err("an offset of months is not one length on SQLite".into());
        }
        let days = i64::from(value.days).checked_mul(86_400_000_000);
        let micros = days.and_then(|days| days.checked_add(value.micros));
        Ok(Cell::Integer(micros.ok_or("interval out of range")?))
    }),
    ("rql_add_days", 3, |a| {
        let days = a.int(1)?.saturating_mul(a.int(2)?);
        let days = i32::try_from(days).map_err(|_| DATE_RANGE)?;
        let interval = Interval {
            days,
            ..Interval::default()
        };
        let sum = a
            .moment(0, "date")?
            .checked_add(interval)
            .filter(|at| at.is_common());
        Ok(text(sum.ok_or(DATE_RANGE)?.date().to_string()))
    }),
    ("rql_moment_add", 4, |a| {
        stamp(a.moment(0, "timestamp")?.checked_add(parts(a, 1)?))
    }),
    ("rql_shift", 3, |a| {
        let interval = a.interval(1)?;
        let interval = if a.int(2)? < 0 {
            negated(interval)?
        } else {
            interval
        };
        stamp(a.moment(0, "timestamp")?.checked_add(interval))
    }),
    ("rql_moments_between", 2, |a| {
        span(a.moment(0, "timestamp")?.since(a.moment(1, "timestamp")?))
    }),
    ("rql_date_bin", 3, binned),
    ("rql_age", 2, |a| {
        span(a.moment(0, "timestamp")?.age(a.moment(1, "timestamp")?))
    }),
    ("rql_date_time", 2, |a| {
        let micros = a.time(1)?.0;
        let interval = Interval {
            micros,
            ..Interval::default()
        };
        stamp(a.moment(0, "date")?.checked_add(interval))
    }),
    ("rql_time_add", 2, |a| {
        clock(a.time(0)?, a.interval(1)?.micros)
    }),
    ("rql_time_sub", 2, |a| {
        clock(a.time(0)?, a.interval(1)?.micros.wrapping_neg())
    }),
    ("rql_times_between", 2, |a| {
        let micros = a.time(0)?.0 - a.time(1)?.0;
        span(Some(Interval {
            micros,
            ..Interval::default()
        }))
    }),
    ("rql_interval_add", 2, |a| {
        span(a.interval(0)?.checked_add(a.interval(1)?))
    }),
    ("rql_interval_sub", 2, |a| {
        span(a.interval(0)?.checked_add(negated(a.interval(1)?)?))
    }),
    ("rql_interval_mul", 2, |a| {
        span(a.interval(0)?.times(a.real(1)?))
    }),
    ("rql_interval_div", 2, |a| {
        let divisor = a.real(1)?;
        if divisor == 0.0 {
            return Err(super::DIVISION.into());
        }
        span(a.interval(0)?.divided(divisor))
    }),
    ("rql_interval_neg", 1, |a| {
        span(Some(negated(a.interval(0)?)?))
    }),
    ("rql_justify_days", 1, |a| {
        span(a.interval(0)?.justify_days())
    }),
    ("rql_justify_hours", 1, |a| {
        span(a.interval(0)?.justify_hours())
    }),
    ("rql_justify_interval", 1, |a| {
        span(a.interval(0)?.justify())
    }),
    ("rql_extract", 2, |a| {
        let field = a.text(0)?.to_lowercase();
        let at = a.moment(1, "timestamp")?;
        let rest = i128::from(at.0.rem_euclid(60_000_000));
        match field.as_str() {
            "second" => return shown(Decimal::new(rest, 6)),
            "milliseconds" => return shown(Decimal::new(rest, 3)),
            "microseconds" => return shown(Decimal::new(rest, 0)),
            "epoch" => return shown(Decimal::new(at.0.into(), 6)),
            _ => {}
        }
        whole(at.field(&field), &field, "timestamp without time zone")
    }),
    ("rql_extract_date", 2, |a| {
        let field = a.text(0)?.to_lowercase();
        if is_clock(&field) {
            return Err(format!("unit \"{field}\" not supported for type date"));
        }
        whole(a.moment(1, "date")?.field(&field), &field, "date")
    }),
    ("rql_extract_time", 2, |a| {
        let field = a.text(0)?.to_lowercase();
        let micros = a.time(1)?.0;
        clock_field(&field, micros, "time without time zone")
    }),
    ("rql_extract_interval", 2, |a| {
        let field = a.text(0)?.to_lowercase();
        let value = a.interval(1)?;
        let (years, months) = (value.months / 12, value.months % 12);
        let found = match field.as_str() {
            "millennium" => years / 1000,
            "century" => years / 100,
            "decade" => years / 10,
            "year" => years,
            "quarter" => months / 3 + 1,
            "month" => months,
            "day" => value.days,
            "epoch" => return shown(Decimal::new(value.epoch(), 6)),
            _ => return clock_field(&field, value.micros, "interval"),
        };
        Ok(text(found.to_string()))
    }),
    ("rql_date_trunc", 2, |a| {
        let unit = a.text(0)?.to_lowercase();
        let cut = a.moment(1, "timestamp")?.truncated(&unit);
        stamp(Some(cut.ok_or_else(|| {
            unknown(&unit, "timestamp without time zone")
        })?))
    }),
    ("rql_interval_trunc", 2, |a| {
        let unit = a.text(0)?.to_lowercase();
        span(Some(
            a.interval(1)?
                .truncated(&unit)
                .ok_or_else(|| unknown(&unit, "interval"))?,
        ))
    }),
    ("rql_timezone", 3, |a| {
        let zone = a.text(0)?;
        let offset = offset(&zone, a.moment(1, "timestamp")?, a.int(2)? > 0);
        moved(
            a,
            offset.ok_or_else(|| format!("time zone \"{zone}\" not recognized"))?,
        )
    }),
    ("rql_timezone_by", 3, |a| {
        let zone = a.interval(0)?;
        if zone.months != 0 || zone.days != 0 {
            return Err("interval time zone must not include months or days".into());
        }
        moved(a, zone.micros)
    }),
    ("rql_interval_of", 7, |a| {
        let months = a
            .int(0)?
            .checked_mul(12)
            .and_then(|m| m.checked_add(a.int(1).ok()?));
        let days = a
            .int(2)?
            .checked_mul(7)
            .and_then(|d| d.checked_add(a.int(3).ok()?));
        let minutes = a
            .int(4)?
            .checked_mul(60)
            .and_then(|m| m.checked_add(a.int(5).ok()?));
        let seconds = (a.real(6)? * 1_000_000.0).round_ties_even();
        let micros = minutes.and_then(|m| m.checked_mul(60_000_000));
        let micros = micros.and_then(|m| m.checked_add(seconds as i64));
        let narrow = |value: Option<i64>| value.and_then(|value| i32::try_from(value).ok());
        match (narrow(months), narrow(days), micros) {
            (Some(months), Some(days), Some(micros)) => span(Some(Interval {
                months,
                days,
                micros,
            })),
            _ => Err("interval out of range".into()),
        }
    }),
    ("rql_make_date", 3, |a| {
        let text = format!("{:04}-{:02}-{:02}", a.int(0)?, a.int(1)?, a.int(2)?);
        let year = a.int(0)?;
        if !(1..=9999).contains(&year) && year != 0 {
            return Err(DATE_RANGE.into());
        }
        let date = Date::parse(&text).filter(|_| year != 0);
        date.map(|date| super::text(date.to_string()))
            .ok_or(format!("date field value out of range: {text}"))
    }),
    ("rql_make_time", 3, |a| {
        Ok(text(Time(clock_of(a, 0)?).to_string()))
    }),
    ("rql_make_timestamp", 6, |a| {
        let day = format!("{:04}-{:02}-{:02}", a.int(0)?, a.int(1)?, a.int(2)?);
        let day = Timestamp::parse(&day).ok_or("date field value out of range")?;
        stamp(day.0.checked_add(clock_of(a, 3)?).map(Timestamp))
    }),
    ("rql_to_timestamp", 1, |a| {
        // PostgreSQL counts from 2000 on, and rounds there (`float8_timestamptz`).
        let micros = ((a.real(0)? - 946_684_800.0) * 1_000_000.0).round_ties_even();
        let micros = (micros.abs() < 9e18).then(|| micros as i64 + 946_684_800_000_000);
        stamp(micros.map(Timestamp))
    }),
];

const DATE_RANGE: &str = "date out of range: SQLite has the years 1 to 9999";
const MOMENT_RANGE: &str = "timestamp out of range: SQLite has the years 1 to 9999";

/// A text as a moment of a form: a date (`d`), a time (`h`), a timestamp or, with a zone behind it, one of UTC (`z`).
pub(super) fn read(value: &str, form: &str) -> Result<String, String> {
    let wrong = |ty: &str| format!("invalid input syntax for type {ty}: \"{value}\"");
    let moment = Timestamp::parse(value);
    let moment = match form {
        "d" => return Ok(moment.ok_or_else(|| wrong("date"))?.date().to_string()),
        "h" => {
            let time = Time::parse(value).or_else(|| moment.map(|moment| moment.time()));
            return Ok(time.ok_or_else(|| wrong("time"))?.to_string());
        }
        "z" => zoned(value).ok_or_else(|| wrong("timestamp with time zone"))?,
        _ => moment.ok_or_else(|| wrong("timestamp"))?,
    };
    let common = moment.is_common().then(|| moment.to_string());
    common.ok_or_else(|| MOMENT_RANGE.into())
}

/// A moment as text; only those of four digits in the year sort as text does.
fn stamp(at: Option<Timestamp>) -> Given {
    at.filter(|at| at.is_common())
        .map(|at| text(at.to_string()))
        .ok_or_else(|| MOMENT_RANGE.into())
}

fn span(interval: Option<Interval>) -> Given {
    interval
        .map(|interval| text(interval.to_string()))
        .ok_or_else(|| "interval out of range".into())
}

/// Functions that leave NULLs out.
pub(super) const LENIENT: &[Row] = &[
    ("rql_interval_greatest", -1, |a| {
        extreme(a, core::cmp::Ordering::Greater)
    }),
    ("rql_interval_least", -1, |a| {
        extreme(a, core::cmp::Ordering::Less)
    }),
];

fn extreme(a: &Args<'_, '_>, wanted: core::cmp::Ordering) -> Given {
    let mut best: Option<Interval> = None;
    for at in 0..a.len() {
        if a.raw(at) == rusqlite::types::ValueRef::Null {
            continue;
        }
        let value = a.interval(at)?;
        if best.is_none_or(|best| value.sort_key().cmp(&best.sort_key()) == wanted) {
            best = Some(value);
        }
    }
    Ok(best.map_or(Cell::Null, |best| text(best.to_string())))
}

/// The moment in a zone that is so many microseconds east of UTC, or the instant of one there.
fn moved(a: &Args<'_, '_>, offset: i64) -> Given {
    // Into the zone where the direction is forward, back from it else.
    let micros = if a.int(2)? > 0 { offset } else { -offset };
    stamp(a.moment(1, "timestamp")?.checked_add(Interval {
        micros,
        ..Interval::default()
    }))
}

/// A moment with an offset, an abbreviation or the name of a zone behind it.
fn zoned(value: &str) -> Option<Timestamp> {
    if let Some(read) = Timestamp::parse_zoned(value) {
        return Some(read);
    }
    let (local, zone) = match rql::before_abbreviation(value) {
        Some((local, _)) => (local, &value[local.len()..]),
        None => value
            .rsplit_once(' ')
            .filter(|(_, zone)| rql::is_zone_name(zone))?,
    };
    let local = Timestamp::parse(local.trim_end())?;
    Some(Timestamp(local.0 - offset(zone, local, false)?))
}

/// Microseconds east of UTC of a zone, at an instant or at a time on its clocks: by an abbreviation, by an offset, or by
/// the name of one.
fn offset(zone: &str, at: Timestamp, instant: bool) -> Option<i64> {
    match rql::zone_abbreviation(zone) {
        Some(Abbreviation::Fixed(seconds)) => Some(i64::from(seconds) * 1_000_000),
        Some(Abbreviation::Of(name)) => {
            let own = named_offset(name, at, instant)?;
            let at = if instant { at.0 } else { at.0 - own };
            Some(meant(zone, name, at).unwrap_or(own))
        }
        None => zone_offset(zone).or_else(|| named_offset(zone, at, instant)),
    }
}

/// What an abbreviation meant in a zone: the last time before an instant, or else the first time after it (PostgreSQL's
/// `pg_interpret_timezone_abbrev`).
fn meant(abbreviation: &str, zone: &str, at: i64) -> Option<i64> {
    // A zone's rules go on for ever.
    const MOST: usize = 1000;
    let zone = TimeZone::get(zone).ok()?;
    let abbreviation = abbreviation.trim();
    let (at, then) = (
        jiff::Timestamp::from_microsecond(at).ok()?,
        jiff::Timestamp::from_microsecond(at + 1).ok()?,
    );
    let known =
        |change: &TimeZoneTransition<'_>| change.abbreviation().eq_ignore_ascii_case(abbreviation);
    let before = zone.preceding(then).take(MOST).find(known);
    let found = before.or_else(|| zone.following(at).take(MOST).find(known))?;
    Some(i64::from(found.offset().seconds()) * 1_000_000)
}

/// Microseconds east of UTC of a zone by name or by POSIX offset, which counts to the west.
fn zone_offset(zone: &str) -> Option<i64> {
    let upper = zone.trim().to_uppercase();
    let known = ["UTC", "GMT", "Z", "ETC/UTC", "ETC/GMT", "ZULU", "UCT"];
    if known.contains(&&*upper) {
        return Some(0);
    }
    let at = upper.find(['+', '-'])?;
    let letters = upper[..at].chars().all(|c| c.is_ascii_alphabetic());
    let west = if upper[at..].starts_with('-') { -1 } else { 1 };
    let mut parts = upper[at + 1..].split(':');
    let mut seconds = 0_i64;
    for unit in [3600, 60, 1] {
        let Some(part) = parts.next() else { break };
        let digits =
            !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        seconds += digits.then(|| part.parse::<i64>().ok())?? * unit;
    }
    (letters && parts.next().is_none() && seconds <= 24 * 3600)
        .then_some(-west * seconds * 1_000_000)
}

/// Microseconds east of UTC of a zone of the system's list (or of the one in the program, where the system has none), at
/// an instant or at a time on its clocks.
fn named_offset(zone: &str, at: Timestamp, instant: bool) -> Option<i64> {
    let zone = rql::is_zone_name(zone).then(|| TimeZone::get(zone).ok())??;
    let at = jiff::Timestamp::from_microsecond(at.0).ok()?;
    let offset = match instant {
        true => zone.to_offset(at),
        false => {
            let clock = Offset::UTC.to_datetime(at);
            match zone.to_ambiguous_timestamp(clock).offset() {
                AmbiguousOffset::Unambiguous { offset } => offset,
                // As PostgreSQL reads a time that is skipped, or is there twice (its datetime.c,
                // DetermineTimeZoneOffset).
                AmbiguousOffset::Gap { before, .. } => before,
                AmbiguousOffset::Fold { after, .. } => after,
            }
        }
    };
    Some(i64::from(offset.seconds()) * 1_000_000)
}

pub(super) fn interval(value: &str) -> Result<Interval, String> {
    Interval::parse(value)
        .ok_or_else(|| format!("invalid input syntax for type interval: \"{value}\""))
}

fn negated(interval: Interval) -> Result<Interval, String> {
    interval
        .negated()
        .ok_or_else(|| "interval out of range".into())
}

fn parts(a: &Args<'_, '_>, from: usize) -> Result<Interval, String> {
    let part = |at| i32::try_from(a.int(at)?).map_err(|_| "interval out of range".to_owned());
    Ok(Interval {
        months: part(from)?,
        days: part(from + 1)?,
        micros: a.int(from + 2)?,
    })
}

/// A time of day some microseconds later, around midnight.
fn clock(time: Time, by: i64) -> Given {
    let day = 86_400_000_000;
    Ok(text(Time((time.0 + by % day).rem_euclid(day)).to_string()))
}

fn clock_of(a: &Args<'_, '_>, from: usize) -> Result<i64, String> {
    let (hour, minute, second) = (a.int(from)?, a.int(from + 1)?, a.real(from + 2)?);
    let fits =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0.0..=60.0).contains(&second);
    if !fits {
        return Err(format!(
            "time field value out of range: {hour}:{minute:02}:{second:02}"
        ));
    }
    let micros = (second * 1_000_000.0).round_ties_even() as i64;
    Ok((hour * 3600 + minute * 60) * 1_000_000 + micros)
}

fn is_clock(field: &str) -> bool {
    matches!(
        field,
        "hour" | "minute" | "second" | "milliseconds" | "microseconds"
    )
}

fn clock_field(field: &str, micros: i64, ty: &str) -> Given {
    let rest = i128::from(micros % 60_000_000);
    match field {
        "hour" => Ok(text((micros / 3_600_000_000).to_string())),
        "minute" => Ok(text((micros / 60_000_000 % 60).to_string())),
        "second" => shown(Decimal::new(rest, 6)),
        "milliseconds" => shown(Decimal::new(rest, 3)),
        "microseconds" => shown(Decimal::new(rest, 0)),
        "epoch" if ty != "interval" => shown(Decimal::new(micros.into(), 6)),
        _ => Err(unknown(field, ty)),
    }
}

fn whole(found: Option<i64>, field: &str, ty: &str) -> Given {
    found
        .map(|value| text(value.to_string()))
        .ok_or_else(|| unknown(field, ty))
}

fn unknown(field: &str, ty: &str) -> String {
    format!("unit \"{field}\" not recognized for type {ty}")
}

/// The start of the step that a moment is in, where steps are counted from an origin.
fn binned(a: &Args<'_, '_>) -> Given {
    let stride = a.interval(0)?;
    if stride.months != 0 {
        let message = "timestamps cannot be binned into intervals containing months or years";
        return Err(message.into());
    }
    let days = i64::from(stride.days).checked_mul(86_400_000_000);
    let stride = days.and_then(|days| days.checked_add(stride.micros));
    let stride = stride.ok_or("interval out of range")?;
    if stride <= 0 {
        return Err("stride must be greater than zero".into());
    }
    let (at, origin) = (a.moment(1, "timestamp")?.0, a.moment(2, "timestamp")?.0);
    let from = at.checked_sub(origin).ok_or("interval out of range")?;
    stamp(Some(Timestamp(at - from.rem_euclid(stride))))
}

/// How the texts of two intervals compare: as PostgreSQL's intervals do; what is no interval comes behind those.
pub(super) fn interval_order(a: &str, b: &str) -> Ordering {
    match [a, b].map(|text| interval(text).ok().map(|value| value.sort_key())) {
        [Some(a), Some(b)] => a.cmp(&b),
        [None, None] => a.cmp(b),
        [a, b] => a.is_none().cmp(&b.is_none()),
    }
}
