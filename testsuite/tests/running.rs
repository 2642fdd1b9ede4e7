//! Both ways of a running aggregate give the same rows: the database's window functions, and adding up
//! while rows pass; on random data with NULLs, ties, partitions and filters.
//!
//! `NOCTRA_RUNNING=2000 cargo test -p noctra-testsuite --test running` tries that many queries.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be set up fails the test"
)]

use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Output, Session, Target};
use noctra_test_servers::{MariaDb, Postgres};
use noctra_testsuite::fuzz::Rng;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// What a session writes.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn rows(session: &mut Session, text: &str) -> String {
    let written = Written::default();
    let mut out = Output::new(
        Format::named("csv").expect("csv"),
        Options::default(),
        Box::new(written.clone()),
        Box::new(std::io::sink()),
    );
    let done = session.run_script(
        &std::sync::Arc::new(noctra_runtime::Source::new("test", text)),
        &mut out,
    );
    drop(out);
    let bytes = written.0.lock().expect("no panic").clone();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match done {
        Ok(()) => text,
        Err(failure) => format!("{text}{failure:?}"),
    }
}

/// A table with a key, and columns that repeat and lack values.
fn table(rng: &mut Rng) -> String {
    let mut text = String::from(
        "CREATE TABLE r (id INTEGER PRIMARY KEY, p INTEGER, t TEXT, i INTEGER, b BIGINT, \
         d DECIMAL(12,2), f DOUBLE PRECISION, day DATE);",
    );
    for id in 1..=200 {
        let mut value = |chance: usize, text: String| {
            if rng.below(chance) == 0 {
                "NULL".to_owned()
            } else {
                text
            }
        };
        let mut other = Rng::new(id * 7919);
        let number = |other: &mut Rng, limit: usize| other.below(limit) as i64 - limit as i64 / 2;
        let cells = [
            id.to_string(),
            value(9, number(&mut other, 4).to_string()),
            value(
                5,
                format!("'{}'", ["a", "A", "é", "", "zz"][other.below(5)]),
            ),
            value(4, number(&mut other, 2_000).to_string()),
            value(4, number(&mut other, 2_000_000_000_000).to_string()),
            value(
                4,
                format!("{}.{:02}", number(&mut other, 90_000), other.below(100)),
            ),
            value(4, format!("{}.5", number(&mut other, 1_000))),
            value(
                4,
                format!(
                    "'20{:02}-0{}-1{}'",
                    other.below(30),
                    1 + other.below(9),
                    other.below(10)
                ),
            ),
        ];
        text.push_str(&format!("INSERT INTO r VALUES ({});", cells.join(", ")));
    }
    text
}

fn pick<'t>(rng: &mut Rng, from: &[&'t str]) -> &'t str {
    from[rng.below(from.len())]
}

