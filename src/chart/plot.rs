//! Lines and points on a grid of dots: eight in each cell with braille, one in ASCII.

use crate::scale::Scale;
use crate::{Chart, Kind, Page, Problem, fitted, left, one_line, right};
use unicode_width::UnicodeWidthStr;

/// Lines of a drawing of which nothing is said.
const HEIGHT: usize = 12;
/// Fewer columns than this show nothing.
const LEAST: usize = 8;

/// Dots, counted from the upper left.
struct Canvas {
    columns: usize,
    rows: usize,
    /// Dots in a cell, across and down.
    across: usize,
    down: usize,
    dots: Vec<bool>,
}

impl Canvas {
    fn new(columns: usize, rows: usize, unicode: bool) -> Self {
        let (across, down) = if unicode { (2, 4) } else { (1, 1) };
        let dots = vec![false; columns * across * rows * down];
        Self {
            columns,
            rows,
            across,
            down,
            dots,
        }
    }

    /// The dot of a place, each from 0 to 1, the second upwards.
    fn dot(&self, x: f64, y: f64) -> (i64, i64) {
        let at = |place: f64, count: usize| (place * (count - 1) as f64).round() as i64;
        (
            at(x, self.columns * self.across),
            at(1.0 - y, self.rows * self.down),
        )
    }

    fn set(&mut self, (x, y): (i64, i64)) {
        let width = self.columns * self.across;
        let inside = |at: i64, count: usize| usize::try_from(at).ok().filter(|&at| at < count);
        if let (Some(x), Some(y)) = (inside(x, width), inside(y, self.rows * self.down)) {
            self.dots[y * width + x] = true;
        }
    }

    /// The dots between two, both included.
    fn join(&mut self, from: (i64, i64), to: (i64, i64)) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let at = |from: i64, to: i64| {
                let way = (to - from) * step * 2;
                from + (way + steps * way.signum()) / (2 * steps)
            };
            self.set((at(from.0, to.0), at(from.1, to.1)));
        }
    }

    fn line(&self, row: usize) -> String {
        let width = self.columns * self.across;
        let is = |x: usize, y: usize| self.dots[y * width + x];
        (0..self.columns)
            .map(|column| {
                if self.across == 1 {
                    return if is(column, row) { '*' } else { ' ' };
                }
                // Braille counts the upper three dots of both columns first, then the lowest two.
                const BITS: [[u32; 2]; 4] =
                    [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
                let mut bits = 0;
                for (down, pair) in BITS.iter().enumerate() {
                    for (across, bit) in pair.iter().enumerate() {
                        if is(column * 2 + across, row * 4 + down) {
                            bits |= bit;
                        }
                    }
                }
                if bits == 0 {
                    ' '
                } else {
                    char::from_u32(0x2800 + bits).unwrap_or(' ')
                }
            })
            .collect()
    }
}

pub(crate) fn plot(chart: &Chart, page: &Page) -> Result<String, Problem> {
    let placed = chart
        .points
        .iter()
        .all(|point| point.at.is_some() || point.value.is_none());
    if chart.kind == Kind::Scatter && !placed {
        return Err(Problem::NoPlaces);
    }
    let rows = page.height.unwrap_or(HEIGHT).clamp(2, 200);
    let values = chart.points.iter().filter_map(|point| point.value);
    let scale = Scale::around(values, (rows / 3).max(1));
    let marks: Vec<(usize, String)> = scale
        .marks()
        .into_iter()
        .map(|mark| {
            let row = ((1.0 - scale.place(mark)) * (rows - 1) as f64).round() as usize;
            (row, scale.shown(mark))
        })
        .collect();
    let names = marks
        .iter()
        .map(|(_, name)| name.width())
        .max()
        .unwrap_or(0);
    let around = names + 2;
    let Some(columns) = page.width.checked_sub(around).filter(|&c| c >= LEAST) else {
        return Err(Problem::Narrow {
            wanted: around + LEAST,
        });
    };
    let mut canvas = Canvas::new(columns, rows, page.unicode);
    draw_points(chart, &scale, placed, &mut canvas);
    let (bar, tee, corner, dash) = if page.unicode {
        ("│", "┤", "└", "─")
    } else {
        ("|", "+", "+", "-")
    };
    let mut out = String::new();
    for row in 0..rows {
        let mark = marks.iter().find(|(at, _)| *at == row);
        let (name, edge) = mark.map_or(("", bar), |(_, name)| (name.as_str(), tee));
        out.push_str(&format!(
            "{} {edge}{}\n",
            right(name, names),
            canvas.line(row)
        ));
    }
    out.push_str(&format!(
        "{}{corner}{}\n",
        " ".repeat(names + 1),
        dash.repeat(columns)
    ));
    out.push_str(&" ".repeat(around));
    out.push_str(&axis(chart, placed, columns, page.unicode));
    out.push('\n');
    Ok(out)
}

fn draw_points(chart: &Chart, scale: &Scale, placed: bool, canvas: &mut Canvas) {
    let last = (chart.points.len() - 1).max(1) as f64;
    let (low, high) = places(chart);
    let mut before = None;
    for (index, point) in chart.points.iter().enumerate() {
        let Some(value) = point.value else {
            before = None;
            continue;
        };
        let x = match point.at {
            Some(at) if placed && low < high => {
                // Halves, so that the difference of the largest numbers is one.
                (at / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)
            }
            Some(_) if placed => 0.5,
            _ => index as f64 / last,
        };
        let dot = canvas.dot(x, scale.place(value));
        match before {
            Some(before) if chart.kind == Kind::Line => canvas.join(before, dot),
            _ => canvas.set(dot),
        }
        before = Some(dot);
    }
}

/// The ends of the axis.
fn places(chart: &Chart) -> (f64, f64) {
    let seen = chart.points.iter().filter(|point| point.value.is_some());
    crate::scale::range(seen.filter_map(|point| point.at))
}

/// The labels of the first, the middle and the last point.
fn axis(chart: &Chart, placed: bool, columns: usize, unicode: bool) -> String {
    let seen = || {
        chart
            .points
            .iter()
            .filter(|point| !placed || point.value.is_some())
    };
    let by = |a: &&crate::Point, b: &&crate::Point| {
        a.at.partial_cmp(&b.at)
            .unwrap_or(core::cmp::Ordering::Equal)
    };
    let (first, last) = if placed {
        (seen().min_by(by), seen().max_by(by))
    } else {
        (seen().next(), seen().next_back())
    };
    let label = |point: Option<&crate::Point>| one_line(point.map_or("", |point| &point.label));
    let (first, last) = (label(first), label(last));
    let both = first.width() + last.width() + 2;
    let room = if both > columns {
        columns.saturating_sub(2) / 2
    } else {
        columns
    };
    let text = |label: &str, room: usize| fitted(label, room, unicode);
    let (first, last) = (text(&first, room), text(&last, room));
    if first == last {
        return first;
    }
    let middle = if placed {
        String::new()
    } else {
        text(
            &label(chart.points.get(chart.points.len() / 2)),
            columns / 3,
        )
    };
    let half = columns / 2 + middle.width() / 2;
    let left_part = if chart.points.len() > 4 {
        let space = half.saturating_sub(first.width() + middle.width());
        if space < 2 || half + 2 + last.width() > columns {
            first
        } else {
            format!("{first}{}{middle}", " ".repeat(space))
        }
    } else {
        first
    };
    let used = left_part.width();
    left(&left_part, used) + &right(&last, columns.saturating_sub(used))
}
