//! Files of settings, the environment and flags: what holds, where it came from, and what is refused.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{Ran, folder, noctra};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Runs `noctra` in a directory, with the person's own files in another; nothing else of the environment counts.
fn run(home: &Path, here: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(arguments)
        .current_dir(here)
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env_remove("NOCTRA_DB")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    Ran {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// A home with the person's own file, and a project with its own.
fn places(user: &str, project: &str) -> (TempDir, TempDir) {
    (
        folder(&[("config/noctra/noctra.toml", user)]),
        folder(&[("noctra.toml", project), ("deep/down/a.txt", "")]),
    )
}

/// The value and the source of a setting as SHOW SETTINGS has them, with short names of the files.
fn shown(home: &TempDir, project: &TempDir, environment: &[(&str, &str)], more: &[&str]) -> String {
    let here = project.path().join("deep/down");
    let query = ["--format", "csv", "--no-header"];
    let arguments = [more, &query, &["-c", "SHOW SETTINGS LIKE 'max_rows';"]].concat();
    let ran = run(home.path(), &here, environment, &arguments);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let line = ran.out.lines().last().unwrap_or("").to_owned();
    let cells: Vec<&str> = line.split(',').collect();
    let source = cells[2]
        .replace(&format!("{}/", home.path().display()), "")
        .replace(&format!("{}/", project.path().display()), "");
    format!("{} {source}", cells[1])
}

#[test]
fn each_source_goes_before_the_one_below_and_says_where_it_is() {
    let (home, project) = places(
        "timeout = 5\nmax_rows = 10\n",
        "# a project\n\nmax_rows = 20\n",
    );
    let (user_only, none) = (folder(&[("deep/down/a.txt", "")]), folder(&[]));
    let variable = [("NOCTRA_MAX_ROWS", "30")];
    assert_eq!(
        shown(&home, &user_only, &[], &[]),
        "10 user config/noctra/noctra.toml:2"
    );
    assert_eq!(shown(&home, &project, &[], &[]), "20 project noctra.toml:3");
    assert_eq!(
        shown(&home, &project, &variable, &[]),
        "30 environment NOCTRA_MAX_ROWS"
    );
    let flag = ["--max-rows", "40"];
    assert_eq!(
        shown(&home, &project, &variable, &flag),
        "40 flag --max-rows"
    );
    let set = ["--max-rows", "40", "-c", "SET max_rows = 50"];
    assert_eq!(shown(&home, &project, &variable, &set), "50 SET");
    assert_eq!(shown(&none, &user_only, &[], &[]), "off default");
    let other = folder(&[("other.toml", "max_rows = 60")]);
    let file = other.path().join("other.toml").display().to_string();
    let only = shown(&home, &project, &[], &["--config", &file]);
    assert!(only.starts_with("60 user ") && only.ends_with("other.toml:1"));
}

#[test]
fn a_mistake_in_a_file_is_shown_where_it_stands_with_what_was_meant() {
    for (project, parts) in [
        (
            "max_rows = 1\nmax_row = 1000\n",
            &[
                "noctra.toml:2:1",
                "RQL0802",
                "no setting max_row",
                "did you mean max_rows?",
            ][..],
        ),
        (
            "on_error = \"stpo\"",
            &[
                "noctra.toml:1:12",
                "on_error cannot be stpo",
                "did you mean stop?",
            ],
        ),
        (
            "[connections.shop]\nurl = \"demo\"\ncolour = \"red\"",
            &[
                "noctra.toml:3:1",
                "a connection has no colour",
                "did you mean color?",
            ],
        ),
        (
            "[connections.shop]\nurl = \"demo\"\ncolor = \"rad\"",
            &[
                "noctra.toml:3:9",
                "there is no color rad",
                "did you mean red?",
            ],
        ),
        ("[connections.shop]\ncolor = \"red\"", &["shop has no url"]),
        ("max_rows = ", &["noctra.toml:1:", "this is not TOML"]),
        (
            "pager = \"rm -rf x\"",
            &["noctra.toml:1:1", "no matter of a project"],
        ),
        (
            "[connections.shop]\nurl = \"demo\"\npassword_command = \"cat x\"",
            &[
                "noctra.toml:3:1",
                "no matter of a project",
                "config/noctra/noctra.toml",
            ],
        ),
        ("max_rows = [1]", &["max_rows takes no array"]),
    ] {
        let (home, project) = places("", project);
        let ran = run(home.path(), project.path(), &[], &["-c", "PRINT 1"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        for part in parts {
            assert!(ran.err.contains(part), "{part}: {}", ran.err);
        }
    }
    let (home, project) = places("", "");
    for (variable, said) in [
        (("NOCTRA_MAX_ROW", "1"), "did you mean NOCTRA_MAX_ROWS?"),
        (("NOCTRA_TIMEOUT", "soon"), "timeout cannot be soon"),
    ] {
        let ran = run(home.path(), project.path(), &[variable], &["-c", "PRINT 1"]);
        assert_eq!(ran.code, Some(2));
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let elsewhere = [("NOCTRA_SOMETHING_ELSE", "x")];
    let ran = run(home.path(), project.path(), &elsewhere, &["-c", "PRINT 1"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "1\n"));
}

#[test]
fn a_project_and_a_script_loosen_nothing_that_bounds_them() {
    let (home, project) = places(
        "read_only = true\nallow_path = \"~/data\"",
        "read_only = false",
    );
    let ran = run(home.path(), project.path(), &[], &["-c", "PRINT 1"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("noctra.toml:1:13"), "{}", ran.err);
    let (home, project) = places("read_only = true\nallow_path = \"~/data\"", "");
    for set in ["read_only = off", "allow_path = off", "allow_path = '/'"] {
        let ran = run(
            home.path(),
            project.path(),
            &[],
            &["-c", &format!("SET {set}")],
        );
        assert_eq!(ran.code, Some(1), "{set}");
        assert!(ran.err.contains("noctra.toml:"), "{}", ran.err);
    }
}

#[test]
fn connections_have_names_everywhere_a_database_is_named() {
    let (home, project) = places(
        "",
        "db = \"shop\"\n\
         [connections.shop]\nurl = \"data/shop.db\"\n\
         [connections.Archive]\nurl = \"sqlite:data/archive.db\"\nread_only = true\n",
    );
    std::fs::create_dir(project.path().join("data")).expect("a folder");
    let here = project.path().join("deep/down");
    let csv = |arguments: &[&str]| {
        let all = [&["--format", "csv", "--no-header"], arguments].concat();
        run(home.path(), &here, &[], &all)
    };
    // The paths are those beside the file that says them.
    let made = csv(&[
        "-c",
        "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2);",
    ]);
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
    assert!(project.path().join("data/shop.db").is_file());
    let file = project.path().join("data/archive.db").display().to_string();
    let copied = csv(&[
        "--db",
        &file,
        "-c",
        "COPY shop.t TO main.t CREATE; SELECT count(*) FROM t;",
    ]);
    assert_eq!((copied.out.as_str(), copied.err.as_str()), ("2\n", ""));
    for text in [
        "USE archive; SELECT count(*) FROM t; USE shop; USE main; SELECT count(*) FROM t;",
        "CONNECT archive AS old; USE old; SELECT count(*) FROM t; USE shop; SELECT count(*) FROM t;",
    ] {
        let ran = csv(&["-c", text]);
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("2\n2\n", ""));
    }
    let shown = csv(&["--db", "SHOP", "-c", "SHOW CONNECTIONS"]);
    let lines: Vec<&str> = shown.out.lines().collect();
    assert!(lines[0].starts_with("archive,") && lines[0].ends_with(",sqlite,not open"));
    assert!(lines[1].starts_with("shop,") && lines[1].ends_with(",sqlite,current"));
    for text in [
        "COPY t TO archive.t",
        "USE archive; DELETE FROM t WHERE a = 1",
        "USE archive; NATIVE PRAGMA query_only = 0",
        "SELECT 1; USE archive; CREATE TABLE u (a INTEGER)",
    ] {
        let ran = csv(&["-c", text]);
        assert_eq!(ran.code, Some(1), "{text}");
        for part in [
            "25006",
            "the connection archive is read-only in noctra.toml",
        ] {
            assert!(ran.err.contains(part), "{text}: {}", ran.err);
        }
    }
    let wrong = csv(&["-c", "USE archve"]);
    assert!(wrong.err.contains("did you mean archive?"), "{}", wrong.err);
    let last = csv(&["-c", "DISCONNECT shop"]);
    assert!(last.err.contains("shop cannot be closed"), "{}", last.err);
}

#[test]
fn settings_say_how_results_look() {
    let (home, project) = places("format = \"csv\"\nnull_text = \"NA\"\nheader = false", "");
    let run = |more: &[&str]| {
        let all = [more, &["-c", "SELECT 1 AS a, NULL AS b"]].concat();
        run(home.path(), project.path(), &[], &all).out
    };
    assert_eq!(run(&[]), "1,NA\n");
    assert_eq!(run(&["--format", "tsv"]), "1\tNA\n");
    assert_eq!(
        run(&["-c", "SET null_text = '-'; SET header = on"]),
        "a,b\n1,-\n"
    );
}

#[test]
fn reset_goes_back_to_what_the_session_began_with() {
    let text = "SELECT 1 AS a; SET format = csv; SELECT 2 AS a; RESET format; SELECT 3 AS a; SHOW SETTINGS LIKE 'format';";
    let ran = noctra(&["--format", "tsv", "-c", text], "");
    let shown = "setting\tvalue\tsource\tvalues\tmeaning\nformat\ttsv\tflag --format\tauto, a format\t\
        how results are written\n";
    assert_eq!(ran.out, format!("a\n1\na\n2\na\n3\n{shown}"), "{}", ran.err);
}
