//! Spider's queries against their schemas, beside a real PostgreSQL.
//!
//! The queries were written for SQLite, which reads `"x"` as a string where no column has that name and
//! lets columns stand ungrouped. Whatever is refused must fall under a rule listed here, and PostgreSQL
//! must refuse it too.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::{server_says, we_say};
use noctra_test_servers::Postgres;
use noctra_testsuite::{corpora_dir, schema::column_of};
use postgres::{Client, NoTls};
use rql::{Catalog, Dialect, NameMatch, Table};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Why a query may be refused, and by which code.
const RULES: &[(&str, &str)] = &[
    ("RQL0202", "text in double quotes, which are for names"),
    ("RQL0205", "a column that is not grouped by"),
    ("RQL0207", "a query in FROM without a name"),
    ("RQL0301", "types that do not go together"),
];

/// Queries on which the two differ, at most; to be lowered, never raised.
const DIFFERENT: usize = 28;

fn json(name: &str) -> Option<String> {
    std::fs::read_to_string(corpora_dir()?.join(name)).ok()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The declared type of one of Spider's.
fn declared(spider: &str) -> &'static str {
    match spider {
        "number" => "numeric",
        "boolean" => "boolean",
        "time" => "timestamp",
        _ => "text",
    }
}

/// A column: its name, its type, whether it is in the primary key.
type Column = (String, &'static str, bool);

/// A database's tables with their columns.
fn tables(database: &Value) -> Vec<(String, Vec<Column>)> {
    let names = items(database, "table_names_original").iter();
    let mut tables: Vec<_> = names
        .map(|name| (name.as_str().unwrap_or_default().to_lowercase(), Vec::new()))
        .collect();
    let keys: BTreeSet<_> = items(database, "primary_keys")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    let columns = items(database, "column_names_original").iter();
    for (at, (column, ty)) in columns.zip(items(database, "column_types")).enumerate() {
        let (Some(table), Some(name)) = (column[0].as_u64(), column[1].as_str()) else {
            continue;
        };
        let ty = declared(ty.as_str().unwrap_or_default());
        tables[table as usize]
            .1
            .push((name.to_lowercase(), ty, keys.contains(&(at as u64))));
    }
    tables
}

/// The DDL that makes a database as a schema of its name, and the same as a catalog.
fn make(database: &Value) -> (String, Catalog) {
    let mut catalog = Catalog::new(NameMatch::Folded);
    let name = text(database, "db_id");
    let mut ddl = format!("CREATE SCHEMA \"{name}\"; SET search_path TO \"{name}\";\n");
    for (table, columns) in tables(database) {
        let mut parts: Vec<String> = columns
            .iter()
            .map(|(name, ty, _)| format!("\"{name}\" {ty}"))
            .collect();
        let key: Vec<String> = columns
            .iter()
            .filter(|column| column.2)
            .map(|column| format!("\"{}\"", column.0))
            .collect();
        if !key.is_empty() {
            parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
        }
        let _ = writeln!(ddl, "CREATE TABLE \"{table}\" ({});", parts.join(", "));
        catalog.add(Table {
            schema: None,
            name: table,
            view: false,
            columns: columns
                .iter()
                .map(|(name, ty, key)| column_of(name, ty, !key))
                .collect(),
        });
    }
    (ddl, catalog)
}

#[test]
fn spider_resolves_as_on_postgresql() {
    let (Some(schemas), Some(queries)) = (json("spider_tables.json"), json("spider_dev.jsonl"))
    else {
        return println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
    };
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let mut client =
        Client::connect(&server.url(), NoTls).unwrap_or_else(|error| panic!("{error}"));
    let schemas: Value = serde_json::from_str(&schemas).unwrap_or_default();
    let databases: BTreeMap<&str, &Value> = schemas
        .as_array()
        .into_iter()
        .flatten()
        .map(|database| (text(database, "db_id"), database))
        .collect();
    let queries: Vec<Value> = queries
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let mut made: BTreeMap<&str, Catalog> = BTreeMap::new();
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for query in &queries {
        let (name, sql) = (text(query, "db"), text(query, "sql"));
        if !made.contains_key(name) {
            let (ddl, catalog) = make(databases[name]);
            client
                .batch_execute(&ddl)
                .unwrap_or_else(|error| panic!("{name}: {error}\n{ddl}"));
            made.insert(name, catalog);
        }
        client
            .batch_execute(&format!("SET search_path TO \"{name}\""))
            .unwrap_or_else(|error| panic!("{error}"));
        let server = server_says(&mut client, sql);
        let ours = we_say(&made[name], Dialect::Postgresql, sql);
        let kind = match (&server, &ours) {
            (Ok(a), Ok(b)) if a == b => "compiled".to_owned(),
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
    assert!(
        differences.len() <= DIFFERENT,
        "{} differ",
        differences.len()
    );
}
