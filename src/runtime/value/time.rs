//! Dates, times and intervals: their text forms are PostgreSQL's (`DateStyle` ISO, `UTC`).
//!
//! Own small types rather than a calendar crate's: the range is PostgreSQL's (4713 BC to the year
//! 294276 and `infinity`), and no arithmetic is done here, only reading and printing.

use core::fmt;

/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// A day, counted from 1970-01-01; `i32::MAX` and `i32::MIN` are `infinity` and `-infinity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

/// A time of day in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// Microseconds since 1970-01-01 00:00:00; the extremes are the infinities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// Months, days and microseconds, which do not convert into each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Months; years are twelve of them.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Microseconds.
    pub micros: i64,
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The inverse of [`civil`].
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn write_day(f: &mut fmt::Formatter<'_>, days: i64) -> Result<bool, fmt::Error> {
    let (year, month, day) = civil(days);
    let (shown, bc) = if year <= 0 {
        (1 - year, true)
    } else {
        (year, false)
    };
    write!(f, "{shown:04}-{month:02}-{day:02}")?;
    Ok(bc)
}

fn write_clock(f: &mut fmt::Formatter<'_>, micros: i64) -> fmt::Result {
    let seconds = micros / 1_000_000;
    let fraction = micros % 1_000_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    write!(f, "{hours:02}:{minutes:02}:{:02}", seconds % 60)?;
    write_fraction(f, fraction)
}

fn write_fraction(f: &mut fmt::Formatter<'_>, fraction: i64) -> fmt::Result {
    if fraction == 0 {
        return Ok(());
    }
    let (mut fraction, mut width) = (fraction, 6);
    while fraction % 10 == 0 {
        fraction /= 10;
        width -= 1;
    }
    write!(f, ".{fraction:0width$}")
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            i32::MAX => f.write_str("infinity"),
            i32::MIN => f.write_str("-infinity"),
            days => {
                let bc = write_day(f, i64::from(days))?;
                f.write_str(if bc { " BC" } else { "" })
            }
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_clock(f, self.0)
    }
}

impl Timestamp {
    /// As `timestamptz` prints it where the session's zone is UTC.
    pub(crate) fn write_utc(self, f: &mut impl fmt::Write) -> fmt::Result {
        let text = self.to_string();
        match text.strip_suffix(" BC") {
            Some(text) => write!(f, "{text}+00 BC"),
            None if text.ends_with("infinity") => f.write_str(&text),
            None => write!(f, "{text}+00"),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            i64::MAX => f.write_str("infinity"),
            i64::MIN => f.write_str("-infinity"),
            micros => {
                let bc = write_day(f, micros.div_euclid(DAY))?;
                f.write_str(" ")?;
                write_clock(f, micros.rem_euclid(DAY))?;
                f.write_str(if bc { " BC" } else { "" })
            }
        }
    }
}

/// PostgreSQL's `IntervalStyle` `postgres`: `1 year 2 mons -3 days +04:05:06.7`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        // A positive part after a negative one carries its sign.
        let mut after_negative = false;
        for (count, unit) in [
            (self.months / 12, "year"),
            (self.months % 12, "mon"),
            (self.days, "day"),
        ] {
            if count == 0 {
                continue;
            }
            let space = if first { "" } else { " " };
            let plus = if after_negative && count > 0 { "+" } else { "" };
            let plural = if count == 1 { "" } else { "s" };
            write!(f, "{space}{plus}{count} {unit}{plural}")?;
            first = false;
            after_negative = count < 0;
        }
        if first || self.micros != 0 {
            let sign = match self.micros {
                micros if micros < 0 => "-",
                _ if after_negative => "+",
                _ => "",
            };
            f.write_str(if first { "" } else { " " })?;
            f.write_str(sign)?;
            let micros = self.micros.unsigned_abs();
            let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
            let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
            write!(f, "{hours:02}:{minutes:02}:{:02}", seconds % 60)?;
            write_fraction(f, i64::try_from(fraction).unwrap_or(0))?;
        }
        Ok(())
    }
}

