//! The prompt, in a real terminal: what stands on the screen. The numbers are those of the behaviours that the
//! prompt is held to.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

#[path = "common/terminal.rs"]
mod terminal;

use noctra_test_servers::{MariaDb, Postgres};
use std::path::Path;
use terminal::Terminal;

const DEMO: &str = "noctra demo>";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn demo(state: &Path) -> Terminal {
    let mut terminal = Terminal::noctra(state, &["--demo"], &[]);
    terminal.ends(DEMO);
    terminal
}

/// A SQLite file with a table.
fn shop(place: &Path) -> String {
    let file = place.join("shop.db");
    let script = "CREATE TABLE parts (id INTEGER PRIMARY KEY, weight DECIMAL(8,2)); INSERT INTO parts VALUES (1, 2.5);";
    let arguments = ["--db", file.to_str().expect("a name"), "-c", script];
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(arguments)
        .status();
    assert!(made.expect("noctra runs").success());
    file.display().to_string()
}

#[test]
fn behaviour_01_the_catalog_loads_beside_the_prompt() {
    let state = folder();
    let file = shop(state.path());
    let mut terminal = Terminal::noctra(state.path(), &[&file], &[]);
    terminal.ends("noctra shop.db>");
    // Nothing has asked for the catalog; the thread that reads it is done sooner or later.
    for turn in 0.. {
        terminal.send("SELECT wei\t");
        terminal.until("an answer to Tab", |screen| {
            let last = screen.lines().last().unwrap_or("");
            last.ends_with("weight") || last.ends_with("wei")
        });
        let done = terminal.screen().ends_with("weight");
        terminal.send("\x03");
        terminal.ends("noctra shop.db>");
        if done {
            break;
        }
        assert!(turn < 1_000, "{}", terminal.screen());
    }
    terminal.send("SELECT weight FROM parts;\r");
    terminal.shows("2.50");
}

#[test]
#[cfg(target_os = "linux")]
fn behaviour_01_nothing_heavy_starts_before_it_is_used() {
    let state = folder();
    let file = shop(state.path());
    let mut terminal = Terminal::noctra(state.path(), &[&file], &[]);
    terminal.ends("noctra shop.db>");
    let maps = format!("/proc/{}/maps", terminal.id());
    let loaded = || std::fs::read_to_string(&maps).expect("what the process has loaded");
    assert!(!loaded().contains("duckdb"), "{}", loaded());
    // It is that which is loaded where it is used.
    let there = noctra_runtime::connect(&noctra_runtime::Target::DuckdbMemory);
    if let Err(why) = there {
        return println!("NOT RUN: {why}");
    }
    terminal.send("CONNECT 'duckdb::memory:' AS lake;\r");
    terminal.shows("Connected: lake");
    assert!(loaded().contains("duckdb"));
}

#[test]
fn behaviour_02_completion_knows_clauses_types_aliases_and_keys() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("SELECT * FROM employees e JOIN departments d ON \t");
    terminal.shows("▸ e.dept = d.name  foreign key");
    terminal.send(" WHERE e.sal\t");
    terminal.ends("noctra demo> SELECT * FROM employees e JOIN departments d ON e.dept = d.name WHERE e.salary");
    terminal.send("\x03");
    terminal.ends(DEMO);
    // The list shows types, Tab goes on in it, and it goes with the next letter.
    terminal.send("SELECT  FROM products\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\t");
    terminal.shows("▸ id");
    assert!(
        terminal
            .screen()
            .contains("price     numeric(10,2) · products"),
        "{}",
        terminal.screen()
    );
    terminal.send("\t");
    terminal.shows("▸ name");
    terminal.send(",");
    terminal.ends("noctra demo> SELECT name, FROM products");
    terminal.send("\x03");
    terminal.ends(DEMO);
    terminal.send(".mo\t cs\t");
    terminal.ends("noctra demo> .mode csv");
}

