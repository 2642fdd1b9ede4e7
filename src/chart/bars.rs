//! Bars: a line for each point. A histogram is a bar for each range.

use crate::bins::Bins;
use crate::scale::range;
use crate::{Chart, Page, Point, Problem, fitted, left, right};
use unicode_width::UnicodeWidthStr;

/// Between a label and its bar.
const GAP: usize = 3;
/// Fewer cells than this show nothing.
const LEAST: usize = 4;
/// The left eighths of a cell.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

pub(crate) fn bars(points: &[Point], page: &Page) -> Result<String, Problem> {
    lines(points, page, page.width / 3)
}

/// A line for each point, whose label takes no more than `most` columns.
fn lines(points: &[Point], page: &Page, most: usize) -> Result<String, Problem> {
    let labels = points
        .iter()
        .map(|point| crate::one_line(&point.label).width());
    let labels = labels.max().unwrap_or(0).min(most);
    let shown = points
        .iter()
        .map(|point| point.shown.width())
        .max()
        .unwrap_or(0);
    let gap = if labels == 0 { 0 } else { GAP };
    let around = labels + gap + 1 + shown;
    let Some(cells) = page.width.checked_sub(around).filter(|&c| c >= LEAST) else {
        return Err(Problem::Narrow {
            wanted: around + LEAST,
        });
    };
    let (low, high) = range(points.iter().filter_map(|point| point.value).chain([0.0]));
    // Halves, so that the difference of the largest numbers is one.
    let span = high / 2.0 - low / 2.0;
    let below = if low < 0.0 {
        ((-low / 2.0 / span) * cells as f64).ceil() as usize
    } else {
        0
    };
    let below = below.min(if high > 0.0 { cells - 1 } else { cells });
    let mut out = String::new();
    for point in points {
        out.push_str(&left(
            &fitted(&point.label, labels, page.unicode),
            labels + gap,
        ));
        let value = point.value.unwrap_or(0.0);
        if value < 0.0 {
            let bar = bar_left((value / low) * below as f64, page.unicode);
            out.push_str(&right(&bar, below));
        } else {
            let above = cells - below;
            let bar = if high > 0.0 {
                (value / high) * above as f64
            } else {
                0.0
            };
            out.push_str(&" ".repeat(below));
            out.push_str(&bar_right(bar, page.unicode));
        }
        let space = if out.ends_with(' ') && (value >= 0.0) {
            ""
        } else {
            " "
        };
        out.push_str(space);
        out.push_str(&point.shown);
        out.push('\n');
    }
    Ok(out)
}

/// A bar that grows to the right, of so many cells; what is not nothing is seen.
fn bar_right(cells: f64, unicode: bool) -> String {
    if cells <= 0.0 {
        return String::new();
    }
    if !unicode {
        return "#".repeat((cells.round() as usize).max(1));
    }
    let eighths = ((cells * 8.0).round() as usize).max(1);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// A bar that grows to the left.
fn bar_left(cells: f64, unicode: bool) -> String {
    if !unicode {
        return "#".repeat((cells.round() as usize).max(1));
    }
    let halves = ((cells * 2.0).round() as usize).max(1);
    let half = if halves % 2 == 1 { "▐" } else { "" };
    half.to_owned() + &"█".repeat(halves / 2)
}

pub(crate) fn histogram(chart: &Chart, page: &Page) -> Result<String, Problem> {
    let bins = Bins::of(chart);
    let dash = if page.unicode { "–" } else { "-" };
    let edges: Vec<String> = (0..=bins.counts.len()).map(|at| bins.shown(at)).collect();
    let width = edges.iter().map(|edge| edge.width()).max().unwrap_or(0);
    let points = bins.counts.iter().enumerate().map(|(at, &count)| {
        let label = if bins.single {
            edges[0].clone()
        } else {
            format!(
                "{} {dash} {}",
                right(&edges[at], width),
                right(&edges[at + 1], width)
            )
        };
        Point {
            label,
            at: None,
            value: Some(count as f64),
            shown: count.to_string(),
        }
    });
    let points: Vec<Point> = points.collect();
    // The ranges are not cut: half a number is another one.
    let mut out = lines(&points, page, page.width)?;
    if bins.missing > 0 {
        out.push_str(&format!("({} without a value left out)\n", bins.missing));
    }
    Ok(out)
}
