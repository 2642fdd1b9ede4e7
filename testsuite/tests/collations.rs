//! Tables whose texts have a collation of their own, on a real MariaDB: they compare by their bytes all
//! the same, as PostgreSQL's do in C.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::run_csv;
use noctra_runtime::{Session, Target};
use noctra_test_servers::MariaDb;

const TABLES: &str = "\
NATIVE CREATE TABLE people (id INT PRIMARY KEY, \
  name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, \
  place VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci);\
INSERT INTO people VALUES (1, 'a', 'Ulm'), (2, 'A', 'ulm'), (3, 'á', 'Ülm'), (4, 'a ', 'Ulm '), (5, NULL, NULL);";

/// Queries, and what byte order makes of them.
const CASES: &[(&str, &[&str])] = &[
    ("SELECT id FROM people WHERE name = 'a'", &["1"]),
    (
        "SELECT id FROM people WHERE name IN ('A', 'á') ORDER BY id",
        &["2", "3"],
    ),
    ("SELECT id FROM people WHERE name LIKE 'A%'", &["2"]),
    ("SELECT id FROM people WHERE place = 'Ulm'", &["1"]),
    (
        "SELECT id FROM people WHERE name > 'B' ORDER BY name",
        &["1", "4", "3"],
    ),
    (
        "SELECT name FROM people ORDER BY name",
        &["A", "a", "a ", "á", "NULL"],
    ),
    (
        "SELECT id FROM people ORDER BY name DESC NULLS LAST",
        &["3", "4", "1", "2", "5"],
    ),
    (
        "SELECT count(DISTINCT name) AS n, count(DISTINCT place) AS p FROM people",
        &["4,4"],
    ),
    (
        "SELECT DISTINCT name FROM people ORDER BY 1",
        &["A", "a", "a ", "á", "NULL"],
    ),
    (
        "SELECT name, count(*) AS n FROM people GROUP BY name ORDER BY name",
        &["A,1", "a,1", "a ,1", "á,1", "NULL,1"],
    ),
    (
        "SELECT min(name) AS a, max(name) AS b FROM people",
        &["A,á"],
    ),
    (
        "SELECT string_agg(name, '|' ORDER BY name DESC) AS s FROM people",
        &["á|a |a|A"],
    ),
    (
        "SELECT p.id, q.id AS other FROM people p JOIN people q USING (name) ORDER BY 1",
        &["1,1", "2,2", "3,3", "4,4"],
    ),
    (
        "SELECT id, row_number() OVER (PARTITION BY place ORDER BY id) AS r FROM people ORDER BY id",
        &["1,1", "2,1", "3,1", "4,1", "5,1"],
    ),
    (
        "SELECT name FROM people WHERE id < 3 UNION SELECT 'a' ORDER BY name",
        &["A", "a"],
    ),
    (
        "SELECT name FROM (SELECT name FROM people) d WHERE name = 'A'",
        &["A"],
    ),
    (
        "SELECT upper(name) || place AS x FROM people WHERE place ~ '^Ü'",
        &["ÁÜlm"],
    ),
];

#[test]
fn texts_compare_by_their_bytes() {
    let server = match MariaDb::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let target = Target::parse(&server.url());
    let mut session = target
        .and_then(Session::open)
        .unwrap_or_else(|error| panic!("{error}"));
    for statement in TABLES.split_terminator(';') {
        run_csv(&mut session, statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    for (query, expected) in CASES {
        let rows = run_csv(&mut session, query).unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(rows, *expected, "{query}");
    }
    run_csv(&mut session, "DELETE FROM people WHERE name = 'A'").unwrap_or_else(|e| panic!("{e}"));
    let left = run_csv(&mut session, "SELECT count(*) AS n FROM people");
    assert_eq!(left.as_deref(), Ok(&["4".to_owned()][..]));
}
