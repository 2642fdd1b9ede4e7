//! Charts as text and as pictures.
//!
//! Knows: numbers, labels, the cells of a page. Must never know: a query, a value's type, a terminal.
//!
//! Shape: a [`Chart`] is its [`Kind`], its names and its [`Point`]s. [`draw`] fits it into a [`Page`]
//! and gives lines; [`svg`] and [`png()`] give pictures of a [`Size`] (feature `pictures`), [`gnuplot`] a
//! script that draws it elsewhere. A point without a value (NULL,
//! NaN, an infinity) keeps its label and its place and draws nothing.
#![deny(missing_docs)]

mod bars;
mod bins;
mod columns;
mod gnuplot;
#[cfg(feature = "pictures")]
mod layout;
#[cfg(feature = "pictures")]
mod picture;
mod plot;
mod scale;
mod spark;
mod ticks;

pub use gnuplot::gnuplot;
#[cfg(feature = "pictures")]
pub use picture::{Size, png, svg, unlettered};

use core::fmt;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The kinds of chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line of blocks for each point.
    Bar,
    /// A column of blocks for each point.
    Column,
    /// Points joined in their order.
    Line,
    /// Points.
    Scatter,
    /// How many values lie in each range.
    Histogram,
    /// A chart of one line.
    Sparkline,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Chart {
    /// How.
    pub kind: Kind,
    /// What stands above it.
    pub title: Option<String>,
    /// What the points are labelled by.
    pub axis: Option<String>,
    /// What is measured.
    pub value: String,
    /// The ranges of a histogram; by default as many as suit the values.
    pub bins: Option<usize>,
    /// In the order of the axis.
    pub points: Vec<Point>,
}

/// One point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// Its name.
    pub label: String,
    /// Its place on the axis, where that is a number or a time; else the points stand evenly.
    pub at: Option<f64>,
    /// Its value.
    pub value: Option<f64>,
    /// Its value as people write it.
    pub shown: String,
}

/// What it is drawn on.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Its columns.
    pub width: usize,
    /// The lines of the drawing itself; by default what suits the kind.
    pub height: Option<usize>,
    /// With blocks and braille; otherwise with ASCII.
    pub unicode: bool,
}

/// Why a chart cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The page is not so wide.
    Narrow {
        /// How wide it must be.
        wanted: usize,
    },
    /// More points than fit side by side, or below each other.
    TooMany {
        /// How many there are.
        points: usize,
        /// How many fit.
        fit: usize,
    },
    /// The axis of a scatter chart has no numbers.
    NoPlaces,
    /// The picture could not be made: what the library says.
    Drawing(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Narrow { wanted } => write!(f, "this chart needs a width of {wanted}"),
            Self::TooMany { points, fit } => {
                write!(f, "{points} rows do not fit, {fit} do")
            }
            Self::NoPlaces => f.write_str("a scatter chart needs two columns of numbers or times"),
            Self::Drawing(why) => write!(f, "the picture cannot be drawn: {why}"),
        }
    }
}

/// Draws a chart; every line ends with a newline and none with a space.
///
/// # Errors
/// Where it does not fit, or has no axis.
pub fn draw(chart: &Chart, page: &Page) -> Result<String, Problem> {
    let mut out = String::new();
    if let Some(title) = &chart.title {
        out.push_str(&fitted(title, page.width, page.unicode));
        out.push('\n');
    }
    let some = chart.points.iter().any(|point| point.value.is_some());
    let body = match chart.kind {
        _ if chart.points.is_empty() => "(no rows: nothing to draw)\n".to_owned(),
        _ if !some => "(no values: nothing to draw)\n".to_owned(),
        Kind::Bar => bars::bars(&chart.points, page)?,
        Kind::Histogram => bars::histogram(chart, page)?,
        Kind::Column => columns::columns(chart, page)?,
        Kind::Line | Kind::Scatter => plot::plot(chart, page)?,
        Kind::Sparkline => spark::sparkline(chart, page)?,
    };
    for line in body.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    Ok(out)
}

/// A text as it stands in a line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A text in so many columns, cut where it is longer.
fn fitted(text: &str, width: usize, unicode: bool) -> String {
    let mut out = one_line(text);
    if out.width() > width {
        let mark = if unicode { "…" } else { "." };
        let text = core::mem::take(&mut out);
        let mut used = mark.width();
        for piece in text.graphemes(true) {
            if used + piece.width() > width {
                break;
            }
            used += piece.width();
            out.push_str(piece);
        }
        if width > 0 {
            out.push_str(mark);
        }
    }
    out
}

/// A text at the left of so many columns.
fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// A text at the right of so many columns.
fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

/// A text in the middle of so many columns.
fn centred(text: &str, width: usize) -> String {
    let before = width.saturating_sub(text.width()) / 2;
    left(&format!("{}{text}", " ".repeat(before)), width)
}
