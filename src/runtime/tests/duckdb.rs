//! Values and errors of a real DuckDB.
#![cfg(feature = "duckdb")]
#![allow(clippy::panic, reason = "a test that cannot go on")]

use noctra_runtime::sinks::Collect;
use noctra_runtime::{Connection, Error, Outcome, Query, Rows, Target, Value, ValueRef, connect};
use std::io;

fn run(db: &mut dyn Connection, sql: &str, params: &[Value]) -> Result<Vec<Vec<Value>>, Error> {
    let mut rows = Collect::default();
    let columns = &[];
    db.run(
        Query {
            sql,
            params,
            columns,
        },
        &mut rows,
    )?;
    Ok(rows.rows)
}

/// What DuckDB has beside what it prints as PostgreSQL does.
const TEXTS: &[(&str, &str)] = &[
    (
        "SELECT 170141183460469231731687303715884105727::HUGEINT",
        "170141183460469231731687303715884105727",
    ),
    (
        "SELECT 18446744073709551615::UBIGINT",
        "18446744073709551615",
    ),
    ("SELECT -0.0001::DECIMAL(9,4)", "-0.0001"),
    ("SELECT 1e100::DOUBLE", "1e+100"),
    ("SELECT 1.1::REAL", "1.1"),
    ("SELECT DATE '1969-12-31'", "1969-12-31"),
    ("SELECT TIME '01:02:03.5'", "01:02:03.5"),
    (
        "SELECT TIMESTAMP '1969-12-31 23:59:59.999999'",
        "1969-12-31 23:59:59.999999",
    ),
    (
        "SELECT TIMESTAMPTZ '2024-02-29 01:02:03+02'",
        "2024-02-28 23:02:03+00",
    ),
    (
        "SELECT TIMESTAMP_S '2024-02-29 01:02:03'",
        "2024-02-29 01:02:03",
    ),
    (
        "SELECT INTERVAL '14 months 3 days 4 hours'",
        "1 year 2 mons 3 days 04:00:00",
    ),
    ("SELECT ['a', 'b c', NULL, '']", "{a,\"b c\",NULL,\"\"}"),
    ("SELECT [[1, 2], []]", "{{1,2},{}}"),
    ("SELECT '\\x0a\\xff'::BLOB", "\\x0aff"),
    (
        "SELECT '11111111-2222-3333-4444-555555555555'::UUID",
        "11111111-2222-3333-4444-555555555555",
    ),
    ("SELECT 'b'::ENUM ('a', 'b')", "b"),
];

