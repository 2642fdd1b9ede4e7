//! `noctra` on each backend beside the backend's own shell, in the same run:
//!
//! `cargo bench -p noctra-benches --bench backends -- --quick`
//!
//! Three million rows to CSV with the peak memory of both sides, the catalog of two thousand tables, and how
//! long a statement lives after it was cancelled and after its time was up. The servers are the bench's own.
//! `--quick` takes a hundredth; `cargo test -p noctra-benches --bench backends -- --quick` tries it undriven.
//! How the sides are timed is said in `processes.rs`.
#![allow(missing_docs, clippy::expect_used, clippy::panic)]

mod processes;

use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Column, Output, Query, Rows, Session, Source, Target, ValueRef, connect};
use noctra_test_servers::{MariaDb, Postgres};
use processes::{Side, best_of, binary, measured, mebibytes, milliseconds, side, yes};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// A backend, and what stands beside `noctra` there.
struct Backend {
    name: &'static str,
    url: String,
    /// Makes the table of so many rows.
    fill: String,
    peers: Vec<Side>,
    /// What noctra may take, in MiB.
    peak: f64,
}

/// How much is done.
struct Size {
    rows: u32,
    tables: u32,
    runs: usize,
}

const COLUMNS: &str = "SELECT id, price, name, day, note FROM r";

/// What ends only when it is ended, without a row to show.
const ENDLESS: &str = "SELECT SUM(a.i * b.i) FROM generate_series(1, 100000) AS a(i) \
CROSS JOIN generate_series(1, 100000) AS b(i)";

fn main() {
    if measured() {
        return;
    }
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, url] = arguments.as_slice()
        && flag == "--fetch"
    {
        return fetch(url);
    }
    let size = match arguments.iter().any(|argument| argument == "--quick") {
        true => Size {
            rows: 30_000,
            tables: 20,
            runs: 3,
        },
        false => Size {
            rows: 3_000_000,
            tables: 2_000,
            runs: 7,
        },
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (postgres, mariadb) = (Postgres::start(), MariaDb::start());
    let (sqlite, duckdb) = (folder.path().join("r.db"), folder.path().join("r.duckdb"));
    let all = [
        Ok(sqlite_backend(&sqlite.display().to_string(), size.rows)),
        duckdb_backend(&duckdb.display().to_string(), size.rows, &arguments[0]),
        postgres
            .as_ref()
            .map_err(Clone::clone)
            .map(|server| postgresql(server, size.rows)),
        mariadb
            .as_ref()
            .map_err(Clone::clone)
            .map(|server| maria(server, size.rows)),
    ];
    let mut backends = Vec::new();
    for backend in all {
        match backend {
            Ok(backend) => backends.push(backend),
            Err(reason) => println!("NOT RUN: {reason}"),
        }
    }
    stream(&backends, &size, &binary(folder.path()));
    println!("\nWhat is read before the first query; under a second.");
    for backend in &backends {
        introspect(backend, &size);
    }
    println!("\nFrom the end that is asked for to the end; under 100 ms.");
    println!(
        "{:<12} {:<14} {:>11} {:>11}",
        "where", "asked by", "median", "worst"
    );
    for backend in &backends {
        endings(backend, &size);
    }
}

fn sqlite_backend(file: &str, rows: u32) -> Backend {
    Backend {
        name: "SQLite",
        url: format!("sqlite:{file}"),
        fill: format!(
            "NATIVE WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             INSERT INTO r SELECT i, i * 7919 % 1000000 / 100.0, 'name ' || (i * 31 % 100003), \
             date('2000-01-01', '+' || (i % 9000) || ' days'), CASE WHEN i % 3 > 0 THEN i % 5000 END FROM n"
        ),
        peers: installed(side("sqlite3", &["sqlite3", "-csv", file, COLUMNS])),
        peak: 16.0,
    }
}

