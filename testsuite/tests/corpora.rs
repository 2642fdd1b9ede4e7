//! The corpora that have a schema, replayed against it: every statement that must be accepted is
//! resolved, typed and written for both databases.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::we_say;
use noctra_test_servers::Postgres;
use noctra_testsuite::{corpora_dir, corpus};
use postgres::{Client, NoTls};
use rql::declare;
use rql::{Catalog, Dialect, NameMatch};
use std::collections::BTreeMap;

/// A set, the DDL that is not in it, and how many of its statements do not compile for each database,
/// at most; to be lowered, never raised.
struct Set {
    name: &'static str,
    schema: Option<&'static str>,
    postgresql: usize,
    sqlite: usize,
}

const fn set(name: &'static str, postgresql: usize, sqlite: usize) -> Set {
    Set {
        name,
        schema: None,
        postgresql,
        sqlite,
    }
}

const SETS: &[Set] = &[
    Set {
        schema: Some("tpch_schema.sql"),
        ..set("tpch22", 0, 0)
    },
    set("slt_evidence", 26, 26),
    set("slt_select1", 0, 0),
    set("slt_select2", 0, 0),
    set("slt_select3", 0, 0),
    set("slt_select4", 0, 0),
    set("slt_select5", 0, 0),
];

/// What a set's own engine takes and RQL refuses, a real PostgreSQL refuses too.
#[test]
fn what_is_refused_postgresql_refuses() {
    let Some(folder) = corpora_dir() else {
        return println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
    };
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let mut client =
        Client::connect(&server.url(), NoTls).unwrap_or_else(|error| panic!("{error}"));
    let (mut both, mut ours) = (0, Vec::new());
    for set in SETS.iter().filter(|set| set.postgresql > 0) {
        let corpus = corpus(&folder.join(format!("{}.jsonl", set.name)))
            .unwrap_or_else(|| panic!("{} cannot be read", set.name));
        let mut catalog = Catalog::new(NameMatch::Insensitive);
        for case in corpus.cases.iter().filter(|case| case.must) {
            if let Some(table) = forget(&mut catalog, &case.sql) {
                let _ = client.batch_execute(&format!("DROP TABLE IF EXISTS {table} CASCADE"));
            }
            declare(&mut catalog, &case.sql);
            // Elsewhere a table goes though a view reads it.
            let cascade = match case.sql.starts_with("DROP TABLE") {
                true => " CASCADE",
                false => "",
            };
            let theirs = client.batch_execute(&format!("{}{cascade}", case.sql));
            match (we_say(&catalog, Dialect::Postgresql, &case.sql), theirs) {
                (Err(_), Err(_)) => both += 1,
                (Err(why), Ok(())) => ours.push(format!("{}\n    {why}", case.sql)),
                _ => {}
            }
        }
    }
    println!("{both} refused by both");
    assert!(ours.is_empty(), "{}", ours.join("\n"));
}

#[test]
fn every_statement_with_a_schema_compiles() {
    let Some(folder) = corpora_dir() else {
        return println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
    };
    let mut worse = Vec::new();
    for set in SETS {
        let corpus = corpus(&folder.join(format!("{}.jsonl", set.name)))
            .unwrap_or_else(|| panic!("{} cannot be read", set.name));
        for (dialect, most) in [
            (Dialect::Postgresql, set.postgresql),
            (Dialect::Sqlite, set.sqlite),
        ] {
            let mut catalog = Catalog::new(NameMatch::Insensitive);
            if let Some(schema) = set.schema {
                let ddl = std::fs::read_to_string(folder.join(schema)).unwrap_or_default();
                declare(&mut catalog, &ddl);
            }
            let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
            let mut compiled = 0;
            for case in corpus.cases.iter().filter(|case| case.must) {
                forget(&mut catalog, &case.sql);
                declare(&mut catalog, &case.sql);
                match we_say(&catalog, dialect, &case.sql) {
                    Ok(_) => compiled += 1,
                    Err(why) => {
                        let code = why.split(' ').next().unwrap_or_default().to_owned();
                        let list = refused.entry(code).or_default();
                        list.push(format!("{why}\n        {}", case.sql.replace('\n', " ")));
                    }
                }
            }
            let counts: Vec<_> = refused
                .iter()
                .map(|(code, list)| format!("{code} {}", list.len()))
                .collect();
            println!(
                "{:<14} {dialect:<11} {compiled:>5} compiled; refused: {}",
                set.name,
                counts.join(", ")
            );
            for example in refused.values().flat_map(|list| list.iter().take(EXAMPLES)) {
                println!("    {example}");
            }
            let total: usize = refused.values().map(Vec::len).sum();
            if total > most {
                worse.push(format!("{} for {dialect}: {total} refused", set.name));
            }
        }
    }
    assert!(worse.is_empty(), "{worse:?}");
}

/// A set holds several scripts, each of which makes its tables anew: gives the name of one that is made.
fn forget<'s>(catalog: &mut Catalog, sql: &'s str) -> Option<&'s str> {
    let mut words = sql.split(|c: char| c.is_whitespace() || c == '(');
    let made = ["CREATE", "TABLE"]
        .iter()
        .all(|word| words.next() == Some(word));
    let name = words.next().unwrap_or_default();
    if let Some(table) = catalog.find(None, name).filter(|_| made).cloned() {
        catalog.remove(&table);
    }
    made.then_some(name)
}

/// Refusals shown for each code.
const EXAMPLES: usize = 3;
