//! The mouse: what a click, a double one and the wheel do on each screen.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod desk;

use desk::Desk;
use noctra_tui::mouse::Press;

#[test]
fn a_click_chooses_and_a_double_one_opens() {
    let mut desk = Desk::new(80, 24);
    desk.run("SELECT * FROM employees ORDER BY id;");
    desk.clicks("Mary Johnson");
    let screen = desk.screen();
    assert!(
        screen.contains("row 2 of") && screen.contains("col 2/"),
        "{screen}"
    );
    desk.mouse(Press::Twice, "Mary Johnson");
    assert!(desk.screen().contains("( DIALOG )"), "{}", desk.screen());
    // What is behind a dialog waits; the keys at the bottom are its own.
    desk.clicks("John Smith");
    desk.clicks("Esc:Close");
    let screen = desk.screen();
    assert!(screen.contains("row 2 of"), "{screen}");
    // The name of a column chooses it, and sorts by it.
    desk.clicks("salary");
    assert!(desk.screen().contains("row 2 of"), "{}", desk.screen());
    desk.mouse(Press::Twice, "salary");
    desk.until("sort: salary ▲");
    desk.until(" ms");
    desk.clicks("Filter");
    assert!(desk.screen().contains("═ Filter ═"), "{}", desk.screen());
}

#[test]
fn the_wheel_goes_by_rows() {
    let mut desk = Desk::new(80, 24);
    desk.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, 'row ' || i AS t FROM n ORDER BY i;");
    desk.mouse(Press::WheelDown, "row 1");
    desk.mouse(Press::WheelDown, "row 4");
    let screen = desk.screen();
    assert!(screen.contains("row 7 of 100"), "{screen}");
    // The rows move, not the cursor alone.
    assert!(!screen.contains("row 6 "), "{screen}");
    for _ in 0..40 {
        desk.mouse(Press::WheelDown, "RESULT");
    }
    let screen = desk.screen();
    assert!(screen.contains("row 100 of 100"), "{screen}");
    assert!(screen.contains("row 86"), "{screen}");
    // Two keys, one label.
    desk.clicks("PgUp");
    assert!(desk.screen().contains("row 85 of 100"), "{}", desk.screen());
    desk.clicks("PgDn");
    assert!(desk.screen().contains("row 100 of"), "{}", desk.screen());
    desk.clicks("Esc:Back");
    assert!(desk.screen().contains("( COMMAND )"), "{}", desk.screen());
}

#[test]
fn a_click_puts_the_cursor_into_the_text() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("SELECT '東京', name\nFROM employees e\nWHERE e.");
    desk.clicks("name");
    assert!(desk.screen().contains("Ln 1 Col 16"), "{}", desk.screen());
    desk.clicks("FROM");
    assert!(desk.screen().contains("Ln 2 Col 1"), "{}", desk.screen());
    // Candidates are chosen, and taken by a double click.
    desk.press("Down End Tab");
    desk.clicks("salary");
    assert!(desk.screen().contains("▸salary"), "{}", desk.screen());
    desk.mouse(Press::Twice, "salary");
    assert!(
        desk.screen().contains("WHERE e.salary"),
        "{}",
        desk.screen()
    );
    desk.press("Tab");
    desk.clicks("SELECT");
    assert!(!desk.screen().contains("complete"), "{}", desk.screen());
}

#[test]
fn dialogs_are_answered() {
    let mut desk = Desk::new(80, 24);
    desk.press("Ctrl+P");
    desk.clicks("history");
    assert!(
        desk.screen().contains("▸the statement before"),
        "{}",
        desk.screen()
    );
    desk.mouse(Press::WheelDown, "find:");
    desk.mouse(Press::Twice, "design a form");
    desk.until("═ Design a form ═");
    desk.clicks("Esc");
    desk.press("Alt+T");
    desk.clicks("orders");
    assert!(desk.screen().contains("▸+ orders"), "{}", desk.screen());
    desk.mouse(Press::Twice, "orders");
    assert!(desk.screen().contains("1 orders"), "{}", desk.screen());
    desk.press("End");
    desk.clicks("[ Stay ]");
    assert!(desk.screen().contains("( COMMAND )"), "{}", desk.screen());
    desk.press("End");
    desk.clicks("[ Leave ]");
    assert!(desk.left);
}

#[test]
fn fields_records_and_buttons_of_a_form() {
    let mut desk = Desk::new(80, 24);
    desk.pastes(
        "FORM asked TITLE 'Asked' (FIELD a TEXT, FIELD kind TEXT CHOICES ('one', 'two'), ACTION done AS CLOSE);",
    );
    desk.press("F5");
    desk.until("has 2 fields");
    desk.settle();
    desk.press("Ctrl+N");
    desk.pastes("FORM EXECUTE asked;");
    desk.press("F5");
    desk.until("( FORM ) Asked");
    desk.settle();
    desk.types("x");
    desk.clicks("kind:");
    desk.settle();
    let screen = desk.screen();
    assert!(screen.contains("kind: text"), "{screen}");
    assert!(screen.contains("[x "), "{screen}");
    desk.mouse(Press::Twice, "kind:");
    desk.until("list of values");
    desk.settle();
    desk.mouse(Press::Twice, "two");
    desk.settle();
    assert!(desk.screen().contains("[two"), "{}", desk.screen());
    desk.clicks("[ done ]");
    desk.settle();
    assert!(desk.screen().contains("( COMMAND )"), "{}", desk.screen());
}

#[test]
fn rows_below_a_record_are_pointed_at() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rql-examples/forms");
    let mut desk = Desk::new(80, 24);
    desk.pastes(&format!("FORM EXECUTE '{folder}/customer_orders.rql';"));
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    for key in ["F5", "PgDn"] {
        desk.press(key);
        desk.settle();
    }
    desk.clicks("2024-03-20");
    desk.settle();
    let screen = desk.screen();
    assert!(screen.contains("record 2 of 7"), "{screen}");
    assert!(screen.contains("Ordered: date"), "{screen}");
    desk.clicks("Name *");
    desk.settle();
    let screen = desk.screen();
    assert!(screen.contains("Name: "), "{screen}");
    // There the wheel goes from record to record.
    desk.mouse(Press::WheelDown, "FORM");
    desk.settle();
    assert!(desk.screen().contains("record 3 of"), "{}", desk.screen());
}

#[test]
fn the_builder_and_the_designer_are_pointed_at() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("SELECT name, dept FROM employees WHERE salary > 1;");
    desk.press("F3");
    desk.clicks("salary > 1  ");
    assert!(desk.screen().contains("▸  salary > 1"), "{}", desk.screen());
    desk.mouse(Press::Twice, "Limit");
    assert!(
        desk.screen().contains("═ At most so many rows ═"),
        "{}",
        desk.screen()
    );
    desk.clicks("Esc:Back");
    // From one side to the other.
    desk.clicks("WHERE");
    assert!(desk.screen().contains("Ln 3 Col 1"), "{}", desk.screen());
    desk.clicks("Sort");
    assert!(desk.screen().contains("▸Sort"), "{}", desk.screen());
    desk.clicks("Esc:Back");
    desk.press("F4");
    desk.choose("departments");
    desk.until("( DESIGNER )");
    desk.settle();
    desk.clicks("City *");
    assert!(desk.screen().contains("field 3 of 4"), "{}", desk.screen());
    desk.mouse(Press::Twice, "Budget");
    assert!(
        desk.screen().contains("DESIGNER waits"),
        "{}",
        desk.screen()
    );
}
