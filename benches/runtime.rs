//! The release binary of `noctra` beside the `sqlite3` shell on one database of a million rows:
//!
//! `cargo bench -p noctra-benches --bench runtime -- --quick`
//!
//! How the sides are timed is said in `processes.rs`.
#![allow(missing_docs, clippy::expect_used, clippy::panic)]

mod processes;

use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Output, Session, Source, Target};
use processes::{Side, best_of, binary, measured, mebibytes, milliseconds, side, yes};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const TABLE: &str = "\
CREATE TABLE r (id INTEGER PRIMARY KEY, price DECIMAL(10,2) NOT NULL, name TEXT NOT NULL, \
day DATE NOT NULL, note INTEGER, part INTEGER NOT NULL, units INTEGER NOT NULL, paid DECIMAL(10,2));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
INSERT INTO r SELECT i, i * 7919 % 1000000 / 100.0, 'name ' || (i * 31 % 100003), \
date('2000-01-01', '+' || (i % 9000) || ' days'), CASE WHEN i % 3 > 0 THEN i % 5000 END, \
i * 7 % 1000, i * 104729 % 1000, CASE WHEN i % 5 > 0 THEN i * 7919 % 1000000 / 100.0 END FROM n;";

const COLUMNS: &str = "SELECT id, price, name, day, note FROM r";

/// What a line is held to: of the first side's time to each other one's.
#[derive(Clone, Copy)]
enum Goal {
    /// At most this share of the time.
    AtMost(f64),
    /// At least this many times as fast.
    Times(f64),
    None,
}

struct Bench {
    runs: usize,
    noctra: String,
    own: String,
    db: String,
}

fn main() {
    if measured() {
        return;
    }
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, db, sql] = arguments.as_slice()
        && flag == "--fetch"
    {
        return fetch(Path::new(db), sql);
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("million.db");
    let made = rusqlite::Connection::open(&db).and_then(|db| db.execute_batch(TABLE));
    made.expect("the database is made");
    let bench = Bench {
        runs: if quick { 5 } else { 15 },
        noctra: binary(folder.path()).display().to_string(),
        own: arguments[0].clone(),
        db: db.display().to_string(),
    };
    if Command::new("sqlite3").arg("--version").output().is_err() {
        println!("NOT RUN: there is no sqlite3");
        return;
    }
    bench.results();
    bench.running();
    bench.long();
    bench.first_row();
    render(&db, bench.runs);
    cancel(&db, bench.runs);
}

/// The fairest peer of a running aggregate: every row and cell of the window function fetched, and
/// nothing written.
fn fetch(db: &Path, sql: &str) {
    let db = rusqlite::Connection::open(db).expect("the database opens");
    let mut statement = db.prepare(sql).expect("the query is sound");
    let columns = statement.column_count();
    let mut rows = statement.query([]).expect("the query runs");
    while let Some(row) = rows.next().expect("a row") {
        for at in 0..columns {
            std::hint::black_box(row.get_ref(at).expect("a cell"));
        }
    }
}

impl Bench {
    fn noctra(&self, format: &str, text: &str) -> Side {
        let command = [&self.noctra, &self.db, "--format", format, "-c", text];
        side("noctra", &command.map(AsRef::as_ref))
    }

    fn sqlite3(&self, mode: &str, text: &str) -> Side {
        side("sqlite3 shell", &["sqlite3", mode, &self.db, text])
    }

    fn results(&self) {
        println!("A million rows of five columns; noctra must stay below 12 MiB.");
        head();
        let (one, rows) = ("SELECT 1", COLUMNS);
        let floor = side("true", &["true"]);
        self.line("nothing", Goal::None, &[floor]);
        let sides = [self.noctra("csv", one), self.sqlite3("-csv", one)];
        self.line("start, select 1", Goal::AtMost(1.5), &sides);
        let sides = [self.noctra("csv", rows), self.sqlite3("-csv", rows)];
        self.line("csv", Goal::AtMost(1.0), &sides);
        let sides = [self.noctra("jsonl", rows), self.sqlite3("-json", rows)];
        self.line("jsonl", Goal::AtMost(1.0), &sides);
        let sides = [self.noctra("box", rows), self.sqlite3("-box", rows)];
        self.line("box", Goal::AtMost(0.5), &sides);
    }

    fn running(&self) {
        println!(
            "\nRunning sums of a million rows, to csv; the last side fetches and writes nothing."
        );
        head();
        let columns = [
            ("integer", "units"),
            ("decimal", "price"),
            ("nullable integer", "note"),
            ("nullable decimal", "paid"),
        ];
        for (partition, goal) in [("", 5.0), ("PARTITION BY part ", 8.0)] {
            for (what, column) in columns {
                let over = format!("OVER ({partition}ORDER BY id)");
                let run = format!("SELECT id, RUNSUM({column}) {over} FROM r");
                let frame = "ROWS UNBOUNDED PRECEDING";
                let over = format!("OVER ({partition}ORDER BY id {frame})");
                let window = format!("SELECT id, sum({column}) {over} FROM r");
                let by_window = self.noctra("csv", &format!("SET running = window; {run}"));
                let sides = [
                    self.noctra("csv", &run),
                    Side {
                        name: "noctra, window",
                        ..by_window
                    },
                    self.sqlite3("-csv", &window),
                    side("fetched only", &[&self.own, "--fetch", &self.db, &window]),
                ];
                let by = if partition.is_empty() {
                    "by key"
                } else {
                    "1000 parts"
                };
                self.line(&format!("{what}, {by}"), Goal::Times(goal), &sides);
            }
        }
    }

