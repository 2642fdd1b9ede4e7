//! ALTER TABLE: the same rows and the same refusals on SQLite, where the table is built again, and on
//! PostgreSQL.

mod common;

use common::{noctra, rqlc};
use noctra_test_servers::Postgres;

const TABLES: &str = "\
CREATE TABLE dept (code TEXT PRIMARY KEY, title TEXT);
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT, price DECIMAL(10,2) DEFAULT 1.5, d DATE NOT NULL,
  dept TEXT, note VARCHAR(20) UNIQUE, small SMALLINT CHECK (small < 100), CONSTRAINT positive CHECK (n > 0));
CREATE TABLE u (id INTEGER REFERENCES t (id) ON DELETE CASCADE, n INTEGER);
CREATE INDEX t_s ON t (s);
INSERT INTO dept VALUES ('IT', 'Computers');
INSERT INTO t VALUES (1, 10, '5', 2.25, '2024-01-01', 'IT', 'a', 1), (2, 20, ' 6', NULL, '2024-02-29', NULL, 'b', NULL),
  (3, 30, NULL, 99.999, '2024-03-01', 'IT', NULL, 3);
INSERT INTO u VALUES (1, 1), (2, 2);
";

/// Each changes the table; then the same rows are there, and what follows does the same.
const GOOD: &[(&str, &str)] = &[
    (
        "ALTER TABLE t ALTER COLUMN n TYPE BIGINT",
        "UPDATE t SET n = 3000000000 WHERE id = 1",
    ),
    (
        "ALTER TABLE t ALTER n SET DATA TYPE TEXT USING 'n' || n, DROP CONSTRAINT positive",
        "UPDATE t SET n = 'x'",
    ),
    (
        "ALTER TABLE t ALTER COLUMN s TYPE INTEGER USING CAST(s AS INTEGER) + n",
        "UPDATE t SET s = s + 1",
    ),
    (
        "ALTER TABLE t ALTER COLUMN price TYPE DECIMAL(12,4)",
        "UPDATE t SET price = price / 3",
    ),
    (
        "ALTER TABLE t ALTER COLUMN price TYPE DOUBLE PRECISION",
        "UPDATE t SET price = price / 4",
    ),
    (
        "ALTER TABLE t ALTER COLUMN price TYPE INTEGER",
        "INSERT INTO t (id, d, price) VALUES (9, '2024-01-01', 7)",
    ),
    (
        "ALTER TABLE t ALTER COLUMN d TYPE TIMESTAMP",
        "UPDATE t SET d = d + INTERVAL '1 hour'",
    ),
    (
        "ALTER TABLE t ALTER COLUMN d TYPE TEXT",
        "UPDATE t SET d = d || '!'",
    ),
    (
        "ALTER TABLE t ALTER COLUMN note TYPE TEXT",
        "UPDATE t SET note = 'longer than twenty characters' WHERE id = 1",
    ),
    (
        "ALTER TABLE t ALTER COLUMN small TYPE INTEGER",
        "UPDATE t SET small = 99",
    ),
    (
        "ALTER TABLE t ALTER COLUMN price SET DEFAULT 7.125",
        "INSERT INTO t (id, d) VALUES (9, '2024-01-01')",
    ),
    (
        "ALTER TABLE t ALTER COLUMN price DROP DEFAULT",
        "INSERT INTO t (id, d) VALUES (9, '2024-01-01')",
    ),
    (
        "ALTER TABLE t ALTER s SET DEFAULT 'it''s'",
        "INSERT INTO t (id, d) VALUES (9, '2024-01-01')",
    ),
    (
        "ALTER TABLE t ALTER COLUMN d DROP NOT NULL",
        "INSERT INTO t (id) VALUES (9)",
    ),
    (
        "ALTER TABLE t ALTER COLUMN n SET NOT NULL",
        "UPDATE t SET n = 1",
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT few CHECK (n < 1000 OR s IS NULL)",
        "UPDATE t SET n = 999",
    ),
    (
        "ALTER TABLE t ADD CHECK (price > 0)",
        "UPDATE t SET price = 0.01",
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT once UNIQUE (n, s)",
        "UPDATE t SET n = n + 1",
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT works FOREIGN KEY (dept) REFERENCES dept (code) ON DELETE SET NULL",
        "DELETE FROM dept",
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT positive",
        "UPDATE t SET n = -1",
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_small_check",
        "UPDATE t SET small = 500",
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_note_key",
        "UPDATE t SET note = 'same'",
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS nobody",
        "UPDATE t SET n = 1",
    ),
    (
        "ALTER TABLE t ADD COLUMN x INTEGER NOT NULL DEFAULT 3 CHECK (x < 10), ADD COLUMN y TEXT UNIQUE",
        "UPDATE t SET x = 9, y = s",
    ),
    (
        "ALTER TABLE t ADD COLUMN twice DECIMAL(10,2) GENERATED ALWAYS AS (price * 2) STORED",
        "UPDATE t SET price = 1.25",
    ),
    (
        "ALTER TABLE t ADD COLUMN home TEXT REFERENCES dept (code)",
        "UPDATE t SET home = 'IT'",
    ),
    (
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS n TEXT",
        "UPDATE t SET n = 5",
    ),
    (
        "ALTER TABLE t DROP COLUMN IF EXISTS nobody, DROP COLUMN price",
        "DELETE FROM t WHERE id = 3",
    ),
    (
        "ALTER TABLE t ALTER COLUMN s TYPE INTEGER USING length(s), ALTER COLUMN s SET DEFAULT 4, ALTER COLUMN d DROP NOT NULL, ADD COLUMN z DATE DEFAULT '2024-05-05', DROP CONSTRAINT positive, ADD CONSTRAINT big CHECK (n < 100)",
        "INSERT INTO t (id, n) VALUES (9, -5)",
    ),
    (
        "ALTER TABLE u ALTER COLUMN n SET NOT NULL",
        "DELETE FROM t WHERE id = 1",
    ),
    (
        "ALTER TABLE u ADD CONSTRAINT u_key PRIMARY KEY (id)",
        "INSERT INTO u VALUES (3, NULL)",
    ),
    (
        "BEGIN; ALTER TABLE u ALTER COLUMN n SET NOT NULL; ROLLBACK",
        "INSERT INTO u VALUES (3, NULL)",
    ),
];