#[test]
fn a_real_duckdb() {
    let opened = Target::parse("duckdb::memory:").and_then(|target| connect(&target));
    let mut db = match opened {
        Ok(db) => db,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let db = db.as_mut();
    for (sql, text) in TEXTS {
        let rows = run(db, sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(rows[0][0].as_ref().to_string(), *text, "{sql}");
    }
    values_go_there_and_come_back(db);
    errors_keep_their_place(db);
    changes_are_counted(db);
    a_running_statement_is_cancelled(db);
    a_long_result_leaves_the_limit_of_memory_as_it_was(db);
    rows_may_grow_long_in_a_long_result();
    files_are_tables();
}

fn values_go_there_and_come_back(db: &mut dyn Connection) {
    let decimal = "-12345678901234567890.1234".parse().map(Value::Decimal);
    let day = noctra_runtime::Date::parse("0001-01-01").map(Value::Date);
    let values = [
        Value::Null,
        Value::Boolean(true),
        Value::Integer(i64::MIN),
        Value::Integer(-1),
        decimal.unwrap_or(Value::Null),
        Value::Double(-0.1),
        Value::Text("it's \"; -- \\ 名\u{1f600}".into()),
        Value::Blob(vec![0, 255, 39]),
        day.unwrap_or(Value::Null),
    ];
    for value in values {
        let rows = run(db, "SELECT $1", std::slice::from_ref(&value));
        let rows = rows.unwrap_or_else(|error| panic!("{value:?}: {error}"));
        assert_eq!(rows[0][0].as_ref().to_string(), value.as_ref().to_string());
    }
}

fn errors_keep_their_place(db: &mut dyn Connection) {
    let Err(Error::Backend(error)) = run(db, "SELECT 1,\n  nowhere FROM range(3)", &[]) else {
        panic!("an unknown column was found");
    };
    assert!(error.message.contains("nowhere"), "{}", error.message);
    assert_eq!(error.position, Some(12));
}

struct Nowhere;

impl Rows for Nowhere {
    fn begin(&mut self, _: &[noctra_runtime::Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> io::Result<()> {
        Ok(())
    }
}

fn changes_are_counted(db: &mut dyn Connection) {
    let mut outcome = |sql: &str| {
        let query = Query {
            sql,
            params: &[],
            columns: &[],
        };
        db.run(query, &mut Nowhere)
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    };
    outcome("CREATE TABLE t (i INTEGER)");
    assert_eq!(
        outcome("INSERT INTO t SELECT * FROM range(5)"),
        Outcome::Changed(5)
    );
    assert_eq!(outcome("DELETE FROM t WHERE i > 2"), Outcome::Changed(2));
    assert_eq!(
        outcome("INSERT INTO t VALUES (9) RETURNING i"),
        Outcome::Rows(1)
    );
    assert_eq!(outcome("FROM t"), Outcome::Rows(4));
    outcome("BEGIN");
    assert!(db.in_transaction());
}

/// Cancels from the first row on: the statement would else run for hours.
struct CancelsAtOnce(noctra_runtime::CancelHandle);

impl Rows for CancelsAtOnce {
    fn begin(&mut self, _: &[noctra_runtime::Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> io::Result<()> {
        self.0.cancel();
        Ok(())
    }
}

fn a_running_statement_is_cancelled(db: &mut dyn Connection) {
    let mut rows = CancelsAtOnce(db.cancel_handle());
    let sql = "SELECT a.range + b.range FROM range(100000000) a, range(1000000) b";
    let done = db.run(
        Query {
            sql,
            params: &[],
            columns: &[],
        },
        &mut rows,
    );
    assert!(matches!(done, Err(Error::Cancelled)), "{done:?}");
    let _ = run(db, "ROLLBACK", &[]);
    assert!(matches!(run(db, "SELECT 1", &[]), Ok(rows) if rows.len() == 1));
}

fn a_long_result_leaves_the_limit_of_memory_as_it_was(db: &mut dyn Connection) {
    let limit = |db: &mut dyn Connection| {
        let rows = run(db, "SELECT current_setting('memory_limit')", &[]);
        format!("{:?}", rows.unwrap_or_default())
    };
    for set in [
        "RESET memory_limit",
        "SET memory_limit = '3GiB'",
        "SET memory_limit = '100MiB'",
    ] {
        assert!(set.is_empty() || run(db, set, &[]).is_ok());
        let before = limit(db);
        let sql = "SELECT i, sum(i) OVER (ORDER BY i) FROM range(1, 700001) AS r(i)";
        let rows = run(db, sql, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(rows.len(), 700_000);
        let last = rows.last().map(|row| row[1].as_ref().to_string());
        assert_eq!(last.as_deref(), Some("245000350000"));
        assert_eq!(limit(db), before, "{set}");
    }
}

/// What the end of a result needs is not bound by what its beginning needed.
fn rows_may_grow_long_in_a_long_result() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let file = format!("duckdb:{}", folder.path().join("long.duckdb").display());
    let opened = Target::parse(&file).and_then(|target| connect(&target));
    let mut db = opened.unwrap_or_else(|error| panic!("{error}"));
    let db = db.as_mut();
    let made = "CREATE TABLE long AS SELECT i, CASE WHEN i > 300000 THEN repeat(chr(CAST(65 + i % 26 AS INTEGER)), 20000) END AS t \
                FROM generate_series(1, 304096) AS r(i)";
    run(db, made, &[]).unwrap_or_else(|error| panic!("{error}"));
    run(db, "CHECKPOINT", &[]).unwrap_or_else(|error| panic!("{error}"));
    let sql = "SELECT i, t FROM long";
    let threads = "SELECT current_setting('threads')";
    let before = run(db, threads, &[]).unwrap_or_else(|error| panic!("{error}"));
    let rows = run(db, sql, &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(rows.len(), 304_096);
    let last = rows.last().map(|row| row[1].as_ref().to_string().len());
    assert_eq!(last, Some(20_000));
    let after = run(db, threads, &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(after, before);
}

fn files_are_tables() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let file = folder.path().join("big sales.csv");
    let text = "day,amount\n2024-01-01,10.50\n2024-01-02,2\n";
    std::fs::write(&file, text).unwrap_or_else(|error| panic!("{error}"));
    let target = Target::parse(&file.display().to_string());
    let mut db = target
        .and_then(|target| connect(&target))
        .unwrap_or_else(|error| panic!("{error}"));
    let rows = run(
        db.as_mut(),
        "SELECT day FROM \"big sales\" WHERE amount > 5",
        &[],
    );
    let rows = rows.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(rows[0][0].as_ref().to_string(), "2024-01-01");
}
