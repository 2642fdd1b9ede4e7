//! Small real databases, opened through the runtime as they are.
//!
//! `databases/*.txt` hold statements and the rows that are wanted. The database is copied first, so that
//! nothing can be written beside it.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::run;
use noctra_runtime::{Session, Target};
use noctra_testsuite::corpora_dir;

/// Statements with the lines that they give.
fn blocks(text: &str) -> Vec<(&str, Vec<&str>)> {
    let blocks = text.split("\n\n").filter_map(|block| {
        let (statement, rows) = block.split_once("\n----\n")?;
        Some((statement, rows.lines().collect()))
    });
    blocks.collect()
}

fn check(database: &str, text: &str) {
    let Some(folder) = corpora_dir() else {
        return println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
    };
    let home = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let copy = home.path().join("copy.sqlite");
    let bytes = std::fs::read(folder.join(database)).unwrap_or_else(|error| panic!("{error}"));
    std::fs::write(&copy, bytes).unwrap_or_else(|error| panic!("{error}"));
    let target = copy.display().to_string();
    let mut session = Target::parse(&target)
        .and_then(Session::open)
        .unwrap_or_else(|error| panic!("{database}: {error}"));
    let blocks = blocks(text);
    assert!(blocks.len() >= 12, "a dozen at least");
    let mut wrong = Vec::new();
    for (statement, rows) in blocks {
        let got = run(&mut session, statement);
        if got
            .as_ref()
            .map(|lines| lines.iter().map(String::as_str).collect())
            != Ok(rows)
        {
            wrong.push(format!("{statement}\n    gave {got:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{database}:\n{}", wrong.join("\n"));
}

#[test]
fn chinook() {
    check("chinook.sqlite", include_str!("../databases/chinook.txt"));
}

#[test]
fn northwind() {
    check(
        "northwind.sqlite",
        include_str!("../databases/northwind.txt"),
    );
}