#[test]
fn behaviour_03_enter_runs_what_is_complete_and_recall_brings_the_whole_back() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("SELECT name\rFROM employees WHERE id IN (\r");
    terminal.ends("        (..>");
    terminal.send("1001);\r");
    terminal.shows("John Smith");
    terminal.ends(DEMO);
    terminal.send("\x1b[A");
    terminal.ends("        (..> 1001);");
    let screen = terminal.screen();
    let tail: Vec<&str> = screen.lines().rev().take(3).collect();
    assert_eq!(
        tail,
        [
            "        (..> 1001);",
            "        ...> FROM employees WHERE id IN (",
            "noctra demo> SELECT name"
        ]
    );
    // Backspace at the beginning of a line joins it to the one before.
    terminal.send("\x7f\x7f\x7f\x7f\x7f\x7f\x7f");
    terminal.ends("        ...> FROM employees WHERE id IN (");
    terminal.send("1002);\r");
    terminal.shows("Mary Johnson");
    terminal.ends(DEMO);
    // What it runs has no margins in it: the place of a mistake is the person's.
    terminal.send("SELECT\rnothing;\r");
    terminal.shows("input:2:1");
}

#[test]
fn behaviour_03_ctrl_r_is_fuzzy_and_says_when_where_how_long_and_how_many() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.run("SELECT id, name FROM employees ORDER BY id LIMIT 2;", DEMO);
    terminal.run("SELECT nothing;", DEMO);
    terminal.send("\x12");
    terminal.shows("history>");
    // Escape leaves it.
    terminal.send("\x1b");
    terminal.ends(DEMO);
    terminal.send("\x12");
    terminal.until("the list again", |screen| {
        screen.matches("failed  SELECT nothing;").count() == 2
    });
    terminal.send("idemplim");
    terminal.until("one entry", |screen| {
        let list = screen.rsplit("history> idemplim").next().unwrap_or("");
        list.contains("▸") && !list.contains("nothing")
    });
    let screen = terminal.screen();
    let row = screen.lines().last().unwrap_or("");
    for part in [
        " s  ",
        "demo",
        " ms ",
        "2 rows",
        "SELECT id, name FROM employees",
    ] {
        assert!(row.contains(part), "{part} in {row}");
    }
    terminal.send("\r");
    terminal.ends("noctra demo> SELECT id, name FROM employees ORDER BY id LIMIT 2;");
    // The next session knows it too.
    terminal.send("\x03");
    terminal.ends(DEMO);
    terminal.send(".exit\r");
    terminal.end();
    let mut next = demo(state.path());
    next.send("\x1b[A\x1b[A\x1b[A");
    next.ends("noctra demo> SELECT id, name FROM employees ORDER BY id LIMIT 2;");
}

#[test]
fn behaviour_06_last_is_shown_again_in_another_way() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.run("SELECT id, name FROM employees ORDER BY id LIMIT 1;", DEMO);
    terminal.send(".last csv\r");
    terminal.shows("1001,John Smith");
    terminal.ends(DEMO);
    terminal.send("SELECT count(*) AS kept FROM last;\r");
    terminal.shows("kept");
}

#[test]
fn behaviour_07_no_color_and_pipes_have_no_escapes_of_colour() {
    let state = folder();
    let colours = |terminal: &Terminal| String::from_utf8_lossy(&terminal.raw).contains("\x1b[1;3");
    let mut plain = Terminal::noctra(state.path(), &["--demo"], &[("NO_COLOR", "1")]);
    plain.ends(DEMO);
    plain.run("SELECT name FROM employees WHERE id = 1001;", DEMO);
    assert!(!colours(&plain));
    let mut painted = demo(state.path());
    painted.run("SELECT name FROM employees WHERE id = 1001;", DEMO);
    assert!(colours(&painted));
    painted.run(".theme plain", DEMO);
    let before = painted.raw.len();
    painted.send("SELECT 12;\r");
    painted.shows("(1 row");
    painted.ends(DEMO);
    assert!(!String::from_utf8_lossy(&painted.raw[before..]).contains("\x1b[1;3"));
    let piped = std::process::Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(["--demo", "-c", "SELECT 1;"])
        .output();
    assert!(!piped.expect("noctra runs").stdout.contains(&0x1b));
}

#[test]
fn behaviour_10_ctrl_c_cancels_and_never_leaves() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("SELECT half a statement");
    terminal.ends("noctra demo> SELECT half a statement");
    for _ in 0..3 {
        terminal.send("\x03");
        let lines = terminal.screen().lines().count();
        terminal.until("a new prompt", |screen| {
            screen.ends_with(DEMO) && screen.lines().count() > lines
        });
    }
    terminal.send("BEGIN;\r");
    terminal.ends("noctra demo*>");
}