/// Both refuse, and the table is as it was.
const BAD: &[&str] = &[
    "ALTER TABLE t ALTER COLUMN s TYPE INTEGER",
    "ALTER TABLE t ALTER COLUMN s TYPE INTEGER USING CAST(note AS INTEGER)",
    "ALTER TABLE t ALTER COLUMN n TYPE DATE",
    "ALTER TABLE t ALTER COLUMN n TYPE SMALLINT USING n * 20000",
    "ALTER TABLE t ALTER COLUMN note TYPE VARCHAR(3) USING 'abcd'",
    "ALTER TABLE t ALTER COLUMN price SET NOT NULL",
    "ALTER TABLE t ALTER COLUMN nobody SET NOT NULL",
    "ALTER TABLE t ALTER COLUMN id DROP NOT NULL",
    "ALTER TABLE t ALTER COLUMN n SET DEFAULT 'x'",
    "ALTER TABLE t ADD CONSTRAINT few CHECK (n < 30)",
    "ALTER TABLE t ADD CONSTRAINT few CHECK (nobody < 30)",
    "ALTER TABLE t ADD CONSTRAINT once UNIQUE (dept)",
    "ALTER TABLE t ADD CONSTRAINT works FOREIGN KEY (s) REFERENCES dept (code)",
    "ALTER TABLE t DROP CONSTRAINT nobody",
    "ALTER TABLE t DROP COLUMN nobody, ADD COLUMN x TEXT",
    "ALTER TABLE t ADD COLUMN n TEXT",
    "ALTER TABLE t ADD COLUMN x INTEGER NOT NULL",
    "ALTER TABLE t ADD COLUMN x intger",
    "ALTER TABLE nowhere ALTER COLUMN n SET NOT NULL",
    "ALTER TABLE u ADD CONSTRAINT u_key PRIMARY KEY (n), ADD CONSTRAINT bad CHECK (id > 1)",
    "CREATE VIEW v AS SELECT id, s FROM t; ALTER TABLE t ALTER COLUMN s TYPE INTEGER USING 1",
];

const ROWS: &str =
    "SELECT * FROM t ORDER BY id; SELECT * FROM u ORDER BY id, n; SELECT * FROM dept;";

fn run(database: &str, text: &str) -> common::Ran {
    noctra(&["--db", database, "--format", "csv"], text)
}

