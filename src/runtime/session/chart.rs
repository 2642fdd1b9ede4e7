//! CHART: from a query's rows to a drawing.

use crate::config::limits::{Access, Limits};
use crate::connection::{Outcome, Rows};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::prepare::Prepared;
use crate::{Column, ValueRef, WholeFile};
use noctra_chart::{Chart, Kind, Page, Point, Problem};
use rql::Type;
use rql_ast::{
    self as ast, Ast, AttributeValue, ChartKind, ClauseKind, Expr, ExprKind, Id, Query, Span,
};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Instant;

/// The width where no terminal says one.
const WIDTH: usize = 80;

/// What the words after CHART say.
#[derive(Default)]
struct Words {
    of: Option<Id<Expr>>,
    by: Option<Id<Expr>>,
    title: Option<String>,
    width: Option<usize>,
    height: Option<usize>,
    bins: Option<usize>,
    to: Option<To>,
}

/// The file that a chart is drawn into.
struct To {
    file: String,
    span: Span,
    drawing: &'static Drawing,
}

/// A chart, and how wide and how high its words make it.
type Make = fn(&Chart, &Words) -> Result<Vec<u8>, Problem>;

/// A kind of file that charts are drawn into.
struct Drawing {
    /// The ending of its name.
    ending: &'static str,
    make: Make,
    /// The bounds of WIDTH and HEIGHT.
    sizes: [RangeInclusive<usize>; 2],
    /// True where each letter needs a picture of its own.
    lettered: bool,
}

/// Columns and lines of text.
const CELLS: [RangeInclusive<usize>; 2] = [10..=1_000, 2..=200];
/// Pixels.
#[cfg(feature = "pictures")]
const PIXELS: [RangeInclusive<usize>; 2] = [100..=8_000, 40..=8_000];

static DRAWINGS: &[Drawing] = &[
    #[cfg(feature = "pictures")]
    Drawing {
        ending: "svg",
        make: |chart, words| noctra_chart::svg(chart, size(chart, words)).map(String::into_bytes),
        sizes: PIXELS,
        lettered: false,
    },
    #[cfg(feature = "pictures")]
    Drawing {
        ending: "png",
        make: |chart, words| noctra_chart::png(chart, size(chart, words)),
        sizes: PIXELS,
        lettered: true,
    },
    Drawing {
        ending: "gp",
        make: |chart, _| Ok(noctra_chart::gnuplot(chart).into_bytes()),
        sizes: CELLS,
        lettered: false,
    },
];

#[cfg(feature = "pictures")]
use noctra_chart::unlettered;

/// Without pictures nothing is lettered.
#[cfg(not(feature = "pictures"))]
fn unlettered(_: &Chart) -> String {
    String::new()
}

#[cfg(feature = "pictures")]
fn size(chart: &Chart, words: &Words) -> noctra_chart::Size {
    let pixels = |size: Option<usize>| size.and_then(|size| size.try_into().ok());
    noctra_chart::Size::of(chart, pixels(words.width), pixels(words.height))
}

/// The columns of the result that a chart shows.
struct Shown {
    axis: Option<usize>,
    value: usize,
}

/// The chart that a query asks for, and where it does. `for_people` is false where results are for programs,
/// which get the rows, unless the chart goes to a file of its own.
pub(crate) fn asked(ast: &Ast, query: Id<Query>, for_people: bool) -> Option<(ast::Chart, Span)> {
    let mut clauses = ast[ast[query].clauses].iter();
    let chart = clauses.find_map(|clause| match clause.kind {
        ClauseKind::Chart(id) => Some((ast[id], clause.span)),
        _ => None,
    });
    let to_file = |chart: &ast::Chart| {
        ast[chart.attributes]
            .iter()
            .any(|word| ast.name(word.name) == "to")
    };
    chart.filter(|(chart, _)| for_people || to_file(chart))
}

