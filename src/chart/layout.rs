//! Where everything stands in a picture, in pixels from its upper left.

use crate::bins::Bins;
use crate::picture::{Size, text_width};
use crate::scale::{Scale, range};
use crate::{Chart, Kind, Point, Problem, fitted, one_line, ticks};
use std::collections::BTreeSet;

/// What a picture is made of, in the order in which it is drawn.
pub(crate) enum Shape {
    /// A filled rectangle between two corners.
    Block((i32, i32), (i32, i32)),
    /// A straight line for the eye to follow: a grid's, or (true) the one that values stand on.
    Rule((i32, i32), (i32, i32), bool),
    /// Points joined.
    Path(Vec<(i32, i32)>),
    /// One point.
    Dot((i32, i32)),
    /// A text at a place, and how it stands to it.
    Text(String, (i32, i32), Anchor, Voice),
}

/// Where a text's place lies in it, across; down it is always the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Left,
    Centre,
    Right,
}

/// How a text is lettered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    Title,
    Label,
    /// The name of an axis, and whatever else is said beside the matter.
    Aside,
}

/// Around everything.
const MARGIN: i32 = 16;
/// Between a name and what it names.
const GAP: i32 = 8;
/// A line of text.
const LINE: i32 = 20;
/// The title's line.
const TITLE: i32 = 34;
/// No column is wider, no bar higher.
const WIDEST: f64 = 72.0;
/// Of its place a column takes this part.
const PART: f64 = 0.8;
/// Fewer pixels than this show nothing.
const LEAST: i32 = 40;

/// The part of a picture in which values are drawn.
#[derive(Clone, Copy)]
struct Field {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Field {
    fn checked(self) -> Result<Self, Problem> {
        let (width, height) = (self.right - self.left, self.bottom - self.top);
        if width < LEAST {
            // From the edge to the field and from it to the other edge.
            let wanted = self.left + LEAST + MARGIN;
            return Err(Problem::Narrow {
                wanted: wanted.unsigned_abs() as usize,
            });
        }
        match height < LEAST {
            true => Err(Problem::Drawing("it is not high enough".to_owned())),
            false => Ok(self),
        }
    }

    fn width(self) -> f64 {
        f64::from(self.right - self.left)
    }

    /// A place across, from 0 to 1.
    fn x(self, place: f64) -> i32 {
        self.left + (place * self.width()).round() as i32
    }

