//! COPY, IMPORT and EXPORT of much: behaviour 17, and what is left of one that is killed.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::noctra;
use noctra_test_servers::Postgres;
use std::path::Path;
use std::process::{Command, Stdio};
use terminal::Terminal;

/// So many rows as a query.
fn many(rows: u32) -> String {
    format!("SELECT i, 'some text ' || i AS t FROM generate_series(1, {rows}) AS g(i)")
}

/// A database that has them.
fn made(place: &Path, rows: u32) -> String {
    let file = place.join("from.db").display().to_string();
    let ran = noctra(
        &[&file, "-c", &format!("CREATE TABLE many AS {}", many(rows))],
        "",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    file
}

#[test]
fn behaviour_17_copy_says_what_it_would_do_and_maps_types() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("to.db").display().to_string();
    let plan = format!(
        "CONNECT '{to}' AS o; COPY (SELECT 1 AS id, CAST(2.5 AS NUMERIC(10,2)) AS price, DATE '2024-02-29' AS day, 'x' AS t) TO o.t CREATE DRY RUN; USE o; SHOW TABLES"
    );
    let ran = noctra(&["--demo", "--format", "csv", "-c", &plan], "");
    assert_eq!(
        ran.out,
        "column,type,into,as\nid,integer,id,integer\nprice,\"numeric(10,2)\",price,\"numeric(10,2)\"\n\
         day,date,day,date\nt,text,t,text\nname,kind\n"
    );
    assert!(
        ran.err.contains("nothing is written: o.t would be made"),
        "{}",
        ran.err
    );
}

#[test]
fn behaviour_17_long_work_shows_how_far_it_is() {
    let state = tempfile::tempdir().expect("a folder");
    let place = |name: &str| state.path().join(name).display().to_string();
    let from = made(state.path(), 900_000);
    let mut terminal = Terminal::noctra(state.path(), &[&from], &[]);
    let prompt = "noctra from.db>";
    terminal.run(&format!("CONNECT '{}' AS o;", place("to.db")), prompt);
    for (text, working, done) in [
        (
            format!("EXPORT many TO '{}';", place("m.csv")),
            "exporting █",
            "(900,000 rows exported",
        ),
        (
            "COPY many TO o.many CREATE;".to_owned(),
            "copying █",
            "(900,000 rows copied",
        ),
        (
            format!("IMPORT '{}' INTO again CREATE;", place("m.csv")),
            "% ",
            "(900,000 rows imported",
        ),
    ] {
        terminal.ends(prompt);
        terminal.send(&format!("{text}\r"));
        terminal.until(working, |screen| {
            screen.contains(working) && screen.contains(" rows, ") && screen.contains("/s")
        });
        terminal.shows(done);
        // Nothing of it is left.
        assert!(!terminal.screen().contains("/s"), "{}", terminal.screen());
    }
    // What went by said how much is left, and when it will be done.
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(raw.contains("importing") && raw.contains(" left"), "{raw}");
}

#[test]
fn behaviour_17_pipes_show_nothing_on_the_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("m.csv");
    let file = file.display();
    let text = format!(
        "EXPORT ({}) TO '{file}'; IMPORT '{file}' INTO t CREATE",
        many(200_000)
    );
    let ran = noctra(&["--format", "csv", "-c", &text], "");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (Some(0), "", "")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn behaviour_17_rows_stream_from_one_connection_to_the_other() {
    use wait4::Wait4 as _;
    let folder = tempfile::tempdir().expect("a folder");
    let peak = |rows: u32| {
        let to = folder.path().join(format!("{rows}.db"));
        let text = format!(
            "CONNECT '{}' AS o; COPY ({}) TO o.t CREATE",
            to.display(),
            many(rows)
        );
        let child = Command::new(env!("CARGO_BIN_EXE_noctra"))
            .args(["-c", &text])
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        let used = child.wait4().expect("it ends");
        assert!(used.status.success());
        used.rusage.maxrss / 1024
    };
    let (few, much) = (peak(1_000), peak(300_000));
    // As text these rows are 7 MiB, as values 20; SQLite keeps 2 of pages.
    assert!(much < few + 4 * 1024, "{few} KiB, then {much}");
}

/// Kills what runs as soon as `written` says that rows have gone to the target.
fn killed(arguments: &[&str], written: impl Fn() -> bool) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    while !written() {
        let ended = child.try_wait().expect("a state");
        assert!(ended.is_none(), "it has ended before it was killed");
        std::thread::yield_now();
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

#[test]
fn a_copy_that_is_killed_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = made(folder.path(), 400_000);
    let to = folder.path().join("to.db");
    let copy = format!(
        "CONNECT '{}' AS o; COPY many TO o.many CREATE",
        to.display()
    );
    let journal = folder.path().join("to.db-journal");
    killed(&[&from, "-c", &copy], || journal.exists());
    let to = to.display().to_string();
    let ran = noctra(&[&to, "--format", "csv", "-c", "SHOW TABLES"], "");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "name,kind\n"),
        "{}",
        ran.err
    );
}