impl Session {
    /// Runs a prepared query and draws its rows; formats for programs get the rows themselves.
    pub(crate) fn chart(
        &mut self,
        ast: &Ast,
        prepared: &Prepared,
        (chart, span): (ast::Chart, Span),
        out: &mut Output,
    ) -> Result<Outcome, Failure> {
        let start = Instant::now();
        let mut words = self.words(ast, chart, out)?;
        let shown = columns(ast, prepared, chart.kind, &words, span)?;
        let mut points = Points {
            shown: &shown,
            points: Vec::new(),
        };
        let outcome = self.stream(prepared, &mut points, ast, span)?;
        let name = |at: usize| {
            prepared
                .described()
                .get(at)
                .map(|column| column.name.clone())
        };
        let drawing = Chart {
            kind: kind(chart.kind),
            title: words.title.take(),
            axis: shown.axis.and_then(name),
            value: name(shown.value).unwrap_or_default(),
            bins: words.bins,
            points: points.points,
        };
        if let Some(to) = &words.to {
            let rows = drawing.points.len() as u64;
            let path = Path::new(&to.file);
            let path = Limits(&self.settings).file_at(path, Access::Write, to.span)?;
            into_file(&drawing, &words, (to, &path), span)?;
            self.letters(&drawing, to, out);
            out.footer(rows, "row drawn", start.elapsed())?;
            return Ok(outcome);
        }
        let page = Page {
            width: words.width.or(out.options.width).unwrap_or(WIDTH),
            height: words.height,
            unicode: out.unicode(),
        };
        let text = noctra_chart::draw(&drawing, &page);
        out.text(&text.map_err(|problem| refused(problem, span))?)?;
        Ok(outcome)
    }

    /// Warns of what cannot be read in a picture.
    fn letters(&self, chart: &Chart, to: &To, out: &mut Output) {
        let missing = match to.drawing.lettered {
            true => unlettered(chart),
            false => String::new(),
        };
        if missing.is_empty() {
            return;
        }
        let some: String = missing.chars().take(12).collect();
        let dots = if some == missing { "" } else { "…" };
        let warning = Diagnostic::warning(codes::CHART, "a chart with letters that PNG files lack");
        let warning = warning.label(to.span, format!("no picture of {some}{dots} is known"));
        let warning = warning.help("SVG (.svg) leaves the letters to whoever shows it");
        self.warn(&[warning], out);
    }

    fn words(&mut self, ast: &Ast, chart: ast::Chart, out: &mut Output) -> Result<Words, Failure> {
        let mut words = Words::default();
        let (mut width, mut height) = (None, None);
        for attribute in &ast[chart.attributes] {
            let AttributeValue::Expr(value) = attribute.value else {
                continue;
            };
            match ast.name(attribute.name).as_ref() {
                "of" => words.of = Some(value),
                "by" => words.by = Some(value),
                "title" => {
                    words.title = Some(self.evaluate(ast, value, out)?.as_ref().to_string());
                }
                "width" => width = Some(value),
                "height" => height = Some(value),
                "bins" => words.bins = Some(self.count(ast, value, 1..=200, out)?),
                "to" => {
                    let file = self.file_name(ast, value, out)?;
                    let span = ast[value].span;
                    let drawing = drawing(&file, span)?;
                    words.to = Some(To {
                        file,
                        span,
                        drawing,
                    });
                }
                // The parser has refused other words.
                _ => {}
            }
        }
        // What a size is counted in hangs on where the chart goes.
        let [across, down] = words
            .to
            .as_ref()
            .map_or(CELLS, |to| to.drawing.sizes.clone());
        if let Some(width) = width {
            words.width = Some(self.count(ast, width, across, out)?);
        }
        if let Some(height) = height {
            words.height = Some(self.count(ast, height, down, out)?);
        }
        Ok(words)
    }

