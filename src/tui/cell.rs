//! A value in a cell of the grid, and sums of many.

use crate::theme::Signs;
pub(crate) use noctra_runtime::grouped;
use noctra_runtime::{Decimal, MAX_SCALE, Value};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// A value in one line.
#[must_use]
pub(crate) fn shown(value: &Value, signs: &Signs) -> String {
    match value {
        Value::Null => signs.null.to_owned(),
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        value => escaped(&value.as_ref().to_string()),
    }
}

/// A number as text, with commas between its thousands; what is no number is as it was.
#[must_use]
pub(crate) fn in_thousands(number: &str) -> String {
    let start = usize::from(number.starts_with('-'));
    let digits = number[start..].bytes().take_while(u8::is_ascii_digit);
    let end = start + digits.count();
    let mut out = String::with_capacity(number.len() + (end - start) / 3);
    for (at, c) in number.char_indices() {
        if at > start && at < end && (end - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// What a person looks for who sees thousands as the grid shows them: the number, where it is one.
#[must_use]
pub(crate) fn without_thousands(needle: &str) -> Option<String> {
    let plain = needle.replace(',', "");
    (plain != needle && in_thousands(&plain) == needle).then_some(plain)
}

/// A text without characters that move the cursor.
#[must_use]
pub(crate) fn escaped(text: &str) -> String {
    if !text.contains(|c: char| c.is_control()) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c.is_control() {
            true => out.extend(c.escape_default()),
            false => out.push(c),
        }
    }
    out
}

/// A text cut to a width, and filled up to it.
#[must_use]
pub(crate) fn fitted(text: &str, width: usize, right: bool, signs: &Signs) -> String {
    let own = text.width();
    if own <= width {
        let space = " ".repeat(width - own);
        return if right {
            space + text
        } else {
            text.to_owned() + &space
        };
    }
    let mut out = String::new();
    let mut left = width.saturating_sub(1);
    for piece in text.graphemes(true) {
        let Some(rest) = left.checked_sub(piece.width()) else {
            break;
        };
        left = rest;
        out.push_str(piece);
    }
    if width > 0 {
        out.push_str(signs.cut);
    }
    out + &" ".repeat(left)
}

/// A text in lines of a width, broken where it must be.
#[must_use]
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = line
            .strip_suffix('\r')
            .unwrap_or(line)
            .replace('\t', "    ");
        let mut out = String::new();
        for word in line.split_inclusive(' ') {
            if out.width() + word.trim_end().width() > width && !out.is_empty() {
                lines.push(core::mem::take(&mut out));
            }
            for piece in word.graphemes(true) {
                if out.width() + piece.width() > width {
                    // A line does not begin with the space that has broken it.
                    if piece == " " {
                        continue;
                    }
                    lines.push(core::mem::take(&mut out));
                }
                match piece.chars().any(char::is_control) {
                    true => out.extend(piece.chars().flat_map(char::escape_default)),
                    false => out.push_str(piece),
                }
            }
        }
        lines.push(out);
    }
    lines
}

/// The sum of some values: exact as long as all of them are.
#[derive(Clone, Debug)]
pub(crate) struct Sum {
    /// How many values there were that are no NULL.
    pub(crate) values: u64,
    /// How many of them were numbers.
    pub(crate) numbers: u64,
    units: i128,
    scale: u8,
    inexact: f64,
    exact: bool,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            values: 0,
            numbers: 0,
            units: 0,
            scale: 0,
            inexact: 0.0,
            exact: true,
        }
    }
}

