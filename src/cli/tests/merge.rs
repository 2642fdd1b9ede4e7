//! MERGE: the same rows, the same count and the same refusals on SQLite and PostgreSQL.

mod common;

use common::{csv, noctra};
use noctra_test_servers::Postgres;

const TABLES: &str = "\
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, price DECIMAL(10,2), d DATE, note TEXT DEFAULT 'none');
CREATE TABLE k (a INTEGER, b TEXT, n INTEGER NOT NULL DEFAULT 7 CHECK (n < 1000));
CREATE TABLE s (id INTEGER, n INTEGER, price DECIMAL(10,2), d DATE);
INSERT INTO t VALUES (1, 10, 1.5, '2024-01-01', 'a'), (2, 20, 2.5, NULL, 'b'), (3, 30, NULL, '2024-03-03', 'c');
INSERT INTO k VALUES (1, 'x', 1), (1, 'y', 2), (NULL, 'z', 3), (NULL, 'w', 4);
INSERT INTO s VALUES (1, 1, 0.15, '2024-02-29'), (2, NULL, 0.25, NULL), (4, 4, 99.99, '2024-04-04'),
  (NULL, 5, 0.5, NULL);
LET lim = 2; LET word = 'w';
";

/// Each leaves the same rows and says the same count.
const GOOD: &[&str] = &[
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = t.n + s.n",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED AND s.id IS NOT NULL THEN INSERT VALUES (s.id, s.n, s.price, s.d, 'new')",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED AND s.id IS NOT NULL THEN INSERT (price, id) VALUES (s.price * 2, s.id)",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = 0 WHEN NOT MATCHED THEN INSERT (id, n) VALUES (coalesce(s.id, 99), s.n)",
    "MERGE INTO t AS x USING s AS y ON x.id = y.id WHEN MATCHED AND y.n IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET price = x.price + y.price, d = y.d WHEN NOT MATCHED THEN DO NOTHING",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.n >= :lim THEN DELETE WHEN MATCHED AND t.n > 10 THEN UPDATE SET note = :word WHEN NOT MATCHED AND s.n > :lim + 2 THEN INSERT (id, note) VALUES (50, :word)",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED AND FALSE THEN INSERT (id) VALUES (s.id)",
    "MERGE INTO t USING s ON FALSE WHEN NOT MATCHED THEN INSERT (id, n) VALUES (coalesce(s.n, 0) + 100, 1) WHEN MATCHED THEN DELETE",
    // A condition that is NULL does not hold, and the next arm is tried.
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.n > 0 THEN DELETE WHEN MATCHED AND s.n IS NULL THEN UPDATE SET n = -1",
    // What an arm computes is computed for its rows alone.
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND t.id = 2 THEN UPDATE SET n = 100 / (t.id - 1) WHEN NOT MATCHED AND s.id = 4 THEN INSERT (id, n) VALUES (s.id, 10 / (s.id - 3))",
    "MERGE INTO t USING (SELECT id, count(*) AS c, sum(price) AS p FROM s GROUP BY id) AS g ON t.id = g.id WHEN MATCHED THEN UPDATE SET n = g.c, price = g.p",
    "MERGE INTO t USING (VALUES (1, 'one'), (7, 'seven')) AS v (id, word) ON v.id = t.id WHEN MATCHED THEN UPDATE SET note = v.word WHEN NOT MATCHED THEN INSERT (id, note) VALUES (v.id, v.word)",
    "WITH some AS (SELECT id, n FROM s WHERE n < 5) MERGE INTO t USING some ON t.id = some.id WHEN MATCHED THEN UPDATE SET n = some.n WHEN NOT MATCHED THEN INSERT (id, n) VALUES (some.id, some.n)",
    "WITH big AS (SELECT max(n) AS n FROM s) MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = (SELECT n FROM big)",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND EXISTS (SELECT 1 FROM t AS o WHERE o.n > t.n + 10) THEN UPDATE SET (n, note) = (SELECT k.n, k.b FROM k WHERE k.a = t.id AND k.b = 'x')",
    "MERGE INTO t USING t AS o ON t.id = o.id + 1 WHEN MATCHED THEN UPDATE SET n = o.n, note = o.note WHEN NOT MATCHED THEN INSERT (id) VALUES (o.id + 20)",
    // A table without a key, with NULLs in what is compared, and rows that are all alike.
    "MERGE INTO k USING s ON k.a = s.id WHEN MATCHED THEN UPDATE SET n = k.n + s.n + 1 WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.id, 'new')",
    "MERGE INTO k USING s ON k.a IS NOT DISTINCT FROM s.id WHEN MATCHED AND k.b <> 'w' THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'n')",
    "MERGE INTO k USING s ON k.a = s.id WHEN NOT MATCHED AND s.id = 4 THEN INSERT (a, n) VALUES (s.id, DEFAULT)",
    // Several rows of the source match, and one acts.
    "MERGE INTO t USING (VALUES (1, 5), (1, 6)) AS v (id, n) ON t.id = v.id WHEN MATCHED AND v.n = 5 THEN UPDATE SET n = v.n",
    "MERGE INTO t USING (VALUES (1, 5), (1, 6)) AS v (id, n) ON t.id = v.id WHEN MATCHED AND v.n = 5 THEN UPDATE SET n = v.n WHEN MATCHED THEN DO NOTHING",
    "MERGE INTO t USING s ON t.id = s.id AND s.price > 0.2 WHEN MATCHED THEN UPDATE SET price = s.price / 3, note = s.price",
    "BEGIN; MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE; ROLLBACK",
    "BEGIN; MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE; MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED AND s.id = 1 THEN INSERT (id) VALUES (1); COMMIT",
    "MERGE INTO t USING (s JOIN k ON k.a = s.id AND k.b = 'y') ON t.id = s.id WHEN MATCHED THEN UPDATE SET note = k.b",
];

