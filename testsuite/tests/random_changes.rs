//! Random programs that change data on every backend, beside PostgreSQL.
//!
//! `NOCTRA_CHANGES=10000 cargo test --profile judge -p noctra-testsuite --test random_changes -- --nocapture` runs that
//! many, without it a few hundred, or as many as 20 seconds allow. The other variables are those of random queries: `NOCTRA_RANDOM_SEED`, `…_RUNS`,
//! `…_ON`, `…_JOBS`, `…_FAILURES` and `…_SECONDS`.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;
#[allow(dead_code, reason = "the judge of queries is another test's")]
mod judged;
mod programs;

use judged::{Report, in_database, number};
use noctra_test_servers::{MariaDb, Postgres};
use noctra_testsuite::random::{self, changes};
use programs::Judge;
use rql::Dialect;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// From how many programs on every construct has to be among them.
const MANY: u64 = 2_000;

#[test]
fn random_changes_are_postgresqls() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let only = std::env::var("NOCTRA_RANDOM_ON").unwrap_or_default();
    let mariadb = match "mariadb".contains(&only) {
        true => MariaDb::start(),
        false => Err(format!("{only} alone is asked")),
    };
    let seed = number("NOCTRA_RANDOM_SEED", 1);
    let open = |thread: usize| {
        let name = format!("changes_{thread}");
        let mariadb = mariadb.as_ref().map_err(Clone::clone);
        let mut opened = Vec::new();
        for (dialect, target) in [
            (Dialect::Sqlite, Ok("sqlite::memory:".to_owned())),
            (Dialect::Duckdb, Ok("duckdb::memory:".to_owned())),
            (Dialect::Postgresql, in_database(&server.url(), &name)),
            (
                Dialect::Mariadb,
                mariadb.and_then(|server| in_database(&server.url(), &name)),
            ),
        ] {
            let target = target.and_then(|target| judged::session(&target).map(|_| target));
            match target {
                Ok(target) if dialect.name().contains(&only) => opened.push((dialect, target)),
                Err(reason) if thread == 0 => println!("{} NOT RUN: {reason}", dialect.name()),
                _ => {}
            }
        }
        in_database(&server.url(), &format!("right_{thread}"))
            .and_then(|right| Judge::open(opened, &right, seed))
            .unwrap_or_else(|said| panic!("{said}"))
    };
    // As one test of many it ends soon.
    let bound = match std::env::var_os("NOCTRA_CHANGES") {
        Some(_) => u64::MAX,
        None => 20,
    };
    let runs = judged::wanted("NOCTRA_CHANGES", 300);
    let most = number("NOCTRA_RANDOM_FAILURES", 10);
    let seconds = number("NOCTRA_RANDOM_SECONDS", bound);
    let (next, failures) = (AtomicUsize::new(0), AtomicU64::new(0));
    let (all, began) = (Mutex::new(Report::default()), Instant::now());
    let ask = |mut judge: Judge| {
        let mut report = Report::default();
        while let Some(&run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
            if failures.load(Ordering::Relaxed) >= most || began.elapsed().as_secs() >= seconds {
                break;
            }
            let shown = judge.run(run, &mut report).unwrap_or_else(|ended| {
                // The others need not go on without that server.
                failures.fetch_add(most, Ordering::Relaxed);
                vec![format!("run {run} of seed {seed}: {ended}")]
            });
            failures.fetch_add(shown.len() as u64, Ordering::Relaxed);
            shown.iter().for_each(|shown| println!("{shown}"));
        }
        if let Ok(mut all) = all.lock() {
            all.add(report);
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = number("NOCTRA_RANDOM_JOBS", processors as u64) as usize;
    std::thread::scope(|scope| {
        for thread in 0..jobs.clamp(1, runs.len()) {
            let (open, ask) = (&open, &ask);
            scope.spawn(move || ask(open(thread)));
        }
    });
    let report = all.into_inner().unwrap_or_default();
    println!(
        "{} programs of seed {seed} in {:?}",
        report.asked,
        began.elapsed()
    );
    report.print();
    let constructs: Vec<String> = changes::CONSTRUCTS
        .iter()
        .map(|&name| name.to_owned())
        .collect();
    let missing = report.missing(&constructs);
    let count = constructs.len();
    println!(
        "{} of {count} constructs of changes covered",
        count - missing.len()
    );
    let queries = random::constructs();
    let absent = report.missing(&queries).len();
    println!("{} of {} of queries", queries.len() - absent, queries.len());
    assert_eq!(failures.into_inner(), 0, "seed {seed}");
    assert!(
        report.asked < MANY || missing.is_empty(),
        "not covered: {missing:?}"
    );
}
