//! Constants of dates, times and intervals, read as PostgreSQL reads their ISO forms.

use crate::{Abbreviation, Literal, before_abbreviation};

/// What EXTRACT takes of a moment.
pub const FIELDS_OF_MOMENTS: &[&str] = &[
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "quarter",
    "week",
    "isoyear",
    "dow",
    "isodow",
    "doy",
    "epoch",
    "century",
    "decade",
    "millennium",
    "milliseconds",
    "microseconds",
    "julian",
];

/// What lies before all moments, or behind them.
pub(super) fn beyond(text: &str) -> Option<&'static str> {
    const ENDS: [&str; 2] = ["infinity", "-infinity"];
    ENDS.into_iter().find(|end| end.eq_ignore_ascii_case(text))
}

const SECOND: f64 = 1_000_000.0;

/// Reads `INTERVAL 'text' unit TO unit`: what is smaller than the last unit is cut off.
pub(super) fn interval_of(text: &str, unit: Option<&str>, to: Option<&str>) -> Option<Literal> {
    let lower = |unit: Option<&str>| unit.map(|unit| unit.trim_end_matches('s').to_lowercase());
    let (from, until) = (lower(unit), lower(to));
    let text = match (from.as_deref(), until.as_deref()) {
        (Some("minute"), Some("second")) if text.matches(':').count() == 1 => {
            format!("00:{}", text.trim())
        }
        (Some("day"), Some("hour")) => match text.trim().split_once(' ') {
            Some((days, hours)) => format!("{days} days {} hours", hours.trim()),
            None => text.to_owned(),
        },
        _ => text.to_owned(),
    };
    let read = interval(&text, until.as_deref().or(unit))?;
    Some(match until.or(from) {
        Some(last) => cut(read, &last),
        None => read,
    })
}

fn cut(value: Literal, unit: &str) -> Literal {
    let Literal::Interval {
        mut months,
        mut days,
        mut micros,
    } = value
    else {
        return value;
    };
    let size = match unit {
        "year" | "month" | "day" => 0,
        "hour" => 3_600_000_000,
        "minute" => 60_000_000,
        _ => 1,
    };
    micros = if size == 0 { 0 } else { micros - micros % size };
    if matches!(unit, "year" | "month") {
        days = 0;
    }
    if unit == "year" {
        months -= months % 12;
    }
    Literal::Interval {
        months,
        days,
        micros,
    }
}

/// `1-2`: years and months.
fn years_and_months(word: &str) -> Option<i64> {
    let (sign, rest) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let (years, months) = rest.split_once('-')?;
    let (years, months): (u32, u32) = (years.parse().ok()?, months.parse().ok()?);
    (months < 12).then_some(sign * (i64::from(years) * 12 + i64::from(months)))
}

/// Reads an interval: pairs of a number and a unit, perhaps with a clock (`1 day 02:30:00`), `ago`
/// behind it, the ISO form `P1Y2M3DT4H`, or one number with its unit apart.
pub(super) fn interval(text: &str, unit: Option<&str>) -> Option<Literal> {
    let trimmed = text.trim();
    if let Some(iso) = trimmed.strip_prefix('P') {
        return iso_interval(iso);
    }
    let lower = trimmed.to_ascii_lowercase();
    let mut words: Vec<&str> = lower.split_whitespace().collect();
    if words.first() == Some(&"@") {
        words.remove(0);
    }
    let ago = words.last() == Some(&"ago") && words.pop().is_some();
    let apart = unit.map(str::to_ascii_lowercase);
    let mut sum = Parts::default();
    let mut at = 0;
    while at < words.len() {
        let word = words[at];
        at += 1;
        if word.contains(':') {
            sum.micros += clock(word)?;
            continue;
        }
        if let Some(months) = years_and_months(word) {
            sum.months += months;
            continue;
        }
        let letters = word.find(|c: char| c.is_ascii_alphabetic());
        let (number, name) = match (letters, words.get(at)) {
            (Some(letters), _) => (&word[..letters], &word[letters..]),
            (None, Some(next)) if !next.contains(':') && starts_unit(next) => {
                at += 1;
                (word, *next)
            }
            // A number before a clock counts days, one alone is of the unit apart, else seconds.
            (None, Some(next)) if next.contains(':') => (word, "day"),
            (None, _) => (word, apart.as_deref().unwrap_or("second")),
        };
        sum.add(number, name)?;
    }
    if words.is_empty() {
        return None;
    }
    sum.literal(ago)
}

