//! Exact decimals.

use core::fmt;
use core::str::FromStr;

/// An exact decimal: `units / 10^scale`, up to 38 digits.
///
/// The scale is part of the value's text form (`1.50` is not printed as `1.5`), as in PostgreSQL;
/// equality is of value and scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: Units,
    scale: u8,
}

/// Packed, so that a value takes no more room than it needs: rows are copied a million times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(Rust, packed(8))]
struct Units(i128);

/// The most digits after the point.
pub const MAX_SCALE: u8 = 38;

impl Decimal {
    /// `units / 10^scale`; a scale beyond [`MAX_SCALE`] is not representable.
    #[must_use]
    pub const fn new(units: i128, scale: u8) -> Option<Self> {
        if scale > MAX_SCALE {
            None
        } else {
            Some(Self {
                units: Units(units),
                scale,
            })
        }
    }

    /// The digits without the point.
    #[must_use]
    pub const fn units(self) -> i128 {
        self.units.0
    }

    /// How many digits stand after the point.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// True where 18 digits do not hold it.
    #[must_use]
    pub(crate) fn is_wide(self) -> bool {
        self.units().unsigned_abs() >= 10_u128.pow(18)
    }

    /// The same value with another scale, rounded half away from zero as PostgreSQL rounds numeric;
    /// `None` where it does not fit 38 digits.
    #[must_use]
    pub fn rescale(self, scale: u8) -> Option<Self> {
        if scale == self.scale {
            return Some(self);
        }
        if scale > MAX_SCALE {
            return None;
        }
        let units = if scale >= self.scale {
            self.units()
                .checked_mul(10_i128.checked_pow(u32::from(scale - self.scale))?)?
        } else {
            let factor = 10_i128.checked_pow(u32::from(self.scale - scale))?;
            let (whole, rest) = (self.units() / factor, self.units() % factor);
            let up = rest.unsigned_abs() >= factor.unsigned_abs().div_ceil(2);
            if up {
                whole + self.units().signum()
            } else {
                whole
            }
        };
        Some(Self {
            units: Units(units),
            scale,
        })
    }

    /// A quotient with the digits behind the point that PostgreSQL gives one of its size, where it has so many.
    #[must_use]
    pub fn as_quotient(self) -> Self {
        let units = self.units().unsigned_abs();
        let digits = units.checked_ilog10().map_or(0, |last| last as usize + 1);
        let scale = usize::from(self.scale);
        let shown = quotient_scale(digits.saturating_sub(scale), scale.saturating_sub(digits));
        let shown = u8::try_from(shown).unwrap_or(self.scale);
        match shown < self.scale {
            true => self.rescale(shown).unwrap_or(self),
            false => self,
        }
    }

    /// The decimal nearest to a double, by its shortest text form; `None` where it is not finite or
    /// does not fit.
    #[must_use]
    pub fn from_f64(value: f64, scale: u8) -> Option<Self> {
        // A decimal of at most fifteen digits that reads as the value is its shortest text form.
        const POWERS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
        if let Some(power) = POWERS.get(usize::from(scale)) {
            let units = (value * power).round();
            if units.abs() < 1e15 && units / power == value {
                return Self::new(units as i128, scale);
            }
        }
        // `{}` never uses an exponent, so the text is a plain decimal.
        value
            .is_finite()
            .then(|| value.to_string())?
            .parse::<Self>()
            .ok()?
            .rescale(scale)
    }
}

/// Arithmetic as PostgreSQL's numeric has it; `None` where a result needs more than 38 digits.
impl Decimal {
    /// Both with the larger of the two scales.
    fn aligned(self, other: Self) -> Option<(i128, i128, u8)> {
        let scale = self.scale.max(other.scale);
        Some((
            self.rescale(scale)?.units(),
            other.rescale(scale)?.units(),
            scale,
        ))
    }