    /// A place upwards, from 0 to 1.
    fn y(self, place: f64) -> i32 {
        self.bottom - (place * f64::from(self.bottom - self.top)).round() as i32
    }
}

/// How high a chart is that does not say it.
pub(crate) fn height(chart: &Chart) -> u32 {
    let rows = u32::try_from(chart.points.len()).unwrap_or(u32::MAX);
    let title = if chart.title.is_some() {
        TITLE as u32
    } else {
        0
    };
    match chart.kind {
        Kind::Bar => rows
            .saturating_mul(26)
            .saturating_add(2 * MARGIN as u32 + title)
            .clamp(120, 4_000),
        Kind::Sparkline => 64 + title,
        _ => 480,
    }
}

/// All shapes of a chart, and nothing else.
pub(crate) fn shapes(chart: &Chart, size: Size) -> Result<Vec<Shape>, Problem> {
    let mut shapes = Vec::new();
    let mut field = Field {
        left: MARGIN,
        top: MARGIN,
        right: size.width as i32 - MARGIN,
        bottom: size.height as i32 - MARGIN,
    };
    if let Some(title) = &chart.title {
        let text = cut(title, field.width(), Voice::Title);
        let at = (field.left, field.top + 10);
        shapes.push(Shape::Text(text, at, Anchor::Left, Voice::Title));
        field.top += TITLE;
    }
    let nothing = match () {
        () if chart.points.is_empty() => Some("no rows: nothing to draw"),
        () if chart.points.iter().all(|point| point.value.is_none()) => {
            Some("no values: nothing to draw")
        }
        () => None,
    };
    if let Some(nothing) = nothing {
        let at = (field.x(0.5), field.y(0.5));
        shapes.push(Shape::Text(
            nothing.into(),
            at,
            Anchor::Centre,
            Voice::Aside,
        ));
        return Ok(shapes);
    }
    match chart.kind {
        Kind::Bar => bars(chart, field, &mut shapes)?,
        Kind::Sparkline => spark(chart, field, &mut shapes)?,
        Kind::Column => columns(chart, field, &mut shapes)?,
        Kind::Histogram => histogram(chart, field, &mut shapes)?,
        Kind::Line | Kind::Scatter => plot(chart, field, &mut shapes)?,
    }
    Ok(shapes)
}

/// A text in so many pixels, cut where it is longer.
fn cut(text: &str, room: f64, voice: Voice) -> String {
    let text = one_line(text);
    let fits = |text: &str| text_width(text, voice) <= room;
    if fits(&text) {
        return text;
    }
    let most = text.chars().count();
    let shorter = (1..most).rev().map(|columns| fitted(&text, columns, true));
    shorter
        .into_iter()
        .find(|text| fits(text))
        .unwrap_or_default()
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    texts
        .map(|text| text_width(text, Voice::Label))
        .fold(0.0, f64::max)
}

fn label(text: impl Into<String>, at: (i32, i32), anchor: Anchor) -> Shape {
    Shape::Text(text.into(), at, anchor, Voice::Label)
}

fn bars(chart: &Chart, mut field: Field, shapes: &mut Vec<Shape>) -> Result<(), Problem> {
    let points = &chart.points;
    let room = field.width() / 3.0;
    let names: Vec<String> = points
        .iter()
        .map(|point| cut(&point.label, room, Voice::Label))
        .collect();
    let names_width = widest(names.iter().map(String::as_str)).ceil() as i32;
    if names_width > 0 {
        field.left += names_width + GAP;
    }
    field.right -= widest(points.iter().map(|point| point.shown.as_str())).ceil() as i32 + GAP;
    let field = field.checked()?;
    let slot = f64::from(field.bottom - field.top) / points.len() as f64;
    if slot < 3.0 {
        let fit = (field.bottom - field.top) / 3;
        return Err(Problem::TooMany {
            points: points.len(),
            fit: fit.unsigned_abs() as usize,
        });
    }
    let values = points.iter().filter_map(|point| point.value);
    let (low, high) = range(values.chain([0.0]));
    let scale = Scale::exactly(low, high);
    let thick = (slot * PART).min(WIDEST);
    let zero = field.x(scale.place(0.0));
    for (at, (point, name)) in points.iter().zip(names).enumerate() {
        let middle = f64::from(field.top) + (at as f64 + 0.5) * slot;
        let (top, bottom) = (middle - thick / 2.0, middle + thick / 2.0);
        let (top, bottom) = (
            top.round() as i32,
            (bottom.round() as i32).max(top.round() as i32 + 1),
        );
        let end = point
            .value
            .map_or(zero, |value| field.x(scale.place(value)));
        let middle = middle.round() as i32;
        if end != zero {
            shapes.push(Shape::Block((zero.min(end), top), (zero.max(end), bottom)));
        }
        // Lower lines than the letters have would write one over the other.
        if slot >= 11.0 {
            shapes.push(label(name, (field.left - GAP, middle), Anchor::Right));
            let beside = zero.max(end) + GAP / 2;
            shapes.push(label(&point.shown, (beside, middle), Anchor::Left));
        }
    }
    let rule = (zero, field.top);
    shapes.push(Shape::Rule(rule, (zero, field.bottom), true));
    Ok(())
}

/// The upward axis: its marks and rules, at the left of a field that becomes narrower by them; the name of
/// what is measured stands above.
fn upward(
    scale: &Scale,
    name: &str,
    field: &mut Field,
    shapes: &mut Vec<Shape>,
) -> Result<(), Problem> {
    let marks: Vec<(f64, String)> = scale
        .marks()
        .into_iter()
        .map(|mark| (scale.place(mark), scale.shown(mark)))
        .collect();
    let above = cut(name, field.width(), Voice::Aside);
    let at = (field.left, field.top + LINE / 2 - 2);
    shapes.push(Shape::Text(above, at, Anchor::Left, Voice::Aside));
    field.top += LINE + GAP / 2;
    field.left += widest(marks.iter().map(|(_, name)| name.as_str())).ceil() as i32 + GAP;
    *field = field.checked()?;
    for (place, name) in marks {
        let y = field.y(place);
        shapes.push(Shape::Rule((field.left, y), (field.right, y), false));
        shapes.push(label(name, (field.left - GAP, y), Anchor::Right));
    }
    Ok(())
}

/// Makes room for the names of the places, and for the axis' own.
fn below(name: Option<&str>, field: &mut Field, shapes: &mut Vec<Shape>) {
    if let Some(name) = name {
        let text = cut(name, field.width(), Voice::Aside);
        let at = (field.right, field.bottom - LINE / 2 + 4);
        shapes.push(Shape::Text(text, at, Anchor::Right, Voice::Aside));
        field.bottom -= LINE;
    }
    field.bottom -= LINE + 3;
}

fn ground(scale: &Scale, field: Field) -> Shape {
    let y = field.y(scale.place(0.0_f64.clamp(scale.low, scale.high)));
    Shape::Rule((field.left, y), (field.right, y), true)
}

/// Names below the field, each as far apart as the widest needs.
fn named_below(names: &[String], places: &[f64], field: Field, shapes: &mut Vec<Shape>) {
    let room = field.width() / 3.0;
    let names: Vec<String> = names
        .iter()
        .map(|name| cut(name, room, Voice::Label))
        .collect();
    // A viewer's own letters may be wider.
    let wide = widest(names.iter().map(String::as_str)) * 1.1 + f64::from(GAP);
    // At the edges the names stay inside.
    let inside = |(name, &place): (&String, &f64)| {
        let half = (text_width(name, Voice::Label) / 2.0).ceil() as i32;
        let most = (field.right + MARGIN - 2 - half).max(half + 2);
        field.x(place).clamp(half + 2, most)
    };
    let across: Vec<i32> = names.iter().zip(places).map(inside).collect();
    let pixels: Vec<f64> = across.iter().map(|&x| f64::from(x)).collect();
    for at in ticks::apart(&pixels, wide) {
        let place = (across[at], field.bottom + LINE / 2 + 3);
        shapes.push(label(names[at].clone(), place, Anchor::Centre));
    }
}

fn columns(chart: &Chart, mut field: Field, shapes: &mut Vec<Shape>) -> Result<(), Problem> {
    let points = &chart.points;
    let values = points.iter().filter_map(|point| point.value);
    let scale = Scale::around(values.chain([0.0]), 5);
    below(chart.axis.as_deref(), &mut field, shapes);
    upward(&scale, &chart.value, &mut field, shapes)?;
    let slot = field.width() / points.len() as f64;
    if slot < 2.0 {
        return Err(Problem::TooMany {
            points: points.len(),
            fit: (field.width() / 2.0) as usize,
        });
    }
    let wide = (slot * PART).min(WIDEST);
    let zero = field.y(scale.place(0.0));
    let shown = widest(points.iter().map(|point| point.shown.as_str()));
    let mut places = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let place = (at as f64 + 0.5) / points.len() as f64;
        places.push(place);
        let Some(value) = point.value else { continue };
        let middle = f64::from(field.left) + (at as f64 + 0.5) * slot;
        let left = (middle - wide / 2.0).round() as i32;
        let right = ((middle + wide / 2.0).round() as i32).max(left + 1);
        let end = field.y(scale.place(value));
        if end != zero {
            shapes.push(Shape::Block((left, end.min(zero)), (right, end.max(zero))));
        }
        if shown + 4.0 <= slot {
            let y = if value < 0.0 { end + 9 } else { end - 9 };
            shapes.push(label(
                &point.shown,
                (middle.round() as i32, y),
                Anchor::Centre,
            ));
        }
    }
    shapes.push(ground(&scale, field));
    let names: Vec<String> = points.iter().map(|point| point.label.clone()).collect();
    named_below(&names, &places, field, shapes);
    Ok(())
}

