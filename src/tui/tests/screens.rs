//! What stands on the screen: the window over a real session, drawn into a buffer.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod desk;

use desk::Desk;
use noctra_runtime::Target;
use noctra_tui::Event;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;

#[test]
fn a_text_with_what_is_wrong_below_it() {
    let mut desk = Desk::new(80, 24);
    desk.types("SELECT name, SUM(salary) AS total\nFROM employes\nWHERE dept = 'IT';\n");
    insta::assert_snapshot!("command", desk.screen());
    desk.press("F1");
    insta::assert_snapshot!("explained", desk.screen());
}

#[test]
fn a_remark_stands_below_its_place_at_the_end_of_a_line() {
    let mut desk = Desk::new(80, 24);
    desk.types("SELECT id, name, dept FROM employees WHERE dept = 'IT' AND sallary > 1;");
    let screen = desk.screen();
    let lines: Vec<&str> = screen.lines().collect();
    let place = lines[1].find("sallary").expect("the name");
    assert_eq!(lines[2].find("~~~~~~~"), Some(place), "{screen}");
    assert!(lines[2].contains("RQL0202: "), "{screen}");
}

#[test]
fn candidates_beside_the_cursor() {
    let mut desk = Desk::new(80, 24);
    desk.types("SELECT e. FROM employees e");
    desk.press(
        "Left Left Left Left Left Left Left Left Left Left Left Left Left Left Left Left Left",
    );
    desk.press("Tab");
    insta::assert_snapshot!("candidates", desk.screen());
    desk.press("Down Enter");
    assert!(
        desk.screen().contains("SELECT e.name FROM"),
        "{}",
        desk.screen()
    );
}

#[test]
fn rows_in_a_grid() {
    let mut desk = Desk::new(80, 24);
    let screen = desk.run("SELECT * FROM employees ORDER BY id;");
    insta::assert_snapshot!("result", screen);
    desk.press("Right Right Right");
    desk.press("F6");
    desk.until("sort: ");
    desk.until(" ms");
    desk.press("F7");
    desk.types("dept = 'IT'");
    insta::assert_snapshot!("filter", desk.screen());
    desk.press("Enter");
    desk.until("filter: dept = 'IT'");
    desk.until(" ms");
    desk.press("v Down Down Down");
    insta::assert_snapshot!("selection", desk.screen());
    desk.press("v s");
    insta::assert_snapshot!("statement", desk.screen());
    desk.press("Esc Left Left Enter");
    insta::assert_snapshot!("cell", desk.screen());
    desk.press("Esc Esc");
    assert!(desk.screen().contains("( COMMAND )"));
}

#[test]
fn a_chart_of_a_column() {
    let mut desk = Desk::new(80, 24);
    desk.run("SELECT dept, COUNT(*) AS people FROM employees GROUP BY dept ORDER BY dept;");
    desk.press("Right F9 Enter");
    insta::assert_snapshot!("chart", desk.screen());
}

#[test]
fn all_rows_are_asked_about() {
    let mut desk = Desk::new(80, 24);
    desk.types("DELETE FROM monthly_sales;");
    desk.press("F5");
    let screen = desk.until("Confirm");
    insta::assert_snapshot!("confirm", screen);
    // The harmless answer is the default.
    desk.press("Enter");
    desk.until("not run");
    desk.press("F5");
    desk.until("Confirm");
    // What would run is read before it is chosen.
    desk.types("s");
    insta::assert_snapshot!("confirm_sql", desk.screen());
    desk.press("Enter");
    desk.types("d");
    desk.until("rows changed");
}