    /// Memory does not grow with the rows.
    fn long(&self) {
        println!("\nTen million rows of five columns to csv; noctra must stay below 16 MiB.");
        head();
        let ten = "CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)) AS t";
        let rows = format!("{COLUMNS} {ten}");
        let sides = [self.noctra("csv", &rows), self.sqlite3("-csv", &rows)];
        self.line("ten times each row", Goal::AtMost(1.0), &sides);
    }

    /// A query whose four rows are a million steps of work apart: each is seen when it is there.
    fn first_row(&self) {
        let slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000) \
                    SELECT i FROM n WHERE i % 1000000 = 0";
        let start = Instant::now();
        let mut command = Command::new(&self.noctra);
        command.args(["--format", "csv", "--no-header", "-c", slow]);
        let mut running = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut out = running.stdout.take().expect("a pipe");
        out.read_exact(&mut [0]).expect("a first row");
        let first = start.elapsed();
        std::io::copy(&mut out, &mut std::io::sink()).expect("the other rows");
        let all = start.elapsed();
        assert!(running.wait().expect("it ends").success());
        println!(
            "\nThe first of four rows is there after {:.0} of {:.0} ms  {}",
            milliseconds(first),
            milliseconds(all),
            yes(first < all / 2)
        );
    }

    fn line(&self, name: &str, goal: Goal, sides: &[Side]) {
        let best = best_of(self.runs, sides);
        for (at, (side, now)) in sides.iter().zip(&best).enumerate() {
            let share = best[0].cpu.as_secs_f64() / now.cpu.as_secs_f64();
            let (ratio, met) = match goal {
                _ if at == 0 => (String::new(), ""),
                Goal::AtMost(most) => (format!("{share:.2} (≤ {most})"), yes(share <= most)),
                Goal::Times(times) => {
                    let faster = 1.0 / share;
                    (
                        format!("{faster:.1} times (≥ {times})"),
                        yes(faster >= times),
                    )
                }
                Goal::None => (String::new(), ""),
            };
            println!(
                "{:<28} {:<16} {:>8.1} ms {:>8.1} ms {:>7.1} MiB  {ratio:<20} {met}",
                if at == 0 { name } else { "" },
                side.name,
                milliseconds(now.cpu),
                milliseconds(now.wall),
                mebibytes(now.peak),
            );
        }
    }
}

fn head() {
    println!(
        "{:<28} {:<16} {:>11} {:>11} {:>11}  noctra's time to this",
        "what", "who", "cpu", "wall", "peak"
    );
}

/// From the text of a query to the box of its hundred rows.
fn render(db: &Path, runs: usize) {
    let mut session = Session::open(Target::Sqlite(db.to_owned())).expect("the database opens");
    let text = format!("{COLUMNS} LIMIT 100");
    let source = std::sync::Arc::new(Source::new("bench", text.as_str()));
    let mut times: Vec<Duration> = (0..runs * 20)
        .map(|_| {
            let format = Format::named("box").expect("the box");
            let nothing = || Box::new(std::io::sink());
            let mut out = Output::new(format, Options::default(), nothing(), nothing());
            let start = Instant::now();
            let done = session.run_script(&source, &mut out);
            let time = start.elapsed();
            assert!(done.is_ok(), "the query runs");
            time
        })
        .collect();
    times.sort();
    let median = times[times.len() / 2];
    println!(
        "A hundred rows compiled, run and drawn: median {:.3} ms (< 1 ms)  {}",
        milliseconds(median),
        yes(median < Duration::from_millis(1))
    );
}

/// From the call of the cancel handle to the end of the statement.
fn cancel(db: &Path, runs: usize) {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let target = Target::Sqlite(db.to_owned());
            let mut session = Session::open(target).expect("the database opens");
            let handle = session.cancel_handle();
            let (said, asked) = mpsc::channel();
            let canceller = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(50));
                let now = Instant::now();
                handle.cancel();
                let _ = said.send(now);
            });
            let format = Format::named("csv").expect("csv");
            let nothing = || Box::new(std::io::sink());
            let mut out = Output::new(format, Options::default(), nothing(), nothing());
            let text = "SELECT count(*) FROM r a, r b WHERE a.id + b.id < 0";
            let source = std::sync::Arc::new(Source::new("bench", text));
            let done = session.run_script(&source, &mut out);
            let ended = Instant::now();
            assert!(done.is_err(), "the statement is cancelled");
            canceller.join().expect("no panic");
            ended - asked.recv().expect("a time")
        })
        .collect();
    times.sort();
    let median = milliseconds(times[times.len() / 2]);
    let worst = milliseconds(times[times.len() - 1]);
    println!("Cancelling a cross join: median {median:.2} ms, worst {worst:.2} ms");
}
