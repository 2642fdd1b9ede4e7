//! What ends a statement before its time, from outside: SIGINT, `--timeout`, `--max-rows`.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::noctra;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Never ends by itself.
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n";

#[test]
fn interrupt_ends_a_script_with_130() {
    // Both a statement that has no row to show, and one that never stops to show them.
    for endless in [ENDLESS, &ENDLESS.replace("count(*)", "i")] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_noctra"))
            .args(["--format", "csv", "--no-header", "-c"])
            .arg(format!("SELECT 1; {endless}; SELECT 2"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        assert_eq!(line, "1\n");
        // Whether the second statement has begun by now or not.
        let kill = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(kill.is_ok_and(|status| status.success()));
        std::io::copy(&mut out, &mut std::io::sink()).expect("the rest");
        let mut err = String::new();
        let mut pipe = child.stderr.take().expect("a pipe");
        pipe.read_to_string(&mut err).expect("text");
        let status = child.wait().expect("the program ends");
        assert_eq!((status.code(), err.as_str()), (Some(130), "cancelled\n"));
    }
}

#[test]
fn a_time_limit_ends_a_statement_and_not_the_session() {
    let ran = noctra(&["--timeout", "0.1", "-c", ENDLESS], "");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let said = ran.err.contains("longer than 0.1 s") && ran.err.contains("RQL0706");
    assert!(said, "{}", ran.err);
    let text = format!(
        "SET on_error = continue; SET timeout = 0.1; {ENDLESS}; SET timeout = off; SELECT 7 AS x"
    );
    let ran = noctra(&["--format", "csv", "-c", &text], "");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "x\n7\n"));
}

#[test]
fn a_limit_of_rows_cuts_queries_and_says_so() {
    let text = "CREATE TABLE t (i INTEGER); \
        INSERT INTO t VALUES (1), (2), (3) RETURNING i; SELECT i FROM t ORDER BY i";
    let ran = noctra(
        &[
            "--format",
            "csv",
            "--no-header",
            "--max-rows",
            "2",
            "-c",
            text,
        ],
        "",
    );
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "1\n2\n3\n1\n2\n"));
    assert_eq!(
        ran.err,
        "these are the first 2 rows; SET max_rows = off gives all\n"
    );
    let ran = noctra(
        &[
            "--max-rows",
            "3",
            "-c",
            &format!("{text}; SET max_rows = 1"),
        ],
        "",
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for (flag, value) in [
        ("--timeout", "soon"),
        ("--timeout", "-1"),
        ("--max-rows", "x"),
    ] {
        let ran = noctra(&[&format!("{flag}={value}"), "-c", "SELECT 1"], "");
        assert_eq!(ran.code, Some(2), "{flag} {value}: {}", ran.err);
    }
}