/// Both refuse, and nothing changes.
const BAD: &[&str] = &[
    "MERGE INTO t USING (VALUES (1, 5), (1, 6)) AS v (id, n) ON t.id = v.id WHEN MATCHED THEN UPDATE SET n = v.n",
    "MERGE INTO t USING (VALUES (1, 5), (1, 6)) AS v (id, n) ON t.id = v.id WHEN MATCHED THEN DELETE",
    "MERGE INTO t USING (VALUES (1, 5), (1, 6)) AS v (id, n) ON t.id = v.id WHEN MATCHED AND v.n = 5 THEN DELETE WHEN MATCHED THEN UPDATE SET n = 0",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (1)",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
    "MERGE INTO k USING s ON k.a = s.id WHEN MATCHED THEN UPDATE SET n = 1000 WHEN NOT MATCHED THEN INSERT (a) VALUES (1)",
    "MERGE INTO k USING s ON k.a = s.id WHEN MATCHED THEN UPDATE SET n = NULL",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = t.n / (s.n - 1)",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET price = 123456789",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET nobody = 1",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = 'x'",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = 1, n = 2",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (t.id)",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED AND t.n > 1 THEN INSERT (id) VALUES (s.id)",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id)",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id, 1)",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN MATCHED THEN UPDATE SET n = 1",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN INSERT (id) VALUES (1)",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN DELETE",
    "MERGE INTO t USING s ON id = 1 WHEN MATCHED THEN DELETE",
    "MERGE INTO t USING s ON t.id WHEN MATCHED THEN DELETE",
    "MERGE INTO t USING t ON TRUE WHEN MATCHED THEN DELETE",
    "MERGE INTO t USING s ON count(*) > 1 WHEN MATCHED THEN DELETE",
    "MERGE INTO nowhere USING s ON TRUE WHEN MATCHED THEN DELETE",
    "MERGE INTO t USING nowhere ON TRUE WHEN MATCHED THEN DELETE",
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE RETURNING t.id",
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE",
];

const ROWS: &str =
    "SELECT * FROM t ORDER BY id; SELECT * FROM k ORDER BY a, b, n; SELECT count(*) FROM s;";

/// How many rows the last change has changed.
fn changed(database: &str, text: &str) -> String {
    let ran = noctra(&["--db", database, "--format", "box"], text);
    let mut lines = ran.err.lines().filter(|line| line.contains("changed"));
    lines.next_back().unwrap_or_default().to_owned()
}

#[test]
fn merge_leaves_the_same_rows() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let url = server.url();
    let memory = "sqlite::memory:";
    let drop = "NATIVE SET client_min_messages = warning; NATIVE DROP TABLE IF EXISTS t, k, s;\n";
    let fresh = |database: &str, text: &str| {
        let before = if database == url { drop } else { "\n" };
        format!("{before}{TABLES}{text}")
    };
    let mut wrong = Vec::new();
    for merge in GOOD {
        let [sqlite, postgresql] = [memory, url.as_str()].map(|database| {
            let ran = csv(database, &fresh(database, &format!("{merge};\n{ROWS}")));
            let text = fresh(database, &format!("{merge};"));
            (ran.code, ran.err, ran.out, changed(database, &text))
        });
        if postgresql.0 != Some(0) || sqlite != postgresql {
            wrong.push(format!(
                "{merge}\n  sqlite {sqlite:?}\n  server {postgresql:?}"
            ));
        }
    }
    for merge in BAD {
        for database in [memory, &url] {
            let text = fresh(
                database,
                &format!("SET on_error = continue;\n{merge};\n{ROWS}"),
            );
            let ran = csv(database, &text);
            let whole = csv(database, &fresh(database, ROWS));
            if ran.code != Some(1) || ran.out != whole.out || !ran.err.contains("stdin:11:") {
                wrong.push(format!("{database}: {merge}\n{}{}", ran.out, ran.err));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_message_says_what_is_wrong() {
    let said = |merge: &str| csv("sqlite::memory:", &format!("{TABLES}{merge};")).err;
    assert!(
        said(BAD[0]).contains("cannot affect row a second time"),
        "{}",
        said(BAD[0])
    );
    let by_source = said(
        "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED BY SOURCE AND t.n > 1 THEN DELETE",
    );
    assert!(by_source.contains("NOT EXISTS"), "{by_source}");
    let itself = said(
        "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = (SELECT max(n) FROM t)",
    );
    assert!(itself.contains("join it in USING"), "{itself}");
}
