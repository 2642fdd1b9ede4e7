//! What names mean, beside a real PostgreSQL.
//!
//! `resolution/schema.sql` makes the tables; every other file there holds statements, each on a line of
//! its own that ends with a semicolon, under comments that say what they try. No verdict is written
//! beside them: the server gives it. For each statement both must accept or both refuse, and where both
//! accept, the result's columns must have the same names. Nothing is executed.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::{server_says, we_say};
use noctra_runtime::{Target, connect};
use noctra_test_servers::Postgres;
use postgres::{Client, NoTls};
use rql::{Dialect, codes};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where RQL differs from PostgreSQL on purpose, and why.
const BY_DESIGN: &[(&str, &str)] = &[
    (
        "INSERT INTO a (id, x) VALUES (1, 2) ON CONFLICT (x) DO NOTHING;",
        "the server refuses it, too, once it plans the statement",
    ),
    (
        "SELECT * FROM (a);",
        "a table in parentheses is read, as every other database does",
    ),
    ("SELECT * FROM (SELECT id, x FROM a);", NO_ALIAS),
    ("SELECT * FROM (VALUES (1, 'a'));", NO_ALIAS),
    ("SELECT a FROM a;", WHOLE_ROW),
    ("SELECT t FROM a AS t;", WHOLE_ROW),
    ("SELECT count(t) FROM a AS t;", WHOLE_ROW),
    ("SELECT a IS NULL FROM a;", WHOLE_ROW),
    (
        "SELECT * FROM a WHERE a IN (SELECT t FROM a AS t);",
        WHOLE_ROW,
    ),
    (
        "SELECT i FROM types WHERE i IN ();",
        "an empty list is read, as a list parameter may be empty",
    ),
    ("SELECT extract(hour FROM d) FROM types;", NO_FIELD),
    ("SELECT extract(year FROM tm) FROM types;", NO_FIELD),
];

const WHOLE_ROW: &str = "a relation's name is no value: a row of a table has no type of its own";
const NO_ALIAS: &str = "a query in FROM may do without a name, as from PostgreSQL 16 on";
const NO_FIELD: &str = "PostgreSQL says so too, but only when it runs";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("resolution")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every statement, with its file and line.
fn statements() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder()).unwrap_or_else(|error| panic!("{error}"));
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.ends_with(".sql") && name != "schema.sql")
        .collect();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        for (number, line) in read(&name).lines().enumerate() {
            if line.starts_with("--") || line.trim().is_empty() {
                continue;
            }
            assert!(line.ends_with(';'), "{name}:{}: one line each", number + 1);
            all.push((format!("{name}:{}", number + 1), line.to_owned()));
        }
    }
    all
}

#[test]
fn names_mean_what_postgresql_says() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let mut client =
        Client::connect(&server.url(), NoTls).unwrap_or_else(|error| panic!("{error}"));
    client
        .batch_execute(&read("schema.sql"))
        .unwrap_or_else(|error| panic!("{error}"));
    let catalog = Target::parse(&server.url())
        .and_then(|target| connect(&target)?.catalog())
        .unwrap_or_else(|error| panic!("{error}"));
    let mut differences = Vec::new();
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    let not_yet = codes::NOT_EXECUTABLE_YET.to_string();
    let mut waiting = Vec::new();
    let all = statements();
    for (place, sql) in &all {
        let (server, ours) = (
            server_says(&mut client, sql),
            we_say(&catalog, Dialect::Postgresql, sql),
        );
        let excused = BY_DESIGN.iter().any(|(statement, _)| statement == sql);
        let kind = match (&server, &ours) {
            (Ok(a), Ok(b)) if a == b => "both accept",
            (Err(_), Err(ours)) if !ours.starts_with(&not_yet) && ours != common::PANICKED => {
                "both refuse"
            }
            (_, Err(ours)) if ours.starts_with(&not_yet) => {
                waiting.push(format!("{place}: {sql}\n    {ours}"));
                "not yet"
            }
            _ if excused => "by design",
            _ => {
                differences.push(format!(
                    "{place}: {sql}\n    server: {server:?}\n    ours:   {ours:?}"
                ));
                "different"
            }
        };
        *tally.entry(kind).or_default() += 1;
    }
    println!("{} statements: {tally:?}", all.len());
    println!("not yet:\n{}", waiting.join("\n"));
    println!("different:\n{}", differences.join("\n"));
    assert!(all.len() >= 350);
    assert!(differences.is_empty(), "{} differ", differences.len());
    assert!(waiting.is_empty(), "{} not yet", waiting.len());
}
