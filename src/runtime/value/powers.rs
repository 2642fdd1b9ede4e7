//! Exponentials, logarithms and powers of decimals, to as many digits as PostgreSQL's `numeric.c` gives.
//!
//! The value is computed with digits to spare and then rounded; which digits are shown follows from
//! estimates that are part of the meaning, so they are made as `numeric.c` makes them.

use crate::Decimal;
use core::cell::RefCell;
use dashu_float::round::mode::HalfAway;
use dashu_float::{Context, FBig, Repr};

pub(super) type Float = FBig<HalfAway, 10>;
type Given = Result<Decimal, &'static str>;

/// A result has at least so many significant digits (`NUMERIC_MIN_SIG_DIGITS`).
pub(super) const DIGITS: i32 = 16;
/// No more digits after the point are ever shown (`NUMERIC_MAX_DISPLAY_SCALE`).
pub(super) const MOST: i32 = 1000;
/// Digits beyond those that are shown.
const SPARE: i32 = 12;
/// `log10(e)` as `numeric.c` writes it.
#[expect(clippy::approx_constant, reason = "its digits count")]
const LOG10_E: f64 = 0.434_294_481_903_252;

/// Digits before the point of the logarithm of a decimal.
const WEIGHT: f64 = 3.0;
/// How many logarithms are known.
const MOST_KNOWN: usize = 32;

type Logarithm = ((i128, u8, i32), Float);

thread_local! {
    static KNOWN: RefCell<Vec<Logarithm>> = const { RefCell::new(Vec::new()) };
}

const TOO_LARGE: &str = "the result needs more digits than the 38 of a decimal here";

impl Decimal {
    /// `e^self`.
    ///
    /// # Errors
    /// Where the result needs more than 38 digits.
    pub fn exp(self) -> Given {
        let weight = (self.double() * LOG10_E).clamp(-2000.0, 2000.0);
        let scale = self.shown(weight, 0);
        let context = spare(scale, weight);
        rounded(
            context.exp(&self.float(), None).ok().map(|e| e.value()),
            scale,
        )
    }

    /// The natural logarithm.
    ///
    /// # Errors
    /// Of zero and below; where the result needs more than 38 digits.
    pub fn ln(self) -> Given {
        self.has_logarithm()?;
        let scale = self.shown(self.weight_of_ln().into(), 0);
        rounded(self.ln_to(scale), scale)
    }

    /// The logarithm to a base.
    ///
    /// # Errors
    /// Of zero and below, and to the base 1; where the result needs more than 38 digits.
    pub fn log(self, base: Self) -> Given {
        base.has_logarithm()?;
        self.has_logarithm()?;
        let weight = self.weight_of_ln() - base.weight_of_ln();
        let scale = self.shown(weight.into(), base.scale().into());
        let logarithms = self.ln_to(scale + SPARE).zip(base.ln_to(scale + SPARE));
        let (above, below) = logarithms.ok_or(TOO_LARGE)?;
        if below.repr().significand().is_zero() {
            return Err("division by zero");
        }
        let quotient = spare(scale, weight.into()).div(above.repr(), below.repr());
        rounded(quotient.ok().map(|q| q.value()), scale)
    }