/// A query whose running aggregates have a total order.
fn query(rng: &mut Rng) -> String {
    let order = pick(
        rng,
        &[
            "id",
            "id DESC",
            "i, id",
            "d DESC, id",
            "t NULLS FIRST, id",
            "day, id",
        ],
    );
    let calls: Vec<String> = (0..1 + rng.below(3))
        .map(|_| {
            let call = pick(
                rng,
                &[
                    "RUNCOUNT(*)",
                    "RUNCOUNT(t)",
                    "RUNSUM(i)",
                    "RUNSUM(b)",
                    "RUNSUM(d)",
                    "RUNSUM(f)",
                    "RUNAVG(i)",
                    "RUNAVG(d)",
                    "RUNAVG(f)",
                    "RUNMIN(t)",
                    "RUNMAX(t)",
                    "RUNMIN(d)",
                    "RUNMAX(day)",
                    "RUNMIN(f)",
                    "RUNSUM(i + 1)",
                    "RUNSUM(d * 2)",
                    "RUNMAX(b)",
                ],
            );
            let filter = pick(
                rng,
                &["", "", " FILTER (WHERE i > 0)", " FILTER (WHERE t = 'a')"],
            );
            let partition = pick(rng, &["", "", "PARTITION BY p ", "PARTITION BY t, p "]);
            format!("{call}{filter} OVER ({partition}ORDER BY {order})")
        })
        .collect();
    let limit = pick(rng, &["", "", " LIMIT 17"]);
    let filter = pick(rng, &["", " WHERE i IS NOT NULL", " WHERE d > 0"]);
    let calls = calls.join(", ");
    let plain = format!("SELECT id, d, {calls} FROM r{filter} ORDER BY {order}{limit}");
    let columns = "abc".chars().take(calls.matches("OVER").count());
    let names: Vec<String> = columns.map(String::from).collect();
    let names = names.join(", ");
    let inner = format!("SELECT id, d, p, {calls} FROM r{filter}");
    match rng.below(9) {
        0 => format!(
            "SELECT id, q.* FROM (SELECT id, {calls} FROM r{filter}) q(id, {names}) ORDER BY id{limit}"
        ),
        1 => format!(
            "WITH q(id, d, p, {names}) AS ({inner}) SELECT id, {names} FROM q WHERE d > 0 ORDER BY id"
        ),
        2 => format!("SELECT id, {calls} FROM r{filter} ORDER BY d NULLS LAST, id DESC{limit}"),
        3 => format!(
            "SELECT r.id, q.* FROM r JOIN ({inner}) q(id, d, p, {names}) ON r.id = q.id + 1 ORDER BY r.id"
        ),
        4 => {
            format!("SELECT count(*), count(a), min(a), max(a) FROM ({inner}) q(id, d, p, {names})")
        }
        5 => format!(
            "SELECT id, RUNCOUNT(a) OVER (ORDER BY id) FROM ({inner}) q(id, d, p, {names}) ORDER BY id"
        ),
        _ => plain,
    }
}

/// Whether rows are the same, but for the last digits of means, which MariaDB computes to another scale.
fn alike(answer: &str, other: &str) -> bool {
    let near = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => a.contains('.') && (x - y).abs() <= 1e-12 * x.abs().max(y.abs()),
        _ => false,
    };
    let cells =
        |text: &str| -> Vec<String> { text.split([',', '\n']).map(str::to_owned).collect() };
    let (a, b) = (cells(answer), cells(other));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || near(a, b))
}

#[test]
fn both_strategies_give_the_same_rows() {
    let tries: usize = std::env::var("NOCTRA_RUNNING")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(150);
    let mut sessions = vec![Session::open(Target::SqliteMemory).expect("SQLite")];
    let server = Postgres::start();
    match &server {
        Ok(server) => {
            let target = Target::parse(&server.url()).expect("a target");
            sessions.push(Session::open(target).expect("PostgreSQL"));
        }
        Err(reason) => println!("NOT RUN on PostgreSQL: {reason}"),
    }
    let exact = sessions.len() * 2;
    let mariadb = MariaDb::start();
    match &mariadb {
        Ok(server) => {
            let target = Target::parse(&server.url()).expect("a target");
            sessions.push(Session::open(target).expect("MariaDB"));
        }
        Err(reason) => println!("NOT RUN on MariaDB: {reason}"),
    }
    let mut rng = Rng::new(11);
    let script = table(&mut rng);
    for session in &mut sessions {
        for statement in script.split_terminator(';') {
            assert_eq!(rows(session, &format!("NATIVE {statement}")), "");
        }
    }
    // SQLite would rather read this than the table, and gives its rows in another order.
    let index = "NATIVE CREATE INDEX covers ON r (i, p, t, b, d, f, day)";
    assert_eq!(rows(&mut sessions[0], index), "");
    let (mut without, mut refused) = (0, 0);
    for _ in 0..tries {
        let text = query(&mut rng);
        let mut answers = Vec::new();
        for session in &mut sessions {
            // As a database has it that knows no window functions: the answer, or a refusal.
            let alone = rows(session, &format!("SET running = windowless; {text}"));
            let windows = rows(session, &format!("SET running = window; {text}"));
            match alone.contains("without window functions") {
                true => refused += 1,
                false if alike(&alone, &windows) => without += 1,
                false => panic!("{text}\n{alone}\n{windows}"),
            }
            for strategy in ["window", "manual"] {
                answers.push(rows(session, &format!("SET running = {strategy}; {text}")));
            }
        }
        assert!(answers[0].lines().count() > 1, "{text}\n{}", answers[0]);
        let (same, near) = answers.split_at(exact);
        for answer in same {
            assert_eq!(answer, &answers[0], "{text}");
        }
        for answer in near {
            assert!(
                alike(answer, &answers[0]),
                "{text}\n{answer}\n{}",
                answers[0]
            );
        }
    }
    println!("{tries} queries, {} answers each", sessions.len() * 2);
    println!("without windows: {without} equal, {refused} refused");
    assert!(
        without > refused,
        "without windows: {without} equal, {refused} refused"
    );
}

