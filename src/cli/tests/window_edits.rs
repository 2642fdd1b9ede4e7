//! Cells of a result are edited in a real terminal.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

#[path = "common/terminal.rs"]
mod terminal;

use noctra_test_servers::Postgres;
use terminal::Terminal;

const F5: &str = "\x1b[15~";
const F10: &str = "\x1b[21~";
const RIGHT: &str = "\x1b[C";
const DOWN: &str = "\x1b[B";
const BACKSPACE: &str = "\x7f";

const STAFF: &str = "CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, \
                     salary DECIMAL(10,2)); \
                     INSERT INTO staff VALUES (7, 'Ada', 75000), (8, 'Ben', NULL);";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A window on a database, with the rows of the table.
fn rows(state: &std::path::Path, target: &str) -> Terminal {
    let mut terminal = Terminal::wide(80, state, &["--tui", "--db", target], &[]);
    terminal.shows("All commands");
    terminal.send(&format!("\x0eSELECT * FROM staff ORDER BY id;{F5}"));
    terminal.shows("( RESULT )");
    terminal.shows("row 1 of 2");
    terminal
}

fn made(target: &str) {
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(["--db", target, "-c", STAFF])
        .output()
        .expect("noctra runs");
    assert!(ran.status.success(), "{ran:?}");
}

/// Another text in the cell of the cursor.
fn over(terminal: &mut Terminal, old: &str, new: &str) {
    terminal.send("e");
    terminal.shows("═ Edit ");
    terminal.send(&BACKSPACE.repeat(old.chars().count()));
    terminal.send(&format!("{new}\r"));
    terminal.until("the grid", |screen| !screen.contains("═ Edit "));
}

#[test]
fn cells_are_edited() {
    let folder = folder();
    let target = format!("sqlite:{}", folder.path().join("staff.db").display());
    made(&target);
    let mut terminal = rows(folder.path(), &target);
    terminal.send(RIGHT);
    terminal.send("e");
    terminal.shows("║ varchar(20), not null");
    // No value is not for this column, which is said; another one is.
    terminal.send("\x1bu\r");
    terminal.shows("name must have a value");
    terminal.send("Eva\t");
    terminal.shows("Edit salary");
    terminal.send("\x1bu\r");
    terminal.shows("2 edits in 2 rows");
    terminal.send(F10);
    terminal.shows("UPDATE staff SET name = 'Eva', salary = NULL WHERE id = 7");
    terminal.shows("FROM 'Ada'");
    terminal.send("c");
    terminal.shows("1 change is kept");
    terminal.shows("7│ Eva   │ ∅");
    terminal.send("\x1b[4~");
    terminal.shows("Leave the window manager?");
    terminal.send("l");
    terminal.end();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args([
            "--db",
            &target,
            "--format",
            "csv",
            "-c",
            "SELECT * FROM staff ORDER BY id",
        ])
        .output()
        .expect("noctra runs");
    let rows = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_eq!(rows, "id,name,salary\n7,Eva,\n8,Ben,\n");
}

#[test]
fn two_edit_the_same_cell() {
    let server = Postgres::start();
    let file = folder();
    let mut targets = vec![format!("sqlite:{}", file.path().join("staff.db").display())];
    targets.extend(server.as_ref().ok().map(Postgres::url));
    for target in targets {
        made(&target);
        let (state, other) = (folder(), folder());
        let mut mine = rows(state.path(), &target);
        let mut theirs = rows(other.path(), &target);
        theirs.send(&RIGHT.repeat(2));
        over(&mut theirs, "75000.00", "80000.00");
        theirs.send(&format!("{F10}c"));
        theirs.shows("1 change is kept");
        mine.send(RIGHT);
        over(&mut mine, "Ada", "Eva");
        mine.send(RIGHT);
        over(&mut mine, "75000.00", "76000.00");
        mine.send(DOWN);
        over(&mut mine, "", "1.25");
        mine.send(F10);
        mine.shows("Commit 2 changes");
        mine.send("c");
        mine.shows("Changed by somebody else");
        mine.shows("salary  75000.00  76000.00  80000.00  theirs");
        mine.send("1");
        mine.shows("salary  75000.00  76000.00  80000.00  mine");
        mine.send("a");
        // What is left is shown again: where the row is as it is now.
        mine.shows("Commit 2 changes");
        mine.shows("FROM 80000.00");
        mine.send("c");
        mine.shows("2 changes are kept");
        mine.shows("│ Eva   │ 76,000.00");
        mine.shows("│ Ben   │      1.25");
    }
}
