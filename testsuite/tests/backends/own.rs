//! What a PostgreSQL server has of its own: functions that somebody made there, and its system's tables.

use crate::common::run_csv;
use crate::servers::{Backend, servers};

const MADE: &str = "\
CREATE TABLE emp (id INTEGER, name TEXT);
INSERT INTO emp VALUES (1, 'Ada'), (2, 'Bob');
NATIVE CREATE SCHEMA app;
CREATE FUNCTION app.shout(text) RETURNS text LANGUAGE sql AS 'SELECT upper($1)';
CREATE FUNCTION \"Twice\"(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';
CREATE FUNCTION sums(a integer, b integer DEFAULT 5) RETURNS integer LANGUAGE sql AS 'SELECT a + b';
CREATE FUNCTION sums(a text) RETURNS text LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION kids(n integer) RETURNS TABLE (id integer, kid text) LANGUAGE sql
  AS 'SELECT i, ''k'' || i FROM generate_series(1, n) AS i';
CREATE FUNCTION app.nums(n integer) RETURNS SETOF integer LANGUAGE sql AS 'SELECT generate_series(1, n)';
CREATE FUNCTION outs(IN a integer, OUT b integer, OUT c text) LANGUAGE sql AS 'SELECT a + 1, ''x''::text';
CREATE FUNCTION staff() RETURNS SETOF emp LANGUAGE sql AS 'SELECT * FROM emp ORDER BY id';
CREATE FUNCTION any_rows(n integer) RETURNS SETOF record LANGUAGE sql AS 'SELECT i, ''k'' || i FROM generate_series(1, n) AS i';
NATIVE CREATE TYPE pair AS (a integer, b text);
NATIVE CREATE TABLE pairs (p pair, at point);
NATIVE INSERT INTO pairs VALUES (ROW(7, 'x'), '(1,2)');
CREATE AGGREGATE added(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = 0)";

/// A query, and its rows: what psql gives for it.
const ASKED: &[(&str, &[&str])] = &[
    (
        "SELECT app.shout('é') || '!', \"Twice\"(id) + 1 FROM emp ORDER BY id",
        &["É!,3", "É!,5"],
    ),
    ("SELECT sums(1, 2), sums(b => 1, a => 1)", &["3,2"]),
    (
        "SELECT sum(\"Twice\"(id)) FROM emp WHERE app.shout(name) = 'BOB'",
        &["4"],
    ),
    ("SELECT * FROM kids(2)", &["1,k1", "2,k2"]),
    ("SELECT kid FROM kids(3) AS k WHERE k.id > 2", &["k3"]),
    (
        "SELECT e.name, k.kid FROM emp AS e, kids(e.id) AS k ORDER BY 1, 2",
        &["Ada,k1", "Bob,k1", "Bob,k2"],
    ),
    ("SELECT nums FROM app.nums(2)", &["1", "2"]),
    ("SELECT n + 1 FROM app.nums(2) AS n", &["2", "3"]),
    (
        "SELECT x.n, x.place FROM app.nums(1) WITH ORDINALITY AS x (n, place)",
        &["1,1"],
    ),
    ("SELECT * FROM outs(1)", &["2,x"]),
    ("SELECT name FROM staff() WHERE id = 2", &["Bob"]),
    (
        "SELECT m FROM regexp_matches('abcb', '[bc]', 'g') AS m",
        &["{b}", "{c}", "{b}"],
    ),
    (
        "SELECT relname FROM pg_class WHERE relname = 'emp'",
        &["emp"],
    ),
    (
        "SELECT c.relname, n.nspname FROM pg_catalog.pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = 'emp'",
        &["emp,public"],
    ),
    (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
        &["emp", "pairs"],
    ),
    (
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active'",
        &["t"],
    ),
    // Records, whose columns the statement tells.
    (
        "SELECT a + 1, b FROM any_rows(2) AS t(a integer, b text) WHERE b <> 'k1'",
        &["3,k2"],
    ),
    (
        "SELECT * FROM json_to_record('{\"a\": 1, \"b\": \"x\", \"c\": 1.5}'::json) AS t(a int, b text, c numeric(5,2))",
        &["1,x,1.50"],
    ),
    (
        "SELECT id, x, y FROM emp, jsonb_to_recordset('[{\"x\": 1}, {\"x\": 2, \"y\": \"z\"}]'::jsonb) AS t(x int, y text) WHERE x = id",
        &["1,1,NULL", "2,2,z"],
    ),
    ("SELECT (outs(1)).b + 1, (outs(1)).c", &["3,x"]),
    ("SELECT (p).a, (p).b FROM pairs", &["7,x"]),
    // An aggregate of somebody's.
    ("SELECT added(id) FROM emp", &["3"]),
    (
        "SELECT id % 2, added(id) + 1 FROM emp GROUP BY 1 HAVING added(id) > 1",
        &["0,3"],
    ),
    // What RQL has no type for is shown as text.
    ("SELECT at, p FROM pairs", &["\"(1,2)\",\"(7,x)\""]),
    (
        "SELECT relfrozenxid::text > '', relacl FROM pg_class WHERE relname = 'emp'",
        &["t,NULL"],
    ),
    (
        "NATIVE SELECT int4range(1, 4) AS r, 1 AS one;",
        &["\"[1,4)\",1"],
    ),
];

#[test]
fn what_a_postgresql_server_has_of_its_own_is_called_and_read() {
    let servers = servers();
    if !servers.all().contains(&Backend::Postgresql) {
        return;
    }
    let mut session = servers.session(Backend::Postgresql);
    let made = run_csv(&mut session, MADE);
    assert!(made.is_ok(), "{made:?}");
    for (text, expected) in ASKED {
        let expected: Vec<String> = expected.iter().map(|&row| row.to_owned()).collect();
        assert_eq!(run_csv(&mut session, text), Ok(expected), "{text}");
    }
}
