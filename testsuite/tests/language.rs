//! Every construct of the language, chapter by chapter: it reads without a diagnostic and survives
//! formatting.

use noctra_testsuite::check_format;

fn all_read(statements: &str) {
    let mut failures = Vec::new();
    for statement in statements
        .split("\n\n")
        .map(str::trim)
        .filter(|s| !s.is_empty())
    {
        let parse = rql_grammar::parse(statement);
        if let Some(diagnostic) = parse.diagnostics.first() {
            failures.push(format!(
                "{statement}\n  {}: {}\n",
                diagnostic.code, diagnostic.message
            ));
        } else if let Err(what) = check_format(statement) {
            failures.push(format!("{statement}\n  {what}\n"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn chapter_2_text() {
    all_read(
        r#"
SELECT "Quoted", `x`, [Order Details], 'it''s', E'\n', $$a'b$$, $tag$ $$ $tag$, X'0aff', 1, 1_000, .5, 1e9, 0xff;

-- a comment
SELECT 1; /* nested /* comments */ here */

#!/usr/bin/env noctra
SELECT $1, :name, ?;

SELECT 💝 FROM naïve_☯;

SELECT x::type, a -> 'b', a ->> 'b', a || b, a ~ 'b', a !~* 'c', data ? 'key', data @> '{}', -5, +a, ~b;

SELECT a FROM t WHERE TRUE {{#if x}} AND a = :x {{else}} AND b = 1 {{/if}} {{#unless y}} AND c {{/unless}};

SELECT {{column}} FROM {{table}}"#,
    );
}

#[test]
fn chapter_3_queries() {
    all_read(
        r#"
SELECT ALL a, DISTINCT_b FROM t;

SELECT DISTINCT ON (a, b) a, b AS c, t.*, * EXCLUDE (x, y), * REPLACE (a + 1 AS a), * RENAME (a AS z) FROM s.t;

SELECT * FROM a INNER JOIN b ON a.id = b.id LEFT JOIN c USING (id) RIGHT OUTER JOIN d ON TRUE FULL JOIN e ON TRUE CROSS JOIN f NATURAL JOIN g, h, LATERAL (SELECT 1) AS l(x);

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, t), generate_series(1, 10) WITH ORDINALITY AS g(x, n), unnest(ARRAY[1, 2]) AS u, read_csv('f.csv');

SELECT * FROM ROWS FROM (f(1), unnest(ARRAY[1])) WITH ORDINALITY AS r(a, b, n), LATERAL ROWS FROM (g(r.a));

SELECT a, count(*) FROM t WHERE b GROUP BY a, 2, ROLLUP (a, b), CUBE (c), GROUPING SETS ((a), (b), ()) HAVING count(*) > 1;

SELECT a FROM t GROUP BY ALL;

SELECT sum(x) OVER w, rank() OVER (PARTITION BY a ORDER BY b DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES), lag(x, 1, 0) IGNORE NULLS OVER (ORDER BY b GROUPS 2 PRECEDING) FROM t WINDOW w AS (ORDER BY c RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND INTERVAL '1' DAY FOLLOWING) QUALIFY row_number() OVER w = 1;

SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4 ORDER BY 1 NULLS FIRST LIMIT 10 OFFSET 5;

(SELECT 1 LIMIT 1) UNION (SELECT 2) FETCH FIRST 3 ROWS WITH TIES;

SELECT * FROM t FOR UPDATE OF t SKIP LOCKED;

WITH a AS (SELECT 1), b (x, y) AS MATERIALIZED (SELECT 1, 2) SELECT * FROM a, b;

WITH RECURSIVE a AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM a) SEARCH BREADTH FIRST BY i, "J" SET o CYCLE i, j SET c TO 'Y' DEFAULT 'N' USING p, b AS (SELECT 1 UNION ALL SELECT 2) CYCLE x SET y USING z SELECT search, cycle FROM a AS search, b cycle;

WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT * FROM n;

SELECT (SELECT max(x) FROM t), EXISTS (SELECT 1), a IN (SELECT b FROM c), a = ANY (SELECT 1), a > ALL (ARRAY[1]), a = SOME (SELECT 2);

FROM t;

FROM t SELECT a WHERE b ORDER BY c;

TABLE t;

VALUES (1, 2), (3, 4);"#,
    );
}

#[test]
fn chapter_3_expressions() {
    all_read(
        r#"
SELECT CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE x WHEN 1 THEN 'a' END, CAST(a AS DECIMAL(10, 2)), TRY_CAST(b AS INTEGER), c::timestamp with time zone;

SELECT a BETWEEN SYMMETRIC 1 AND 2 AND NOT b NOT BETWEEN 3 AND 4, a NOT IN (1, 2), a NOT LIKE 'x%' ESCAPE '!', a ILIKE 'b', a SIMILAR TO 'c|d', a IS NOT NULL, a IS TRUE, a IS NOT FALSE, a IS UNKNOWN, a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b;

SELECT (a, b) = (1, 2), ROW(1, 'x'), extract(year FROM d), substring(s FROM 1 FOR 2), position('a' IN s), overlay(s PLACING 'x' FROM 2 FOR 1), trim(BOTH ' ' FROM s), trim(LEADING FROM s), trim(s);

SELECT a IS JSON, a + b IS NOT JSON OBJECT WITH UNIQUE KEYS, a IS /* which */ NFC NORMALIZED AND NOT b IS JSON ARRAY FROM t;

SELECT * INTO UNLOGGED TABLE copy FROM t;

CREATE TABLE p (a int, b DECIMAL(10, 2), PRIMARY KEY (a) INCLUDE (b), CHECK (b > 0) NOT ENFORCED) PARTITION BY RANGE (a);

CREATE TABLE p1 PARTITION OF p (b DEFAULT 0) FOR VALUES FROM (MINVALUE) TO (2016) PARTITION BY LIST (b);

CREATE TABLE p2 PARTITION OF p FOR VALUES IN (1, 2);

CREATE TABLE p3 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 2);

CREATE TABLE p4 PARTITION OF p DEFAULT;

CREATE TABLE e (a int, EXCLUDE USING gist (a WITH =, (b || c) WITH &&) WHERE (a > 0), CONSTRAINT x EXCLUDE (a WITH =) DEFERRABLE, exclude int);

ALTER TABLE IF EXISTS ONLY s.p ATTACH PARTITION p1 FOR VALUES IN (1); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t ALTER COLUMN a SET STATISTICS 5;

CREATE TABLE c (b int) INHERITS (a, s.b);

CREATE TABLE u (u UNION(a int, b text), m MAP(TEXT, DECIMAL(38, 0)));

SELECT INTERVAL '1 month', INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, ts AT TIME ZONE 'UTC', DATE '2024-02-29', TIMESTAMP '2024-01-01 00:00:00', s COLLATE "C";
SELECT interval AS years, t.interval FROM month AS t;
SELECT interval FROM year;

SELECT data -> 'a' ->> 'b', data #> '{a,b}', data @> '{}', ARRAY[1, 2][1], [1, 2, 3], xs[1:2], {'a': 1, 'b': [1]}, MAP {'k': 2};

SELECT count(DISTINCT a), string_agg(a, ',' ORDER BY b DESC) FILTER (WHERE c), percentile_cont(0.5) WITHIN GROUP (ORDER BY x), f(a => 1, b := 2), coalesce(a, b, 0), left(s, 2), right(s, 1), replace(s, 'a', 'b'), current_date, list_transform(xs, x -> x + 1);"#,
    );
}

#[test]
fn chapter_3_data_and_definitions() {
    all_read(
        r#"
INSERT INTO t (a, b) VALUES (1, DEFAULT), (2, 'x') ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.b <> 'y' RETURNING a, b AS c;

INSERT INTO t DEFAULT VALUES;

INSERT INTO t SELECT * FROM u ON CONFLICT DO NOTHING;

UPDATE t AS x SET a = 1, (b, c) = (SELECT 1, 2) FROM u WHERE u.id = x.id RETURNING *;

DELETE FROM t USING u WHERE u.id = t.id;

MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.x > 1 THEN UPDATE SET a = s.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, a) VALUES (s.id, s.a);

TRUNCATE TABLE a, b RESTART IDENTITY CASCADE;

CREATE TABLE IF NOT EXISTS s.t (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE, price DECIMAL(10, 2) DEFAULT 0.0 CHECK (price >= 0), boss INTEGER REFERENCES t (id) ON DELETE SET NULL, total INTEGER GENERATED ALWAYS AS (id * 2) STORED, n BIGINT GENERATED BY DEFAULT AS IDENTITY, CONSTRAINT c UNIQUE (name, price), FOREIGN KEY (boss) REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED);

CREATE TEMP TABLE x AS SELECT 1 AS a;

CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a DESC NULLS LAST, lower(b)) WHERE a > 1;

CREATE OR REPLACE VIEW v (a, b) AS SELECT 1, 2;

CREATE SCHEMA IF NOT EXISTS s;

CREATE SEQUENCE q START WITH 1 INCREMENT BY 2 NO MAXVALUE CYCLE;

ALTER TABLE t ADD COLUMN c INTEGER DEFAULT 1, DROP COLUMN IF EXISTS d CASCADE, ALTER COLUMN e TYPE TEXT USING e::text, ALTER COLUMN f SET NOT NULL;

ALTER TABLE t ALTER COLUMN n SET GENERATED ALWAYS RESTART WITH 50, ALTER m RESTART, ALTER o SET GENERATED BY DEFAULT;

ALTER TABLE t RENAME TO u;

ALTER TABLE t RENAME COLUMN a TO b;

DROP TABLE IF EXISTS a, b CASCADE;

DROP VIEW v;

BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT; ROLLBACK TO SAVEPOINT s; SAVEPOINT s; RELEASE SAVEPOINT s;

EXPLAIN ANALYZE SELECT 1;

PRAGMA table_info('t'); VACUUM; GRANT SELECT ON t TO me; CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;

NATIVE SELECT /* as it is */ 1; NATIVE FOR postgresql $$ SELECT ';' $$;"#,
    );
}

#[test]
fn chapters_4_to_8_the_working_vocabulary() {
    all_read(
        r#"
LET x = 1 + 2; LET t AS SELECT * FROM u; UNSET x; SHOW VARIABLES; PARAM dept TEXT DEFAULT 'IT';

MACRO fiscal_year(d) AS extract(year FROM d + INTERVAL '6 months');

MACRO top_n(n := 10) AS TABLE SELECT * FROM t LIMIT n;

SELECT * FROM t WHERE dept IN :depts AND a = $1 AND b = ?;

SELECT a{{#if x}}, b{{/if}} FROM t {{#if j}} LEFT JOIN u ON u.id = t.id {{/if}} WHERE {{#if a}} a = :a AND {{/if}} TRUE {{#if s}} ORDER BY a {{else}} ORDER BY b {{/if}} {{#if n}} LIMIT :n {{/if}};

UPDATE t SET a = 1{{#if b}}, b = :b{{/if}} WHERE id = :id;

SELECT a FROM t GROUP BY a{{#if b}}, b{{/if}} ORDER BY {{#if b}}b, {{/if}}a;

{{#if wipe}} DELETE FROM t; {{/if}}

SELECT month, RUNSUM(sales) FILTER (WHERE ok) OVER (PARTITION BY y ORDER BY m) AS total, RUNCOUNT(*), RUNAVG(x), RUNMIN(x), RUNMAX(x) OVER w FROM s WINDOW w AS (ORDER BY m) ORDER BY month;

CONNECT 'postgres://localhost/db' AS pg; USE demo; USE 'file.db' AS f; DISCONNECT pg;

SHOW TABLES; SHOW VIEWS; SHOW COLUMNS FROM t; SHOW INDEXES FROM t; SHOW SETTINGS LIKE 'pat%'; DESCRIBE t; DESCRIBE SELECT 1; SUMMARIZE t;

OUTPUT TO 'f.csv' FORMAT csv APPEND OPTIONS (delimiter = ';'); OUTPUT TO STDOUT;

IMPORT 'f.csv' INTO t CREATE FORMAT csv OPTIONS (header = TRUE); EXPORT t TO 'f.xlsx'; EXPORT (SELECT 1) TO 'f.json' FORMAT json; COPY (SELECT * FROM t) TO pg.u; COPY a.t TO pg.s.u CREATE; COPY t TO pg.u REPLACE DRY RUN; COPY t TO pg.create APPEND;

SET running = auto; SET on_error = continue; SET TIME ZONE 'UTC'; PRINT 'a', 1 + 1; ASSERT 1 = 1, 'broken'; INCLUDE 'f.rql';

IF x > 1 THEN PRINT 'a'; ELSIF x = 1 THEN PRINT 'b'; ELSE PRINT 'c'; END IF;

FOR r IN (SELECT * FROM t) LOOP PRINT r; IF TRUE THEN PRINT 1; END IF; END LOOP;

SELECT dept, count(*) AS n FROM t GROUP BY dept CHART BAR OF n BY dept TITLE 'People' WIDTH 60 HEIGHT 10 TO 'f.svg';

SELECT name, n FROM t CHART COLUMN OF n BY name TITLE 'Names';

SELECT x FROM t CHART HISTOGRAM BINS 10;"#,
    );
}

#[test]
fn chapter_10_forms() {
    all_read(
        r#"
FORM employee_search TITLE 'Employee Search' (
  FIELD id     INTEGER LABEL 'Employee ID' WIDTH 5 CHECK (id BETWEEN 1 AND 99999) MESSAGE 'too large',
  FIELD name   TEXT    LABEL 'Name' WIDTH 20 REQUIRED HELP 'as in the passport',
  FIELD dept   TEXT    LABEL 'Department' CHOICES ('SALES', 'IT', 'HR') DEFAULT 'SALES',
  FIELD boss   INTEGER LABEL 'Manager' LOOKUP (SELECT id, name FROM employees ORDER BY name),
  FIELD since  DATE    DEFAULT today FORMAT 'YYYY-MM-DD' READONLY,
  FIELD total  DECIMAL(10, 2) AS price * amount HIDDEN,
  ACTION search LABEL 'Search' KEY F5 DEFAULT AS
    SELECT id, name FROM employees
    WHERE TRUE
      {{#if id}}   AND id = :id {{/if}}
      {{#if name}} AND name LIKE '%' || :name || '%' {{/if}}
    ORDER BY name,
  ACTION clear  LABEL 'Clear' AS CLEAR,
  ACTION cancel LABEL 'Cancel' AS CLOSE,
  ACTION add AS INSERT INTO t (id) VALUES (:id),
  ACTION remove CONFIRM 'sure?' SUCCESS 'gone' FAILURE 'kept' PARAMS (key := id) AS DELETE FROM t WHERE id = :key,
  ACTION both SCRIPT $$ LET a = 1; PRINT :a $$ AS SCRIPT,
  FIELD size INTEGER RANGE (1, NULL) MESSAGE 'too small' LENGTH (NULL, 3),
  DETAIL orders ON orders.customer_id = id
);

FORM t_edit FOR employees;

FORM LOAD 'f.toml'; FORM EXECUTE f ACTION search WITH id = 1, name = 'x'; EXECFORM 'f.toml' ACTION go WITH a = 1; FORM FOR t; FORM FOR s.t ACTION query WITH a = 1; SHOW FORMS; DESCRIBE FORM f; FORM DESIGN f;"#,
    );
}

/// Words that PostgreSQL 15 lets name a column; checked by `CREATE TABLE t (word int)` and
/// `SELECT word FROM t` on a server.
const NAMES: &[&str] = &[
    "format",
    "form",
    "chart",
    "label",
    "output",
    "title",
    "field",
    "action",
    "macro",
    "let",
    "show",
    "use",
    "param",
    "assert",
    "print",
    "date",
    "name",
    "value",
    "type",
    "key",
    "index",
    "view",
    "data",
    "first",
    "last",
    "rows",
    "range",
    "groups",
    "row",
    "set",
    "values",
    "interval",
    "between",
    "exists",
    "begin",
    "commit",
    "by",
    "of",
    "no",
    "at",
    "over",
    "filter",
    "partition",
    "exclude",
    "replace",
    "rename",
    "connect",
    "import",
    "export",
    "copy",
    "describe",
    "summarize",
    "include",
    "loop",
    "detail",
    "native",
    "percent",
    "recursive",
    "temp",
    "temporary",
    "schema",
    "sequence",
    "unset",
    "output",
    "options",
    "help",
    "width",
    "qualify",
    "pivot",
    "match",
    "nothing",
    "conflict",
    "insert",
    "update",
    "delete",
    "merge",
    "explain",
    "if",
    "escape",
    "cube",
    "rollup",
    "sets",
    "ties",
    "others",
    "source",
    "target",
    "matched",
    "map",
];

#[test]
fn words_that_postgresql_lets_name_a_column_do_so_here() {
    let mut failures = Vec::new();
    for word in NAMES {
        for statement in [
            format!("SELECT {word} FROM t"),
            format!("SELECT a, {word}, b FROM t WHERE {word} = 1 ORDER BY {word}"),
            format!("SELECT t.{word}, 1 AS {word} FROM t GROUP BY t.{word}, {word}"),
            format!("CREATE TABLE t (id int, {word} text NOT NULL, x int)"),
            format!("INSERT INTO t (id, {word}) VALUES (1, 2)"),
            format!("UPDATE t SET {word} = 1, x = {word} + 1"),
            format!("SELECT max({word}) FROM t AS {word}"),
        ] {
            let parse = rql_grammar::parse(&statement);
            if let Some(diagnostic) = parse.diagnostics.first() {
                failures.push(format!("{statement}: {}", diagnostic.message));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
