//! Files in FROM, on every backend: their records are rows like others, and nothing stays of them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod common;

use common::noctra;
use noctra_test_servers::{MariaDb, Postgres};
use std::path::{Path, PathBuf};

/// A folder with a few files in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [
        ("sales.csv", "id,name,price\n1,bolt,0.10\n2,nut,\n"),
        ("semi.csv", "x;y\n1;NA\n2;q\n"),
        (
            "lines.jsonl",
            "{\"id\": 1, \"more\": {\"a\": [1]}}\n{\"id\": 2}\n",
        ),
        ("list.json", "[{\"id\": 2, \"when\": \"2024-02-29\"}]"),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

/// Runs a text whose `{}` is the folder.
fn asked(db: &str, folder: &Path, more: &[&str], text: &str) -> common::Ran {
    let text = text.replace("{}", &folder.display().to_string());
    let args = [&["--db", db, "--format", "csv", "-c", &text], more].concat();
    noctra(&args, "")
}

fn rows(db: &str, folder: &Path, text: &str) -> String {
    let ran = asked(db, folder, &[], text);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{db}: {text}");
    ran.out
}

/// What each backend gives for the same files.
fn read(db: &str, folder: &Path) {
    for (text, expected) in [
        (
            "SELECT name, price * 3 AS three FROM '{}/sales.csv' ORDER BY id",
            "name,three\nbolt,0.30\nnut,\n",
        ),
        (
            "SELECT s.name FROM '{}/sales.csv' AS s JOIN '{}/lines.jsonl' AS l USING (id) WHERE l.more IS NULL",
            "name\nnut\n",
        ),
        (
            "SELECT x + 1 AS n, y FROM read_csv('{}/semi.csv', delim = ';', nullstr = 'NA') ORDER BY x",
            "n,y\n2,\n3,q\n",
        ),
        (
            "SELECT id, RUNSUM(id) FROM read_json('{}/lines.jsonl') ORDER BY id",
            "id,runsum\n1,1\n2,3\n",
        ),
        (
            "LET r AS SELECT id, \"when\" + 1 AS day FROM '{}/list.json'; LET s AS SELECT * FROM r; SELECT * FROM s",
            "id,day\n2,2024-03-01\n",
        ),
        (
            "LET most = (SELECT max(id) FROM '{}/sales.csv'); PRINT :most, (SELECT count(*) FROM '{}/list.json')",
            "2 1\n",
        ),
        (
            "BEGIN; SELECT count(*) AS n FROM '{}/sales.csv'; ROLLBACK; SELECT min(id) AS n FROM '{}/sales.csv'",
            "n\n2\nn\n1\n",
        ),
        (
            "FOR r IN SELECT id FROM '{}/sales.csv' ORDER BY id LOOP PRINT :r.id, (SELECT count(*) FROM '{}/semi.csv'); END LOOP",
            "1 2\n2 2\n",
        ),
        // Nothing is left behind.
        ("SHOW TABLES", "name,kind\n"),
    ] {
        assert_eq!(rows(db, folder, text), expected, "{db}: {text}");
    }
}

#[test]
fn sqlite_reads_files() {
    let folder = folder();
    let here = folder.path();
    let file = here.join("x.db").display().to_string();
    read(&file, here);
    rows(&file, here, "CREATE TABLE kept AS FROM '{}/sales.csv'");
    assert_eq!(
        rows(&file, here, "SELECT name, price FROM kept WHERE id = 1"),
        "name,price\nbolt,0.10\n"
    );
    // Who may write nothing may read.
    let ran = asked(
        &file,
        here,
        &["--read-only"],
        "SELECT count(*) AS n FROM '{}/sales.csv', kept",
    );
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("n\n4\n", ""));
    let explained = rows(&file, here, "EXPLAIN SELECT * FROM '{}/sales.csv'");
    assert!(explained.contains("SCAN"), "{explained}");
}

#[test]
fn servers_read_files() {
    let folder = folder();
    match Postgres::start() {
        Ok(server) => read(&server.url(), folder.path()),
        Err(reason) => println!("NOT RUN: {reason}"),
    }
    match MariaDb::start() {
        Ok(server) => read(&server.url(), folder.path()),
        Err(reason) => println!("NOT RUN: {reason}"),
    }
}

#[test]
fn a_file_that_is_not_read_says_why() {
    let folder = folder();
    let here = folder.path();
    let file: PathBuf = here.join("x.db");
    let file = file.display().to_string();
    std::fs::write(here.join("bad.jsonl"), "{\"a\": 1}\n{\"a\": \n").expect("a file");
    for (text, expected) in [
        ("FROM '{}/none.csv'", "there is no such file"),
        ("FROM '{}/x.foo'", "its ending names none"),
        (
            "FROM read_csv('{}/semi.csv', skip = 1)",
            "the option skip is DuckDB's",
        ),
        ("FROM read_csv('{}/*.csv')", "one file at a time"),
        ("FROM '{}/bad.jsonl'", "bad.jsonl:2"),
        ("CREATE VIEW v AS FROM '{}/sales.csv'", "IMPORT"),
    ] {
        let ran = asked(&file, here, &[], text);
        assert_eq!(ran.code, Some(1), "{text}: {}", ran.out);
        assert!(ran.err.contains(expected), "{text}: {}", ran.err);
    }
    let elsewhere = here.join("inner");
    std::fs::create_dir(&elsewhere).expect("a folder");
    let only = ["--allow-path", &elsewhere.display().to_string()];
    let ran = asked("sqlite::memory:", here, &only, "FROM '{}/sales.csv'");
    assert!(ran.err.contains("not opened"), "{}", ran.err);
    assert_eq!(rows(&file, here, "SHOW TABLES"), "name,kind\n");
}
