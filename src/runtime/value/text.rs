//! The text forms of values, appended to a buffer: what every sink writes a million times.
//!
//! [`ValueRef`]'s `Display` is the form in full; what is here gives the same text, quickly where the
//! value is one of the many.

use crate::value::time::{DAY, civil};
use crate::{Decimal, ValueRef};
use core::fmt::Write;
use lexical_write_integer::{FormattedSize, ToLexical};

/// What texts are appended to.
pub(crate) trait Text: Write {
    fn push_str(&mut self, text: &str);
    fn push(&mut self, c: char);
    fn integer(&mut self, value: i64);
    /// A number below `10^digits` with zeros before it, in so many digits.
    fn padded(&mut self, value: u64, digits: usize);
}

impl Text for String {
    fn push_str(&mut self, text: &str) {
        self.push_str(text);
    }

    fn push(&mut self, c: char) {
        self.push(c);
    }

    fn integer(&mut self, value: i64) {
        self.push_str(itoa::Buffer::new().format(value));
    }

    fn padded(&mut self, value: u64, digits: usize) {
        // Writing to a string does not fail.
        let _ = write!(self, "{value:0digits$}");
    }
}

/// A text on its way to a writer, which takes bytes: so digits are written where they stay. A copy of digits that have just
/// been written one by one makes the processor wait, some 5 ns for each number.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The text, and room behind it: what is there already need not be cleared for each number.
    bytes: Vec<u8>,
    /// Where the text ends.
    end: usize,
}

impl Line {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.end).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.end
    }

    pub(crate) fn clear(&mut self) {
        self.end = 0;
    }

    /// Appends one byte, which is ASCII.
    #[inline]
    pub(crate) fn byte(&mut self, byte: u8) {
        if self.end == self.bytes.len() {
            self.grow(1);
        }
        if let Some(place) = self.bytes.get_mut(self.end) {
            *place = byte;
            self.end += 1;
        }
    }

    /// Room for so many bytes behind the text.
    #[inline]
    fn room(&mut self, bytes: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < bytes {
            self.grow(bytes);
        }
        &mut self.bytes[self.end..]
    }

    #[cold]
    fn grow(&mut self, bytes: usize) {
        let needed = self.end + bytes;
        self.bytes.resize(needed.max(2 * self.bytes.len()), 0);
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

impl Text for Line {
    fn push_str(&mut self, text: &str) {
        self.room(text.len())[..text.len()].copy_from_slice(text.as_bytes());
        self.end += text.len();
    }

    fn push(&mut self, c: char) {
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => self.byte(byte),
            _ => self.push_str(c.encode_utf8(&mut [0; 4])),
        }
    }

    fn integer(&mut self, value: i64) {
        let room = self.room(i64::FORMATTED_SIZE_DECIMAL);
        self.end += value.to_lexical(room).len();
    }

    fn padded(&mut self, mut value: u64, digits: usize) {
        for place in self.room(digits)[..digits].iter_mut().rev() {
            // One decimal digit always fits a byte.
            *place = b'0' + (value % 10) as u8;
            value /= 10;
        }
        self.end += digits;
    }
}

/// Appends a value's text form.
pub(crate) fn push(out: &mut impl Text, value: &ValueRef<'_>) {
    let done = match *value {
        ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Numeric(text) => {
            out.push_str(text);
            true
        }
        ValueRef::Integer(value) => {
            out.integer(value);
            true
        }
        ValueRef::Decimal(value) => decimal(out, value),
        ValueRef::Date(value) => day(out, value.0.into()),
        ValueRef::Timestamp(value) => moment(out, value.0),
        ValueRef::TimestampTz(value) => {
            let done = moment(out, value.0);
            out.push_str(if done { "+00" } else { "" });
            done
        }
        _ => false,
    };
    if !done {
        // Writing to a string does not fail.
        let _ = write!(out, "{value}");
    }
}

/// A decimal of at most eighteen digits; false where it has more.
fn decimal(out: &mut impl Text, value: Decimal) -> bool {
    let scale = usize::from(value.scale());
    let (Ok(units), Some(one)) = (i64::try_from(value.units()), TENS.get(scale)) else {
        return false;
    };
    let units = units.unsigned_abs();
    let (whole, fraction) = (units / one, units % one);
    let Ok(whole) = i64::try_from(whole) else {
        return false;
    };
    if value.units() < 0 {
        out.push('-');
    }
    out.integer(whole);
    if scale > 0 {
        out.push('.');
        out.padded(fraction, scale);
    }
    true
}