fn histogram(chart: &Chart, mut field: Field, shapes: &mut Vec<Shape>) -> Result<(), Problem> {
    let bins = Bins::of(chart);
    let scale = Scale::around(
        bins.counts.iter().map(|&count| count as f64).chain([0.0]),
        5,
    );
    let name = match bins.missing {
        0 => chart.value.clone(),
        missing => format!("{} ({missing} without a value left out)", chart.value),
    };
    below(Some(&name), &mut field, shapes);
    upward(&scale, "count", &mut field, shapes)?;
    let count = bins.counts.len();
    let zero = field.y(0.0);
    for (at, &many) in bins.counts.iter().enumerate() {
        let (from, to) = (at as f64 / count as f64, (at + 1) as f64 / count as f64);
        let (left, right) = (field.x(from), field.x(to));
        if many > 0 {
            // A line of the ground between the ranges.
            let right = (right - 1).max(left + 1);
            shapes.push(Shape::Block(
                (left, field.y(scale.place(many as f64))),
                (right, zero),
            ));
        }
    }
    shapes.push(ground(&scale, field));
    let edges: Vec<String> = (0..=count).map(|at| bins.shown(at)).collect();
    if bins.single {
        named_below(&edges[..1], &[0.5], field, shapes);
    } else {
        let places: Vec<f64> = (0..=count).map(|at| at as f64 / count as f64).collect();
        named_below(&edges, &places, field, shapes);
    }
    Ok(())
}

