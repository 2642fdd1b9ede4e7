//! A catalog is the same wherever it comes from, and stays true while a session changes it.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::run;
use noctra_runtime::{Session, Target, connect};
use noctra_test_servers::Postgres;
use rql::{Catalog, Dialect, IndexKey, NameMatch, Table, schema};
use std::fmt::Write as _;
use std::time::Instant;

/// What every source reads as it stands.
const PORTABLE: &str = r#"
CREATE TABLE customers (
  id int PRIMARY KEY,
  email varchar(80) CONSTRAINT one_email UNIQUE,
  city text DEFAULT 'Oslo' NOT NULL,
  lowest int DEFAULT -1,
  highest int,
  since date,
  CONSTRAINT in_order CHECK (lowest < highest));
CREATE TABLE "Order Details" (
  "OrderID" int NOT NULL,
  line int NOT NULL,
  "Unit Price" decimal(10, 2) NOT NULL,
  pieces int,
  customer int CONSTRAINT whose REFERENCES customers,
  total decimal(12, 2) GENERATED ALWAYS AS ("Unit Price" * pieces) STORED,
  ok boolean,
  seen timestamp,
  CONSTRAINT by_line PRIMARY KEY (line, "OrderID"),
  UNIQUE (customer, seen));
CREATE TABLE notes (
  line int, "order" int, body text, x double precision,
  FOREIGN KEY (line, "order") REFERENCES "Order Details" (line, "OrderID"));
CREATE INDEX by_city ON customers (city, since DESC);
CREATE UNIQUE INDEX one_name ON customers (lower(email));
CREATE UNIQUE INDEX one_since ON customers (since);
CREATE INDEX some_notes ON notes (line) WHERE x > line;
CREATE VIEW buyers AS SELECT id, email, city FROM customers;
"#;

