//! What is not shown is said: behaviour 5.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::noctra;
use terminal::Terminal;

const DEMO: &str = "noctra demo>";

#[test]
fn behaviour_05_cut_columns_are_told_with_the_way_to_see_them() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    let long = "SELECT 1 AS id, repeat('long ', 40) AS a, repeat('text ', 40) AS b";
    // Of one row nothing is cut: it is turned, a line for each value.
    terminal.run(&format!("{long};"), DEMO);
    let screen = terminal.screen();
    assert!(
        screen.contains("── row 1 ──") && !screen.contains('…'),
        "{screen}"
    );
    let long = &format!("{long} FROM generate_series(1, 6) AS g(i)");
    terminal.run(&format!("{long};"), DEMO);
    let screen = terminal.screen();
    assert!(screen.contains("…"), "{screen}");
    assert!(
        screen.contains("2 columns cut to fit the terminal; .last expanded shows all"),
        "{screen}"
    );
    // The way that is named shows all.
    terminal.send(".last expanded\r");
    terminal.shows("── row 6 ──");
    terminal.ends(DEMO);
    assert!(!terminal.screen().contains('…'));
    let ran = noctra(&["--demo", "--format", "csv", "-c", long], "");
    let (a, b) = ("long ".repeat(40), "text ".repeat(40));
    assert_eq!(
        ran.out,
        format!("id,a,b\n{}", format!("1,{a},{b}\n").repeat(6))
    );
}

#[test]
fn behaviour_05_cut_cells_of_later_rows_are_counted() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    // The widths are those of the first four thousand rows.
    terminal.ends(DEMO);
    terminal.send("SELECT CASE WHEN i > 4998 THEN 'a text that is wider than all before' ELSE 'x' END AS t FROM generate_series(1, 5000) AS g(i);\r");
    terminal.shows("(5,000 rows");
    let screen = terminal.screen();
    assert!(
        screen
            .contains("2 cells cut to the widths of the first 4000 rows; .last expanded shows all"),
        "{screen}"
    );
}

#[test]
fn behaviour_05_rows_that_are_left_out_are_told() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::noctra(state.path(), &["--demo", "--max-rows", "2"], &[]);
    terminal.run("SELECT name FROM employees ORDER BY id;", DEMO);
    let screen = terminal.screen();
    assert!(
        screen.contains("these are the first 2 rows; SET max_rows = off gives all"),
        "{screen}"
    );
    terminal.run("SET max_rows = off;", DEMO);
    terminal.send("SELECT name FROM employees ORDER BY id;\r");
    terminal.shows("(164 rows");
    // In a pipe the data is not touched: the note is narration.
    let query = "SELECT name FROM employees ORDER BY id";
    let ran = noctra(
        &["--demo", "--format", "csv", "--max-rows", "2", "-c", query],
        "",
    );
    assert_eq!(ran.out, "name\nJohn Smith\nMary Johnson\n");
    assert!(
        ran.err.contains("these are the first 2 rows"),
        "{}",
        ran.err
    );
    let one = ["--demo", "--format", "csv", "--max-rows", "1", "-c", query];
    let ran = noctra(&one, "");
    assert!(ran.err.contains("this is the first row;"), "{}", ran.err);
}

/// Where a file's ending is nearly that of a format, the format is named.
#[test]
fn an_unclear_ending_is_told_with_what_was_meant() {
    let ran = noctra(&["--demo", "-c", "EXPORT employees TO 'e.xslx'"], "");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("did you mean .xlsx?"), "{}", ran.err);
    let ran = noctra(&["-c", "IMPORT 'e.parqet' INTO t"], "");
    assert!(ran.err.contains("did you mean .parquet?"), "{}", ran.err);
}
