//! Sequences on SQLite: what is given is given, to whomever, whatever becomes of the transaction. What is expected
//! is what PostgreSQL's manual says of `nextval`, and for the texts a server's answer in `conformance/`.

mod common;

use common::{csv, folder, rqlc};
use std::collections::BTreeSet;

#[test]
fn processes_get_numbers_of_their_own() {
    let folder = folder(&[]);
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let made = csv(
        &url,
        "CREATE SEQUENCE s; CREATE TABLE t (id BIGINT DEFAULT nextval('s') PRIMARY KEY, who INTEGER);",
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    let script = |who: usize| {
        let mut text = String::new();
        for _ in 0..15 {
            text.push_str(&format!("INSERT INTO t (who) VALUES ({who});\n"));
            text.push_str("SELECT nextval('s') AS n;\n");
            text.push_str(&format!(
                "BEGIN IMMEDIATE; INSERT INTO t (who) VALUES ({who}), ({who}); ROLLBACK;\n"
            ));
        }
        text
    };
    let all: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|who| {
                let (url, text) = (&url, script(who));
                scope.spawn(move || csv(url, &text))
            })
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    let mut numbers: Vec<i64> = Vec::new();
    for ran in &all {
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        numbers.extend(ran.out.lines().filter_map(|line| line.parse::<i64>().ok()));
    }
    let kept = csv(&url, "SELECT id FROM t;");
    numbers.extend(kept.out.lines().filter_map(|line| line.parse::<i64>().ok()));
    assert_eq!(numbers.len(), 90);
    let different: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(different.len(), 90, "{numbers:?}");
}

#[test]
fn what_is_taken_back_has_been_given() {
    let ran = csv(
        "sqlite::memory:",
        "CREATE SEQUENCE s;
         CREATE TABLE t (id BIGINT DEFAULT nextval('s'), x INTEGER NOT NULL);
         BEGIN;
         SELECT nextval('s') AS a;
         SAVEPOINT here;
         INSERT INTO t (x) VALUES (1), (2);
         ROLLBACK TO SAVEPOINT here;
         SELECT nextval('s') AS b;
         ALTER SEQUENCE s RESTART WITH 50;
         SELECT nextval('s') AS c;
         ROLLBACK;
         SELECT nextval('s') AS d, currval('s') AS e;",
    );
    assert_eq!(ran.err, "");
    // The restart is taken back, as a change of the sequence is.
    assert_eq!(ran.out, "a\n1\nb\n4\nc\n50\nd,e\n5,5\n");
}

#[test]
fn imported_rows_are_numbered() {
    let folder = folder(&[("rows.csv", "about\na\nb\n")]);
    let file = folder.path().join("rows.csv");
    let ran = csv(
        "sqlite::memory:",
        &format!(
            "CREATE SEQUENCE s START WITH 5;
             CREATE TABLE t (id BIGINT DEFAULT nextval('s') PRIMARY KEY, about TEXT);
             IMPORT '{}' INTO t;
             SELECT * FROM t ORDER BY id; SELECT nextval('s') AS n;",
            file.display()
        ),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out, "id,about\n5,a\n6,b\nn\n7\n");
}

#[test]
fn what_sqlite_cannot_say_of_sequences_is_refused_with_a_way_out() {
    let folder = folder(&[
        ("a.rql", "CREATE SEQUENCE s;\n"),
        ("b.rql", "SELECT nextval('s');\n"),
    ]);
    for file in ["a.rql", "b.rql"] {
        let path = folder.path().join(file);
        let said = rqlc(
            &["compile", "--dialect", "sqlite", &path.to_string_lossy()],
            "",
        );
        assert!(said.err.contains("RQL0504"), "{}", said.err);
        assert!(said.err.contains("session"), "{}", said.err);
    }
    for (statement, way) in [
        ("CREATE TEMP SEQUENCE s", "without TEMP"),
        (
            "SELECT nextval('s') FROM employees ORDER BY name",
            "TEMP TABLE",
        ),
        (
            "SELECT name FROM employees WHERE nextval('s') > 2",
            "TEMP TABLE",
        ),
    ] {
        let table = "CREATE TABLE employees (name TEXT); CREATE SEQUENCE s;";
        let ran = csv("sqlite::memory:", &format!("{table} {statement}"));
        assert!(
            ran.err.contains("RQL0503") && ran.err.contains(way),
            "{}",
            ran.err
        );
    }
}