#[test]
fn behaviour_10_what_runs_is_cancelled_and_the_session_stays() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send(
        "PRINT 'be' || 'gun'; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n;\r",
    );
    terminal.shows("begun");
    // Where nothing comes, it says that it runs, and the way out.
    terminal.shows("running for");
    terminal.shows("s, Ctrl-C cancels");
    terminal.send("\x03");
    terminal.shows("cancelled");
    terminal.ends(DEMO);
    assert!(!terminal.screen().contains("running for"));
    terminal.send("PRINT 'still ' || 'here';\r");
    terminal.shows("still here");
}

#[test]
fn behaviour_14_the_prompt_shows_place_transaction_and_read_only() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("BEGIN;\r");
    terminal.ends("noctra demo*>");
    terminal.send("SELECT 1 / 0;\r");
    terminal.ends("noctra demo!>");
    terminal.send("ROLLBACK;\r");
    terminal.ends(DEMO);
    terminal.send("CONNECT 'sqlite::memory:' AS other; USE other;\r");
    terminal.ends("noctra other>");
    let file = shop(state.path());
    let mut reader = Terminal::noctra(state.path(), &["--read-only", &file], &[]);
    reader.ends("noctra shop.db read-only>");
}

#[test]
fn what_is_typed_ahead_runs_line_by_line() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("PRINT 'o' || 'ne';\rPRINT 't' || 'wo';\rPRINT 'th' || 'ree';\r");
    for word in ["one", "two", "three"] {
        terminal.shows(word);
    }
    terminal.ends(DEMO);
}

#[test]
fn behaviour_15_changes_of_all_rows_and_lost_transactions_are_asked_about() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("DELETE FROM departments;\r");
    terminal.ends("DELETE without WHERE changes all 4 rows of departments. Go on? [y/N]");
    terminal.send("\r");
    terminal.shows("not run");
    terminal.ends(DEMO);
    terminal.send("BEGIN;\r");
    terminal.ends("noctra demo*>");
    terminal.send("UPDATE departments SET budget = 0;\r");
    terminal.ends("UPDATE without WHERE changes all 4 rows of departments. Go on? [y/N]");
    terminal.send("y\r");
    terminal.shows("(4 rows changed");
    terminal.ends("noctra demo*>");
    terminal.send("UPDATE departments SET budget = 1 WHERE name = 'IT';\r");
    terminal.shows("(1 row changed");
    terminal.ends("noctra demo*>");
    terminal.send(".quit\r");
    terminal.ends("a transaction is open, its changes would be lost. Leave? [y/N]");
    terminal.send("n\r");
    terminal.ends("noctra demo*>");
    terminal.send("\x04");
    terminal.ends("a transaction is open, its changes would be lost. Leave? [y/N]");
    terminal.send("y\r");
    assert!(
        terminal
            .end()
            .contains("the open transaction is rolled back")
    );
}

#[test]
fn behaviour_15_what_takes_tables_away_is_asked_about_with_its_rows() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("DROP TABLE monthly_sales;\r");
    terminal.until("a question", |screen| screen.ends_with("Go on? [y/N]"));
    assert!(
        terminal
            .screen()
            .contains("DROP TABLE removes monthly_sales with all ")
    );
    terminal.send("n\r");
    terminal.shows("not run");
    terminal.ends(DEMO);
    terminal.send("IF 1 < 2 THEN DELETE FROM monthly_sales; END IF;\r");
    terminal.until("a question", |screen| screen.ends_with("Go on? [y/N]"));
    terminal.send("y\r");
    terminal.shows("rows changed");
    terminal.ends(DEMO);
    // Nothing is lost with what is empty.
    terminal.send("DROP TABLE monthly_sales; PRINT 'it ' || 'went';\r");
    terminal.shows("it went");
    terminal.ends(DEMO);
    terminal.send("SET confirm = never;\r");
    terminal.shows("confirm = never");
    terminal.ends(DEMO);
    terminal.send("UPDATE departments SET budget = 0;\r");
    terminal.shows("(4 rows changed");
}

