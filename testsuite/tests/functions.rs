//! The table of functions is true: each example gives PostgreSQL's answer on every backend, by the way
//! that the cell names.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use noctra_runtime::{Session, Target};
use noctra_test_servers::{MariaDb, Postgres};
use noctra_testsuite::conformance::{Answer, OPEN, parse, same_rows};
use postgres::{Client, NoTls};
use rql::function::{Cell, Class, Entry, Shape, entries};
use rql::{Catalog, Dialect};
use std::path::Path;

/// The text of an example, or the code by which it is refused.
fn compiled(dialect: Dialect, entry: &Entry) -> Result<String, String> {
    let sql = format!("SELECT {}", entry.example);
    let done = common::compiled(&Catalog::default(), dialect, &sql)?;
    Ok(done.map(|last| last.sql).unwrap_or_default())
}

/// Whether a text has the standard spelling.
fn has_spelling(text: &str, shape: Shape) -> bool {
    let (text, spelling) = match shape {
        Shape::Infix(symbol, _) => (text.to_owned(), format!(" {symbol} ")),
        Shape::Prefix(symbol, _) | Shape::Postfix(symbol, _) => {
            (text.to_owned(), symbol.to_owned())
        }
        Shape::Call(name) => (text.to_lowercase(), format!("{}(", name.to_lowercase())),
        Shape::Special(_) => return true,
    };
    text.contains(&spelling)
}

fn untrue(dialect: Dialect, entry: &Entry) -> Option<String> {
    let text = compiled(dialect, entry);
    let calls = |text: &str, name: &str| text.to_lowercase().contains(&format!("{name}("));
    let good = match (dialect.cell(&entry.cells), &text) {
        (Cell::Refuse(code), Err(said)) => said.starts_with(&code.to_string()),
        (Cell::Native, Ok(text)) => has_spelling(text, entry.shape) && !text.contains("rql_"),
        (Cell::Named(name), Ok(text)) => calls(text, name) && !text.contains("rql_"),
        (Cell::Runtime(name), Ok(text)) => calls(text, name),
        (Cell::Rewrite, Ok(_)) => true,
        _ => false,
    };
    let cell = dialect.cell(&entry.cells);
    (!good).then(|| format!("{} on {dialect} is {cell}: {text:?}", entry.name()))
}

