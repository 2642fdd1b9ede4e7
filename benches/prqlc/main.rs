//! prqlc over the PRQL of the ten-line statements, in the form of the table of `../compile.rs`: the median
//! and the 95th percentile of single statements, each the best of several runs, from text to SQL.

use prqlc::sql::Dialect;
use prqlc::{Options, Target, compile};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// As in `../compile.rs`.
const RUNS: usize = 50;

fn main() {
    let text = include_str!("ten_lines.prql");
    // The first part says what the file is.
    let statements: Vec<&str> = text.split("\n\n").skip(1).collect();
    for (dialect, name) in [(Dialect::Postgres, "postgresql"), (Dialect::SQLite, "sqlite")] {
        let options = Options::default()
            .no_format()
            .no_signature()
            .with_target(Target::Sql(Some(dialect)));
        let mut times: Vec<Duration> = Vec::new();
        for statement in &statements {
            if let Err(errors) = compile(statement, &options) {
                let first = statement.lines().next().unwrap_or_default();
                eprintln!("left out, since prqlc refuses it: {first}\n{errors}");
                continue;
            }
            let time = |_| {
                let start = Instant::now();
                black_box(compile(statement, &options).is_ok());
                start.elapsed()
            };
            times.extend((0..RUNS).map(time).min());
        }
        times.sort();
        let at = |share: usize| {
            let time = times.get(times.len().saturating_sub(1) * share / 100);
            time.copied().unwrap_or_default().as_secs_f64() * 1e6
        };
        let what = format!("prqlc to {name}");
        let (n, median, p95) = (times.len(), at(50), at(95));
        println!("{:<10} {what:<24} {n:>5} {median:>9.1} µs {p95:>9.1} µs", "ten lines");
    }
}
