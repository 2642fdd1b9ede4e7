//! Values, errors, cancels and the catalog of a real MariaDB server.
#![cfg(feature = "mysql")]
#![allow(clippy::panic, reason = "a test that cannot go on")]

use noctra_runtime::sinks::Collect;
use noctra_runtime::{
    Column, Connection, Error, Kind, Outcome, Query, Rows, Target, Value, ValueRef, connect,
};
use noctra_test_servers::MariaDb;

fn run(db: &mut dyn Connection, sql: &str, params: &[Value]) -> Result<Vec<Vec<String>>, Error> {
    read_as(db, sql, params, &[])
}

fn read_as(
    db: &mut dyn Connection,
    sql: &str,
    params: &[Value],
    kinds: &[Kind],
) -> Result<Vec<Vec<String>>, Error> {
    let columns: Vec<Column> = kinds.iter().map(|&kind| Column::new("x", kind)).collect();
    let mut rows = Collect::default();
    let query = Query {
        sql,
        params,
        columns: &columns,
    };
    db.run(query, &mut rows)?;
    let text = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        value => value.as_ref().to_string(),
    };
    Ok(rows
        .rows
        .iter()
        .map(|row| row.iter().map(text).collect())
        .collect())
}

fn refused(db: &mut dyn Connection, sql: &str) -> (String, String) {
    match run(db, sql, &[]) {
        Err(Error::Backend(error)) => (error.sqlstate.unwrap_or_default(), error.message),
        other => panic!("{sql}: {other:?}"),
    }
}

fn open(server: &MariaDb) -> Box<dyn Connection> {
    let target = Target::parse(&server.url());
    target
        .and_then(|target| connect(&target))
        .unwrap_or_else(|error| panic!("{}: {error}", server.url()))
}

#[test]
fn a_real_server() {
    let server = match MariaDb::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let mut db = open(&server);
    let db = db.as_mut();
    values_come_as_the_server_has_them(db);
    values_go_there_and_come_back(db);
    hostile_texts_are_values(db);
    warnings_of_queries_are_errors(db);
    errors_have_postgresqls_codes(db);
    nothing_is_committed_silently(db);
    changes_are_refused_where_asked(db);
    what_is_not_read_is_ended(db);
    a_query_gives_the_same_rows_again(db);
    a_running_statement_is_cancelled(db, &server);
    the_catalog_tells_what_is_there(db);
    a_lost_connection_is_an_error(db, server);
}