fn plot(chart: &Chart, mut field: Field, shapes: &mut Vec<Shape>) -> Result<(), Problem> {
    let seen: Vec<Point> = chart
        .points
        .iter()
        .filter(|point| point.value.is_some())
        .cloned()
        .collect();
    let placed = seen.iter().all(|point| point.at.is_some());
    if chart.kind == Kind::Scatter && !placed {
        return Err(Problem::NoPlaces);
    }
    let scale = Scale::around(seen.iter().filter_map(|point| point.value), 5);
    below(chart.axis.as_deref(), &mut field, shapes);
    upward(&scale, &chart.value, &mut field, shapes)?;
    let numeric = placed && ticks::numeric(&seen);
    let across = match (placed, numeric) {
        (true, true) => Scale::around(
            seen.iter().filter_map(|point| point.at),
            (field.width() / 100.0) as usize,
        ),
        (true, false) => {
            let (low, high) = range(seen.iter().filter_map(|point| point.at));
            Scale::exactly(low, high)
        }
        // Without places the rows stand evenly.
        (false, _) => Scale::exactly(0.0, (chart.points.len() - 1) as f64),
    };
    let mut paths: Vec<Vec<(i32, i32)>> = vec![Vec::new()];
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for (index, point) in chart.points.iter().enumerate() {
        let at = if placed { point.at } else { Some(index as f64) };
        let Some(place) = at.map(|at| across.place(at)) else {
            paths.push(Vec::new());
            continue;
        };
        if point.value.is_some() || !placed {
            names.push(point.label.clone());
            places.push(place);
        }
        match (point.value, paths.last_mut()) {
            (Some(value), Some(path)) => path.push((field.x(place), field.y(scale.place(value)))),
            _ => paths.push(Vec::new()),
        }
    }
    let mut dots = BTreeSet::new();
    for path in paths {
        match path[..] {
            [] => {}
            _ if chart.kind == Kind::Scatter => dots.extend(path),
            [alone] => shapes.push(Shape::Dot(alone)),
            _ => shapes.push(Shape::Path(thinned(path))),
        }
    }
    // A pixel is drawn once, however many points fall there.
    shapes.extend(dots.into_iter().map(Shape::Dot));
    let foot = (field.left, field.bottom);
    shapes.push(Shape::Rule(foot, (field.right, field.bottom), true));
    if numeric {
        names = across
            .marks()
            .iter()
            .map(|&mark| across.shown(mark))
            .collect();
        places = across
            .marks()
            .iter()
            .map(|&mark| across.place(mark))
            .collect();
    }
    named_below(&names, &places, field, shapes);
    Ok(())
}

/// A path without the points that change no pixel: of those above one another the first, the lowest, the
/// highest and the last are kept, in their order.
fn thinned(path: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    let mut kept = Vec::new();
    for column in path.chunk_by(|one, other| one.0 == other.0) {
        let ends = [0, column.len() - 1];
        let highs = (0..column.len()).min_by_key(|&at| column[at].1);
        let lows = (0..column.len()).max_by_key(|&at| column[at].1);
        let wanted: BTreeSet<usize> = ends.into_iter().chain(highs).chain(lows).collect();
        kept.extend(wanted.into_iter().map(|at| column[at]));
    }
    kept.dedup();
    kept
}

/// The line alone, between its name and its ends.
fn spark(chart: &Chart, mut field: Field, shapes: &mut Vec<Shape>) -> Result<(), Problem> {
    let some = || chart.points.iter().filter(|point| point.value.is_some());
    let by = |a: &&Point, b: &&Point| {
        let (a, b) = (a.value.unwrap_or(0.0), b.value.unwrap_or(0.0));
        a.total_cmp(&b)
    };
    let shown = |point: Option<&Point>| point.map_or("", |point| &point.shown).to_owned();
    let ends = format!(
        "{} … {}",
        shown(some().min_by(by)),
        shown(some().max_by(by))
    );
    let middle = field.y(0.5);
    let name = cut(&chart.value, field.width() / 3.0, Voice::Label);
    shapes.push(label(name.clone(), (field.left, middle), Anchor::Left));
    shapes.push(label(ends.clone(), (field.right, middle), Anchor::Right));
    field.left += text_width(&name, Voice::Label).ceil() as i32 + GAP;
    field.right -= text_width(&ends, Voice::Label).ceil() as i32 + GAP;
    let field = Field {
        top: field.top.min(middle - LEAST / 2),
        bottom: field.bottom.max(middle + LEAST / 2),
        ..field
    }
    .checked()?;
    let (low, high) = range(some().filter_map(|point| point.value));
    let scale = Scale::exactly(low, high);
    let last = (chart.points.len() - 1).max(1) as f64;
    let mut paths: Vec<Vec<(i32, i32)>> = vec![Vec::new()];
    for (at, point) in chart.points.iter().enumerate() {
        match (point.value, paths.last_mut()) {
            (Some(value), Some(path)) => {
                path.push((field.x(at as f64 / last), field.y(scale.place(value))));
            }
            _ => paths.push(Vec::new()),
        }
    }
    shapes.extend(
        paths
            .into_iter()
            .filter(|path| !path.is_empty())
            .map(thinned)
            .map(Shape::Path),
    );
    Ok(())
}
