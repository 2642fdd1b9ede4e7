//! The list of statements lacks none, and what it shows is RQL.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use rql_ide::{STATEMENTS, Statement};

#[test]
fn every_beginning_of_a_statement_is_listed() {
    let (snapshot, at) = common::at("|");
    let begun = snapshot.complete(at).items;
    let words: Vec<&str> = begun
        .iter()
        .map(|item| item.label.as_str())
        .filter(|label| label.chars().all(|c| c.is_ascii_uppercase() || c == ' '))
        .collect();
    assert!(words.len() > 40, "{words:?}");
    for word in words {
        // CREATE and DROP alone go on with words that are listed.
        assert!(Statement::named(word).is_some(), "{word} is not listed");
    }
}

#[test]
fn every_example_reads_and_begins_as_it_says() {
    for statement in STATEMENTS {
        let parse = rql_grammar::parse(statement.example);
        assert!(
            parse.diagnostics.is_empty(),
            "{}: {:?}",
            statement.name,
            parse.diagnostics
        );
        let first = statement.name.split(" | ").next().expect("a name");
        assert!(
            statement
                .example
                .contains(first.split(' ').next().expect("a word"))
        );
        assert!(statement.example.ends_with(';'), "{}", statement.name);
    }
    assert_eq!(
        Statement::named("drop view").map(|s| s.name),
        Some("DROP TABLE | DROP VIEW | DROP INDEX")
    );
    assert_eq!(Statement::named("export;").map(|s| s.name), Some("EXPORT"));
    assert!(Statement::named("selekt").is_none());
}
