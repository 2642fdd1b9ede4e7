//! Cells seen whole, and columns as a person wants them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod desk;

use desk::Desk;

#[test]
fn cells_are_seen_whole() {
    let mut desk = Desk::new(80, 24);
    desk.run(
        "SELECT CAST('{\"name\": \"Ada\", \"tags\": [\"a, b\", 2], \"none\": {}}' AS JSON) AS j, \
         'line one' || CHR(10) || repeat('many words ', 30) AS t, \
         CAST('\\x00ff416461' AS BYTEA) AS b, NULL AS n;",
    );
    for name in ["json", "long_text", "blob", "null"] {
        desk.press("Enter");
        insta::assert_snapshot!(format!("cell_{name}"), desk.screen());
        desk.press("Esc Right");
    }
}

#[test]
fn columns_are_hidden_sized_and_kept_in_sight() {
    let mut desk = Desk::new(80, 24);
    desk.run(
        "SELECT id, name, dept, salary, 'a note of some length, longer than others' AS note, \
         'another one, which is long as well' AS more, 'the last' AS last FROM employees ORDER BY id LIMIT 5;",
    );
    // The department goes, and the name is made narrower by three and wider by one.
    desk.press("Right Right -");
    desk.press("Left < < < >");
    insta::assert_snapshot!("columns", desk.screen());
    // Names stay in sight while the last column is looked at.
    desk.press("f");
    desk.press("Right Right Right Right");
    insta::assert_snapshot!("frozen", desk.screen());
    desk.press("f + Left Left Left Left");
    let screen = desk.screen();
    assert!(screen.contains("col 3/7"), "{screen}");
    assert!(!screen.contains("hidden"), "{screen}");
    assert!(screen.contains("dept"), "{screen}");
    // It stays so when the rows are sorted.
    desk.press("- F6");
    desk.until("sort: salary");
    assert!(desk.screen().contains("1 hidden"), "{}", desk.screen());
}

#[test]
fn rows_that_have_not_come_are_found_and_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rows.csv").display().to_string();
    let mut desk = Desk::new(80, 24);
    desk.pastes(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) \
         SELECT 'row ' || i AS t FROM n;",
    );
    desk.press("F5");
    desk.until("more on demand");
    desk.press("/");
    desk.choose("row 12345");
    let screen = desk.screen();
    assert!(screen.contains("row 12,345 of"), "{screen}");
    desk.press("Alt+W Ctrl+K");
    desk.choose(&file);
    assert!(
        desk.screen().contains("30,000 rows in"),
        "{}",
        desk.screen()
    );
    let written = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(written.lines().count(), 30_001);
    assert_eq!(written.lines().last(), Some("row 30000"));
}

#[test]
fn thousands_are_grouped_where_amounts_are() {
    let mut desk = Desk::new(80, 24);
    desk.run(
        "SELECT 1001 AS id, 2026 AS year, 75000.00 AS pay, -1234567.5 AS debt, 1e6 / 7 AS share, '75000.00' AS text;",
    );
    insta::assert_snapshot!("thousands", desk.screen());
    // A cell seen whole has its plain value, and what stands on the screen is found.
    desk.press("/");
    desk.choose("1,234,567");
    assert!(desk.screen().contains("col 4/6"), "{}", desk.screen());
    desk.press("Enter");
    assert!(desk.screen().contains(" -1234567.5"), "{}", desk.screen());
    desk.press("Esc Left Left Left / Ctrl+K");
    desk.choose("75000");
    assert!(desk.screen().contains("col 3/6"), "{}", desk.screen());
    // Other people want all, or none.
    for (setting, id, pay) in [("all", "1,001", "75,000.00"), ("off", " 1001", " 75000.00")] {
        desk.press("Esc Ctrl+N");
        desk.pastes(&format!("SET screen_thousands = '{setting}';"));
        desk.press("F5");
        desk.settle();
        desk.run("SELECT 1001 AS id, 75000.00 AS pay;");
        let screen = desk.screen();
        assert!(screen.contains(id) && screen.contains(pay), "{screen}");
    }
}