#[test]
fn a_parameter_is_asked_for() {
    let mut desk = Desk::new(80, 24);
    desk.types("SELECT name FROM employees WHERE dept = :dept ORDER BY name LIMIT 2;");
    desk.press("F5");
    insta::assert_snapshot!("parameter", desk.until("Parameter"));
    desk.types("IT");
    desk.press("Enter");
    desk.until("2 rows");
    // The same rows in another way are those of the same value.
    desk.press("F6");
    desk.until("sort: name");
    desk.settle();
    desk.press("F7");
    desk.choose("name <> :other");
    desk.until("other (text)");
    desk.choose("Nobody");
    desk.until("filter: name <> :other");
    desk.settle();
    desk.press("F5");
    desk.until("2 rows");
    desk.settle();
    // Of another run it is asked again, and what was answered last stands there.
    desk.press("Esc F5");
    let screen = desk.until("Parameter");
    assert!(screen.contains("║ IT "), "{screen}");
    desk.press("Enter");
    desk.until("2 rows");
}

#[test]
fn lists_to_choose_from() {
    let mut desk = Desk::new(80, 24);
    desk.press("Ctrl+P");
    insta::assert_snapshot!("palette", desk.screen());
    desk.types("catalog");
    desk.press("Enter F1");
    insta::assert_snapshot!("tree_help", desk.screen());
    desk.press("Esc Esc F1");
    insta::assert_snapshot!("help", desk.screen());
    desk.press("Esc Alt+C");
    insta::assert_snapshot!("themes", desk.screen());
}

#[test]
fn the_catalog_is_a_tree() {
    let mut desk = Desk::new(80, 24);
    desk.types("SELECT");
    desk.press("Alt+T");
    insta::assert_snapshot!("tree", desk.screen());
    desk.types("orders");
    desk.press("Right");
    insta::assert_snapshot!("tree_found", desk.screen());
    // Enter puts names into the text, apart from the word before.
    desk.press("Down Enter");
    desk.types(", ");
    desk.press("Alt+T");
    desk.types("references customers");
    desk.press("Enter");
    let screen = desk.screen();
    assert!(screen.contains("SELECT id, customer_id"), "{screen}");
    // Rows, a definition, a form.
    desk.press("Alt+T");
    desk.types("departments");
    desk.press("F5");
    desk.until("( RESULT )");
    desk.settle();
    assert!(desk.screen().contains("budget"), "{}", desk.screen());
    desk.press("Alt+T");
    desk.types("departments");
    desk.press("Right Down Alt+D");
    desk.until("query 2");
    desk.settle();
    assert!(
        desk.screen().contains("not null│ primary key"),
        "{}",
        desk.screen()
    );
    desk.press("Alt+T");
    desk.types("departments");
    desk.press("Alt+F");
    desk.until("( FORM )");
}

#[test]
fn the_end_comes_after_a_question() {
    let mut desk = Desk::new(80, 24);
    desk.types("BEGIN;");
    desk.press("F5");
    desk.until("transaction open");
    desk.press("Home End");
    assert!(
        !desk.screen().contains("Exit ═"),
        "the first End goes to the end of the line"
    );
    desk.press("End");
    insta::assert_snapshot!("exit", desk.screen());
    desk.press("Enter");
    assert!(!desk.left, "the harmless answer stays");
    desk.press("End");
    desk.types("L");
    assert!(desk.left);
}

#[test]
fn other_sizes() {
    let mut desk = Desk::new(132, 43);
    let screen = desk.run("SELECT * FROM employees ORDER BY id;");
    insta::assert_snapshot!("wide", screen);
    for (name, width, height) in [("short", 60, 16), ("narrow", 40, 10), ("tiny", 30, 8)] {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
        desk.update(Event::Resized(Size::new(width, height)));
        insta::assert_snapshot!(name, desk.screen());
    }
}

#[test]
fn without_colours_and_without_unicode() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("SET screen_keys = 'sort=o, runn=F2';");
    desk.press("F5");
    desk.until("there is no runn; did you mean run?");
    desk.press("Ctrl+N");
    desk.pastes("SET screen_theme = 'ascii'; SET screen_keys = 'run=Ctrl+R, sort=o';");
    desk.press("Alt+A");
    desk.until("Ctrl+R:Execute");
    desk.press("Ctrl+N");
    desk.types("SELECT NULL AS nothing, 'x' AS text, 1 AS number;");
    desk.press("Ctrl+R");
    let screen = desk.until(" ms");
    assert!(screen.contains("o:Sort"), "{screen}");
    insta::assert_snapshot!("ascii", screen);
    let shown = |c: char| c.is_ascii() || c == '·' || c == '…';
    assert!(screen.chars().all(shown), "{screen}");
}

