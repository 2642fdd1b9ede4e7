//! Rows of relations, parts of arrays and tables of PostgreSQL: what it alone takes runs there, and is refused elsewhere by
//! its name. What is expected is what psql shows of PostgreSQL 15.

mod common;

use common::{Ran, csv};
use noctra_test_servers::Postgres;

/// What PostgreSQL gives for a text whose mistakes are passed over.
fn on_postgresql(text: &str) -> Option<Ran> {
    match Postgres::start() {
        Ok(server) => Some(csv(
            &server.url(),
            &format!("SET on_error = continue;\n{text}"),
        )),
        Err(reason) => {
            println!("NOT RUN: {reason}");
            None
        }
    }
}

/// Each statement is refused on a database without servers, and the reason says this.
fn refused_elsewhere(before: &str, statements: &[(&str, &str)]) {
    for (statement, says) in statements {
        let ran = csv("sqlite::memory:", &format!("{before}\n{statement};"));
        let said = ran.err.contains("RQL0503") && ran.err.contains(says);
        assert!(said, "{statement}: {}", ran.err);
    }
}

#[test]
fn a_row_is_a_value_on_postgresql() {
    let before = "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL);";
    let values = "SELECT t FROM t ORDER BY t;
SELECT DISTINCT t, CAST(t AS text) AS s FROM t ORDER BY 2;
SELECT array_agg(t ORDER BY a) FROM t;
SELECT array_to_json(array_agg(t ORDER BY a)) FROM t;
SELECT row_to_json(q.r) FROM (SELECT t AS r FROM t WHERE a = 1) AS q;
INSERT INTO t VALUES (3, 'z') RETURNING t, row_to_json(t);
UPDATE t SET b = 'w' WHERE a = 3 RETURNING t.*, to_jsonb(t);
SELECT first_value(t) OVER (ORDER BY a) FROM t WHERE a = 3;";
    refused_elsewhere(
        before,
        &[
            ("SELECT t FROM t", "a row of a table as a value"),
            ("SELECT array_agg(t) FROM t", "a row of a table as a value"),
            (
                "SELECT json_agg(y) FROM t x LEFT JOIN t y ON y.a = x.a + 1",
                "an outer join",
            ),
        ],
    );
    let Some(ran) = on_postgresql(&format!("{before}\n{values}")) else {
        return;
    };
    assert_eq!(
        ran.out,
        "t\n\"(1,x)\"\n\"(2,)\"\nt,s\n\"(1,x)\",\"(1,x)\"\n\"(2,)\",\"(2,)\"\narray_agg\n\"{\"\"(1,x)\"\",\"\"(2,)\"\"}\"\n\
         array_to_json\n\"[{\"\"a\"\":1,\"\"b\"\":\"\"x\"\"},{\"\"a\"\":2,\"\"b\"\":null}]\"\n\
         row_to_json\n\"{\"\"a\"\":1,\"\"b\"\":\"\"x\"\"}\"\n\
         t,row_to_json\n\"(3,z)\",\"{\"\"a\"\":3,\"\"b\"\":\"\"z\"\"}\"\n\
         a,b,to_jsonb\n3,w,\"{\"\"a\"\": 3, \"\"b\"\": \"\"w\"\"}\"\nfirst_value\n\"(3,w)\"\n",
        "{}",
        ran.err
    );
}

#[test]
fn parts_of_arrays_are_set_on_postgresql() {
    let before =
        "CREATE TABLE t (id int, a int[], b text[]); INSERT INTO t VALUES (1, '{1,2,3}', NULL);";
    refused_elsewhere(
        before,
        &[("UPDATE t SET a[1] = 5", "SET of a part of an array")],
    );
    let Some(ran) = on_postgresql(&format!(
        "{before}
UPDATE t SET a[1] = 100, b[1] = 'q';
SELECT a, b FROM t;
UPDATE t SET a[2:3] = '{{7,8}}', a[5] = id + 8;
SELECT a FROM t;
UPDATE t SET a[1] = 'x';"
    )) else {
        return;
    };
    assert_eq!(
        ran.out, "a,b\n\"{100,2,3}\",{q}\na\n\"{100,7,8,NULL,9}\"\n",
        "{}",
        ran.err
    );
    assert!(ran.err.contains("'x' is no integer"), "{}", ran.err);
}

