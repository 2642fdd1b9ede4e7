//! Statements that stay prepared, on the backends that live in this process.
#![cfg(all(feature = "duckdb", feature = "sqlite"))]
#![allow(clippy::panic, reason = "a test that cannot go on")]

use noctra_runtime::sinks::Collect;
use noctra_runtime::{
    Column, Connection, Error, Kind, Outcome, Query, Rows, Target, Value, ValueRef, connect,
};
use std::io;
use std::path::Path;

/// Runs a statement whose columns are known.
fn run(
    db: &mut dyn Connection,
    sql: &str,
    params: &[Value],
    names: &[&str],
) -> Result<String, Error> {
    let columns: Vec<Column> = names
        .iter()
        .map(|name| Column::new(*name, Kind::Any))
        .collect();
    let mut rows = Collect::default();
    let query = Query {
        sql,
        params,
        columns: &columns,
    };
    match db.run(query, &mut rows)? {
        Outcome::Changed(count) => Ok(format!("{count} changed")),
        Outcome::Rows(_) => {
            let row = |row: &Vec<Value>| {
                let cells = row.iter().map(|value| value.as_ref().to_string());
                cells.collect::<Vec<_>>().join(" ")
            };
            Ok(rows.rows.iter().map(row).collect::<Vec<_>>().join(", "))
        }
    }
}

