//! Behaviours of a day's work that are no other file's matter; docs/behaviours.md says where each of the twenty is
//! tested, and the last test here holds that page to the tests.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::{folder, noctra};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use terminal::Terminal;

/// A query whose rows come one after the other, and that never ends by itself.
const ENDLESS: &str = "SELECT i FROM generate_series(1, 9000000000000000000) AS g(i)";

/// One that gives nothing before it ends, which it does not either.
const LONG: &str = "SELECT MAX(i) AS m FROM generate_series(1, 9000000000000000000) AS g(i)";

#[test]
fn behaviour_02_completion_knows_all_that_can_be_named() {
    let state = folder(&[]);
    let prompt = "noctra demo>";
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    terminal.ends(prompt);
    for made in [
        "CREATE TABLE flags (state TEXT CHECK (state IN ('open', 'shut')));",
        "LET bonus = 7; MACRO twice(x) AS x * 2;",
    ] {
        terminal.send(&format!("{made}\r"));
        terminal.ends(prompt);
    }
    for (typed, shown) in [
        (
            "WITH w AS (SELECT id AS one FROM orders) SELECT w.\t",
            "SELECT w.one",
        ),
        (
            "SELECT * FROM (SELECT id AS two FROM orders) s WHERE s.\t",
            "WHERE s.two",
        ),
        ("SELECT * FROM flags WHERE state = 's\t", "state = 'shut"),
        ("SELECT :bo\t", "SELECT :bonus"),
        ("SELECT twi\t", "SELECT twice("),
        ("FORM EXECUTE monthly\t", "FORM EXECUTE monthly_sales"),
        ("INCLUDE 'noctra.r\t", "INCLUDE 'noctra.rs"),
        (
            "FROM monthly_sales CHART LINE OF mo\t",
            "CHART LINE OF month",
        ),
        // The result before is a relation with columns.
        (
            "SELECT 1 AS one_before;\rSELECT * FROM last WHERE on\t",
            "WHERE one_before",
        ),
        (
            "SELECT 2 AS two_before;\rSELECT * FROM last WHERE tw\t",
            "WHERE two_before",
        ),
        // What is wanted of a call, and of a row.
        ("SELECT substr(", "text, integer, integer)"),
        ("INSERT INTO flags VALUES (", "state text)"),
    ] {
        terminal.send(typed);
        terminal.shows(shown);
        terminal.send("\x03");
        terminal.ends(prompt);
    }
}

#[test]
fn behaviour_06_last_is_asked_drawn_and_written_without_running_again() {
    let state = folder(&[]);
    let prompt = "noctra demo>";
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    terminal.ends(prompt);
    // Another number each time that it runs.
    terminal.send("SELECT 'k' AS key, CAST(1000000 + random() * 8000000 AS INTEGER) AS number;\r");
    terminal.shows("(1 row");
    terminal.ends(prompt);
    let at = |name: &str| state.path().join(name);
    for (source, name) in [
        ("last", "a.csv"),
        ("(SELECT key, number FROM last WHERE number > 0)", "b.csv"),
    ] {
        terminal.send(&format!("EXPORT {source} TO '{}';\r", at(name).display()));
        terminal.until("a file", |screen| {
            screen.ends_with(prompt) && at(name).exists()
        });
    }
    let written = fs::read_to_string(at("a.csv")).expect("the file");
    assert_eq!(fs::read_to_string(at("b.csv")).expect("the file"), written);
    let number = written.trim_end().rsplit(',').next().expect("a number");
    assert!(number.len() == 7, "{written}");
    terminal.send("\x0c");
    terminal.send("FROM last CHART BAR;\r");
    terminal.shows("█");
    terminal.shows(number);
}

#[test]
fn behaviour_03_a_statement_that_wants_only_its_semicolon_says_so() {
    let state = folder(&[]);
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    terminal.ends("noctra demo>");
    terminal.send("SELECT 6 * 7 AS answer\r");
    terminal.ends("        ...> ; runs it, Ctrl-C drops it");
    terminal.send(";\r");
    terminal.shows("│     42 │");
    terminal.ends("noctra demo>");
    // Where more is wanted than that nothing is said.
    terminal.send("SELECT 1 +\r");
    terminal.ends("        ...>");
}

#[test]
fn behaviour_11_a_table_is_found_by_its_beginning() {
    let state = folder(&[]);
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[]);
    terminal.ends("noctra demo>");
    for typed in ["\\d emp\r", "SELECT * FROM emp;\r"] {
        terminal.send("\x0c");
        terminal.send(typed);
        terminal.shows("did you mean employees?");
        terminal.ends("noctra demo>");
    }
}

#[test]
fn behaviour_04_first_rows_appear_before_the_query_ends() {
    for format in ["csv", "jsonl", "tsv", "expanded"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_noctra"))
            .args(["--format", format, "-c", ENDLESS])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("noctra runs");
        let mut rows = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        // They are here, and the query still runs.
        let first: Vec<String> = rows.by_ref().take(5).map_while(Result::ok).collect();
        assert_eq!(first.len(), 5, "{format}: {first:?}");
        assert_eq!(child.try_wait().expect("its state"), None, "{format}");
        // Who reads no more ends it, and that is no error.
        drop(rows);
        let ended = child.wait().expect("it ends");
        assert_eq!(ended.code(), Some(0), "{format}");
    }
}