/// Runs a script in a folder with flags that bound it.
fn bounded(place: &std::path::Path, flags: &[&str], text: &str) -> common::Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_noctra"))
        .current_dir(place)
        .args(["--format", "csv", "--no-header"])
        .args(flags)
        .args(["-c", text])
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    common::Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn files_are_read_and_written_where_that_is_allowed() {
    let place = common::folder(&[
        ("in/a.csv", "x\n1\n"),
        ("in/ok.rql", "PRINT 'included';"),
        ("in/out.rql", "INCLUDE '../secret.rql';"),
        ("secret.rql", "PRINT 'secret';"),
        ("secret.csv", "x\n7\n"),
    ]);
    let link = place.path().join("in/link.csv");
    std::os::unix::fs::symlink(place.path().join("secret.csv"), link).expect("a link");
    std::os::unix::fs::symlink("/", place.path().join("in/root")).expect("a link");
    let allowed = ["--allow-path", "in"];
    let ran = bounded(
        place.path(),
        &allowed,
        "INCLUDE 'in/ok.rql'; IMPORT 'in/a.csv' INTO t CREATE; SELECT x FROM t;
         EXPORT t TO 'in/b.csv'; OUTPUT TO 'in/c.csv'; SELECT 1 AS one; OUTPUT TO STDOUT;
         USE 'in/new.db' AS beside; CREATE TABLE beside.u (a INTEGER);",
    );
    let out = ran.out.replace("(1 row imported)\n", "");
    assert_eq!(out.lines().next(), Some("included"), "{}", ran.err);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(place.path().join("in/b.csv").is_file() && place.path().join("in/c.csv").is_file());
    for text in [
        "INCLUDE 'secret.rql'",
        "INCLUDE 'in/../secret.rql'",
        "INCLUDE 'in/out.rql'",
        "IMPORT 'secret.csv' INTO t CREATE",
        "IMPORT 'in/link.csv' INTO t CREATE",
        "IMPORT 'in/root/etc/passwd' INTO t CREATE FORMAT csv",
        "EXPORT (SELECT 1) TO 'x.csv'",
        "EXPORT (SELECT 1) TO 'in/../x.csv'",
        "OUTPUT TO 'x.csv'",
        "SELECT 1 AS a, 2 AS b CHART BAR OF b BY a TO 'x.svg'",
        "USE 'x.db'",
        "USE 'x.db' AS x",
        "CONNECT 'x.db'",
        "NATIVE ATTACH 'x.db' AS x",
        "NATIVE ATTACH 'x' || '.db' AS x",
        "NATIVE VACUUM INTO 'x.db'",
    ] {
        let ran = bounded(place.path(), &allowed, text);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{text}");
        let named = ran.err.contains("allow_path") || text.starts_with("NATIVE");
        assert!(named, "{text}: {}", ran.err);
    }
    for file in ["x.csv", "x.db", "x.svg"] {
        assert!(!place.path().join(file).exists(), "{file}");
    }
    let ran = bounded(place.path(), &allowed, "NATIVE VACUUM; PRINT 'done'");
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("done\n", ""));
    // What the command line itself names is no exception.
    for (flags, named) in [
        (&["--output", "x.csv"][..], "x.csv may not be written"),
        (&["secret.rql"], "secret.rql may not be read"),
        (&["in/../secret.rql"], "secret.rql may not be read"),
    ] {
        let flags = [&allowed[..], flags].concat();
        let ran = bounded(place.path(), &flags, "SELECT 1 AS one");
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{flags:?}");
        assert!(ran.err.contains(named), "{flags:?}: {}", ran.err);
        assert!(
            ran.err.contains("allow_path is in"),
            "{flags:?}: {}",
            ran.err
        );
    }
    assert!(!place.path().join("x.csv").exists());
    let flags = [&allowed[..], &["in/ok.rql", "--output", "in/d.csv"]].concat();
    let ran = bounded(place.path(), &flags, "SELECT 1 AS one");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(place.path().join("in/d.csv").is_file());
    // The person's own database is where the person says; another flag allows more.
    let more = ["--allow-path", "in", "--allow-path", ".", "--db", "x.db"];
    let ran = bounded(place.path(), &more, "INCLUDE 'secret.rql'");
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("secret\n", ""));
}

#[test]
fn duckdb_itself_reads_and_writes_where_that_is_allowed() {
    let place = common::folder(&[("in/a.csv", "x\n1\n"), ("secret.csv", "x\n7\n")]);
    let duckdb = |text: &str| {
        let flags = ["--allow-path", "in", "--db", "duckdb::memory:"];
        bounded(place.path(), &flags, text)
    };
    let ran = duckdb("NATIVE SELECT x FROM 'in/a.csv'");
    if ran.err.contains("is not on this machine") {
        return println!("NOT RUN: there is no DuckDB");
    }
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("1\n", ""));
    for text in [
        "NATIVE SELECT x FROM 'secret.csv'",
        "NATIVE COPY (SELECT 1) TO 'x.csv'",
        "NATIVE ATTACH 'x.db'",
        "NATIVE SET enable_external_access = true",
    ] {
        let ran = duckdb(text);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{text}");
    }
}

