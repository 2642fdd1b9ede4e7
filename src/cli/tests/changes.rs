//! Statements that change data: the same script leaves the same rows on SQLite and PostgreSQL, and
//! what one refuses the other refuses too. What is expected is the server's answer.

mod common;

use common::csv;
use noctra_test_servers::Postgres;

const TABLES: &str = "\
NATIVE CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(5), price DECIMAL(10,2), d DATE,
  at TIMESTAMP, ok BOOLEAN, small SMALLINT, x DOUBLE PRECISION, note TEXT DEFAULT 'none',
  CHECK (small < 1000));
NATIVE CREATE TABLE u (id INTEGER PRIMARY KEY REFERENCES t (id), n INTEGER NOT NULL);
INSERT INTO t (id, name, price, d, at, ok, small, x) VALUES
  (1, 'a', 12.345, '2024-02-29', '2024-02-29 12:00', TRUE, 7, 1.5),
  (2, 'b   ', 3, NULL, DATE '2024-03-01', 'f', 2.5, 2),
  (3, 'cdefg  ', 0.005, DATE '2024-01-31' + 1, NULL, NULL, NULL, NULL);
INSERT INTO u VALUES (1, 10), (2, 20);
";

/// Each runs on the tables above; the rows of both are compared afterwards.
const CHANGES: &[&str] = &[
    "INSERT INTO t (id, name) SELECT id + 10, name FROM t WHERE price > 1",
    "INSERT INTO t (id, price) SELECT id + 10, price * 1.1 FROM t ORDER BY id LIMIT 2",
    "INSERT INTO t (id, price) SELECT 10, 1 UNION SELECT 11, 2.555 UNION SELECT 12, NULL",
    "INSERT INTO t (id, name, note) SELECT DISTINCT 30 + id, id, price FROM t",
    "INSERT INTO t (id, note) VALUES (20, DEFAULT), (21, DEFAULT)",
    "INSERT INTO t (note, id) VALUES (1.50, 22) RETURNING id, note, price IS NULL AS free",
    "INSERT INTO t BY NAME SELECT 7.5 AS price, 23 AS id",
    "INSERT INTO t (id, price) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET price = t.price + excluded.price",
    "INSERT INTO t AS old (id, small) VALUES (1, 5), (9, 9) ON CONFLICT (id) DO UPDATE SET small = excluded.small WHERE old.small > 100",
    "INSERT INTO t (id, price) SELECT id, price FROM t ON CONFLICT DO NOTHING",
    "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO NOTHING RETURNING id",
    "WITH big AS (SELECT max(id) + 1 AS id FROM t) INSERT INTO t (id) SELECT id FROM big",
    "UPDATE t SET price = price * 2, name = upper(name) WHERE id < 3 RETURNING *",
    "UPDATE t SET small = id, id = small WHERE id = 1 AND FALSE",
    "UPDATE t SET price = small, small = 5 WHERE id = 2",
    "UPDATE t SET (price, d) = (SELECT sum(price), max(d) FROM t) WHERE id = 3",
    "UPDATE t AS x SET (small, note) = (SELECT n, 'u' FROM u WHERE u.id = x.id)",
    "UPDATE t SET (name, ok) = ('new', NOT ok)",
    "UPDATE t SET small = u.n FROM u WHERE u.id = t.id RETURNING t.id, small",
    "UPDATE t SET small = u.n + v.n FROM u JOIN u AS v ON v.id > u.id WHERE u.id = t.id",
    "UPDATE t SET price = 1 / 3.0",
    "UPDATE t SET x = price, note = price",
    "DELETE FROM u",
    "DELETE FROM u USING t WHERE t.id = u.id AND t.price > 5 RETURNING u.id",
    "DELETE FROM u AS gone USING t JOIN u AS other ON other.id <> t.id WHERE gone.id = t.id AND other.n = 10",
    "WITH some AS (SELECT id FROM t WHERE id > 1) DELETE FROM u WHERE id IN (SELECT id FROM some)",
    "DELETE FROM u WHERE n > (SELECT avg(n) FROM u) RETURNING *",
];

