//! Sums of squares that need more digits than a decimal has.

use super::powers::{DIGITS, Float, MOST, spare, text};
use crate::Decimal;
use dashu_float::{Context, FBig};

/// A sum of squares with all of its digits.
#[derive(Clone, Debug)]
pub(crate) struct LongSquares(Float);

impl LongSquares {
    /// From a sum so far.
    pub(crate) fn of(sum: Decimal) -> Self {
        Self(exact(sum))
    }

    /// With one square more.
    pub(crate) fn add(&mut self, value: Decimal) {
        let value = exact(value);
        self.0 += &value * &value;
    }

    /// Without a square that was added.
    pub(crate) fn sub(&mut self, value: Decimal) {
        let value = exact(value);
        self.0 -= &value * &value;
    }

    /// The variance of so many values of that sum, or its root, as `numeric.c` shows it; `None` where it cannot be
    /// written.
    pub(crate) fn variance(
        &self,
        count: i128,
        sum: Decimal,
        sample: bool,
        root: bool,
    ) -> Option<String> {
        let whole = |units| Decimal::new(units, 0).map(exact);
        let mean = exact(sum);
        let distance = whole(count)? * &self.0 - &mean * &mean;
        if distance <= Float::ZERO {
            return Some("0".into());
        }
        let divisor = whole(count)? * whole(count - i128::from(sample))?;
        let about = distance.to_f64().value() / divisor.to_f64().value();
        let weight = about.log10().div_euclid(4.0) * 4.0;
        let least = 2 * i32::from(sum.scale());
        let scale = (DIGITS - weight as i32).max(least).clamp(0, MOST);
        let context = spare(scale, weight);
        let variance = context.div(distance.repr(), divisor.repr()).ok()?.value();
        let shown = match root {
            true => context.sqrt(variance.repr()).ok()?.value(),
            false => variance,
        };
        Some(text(&shown, scale))
    }
}

/// A decimal with which is computed without rounding.
fn exact(value: Decimal) -> Float {
    FBig::from_repr(value.float(), Context::new(0))
}

#[cfg(test)]
mod tests {
    use super::LongSquares;
    use crate::Decimal;

    // Expected: PostgreSQL 15, variance and stddev_pop of numeric values.
    #[test]
    fn digits_beyond_a_decimal_are_kept() -> Result<(), Box<dyn std::error::Error>> {
        let values: Vec<Decimal> = ["0.33333333333333333333", "0.66666666666666666667", "2"]
            .iter()
            .map(|text| text.parse())
            .collect::<Result<_, _>>()?;
        let mut squares = LongSquares::of(Decimal::new(0, 0).ok_or("zero")?);
        let mut sum = Decimal::ZERO;
        for &value in &values {
            squares.add(value);
            sum = sum.checked_add(value).ok_or("sum")?;
        }
        squares.add(values[2]);
        squares.sub(values[2]);
        let said = squares.variance(3, sum, true, false);
        assert_eq!(
            said.as_deref(),
            Some("0.7777777777777777777788888888888888888889")
        );
        let said = squares.variance(3, sum, false, true);
        assert_eq!(
            said.as_deref(),
            Some("0.7200822998230955812189551707318732683348")
        );
        Ok(())
    }
}