fn values_come_as_the_server_has_them(db: &mut dyn Connection) {
    let rows = |db: &mut dyn Connection, sql: &str| {
        run(db, sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"))
    };
    for (sql, expected) in [
        (
            "SELECT 9223372036854775807, -9223372036854775808",
            vec!["9223372036854775807", "-9223372036854775808"],
        ),
        (
            "SELECT CAST(18446744073709551615 AS UNSIGNED)",
            vec!["18446744073709551615"],
        ),
        (
            "SELECT 1.50, -0.0001, 12345678901234567890123456789012345678901234567890.123",
            vec![
                "1.50",
                "-0.0001",
                "12345678901234567890123456789012345678901234567890.123",
            ],
        ),
        (
            "SELECT 1.5e0, 1e15, 1e-5, 0.1e0, -1.7976931348623157e308",
            vec!["1.5", "1e+15", "1e-05", "0.1", "-1.7976931348623157e+308"],
        ),
        (
            "SELECT 'é', '', 'a\\b', NULL",
            vec!["é", "", "a\\b", "NULL"],
        ),
        (
            "SELECT X'00ff', CAST('a' AS BINARY)",
            vec!["\\x00ff", "\\x61"],
        ),
        (
            "SELECT DATE '0001-01-01', DATE '9999-12-31', DATE '2024-02-29'",
            vec!["0001-01-01", "9999-12-31", "2024-02-29"],
        ),
        (
            "SELECT TIMESTAMP '9999-12-31 23:59:59.999999', TIMESTAMP '1969-12-31 00:00:00'",
            vec!["9999-12-31 23:59:59.999999", "1969-12-31 00:00:00"],
        ),
        (
            "SELECT TIME '23:59:59.5', TIME '-26:00:00'",
            vec!["23:59:59.5", "-26:00:00"],
        ),
        (
            "SHOW VARIABLES LIKE 'time_zone'",
            vec!["time_zone", "+00:00"],
        ),
    ] {
        assert_eq!(rows(db, sql), [expected], "{sql}");
    }
}

fn values_go_there_and_come_back(db: &mut dyn Connection) {
    let made = "CREATE TABLE kinds (b BOOLEAN, i BIGINT, n DECIMAL(65,30), f FLOAT, d DOUBLE, \
t LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, o LONGBLOB, a DATE, h TIME(6), \
p DATETIME(6), z DATETIME(6), u UUID, j JSON)";
    assert!(run(db, made, &[]).is_ok());
    let kinds = [
        Kind::Boolean,
        Kind::Integer,
        Kind::Decimal(30),
        Kind::Real,
        Kind::Double,
        Kind::Text,
        Kind::Blob,
        Kind::Date,
        Kind::Time,
        Kind::Timestamp,
        Kind::TimestampTz,
        Kind::Uuid,
        Kind::Json,
    ];
    let numeric = "-99999999999999999999999999999999999.999999999999999999999999999999";
    let moment =
        |text: &str| noctra_runtime::Timestamp::parse(text).unwrap_or_else(|| panic!("{text}"));
    let rows = [
        vec![Value::Null; 13],
        vec![
            Value::Boolean(true),
            Value::Integer(i64::MIN),
            Value::Numeric(numeric.into()),
            Value::Real(f32::MIN_POSITIVE),
            Value::Double(f64::MAX),
            Value::Text("it's \\ \"é\" \u{1F600} \0 end ".into()),
            Value::Blob((0..=255).collect()),
            Value::Date(moment("9999-12-31").date()),
            Value::Time(noctra_runtime::Time(86_399_999_999)),
            Value::Timestamp(moment("9999-12-31 23:59:59.999999")),
            Value::TimestampTz(moment("1900-01-01 00:00:00.000001")),
            Value::Uuid([0xab; 16]),
            Value::Json("{\"a\": [1, null]}".into()),
        ],
        vec![
            Value::Boolean(false),
            Value::Integer(i64::MAX),
            "0.1".parse().map_or(Value::Null, Value::Decimal),
            // MariaDB keeps a zero without its sign.
            Value::Real(f32::MAX),
            Value::Double(5e-324),
            Value::Text(String::new()),
            Value::Blob(Vec::new()),
            Value::Date(moment("0001-01-01").date()),
            Value::Time(noctra_runtime::Time(0)),
            Value::Timestamp(moment("0001-01-01 00:00:00")),
            Value::TimestampTz(moment("2024-02-29 12:00:00")),
            Value::Uuid([0; 16]),
            Value::Json("null".into()),
        ],
    ];
    for row in &rows {
        let insert = "INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let done = run(db, insert, row);
        assert!(done.is_ok(), "{done:?}");
        let given = read_as(db, "SELECT * FROM kinds", &[], &kinds);
        let text = |value: &Value| match value {
            Value::Null => "NULL".to_owned(),
            // The column has thirty digits behind the point.
            Value::Decimal(value) => format!("{:0<32}", value.to_string()),
            value => value.as_ref().to_string(),
        };
        let expected: Vec<String> = row.iter().map(text).collect();
        assert_eq!(given.unwrap_or_else(|error| panic!("{error}")), [expected]);
        assert!(run(db, "DELETE FROM kinds", &[]).is_ok());
    }
}

/// What is read differently by a driver, a server with backslashes, or a server in another character set.
fn hostile_texts_are_values(db: &mut dyn Connection) {
    const TEXTS: [&str; 12] = [
        "'",
        "\"",
        "\\",
        "\\'",
        "'; DROP TABLE kinds; --",
        "/* ",
        "*/",
        "-- ",
        "#",
        ":name ?",
        "\0",
        "ʼ＇",
    ];
    for text in TEXTS {
        let bound = run(db, "SELECT ?", &[Value::Text(text.into())]);
        assert_eq!(bound.ok(), Some(vec![vec![text.to_owned()]]));
        let literal = text.replace('\'', "''");
        let sql = format!("SELECT '{literal}', ':b', ' x '");
        let expected = [text, ":b", " x "].map(str::to_owned).to_vec();
        assert_eq!(run(db, &sql, &[]).ok(), Some(vec![expected]), "{sql}");
        let named = text.replace('"', "\"\"");
        if text.contains('\0') {
            continue;
        }
        let sql = format!("SELECT \"{named}\", 'C:\\', ':b' FROM (SELECT ? AS \"{named}\") t");
        let given = run(db, &sql, &[Value::Integer(7)]);
        match given {
            Ok(rows) => assert_eq!(rows, [["7", "C:\\", ":b"]], "{sql}"),
            // What cannot be sent is refused.
            Err(Error::Backend(error)) => assert!(text.contains("*/"), "{sql}: {error:?}"),
            Err(error) => panic!("{sql}: {error}"),
        }
    }
}

fn warnings_of_queries_are_errors(db: &mut dyn Connection) {
    let mut code = |sql: &str, kind: Kind| match read_as(db, sql, &[], &[kind]) {
        Ok(rows) => rows.concat().join(" "),
        Err(Error::Backend(error)) => error.sqlstate.unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    assert_eq!(code("SELECT 1 / 0", Kind::Numeric), "22012");
    assert_eq!(
        code("SELECT CAST('12abc' AS SIGNED)", Kind::Integer),
        "22P02"
    );
    assert_eq!(
        code("SELECT CAST('2024-13-01' AS DATE)", Kind::Date),
        "22007"
    );
    assert_eq!(
        code("SELECT CAST(12345 AS DECIMAL(3,0))", Kind::Numeric),
        "22003"
    );
    assert_eq!(
        code(
            "SELECT POW('[22011] negative substring length not allowed', -1)",
            Kind::Double
        ),
        "22011"
    );
    assert_eq!(code("SELECT 1 / 4", Kind::Decimal(2)), "0.25");
    // What nobody has compiled is the server's.
    assert_eq!(
        run(db, "SELECT 1 / 0", &[]).ok(),
        Some(vec![vec!["NULL".to_owned()]])
    );
}

fn errors_have_postgresqls_codes(db: &mut dyn Connection) {
    for sql in [
        "CREATE TABLE parents (id INT PRIMARY KEY)",
        "CREATE TABLE children (id INT NOT NULL, parent INT, UNIQUE (id), \
         FOREIGN KEY (parent) REFERENCES parents (id), CONSTRAINT small CHECK (id < 10))",
        "INSERT INTO children VALUES (1, NULL)",
    ] {
        assert!(run(db, sql, &[]).is_ok(), "{sql}");
    }
    for (sql, code) in [
        ("INSERT INTO children VALUES (1, NULL)", "23505"),
        ("INSERT INTO children VALUES (2, 5)", "23503"),
        ("INSERT INTO children VALUES (12, NULL)", "23514"),
        ("INSERT INTO children VALUES (NULL, NULL)", "23502"),
        ("INSERT INTO children (parent) VALUES (NULL)", "23502"),
        ("INSERT INTO children VALUES (99999999999, NULL)", "22003"),
        ("SELECT * FROM nowhere", "42P01"),
        ("SELECT nothing FROM children", "42703"),
        ("SELECT 1 FROM", "42601"),
        ("SELECT (SELECT 1 UNION SELECT 2)", "21000"),
        ("ROLLBACK TO SAVEPOINT nowhere", "3B001"),
        (
            "INSERT INTO children SELECT POW('[22011] no', -1), NULL",
            "22011",
        ),
    ] {
        assert_eq!(refused(db, sql).0, code, "{sql}");
    }
    let Err(Error::Backend(error)) = run(db, "SELECT 'é', nonsense", &[]) else {
        panic!("an unknown column is an error");
    };
    assert_eq!(error.position, Some(13));
    let Err(Error::Backend(error)) = run(db, "SELECT 1\nFROM FROM t", &[]) else {
        panic!("two FROM are an error");
    };
    assert_eq!(error.position, Some(14));
    assert_eq!(
        run(db, "UPDATE children SET parent = NULL", &[])
            .map(|_| ())
            .ok(),
        Some(())
    );
    let update = Query {
        sql: "UPDATE children SET parent = NULL",
        params: &[],
        columns: &[],
    };
    // It is found, though it does not change.
    assert_eq!(
        db.run(update, &mut Collect::default()).ok(),
        Some(Outcome::Changed(1))
    );
}

/// A text for each statement, in order; each must run.
fn all(db: &mut dyn Connection, texts: &[&str]) {
    for sql in texts {
        let done = run(db, sql, &[]);
        assert!(done.is_ok(), "{sql}: {done:?}");
    }
}

fn nothing_is_committed_silently(db: &mut dyn Connection) {
    all(
        db,
        &[
            "CREATE TABLE kept (a INT)",
            "BEGIN",
            "INSERT INTO kept VALUES (1)",
        ],
    );
    assert!(db.in_transaction());
    for sql in [
        "CREATE TABLE more (a INT)",
        "ALTER TABLE kept ADD b INT",
        "TRUNCATE kept",
        "DROP TABLE kept",
        "SET autocommit = 1",
    ] {
        assert_eq!(refused(db, sql).0, "25001", "{sql}");
    }
    // As on PostgreSQL the transaction goes on.
    all(
        db,
        &[
            "BEGIN",
            "SAVEPOINT a",
            "INSERT INTO kept VALUES (2)",
            "ROLLBACK TO SAVEPOINT a",
        ],
    );
    assert_eq!(
        run(db, "SELECT a FROM kept", &[]).ok(),
        Some(vec![vec!["1".to_owned()]])
    );
    all(db, &["CREATE TEMPORARY TABLE own (a INT)", "ROLLBACK"]);
    assert!(!db.in_transaction());
    assert_eq!(run(db, "SELECT a FROM kept", &[]).ok(), Some(Vec::new()));
    all(
        db,
        &[
            "START TRANSACTION",
            "INSERT INTO kept VALUES (3)",
            "COMMIT",
            "DROP TABLE kept",
        ],
    );
}

fn changes_are_refused_where_asked(db: &mut dyn Connection) {
    all(db, &["CREATE TABLE safe (a INT)"]);
    assert!(db.set_read_only(true).is_ok());
    assert_eq!(refused(db, "INSERT INTO safe VALUES (1)").0, "25006");
    assert_eq!(refused(db, "DROP TABLE safe").0, "25006");
    assert!(run(db, "SELECT * FROM safe", &[]).is_ok());
    assert!(db.set_read_only(false).is_ok());
    all(db, &["INSERT INTO safe VALUES (1)", "DROP TABLE safe"]);
}

/// Does something at the first row, and may want no other.
struct AtFirstRow<'f>(Option<Box<dyn FnOnce() + 'f>>, bool);

impl Rows for AtFirstRow<'_> {
    fn begin(&mut self, _: &[Column]) -> std::io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> std::io::Result<()> {
        if let Some(act) = self.0.take() {
            act();
        }
        if self.1 {
            return Ok(());
        }
        Err(std::io::Error::other("no more"))
    }
}

