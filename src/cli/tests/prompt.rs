//! The prompt, in a real terminal.
#![cfg(unix)]

use expectrl::{Expect, Session};
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
        .send(expectrl::ControlCode::EndOfText)
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
    terminal.expect(expectrl::Eof).expect("the program ends");
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
