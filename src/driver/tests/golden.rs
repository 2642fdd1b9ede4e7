//! A person's SELECT comes out as that person's SELECT.
#![allow(
    clippy::needless_update,
    reason = "what the statements need not know is left at its default"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a file that cannot be read fails the test"
)]

use rql::{Catalog, Dialect, Env, NameMatch, Table, TableColumn, Type, compile};

/// The tables that the statements name, with the columns' types; `?` where a column may be NULL.
const TABLES: &[(&str, &str)] = &[
    (
        "employees",
        "id integer, name text, dept text, salary numeric(10,2), boss integer?",
    ),
    ("departments", "name text, title text, city text"),
    ("customers", "id integer, name text, city text, email text?"),
    (
        "orders",
        "id integer, customer_id integer, ordered date, shipped date?",
    ),
    (
        "order_lines",
        "id integer, order_id integer, quantity integer, price numeric(10,2)",
    ),
    ("Order Details", "OrderID integer, Unit Price numeric(10,2)"),
];

fn catalog() -> Catalog {
    let mut catalog = Catalog::new(NameMatch::Folded);
    for (name, columns) in TABLES {
        // A comma inside parentheses belongs to the type.
        let columns = columns.split(", ").map(|column| {
            let nullable = column.ends_with('?');
            let (name, declared) = column.trim_end_matches('?').rsplit_once(' ').unwrap();
            TableColumn {
                name: name.into(),
                declared: declared.into(),
                ty: Type::from_declared(declared),
                nullable,
                ..TableColumn::default()
            }
        });
        catalog.add(Table {
            name: (*name).into(),
            columns: columns.collect(),
            ..Table::default()
        });
    }
    catalog
}

/// A text in one layout, whatever its case: keywords and names of functions are not kept as written.
fn laid_out(text: &str) -> String {
    let parse = rql::parse(text);
    assert!(parse.is_ok(), "{text}\n{:?}", parse.diagnostics);
    let formatted = rql::format(&parse.ast, &rql::ast::FormatOptions::default());
    formatted.trim().trim_end_matches(';').to_lowercase()
}

#[test]
fn a_persons_select_comes_out_as_that_persons_select() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/person.sql");
    let text = std::fs::read_to_string(path).unwrap();
    let catalog = catalog();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in text.lines().filter(|line| !line.starts_with("--")) {
        let parse = rql::parse(line);
        let statement = parse.ast.statements.ids().next().unwrap();
        let env = Env {
            catalog: &catalog,
            dialect: Dialect::Postgresql,
            variables: &|_| None,
            fold: None,
        };
        count += 1;
        match compile(&parse.ast, statement, &env) {
            Err(errors) => wrong.push(format!("{line}\n  {}", errors[0].message)),
            Ok(done) if laid_out(&done.sql) != laid_out(line) => {
                wrong.push(format!("{line}\n  {}", done.sql));
            }
            Ok(_) => {}
        }
    }
    println!("{count} statements, {} come out otherwise", wrong.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