/// Powers of ten.
const TENS: [u64; 19] = {
    let mut tens = [1; 19];
    let mut at = 1;
    while at < tens.len() {
        tens[at] = 10 * tens[at - 1];
        at += 1;
    }
    tens
};

/// A day of the years 0001 to 9999; false outside.
fn day(out: &mut impl Text, days: i64) -> bool {
    let (year, month, day) = civil(days);
    if !(1..=9_999).contains(&year) {
        return false;
    }
    let mut text = *b"0000-00-00";
    two(&mut text, 0, year / 100);
    two(&mut text, 2, year % 100);
    two(&mut text, 5, month);
    two(&mut text, 8, day);
    out.push_str(core::str::from_utf8(&text).unwrap_or_default());
    true
}

/// A day and a time of whole seconds; false for other ones.
fn moment(out: &mut impl Text, micros: i64) -> bool {
    let (days, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    if rest % 1_000_000 != 0 || !day(out, days) {
        return false;
    }
    let seconds = rest / 1_000_000;
    let mut text = *b" 00:00:00";
    two(&mut text, 1, seconds / 3_600);
    two(&mut text, 4, seconds / 60 % 60);
    two(&mut text, 7, seconds % 60);
    out.push_str(core::str::from_utf8(&text).unwrap_or_default());
    true
}

/// Two digits of a number below a hundred.
fn two(text: &mut [u8], at: usize, value: i64) {
    // Both are below ten.
    text[at] = b'0' + (value / 10) as u8;
    text[at + 1] = b'0' + (value % 10) as u8;
}

pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() % 2 == 1 {
        return Err("invalid hexadecimal data: odd number of digits".into());
    }
    let digit = |c: char| {
        c.to_digit(16)
            .ok_or(format!("invalid hexadecimal digit: \"{c}\""))
    };
    let pairs = digits.chunks(2).map(|pair| {
        let byte = digit(pair[0])? * 16 + digit(pair[1])?;
        Ok(u8::try_from(byte).unwrap_or(0))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::{Line, push};
    use crate::{Date, Decimal, Timestamp, ValueRef};

    #[test]
    fn quick_and_full_forms_are_the_same() {
        let decimals = [
            (0, 0),
            (0, 2),
            (5, 2),
            (-5, 2),
            (100, 2),
            (-123_456, 3),
            (7, 38),
            (i128::from(u64::MAX), 4),
            (i128::from(u64::MAX) + 1, 4),
            (i128::MIN + 1, 10),
            (i64::MIN.into(), 0),
            (i64::MIN.into(), 18),
            (i64::MAX.into(), 0),
            (i64::MAX.into(), 18),
            (i64::MAX.into(), 19),
            (999_999_999_999_999_999, 18),
            (10_000, 4),
            (-9, 18),
        ];
        let decimals = decimals.map(|(units, scale)| Decimal::new(units, scale));
        let mut values: Vec<ValueRef<'_>> = decimals
            .into_iter()
            .flatten()
            .map(ValueRef::Decimal)
            .collect();
        for number in [0, -1, i64::MAX, i64::MIN] {
            values.push(ValueRef::Integer(number));
        }
        let days = [
            0,
            -1,
            11_016,
            -719_162,
            -719_163,
            2_932_896,
            2_932_897,
            i32::MAX,
            i32::MIN,
        ];
        for days in days {
            values.push(ValueRef::Date(Date(days)));
            let micros = i64::from(days).saturating_mul(86_400_000_000);
            for more in [0, 1, 59_000_000, 86_399_999_999, 3_723_500_000] {
                let at = Timestamp(micros.saturating_add(more));
                values.extend([ValueRef::Timestamp(at), ValueRef::TimestampTz(at)]);
            }
        }
        for end in [i64::MAX, i64::MIN] {
            values.push(ValueRef::Timestamp(Timestamp(end)));
        }
        for double in [0.0, -0.0, 0.1, 1e-4, 9.9e-5, 1e15, 999_999_999_999_999.9] {
            values.push(ValueRef::Double(double));
        }
        for value in values {
            let (mut text, mut line) = (String::new(), Line::default());
            push(&mut text, &value);
            push(&mut line, &value);
            assert_eq!(text, value.to_string());
            assert_eq!(line.as_bytes(), text.as_bytes());
        }
    }
}
