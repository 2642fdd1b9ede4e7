//! How numbers, days and moments are written and read where somebody wants them otherwise than PostgreSQL has
//! them.

use crate::value::time::DAY;
use crate::value::{patterns, text};
use crate::{Timestamp, ValueRef};
use std::borrow::Cow;

/// Separators of numbers, and templates of `to_char` for days and moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notation {
    /// Before the fraction of a number.
    pub decimal: char,
    /// Between each three digits before it.
    pub thousands: Option<char>,
    /// The template of a day.
    pub date: Option<String>,
    /// The template of a day with a time.
    pub timestamp: Option<String>,
}

impl Default for Notation {
    fn default() -> Self {
        Self {
            decimal: '.',
            thousands: None,
            date: None,
            timestamp: None,
        }
    }
}

impl Notation {
    /// True where all is as PostgreSQL writes it.
    pub(crate) fn are_usual(&self) -> bool {
        !self.are_numbers() && self.date.is_none() && self.timestamp.is_none()
    }

    fn are_numbers(&self) -> bool {
        self.decimal != '.' || self.thousands.is_some()
    }

    /// Appends a value's text.
    pub(crate) fn push(&self, out: &mut String, value: &ValueRef<'_>) {
        match (*value, &self.date, &self.timestamp) {
            (value, ..) if value.is_number() && self.are_numbers() => {
                let start = out.len();
                text::push(out, &value);
                let plain = out.split_off(start);
                self.number(out, &plain);
            }
            (ValueRef::Date(date), Some(template), _) if !matches!(date.0, i32::MIN | i32::MAX) => {
                let at = Timestamp(i64::from(date.0).saturating_mul(DAY));
                out.push_str(&patterns::moment(at, template, ""));
            }
            (ValueRef::Timestamp(at), _, Some(template))
                if !matches!(at.0, i64::MIN | i64::MAX) =>
            {
                out.push_str(&patterns::moment(at, template, ""));
            }
            (ValueRef::TimestampTz(at), _, Some(template))
                if !matches!(at.0, i64::MIN | i64::MAX) =>
            {
                out.push_str(&patterns::moment(at, template, "UTC"));
            }
            (value, ..) => text::push(out, &value),
        }
    }

    /// Writes a number, which stands there as PostgreSQL writes it, with these separators.
    fn number(&self, out: &mut String, plain: &str) {
        let digits = plain.find(|c: char| c.is_ascii_digit());
        let (sign, rest) = plain.split_at(digits.unwrap_or(plain.len()));
        let whole = rest.find(|c: char| !c.is_ascii_digit());
        let (whole, rest) = rest.split_at(whole.unwrap_or(rest.len()));
        out.push_str(sign);
        for (at, digit) in whole.chars().enumerate() {
            if let Some(thousands) = self.thousands
                && at > 0
                && (whole.len() - at).is_multiple_of(3)
            {
                out.push(thousands);
            }
            out.push(digit);
        }
        match rest.strip_prefix('.') {
            Some(fraction) => {
                out.push(self.decimal);
                out.push_str(fraction);
            }
            None => out.push_str(rest),
        }
    }

    /// The plain form of a number with these separators; what is none stays as it is.
    pub(crate) fn plain_number<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.are_numbers() {
            return text.into();
        }
        let read = || {
            let number = text.trim();
            let (whole, fraction) = match number.split_once(self.decimal) {
                Some((whole, fraction)) => (whole, Some(fraction)),
                None => (number, None),
            };
            let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
            let groups = self.thousands.map(|thousands| unsigned.split(thousands));
            let grouped = groups.is_none_or(|groups| {
                let lengths: Vec<usize> = groups.map(str::len).collect();
                lengths.len() == 1
                    || lengths[1..].iter().all(|&length| length == 3)
                        && (1..=3).contains(&lengths[0])
            });
            let digits: String = whole
                .chars()
                .filter(|&c| Some(c) != self.thousands)
                .collect();
            let plain = match fraction {
                Some(fraction) => format!("{digits}.{fraction}"),
                None => digits,
            };
            let numeric = plain.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
            (grouped && numeric && plain.parse::<f64>().is_ok()).then_some(plain)
        };
        read().map_or(text.into(), Cow::Owned)
    }

    /// The ISO form of a day of the template; what is none stays as it is.
    pub(crate) fn plain_date<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let read = self.date.as_deref().and_then(|template| of(text, template));
        read.map_or(text.into(), |at| at.date().to_string().into())
    }

    /// The ISO form of a moment of the template; what is none stays as it is.
    pub(crate) fn plain_timestamp<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let read = self.timestamp.as_deref();
        let read = read.and_then(|template| of(text, template));
        read.map_or(text.into(), |at| at.to_string().into())
    }
}

