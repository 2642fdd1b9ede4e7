//! A script for Gnuplot, with its data.

use crate::bins::Bins;
use crate::{Chart, Kind, one_line, ticks};
use core::fmt::Write;

/// So many names stand along an axis of places.
const NAMES: f64 = 8.0;

/// The script; it draws in Gnuplot's own window or, with `gnuplot -p`, wherever that is set to.
#[must_use]
pub fn gnuplot(chart: &Chart) -> String {
    let mut out = String::from("# Run with: gnuplot -p\n$data << EOD\n");
    if chart.kind == Kind::Histogram {
        ranges(chart, &mut out);
    } else {
        for point in &chart.points {
            let label = quoted(&point.label);
            // Of nothing a lying bar would reach to the edge; it has no length.
            let none = (chart.kind == Kind::Bar).then_some(0.0);
            let (at, value) = (data(point.at), data(point.value.or(none)));
            let _ = writeln!(out, "{label} {at} {value}");
        }
    }
    // Without this an underscore lowers the letter behind it.
    out.push_str("EOD\nset termoption noenhanced\n");
    if let Some(title) = &chart.title {
        let _ = writeln!(out, "set title {}", quoted(title));
    }
    let counted = chart.kind == Kind::Histogram;
    // Bars lie: what they measure runs along the x axis.
    let lying = chart.kind == Kind::Bar;
    let (axis, value) = match counted {
        true => (Some(&chart.value), "count"),
        false => (chart.axis.as_ref(), chart.value.as_str()),
    };
    let [along, up] = if lying { ["y", "x"] } else { ["x", "y"] };
    if let Some(axis) = axis {
        let _ = writeln!(out, "set {along}label {}", quoted(axis));
    }
    let _ = writeln!(
        out,
        "set {up}label {}\nset grid {up}tics\nunset key",
        quoted(value)
    );
    let placed = !chart.points.is_empty() && chart.points.iter().all(|point| point.at.is_some());
    if placed && matches!(chart.kind, Kind::Line | Kind::Scatter | Kind::Sparkline) {
        names(chart, &mut out);
    }
    if lying {
        // The first row stands above.
        let _ = writeln!(out, "set yrange [{}:-1]", chart.points.len());
    }
    out.push_str(match chart.kind {
        Kind::Bar => {
            "set style fill solid 0.8\nset xrange [*<0:0<*]\n\
             plot $data using (0):0:(0):3:($0-0.4):($0+0.4):ytic(1) with boxxyerror\n"
        }
        Kind::Column => {
            "set style fill solid 0.8\nset boxwidth 0.8\nset yrange [*<0:0<*]\n\
             plot $data using 0:3:xtic(1) with boxes\n"
        }
        Kind::Line | Kind::Sparkline if placed => "plot $data using 2:3 with lines\n",
        Kind::Line | Kind::Sparkline => "plot $data using 0:3:xtic(1) with lines\n",
        Kind::Scatter => "plot $data using 2:3 with points pointtype 7\n",
        Kind::Histogram => {
            "set style fill solid 0.8\nset yrange [0:*]\n\
             plot $data using (($1+$2)/2):3:($2-$1) with boxes\n"
        }
    });
    out
}

/// The ranges of a histogram: where each begins and ends, and how many values it has.
fn ranges(chart: &Chart, out: &mut String) {
    let bins = Bins::of(chart);
    for (at, count) in bins.counts.iter().enumerate() {
        let _ = writeln!(out, "{} {} {count}", bins.edge(at), bins.edge(at + 1));
    }
}

/// Names some of the points along the axis, where their places are no numbers that people know.
fn names(chart: &Chart, out: &mut String) {
    if ticks::numeric(&chart.points) {
        return;
    }
    let places: Vec<f64> = chart.points.iter().filter_map(|point| point.at).collect();
    let (low, high) = crate::scale::range(places.iter().copied());
    let named = ticks::apart(&places, high / NAMES - low / NAMES);
    let named = named.into_iter().map(|at| {
        let label = quoted(&chart.points[at].label);
        format!("{label} {}", places[at])
    });
    let named: Vec<String> = named.collect();
    let _ = writeln!(out, "set xtics rotate by -30 ({})", named.join(", "));
}

/// A number of the data; Gnuplot leaves out what is none.
fn data(number: Option<f64>) -> String {
    number.map_or_else(|| "NaN".to_owned(), |number| number.to_string())
}

/// A text in quotes; Gnuplot reads it to the next quote and knows escapes.
fn quoted(text: &str) -> String {
    let text = one_line(text).replace('\\', "\\\\").replace('"', "'");
    format!("\"{text}\"")
}
