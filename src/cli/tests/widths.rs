//! Cells are as wide as the terminal shows them, and NULL, nothing and blanks look different: behaviour 9.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

#[path = "common/terminal.rs"]
mod terminal;

use terminal::Terminal;

const DEMO: &str = "noctra demo>";

#[test]
fn behaviour_09_columns_stand_under_each_other_in_the_terminal() {
    let state = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    let texts = [
        "plain",
        "東京都",
        "e\u{301}te\u{301}",
        "👍",
        "한국어",
        "ｆｕｌｌ",
        "a\tb",
        "a\nb",
    ];
    let rows: Vec<String> = texts
        .iter()
        .map(|text| match *text {
            "a\tb" => "('a' || chr(9) || 'b', 1, 'end')".to_owned(),
            "a\nb" => "('a' || chr(10) || 'b', 1, 'end')".to_owned(),
            text => format!("('{text}', 1, 'end')"),
        })
        .collect();
    let query = format!(
        "SELECT t, n, e FROM (VALUES {}) AS v(t, n, e);",
        rows.join(", ")
    );
    terminal.ends(DEMO);
    terminal.send(&format!("{query}\r"));
    terminal.shows("(8 rows");
    // Where the terminal itself has put each line of the box.
    let places = terminal.columns_of('│');
    assert_eq!(places.len(), texts.len() + 1, "{}", terminal.screen());
    for (line, places_of) in places.iter().enumerate() {
        assert_eq!(places_of, &places[0], "line {line}\n{}", terminal.screen());
    }
    let screen = terminal.screen();
    assert!(screen.contains("a→b") && screen.contains("a↵b"), "{screen}");
}

#[test]
fn behaviour_09_numbers_stand_right_and_nothing_null_and_blank_differ() {
    let state = tempfile::tempdir().expect("a folder");
    for (format, expected) in [
        (
            "box",
            "\
│ what  │ t    │    n │
├───────┼──────┼──────┤
│ blank │ ␣␣   │    1 │
│ empty │      │ -250 │
│ null  │ NULL │ NULL │",
        ),
        (
            "ascii",
            "\
| what  | t    |    n |
+-------+------+------+
| blank | ␣␣   |    1 |
| empty |      | -250 |
| null  | NULL | NULL |",
        ),
        ("expanded", "what │ blank\nt    │ ␣␣\nn    │ 1"),
    ] {
        let query = "SELECT what, t, n FROM (VALUES ('blank', '  ', 1), ('empty', '', -250), ('null', NULL, NULL)) AS v(what, t, n) ORDER BY what";
        let arguments = ["--demo", "--format", format, "-c", query];
        let mut terminal = Terminal::noctra(state.path(), &arguments, &[]);
        let screen = terminal.end();
        assert!(screen.contains(expected), "{screen}");
    }
}
