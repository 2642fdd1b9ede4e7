//! The language server as editors use it: a process, and messages over its pipes.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

#[path = "common/lsp.rs"]
mod lsp;

use lsp::{Client, marked};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SCHEMA: &str = "\
CREATE TABLE departments (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
  dept_id INTEGER NOT NULL REFERENCES departments (id), salary NUMERIC(10,2));
";

/// A folder with a schema, and a server in it.
struct Work {
    folder: tempfile::TempDir,
    client: Client,
}

/// What the editors that are most used say of themselves, as far as it matters.
fn clients() -> [(&'static str, Value); 4] {
    [
        (
            "neovim 0.7",
            json!({ "textDocument": { "hover": { "contentFormat": ["markdown", "plaintext"] },
            "rename": { "prepareSupport": true }, "publishDiagnostics": { "relatedInformation": true } } }),
        ),
        (
            "vscode",
            json!({ "general": { "positionEncodings": ["utf-16"] },
            "textDocument": { "diagnostic": {}, "rename": { "prepareSupport": true } },
            "workspace": { "diagnostics": { "refreshSupport": true } } }),
        ),
        (
            "helix",
            json!({ "general": { "positionEncodings": ["utf-8", "utf-32", "utf-16"] },
            "textDocument": { "rename": {}, "publishDiagnostics": {} } }),
        ),
        (
            "emacs",
            json!({ "general": { "positionEncodings": ["utf-32", "utf-8", "utf-16"] } }),
        ),
    ]
}

/// One that is told diagnostics, as Neovim of Debian is.
fn pushed() -> Value {
    clients()[0].1.clone()
}

fn pulls() -> Value {
    clients()[1].1.clone()
}

impl Work {
    fn with(capabilities: Value, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tables.sql"), SCHEMA).expect("it is written");
        let client = Client::start(
            env!("CARGO_BIN_EXE_rqlc"),
            arguments,
            folder.path(),
            capabilities,
        );
        Self { folder, client }
    }

    /// With the tables of the schema, known.
    fn new(capabilities: Value) -> Self {
        let mut work = Self::with(capabilities, &["--schema", "tables.sql"]);
        work.knows_tables();
        work
    }

    /// Waits until the schema has been read in the background.
    fn knows_tables(&mut self) {
        let uri = self.uri("probe.rql");
        self.client
            .open(&uri, "SELECT no_such_column FROM employees;");
        loop {
            let all = self.diagnostics(&uri);
            if all.iter().any(|it| {
                it["message"]
                    .as_str()
                    .is_some_and(|m| m.contains("no_such_column"))
            }) {
                break;
            }
        }
        let document = json!({ "textDocument": { "uri": uri } });
        self.client.notify("textDocument/didClose", document);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder
            .path()
            .canonicalize()
            .expect("it is there")
            .join(name)
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        match self.client.capabilities.get("diagnosticProvider") {
            Some(_) => self.client.pulled(uri),
            None => self.client.published(uri),
        }
    }

    /// Opens a text with a mark and asks something about the place.
    fn at(&mut self, method: &str, text: &str) -> Result<Value, Value> {
        let (text, place) = marked(text);
        let uri = self.uri("q.rql");
        self.client.open(&uri, &text);
        let params = json!({ "textDocument": { "uri": uri }, "position": place });
        self.client.request(method, params)
    }

    fn labels(&mut self, text: &str) -> Vec<String> {
        let list = self.at("textDocument/completion", text).expect("a list");
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|it| it["label"].as_str().unwrap_or("").to_owned())
            .collect()
    }

    fn hover(&mut self, text: &str) -> String {
        let hover = self.at("textDocument/hover", text).expect("an answer");
        hover["contents"]["value"].as_str().unwrap_or("").to_owned()
    }

    /// What a request about a place finds: the text of each range, with its line.
    fn found(&mut self, method: &str, text: &str) -> Vec<(u64, String)> {
        let (whole, place) = marked(text);
        let uri = self.uri("q.rql");
        self.client.open(&uri, &whole);
        let params = json!({ "textDocument": { "uri": uri }, "position": place,
            "context": { "includeDeclaration": true } });
        let all = self.client.request(method, params).expect("an answer");
        let all = all.as_array().cloned().unwrap_or_default();
        all.iter()
            .map(|it| {
                (
                    it["range"]["start"]["line"].as_u64().unwrap_or(0),
                    piece(&whole, &it["range"]),
                )
            })
            .collect()
    }

    /// A document after an edit of the server.
    fn edited(&self, uri: &str, text: &str, edit: &Value) -> String {
        let edits = edit["changes"][uri].as_array().cloned().unwrap_or_default();
        apply(text, &edits)
    }

    /// The titles of the actions at a mark, and what each makes of the text.
    fn actions(&mut self, text: &str) -> Vec<(String, String)> {
        let (text, place) = marked(text);
        let uri = self.uri("q.rql");
        self.client.open(&uri, &text);
        let params = json!({ "textDocument": { "uri": uri },
            "range": { "start": place, "end": place }, "context": { "diagnostics": [] } });
        let all = self
            .client
            .request("textDocument/codeAction", params)
            .expect("actions");
        let all = all.as_array().cloned().unwrap_or_default();
        for action in &all {
            assert!(
                action["kind"].is_string(),
                "VS Code drops what has no kind: {action}"
            );
        }
        all.iter()
            .map(|it| {
                let title = it["title"].as_str().unwrap_or("").to_owned();
                (title, self.edited(&uri, &text, &it["edit"]))
            })
            .collect()
    }
}

