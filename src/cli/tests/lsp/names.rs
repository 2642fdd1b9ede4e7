//! Names that are followed and renamed.

use crate::lsp::marked;
use crate::work::*;
use serde_json::json;

#[test]
fn an_alias_is_found_and_renamed_where_it_stands() {
    let mut work = Work::new(pushed());
    let text = "SELECT e.name, e.id FROM employees |e JOIN departments d ON d.id = e.dept_id;";
    let all = work.found("textDocument/references", text);
    assert_eq!(
        all,
        [
            (0, "e".into()),
            (0, "e".into()),
            (0, "e".into()),
            (0, "e".into())
        ]
    );
    // Complaint: definition fails on aliases.
    let text = "SELECT |e.name FROM departments d JOIN employees AS e ON d.id = e.dept_id;";
    let (whole, _) = marked(text);
    let place = work.at("textDocument/definition", text).expect("a place");
    assert_eq!(piece(&whole, &place[0]["range"]), "e");
    assert_eq!(
        place[0]["range"]["start"]["character"],
        whole.find("e ON").expect("it is there")
    );
}

#[test]
fn a_column_is_followed_through_queries_that_pass_it_on() {
    let mut work = Work::new(pushed());
    let text = "CREATE TABLE t (ke|y INTEGER, v TEXT);\n\
        WITH x AS (SELECT key, v AS w FROM t) SELECT x.key, w FROM x WHERE key = 1;\n\
        SELECT key FROM departments d, t;\n\
        UPDATE t SET key = key + 1;\n\
        INSERT INTO t (key) VALUES (1);\n";
    let all = work.found("textDocument/references", text);
    let lines: Vec<u64> = all.iter().map(|it| it.0).collect();
    assert_eq!(lines, [0, 1, 1, 1, 2, 3, 3, 4], "{all:?}");
    assert!(all.iter().all(|it| it.1 == "key"));
    // A name that a list gives is another thing.
    let text = "WITH x AS (SELECT salary AS pay FROM employees) SELECT p|ay FROM x ORDER BY pay;";
    let all = work.found("textDocument/references", text);
    assert_eq!(all.len(), 3, "{all:?}");
}

#[test]
fn renaming_changes_every_document_and_nothing_else() {
    let mut work = Work::new(pushed());
    let (lib, main) = (work.uri("lib.rql"), work.uri("main.rql"));
    let texts = [
        "LET top = 10;\nLET rich AS SELECT * FROM employees WHERE salary > :top;\nMACRO twice(a) AS a * 2;\n",
        "INCLUDE 'lib.rql';\nSELECT twice(id) FROM rich WHERE salary > :top AND name <> 'top';\n",
    ];
    std::fs::write(work.path("lib.rql"), texts[0]).expect("it is written");
    work.client.open(&lib, texts[0]);
    work.client.open(&main, texts[1]);
    assert_eq!(messages(&work.client.published(&main)), Vec::<&str>::new());
    for (line, character, new, wanted) in [
        (
            0,
            4,
            "least",
            ["LET least = 10", ":least AND name <> 'top'"],
        ),
        (1, 4, "wealthy", ["LET wealthy AS", "FROM wealthy"]),
        (
            2,
            7,
            "double_it",
            ["MACRO double_it(a) AS a * 2", "SELECT double_it(id)"],
        ),
        (2, 13, "x", ["MACRO twice(x) AS x * 2", "SELECT twice(id)"]),
    ] {
        let place = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": lib }, "position": place, "newName": new });
        let edit = work
            .client
            .request("textDocument/rename", params)
            .expect("an edit");
        for (uri, (text, wanted)) in [&lib, &main].iter().zip(texts.iter().zip(wanted)) {
            let done = work.edited(uri, text, &edit);
            assert!(done.contains(wanted), "{new}: {done}");
        }
    }
    // What no document defines keeps its name.
    work.client
        .change(&main, None, "SELECT upper(name) FROM nowhere;");
    let place = json!({ "line": 0, "character": 26 });
    let params = json!({ "textDocument": { "uri": main }, "position": place, "newName": "x" });
    let refused = work
        .client
        .request("textDocument/rename", params)
        .expect_err("it is not ours");
    assert!(
        refused["message"]
            .as_str()
            .is_some_and(|m| m.contains("keeps its name")),
        "{refused}"
    );
}

#[test]
fn renaming_reaches_files_that_are_not_open_and_no_others() {
    let work = Work::with(pushed(), &["--schema", "tables.sql"]);
    let texts = [
        ("lib.rql", "LET top = 10;\n"),
        (
            "main.rql",
            "INCLUDE 'lib.rql';\nSELECT name FROM employees WHERE salary > :top;\n",
        ),
        ("other.rql", "LET top = 1;\nSELECT :top;\n"),
    ];
    for (name, text) in texts {
        std::fs::write(work.path(name), text).expect("it is written");
    }
    // The server reads the folder when it starts.
    let folder = work.folder;
    assert_eq!(work.client.end().code(), Some(0));
    let client = crate::lsp::Client::start(
        env!("CARGO_BIN_EXE_rqlc"),
        &["--schema", "tables.sql"],
        folder.path(),
        pushed(),
    );
    let mut work = Work { folder, client };
    work.knows_tables();
    for (open, place) in [
        (0, json!({ "line": 0, "character": 4 })),
        (1, json!({ "line": 1, "character": 45 })),
    ] {
        let uri = work.uri(texts[open].0);
        work.client.open(&uri, texts[open].1);
        let params =
            json!({ "textDocument": { "uri": uri }, "position": place, "newName": "least" });
        let edit = work
            .client
            .request("textDocument/rename", params)
            .expect("an edit");
        let changed = |name: &str, text: &str| work.edited(&work.uri(name), text, &edit);
        assert_eq!(changed(texts[0].0, texts[0].1), "LET least = 10;\n");
        assert!(
            changed(texts[1].0, texts[1].1).contains("> :least;"),
            "{edit}"
        );
        assert_eq!(changed(texts[2].0, texts[2].1), texts[2].1);
        let document = json!({ "textDocument": { "uri": uri } });
        work.client.notify("textDocument/didClose", document);
    }
    // What the schema makes is named everywhere.
    let uri = work.uri("q.rql");
    work.client.open(&uri, "SELECT salary FROM employees;\n");
    let place = json!({ "line": 0, "character": 8 });
    let params = json!({ "textDocument": { "uri": uri }, "position": place,
        "context": { "includeDeclaration": false } });
    let all = work
        .client
        .request("textDocument/references", params)
        .expect("places");
    let files: Vec<&str> = all
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["uri"].as_str()?.rsplit('/').next())
        .collect();
    assert_eq!(files, ["main.rql", "q.rql"]);
    let found = work
        .client
        .request("workspace/symbol", json!({ "query": "top" }))
        .expect("symbols");
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{found}");
}

// -- the shape of a text ---------------------------------------------------------------------------

#[test]
fn tables_are_defined_in_the_file_of_the_schema() {
    let mut work = Work::new(pushed());
    let place = work
        .at("textDocument/definition", "SELECT sal|ary FROM employees;")
        .expect("a place");
    assert_eq!(place[0]["uri"], work.uri("tables.sql"));
    assert_eq!(piece(SCHEMA, &place[0]["range"]), "salary");
    // The file itself makes the tables, so that they are not there before.
    let uri = work.uri("tables.sql");
    work.client.open(&uri, SCHEMA);
    assert_eq!(messages(&work.client.published(&uri)), Vec::<&str>::new());
}