impl Date {
    /// Reads `2021-01-31`, also where a time of day of zero follows, as databases without a date
    /// type store it; `None` where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(day) = plain_day(text.as_bytes()) {
            return Some(day);
        }
        let timestamp = Timestamp::parse(text)?;
        (timestamp.0.rem_euclid(DAY) == 0)
            .then(|| i32::try_from(timestamp.0.div_euclid(DAY)).ok().map(Self))?
    }
}

impl Time {
    /// Reads `12:30`, `12:30:00`, `12:30:00.25`; `None` where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
        let mut parts = clock.split(':');
        let hours = number(parts.next()?, 1..=2)?;
        let minutes = number(parts.next()?, 2..=2)?;
        let seconds = parts.next().map_or(Some(0), |part| number(part, 2..=2))?;
        let whole = parts.next().is_none();
        let micros = if fraction.is_empty() {
            (!text.ends_with('.')).then_some(0)?
        } else {
            let digits = number(fraction, 1..=6)?;
            digits * 10_i64.pow(6 - u32::try_from(fraction.len()).ok()?)
        };
        (whole && hours <= 24 && minutes < 60 && seconds <= 60)
            .then_some(Self(
                (hours * 3_600 + minutes * 60 + seconds) * 1_000_000 + micros,
            ))
            .filter(|time| time.0 <= DAY)
    }
}

impl Timestamp {
    /// Reads `2021-01-31`, `2021-01-31 12:30:00[.fff]`, with `T` or a space; `None` where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = match text.find([' ', 'T']) {
            Some(at) => (&text[..at], Time::parse(&text[at + 1..])?.0),
            None => (text, 0),
        };
        let mut parts = day.split('-');
        let year = number(parts.next()?, 4..=6)?;
        let month = number(parts.next()?, 2..=2)?;
        let day = number(parts.next()?, 2..=2)?;
        let days = days_from_civil(year, month, day);
        // A day that the month does not have comes back as another one.
        (parts.next().is_none() && civil(days) == (year, month, day))
            .then(|| days.checked_mul(DAY)?.checked_add(time).map(Self))?
    }
}

impl Timestamp {
    /// Months first, clamped to the month's last day, then days, then microseconds, as PostgreSQL adds
    /// an interval; `None` out of range.
    #[must_use]
    pub fn checked_add(self, interval: Interval) -> Option<Self> {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let months = year * 12 + month - 1 + i64::from(interval.months);
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let next = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        let last = days_from_civil(next.0, next.1, 1) - days_from_civil(year, month, 1);
        let days = days_from_civil(year, month, day.min(last)).checked_add(interval.days.into())?;
        let micros = days.checked_mul(DAY)?.checked_add(self.0.rem_euclid(DAY))?;
        micros.checked_add(interval.micros).map(Self)
    }

    /// The day it falls on.
    #[must_use]
    pub fn date(self) -> Date {
        Date(i32::try_from(self.0.div_euclid(DAY)).unwrap_or(i32::MAX))
    }

    /// A field of EXTRACT that is a whole number, by PostgreSQL's names; `None` for another name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<i64> {
        let days = self.0.div_euclid(DAY);
        let micros = self.0.rem_euclid(DAY);
        let (year, month, day) = civil(days);
        // 1970-01-01 was a Thursday.
        let weekday = (days + 3).rem_euclid(7);
        // The ISO week's year is that of its Thursday.
        let thursday = days - weekday + 3;
        let (iso_year, ..) = civil(thursday);
        Some(match name {
            "year" if year <= 0 => year - 1,
            "year" => year,
            "month" => month,
            "day" => day,
            "quarter" => (month - 1) / 3 + 1,
            "hour" => micros / 3_600_000_000,
            "minute" => micros / 60_000_000 % 60,
            "dow" => (weekday + 1) % 7,
            "isodow" => weekday + 1,
            "doy" => days - days_from_civil(year, 1, 1) + 1,
            "week" => (thursday - days_from_civil(iso_year, 1, 1)) / 7 + 1,
            "isoyear" => iso_year,
            "decade" => year.div_euclid(10),
            "century" => (year - 1).div_euclid(100) + 1,
            "millennium" => (year - 1).div_euclid(1000) + 1,
            "second" => micros / 1_000_000 % 60,
            "epoch" => self.0.div_euclid(1_000_000),
            _ => return None,
        })
    }
}

