//! Forms in a real terminal.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

#[path = "common/terminal.rs"]
mod terminal;

use noctra_test_servers::Postgres;
use terminal::Terminal;

const F5: &str = "\x1b[15~";
const F6: &str = "\x1b[17~";
const F10: &str = "\x1b[21~";
const ESC: &str = "\x1b";
const BACKSPACE: &str = "\x7f";

const STAFF: &str = "CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, \
                     salary DECIMAL(10,2), hired DATE);";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A prompt on a database.
fn prompt(state: &std::path::Path, target: &str) -> Terminal {
    let mut terminal = Terminal::wide(80, state, &["--db", target], &[]);
    terminal.until("the prompt", |screen| screen.ends_with('>'));
    terminal
}

/// Types another text into the field that one is in.
fn over(terminal: &mut Terminal, old: &str, new: &str) {
    terminal.send(&BACKSPACE.repeat(old.chars().count()));
    terminal.send(new);
}

#[test]
fn employees_are_searched() {
    let state = folder();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../rql-examples/forms/employee_search.toml"
    );
    let mut terminal = Terminal::wide(80, state.path(), &["--demo"], &[]);
    terminal.ends("noctra demo>");
    terminal.send(&format!("FORM LOAD '{file}';\r"));
    terminal.until("the prompt", |screen| {
        screen.contains("LOAD") && screen.ends_with("noctra demo>")
    });
    terminal.send("FORM EXECUTE employee_search;\r");
    terminal.shows("( FORM ) Employee Search");
    terminal.shows("Department:  [SALES     ▼]");
    // The name, the department as it is, and then the button.
    terminal.send("\tCarla\t\t\r");
    terminal.shows("( RESULT )");
    terminal.shows("│ SALES │");
    terminal.send(ESC);
    terminal.shows("( FORM )");
    terminal.shows("[Carla ");
    // A number that is none is said at its field, and nothing is looked for.
    // From the button to the first field.
    terminal.send("\t\t\t123456");
    terminal.send(F5);
    terminal.shows("✗ must have one to five digits");
    over(&mut terminal, "123456", "1001");
    terminal.send("\t");
    terminal.until("no error", |screen| !screen.contains('✗'));
    terminal.send(ESC);
    terminal.ends("noctra demo>");
    terminal.run("SELECT 'as ' || 'before' AS b;", "noctra demo>");
    terminal.shows("as before");
}

#[test]
fn a_table_has_a_form_at_the_prompt() {
    let state = folder();
    let mut terminal = Terminal::wide(80, state.path(), &["--demo"], &[]);
    for typed in [
        "FORM FOR departments WITH name = 'HR';",
        ".form departments",
    ] {
        terminal.ends("noctra demo>");
        terminal.send(&format!("{typed}\r"));
        terminal.shows("( FORM ) departments");
        terminal.send(ESC);
    }
    terminal.ends("noctra demo>");
    terminal.send(".form departmets\r");
    terminal.shows("did you mean departments?");
}

#[test]
fn a_row_is_added_after_three_errors() {
    let state = folder();
    let target = format!("sqlite:{}", state.path().join("staff.db").display());
    let mut terminal = prompt(state.path(), &target);
    terminal.send(&format!("{STAFF}\r"));
    terminal.send("FORM EXECUTE staff;\r");
    terminal.shows("( FORM ) staff");
    terminal.send(F6);
    terminal.send("one\tAda\t75000,00\tsoon\t");
    terminal.shows("✗ must be a date");
    terminal.send(F10);
    terminal.shows("(3 fields are not sound)");
    for error in ["a whole number", "point: 75000.00", "a date"] {
        terminal.shows(error);
    }
    // The first of them has the cursor.
    over(&mut terminal, "one", "7");
    terminal.send("\t\t");
    over(&mut terminal, "75000,00", "75000.00");
    terminal.send("\t");
    over(&mut terminal, "soon", "2024-03-01");
    terminal.send(F10);
    terminal.shows("1 change is kept");
    assert!(!terminal.screen().contains('✗'), "{}", terminal.screen());
    terminal.send(ESC);
    terminal.until("the prompt", |screen| screen.ends_with('>'));
    terminal.send("SELECT * FROM staff;\r");
    terminal.shows("75000.00");
    terminal.shows("2024-03-01");
}

