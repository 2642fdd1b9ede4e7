//! What a session holds on a server: its own connections, and a bounded number of prepared statements.

use crate::servers::{Backend, open, rows, servers};
use noctra_runtime::Session;

/// A number that a server tells.
fn number(session: &mut Session, text: &str) -> usize {
    let found = rows(session, &format!("NATIVE {text}"));
    let number = found.first().and_then(|row| row.split(',').next_back());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("{text}: {found:?}"))
}

#[test]
fn a_session_holds_the_connections_that_its_user_has_opened() {
    let servers = servers();
    for backend in [Backend::Postgresql, Backend::Mariadb] {
        if !servers.all().contains(&backend) {
            continue;
        }
        let url = servers.database(backend);
        let (_, name) = url.rsplit_once('/').unwrap_or_default();
        let count = match backend {
            Backend::Mariadb => {
                format!("SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{name}'")
            }
            _ => format!("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '{name}'"),
        };
        let mut watch = servers.session(backend);
        let mut session = open(&url);
        let opened = |watch: &mut Session, expected: usize, when: &str| {
            // A server ends a connection a moment after its client has.
            let mut found = number(watch, &count);
            for _ in 0..10_000 {
                if found == expected {
                    break;
                }
                found = number(watch, &count);
            }
            assert_eq!(found, expected, "{backend:?}, {when}");
        };
        opened(&mut watch, 1, "at first");
        let script = format!(
            "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1); SHOW TABLES; DESCRIBE t;
             CONNECT '{url}' AS a; CONNECT '{url}' AS b; USE a; SELECT * FROM t; USE main"
        );
        rows(&mut session, &script);
        opened(&mut watch, 3, "with two more");
        rows(&mut session, "COPY t TO a.u CREATE; COPY a.u TO b.v CREATE");
        opened(&mut watch, 3, "after COPY");
        let long = "generate_series(1, 100000)";
        let slow = format!("SELECT SUM(a.i * b.i) FROM {long} AS a(i) CROSS JOIN {long} AS b(i)");
        for _ in 0..3 {
            let text = format!("SET timeout = 0.05; {slow}");
            assert!(crate::common::run_csv(&mut session, &text).is_err());
        }
        rows(&mut session, "SET timeout = off");
        opened(&mut watch, 3, "after cancels");
        // Whoever disconnects may drop the database then.
        rows(&mut session, "DISCONNECT a; DISCONNECT b");
        opened(&mut watch, 1, "after DISCONNECT");
        rows(&mut session, &format!("USE '{url}'"));
        opened(&mut watch, 1, "in place of the first");
        drop(session);
        opened(&mut watch, 0, "in the end");
    }
}

/// What one transaction has prepared is not there in the next, and what another session has prepared is.
#[test]
fn a_pooler_may_give_each_transaction_another_connection() {
    let servers = servers();
    let Some((_pooler, url)) = servers.pooled() else {
        return;
    };
    let (mut one, mut two) = (open(&url), open(&url));
    rows(
        &mut one,
        "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)",
    );
    let asked = "LET v = 1; SELECT x FROM t WHERE x = :v; SELECT x FROM t WHERE x = :v; \
                 INSERT INTO t VALUES (:v + 1); NATIVE SELECT x FROM t WHERE x = 1;";
    for _ in 0..3 {
        assert_eq!(rows(&mut one, asked).last().map(String::as_str), Some("1"));
        assert_eq!(rows(&mut two, asked).last().map(String::as_str), Some("1"));
        // The connection that was free is taken: the other session gets a new one.
        rows(&mut two, "BEGIN; SELECT COUNT(*) FROM t");
        assert_eq!(rows(&mut one, asked).last().map(String::as_str), Some("1"));
        rows(&mut two, "COMMIT");
    }
    let counted = rows(&mut one, "SELECT COUNT(*) AS n FROM t WHERE x = 2");
    assert_eq!(counted.last().map(String::as_str), Some("9"));
}

#[test]
fn statements_are_prepared_once_and_not_all_are_kept() {
    let servers = servers();
    for backend in [Backend::Postgresql, Backend::Mariadb] {
        if !servers.all().contains(&backend) {
            continue;
        }
        let url = servers.database(backend);
        let mut session = open(&url);
        rows(&mut session, "CREATE TABLE t (x INTEGER, y TEXT)");
        let prepared = |session: &mut Session| match backend {
            Backend::Mariadb => number(session, "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'"),
            _ => number(session, "SELECT COUNT(*) FROM pg_prepared_statements"),
        };
        let insert = |session: &mut Session, times: usize| {
            let before = prepared(session);
            for _ in 0..times {
                rows(session, "LET v = 'a'; INSERT INTO t VALUES (1, :v)");
            }
            prepared(session) - before
        };
        insert(&mut session, 1);
        // On MariaDB what asks is prepared too, once.
        assert!(insert(&mut session, 50) <= 1, "{backend:?}");
        for at in 0..300 {
            rows(
                &mut session,
                &format!("SELECT x + {at} AS x FROM t LIMIT 1"),
            );
        }
        let kept = match backend {
            Backend::Mariadb => number(
                &mut session,
                "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'",
            ),
            _ => prepared(&mut session),
        };
        assert!(kept <= 100, "{backend:?} keeps {kept}");
    }
}

#[test]
fn what_another_session_changes_is_noticed() {
    let servers = servers();
    for backend in servers.all() {
        let url = servers.database(backend);
        let ask = "NATIVE SELECT * FROM t";
        rows(
            &mut open(&url),
            "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)",
        );
        // DuckDB lets one process at a time have a file.
        if backend == Backend::Duckdb {
            continue;
        }
        let mut session = open(&url);
        assert_eq!(rows(&mut session, ask), ["1"], "{backend:?}");
        rows(&mut open(&url), "ALTER TABLE t ADD COLUMN y TEXT");
        assert_eq!(rows(&mut session, ask), ["1,NULL"], "{backend:?}");
        let own = "ALTER TABLE t DROP COLUMN y; BEGIN; NATIVE SELECT * FROM t; COMMIT";
        assert_eq!(rows(&mut session, own), ["1"], "{backend:?}");
    }
}
