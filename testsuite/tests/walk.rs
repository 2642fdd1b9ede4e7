//! What people type from day to day, in the accents of five databases: it runs, or a message says what to write
//! instead. The list is `walk.txt`.

mod common;

use noctra_runtime::{Session, Target};
use std::path::Path;

const TABLES: &str = "CREATE TABLE dept (dept TEXT PRIMARY KEY, title TEXT);
CREATE TABLE emp (id INTEGER PRIMARY KEY, name TEXT, dept TEXT, salary DECIMAL(10,2), hired DATE);
INSERT INTO dept VALUES ('IT', 'Computers'), ('HR', 'People');
INSERT INTO emp VALUES (1, 'Ada', 'IT', 500, '2020-02-29'), (2, 'Bob', 'HR', 90.5, '2021-01-01'), (3, 'Cy', NULL, NULL, NULL);
CREATE VIEW names AS SELECT name FROM emp;
CREATE SEQUENCE s";

fn session(target: &str) -> Result<Session, String> {
    let opened = Target::parse(target).and_then(Session::open);
    let mut session = opened.map_err(|error| error.to_string())?;
    for statement in TABLES.split(";\n") {
        common::run_csv(&mut session, statement)?;
    }
    Ok(session)
}

/// `ok`, or the code of the message.
fn outcome(target: &str, statement: &str) -> Result<String, String> {
    let mut session = session(target)?;
    Ok(match common::run_csv(&mut session, statement) {
        Ok(_) => "ok".to_owned(),
        Err(said) => said
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric())
            .collect(),
    })
}

#[test]
fn what_is_typed_daily_ends_as_it_is_listed() -> Result<(), String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("walk.txt");
    let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let duckdb = session("duckdb::memory:").is_ok();
    let mut now = String::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, " | ");
        let (Some(sqlite), Some(other), Some(statement)) =
            (parts.next(), parts.next(), parts.next())
        else {
            now.push_str(line);
            now.push('\n');
            continue;
        };
        let here = outcome("sqlite::memory:", statement)?;
        let there = match duckdb {
            true => outcome("duckdb::memory:", statement)?,
            false => other.to_owned(),
        };
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_none() {
            assert_eq!(
                (sqlite, other),
                (here.as_str(), there.as_str()),
                "{statement}"
            );
        }
        now.push_str(&format!("{here} | {there} | {statement}\n"));
    }
    match std::env::var_os("UPDATE_TRANSCRIPTS") {
        Some(_) => std::fs::write(&file, now).map_err(|error| error.to_string()),
        None => Ok(()),
    }
}
