//! Decimals of more than 38 digits, which stand as text: what sums and products of quotients may need.

use super::powers::{Float, text};
use crate::Decimal;
use dashu_float::{Context, FBig};

/// The digits of a decimal of the runtime.
const MOST: usize = 38;
/// No number grows beyond so many digits.
const MOST_WIDE: usize = 2_000;

/// A decimal with all of its digits.
pub(crate) struct Wide {
    value: Float,
    scale: usize,
}

impl Wide {
    /// Reads `-12.50` or `.5`; `None` for what is no number, or has an exponent.
    pub(crate) fn read(number: &str) -> Option<Self> {
        let number = number.trim();
        let digits = number.strip_prefix(['-', '+']).unwrap_or(number);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let count = whole.len() + fraction.len();
        if !(1..=MOST_WIDE).contains(&count) || !all(whole) || !all(fraction) {
            return None;
        }
        let plain = format!("{whole}{fraction}");
        let units: Float = plain.parse().ok()?;
        let value = FBig::from_repr(units.into_repr(), Context::new(0));
        let value = value >> isize::try_from(fraction.len()).ok()?;
        Some(Self {
            value: if number.starts_with('-') {
                -value
            } else {
                value
            },
            scale: fraction.len(),
        })
    }

    /// The sum.
    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            scale: self.scale.max(other.scale),
        }
    }

    /// The difference.
    pub(crate) fn sub(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            scale: self.scale.max(other.scale),
        }
    }

    /// The product.
    pub(crate) fn mul(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            scale: self.scale + other.scale,
        }
    }

    /// Its text, as PostgreSQL prints it; `None` where it has grown too long.
    pub(crate) fn shown(&self) -> Option<String> {
        let shown = text(&self.value, i32::try_from(self.scale).ok()?);
        (shown.len() <= MOST_WIDE).then_some(shown)
    }

    /// The decimal of 38 digits that is nearest to it; `None` where more stand before the point.
    pub(crate) fn nearest(&self) -> Option<Decimal> {
        let shown = self.shown()?;
        let whole = shown
            .split('.')
            .next()?
            .trim_start_matches(['-', '0'])
            .len();
        let scale = MOST.checked_sub(whole)?.min(self.scale);
        let kept = text(&self.value, i32::try_from(scale).ok()?);
        // Rounded up it may have one more.
        let fewer = || {
            text(&self.value, i32::try_from(scale.checked_sub(1)?).ok()?)
                .parse()
                .ok()
        };
        kept.parse().ok().or_else(fewer)
    }
}

#[cfg(test)]
mod tests {
    use super::Wide;

    // Expected: PostgreSQL 15.
    #[test]
    fn all_digits_are_kept() {
        let third = "0.33333333333333333333";
        let of = |text: &str| Wide::read(text).unwrap();
        let product = of(third).mul(of(third));
        assert_eq!(
            product.shown().unwrap(),
            "0.1111111111111111111088888888888888888889"
        );
        let sum = of("123456789012345678901234567890.5").add(product);
        assert_eq!(
            sum.shown().unwrap(),
            "123456789012345678901234567890.6111111111111111111088888888888888888889"
        );
        assert_eq!(
            sum.nearest().unwrap().to_string(),
            "123456789012345678901234567890.61111111"
        );
        assert_eq!(of("-0.50").sub(of("1")).shown().unwrap(), "-1.50");
        assert_eq!(
            of("99999999999999999999999999999999999999.9")
                .nearest()
                .map(|d| d.to_string()),
            Some("100000000000000000000000000000000000000".to_owned())
        );
        assert!(
            Wide::read("1e5").is_none() && Wide::read("").is_none() && Wide::read("-").is_none()
        );
    }
}