/// The byte of a position that counts UTF-16.
fn offset(text: &str, place: &Value) -> usize {
    let line = usize::try_from(place["line"].as_u64().unwrap_or(0)).expect("a line");
    let wanted = usize::try_from(place["character"].as_u64().unwrap_or(0)).expect("a character");
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = 0;
    for (at, char) in text[start..].char_indices() {
        if units >= wanted {
            return start + at;
        }
        units += char.len_utf16();
    }
    text.len()
}

fn piece(text: &str, range: &Value) -> String {
    text[offset(text, &range["start"])..offset(text, &range["end"])].to_owned()
}

fn apply(text: &str, edits: &[Value]) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (
                offset(text, &range["start"]),
                offset(text, &range["end"]),
                edit["newText"].as_str().unwrap_or(""),
            )
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

fn messages(all: &[Value]) -> Vec<&str> {
    all.iter()
        .map(|it| it["message"].as_str().unwrap_or(""))
        .collect()
}

// -- coming and going ------------------------------------------------------------------------------

#[test]
fn it_ends_as_it_is_asked_and_does_not_linger() {
    let work = Work::with(pushed(), &[]);
    assert_eq!(work.client.end().code(), Some(0));
    // Complaint: processes linger after the editor is gone.
    let work = Work::with(pushed(), &[]);
    assert_eq!(work.client.vanish().code(), Some(1));
}

