//! The designer of forms on the screen.
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

/// Types another text into the line in front.
fn over(desk: &mut Desk, old: &str, new: &str) {
    for _ in old.chars() {
        desk.press("Backspace");
    }
    desk.choose(new);
}

/// Saves under a name.
fn save(desk: &mut Desk, old: &str, new: &str) {
    desk.press("F10");
    over(desk, old, new);
}

#[test]
fn a_form_is_designed_from_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::new(80, 24);
    desk.press("F4");
    insta::assert_snapshot!("sources", desk.screen());
    desk.choose("new form");
    desk.choose("staff_search");
    desk.until("( DESIGNER )");
    desk.settle();
    insta::assert_snapshot!("new", desk.screen());
    for (name, ty) in [
        ("id", "integer"),
        ("name", "text"),
        ("dept", "text"),
        ("note", "textarea"),
    ] {
        desk.press("Insert");
        desk.choose(name);
        desk.choose(ty);
    }
    // The department stands beside the number, and the note is higher.
    desk.press("Shift+Tab Up Up");
    for _ in 0..32 {
        desk.press("Right");
    }
    for _ in 0..20 {
        desk.press("-");
    }
    desk.press("Tab ] Shift+Tab");
    insta::assert_snapshot!("placed", desk.screen());
    desk.press("Enter");
    insta::assert_snapshot!("field", desk.screen());
    desk.choose("choices");
    desk.choose("'IT', 'HR'");
    desk.choose("label");
    desk.choose("Department");
    desk.choose("rules");
    desk.choose("RANGE (1");
    insta::assert_snapshot!("refused", desk.screen());
    desk.press("Esc b");
    desk.choose("new button");
    desk.choose("search");
    desk.choose("does");
    over(
        &mut desk,
        "CLOSE",
        "SELECT id, name FROM employes WHERE dept = :dept",
    );
    desk.press("Esc");
    // What is wrong is said while it is designed.
    insta::assert_snapshot!("wrong", desk.screen());
    desk.press("b");
    desk.choose("search");
    desk.choose("does");
    let old = "employes WHERE dept = :dept";
    over(
        &mut desk,
        old,
        "employees WHERE dept = :dept ORDER BY id LIMIT 3",
    );
    desk.choose("label");
    desk.choose("Search");
    desk.press("Esc t");
    desk.choose("title");
    desk.choose("Staff");
    desk.press("Esc");
    insta::assert_snapshot!("designed", desk.screen());
    // It is worked at before it is saved, and comes back.
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    insta::assert_snapshot!("preview", desk.screen());
    desk.press("Tab Tab");
    desk.settle();
    desk.types("HR");
    desk.press("F5");
    desk.until("( RESULT )");
    desk.settle();
    desk.press("Esc");
    desk.settle();
    desk.press("Esc");
    desk.settle();
    assert!(desk.screen().contains("( DESIGNER )"), "{}", desk.screen());
    // In both spellings it is the same on the screen again.
    let mut drawn = Vec::new();
    let mut name = "staff_search.toml".to_owned();
    for ending in ["toml", "rql"] {
        let file = folder
            .path()
            .join(format!("staff.{ending}"))
            .display()
            .to_string();
        save(&mut desk, &name, &file);
        desk.until("is written");
        desk.settle();
        name.clone_from(&file);
        let text = std::fs::read_to_string(&file).expect("the file");
        assert!(text.contains("line = 1, column = 33"), "{text}");
        desk.press("Esc Ctrl+N");
        desk.types(&format!("FORM EXECUTE '{file}';"));
        desk.press("F5");
        desk.until("( FORM )");
        desk.settle();
        drawn.push(desk.screen());
        desk.press("Esc");
        desk.settle();
        desk.press("Ctrl+N F4");
        desk.choose("a file");
        desk.choose(&file);
        desk.until("( DESIGNER )");
        desk.settle();
    }
    assert_eq!(drawn[0], drawn[1]);
    insta::assert_snapshot!("loaded", drawn[0]);
}

