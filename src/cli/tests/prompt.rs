//! The prompt, in a real terminal.
#![cfg(unix)]

use expectrl::{ControlCode, Eof, Expect, Session};
use noctra_test_servers::{MariaDb, Postgres};
use std::process::Command;
use std::time::Duration;

#[test]
fn a_first_session() {
    let state = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_noctra"));
    command
        .env("XDG_STATE_HOME", state.path())
        .env("TERM", "xterm");
    let mut terminal = Session::spawn(command).expect("a terminal");
    terminal.set_expect_timeout(Some(Duration::from_secs(20)));
    let mut say = |input: &str, answer: &str| {
        // What is typed before the prompt stands may be lost.
        let came = terminal.expect("noctra> ");
        came.unwrap_or_else(|error| panic!("before {input}: {error}"));
        for line in input.lines() {
            terminal.send_line(line).expect("the terminal takes input");
            let came = terminal.expect(line);
            came.unwrap_or_else(|error| panic!("echo of {line}: {error}"));
        }
        let came = terminal.expect(answer);
        came.unwrap_or_else(|error| panic!("{input}: {answer}: {error}"));
    };
    say("USE demo;", "Schema changed to: demo");
    say("LET dept = 'SALES';", "Variable dept = \"SALES\"");
    say(".mode csv", "\n");
    say(
        "NATIVE SELECT name FROM employees\nWHERE id = 1001;",
        "John Smith",
    );
    say("SELEC 1;", "did you mean SELECT");
    say(".mdoe", "did you mean .mode?");
    say(".tables", "employees,table");
    say(r"\d departments", "budget,");
    say(r"\zz", ".help lists the commands");
    say("BEGIN;", "\n");
    terminal
        .expect("noctra*> ")
        .expect("the prompt shows the transaction");
    terminal
        .send_line("SELECT 1 / 0;")
        .expect("the terminal takes input");
    terminal
        .expect("noctra!> ")
        .expect("the prompt shows the failure");
    terminal
        .send_line("ROLLBACK;")
        .expect("the terminal takes input");
    // Ctrl-C ends the statement and neither the transaction's fate nor the session's.
    terminal.expect("noctra> ").expect("the prompt comes back");
    terminal
        .send_line(
            "PRINT 'be' || 'gun'; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) \
             SELECT count(*) FROM n;",
        )
        .expect("the terminal takes input");
    terminal.expect("begun").expect("the input runs");
    terminal
        .send(ControlCode::EndOfText)
        .expect("the terminal takes Ctrl-C");
    terminal.expect("cancelled").expect("the statement ends");
    terminal.expect("noctra> ").expect("the prompt comes back");
    terminal
        .send_line("PRINT 'still ' || 'here';")
        .expect("the terminal takes input");
    terminal.expect("still here").expect("the session goes on");
    terminal.expect("noctra> ").expect("the prompt comes back");
    terminal
        .send_line(".exit")
        .expect("the terminal takes input");
    terminal.expect(Eof).expect("the program ends");
    let history = std::fs::read_to_string(state.path().join("noctra/history")).expect("a history");
    assert!(history.contains("USE demo;"), "{history}");
    // A statement of several lines is one entry, which the file keeps in one line.
    let select = history
        .lines()
        .find(|line| line.starts_with("NATIVE SELECT"));
    assert_eq!(
        select,
        Some(r"NATIVE SELECT name FROM employees\nWHERE id = 1001;")
    );
}

/// Rows without end in sight.
const LONG: &str =
    "FROM generate_series(1, 100000) AS a(i) CROSS JOIN generate_series(1, 100000) AS b(i)";

#[test]
fn ctrl_c_ends_a_statement_on_a_server_and_the_session_goes_on() {
    let not_run = |reason: String| println!("NOT RUN: {reason}");
    let postgres = Postgres::start().map_err(not_run).ok();
    let mariadb = MariaDb::start().map_err(not_run).ok();
    let urls = [
        postgres.as_ref().map(|server| ("postgresql", server.url())),
        mariadb.as_ref().map(|server| ("mariadb", server.url())),
    ];
    for (backend, url) in urls.into_iter().flatten() {
        let state = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_noctra"));
        command
            .arg(&url)
            .env("XDG_STATE_HOME", state.path())
            .env("TERM", "xterm");
        let mut terminal = Session::spawn(command).expect("a terminal");
        terminal.set_expect_timeout(Some(Duration::from_secs(20)));
        // What is sent, a line or Ctrl-C, and what comes.
        let mut say = |line: Option<&str>, answers: &[&str]| {
            let sent = match line {
                Some("") => Ok(()),
                Some(line) => terminal.send_line(line),
                None => terminal.send(ControlCode::EndOfText),
            };
            sent.expect("the terminal takes input");
            for answer in answers {
                let came = terminal.expect(answer);
                came.unwrap_or_else(|error| panic!("{backend}: {line:?}: {answer}: {error}"));
            }
        };
        let prompt = |mark: &str| format!("noctra {backend}{mark}> ");
        let (ready, open) = (prompt(""), prompt("*"));
        say(Some(""), &[&ready]);
        say(Some(".mode csv"), &[&ready]);
        say(Some("CREATE TABLE t (i INTEGER);"), &[&ready]);
        // Where no row comes, and where they come without end.
        let sum = format!("PRINT 'be' || 'gun'; SELECT SUM(a.i * b.i) {LONG};");
        let rows = format!("SELECT 'be' || 'gun' AS x, a.i, b.i {LONG};");
        for query in [sum, rows] {
            say(Some("BEGIN; INSERT INTO t VALUES (1);"), &[&open]);
            say(Some(&query), &["begun"]);
            // The transaction has failed, or the query had not even begun.
            say(None, &["cancelled", "> "]);
            say(Some("ROLLBACK;"), &[&ready]);
        }
        let count = "SELECT 'rows ' || COUNT(*) AS x FROM t;";
        say(Some(count), &["rows 0", &ready]);
        say(Some(".exit"), &[]);
        terminal.expect(Eof).expect("the program ends");
    }
}
