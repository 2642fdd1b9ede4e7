//! Files and pipes get all of the data and nothing else: behaviour 7.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::noctra;
use noctra_runtime::sinks::FORMATS;
use terminal::Terminal;

const DEMO: &str = "noctra demo>";

/// Wider than any terminal, with NULLs that a terminal shows faint.
const WIDE: &str = "SELECT repeat('0123456789', 60) AS a, NULL AS n, repeat('wide ', 80) AS b";

#[test]
fn behaviour_07_pipes_get_the_full_data_without_escapes() {
    let (a, b) = ("0123456789".repeat(60), "wide ".repeat(80));
    for format in FORMATS.iter().filter(|format| !format.is_binary()) {
        let ran = noctra(&["--demo", "--format", format.name, "-c", WIDE], "");
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.contains(&a), "{}", format.name);
        assert!(ran.out.contains(b.trim_end()), "{}", format.name);
        assert!(!ran.out.contains('\x1b'), "{}", format.name);
        assert!(!ran.out.contains('…'), "{}", format.name);
    }
    // A failure has none either.
    let ran = noctra(&["--demo", "-c", "SELECT nothing"], "");
    assert!(!ran.err.contains('\x1b'), "{}", ran.err);
}

#[test]
fn behaviour_07_files_of_a_terminal_get_the_full_data() {
    let state = tempfile::tempdir().expect("a folder");
    let place = |name: &str| state.path().join(name).display().to_string();
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    for name in ["box", "csv", "md"] {
        terminal.run(&format!(".output {}", place(&format!("o.{name}"))), DEMO);
        terminal.run(&format!("{WIDE}, '{name}' AS f;"), DEMO);
        terminal.run(
            &format!("OUTPUT TO STDOUT; PRINT 'back from {name}';"),
            DEMO,
        );
        let file = std::fs::read_to_string(place(&format!("o.{name}"))).expect("a file");
        assert!(file.contains(&"0123456789".repeat(60)), "{name}");
        assert!(!file.contains('\x1b') && !file.contains('…'), "{name}");
    }
    // A workbook is no text for the screen.
    terminal.run(".mode xlsx", DEMO);
    let screen = terminal.screen();
    assert!(screen.contains(".output FILE.xlsx"), "{screen}");
    terminal.run(&format!(".output {}", place("o.xlsx")), DEMO);
    terminal.run("SELECT 1 AS a;", DEMO);
    terminal.run("OUTPUT TO STDOUT; PRINT 'back from xlsx';", DEMO);
    let file = std::fs::read(place("o.xlsx")).expect("a file");
    assert!(file.starts_with(b"PK"));
}

#[test]
fn behaviour_07_binary_formats_keep_from_a_terminal() {
    let state = tempfile::tempdir().expect("a folder");
    for format in FORMATS.iter().filter(|format| format.is_binary()) {
        let name = format.name;
        let arguments = ["--format", name, "-c", "SELECT 1"];
        let mut terminal = Terminal::noctra(state.path(), &arguments, &[]);
        let screen = terminal.end();
        let said = format!("{name} is no text for a terminal; --output FILE.{name} takes it");
        assert!(screen.contains(&said), "{screen}");
    }
}

#[test]
fn behaviour_07_no_color_is_respected() {
    let state = tempfile::tempdir().expect("a folder");
    let query = ["--demo", "-c", "SELECT NULL AS n"];
    let mut painted = Terminal::noctra(state.path(), &query, &[]);
    painted.end();
    assert!(painted.raw.windows(3).any(|bytes| bytes == b"\x1b[2"));
    let mut plain = Terminal::noctra(state.path(), &query, &[("NO_COLOR", "1")]);
    plain.end();
    assert!(!plain.raw.contains(&0x1b));
}

#[test]
fn commands_of_the_prompt_work_in_pipes() {
    let typed = ".mode csv\n\\dt emp*\n.expand on\nSELECT 1 AS a;\n.mode csv\nSELECT 2\n  AS a;\nquit\nSELECT 3;\n";
    let ran = noctra(&["--demo"], typed);
    let wanted = "name,kind\nemployees,table\n── row 1 ──\na │ 1\n(1 row)\na\n2\n";
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (wanted, ""));
    let ran = noctra(&["--demo", "--format", "csv", "-c", "\\d departments"], "");
    assert!(
        ran.out.starts_with("column,type,null,key\nname,TEXT,"),
        "{}",
        ran.out
    );
    // What fails ends the text, as a statement does.
    let ran = noctra(&[], ".tabels\nSELECT 1;\n");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    let said = "there is no .tabels; did you mean .tables?";
    assert!(
        ran.err.contains(said) && ran.err.contains("stdin:1:1"),
        "{}",
        ran.err
    );
}

#[test]
fn a_script_is_told_what_to_write_for_a_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("s.rql");
    std::fs::write(&script, "SELECT 1;\n.tables emp*\n").expect("it is written");
    let ran = noctra(&[&script.display().to_string()], "");
    assert_eq!(ran.code, Some(1));
    let said = "commands are for the prompt; in a script: SHOW TABLES LIKE 'emp%';";
    assert!(ran.err.contains(said), "{}", ran.err);
}

#[test]
fn statements_run_where_the_shells_of_sqlite_and_duckdb_take_them() {
    let ran = noctra(
        &["--demo", "--format", "csv", "SELECT 1 AS a", ".tables emp*"],
        "",
    );
    assert_eq!(ran.out, "a\n1\nname,kind\nemployees,table\n", "{}", ran.err);
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("s.db").display().to_string();
    let ran = noctra(
        &[&db, "CREATE TABLE t AS SELECT 1 AS a", "--format", "csv"],
        "",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = noctra(&[&db, "FROM t", "--format", "csv"], "SELECT 2;");
    assert_eq!(ran.out, "a\n1\n", "{}", ran.err);
    // What stands behind a text from a pipe are its arguments.
    let ran = noctra(
        &["--demo", "--format", "csv", "--", "from me"],
        "PRINT 'not run';",
    );
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let ran = noctra(&[&db, "John Smith"], "PRINT $1;");
    assert_eq!(ran.out, "John Smith\n", "{}", ran.err);
}

#[test]
fn flags_of_other_shells_say_what_does_it_here() {
    for (flags, said) in [
        (&["--csv"][..], "--format csv"),
        (&["-json"], "--format csv, json"),
        (&["-f", "x.sql"], "noctra shop.db report.rql"),
        (&["-U", "me"], "noctra postgres://USER@HOST:PORT/DATABASE"),
    ] {
        let ran = noctra(flags, "");
        assert_eq!(ran.code, Some(2));
        assert!(ran.err.contains(said), "{flags:?}: {}", ran.err);
    }
}
