//! Forms on the screen: the window over a real session, drawn into a buffer.
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

/// A form of the examples.
fn example(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rql-examples/forms");
    format!("FORM EXECUTE '{folder}/{name}';")
}

/// A window with a form in front.
fn opened(text: &str) -> Desk {
    let mut desk = Desk::new(80, 24);
    desk.pastes(text);
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    desk
}

/// A window with a form in front that is written before.
fn opened_of(width: u16, form: &str, text: &str) -> Desk {
    let mut desk = Desk::new(width, 24);
    desk.pastes(form);
    desk.press("F5");
    desk.until("has ");
    desk.settle();
    desk.press("Ctrl+N");
    desk.pastes(text);
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    desk
}

/// What has come of keys, once the form has done what they say.
fn after(desk: &mut Desk, keys: &str) -> String {
    desk.press(keys);
    desk.settle();
    desk.screen()
}

#[test]
fn employees_are_searched() {
    let mut desk = opened(&example("employee_search.toml"));
    insta::assert_snapshot!("search", desk.screen());
    // What is typed while the form is at work waits for it.
    desk.press("Tab");
    desk.types("Carla");
    desk.press("Tab Tab");
    desk.settle();
    insta::assert_snapshot!("search_button", desk.screen());
    desk.press("Shift+Tab");
    desk.settle();
    for _ in 0.."SALES".len() {
        desk.press("Backspace");
    }
    desk.types("HR");
    desk.press("F5");
    desk.until("( RESULT )");
    desk.settle();
    insta::assert_snapshot!("search_rows", desk.screen());
    let screen = after(&mut desk, "F6");
    assert!(screen.contains("as the form asked for them"), "{screen}");
    let screen = after(&mut desk, "Esc");
    assert!(screen.contains("[Carla"), "{screen}");
    let screen = after(&mut desk, "Esc");
    assert!(screen.contains("( COMMAND )"), "{screen}");
}

#[test]
fn fields_stand_where_their_places_say() {
    let mut desk = Desk::new(80, 24);
    desk.pastes(
        "FORM card LAYOUT $$ [places]\nid = { line = 1, column = 1 }\nname = { line = 2, column = 1 }\n\
         hired = { line = 1, column = 34 }\nvip = { line = 2, column = 34 }\nnote = { line = 4, column = 5 } $$ (
         FIELD id INTEGER LABEL 'No' WIDTH 5, FIELD name TEXT LABEL 'Full name' REQUIRED WIDTH 16,
         FIELD hired DATE, FIELD vip BOOLEAN LABEL 'Important', FIELD note TEXTAREA WIDTH 30 ROWS 2,
         FIELD rest TEXT LABEL 'Without a place', ACTION done AS CLOSE);",
    );
    desk.press("F5");
    desk.until("has 6 fields");
    desk.press("Ctrl+N");
    desk.types("FORM EXECUTE card;");
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    insta::assert_snapshot!("places", desk.screen());
}

#[test]
fn sections_and_columns_stand_as_the_layout_says() {
    let mut desk = opened(&example("customer.toml"));
    // The day is that of the test.
    desk.press("Tab Tab Alt+U");
    desk.settle();
    insta::assert_snapshot!("sections", desk.screen());
    // Three columns do not fit, two do; a text of lines pushes those below it down.
    let mut desk = opened_of(
        80,
        "FORM wide LAYOUT $$ columns = 3 $$ (FIELD a TEXT WIDTH 20, FIELD b TEXT WIDTH 20, \
         FIELD c TEXTAREA WIDTH 20, FIELD d TEXT WIDTH 20, FIELD e BOOLEAN, ACTION done AS CLOSE);",
        "FORM EXECUTE wide;",
    );
    insta::assert_snapshot!("two_columns", desk.screen());
    desk.terminal = Terminal::new(TestBackend::new(40, 10)).expect("a screen");
    desk.update(Event::Resized(Size::new(40, 10)));
    desk.press("Tab Tab");
    desk.settle();
    insta::assert_snapshot!("least", desk.screen());
}

