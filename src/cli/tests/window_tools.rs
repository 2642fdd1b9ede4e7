//! The catalog, the builder of queries and the designer of forms in a real terminal.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

#[path = "common/terminal.rs"]
mod terminal;

use terminal::Terminal;

const F5: &str = "\x1b[15~";
const ESC: &str = "\x1b";
const RIGHT: &str = "\x1bOC";
const DOWN: &str = "\x1bOB";

/// A window on the demo database.
fn window(state: &std::path::Path) -> Terminal {
    let mut terminal = Terminal::wide(80, state, &["--demo", "--tui"], &[]);
    terminal.shows("( COMMAND )");
    terminal
}

#[test]
fn names_come_from_the_catalog() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = window(state.path());
    terminal.send("SELECT");
    // Alt+T, or Esc and then t.
    terminal.send("\x1bt");
    terminal.shows("═ Catalog ═");
    terminal.send("orders");
    terminal.shows("▸+ orders");
    terminal.send(RIGHT);
    terminal.shows("date not null");
    terminal.send(&DOWN.repeat(3));
    terminal.shows("▸    ordered");
    terminal.send("\r");
    terminal.shows("SELECT ordered");
    terminal.send(" FROM");
    terminal.send("\x1bt");
    terminal.shows("═ Catalog ═");
    terminal.send("orders\r");
    terminal.shows("SELECT ordered FROM orders");
    terminal.send(F5);
    terminal.shows("( RESULT )");
    terminal.shows("2024-");
    terminal.send(ESC);
    terminal.shows("( COMMAND )");
}
