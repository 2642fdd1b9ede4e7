//! Hover, signatures, completeness, colours, diagnostics.

mod common;

use common::{at, world};
use rql_ide::{Class, Completeness, Kind, Missing, Snapshot};

fn title(text: &str) -> Option<String> {
    let (snapshot, cursor) = at(text);
    snapshot.hover(cursor).map(|hover| hover.title)
}

#[test]
fn hover_says_what_a_name_is() {
    for (text, wanted) in [
        (
            "SELECT sal|ary FROM employees;",
            "employees.salary: numeric(10,2), may be NULL",
        ),
        ("SELECT e.na|me FROM employees e;", "employees.name: text"),
        ("SELECT |e.name FROM employees e;", "e: alias of employees"),
        (
            "SELECT x.o|ne FROM (SELECT id AS one FROM employees) x;",
            "one: integer",
        ),
        ("SELECT * FROM emp|loyees;", "table employees"),
        ("SELECT * FROM act|ive;", "view active"),
        (
            "WITH x AS (SELECT id FROM employees) SELECT * FROM |x;",
            "WITH x",
        ),
        (
            "UPDATE employees SET sal|ary = 1;",
            "employees.salary: numeric(10,2), may be NULL",
        ),
        ("SELECT upp|er(name) FROM employees", "upper: in upper case"),
        (
            "SELECT sal|ary FROM employees WHERE",
            "employees.salary: numeric(10,2), may be NULL",
        ),
    ] {
        let got = title(text).unwrap_or_default();
        match wanted.strip_prefix("upper") {
            Some(_) => assert!(got.starts_with("upper"), "{text}: {got}"),
            None => assert_eq!(got, wanted, "{text}"),
        }
    }
    let (snapshot, cursor) =
        at("WITH x AS (SELECT salary AS pay FROM employees) SELECT pa|y FROM x;");
    let hover = snapshot.hover(cursor).expect("a column");
    assert_eq!(
        (hover.kind, hover.lines.as_slice()),
        (Kind::Column, &["it is employees.salary".to_owned()][..])
    );
    assert_eq!(hover.span.text(snapshot.text()), "pay");
    assert_eq!(title("SELECT 1 | + 2;"), None);
    assert_eq!(title("SELECT :li|mit;"), Some(":limit: integer".into()));
    assert_eq!(
        title("SELECT :no|body;"),
        Some("parameter :nobody: text".into())
    );
}

#[test]
fn signatures_follow_the_arguments() {
    let (snapshot, cursor) = at("SELECT substr(name, | FROM employees");
    let help = snapshot.signature(cursor).expect("a call");
    assert_eq!((help.name.as_str(), help.active), ("substr", 1));
    assert_eq!(help.ways[0][1], "integer");
    let (snapshot, cursor) = at("SELECT coalesce(upper(|");
    assert_eq!(
        snapshot.signature(cursor).map(|help| help.name),
        Some("upper".into())
    );
    let (snapshot, cursor) = at("MACRO add(a, b) AS a + b; SELECT add(1, |");
    let help = snapshot.signature(cursor).expect("a call");
    assert_eq!(
        (help.ways, help.active),
        (vec![vec!["a".to_owned(), "b".to_owned()]], 1)
    );
    let (snapshot, cursor) = at("SELECT | FROM employees");
    assert_eq!(snapshot.signature(cursor), None);
    let way = |text: &str| {
        let (snapshot, cursor) = at(text);
        let help = snapshot
            .signature(cursor)
            .unwrap_or_else(|| panic!("{text}"));
        (help.ways[0].join(", "), help.active)
    };
    let series = ("start, stop, [step]".to_owned(), 1);
    assert_eq!(way("SELECT * FROM generate_series(1, |"), series);
    // Behind an argument and a blank as well.
    assert_eq!(way("SELECT string_agg(name, ', ' |").1, 1);
    let columns = ("id integer, name text, city text".to_owned(), 1);
    assert_eq!(way("INSERT INTO departments VALUES (1, |"), columns);
    assert_eq!(
        way("INSERT INTO departments VALUES (1, 'x', 'y'), (2, |)"),
        columns
    );
    let columns = ("city text, id integer".to_owned(), 0);
    assert_eq!(way("INSERT INTO departments (city, id) VALUES (|"), columns);
}

