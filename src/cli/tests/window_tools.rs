//! The catalog, the builder of queries and the designer of forms in a real terminal.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

#[path = "common/terminal.rs"]
mod terminal;

use terminal::Terminal;

const F1: &str = "\x1bOP";
const F3: &str = "\x1bOR";
const F6: &str = "\x1b[17~";
const F8: &str = "\x1b[19~";
const F10: &str = "\x1b[21~";
const F4: &str = "\x1bOS";
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

#[test]
fn behaviour_20_the_window_names_its_keys_and_shows_what_it_sends() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = window(state.path());
    // The lines below are the keys of where one is, and F1 says all of them.
    terminal.shows("F5:Execute");
    terminal.send(F1);
    terminal.shows("═ Help: Command ═");
    terminal.shows("run the statement at the cursor");
    terminal.send(ESC);
    terminal.shows("( COMMAND )");
    terminal.send("SELECT name FROM departments;");
    terminal.send(F5);
    terminal.shows("F6:Sort");
    terminal.send(F1);
    terminal.shows("═ Help: Result ═");
    terminal.send(ESC);
    terminal.shows("( RESULT )");
    // What a key has done can be read as a statement.
    terminal.send(F6);
    terminal.shows("sort: name ▲");
    terminal.send("s");
    terminal.shows("ORDER BY");
}

#[test]
fn a_query_is_built_and_taken_into_the_text() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = window(state.path());
    terminal.send(F3);
    terminal.shows("( BUILDER )");
    // The tables of the connection may still be on their way.
    terminal.send("t");
    terminal.shows("Add a table");
    terminal.send("\x1b");
    terminal.until("no dialog", |screen| !screen.contains("Add a table"));
    terminal.send("t");
    terminal.shows("▸customers");
    terminal.send("\r");
    terminal.shows("SELECT * FROM customers;");
    terminal.send("torders\r");
    terminal.shows("JOIN orders");
    terminal.send("ccustomers.city\r");
    terminal.send("orders.id\r");
    terminal.shows("SELECT customers.city, orders.id");
    // The list is open again, at the next column.
    terminal.shows("▸orders.customer_id");
    terminal.send(ESC);
    terminal.until("no dialog", |screen| !screen.contains("Show columns"));
    terminal.send(" ");
    terminal.shows("count(orders.id)");
    terminal.shows("GROUP BY customers.city");
    terminal.send(F5);
    terminal.shows("( RESULT )");
    terminal.shows("│   count");
    terminal.send(ESC);
    terminal.shows("( BUILDER )");
    // In the text, what is typed changes the lines.
    terminal.send("\t");
    terminal.shows("goes back to the lines");
    terminal.send("\x1bOB\x1b[4~");
    terminal.send(" AS");
    terminal.shows("FROM customers AS");
    terminal.send(F3);
    terminal.shows("edit or run the text");
    terminal.send("\x15");
    terminal.until("the query again", |screen| {
        !screen.contains("edit or run the text")
    });
    terminal.send(F10);
    terminal.shows("( COMMAND )");
    terminal.shows("SELECT customers.city, count(orders.id)");
}

