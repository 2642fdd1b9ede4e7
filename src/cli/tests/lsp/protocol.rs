//! What is said and when: starting and ending, documents, requests that are given up, and whatever is typed.

use crate::work::*;
use serde_json::{Value, json};
use std::collections::HashSet;

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
    let characters = json!({ "general": { "positionEncodings": ["utf-32"] } });
    let all = clients().into_iter().chain([("one of UTF-32", characters)]);
    for (name, capabilities) in all {
        let mut work = Work::new(capabilities);
        let uri = work.uri("emoji.rql");
        work.client.open(&uri, "SELECT '😀é', nam FROM employees;");
        let all = work.diagnostics(&uri);
        assert_eq!(all.len(), 1, "{name}: {all:?}");
        let encoding = work.client.capabilities["positionEncoding"].as_str();
        let wanted = match encoding {
            Some("utf-8") => 17,
            Some("utf-16") => 14,
            Some("utf-32") => 13,
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

#[test]
fn a_client_that_can_watch_files_is_asked_to_and_tells_what_has_changed() {
    let mut capabilities = pulls();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    let mut work = Work::with(capabilities, &[]);
    let asked = work
        .client
        .wait(|it| it["method"] == "client/registerCapability");
    let files = &asked["params"]["registrations"][0];
    assert_eq!(files["method"], "workspace/didChangeWatchedFiles");
    let pattern = &files["registerOptions"]["watchers"][0]["globPattern"];
    assert_eq!(pattern, "**/*.{rql,toml,sql}");
    // An included file that comes, changes and goes.
    let uri = work.uri("q.rql");
    let text = "INCLUDE 'lib.rql';\nSELECT :top AS top;\n";
    work.client.open(&uri, text);
    assert!(messages(&work.client.pulled(&uri))[0].contains("lib.rql"));
    let lib = work.uri("lib.rql");
    for (says, kind) in [
        (Some("LET top = 1;"), 1),
        (Some("LET tip = 1"), 2),
        (Some("LET top = ;"), 2),
        (None, 3),
    ] {
        match says {
            Some(says) => std::fs::write(work.path("lib.rql"), says).expect("it is written"),
            None => std::fs::remove_file(work.path("lib.rql")).expect("it was there"),
        }
        let changes = json!({ "changes": [{ "uri": lib, "type": kind }] });
        work.client
            .notify("workspace/didChangeWatchedFiles", changes);
        work.client
            .wait(|it| it["method"] == "workspace/diagnostic/refresh");
        let all = work.client.pulled(&uri);
        let is_sound = matches!(says, Some("LET top = 1;" | "LET tip = 1"));
        let wrong = all.iter().filter(|it| it["severity"] == 1).count();
        assert_eq!(wrong == 0, is_sound, "{says:?}: {all:?}");
    }
    // A new file of the workspace is known by its names.
    std::fs::write(work.path("more.rql"), "LET brand_new = 1;\n").expect("it is written");
    let changes = json!({ "changes": [{ "uri": work.uri("more.rql"), "type": 1 }] });
    work.client
        .notify("workspace/didChangeWatchedFiles", changes);
    let found = work
        .client
        .request("workspace/symbol", json!({ "query": "brand_new" }))
        .expect("symbols");
    assert_eq!(found[0]["name"], "brand_new");
}

#[test]
fn an_included_file_that_changes_on_the_disk_is_seen_without_being_told() {
    let mut work = Work::new(pushed());
    std::fs::write(work.path("lib.rql"), "SELECT nme FROM employees;").expect("it is written");
    let uri = work.uri("q.rql");
    work.client.open(&uri, "INCLUDE 'lib.rql';\n");
    assert_eq!(work.client.published(&uri).len(), 1);
    std::fs::write(work.path("lib.rql"), "SELECT name FROM employees;").expect("it is written");
    assert_eq!(messages(&work.client.published(&uri)), Vec::<&str>::new());
    // And where the included text is open, what is typed there.
    let lib = work.uri("lib.rql");
    work.client.open(&lib, "SELECT nme FROM employees;");
    let said =
        |it: &Value| it["params"]["uri"] == uri && it["params"]["diagnostics"][0].is_object();
    work.client.wait(said);
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
        "FOR r IN (SELECT 1 AS a) LOOP ",
        ":r.",
        "IF true THEN ",
        "END IF;",
        "END LOOP;",
        "FORM f (FIELD a INTEGER, ACTION b AS SELECT :a",
        "FORM EXECUTE f WITH ",
        "USING (id) ",
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
        "textDocument/definition",
        "textDocument/semanticTokens/range",
        "textDocument/formatting",
        "textDocument/rangeFormatting",
        "textDocument/onTypeFormatting",
        "textDocument/rename",
    ];
    let mut text = "SELECT e.name FROM employees e;\n".to_owned();
    work.client.open(&uri, &text);
    // More of them, or others, by NOCTRA_LSP_FUZZ and NOCTRA_LSP_SEED.
    let number = |name: &str, otherwise: u64| {
        let said = std::env::var(name).ok();
        said.and_then(|it| it.parse().ok()).unwrap_or(otherwise)
    };
    let mut chance = Chance(number("NOCTRA_LSP_SEED", 7));
    for _ in 0..number("NOCTRA_LSP_FUZZ", 120) {
        // What has grown long is begun anew, so that every step is as quick as the first.
        if text.len() > 2_000 {
            text = "SELECT e.name FROM employees e;\n".to_owned();
            work.client.change(&uri, None, &text);
        }
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
            "context": { "includeDeclaration": true, "diagnostics": [], "triggerKind": 1, "isRetrigger": false },
            "options": { "tabSize": 2, "insertSpaces": true }, "ch": ";", "newName": "another" });
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
        let lineage = json!({ "command": "rql.lineage", "arguments": [uri, range] });
        if let Err(error) = work.client.request("workspace/executeCommand", lineage) {
            assert_eq!(error["message"], "there is no query here", "{text}");
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

#[test]
fn runs_share_connections_to_a_server() {
    let server = match noctra_test_servers::Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let mut work = Work::with(pushed(), &["--db", &server.url()]);
    let uri = work.uri("q.rql");
    let text = "CREATE TEMP TABLE mine (a INTEGER); SELECT pg_backend_pid() AS pid;";
    work.client.open(&uri, text);
    let range = json!({ "start": { "line": 0, "character": 0 },
        "end": { "line": 0, "character": text.len() } });
    let mut numbers = HashSet::new();
    for _ in 0..8 {
        let params = json!({ "command": "rql.run", "arguments": [uri, range, "csv"] });
        let ran = work.client.request("workspace/executeCommand", params);
        // The temporary table of the run before is not there any more.
        let ran = ran.expect("a result");
        let pid = ran.as_str().and_then(|text| text.lines().last());
        numbers.insert(pid.expect("a number").to_owned());
    }
    // One, and one more that the tables are read on at the same time.
    assert!(numbers.len() <= 2, "{numbers:?}");
}