    /// A whole number within bounds.
    fn count(
        &mut self,
        ast: &Ast,
        value: Id<Expr>,
        bounds: RangeInclusive<usize>,
        out: &mut Output,
    ) -> Result<usize, Failure> {
        let found = self.evaluate(ast, value, out)?;
        let number: Option<usize> = found.as_ref().to_string().parse().ok();
        number
            .filter(|number| bounds.contains(number))
            .ok_or_else(|| {
                let message = format!(
                    "this is a number from {} to {}",
                    bounds.start(),
                    bounds.end()
                );
                let error = Diagnostic::error(codes::CHART, message);
                error
                    .label(ast[value].span, format!("not {}", found.shown()))
                    .into()
            })
    }
}

fn kind(kind: ChartKind) -> Kind {
    match kind {
        ChartKind::Bar => Kind::Bar,
        ChartKind::Column => Kind::Column,
        ChartKind::Line => Kind::Line,
        ChartKind::Scatter => Kind::Scatter,
        ChartKind::Histogram => Kind::Histogram,
        ChartKind::Sparkline => Kind::Sparkline,
    }
}

fn is_number(ty: Type) -> bool {
    ty.is_integer() || ty.is_decimal() || ty.is_float()
}

/// Which columns are shown: the named ones; else the first text or date is the axis, and the first number
/// the value. Two numbers make a scatter chart.
fn columns(
    ast: &Ast,
    prepared: &Prepared,
    kind: ChartKind,
    words: &Words,
    span: Span,
) -> Result<Shown, Failure> {
    let all = prepared.described();
    let named = |id: Option<Id<Expr>>| id.map(|id| named(ast, id, all)).transpose();
    let (value, axis) = (named(words.of)?, named(words.by)?);
    let number = |skip: Option<usize>| {
        let numbers = all.iter().enumerate().filter(|(at, _)| Some(*at) != skip);
        let mut numbers = numbers.filter(|(_, column)| is_number(column.ty));
        numbers.next().map(|(at, _)| at)
    };
    let label = all.iter().position(|column| {
        column.ty.is_text() || matches!(column.ty, Type::Date | Type::Timestamp | Type::TimestampTz)
    });
    let axis = match kind {
        ChartKind::Histogram => None,
        ChartKind::Scatter => axis.or_else(|| number(value)),
        _ => axis.or(label),
    };
    let Some(value) = value.or_else(|| number(axis)) else {
        let message = "a chart needs a column of numbers";
        return Err(Diagnostic::error(codes::CHART, message)
            .label(span, "this query has none to draw")
            .help("OF names the column; CAST makes numbers of texts")
            .into());
    };
    if let (Some(of), Some(column)) = (words.of, all.get(value))
        && !is_number(column.ty)
        && column.ty != Type::Unknown
    {
        let message = format!("{} is no number", column.name);
        return Err(Diagnostic::error(codes::CHART, message)
            .label(ast[of].span, format!("this is {}", column.ty))
            .into());
    }
    Ok(Shown { axis, value })
}

/// The column of a name, or of a number that counts from one.
fn named(ast: &Ast, id: Id<Expr>, all: &[rql::OutColumn]) -> Result<usize, Failure> {
    let expr = ast[id];
    let wanted = match expr.kind {
        ExprKind::Column(name) => ast.dotted(name),
        _ => ast.text(expr.span).to_owned(),
    };
    let by_number = wanted
        .parse()
        .ok()
        .filter(|at| (1..=all.len()).contains(at));
    let found = all.iter().position(|column| column.name == wanted);
    found.or(by_number.map(|at: usize| at - 1)).ok_or_else(|| {
        let message = format!("the query has no column {wanted}");
        let error = Diagnostic::error(codes::UNKNOWN_COLUMN, message)
            .label(expr.span, "no column of the result");
        match did_you_mean(&wanted, all.iter().map(|column| column.name.as_str())) {
            Some(near) => error.suggest(format!("did you mean {near}?"), expr.span, near),
            None => {
                let names: Vec<_> = all.iter().map(|column| column.name.as_str()).collect();
                error.help(format!("it has {}", names.join(", ")))
            }
        }
        .into()
    })
}

/// Rows on their way to points.
struct Points<'a> {
    shown: &'a Shown,
    points: Vec<Point>,
}