#[test]
fn a_form_speaks_the_language_that_is_set() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("SET language = de;");
    desk.press("F5");
    desk.until("language = de");
    desk.settle();
    desk.press("Ctrl+N");
    desk.pastes(&example("employee_search.toml"));
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    let screen = desk.screen();
    for text in ["Mitarbeiter suchen", "Personalnummer:", "Abteilung:"] {
        assert!(screen.contains(text), "no {text} on:\n{screen}");
    }
}

#[test]
fn a_query_begins_in_the_first_field() {
    let mut desk = opened("FORM FOR employees;");
    // From a button, too.
    desk.press("Shift+Tab");
    let screen = after(&mut desk, "F7");
    assert!(screen.contains("Id: integer   Such as"), "{screen}");
    desk.press("Tab");
    desk.settle();
    desk.types("M%");
    let screen = after(&mut desk, "F5");
    assert!(screen.contains("for any text stands *, not %"), "{screen}");
    desk.press("Ctrl+K");
    desk.types("Mary*");
    let screen = after(&mut desk, "F5");
    assert!(screen.contains("[Mary Johnson "), "{screen}");
    assert!(screen.contains("QUERY ── record 1 of"), "{screen}");
}

#[test]
fn views_have_buttons() {
    let mut desk = opened(&example("products.toml"));
    insta::assert_snapshot!("views", desk.screen());
    desk.press("Shift+Tab Enter");
    let screen = desk.until("( RESULT )");
    assert!(screen.contains("row 1 of"), "{screen}");
}

#[test]
fn records_stand_in_the_order_of_a_field() {
    let mut desk = opened("FORM FOR departments;");
    desk.press("F7 F5");
    desk.settle();
    let first = desk.screen();
    desk.press("Tab Alt+S");
    desk.settle();
    desk.press("Alt+S");
    desk.settle();
    insta::assert_snapshot!("sorted", desk.screen());
    desk.press("Alt+S");
    desk.settle();
    assert!(
        desk.screen().contains("in the order of the table"),
        "{}",
        desk.screen()
    );
    desk.press("Down Up");
    desk.settle();
    assert_eq!(desk.screen().lines().nth(5), first.lines().nth(5));
}

#[test]
fn forms_are_listed() {
    let mut desk = Desk::new(80, 24);
    desk.pastes("FORM dated TITLE 'By day' (FIELD day DATE, ACTION done AS CLOSE);");
    desk.press("F5");
    desk.until("has 1 field");
    desk.settle();
    desk.press("Alt+F");
    insta::assert_snapshot!("list_of_forms", desk.screen());
    desk.press("Enter");
    desk.until("( FORM ) By day");
    desk.settle();
    desk.press("Esc");
    desk.settle();
    // As at the prompt.
    desk.press("Ctrl+N");
    desk.types(".form employees");
    assert!(!desk.screen().contains("RQL"), "{}", desk.screen());
    desk.press("F5");
    desk.until("( FORM ) employees");
    desk.settle();
    desk.press("Esc");
    desk.settle();
    desk.press("Ctrl+N");
    desk.types(".timing on");
    desk.press("F5");
    assert!(
        desk.screen().contains(".timing is for the prompt"),
        "{}",
        desk.screen()
    );
    desk.press("Ctrl+N");
    desk.types("FORM FOR employes;");
    desk.press("F5");
    desk.until("no table employes");
}

#[test]
fn values_are_chosen_from_a_list() {
    let mut desk = opened(&example("dispatch.rql"));
    desk.press("F9");
    desk.settle();
    insta::assert_snapshot!("values", desk.screen());
    desk.press("Down Enter Tab Tab Tab Tab");
    for _ in 0.."2024-05-06".len() {
        desk.press("Backspace");
    }
    desk.types("2024-05-06");
    desk.press("Tab");
    desk.settle();
    insta::assert_snapshot!("filled", desk.screen());
    desk.press("F1");
    insta::assert_snapshot!("field_help", desk.screen());
}