#[test]
fn each_client_gets_diagnostics_its_way_and_positions_in_its_units() {
    for (name, capabilities) in clients() {
        let mut work = Work::new(capabilities);
        let uri = work.uri("emoji.rql");
        work.client.open(&uri, "SELECT '😀é', nam FROM employees;");
        let all = work.diagnostics(&uri);
        assert_eq!(all.len(), 1, "{name}: {all:?}");
        let encoding = work.client.capabilities["positionEncoding"].as_str();
        let wanted = match encoding {
            Some("utf-8") => 17,
            Some("utf-16") => 14,
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(all[0]["range"]["start"]["character"], wanted, "{name}");
        assert_eq!(all[0]["range"]["end"]["character"], wanted + 3, "{name}");
        assert_eq!(work.client.end().code(), Some(0), "{name}");
    }
}

#[test]
fn every_command_that_is_advertised_is_there() {
    let mut work = Work::with(pushed(), &[]);
    let commands = work.client.capabilities["executeCommandProvider"]["commands"].clone();
    let uri = work.uri("q.rql");
    work.client.open(&uri, "SELECT 1 AS one;");
    for command in commands.as_array().expect("a list") {
        let params = json!({ "command": command, "arguments": [uri, null] });
        let done = work.client.request("workspace/executeCommand", params);
        if let Err(error) = done {
            // Without a database there is nowhere to run, and it says how to name one.
            assert!(
                error["message"]
                    .as_str()
                    .is_some_and(|m| m.contains("--db")),
                "{error}"
            );
        }
    }
    let lens = json!({ "textDocument": { "uri": uri } });
    let lenses = work
        .client
        .request("textDocument/codeLens", lens)
        .expect("lenses");
    let titles: Vec<&str> = lenses
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["command"]["title"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(titles, ["Run", "Explain", "Show SQL"]);
}

// -- editing ---------------------------------------------------------------------------------------

#[test]
fn changes_come_piece_by_piece() {
    let mut work = Work::new(pulls());
    let uri = work.uri("q.rql");
    work.client
        .open(&uri, "SELECT '😀', nme\nFROM employees;\n");
    assert_eq!(work.client.pulled(&uri).len(), 1);
    // Behind the emoji, counted in UTF-16.
    let range =
        json!({ "start": { "line": 0, "character": 13 }, "end": { "line": 0, "character": 16 } });
    work.client.change(&uri, Some(range), "name");
    assert_eq!(work.client.pulled(&uri), Vec::<Value>::new());
    let range =
        json!({ "start": { "line": 1, "character": 5 }, "end": { "line": 1, "character": 14 } });
    work.client.change(&uri, Some(range), "employes");
    let all = work.client.pulled(&uri);
    assert_eq!(
        all[0]["range"]["start"],
        json!({ "line": 1, "character": 5 })
    );
    // What has not changed since is not said again.
    let asked = json!({ "textDocument": { "uri": uri } });
    let report = work
        .client
        .request("textDocument/diagnostic", asked)
        .expect("a report");
    let again = json!({ "textDocument": { "uri": uri }, "previousResultId": report["resultId"] });
    let report = work
        .client
        .request("textDocument/diagnostic", again)
        .expect("a report");
    assert_eq!(report["kind"], "unchanged");
}

#[test]
fn a_mistake_is_mended_by_its_quick_fix() {
    let mut work = Work::new(pushed());
    let all = work.actions("SELECT na|me, salry FROM employees;");
    assert!(
        all.iter().all(|(title, _)| !title.contains("salary")),
        "{all:?}"
    );
    let all = work.actions("SELECT name, sal|ry FROM employees;");
    let fixed = all
        .iter()
        .find(|(_, text)| text == "SELECT name, salary FROM employees;");
    assert!(fixed.is_some(), "{all:?}");
}

#[test]
fn formatting_keeps_comments_and_touches_only_what_is_asked() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    let text = "select  name from employees; -- all\nselect   id from departments;\n";
    work.client.open(&uri, text);
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": uri }, "options": options });
    let edits = work
        .client
        .request("textDocument/formatting", params)
        .expect("edits");
    let formatted = apply(text, edits.as_array().expect("a list"));
    assert_eq!(
        formatted,
        "SELECT name FROM employees; -- all\nSELECT id FROM departments;\n"
    );
    let range =
        json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 3 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "options": options });
    let edits = work
        .client
        .request("textDocument/rangeFormatting", params)
        .expect("edits");
    let formatted = apply(text, edits.as_array().expect("a list"));
    assert_eq!(
        formatted,
        "select  name from employees; -- all\nSELECT id FROM departments;\n"
    );
}

// -- names -----------------------------------------------------------------------------------------

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