#[test]
fn behaviour_04_no_count_runs_before_the_rows() {
    let place = folder(&[]);
    let log = place.path().join("log.jsonl").display().to_string();
    let ran = noctra(
        &[
            "--demo",
            "--log",
            &log,
            "-c",
            "SELECT name FROM departments",
        ],
        "",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(
        fs::read_to_string(&log).expect("the log").lines().count(),
        1
    );
}

#[test]
fn behaviour_08_the_shortest_sensible_display_wins() {
    let state = folder(&[]);
    let pager = "sed s/^/paged:/";
    let environment = [("PAGER", pager), ("NO_COLOR", "1")];
    let mut terminal = Terminal::wide(60, state.path(), &["--demo"], &environment);
    let prompt = "noctra demo>";
    terminal.ends(prompt);
    // It fits: it is printed.
    terminal.send("SELECT name, title FROM departments WHERE name = 'IT';\r");
    terminal.shows("(1 row");
    assert!(terminal.screen().contains('│') && !terminal.screen().contains("paged:"));
    // Longer than the screen: the pager gets it.
    terminal.ends(prompt);
    terminal.send("SELECT id FROM employees;\r");
    terminal.shows("(164 rows");
    assert!(terminal.screen().contains("paged:│ 4034 │"));
    // Where nothing names a pager it is less, which an empty name forbids.
    let less = state.path().join("less");
    fs::write(&less, "#!/bin/sh\nexec sed s/^/less:/\n").expect("a program");
    fs::set_permissions(&less, fs::Permissions::from_mode(0o755)).expect("its mode");
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", state.path().display());
    for (pager, pages) in [(None, true), (Some(""), false)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noctra"));
        command.arg("--demo").env("XDG_STATE_HOME", state.path());
        command.env("PATH", &path).env_remove("PAGER");
        command.envs(pager.map(|pager| ("PAGER", pager)));
        let mut terminal = Terminal::program(60, command);
        terminal.ends(prompt);
        terminal.send("SELECT id FROM employees;\r");
        terminal.shows("(164 rows");
        assert_eq!(terminal.screen().contains("less:│ 4034 │"), pages);
    }
    // Few rows that are wider than the screen: a line for each value.
    terminal.ends(prompt);
    terminal.send("\x0c");
    terminal.until("an empty screen", |screen| screen.lines().count() == 1);
    terminal.send("SELECT *, name AS again, dept AS once_more FROM employees WHERE id = 1001;\r");
    terminal.shows("(1 row");
    let screen = terminal.screen();
    let both = |line: &str| line.contains("once_more") && line.contains("SALES");
    assert!(
        screen.lines().any(both) && !screen.contains('┌'),
        "{screen}"
    );
}

#[test]
fn behaviour_11_errors_point_into_the_file_across_includes_even_from_the_backend() {
    let text =
        "PRINT 'd';\n\nSELECT name,\n  CAST(name AS INTEGER) AS n\nFROM (VALUES ('x')) AS v(name);";
    let place = folder(&[
        ("main.rql", "PRINT 'm';\n  INCLUDE 'lib/c.rql';"),
        ("lib/c.rql", "INCLUDE 'd.rql';"),
        ("lib/d.rql", text),
        ("name.rql", "SELECT title,\n  nmae\nFROM departments;"),
    ]);
    let at = |file: &str| place.path().join(file).display().to_string();
    let server = common::demo_server();
    let databases = ["demo".to_owned()].into_iter();
    for database in databases.chain(server.iter().map(|server| server.url())) {
        // Only the backend finds it: the place in its text is mapped back, and the SQLSTATE stands with it.
        let ran = noctra(&["--db", &database, &at("main.rql")], "");
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(1), "m\nd\n"),
            "{}",
            ran.err
        );
        for part in [
            "lib/d.rql:4:3",
            "CAST(name AS INTEGER) AS n",
            "^^^^^^^^",
            "SQLSTATE 22P02",
            "included at",
            "lib/c.rql:1:9",
            "main.rql:2:11",
        ] {
            assert!(ran.err.contains(part), "{database} {part}: {}", ran.err);
        }
        // A mistake of the writer comes with what was meant.
        let ran = noctra(&["--db", &database, &at("name.rql")], "");
        for part in ["name.rql:2:3", "nmae", "^^", "did you mean name?"] {
            assert!(ran.err.contains(part), "{database} {part}: {}", ran.err);
        }
    }
}

#[test]
fn behaviour_11_a_full_disk_is_no_mistake_in_the_text() {
    let text = "NATIVE PRAGMA max_page_count = 10; CREATE TABLE t (a TEXT);
INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 500);";
    let ran = noctra(&["-c", text], "");
    assert_eq!(ran.code, Some(1));
    for part in ["disk is full", "-c:2:1", "SQLSTATE 53100"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.err.contains("perhaps"), "{}", ran.err);
}

