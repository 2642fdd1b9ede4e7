//! Numbers on an axis.

/// A range of numbers that reads well, and the marks on it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    step: f64,
}

impl Scale {
    /// Around some numbers, with about as many marks; its ends are marks.
    pub(crate) fn around(values: impl Iterator<Item = f64>, marks: usize) -> Self {
        let (low, high) = range(values);
        let (low, high) = if low < high {
            (low, high)
        } else if low == 0.0 {
            (0.0, 1.0)
        } else {
            (low.min(0.0), high.max(0.0))
        };
        // Halves, so that the difference of the largest numbers is one.
        let step = round_step((high / 2.0 - low / 2.0) * 2.0 / marks.max(1) as f64);
        Self {
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
            step,
        }
    }

    /// From one number to another, without room around them.
    #[cfg(feature = "pictures")]
    pub(crate) fn exactly(low: f64, high: f64) -> Self {
        let step = high / 2.0 - low / 2.0;
        Self { low, high, step }
    }

    /// The marks, from the lowest.
    pub(crate) fn marks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round();
        let count = if count.is_finite() {
            count.min(1_000.0) as usize
        } else {
            0
        };
        (0..=count)
            .map(|at| self.low + self.step * at as f64)
            .collect()
    }

    /// A mark as people write it, with the digits that the step needs.
    pub(crate) fn shown(&self, mark: f64) -> String {
        number(mark, self.step)
    }

    /// Where a number stands, from 0 to 1.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let span = self.high - self.low;
        if span > 0.0 {
            ((value - self.low) / span).clamp(0.0, 1.0)
        } else {
            0.5
        }
    }
}

/// The least and the greatest; (0, 0) of none.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let both = values.fold(None, |range: Option<(f64, f64)>, value| {
        Some(range.map_or((value, value), |(low, high)| {
            (low.min(value), high.max(value))
        }))
    });
    both.unwrap_or((0.0, 0.0))
}

/// The step of 1, 2 or 5 and zeros that is near.
pub(crate) fn round_step(wanted: f64) -> f64 {
    if !(wanted.is_finite() && wanted > f64::MIN_POSITIVE * 10.0) {
        return if wanted > 1.0 { f64::MAX / 10.0 } else { 1.0 };
    }
    let power = 10f64.powf(wanted.log10().floor());
    let head = wanted / power;
    let round = [(1.5, 1.0), (3.5, 2.0), (7.5, 5.0)];
    let round = round.into_iter().find(|&(below, _)| head < below);
    round.map_or(10.0, |(_, round)| round) * power
}

/// A multiple of a step as people write it.
pub(crate) fn number(value: f64, step: f64) -> String {
    let value = if value.abs() < step / 1e6 { 0.0 } else { value };
    if value.abs() >= 1e15 || (value != 0.0 && step < 1e-9) {
        return format!("{value:.3e}");
    }
    let digits = (-(step.log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize;
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::{Scale, number, round_step};

    #[test]
    fn steps_are_round() {
        for (wanted, step) in [
            (0.9, 1.0),
            (1.1, 1.0),
            (3.0, 2.0),
            (8.0, 10.0),
            (0.016, 0.02),
        ] {
            assert!((round_step(wanted) - step).abs() < 1e-9, "{wanted}");
        }
    }

    #[test]
    fn marks_stand_around_the_values() {
        let scale = Scale::around([10_000.0, 31_250.0].into_iter(), 2);
        let marks: Vec<String> = scale.marks().iter().map(|&m| scale.shown(m)).collect();
        assert_eq!(marks, ["10000", "20000", "30000", "40000"]);
        let scale = Scale::around([0.12, 0.31].into_iter(), 4);
        let marks: Vec<String> = scale.marks().iter().map(|&m| scale.shown(m)).collect();
        assert_eq!(marks, ["0.10", "0.15", "0.20", "0.25", "0.30", "0.35"]);
        // One value, and the largest that there are.
        assert_eq!(Scale::around([5.0].into_iter(), 1).marks(), [0.0, 5.0]);
        let wide = Scale::around([f64::MIN, f64::MAX].into_iter(), 4);
        assert!(wide.marks().len() < 100);
    }

    #[test]
    fn numbers_have_the_digits_of_their_step() {
        assert_eq!(number(0.30000000000000004, 0.1), "0.3");
        assert_eq!(number(-1e-17, 0.5), "0.0");
        assert_eq!(number(2e15, 1e15), "2.000e15");
    }
}