/// None of these changes anything.
const MISTAKES: &[&str] = &[
    "INSERT INTO t (id, name) VALUES (5, 'abcdef')",
    "INSERT INTO t (id, name) SELECT 5, 'abc' || 'def'",
    "INSERT INTO t (id, price) VALUES (5, 123456789)",
    "INSERT INTO t (id, price) SELECT 5, 99999999.995",
    "INSERT INTO t (id, small) VALUES (5, 32768)",
    "INSERT INTO t (id, small) SELECT 5, id * 20000 FROM t WHERE id = 2",
    "INSERT INTO t (id, small) VALUES (5, 1000)",
    "INSERT INTO t (id, d) VALUES (5, '2023-02-29')",
    "INSERT INTO t (id, d) VALUES (5, 20240101)",
    "INSERT INTO t (id, ok) VALUES (5, 1)",
    "INSERT INTO t (id, ok) VALUES (5, 'perhaps')",
    "INSERT INTO t (id, x) SELECT 5, name FROM t",
    "INSERT INTO t (id) VALUES (1)",
    "INSERT INTO t (id) VALUES (5), (5)",
    "INSERT INTO t (id, id) VALUES (5, 6)",
    "INSERT INTO t (id, nobody) VALUES (5, 6)",
    "INSERT INTO t (id, name) VALUES (5)",
    "INSERT INTO u VALUES (1, 2, 3)",
    "INSERT INTO u VALUES (3, NULL)",
    "INSERT INTO u (id) VALUES (3)",
    "INSERT INTO u VALUES (77, 1)",
    "INSERT INTO nowhere VALUES (1)",
    "INSERT INTO t (id, price) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET price = price + 1",
    "INSERT INTO t (id, price) VALUES (1, 5) ON CONFLICT DO UPDATE SET price = 1",
    "UPDATE t SET id = 1",
    "UPDATE t SET price = 'much'",
    "UPDATE t SET (price, small) = (1, 2, 3)",
    "UPDATE t SET (price, small) = (SELECT price, small FROM t)",
    "UPDATE t SET price = sum(price)",
    "UPDATE t SET price = 1, price = 2",
    "UPDATE t SET price = id / 0",
    "UPDATE u SET n = NULL",
    "UPDATE t SET small = u.n FROM t AS u",
    "DELETE FROM t",
    "DELETE FROM t WHERE id",
    "DELETE FROM t WHERE nobody = 1",
];

const ROWS: &str = "SELECT * FROM t ORDER BY id; SELECT * FROM u ORDER BY id;";

#[test]
fn the_same_script_leaves_the_same_rows() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let url = server.url();
    let fresh = |database: &str, text: &str| {
        let drop = if database == url {
            "NATIVE DROP TABLE IF EXISTS u, t; "
        } else {
            ""
        };
        csv(database, &format!("{drop}{text}"))
    };
    let memory = "sqlite::memory:";
    for change in CHANGES {
        let text = format!("{TABLES}{change};\n{ROWS}");
        let [sqlite, postgresql] = [memory, url.as_str()].map(|database| fresh(database, &text));
        assert_eq!(postgresql.code, Some(0), "{change}\n{}", postgresql.err);
        assert_eq!(sqlite.code, Some(0), "{change}\n{}", sqlite.err);
        assert_eq!(sqlite.out, postgresql.out, "{change}");
    }
    for mistake in MISTAKES {
        let text = format!("{TABLES}{mistake};");
        for database in [memory, &url] {
            let ran = fresh(database, &text);
            assert_eq!(ran.code, Some(1), "{database}: {mistake}");
            // The message points at the statement, whoever has found the mistake.
            assert!(ran.err.contains("stdin:10:"), "{mistake}\n{}", ran.err);
        }
    }
}

/// Whole scripts: what they print, and whether they fail, is the same.
const TRANSACTIONS: &[&str] = &[
    "BEGIN; DELETE FROM u; ROLLBACK;",
    "BEGIN ISOLATION LEVEL SERIALIZABLE; DELETE FROM u; COMMIT;",
    "BEGIN; DELETE FROM u; SAVEPOINT a; INSERT INTO u VALUES (1, 1); ROLLBACK TO a; COMMIT;",
    "BEGIN; SAVEPOINT a; DELETE FROM u; RELEASE a; COMMIT;",
    "BEGIN; DELETE FROM u WHERE id = 1; SAVEPOINT \"A b\"; ROLLBACK TO SAVEPOINT \"A b\"; ROLLBACK;",
    "TRUNCATE u;",
    "BEGIN; TRUNCATE TABLE u; ROLLBACK;",
];

#[test]
fn transactions_end_alike() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let url = server.url();
    let memory = "sqlite::memory:";
    for script in TRANSACTIONS {
        let drop = "NATIVE DROP TABLE IF EXISTS u, t;";
        let text = format!("{TABLES}{script}\n{ROWS}");
        let sqlite = csv(memory, &text);
        let postgresql = csv(&url, &format!("{drop}{text}"));
        assert_eq!(
            (sqlite.code, sqlite.err.as_str()),
            (Some(0), ""),
            "{script}"
        );
        assert_eq!(sqlite.out, postgresql.out, "{script}");
    }
    for script in [
        "SAVEPOINT a",
        "RELEASE a",
        "TRUNCATE nowhere",
        "ROLLBACK TO a",
    ] {
        for database in [memory, &url] {
            assert_eq!(csv(database, script).code, Some(1), "{database}: {script}");
        }
    }
    let plan = csv(
        memory,
        &format!("{TABLES}EXPLAIN UPDATE t SET price = 1 WHERE id = 1;"),
    );
    assert!(plan.out.contains("SEARCH t"), "{}{}", plan.out, plan.err);
}

