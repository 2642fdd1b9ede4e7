//! What is said of habits from other databases: the message, and what to write instead.

use rql::{Dialect, Env, NameMatch, Options, compile, parse, program, schema};

const TABLES: &str =
    "CREATE TABLE sales (id integer PRIMARY KEY, city text, amount numeric(10, 2));";

/// The first message of a text, and what it proposes: a suggested text, or the help.
fn advice(text: &str) -> (String, String) {
    let (mut catalog, wrong) = schema(TABLES, NameMatch::Folded);
    assert!(wrong.is_empty(), "{wrong:?}");
    let parse = parse(text);
    assert!(parse.is_ok(), "{:?}", parse.diagnostics);
    let options = Options {
        dialect: Dialect::Sqlite,
        uses: &|_| None,
        file: "",
        includes: &|_, _| Err("there are no files".into()),
        fold: None,
    };
    let found = program(&parse.ast, &mut catalog, options).diagnostics;
    let Some(first) = found.into_iter().next() else {
        return Default::default();
    };
    let proposed = match first.suggestions.first() {
        Some(suggestion) => suggestion
            .edits
            .iter()
            .map(|edit| edit.replacement.as_str())
            .collect(),
        None => first.help.unwrap_or_default(),
    };
    (first.message, proposed)
}

#[test]
fn a_name_of_the_list_is_not_seen_where_rows_are_chosen() {
    for (text, clause, instead) in [
        (
            "SELECT city, sum(amount) AS total FROM sales GROUP BY city HAVING total > 9",
            "HAVING",
            "sum(amount)",
        ),
        (
            "SELECT city, sum(amount) AS total FROM sales GROUP BY city HAVING total > 9 ORDER BY total",
            "HAVING",
            "sum(amount)",
        ),
        (
            "SELECT city, row_number() OVER (ORDER BY id) AS total FROM sales QUALIFY total = 1",
            "QUALIFY",
            "row_number() OVER (ORDER BY id)",
        ),
        (
            "SELECT amount * 2 AS total FROM sales WHERE total > 9",
            "WHERE",
            "(amount * 2)",
        ),
        (
            "SELECT city, sum(amount) AS total FROM sales WHERE total > 9 GROUP BY city",
            "WHERE",
            "HAVING, with the aggregate written out, chooses among groups",
        ),
        (
            "SELECT rank() OVER (ORDER BY id) AS total FROM sales WHERE total = 1",
            "WHERE",
            "QUALIFY, with the window written out, chooses by it",
        ),
        (
            "SELECT amount + 1 AS total, total * 2 FROM sales",
            "the list itself",
            "(amount + 1)",
        ),
    ] {
        let message = format!("total is a name of the SELECT list, which {clause} does not see");
        assert_eq!(advice(text), (message, instead.to_owned()), "{text}");
    }
}

#[test]
fn a_column_of_the_same_name_is_that_column() {
    let text = "SELECT sum(amount) AS city FROM sales WHERE city = 'Oslo'";
    assert_eq!(advice(text), Default::default());
}

#[test]
fn values_of_named_fields_are_documents() {
    let (said, proposed) = advice("SELECT {'a': 1, b: amount} FROM sales");
    assert_eq!(said, "RQL has no values of named fields");
    assert_eq!(proposed, "json_build_object('a', 1, 'b', amount)");
}

#[test]
fn statements_of_other_databases_name_what_there_is_instead() {
    let (catalog, _) = schema(TABLES, NameMatch::Folded);
    let env = Env {
        catalog: &catalog,
        dialect: Dialect::Sqlite,
        variables: &|_| None,
        fold: None,
    };
    for (text, message, part) in [
        (
            "SHOW CREATE TABLE sales",
            "SHOW CREATE is MySQL's",
            "DESCRIBE t",
        ),
        ("SET NAMES utf8", "SET NAMES is MySQL's", "leave it out"),
    ] {
        let parse = parse(text);
        let ids = parse.ast.statements.ids();
        let found = ids.filter_map(|id| compile(&parse.ast, id, &env).err());
        let found: Vec<_> = found.flatten().collect();
        assert_eq!(found[0].message, message);
        assert!(
            found[0]
                .help
                .as_deref()
                .is_some_and(|help| help.contains(part))
        );
    }
}