#[test]
fn a_window_rests_while_rows_wait() {
    let mut desk = many("i", "");
    desk.press("Esc");
    desk.settle();
    assert!(!desk.app.is_moving(), "{}", desk.screen());
    // So it does while something else is looked at.
    desk.press("F9");
    desk.choose("bar");
    desk.until("bar: t");
    assert!(!desk.app.is_moving(), "{}", desk.screen());
    // The rest of the rows is asked for from there.
    desk.press("Tab G");
    assert!(desk.until("row 30,000").contains("30,000"));
}

#[test]
fn what_is_refused_is_not_shown_as_done() {
    let mut desk = Desk::new(80, 24);
    desk.run("SELECT id, name FROM employees;");
    // The rows are still on their way in another order when a filter is asked for.
    desk.press("F6 F7");
    let screen = desk.screen();
    assert!(screen.contains("a statement runs"), "{screen}");
    assert!(screen.contains("( RESULT )"), "{screen}");
    let screen = desk.until("sort: id");
    assert!(!screen.contains("filter:"), "{screen}");
    desk.settle();
    desk.press("F7");
    desk.choose("id < 1010");
    let screen = desk.until("filter: id < 1010");
    assert!(screen.contains("sort: id"), "{screen}");
}

#[test]
fn a_filter_that_is_refused_is_there_to_be_mended() {
    let mut desk = Desk::new(80, 24);
    desk.run("SELECT id, name FROM employees;");
    desk.press("F7");
    desk.choose("nam = 'Ada'");
    desk.until("no column nam");
    desk.settle();
    desk.press("F7");
    assert!(desk.screen().contains("nam = 'Ada'"), "{}", desk.screen());
    desk.press("Ctrl+K");
    desk.choose("id < 1003");
    desk.until("filter: id < 1003");
    // Another result has its own.
    desk.press("Esc");
    desk.run("SELECT 1 AS one;");
    desk.press("F7");
    assert!(!desk.screen().contains("1003"), "{}", desk.screen());
}

/// A grid of the first rows of many, whose file would be this one.
fn many(value: &str, file: &str) -> Desk {
    let mut desk = Desk::new(80, 24);
    desk.pastes(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) \
         SELECT {value} AS t FROM n;"
    ));
    desk.press("F5");
    desk.until("more on demand");
    desk.press("Alt+W Ctrl+K");
    desk.types(file);
    desk
}

#[test]
fn a_file_has_all_rows_or_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rows.csv");
    let mut desk = many("100 / (20000 - i)", &file.display().to_string());
    desk.press("Enter");
    let screen = desk.screen();
    assert!(
        screen.contains("rows.csv is not written: not all rows came"),
        "{screen}"
    );
    desk.settle();
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0);
    // Why stands below the statement; the rows that came can be looked at, and are not all.
    let screen = desk.screen();
    assert!(screen.contains("division by zero"), "{screen}");
    desk.press("Alt+L");
    let screen = desk.screen();
    assert!(screen.contains("of 19,999+"), "{screen}");
}

#[test]
fn rows_that_are_not_all_are_called_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rows.csv");
    let mut desk = many("i", &file.display().to_string());
    desk.press("Esc F8");
    desk.settle();
    let screen = desk.screen();
    let kept = screen.split("row 1 of ").nth(1).expect("their number");
    let kept = kept.split('+').next().expect("their number").to_owned();
    desk.press("Alt+W Ctrl+K");
    desk.choose(&file.display().to_string());
    let screen = desk.screen();
    let said = format!("{kept} rows in ");
    assert!(screen.contains(&said), "{said} {screen}");
    assert!(screen.contains("not all"), "{screen}");
}

#[test]
fn a_result_names_the_tables_that_its_rows_are_of() {
    let of = |text: &str| Desk::new(100, 24).run(text);
    let both =
        of("SELECT 1 AS a FROM employees AS e LEFT JOIN departments AS d ON TRUE, orders LIMIT 1;");
    let said = "query 1 ─ employees⋈departments⋈orders ─ demo ─";
    assert!(both.contains(said), "{both}");
    // What says less simply of what its rows are is not named.
    let inner = of("SELECT 1 AS a FROM (SELECT 1 AS b) AS t;");
    assert!(inner.contains("query 1 ─ demo ─"), "{inner}");
}