#[test]
fn a_choice_has_a_text_of_its_own() {
    let form = "FORM places (FIELD city TEXT CHOICES ('Paris', 'Lyon' := 'in the south'));";
    let mut desk = opened_of(80, form, "FORM EXECUTE places;");
    let screen = after(&mut desk, "F9");
    assert!(screen.contains("Lyon   in the south"), "{screen}");
}

#[test]
fn what_is_wrong_stands_beside_the_fields() {
    let mut desk = Desk::new(80, 24);
    desk.run(
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, \
         salary DECIMAL(10,2) CHECK (salary >= 0), hired DATE, active BOOLEAN NOT NULL);",
    );
    desk.press("Ctrl+N");
    desk.pastes("FORM EXECUTE staff;");
    desk.press("F5");
    desk.until("( FORM )");
    desk.press("F6");
    desk.types("one");
    desk.press("Tab Tab");
    desk.types("75000,00");
    desk.press("Tab");
    desk.types("soon");
    desk.press("Tab Space");
    desk.settle();
    insta::assert_snapshot!("wrong_fields", desk.screen());
    // All of them are judged when the record is kept; the first one has the cursor.
    desk.press("F10");
    desk.settle();
    insta::assert_snapshot!("errors", desk.screen());
}

#[test]
fn esc_takes_a_field_back_before_it_leaves() {
    let mut desk = opened("FORM EXECUTE employees WITH id = 1001;");
    let before = desk.screen();
    desk.press("Tab");
    desk.types(" x");
    // While it is typed, and as nothing has changed the form is left without a question.
    let screen = after(&mut desk, "Esc");
    assert_eq!(after(&mut desk, "Shift+Tab"), before, "{screen}");
    desk.types("x");
    desk.press("Tab Shift+Tab");
    desk.settle();
    assert!(desk.screen().contains("1 error"), "{}", desk.screen());
    assert_eq!(after(&mut desk, "Esc"), before);
    let screen = after(&mut desk, "Esc");
    assert!(screen.contains("( COMMAND )"), "{screen}");
    // What was changed before, and is sound, stays.
    desk.press("F5");
    desk.until("( FORM )");
    desk.press("Tab");
    desk.types(" Jr.");
    desk.press("Tab");
    desk.types("?");
    let screen = after(&mut desk, "Esc");
    assert!(screen.contains(" Jr."), "{screen}");
    assert!(after(&mut desk, "Esc").contains("1 change is not kept"));
    // So it does where there is no record yet.
    desk.types("d");
    desk.until("( COMMAND )");
    desk.press("Ctrl+N");
    desk.pastes("FORM FOR employees;");
    desk.press("F5");
    desk.until("( FORM )");
    desk.types("one");
    desk.press("Tab Shift+Tab Esc");
    desk.settle();
    let screen = after(&mut desk, "Esc");
    assert!(screen.contains("( COMMAND )"), "{screen}");
}

#[test]
fn records_of_a_table() {
    let mut desk = opened("FORM EXECUTE departments;");
    insta::assert_snapshot!("table", desk.screen());
    desk.press("F7");
    desk.settle();
    insta::assert_snapshot!("enter_query", desk.screen());
    desk.press("F5");
    desk.settle();
    insta::assert_snapshot!("record", desk.screen());
    let screen = after(&mut desk, "PgDn");
    assert!(screen.contains("record 2"), "{screen}");
}

