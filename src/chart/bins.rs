//! How many values lie in each range.

use crate::Chart;
use crate::scale::{number, range, round_step};

/// More ranges than this are no picture.
const MOST: usize = 200;

/// Ranges side by side, each with the number of its values; one that lies on an edge belongs to the range
/// that begins there, and the greatest to the last.
pub(crate) struct Bins {
    start: f64,
    pub(crate) step: f64,
    pub(crate) counts: Vec<u64>,
    /// A step that has the digits of the edges.
    digits: f64,
    /// All values are one.
    pub(crate) single: bool,
    /// Points without a value, which are in no range.
    pub(crate) missing: usize,
}

impl Bins {
    /// The ranges of a chart's values: as many as it asks for, else by Sturges' rule with round edges.
    pub(crate) fn of(chart: &Chart) -> Self {
        let values = chart.points.iter().filter_map(|point| point.value);
        let values: Vec<f64> = values.collect();
        let (low, high) = range(values.iter().copied());
        let (start, step, bins, digits) = ranges(low, high, values.len(), chart.bins);
        let mut counts = vec![0u64; bins];
        for value in &values {
            let at = ((value - start) / step).floor();
            let at = if at >= 0.0 {
                (at as usize).min(bins - 1)
            } else {
                0
            };
            counts[at] += 1;
        }
        Self {
            start,
            step,
            counts,
            digits,
            single: low == high,
            missing: chart.points.len() - values.len(),
        }
    }

    /// Where range `at` begins, which is where the one before it ends.
    pub(crate) fn edge(&self, at: usize) -> f64 {
        self.start + self.step * at as f64
    }

    /// An edge as people write it.
    pub(crate) fn shown(&self, at: usize) -> String {
        number(self.edge(at), self.digits)
    }
}

/// Where the first range starts, how wide each is, how many there are, and a step that has the digits of
/// the edges.
fn ranges(low: f64, high: f64, count: usize, bins: Option<usize>) -> (f64, f64, usize, f64) {
    if low == high {
        return (low, 1.0, 1, if low.fract() == 0.0 { 1.0 } else { 0.01 });
    }
    if let Some(bins) = bins {
        let bins = bins.clamp(1, MOST);
        let step = high / bins as f64 - low / bins as f64;
        let digits = if step.fract() == 0.0 && low.fract() == 0.0 {
            1.0
        } else {
            step / 10.0
        };
        return (low, step, bins, digits);
    }
    let wanted = (count as f64).log2().ceil() + 1.0;
    let step = round_step(high / wanted - low / wanted);
    let start = (low / step).floor() * step;
    let last = ((high - start) / step)
        .floor()
        .clamp(0.0, (MOST - 1) as f64);
    let bins = last as usize + 1;
    (start, step, bins, step)
}