#[test]
fn behaviour_11_a_server_that_is_not_there_is_named() {
    for kind in ["postgres", "mariadb"] {
        let url = format!("{kind}://ann:s3cret@localhost:1/shop");
        let ran = noctra(&["--db", &url, "-c", "SELECT 1"], "");
        assert_eq!(ran.code, Some(1));
        let wanted = "cannot connect to localhost:1: ";
        assert!(ran.err.contains(wanted), "{}", ran.err);
        assert!(!ran.err.contains("s3cret"), "{}", ran.err);
    }
}

#[test]
fn behaviour_12_scripts_stop_at_the_first_error_and_say_how_it_ended() {
    let place = folder(&[
        ("bad.rql", "PRINT 1;\nSELECT nope;\nPRINT 2;"),
        ("good.rql", "PRINT 1;"),
    ]);
    let at = |file: &str| place.path().join(file).display().to_string();
    let (bad, good) = (at("bad.rql"), at("good.rql"));
    let missing = at("missing.rql");
    for (arguments, code, out) in [
        (&[good.as_str()][..], 0, "1\n"),
        (&[&bad], 1, "1\n"),
        (&[&bad, "--on-error", "continue"], 1, "1\n2\n"),
        (&["--on-error", "continue", &good], 0, "1\n"),
        (&["--timeout", "0.05", "-c", LONG], 1, ""),
        (&[&missing], 1, ""),
        (&["--no-such-flag"], 2, ""),
        (&["--timeout", "soon", &good], 2, ""),
        (&["-c", "SELEC 1"], 1, ""),
        (
            &["-c", "PRINT 1", "-c", "SELECT 1 / 0", "-c", "PRINT 3"],
            1,
            "1\n",
        ),
        (
            &[
                "--on-error",
                "continue",
                "-c",
                "PRINT 1",
                "-c",
                "SELEC 2",
                "-c",
                ".nope",
                "-c",
                "PRINT 3",
            ],
            1,
            "1\n3\n",
        ),
    ] {
        let ran = noctra(arguments, "");
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(code), out),
            "{arguments:?}: {}",
            ran.err
        );
        assert_eq!(ran.err.is_empty(), code == 0, "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn behaviour_12_a_script_that_is_piped_into_head_ends_well() {
    let mut child = Command::new("sh")
        .args([
            "-c",
            "\"$0\" --demo -c 'SELECT name FROM employees' --format csv; echo \"code $?\" >&2",
        ])
        .arg(env!("CARGO_BIN_EXE_noctra"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    drop(child.stdout.take());
    let mut said = String::new();
    let mut err = child.stderr.take().expect("a pipe");
    err.read_to_string(&mut said).expect("a text");
    assert_eq!(said, "code 0\n");
    child.wait().expect("it ends");
}

#[test]
fn behaviour_19_every_table_has_a_form_with_nothing_written() {
    let tables = common::csv("demo", "SHOW TABLES");
    let names: Vec<&str> = tables
        .out
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        let ran = common::csv("demo", &format!("DESCRIBE FORM {name}"));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        assert!(ran.out.lines().count() > 1, "{name}: {}", ran.out);
    }
}

/// The tests of a behaviour in the sources, by their names.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = BTreeSet::new();
    for file in fs::read_dir(folder).expect("the tests") {
        let path = file.expect("a file").path();
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        for line in text.lines() {
            let test = line.strip_prefix("fn behaviour_");
            let test = test.and_then(|rest| rest.strip_suffix("() {"));
            found.extend(test.map(|test| format!("`{name}` `behaviour_{test}`")));
        }
    }
    found
}

#[test]
fn the_page_of_behaviours_names_every_test() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/behaviours.md");
    let text = fs::read_to_string(&page).expect("the page");
    let found = tests();
    for number in 1..=20 {
        let tested = found
            .iter()
            .any(|test| test.contains(&format!("`behaviour_{number:02}_")));
        assert!(tested, "behaviour {number} has no test");
    }
    let mut wanted = String::new();
    for line in text.lines() {
        let number = line
            .strip_prefix("| ")
            .and_then(|rest| rest.split(' ').next());
        let number = number.and_then(|number| number.parse::<u32>().ok());
        let Some(number) = number else {
            wanted += line;
            wanted += "\n";
            continue;
        };
        let own = found
            .iter()
            .filter(|test| test.contains(&format!("`behaviour_{number:02}_")));
        let own: Vec<&str> = own.map(String::as_str).collect();
        let said = line.split(" | ").nth(1).expect("what it is");
        wanted += &format!("| {number} | {said} | {} |\n", own.join("<br>"));
    }
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        fs::write(&page, wanted).expect("it can be written");
        return;
    }
    assert_eq!(
        text, wanted,
        "UPDATE_TRANSCRIPTS=1 cargo test -p noctra --test behaviours writes it anew"
    );
}
