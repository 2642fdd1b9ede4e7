//! Cells of a grid are edited: the window over a real session, drawn into a buffer.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod desk;

use desk::Desk;
use noctra_runtime::Target;

fn staff() -> Desk {
    let mut desk = Desk::on(Target::SqliteMemory, 80, 24);
    desk.pastes(
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, salary DECIMAL(10,2), \
         note TEXT, CHECK (salary < 100000));\n\
         INSERT INTO staff VALUES (1, 'Ada', 75000, 'first'), (2, 'Ben', 50000.50, NULL), (3, '東京', NULL, '');",
    );
    desk.press("Alt+A");
    desk.until("3 rows");
    desk.settle();
    desk
}

/// Another text in the cell that is open.
fn over(desk: &mut Desk, old: &str, new: &str) {
    for _ in old.chars() {
        desk.press("Backspace");
    }
    desk.types(new);
}

#[test]
fn cells_are_edited_and_kept() {
    let mut desk = staff();
    desk.run("SELECT id, name, salary, note, upper(name) AS loud FROM staff ORDER BY id;");
    desk.press("Right Right e");
    insta::assert_snapshot!("cell_open", desk.screen());
    over(&mut desk, "75000.00", "75000,00");
    desk.press("Enter");
    let screen = desk.screen();
    assert!(
        screen.contains("salary must have a decimal point: 75000.00"),
        "{screen}"
    );
    over(&mut desk, "75000,00", "76000");
    // The next cell has no value then, which is no empty text.
    desk.press("Tab Alt+U");
    insta::assert_snapshot!("cell_null", desk.screen());
    desk.press("Enter Down e Enter e");
    assert!(desk.screen().contains("NULL ═"), "{}", desk.screen());
    // What is typed and taken away again is an empty text.
    desk.press("x Backspace Enter");
    insta::assert_snapshot!("staged", desk.screen());
    // What would bring other rows waits for the edits.
    desk.press("F6");
    assert!(desk.screen().contains("3 edits not kept: F10 keeps"));
    desk.press("F10");
    insta::assert_snapshot!("review", desk.screen());
    // The harmless answer is the default.
    desk.press("Enter");
    assert!(desk.screen().contains("modified"), "{}", desk.screen());
    desk.press("F10");
    desk.types("c");
    desk.until("2 changes are kept");
    desk.settle();
    insta::assert_snapshot!("kept", desk.screen());
}

#[test]
fn edits_are_taken_back() {
    let mut desk = staff();
    desk.run("SELECT * FROM staff ORDER BY id;");
    desk.press("Right e");
    over(&mut desk, "Ada", "Eva");
    desk.press("Enter Down e");
    over(&mut desk, "Ben", "Bob");
    desk.press("Enter");
    assert!(
        desk.screen().contains("2 edits in 3 rows"),
        "{}",
        desk.screen()
    );
    desk.press("Ctrl+U");
    assert!(desk.screen().contains("│ Ben"), "{}", desk.screen());
    desk.press("Down Down");
    assert!(
        desk.screen().contains("1 edit in 3 rows"),
        "{}",
        desk.screen()
    );
    // Written as it was, or as the same number, it is no edit.
    desk.press("Up e Enter Right e");
    over(&mut desk, "50000.50", "50000.500");
    desk.press("Enter");
    assert!(
        desk.screen().contains("1 edit in 3 rows"),
        "{}",
        desk.screen()
    );
    desk.press("Esc End");
    assert!(
        desk.screen().contains("1 edit not kept."),
        "{}",
        desk.screen()
    );
    desk.press("Esc Alt+L Alt+Z");
    assert!(
        desk.screen().contains("1 edit dropped"),
        "{}",
        desk.screen()
    );
    assert!(desk.screen().contains("│ Ada"), "{}", desk.screen());
    desk.press("F10");
    assert!(
        desk.screen().contains("nothing is edited"),
        "{}",
        desk.screen()
    );
}

#[test]
fn what_cannot_be_edited_says_why() {
    let mut desk = staff();
    for (query, keys, why) in [
        (
            "SELECT count(*) AS n FROM staff;",
            "e",
            "no row of the result is a row of a table",
        ),
        (
            "SELECT id, upper(name) AS loud FROM staff;",
            "Right e",
            "the column is computed by the query",
        ),
        (
            "SELECT name FROM staff;",
            "e",
            "the key of staff (id) is not in the result",
        ),
        (
            "SELECT 1 AS one; SELECT 2 AS two;",
            "e",
            "these are not the rows of one query",
        ),
        (
            "SELECT * FROM staff;",
            "Right Alt+U",
            "name must have a value",
        ),
    ] {
        desk.press("Ctrl+N");
        desk.pastes(query);
        desk.press("Alt+A");
        desk.until("( RESULT )");
        desk.settle();
        desk.press(keys);
        assert!(desk.screen().contains(why), "{query}\n{}", desk.screen());
        desk.press("Esc");
    }
}

#[test]
fn a_message_that_has_no_room_is_read_by_help() {
    let mut desk = Desk::new(80, 24);
    desk.pastes(
        "CREATE TABLE keyless (a INTEGER); INSERT INTO keyless VALUES (1); SELECT * FROM keyless;",
    );
    desk.press("Alt+A");
    desk.until("( RESULT )");
    desk.settle();
    desk.press("Esc");
    desk.run("SELECT * FROM keyless;");
    desk.press("e");
    let screen = desk.screen();
    let said = screen
        .lines()
        .find(|line| line.contains("cannot be edited"));
    let said = said.expect("a message").to_owned();
    assert!(said.ends_with('…'), "{screen}");
    desk.press("F1");
    let screen = desk.screen();
    assert!(
        screen.contains("no primary key, and no unique key without"),
        "{screen}"
    );
    assert!(screen.contains("Help: "), "{screen}");
}

#[test]
fn what_the_database_refuses_stays_to_be_mended() {
    let mut desk = staff();
    desk.press("Ctrl+N");
    desk.pastes("SELECT * FROM staff WHERE id = :id;");
    desk.press("F5");
    desk.until("Parameter");
    desk.types("2");
    desk.press("Enter");
    desk.until("row 1 of 1");
    desk.settle();
    desk.press("Right Right e");
    over(&mut desk, "50000.50", "200000");
    desk.press("Enter F10");
    desk.types("c");
    let screen = desk.until("nothing is kept");
    assert!(screen.contains("modified"), "{screen}");
    assert!(screen.contains("*200,000.00│"), "{screen}");
}
