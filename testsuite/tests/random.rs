//! Random queries on every backend, beside PostgreSQL.
//!
//! `NOCTRA_RANDOM=100000 cargo test --profile judge -p noctra-testsuite --test random -- --nocapture` runs that
//! many, without it a few hundred. `NOCTRA_RANDOM_SEED` repeats a run, `NOCTRA_RANDOM_RUNS=603,2560-2600` asks
//! those queries of it alone, `NOCTRA_RANDOM_ON=duckdb` one backend alone, `NOCTRA_RANDOM_JOBS` says how many
//! threads ask, `NOCTRA_RANDOM_FAILURES` after how many failures it ends, and `NOCTRA_RANDOM_SECONDS` after how
//! long. A failure is made smaller before it is shown.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;
mod judged;

use judged::{Judge, Report, in_database, number};
use noctra_test_servers::{MariaDb, Postgres};
use noctra_testsuite::random::{self, OFF};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// How many queries are asked of the same tables.
const PER_WORLD: u64 = 40;

/// From how many queries on every construct has to be among them, and few refused.
const MANY: u64 = 5_000;

/// The greatest share of queries that a backend may refuse, in percent.
const REFUSED: f64 = 10.0;

/// The runs that are asked for, in groups of those with the same tables.
fn wanted() -> Vec<Vec<u64>> {
    let runs = judged::wanted("NOCTRA_RANDOM", 300);
    let groups = runs.chunk_by(|a, b| a / PER_WORLD == b / PER_WORLD);
    groups.map(<[u64]>::to_vec).collect()
}

/// What all threads share.
struct Shared {
    seed: u64,
    groups: Vec<Vec<u64>>,
    next: AtomicUsize,
    asked: AtomicU64,
    failures: AtomicU64,
    most: u64,
    seconds: u64,
    report: Mutex<Report>,
    began: Instant,
}

impl Shared {
    fn ended(&self) -> bool {
        self.failures.load(Ordering::Relaxed) >= self.most
            || self.began.elapsed().as_secs() >= self.seconds
    }

    /// Asks group after group until there are none left.
    fn ask(&self, mut judge: Judge) {
        let mut report = Report::default();
        while let Some(group) = self.groups.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(ended) = self.ask_group(&mut judge, group, &mut report) {
                println!("{ended}");
                self.failures.fetch_add(self.most.max(1), Ordering::Relaxed);
            }
        }
        if let Ok(mut all) = self.report.lock() {
            all.add(report);
        }
    }

    fn ask_group(
        &self,
        judge: &mut Judge,
        runs: &[u64],
        report: &mut Report,
    ) -> Result<(), String> {
        let mut world = None;
        for &run in runs {
            if self.ended() {
                break;
            }
            let world = match &world {
                Some(world) => world,
                None => &*world.insert(judge.world(run - run % PER_WORLD)?),
            };
            for shown in judge.run(run, world, report)? {
                println!("{shown}");
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
            let asked = 1 + self.asked.fetch_add(1, Ordering::Relaxed);
            if asked.is_multiple_of(5_000) {
                let (failed, took) = (&self.failures, self.began.elapsed().as_secs());
                println!("{asked} asked, {failed:?} failed, after {took} s");
            }
        }
        Ok(())
    }
}

#[test]
fn random_queries_have_postgresqls_answers() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let only = std::env::var("NOCTRA_RANDOM_ON").unwrap_or_default();
    let mariadb = match "mariadb".contains(&only) {
        true => MariaDb::start(),
        false => Err(format!("{only} alone is asked")),
    };
    let targets = |thread: u64| {
        let name = format!("random_{thread}");
        let mariadb = mariadb.as_ref().map_err(Clone::clone);
        [
            (rql::Dialect::Sqlite, Ok("sqlite::memory:".to_owned())),
            (rql::Dialect::Duckdb, Ok("duckdb::memory:".to_owned())),
            (rql::Dialect::Postgresql, in_database(&server.url(), &name)),
            (
                rql::Dialect::Mariadb,
                mariadb.and_then(|server| in_database(&server.url(), &name)),
            ),
        ]
    };
    let open = |thread: u64, seed: u64| {
        let mut opened = Vec::new();
        let mut postgresql = String::new();
        for (dialect, target) in targets(thread) {
            let reference = dialect == rql::Dialect::Postgresql;
            match target.and_then(|target| judged::session(&target).map(|_| target)) {
                Err(reason) if thread == 0 => println!("{} NOT RUN: {reason}", dialect.name()),
                Ok(target) if reference || dialect.name().contains(&only) => {
                    if reference {
                        postgresql.clone_from(&target);
                    }
                    opened.push((dialect, target));
                }
                _ => {}
            }
        }
        Judge::open(&opened, &postgresql, seed).unwrap_or_else(|said| panic!("{said}"))
    };
    let shared = Shared {
        seed: number("NOCTRA_RANDOM_SEED", 1),
        groups: wanted(),
        next: AtomicUsize::new(0),
        asked: AtomicU64::new(0),
        failures: AtomicU64::new(0),
        most: number("NOCTRA_RANDOM_FAILURES", 10),
        seconds: number("NOCTRA_RANDOM_SECONDS", u64::MAX),
        report: Mutex::new(Report::default()),
        began: Instant::now(),
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = number("NOCTRA_RANDOM_JOBS", processors as u64);
    std::thread::scope(|scope| {
        for thread in 0..jobs.clamp(1, shared.groups.len() as u64) {
            let (shared, open) = (&shared, &open);
            scope.spawn(move || shared.ask(open(thread, shared.seed)));
        }
    });
    let report = shared.report.into_inner().unwrap_or_default();
    let (asked, seed) = (report.asked, shared.seed);
    println!("{asked} queries of seed {seed}");
    report.print();
    let all = random::constructs();
    let missing = report.missing(&all);
    let (covered, count) = (all.len() - missing.len(), all.len());
    println!("{covered} of {count} constructs covered");
    if asked >= MANY {
        println!("not covered: {missing:?}");
    }
    for (construct, reason) in OFF {
        println!("switched off: {construct}: {reason}");
    }
    assert_eq!(shared.failures.into_inner(), 0, "seed {seed}");
    if asked >= MANY {
        assert!(missing.is_empty(), "not covered: {missing:?}");
        for (name, tally) in &report.tallies {
            let share = tally.share(asked);
            assert!(share <= REFUSED, "{name} refused {share:.1} %");
        }
    }
}
