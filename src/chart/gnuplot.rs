//! A script for Gnuplot, with its data.

use crate::{Chart, Kind, one_line};
use core::fmt::Write;

/// The script; it draws in Gnuplot's own window or, with `gnuplot -p`, wherever that is set to.
#[must_use]
pub fn gnuplot(chart: &Chart) -> String {
    let mut out = String::from("# Run with: gnuplot -p\n$data << EOD\n");
    for point in &chart.points {
        let label = quoted(&point.label);
        let at = point
            .at
            .map_or_else(|| "NaN".to_owned(), |at| at.to_string());
        let value = point
            .value
            .map_or_else(|| "NaN".to_owned(), |value| value.to_string());
        let _ = writeln!(out, "{label} {at} {value}");
    }
    out.push_str("EOD\n");
    if let Some(title) = &chart.title {
        let _ = writeln!(out, "set title {}", quoted(title));
    }
    if let Some(axis) = &chart.axis {
        let _ = writeln!(out, "set xlabel {}", quoted(axis));
    }
    let _ = writeln!(
        out,
        "set ylabel {}\nset grid ytics\nunset key",
        quoted(&chart.value)
    );
    let placed = chart.points.iter().all(|point| point.at.is_some());
    out.push_str(match chart.kind {
        Kind::Bar | Kind::Column => {
            "set style fill solid 0.8\nset boxwidth 0.8\nset yrange [*<0:0<*]\n\
             plot $data using 0:3:xtic(1) with boxes\n"
        }
        Kind::Line | Kind::Sparkline if placed => "plot $data using 2:3 with lines\n",
        Kind::Line | Kind::Sparkline => "plot $data using 0:3:xtic(1) with lines\n",
        Kind::Scatter => "plot $data using 2:3 with points pointtype 7\n",
        Kind::Histogram => {
            "stats $data using 3 nooutput\n\
             width = (STATS_max - STATS_min) / (ceil(log(STATS_records) / log(2)) + 1)\n\
             width = width > 0 ? width : 1\n\
             set style fill solid 0.8\nset boxwidth width\nset yrange [0:*]\n\
             plot $data using (width * (floor($3 / width) + 0.5)):(1) smooth frequency with boxes\n"
        }
    });
    out
}

/// A text in quotes; Gnuplot reads it to the next quote and knows escapes.
fn quoted(text: &str) -> String {
    let text = one_line(text).replace('\\', "\\\\").replace('"', "'");
    format!("\"{text}\"")
}
