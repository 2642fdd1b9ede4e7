//! What a session keeps so as not to do it again, as SHOW CACHE tells it.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{csv, noctra};

/// The last row of SHOW CACHE for one of them: hits, misses, entries.
fn usage(out: &str, cache: &str) -> [u64; 3] {
    let start = format!("{cache},");
    let line = out.lines().rev().find_map(|line| line.strip_prefix(&start));
    let mut numbers = line
        .expect("a row of SHOW CACHE")
        .split(',')
        .map(|number| number.parse().expect("a number"));
    [0; 3].map(|_| numbers.next().expect("three numbers"))
}

/// Runs statements on the demo database, and asks what a cache was good for.
fn after(text: &str, cache: &str) -> [u64; 3] {
    let ran = csv("demo", &format!("{text}; SHOW CACHE LIKE '{cache}'"));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{text}");
    usage(&ran.out, cache)
}

/// The value of the last row that stands before SHOW CACHE.
fn last_value(out: &str) -> &str {
    let rows = out.split("cache,hits").next().expect("the rows");
    rows.lines().last().expect("a row")
}

#[test]
fn a_statement_that_runs_again_is_compiled_once() {
    let loops = "FOR i IN (SELECT name FROM departments) LOOP SELECT title FROM departments WHERE name = :i; END LOOP";
    let [hits, misses, entries] = after(loops, "statements");
    // Four departments: the query of the loop and its body are compiled once each.
    assert_eq!((hits, misses, entries), (3, 2, 2));
}

#[test]
fn what_a_text_depends_on_makes_it_another_one() {
    let query = "FOR i IN (VALUES (1), (2)) LOOP SELECT COUNT(*) AS n FROM products; {} END LOOP";
    // DDL between: the catalog is another one. So is it by a new LET relation.
    for (between, wanted) in [
        ("", [1, 2, 2]),
        (
            "DROP TABLE IF EXISTS gone; CREATE TABLE gone (a INTEGER);",
            [0, 3, 3],
        ),
        // Its own query is compiled too.
        ("LET many AS SELECT 1 AS a;", [0, 5, 5]),
    ] {
        let text = query.replace("{}", between);
        let ran = csv("demo", &format!("{text}; SHOW CACHE LIKE 'statements'"));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let [hits, misses, _] = usage(&ran.out, "statements");
        assert_eq!([hits, misses], wanted[..2], "{between}: {}", ran.out);
    }
    // A variable of another type, and a table that a rollback takes away.
    let types = "FOR x IN (VALUES (1), (2)) LOOP IF :x = 2 THEN LET v = 2; ELSE LET v = 'a'; END IF; PRINT :v || '!'; END LOOP";
    let ran = csv("demo", types);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "a!\n2!\n"),
        "{}",
        ran.err
    );
    let back = "CREATE TABLE t AS SELECT 1 AS a; BEGIN; ALTER TABLE t ADD COLUMN b INTEGER; SELECT * FROM t; ROLLBACK; SELECT * FROM t";
    let ran = csv("demo", back);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "a,b\n1,\na\n1\n"),
        "{}",
        ran.err
    );
}

#[test]
fn another_set_of_answers_of_a_template_is_another_entry() {
    let body = "SELECT COUNT(*) AS n FROM employees {{#if dept}} WHERE dept = :dept {{/if}};";
    let text = format!(
        "LET dept = NULL; {body} {body} LET dept = 'IT'; {body} SHOW CACHE LIKE 'statements'"
    );
    let ran = csv("demo", &text);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // Each stands at another place of the text, and so is another statement.
    assert_eq!(usage(&ran.out, "statements"), [0, 3, 3], "{}", ran.out);

    let looped = format!(
        "FOR d IN (VALUES ('IT'), (NULL), ('HR'), (NULL)) LOOP LET dept = :d; {body} END LOOP"
    );
    let [hits, misses, entries] = after(&looped, "statements");
    // The loop's own query, and the text with WHERE and without it.
    assert_eq!((hits, misses, entries), (2, 3, 3));
}

#[test]
fn results_are_kept_only_where_that_is_asked_for() {
    let twice = "SELECT COUNT(*) AS n FROM employees; SELECT COUNT(*) AS n FROM employees";
    assert_eq!(after(twice, "results"), [0, 0, 0]);
    let on = format!("SET result_cache = on; {twice}");
    assert_eq!(after(&on, "results"), [1, 1, 1]);
    let ran = csv("demo", &on);
    assert_eq!(ran.out, "n\n164\nn\n164\n");
    // Other values of parameters are another query; RESET CACHE forgets them all.
    let values = "SET result_cache = on; LET d = 'IT'; FOR x IN (VALUES ('IT'), ('HR'), ('IT')) LOOP \
                  LET d = :x; SELECT COUNT(*) AS n FROM employees WHERE dept = :d; END LOOP";
    assert_eq!(after(values, "results"), [1, 2, 2]);
    assert_eq!(
        after(&format!("{values}; RESET CACHE"), "results"),
        [0, 0, 0]
    );
}

