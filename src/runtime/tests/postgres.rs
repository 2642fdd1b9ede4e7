//! Values and errors of a real PostgreSQL server.
#![cfg(feature = "postgres")]
#![allow(clippy::panic, reason = "a test that cannot go on")]

use noctra_runtime::sinks::Collect;
use noctra_runtime::{
    Connection, Decimal, Error, Outcome, Query, Rows, Target, Value, ValueRef, connect,
};
use noctra_test_servers::Postgres;
use std::io;

fn run(db: &mut dyn Connection, sql: &str, params: &[Value]) -> Result<Vec<Vec<String>>, Error> {
    let mut rows = Collect::default();
    db.run(
        Query {
            sql,
            params,
            columns: &[],
        },
        &mut rows,
    )?;
    let texts = |row: &Vec<Value>| row.iter().map(|value| value.as_ref().to_string()).collect();
    Ok(rows.rows.iter().map(texts).collect())
}

/// The server's own text of a value is what we print.
const TEXTS: &str = "\
SELECT x, x::text FROM (VALUES (1.50), (-0.0001), (123456789012345678901234567890.12), (0), (10000), (0.00)) v(x)
SELECT x, x::text FROM (VALUES (1e100::numeric), ('NaN'), (-1234567890123456789012345678901234567890.5)) v(x)
SELECT x, x::text FROM (VALUES (1.5e0::float8), (1e15), (1e-5), (0.1), (123456789.125), ('-Infinity')) v(x)
SELECT x, x::text FROM (VALUES (1.1::float4), (1e6::float4), (123456::float4), (1e-5::float4)) v(x)
SELECT x, x::text FROM (VALUES (date '2024-02-29'), ('0044-03-15 BC'), ('infinity'), ('1999-12-31')) v(x)
SELECT x, x::text FROM (VALUES (timestamp '2024-02-29 01:02:03.45'), ('1969-12-31 23:59:59.999999')) v(x)
SELECT x, x::text FROM (VALUES (timestamptz '2024-02-29 01:02:03+02'), ('-infinity')) v(x)
SELECT x, x::text FROM (VALUES (time '01:02:03.5'), ('24:00')) v(x)
SELECT x, x::text FROM (VALUES (interval '1 year -2 months 3 days 04:05:06.7'), ('-1 day'), ('0')) v(x)
SELECT x, x::text FROM (VALUES (array[1,2,null]), ('{}'), ('{{1,2},{3,4}}')) v(x)
SELECT x, x::text FROM (VALUES (array['a','b c','NULL','','q\"'])) v(x)
SELECT x, x::text FROM (VALUES (uuid '11111111-2222-3333-4444-555555555555')) v(x)
SELECT x, x::text FROM (VALUES (jsonb '{\"a\": [1, null]}')) v(x)
SELECT x, x::text FROM (VALUES (bytea '\\x0aff'), ('')) v(x)";

#[test]
fn a_real_server() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let target = Target::parse(&server.url());
    let Ok(mut db) = target.and_then(|target| connect(&target)) else {
        panic!("no connection to {}", server.url());
    };
    let db = db.as_mut();
    for sql in TEXTS.lines() {
        for row in run(db, sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}")) {
            assert_eq!(row[0], row[1], "{sql}");
        }
    }
    decimals_divide_as_the_server_divides(db);
    parameters_are_bound_as_the_place_wants(db);
    errors_keep_their_code_and_place(db);
    a_result_streams_in_and_outside_transactions(db);
    a_running_statement_is_cancelled(db);
    rows_that_nobody_takes_leave_the_session_usable(db);
    let target = Target::parse(&server.url());
    let other = target.and_then(|target| connect(&target));
    let mut other = other.unwrap_or_else(|error| panic!("{error}"));
    rows_come_before_the_last_is_computed(db, other.as_mut());
    a_procedure_may_commit(db);
}

