//! Catalogs from DDL, and scripts that change them.

use rql::{Catalog, Dialect, NameMatch, Options, Program, Table, Type, parse, program, schema};

fn catalog(ddl: &str) -> Catalog {
    let (catalog, wrong) = schema(ddl, NameMatch::Folded);
    assert!(wrong.is_empty(), "{wrong:?}");
    catalog
}

fn table(catalog: &Catalog, name: &str) -> Table {
    catalog.find(None, name).cloned().unwrap_or_default()
}

fn run(text: &str, catalog: &mut Catalog) -> Program {
    let parse = parse(text);
    assert!(parse.is_ok(), "{:?}", parse.diagnostics);
    let options = Options {
        dialect: Dialect::Postgresql,
        uses: &|_| None,
        file: "",
        includes: &|_, _| Err("there are no files".into()),
        fold: None,
    };
    program(&parse.ast, catalog, options)
}

/// The messages of a text's errors, without what this version does not run.
fn errors(text: &str, catalog: &mut Catalog) -> Vec<String> {
    let all = run(text, catalog).diagnostics.into_iter();
    let wrong = all.filter(|d| d.code != rql::codes::NOT_EXECUTABLE_YET);
    wrong.map(|d| d.message).collect()
}

const ORDERS: &str = r#"
CREATE TABLE customers (id serial PRIMARY KEY, email varchar(80) UNIQUE, city text DEFAULT 'Oslo' NOT NULL);
CREATE TABLE "Order Details" (
  "OrderID" int, line int, "Unit Price" decimal(10, 2) NOT NULL, pieces int, customer int,
  total decimal(12, 2) GENERATED ALWAYS AS ("Unit Price" * pieces) STORED,
  tags text[],
  FOREIGN KEY (customer) REFERENCES customers (id),
  PRIMARY KEY ("OrderID", line));
INSERT INTO customers (email) VALUES ('this is no DDL');
CREATE UNIQUE INDEX by_city ON customers (city);"#;

#[test]
fn columns_keys_and_defaults() {
    let catalog = catalog(ORDERS);
    let customers = table(&catalog, "customers");
    let [id, email, city] = &customers.columns[..] else {
        unreachable!("three columns: {customers:?}");
    };
    assert_eq!((id.identity, id.nullable), (true, false), "{id:?}");
    assert_eq!((email.ty, email.nullable), (Type::Varchar(80), true));
    assert_eq!(
        (city.default.as_deref(), city.nullable),
        (Some("'Oslo'"), false)
    );
    let keys: Vec<_> = customers
        .keys
        .iter()
        .map(|k| (k.primary, &k.columns[..]))
        .collect();
    assert_eq!(keys, [(true, &[0][..]), (false, &[1]), (false, &[2])]);
    assert_eq!(customers.indexes[0].name, "by_city");

    let details = table(&catalog, "Order Details");
    assert_eq!(details.key_positions().collect::<Vec<_>>(), [0, 1]);
    let never_null: Vec<bool> = details.columns.iter().map(|c| !c.nullable).collect();
    assert_eq!(never_null, [true, true, true, false, false, false, false]);
    assert!(details.columns[5].generated);
    assert_eq!(details.columns[6].ty, Type::Text.array());
    let foreign = &details.foreign_keys[0];
    assert_eq!(
        (&foreign.columns[..], foreign.table.as_str()),
        (&[4][..], "customers")
    );
    assert_eq!(foreign.referred, ["id"]);
}

#[test]
fn views_and_queries_bring_their_columns() {
    let catalog = catalog(
        "CREATE TABLE t (a int NOT NULL, b numeric(8,2));
         CREATE VIEW v (x, y) AS SELECT a, sum(b) FROM t GROUP BY a;
         CREATE TABLE c AS SELECT x + 1 AS more, 'x' AS word FROM v;",
    );
    let columns = |name| {
        let table = table(&catalog, name);
        let columns = table.columns.into_iter();
        columns
            .map(|c| format!("{} {}", c.name, c.ty))
            .collect::<Vec<_>>()
    };
    assert_eq!(columns("v"), ["x integer", "y numeric"]);
    assert_eq!(columns("c"), ["more integer", "word text"]);
}

#[test]
fn a_script_sees_its_own_ddl() {
    let mut tables = catalog("CREATE TABLE t (a int, b text UNIQUE, c date);");
    let text = "ALTER TABLE t ADD COLUMN d boolean NOT NULL;
        SELECT a, d FROM t;
        ALTER TABLE t DROP COLUMN a;
        SELECT a FROM t;
        ALTER TABLE t RENAME COLUMN c TO day;
        ALTER TABLE t RENAME TO u;
        SELECT day FROM u;
        SELECT b FROM t;
        CREATE TABLE t (only int);
        SELECT only FROM t;
        DROP TABLE t, u;
        SELECT 1 FROM u;";
    assert_eq!(
        errors(text, &mut tables),
        ["no column a", "no table t", "no table u"]
    );
    assert!(tables.tables().is_empty(), "both are dropped");
}

#[test]
fn keys_move_with_the_columns_before_them() {
    let mut tables = catalog("CREATE TABLE t (a int, b int, c int, UNIQUE (c), UNIQUE (a, b));");
    assert_eq!(errors("ALTER TABLE t DROP COLUMN a", &mut tables), [""; 0]);
    let keys = table(&tables, "t").keys;
    assert_eq!(keys.len(), 1, "the key that needs a goes with it");
    assert_eq!(keys[0].columns, [1]);
}