/// What is no running aggregate, or is written with a window function, is refused where there are none.
#[test]
fn other_window_functions_are_refused_without_them() {
    let mut session = Session::open(Target::SqliteMemory).expect("SQLite");
    let set = "SET running = windowless; ";
    let values = "FROM (VALUES (1, 10), (2, 20), (3, 30)) AS v (i, n)";
    let refused = [
        format!("SELECT rank() OVER (ORDER BY i) AS r {values}"),
        format!("SELECT sum(n) OVER (ORDER BY i ROWS 1 PRECEDING) AS s {values}"),
        format!("SELECT DISTINCT ON (i) i, n {values} ORDER BY i, n"),
        format!("SELECT RUNSUM(n) OVER (ORDER BY i) AS s, rank() OVER (ORDER BY i) AS r {values}"),
    ];
    for text in refused {
        let said = rows(&mut session, &format!("{set}{text}"));
        assert!(said.contains("without window functions"), "{text}\n{said}");
    }
    let sums = format!("SELECT i, RUNSUM(n) OVER (ORDER BY i) AS s {values}");
    let nested = format!("SELECT s FROM ({sums}) AS q WHERE s > 10 ORDER BY s");
    assert_eq!(
        rows(&mut session, &format!("{set}{sums}")),
        "i,s\n1,10\n2,30\n3,60\n"
    );
    assert_eq!(rows(&mut session, &format!("{set}{nested}")), "s\n30\n60\n");
}

/// Rows of a table come by its key without a sort, though an index has all that is asked for; and where
/// SQLite is told to give them otherwise, nothing is added up.
#[test]
fn rows_come_by_the_key_or_not_at_all() {
    let mut session = Session::open(Target::SqliteMemory).expect("SQLite");
    let table = "NATIVE CREATE TABLE r (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); \
        CREATE INDEX by_n ON r (n); INSERT INTO r VALUES (1, 30), (2, 20), (3, 10);";
    assert_eq!(rows(&mut session, table), "");
    let sums = "SELECT n, RUNSUM(n) OVER (ORDER BY id) AS total FROM r";
    let expected = "n,total\n30,30\n20,50\n10,60\n";
    assert_eq!(rows(&mut session, sums), expected);
    let filtered = format!("{sums} WHERE n < 30 LIMIT 1");
    assert_eq!(rows(&mut session, &filtered), "n,total\n20,20\n");
    let backwards = "NATIVE PRAGMA reverse_unordered_selects = ON";
    assert_eq!(rows(&mut session, backwards), "");
    let refused = rows(&mut session, &format!("{sums} LIMIT 2"));
    assert!(refused.contains("reverse_unordered_selects"), "{refused}");
}

/// The sum of decimals goes on where 64 bits end, and where the scale changes.
#[test]
fn sums_of_decimals_pass_64_bits() {
    let mut session = Session::open(Target::SqliteMemory).expect("SQLite");
    let sums = "SELECT i, RUNSUM(d) OVER (ORDER BY i) AS total FROM (VALUES \
        (1, 9000000000000000000), (2, 9000000000000000000.0), (3, -0.25), (4, NULL)) AS v (i, d)";
    let expected = "i,total\n1,9000000000000000000\n2,18000000000000000000.0\n\
        3,17999999999999999999.75\n4,17999999999999999999.75\n";
    assert_eq!(rows(&mut session, sums), expected);
}