#[test]
fn a_form_opens_with_the_rows_that_values_say() {
    let mut desk = opened("FORM EXECUTE employees WITH dept = 'HR';");
    let screen = desk.screen();
    assert!(screen.contains("QUERY"), "{screen}");
    assert!(screen.contains("[HR"), "{screen}");
    desk.press("Shift+Tab");
    desk.settle();
    desk.types("x");
    desk.press("Tab Esc");
    desk.settle();
    insta::assert_snapshot!("unsaved", desk.screen());
    // The harmless answer stays.
    let screen = after(&mut desk, "Enter");
    assert!(screen.contains("( FORM )"), "{screen}");
    desk.press("End");
    let screen = after(&mut desk, "End");
    assert!(screen.contains("not kept"), "{screen}");
}

#[test]
fn orders_stand_below_their_customer() {
    let mut desk = opened(&example("customer_orders.rql"));
    desk.press("F7");
    desk.types("2");
    desk.press("F5");
    desk.settle();
    insta::assert_snapshot!("master", desk.screen());
    desk.press("Alt+N Down");
    desk.settle();
    insta::assert_snapshot!("detail", desk.screen());
    // A row of the customer's own: the key that it belongs by is filled in.
    desk.press("F6");
    desk.settle();
    insta::assert_snapshot!("detail_new", desk.screen());
    desk.types("90001");
    // The key that it belongs by is not gone to.
    desk.press("Tab");
    desk.types("soon");
    desk.press("Tab");
    desk.settle();
    insta::assert_snapshot!("detail_wrong", desk.screen());
    desk.press("Shift+Tab Backspace Backspace Backspace Backspace");
    desk.types("2025-02-03");
    desk.press("F10");
    desk.settle();
    let screen = desk.screen();
    assert!(screen.contains("1 change is kept"), "{screen}");
    assert!(
        screen.contains("Q 90001            2  2025-02-03"),
        "{screen}"
    );
}

#[test]
fn what_somebody_else_has_changed_is_shown_field_by_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = || Target::Sqlite(folder.path().join("staff.db"));
    let mut mine = Desk::on(target(), 80, 24);
    mine.run("CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, city TEXT);");
    mine.press("Ctrl+N");
    mine.types("INSERT INTO staff VALUES (7, 'Ada', 'London');");
    mine.press("F5");
    mine.until("row changed");
    mine.press("Ctrl+N");
    mine.pastes("FORM EXECUTE staff WITH id = 7;");
    mine.press("F5");
    mine.until("record 1 of 1");
    let mut theirs = Desk::on(target(), 80, 24);
    theirs.types("UPDATE staff SET name = 'Eva', city = 'Lyon' WHERE id = 7;");
    theirs.press("F5");
    theirs.until("row changed");
    mine.press("Tab");
    mine.types(" L.");
    mine.press("Tab");
    mine.types(" N1");
    mine.press("F10");
    mine.settle();
    insta::assert_snapshot!("conflict", mine.screen());
    mine.types("2");
    mine.settle();
    mine.types("a");
    mine.settle();
    mine.press("F10");
    mine.settle();
    insta::assert_snapshot!("settled", mine.screen());
}

#[test]
fn a_form_is_drawn_at_any_size() {
    let mut desk = opened(&example("customer_orders.rql"));
    desk.press("F7 F5");
    desk.settle();
    for (width, height) in [(132, 43), (60, 16), (40, 10), (10, 3), (80, 24)] {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
        desk.update(Event::Resized(Size::new(width, height)));
        let screen = desk.screen();
        assert!(height < 10 || screen.contains("Orders of a"), "{screen}");
    }
}

#[test]
fn a_table_of_long_names_and_no_rows_has_a_form() {
    let mut desk = Desk::new(80, 24);
    desk.pastes(
        "CREATE TABLE t (\"a column whose name goes on and on where nobody would ever want to read it\" INTEGER NOT NULL, \
         city TEXT); SELECT 1 AS done;",
    );
    desk.press("Alt+A");
    desk.until("done");
    desk.settle();
    desk.press("Esc Ctrl+N");
    desk.types("FORM FOR t;");
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    desk.press("PgDn");
    desk.settle();
    insta::assert_snapshot!("long_label", desk.screen());
}
