//! The text: what ran before, and files.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

mod desk;

use desk::Desk;

/// The first line of the text.
fn first(desk: &mut Desk) -> String {
    let screen = desk.screen();
    let line = screen.lines().nth(1).unwrap_or_default();
    line.trim_start_matches([' ', '1']).to_owned()
}

#[test]
fn what_ran_before_comes_back() {
    let mut desk = Desk::new(80, 24);
    for text in ["SELECT 1 AS one;", "SELECT 2 AS two;", "SELECT 2 AS two;"] {
        desk.run(text);
        desk.settle();
        desk.press("Esc");
    }
    desk.press("Ctrl+N");
    desk.types("a draft");
    desk.press("PgUp");
    assert_eq!(first(&mut desk), "SELECT 2 AS two;");
    // What ran twice in a row stands there once.
    desk.press("PgUp");
    assert_eq!(first(&mut desk), "SELECT 1 AS one;");
    desk.press("PgUp");
    assert!(
        desk.screen().contains("the history ends here"),
        "{}",
        desk.screen()
    );
    assert_eq!(first(&mut desk), "SELECT 1 AS one;");
    // Behind all of it stands what was being written.
    desk.press("PgDn PgDn");
    assert_eq!(first(&mut desk), "a draft");
    desk.press("PgDn");
    assert_eq!(first(&mut desk), "a draft");
}

#[test]
fn texts_are_saved_and_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir(folder.path().join("old")).expect("a folder");
    std::fs::write(path("sales.rql"), "SELECT 'sales' AS s;\n").expect("a file");
    std::fs::write(path("staff.rql"), "SELECT 'staff' AS s;\n-- two\n").expect("a file");
    std::fs::write(path(".hidden"), "").expect("a file");
    std::fs::write(path("old/query.rql"), "SELECT 'old' AS s;\n").expect("a file");
    let mut desk = Desk::new(80, 24);
    desk.press("Alt+R");
    desk.types(&path(""));
    // Above stands the folder, which is another one each time.
    let screen = desk.screen();
    let below = screen.lines().skip_while(|line| !line.contains("file:"));
    let files: Vec<&str> = below.skip(1).collect();
    insta::assert_snapshot!("files", files.join("\n"));
    desk.types("st");
    desk.press("Tab");
    assert!(desk.screen().contains("staff.rql "), "{}", desk.screen());
    desk.press("Enter");
    let screen = desk.screen();
    assert!(screen.contains("✓ 2 lines of"), "{screen}");
    assert_eq!(first(&mut desk), "SELECT 'staff' AS s;");
    // A folder is gone into.
    desk.press("Alt+R");
    desk.types(&path("ol"));
    desk.press("Enter");
    assert!(desk.screen().contains("▸query.rql"), "{}", desk.screen());
    desk.press("Enter");
    assert_eq!(first(&mut desk), "SELECT 'old' AS s;");
    // A file of its own is written over, another one after a question.
    desk.types("-- mine\n");
    desk.press("Alt+W Enter");
    assert!(desk.screen().contains("is written"), "{}", desk.screen());
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("the file");
    assert_eq!(read("old/query.rql"), "-- mine\nSELECT 'old' AS s;\n");
    desk.press("Alt+W");
    for _ in path("old/query.rql").chars() {
        desk.press("Backspace");
    }
    desk.choose(&path("sales.rql"));
    assert!(
        desk.screen().contains("is there already"),
        "{}",
        desk.screen()
    );
    desk.press("Enter");
    assert_eq!(read("sales.rql"), "SELECT 'sales' AS s;\n");
    desk.press("Alt+R");
    desk.choose(&path("none.rql"));
    assert!(desk.screen().contains("✗ cannot read"), "{}", desk.screen());
}
