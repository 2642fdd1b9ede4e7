//! Arithmetic with moments and intervals, as PostgreSQL's `timestamp.c` has it.

use crate::value::time::{DAY, civil, days_from_civil};
use crate::{Interval, Time, Timestamp};
use rql::Abbreviation;

const HOUR: i64 = 3_600_000_000;

/// Days of a month.
fn month_days(year: i64, month: i64) -> i64 {
    let next = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    days_from_civil(next.0, next.1, 1) - days_from_civil(year, month, 1)
}

impl Timestamp {
    /// True for the years 1 to 9999, whose text sorts as they do.
    pub(crate) fn is_common(self) -> bool {
        let first = days_from_civil(1, 1, 1) * DAY;
        let end = days_from_civil(10_000, 1, 1) * DAY;
        (first..end).contains(&self.0)
    }

    /// The time of day.
    pub(crate) fn time(self) -> Time {
        Time(self.0.rem_euclid(DAY))
    }

    /// Reads a moment with an offset from UTC, or in UTC.
    pub(crate) fn parse_zoned(text: &str) -> Option<Self> {
        if let Some((local, Abbreviation::Fixed(seconds))) = rql::before_abbreviation(text) {
            return Some(Self(Self::parse(local)?.0 - i64::from(seconds) * 1_000_000));
        }
        let clock = text.find([' ', 'T']).unwrap_or(text.len());
        let Some(at) = text[clock..].rfind(['+', '-']).map(|at| at + clock) else {
            return Self::parse(text);
        };
        let (hours, minutes) = text[at + 1..]
            .split_once(':')
            .unwrap_or((&text[at + 1..], "0"));
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        let offset = (hours <= 15 && minutes < 60).then_some(hours * 60 + minutes)? * 60_000_000;
        let local = Self::parse(text[..at].trim_end())?;
        Some(Self(if text[at..].starts_with('-') {
            local.0 + offset
        } else {
            local.0 - offset
        }))
    }

    /// The interval since another moment, in days and time.
    pub(crate) fn since(self, earlier: Self) -> Option<Interval> {
        let micros = self.0.checked_sub(earlier.0)?;
        Some(Interval {
            months: 0,
            days: i32::try_from(micros / DAY).ok()?,
            micros: micros % DAY,
        })
    }

    /// The interval since another moment, in months, days and time: the days borrow from the months of
    /// the earlier one.
    pub(crate) fn age(self, other: Self) -> Option<Interval> {
        let fields = |at: Self| (civil(at.0.div_euclid(DAY)), at.0.rem_euclid(DAY));
        let negative = self.0 < other.0;
        let (late, early) = if negative {
            (other, self)
        } else {
            (self, other)
        };
        let ((y1, m1, d1), t1) = fields(late);
        let ((y2, m2, d2), t2) = fields(early);
        let (mut months, mut days, mut micros) = ((y1 - y2) * 12 + m1 - m2, d1 - d2, t1 - t2);
        if micros < 0 {
            micros += DAY;
            days -= 1;
        }
        while days < 0 {
            days += month_days(y2, m2);
            months -= 1;
        }
        let interval = Interval {
            months: i32::try_from(months).ok()?,
            days: i32::try_from(days).ok()?,
            micros,
        };
        if negative {
            interval.negated()
        } else {
            Some(interval)
        }
    }

    /// The beginning of the unit that the moment is in; `None` for an unknown unit.
    pub(crate) fn truncated(self, unit: &str) -> Option<Self> {
        let days = self.0.div_euclid(DAY);
        let (year, month, _) = civil(days);
        let by = |size: i64| Some(Self(self.0.div_euclid(size) * size));
        let first = |year: i64, month: i64| Some(Self(days_from_civil(year, month, 1) * DAY));
        let group = |size: i64| (year - 1).div_euclid(size) * size + 1;
        match unit
            .strip_suffix('s')
            .filter(|u| *u != "u" && *u != "m")
            .unwrap_or(unit)
        {
            "microsecond" | "us" | "usec" => Some(self),
            "millisecond" | "ms" | "msec" => by(1000),
            "second" | "sec" => by(1_000_000),
            "minute" | "min" => by(60_000_000),
            "hour" => by(HOUR),
            "day" => by(DAY),
            "week" => Some(Self((days - (days + 3).rem_euclid(7)) * DAY)),
            "month" | "mon" => first(year, month),
            "quarter" => first(year, (month - 1) / 3 * 3 + 1),
            "year" => first(year, 1),
            "decade" => first(year.div_euclid(10) * 10, 1),
            "century" | "centurie" => first(group(100), 1),
            "millennium" | "millennia" => first(group(1000), 1),
            _ => None,
        }
    }
}