#[test]
fn behaviour_14_a_connection_with_a_name_has_its_colour_and_its_policy() {
    let state = folder();
    let file = shop(state.path());
    let own = state.path().join("noctra");
    std::fs::create_dir_all(&own).expect("a folder");
    let text = format!("[connections.prod]\nurl = '{file}'\ncolor = 'magenta'\nread_only = true\n");
    std::fs::write(own.join("noctra.toml"), text).expect("a file");
    let place = state.path().display().to_string();
    let environment = [("XDG_CONFIG_HOME", place.as_str())];
    let mut terminal = Terminal::noctra(state.path(), &["--db", "prod"], &environment);
    terminal.ends("noctra prod read-only>");
    let (row, _) = terminal.cursor();
    assert_eq!(terminal.color(row, 0), vt100::Color::Idx(5));
    terminal.send("DELETE FROM parts WHERE id = 1;\r");
    terminal.shows("the connection prod is read-only in noctra.toml");
    terminal.ends("noctra prod read-only>");
    terminal.send("USE demo;\r");
    terminal.ends(DEMO);
    let (row, _) = terminal.cursor();
    assert_ne!(terminal.color(row, 0), vt100::Color::Idx(5));
}

#[test]
fn behaviour_20_everything_is_found_from_help_and_shown_as_what_it_sends() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("help\r");
    terminal.shows("Tab completes, Ctrl-R searches the history");
    terminal.ends(DEMO);
    // Every statement, key, format and setting is told of by a word that help has named.
    for (topic, told) in [
        (
            "statements",
            "NATIVE        sends a statement to the database",
        ),
        (
            "keys",
            "Ctrl-X Ctrl-E   opens the line in $VISUAL or $EDITOR",
        ),
        ("formats", "jsonl     one JSON object a line"),
        ("settings", "how RUNSUM and its kin run"),
        ("export", "EXPORT employees TO 'staff.csv';"),
    ] {
        terminal.send(&format!(".help {topic}\r"));
        terminal.shows(told);
        terminal.ends(DEMO);
    }
    terminal.send(".help watch\r");
    terminal.shows(r".watch [SECONDS] (psql's \watch)");
    terminal.ends(DEMO);
    terminal.send(".sql SELECT DISTINCT ON (dept) dept FROM employees ORDER BY dept, id\r");
    terminal.shows("ROW_NUMBER()");
    terminal.ends(DEMO);
    terminal.send(".explain SELECT name FROM employees WHERE id = 1\r");
    terminal.shows("SEARCH employees");
}

#[test]
fn parameters_without_a_value_are_asked_for_with_their_type() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("SELECT name FROM employees WHERE id = :who;\r");
    terminal.ends("who (integer):");
    terminal.send("1001\r");
    terminal.shows("John Smith");
    terminal.ends(DEMO);
    // The value was for one run.
    terminal.send("\x1b[A\r");
    terminal.ends("who (integer):");
    terminal.send("\x03");
    terminal.shows("not run");
    terminal.ends(DEMO);
    terminal.run("LET who = 1002;", DEMO);
    terminal.send("SELECT name FROM employees WHERE id = :who;\r");
    terminal.shows("Mary Johnson");
}

#[test]
fn favourites_take_their_values_in_order() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("SELECT name FROM employees WHERE dept = :dept AND id = :id;\r");
    terminal.ends("dept (text):");
    terminal.send("SALES\r");
    terminal.ends("id (integer):");
    terminal.send("1001\r");
    terminal.shows("John Smith");
    terminal.ends(DEMO);
    terminal.run(".fav save someone", DEMO);
    terminal.send(".fav someone SALES 1002\r");
    terminal.shows("Mary Johnson");
    terminal.ends(DEMO);
    // Values that are given go before those of variables, and only here.
    terminal.send("LET id = 1001; LET dept = 'SALES';\r");
    terminal.ends(DEMO);
    terminal.send("\x0c");
    terminal.until("an empty screen", |screen| screen.lines().count() == 1);
    terminal.send(".fav someone SALES 1003\r");
    terminal.shows("(1 row");
    assert!(!terminal.screen().contains("John Smith"));
    terminal.ends(DEMO);
    terminal.send(".fav someone\r");
    terminal.shows("John Smith");
    terminal.ends(DEMO);
    terminal.send(".fav nobody\r");
    terminal.shows("there is no favourite nobody");
    terminal.ends(DEMO);
    terminal.send(".exit\r");
    terminal.end();
    let mut next = demo(state.path());
    next.send(".fav\r");
    next.shows("someone");
    next.shows("SELECT name FROM employees WHERE dept = :dept AND id = :id;");
}