#[test]
fn explain_shows_what_runs() {
    let made = "CREATE TABLE s (day DATE, region TEXT, amount INTEGER);";
    let sum = "SELECT RUNSUM(amount) OVER w FROM s WINDOW w AS (PARTITION BY region ORDER BY day)";
    let inner = "SELECT x * 2 FROM (SELECT RUNSUM(amount) OVER w AS x FROM s \
        WINDOW w AS (PARTITION BY region ORDER BY day)) q WHERE x > 1";
    let added =
        "RUNSUM(amount) OVER w: added up for each region while these rows pass (running = manual)";
    for database in ["sqlite::memory:", "duckdb::memory:"] {
        let plan = |running: &str, explain: &str| {
            let plan = csv(
                database,
                &format!("{made} SET running = {running}; {explain};"),
            );
            assert_eq!(plan.code, Some(0), "{}", plan.err);
            plan.out
        };
        // The feed has no window, and the query no sums.
        for explain in ["EXPLAIN", "EXPLAIN ANALYZE"] {
            let manual = plan("manual", &format!("{explain} {sum}"));
            assert!(manual.contains(added), "{manual}");
            assert!(
                !manual.to_lowercase().contains("over (partition"),
                "{manual}"
            );
            let window = plan("window", &format!("{explain} {sum}"));
            assert!(!window.contains("added up"), "{window}");
        }
        // What reads the sums is explained behind them.
        let staged = plan("manual", &format!("EXPLAIN {inner}"));
        assert!(
            staged.contains(&format!("{added}, into rql_stage_1")),
            "{staged}"
        );
    }
    let read = csv(
        "sqlite::memory:",
        &format!("{made} SET running = manual; EXPLAIN {inner};"),
    );
    assert!(
        read.out.trim_end().ends_with("SCAN rql_stage_1"),
        "{}",
        read.out
    );
}

/// What a table made by RQL holds and refuses is the same on both.
const MADE: &str = "\
CREATE TABLE dept (code VARCHAR(4) PRIMARY KEY, title TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS emp (
  id INTEGER PRIMARY KEY, dept VARCHAR(4) REFERENCES dept (code) ON DELETE CASCADE,
  salary DECIMAL(10,2) NOT NULL DEFAULT 1000.5 CHECK (salary > 0),
  big DECIMAL(20,4), free NUMERIC, since DATE DEFAULT '2024-01-01', ok BOOLEAN DEFAULT TRUE,
  half DECIMAL(10,2) GENERATED ALWAYS AS (salary / 2) STORED,
  CONSTRAINT sane CHECK (since >= DATE '2000-01-01' OR NOT ok), UNIQUE (dept, salary));
CREATE TABLE log (n BIGSERIAL PRIMARY KEY, what TEXT);
CREATE UNIQUE INDEX log_what ON log (lower(what)) WHERE n > 0;
CREATE INDEX emp_since ON emp (since DESC, dept);
CREATE VIEW rich (who, pay) AS SELECT id, salary FROM emp WHERE salary > 1000;
ALTER TABLE log ADD COLUMN weight DECIMAL(5,1) DEFAULT 2.5;
ALTER TABLE log RENAME COLUMN what TO why;
INSERT INTO dept VALUES ('IT', 'Computers'), ('HR', 'People');
INSERT INTO emp (id, dept) VALUES (1, 'IT');
INSERT INTO emp (id, dept, salary, big, free) VALUES
  (2, 'HR', 99999999.99, 9999999999999999.9999, 1.50), (3, NULL, 0.01, -9.5, 12345678901234567890.123);
INSERT INTO log (why) VALUES ('a'), ('b');
";

const SHOWN: &str = "SELECT * FROM emp ORDER BY big, id; SELECT * FROM log ORDER BY n;
SELECT who, pay FROM rich ORDER BY who; SELECT big, sum(salary) OVER () AS pay FROM emp ORDER BY free, id;";