#[test]
fn long_statements_and_many_rows_at_once_are_refused_by_name() {
    let place = common::folder(&[]);
    let long = format!("SELECT '{}'", "x".repeat(2000));
    let ran = bounded(place.path(), &["--max-query", "1kB"], &long);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    let said = "has 2009 bytes, max_query is 1kB";
    assert!(ran.err.contains(said), "{}", ran.err);
    let many =
        "FOR r IN (SELECT i FROM generate_series(1, 100000) AS g(i)) LOOP PRINT :r; END LOOP";
    let ran = bounded(place.path(), &["--max-memory", "1MB"], many);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("max_memory, 1MB"), "{}", ran.err);
    for (flag, value) in [
        ("--max-query", "much"),
        ("--max-memory", "0"),
        ("--confirm", "yes"),
    ] {
        let ran = bounded(place.path(), &[flag, value], "PRINT 1");
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{flag}");
        assert!(ran.err.contains("it is one of"), "{}", ran.err);
    }
}

#[test]
fn behaviour_15_scripts_refuse_what_changes_all_rows_where_that_is_the_policy() {
    let place = common::folder(&[(
        "wipe.rql",
        "IF 1 < 2 THEN DELETE FROM monthly_sales; END IF;",
    )]);
    for text in [
        "DELETE FROM departments",
        "UPDATE departments SET budget = 0",
        "DROP TABLE orders",
        "TRUNCATE orders",
        "INCLUDE 'wipe.rql'",
    ] {
        let ran = bounded(place.path(), &["--demo", "--confirm", "always"], text);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{text}");
        assert!(ran.err.contains("confirm is always"), "{}", ran.err);
    }
    let some = "DELETE FROM departments WHERE name = 'nowhere'; PRINT 'done'";
    let ran = bounded(place.path(), &["--demo", "--confirm", "always"], some);
    assert_eq!(ran.out.lines().last(), Some("done"), "{}", ran.err);
    let ran = bounded(
        place.path(),
        &["--demo"],
        "INCLUDE 'wipe.rql'; SELECT COUNT(*) FROM monthly_sales",
    );
    assert_eq!(ran.out.lines().last(), Some("0"), "{}", ran.err);
}

#[test]
fn the_log_has_a_line_for_each_statement_and_no_secret() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = common::folder(&[("more.rql", "PRINT 'more';\nSELECT nope;")]);
    let text = "LET api_token = 's3cret';\nSELECT id FROM orders ORDER BY id LIMIT 2;\n\
        FOR r IN (SELECT 1 AS a) LOOP\n  UPDATE orders SET id = id WHERE id < 0;\nEND LOOP;\n\
        CONNECT 'postgres://ann:s3cret@127.0.0.1:1/none' AS none;\nSELECT 1 / 0;\nINCLUDE 'more.rql';";
    let flags = ["--demo", "--on-error", "continue", "--log", "log.jsonl"];
    for _twice in 0..2 {
        let ran = bounded(place.path(), &flags, text);
        assert_eq!(ran.code, Some(1));
    }
    let file = place.path().join("log.jsonl");
    let mode = file.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let log = std::fs::read_to_string(&file).expect("a log");
    assert!(
        !log.contains("s3cret") && log.contains("postgres://ann:***@127.0.0.1"),
        "{log}"
    );
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let told: Vec<String> = lines[lines.len() / 2..]
        .iter()
        .map(|line| {
            let word = line["statement"].as_str().unwrap_or("");
            let word = word.split(' ').next().unwrap_or("");
            let source = line["source"].as_str().unwrap_or("");
            let source = source.rsplit('/').next().unwrap_or("");
            format!(
                "{source} {word} {} {} {}",
                line["rows"], line["error"], line["sqlstate"]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "-c:1:1 LET null null null",
            "-c:2:1 SELECT 2 null null",
            "-c:4:3 UPDATE 0 null null",
            "-c:6:1 CONNECT null \"RQL0703\" null",
            "-c:7:1 SELECT null \"RQL0701\" \"22012\"",
            "more.rql:1:1 PRINT null null null",
            "more.rql:2:1 SELECT null \"RQL0202\" null",
        ]
    );
    let first = &lines[0];
    assert_eq!(
        (&first["connection"], &first["backend"]),
        (&"main".into(), &"sqlite".into())
    );
    assert!(first["milliseconds"].is_number());
    assert!(
        first["at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z') && at.contains('T'))
    );
}
