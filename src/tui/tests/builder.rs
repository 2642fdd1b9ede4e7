//! The builder of queries on the screen.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod desk;

use desk::Desk;
use noctra_tui::Event;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;

#[test]
fn a_query_is_built_beside_its_text() {
    let mut desk = Desk::new(80, 24);
    desk.press("F3");
    insta::assert_snapshot!("empty", desk.screen());
    // Nothing can be shown of no table.
    desk.press("c");
    insta::assert_snapshot!("tables", desk.screen());
    desk.choose("customers");
    desk.press("t");
    insta::assert_snapshot!("related", desk.screen());
    desk.choose("orders");
    desk.press("Space c");
    desk.choose("customers.name");
    desk.choose("orders.id");
    insta::assert_snapshot!("columns", desk.screen());
    desk.press("Esc Space Enter");
    insta::assert_snapshot!("column", desk.screen());
    desk.choose("name");
    desk.choose("how_many");
    desk.press("f");
    desk.choose("customers.city");
    desk.choose("IN");
    desk.types("London, São Paulo");
    insta::assert_snapshot!("value", desk.screen());
    desk.press("Enter f");
    desk.choose("of groups");
    desk.choose("at least");
    desk.choose("soon, 1");
    insta::assert_snapshot!("refused", desk.screen());
    for _ in 0.."soon, 1".len() {
        desk.press("Backspace");
    }
    desk.choose(":least");
    desk.press("s");
    desk.choose("how_many");
    desk.press("Space l");
    desk.choose("10");
    insta::assert_snapshot!("built", desk.screen());
    // What is wrong with it is said by the compiler.
    desk.press("c");
    desk.choose("expression");
    desk.choose("upper(customers.nme)");
    insta::assert_snapshot!("wrong", desk.screen());
    desk.press("Ctrl+U");
    // It runs, with the values of its parameters asked for.
    desk.press("F5");
    desk.until("Parameter");
    desk.choose("1");
    desk.until("( RESULT )");
    desk.settle();
    let screen = desk.screen();
    assert!(screen.contains("how_many"), "{screen}");
    desk.press("Esc");
    assert!(desk.screen().contains("( BUILDER )"), "{}", desk.screen());
    desk.press("F10");
    insta::assert_snapshot!("taken", desk.screen());
}

#[test]
fn a_query_that_is_there_is_built_on() {
    let mut desk = Desk::new(80, 24);
    desk.pastes(
        "PRINT 'before';\nSELECT dept, avg(salary) AS mean FROM employees e WHERE name LIKE 'A%'\n\
         GROUP BY dept ORDER BY mean DESC;\nPRINT 'behind';",
    );
    desk.press("Up F3");
    insta::assert_snapshot!("opened", desk.screen());
    // A column comes behind, and is grouped by.
    desk.press("c");
    desk.choose("name");
    desk.press("Esc F10");
    let screen = desk.screen();
    let wanted = "  2 SELECT dept, avg(salary) AS mean, name\n";
    assert!(screen.contains(wanted), "{screen}");
    assert!(screen.contains("GROUP BY dept, name\n"), "{screen}");
    assert!(screen.contains("PRINT 'behind';"), "{screen}");
    // Nothing is asked where nothing was changed, and something where it was.
    desk.press("F3 Esc");
    assert!(desk.screen().contains("( COMMAND )"), "{}", desk.screen());
    desk.press("F3 d Esc");
    insta::assert_snapshot!("leave", desk.screen());
    desk.press("Enter");
    assert!(desk.screen().contains("( BUILDER )"), "{}", desk.screen());
    desk.press("Esc");
    desk.types("D");
    let screen = desk.screen();
    assert!(screen.contains("( COMMAND )"), "{screen}");
    assert!(!screen.contains("DISTINCT"), "{screen}");
}

#[test]
fn what_cannot_be_shown_stays_a_text() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("SELECT name FROM employees UNION SELECT title FROM departments;");
    desk.press("F3");
    insta::assert_snapshot!("union", desk.screen());
    desk.press("c");
    let screen = desk.screen();
    assert!(
        screen.contains("UNION, INTERSECT or EXCEPT; edit the text"),
        "{screen}"
    );
    desk.press("F5");
    desk.until("( RESULT )");
    desk.settle();
    // In the text, what is typed is followed.
    desk.press("Esc Tab Ctrl+N");
    desk.types("SELECT name FROM employees WHERE ");
    desk.types("salary > 100000");
    desk.press("Esc");
    insta::assert_snapshot!("followed", desk.screen());
    desk.press("Tab");
    desk.press("Ctrl+P");
    assert!(desk.screen().contains("All commands"), "{}", desk.screen());
}

#[test]
fn it_is_drawn_at_any_size() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("SELECT name, dept FROM employees WHERE salary > 1 AND dept = 'IT' ORDER BY name;");
    desk.press("F3 f");
    for (width, height) in [(132, 43), (60, 16), (40, 10), (10, 3), (80, 24)] {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
        desk.update(Event::Resized(Size::new(width, height)));
        let screen = desk.screen();
        assert!(height < 10 || screen.contains("Filter by"), "{screen}");
    }
    desk.press("Esc");
    desk.terminal = Terminal::new(TestBackend::new(60, 16)).expect("a screen");
    desk.update(Event::Resized(Size::new(60, 16)));
    insta::assert_snapshot!("narrow", desk.screen());
}