#[test]
fn two_change_the_same_row() {
    let server = Postgres::start();
    let file = folder();
    let mut targets = vec![format!("sqlite:{}", file.path().join("staff.db").display())];
    targets.extend(server.as_ref().ok().map(Postgres::url));
    for target in targets {
        let state = folder();
        let mut mine = prompt(state.path(), &target);
        mine.send(&format!("{STAFF}\r"));
        mine.send("INSERT INTO staff VALUES (7, 'Ada', 75000, DATE '2024-03-01');\r");
        mine.shows("1 row");
        mine.send("FORM EXECUTE staff WITH id = 7;\r");
        mine.shows("QUERY ── record 1 of 1 ── Q");
        let other = folder();
        let mut theirs = prompt(other.path(), &target);
        theirs.send("FORM EXECUTE staff WITH id = 7;\r");
        theirs.shows("QUERY ── record 1 of 1 ── Q");
        theirs.send("\t\t");
        over(&mut theirs, "75000.00", "80000.00");
        theirs.send(F10);
        theirs.shows("1 change is kept");
        mine.send("\t");
        over(&mut mine, "Ada", "Eva");
        mine.send("\t");
        over(&mut mine, "75000.00", "76000.00");
        mine.send(F10);
        mine.shows("Changed by somebody else");
        mine.shows("salary  75000.00  76000.00  80000.00  theirs");
        mine.send("1");
        mine.shows("salary  75000.00  76000.00  80000.00  mine");
        mine.send("a");
        mine.shows("F10 keeps them");
        mine.send(F10);
        mine.shows("1 change is kept");
        mine.shows("[76000.00");
        mine.shows("[Eva");
        mine.send(ESC);
        mine.until("the prompt", |screen| screen.ends_with('>'));
    }
}

#[test]
fn what_the_server_says_is_told_with_what_it_is_said_of() {
    let Ok(server) = Postgres::start() else {
        return;
    };
    let state = folder();
    let mut terminal = prompt(state.path(), &server.url());
    for statement in [
        STAFF,
        "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE NOTICE 'seen %', NEW.name; RETURN NEW; END $$;",
        "CREATE TRIGGER looks BEFORE INSERT OR UPDATE ON staff FOR EACH ROW EXECUTE FUNCTION look();",
        "INSERT INTO staff VALUES (7, 'Ada', 75000, DATE '2024-03-01');",
    ] {
        terminal.send(&format!("{statement}\r"));
    }
    terminal.shows("notice: seen Ada");
    terminal.send("FORM EXECUTE staff WITH id = 7;\r");
    terminal.shows("QUERY ── record 1 of 1 ── Q");
    terminal.send("\t");
    over(&mut terminal, "Ada", "Eva");
    terminal.send(F10);
    terminal.shows("1 change is kept · notice: seen Eva");
    terminal.send(ESC);
    terminal.until("the prompt", |screen| screen.ends_with('>'));
    terminal.send(".tui\r");
    terminal.shows("( COMMAND )");
    terminal.send("SELECT id, name FROM staff;");
    terminal.send(F5);
    terminal.shows("│ Eva");
    terminal.send("le");
    terminal.shows("Enter:Choose");
    over(&mut terminal, "Eva", "Ida");
    terminal.send("\r");
    terminal.send(F10);
    terminal.shows("UPDATE staff");
    terminal.send("c");
    terminal.shows("1 change is kept · notice: seen Ida");
}

#[test]
fn an_order_is_added_below_its_customer() {
    let state = folder();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../rql-examples/forms/customer_orders.rql"
    );
    let mut terminal = Terminal::wide(80, state.path(), &["--tui", "--demo"], &[]);
    terminal.shows("All commands");
    terminal.send(&format!("FORM EXECUTE '{file}';{F5}"));
    terminal.shows("( FORM ) Orders of a Customer");
    // A query by example, its record, and what belongs to it.
    terminal.send("\x1b[18~2");
    terminal.send(F5);
    terminal.shows("── Orders ── record 1 of 7");
    terminal.send("\x1bn");
    terminal.shows("QUERY ── record 1 of 7 ── Q");
    terminal.send(F6);
    terminal.send("90001\t2025-02-03");
    terminal.send(F10);
    terminal.shows("1 change is kept");
    terminal.shows("Q 90001            2  2025-02-03");
    terminal.send(ESC);
    terminal.shows("( COMMAND )");
    terminal.send("\x0eSELECT customer_id, ordered FROM orders WHERE id = 90001;");
    terminal.send(F5);
    terminal.shows("( RESULT )");
    terminal.shows("2025-02-03");
}
