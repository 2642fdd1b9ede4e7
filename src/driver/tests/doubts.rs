//! What runs on a backend and may differ from PostgreSQL there is said.

use rql::{Catalog, Dialect, Options, parse, program};

fn warnings(text: &str, dialect: Dialect) -> Vec<String> {
    let parse = parse(text);
    assert!(parse.is_ok(), "{:?}", parse.diagnostics);
    let options = Options {
        dialect,
        uses: &|_| None,
        file: "",
        includes: &|_, _| Err("there are no files".into()),
        fold: None,
    };
    let all = program(&parse.ast, &mut Catalog::default(), options).diagnostics;
    all.into_iter().map(|said| said.message).collect()
}

#[test]
fn a_table_made_of_decimals_without_digits() {
    let made = "CREATE TABLE t AS SELECT 1 AS id, 1.5 * 2 AS price, 10 / 4.0 AS mean";
    assert_eq!(
        warnings(made, Dialect::Duckdb),
        ["duckdb gives price the digits that it has now"]
    );
    assert!(warnings(made, Dialect::Postgresql).is_empty());
    assert!(warnings(made, Dialect::Sqlite).is_empty());
    let said = "CREATE TABLE t AS SELECT CAST(1.5 * 2 AS numeric(18, 6)) AS price";
    assert!(warnings(said, Dialect::Duckdb).is_empty());
}

#[test]
fn zones_of_another_list() {
    let asked = "SELECT TIMESTAMP '2024-01-01 12:00:00' AT TIME ZONE 'Europe/Oslo'";
    assert_eq!(
        warnings(asked, Dialect::Duckdb),
        ["duckdb has a list of time zones of its own"]
    );
    assert!(warnings(asked, Dialect::Postgresql).is_empty());
}