impl Interval {
    /// Reads an interval as PostgreSQL writes and takes it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (months, days, micros) = rql::read_interval(text)?;
        Some(Self {
            months,
            days,
            micros,
        })
    }

    /// The sum of each part.
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_add(other.months)?,
            days: self.days.checked_add(other.days)?,
            micros: self.micros.checked_add(other.micros)?,
        })
    }

    /// Each part with the other sign.
    pub(crate) fn negated(self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_neg()?,
            days: self.days.checked_neg()?,
            micros: self.micros.checked_neg()?,
        })
    }

    /// Bytes that sort as intervals do: a month of thirty days, a day of 24 hours.
    pub(crate) fn sort_key(self) -> Vec<u8> {
        let days = i128::from(self.months) * 30 + i128::from(self.days);
        let micros = days * i128::from(DAY) + i128::from(self.micros);
        // The sign bit turned, so that negative ones come first.
        (micros as u128 ^ (1 << 127)).to_be_bytes().to_vec()
    }

    /// Microseconds as EXTRACT(epoch) counts them: a year of 365.25 days, a month of thirty.
    pub(crate) fn epoch(self) -> i128 {
        let (years, months) = (i128::from(self.months / 12), i128::from(self.months % 12));
        let quarter_days = years * 1461 + (months * 30 + i128::from(self.days)) * 4;
        quarter_days * i128::from(DAY / 4) + i128::from(self.micros)
    }

    /// So many times as long; parts of months and days go on into days and time.
    pub(crate) fn times(self, factor: f64) -> Option<Self> {
        self.scaled(|part| part * factor)
    }

    /// That part of it.
    pub(crate) fn divided(self, divisor: f64) -> Option<Self> {
        self.scaled(|part| part / divisor)
    }

    fn scaled(self, scale: impl Fn(f64) -> f64) -> Option<Self> {
        let round = |x: f64| (x * 1_000_000.0).round_ties_even() / 1_000_000.0;
        let whole = |x: f64| (x.abs() < 2_147_483_648.0).then_some(x as i32);
        let months = scale(self.months.into());
        let days = scale(self.days.into());
        let month_days = round((months - months.trunc()) * 30.0);
        let rest = days - days.trunc() + month_days - month_days.trunc();
        let mut seconds = round(rest * 86_400.0);
        let mut more_days = month_days.trunc();
        if seconds.abs() >= 86_400.0 {
            let over = (seconds / 86_400.0).trunc();
            more_days += over;
            seconds -= over * 86_400.0;
        }
        let micros = (scale(self.micros as f64) + seconds * 1_000_000.0).round_ties_even();
        Some(Self {
            months: whole(months)?,
            days: whole(days)?.checked_add(whole(more_days)?)?,
            micros: (micros.abs() < 9.2e18).then_some(micros as i64)?,
        })
    }

    /// Thirty days as a month.
    pub(crate) fn justify_days(self) -> Option<Self> {
        let mut days = self.days % 30;
        let mut months = self.months.checked_add(self.days / 30)?;
        if months > 0 && days < 0 {
            (months, days) = (months - 1, days + 30);
        } else if months < 0 && days > 0 {
            (months, days) = (months + 1, days - 30);
        }
        Some(Self {
            months,
            days,
            ..self
        })
    }

    /// 24 hours as a day.
    pub(crate) fn justify_hours(self) -> Option<Self> {
        let mut micros = self.micros % DAY;
        let mut days = self
            .days
            .checked_add(i32::try_from(self.micros / DAY).ok()?)?;
        if days > 0 && micros < 0 {
            (days, micros) = (days - 1, micros + DAY);
        } else if days < 0 && micros > 0 {
            (days, micros) = (days + 1, micros - DAY);
        }
        Some(Self {
            days,
            micros,
            ..self
        })
    }

    /// Both, with one sign for all parts.
    pub(crate) fn justify(self) -> Option<Self> {
        let mut days = i64::from(self.days) + self.micros / DAY;
        let mut micros = self.micros % DAY;
        let mut months = i64::from(self.months) + days / 30;
        days %= 30;
        if months > 0 && (days < 0 || days == 0 && micros < 0) {
            (months, days) = (months - 1, days + 30);
        } else if months < 0 && (days > 0 || days == 0 && micros > 0) {
            (months, days) = (months + 1, days - 30);
        }
        if days > 0 && micros < 0 {
            (days, micros) = (days - 1, micros + DAY);
        } else if days < 0 && micros > 0 {
            (days, micros) = (days + 1, micros - DAY);
        }
        Some(Self {
            months: i32::try_from(months).ok()?,
            days: i32::try_from(days).ok()?,
            micros,
        })
    }

    /// The whole units of it; `None` for an unknown unit.
    pub(crate) fn truncated(self, unit: &str) -> Option<Self> {
        let months = |size: i32| {
            Some(Self {
                months: self.months / size * size,
                days: 0,
                micros: 0,
            })
        };
        let clock = |size: i64| {
            Some(Self {
                micros: self.micros / size * size,
                ..self
            })
        };
        match unit {
            "microseconds" => Some(self),
            "milliseconds" => clock(1000),
            "second" => clock(1_000_000),
            "minute" => clock(60_000_000),
            "hour" => clock(HOUR),
            "day" => clock(i64::MAX),
            "month" => months(1),
            "quarter" => months(3),
            "year" => months(12),
            "decade" => months(120),
            "century" => months(1200),
            "millennium" => months(12_000),
            _ => None,
        }
    }
}
