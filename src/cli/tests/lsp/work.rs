//! A folder with a schema and a server in it, and what editors say of themselves.

use crate::lsp::{Client, marked};
use serde_json::{Value, json};
use std::path::PathBuf;

pub(crate) const SCHEMA: &str = "\
CREATE TABLE departments (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
  dept_id INTEGER NOT NULL REFERENCES departments (id), salary NUMERIC(10,2));
";

/// A folder with a schema, and a server in it.
pub(crate) struct Work {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) client: Client,
}

/// What the editors that are most used say of themselves, as far as it matters.
pub(crate) fn clients() -> [(&'static str, Value); 4] {
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
pub(crate) fn pushed() -> Value {
    clients()[0].1.clone()
}

pub(crate) fn pulls() -> Value {
    clients()[1].1.clone()
}

impl Work {
    pub(crate) fn with(capabilities: Value, arguments: &[&str]) -> Self {
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
    pub(crate) fn new(capabilities: Value) -> Self {
        let mut work = Self::with(capabilities, &["--schema", "tables.sql"]);
        work.knows_tables();
        work
    }

    /// Waits until the schema has been read in the background.
    pub(crate) fn knows_tables(&mut self) {
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder
            .path()
            .canonicalize()
            .expect("it is there")
            .join(name)
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    pub(crate) fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        match self.client.capabilities.get("diagnosticProvider") {
            Some(_) => self.client.pulled(uri),
            None => self.client.published(uri),
        }
    }

    /// Opens a text with a mark and asks something about the place.
    pub(crate) fn at(&mut self, method: &str, text: &str) -> Result<Value, Value> {
        let (text, place) = marked(text);
        let uri = self.uri("q.rql");
        self.client.open(&uri, &text);
        let params = json!({ "textDocument": { "uri": uri }, "position": place });
        self.client.request(method, params)
    }

    pub(crate) fn labels(&mut self, text: &str) -> Vec<String> {
        let list = self.at("textDocument/completion", text).expect("a list");
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|it| it["label"].as_str().unwrap_or("").to_owned())
            .collect()
    }

    pub(crate) fn hover(&mut self, text: &str) -> String {
        let hover = self.at("textDocument/hover", text).expect("an answer");
        hover["contents"]["value"].as_str().unwrap_or("").to_owned()
    }

    /// What a request about a place finds: the text of each range, with its line.
    pub(crate) fn found(&mut self, method: &str, text: &str) -> Vec<(u64, String)> {
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
    pub(crate) fn edited(&self, uri: &str, text: &str, edit: &Value) -> String {
        let edits = edit["changes"][uri].as_array().cloned().unwrap_or_default();
        apply(text, &edits)
    }

    /// The titles of the actions at a mark, and what each makes of the text.
    pub(crate) fn actions(&mut self, text: &str) -> Vec<(String, String)> {
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
pub(crate) fn offset(text: &str, place: &Value) -> usize {
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

pub(crate) fn piece(text: &str, range: &Value) -> String {
    text[offset(text, &range["start"])..offset(text, &range["end"])].to_owned()
}

pub(crate) fn apply(text: &str, edits: &[Value]) -> String {
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

pub(crate) fn messages(all: &[Value]) -> Vec<&str> {
    all.iter()
        .map(|it| it["message"].as_str().unwrap_or(""))
        .collect()
}

// -- coming and going ------------------------------------------------------------------------------