const BROKEN: &[&str] = &[
    "INSERT INTO emp (dept) VALUES ('IT')",
    "INSERT INTO emp (id, salary) VALUES (9, 0)",
    "INSERT INTO emp (id, dept) VALUES (9, 'XX')",
    "INSERT INTO emp (id, since) VALUES (9, '1999-12-31')",
    "INSERT INTO emp (id, big) VALUES (9, 12345678901234567)",
    "INSERT INTO emp (id, half) VALUES (9, 1)",
    "INSERT INTO dept VALUES (NULL, 'x')",
    "INSERT INTO log (why) VALUES ('A')",
    "DROP TABLE dept",
    "DROP TABLE nowhere",
    "CREATE TABLE emp (id INTEGER)",
    "CREATE TABLE twice (id INTEGER, id INTEGER)",
    "CREATE TABLE wrong (id INTEGER CHECK (ident > 0))",
    "CREATE TABLE wrong (id INTEGER DEFAULT 'x')",
    "CREATE INDEX i ON emp (nobody)",
    "CREATE VIEW v AS SELECT nobody FROM emp",
    "ALTER TABLE emp DROP COLUMN nobody",
];

#[test]
fn tables_made_hold_and_refuse_alike() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let url = server.url();
    let memory = "sqlite::memory:";
    let drop =
        "NATIVE DROP VIEW IF EXISTS rich; NATIVE DROP TABLE IF EXISTS emp, dept, log CASCADE;";
    let answers = |change: &str| {
        let text = format!("{MADE}{change};\n{SHOWN}");
        [csv(memory, &text), csv(&url, &format!("{drop}{text}"))]
    };
    for change in [
        "DELETE FROM dept WHERE code = 'HR'",
        "UPDATE emp SET big = big * 2 WHERE id = 3",
    ] {
        let [sqlite, postgresql] = answers(change);
        assert_eq!(
            (sqlite.code, sqlite.err.as_str()),
            (Some(0), ""),
            "{change}"
        );
        assert_eq!(sqlite.out, postgresql.out, "{change}");
    }
    for broken in BROKEN {
        for ran in answers(broken) {
            assert_eq!(ran.code, Some(1), "{broken}");
            assert!(ran.err.contains("stdin:19:"), "{broken}\n{}", ran.err);
        }
    }
}

#[test]
fn sqlite_numbers_no_null_and_updates_no_row_twice() {
    let memory = "sqlite::memory:";
    let table =
        "CREATE TABLE t (id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a TEXT); ";
    let null = "LET none = CAST(NULL AS INTEGER); INSERT INTO t (id, a) VALUES (:none, 'a')";
    let ran = csv(memory, &format!("{table}{null}"));
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("SQLSTATE 23502"), "{}", ran.err);

    // Without numbers of rows what was written cannot be told apart, so that is refused before it runs.
    let keyed = "NATIVE CREATE TABLE w (k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID; ";
    let upsert = "ON CONFLICT (k) DO UPDATE SET n = excluded.n";
    let plain = format!("INSERT INTO w VALUES ('a', 1), ('b', 2) {upsert}; ");
    let query = format!("INSERT INTO w SELECT k, n + 1 FROM w WHERE true {upsert}; ");
    let rows = "SELECT * FROM w ORDER BY k";
    assert_eq!(
        csv(memory, &format!("{keyed}{plain}{rows}")).out,
        "k,n\na,1\nb,2\n"
    );
    let ran = csv(memory, &format!("{keyed}{plain}{query}"));
    assert!(ran.err.contains("RQL0503"), "{}", ran.err);
}

#[test]
fn merge_finds_rows_without_a_number_by_their_key() {
    let memory = "sqlite::memory:";
    let table =
        "CREATE TABLE p (a INTEGER, b TEXT, n DECIMAL(6,2), PRIMARY KEY (a, b)) WITHOUT ROWID;
INSERT INTO p VALUES (1, 'x', 1.5), (1, 'y', 2), (2, 'x', 3), (2, 'y', 4);";
    let merge =
        "MERGE INTO p USING (VALUES (1, 10), (2, 20), (3, 30)) v (a, n) ON p.a = v.a AND p.b = 'y'
WHEN MATCHED AND v.n > 15 THEN DELETE
WHEN MATCHED THEN UPDATE SET b = 'z', n = p.n + v.n
WHEN NOT MATCHED THEN INSERT VALUES (v.a, 'new', v.n);";
    let ran = csv(
        memory,
        &format!("{table}{merge}SELECT * FROM p ORDER BY a, b"),
    );
    assert_eq!(
        ran.out, "a,b,n\n1,x,1.50\n1,z,12.00\n2,x,3.00\n3,new,30.00\n",
        "{}",
        ran.err
    );
    let twice = "MERGE INTO p USING (VALUES (1), (1)) v (a) ON p.a = v.a AND p.b = 'x' WHEN MATCHED THEN DELETE;";
    let ran = csv(memory, &format!("{table}{twice}"));
    assert!(
        ran.err.contains("cannot affect row a second time"),
        "{}",
        ran.err
    );
}