fn decimals_divide_as_the_server_divides(db: &mut dyn Connection) {
    const NUMBERS: [&str; 10] = [
        "1",
        "3",
        "-7",
        "12.50",
        "75000.00",
        "0.0001",
        "9999.9999",
        "10000",
        "0.05",
        "123456.789",
    ];
    for (a, b) in NUMBERS.iter().flat_map(|a| NUMBERS.map(|b| (*a, b))) {
        let sql = format!("SELECT {a}::numeric / {b}::numeric, {a}::numeric % {b}::numeric");
        let rows = run(db, &sql, &[]).unwrap_or_default();
        let (a, b): (Option<Decimal>, Option<Decimal>) = (a.parse().ok(), b.parse().ok());
        let own = |op: fn(Decimal, Decimal) -> Option<Decimal>| {
            a.zip(b)
                .and_then(|(a, b)| op(a, b))
                .map_or(String::new(), |value| value.to_string())
        };
        assert_eq!(
            rows,
            [[own(Decimal::checked_div), own(Decimal::checked_rem)]],
            "{sql}"
        );
    }
}

fn parameters_are_bound_as_the_place_wants(db: &mut dyn Connection) {
    let params = [
        Value::Integer(7),
        "12.50".parse().map_or(Value::Null, Value::Decimal),
        Value::Text("it's".into()),
        Value::Null,
        Value::Boolean(true),
    ];
    let sql = "SELECT $1::int + 1, $2::numeric, $3::text, $4::date IS NULL, $5::bool";
    let rows = run(db, sql, &params).unwrap_or_default();
    assert_eq!(rows, [["8", "12.50", "it's", "t", "t"]]);
}

fn errors_keep_their_code_and_place(db: &mut dyn Connection) {
    let Err(Error::Backend(error)) = run(db, "SELECT 'é', nonsense", &[]) else {
        panic!("an unknown column is an error");
    };
    assert_eq!(error.sqlstate.as_deref(), Some("42703"));
    // Bytes, not characters: é has two.
    assert_eq!(error.position, Some(13));
    let Err(Error::Backend(error)) =
        run(db, "SELECT 1 / (i - 5) FROM generate_series(1, 9) i", &[])
    else {
        panic!("a division by zero is an error");
    };
    assert_eq!(
        (error.message.as_str(), error.sqlstate.as_deref()),
        ("division by zero", Some("22012"))
    );
}

fn a_result_streams_in_and_outside_transactions(db: &mut dyn Connection) {
    let sql = "SELECT count(*) FROM generate_series(1, 3)";
    for (begin, end) in [
        ("", ""),
        ("BEGIN", "COMMIT"),
        ("START TRANSACTION", "ROLLBACK"),
    ] {
        for statement in [begin, "SELECT i FROM generate_series(1, 10000) i", sql, end] {
            if !statement.is_empty() {
                let rows = run(db, statement, &[]).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(
                    rows.len(),
                    match statement {
                        s if s == sql => 1,
                        s if s.starts_with("SELECT i") => 10_000,
                        _ => 0,
                    }
                );
                if rows.len() == 10_000 {
                    let ascending = (1..).zip(&rows).all(|(i, row)| row[0] == i.to_string());
                    assert!(ascending, "in the server's order");
                }
            }
        }
        assert!(!db.in_transaction());
    }
    let create = Query {
        sql: "CREATE TABLE t (a date PRIMARY KEY, b numeric(10,2))",
        params: &[],
        columns: &[],
    };
    assert_eq!(
        db.run(create, &mut Collect::default()).ok(),
        Some(Outcome::Changed(0))
    );
    let catalog = db.catalog().unwrap_or_default();
    let columns: Vec<_> = catalog.tables()[0]
        .columns
        .iter()
        .map(|c| (c.declared.as_str(), c.nullable))
        .collect();
    assert_eq!(columns, [("date", false), ("numeric(10,2)", true)]);
}

