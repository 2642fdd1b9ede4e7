//! Changes in WITH where the database has none: what PostgreSQL's server says is expected of the others.

mod common;

use common::{csv, noctra, rqlc};
use noctra_test_servers::{MariaDb, Postgres};

const TABLES: &str = "\
CREATE TABLE stock (item INTEGER PRIMARY KEY, pieces INTEGER);
CREATE TABLE log (n INTEGER UNIQUE, word TEXT);
INSERT INTO stock VALUES (1, 10), (2, 20), (3, 30);
";

/// All in a transaction, values of parameters in each part, rows that are not asked for, `last`.
const SCRIPT: &str = "\
LET most = 2; LET word = 'x''y'; LET one = 1;
WITH gone AS (DELETE FROM stock WHERE item <= :most AND item >= :one RETURNING item, pieces),
  kept AS (INSERT INTO log SELECT item, :word || :one FROM gone WHERE pieces > :one RETURNING n, word)
  SELECT n + :one AS next, word, :most AS most FROM kept ORDER BY n;
SELECT sum(next) AS s FROM last;
BEGIN;
INSERT INTO log VALUES (70, 'before');
WITH a AS (INSERT INTO log VALUES (71, 'x') RETURNING n) SELECT n FROM a;
SELECT n FROM log ORDER BY n;
ROLLBACK;
SELECT n FROM log ORDER BY n;
BEGIN;
WITH a AS (INSERT INTO log VALUES (72, 'x') RETURNING n) INSERT INTO stock SELECT n, n FROM a;
COMMIT;
SET max_rows = 1;
WITH a AS (INSERT INTO log VALUES (80, 'p'), (81, 'q') RETURNING n) SELECT n FROM a ORDER BY n;
SET max_rows = off;
SELECT count(*) AS many FROM log;
BEGIN;
INSERT INTO log VALUES (90, 'before');
WITH a AS (INSERT INTO log VALUES (91, 'x') RETURNING n) SELECT 1 / (n - 91) AS d FROM a;
COMMIT;
SELECT n FROM log ORDER BY n;
SELECT * FROM stock ORDER BY item;
";

const EXPECTED: &str = "\
next,word,most
2,x'y1,2
3,x'y1,2
s
5
n
71
n
1
2
70
71
n
1
2
n
80
many
5
n
1
2
72
80
81
item,pieces
3,30
72,72
";

#[test]
fn parts_end_whole_or_not_at_all() {
    let postgres = Postgres::start();
    let mariadb = MariaDb::start();
    let mut databases = vec!["sqlite::memory:".to_owned(), "duckdb:".to_owned()];
    match &postgres {
        Ok(server) => databases.push(server.url()),
        Err(reason) => println!("NOT RUN: {reason}"),
    }
    match &mariadb {
        Ok(server) => databases.push(server.url()),
        Err(reason) => println!("NOT RUN: {reason}"),
    }
    for database in databases {
        let text = format!("{TABLES}SET on_error = continue;\n{SCRIPT}");
        let ran = csv(&database, &text);
        if ran.err.contains("--duckdb") {
            println!("NOT RUN: {}", ran.err);
            continue;
        }
        assert_eq!(ran.out, EXPECTED, "{database}: {}", ran.err);
        assert!(ran.err.contains("division by zero"), "{}", ran.err);
    }
}