/// More rows than any buffer between here and there holds.
const MANY: Query<'_> = Query {
    sql: "SELECT seq, 'some text that is not too short' FROM seq_1_to_1000000000",
    params: &[],
    columns: &[],
};

fn what_is_not_read_is_ended(db: &mut dyn Connection) {
    let done = db.run(MANY, &mut AtFirstRow(None, false));
    assert!(matches!(done, Err(Error::Sink(_))), "{done:?}");
    assert_eq!(
        run(db, "SELECT 1", &[]).ok(),
        Some(vec![vec!["1".to_owned()]])
    );
}

/// MariaDB counts seven rows where it executes this again.
fn a_query_gives_the_same_rows_again(db: &mut dyn Connection) {
    all(
        db,
        &[
            "CREATE TABLE l (id int PRIMARY KEY, k int, n decimal(10,2))",
            "CREATE TABLE r (id int PRIMARY KEY, k int)",
            "INSERT INTO l VALUES (1, 1, 2.5), (2, NULL, NULL), (7, 3, -1)",
            "INSERT INTO r VALUES (1, 1), (2, 1), (3, 2), (4, NULL)",
        ],
    );
    let sql = "SELECT q.x, COUNT(*) AS c FROM (WITH a AS (SELECT id, k, n FROM l), b AS (SELECT id, x FROM (SELECT id, NULL AS x \
               FROM r) AS p LIMIT 18446744073709551615 OFFSET 0) SELECT a.id, k, n, b.id AS j, x FROM a LEFT JOIN b ON b.id = a.id \
               UNION ALL SELECT CAST(NULL AS SIGNED) AS id, CAST(NULL AS SIGNED) AS k, CAST(NULL AS DECIMAL(1,0)) AS n, id AS j, x \
               FROM b AS c WHERE NOT EXISTS (SELECT id, k, n FROM a AS d WHERE c.id = id)) AS q GROUP BY q.x";
    for _ in 0..3 {
        let rows = run(db, sql, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(rows, [["NULL", "5"]]);
    }
}

fn a_running_statement_is_cancelled(db: &mut dyn Connection, server: &MariaDb) {
    let handle = db.cancel_handle();
    let at_once = handle.clone();
    let cancel = move || {
        let handle = at_once;
        let _ = std::thread::spawn(move || handle.cancel()).join();
    };
    let done = db.run(MANY, &mut AtFirstRow(Some(Box::new(cancel)), true));
    assert!(matches!(done, Err(Error::Cancelled)), "{done:?}");
    assert_eq!(
        run(db, "SELECT 1", &[]).ok(),
        Some(vec![vec!["1".to_owned()]])
    );
    // Where nothing runs, nothing happens.
    handle.cancel();
    assert_eq!(
        run(db, "SELECT 2", &[]).ok(),
        Some(vec![vec!["2".to_owned()]])
    );
    // Before there is a row.
    let long = "SELECT count(*) FROM seq_1_to_1000000 a JOIN seq_1_to_1000000 b ON a.seq <> b.seq";
    let seen =
        "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT count%JOIN%'";
    let handle = db.cancel_handle();
    let done = std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut other = open(server);
            while !run(other.as_mut(), seen, &[]).is_ok_and(|rows| rows[0][0] != "0") {}
            handle.cancel();
        });
        run(db, long, &[])
    });
    assert!(matches!(done, Err(Error::Cancelled)), "{done:?}");
    assert_eq!(
        run(db, "SELECT 3", &[]).ok(),
        Some(vec![vec!["3".to_owned()]])
    );
}

