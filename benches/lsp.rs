//! The language server with a client of its own: a process, and messages over its pipes.
//!
//! `cargo build --release --bin rqlc` first; another server is named by `NOCTRA_RQLC`. `NOCTRA_LSP_LINES` and
//! `NOCTRA_LSP_EDITS` make a smaller run.
#![allow(clippy::expect_used, reason = "a bench that cannot go on")]
#![allow(missing_docs, reason = "a program")]

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../src/cli/tests/common/lsp.rs"]
mod lsp;

use lsp::Client;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a person waits for, in milliseconds at the 95th of a hundred; by lines, completion and hover, changes.
const AIMS: &[(usize, u128, u128)] = &[(1_000, 10, 25), (10_000, 100, 100), (60_000, 1_000, 1_000)];
const ROUNDS: usize = 40;

fn program() -> String {
    if let Ok(named) = std::env::var("NOCTRA_RQLC") {
        return named;
    }
    let own = std::env::current_exe().expect("it has a path");
    let folder = own.parent().and_then(|it| it.parent()).map(PathBuf::from);
    let program = folder.unwrap_or_default().join("rqlc");
    assert!(program.exists(), "{} is not built", program.display());
    program.display().to_string()
}

fn number(name: &str, otherwise: usize) -> usize {
    let said = std::env::var(name).ok();
    said.and_then(|it| it.parse().ok()).unwrap_or(otherwise)
}

/// Statements of five lines over the tables of the schema.
fn text(lines: usize) -> String {
    let mut text = String::new();
    for at in 0..lines / 5 {
        let _ = writeln!(
            text,
            "SELECT e.name, d.city, COUNT(*) AS n{at}\nFROM employees e\nJOIN departments d ON d.id = e.dept_id\n\
             WHERE e.salary > {at} AND d.name <> 'x'\nGROUP BY e.name, d.city ORDER BY n{at};"
        );
    }
    text
}

/// The middle and the 95th of a hundred.
fn told(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    (at(50), at(95))
}

fn memory(client: &Client) -> u64 {
    let status = format!("/proc/{}/status", client.process());
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let word = line.and_then(|line| line.split_whitespace().nth(1));
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = "CREATE TABLE departments (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);\n\
        CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL, dept_id INTEGER, salary INTEGER);\n";
    std::fs::write(folder.path().join("schema.sql"), schema).expect("it is written");
    let program = program();
    let pulls = json!({ "textDocument": { "diagnostic": {} } });
    let begun = Instant::now();
    let mut client = Client::start(&program, &[], folder.path(), pulls);
    println!("initialise: {:?} (aim 100 ms)", begun.elapsed());
    let most = number("NOCTRA_LSP_LINES", 60_000);
    for &(lines, asked, changed) in AIMS.iter().filter(|aim| aim.0 <= most) {
        let uri = format!("file://{}/{lines}.rql", folder.path().display());
        let begun = Instant::now();
        client.open(&uri, &text(lines));
        let found = client.pulled(&uri).len();
        println!(
            "{lines} lines: opened and checked in {:?}, {found} diagnostics",
            begun.elapsed()
        );
        let line = lines / 2 / 5 * 5;
        let place = json!({ "line": line, "character": 10 });
        let params = json!({ "textDocument": { "uri": uri }, "position": place,
            "context": { "includeDeclaration": true, "triggerKind": 1 } });
        let time = |client: &mut Client,
                    name: &str,
                    aim: u128,
                    run: &mut dyn FnMut(&mut Client, usize)| {
            let times = (0..ROUNDS).map(|round| {
                let begun = Instant::now();
                run(client, round);
                begun.elapsed()
            });
            let (middle, slow) = told(times.collect());
            let kept = if slow.as_millis() <= aim {
                ""
            } else {
                "  MISSED"
            };
            println!("  {name}: p50 {middle:?}, p95 {slow:?} (aim {aim} ms){kept}");
        };
        let ask = |method: &'static str| {
            let params = params.clone();
            move |client: &mut Client, _: usize| {
                let answer: Value = client.request(method, params.clone()).expect("an answer");
                assert!(!answer.is_null(), "{method}");
            }
        };
        time(
            &mut client,
            "completion",
            asked,
            &mut ask("textDocument/completion"),
        );
        time(&mut client, "hover", asked, &mut ask("textDocument/hover"));
        // What an editor asks for by itself after each change, and what a person asks for and waits.
        for method in [
            "textDocument/semanticTokens/full",
            "textDocument/documentSymbol",
            "textDocument/codeLens",
            "textDocument/references",
        ] {
            time(&mut client, method, changed * 4, &mut ask(method));
        }
        let line = line + 3;
        time(
            &mut client,
            "change to diagnostics",
            changed,
            &mut |client, round| {
                let (start, end) = (
                    json!({ "line": line, "character": 6 }),
                    json!({ "line": line, "character": 8 }),
                );
                let text = if round % 2 == 0 { "x." } else { "e." };
                client.change(&uri, Some(json!({ "start": start, "end": end })), text);
                client.pulled(&uri);
            },
        );
    }
    let uri = format!("file://{}/1000.rql", folder.path().display());
    let edits = number("NOCTRA_LSP_EDITS", 10_000);
    let place = json!({ "line": 3, "character": 6 });
    let mut after_some = 0;
    for edit in 0..edits {
        let end = json!({ "line": 3, "character": if edit % 2 == 0 { 6 } else { 7 } });
        let text = if edit % 2 == 0 { "x" } else { "" };
        client.change(&uri, Some(json!({ "start": place, "end": end })), text);
        if edit % 10 == 9 {
            client.pulled(&uri);
        }
        if edit == edits / 10 {
            after_some = memory(&client);
        }
    }
    let at_the_end = memory(&client);
    let kept = if at_the_end <= after_some + after_some / 10 {
        ""
    } else {
        "  MISSED"
    };
    println!(
        "{edits} edits: {after_some} kB after a tenth, {at_the_end} kB at the end (aim: no tenth more){kept}"
    );
    assert!(client.end().success());
}
