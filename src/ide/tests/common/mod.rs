//! A world to ask in.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on"
)]

use rql::{Catalog, NameMatch, Type};
use rql_ide::{Argument, Command, Entry, Snapshot, Variable, World};
use std::sync::Arc;

pub(crate) const SCHEMA: &str = "
CREATE TABLE departments (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL, dept_id INTEGER REFERENCES departments,
  salary DECIMAL(10,2), status TEXT CHECK (status IN ('active', 'gone')), hired DATE NOT NULL);
CREATE TABLE projects (id INTEGER PRIMARY KEY, lead INTEGER REFERENCES employees (id), title TEXT);
CREATE VIEW active AS SELECT id, name FROM employees WHERE status = 'active';
CREATE TABLE \"order\" (id INTEGER PRIMARY KEY, \"Total Sum\" INTEGER);
";

static COMMANDS: &[Command] = &[
    Command {
        name: "tables",
        psql: "dt",
        arguments: "[PATTERN]",
        takes: Argument::None,
        about: "list tables",
    },
    Command {
        name: "schema",
        psql: "d",
        arguments: "[TABLE]",
        takes: Argument::Table,
        about: "describe",
    },
    Command {
        name: "mode",
        psql: "",
        arguments: "[FORMAT]",
        takes: Argument::Format,
        about: "format",
    },
    Command {
        name: "read",
        psql: "i",
        arguments: "FILE",
        takes: Argument::File,
        about: "run a file",
    },
    Command {
        name: "timing",
        psql: "timing",
        arguments: "on|off",
        takes: Argument::Words(&["on", "off"]),
        about: "time",
    },
    Command {
        name: "explain",
        psql: "",
        arguments: "QUERY",
        takes: Argument::Statement,
        about: "plan",
    },
];

pub(crate) fn catalog() -> Catalog {
    let (catalog, wrong) = rql::schema(SCHEMA, NameMatch::Insensitive);
    assert!(wrong.is_empty(), "{wrong:?}");
    catalog
}

pub(crate) fn world_of(catalog: Catalog) -> Arc<World> {
    let entry = |name: &str, values: &[&str]| Entry {
        name: name.into(),
        about: "what it is for".into(),
        values: values.iter().map(|&value| value.into()).collect(),
    };
    Arc::new(World {
        catalog,
        dialect: Some(rql::Dialect::Sqlite),
        fold: None,
        variables: vec![Variable {
            name: "limit".into(),
            ty: Type::Integer,
            value: "10".into(),
        }],
        connections: vec!["main".into(), "warehouse".into()],
        settings: vec![entry("running", &["auto", "window", "manual"])],
        subjects: vec!["tables".into(), "variables".into()],
        commands: COMMANDS,
        formats: vec![entry("box", &[]), entry("csv", &[])],
        forms: Vec::new(),
        files: Some(Arc::new(|folder| match folder {
            "" => vec!["report.rql".into(), "data/".into(), ".hidden".into()],
            "data/" => vec!["sales.csv".into()],
            _ => Vec::new(),
        })),
    })
}

pub(crate) fn world() -> Arc<World> {
    world_of(catalog())
}

/// A snapshot of a text with `|` where the cursor is, and the cursor.
pub(crate) fn at(text: &str) -> (Snapshot, u32) {
    at_in(&world(), text)
}

pub(crate) fn at_in(world: &Arc<World>, text: &str) -> (Snapshot, u32) {
    let cursor = text.find('|').expect("a cursor");
    let source = text.replacen('|', "", 1);
    (
        Snapshot::new(world, source),
        u32::try_from(cursor).expect("a short text"),
    )
}

/// The labels of what is offered.
pub(crate) fn labels(text: &str) -> Vec<String> {
    let (snapshot, cursor) = at(text);
    snapshot
        .complete(cursor)
        .items
        .into_iter()
        .map(|item| item.label)
        .collect()
}

/// The text after the candidate of a label is taken.
pub(crate) fn taken(text: &str, label: &str) -> String {
    let (snapshot, cursor) = at(text);
    let completion = snapshot.complete(cursor);
    let item = completion.items.iter().find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("{text}: {label} among {:?}", completion.items));
    let whole = snapshot.text();
    let (before, after) = (
        &whole[..completion.from as usize],
        &whole[cursor as usize..],
    );
    format!("{before}{}{after}", item.insert)
}
