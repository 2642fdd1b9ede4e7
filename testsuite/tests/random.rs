//! Random queries on every backend, beside PostgreSQL.
//!
//! `NOCTRA_RANDOM=100000 cargo test --release -p noctra-testsuite --test random -- --nocapture` runs that
//! many, without it a few hundred; `NOCTRA_RANDOM_SEED` repeats a run, `NOCTRA_RANDOM_RUNS=603,2560` asks those
//! queries of it alone, `NOCTRA_RANDOM_ON=duckdb` one backend alone, and `NOCTRA_RANDOM_FAILURES` says after how
//! many failures it ends. A failure is made smaller before it is shown.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use noctra_runtime::{Session, Target};
use noctra_test_servers::{MariaDb, Postgres};
use noctra_testsuite::conformance::{Answer, OPEN, same_rows};
use noctra_testsuite::fuzz::Rng;
use noctra_testsuite::random::{self, OFF, Piece, Query, World};
use postgres::{Client, NoTls};
use std::collections::{BTreeMap, BTreeSet};

/// How many queries are asked of the same tables.
const PER_WORLD: u64 = 40;

/// What our own text says of a value with which that backend cannot compute as PostgreSQL does.
const AT_RUN_TIME: &[&str] = &[
    "the result needs more digits than DuckDB computes",
    "a double has too few digits for this",
];

/// True for the error of a query inside an expression that has a second row.
fn two_rows(said: &str) -> bool {
    let said = said.to_lowercase();
    said.contains("more than one row returned by a subquery")
        || said.contains("subquery returns more than 1 row")
}

/// How a backend's answer stands beside PostgreSQL's.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Equal,
    /// The compiler refused, with its code and what it said.
    Refused(String),
    /// Other rows, or rows where PostgreSQL has an error.
    Different(String),
    /// An error where PostgreSQL has rows.
    Error(String),
    /// One of the two has an error in a place that the other need not reach.
    Open,
}

impl Verdict {
    fn failed(&self) -> bool {
        matches!(self, Self::Different(_) | Self::Error(_))
    }