fn starts_unit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// `hh:mm[:ss[.fff]]` with a sign.
fn clock(word: &str) -> Option<f64> {
    let (sign, rest) = match word.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, word.strip_prefix('+').unwrap_or(word)),
    };
    let mut parts = rest.split(':');
    let hours: u32 = parts.next()?.parse().ok()?;
    let minutes: u32 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next().map_or(Some(0.0), |s| s.parse().ok())?;
    if parts.next().is_some() || minutes > 59 || !(0.0..60.0).contains(&seconds) {
        return None;
    }
    let whole = f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0;
    Some(sign * (whole * SECOND + (seconds * SECOND).round()))
}

/// `1Y2M3DT4H5M6S` behind `P`.
fn iso_interval(text: &str) -> Option<Literal> {
    let mut sum = Parts::default();
    let (mut number, mut timed) = (String::new(), false);
    for c in text.chars() {
        let unit = match (c, timed) {
            ('T', false) if number.is_empty() => {
                timed = true;
                continue;
            }
            ('Y', false) => "year",
            ('M', false) => "month",
            ('W', false) => "week",
            ('D', false) => "day",
            ('H', true) => "hour",
            ('M', true) => "minute",
            ('S', true) => "second",
            _ => {
                number.push(c);
                continue;
            }
        };
        sum.add(&number, unit)?;
        number.clear();
    }
    number.is_empty().then(|| sum.literal(false))?
}

#[derive(Default)]
struct Parts {
    months: i64,
    days: i64,
    micros: f64,
}

impl Parts {
    /// A fraction of a unit goes on into the smaller ones, as in PostgreSQL: of a month thirty days,
    /// of a day 24 hours.
    fn add(&mut self, number: &str, unit: &str) -> Option<()> {
        let value: f64 = number.parse().ok().filter(|v: &f64| v.is_finite())?;
        let (whole, rest) = (value.trunc(), value.fract());
        // Counts beyond 32 bits are refused below.
        let count = (whole.abs() < 1e12).then_some(whole as i64)?;
        let unit = match unit {
            "us" | "ms" => unit,
            other => other.strip_suffix('s').unwrap_or(other),
        };
        match unit {
            "millennium" | "millennia" | "mil" => self.months(value, 12_000)?,
            "century" | "centurie" | "c" => self.months(value, 1200)?,
            "decade" | "dec" => self.months(value, 120)?,
            "year" | "yr" | "y" => self.months(value, 12)?,
            "month" | "mon" => {
                self.months += count;
                self.days_of(rest * 30.0);
            }
            "week" | "w" => {
                self.days += count * 7;
                self.days_of(rest * 7.0);
            }
            "day" | "d" => {
                self.days += count;
                self.micros += (rest * 86_400.0 * SECOND).round();
            }
            "hour" | "hr" | "h" => self.micros += (value * 3600.0 * SECOND).round(),
            "minute" | "min" | "m" => self.micros += (value * 60.0 * SECOND).round(),
            "second" | "sec" | "s" | "" => self.micros += (value * SECOND).round(),
            "ms" | "msec" | "millisecond" => self.micros += (value * 1000.0).round(),
            "us" | "usec" | "microsecond" => self.micros += value.round(),
            _ => return None,
        }
        Some(())
    }

    fn months(&mut self, value: f64, factor: i32) -> Option<()> {
        let months = (value * f64::from(factor)).round();
        self.months += (months.abs() < 1e12).then_some(months as i64)?;
        Some(())
    }

    fn days_of(&mut self, days: f64) {
        self.days += days.trunc() as i64;
        self.micros += (days.fract() * 86_400.0 * SECOND).round();
    }

