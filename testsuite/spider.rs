//! Spider: 166 databases and the queries that people wrote for them.

use crate::corpora_dir;
use rql::{Catalog, NameMatch};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A database of Spider's.
#[derive(Debug)]
pub struct Database {
    /// The DDL that makes it as a schema of its name, for PostgreSQL.
    pub ddl: String,
    /// The same as a catalog.
    pub catalog: Catalog,
}

/// The databases by name, and the queries, each with its database.
#[derive(Debug)]
pub struct Spider {
    /// The databases that the queries use.
    pub databases: BTreeMap<String, Database>,
    /// Name of the database, text of the query.
    pub queries: Vec<(String, String)>,
}

/// Reads Spider; `None` where there are no corpora.
#[must_use]
pub fn spider() -> Option<Spider> {
    let schemas: Value = serde_json::from_str(&json("spider_tables.json")?).ok()?;
    let queries: Vec<(String, String)> = json("spider_dev.jsonl")?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|query| {
            (
                text(&query, "db").to_owned(),
                text(&query, "sql").to_owned(),
            )
        })
        .collect();
    let used: BTreeSet<&str> = queries.iter().map(|query| query.0.as_str()).collect();
    let databases = schemas
        .as_array()?
        .iter()
        .map(|database| (text(database, "db_id"), database))
        .filter(|(name, _)| used.contains(name))
        .map(|(name, database)| (name.to_owned(), make(database)))
        .collect();
    Some(Spider { databases, queries })
}

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
fn make(database: &Value) -> Database {
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
        let create = format!("CREATE TABLE \"{table}\" ({});\n", parts.join(", "));
        let wrong = rql::declare(&mut catalog, &create);
        debug_assert!(wrong.is_empty(), "{create}: {wrong:?}");
        ddl.push_str(&create);
    }
    Database { ddl, catalog }
}