    /// A failure of the same kind, for which a smaller query may stand.
    fn like(&self, other: &Self) -> bool {
        let start = |said: &str| said.chars().take(48).collect::<String>();
        match (self, other) {
            (Self::Error(a), Self::Error(b)) => start(a) == start(b),
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

struct Backend {
    dialect: rql::Dialect,
    session: Session,
    equal: usize,
    refused: BTreeMap<String, usize>,
    failed: usize,
    open: usize,
    /// The queries with a construct, and those of them that were refused.
    constructs: BTreeMap<String, (usize, usize)>,
}

impl Backend {
    fn open(dialect: rql::Dialect, target: &str) -> Result<Self, String> {
        Ok(Self {
            dialect,
            session: session(target)?,
            equal: 0,
            refused: BTreeMap::new(),
            failed: 0,
            open: 0,
            constructs: BTreeMap::new(),
        })
    }

    fn judge(&mut self, expected: &Answer, piece: &Piece, query: &Query) -> Verdict {
        let text = piece.rql();
        let run = || common::run_csv(&mut self.session, &text);
        let given = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
            .unwrap_or_else(|_| Err(common::PANICKED.to_owned()));
        // What the compiler says has a number below those of what happens while a statement runs.
        // What it cannot read is a mistake: PostgreSQL has.
        let compiler = |said: &str| said.starts_with("RQL0") && said > "RQL02" && said < "RQL06";
        let refused =
            |said: &str| compiler(said) || AT_RUN_TIME.iter().any(|ours| said.contains(ours));
        match (expected, given) {
            (Answer::Rows(..), Err(said)) if refused(&said) => Verdict::Refused(said),
            (Answer::Rows(types, rows), Ok(given)) => {
                let types = types.iter().enumerate().map(|(at, ty)| match ty.as_str() {
                    "numeric" if query.open.get(at) == Some(&true) => OPEN.to_owned(),
                    other => other.to_owned(),
                });
                let types: Vec<String> = types.collect();
                match same_rows(&types, rows, &given, !query.ordered) {
                    true => Verdict::Equal,
                    false => Verdict::Different(difference(rows, &given)),
                }
            }
            // Others run a query inside an expression though no row asks for it.
            (Answer::Rows(..), Err(said)) if query.alone && two_rows(&said) => Verdict::Open,
            (Answer::Rows(..), Err(said)) => Verdict::Error(said),
            (_, Err(_)) => Verdict::Equal,
            (Answer::Error(code), Ok(given)) if query.alone => {
                Verdict::Different(format!("PostgreSQL: error {code}\nhere: {given:?}"))
            }
            (_, Ok(_)) => Verdict::Open,
        }
    }

    fn count(&mut self, query: &Query, verdict: &Verdict) {
        match verdict {
            Verdict::Equal => self.equal += 1,
            Verdict::Refused(said) => *self.refused.entry(said.clone()).or_default() += 1,
            Verdict::Different(_) | Verdict::Error(_) => self.failed += 1,
            Verdict::Open => self.open += 1,
        }
        for construct in &query.used {
            let (all, refused) = self.constructs.entry(construct.clone()).or_default();
            *all += 1;
            *refused += usize::from(matches!(verdict, Verdict::Refused(_)));
        }
    }

    fn report(&self, number: u64) {
        let refused: usize = self.refused.values().sum();
        println!(
            "{:<12} {:>7} equal {refused:>6} refused ({:.1} %) {:>4} different or an error {:>3} open",
            self.dialect.name(),
            self.equal,
            100.0 * refused as f64 / number.max(1) as f64,
            self.failed,
            self.open
        );
        let mut reasons: Vec<_> = self.refused.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (reason, count) in reasons.into_iter().take(40) {
            println!("    {count:>5}  {reason}");
        }
        let mut constructs: Vec<_> = self
            .constructs
            .iter()
            .filter(|(_, (_, refused))| *refused > 0)
            .collect();
        constructs.sort_by_key(|(_, (all, refused))| std::cmp::Reverse(refused * 1000 / all));
        let most = constructs.iter().take(24);
        let shares: Vec<String> = most
            .map(|(name, (all, refused))| format!("{name} {refused}/{all}"))
            .collect();
        println!("    refused most: {}", shares.join(", "));
    }
}

/// The rows that only one of them has.
fn difference(expected: &[String], given: &[String]) -> String {
    let only = |a: &[String], b: &[String]| {
        let mut rest: Vec<&String> = b.iter().collect();
        let mut only: Vec<String> = Vec::new();
        for row in a {
            match rest.iter().position(|other| *other == row) {
                Some(at) => drop(rest.swap_remove(at)),
                None => only.push(row.clone()),
            }
        }
        only.truncate(6);
        only.join("\n    ")
    };
    format!(
        "PostgreSQL, {} rows:\n    {}\nhere, {} rows:\n    {}",
        expected.len(),
        only(expected, given),
        given.len(),
        only(given, expected)
    )
}

fn session(target: &str) -> Result<Session, String> {
    Target::parse(target)
        .and_then(Session::open)
        .map_err(|error| error.to_string())
}

/// Makes the tables everywhere; PostgreSQL's session and the client see the same ones.
fn fill(world: &World, backends: &mut [Backend]) {
    for statement in world.statements() {
        for backend in &mut *backends {
            if let Err(said) = common::run_csv(&mut backend.session, &statement) {
                panic!("{}: {statement}\n{said}", backend.dialect.name());
            }
        }
    }
}

/// The failure in its smallest form, with all that is needed to see it again.
fn show(
    backends: &mut [Backend],
    at: usize,
    client: &mut Client,
    world: &World,
    query: &Query,
    found: &Verdict,
) -> String {
    // Where only the order is wrong, it stays; where it is cut, rows count in any.
    let whole = query.piece.rql();
    let written = whole.rfind(" ORDER BY ").map(|at| whole[at..].to_owned());
    let disordered = matches!(found, Verdict::Different(what) if what.ends_with(":\n    "));
    let order = written.clone().filter(|_| query.ordered && disordered);
    let in_any = Query {
        ordered: false,
        ..query.clone()
    };
    let mut fails = |backends: &mut [Backend], piece: &Piece| {
        let expected = common::ask(client, &piece.reference(), true);
        let comparable = query.alone || matches!(expected, Answer::Rows(..));
        let end = written.as_ref();
        let kept = end.is_none_or(|order| piece.rql().ends_with(order));
        let judged = if kept { query } else { &in_any };
        let verdict = backends[at].judge(&expected, piece, judged);
        let sorted = match &order {
            Some(order) => piece.rql().ends_with(order),
            None => true,
        };
        (comparable && sorted && verdict.like(found)).then_some(verdict)
    };
    let small = query
        .piece
        .shrink(400, &mut |piece| fails(backends, piece).is_some());
    let mut least = world.clone();
    for table in 0..least.tables.len() {
        let mut row = 0;
        while row < least.tables[table].rows.len() {
            let mut fewer = least.clone();
            fewer.tables[table].rows.remove(row);
            fill(&fewer, backends);
            match fails(backends, &small) {
                Some(_) => least = fewer,
                None => row += 1,
            }
        }
    }
    fill(&least, backends);
    let verdict = fails(backends, &small).unwrap_or_else(|| found.clone());
    let (rql, asked) = (small.rql(), small.reference());
    let used: Vec<String> = least
        .statements()
        .into_iter()
        .filter(|text| !text.starts_with("DROP"))
        .collect();
    let text = rql.rsplit("; ").next().unwrap_or(&rql);
    let backend = &mut backends[at];
    let sql = match backend.session.catalog() {
        Ok(catalog) => match common::compiled(catalog, backend.dialect, text) {
            Ok(Some(compiled)) => compiled.sql,
            Ok(None) => String::new(),
            Err(said) => said,
        },
        Err(error) => error.to_string(),
    };
    fill(world, backends);
    format!(
        "{}\n{};\n\nRQL: {rql}\nasked: {}\nsent: {sql}\n{}",
        backends[at].dialect.name(),
        used.join(";\n"),
        if asked == rql { "the same" } else { &asked },
        match verdict {
            Verdict::Different(what) | Verdict::Error(what) => what,
            other => format!("{other:?}"),
        }
    )
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(otherwise)
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
    let mariadb_url = mariadb.as_ref().map(MariaDb::url).map_err(Clone::clone);
    let targets = [
        (rql::Dialect::Sqlite, Ok("sqlite::memory:".to_owned())),
        (rql::Dialect::Duckdb, Ok("duckdb::memory:".to_owned())),
        (rql::Dialect::Postgresql, Ok(server.url())),
        (rql::Dialect::Mariadb, mariadb_url),
    ];
    let mut backends = Vec::new();
    for (dialect, target) in targets {
        let postgresql = dialect == rql::Dialect::Postgresql;
        match target.and_then(|target| Backend::open(dialect, &target)) {
            Err(reason) => println!("{} NOT RUN: {reason}", dialect.name()),
            Ok(backend) if postgresql || dialect.name().contains(&only) => backends.push(backend),
            Ok(_) => {}
        }
    }
    let Ok(mut client) = Client::connect(&server.url(), NoTls) else {
        panic!("no connection to the server of the test");
    };
    let settings =
        "SET TIME ZONE 'UTC'; SET client_min_messages = error; SET statement_timeout = '20s'";
    if let Err(error) = client.batch_execute(settings) {
        panic!("{error}");
    }
    let (runs, seed) = (
        number("NOCTRA_RANDOM", 300),
        number("NOCTRA_RANDOM_SEED", 1),
    );
    let most = number("NOCTRA_RANDOM_FAILURES", 10);
    let mut failures = 0;
    let mut errors: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut covered = BTreeSet::new();
    let mut world = World::random(&mut Rng::new(seed));
    let mut asked = 0;
    let mut filled = None;
    let wanted = std::env::var("NOCTRA_RANDOM_RUNS").unwrap_or_default();
    let wanted: Vec<u64> = wanted.split(',').filter_map(|n| n.parse().ok()).collect();
    let wanted = match wanted.is_empty() {
        true => (0..runs).collect(),
        false => wanted,
    };
    for run in wanted {
        // Each query has a seed of its own, so that it comes back without those before it.
        let of = |run: u64| seed.wrapping_mul(1_000_003).wrapping_add(run);
        let (own, first) = (of(run), run - run % PER_WORLD);
        if filled != Some(first) {
            world = World::random(&mut Rng::new(of(first) | 1 << 40));
            fill(&world, &mut backends);
            filled = Some(first);
        }
        let mut rng = Rng::new(own.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let query = random::query(&mut rng, &world);
        let reference = query.piece.reference();
        let expected = common::ask(&mut client, &reference, true);
        asked += 1;
        covered.extend(query.used.iter().cloned());
        if let (Answer::Error(code), false) = (&expected, query.alone) {
            let (count, example) = errors.entry(code.clone()).or_default();
            *count += 1;
            *example = reference.clone();
        }
        for at in 0..backends.len() {
            let verdict = backends[at].judge(&expected, &query.piece, &query);
            backends[at].count(&query, &verdict);
            if verdict.failed() {
                failures += 1;
                // A server that a query has brought down answers nothing more.
                if let Verdict::Error(said) = &verdict
                    && said.contains("connection to the server was lost")
                {
                    let text = query.piece.rql();
                    panic!(
                        "run {run} of seed {seed} ended {}: {text}",
                        backends[at].dialect.name()
                    );
                }
                let shown = show(&mut backends, at, &mut client, &world, &query, &verdict);
                println!("---- run {run} of seed {seed} on {shown}\n");
            }
        }
        if failures >= most {
            break;
        }
    }
    println!("{asked} queries of seed {seed}");
    for backend in &backends {
        backend.report(asked);
    }
    for (code, (count, example)) in &errors {
        println!("PostgreSQL refused {count} with {code}: {example}");
    }
    let all = random::constructs();
    let missing: Vec<&String> = all.iter().filter(|name| !covered.contains(*name)).collect();
    println!(
        "{} of {} constructs covered; missing: {missing:?}",
        all.len() - missing.len(),
        all.len()
    );
    for (construct, reason) in OFF {
        println!("switched off: {construct}: {reason}");
    }
    assert_eq!(failures, 0, "seed {seed}");
    assert!(
        asked < 5_000 || missing.is_empty(),
        "not covered: {missing:?}"
    );
}
