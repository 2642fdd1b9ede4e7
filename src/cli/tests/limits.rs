//! What ends a statement before its time, from outside: SIGINT, `--timeout`, `--max-rows`.
#![cfg(unix)]

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
