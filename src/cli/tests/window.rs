//! The window manager in a real terminal.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

#[path = "common/terminal.rs"]
mod terminal;

use noctra_runtime::Target;
use noctra_test_servers::{MariaDb, Postgres};
use std::fs;
use terminal::Terminal;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The most memory that a process has had, in KiB.
fn peak(process: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("a peak");
    let number = line
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok());
    number.expect("a number")
}

#[test]
fn a_million_rows_are_paged_in_flat_memory() {
    let state = folder();
    let mut terminal = Terminal::wide(80, state.path(), &["--tui"], &[]);
    terminal.shows("All commands");
    terminal
        .send("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)");
    terminal.send(" SELECT i, 'a text of row ' || i AS t FROM n;");
    terminal.send("\x1b[15~");
    terminal.shows("more on demand");
    for page in 1..=3 {
        terminal.send("\x1b[6~");
        terminal.shows(&format!("row {} of", page * 15 + 1));
    }
    let before = peak(terminal.id());
    terminal.send("G");
    terminal.shows("row 1,000,000 of 1,000,000");
    terminal.shows("a text of row 1000000");
    let after = peak(terminal.id());
    // As values, these rows are more than 60 MiB.
    assert!(after < before + 8 * 1024, "{before} KiB, then {after}");
    println!("{before} KiB with the first rows, {after} with a million");
    terminal.send("\x1b[4~");
    terminal.shows("Leave the window manager?");
    terminal.send("l");
    terminal.end();
}

#[test]
fn the_prompt_comes_back_as_it_was() {
    let state = folder();
    let mut terminal = Terminal::wide(80, state.path(), &["--demo"], &[]);
    terminal.run("SELECT 'before' AS b;", "noctra demo>");
    terminal.send(".tui\r");
    terminal.shows("( COMMAND )");
    terminal.send("CREATE TABLE t (a INTEGER);\x1b[15~");
    terminal.shows("done");
    terminal.send("\x1b[4~\x1b[4~");
    terminal.shows("Leave the window manager?");
    terminal.send("l");
    terminal.until("the prompt", |screen| {
        screen.contains("before") && screen.ends_with("noctra demo>")
    });
    // What ran in the window is in the history of the prompt, and has run.
    terminal.send("\x1b[A");
    terminal.ends("noctra demo> CREATE TABLE t (a INTEGER);");
    terminal.send("\x03");
    terminal.run("SELECT COUNT(*) AS none FROM t;", "noctra demo>");
    terminal.shows("none");
}

#[test]
fn what_runs_ends_on_every_backend() {
    let servers = (Postgres::start(), MariaDb::start());
    let mut targets = vec!["sqlite::memory:".to_owned()];
    targets.extend(servers.0.as_ref().ok().map(Postgres::url));
    targets.extend(servers.1.as_ref().ok().map(MariaDb::url));
    match noctra_runtime::connect(&Target::DuckdbMemory) {
        Ok(_) => targets.push("duckdb::memory:".to_owned()),
        Err(error) => println!("NOT RUN: {error}"),
    }
    for target in targets {
        let state = folder();
        let mut terminal = Terminal::wide(80, state.path(), &["--tui", "--db", &target], &[]);
        terminal.shows("All commands");
        terminal.send("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT COUNT(*) AS c FROM n;");
        terminal.send("\x1b[15~");
        terminal.shows("running");
        terminal.send("\x1b[19~");
        terminal.shows("cancelled");
        // The connection goes on.
        terminal.send("\x0eSELECT 'still ' || 'here' AS x;\x1b[15~");
        terminal.shows("still here");
    }
}

#[test]
fn signals_give_the_terminal_back() {
    for signal in ["TERM", "INT", "HUP"] {
        let state = folder();
        let mut terminal = Terminal::wide(80, state.path(), &["--tui", "--demo"], &[]);
        terminal.shows("All commands");
        let process = terminal.id().to_string();
        let killed = std::process::Command::new("kill")
            .args(["-s", signal, &process])
            .status();
        assert!(killed.expect("kill runs").success());
        let screen = terminal.end();
        assert!(!screen.contains("COMMAND"), "{screen}");
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        assert!(
            raw.contains("\x1b[?1049l") && raw.contains("\x1b[?2004l"),
            "{signal}: {raw:?}"
        );
    }
}

#[test]
fn a_storm_of_sizes_leaves_a_whole_screen() {
    let state = folder();
    let mut terminal = Terminal::wide(80, state.path(), &["--tui", "--demo"], &[]);
    terminal.shows("All commands");
    terminal.send("SELECT * FROM employees ORDER BY id;\x1b[15~");
    terminal.shows("John Smith");
    for turn in 0..40_u16 {
        terminal.resize(20 + turn * 7 % 110, 6 + turn * 5 % 40);
    }
    terminal.resize(80, 24);
    terminal.until("the footer in its place", |screen| {
        let lines: Vec<&str> = screen.lines().collect();
        lines.len() == 24
            && lines[0].contains("( RESULT )")
            && lines[23].contains("Esc:Back to query")
    });
}

#[test]
fn a_window_needs_a_terminal() {
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(["--tui", "-c", "SELECT 1"])
        .output()
        .expect("noctra runs");
    assert_eq!(ran.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        said.contains("--tui opens a window, which takes no script"),
        "{said}"
    );
}