#[test]
fn a_text_result_and_several_statements() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("PRINT 'one';\nSELECT dept, COUNT(*) AS n FROM employees GROUP BY dept ORDER BY n CHART BAR;\nSELECT 2 AS two;");
    desk.press("Alt+A");
    desk.until("FINANCE");
    insta::assert_snapshot!("text", desk.screen());
    desk.press("Tab");
    assert!(desk.screen().contains("two"), "{}", desk.screen());
    // The statement at the cursor is the last one.
    desk.press("Esc F5");
    let screen = desk.until("query 3");
    assert!(screen.contains("row 1 of 1"), "{screen}");
}

#[test]
fn more_rows_come_when_they_are_wanted() {
    let mut desk = Desk::on(Target::SqliteMemory, 80, 24);
    desk.types("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n;");
    desk.press("F5");
    desk.until("( RESULT )");
    desk.settle();
    insta::assert_snapshot!("waiting", desk.screen());
    desk.press("G");
    desk.until("100,000 rows ·");
    assert!(
        desk.screen().contains("row 100,000 of 100,000"),
        "{}",
        desk.screen()
    );
    // Another statement ends the fetch of the one before.
    desk.press("Esc F5");
    desk.settle();
    desk.press("Esc Ctrl+N");
    desk.types("SELECT 'other' AS o;");
    desk.press("F5");
    desk.until("│ other");
    desk.press("Tab");
    let screen = desk.until("the first ");
    assert!(screen.contains("rows; F5 fetches again"), "{screen}");
}

#[test]
fn what_is_wrong_is_at_its_place() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("SELECT 1;\nSELECT 1 / 0;");
    desk.press("F5");
    let screen = desk.until("division by zero");
    insta::assert_snapshot!("wrong", screen);
    // It stays until the text is another one, or runs well.
    desk.settle();
    assert_eq!(desk.screen(), screen);
    desk.press("Ctrl+N");
    desk.run("SELECT * FROM employees;");
    desk.press("F7");
    desk.types("no_such > 1");
    desk.press("Enter");
    // A condition that is wrong leaves the rows as they are.
    let screen = desk.until("RQL");
    assert!(screen.contains("( RESULT )"), "{screen}");
    assert!(!screen.contains("filter:"), "{screen}");
}

#[test]
fn rows_are_found_and_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::new(80, 24);
    desk.run("SELECT id, name FROM employees ORDER BY id;");
    desk.press("/");
    desk.types("carla");
    desk.press("Enter");
    let screen = desk.screen();
    assert!(screen.contains("col 2/2"), "{screen}");
    let file = folder.path().join("out.csv");
    desk.press("Alt+W Ctrl+U");
    for _ in 0.."result.csv".len() {
        desk.press("Backspace");
    }
    desk.types(&file.display().to_string());
    desk.press("Enter");
    desk.until("rows in");
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(text.starts_with("id,name\n1001,"), "{text}");
}

#[test]
fn files_are_read_and_written_where_they_may_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::new(80, 24);
    desk.confine(folder.path());
    let outside = other.path().join("notes.rql");
    std::fs::write(&outside, "SELECT 1;").expect("a file");
    for (key, verb) in [
        ("Alt+W", "may not be written"),
        ("Alt+R", "may not be read"),
    ] {
        desk.press(&format!("{key} Ctrl+U"));
        desk.types(&outside.display().to_string());
        desk.press("Enter");
        let screen = desk.until(verb);
        assert!(screen.contains(verb), "{screen}");
    }
    let kept = std::fs::read_to_string(&outside).expect("the file");
    assert_eq!(kept, "SELECT 1;");
}