/// All that a catalog says of a table; texts of expressions without spaces and quotes of names. Names
/// that a server has made up are left out where the other catalog has none.
fn describe(table: &Table) -> String {
    let mut text = format!(
        "{} {} {}\n",
        table.kind.name(),
        table.qualified(),
        table.temporary
    );
    for column in &table.columns {
        // No database keeps more of a view's columns than their names and types.
        let (nullable, ty) = match table.kind.is_view() {
            true => (true, column.ty),
            false => (column.nullable, column.ty),
        };
        let _ = writeln!(
            text,
            "  {} {ty} {nullable} {:?} {}",
            column.name, column.default, column.generated
        );
    }
    let names = |positions: &[usize]| {
        let names = positions.iter().map(|&at| table.columns[at].name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    for key in &table.keys {
        let _ = writeln!(text, "  key {} ({})", key.primary, names(&key.columns));
    }
    for key in &table.foreign_keys {
        let _ = writeln!(
            text,
            "  ({}) -> {:?} {} ({})",
            names(&key.columns),
            key.schema,
            key.table,
            key.referred.join(", ")
        );
    }
    let bare = |text: &str| text.replace([' ', '"', '(', ')'], "");
    for check in &table.checks {
        let _ = writeln!(text, "  check {}", bare(&check.condition));
    }
    let mut indexes: Vec<_> = table.indexes.iter().collect();
    indexes.sort_by_key(|index| &index.name);
    for index in indexes {
        let keys = index.keys.iter().map(|key| match key {
            IndexKey::Column(at) => table.columns[*at].name.clone(),
            // The server says which types it computes with.
            IndexKey::Expression(text) => bare(&text.replace("::text", "")),
        });
        let keys: Vec<String> = keys.collect();
        let predicate = index.predicate.as_deref().map(bare);
        let predicate = predicate.map(|text| text.replace("::doubleprecision", ""));
        let _ = writeln!(
            text,
            "  index {} {} {keys:?} {predicate:?}",
            index.name, index.unique
        );
    }
    let _ = writeln!(text, "  has a query: {}", table.definition.is_some());
    text
}

fn describe_all(catalog: &Catalog) -> String {
    let mut tables: Vec<&Table> = catalog.tables().iter().collect();
    tables.sort_by_key(|table| table.qualified());
    tables.into_iter().map(describe).collect()
}

fn live(target: &Target, ddl: &str) -> Catalog {
    let catalog = connect(target).and_then(|mut connection| {
        connection.batch(ddl)?;
        connection.catalog()
    });
    catalog.unwrap_or_else(|error| panic!("{target}: {error}"))
}

fn server() -> Option<Postgres> {
    let server = Postgres::start();
    server
        .inspect_err(|reason| println!("NOT RUN on PostgreSQL: {reason}"))
        .ok()
}

fn target(server: &Postgres) -> Target {
    Target::parse(&server.url()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn three_sources_say_the_same() {
    let (written, wrong) = schema(PORTABLE, NameMatch::Folded);
    assert!(wrong.is_empty(), "{wrong:?}");
    let wanted = describe_all(&written);
    for part in [
        "city text false Some(\"'Oslo'\") false",
        "lowest integer true Some(\"-1\") false",
        "total numeric(12,2) true None true",
        "key true (line, OrderID)",
        "key false (customer, seen)",
        "(line, order) -> None Order Details (line, OrderID)",
        "(customer) -> None customers (id)",
        "check lowest<highest",
        "index one_name true [\"loweremail\"] None",
        "index some_notes false [\"line\"] Some(\"x>line\")",
        "view buyers",
    ] {
        assert!(wanted.contains(part), "{part} in\n{wanted}");
    }
    let mut found = vec![live(&Target::SqliteMemory, PORTABLE)];
    let server = server();
    found.extend(
        server
            .as_ref()
            .map(|server| live(&target(server), PORTABLE)),
    );
    for catalog in &found {
        assert_eq!(describe_all(catalog), wanted);
        for (table, names) in [
            ("customers", vec!["one_email", "one_since"]),
            ("Order Details", vec!["by_line"]),
        ] {
            let keys = catalog.find(None, table).map(|table| table.keys.clone());
            let known: Vec<_> = keys
                .into_iter()
                .flatten()
                .filter_map(|key| key.name)
                .collect();
            assert!(
                names.iter().all(|name| known.iter().any(|k| k == name)),
                "{known:?}"
            );
        }
        let customers = catalog.find(None, "customers").cloned().unwrap_or_default();
        assert_eq!(customers.checks[0].name.as_deref(), Some("in_order"));
        let details = catalog
            .find(None, "Order Details")
            .cloned()
            .unwrap_or_default();
        assert_eq!(details.foreign_keys[0].name.as_deref(), Some("whose"));
    }
}

#[test]
fn a_broken_view_hides_no_other_table() {
    let ddl = "CREATE TABLE t (a INTEGER PRIMARY KEY); CREATE TABLE u (b); CREATE VIEW v AS SELECT * FROM u;
        CREATE VIRTUAL TABLE words USING fts5 (body); DROP TABLE u; ATTACH ':memory:' AS other;
        CREATE TABLE other.t (x text); CREATE TEMP TABLE u (c int)";
    let catalog = live(&Target::SqliteMemory, ddl);
    let tables = catalog.tables().iter();
    let tables: Vec<_> = tables
        .map(|t| format!("{} {} {}", t.kind.name(), t.qualified(), t.columns.len()))
        .collect();
    let wanted = [
        "table t 1",
        "view v 0",
        "foreign table words 1",
        "table u 1",
        "table other.t 1",
    ];
    assert_eq!(tables, wanted);
    assert!(
        catalog.tables()[0].columns[0].identity,
        "SQLite numbers the rows of t by a"
    );
    assert!(catalog.tables()[3].temporary);
    assert_eq!(catalog.schemas(), ["other"]);
}

/// DDL of a session, statement by statement, with transactions that end either way.
const SESSION: &[&str] = &[
    "CREATE TABLE t (id int PRIMARY KEY, a varchar(5) NOT NULL, b decimal(8, 2) DEFAULT 1.50, UNIQUE (a, b))",
    "CREATE TABLE u (id bigint PRIMARY KEY, t int REFERENCES t, d date, CHECK (id > t))",
    "CREATE INDEX by_d ON u (d, t)",
    "CREATE UNIQUE INDEX one_d ON u (d)",
    "CREATE VIEW v AS SELECT id, a FROM t",
    "BEGIN",
    "ALTER TABLE u ADD COLUMN more text DEFAULT 'x'",
    "SAVEPOINT one",
    "ALTER TABLE t RENAME TO renamed",
    "ALTER TABLE renamed RENAME COLUMN id TO number",
    "SAVEPOINT two",
    "CREATE TABLE w (x int)",
    "DROP TABLE u",
    "ROLLBACK TO two",
    "CREATE TABLE x (y int)",
    "RELEASE one",
    "DROP INDEX by_d",
    "ROLLBACK",
    "BEGIN",
    "DROP VIEW v",
    "SAVEPOINT again",
    "CREATE TABLE kept (a int UNIQUE)",
    "SAVEPOINT again",
    "DROP TABLE kept",
    "ROLLBACK TO SAVEPOINT again",
    "COMMIT",
    "DROP INDEX by_d",
    "DROP INDEX one_d",
    "ALTER TABLE u DROP COLUMN d",
    "ALTER TABLE t RENAME COLUMN id TO number",
    "ALTER TABLE t RENAME TO other",
    "CREATE TEMP TABLE other (brief text)",
    "DROP TABLE other",
    "CREATE TABLE IF NOT EXISTS kept (z int)",
    "DROP TABLE IF EXISTS nowhere",
    "DROP TABLE u",
];

#[test]
fn a_session_follows_its_own_ddl() {
    let server = server();
    let second = server.as_ref().and_then(|_| self::server());
    let pairs = [
        Some((Target::SqliteMemory, Target::SqliteMemory)),
        server
            .as_ref()
            .zip(second.as_ref())
            .map(|(a, b)| (target(a), target(b))),
    ];
    for (one, other) in pairs.into_iter().flatten() {
        let open = |target: &Target| {
            Session::open(target.clone()).unwrap_or_else(|error| panic!("{target}: {error}"))
        };
        let mut session = open(&one);
        // It is read once, before anything.
        assert!(describe_session(&mut session).is_empty());
        // A transaction that fails as a whole leaves what was before it.
        let mut reader = open(&other);
        for (at, statement) in SESSION.iter().enumerate() {
            for session in [&mut session, &mut reader] {
                let done = run(session, statement);
                assert!(done.is_ok(), "{one}: {statement}: {done:?}");
            }
            if in_transaction(&SESSION[..=at]) {
                continue;
            }
            // What only the backend understands makes a session read again.
            let _ = run(&mut reader, "NATIVE SELECT 1");
            assert_eq!(
                describe_session(&mut session),
                describe_session(&mut reader),
                "{one}: after {statement}"
            );
        }
    }
}

fn in_transaction(statements: &[&str]) -> bool {
    let mut open = false;
    for statement in statements {
        open = match *statement {
            "BEGIN" => true,
            "COMMIT" | "ROLLBACK" => false,
            _ => open,
        };
    }
    open
}

fn describe_session(session: &mut Session) -> String {
    let catalog = session.catalog().map(describe_all);
    catalog.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_is_rolled_back_is_unknown_again() {
    let server = server();
    let targets = [Some(Target::SqliteMemory), server.as_ref().map(target)];
    for target in targets.into_iter().flatten() {
        let mut session = Session::open(target.clone()).unwrap_or_else(|e| panic!("{target}: {e}"));
        let mut says = |sql: &str| run(&mut session, sql).err().unwrap_or_default();
        assert_eq!(
            says(
                "CREATE TABLE a (x int); BEGIN; CREATE TABLE b (y int); SELECT y FROM b; ROLLBACK"
            ),
            ""
        );
        assert!(says("SELECT y FROM b").contains("no table b"));
        assert_eq!(
            says(
                "BEGIN; SAVEPOINT s; ALTER TABLE a ADD COLUMN z int; SELECT z FROM a; ROLLBACK TO s"
            ),
            ""
        );
        assert!(says("SELECT z FROM a").contains("no column z"));
        assert_eq!(says("ROLLBACK; SELECT x FROM a"), "");
        // What the backend alone understands is found where it is used next.
        assert_eq!(says("NATIVE CREATE TABLE c (q int); SELECT q FROM c"), "");
        assert_eq!(
            says("BEGIN; NATIVE CREATE TABLE d (q int); SELECT q FROM d; ROLLBACK"),
            ""
        );
        assert!(says("SELECT q FROM d").contains("no table d"));
        // A failed transaction ends without its changes, also where COMMIT ends it.
        assert_eq!(says("BEGIN; CREATE TABLE e (q int)"), "");
        let failed = says("INSERT INTO e VALUES (1 / (SELECT count(*) FROM e))");
        assert!(failed.contains("division by zero"), "{failed}");
        assert_eq!(says("COMMIT"), "");
        let unknown = says("SELECT q FROM e");
        assert!(unknown.contains("no table e"), "{target}: {unknown}");
    }
}

/// Tables with every kind of key.
const KEYS: &str = "\
CREATE TABLE stock (shop int, item int, code text, pieces int, note text, PRIMARY KEY (shop, item),
  CONSTRAINT one_code UNIQUE (code));
CREATE UNIQUE INDEX one_note ON stock (note) WHERE pieces > 0;
CREATE UNIQUE INDEX lower_code ON stock (lower(code));
CREATE TABLE single (id int PRIMARY KEY, a int); CREATE TABLE bare (a int);";

/// What stands after `ON CONFLICT`, and the table.
const CONFLICTS: &[(&str, &str)] = &[
    ("stock", "(shop, item) DO NOTHING"),
    (
        "stock",
        "(item, shop) DO UPDATE SET pieces = excluded.pieces",
    ),
    ("stock", "(item, shop, item) DO NOTHING"),
    ("stock", "(shop) DO NOTHING"),
    ("stock", "(item) DO UPDATE SET pieces = 1"),
    ("stock", "(shop, item, code) DO NOTHING"),
    ("stock", "(code) DO NOTHING"),
    ("stock", "(lower(code)) DO NOTHING"),
    ("stock", "(pieces) DO NOTHING"),
    ("stock", "(note) DO NOTHING"),
    ("stock", "(note) WHERE pieces > 0 DO NOTHING"),
    ("stock", "(code) WHERE pieces > 0 DO NOTHING"),
    ("stock", "(nothing) DO NOTHING"),
    ("stock", "ON CONSTRAINT one_code DO NOTHING"),
    ("stock", "ON CONSTRAINT stock_pkey DO NOTHING"),
    ("stock", "ON CONSTRAINT one_codes DO NOTHING"),
    ("stock", "DO NOTHING"),
    ("single", "(id) DO UPDATE SET a = 1"),
    ("single", "(a) DO NOTHING"),
    ("single", "(id, a) DO NOTHING"),
    ("bare", "(a) DO NOTHING"),
    ("bare", "DO NOTHING"),
];

#[test]
fn on_conflict_names_a_key_as_the_server_demands() {
    let Some(server) = server() else { return };
    let mut db = connect(&target(&server)).unwrap_or_else(|error| panic!("{error}"));
    db.batch(KEYS).unwrap_or_else(|error| panic!("{error}"));
    let catalog = db.catalog().unwrap_or_else(|error| panic!("{error}"));
    let (written, _) = schema(KEYS, NameMatch::Folded);
    for (table, conflict) in CONFLICTS {
        let column = if *table == "stock" { "shop" } else { "a" };
        let sql = format!("INSERT INTO {table} ({column}) VALUES (1) ON CONFLICT {conflict}");
        // The key is looked for when a statement is planned.
        let planned = db
            .batch(&format!("EXPLAIN {sql}"))
            .map_err(|error| error.to_string());
        let ours = common::we_say(&catalog, Dialect::Postgresql, &sql);
        assert_eq!(
            ours.is_ok(),
            planned.is_ok(),
            "{sql}\n{ours:?}\n{planned:?}"
        );
        // The names that the server gives are not known from a text.
        if !conflict.contains("one_codes") {
            let ours = common::we_say(&written, Dialect::Postgresql, &sql);
            assert_eq!(
                ours.is_ok(),
                planned.is_ok(),
                "{sql}\n{ours:?}\n{planned:?}"
            );
        }
    }
    let refused = common::we_say(
        &catalog,
        Dialect::Postgresql,
        "INSERT INTO stock (shop) VALUES (1) ON CONFLICT (item) DO NOTHING",
    );
    assert_eq!(refused, Err("RQL0209 no key of stock is (item)".into()));
}

/// Two thousand tables of ten columns, each with a key, an index and a foreign key.
#[test]
fn thousands_of_tables_are_read_at_once() {
    let mut parts = Vec::new();
    let columns: Vec<_> = (0..8)
        .map(|n| format!("c{n} varchar(20) DEFAULT 'x' NOT NULL"))
        .collect();
    for n in 0..2000 {
        parts.push(format!(
            "CREATE TABLE t{n} (id int PRIMARY KEY, {}, other int REFERENCES t{n}, CHECK (id > other));
             CREATE INDEX i{n} ON t{n} (c1, c2);",
            columns.join(", ")
        ));
    }
    let server = server();
    let targets = [Some(Target::SqliteMemory), server.as_ref().map(target)];
    for target in targets.into_iter().flatten() {
        let mut db = connect(&target).unwrap_or_else(|error| panic!("{target}: {error}"));
        // A transaction of all would need more locks than the server has.
        for part in parts.chunks(100) {
            db.batch(&format!("BEGIN; {} COMMIT;", part.concat()))
                .unwrap_or_else(|error| panic!("{target}: {error}"));
        }
        let start = Instant::now();
        let catalog = db
            .catalog()
            .unwrap_or_else(|error| panic!("{target}: {error}"));
        println!("{}: 2,000 tables in {:?}", db.dialect(), start.elapsed());
        let whole = |t: &Table| {
            (
                t.columns.len(),
                t.keys.len(),
                t.indexes.len(),
                t.foreign_keys.len(),
                t.checks.len(),
            )
        };
        assert_eq!(catalog.tables().len(), 2000);
        assert!(
            catalog
                .tables()
                .iter()
                .all(|table| whole(table) == (10, 1, 1, 1, 1))
        );
    }
}
