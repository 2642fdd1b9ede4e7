//! What the programs say of their command lines, read by those who read it: people, shells, man.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::{folder, noctra, rqlc};
use std::path::Path;
use std::process::Command;
use terminal::Terminal;

#[test]
fn help_is_short_or_whole_with_examples() {
    let (short, long) = (noctra(&["-h"], ""), noctra(&["--help"], ""));
    assert_eq!((short.code, long.code), (Some(0), Some(0)));
    assert!(short.out.lines().count() <= 30, "a screen: {}", short.out);
    assert!(!short.out.contains("Examples:"), "{}", short.out);
    for said in [
        "\nWhat runs:\n  -c, --command <RQL>",
        "\nHow results are written:\n      --format <FORMAT>  ",
        "  How results are written: box, ascii,",
        "\nExamples:\n  noctra --demo ",
        "Exit codes: 0 success;",
    ] {
        assert!(long.out.contains(said), "{said} in {}", long.out);
    }
    // Every option stands in one of the groups that were meant for it, but for those of the last.
    let more = long.out.split("\nMore:\n").nth(1).expect("the last group");
    let more = more.split("\n\n").next().expect("its end");
    for line in more.lines() {
        let flag = line.split_whitespace().find(|word| word.starts_with("--"));
        let known = ["--config", "--completions", "--man", "--help", "--version"];
        assert!(flag.is_some_and(|flag| known.contains(&flag)), "{line}");
    }
    let ran = rqlc(&["--help"], "");
    assert!(ran.out.contains("rqlc fmt --check"), "{}", ran.out);
    let ran = rqlc(&["check", "--help"], "");
    assert!(ran.out.contains("--syntax-only"), "{}", ran.out);
    assert_eq!(rqlc(&["--diagnostics", "json"], "").code, Some(2));
}

