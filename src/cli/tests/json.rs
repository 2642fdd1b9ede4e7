//! JSON: one document on standard output, whatever runs; what is wrong is JSON too, a line each, on standard
//! error.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{folder, noctra};
use serde_json::{Value, json};

/// Runs a text as JSON; gives the document, and what stands on standard error.
fn run(text: &str, more: &[&str]) -> (Value, Vec<Value>, Option<i32>) {
    let ran = noctra(
        &[&["--demo", "--format", "json", "-c", text], more].concat(),
        "",
    );
    let document = serde_json::from_str(&ran.out);
    let lines = ran.err.lines().map(serde_json::from_str);
    let lines: Result<Vec<Value>, _> = lines.collect();
    let document = document.map_err(|error| format!("{text}: {error}\n{}", ran.out));
    let lines = lines.map_err(|error| format!("{text}: {error}\n{}", ran.err));
    (
        document.expect("a document"),
        lines.expect("lines"),
        ran.code,
    )
}

#[test]
fn behaviour_13_a_run_is_one_document_whatever_the_number_of_results() {
    let one = json!([{"a": 1}]);
    for (text, document) in [
        ("SELECT 1 AS a", one.clone()),
        (
            "PRINT 'hello'; SELECT 1 AS a; CREATE TABLE t (x INTEGER)",
            one.clone(),
        ),
        (
            "IF 1 < 2 THEN SELECT 1 AS a; ELSE SELECT 2 AS a; END IF",
            one.clone(),
        ),
        (
            "SELECT 1 AS a; SELECT 2 AS b",
            json!([[{"a": 1}], [{"b": 2}]]),
        ),
        (
            "SELECT 1 AS a WHERE FALSE; SELECT 1 AS a",
            json!([[], [{"a": 1}]]),
        ),
        (
            "FOR r IN (SELECT 1 AS x) LOOP SELECT :r.x AS a; END LOOP",
            json!([[{"a": 1}]]),
        ),
        ("CREATE TABLE t (x INTEGER)", json!([])),
        (
            "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1) RETURNING x AS a",
            one.clone(),
        ),
        ("SELECT 1 AS a WHERE FALSE", json!([])),
    ] {
        let (found, _, code) = run(text, &[]);
        assert_eq!((found, code), (document, Some(0)), "{text}");
    }
    let (found, _, _) = run("SELECT 1 AS a", &["-c", "SELECT 2 AS b"]);
    assert_eq!(found, json!([[{"a": 1}], [{"b": 2}]]));
}

#[test]
fn behaviour_13_what_fails_is_json_on_standard_error() {
    let rows = "SELECT 6 / (3 - i) AS q FROM generate_series(1, 3) AS g(i)";
    for (text, document, code) in [
        ("SELEC 1", json!([]), "RQL0112"),
        (
            "SELECT 1 AS a; SELECT nothing",
            json!([[{"a": 1}]]),
            "RQL0202",
        ),
        (rows, json!([{"q": 3}, {"q": 6}]), "RQL0701"),
    ] {
        let (found, said, exit) = run(text, &[]);
        assert_eq!((found, exit), (document, Some(1)), "{text}");
        assert_eq!(said.len(), 1, "{text}");
        assert_eq!(
            (&said[0]["code"], &said[0]["severity"]),
            (&json!(code), &json!("error")),
            "{text}"
        );
        assert!(said[0]["start"]["line"].is_u64(), "{text}");
    }
    // A script goes on, and each failure is a line.
    let (found, said, exit) = run(
        "SELECT a; SELECT 1 AS a; SELECT b",
        &["--on-error", "continue"],
    );
    assert_eq!((found, said.len(), exit), (json!([[{"a": 1}]]), 2, Some(1)));
    // Remarks and what no text is to blame for.
    let (found, said, _) = run(
        "PRINT 'so'; SELECT 1 AS a UNION ALL SELECT 2 AS a",
        &["--max-rows", "1"],
    );
    assert_eq!(found, json!([{"a": 1}]));
    assert_eq!(said[0], json!({"severity": "note", "message": "so"}));
    assert_eq!(said[1]["severity"], "note");
    let ran = noctra(
        &[
            "--db",
            "nowhere/at/all.db",
            "--format",
            "json",
            "-c",
            "SELECT 1",
        ],
        "",
    );
    let said: Value = serde_json::from_str(&ran.err).expect("an object");
    assert_eq!((ran.code, &said["severity"]), (Some(1), &json!("error")));
}

#[test]
fn files_of_json_are_one_document_too() {
    let folder = folder(&[]);
    let place = folder.path();
    let read = |name: &str| -> Value {
        let text = std::fs::read_to_string(place.join(name)).expect("a file");
        serde_json::from_str(&text).expect("a document")
    };
    let text = "OUTPUT TO '@one.json'; SELECT 1 AS a; OUTPUT TO '@two.json'; SELECT 1 AS a; SELECT 2 AS b; OUTPUT TO STDOUT; \
         EXPORT (SELECT 3 AS c) TO '@three.json'; EXPORT (SELECT 4 AS d) TO '@lines.jsonl'; EXPORT (SELECT 5 AS d) TO '@lines.jsonl' APPEND";
    let text = text.replace('@', &format!("{}/", place.display()));
    let ran = noctra(&["-c", &text], "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(read("one.json"), json!([{"a": 1}]));
    assert_eq!(read("two.json"), json!([[{"a": 1}], [{"b": 2}]]));
    assert_eq!(read("three.json"), json!([{"c": 3}]));
    let lines = std::fs::read_to_string(place.join("lines.jsonl")).expect("a file");
    assert_eq!(lines, "{\"d\":4}\n{\"d\":5}\n");
    let file = place.join("four.json");
    let ran = noctra(
        &[
            "--output",
            file.to_str().expect("a name"),
            "-c",
            "SELECT 1 AS a; SELECT 2 AS b",
        ],
        "",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(read("four.json"), json!([[{"a": 1}], [{"b": 2}]]));
    let again = format!("EXPORT (SELECT 1) TO '{}' APPEND", file.display());
    let ran = noctra(&["-c", &again], "");
    assert!(
        ran.err.contains("csv, tsv, jsonl and sql grow"),
        "{}",
        ran.err
    );
}