    /// `self^exponent`.
    ///
    /// # Errors
    /// Of zero to a negative power, and of a negative number to a power that is not whole; where the
    /// result needs more than 38 digits.
    pub fn power(self, exponent: Self) -> Given {
        let whole = exponent
            .rescale(0)
            .filter(|whole| whole.compare(exponent) == Some(core::cmp::Ordering::Equal));
        if self.units() == 0 && exponent.units() < 0 {
            return Err("zero raised to a negative power is undefined");
        }
        if let Some(count) = whole.and_then(|whole| i32::try_from(whole.units()).ok()) {
            return self.whole_power(count, exponent.scale());
        }
        if self.units() < 0 {
            return Err(match whole {
                Some(_) => TOO_LARGE,
                None => "a negative number raised to a non-integer power yields a complex result",
            });
        }
        if self.units() == 0 {
            return Self::new(0, 16).ok_or(TOO_LARGE);
        }
        // About eight digits say how large the result is.
        let rough = (8 - self.weight_of_ln()).max(0);
        let logarithm = self
            .ln_to(rough)
            .map(|ln| text(&ln, rough))
            .ok_or(TOO_LARGE)?;
        let logarithm: Self = logarithm.parse().map_err(|_| TOO_LARGE)?;
        let product = spare(rough + SPARE, 40.0).mul(&logarithm.float(), &exponent.float());
        let product = product.map_err(|_| TOO_LARGE)?.value();
        let product: f64 = text(&product, rough).parse().map_err(|_| TOO_LARGE)?;
        let weight = product * LOG10_E;
        if weight.abs() > f64::from(MOST) {
            return Err(TOO_LARGE);
        }
        let scale = self.shown(weight, exponent.scale().into());
        let value = spare(scale, weight).powf(&self.float(), &exponent.float(), None);
        rounded(value.ok().map(|value| value.value()), scale)
    }

    fn whole_power(self, count: i32, shown: u8) -> Given {
        let (weight, groups) = self.groups();
        let mut weight = weight * 4;
        let mut first = 0.0;
        for (at, &group) in groups.iter().take(4).enumerate() {
            first = first * 10_000.0 + f64::from(group);
            weight -= if at > 0 { 4 } else { 0 };
        }
        let weight = match groups.is_empty() {
            true => 0.0,
            false => f64::from(count) * (first.log10() + f64::from(weight)),
        };
        if weight.abs() > f64::from(MOST) {
            return Err(TOO_LARGE);
        }
        // Sixteen digits or more behind the point, however many stand before it, as long as all have room.
        let most = DIGITS.max(self.scale().into());
        let to = |scale: i32| match count {
            0 => rounded(Some(Float::ONE), scale),
            _ => {
                let value = spare(scale, weight).powi(&self.float(), count.into());
                rounded(value.ok().map(|value| value.value()), scale)
            }
        };
        to(most).or_else(|_| to(self.shown(weight, shown.into())))
    }