fn ran(db: &mut dyn Connection, sql: &str, names: &[&str]) -> String {
    run(db, sql, &[], names).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn opened(target: &str) -> Result<Box<dyn Connection>, Error> {
    Target::parse(target).and_then(|target| connect(&target))
}

fn sqlite(file: &Path) -> Box<dyn Connection> {
    let db = opened(&format!("sqlite:{}", file.display()));
    db.unwrap_or_else(|error| panic!("{error}"))
}

/// How often a kept statement was of use.
fn hits(db: &dyn Connection) -> u64 {
    db.prepared().unwrap_or_default().hits
}

/// Takes no row.
struct Full;

impl Rows for Full {
    fn begin(&mut self, _: &[Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> io::Result<()> {
        Err(io::Error::other("full"))
    }
}

/// What each session of a backend that is of its own must do.
fn is_of_use_and_harms_nothing(db: &mut dyn Connection) {
    let changed = |db: &mut dyn Connection, sql: &str, of: &[Value]| {
        run(db, sql, of, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"))
    };
    changed(db, "CREATE TABLE t (a INTEGER, b TEXT)", &[]);
    let insert = "INSERT INTO t VALUES ($1, $2)";
    for at in 1..=5 {
        let values = [Value::Integer(at), Value::Text(format!("row {at}"))];
        assert_eq!(changed(db, insert, &values), "1 changed");
    }
    let select = "SELECT b FROM t WHERE a = $1";
    for at in 1..=5 {
        let rows = run(db, select, &[Value::Integer(at)], &["b"]);
        assert_eq!(rows.unwrap_or_default(), format!("row {at}"));
    }
    // The first is of the moment, the second stays.
    assert_eq!(hits(db), 6);
    // A value of another type, and none.
    let empty = run(db, select, &[Value::Null], &["b"]);
    assert_eq!(empty.unwrap_or_default(), "");
    changed(db, insert, &[Value::Null, Value::Null]);
    assert_eq!(
        ran(db, "SELECT COUNT(*) FROM t WHERE b IS NULL", &["n"]),
        "1"
    );
    // One that has failed, and one that was left in the middle.
    let all = "SELECT a, a - 6 FROM t WHERE a >= $1 AND a < $2 ORDER BY a";
    let columns = ["a", "b"].map(|name| Column::new(name, Kind::Any));
    for _ in 0..3 {
        let query = Query {
            sql: all,
            params: &[Value::Integer(1), Value::Integer(6)],
            columns: &columns,
        };
        assert!(db.run(query, &mut Full).is_err());
    }
    let rows = run(
        db,
        all,
        &[Value::Integer(4), Value::Integer(5)],
        &["a", "b"],
    );
    assert_eq!(rows.unwrap_or_default(), "4 -2");
    // The table has other columns, is another one, and is gone.
    let star = "SELECT * FROM t WHERE a = 2";
    for _ in 0..3 {
        assert_eq!(ran(db, star, &["a", "b"]), "2 row 2");
    }
    changed(db, "ALTER TABLE t ADD COLUMN c INTEGER DEFAULT 7", &[]);
    assert_eq!(ran(db, star, &["a", "b", "c"]), "2 row 2 7");
    changed(db, "DROP TABLE t", &[]);
    assert!(run(db, star, &[], &["a", "b", "c"]).is_err());
    changed(db, "CREATE TABLE t (a INTEGER)", &[]);
    changed(db, "INSERT INTO t VALUES (2)", &[]);
    assert_eq!(ran(db, star, &["a"]), "2");
    // A transaction that is taken back.
    for _ in 0..2 {
        db.batch("BEGIN").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(changed(db, "DELETE FROM t WHERE a = 2", &[]), "1 changed");
        assert_eq!(ran(db, "SELECT COUNT(*) FROM t", &["n"]), "0");
        db.batch("ROLLBACK")
            .unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(ran(db, "SELECT COUNT(*) FROM t", &["n"]), "1");
    // More texts than are kept.
    for _ in 0..2 {
        for at in 0..100 {
            assert_eq!(ran(db, &format!("SELECT {at}"), &["n"]), at.to_string());
        }
    }
    let kept = db.prepared().unwrap_or_default();
    assert!(kept.entries <= 64, "{kept:?}");
    db.forget_prepared();
    assert_eq!(db.prepared(), Some(noctra_runtime::Usage::default()));
}

#[test]
fn sqlite_keeps_statements() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    is_of_use_and_harms_nothing(sqlite(&folder.path().join("a.db")).as_mut());
    another_session_changes_the_tables(folder.path());
    no_file_stays_locked(folder.path());
}

#[test]
fn duckdb_keeps_statements() {
    let mut db = match opened("duckdb::memory:") {
        Ok(db) => db,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    is_of_use_and_harms_nothing(db.as_mut());
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    files_are_read_as_they_are(db.as_mut(), folder.path());
    a_file_is_let_go(folder.path());
}

fn files_are_read_as_they_are(db: &mut dyn Connection, folder: &Path) {
    let file = folder.join("a.csv");
    let write = |text: &str| std::fs::write(&file, text).unwrap_or_else(|error| panic!("{error}"));
    let query = format!("SELECT a FROM '{}'", file.display());
    write("a,b\n1,2\n");
    for _ in 0..3 {
        assert_eq!(ran(db, &query, &["a"]), "1");
    }
    write("b,c,a\n1,2,three\n4,5,six\n");
    assert_eq!(ran(db, &query, &["a"]), "three, six");
}

fn a_file_is_let_go(folder: &Path) {
    let file = folder.join("a.duckdb");
    let open = || opened(&format!("duckdb:{}", file.display()));
    let mut db = open().unwrap_or_else(|error| panic!("{error}"));
    ran(db.as_mut(), "CREATE TABLE t (a INTEGER)", &[]);
    for at in 1..=3 {
        ran(db.as_mut(), "INSERT INTO t VALUES (1)", &[]);
        let rows = ran(db.as_mut(), "SELECT COUNT(*) FROM t", &["n"]);
        assert_eq!(rows, at.to_string());
    }
    // It is opened again, to be read only.
    let done = db.set_read_only(true);
    done.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ran(db.as_mut(), "SELECT COUNT(*) FROM t", &["n"]), "3");
    assert!(run(db.as_mut(), "INSERT INTO t VALUES (1)", &[], &[]).is_err());
    drop(db);
    let mut db = open().unwrap_or_else(|error| panic!("{error}"));
    ran(db.as_mut(), "INSERT INTO t VALUES (1)", &[]);
}

fn another_session_changes_the_tables(folder: &Path) {
    let file = folder.join("shared.db");
    let (mut ours, mut theirs) = (sqlite(&file), sqlite(&file));
    let (ours, theirs) = (ours.as_mut(), theirs.as_mut());
    ran(ours, "CREATE TABLE t (a, b)", &[]);
    ran(ours, "INSERT INTO t VALUES (1, 2)", &[]);
    let (star, one) = ("SELECT * FROM t", "SELECT  b FROM t");
    for _ in 0..3 {
        assert_eq!(ran(ours, star, &["a", "b"]), "1 2");
        assert_eq!(run(ours, star, &[], &[]).unwrap_or_default(), "1 2");
        assert_eq!(ran(ours, one, &["b"]), "2");
    }
    ran(theirs, "ALTER TABLE t ADD COLUMN c DEFAULT 3", &[]);
    assert_eq!(ran(ours, one, &["b"]), "2");
    assert_eq!(run(ours, star, &[], &[]).unwrap_or_default(), "1 2 3");
    ran(theirs, "ALTER TABLE t DROP COLUMN b", &[]);
    let Err(Error::Backend(error)) = run(ours, one, &[], &["b"]) else {
        panic!("a column that is gone was read");
    };
    assert_eq!(error.message, "no such column: b");
    assert_eq!(error.position, Some(8));
    assert_eq!(run(ours, star, &[], &[]).unwrap_or_default(), "1 3");
}

fn no_file_stays_locked(folder: &Path) {
    let file = folder.join("main.db");
    let mut ours = sqlite(&file);
    let ours = ours.as_mut();
    let beside = rql_ast::text_literal(&folder.join("beside.db").display().to_string());
    ran(ours, &format!("ATTACH {beside} AS beside"), &[]);
    ran(ours, "CREATE TABLE t (a)", &[]);
    ran(ours, "CREATE TABLE beside.t (a)", &[]);
    for at in 0..3 {
        ran(ours, &format!("INSERT INTO t VALUES ({at}), ({at})"), &[]);
        ran(ours, "INSERT INTO beside.t VALUES (1)", &[]);
        ran(ours, "SELECT a FROM beside.t", &["a"]);
        let query = Query {
            sql: "SELECT a FROM t ORDER BY a",
            params: &[],
            columns: &[Column::new("a", Kind::Any)],
        };
        assert!(ours.run(query, &mut Full).is_err());
        // A reader that were still there would make a writer wait for seconds, and fail.
        let mut theirs = sqlite(&file);
        ran(theirs.as_mut(), "BEGIN EXCLUSIVE", &[]);
        ran(theirs.as_mut(), "COMMIT", &[]);
    }
    ran(ours, "DETACH beside", &[]);
    ran(ours, &format!("ATTACH {beside} AS beside"), &[]);
    assert_eq!(ran(ours, "SELECT a FROM beside.t", &["a"]), "1, 1, 1");
}
