//! The numbers of a column as a chart of text.

use crate::cell;
use crate::grid::Grid;
use crate::theme::{Signs, UNICODE};
use noctra_chart::{Chart, Kind, Page, Point, draw};
use noctra_runtime::Value;

/// The kinds, with their names and what they are for.
pub(crate) const KINDS: [(&str, Kind, &str); 5] = [
    ("bar", Kind::Bar, "a line of blocks for each row"),
    ("column", Kind::Column, "a column of blocks for each row"),
    ("line", Kind::Line, "the rows joined in their order"),
    (
        "histogram",
        Kind::Histogram,
        "how many values lie in each range",
    ),
    ("sparkline", Kind::Sparkline, "one line"),
];

/// More rows than these are more than a chart of text shows.
const MOST: usize = 10_000;

/// Draws the column of the cursor, with the first column of no numbers as its labels.
///
/// # Errors
/// Why it cannot be drawn.
pub(crate) fn lines(
    grid: &Grid,
    kind: &str,
    (width, height): (usize, usize),
    signs: &Signs,
) -> Result<Vec<String>, String> {
    let known = KINDS.iter().find(|(name, ..)| *name == kind);
    let (_, kind, _) = known.ok_or("there is no such chart")?;
    let value = grid.columns.get(grid.col).ok_or("there is no column")?;
    let label = grid.columns.iter().position(|column| !column.number);
    let rows = grid
        .store
        .read(0, MOST)
        .map_err(|error| error.to_string())?;
    let points: Vec<Point> = rows.iter().map(|row| point(row, grid.col, label)).collect();
    if points.iter().all(|point| point.value.is_none()) {
        return Err(format!("{} has no numbers to draw", value.name));
    }
    let chart = Chart {
        kind: *kind,
        title: None,
        axis: label
            .and_then(|at| grid.columns.get(at))
            .map(|column| column.name.clone()),
        value: value.name.clone(),
        bins: None,
        points,
    };
    let tall = matches!(kind, Kind::Column | Kind::Line);
    let page = Page {
        width: width.saturating_sub(2),
        height: tall.then(|| height.saturating_sub(5).max(4)),
        unicode: signs == &UNICODE,
    };
    let text = draw(&chart, &page).map_err(|problem| problem.to_string())?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn point(row: &[Value], value: usize, label: Option<usize>) -> Point {
    let number = row.get(value).filter(|value| **value != Value::Null);
    let shown = number.map_or(String::new(), |value| value.as_ref().to_string());
    let label = label.and_then(|at| row.get(at));
    Point {
        label: label.map_or(String::new(), |value| cell::shown(value, &UNICODE)),
        at: None,
        value: shown.parse().ok(),
        shown,
    }
}