#[test]
fn the_examples_of_help_run() {
    let place = folder(&[
        ("report.rql", "PRINT $1, :dept; FROM orders;"),
        ("query.rql", "SELECT 1;"),
        ("shop.sql", "CREATE TABLE orders (id INTEGER);"),
        ("sales.csv", "id\n1\n"),
        ("form.toml", "[fields.id]\ntype = 'integer'\n"),
    ]);
    let at = |program: &str, line: &str| {
        let mut ran = Command::new("sh");
        ran.arg("-c").arg(line);
        let path = Path::new(program).parent().expect("its folder");
        let old = std::env::var("PATH").expect("a path");
        ran.current_dir(place.path())
            .env("PATH", format!("{}:{old}", path.display()))
            .output()
            .expect("it runs")
    };
    let made = at(
        env!("CARGO_BIN_EXE_noctra"),
        "noctra shop.db -c 'CREATE TABLE orders (id INTEGER)'",
    );
    assert!(made.status.success());
    let mut seen = 0;
    for text in [noctra(&["--help"], "").out, rqlc(&["--help"], "").out] {
        let examples = text.split("Examples:\n").nth(1).expect("examples");
        for line in examples.lines().take_while(|line| line.starts_with("  ")) {
            let line = line.trim_start();
            let line = line.split("   ").next().expect("the command");
            // A server and DuckDB's library are not everywhere; without -c and a script there is a prompt.
            if line.contains("://") || line.contains("parquet") {
                continue;
            }
            let ran = at(env!("CARGO_BIN_EXE_noctra"), &format!("{line} </dev/null"));
            let said = String::from_utf8_lossy(&ran.stderr);
            let fmt = line.starts_with("rqlc fmt");
            assert!(ran.status.success() || fmt, "{line}: {said}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

/// A shell in a terminal, with the programs on its path; `None` where there is none.
fn shell(place: &Path, program: &str, arguments: &[&str]) -> Option<Terminal> {
    if Command::new(program).arg("--version").output().is_err() {
        println!("NOT RUN: there is no {program}");
        return None;
    }
    let programs = Path::new(env!("CARGO_BIN_EXE_noctra"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place);
    command.env("PATH", format!("{}:{path}", programs.display()));
    command
        .env("HOME", place)
        .env("PS1", "$ ")
        .env_remove("PROMPT_COMMAND");
    Some(Terminal::program(100, command))
}

/// A folder with something to name, and nothing else that begins so.
fn files() -> tempfile::TempDir {
    folder(&[("reports/monthly.rql", "PRINT 1;"), ("shop of mine.db", "")])
}

#[test]
fn bash_completes_flags_values_and_files() {
    let place = files();
    // Readline shows what is typed only where the terminal would.
    let start = "stty echo; exec bash --norc --noprofile -i";
    let Some(mut bash) = shell(place.path(), "bash", &["-c", start]) else {
        return;
    };
    bash.send("source <(noctra --completions bash); source <(rqlc --completions bash); PS1='? '\r");
    for (typed, becomes) in [
        ("noctra --dem\t", "? noctra --demo"),
        ("noctra --format mark\t", "? noctra --format markdown"),
        ("noctra rep\tmon\t", "? noctra reports/monthly.rql"),
        (
            "noctra --demo rep\tmon\t",
            "? noctra --demo reports/monthly.rql",
        ),
        ("noctra --db sh\t", "? noctra --db shop\\ of\\ mine.db"),
        ("noctra --on-error con\t", "? noctra --on-error continue"),
        (
            "rqlc comp\t--dial\tduck\t",
            "? rqlc compile --dialect duckdb",
        ),
        ("rqlc check rep\tmon\t", "? rqlc check reports/monthly.rql"),
    ] {
        bash.ends("?");
        bash.send(typed);
        bash.ends(becomes);
        // Ctrl-U takes the line away.
        bash.send("\x15");
    }
}

#[test]
fn zsh_completes_flags_values_and_files() {
    let place = files();
    let Some(mut zsh) = shell(place.path(), "zsh", &["-f", "-i"]) else {
        return;
    };
    zsh.send("autoload -Uz compinit; compinit -u -D; clear\r");
    zsh.send(
        "source <(noctra --completions zsh); source <(rqlc --completions zsh); PS1='? '; clear\r",
    );
    for (typed, becomes) in [
        ("noctra --dem\t", "? noctra --demo"),
        ("noctra --format mark\t", "? noctra --format markdown"),
        (
            "noctra --demo rep\tmon\t",
            "? noctra --demo reports/monthly.rql",
        ),
        ("rqlc check rep\tmon\t", "? rqlc check reports/monthly.rql"),
    ] {
        zsh.ends("?");
        zsh.send(typed);
        zsh.ends(becomes);
        zsh.send("\x15");
    }
}

#[test]
fn fish_completes_flags_values_and_files() {
    let place = files();
    let programs = Path::new(env!("CARGO_BIN_EXE_noctra"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let complete = |line: &str| {
        let script = format!(
            "noctra --completions fish | source; rqlc --completions fish | source; complete -C '{line}'"
        );
        let mut fish = Command::new("fish");
        fish.args(["--no-config", "-c", &script])
            .current_dir(place.path());
        fish.env("PATH", format!("{}:{path}", programs.display()))
            .env("HOME", place.path());
        let ran = fish.output().ok()?;
        Some(String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let Some(flags) = complete("noctra --dem") else {
        return println!("NOT RUN: there is no fish");
    };
    assert_eq!(flags, "--demo\tOpen the demo database\n");
    let has = |line: &str, word: &str| {
        let found = complete(line).expect("fish");
        assert!(
            found
                .lines()
                .any(|line| line.split('\t').next() == Some(word)),
            "{line}: {found}"
        );
    };
    has("noctra --format mark", "markdown");
    has("noctra reports/m", "reports/monthly.rql");
    has("rqlc compile --dialect duck", "duckdb");
    has("rqlc check --schema reports/m", "reports/monthly.rql");
}

#[test]
fn man_shows_every_option() {
    let place = folder(&[]);
    // Small systems have a program of this name that only says where to get it.
    let there = Command::new("man").arg("--version").output();
    if !there.is_ok_and(|man| man.stdout.starts_with(b"man 2")) {
        return println!("NOT RUN: there is no man");
    }
    for (name, ran) in [
        ("noctra", noctra(&["--man"], "")),
        ("rqlc", rqlc(&["--man"], "")),
    ] {
        assert_eq!(ran.code, Some(0));
        let file = place.path().join(format!("{name}.1"));
        std::fs::write(&file, &ran.out).expect("a file");
        let shown = Command::new("man")
            .arg("-l")
            .arg(&file)
            .env("MANWIDTH", "100")
            .output();
        let shown = shown.expect("man runs");
        let said = String::from_utf8_lossy(&shown.stderr);
        assert!(shown.status.success() && said.is_empty(), "{said}");
        let page = String::from_utf8_lossy(&shown.stdout);
        let wanted: &[&str] = match name {
            "noctra" => &["--db <URL>", "--max-rows <N>", "EXAMPLES", "Exit codes:"],
            _ => &["RQLC EXPLAIN", "--syntax-only", "rqlc fmt --check"],
        };
        for wanted in wanted {
            assert!(page.contains(wanted), "{wanted} in {page}");
        }
    }
}
