//! Columns: blocks that stand side by side.

use crate::scale::Scale;
use crate::{Chart, Page, Problem, centred, fitted, right};
use unicode_width::UnicodeWidthStr;

/// Lines of a drawing of which nothing is said.
const HEIGHT: usize = 10;
/// No column is wider.
const WIDEST: usize = 8;
/// The lower eighths of a cell.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

pub(crate) fn columns(chart: &Chart, page: &Page) -> Result<String, Problem> {
    let points = &chart.points;
    let height = page.height.unwrap_or(HEIGHT).clamp(2, 200);
    let values = points.iter().filter_map(|point| point.value);
    let scale = Scale::around(values.chain([0.0]), (height / 3).max(1));
    let marks: Vec<(usize, String)> = scale
        .marks()
        .into_iter()
        .map(|mark| (line(scale.place(mark), height), scale.shown(mark)))
        .collect();
    let names = marks
        .iter()
        .map(|(_, name)| name.width())
        .max()
        .unwrap_or(0);
    let room = page.width.saturating_sub(names + 2);
    let count = points.len();
    if room < count {
        return Err(if room < 2 {
            Problem::Narrow { wanted: names + 4 }
        } else {
            Problem::TooMany {
                points: count,
                fit: room,
            }
        });
    }
    let slot = (room / count).min(WIDEST + 2);
    let wide = if slot > 4 { slot - 2 } else { slot.max(2) - 1 };
    let zero = (scale.place(0.0) * height as f64).round() as usize;
    let mut grid: Vec<Vec<String>> = vec![vec![" ".repeat(slot); count]; height + 1];
    for (at, point) in points.iter().enumerate() {
        let top = point
            .value
            .map_or(scale.place(0.0), |value| scale.place(value));
        let eighths = (top * (height * 8) as f64).round() as usize;
        for (up, row) in grid.iter_mut().rev().enumerate() {
            let block = block(up, zero, eighths, page.unicode);
            row[at] = centred(&block.repeat(wide.min(slot)), slot);
        }
        let shown = if point.value.is_some() {
            &point.shown
        } else {
            ""
        };
        let above = eighths.div_ceil(8).max(zero);
        if shown.width() < slot.max(2) {
            grid[height - above.min(height)][at] = centred(shown, slot);
        }
    }
    let (bar, tee, corner, dash) = if page.unicode {
        ("│", "┤", "└", "─")
    } else {
        ("|", "+", "+", "-")
    };
    let mut out = String::new();
    for (up, row) in (0..=height).rev().zip(&grid) {
        // The highest line holds what stands above the columns that reach it.
        let row = row.concat();
        if up == height && row.trim().is_empty() {
            continue;
        }
        let mark = marks.iter().find(|(mark, _)| *mark == up + 1);
        let (name, edge) = mark.map_or(("", bar), |(_, name)| (name.as_str(), tee));
        let edge = if up == height { " " } else { edge };
        out.push_str(&format!("{} {edge}{row}\n", right(name, names)));
    }
    let ground = marks.iter().find(|(mark, _)| *mark == 0);
    let ground = ground.map_or("", |(_, name)| name.as_str());
    out.push_str(&format!(
        "{} {corner}{}\n",
        right(ground, names),
        dash.repeat(slot * count)
    ));
    out.push_str(&labels(chart, names + 2, slot, page.unicode));
    Ok(out)
}

/// The line of a place, from below.
fn line(place: f64, height: usize) -> usize {
    (place * height as f64).round() as usize
}

/// What fills a cell `up` lines above the ground, of a column that reaches `eighths` and stands on the
/// line of zero.
fn block(up: usize, zero: usize, eighths: usize, unicode: bool) -> &'static str {
    let (from, to) = (zero * 8, eighths);
    let filled = if to >= from {
        if up < zero {
            0
        } else {
            to.saturating_sub(up * 8).min(8)
        }
    } else if up >= zero {
        0
    } else {
        // It hangs down from zero: whole cells, for there are no upper eighths.
        8 * usize::from((up + 1) * 8 > to + 4)
    };
    match (unicode, filled) {
        (true, filled) => EIGHTHS[filled],
        (false, 0..=3) => " ",
        (false, _) => "#",
    }
}

/// The line below, with every label or every so many.
fn labels(chart: &Chart, indent: usize, slot: usize, unicode: bool) -> String {
    let widest = chart
        .points
        .iter()
        .map(|point| point.label.width())
        .max()
        .unwrap_or(0);
    let every = if slot >= 4 {
        1
    } else {
        (widest + 1).div_ceil(slot).max(1)
    };
    let room = slot * every;
    let mut out = " ".repeat(indent);
    let end = indent + slot * chart.points.len();
    for point in chart.points.iter().step_by(every) {
        // The last one has no next column to reach into.
        let room = room.min(end.saturating_sub(out.width()));
        let label = fitted(&point.label, room.max(2) - 1, unicode);
        let aligned = if every == 1 { centred } else { crate::left };
        out.push_str(&aligned(&label, room));
    }
    out.push('\n');
    out
}
