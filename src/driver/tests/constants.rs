//! What a database has no words for and is constant, computed when the text is written.

use rql::{Dialect, Env, NameMatch, compile, parse, schema};

const TABLES: &str = "CREATE TABLE sales (id integer PRIMARY KEY, city text, at timestamp);";

/// Stands for SQLite with the functions of a session: one for paths, which fails for texts that are no numbers, and
/// for a quotient by zero.
fn fold(text: &str) -> Option<Result<String, String>> {
    match text {
        _ if text.contains("'1,234.50'") => Some(Ok("'1234.50'".into())),
        _ if text.contains("'it'") => Some(Ok("'o''clock'".into())),
        _ if text.contains("(1, 0") => Some(Err("[22012] division by zero".into())),
        _ => None,
    }
}

fn compiled(text: &str, dialect: Dialect) -> Result<String, String> {
    let (catalog, _) = schema(TABLES, NameMatch::Folded);
    let env = Env {
        catalog: &catalog,
        dialect,
        variables: &|_| None,
        fold: Some(fold),
    };
    let parse = parse(text);
    let mut ids = parse.ast.statements.ids();
    match ids.next().map(|id| compile(&parse.ast, id, &env)) {
        Some(Ok(compiled)) => Ok(compiled.sql),
        Some(Err(wrong)) => Err(wrong[0].message.clone()),
        None => Err("there is no statement".into()),
    }
}

#[test]
fn a_constant_that_cannot_be_written_is_its_value() {
    for (dialect, id) in [
        (Dialect::Duckdb, "CAST(id AS decimal(38, 0))"),
        (Dialect::Mariadb, "id"),
    ] {
        let sum = "SELECT id + to_number('1,234.50', '9,999.99') AS n FROM sales";
        assert_eq!(
            compiled(sum, dialect),
            Ok(format!("SELECT {id} + 1234.50 AS n FROM sales")),
            "{dialect}"
        );
    }
    let text = "SELECT initcap(city) || regexp_substr('it', '(b)(c)', 1, 1, '', 2) AS t FROM sales";
    let written = compiled(text, Dialect::Duckdb).expect("the text is computed");
    assert!(written.contains("'o''clock'"), "{written}");
}

#[test]
fn what_rows_and_clocks_say_stays_refused() {
    for text in [
        "SELECT to_number(city, '9,999.99') FROM sales",
        "SELECT to_number('what', '9,999.99')",
        "SELECT at AT TIME ZONE city FROM sales",
    ] {
        let said = compiled(text, Dialect::Mariadb).expect_err(text);
        assert!(said.contains("cannot be compiled for mariadb"), "{said}");
    }
}

#[test]
fn what_can_be_written_stays_as_it_is() {
    let text = "SELECT upper('it') AS a, to_number('1,234.50', '9,999.99') AS b";
    let written = compiled(text, Dialect::Duckdb).expect("the number is computed");
    assert_eq!(written, "SELECT upper('it') AS a, 1234.50 AS b");
}

/// PostgreSQL computes what is constant while it plans; with what reads a row it waits.
#[test]
fn a_constant_that_fails_is_an_error_where_no_row_asks_for_it() {
    let said = |text: &str| compiled(text, Dialect::Duckdb).err();
    for text in [
        "SELECT CASE WHEN id < 0 THEN 1 / 0 ELSE id END FROM sales",
        "SELECT coalesce(id, 1 / 0) FROM sales",
        "SELECT id FROM sales WHERE id > 5 AND 1 / 0 = 1",
    ] {
        let said = said(text).unwrap_or_default();
        assert!(said.contains("division by zero"), "{text}: {said}");
    }
    assert_eq!(
        said("SELECT CASE WHEN id < 0 THEN id / 0 END FROM sales"),
        None
    );
    assert_eq!(said("SELECT coalesce(id, id / 0) FROM sales"), None);
}