/// A moment of a template: strictly, for `to_date` takes much that nobody would call a day.
fn of(text: &str, template: &str) -> Option<Timestamp> {
    let at = patterns::read(text, template).ok()?;
    let again = patterns::moment(at, template, "");
    bare(&again).eq(bare(text)).then_some(at)
}

/// The text without zeros before other digits, blanks at its ends and capitals.
fn bare(text: &str) -> impl Iterator<Item = char> {
    let mut inside = false;
    let mut rest = text.trim().chars().peekable();
    core::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            let digit = rest.peek().is_some_and(char::is_ascii_digit);
            if c == '0' && !inside && digit {
                continue;
            }
            inside = c.is_ascii_digit();
            return Some(c.to_ascii_lowercase());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::Notation;
    use crate::{Date, Decimal, Timestamp, ValueRef};

    fn german() -> Notation {
        Notation {
            decimal: ',',
            thousands: Some('.'),
            date: Some("DD.MM.YYYY".into()),
            timestamp: Some("DD.MM.YYYY HH24:MI".into()),
        }
    }

    #[test]
    fn values_are_written_as_wanted() {
        let written = |value: ValueRef<'_>| {
            let mut out = String::new();
            german().push(&mut out, &value);
            out
        };
        let decimal =
            |units, scale| Decimal::new(units, scale).map_or(ValueRef::Null, ValueRef::Decimal);
        assert_eq!(written(decimal(-123_456_789, 2)), "-1.234.567,89");
        assert_eq!(written(decimal(5, 2)), "0,05");
        assert_eq!(written(ValueRef::Integer(999)), "999");
        assert_eq!(written(ValueRef::Integer(-1_000)), "-1.000");
        assert_eq!(written(ValueRef::Double(1.5e300)), "1,5e+300");
        assert_eq!(written(ValueRef::Double(f64::NAN)), "NaN");
        // 2024-02-29 is day 19,782.
        assert_eq!(written(ValueRef::Date(Date(19_782))), "29.02.2024");
        let at = Timestamp(19_782 * 86_400_000_000 + 45_000_000_000);
        assert_eq!(written(ValueRef::Timestamp(at)), "29.02.2024 12:30");
        assert_eq!(written(ValueRef::Date(Date(i32::MAX))), "infinity");
        assert_eq!(written(ValueRef::Text("1.5")), "1.5");
    }

    #[test]
    fn what_is_written_so_is_read() {
        let notation = german();
        assert_eq!(notation.plain_number("-1.234.567,89"), "-1234567.89");
        assert_eq!(notation.plain_number("1234,5"), "1234.5");
        // No groups of three.
        for text in ["1.2.3", "12.34,5", "a,b", "1,2,3", "", ","] {
            assert_eq!(notation.plain_number(text), text);
        }
        assert_eq!(notation.plain_date("29.02.2024"), "2024-02-29");
        assert_eq!(notation.plain_date("1.3.2024"), "2024-03-01");
        assert_eq!(
            notation.plain_timestamp("01.03.2024 07:05"),
            "2024-03-01 07:05:00"
        );
        for text in ["30.02.2024", "123", "2024-03-01", "x"] {
            assert_eq!(notation.plain_date(text), text);
        }
    }
}
