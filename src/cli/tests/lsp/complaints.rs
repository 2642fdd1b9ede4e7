//! What users of other servers complain of, by the number of the complaint.

use crate::lsp::Client;
use crate::work::*;
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn complaint_01_columns_of_with_queries_are_completed() {
    let mut work = Work::new(pushed());
    let all = work.labels("WITH x AS (SELECT id AS one FROM employees) SELECT x.| FROM x;");
    assert_eq!(all, ["one"]);
}

#[test]
fn complaint_02_columns_are_offered_not_only_tables() {
    let mut work = Work::new(pushed());
    let all = work.labels("SELECT | FROM employees;");
    assert_eq!(all[..4], ["id", "name", "dept_id", "salary"]);
}

#[test]
fn complaint_03_suggestions_go_on_behind_an_alias() {
    let mut work = Work::new(pushed());
    let all = work.labels("SELECT salary AS pay, na| FROM employees;");
    assert_eq!(all[0], "name");
}

#[test]
fn complaint_05_hover_shows_the_column_of_its_own_table() {
    let mut work = Work::new(pushed());
    let text = "SELECT d.na|me FROM employees e JOIN departments d ON d.id = e.dept_id;";
    assert!(work.hover(text).contains("departments.name: text"));
    let text = "SELECT e.na|me FROM employees e JOIN departments d ON d.id = e.dept_id;";
    assert!(work.hover(text).contains("employees.name: text"));
}

#[test]
fn complaint_06_hover_knows_with_queries_and_parameters() {
    let mut work = Work::new(pushed());
    let text = work.hover("WITH x AS (SELECT id AS one FROM employees) SELECT * FROM |x;");
    assert!(
        text.contains("WITH x") && text.contains("one: integer"),
        "{text}"
    );
    let text = work.hover("WITH |x AS (SELECT id AS one FROM employees) SELECT * FROM x;");
    assert!(text.contains("one: integer"), "{text}");
    // A parameter has the type of what it is compared with, and no column's of its name.
    let text = work.hover("SELECT name FROM employees WHERE salary > :na|me;");
    assert!(text.contains("parameter :name: numeric"), "{text}");
}

#[test]
fn complaint_07_08_named_parameters_are_no_mistakes() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    work.client.open(
        &uri,
        "SELECT name FROM employees WHERE id = :id AND name LIKE :pattern;",
    );
    assert_eq!(messages(&work.client.published(&uri)), Vec::<&str>::new());
}

#[test]
fn complaint_09_half_typed_text_is_answered_wherever_the_cursor_is() {
    let mut work = Work::new(pulls());
    let uri = work.uri("q.rql");
    let text = "WITH x AS (SELECT é, '😀' FROM employees WHERE (SELECT ";
    work.client.open(&uri, text);
    for character in 0..=text.encode_utf16().count() {
        let place = json!({ "line": 0, "character": character });
        let params = json!({ "textDocument": { "uri": uri }, "position": place });
        for method in ["completion", "hover", "signatureHelp", "definition"] {
            let method = format!("textDocument/{method}");
            let done = work.client.request(&method, params.clone());
            assert!(done.is_ok(), "{method} at {character}: {done:?}");
        }
    }
}

#[test]
fn complaint_11_a_new_table_needs_no_restart() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    work.client.open(&uri, "SELECT a FROM new_one;");
    assert_eq!(work.client.published(&uri).len(), 1);
    let more = format!("{SCHEMA}CREATE TABLE new_one (a INTEGER);\n");
    std::fs::write(work.path("tables.sql"), more).expect("it is written");
    work.client
        .notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert_eq!(messages(&work.client.published(&uri)), Vec::<&str>::new());
}

#[test]
fn complaint_16_no_stale_squiggles() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    work.client.open(&uri, "SELECT nme FROM employees;");
    assert_eq!(work.client.published(&uri).len(), 1);
    work.client
        .change(&uri, None, "SELECT name FROM employees;");
    assert_eq!(work.client.published(&uri), Vec::<Value>::new());
    let document = json!({ "textDocument": { "uri": uri } });
    work.client.change(&uri, None, "SELECT nme FROM employees;");
    work.client.notify("textDocument/didClose", document);
    let last = work.client.wait(|it| {
        it["method"] == "textDocument/publishDiagnostics" && it["params"]["version"].is_null()
    });
    assert_eq!(last["params"]["diagnostics"], json!([]));
}

#[test]
fn complaint_20_the_statement_at_the_cursor_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let file: &Path = &folder.path().join("noctra.toml");
    std::fs::write(file, "db = \"sqlite::memory:\"\n").expect("it is written");
    let mut client = Client::start(env!("CARGO_BIN_EXE_rqlc"), &[], folder.path(), pushed());
    let uri = format!("file://{}/q.rql", folder.path().display());
    client.open(
        &uri,
        "LET n = 20;\nSELECT 1 AS no;\nSELECT :n + 1 AS yes;\n",
    );
    let range =
        json!({ "start": { "line": 2, "character": 3 }, "end": { "line": 2, "character": 3 } });
    let params = json!({ "command": "rql.run", "arguments": [uri, range] });
    let text = client
        .request("workspace/executeCommand", params)
        .expect("a result");
    let text = text.as_str().expect("a text");
    assert!(
        text.contains("yes") && text.contains("21") && !text.contains("no"),
        "{text}"
    );
    let params = json!({ "command": "rql.showSql", "arguments": [uri, range, "duckdb"] });
    let text = client
        .request("workspace/executeCommand", params)
        .expect("a text");
    assert!(
        text.as_str().is_some_and(|it| it.contains("AS yes")),
        "{text}"
    );
}