#[test]
fn hover_says_what_is_named_where_it_is_named_and_what_it_is_computed_from() {
    let said = |text: &str| {
        let (snapshot, cursor) = at(text);
        let hover = snapshot.hover(cursor).unwrap_or_else(|| panic!("{text}"));
        (hover.title, hover.lines.join("; "))
    };
    let with = "WITH x AS (SELECT id AS one, salary * 2 AS pay FROM employees)";
    for (text, title, lines) in [
        (
            "SELECT d.id FROM departments |d",
            "d: alias of departments",
            "id: integer; name: text; city: text",
        ),
        (
            "WITH |x AS (SELECT id FROM departments) SELECT id FROM x",
            "WITH x",
            "id: integer",
        ),
        (
            "SELECT upper(name) AS |big FROM departments",
            "big: text",
            "",
        ),
        (
            "SELECT |* FROM departments",
            "*",
            "id: integer; name: text; city: text",
        ),
        (
            "SELECT count(*), d.|* FROM departments d",
            "d.*",
            "id: integer; name: text; city: text",
        ),
        (
            &format!("{with} SELECT |one FROM x"),
            "one: integer",
            "it is employees.id",
        ),
        (
            &format!("{with} SELECT |pay FROM x"),
            "pay: numeric, may be NULL",
            "it is computed from employees.salary",
        ),
        (
            "SELECT |id FROM (SELECT id FROM departments UNION SELECT id FROM projects) u",
            "id: integer",
            "it is departments.id or projects.id",
        ),
        (
            "SELECT |name FROM active",
            "active.name: text",
            "it is employees.name",
        ),
    ] {
        assert_eq!(said(text), (title.to_owned(), lines.to_owned()), "{text}");
    }
}

#[test]
fn enter_runs_what_is_complete() {
    let of = |text: &str| Snapshot::new(&world(), text).completeness();
    for text in [
        "",
        "  ",
        ".tables",
        r"\dt",
        "SELECT 1;",
        "SELECT 1; -- done",
        "SELEC 1;",
        "LET a = ';';",
        "-- x",
        // No further line makes a statement of these.
        "clear",
        "open shop.db",
    ] {
        assert_eq!(of(text), Completeness::Complete, "{text}");
    }
    for (text, missing) in [
        ("SELECT 1", Missing::Semicolon),
        ("SELCT name", Missing::Semicolon),
        ("VACUUM", Missing::Semicolon),
        ("SELECT (1,", Missing::Parenthesis),
        ("SELECT ';", Missing::Quote),
        ("/* ; ", Missing::Comment),
        ("SELECT 1; SELECT", Missing::Semicolon),
        ("$$ a;", Missing::Quote),
        ("IF true THEN PRINT 1;", Missing::End),
        ("FOR r IN (SELECT 1) LOOP PRINT 1;", Missing::End),
    ] {
        assert_eq!(of(text), Completeness::Incomplete(missing), "{text}");
    }
}

#[test]
fn colours_follow_the_place() {
    let of = |text: &str| -> Vec<(String, Class)> {
        let snapshot = Snapshot::new(&world(), text);
        let all = snapshot.highlight().into_iter();
        all.map(|it| (it.span.text(text).to_owned(), it.class))
            .collect()
    };
    assert_eq!(of(".tables x"), [(".tables".into(), Class::Command)]);
    assert_eq!(of(".tabels x"), [(".tabels".into(), Class::Error)]);
    assert_eq!(
        of("SELECT 'x' FROM t"),
        [
            ("SELECT".into(), Class::Keyword),
            ("'x'".into(), Class::Text),
            ("FROM".into(), Class::Keyword),
            ("t".into(), Class::Table)
        ]
    );
}

#[test]
fn diagnostics_see_what_statements_before_have_made() {
    let wrong = |text: &str| Snapshot::new(&world(), text).diagnostics();
    assert!(wrong("CREATE TABLE fresh (a INTEGER); SELECT a FROM fresh;").is_empty());
    assert_eq!(wrong("SELECT nothing FROM employees; SELEC 1;").len(), 2);
}