#[test]
fn each_cell_is_what_the_compiler_does() {
    let filled = [
        Dialect::Sqlite,
        Dialect::Duckdb,
        Dialect::Postgresql,
        Dialect::Mariadb,
    ];
    let all = filled.into_iter();
    let wrong = all.flat_map(|dialect| entries().filter_map(move |entry| untrue(dialect, entry)));
    let wrong: Vec<_> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{} untrue:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_row_says_all_there_is_to_say() {
    let mut wrong = Vec::new();
    for entry in entries() {
        let said = [entry.about, entry.example, entry.answer, entry.name()];
        let called = !entry.usage().is_empty();
        if said.iter().any(|text| text.is_empty()) || !called {
            wrong.push(format!("{:?}", entry.names));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(entries().count() >= 220);
}

#[test]
fn a_refusal_names_the_function_the_backend_and_a_way_out() {
    let mut wrong = Vec::new();
    for dialect in [Dialect::Sqlite, Dialect::Duckdb, Dialect::Mariadb] {
        let refused = |entry: &&Entry| matches!(dialect.cell(&entry.cells), Cell::Refuse(_));
        for entry in entries().filter(refused) {
            let parse = rql::parse(&format!("SELECT {}", entry.example));
            let catalog = Catalog::default();
            let env = rql::Env {
                catalog: &catalog,
                dialect,
                variables: &|_| None,
                fold: None,
            };
            let said = parse
                .ast
                .statements
                .ids()
                .map(|id| rql::compile(&parse.ast, id, &env));
            for said in said.filter_map(Result::err).flatten() {
                let message = said.message.to_lowercase();
                let title = entry.title().to_lowercase();
                let names = message.contains(&title) && message.contains(dialect.name());
                if !names || said.help.is_none() || said.primary_span().is_none() {
                    wrong.push(format!("{}: {said:?}", entry.name()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The texts of the judge's cases.
fn cases() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    let cases = texts.filter_map(|text| parse(&text).ok()).flatten();
    cases.map(|case| case.sql.to_lowercase() + "\n").collect()
}

#[test]
fn every_function_has_cases() {
    let cases = cases();
    let called = |name: &&str| {
        let name = name.to_lowercase();
        let word = name.starts_with(|c: char| c.is_alphabetic());
        let part = |c: Option<char>| word && c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        cases.match_indices(&name).any(|(at, found)| {
            let before = cases[..at].chars().next_back();
            let behind = cases[at + found.len()..].chars().next();
            !part(before) && !part(behind)
        })
    };
    // They are written by brackets.
    let written = |entry: &Entry| ["subscript", "slice"].contains(&entry.name());
    let without = entries().filter(|entry| !written(entry) && !entry.names.iter().any(called));
    let without: Vec<_> = without.map(|entry| entry.names).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// The rows of an answer; commas and quotes as in CSV.
fn rows(entry: &Entry) -> Vec<String> {
    entry.answer.split("; ").map(str::to_owned).collect()
}

/// Decimals and doubles are open at their last digits.
fn same(entry: &Entry, given: &[String]) -> bool {
    same_rows(&vec![OPEN.to_owned(); 4], &rows(entry), given, false)
}

fn differing(dialect: Dialect, session: &mut Session) -> Vec<String> {
    let mut wrong = Vec::new();
    if dialect != Dialect::Mariadb {
        // The one that the examples count by.
        let made = common::run_csv(session, "CREATE SEQUENCE ticket");
        assert!(made.is_ok(), "{dialect}: {made:?}");
    }
    for entry in entries() {
        if let Cell::Refuse(_) = dialect.cell(&entry.cells) {
            continue;
        }
        let given = common::run_csv(session, &format!("SELECT {}", entry.example));
        if !given.as_ref().is_ok_and(|given| same(entry, given)) {
            let wanted = entry.answer;
            wrong.push(format!(
                "{} on {dialect}: {given:?}, not {wanted}",
                entry.example
            ));
        }
    }
    wrong
}

fn open(target: &str) -> Session {
    let session = Target::parse(target).and_then(Session::open);
    session.unwrap_or_else(|error| panic!("{target}: {error}"))
}

#[test]
fn each_example_gives_its_answer_on_every_backend() {
    let mut wrong = differing(Dialect::Sqlite, &mut open("sqlite::memory:"));
    wrong.extend(differing(Dialect::Duckdb, &mut open("duckdb::memory:")));
    match Postgres::start() {
        Ok(server) => {
            wrong.extend(differing(Dialect::Postgresql, &mut open(&server.url())));
            wrong.extend(asked(&server.url()));
        }
        Err(reason) => println!("postgresql NOT RUN: {reason}"),
    }
    match MariaDb::start() {
        Ok(server) => wrong.extend(differing(Dialect::Mariadb, &mut open(&server.url()))),
        Err(reason) => println!("mariadb NOT RUN: {reason}"),
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What PostgreSQL itself answers otherwise; not asked are RQL's own words.
fn asked(url: &str) -> Vec<String> {
    let mut client = Client::connect(url, NoTls).unwrap_or_else(|error| panic!("{error}"));
    let own = |entry: &&Entry| {
        entry.class == Class::Running || ["any_value", "TRY_CAST"].contains(&entry.name())
    };
    let mut wrong = Vec::new();
    for entry in entries().filter(|entry| !own(entry)) {
        let answer = common::ask(&mut client, &format!("SELECT {}", entry.example), true);
        if !matches!(&answer, Answer::Rows(_, given) if same(entry, given)) {
            wrong.push(format!(
                "PostgreSQL: {}: {answer:?}, not {}",
                entry.example, entry.answer
            ));
        }
    }
    wrong
}