#[test]
fn a_recursion_says_how_it_went_on_postgresql() {
    let tree = "WITH RECURSIVE tree(id, parent) AS (VALUES (1, CAST(NULL AS int)), (2, 1), (3, 1), (4, 2)), \
        w AS (SELECT id, parent FROM tree WHERE parent IS NULL UNION ALL \
        SELECT t.id, t.parent FROM tree t JOIN w ON t.parent = w.id)";
    let depth = format!("{tree} SEARCH DEPTH FIRST BY id SET o SELECT id FROM w ORDER BY o");
    let breadth = format!("{tree} SEARCH BREADTH FIRST BY id SET o SELECT id, o FROM w ORDER BY o");
    let cycle = "WITH RECURSIVE g(f, t) AS (VALUES (1, 2), (2, 3), (3, 1)), \
        w(f, t) AS (SELECT f, t FROM g WHERE f = 1 UNION ALL SELECT g.f, g.t FROM g JOIN w ON g.f = w.t) \
        CYCLE f SET again USING path SELECT f, t, again FROM w ORDER BY 1, 3";
    let marked = cycle
        .replace(
            "CYCLE f SET again",
            "CYCLE f, t SET again TO 'Y' DEFAULT 'N'",
        )
        .replace("f, t, again FROM w", "* FROM w");
    refused_elsewhere("", &[(&depth, "SEARCH"), (cycle, "CYCLE")]);
    let Some(ran) = on_postgresql(&format!("{depth};\n{breadth};\n{cycle};\n{marked};")) else {
        return;
    };
    assert_eq!(
        ran.out,
        "id\n1\n2\n4\n3\nid,o\n1,\"(0,1)\"\n2,\"(1,2)\"\n3,\"(1,3)\"\n4,\"(2,4)\"\n\
         f,t,again\n1,2,f\n1,2,t\n2,3,f\n3,1,f\n\
         f,t,again,path\n1,2,N,\"{\"\"(1,2)\"\"}\"\n\
         1,2,Y,\"{\"\"(1,2)\"\",\"\"(2,3)\"\",\"\"(3,1)\"\",\"\"(1,2)\"\"}\"\n\
         2,3,N,\"{\"\"(1,2)\"\",\"\"(2,3)\"\"}\"\n3,1,N,\"{\"\"(1,2)\"\",\"\"(2,3)\"\",\"\"(3,1)\"\"}\"\n",
        "{}",
        ran.err
    );
}

#[test]
fn infinity_is_a_moment_on_postgresql() {
    let text =
        "SELECT DATE 'infinity' AS d, TIMESTAMP '-infinity' AS t, TIMESTAMPTZ 'Infinity' AS z";
    refused_elsewhere("", &[(text, "infinity")]);
    let Some(ran) = on_postgresql(&format!(
        "{text};
SELECT CAST('infinity' AS date) > DATE '9999-12-31' AS later, extract(julian FROM TIMESTAMP '2006-07-07 12:00') AS j;
CREATE TABLE valid (until date DEFAULT 'infinity'); INSERT INTO valid DEFAULT VALUES; SELECT until FROM valid;"
    )) else {
        return;
    };
    assert_eq!(
        ran.out,
        "d,t,z\ninfinity,-infinity,infinity\nlater,j\nt,2453924.50000000000000000000\nuntil\ninfinity\n",
        "{}",
        ran.err
    );
}