/// No transaction is around a statement but the person's.
fn a_procedure_may_commit(db: &mut dyn Connection) {
    let made =
        "CREATE PROCEDURE keep(INOUT n int) LANGUAGE plpgsql AS 'BEGIN n := n + 1; COMMIT; END'";
    assert!(run(db, made, &[]).is_ok());
    let called = run(db, "CALL keep(41)", &[]);
    assert_eq!(called.unwrap_or_default(), [["42"]]);
}

/// Does something when a row comes; counts them.
struct At<'a> {
    row: usize,
    act: &'a mut dyn FnMut() -> io::Result<()>,
    count: usize,
}

impl Rows for At<'_> {
    fn begin(&mut self, _: &[noctra_runtime::Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> io::Result<()> {
        self.count += 1;
        if self.count == self.row {
            return (self.act)();
        }
        Ok(())
    }
}

fn run_until(
    db: &mut dyn Connection,
    sql: &str,
    row: usize,
    act: &mut dyn FnMut() -> io::Result<()>,
) -> (Result<Outcome, Error>, usize) {
    let mut rows = At { row, act, count: 0 };
    let query = Query {
        sql,
        params: &[],
        columns: &[],
    };
    let done = db.run(query, &mut rows);
    (done, rows.count)
}

/// Rows of the first batches, and of those that come ahead of who shows them.
const EARLY_AND_LATE: [usize; 3] = [1, 40, 50_000];

fn a_running_statement_is_cancelled(db: &mut dyn Connection) {
    let handle = db.cancel_handle();
    for row in EARLY_AND_LATE {
        let sql = "SELECT i FROM generate_series(1, 1000000) i";
        let (done, _) = run_until(db, sql, row, &mut || {
            let handle = handle.clone();
            let _ = std::thread::spawn(move || handle.cancel()).join();
            Ok(())
        });
        assert!(matches!(done, Err(Error::Cancelled)), "{done:?}");
        assert_eq!(run(db, "SELECT 1", &[]).unwrap_or_default(), [["1"]]);
    }
}

fn rows_that_nobody_takes_leave_the_session_usable(db: &mut dyn Connection) {
    for begin in [false, true] {
        for row in EARLY_AND_LATE {
            if begin {
                assert!(run(db, "BEGIN", &[]).is_ok());
            }
            let sql = "SELECT i FROM generate_series(1, 100000) i";
            let mut full = || Err(io::Error::other("full"));
            let (done, count) = run_until(db, sql, row, &mut full);
            assert!(matches!(done, Err(Error::Sink(_))), "{done:?}");
            assert_eq!(count, row, "none comes after it");
            assert_eq!(run(db, "SELECT 1", &[]).unwrap_or_default(), [["1"]]);
            assert_eq!(db.in_transaction(), begin);
            if begin {
                assert!(run(db, "ROLLBACK", &[]).is_ok());
            }
        }
    }
}

fn rows_come_before_the_last_is_computed(db: &mut dyn Connection, other: &mut dyn Connection) {
    assert!(run(db, "CREATE SEQUENCE computed", &[]).is_ok());
    // A hundred megabytes: what is on its way is far less.
    let sql = "SELECT nextval('computed'), repeat('x', 1000) FROM generate_series(1, 100000)";
    for (row, at_most) in [(1, 40_000), (50_000, 90_000)] {
        assert!(run(db, "SELECT setval('computed', 1, false)", &[]).is_ok());
        let mut computed = String::new();
        let (done, count) = run_until(db, sql, row, &mut || {
            let last = run(other, "SELECT last_value FROM computed", &[]);
            computed = last.unwrap_or_default().concat().concat();
            Ok(())
        });
        assert!(matches!(done, Ok(Outcome::Rows(100_000))), "{done:?}");
        assert_eq!(count, 100_000);
        let computed = computed.parse::<usize>();
        assert!(
            matches!(computed, Ok(computed) if computed <= at_most),
            "at row {row} {computed:?} are computed"
        );
    }
}