    /// The sum; its scale is the larger one.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Self::new(a.checked_add(b)?, scale)
    }

    /// The difference; its scale is the larger one.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Self::new(a.checked_sub(b)?, scale)
    }

    /// The product; its scale is the sum of both.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        Self::new(
            self.units().checked_mul(other.units())?,
            self.scale.checked_add(other.scale)?,
        )
    }

    /// The remainder, with the sign of `self`; its scale is the larger one. `other` is not zero.
    #[must_use]
    pub fn checked_rem(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Self::new(a.checked_rem(b)?, scale)
    }

    /// The quotient, rounded half away from zero at the scale that PostgreSQL's `numeric.c`
    /// (`select_div_scale`) chooses. `other` is not zero.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        let (weight_a, first_a) = self.first_group();
        let (weight_b, first_b) = other.first_group();
        let weight = weight_a - weight_b - i32::from(first_a <= first_b);
        let scale = (16 - weight * 4)
            .max(i32::from(self.scale))
            .max(i32::from(other.scale))
            .max(0);
        let scale = u8::try_from(scale)
            .ok()
            .filter(|&scale| scale <= MAX_SCALE)?;
        let divisor = other.units().unsigned_abs();
        let mut quotient = self.units().unsigned_abs().checked_div(divisor)?;
        let mut rest = self.units().unsigned_abs() % divisor;
        let digits = i32::from(scale) + i32::from(other.scale) - i32::from(self.scale);
        for _ in 0..digits {
            rest = rest.checked_mul(10)?;
            quotient = quotient.checked_mul(10)?.checked_add(rest / divisor)?;
            rest %= divisor;
        }
        if rest >= divisor.div_ceil(2) {
            quotient = quotient.checked_add(1)?;
        }
        let units = i128::try_from(quotient).ok()?;
        let negative = (self.units() < 0) != (other.units() < 0);
        Self::new(if negative { -units } else { units }, scale)
    }

    /// The square root at the scale that PostgreSQL's `sqrt_var` chooses. `self` is not negative.
    #[must_use]
    pub fn sqrt(self) -> Option<Self> {
        let (weight, _) = self.first_group();
        let scale = (16 - ((weight + 1) * 2 - 1))
            .max(i32::from(self.scale))
            .max(0);
        let scale = u8::try_from(scale).ok()?;
        // Digit by digit: each takes two of the square.
        let mut square = self.units().unsigned_abs().to_string();
        let zeros = usize::from(scale) * 2 - usize::from(self.scale);
        square.extend(core::iter::repeat_n('0', zeros));
        if square.len() % 2 == 1 {
            square.insert(0, '0');
        }
        let (mut root, mut rest) = (0_u128, 0_u128);
        for pair in square.as_bytes().chunks(2) {
            let two = u128::from(pair[0] - b'0') * 10 + u128::from(pair[1] - b'0');
            rest = rest.checked_mul(100)?.checked_add(two)?;
            let base = root.checked_mul(20)?;
            let digit = (0..10).rev().find(|d| (base + d) * d <= rest)?;
            rest -= (base + digit) * digit;
            root = root * 10 + digit;
        }
        let rounded = root + u128::from(rest > root);
        Self::new(i128::try_from(rounded).ok()?, scale)
    }

    /// Which value is larger.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<core::cmp::Ordering> {
        let (a, b, _) = self.aligned(other)?;
        Some(a.cmp(&b))
    }

    /// Bytes that sort as the values do, whatever their scales: a sign, the place of the first digit,
    /// the digits. Negative numbers have the last two inverted.
    #[must_use]
    pub fn sort_key(self) -> Vec<u8> {
        let digits = self.units().unsigned_abs().to_string();
        let significant = digits.trim_end_matches('0');
        let place = 128 + digits.len() - usize::from(self.scale);
        // 38 digits at most, so the place is from 90 to 166.
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        match self.units().signum() {
            0 => vec![1],
            1 => [&[2, place], significant.as_bytes()].concat(),
            _ => {
                let inverted = significant.bytes().map(|digit| !digit);
                let mut key = vec![0, !place];
                key.extend(inverted);
                // A number with more digits is the smaller one.
                key.push(u8::MAX);
                key
            }
        }
    }

    /// Zero.
    pub const ZERO: Self = Self {
        units: Units(0),
        scale: 0,
    };

    /// Weight and value of the first group of four digits, as `numeric.c` keeps them.
    fn first_group(self) -> (i32, u128) {
        let power = 10_u128.pow(u32::from(self.scale));
        let units = self.units().unsigned_abs();
        let (mut whole, mut fraction) = (units / power, units % power);
        if units == 0 {
            return (0, 0);
        }
        let mut weight = 0;
        if whole > 0 {
            while whole >= 10_000 {
                whole /= 10_000;
                weight += 1;
            }
            return (weight, whole);
        }
        let mut power = power;
        loop {
            weight -= 1;
            // Four more digits of the fraction; what it does not have counts as zeros.
            let (group, rest, next) = if power >= 10_000 {
                let next = power / 10_000;
                (fraction / next, fraction % next, next)
            } else {
                (fraction * 10_000 / power, 0, 1)
            };
            if group > 0 || next == 1 {
                return (weight, group);
            }
            (fraction, power) = (rest, next);
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0_u8; 40];
        let mut at = digits.len();
        let mut rest = self.units().unsigned_abs();
        let least = usize::from(self.scale) + 1;
        while rest > 0 || digits.len() - at < least {
            at -= 1;
            // One decimal digit always fits a byte.
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let text = core::str::from_utf8(&digits[at..]).unwrap_or("");
        let (whole, fraction) = text.split_at(text.len() - usize::from(self.scale));
        let sign = if self.units() < 0 { "-" } else { "" };
        if fraction.is_empty() {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}

/// The text is no decimal of at most 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 38 digits")]
pub struct NotADecimal;

impl FromStr for Decimal {
    type Err = NotADecimal;

    /// Reads `-12.50`, `.5`, `1e3`; the scale is that of the text.
    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let text = text.trim();
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => {
                let exponent: i32 = text[at + 1..].parse().map_err(|_| NotADecimal)?;
                (&text[..at], exponent)
            }
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let mut units: i128 = 0;
        let mut scale: i32 = 0;
        let mut seen = false;
        let mut point = false;
        for byte in digits.bytes() {
            match byte {
                b'0'..=b'9' => {
                    let digit = i128::from(byte - b'0');
                    units = units
                        .checked_mul(10)
                        .and_then(|units| units.checked_add(digit))
                        .ok_or(NotADecimal)?;
                    scale += i32::from(point);
                    seen = true;
                }
                b'.' if !point => point = true,
                _ => return Err(NotADecimal),
            }
        }
        if !seen {
            return Err(NotADecimal);
        }
        let units = if negative { -units } else { units };
        let scale = scale.checked_sub(exponent).ok_or(NotADecimal)?;
        if scale < 0 {
            let factor = 10_i128
                .checked_pow(scale.unsigned_abs())
                .ok_or(NotADecimal)?;
            let units = units.checked_mul(factor).ok_or(NotADecimal)?;
            return Self::new(units, 0).ok_or(NotADecimal);
        }
        let scale = u8::try_from(scale).map_err(|_| NotADecimal)?;
        Self::new(units, scale).ok_or(NotADecimal)
    }
}

/// The digits behind the point of a quotient, by its digits before the point and the zeros that it begins with behind
/// it: 16, four less for each four before the point beyond the first, and more where it begins later
/// (`select_div_scale` of PostgreSQL's `numeric.c`).
#[must_use]
pub(crate) fn quotient_scale(before: usize, zeros: usize) -> usize {
    match before {
        0 => 20 + zeros / 4 * 4,
        before => 16_usize.saturating_sub((before - 1) / 4 * 4),
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn shown(text: &str) -> String {
        text.parse::<Decimal>()
            .map_or("error".into(), |d| d.to_string())
    }

    // Expected: PostgreSQL 15, `SELECT '…'::numeric`.
    #[test]
    fn text_as_postgresql_prints_numeric() {
        assert_eq!(shown("75000.00"), "75000.00");
        assert_eq!(shown("-.05"), "-0.05");
        assert_eq!(shown("1e3"), "1000");
        assert_eq!(shown("1.5e-3"), "0.0015");
        assert_eq!(shown("0.00"), "0.00");
        assert_eq!(shown("1.2.3"), "error");
        assert_eq!(shown(""), "error");
        assert_eq!(shown("-"), "error");
    }

    // Expected: PostgreSQL 15, `SELECT a::numeric / b::numeric`.
    #[test]
    fn quotients_of_other_engines_are_shown_as_postgresqls() {
        let shown = |text: &str| text.parse::<Decimal>().unwrap().as_quotient().to_string();
        assert_eq!(shown("0.33333333333333333333"), "0.33333333333333333333");
        assert_eq!(shown("-3.33333333333333333333"), "-3.3333333333333333");
        assert_eq!(shown("6250.00000000000000000000"), "6250.0000000000000000");
        assert_eq!(
            shown("12345678.90000000000000000000"),
            "12345678.900000000000"
        );
        assert_eq!(shown("0.00000000000000000000"), "0.00000000000000000000");
        assert_eq!(shown("9.99999999999999999999"), "10.0000000000000000");
    }

    #[test]
    fn quotients_have_postgresqls_scale() {
        let div = |a: &str, b: &str| {
            let (a, b) = (a.parse::<Decimal>().ok(), b.parse::<Decimal>().ok());
            a.zip(b)
                .and_then(|(a, b)| a.checked_div(b))
                .map_or("none".into(), |d| d.to_string())
        };
        assert_eq!(div("1", "3"), "0.33333333333333333333");
        assert_eq!(div("75000.00", "12"), "6250.0000000000000000");
        assert_eq!(div("-10", "4"), "-2.5000000000000000");
        assert_eq!(div("0.0001", "3"), "0.000033333333333333333333");
        assert_eq!(div("123456.789", "0.01"), "12345678.900000000000");
        assert_eq!(div("0", "7"), "0.00000000000000000000");
    }

    // Expected: PostgreSQL 15, `round('…'::numeric, n)`.
    #[test]
    fn keys_sort_as_the_values_do() {
        let sorted = [
            "-1000", "-10.01", "-10", "-9.9", "-1.25", "-1.2", "-0.001", "0", "0.0001", "0.001",
            "0.1", "0.12", "1", "1.2", "1.25", "9.9", "10", "10.01", "1000",
        ];
        let keys: Vec<_> = sorted
            .iter()
            .map(|text| text.parse::<Decimal>().unwrap().sort_key())
            .collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        let same = |text: &str| text.parse::<Decimal>().unwrap().sort_key();
        assert_eq!(same("1.50"), same("1.5"));
        assert_eq!(same("-0.0"), same("0"));
        assert_eq!(same("100"), same("100.000"));
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        let round = |text: &str, scale| {
            text.parse::<Decimal>()
                .ok()
                .and_then(|d| d.rescale(scale))
                .map_or("none".into(), |d| d.to_string())
        };
        assert_eq!(round("2.675", 2), "2.68");
        assert_eq!(round("-2.5", 0), "-3");
        assert_eq!(round("2.4", 0), "2");
        assert_eq!(round("0.99", 2), "0.99");
        assert_eq!(round("1", 38), "1.00000000000000000000000000000000000000");
        assert_eq!(round("1234567890123456789012345678901234567.8", 5), "none");
        assert_eq!(
            Decimal::from_f64(0.99, 2).map(|d| d.to_string()),
            Some("0.99".into())
        );
        assert_eq!(Decimal::from_f64(f64::NAN, 2), None);
    }
}