/// `2021-01-31`, as nearly every day is written; `None` also where another reading may know it.
fn plain_day(text: &[u8]) -> Option<Date> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = text else {
        return None;
    };
    let two = |high: u8, low: u8| {
        let digits = high.is_ascii_digit() && low.is_ascii_digit();
        digits.then(|| i64::from(high - b'0') * 10 + i64::from(low - b'0'))
    };
    let (year, month, day) = (two(a, b)? * 100 + two(c, d)?, two(e, f)?, two(g, h)?);
    // Every month has 28 days; the others are for the reading in full.
    ((1..=12).contains(&month) && (1..=28).contains(&day)).then(|| {
        i32::try_from(days_from_civil(year, month, day))
            .ok()
            .map(Date)
    })?
}

fn number(digits: &str, len: core::ops::RangeInclusive<usize>) -> Option<i64> {
    (len.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{Date, Interval, Time, Timestamp};

    // Expected: PostgreSQL 15 with the same texts cast to the type.
    #[test]
    fn texts_as_postgresql_prints_them() {
        for day in [
            "1970-01-01",
            "2024-02-29",
            "1900-12-31",
            "0001-01-01",
            "9999-12-31",
        ] {
            assert_eq!(
                Date::parse(day).map(|d| d.to_string()).as_deref(),
                Some(day)
            );
        }
        assert_eq!(Date(-719_163).to_string(), "0001-12-31 BC");
        let at = |text| Timestamp::parse(text).map(|t| t.to_string());
        assert_eq!(at("2021-01-01").as_deref(), Some("2021-01-01 00:00:00"));
        assert_eq!(
            at("2021-01-01T05:06:07.500").as_deref(),
            Some("2021-01-01 05:06:07.5")
        );
        assert_eq!(
            at("1969-12-31 23:59:59.999999").as_deref(),
            Some("1969-12-31 23:59:59.999999")
        );
        for wrong in [
            "2023-02-29",
            "2021-13-01",
            "2021-1-1",
            "x",
            "",
            "2021-01-01 25:00",
        ] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
        assert_eq!(
            Time::parse("05:06").map(|t| t.to_string()).as_deref(),
            Some("05:06:00")
        );
        let mut utc = String::new();
        assert!(Timestamp(0).write_utc(&mut utc).is_ok());
        assert_eq!(utc, "1970-01-01 00:00:00+00");
    }

    // Expected: PostgreSQL 15, `timestamp + interval` and `extract`.
    #[test]
    fn calendar_arithmetic() {
        let add = |text: &str, months, days| {
            let interval = Interval {
                months,
                days,
                micros: 0,
            };
            let sum = Timestamp::parse(text).and_then(|at| at.checked_add(interval));
            sum.map_or(String::new(), |at| at.date().to_string())
        };
        assert_eq!(add("2024-01-31", 1, 0), "2024-02-29");
        assert_eq!(add("2024-02-29", -12, 0), "2023-02-28");
        assert_eq!(add("2024-12-31", 0, 1), "2025-01-01");
        let field = |text: &str, name| Timestamp::parse(text).and_then(|at| at.field(name));
        assert_eq!(field("2021-01-03", "week"), Some(53));
        assert_eq!(field("2021-01-03", "isoyear"), Some(2020));
        assert_eq!(field("2021-01-03", "dow"), Some(0));
        assert_eq!(field("2021-01-03", "isodow"), Some(7));
        assert_eq!(field("2024-12-31", "doy"), Some(366));
        assert_eq!(field("2024-05-06 07:08:09", "minute"), Some(8));
    }

    #[test]
    fn intervals_as_postgresql_prints_them() {
        let shown = |months, days, micros| {
            Interval {
                months,
                days,
                micros,
            }
            .to_string()
        };
        assert_eq!(shown(0, 0, 0), "00:00:00");
        assert_eq!(
            shown(14, -3, 14_706_700_000),
            "1 year 2 mons -3 days +04:05:06.7"
        );
        assert_eq!(shown(0, 1, 0), "1 day");
        assert_eq!(shown(-13, 0, 0), "-1 years -1 mons");
        assert_eq!(shown(0, 0, -1_000_000), "-00:00:01");
    }
}