#[test]
fn names_that_are_taken_or_unknown() {
    let mut tables =
        catalog("CREATE SCHEMA s; CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;");
    for (text, message) in [
        ("CREATE TABLE t (b int)", "there is a table t already"),
        (
            "CREATE VIEW t AS SELECT 1 AS one",
            "there is a table t already",
        ),
        ("CREATE SCHEMA s", "there is a schema s already"),
        ("DROP TABLE tt", "no table tt"),
        ("DROP TABLE v", "v is a view"),
        ("DROP VIEW t", "t is a table"),
        ("DROP SCHEMA r", "no schema r"),
        ("ALTER TABLE t DROP COLUMN b", "t has no column b"),
        ("ALTER TABLE t ADD a text", "t has two columns named a"),
        (
            "CREATE TABLE n (a int, A text)",
            "n has two columns named a",
        ),
        ("CREATE TABLE n (a int, UNIQUE (z))", "n has no column z"),
        ("CREATE INDEX i ON t (b)", "t has no column b"),
        (
            "CREATE OR REPLACE VIEW v AS SELECT 1 AS one",
            "the view v has other columns than this query",
        ),
    ] {
        assert_eq!(errors(text, &mut tables), [message], "{text}");
    }
    for text in [
        "CREATE TABLE IF NOT EXISTS t (b int)",
        "CREATE TABLE s.t (b int)",
        "CREATE TEMP TABLE t (c int)",
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS a",
        "DROP TABLE IF EXISTS nope",
        "DROP SCHEMA IF EXISTS nope",
        "ALTER TABLE IF EXISTS nope ADD a int",
        "ALTER TABLE t DROP COLUMN IF EXISTS nope",
    ] {
        assert_eq!(errors(text, &mut tables), [""; 0], "{text}");
    }
    // The temporary table stands before the other one.
    assert_eq!(
        errors("SELECT c FROM t; SELECT b FROM s.t", &mut tables),
        [""; 0]
    );
}

#[test]
fn a_name_of_two_schemas_is_ambiguous() {
    // SQLite looks through every attached database, PostgreSQL through its search path only.
    let text = "CREATE TABLE a.t (x int); CREATE TABLE b.t (x int);";
    let (mut attached, wrong) = rql::schema(text, NameMatch::Attached);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(
        errors("SELECT x FROM t", &mut attached),
        ["t could be several tables"]
    );
    assert_eq!(errors("SELECT x FROM b.t", &mut attached), [""; 0]);
    let mut schemas = catalog(text);
    assert_eq!(errors("SELECT x FROM t", &mut schemas), ["no table t"]);
}

#[test]
fn case_counts_as_on_the_backend() {
    let ddl = "CREATE TABLE \"Track\" (\"TrackId\" int);";
    let (mut sqlite, _) = schema(ddl, NameMatch::Attached);
    assert_eq!(errors("SELECT trackid FROM TRACK", &mut sqlite), [""; 0]);
    assert_eq!(
        errors("SELECT trackid FROM track", &mut catalog(ddl)),
        ["no table track"]
    );
}

#[test]
fn two_thousand_tables_are_found_by_name() {
    let ddl: String = (0..2000)
        .map(|at| format!("CREATE TABLE t{at} (c{at} int);"))
        .collect();
    let tables = catalog(&ddl);
    let mut copy = tables.clone();
    assert_eq!(
        errors("SELECT c1999 FROM t1999; DROP TABLE t7", &mut copy),
        [""; 0]
    );
    assert_eq!((tables.tables().len(), copy.tables().len()), (2000, 1999));
    assert_eq!(table(&copy, "t1999").columns[0].name, "c1999");
    assert!(copy.find(None, "t7").is_none());
}

#[test]
fn the_signature_of_a_script() {
    let mut tables = catalog("CREATE TABLE t (id bigint, name varchar(9), born date);");
    let done = run(
        "PARAM who TEXT DEFAULT 'Ann'; PARAM day DATE DEFAULT NULL;
         LET least = 7;
         SELECT id FROM t WHERE name = :who AND id > :least AND born = :day AND id < :most;
         SELECT name FROM t WHERE id = :most OR born < :before;",
        &mut tables,
    );
    assert!(done.is_sound(), "{:?}", done.diagnostics);
    let shown = done.parameters.iter().map(|p| {
        let default = p.default.as_deref().unwrap_or("-");
        format!("{} {} {} {default}", p.name, p.ty, p.nullable)
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "who text false 'Ann'",
            "day date true NULL",
            "most bigint false -",
            "before date false -"
        ]
    );
}

#[test]
fn parameters_that_do_not_fit() {
    let mut tables = catalog("CREATE TABLE t (id int, born date);");
    for (text, message) in [
        (
            "SELECT id FROM t WHERE id = :x; SELECT id FROM t WHERE born = :x",
            ":x is wanted as integer and as date",
        ),
        ("PARAM x INT DEFAULT TRUE", "the default of x is no integer"),
        ("PARAM x INTT", "no type INTT"),
        (
            "SELECT id FROM t WHERE id = :x; PARAM x INT",
            "the parameter x is used before it is declared, or twice",
        ),
    ] {
        assert_eq!(errors(text, &mut tables.clone()), [message], "{text}");
    }
    // The place of both is shown.
    let text = "SELECT id FROM t WHERE id = :x; SELECT id FROM t WHERE born = :x";
    let done = run(text, &mut tables);
    assert_eq!(done.diagnostics[0].labels.len(), 2);
}