#[test]
fn the_statement_is_edited_in_the_persons_own_editor() {
    let state = folder();
    let script = state.path().join("editor");
    std::fs::write(&script, "sed -i 's/1001/1002/' \"$1\"\n").expect("a file");
    let editor = format!("sh {}", script.display());
    let mut terminal = Terminal::noctra(state.path(), &["--demo"], &[("EDITOR", &editor)]);
    terminal.ends(DEMO);
    terminal.run("SELECT name FROM employees WHERE id = 1001;", DEMO);
    terminal.send(".edit\r");
    terminal.ends("noctra demo> SELECT name FROM employees WHERE id = 1002;");
    terminal.send("\r");
    terminal.shows("Mary Johnson");
    terminal.ends(DEMO);
    // The line as it is, too.
    terminal.send("PRINT 1001;\x18\x05");
    terminal.ends("noctra demo> PRINT 1002;");
}

#[test]
fn what_began_so_before_is_hinted_and_taken_by_the_arrow() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.run("PRINT 'a long ' || 'way';", DEMO);
    terminal.send("PRINT 'a l");
    terminal.ends("noctra demo> PRINT 'a long ' || 'way';");
    let (row, column) = terminal.cursor();
    // The hint is fainter than the line.
    assert_ne!(
        terminal.color(row, column - 1),
        terminal.color(row, column + 1)
    );
    terminal.send("\x1b[C\r");
    terminal.until("the answer again", |screen| {
        screen.matches("a long way").count() == 2
    });
    terminal.ends(DEMO);
    terminal.send("SELECT substr(");
    terminal.shows("substr( text, integer, integer)");
}

#[test]
fn what_is_pasted_stays_whole() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.send("\x1b[200~SELECT 'two\nlines' AS x,\n  1 AS y;\n-- and\nPRINT 'more';\x1b[201~");
    terminal.ends("PRINT 'more';");
    terminal.send("\r");
    terminal.shows("(1 row");
    terminal.shows("more");
    terminal.ends(DEMO);
    terminal.send("\x1b[A");
    terminal.ends("        ...> PRINT 'more';");
}

#[test]
fn a_statement_is_watched_until_ctrl_c() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.run("SELECT count(*) AS people FROM employees;", DEMO);
    terminal.send(".watch 0.01\r");
    terminal.shows("turn 3,");
    terminal.send("\x03");
    terminal.until("the prompt", |screen| screen.ends_with(DEMO));
    terminal.send(".watch soon\r");
    terminal.shows(".watch takes a number of seconds");
}

#[test]
fn vi_keys_move_in_the_line() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.run(".keys vi", DEMO);
    terminal.send("PRINT 'one';");
    terminal.ends("noctra demo> PRINT 'one';");
    terminal.send("\x1b");
    terminal.send("0cwASSERT\x1b");
    terminal.ends("noctra demo> ASSERT 'one';");
    // They are those of the next session, too.
    terminal.send("\x03");
    terminal.ends(DEMO);
    terminal.send(".exit\r");
    terminal.end();
    let mut next = demo(state.path());
    next.send(".keys\r");
    next.shows("the keys are those of vi");
}

#[test]
fn secrets_are_not_in_the_history() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.run("PRINT 'before';", DEMO);
    terminal.send("CONNECT 'postgres://ann:s3cret@127.0.0.1:1/none';\r");
    terminal.shows("RQL");
    terminal.ends(DEMO);
    terminal.send("\x1b[A");
    terminal.ends("noctra demo> PRINT 'before';");
    terminal.send("\x03");
    terminal.ends(DEMO);
    terminal.send(".exit\r");
    terminal.end();
    for file in std::fs::read_dir(state.path().join("noctra")).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("a file");
        assert!(!String::from_utf8_lossy(&bytes).contains("s3cret"));
    }
}