    fn literal(self, ago: bool) -> Option<Literal> {
        let sign = if ago { -1 } else { 1 };
        let micros = (self.micros.abs() < 9e18).then_some(self.micros as i64)?;
        Some(Literal::Interval {
            months: i32::try_from(self.months * sign).ok()?,
            days: i32::try_from(self.days * sign).ok()?,
            micros: micros * sign,
        })
    }
}

/// The same as [`iso`]; a zone behind it says nothing, as for PostgreSQL.
pub(super) fn without_zone(text: &str) -> Option<(String, Option<String>)> {
    if let Some(read) = iso(text) {
        return Some(read);
    }
    let (_, time) = text.split_once(['T', ' '])?;
    let zone = time.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.'))?;
    // It must be one to be left out.
    zoned(text)?;
    iso(&text[..text.len() - time.len() + zone])
}

/// Splits an ISO date or timestamp, checking the calendar.
pub(super) fn iso(text: &str) -> Option<(String, Option<String>)> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time.trim())),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year: u32 = parts.next().filter(|y| y.len() >= 4)?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next()?.parse().ok()?;
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || day == 0 || day > days || year == 0 || year > 9999 {
        return None;
    }
    let time = match time {
        None => None,
        Some(time) => Some(time_of_day(time)?),
    };
    Some((format!("{year:04}-{month:02}-{day:02}"), time))
}

/// A time of day at microseconds, without zeros at its end.
pub(super) fn time_of_day(text: &str) -> Option<String> {
    let mut parts = text.split(':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let second = parts.next().unwrap_or("0");
    if parts.next().is_some() || hour > 23 || minute > 59 {
        return None;
    }
    let (whole, fraction) = second.split_once('.').unwrap_or((second, ""));
    let whole: u32 = whole.parse().ok().filter(|&s| s < 60)?;
    let digits = fraction.bytes().all(|b| b.is_ascii_digit());
    if !digits || fraction.len() > 6 {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{hour:02}:{minute:02}:{whole:02}{dot}{fraction}"))
}

/// A timestamp with an offset from UTC (`+02`, `-05:30`, `Z`, `PST`), moved to UTC.
pub(super) fn zoned(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let text = upper.trim();
    let clock = text.find([' ', 'T']).unwrap_or(text.len());
    let sign = text[clock..].rfind(['+', '-']).map(|at| at + clock);
    let (local, offset) = match (before_abbreviation(text), sign) {
        (Some((local, Abbreviation::Fixed(seconds))), None) => (local, i64::from(seconds) / 60),
        // What it meant that year is for a list of zones to say.
        (Some(_), _) => return None,
        (None, None) => (text, 0),
        (None, Some(at)) => {
            let negative = text[at..].starts_with('-');
            let (hours, minutes) = text[at + 1..]
                .split_once(':')
                .unwrap_or((&text[at + 1..], "0"));
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            let minutes = (hours <= 15 && minutes < 60).then_some(hours * 60 + minutes)?;
            (text[..at].trim(), if negative { -minutes } else { minutes })
        }
    };
    let (date, time) = iso(local)?;
    let time = time.unwrap_or_else(|| "00:00:00".into());
    if offset == 0 {
        return Some(format!("{date} {time}"));
    }
    moved(&date, &time, -offset)
}

/// A moment some minutes later.
fn moved(date: &str, time: &str, by: i64) -> Option<String> {
    let number = |text: &str| text.parse::<i64>().ok();
    let (hour, rest) = time.split_once(':')?;
    let (minute, seconds) = rest.split_once(':')?;
    let minutes = number(hour)? * 60 + number(minute)? + by;
    let (shift, minutes) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let mut fields = date.split('-').filter_map(number);
    let (mut year, mut month, mut day) = (fields.next()?, fields.next()?, fields.next()? + shift);
    let last = |year: i64, month: i64| match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day == 0 {
        (year, month) = if month == 1 {
            (year - 1, 12)
        } else {
            (year, month - 1)
        };
        day = last(year, month);
    } else if day > last(year, month) {
        (year, month) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        day = 1;
    }
    let (hour, minute) = (minutes / 60, minutes % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{seconds}"
    ))
}
