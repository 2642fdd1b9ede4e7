//! A chart of one line.

use crate::scale::range;
use crate::{Chart, Page, Problem};
use unicode_width::UnicodeWidthStr;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const LETTERS: [char; 8] = ['_', '.', '-', ':', '=', '+', '*', '#'];

/// Fewer columns than this show nothing of many points.
const LEAST: usize = 4;

/// Name, line, least and greatest. Where there are more points than columns, each column is the mean of
/// its points.
pub(crate) fn sparkline(chart: &Chart, page: &Page) -> Result<String, Problem> {
    let values = || chart.points.iter().filter(|point| point.value.is_some());
    let by = |a: &&crate::Point, b: &&crate::Point| {
        a.value
            .partial_cmp(&b.value)
            .unwrap_or(core::cmp::Ordering::Equal)
    };
    let shown = |point: Option<&crate::Point>| point.map_or("", |p| p.shown.as_str()).to_owned();
    let (least, greatest) = (shown(values().min_by(by)), shown(values().max_by(by)));
    let dots = if page.unicode { "…" } else { ".." };
    let name = crate::one_line(&chart.value);
    let end = format!("  {least} {dots} {greatest}");
    let name = format!("{name}  ");
    // Where there is little room, the line is worth more than its ends, and they more than its name.
    let around = [(name.as_str(), end.as_str()), ("", end.as_str()), ("", "")];
    let fitting = around.into_iter().find_map(|(name, end)| {
        let room = page.width.checked_sub(name.width() + end.width())?;
        (room >= LEAST.min(chart.points.len())).then_some((name, end, room))
    });
    let Some((name, end, room)) = fitting else {
        return Err(Problem::Narrow { wanted: LEAST });
    };
    let cells = chart.points.len().min(room);
    let means: Vec<Option<f64>> = (0..cells)
        .map(|at| {
            let (from, to) = (
                at * chart.points.len() / cells,
                (at + 1) * chart.points.len() / cells,
            );
            let some: Vec<f64> = chart.points[from..to]
                .iter()
                .filter_map(|p| p.value)
                .collect();
            let count = some.len() as f64;
            (!some.is_empty()).then(|| some.iter().map(|value| value / count).sum())
        })
        .collect();
    let (low, high) = range(means.iter().flatten().copied());
    let marks = if page.unicode { BLOCKS } else { LETTERS };
    let line: String = means
        .into_iter()
        .map(|mean| match mean {
            None => ' ',
            Some(_) if low == high => marks[3],
            // Halves, so that the difference of the largest numbers is one.
            Some(mean) => {
                marks
                    [(((mean / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)) * 7.0).round() as usize]
            }
        })
        .collect();
    Ok(format!("{name}{line}{end}\n"))
}