fn the_catalog_tells_what_is_there(db: &mut dyn Connection) {
    all(
        db,
        &[
            "CREATE DATABASE beside",
            "CREATE TABLE beside.there (a INT)",
            "CREATE TABLE \"odd \"\" name\" (\"a ` b\" INT PRIMARY KEY)",
            "CREATE TABLE told (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, \
             t VARCHAR(20) NOT NULL DEFAULT 'it''s', s TEXT COLLATE utf8mb4_nopad_bin, ok BOOLEAN DEFAULT NULL, \
             j JSON, g INT AS (1 + 1), at DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6), parent INT, \
             UNIQUE KEY two (t, ok), KEY front (s(5)), CONSTRAINT big CHECK (parent > 0), \
             CONSTRAINT up FOREIGN KEY (parent) REFERENCES parents (id))",
            "CREATE VIEW looked AS SELECT id FROM parents",
            "CREATE FUNCTION own_one() RETURNS INT RETURN 1",
        ],
    );
    for at in 0..2_000 {
        let sql = format!("CREATE TABLE many_{at} (a INT PRIMARY KEY, b INT) ENGINE = MEMORY");
        all(db, &[&sql]);
    }
    let catalog = db.catalog().unwrap_or_else(|error| panic!("{error}"));
    let many = catalog.tables().iter();
    let many =
        many.filter(|t| t.name.starts_with("many_") && t.keys.len() == 1 && t.columns.len() == 2);
    assert_eq!(many.count(), 2_000);
    assert_eq!(catalog.schemas(), ["beside"]);
    assert!(catalog.has_function("OWN_ONE"));
    let there = catalog.find(Some("beside"), "there").map(|t| t.qualified());
    assert_eq!(there.as_deref(), Some("beside.there"));
    let odd = catalog
        .find(None, "odd \" name")
        .map(|t| t.columns[0].name.as_str());
    assert_eq!(odd, Some("a ` b"));
    let view = catalog
        .find(None, "looked")
        .map(|t| (t.kind.name(), t.definition.is_some()));
    assert_eq!(view, Some(("view", true)));
    let Some(told) = catalog.find(None, "told") else {
        panic!("no table told");
    };
    let columns: Vec<String> = told
        .columns
        .iter()
        .map(|c| {
            let marks = [
                (!c.nullable, "not null"),
                (c.identity, "identity"),
                (c.generated, "generated"),
                (c.collated, "collated"),
            ];
            let marks = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark);
            let default = c.default.as_deref().unwrap_or("-");
            format!(
                "{} {} {default} {}",
                c.name,
                c.ty,
                marks.collect::<Vec<_>>().join(",")
            )
        })
        .collect();
    assert_eq!(
        columns,
        [
            "id numeric(20,0) - not null,identity",
            "t varchar(20) 'it''s' not null,collated",
            "s text - ",
            "ok boolean - ",
            "j json - collated",
            "g integer - generated",
            "at timestamp current_timestamp(6) ",
            "parent integer - ",
        ]
    );
    let keys: Vec<_> = told
        .keys
        .iter()
        .map(|k| (k.primary, k.columns.clone()))
        .collect();
    assert_eq!(keys, [(true, vec![0]), (false, vec![1, 3])]);
    let indexes: Vec<&str> = told.indexes.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(indexes, ["front", "up"]);
    let foreign: Vec<_> = told
        .foreign_keys
        .iter()
        .map(|key| {
            (
                key.columns.clone(),
                key.table.as_str(),
                key.referred.concat(),
            )
        })
        .collect();
    assert_eq!(foreign, [(vec![7], "parents", "id".to_owned())]);
    let checks: Vec<_> = told.checks.iter().map(|c| c.condition.as_str()).collect();
    assert_eq!(checks, ["\"parent\" > 0"]);
}

fn a_lost_connection_is_an_error(db: &mut dyn Connection, mut server: MariaDb) {
    let crash = || server.crash();
    let done = db.run(MANY, &mut AtFirstRow(Some(Box::new(crash)), true));
    for done in [done, run(db, "SELECT 1", &[]).map(|_| Outcome::Rows(0))] {
        match done {
            Err(Error::Backend(error)) => {
                assert_eq!(error.sqlstate.as_deref(), Some("08006"), "{error:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}
