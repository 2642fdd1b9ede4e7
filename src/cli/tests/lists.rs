//! List parameters: the same rows on SQLite and PostgreSQL, which compares with an array that psql is
//! given.

mod common;

use common::{noctra, rqlc};
use noctra_test_servers::Postgres;

const TABLE: &str = "\
CREATE TABLE e (id INTEGER PRIMARY KEY, dept TEXT, code VARCHAR(4), pay DECIMAL(10,2), wide DECIMAL(30,4), d DATE,
  at TIMESTAMP, ok BOOLEAN, x DOUBLE PRECISION);
INSERT INTO e VALUES (1, 'IT', 'a', 1.5, 12345678901234567890.5, '2024-01-01', '2024-01-01 10:00', TRUE, 0.1),
  (2, 'it, ''s', 'b ', 2.50, 1, '2024-02-29', '2024-01-01 00:00:00.5', FALSE, 1e10), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
";

/// What is bound, and what asks for it.
const LISTS: &[(&str, &str)] = &[
    ("LET l = ('IT', 'HR')", "dept IN :l"),
    ("LET l = ['IT', 'it, ''s']", "dept IN :l"),
    ("LET l = ['HR', NULL]", "dept IN :l"),
    ("LET l = ['HR', NULL]", "dept NOT IN :l"),
    ("LET l = ['IT']", "dept NOT IN :l"),
    ("LET l = ARRAY[]::text[]", "dept IN :l"),
    ("LET l = ARRAY[]::text[]", "dept NOT IN :l"),
    ("LET l = NULL", "dept NOT IN :l"),
    ("LET l = NULL", "dept IN :l"),
    ("LET l = ARRAY(SELECT id FROM e WHERE id > 1)", "id IN :l"),
    ("LET l = (1, 3)", "id = ANY(:l)"),
    ("LET l = (1, 3)", "id < ALL(:l)"),
    ("LET l = (1, 3000000000)", "id IN :l"),
    ("LET l = (1.50, 2.5)", "pay IN :l"),
    ("LET l = (1.50, 2.5)", "pay NOT IN :l AND id > 0"),
    ("LET l = (2, 3)", "pay * 1.0 IN :l OR pay > ANY(:l)"),
    ("LET l = (12345678901234567890.50, 1.0)", "wide IN :l"),
    ("LET l = (DATE '2024-02-29', NULL)", "d IN :l"),
    (
        "LET l = (TIMESTAMP '2024-01-01 00:00:00.5', TIMESTAMP '2024-01-01 10:00')",
        "at IN :l",
    ),
    ("LET l = (TRUE, NULL)", "ok IN :l"),
    ("LET l = (0.1e0, 1e10)", "x NOT IN :l"),
    ("LET l = ('a', 'b')", "code IN :l"),
    (
        "LET l = ('IT', 'x')",
        "upper(dept) IN :l AND NOT dept IN :l OR id IN (3)",
    ),
    ("LET l = (1, 2)", "id + 1 IN :l"),
];

#[test]
fn lists_hold_alike() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let url = server.url();
    let text = |(list, condition): &(&str, &str)| {
        format!("{list}; SELECT id, {condition} AS holds FROM e ORDER BY id;\n")
    };
    let all: String = LISTS.iter().map(text).collect();
    let answer = |database: &str| {
        let ran = noctra(
            &["--db", database, "--format", "csv"],
            &format!("{TABLE}{all}"),
        );
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{database}");
        ran.out
    };
    let [sqlite, postgresql] = ["sqlite::memory:", url.as_str()].map(answer);
    for ((case, a), b) in LISTS
        .iter()
        .zip(sqlite.split("id,holds"))
        .zip(postgresql.split("id,holds"))
    {
        assert_eq!(a, b, "before {case:?}");
    }
    assert_eq!(sqlite, postgresql);
    // As psql answers with the list written out.
    let empty: Vec<_> = sqlite.split("id,holds").skip(6).take(2).collect();
    assert_eq!(empty, ["\n1,f\n2,f\n3,f\n", "\n1,t\n2,t\n3,t\n"]);
}

#[test]
fn the_command_line_gives_a_list() {
    let ids = |var: &str, condition: &str| {
        let text = format!("{TABLE}SELECT id FROM e WHERE {condition} ORDER BY id;");
        let ran = noctra(
            &["--db", "sqlite::memory:", "--format", "csv", "--var", var],
            &text,
        );
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out
    };
    assert_eq!(ids("l=IT, HR", "dept IN :l"), "id\n1\n");
    assert_eq!(ids("l=1,3", "id IN :l"), "id\n1\n3\n");
    assert_eq!(ids("l=", "id NOT IN :l"), "id\n1\n2\n3\n");
    assert_eq!(ids("l={\"it, 's\",IT}", "dept IN :l"), "id\n1\n2\n");
    assert_eq!(ids("l=2.5", "pay IN :l"), "id\n2\n");
    let refused = |list: &str, condition: &str| {
        let text = format!("{TABLE}{list}; SELECT id FROM e WHERE {condition};");
        let ran = noctra(&["--db", "sqlite::memory:", "--var", "days=soon"], &text);
        assert_eq!(ran.code, Some(1), "{list} {condition}");
        ran.err
    };
    assert!(refused("PRINT 1", "d IN :days").contains("date[]"));
    assert!(refused("LET l = 'IT'", "dept IN :l").contains("IN (:x)"));
    assert!(refused("LET l = ('IT', 'HR')", "id IN :l").contains("do not compare"));
    assert!(refused("LET l = (1, 'x')", "id IN :l").contains("RQL0301"));
}

#[test]
fn a_list_is_in_the_signature_and_found_by_an_index() {
    let folder = common::folder(&[(
        "a.rql",
        "CREATE TABLE e (id INTEGER PRIMARY KEY, d DATE);\nPARAM days DATE[] DEFAULT [DATE '2024-01-01'];\nSELECT id FROM e WHERE id IN :ids AND d IN :days;\n",
    )]);
    let path = folder.path().join("a.rql");
    let ran = rqlc(&["check", &path.to_string_lossy()], "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.contains("ids   integer[]  not null  required"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("days  date[]"), "{}", ran.out);
    let plan = noctra(
        &["--db", "sqlite::memory:", "--var", "l=1,2"],
        &format!("{TABLE}EXPLAIN SELECT id FROM e WHERE id IN :l;"),
    );
    assert!(plan.out.contains("SEARCH e"), "{}{}", plan.out, plan.err);
}
