//! SET and SHOW of what is the backend's own: it goes there, but for what answers rely on.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::csv;
use noctra_test_servers::{MariaDb, Postgres};

fn answers(db: &str, all: &[(&str, &str)]) {
    for (text, expected) in all {
        let ran = csv(db, text);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{db}: {text}");
        assert_eq!(ran.out, *expected, "{db}: {text}");
    }
}

fn refuses(db: &str, all: &[(&str, &str)]) {
    for (text, expected) in all {
        let ran = csv(db, text);
        assert_eq!(ran.code, Some(1), "{db}: {text}: {}", ran.out);
        assert!(ran.err.contains(expected), "{db}: {text}: {}", ran.err);
    }
}

#[test]
fn postgresql_is_told() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let db = server.url();
    answers(
        &db,
        &[
            (
                "CREATE SCHEMA s; CREATE TABLE s.t AS SELECT 1 AS a; SET search_path = s; SELECT a FROM t; SHOW search_path",
                "a\n1\nsearch_path\ns\n",
            ),
            (
                "CREATE SCHEMA own; CREATE TABLE own.here AS SELECT 1 AS a; CREATE TABLE both AS SELECT 'public' AS a; CREATE TABLE own.both AS SELECT 'own' AS a; SET search_path = own, public; SELECT own.here.a FROM own.here; SELECT both.a, p.a AS other FROM both, public.both AS p; CREATE TABLE own.new AS SELECT 2 AS a; SELECT a FROM new; SHOW SCHEMAS LIKE 'o%'; DROP TABLE own.new, own.both, here; DROP SCHEMA own; SELECT a FROM both; DROP TABLE both",
                "a\n1\na,other\nown,public\na\n2\nschema\nown\na\npublic\n",
            ),
            (
                "SET statement_timeout = '5s'; SHOW statement_timeout; RESET statement_timeout; SHOW statement_timeout",
                "statement_timeout\n5s\nstatement_timeout\n0\n",
            ),
            (
                "BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SHOW transaction_isolation; SET LOCAL work_mem = '8MB'; COMMIT",
                "transaction_isolation\nserializable\n",
            ),
        ],
    );
    refuses(
        &db,
        &[
            (
                "CREATE SCHEMA far; CREATE TABLE far.one (a INT); SET search_path = far; SELECT * FROM public.one",
                "no table one",
            ),
            ("SET timeot = 5", "did you mean timeout?"),
            ("SET nosuch = 5", "unrecognized configuration parameter"),
            ("SET timezone = 'Europe/Berlin'", "answers need timezone"),
            ("SET TIME ZONE 'Europe/Berlin'", "answers need time zone"),
            ("SET datestyle = 'German'", "NATIVE before SET"),
            ("SET default_transaction_read_only = off", "answers need"),
            ("SHOW TABELS", "did you mean TABLES?"),
        ],
    );
}

#[test]
fn mariadb_is_told() {
    let server = match MariaDb::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let db = server.url();
    answers(
        &db,
        &[(
            "SET lock_wait_timeout = 7; NATIVE SHOW VARIABLES LIKE 'lock_wait_timeout'",
            "Variable_name,Value\nlock_wait_timeout,7\n",
        )],
    );
    refuses(
        &db,
        &[
            ("SET sql_mode = ''", "answers need sql_mode"),
            ("SET time_zone = '+02:00'", "answers need time_zone"),
            ("SET NAMES latin1", "answers need names"),
        ],
    );
}

#[test]
fn duckdb_is_told_and_sqlite_has_nothing_to_be_told() {
    answers(
        "duckdb:",
        &[(
            "SET threads = 2; NATIVE SELECT current_setting('threads') AS threads",
            "threads\n2\n",
        )],
    );
    refuses(
        "duckdb:",
        &[(
            "SET integer_division = true",
            "answers need integer_division",
        )],
    );
    refuses(
        "sqlite::memory:",
        &[("SET threads = 2", "there is no setting threads")],
    );
}