    fn has_logarithm(self) -> Result<(), &'static str> {
        match self.units() {
            0 => Err("cannot take logarithm of zero"),
            units if units < 0 => Err("cannot take logarithm of a negative number"),
            _ => Ok(()),
        }
    }

    /// Digits after the point for a result of a decimal weight.
    fn shown(self, weight: f64, other: i32) -> i32 {
        // Towards zero, as C converts.
        (DIGITS - weight as i32)
            .max(self.scale().into())
            .max(other)
            .clamp(0, MOST)
    }

    pub(super) fn float(self) -> Repr<10> {
        Repr::new(self.units().into(), -isize::from(self.scale()))
    }

    fn double(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The natural logarithm to so many digits; those of the last numbers are known, as a base is asked for at every row.
    fn ln_to(self, scale: i32) -> Option<Float> {
        let key = (self.units(), self.scale(), scale);
        let known = KNOWN.with_borrow(|known| {
            let found = known.iter().find(|known| known.0 == key)?;
            Some(found.1.clone())
        });
        if known.is_some() {
            return known;
        }
        let logarithm = spare(scale, WEIGHT).ln(&self.float(), None).ok()?.value();
        KNOWN.with_borrow_mut(|known| {
            known.truncate(MOST_KNOWN - 1);
            known.insert(0, (key, logarithm.clone()));
        });
        Some(logarithm)
    }

    /// Groups of four digits from the first that is not zero, and the power of 10000 of that one.
    fn groups(self) -> (i32, Vec<u32>) {
        let text = self.to_string();
        let text = text.trim_start_matches('-');
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!(
            "{}{whole}{fraction}{}",
            "0".repeat(whole.len().wrapping_neg() % 4),
            "0".repeat(fraction.len().wrapping_neg() % 4)
        );
        let groups = digits.as_bytes().chunks(4);
        let groups = groups.map(|group| group.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')));
        let mut groups: Vec<u32> = groups.collect();
        let zeros = groups.iter().take_while(|&&group| group == 0).count();
        let last = groups
            .iter()
            .rposition(|&group| group != 0)
            .map_or(0, |at| at + 1);
        groups.truncate(last);
        groups.drain(..zeros.min(last));
        let weight = whole.len().div_ceil(4) as i32 - 1 - zeros as i32;
        (weight, groups)
    }

    /// `estimate_ln_dweight`.
    fn weight_of_ln(self) -> i32 {
        let near = |text: &str| {
            text.parse::<Self>()
                .ok()
                .and_then(|bound| self.compare(bound))
        };
        if near("0.9").is_some_and(|order| order.is_ge())
            && near("1.1").is_some_and(|order| order.is_le())
        {
            let beyond = Self::new(1, 0).and_then(|one| self.checked_sub(one));
            let (weight, groups) = beyond.map_or((0, Vec::new()), Self::groups);
            return match groups.first() {
                Some(&first) => weight * 4 + f64::from(first).log10() as i32,
                None => 0,
            };
        }
        let (weight, groups) = self.groups();
        let (digits, weight) = match groups.as_slice() {
            [] => return 0,
            [only] => (f64::from(*only), weight * 4),
            [first, second, ..] => (
                f64::from(*first) * 10_000.0 + f64::from(*second),
                weight * 4 - 4,
            ),
        };
        let logarithm = digits.ln() + f64::from(weight) * core::f64::consts::LN_10;
        logarithm.abs().log10() as i32
    }
}

/// Enough digits for a result of a weight that shows so many behind the point.
pub(super) fn spare(scale: i32, weight: f64) -> Context<HalfAway> {
    let digits = scale + weight.max(0.0) as i32 + SPARE;
    Context::new(usize::try_from(digits).unwrap_or(1).max(1))
}

pub(super) fn text(value: &Float, scale: i32) -> String {
    format!("{value:.*}", usize::try_from(scale).unwrap_or(0))
}

fn rounded(value: Option<Float>, scale: i32) -> Given {
    text(&value.ok_or(TOO_LARGE)?, scale)
        .parse()
        .map_err(|_| TOO_LARGE)
}

#[cfg(test)]
mod tests {
    use crate::Decimal;

    fn of(text: &str) -> Decimal {
        text.parse().unwrap_or(Decimal::ZERO)
    }

    fn said(given: Result<Decimal, &'static str>) -> String {
        given.map_or_else(str::to_owned, |value| value.to_string())
    }

    // Expected: PostgreSQL 15, with the same arguments as numeric.
    #[test]
    fn digits_are_postgresqls() {
        for (given, expected) in [
            (of("1.0").exp(), "2.7182818284590452"),
            (of("-10.5").exp(), "0.00002753644934974716"),
            (of("2.0").ln(), "0.6931471805599453"),
            (of("1.0000001").ln(), "0.00000009999999500000033"),
            (of("100.0").log(of("10")), "2.0000000000000000"),
            (of("64.0").log(of("2.0")), "6.0000000000000000"),
            (of("2.0").power(of("3")), "8.0000000000000000"),
            (of("100").power(of("0.5")), "10.000000000000000"),
            (of("2").power(of("-1")), "0.5000000000000000"),
            (
                of("10").power(of("20")),
                "100000000000000000000.0000000000000000",
            ),
            (of("-0.1").power(of("21")), "0.0000000000000000"),
            (
                of("123.456").power(of("8")),
                "53963189778652575.8353512348341932",
            ),
            (
                of("2.0").power(of("3.00000000000000000000")),
                "8.0000000000000000",
            ),
            // PostgreSQL shows sixteen zeros more, which have no room here.
            (of("2").power(of("100")), "1267650600228229401496703205376"),
            (
                of("0").power(of("-1")),
                "zero raised to a negative power is undefined",
            ),
            (of("0").ln(), "cannot take logarithm of zero"),
        ] {
            assert_eq!(said(given), expected);
        }
    }
}