#[test]
fn whatever_may_change_something_invalidates_results() {
    let count = "SELECT COUNT(*) AS n FROM t";
    for (change, wanted) in [
        ("INSERT INTO t VALUES (2)", "2"),
        ("DELETE FROM t", "0"),
        ("TRUNCATE t", "0"),
        ("NATIVE DELETE FROM t", "0"),
        ("BEGIN; INSERT INTO t VALUES (3); COMMIT", "2"),
        (
            "BEGIN; INSERT INTO t VALUES (3); SELECT COUNT(*) AS n FROM t; ROLLBACK",
            "1",
        ),
        ("DROP TABLE t; CREATE TABLE t (a INTEGER)", "0"),
        (
            "MERGE INTO t USING (SELECT 9 AS a) s ON t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a)",
            "2",
        ),
        ("IF TRUE THEN INSERT INTO t VALUES (4); END IF", "2"),
        ("SELECT 1 AS other", "1"),
    ] {
        let text = format!(
            "SET result_cache = on; CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);
             {count}; {change}; {count}; SHOW CACHE LIKE 'results'"
        );
        let ran = csv(":memory:", &text);
        assert_eq!(ran.code, Some(0), "{change}: {}", ran.err);
        assert_eq!(last_value(&ran.out), wanted, "{change}: {}", ran.out);
    }
}

#[test]
fn clock_chance_and_views_are_never_kept() {
    for varies in [
        "SELECT now()",
        "SELECT random() AS r",
        "SELECT gen_random_uuid() AS u",
        "SELECT CURRENT_DATE AS d",
        "SELECT name FROM departments WHERE budget > (SELECT MAX(random()) FROM products)",
        "WITH r AS (SELECT random() AS x) SELECT x FROM r",
        "LET chance AS SELECT random() AS x; SELECT x FROM chance",
        "CREATE VIEW v AS SELECT 1 AS a; SELECT a FROM v",
    ] {
        let text = format!("SET result_cache = on; {varies}");
        assert_eq!(after(&text, "results"), [0, 0, 0], "{varies}");
    }
    let random =
        "SET result_cache = on; FOR i IN (VALUES (1), (2)) LOOP SELECT random() AS r; END LOOP";
    let ran = csv("demo", random);
    let numbers: Vec<&str> = ran.out.lines().filter(|line| *line != "r").collect();
    assert_ne!(numbers[0], numbers[1], "{}", ran.out);
}

#[test]
fn results_have_a_size_and_a_time() {
    let twice = |settings: &str| {
        let query = "SELECT i, 'some text' AS t FROM generate_series(1, 10000) AS g(i)";
        let text = format!(
            "SET result_cache = on; {settings}; FOR i IN (VALUES (1), (2)) LOOP {query}; END LOOP"
        );
        after(&text, "results")
    };
    assert_eq!(twice("SET result_cache_size = '1MB'"), [1, 1, 1]);
    assert_eq!(twice("SET result_cache_size = '64kB'"), [0, 2, 0]);
    assert_eq!(twice("SET result_cache_ttl = 0.000000001"), [0, 2, 1]);
    let ran = noctra(&["-c", "SET result_cache_ttl = 0"], "");
    assert!(
        ran.err.contains("result_cache_ttl cannot be 0"),
        "{}",
        ran.err
    );
}

#[test]
fn sqlite_keeps_what_is_prepared() {
    keeps_what_is_prepared("demo");
}

#[test]
fn a_server_keeps_what_is_prepared() {
    if let Some(server) = common::demo_server() {
        keeps_what_is_prepared(&server.url());
    }
}

fn keeps_what_is_prepared(db: &str) {
    let text = "FOR i IN (VALUES (1), (2), (3), (4)) LOOP SELECT COUNT(*) AS n FROM products WHERE id > :i; END LOOP; \
                SHOW CACHE LIKE 'prepared'";
    let ran = csv(db, text);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // What is asked for the first time is not prepared.
    let [hits, _, entries] = usage(&ran.out, "prepared");
    assert_eq!((hits, entries), (2, 1), "{}", ran.out);
}
