//! The whole compile, from text to SQL with the catalog known and nothing cached, beside sqlparser,
//! which reads and prints and resolves nothing.
//!
//! Criterion times each set as a whole; the table above its reports gives the median and the 95th
//! percentile of single statements, each the best of several runs.
#![allow(missing_docs, clippy::panic)]

use criterion::{Criterion, criterion_group, criterion_main};
use noctra_benches::{Compilable, compilable};
use rql::{Catalog, Dialect, Env};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Runs of each statement for the table; the best one counts, so that other work on the machine does not.
const RUNS: usize = 50;

fn compiles(catalog: &Catalog, dialect: Dialect, sql: &str) -> bool {
    let parse = rql::parse(sql);
    let env = Env {
        catalog,
        dialect,
        variables: &|_| None,
        fold: None,
    };
    let mut ids = parse.ast.statements.ids();
    parse.is_ok() && ids.all(|id| black_box(rql::compile(&parse.ast, id, &env)).is_ok())
}

fn reads_and_prints(sql: &str) -> bool {
    let parsed = Parser::parse_sql(&GenericDialect {}, sql);
    parsed.is_ok_and(|all| {
        all.iter()
            .all(|statement| !black_box(statement.to_string()).is_empty())
    })
}

/// The median and the 95th percentile of the statements' best times.
fn percentiles<T>(statements: &[T], run: impl Fn(&T) -> bool) -> (Duration, Duration) {
    let best = |statement| {
        let time = |_| {
            let start = Instant::now();
            black_box(run(statement));
            start.elapsed()
        };
        (0..RUNS).map(time).min().unwrap_or_default()
    };
    let mut times: Vec<Duration> = statements.iter().map(best).collect();
    times.sort();
    let at = |share: usize| times.get((times.len() - 1) * share / 100).copied();
    (at(50).unwrap_or_default(), at(95).unwrap_or_default())
}

fn row(set: &str, what: &str, count: usize, (median, p95): (Duration, Duration)) {
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let (median, p95) = (micros(median), micros(p95));
    println!("{set:<10} {what:<24} {count:>5} {median:>9.1} µs {p95:>9.1} µs");
}

fn compile(c: &mut Criterion) {
    println!(
        "{:<10} {:<24} {:>5} {:>12} {:>12}",
        "set", "what", "n", "median", "p95"
    );
    for Compilable {
        name,
        catalogs,
        statements,
    } in compilable()
    {
        // Only what every side accepts is timed.
        let accepted: Vec<&(usize, String)> = statements
            .iter()
            .filter(|(at, sql)| {
                let both = [Dialect::Postgresql, Dialect::Sqlite];
                both.iter()
                    .all(|&dialect| compiles(&catalogs[*at], dialect, sql))
                    && reads_and_prints(sql)
            })
            .collect();
        println!(
            "{name}: {} of {} statements",
            accepted.len(),
            statements.len()
        );
        let mut group = c.benchmark_group(name);
        group.sample_size(20);
        for dialect in [Dialect::Postgresql, Dialect::Sqlite] {
            let what = format!("rql to {dialect}");
            let run = |(at, sql): &&(usize, String)| compiles(&catalogs[*at], dialect, sql);
            row(name, &what, accepted.len(), percentiles(&accepted, run));
            group.bench_function(what, |b| {
                b.iter(|| {
                    accepted.iter().for_each(|s| {
                        run(s);
                    })
                })
            });
        }
        let run = |(_, sql): &&(usize, String)| rql::parse(sql).is_ok();
        row(
            name,
            "of it rql parse",
            accepted.len(),
            percentiles(&accepted, run),
        );
        let run = |(_, sql): &&(usize, String)| reads_and_prints(sql);
        row(
            name,
            "sqlparser parse + print",
            accepted.len(),
            percentiles(&accepted, run),
        );
        group.bench_function("sqlparser parse + print", |b| {
            b.iter(|| {
                accepted.iter().for_each(|s| {
                    run(s);
                })
            });
        });
        group.finish();
    }
}

criterion_group!(benches, compile);
criterion_main!(benches);