impl Rows for Points<'_> {
    fn begin(&mut self, _: &[Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        let cell = |at: usize| row.get(at).copied().unwrap_or(ValueRef::Null);
        let value = cell(self.shown.value);
        let (label, at) = match self.shown.axis.map(cell) {
            Some(ValueRef::Null) => ("NULL".to_owned(), None),
            Some(axis) => (axis.to_string(), place(axis)),
            None => (String::new(), None),
        };
        let null = matches!(value, ValueRef::Null);
        let shown = if null {
            "NULL".to_owned()
        } else {
            short(value)
        };
        self.points.push(Point {
            label,
            at,
            value: place(value),
            shown,
        });
        Ok(())
    }
}

/// A value beside its bar: of a long fraction what the eye can use, the first digits that are not 0.
fn short(value: ValueRef<'_>) -> String {
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() <= 4 || !digits(fraction) || !digits(whole.trim_start_matches('-')) {
        return text;
    }
    let zeros = fraction.len() - fraction.trim_start_matches('0').len();
    let kept = match whole.trim_start_matches('-') {
        "0" => zeros + 3,
        _ => 2,
    };
    match place(value) {
        Some(number) => format!("{number:.kept$}"),
        None => text,
    }
}

/// A number, or a time as one; what is infinite has no place.
fn place(value: ValueRef<'_>) -> Option<f64> {
    let number = match value {
        ValueRef::Integer(value) => value as f64,
        ValueRef::Decimal(_) | ValueRef::Numeric(_) => value.to_string().parse().ok()?,
        ValueRef::Real(value) => f64::from(value),
        ValueRef::Double(value) => value,
        ValueRef::Date(date) => f64::from(date.0),
        ValueRef::Time(time) => time.0 as f64,
        ValueRef::Timestamp(time) | ValueRef::TimestampTz(time) => time.0 as f64,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// How a file with this ending is drawn.
fn drawing(file: &str, span: Span) -> Result<&'static Drawing, Failure> {
    let ending = Path::new(file)
        .extension()
        .and_then(|ending| ending.to_str());
    let known = DRAWINGS
        .iter()
        .find(|drawing| ending.is_some_and(|ending| ending.eq_ignore_ascii_case(drawing.ending)));
    known.ok_or_else(|| {
        let endings: Vec<String> = DRAWINGS
            .iter()
            .map(|drawing| format!(".{}", drawing.ending))
            .collect();
        let message = match ending {
            Some(ending) => format!("a chart is not drawn into a file that ends in .{ending}"),
            None => "the name of a chart's file has no ending".to_owned(),
        };
        let error = Diagnostic::error(codes::CHART, message);
        let error = error.label(span, "the ending says how it is drawn");
        error
            .help(format!("there are {}", endings.join(", ")))
            .into()
    })
}

/// Draws into a file, which has its name when it is whole.
fn into_file(
    chart: &Chart,
    words: &Words,
    (to, path): (&To, &Path),
    span: Span,
) -> Result<(), Failure> {
    let bytes = (to.drawing.make)(chart, words).map_err(|problem| refused(problem, span))?;
    let whole = WholeFile::create(path).and_then(|whole| {
        whole.writer()?.write_all(&bytes)?;
        whole.keep()
    });
    whole.map_err(|error| {
        let message = format!("cannot write {}: {error}", to.file);
        Diagnostic::error(codes::FILE_ERROR, message).label(to.span, "this file")
    })?;
    Ok(())
}

/// Why a chart cannot be drawn, and what helps.
fn refused(problem: Problem, span: Span) -> Diagnostic {
    let error = Diagnostic::error(codes::CHART, problem.to_string()).label(span, "drawn here");
    match problem {
        Problem::Narrow { .. } => error.help("WIDTH says how wide it may be"),
        Problem::TooMany { .. } => error.help("BAR and LINE take any number of rows"),
        Problem::NoPlaces => error.help("BY names the one along the axis"),
        Problem::Drawing(_) => error.help("WIDTH and HEIGHT say its size"),
    }
}