#[test]
fn commands_of_psql_and_mistakes() {
    let state = folder();
    let mut terminal = demo(state.path());
    terminal.run(".mode csv", DEMO);
    terminal.send("\\dt emp*\r");
    terminal.shows("employees,table");
    terminal.ends(DEMO);
    terminal.send("\\d\r");
    terminal.shows("products,table");
    terminal.ends(DEMO);
    terminal.send("\\d departments\r");
    terminal.shows("budget,");
    terminal.ends(DEMO);
    for (line, answer) in [
        (".mdoe", "did you mean .mode?"),
        (r"\zz", ".help lists the commands"),
        (r"\c shop", "USE 'place'; goes there"),
        (r"\echo hello", "PRINT 'text'; does that"),
        (r"\! ls", "Ctrl-Z goes to the shell"),
        (".open shop.db", "USE 'file'; opens a database"),
        ("clear", "Ctrl-L clears the screen"),
        (".mode bxo", "did you mean box?"),
        ("SELEC 1;", "did you mean SELECT"),
        (".timing perhaps", ".timing takes on or off"),
    ] {
        terminal.send(&format!("{line}\r"));
        terminal.shows(answer);
        terminal.ends(DEMO);
    }
    terminal.send("\\x\r");
    terminal.shows("expanded display is on");
    terminal.ends(DEMO);
    terminal.send("SELECT 7 AS only;\r");
    terminal.shows("only │ 7");
    terminal.ends(DEMO);
    terminal.send(".expand off\r");
    terminal.shows("expanded display is off");
    terminal.ends(DEMO);
    let file = state.path().join("out.csv");
    terminal.run(&format!("\\o {}", file.display()), DEMO);
    terminal.run("SELECT 1 AS one;", DEMO);
    terminal.send("\\o\r");
    terminal.until("a prompt", |screen| screen.ends_with("\\o\nnoctra demo>"));
    terminal.send("PRINT 'on ' || 'screen';\r");
    terminal.shows("on screen");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "one\n1\n");
    terminal.ends(DEMO);
    terminal.send("exit\r");
    terminal.end();
}

/// Rows without end in sight.
const LONG: &str =
    "FROM generate_series(1, 100000) AS a(i) CROSS JOIN generate_series(1, 100000) AS b(i)";

#[test]
fn behaviour_10_ctrl_c_ends_a_statement_on_a_server_and_the_session_goes_on() {
    let not_run = |reason: String| println!("NOT RUN: {reason}");
    let postgres = Postgres::start().map_err(not_run).ok();
    let mariadb = MariaDb::start().map_err(not_run).ok();
    let urls = [
        postgres.as_ref().map(|server| ("postgresql", server.url())),
        mariadb.as_ref().map(|server| ("mariadb", server.url())),
    ];
    for (backend, url) in urls.into_iter().flatten() {
        let state = folder();
        let mut terminal = Terminal::noctra(state.path(), &[&url], &[]);
        let stands = |terminal: &mut Terminal, mark: &str| {
            let prompt = format!(" {backend}{mark}>");
            terminal.until(&prompt, |screen| screen.ends_with(&prompt));
        };
        stands(&mut terminal, "");
        terminal.send("CREATE TABLE t (i INTEGER);\r");
        terminal.shows("t (i INTEGER);");
        stands(&mut terminal, "");
        // Where no row comes, and where they come without end.
        let sum = format!("PRINT 'be' || 'gun'; SELECT SUM(a.i * b.i) {LONG};");
        let rows = format!("SELECT 'be' || 'gun' AS x, a.i, b.i {LONG};");
        for query in [sum, rows] {
            terminal.send("BEGIN; INSERT INTO t VALUES (1);\r");
            stands(&mut terminal, "*");
            terminal.send(&format!("{query}\r"));
            terminal.shows("begun");
            terminal.send("\x03");
            terminal.shows("cancelled");
            // The transaction has failed, or the query had not even begun.
            terminal.until("a prompt", |screen| screen.ends_with('>'));
            terminal.send("ROLLBACK;\r");
            stands(&mut terminal, "");
            terminal.send("\x0c");
            terminal.until("an empty screen", |screen| screen.lines().count() == 1);
        }
        terminal.send("SELECT 'rows ' || COUNT(*) AS x FROM t;\r");
        terminal.shows("rows 0");
        stands(&mut terminal, "");
        terminal.send(".exit\r");
        terminal.end();
    }
}
