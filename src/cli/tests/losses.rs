//! A server that ends the connection, under a prompt and under scripts: it is opened again, and what went with it is
//! said.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::noctra;
use noctra_test_servers::{MariaDb, Postgres};
use terminal::Terminal;

/// How a backend says and ends its sessions.
struct Server {
    name: &'static str,
    url: String,
    /// The number of the session that asks.
    number: &'static str,
    /// Ends the session of a number.
    kill: fn(&str) -> String,
}

fn servers(postgres: Option<&Postgres>, mariadb: Option<&MariaDb>) -> Vec<Server> {
    let postgres = postgres.map(|server| Server {
        name: "postgresql",
        url: server.url(),
        number: "pg_backend_pid()",
        kill: |number| format!("NATIVE SELECT pg_terminate_backend({number})"),
    });
    let mariadb = mariadb.map(|server| Server {
        name: "mariadb",
        url: server.url(),
        number: "connection_id()",
        kill: |number| format!("NATIVE KILL {number}"),
    });
    postgres.into_iter().chain(mariadb).collect()
}

fn started() -> (Option<Postgres>, Option<MariaDb>) {
    let not_run = |reason: String| println!("NOT RUN: {reason}");
    (
        Postgres::start().map_err(not_run).ok(),
        MariaDb::start().map_err(not_run).ok(),
    )
}

/// Ends a session of the prompt from outside.
fn end_session(server: &Server, terminal: &mut Terminal, prompt: &str) {
    let ends = format!("{prompt}>");
    terminal.send("\x0c");
    terminal.until("an empty screen", |screen| screen.lines().count() == 1);
    terminal.send(&format!("NATIVE SELECT {} AS me;\r", server.number));
    terminal.shows("(1 row");
    terminal.until(&ends, |screen| screen.ends_with(&ends));
    let screen = terminal.screen();
    let mut cells = screen.lines().filter(|line| line.starts_with('│'));
    let cell = cells.find(|line| line.contains(|c: char| c.is_ascii_digit()));
    let number: String = cell
        .unwrap_or("")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let killed = noctra(&["--db", &server.url, "-c", &(server.kill)(&number)], "");
    assert_eq!(killed.code, Some(0), "{}", killed.err);
}

#[test]
fn behaviour_16_a_lost_connection_is_opened_again_and_what_was_lost_is_said() {
    let (postgres, mariadb) = started();
    for server in servers(postgres.as_ref(), mariadb.as_ref()) {
        let state = tempfile::tempdir().expect("a folder");
        let made = noctra(
            &["--db", &server.url, "-c", "CREATE TABLE kept (a INTEGER)"],
            "",
        );
        assert_eq!(made.code, Some(0), "{}", made.err);
        let mut terminal = Terminal::noctra(state.path(), &[&server.url], &[]);
        let open = |terminal: &mut Terminal, mark: &str| {
            let prompt = format!(" {}{mark}>", server.name);
            terminal.until(&prompt, |screen| screen.ends_with(&prompt));
        };
        open(&mut terminal, "");
        terminal.send("CREATE TEMP TABLE scratch (a INTEGER); LET x = 41;\r");
        terminal.shows("Variable x = 41");
        open(&mut terminal, "");
        terminal.send("BEGIN; INSERT INTO kept VALUES (1);\r");
        open(&mut terminal, "*");
        end_session(&server, &mut terminal, &format!(" {}*", server.name));
        terminal.send("INSERT INTO kept VALUES (2);\r");
        terminal.shows("the connection to the server was lost");
        terminal.shows("Connected again to");
        // The rest of the transaction does not run by itself.
        open(&mut terminal, "!");
        let screen = terminal.screen().replace('\n', "");
        for lost in [
            "the open transaction with its changes",
            "scratch",
            "ROLLBACK goes on",
        ] {
            assert!(screen.contains(lost), "{lost} in {screen}");
        }
        terminal.send("INSERT INTO kept VALUES (3);\r");
        terminal.shows("the transaction has failed");
        open(&mut terminal, "!");
        terminal.send("ROLLBACK;\r");
        open(&mut terminal, "");
        terminal.send("SELECT 'rows ' || COUNT(*) AS x, :x + 1 AS y FROM kept;\r");
        terminal.shows("rows 0");
        terminal.shows("42");
        open(&mut terminal, "");
        // Nothing but the connection.
        end_session(&server, &mut terminal, &format!(" {}", server.name));
        terminal.send("SELECT 'still ' || 'here' AS x;\r");
        terminal.shows("Connected again to");
        open(&mut terminal, "");
        terminal.send("SELECT 'back ' || 'again' AS x;\r");
        terminal.shows("back again");
    }
}

#[test]
fn behaviour_16_a_script_fails_where_the_connection_is_lost_or_goes_on_on_a_new_one() {
    // MariaDB lets a session that ends itself live on until its next statement.
    let postgres = started().0;
    for server in servers(postgres.as_ref(), None) {
        let suicide = (server.kill)(server.number);
        let text = format!(
            "CREATE TABLE t (a INTEGER); BEGIN; INSERT INTO t VALUES (1); {suicide}; INSERT INTO t VALUES (2);
             ROLLBACK; SELECT COUNT(*) AS n FROM t; DROP TABLE t"
        );
        let arguments = ["--db", &server.url, "--format", "csv", "-c", &text];
        let ran = noctra(&[&["--on-error", "continue"][..], &arguments].concat(), "");
        assert_eq!(ran.code, Some(1));
        let rows = ran.out.lines().rev().take(2).collect::<Vec<_>>();
        assert_eq!(rows, ["0", "n"], "{} {}", ran.out, ran.err);
        for part in [
            "the connection to the server was lost",
            "Connected again to",
            "lost: the open transaction with its changes",
            "the transaction has failed",
        ] {
            assert!(ran.err.contains(part), "{part} in {}", ran.err);
        }
        let ran = noctra(&arguments, "");
        assert_eq!(
            (ran.code, ran.err.contains("Connected again")),
            (Some(1), false)
        );
        let clean = noctra(&["--db", &server.url, "-c", "DROP TABLE t"], "");
        assert_eq!(clean.code, Some(0), "{}", clean.err);
    }
}

#[test]
fn a_server_that_is_gone_is_left_for_another_place() {
    let (_, Some(mut mariadb)) = started() else {
        return println!("NOT RUN: there is no MariaDB");
    };
    let url = mariadb.url();
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::noctra(state.path(), &[&url], &[]);
    terminal.until("a prompt", |screen| screen.ends_with(" mariadb>"));
    terminal.send("BEGIN;\r");
    terminal.until("a prompt", |screen| screen.ends_with(" mariadb*>"));
    mariadb.crash();
    terminal.send("SELECT 1;\r");
    terminal.shows("cannot be opened again");
    terminal.until("a prompt", |screen| screen.ends_with(" mariadb!>"));
    terminal.send("USE demo;\r");
    terminal.shows("The connection is gone; lost: the open transaction with its changes");
    terminal.ends("noctra demo>");
}
