//! Spider's queries against their schemas, beside a real PostgreSQL.
//!
//! The queries were written for SQLite, which reads `"x"` as a string where no column has that name and
//! lets columns stand ungrouped. Whatever is refused must fall under a rule listed here, and PostgreSQL
//! must refuse it too.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::{server_says, we_say};
use noctra_test_servers::Postgres;
use noctra_testsuite::spider::{Database, Spider, spider};
use postgres::{Client, NoTls};
use rql::Dialect;
use std::collections::BTreeMap;

/// Why a query may be refused, and by which code.
const RULES: &[(&str, &str)] = &[
    ("RQL0122", "a join without a condition"),
    ("RQL0202", "text in double quotes, which are for names"),
    ("RQL0205", "a column that is not grouped by"),
    ("RQL0301", "types that do not go together"),
];

#[test]
fn spider_resolves_as_on_postgresql() {
    let Some(Spider { databases, queries }) = spider() else {
        return println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
    };
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let mut client =
        Client::connect(&server.url(), NoTls).unwrap_or_else(|error| panic!("{error}"));
    for (name, Database { ddl, .. }) in &databases {
        client
            .batch_execute(ddl)
            .unwrap_or_else(|error| panic!("{name}: {error}\n{ddl}"));
    }
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for (name, sql) in &queries {
        client
            .batch_execute(&format!("SET search_path TO \"{name}\""))
            .unwrap_or_else(|error| panic!("{error}"));
        let server = server_says(&mut client, sql);
        let ours = we_say(&databases[name].catalog, Dialect::Postgresql, sql);
        let kind = match (&server, &ours) {
            (Ok(a), Ok(b)) if a == b => "compiled".to_owned(),
            // PostgreSQL 16 takes it.
            (Err(server), Ok(_)) if server.ends_with("must have an alias") => {
                "a query in FROM without a name".to_owned()
            }
            (Err(_), Err(ours)) => match RULES.iter().find(|rule| ours.starts_with(rule.0)) {
                Some(rule) => format!("refused on both: {}", rule.1),
                None => "different".to_owned(),
            },
            _ => "different".to_owned(),
        };
        if kind == "different" {
            differences.push(format!(
                "{name}: {sql}\n    server: {server:?}\n    ours:   {ours:?}"
            ));
        }
        *tally.entry(kind).or_default() += 1;
    }
    println!("{} queries", queries.len());
    for (kind, count) in &tally {
        println!("{count:>5} {kind}");
    }
    assert_eq!(queries.len(), 563);
    println!("{}", differences.join("\n"));
    assert!(differences.is_empty(), "{} differ", differences.len());
}