// -- the shape of a text ---------------------------------------------------------------------------

#[test]
fn a_text_has_symbols_folds_and_ranges() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    let text = "CREATE TABLE t (a INTEGER, b TEXT);\n-- one\n-- two\nSELECT a,\n  b\nFROM t;\n";
    work.client.open(&uri, text);
    let document = json!({ "textDocument": { "uri": uri } });
    let all = work
        .client
        .request("textDocument/documentSymbol", document.clone())
        .expect("symbols");
    assert_eq!(all[0]["name"], "t");
    assert_eq!(all[0]["children"][1]["name"], "b");
    assert_eq!(all[1]["name"], "SELECT a, b FROM t");
    let all = work
        .client
        .request("textDocument/foldingRange", document.clone())
        .expect("folds");
    let lines: Vec<(u64, u64)> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            (
                it["startLine"].as_u64().unwrap_or(9),
                it["endLine"].as_u64().unwrap_or(9),
            )
        })
        .collect();
    assert_eq!(lines, [(1, 2), (3, 5)]);
    let params =
        json!({ "textDocument": { "uri": uri }, "positions": [{ "line": 4, "character": 2 }] });
    let all = work
        .client
        .request("textDocument/selectionRange", params)
        .expect("ranges");
    assert_eq!(piece(text, &all[0]["range"]), "b");
    assert_eq!(
        piece(text, &all[0]["parent"]["range"]),
        "SELECT a,\n  b\nFROM t"
    );
    let found = work
        .client
        .request("workspace/symbol", json!({ "query": "B" }))
        .expect("symbols");
    assert_eq!(found[0]["name"], "b");
    assert_eq!(found[0]["containerName"], "t");
}

#[test]
fn colours_come_whole_in_part_and_as_a_change() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    work.client.open(&uri, "SELECT '😀', a -- x\nFROM t;\n");
    let document = json!({ "textDocument": { "uri": uri } });
    let full = work
        .client
        .request("textDocument/semanticTokens/full", document)
        .expect("tokens");
    // SELECT, the string of four units, a, the comment, FROM, t.
    let wanted = json!([
        0, 0, 6, 0, 0, 0, 7, 4, 5, 0, 0, 6, 1, 1, 0, 0, 2, 4, 10, 0, 1, 0, 4, 0, 0, 0, 5, 1, 2, 0
    ]);
    assert_eq!(full["data"], wanted);
    let line =
        json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 2, "character": 0 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": line });
    let part = work
        .client
        .request("textDocument/semanticTokens/range", params)
        .expect("tokens");
    assert_eq!(part["data"], json!([1, 0, 4, 0, 0, 0, 5, 1, 2, 0]));
    let range =
        json!({ "start": { "line": 1, "character": 5 }, "end": { "line": 1, "character": 6 } });
    work.client.change(&uri, Some(range), "tt");
    let params = json!({ "textDocument": { "uri": uri }, "previousResultId": full["resultId"] });
    let delta = work
        .client
        .request("textDocument/semanticTokens/full/delta", params)
        .expect("a delta");
    assert_eq!(
        delta["edits"],
        json!([{ "start": 25, "deleteCount": 5, "data": [0, 5, 2, 2, 0] }])
    );
}

#[test]
fn hints_say_types_and_columns() {
    let mut work = Work::new(pushed());
    let uri = work.uri("q.rql");
    work.client
        .open(&uri, "SELECT * FROM departments WHERE id = :id;\n");
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": range });
    let all = work
        .client
        .request("textDocument/inlayHint", params)
        .expect("hints");
    assert_eq!(all[0]["label"], "id: integer, name: text, city: text");
    assert_eq!(all[0]["position"]["character"], 8);
    assert_eq!(all[1]["label"], ": integer");
    assert_eq!(all[1]["position"]["character"], 40);
}

