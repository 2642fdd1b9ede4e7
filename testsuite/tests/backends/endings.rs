//! What ends a statement, a transaction or a connection, and what stands afterwards.

use crate::servers::{Backend, open, refusal, rows, servers};
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Failure, Output, Session};
use std::io::{self, Write};

/// Two series without end in sight.
pub(crate) const LONG: &str =
    "FROM generate_series(1, 100000) AS a(i) CROSS JOIN generate_series(1, 100000) AS b(i)";

/// Does something once, when the first rows come.
struct AtFirst<F>(Option<F>);

impl<F: FnOnce()> Write for AtFirst<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(act) = self.0.take() {
            act();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a query of many rows, and does something when the first are there.
pub(crate) fn run_until(
    session: &mut Session,
    text: &str,
    act: impl FnOnce() + 'static,
) -> Result<(), Failure> {
    let Some(format) = Format::named("csv") else {
        panic!("no CSV");
    };
    let data = Box::new(AtFirst(Some(act)));
    let mut out = Output::new(format, Options::default(), data, Box::new(io::sink()));
    let done = session.run_text(text, &mut out);
    session.rearm();
    done
}

#[test]
fn a_cancel_from_another_thread_ends_a_statement_and_nothing_else() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(
            &mut session,
            "CREATE TABLE t (i INTEGER); BEGIN; INSERT INTO t VALUES (1)",
        );
        let handle = session.cancel_handle();
        let done = run_until(
            &mut session,
            &format!("SELECT a.i + b.i AS x {LONG}"),
            move || {
                let _ = std::thread::spawn(move || handle.cancel()).join();
            },
        );
        assert!(
            matches!(done, Err(Failure::Cancelled)),
            "{backend:?}: {done:?}"
        );
        // A statement has failed, so the transaction has, and the session stands.
        assert!(
            refusal(&mut session, "SELECT 1").contains("the transaction has failed"),
            "{backend:?}"
        );
        assert_eq!(
            rows(&mut session, "ROLLBACK; SELECT COUNT(*) FROM t"),
            ["0"],
            "{backend:?}"
        );
    }
}

#[test]
fn a_limit_of_time_ends_what_gives_no_rows_and_the_session_goes_on() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        let text = format!("SET timeout = 0.2; SELECT SUM(a.i * b.i) {LONG}");
        let said = refusal(&mut session, &text);
        assert!(
            said.starts_with("RQL0706 the statement has run longer than 0.2 s"),
            "{backend:?}: {said}"
        );
        assert_eq!(rows(&mut session, "SELECT 1"), ["1"], "{backend:?}");
        // What is several statements there is one to its user.
        let made = format!("CREATE TABLE made AS SELECT SUM(a.i * b.i) AS x {LONG}");
        let said = refusal(&mut session, &made);
        assert!(said.starts_with("RQL0706"), "{backend:?}: {said}");
        let said = refusal(&mut session, "SELECT * FROM made");
        assert!(said.starts_with("RQL0201"), "{backend:?}: {said}");
        // What copies is ended on both sides.
        let url = servers.database(backend);
        rows(&mut session, &format!("CONNECT '{url}' AS o"));
        let said = refusal(
            &mut session,
            &format!("COPY (SELECT a.i AS x {LONG}) TO o.t CREATE"),
        );
        assert!(said.starts_with("RQL0706"), "{backend:?}: {said}");
        rows(&mut session, "SET timeout = off; USE o");
        assert!(
            refusal(&mut session, "SELECT * FROM t").starts_with("RQL0201"),
            "{backend:?}"
        );
    }
}

#[test]
fn a_limit_of_time_inside_a_transaction_is_an_error_there() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(&mut session, "CREATE TABLE t (i INTEGER)");
        for end in ["ROLLBACK", "COMMIT"] {
            rows(
                &mut session,
                "BEGIN; INSERT INTO t VALUES (1); SET timeout = 0.2",
            );
            let text = format!("INSERT INTO t SELECT CAST(SUM(a.i * b.i) AS INTEGER) {LONG}");
            let said = refusal(&mut session, &text);
            assert!(said.starts_with("RQL0706"), "{backend:?}: {said}");
            let said = refusal(&mut session, "INSERT INTO t VALUES (2)");
            let failed = said.contains("the transaction has failed");
            assert!(failed, "{backend:?}: {said}");
            rows(&mut session, &format!("{end}; SET timeout = off"));
            let left = rows(&mut session, "SELECT COUNT(*) FROM t");
            assert_eq!(left, ["0"], "{backend:?}, {end}");
        }
    }
}

