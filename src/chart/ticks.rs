//! Which points are named along an axis.

use crate::Point;

/// True where the labels are the places themselves: an axis of numbers, which has marks of its own.
pub(crate) fn numeric(points: &[Point]) -> bool {
    points
        .iter()
        .all(|point| point.at.is_some() && point.label.parse().ok() == point.at)
}

/// The points to name, from left to right: as many of those at `places` as stand `apart` from each other,
/// the first and, where there are more, the last among them.
pub(crate) fn apart(places: &[f64], apart: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    let Some(&last) = order.last() else {
        return Vec::new();
    };
    // One step for all, so that what stands evenly is named evenly.
    let mut step = 1;
    loop {
        let mut named: Vec<usize> = order.iter().copied().step_by(step).collect();
        if named.len() > 1 && named.last() != Some(&last) {
            // The last one is worth more than the one before it.
            named.pop_if(|&mut at| places[last] - places[at] < apart);
            named.push(last);
        }
        let fits = named
            .windows(2)
            .all(|pair| places[pair[1]] - places[pair[0]] >= apart);
        if fits || named.len() <= 1 {
            return named;
        }
        step += step.div_ceil(8);
        if step > order.len() {
            return vec![order[0]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn names_stand_apart() {
        let even: Vec<f64> = (0..12).map(|at| f64::from(at) * 10.0).collect();
        assert_eq!(apart(&even, 10.0).len(), 12);
        // Every third, and the last in the place of the one before it.
        assert_eq!(apart(&even, 25.0), [0, 3, 6, 11]);
        assert_eq!(apart(&[0.0, 0.0, 0.0], 5.0), [0]);
        assert!(apart(&[], 5.0).is_empty());
    }
}