#[test]
fn the_form_of_a_table_is_designed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::new(80, 24);
    desk.types("FORM DESIGN employees;");
    desk.press("F5");
    desk.until("( DESIGNER )");
    desk.settle();
    insta::assert_snapshot!("of_table", desk.screen());
    desk.press("Tab Right Right Tab Tab Delete");
    insta::assert_snapshot!("hidden", desk.screen());
    desk.press("Esc");
    insta::assert_snapshot!("leave", desk.screen());
    desk.press("Enter");
    assert!(desk.screen().contains("( DESIGNER )"), "{}", desk.screen());
    let file = folder.path().join("staff.rql");
    std::fs::write(&file, "PRINT 1; PRINT 2;").expect("a file");
    save(&mut desk, "employees.toml", "staff.txt");
    assert!(
        desk.screen().contains("the ending says how"),
        "{}",
        desk.screen()
    );
    save(&mut desk, "employees.toml", &file.display().to_string());
    let screen = desk.screen();
    assert!(screen.contains("behind its 2 statements"), "{screen}");
    desk.press("Enter");
    let text = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(text, "PRINT 1; PRINT 2;", "the harmless answer keeps it");
    save(&mut desk, "employees.toml", &file.display().to_string());
    desk.types("W");
    desk.until("is written");
    desk.settle();
    let text = std::fs::read_to_string(&file).expect("the file");
    let start = "PRINT 1; PRINT 2;\n\nFORM employees\nLAYOUT";
    assert!(text.starts_with(start), "{text}");
    desk.press("Esc Ctrl+N");
    desk.types("FORM EXECUTE employees;");
    desk.press("F5");
    desk.until("( FORM )");
    desk.settle();
    insta::assert_snapshot!("table_loaded", desk.screen());
}

#[test]
fn what_is_not_touched_stays_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hiring.toml");
    let text = "# Whom we look for.\nname = 'hiring'\ntable = 'employees'\n\n[fields.name]   # as on the badge\n\
                field_type = 'text'\nwidth = 20   # narrow\n";
    std::fs::write(&file, text).expect("a file");
    let file = file.display().to_string();
    let mut desk = Desk::new(80, 24);
    desk.confine(folder.path());
    desk.press("Ctrl+N");
    desk.press("F4");
    desk.choose("a file");
    desk.choose(&file);
    desk.until("( DESIGNER )");
    desk.settle();
    desk.press("+ F10 Enter");
    let screen = desk.screen();
    assert!(screen.contains("stays as it is written"), "{screen}");
    desk.types("W");
    desk.until("is written");
    let written = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(written, text.replace("20", "21"));
}

#[test]
fn files_are_written_where_they_may_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::new(80, 24);
    desk.confine(folder.path());
    desk.press("Ctrl+N");
    desk.types("FORM DESIGN departments;");
    desk.press("F5");
    desk.until("( DESIGNER )");
    desk.settle();
    let file = other.path().join("f.toml");
    save(&mut desk, "departments.toml", &file.display().to_string());
    desk.until("may not be written");
    assert!(!file.exists());
    let file = folder.path().join("f.toml");
    save(&mut desk, "departments.toml", &file.display().to_string());
    desk.until("is written");
    assert!(file.exists());
}

#[test]
fn it_is_drawn_at_any_size() {
    let mut desk = Desk::new(80, 24);
    desk.types("FORM DESIGN customers;");
    desk.press("F5");
    desk.until("( DESIGNER )");
    desk.settle();
    desk.press("Right Tab Down");
    for (width, height) in [(132, 43), (60, 16), (40, 10), (10, 3), (80, 24)] {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
        desk.update(Event::Resized(Size::new(width, height)));
        let screen = desk.screen();
        assert!(height < 10 || screen.contains("customers"), "{screen}");
    }
}

#[test]
fn titles_of_sections_stay_with_their_fields() {
    let mut desk = Desk::new(80, 24);
    desk.pastes(
        "FORM parts LAYOUT $$\nsections = [{ title = \"Who\", fields = [\"name\"] }, \
         { title = \"Where\", fields = [\"city\", \"note\"] }]\n$$ \
         (FIELD name TEXT, FIELD city TEXT, FIELD note TEXTAREA ROWS 2, ACTION done AS CLOSE);",
    );
    desk.press("F5");
    desk.until("has 3 fields");
    desk.settle();
    desk.press("Ctrl+N");
    desk.pastes("FORM DESIGN parts;");
    desk.press("F5");
    desk.until("( DESIGNER )");
    desk.settle();
    let before = desk.screen();
    // A move gives every field a place of its own.
    desk.press("Right Left");
    let title = |screen: &str| screen.lines().position(|line| line.contains("─ Where ─"));
    assert_eq!(title(&desk.screen()), title(&before));
    desk.press("Tab Down Tab Down");
    insta::assert_snapshot!("titles", desk.screen());
}