#[test]
fn tables_change_alike() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let url = server.url();
    let memory = "sqlite::memory:";
    let fresh = |database: &str, text: &str| {
        let drop = "NATIVE SET client_min_messages = warning; NATIVE DROP VIEW IF EXISTS v; NATIVE DROP TABLE IF EXISTS u, t, dept;\n";
        let before = if database == url { drop } else { "\n" };
        format!("{before}{TABLES}{text}")
    };
    let mut wrong = Vec::new();
    for (alter, then) in GOOD {
        let text = format!("{alter};\n{ROWS}\n{then};\n{ROWS}");
        let [sqlite, postgresql] = [memory, url.as_str()].map(|database| {
            let ran = run(database, &fresh(database, &text));
            (ran.code, ran.err, ran.out)
        });
        if postgresql.0 != Some(0) || sqlite != postgresql {
            wrong.push(format!(
                "{alter}\n  sqlite {sqlite:?}\n  server {postgresql:?}"
            ));
        }
    }
    for alter in BAD {
        for database in [memory, &url] {
            let text = format!("SET on_error = continue;\n{alter};\n{ROWS}");
            let ran = run(database, &fresh(database, &text));
            let whole = run(database, &fresh(database, ROWS));
            if ran.code != Some(1) || ran.out != whole.out || !ran.err.contains("stdin:12:") {
                wrong.push(format!("{database}: {alter}\n{}{}", ran.out, ran.err));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_stands_on_a_table_stays() {
    let text = format!(
        "{TABLES}NATIVE CREATE TRIGGER kept AFTER DELETE ON t BEGIN DELETE FROM dept; END;
CREATE TABLE numbered (n BIGSERIAL PRIMARY KEY, what TEXT);
INSERT INTO numbered (what) VALUES ('a'), ('b'); DELETE FROM numbered;
ALTER TABLE numbered ALTER COLUMN what SET NOT NULL;
INSERT INTO numbered (what) VALUES ('c'); SELECT n FROM numbered;
ALTER TABLE t ALTER COLUMN n SET NOT NULL;
NATIVE SELECT type, name FROM sqlite_schema WHERE tbl_name = 't' AND sql IS NOT NULL ORDER BY name;
NATIVE PRAGMA foreign_keys;
DELETE FROM t WHERE id = 1; SELECT count(*) AS left FROM u; SELECT count(*) AS left FROM dept;
"
    );
    let ran = run("sqlite::memory:", &text);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "n\n3\ntype,name\ntrigger,kept\ntable,t\nindex,t_s\nforeign_keys\n1\nleft\n1\nleft\n0\n"
    );
    let inside = run(
        "sqlite::memory:",
        &format!("{TABLES}BEGIN; ALTER TABLE t ALTER COLUMN n SET NOT NULL;"),
    );
    assert!(inside.err.contains("COMMIT before it"), "{}", inside.err);
}

#[test]
fn standalone_text_says_who_does_it() {
    let folder = common::folder(&[(
        "a.rql",
        "CREATE TABLE t (a TEXT);\nALTER TABLE t ALTER COLUMN a SET NOT NULL, ADD CONSTRAINT c UNIQUE (a);\n",
    )]);
    let path = folder.path().join("a.rql");
    let path = path.to_string_lossy();
    let text = |dialect: &str| rqlc(&["compile", "--dialect", dialect, &path], "").out;
    assert_eq!(
        text("postgresql"),
        "CREATE TABLE t (a text);\nALTER TABLE t ALTER COLUMN a SET NOT NULL, ADD CONSTRAINT c UNIQUE (a);\n"
    );
    assert!(text("sqlite").contains("a session builds the table again"));
}

#[test]
fn schemas_and_sequences_are_postgresqls() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let text = "CREATE SCHEMA depot; CREATE SCHEMA IF NOT EXISTS depot;
CREATE TABLE depot.t (a INTEGER); INSERT INTO depot.t VALUES (1);
CREATE SEQUENCE ticket START WITH 1_00 INCREMENT BY 5 NO CYCLE;
SELECT nextval('ticket') AS a; SELECT nextval('ticket') AS b, currval('ticket') AS c;
SELECT * FROM depot.t; DROP SEQUENCE ticket; DROP SCHEMA depot CASCADE;";
    let ran = run(&server.url(), text);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out, "a\n100\nb,c\n105,105\na\n1\n");
    let ran = run("sqlite::memory:", text);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out, "a\n100\nb,c\n105,105\na\n1\n");
}

#[test]
fn columns_that_take_no_value_and_columns_that_need_one() {
    let table = "CREATE TABLE line (price DECIMAL(10,2) NOT NULL, pieces INTEGER DEFAULT 1,
  total DECIMAL(12,2) GENERATED ALWAYS AS (price * pieces) STORED);\n";
    let said = |statement: &str| run("sqlite::memory:", &format!("{table}{statement};")).err;
    for wrong in [
        "INSERT INTO line VALUES (1, 2, 3)",
        "INSERT INTO line (total) SELECT 1",
        "UPDATE line SET total = 1",
        "MERGE INTO line USING line AS l ON FALSE WHEN NOT MATCHED THEN INSERT (price, total) VALUES (1, 2)",
    ] {
        assert!(said(wrong).contains("RQL0304"), "{wrong}\n{}", said(wrong));
    }
    for right in [
        "INSERT INTO line VALUES (1, 2, DEFAULT)",
        "INSERT INTO line (price) VALUES (1)",
        "UPDATE line SET total = DEFAULT WHERE FALSE",
    ] {
        let message = said(right);
        // What SQLite computes it alone knows, and the way out says so.
        assert!(
            message.is_empty() || message.contains("DEFAULT of total"),
            "{message}"
        );
    }
    assert!(said("INSERT INTO line (pieces) VALUES (1)").contains("RQL0305"));
    assert!(!said("INSERT INTO line (pieces) SELECT 1 WHERE FALSE").contains("RQL0305"));
}