fn duckdb_backend(file: &str, rows: u32, own: &str) -> Result<Backend, String> {
    let target = Target::parse("duckdb::memory:").map_err(|error| error.to_string())?;
    Session::open(target).map_err(|error| format!("DuckDB: {error}"))?;
    let url = format!("duckdb:{file}");
    // Its own shell is no part of the library; who has it sees it too.
    let mut peers = installed(side(
        "duckdb",
        &["duckdb", "-csv", "-readonly", file, COLUMNS],
    ));
    peers.push(side("fetched only", &[own, "--fetch", &url]));
    Ok(Backend {
        name: "DuckDB",
        fill: format!(
            "NATIVE INSERT INTO r SELECT i, i * 7919 % 1000000 / 100.0, 'name ' || (i * 31 % 100003), \
             DATE '2000-01-01' + CAST(i % 9000 AS INTEGER), CASE WHEN i % 3 > 0 THEN i % 5000 END \
             FROM range(1, {rows} + 1) AS g(i)"
        ),
        url,
        peers,
        peak: 64.0,
    })
}

fn postgresql(server: &Postgres, rows: u32) -> Backend {
    let psql = server.program("psql").display().to_string();
    let url = server.url();
    let command = [&psql, &url, "--no-psqlrc", "--csv", "--command", COLUMNS];
    let mut streamed = command.to_vec();
    streamed.splice(4..4, ["--variable", "FETCH_COUNT=4096"]);
    let sides = [side("psql", &command), side("psql, streamed", &streamed)];
    Backend {
        name: "PostgreSQL",
        fill: format!(
            "NATIVE INSERT INTO r SELECT i, i::bigint * 7919 % 1000000 / 100.0, \
             'name ' || (i::bigint * 31 % 100003), date '2000-01-01' + i % 9000, \
             CASE WHEN i % 3 > 0 THEN i % 5000 END FROM generate_series(1, {rows}) AS g(i)"
        ),
        peers: sides.into_iter().flat_map(installed).collect(),
        url,
        peak: 16.0,
    }
}

fn maria(server: &MariaDb, rows: u32) -> Backend {
    let command = |name, option: &str| {
        let mut command = server.client()?;
        command.extend(["--batch", option, "--execute", COLUMNS].map(str::to_owned));
        Some(Side { name, command })
    };
    let sides = [
        command("mariadb", "--skip-quick"),
        command("mariadb, quick", "--quick"),
    ];
    Backend {
        name: "MariaDB",
        url: server.url(),
        fill: format!(
            "NATIVE INSERT INTO r SELECT seq, seq * 7919 % 1000000 / 100.0, \
             concat('name ', seq * 31 % 100003), date '2000-01-01' + INTERVAL seq % 9000 DAY, \
             CASE WHEN seq % 3 > 0 THEN seq % 5000 END FROM seq_1_to_{rows}"
        ),
        peers: sides.into_iter().flatten().collect(),
        peak: 16.0,
    }
}

/// A side whose program is there.
fn installed(side: Side) -> Vec<Side> {
    let program = &side.command[0];
    if Command::new(program).arg("--version").output().is_err() {
        println!("NOT RUN beside {}: it is not installed", side.name);
        return Vec::new();
    }
    vec![side]
}