impl Sum {
    /// Adds a value.
    pub(crate) fn add(&mut self, value: &Value) {
        let decimal = match value {
            Value::Null => return,
            Value::Integer(value) => Decimal::new((*value).into(), 0),
            Value::Decimal(value) => Some(*value),
            _ => None,
        };
        self.values += 1;
        let number = match (value, decimal) {
            (_, Some(decimal)) => decimal.to_string().parse().ok(),
            (Value::Double(value), _) => Some(*value),
            (Value::Real(value), _) => Some(f64::from(*value)),
            (Value::Numeric(text), _) => text.parse().ok(),
            _ => None,
        };
        let Some(number) = number else { return };
        self.numbers += 1;
        self.inexact += number;
        let sum = decimal
            .filter(|_| self.exact)
            .and_then(|decimal| self.with(decimal));
        match sum {
            Some((units, scale)) => (self.units, self.scale) = (units, scale),
            None => self.exact = false,
        }
    }

    fn with(&self, decimal: Decimal) -> Option<(i128, u8)> {
        let scale = self.scale.max(decimal.scale());
        let scaled =
            |units: i128, own: u8| units.checked_mul(10_i128.checked_pow((scale - own).into())?);
        let sum = scaled(self.units, self.scale)?
            .checked_add(scaled(decimal.units(), decimal.scale())?)?;
        (scale <= MAX_SCALE).then_some((sum, scale))
    }

    /// The sum as people read it; `None` where there was no number.
    #[must_use]
    pub(crate) fn total(&self) -> Option<String> {
        if self.numbers == 0 {
            return None;
        }
        let exact = Decimal::new(self.units, self.scale).filter(|_| self.exact);
        let text = exact.map_or_else(|| self.inexact.to_string(), |sum| sum.to_string());
        Some(in_thousands(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::{Sum, fitted, in_thousands, shown, without_thousands, wrapped};
    use crate::theme::{ASCII, UNICODE};
    use noctra_runtime::{Decimal, Value};

    #[test]
    fn cells_are_as_wide_as_they_are_told() {
        assert_eq!(fitted("東京都", 4, false, &UNICODE), "東… ");
        assert_eq!(fitted("東京都", 5, false, &UNICODE), "東京…");
        assert_eq!(fitted("12", 4, true, &UNICODE), "  12");
        assert_eq!(fitted("long", 3, false, &ASCII), "lo~");
        assert_eq!(
            shown(&Value::Text("a\nb\u{7}".into()), &UNICODE),
            "a\\nb\\u{7}"
        );
        assert_eq!(shown(&Value::Null, &UNICODE), "∅");
    }

    #[test]
    fn sums_are_exact_where_values_are() {
        let mut sum = Sum::default();
        let decimal = |units, scale| Decimal::new(units, scale).map_or(Value::Null, Value::Decimal);
        for value in [
            decimal(1, 1),
            decimal(20, 2),
            Value::Integer(1),
            Value::Null,
        ] {
            sum.add(&value);
        }
        assert_eq!(sum.total().as_deref(), Some("1.30"));
        sum.add(&Value::Double(0.5));
        assert_eq!(sum.total().as_deref(), Some("1.8"));
        assert_eq!(Sum::default().total(), None);
        let mut sum = Sum::default();
        sum.add(&decimal(-123_456_789, 2));
        assert_eq!(sum.total().as_deref(), Some("-1,234,567.89"));
    }

    #[test]
    fn thousands_are_grouped_and_found() {
        for (plain, shown) in [
            ("0", "0"),
            ("999.5", "999.5"),
            ("-1000", "-1,000"),
            ("1234567.8901", "1,234,567.8901"),
            ("1.5e+20", "1.5e+20"),
            ("NaN", "NaN"),
            ("-Infinity", "-Infinity"),
        ] {
            assert_eq!(in_thousands(plain), shown);
            let found = without_thousands(shown);
            assert_eq!(found.as_deref(), shown.contains(',').then_some(plain));
        }
        // No more than a list of two, and the beginning of one.
        assert_eq!(without_thousands("1,2"), None);
        assert_eq!(without_thousands("a,b"), None);
        assert_eq!(without_thousands(","), None);
    }

    #[test]
    fn lines_break_at_words() {
        assert_eq!(wrapped("one two three", 8), ["one two ", "three"]);
        assert_eq!(wrapped("abcdef\ng", 4), ["abcd", "ef", "g"]);
    }
}
