//! Templates, LET relations and macros: the same answers on SQLite and PostgreSQL.

mod common;

use common::{demo_server, noctra};

const SCRIPT: &str = "\
LET least = 90000;
LET rich AS SELECT id, dept, salary FROM employees WHERE salary > :least;
LET least := 0;
LET it AS SELECT * FROM rich WHERE dept = 'IT';
SELECT count(*) FROM rich;
SELECT count(*) FROM it AS r WHERE r.salary > :least;
WITH it AS (SELECT 1 AS one) SELECT one, count(*) FROM it, rich GROUP BY one;
LET employees AS SELECT * FROM employees WHERE id < 1010;
SELECT count(*) FROM employees;
UNSET employees;
MACRO net(price, tax := 0.25) AS price / (1 + tax);
MACRO twice(x) AS x + x;
MACRO total(x) AS COALESCE(SUM(x), 0);
MACRO above(x) AS (SELECT count(*) FROM rich AS e WHERE e.salary > x);
MACRO top_n(n := 3) AS TABLE SELECT id, salary FROM employees ORDER BY salary DESC, id LIMIT n;
SELECT twice(twice(3)) AS t, net(125) = 100 AS n, net(11, tax := 0.1) = 10 AS m;
SELECT dept, total(twice(salary)) = 2 * sum(salary) AS same FROM employees GROUP BY dept ORDER BY dept;
SELECT count(*) FROM top_n(2) AS t WHERE above(t.salary) < 2;
SELECT count(*) FROM top_n();
SELECT {{#if total}} sum(id) AS ids {{else}} id, name {{/if}} FROM employees
WHERE id < 1003 {{#if dept}} AND dept = :dept {{/if}} {{#unless total}} ORDER BY id {{/unless}};
LET total = 0;
SELECT {{#if total}} sum(id) AS ids {{else}} id, name {{/if}} FROM employees
WHERE id < 1003 {{#if dept}} AND dept = :dept {{/if}} {{#unless total}} ORDER BY id {{/unless}};
LET two = ['IT', 'HR'];
SELECT count(*) AS n FROM employees WHERE dept IN (:two) AND dept NOT IN (:two) OR dept IN (:two);
LET c = 'id';
LET t = 'Employees';
SELECT min({{c}}) AS first FROM {{t}} AS e WHERE e.{{c}} > 0;
{{#if total = 0 AND NOT dept}} SELECT 'yes' AS answer; {{else}} SELECT 'no' AS answer; {{/if}}
";

#[test]
fn one_script_two_databases() {
    let sqlite = noctra(&["--demo", "--format", "csv"], SCRIPT);
    assert_eq!((sqlite.code, sqlite.err.as_str()), (Some(0), ""));
    let results: Vec<&str> = sqlite.out.split("\n").collect();
    // The demo's first two employees are 1001 and 1002, nine stand below 1010, two have the largest salaries.
    for line in ["9", "68", "12,t,t", "ids", "2003", "1001", "yes"] {
        assert!(results.contains(&line), "{line} is in {}", sqlite.out);
    }
    let Some(server) = demo_server() else { return };
    let url = server.url();
    let postgresql = noctra(&["--db", &url, "--format", "csv"], SCRIPT);
    assert_eq!((postgresql.code, postgresql.err.as_str()), (Some(0), ""));
    assert_eq!(sqlite.out, postgresql.out);
}

#[test]
fn mistakes_are_told_where_they_are_made() {
    for (text, code, said) in [
        (
            "SELECT id {{#if a}}, city {{/if}} FROM employees",
            "RQL0202",
            "this happens if a",
        ),
        (
            "SELECT {{#if a}} dept {{/if}} FROM employees",
            "RQL0402",
            "this happens if not a",
        ),
        (
            "SELECT dept, count(*) FROM employees {{#if a AND b}} GROUP BY dept {{/if}}",
            "RQL0205",
            "this happens if not b",
        ),
        (
            "SELECT id FROM employees WHERE id > 1 {{#if dept.x}} AND id = 1 {{/if}}",
            "RQL0402",
            "only parameters can be asked for",
        ),
        (
            "UPDATE employees SET {{#if a}} name = 'x' {{/if}} WHERE id = 1",
            "RQL0102",
            "this happens if not a",
        ),
        (
            "DELETE FROM employees WHERE {{#if a}} id = 1 {{/if}}",
            "RQL0402",
            "{{else}} says what",
        ),
        (
            "SELECT id FROM employees ORDER BY id LIMIT 1 WITH TIES",
            "RQL0101",
            "FETCH FIRST 1 ROWS WITH TIES",
        ),
        (
            "FOR r IN (SELECT id FROM employees LIMIT 1) LOOP PRINT r.id; END LOOP",
            "RQL0201",
            "a field of the loop's row is :r.id",
        ),
        (
            "MACRO a(x) AS b(x); MACRO b(x) AS a(x); SELECT a(1)",
            "RQL0405",
            "a → b → a",
        ),
        (
            "MACRO m(a) AS a + salary; SELECT m(1) FROM employees",
            "RQL0202",
            "a macro sees its parameters only",
        ),
        (
            "MACRO m(a, b := 1) AS a; SELECT m()",
            "RQL0405",
            "m(a, b := 1)",
        ),
        (
            "LET c = 'id; DROP TABLE employees'; SELECT {{c}} FROM employees",
            "RQL0202",
            "no column id; drop table employees",
        ),
        (
            "LET c = 'id'; SELECT id AS {{c}} FROM employees",
            "RQL0402",
            "an alias",
        ),
        (
            "LET c = 'upper'; SELECT {{c}}(name) FROM employees",
            "RQL0402",
            "a function",
        ),
        (
            "LET c = 'x'; CREATE TABLE {{c}} (a integer)",
            "RQL0402",
            "changes of rows",
        ),
        ("SELECT {{c}} FROM employees", "RQL0410", "c has no value"),
        ("LET t AS SELECT nosuch FROM employees", "RQL0202", "nosuch"),
        (
            "LET t AS SELECT id FROM employees; USE demo; SELECT * FROM t",
            "RQL0703",
            "COPY",
        ),
    ] {
        let ran = noctra(&["--demo"], text);
        assert_eq!(ran.code, Some(1), "{text}");
        assert!(
            ran.err.contains(code) && ran.err.contains(said),
            "{text}\n{}",
            ran.err
        );
    }
}