#[test]
fn rewritings_say_the_same() {
    let mut work = Work::new(pushed());
    for (text, title, wanted) in [
        (
            "SELECT |* FROM departments;",
            "Expand *",
            "SELECT id, name, city FROM departments;",
        ),
        // Complaint: star expansion yields o.o.id.
        (
            "SELECT d.|* FROM departments d;",
            "Expand *",
            "SELECT d.id, d.name, d.city FROM departments d;",
        ),
        (
            "SELECT city, sal|ary FROM departments d JOIN employees e ON dept_id = d.id;",
            "Qualify",
            "SELECT d.city, e.salary FROM departments d JOIN employees e ON e.dept_id = d.id;",
        ),
        (
            "SELECT employees.name FROM emplo|yees;",
            "alias",
            "SELECT e.name FROM employees AS e;",
        ),
        (
            "SELECT n FROM (SELECT name AS n FROM employees|) x WHERE n > 'a';",
            "subquery a WITH",
            "WITH x AS (SELECT name AS n FROM employees) SELECT n FROM x WHERE n > 'a';",
        ),
        (
            "WITH |x AS (SELECT name AS n FROM employees) SELECT n FROM x;",
            "where it is used",
            "SELECT n FROM (SELECT name AS n FROM employees) AS x;",
        ),
        (
            "SELECT name FROM departments WHERE id NOT| IN (SELECT dept_id FROM employees WHERE salary > 1 OR name = 'x');",
            "NOT EXISTS",
            "SELECT name FROM departments WHERE NOT EXISTS (SELECT 1 FROM employees WHERE employees.dept_id = departments.id AND (salary > 1 OR name = 'x'));",
        ),
        (
            "SELECT name FROM departments WHERE city = 'Ber|lin';",
            "parameter",
            "SELECT name FROM departments WHERE city = :city;",
        ),
    ] {
        let all = work.actions(text);
        let found = all.iter().find(|(it, _)| it.contains(title));
        assert_eq!(
            found.map(|it| it.1.as_str()),
            Some(wanted),
            "{text}: {all:?}"
        );
    }
    // With a column that may be NULL the two are not the same.
    let all = work
        .actions("SELECT name FROM departments WHERE city NOT| IN (SELECT name FROM employees);");
    assert!(
        all.iter().all(|(title, _)| !title.contains("NOT EXISTS")),
        "{all:?}"
    );
}

#[test]
fn files_that_are_included_are_links_and_their_mistakes_are_said() {
    let mut work = Work::new(pushed());
    std::fs::write(work.path("broken.rql"), "SELECT nme FROM employees;").expect("it is written");
    let uri = work.uri("q.rql");
    work.client.open(&uri, "INCLUDE 'broken.rql';\n");
    let all = work.client.published(&uri);
    assert!(
        messages(&all)[0].starts_with("broken.rql has errors"),
        "{all:?}"
    );
    let document = json!({ "textDocument": { "uri": uri } });
    let links = work
        .client
        .request("textDocument/documentLink", document)
        .expect("links");
    assert_eq!(links[0]["target"], work.uri("broken.rql"));
}

// -- what users of other servers complain of -------------------------------------------------------

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
fn complaint_06_hover_knows_with_queries() {
    let mut work = Work::new(pushed());
    let text = work.hover("WITH x AS (SELECT id AS one FROM employees) SELECT * FROM |x;");
    assert!(
        text.contains("WITH x") && text.contains("one: integer"),
        "{text}"
    );
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

#[test]
fn a_request_that_is_given_up_is_answered_once() {
    let mut work = Work::new(pulls());
    let uri = work.uri("q.rql");
    work.client.open(&uri, "SELECT name FROM employees;");
    let params =
        json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 9 } });
    let ids: Vec<i64> = (0..20)
        .map(|_| work.client.ask("textDocument/hover", params.clone()))
        .collect();
    for id in &ids {
        work.client.notify("$/cancelRequest", json!({ "id": id }));
    }
    let mut left = ids;
    while !left.is_empty() {
        let found = work
            .client
            .wait(|it| it.get("id").is_some() && it.get("method").is_none());
        let id = found["id"].as_i64().expect("a number");
        assert!(left.contains(&id), "{id} is answered twice");
        left.retain(|it| *it != id);
    }
    assert!(
        work.client
            .request("textDocument/unknown", json!({}))
            .is_err()
    );
    assert_eq!(work.client.end().code(), Some(0));
}