#[test]
fn a_form_is_designed_saved_and_opened() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::wide(80, state.path(), &["--demo"], &[]);
    terminal.ends("noctra demo>");
    // From the prompt, and back to it.
    terminal.send("FORM DESIGN card;\r");
    terminal.shows("( DESIGNER ) card");
    terminal.send("aname\r");
    terminal.shows("Type of name");
    terminal.send("text\r");
    terminal.shows("name: ▸");
    terminal.send("asince\r");
    terminal.shows("Type of since");
    terminal.send("date\r");
    terminal.shows("since: ▸");
    // Beside the name, and narrower by Shift and an arrow.
    terminal.send("\x1bOA");
    terminal.shows("stand upon each other");
    terminal.send(&RIGHT.repeat(45));
    terminal.shows("Ln 1 Col 46");
    terminal.send("\x1b[1;2D");
    terminal.shows("since: date, 9 wide");
    terminal.send(F10);
    terminal.shows("Save form");
    terminal.send(&"\x7f".repeat("card.toml".len()));
    let file = state.path().join("card.rql").display().to_string();
    terminal.send(&format!("{file}\r"));
    terminal.shows("is written");
    terminal.send(ESC);
    terminal.ends("noctra demo>");
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(text.contains("FIELD since DATE WIDTH 9"), "{text}");
    terminal.send("FORM EXECUTE card;\r");
    terminal.shows("( FORM ) card");
    terminal.shows("since: [         ]");
    terminal.send(ESC);
    terminal.ends("noctra demo>");
    // From the window.
    terminal.send(".tui\r");
    terminal.shows("( COMMAND )");
    terminal.send(F4);
    terminal.shows("Design a form");
    // The tables may come while the list is open.
    terminal.shows(" orders ");
    terminal.send("orders\r");
    terminal.shows("( DESIGNER ) orders");
    terminal.send(F5);
    terminal.shows("( FORM ) orders");
    terminal.send(ESC);
    terminal.shows("( DESIGNER ) orders");
}

/// A window that writes more rows into a folder than it ever will.
fn exporting(state: &std::path::Path, folder: &std::path::Path) -> Terminal {
    let mut terminal = window(state);
    terminal.send("SELECT i FROM generate_series(1, 2000000000) AS g(i);");
    terminal.send(F5);
    terminal.shows("more on demand");
    // Alt+W, or Esc and then w; Ctrl+K.
    terminal.send("\x1bw");
    terminal.shows("═ Export ═");
    terminal.send(&format!("\x0b{}\r", folder.join("all.csv").display()));
    terminal.shows("F8 ends it");
    terminal
}

#[test]
fn an_export_that_is_ended_leaves_nothing() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = tempfile::tempdir().expect("a folder");
    let mut terminal = exporting(state.path(), folder.path());
    terminal.send(F8);
    terminal.shows("is not written: it was ended");
    let left = folder.path().read_dir().expect("a folder");
    assert_eq!(left.count(), 0);
}

#[test]
fn a_window_that_is_left_in_an_export_leaves_nothing() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = tempfile::tempdir().expect("a folder");
    let mut terminal = exporting(state.path(), folder.path());
    // End.
    terminal.send("\x1b[4~");
    terminal.shows("What runs is ended.");
    terminal.send("l");
    terminal.end();
    let left = folder.path().read_dir().expect("a folder");
    let left: Vec<_> = left.flatten().map(|file| file.path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_mouse_is_heeded_where_it_is_wanted() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = window(state.path());
    let told = |terminal: &Terminal, sequence: &str| {
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        raw.contains(sequence)
    };
    // Else the terminal's own ways of marking a text are its user's.
    assert!(!told(&terminal, "\x1b[?1000h"));
    terminal.send("SET screen_mouse = on;");
    terminal.send(F5);
    terminal.shows("✓ screen_mouse = on");
    terminal.send("\x0eSELECT * FROM employees ORDER BY id;");
    terminal.send(F5);
    terminal.shows("( RESULT )");
    terminal.shows("164 rows");
    assert!(told(&terminal, "\x1b[?1000h\x1b[?1006h"));
    // Pressed and let go; then the wheel.
    terminal.send("\x1b[<0;14;5M\x1b[<0;14;5m");
    terminal.shows("row 2 of 164");
    terminal.send("\x1b[<65;14;5M");
    terminal.shows("row 5 of 164");
    // A key of the bottom line.
    terminal.send("\x1b[<0;62;24M\x1b[<0;62;24m");
    terminal.shows("( COMMAND )");
    terminal.send("\x1b[4~\x1b[4~");
    terminal.shows("Leave the window manager?");
    terminal.send("l");
    terminal.end();
    assert!(told(&terminal, "\x1b[?1000l"));
}