#[test]
fn an_import_that_is_killed_leaves_nothing_on_a_server() {
    let Ok(server) = Postgres::start().map_err(|reason| println!("NOT RUN: {reason}")) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("many.parquet");
    let export = format!("EXPORT ({}) TO '{}'", many(600_000), file.display());
    assert_eq!(noctra(&["-c", &export], "").code, Some(0));
    let import = format!("IMPORT '{}' INTO many CREATE", file.display());
    let url = server.url();
    let target = noctra_runtime::Target::parse(&url).expect("a target");
    let mut watching = noctra_runtime::Session::open(target).expect("a session");
    // The server tells who is sending rows.
    let seen = std::cell::RefCell::new(&mut watching);
    killed(&["--db", &url, "-c", &import], || {
        let asked = "SELECT count(*) FROM pg_stat_progress_copy WHERE tuples_processed > 1000";
        count(&mut seen.borrow_mut(), asked) > 0
    });
    // The server notices that nobody is there, and takes it back.
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND pid <> pg_backend_pid()";
    while count(&mut watching, busy) > 0 {
        std::thread::yield_now();
    }
    let left = "SELECT count(*) FROM pg_class WHERE relname = 'many'";
    assert_eq!(count(&mut watching, left), 0);
}

/// The number that a query of the server's own gives.
fn count(session: &mut noctra_runtime::Session, query: &str) -> u32 {
    use std::{cell::RefCell, io, rc::Rc};
    #[derive(Clone, Default)]
    struct Shared(Rc<RefCell<Vec<u8>>>);
    impl io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let data = Shared::default();
    let format = noctra_runtime::sinks::Format::named("csv").expect("csv");
    let options = noctra_runtime::sinks::Options {
        header: false,
        ..Default::default()
    };
    let mut out = noctra_runtime::Output::new(
        format,
        options,
        Box::new(data.clone()),
        Box::new(io::sink()),
    );
    let source = noctra_runtime::Source::new("watch", format!("NATIVE {query}"));
    let done = session.run_script(&source.into(), &mut out);
    done.expect("the server answers");
    let text = String::from_utf8(data.0.take()).expect("UTF-8");
    text.trim().parse().expect("a number")
}

/// Columns of each type that has a binary form, and rows with their extremes.
const TYPES: &str = "\
CREATE TABLE a (b boolean, s smallint, i integer, l bigint, r real, d double precision, n numeric, p numeric(38,10), t text, \
v varchar(5), c char(5), j json, k jsonb, y bytea, at date, o time, ts timestamp(3), tz timestamptz, iv interval, u uuid);
INSERT INTO a VALUES
(true, -32768, -2147483648, -9223372036854775808, '-Infinity', 'NaN', 'NaN', -9999999999999999999999999999.9999999999, '', \
'', '', '{}', '[]', '', '-infinity', '00:00', '-infinity', 'infinity', '-178000000 years', '00000000-0000-0000-0000-000000000000'),
(false, 32767, 2147483647, 9223372036854775807, '1e-45', 1.7976931348623157e308, 12345678901234567890123456789012345678901234.5, \
0.0000000001, E'\\\\N \\t\\n\\r\\\\ 名', 'ab', 'ab', '{\"a\" :  [1, null]}', '{\"b\": \"\\\\u00e9\"}', '\\x00ff5c0a', '4713-01-01 BC', '24:00', \
'4713-01-01 00:00:00.001 BC', '294246-12-31 23:59:59.999999Z', '1 year -2 mons 3 days -04:05:06.000007', \
'ffffffff-ffff-ffff-ffff-ffffffffffff'),
(NULL, 0, 1, -1, -0.0, -0.0, 0.00, 10000, E'\\u00e9\\U0001f600', NULL, 'é', 'null', '1.50', NULL, '5874897-12-31', '23:59:59.999999', \
'1999-12-31 23:59:59.999', '2000-01-01Z', '0', NULL);
INSERT INTO a (n) SELECT x::numeric / 10 ^ y FROM unnest(array[0, 1, 9999, 10000, 12345678, -100010001]) x, generate_series(0, 9) y;
CREATE TABLE small (n numeric, l integer[]);
INSERT INTO small VALUES ('Infinity', '{1,NULL}'), ('1', '{}');
CREATE TABLE big (n numeric);
INSERT INTO big VALUES (1), ('-Infinity'), (2.50);
CREATE TABLE a2 (LIKE a);
CREATE TABLE small2 (LIKE small);
CREATE TABLE big2 (LIKE big);";

#[test]
fn every_value_goes_to_postgresql_as_it_is() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let url = server.url();
    let target = noctra_runtime::Target::parse(&url).expect("a target");
    let mut db = noctra_runtime::connect(&target).expect("a connection");
    db.batch(TYPES).expect("the tables");
    for (table, count) in [("a", 63), ("small", 2), ("big", 3)] {
        let text = format!("CONNECT '{url}' AS o; COPY {table} TO o.{table}2");
        let ran = noctra(&["--db", &url, "-c", &text], "");
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let differ = format!(
            "SELECT count(*), count(*) FILTER (WHERE read::text IS DISTINCT FROM kept::text) \
             FROM (SELECT *, row_number() OVER () AS place FROM {table}) read \
             FULL JOIN (SELECT *, row_number() OVER () AS place FROM {table}2) kept USING (place)"
        );
        let mut rows = noctra_runtime::sinks::Collect::default();
        let query = noctra_runtime::Query {
            sql: &differ,
            params: &[],
            columns: &[],
        };
        db.run(query, &mut rows).expect("a comparison");
        let counts: Vec<String> = rows
            .rows
            .iter()
            .flatten()
            .map(|it| it.as_ref().to_string())
            .collect();
        assert_eq!(counts, [count.to_string(), "0".to_owned()], "{table}");
    }
}