/// Every row and cell through the same driver, and nothing written.
fn fetch(url: &str) {
    struct Seen;
    impl Rows for Seen {
        fn begin(&mut self, _: &[Column]) -> std::io::Result<()> {
            Ok(())
        }

        fn row(&mut self, row: &[ValueRef<'_>]) -> std::io::Result<()> {
            std::hint::black_box(row);
            Ok(())
        }
    }
    let target = Target::parse(url).expect("a target");
    let mut database = connect(&target).expect("the database opens");
    let query = Query {
        sql: COLUMNS,
        params: &[],
        columns: &[],
    };
    database.run(query, &mut Seen).expect("the query runs");
}

fn session(backend: &Backend) -> Session {
    let target = Target::parse(&backend.url).expect("a target");
    Session::open(target).unwrap_or_else(|error| panic!("{}: {error}", backend.name))
}

/// Runs a text; true where it went well.
fn said(session: &mut Session, text: &str) -> bool {
    let format = Format::named("csv").expect("csv");
    let nothing = || Box::new(std::io::sink());
    let mut out = Output::new(format, Options::default(), nothing(), nothing());
    let source = Arc::new(Source::new("bench", text));
    session.run_script(&source, &mut out).is_ok()
}

fn stream(backends: &[Backend], size: &Size, noctra: &Path) {
    let noctra = noctra.display().to_string();
    println!("{} rows of five columns to CSV.", size.rows);
    println!(
        "{:<12} {:<16} {:>11} {:>11} {:>12}  noctra's wall time to this",
        "where", "who", "cpu", "wall", "peak"
    );
    for backend in backends {
        let table = "CREATE TABLE r (id INTEGER PRIMARY KEY, price DECIMAL(10,2) NOT NULL, \
                     name TEXT NOT NULL, day DATE NOT NULL, note INTEGER)";
        let made = said(&mut session(backend), &format!("{table}; {}", backend.fill));
        assert!(made, "{}: the table is made", backend.name);
        let own = [
            &noctra,
            "--db",
            &backend.url,
            "--format",
            "csv",
            "-c",
            COLUMNS,
        ];
        let mut sides = vec![side("noctra", &own)];
        let peers = backend.peers.iter();
        sides.extend(peers.map(|peer| Side {
            name: peer.name,
            command: peer.command.clone(),
        }));
        let best = best_of(size.runs, &sides);
        for (at, (side, now)) in sides.iter().zip(&best).enumerate() {
            let peak = mebibytes(now.peak);
            let said = match at {
                0 => format!("≤ {} MiB {}", backend.peak, yes(peak <= backend.peak)),
                _ => {
                    let share = best[0].wall.as_secs_f64() / now.wall.as_secs_f64();
                    // What people have used for it until now.
                    let met = match side.name {
                        "psql" => format!(" (≤ 1) {}", yes(share <= 1.0)),
                        _ => String::new(),
                    };
                    format!("{share:.2}{met}")
                }
            };
            println!(
                "{:<12} {:<16} {:>8.1} ms {:>8.1} ms {peak:>8.1} MiB  {said}",
                if at == 0 { backend.name } else { "" },
                side.name,
                milliseconds(now.cpu),
                milliseconds(now.wall),
            );
        }
    }
}

fn introspect(backend: &Backend, size: &Size) {
    let tables = (0..size.tables).map(|at| {
        format!("CREATE TABLE t{at} (id INTEGER PRIMARY KEY, c{at} VARCHAR(9) NOT NULL, d DATE)")
    });
    let tables: Vec<String> = tables.collect();
    let made = said(&mut session(backend), &tables.join("; "));
    assert!(made, "{}: the tables are made", backend.name);
    let mut times: Vec<Duration> = (0..size.runs)
        .map(|_| {
            let mut session = session(backend);
            let start = Instant::now();
            let found = session.tables().map(<[_]>::len);
            let time = start.elapsed();
            assert!(found.is_ok_and(|found| found >= tables.len()));
            time
        })
        .collect();
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "{:<12} {} tables: median {:.1} ms, worst {:.1} ms  {}",
        backend.name,
        size.tables,
        milliseconds(median),
        milliseconds(worst),
        yes(worst < Duration::from_secs(1)),
    );
}

/// How long after it was asked to end a statement did.
fn endings(backend: &Backend, size: &Size) {
    let cancel = |session: &mut Session| {
        let handle = session.cancel_handle();
        let (said_when, asked) = mpsc::channel();
        let canceller = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            let now = Instant::now();
            handle.cancel();
            let _ = said_when.send(now);
        });
        assert!(!said(session, ENDLESS), "the statement is cancelled");
        let ended = Instant::now();
        canceller.join().expect("no panic");
        ended - asked.recv().expect("a time")
    };
    let limit = |session: &mut Session| {
        assert!(said(session, "SET timeout = 0.1"));
        let start = Instant::now();
        assert!(!said(session, ENDLESS), "its time is up");
        let time = start.elapsed().saturating_sub(Duration::from_millis(100));
        assert!(said(session, "SET timeout = off"));
        time
    };
    type Ends<'e> = &'e dyn Fn(&mut Session) -> Duration;
    for (way, ended_by) in [("a cancel", &cancel as Ends<'_>), ("a time limit", &limit)] {
        let mut session = session(backend);
        // The catalog is read before the first statement that names something, and that of two thousand tables takes
        // its time.
        assert!(session.tables().is_ok());
        let mut times: Vec<Duration> = (0..size.runs * 3)
            .map(|_| {
                let time = ended_by(&mut session);
                assert!(said(&mut session, "SELECT 1"), "the session goes on");
                time
            })
            .collect();
        times.sort();
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!(
            "{:<12} {way:<14} {:>8.1} ms {:>8.1} ms  {}",
            backend.name,
            milliseconds(median),
            milliseconds(worst),
            yes(worst < Duration::from_millis(100)),
        );
    }
}