#[test]
fn a_failed_transaction_takes_nothing_but_its_end() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(
            &mut session,
            "CREATE TABLE t (i INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)",
        );
        for end in ["ROLLBACK", "COMMIT"] {
            rows(&mut session, "BEGIN; INSERT INTO t VALUES (2)");
            let said = refusal(&mut session, "INSERT INTO t VALUES (1)");
            assert!(said.starts_with("RQL0601"), "{backend:?}: {said}");
            for text in [
                "SELECT 1",
                "INSERT INTO t VALUES (3)",
                "DROP TABLE t",
                "SAVEPOINT s",
            ] {
                let said = refusal(&mut session, text);
                assert!(
                    said.contains("the transaction has failed"),
                    "{backend:?}: {said}"
                );
            }
            rows(&mut session, end);
            assert_eq!(
                rows(&mut session, "SELECT i FROM t"),
                ["1"],
                "{backend:?}, {end}"
            );
        }
    }
}

#[test]
fn savepoints_take_back_what_came_after_them() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(
            &mut session,
            "CREATE TABLE t (i INTEGER PRIMARY KEY); BEGIN; INSERT INTO t VALUES (1)",
        );
        if backend == Backend::Duckdb {
            // It has none.
            assert!(refusal(&mut session, "SAVEPOINT a").starts_with("RQL0503"));
            continue;
        }
        rows(
            &mut session,
            "SAVEPOINT a; INSERT INTO t VALUES (2); ROLLBACK TO a; INSERT INTO t VALUES (3)",
        );
        rows(&mut session, "SAVEPOINT b; INSERT INTO t VALUES (4)");
        refusal(&mut session, "INSERT INTO t VALUES (1)");
        // Back to a savepoint, the transaction goes on.
        rows(
            &mut session,
            "ROLLBACK TO SAVEPOINT b; INSERT INTO t VALUES (5); RELEASE a; COMMIT",
        );
        assert_eq!(
            rows(&mut session, "SELECT i FROM t ORDER BY i"),
            ["1", "3", "5"],
            "{backend:?}"
        );
    }
}

const LOST: &str = "the connection to the server was lost";

#[test]
fn a_connection_that_is_lost_is_said_and_opened_again() {
    let servers = servers();
    for backend in servers.all() {
        let (own, kill) = match backend {
            Backend::Postgresql => ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend"),
            Backend::Mariadb => ("SELECT connection_id()", "KILL CONNECTION"),
            _ => continue,
        };
        let url = servers.database(backend);
        let mut session = open(&url);
        rows(&mut session, "CREATE TABLE t (i INTEGER)");
        for begin in ["", "BEGIN; INSERT INTO t VALUES (1)"] {
            rows(&mut session, begin);
            let id = rows(&mut session, &format!("NATIVE {own}")).remove(0);
            let (other, kill) = (url.clone(), format!("NATIVE {kill} ({id})"));
            let query = format!("SELECT a.i + b.i AS x {LONG}");
            let done = run_until(&mut session, &query, move || {
                rows(&mut open(&other), &kill);
            });
            let Err(Failure::Diagnostics(said)) = done else {
                panic!("{backend:?}: {done:?}");
            };
            assert_eq!(said[0].message, LOST, "{backend:?}: {said:?}");
            // What the transaction had is gone, which is not passed over.
            if !begin.is_empty() {
                let said = refusal(&mut session, "SELECT 1");
                assert!(said.contains("transaction"), "{backend:?}: {said}");
                rows(&mut session, "ROLLBACK");
            }
            assert_eq!(
                rows(&mut session, "SELECT COUNT(*) FROM t"),
                ["0"],
                "{backend:?}"
            );
        }
    }
}

#[test]
fn a_session_that_is_read_only_changes_nothing() {
    let servers = servers();
    for backend in servers.all() {
        let url = servers.database(backend);
        rows(
            &mut open(&url),
            "CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1)",
        );
        let mut session = open(&url);
        assert!(session.read_only().is_ok(), "{backend:?}");
        for text in [
            "INSERT INTO t VALUES (2)",
            "UPDATE t SET i = 2",
            "DELETE FROM t",
            "DROP TABLE t",
            "CREATE TABLE u (i INTEGER)",
            "NATIVE INSERT INTO t VALUES (2)",
        ] {
            let said = refusal(&mut session, text);
            assert!(said.starts_with("RQL0601"), "{backend:?}: {text}: {said}");
        }
        // What is the session's own may be written.
        let last = match backend {
            Backend::Mariadb => "SELECT i + 1 AS x FROM t",
            _ => "SELECT i + 1 AS x FROM t; SELECT x FROM last",
        };
        assert_eq!(
            rows(&mut session, last).last().map(String::as_str),
            Some("2")
        );
    }
}