/// Numbers that look like chance and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }
}

#[test]
fn whatever_is_typed_every_request_is_answered_and_the_text_is_the_same_on_both_sides() {
    let mut work = Work::new(pulls());
    let uri = work.uri("q.rql");
    let pieces = [
        "SELECT ",
        "FROM ",
        "employees ",
        "😀",
        "é",
        "\n",
        "\r\n",
        ";",
        "(",
        ")",
        "'",
        "\"",
        "WITH x AS (",
        ":p ",
        "{{#if ",
        "}}",
        "LET a = 1;",
        "e.",
        "*",
        ", ",
        "CREATE TABLE t (a INTEGER);",
        "/*",
        "--",
        "MACRO m(a) AS ",
    ];
    let methods = [
        "textDocument/completion",
        "textDocument/hover",
        "textDocument/signatureHelp",
        "textDocument/references",
        "textDocument/documentSymbol",
        "textDocument/foldingRange",
        "textDocument/semanticTokens/full",
        "textDocument/codeLens",
        "textDocument/documentLink",
        "textDocument/prepareRename",
        "textDocument/documentHighlight",
        "textDocument/diagnostic",
    ];
    let mut text = "SELECT e.name FROM employees e;\n".to_owned();
    work.client.open(&uri, &text);
    let mut chance = Chance(7);
    for _ in 0..120 {
        // A place between two characters, as editors count.
        let lines: Vec<&str> = text.split('\n').collect();
        let line = chance.below(lines.len());
        let own = lines[line].trim_end_matches('\r');
        let place = |column: usize| {
            let units: usize = own.chars().take(column).map(char::len_utf16).sum();
            json!({ "line": line, "character": units })
        };
        let length = own.chars().count();
        let start = chance.below(length + 1);
        let end = (start + chance.below(4)).min(length);
        let piece = pieces[chance.below(pieces.len())];
        let (start, end) = (place(start), place(end));
        let range = json!({ "start": start, "end": end });
        let edit = json!({ "range": range, "newText": piece });
        work.client.change(&uri, Some(range.clone()), piece);
        text = apply(&text, &[edit]);
        let params = json!({ "textDocument": { "uri": uri }, "position": start, "range": range,
            "context": { "includeDeclaration": true, "diagnostics": [], "triggerKind": 1, "isRetrigger": false } });
        let method = methods[chance.below(methods.len())];
        if let Err(error) = work.client.request(method, params.clone()) {
            assert!(
                error["message"]
                    .as_str()
                    .is_some_and(|m| m.contains("keeps its name")),
                "{method}: {error}\n{text}"
            );
        }
        for method in ["textDocument/codeAction", "textDocument/inlayHint"] {
            let done = work.client.request(method, params.clone());
            assert!(done.is_ok(), "{method}: {done:?}\n{text}");
        }
    }
    let whole =
        json!({ "textDocument": { "uri": uri }, "positions": [{ "line": 0, "character": 0 }] });
    let ranges = work
        .client
        .request("textDocument/selectionRange", whole)
        .expect("ranges");
    let mut outer = &ranges[0];
    while outer["parent"].is_object() {
        outer = &outer["parent"];
    }
    let last = text.split('\n').next_back().unwrap_or("");
    let end =
        json!({ "line": text.matches('\n').count(), "character": last.encode_utf16().count() });
    assert_eq!(outer["range"]["end"], end, "{text}");
}