#[test]
fn what_depends_on_a_change_is_refused() {
    const MORE: &str = "\
CREATE TABLE part (item INTEGER REFERENCES stock (item) ON DELETE CASCADE, name TEXT);
CREATE TABLE note (item INTEGER REFERENCES stock (item), name TEXT);
INSERT INTO note VALUES (1, 'first');
CREATE VIEW many AS SELECT item FROM stock WHERE pieces > 15;
";
    const TRIGGER: &str = "\
CREATE TRIGGER counts AFTER INSERT ON log BEGIN UPDATE stock SET pieces = 0; END;
";
    let refused = |more: &str, text: &str| {
        let ran = csv(
            "sqlite::memory:",
            &format!("{TABLES}{MORE}{more}{text};\nSELECT 1;"),
        );
        (ran.code, ran.err)
    };
    for (text, place) in [
        (
            "WITH g AS (DELETE FROM stock RETURNING item) SELECT count(*) FROM g, many",
            "many",
        ),
        (
            "WITH g AS (DELETE FROM stock RETURNING item) SELECT g.item FROM g JOIN part USING (item)",
            "part",
        ),
        (
            "WITH p AS (INSERT INTO part VALUES (9, 'x')) INSERT INTO stock VALUES (9, 1)",
            "WITH p",
        ),
        (
            "WITH g AS (DELETE FROM stock WHERE item = 3 RETURNING item) DELETE FROM part",
            "WITH g",
        ),
        (
            "WITH g AS (UPDATE stock SET item = item + 1 RETURNING item) UPDATE part SET name = 'x'",
            "WITH g",
        ),
    ] {
        let (code, err) = refused("", text);
        assert_eq!(code, Some(1), "{text}");
        assert!(err.contains("RQL0503"), "{text}: {err}");
        assert!(
            err.contains("stock in WITH") || err.contains("part in WITH"),
            "{text}: {err}"
        );
        let column = text.rfind(place).map(|at| at + 1).unwrap_or_default();
        assert!(err.contains(&format!(":{column} ]")), "{text}: {err}");
    }
    let with_trigger = "WITH a AS (INSERT INTO log VALUES (1, 'x') RETURNING n) SELECT n FROM a";
    let (code, err) = refused(TRIGGER, with_trigger);
    assert!(code == Some(1) && err.contains("a trigger"), "{err}");
    // A key that stays where it is takes nothing along, and what only refers stays too.
    for text in [
        "WITH up AS (UPDATE stock SET pieces = 1 RETURNING item) SELECT count(*) FROM up JOIN part USING (item)",
        "WITH g AS (DELETE FROM stock WHERE item = 3 RETURNING item) SELECT note.name FROM note, g",
        "WITH s AS (INSERT INTO stock VALUES (9, 1) RETURNING item) INSERT INTO part SELECT item, 'x' FROM s",
        "WITH p AS (DELETE FROM part RETURNING item) DELETE FROM stock WHERE item IN (SELECT item FROM p)",
    ] {
        let (code, err) = refused("", text);
        assert_eq!(code, Some(0), "{text}: {err}");
    }
}

#[test]
fn what_may_not_change_is_not_changed() {
    let text = "WITH a AS (INSERT INTO log VALUES (1, 'x') RETURNING n) SELECT n FROM a;\n";
    let ran = csv(
        "sqlite::memory:",
        &format!("{TABLES}SET read_only = on;\n{text}"),
    );
    assert!(
        ran.code == Some(1) && ran.err.contains("read_only"),
        "{}",
        ran.err
    );
    let sweep = "WITH a AS (DELETE FROM stock RETURNING item) SELECT count(*) FROM a;\n";
    let ran = noctra(&["--confirm", "always"], &format!("{TABLES}{sweep}"));
    assert!(
        ran.code == Some(1) && ran.err.contains("DELETE without WHERE"),
        "{}",
        ran.err
    );
    let ran = csv(
        "sqlite::memory:",
        &format!("{TABLES}EXPLAIN {text}SELECT count(*) FROM log;"),
    );
    let lines: Vec<&str> = ran.out.lines().collect();
    let [head, kept, scan, "count", "0"] = lines.as_slice() else {
        panic!("{}{}", ran.out, ran.err);
    };
    assert!(head.ends_with("detail"));
    assert!(kept.ends_with("the rows are kept in rql_a"));
    assert!(scan.ends_with("SCAN a"));
}

#[test]
fn the_compiler_numbers_the_parts() {
    let text = format!(
        "{TABLES}WITH gone AS (DELETE FROM stock WHERE item = :i RETURNING item) INSERT INTO log SELECT item, 'x' FROM gone;"
    );
    let parts = |dialect: &str| {
        let ran = rqlc(&["compile", "--dialect", dialect, "-"], &text);
        let text = ran.out;
        let from = text
            .find("WITH gone")
            .or_else(|| text.find("-- 1"))
            .unwrap_or_default();
        text[from..].to_owned()
    };
    assert_eq!(
        parts("duckdb"),
        "-- 1: the temporary table rql_gone (item) keeps what it gives\n\
         DELETE FROM stock WHERE item = $1 RETURNING item;\n\
         -- 2: what it gives is the result\n\
         INSERT INTO log SELECT item AS item, 'x' FROM rql_gone AS gone;\n\
         DROP TABLE rql_gone;\n\
         COMMIT;\n"
    );
    assert_eq!(
        parts("postgresql"),
        "WITH gone AS (DELETE FROM stock WHERE item = $1::integer RETURNING item) \
         INSERT INTO log SELECT item AS item, 'x' FROM gone;\n"
    );
}