#[test]
fn tables_are_parts_and_heirs_on_postgresql() {
    refused_elsewhere(
        "CREATE TABLE c (id int);",
        &[
            (
                "CREATE TABLE m (a int) PARTITION BY RANGE (a)",
                "PARTITION BY",
            ),
            (
                "CREATE TABLE p PARTITION OF c FOR VALUES IN (1)",
                "PARTITION OF",
            ),
            ("CREATE TABLE h (b int) INHERITS (c)", "INHERITS"),
            ("CREATE TABLE w (a int) WITH (fillfactor=70)", "WITH"),
            (
                "CREATE TABLE e (a int, EXCLUDE USING gist (a WITH =))",
                "EXCLUDE",
            ),
            (
                "CREATE TABLE n (a int, UNIQUE NULLS NOT DISTINCT (a))",
                "NULLS NOT DISTINCT",
            ),
            (
                "CREATE TEMP TABLE d (a int) ON COMMIT DROP",
                "ON COMMIT DROP",
            ),
            (
                "ALTER TABLE c ADD CONSTRAINT k CHECK (id > 0) NOT VALID",
                "NOT VALID",
            ),
        ],
    );
    let Some(ran) = on_postgresql(
        "CREATE TABLE m (city int NOT NULL, day date NOT NULL, peak int) PARTITION BY RANGE (day);
CREATE TABLE m6 PARTITION OF m FOR VALUES FROM ('2006-01-01') TO ('2007-01-01');
CREATE TABLE m7 PARTITION OF m FOR VALUES FROM ('2007-01-01') TO (MAXVALUE) PARTITION BY LIST (city);
CREATE TABLE m7a PARTITION OF m7 FOR VALUES IN (1, 2);
CREATE TABLE rest PARTITION OF m DEFAULT;
INSERT INTO m VALUES (1, '2006-03-04', 3), (2, '2007-01-01', 4), (3, '1999-01-01', NULL);
SELECT city, peak FROM m ORDER BY city;
SELECT city FROM m6;
SELECT city FROM m7a;
CREATE TABLE m5 (LIKE m INCLUDING DEFAULTS);
ALTER TABLE m ATTACH PARTITION m5 FOR VALUES FROM ('2005-01-01') TO ('2006-01-01');
ALTER TABLE m DETACH PARTITION m5;
CREATE TABLE h (k int, v int) PARTITION BY HASH (k);
CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE cities (name text, height int);
CREATE TABLE capitals (state char(2) UNIQUE NOT NULL) INHERITS (cities);
INSERT INTO capitals VALUES ('Madison', 845, 'WI');
INSERT INTO cities VALUES ('Baraboo', 860);
SELECT name FROM cities ORDER BY name;
SELECT name FROM ONLY cities;
UPDATE ONLY cities SET height = 1;
SELECT name, height FROM cities ORDER BY name;
DELETE FROM ONLY cities;
SELECT name, height FROM cities;
CREATE TABLE busy (room int, during int, EXCLUDE USING btree (room WITH =) WHERE (during > 0));
INSERT INTO busy VALUES (1, 0), (1, 0), (1, 1);
INSERT INTO busy VALUES (1, 2);
CREATE TABLE kept (a int, UNIQUE NULLS NOT DISTINCT (a)) WITH (fillfactor=70);
INSERT INTO kept VALUES (NULL);
INSERT INTO kept VALUES (NULL);
CREATE UNIQUE INDEX kept_a ON kept (a);
ALTER TABLE kept ADD CONSTRAINT kept_key UNIQUE USING INDEX kept_a;
ALTER TABLE busy ADD CONSTRAINT later CHECK (during > 0) NOT VALID;
ALTER TABLE busy VALIDATE CONSTRAINT later;
ALTER TABLE busy ENABLE ROW LEVEL SECURITY;
ALTER TABLE busy ALTER COLUMN room SET STATISTICS 10;
CREATE INDEX ON cities (name text_pattern_ops);
BEGIN; CREATE TEMP TABLE passing (a int) ON COMMIT DROP; INSERT INTO passing VALUES (7); SELECT a FROM passing; COMMIT;
BEGIN; CREATE TEMP TABLE passing (b int) ON COMMIT DROP; INSERT INTO passing VALUES (8); SELECT b FROM passing; COMMIT;
CREATE TEMP TABLE emptied (a int) ON COMMIT DELETE ROWS;
INSERT INTO emptied VALUES (1);
SELECT count(*) FROM emptied;",
    ) else {
        return;
    };
    assert_eq!(
        ran.out,
        "city,peak\n1,3\n2,4\n3,\ncity\n1\ncity\n2\nname\nBaraboo\nMadison\nname\nBaraboo\n\
         name,height\nBaraboo,1\nMadison,845\nname,height\nMadison,845\na\n7\nb\n8\ncount\n0\n",
        "{}",
        ran.err
    );
    let failed = |says: &str| assert!(ran.err.contains(says), "{says}: {}", ran.err);
    failed("busy_room_excl");
    failed("kept_a_key");
    failed("later");
    assert_eq!(ran.err.matches("Error:").count(), 3, "{}", ran.err);
}
