//! Schemas in a file of SQLite, and what DROP takes along: the answers are those of a real PostgreSQL to the same text.

mod common;

use common::{Ran, csv, folder, rqlc};
use noctra_test_servers::Postgres;

/// The rows that SQLite and PostgreSQL give for a text whose mistakes are passed over, and with what each is refused.
fn both(text: &str) -> Option<[Ran; 2]> {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => {
            println!("NOT RUN: {reason}");
            return None;
        }
    };
    let text = format!("SET on_error = continue;\n{text}");
    Some([csv("sqlite::memory:", &text), csv(&server.url(), &text)])
}

/// The lines of the script at which something is refused.
fn refused(ran: &Ran) -> Vec<&str> {
    let places = ran.err.lines().filter(|line| line.contains(",-["));
    let lines = places.filter_map(|place| place.split(':').nth(1));
    lines.collect()
}

fn alike(text: &str) {
    let Some([sqlite, postgresql]) = both(text) else {
        return;
    };
    assert_eq!(
        sqlite.out, postgresql.out,
        "{}\n{}",
        sqlite.err, postgresql.err
    );
    assert_eq!(
        refused(&sqlite),
        refused(&postgresql),
        "{}\n{}",
        sqlite.err,
        postgresql.err
    );
}

#[test]
fn statements_follow_a_schema() {
    alike(
        "CREATE SCHEMA sales;
CREATE TABLE sales.item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, price DECIMAL(8,2) CHECK (price > 0));
CREATE TABLE item (id INTEGER);
CREATE TABLE sales.line (id INTEGER GENERATED ALWAYS AS IDENTITY, item INTEGER REFERENCES sales.item (id), n INTEGER DEFAULT 1);
INSERT INTO sales.item VALUES (1, 'a', 1.5), (2, 'b', 2.5);
INSERT INTO sales.line (item) VALUES (1), (2), (2);
INSERT INTO sales.line (item) VALUES (9);
SELECT * FROM sales.line JOIN sales.item ON item.id = line.item ORDER BY 1;
UPDATE sales.item SET price = price * 2 WHERE item.id = 1 RETURNING item.id, price;
INSERT INTO sales.item AS t VALUES (1, 'x', 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name || t.name RETURNING *;
MERGE INTO sales.item USING (VALUES (2, 'zz'), (3, 'new')) AS s (id, name) ON item.id = s.id
  WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.name, 3);
WITH gone AS (DELETE FROM sales.line WHERE n = 1 AND id = 3 RETURNING id) SELECT * FROM gone;
SELECT * FROM sales.item ORDER BY id;
CREATE INDEX by_price ON sales.item (price);
CREATE INDEX by_price ON item (id);
CREATE INDEX by_price ON item (id);
CREATE VIEW sales.shown AS SELECT name, price FROM sales.item;
CREATE OR REPLACE VIEW sales.shown AS SELECT name, price, id FROM sales.item;
CREATE VIEW seen AS SELECT name FROM sales.shown WHERE id < 3;
SELECT * FROM seen ORDER BY 1;
CREATE SEQUENCE sales.ticket START WITH 5;
SELECT nextval('sales.ticket') AS a;
CREATE TABLE sales.numbered (id BIGINT DEFAULT nextval('sales.ticket'), note INTERVAL);
INSERT INTO sales.numbered (note) VALUES ('1 day'), (NULL);
SELECT * FROM sales.numbered ORDER BY id;
ALTER SEQUENCE sales.ticket RESTART WITH 50;
SELECT nextval('sales.ticket') AS a;
SELECT nextval('ticket') AS a;
DROP SEQUENCE sales.ticket;
CREATE TABLE sales.kept AS SELECT * FROM sales.item;
ALTER TABLE sales.kept RENAME TO held;
ALTER TABLE sales.held ADD COLUMN z INTEGER NOT NULL DEFAULT 4;
ALTER TABLE sales.held ALTER COLUMN z TYPE BIGINT;
ALTER TABLE sales.held ADD CONSTRAINT one UNIQUE (id);
ALTER TABLE sales.held DROP CONSTRAINT one;
SELECT * FROM sales.held ORDER BY id;
SELECT id, RUNSUM(id) AS r FROM sales.held ORDER BY id;
TRUNCATE sales.line RESTART IDENTITY;
INSERT INTO sales.line (item) VALUES (2) RETURNING id;
DROP INDEX sales.by_price;
DROP INDEX sales.by_price;
DROP INDEX by_price;
CREATE TEMP TABLE sales.t (a INTEGER);
CREATE TABLE public.plain (a INTEGER);
SELECT * FROM plain;
CREATE SCHEMA store;
CREATE INDEX held_name ON sales.held (name);
CREATE VIEW of_held AS SELECT name FROM sales.held;
CREATE TABLE of_key (id INTEGER REFERENCES sales.item (id));
ALTER TABLE sales.held SET SCHEMA store;
ALTER TABLE sales.item SET SCHEMA nowhere;
SELECT * FROM sales.held;
SELECT name FROM of_held ORDER BY 1;
DROP INDEX sales.held_name;
DROP INDEX store.held_name;
ALTER TABLE store.held SET SCHEMA public;
SELECT name FROM held ORDER BY 1;
ALTER TABLE sales.item SET SCHEMA store;
INSERT INTO of_key VALUES (77);
INSERT INTO of_key VALUES (1);
SELECT * FROM seen ORDER BY 1;
DROP SCHEMA sales;
DROP SCHEMA sales CASCADE;
DROP SCHEMA IF EXISTS sales;
DROP SCHEMA store CASCADE;
SELECT * FROM seen;
SELECT count(*) AS n FROM item;
",
    );
}

#[test]
fn cascade_takes_along_what_depends() {
    alike(
        "CREATE TABLE base (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE referring (id INTEGER PRIMARY KEY, base INTEGER REFERENCES base (id) ON DELETE SET NULL, other INTEGER, CHECK (other > 0));
CREATE TABLE pair (a INTEGER CONSTRAINT kept CHECK (a > 0), b INTEGER,
  CONSTRAINT to_base FOREIGN KEY (a) REFERENCES base (id) ON DELETE CASCADE, UNIQUE (b));
CREATE TABLE further (a INTEGER REFERENCES referring (id) ON DELETE CASCADE);
CREATE VIEW one AS SELECT id, name FROM base;
CREATE VIEW two AS SELECT v.id FROM one AS v;
CREATE VIEW inside AS SELECT 1 AS n WHERE EXISTS (SELECT 1 FROM base);
CREATE VIEW apart AS SELECT 'base' AS base;
INSERT INTO base VALUES (1, 'one'), (2, 'two');
INSERT INTO referring VALUES (10, 1, 5);
INSERT INTO pair VALUES (1, 1), (2, 2);
INSERT INTO further VALUES (10);
DROP TABLE base;
DROP TABLE base, pair;
DROP VIEW one;
BEGIN;
DROP TABLE base CASCADE;
INSERT INTO referring VALUES (11, 77, 1);
ROLLBACK;
INSERT INTO referring VALUES (11, 77, 1);
SELECT * FROM two ORDER BY id;
DROP VIEW one CASCADE;
SELECT * FROM two;
SELECT * FROM inside;
DROP TABLE base CASCADE;
SELECT * FROM inside;
SELECT * FROM apart;
INSERT INTO referring VALUES (12, 77, 5);
INSERT INTO referring VALUES (13, 77, 0);
INSERT INTO pair VALUES (3, 2);
INSERT INTO pair VALUES (0, 9);
INSERT INTO further VALUES (99);
SELECT * FROM pair ORDER BY b;
SELECT * FROM referring ORDER BY id;
SELECT * FROM further;
CREATE SCHEMA attic;
CREATE TABLE attic.t (a INTEGER PRIMARY KEY);
CREATE TABLE attic.u (a INTEGER REFERENCES attic.t (a));
CREATE VIEW of_attic AS SELECT a FROM attic.t;
CREATE TABLE beside (a INTEGER REFERENCES attic.t (a), b INTEGER);
INSERT INTO attic.t VALUES (1);
INSERT INTO beside VALUES (1, 2);
DROP SCHEMA attic;
DROP SCHEMA attic CASCADE;
INSERT INTO beside VALUES (3, 4);
SELECT * FROM beside ORDER BY a;
SELECT * FROM of_attic;
CREATE TABLE attic.t (a INTEGER);
",
    );
}

#[test]
fn a_column_goes_with_the_views_that_show_it() {
    alike(
        "CREATE TABLE t (id INTEGER, a INTEGER, b INTEGER);
INSERT INTO t VALUES (1, 2, 3);
CREATE VIEW of_a AS SELECT id, a FROM t;
CREATE VIEW of_of_a AS SELECT a FROM of_a;
CREATE VIEW of_id AS SELECT id FROM t;
ALTER TABLE t DROP COLUMN IF EXISTS a;
ALTER TABLE t DROP COLUMN a, DROP COLUMN b;
ALTER TABLE t DROP COLUMN b CASCADE;
SELECT * FROM of_of_a;
ALTER TABLE t DROP COLUMN a CASCADE;
SELECT * FROM of_id;
SELECT * FROM of_a;
SELECT * FROM of_of_a;
SELECT * FROM t;
",
    );
}

#[test]
fn intervals_are_keys() {
    alike(
        "CREATE TABLE span (d INTERVAL PRIMARY KEY, note TEXT);
INSERT INTO span VALUES ('1 day', 'a'), ('1 mon', 'b'), ('00:30', 'c');
INSERT INTO span VALUES ('24:00:00', 'the same');
INSERT INTO span VALUES ('30 days', 'the same');
INSERT INTO span VALUES ('30 minutes', 'd') ON CONFLICT (d) DO UPDATE SET note = span.note || excluded.note;
SELECT d, note FROM span ORDER BY d;
SELECT note FROM span WHERE d = INTERVAL '720 hours';
CREATE TABLE plan (id INTEGER, d INTERVAL REFERENCES span (d), pair INTEGER, UNIQUE (pair, d));
INSERT INTO plan VALUES (1, '24:00', 1), (2, NULL, 1), (3, NULL, 1);
INSERT INTO plan VALUES (4, '1 day', 1);
INSERT INTO plan VALUES (5, '2 days', 1);
SELECT p.id, s.note FROM plan AS p JOIN span AS s USING (d) ORDER BY 1;
DELETE FROM span WHERE note = 'a';
CREATE TABLE later (d INTERVAL, t TEXT);
INSERT INTO later VALUES ('1 day', '1 mon'), ('2 days', '30 days');
CREATE UNIQUE INDEX later_d ON later (d);
INSERT INTO later VALUES ('48:00:00', 'x');
DROP INDEX later_d;
ALTER TABLE later ADD UNIQUE (d);
INSERT INTO later VALUES ('48:00:00', 'x');
ALTER TABLE later ALTER COLUMN t TYPE INTERVAL USING CAST(t AS INTERVAL);
ALTER TABLE later ADD UNIQUE (t);
SELECT * FROM later ORDER BY d;
CREATE INDEX ON span ((d * 2));
SELECT count(*) AS n FROM span;
",
    );
}

#[test]
fn a_file_keeps_its_schemas() {
    let folder = folder(&[]);
    let file = folder.path().join("a.db");
    let url = format!("sqlite:{}", file.display());
    let other = folder.path().join("b.db");
    let made = csv(
        &url,
        "CREATE SCHEMA \"Stock\"; CREATE TABLE \"Stock\".shelf (id INTEGER PRIMARY KEY, n INTEGER);
CREATE INDEX shelf_n ON \"Stock\".shelf (n); INSERT INTO \"Stock\".shelf VALUES (1, 5);",
    );
    assert_eq!(made.err, "");
    let again = csv(
        &url,
        "SELECT n FROM stock.shelf; SHOW TABLES; SHOW SCHEMAS; SHOW INDEXES FROM stock.shelf LIKE 'shelf%';
NATIVE SELECT n FROM \"Stock.shelf\";",
    );
    assert_eq!(
        again.out,
        "n\n5\nname,kind\nStock.shelf,table\nschema\nStock\nmain\n\
         name,table,kind,columns,where\nshelf_n,shelf,index,n,\nn\n5\n",
        "{}",
        again.err
    );
    // Neither an attached file nor a table of a long name is taken for it, nor it for them.
    let said = |text: &str| csv(&url, text).err;
    let attach = format!("USE '{}' AS stock;", other.display());
    assert!(
        said(&attach).contains("there is a schema stock already"),
        "{}",
        said(&attach)
    );
    let attached = format!("USE '{}' AS y; CREATE SCHEMA y;", other.display());
    assert!(
        said(&attached).contains("there is a schema y already"),
        "{}",
        said(&attached)
    );
    let dropped = format!("USE '{}' AS y; DROP SCHEMA IF EXISTS y;", other.display());
    assert!(
        said(&dropped).contains("y is an attached file"),
        "{}",
        said(&dropped)
    );
    let dotted = said("CREATE TABLE \"stock.t\" (a INTEGER);");
    assert!(dotted.contains("RQL0206"), "{dotted}");
    let later = said("CREATE TABLE \"new.t\" (a INTEGER); CREATE SCHEMA new;");
    assert!(
        later.contains("there is a table \"new.t\" already"),
        "{later}"
    );
    for (text, code) in [
        ("CREATE SCHEMA public;", "RQL0206"),
        ("CREATE SCHEMA pg_mine;", "RQL0206"),
        ("CREATE SCHEMA \"a.b\";", "RQL0503"),
        ("DROP SCHEMA main;", "RQL0503"),
        ("CREATE TABLE stack.t (a INTEGER);", "RQL0201"),
    ] {
        assert!(said(text).contains(code), "{text}\n{}", said(text));
    }
    let unknown = said("CREATE TABLE stack.t (a INTEGER);");
    assert!(
        unknown.contains("CREATE SCHEMA stack makes it"),
        "{unknown}"
    );
    let sequences = said("CREATE SEQUENCE stock.c; DROP TABLE stock.shelf; DROP SCHEMA stock;");
    assert!(
        sequences.contains("the sequence stock.c is in it"),
        "{sequences}"
    );
    let gone = csv(&url, "DROP SCHEMA stock CASCADE; SHOW SCHEMAS;");
    assert_eq!(gone.out, "schema\nmain\n", "{}", gone.err);
}

#[test]
fn rows_come_and_go_in_a_schema() {
    let folder = folder(&[("in.csv", "id,name\n1,one\n2,two\n")]);
    let csv_file = folder.path().join("in.csv");
    let out_file = folder.path().join("out.csv");
    let text = format!(
        "CREATE SCHEMA s; IMPORT '{}' INTO s.t CREATE; IMPORT '{}' INTO s.t; SELECT count(*) AS n FROM s.t;
EXPORT s.t TO '{}'; SHOW TABLES;",
        csv_file.display(),
        csv_file.display(),
        out_file.display()
    );
    let ran = csv("sqlite::memory:", &text);
    assert!(
        ran.out.ends_with("name,kind\ns.t,table\n"),
        "{}\n{}",
        ran.out,
        ran.err
    );
    assert!(ran.out.contains("n\n4\n"), "{}\n{}", ran.out, ran.err);
    let written = std::fs::read_to_string(out_file).unwrap_or_default();
    assert_eq!(written, "id,name\n1,one\n2,two\n1,one\n2,two\n");
}

#[test]
fn any_sqlite_runs_the_text_of_a_schema() {
    let text =
        "CREATE SCHEMA s; CREATE TABLE s.t (a INTEGER PRIMARY KEY); INSERT INTO s.t VALUES (1);
SELECT t.a FROM s.t; DROP TABLE s.t; DROP SCHEMA s;";
    let compiled = rqlc(&["compile", "--dialect", "sqlite", "-"], text);
    assert_eq!(compiled.code, Some(0), "{}", compiled.err);
    assert!(
        compiled.out.contains("FROM \"s.t\" AS t"),
        "{}",
        compiled.out
    );
    assert!(!compiled.out.contains("rql_free"), "{}", compiled.out);
    let unknown = rqlc(&["compile", "--dialect", "sqlite", "-"], "DROP SCHEMA s;");
    assert!(unknown.err.contains("RQL0503"), "{}", unknown.err);
    let key = rqlc(
        &["compile", "--dialect", "sqlite", "-"],
        "CREATE TABLE t (d INTERVAL PRIMARY KEY);",
    );
    assert!(key.err.contains("RQL0504"), "{}", key.err);
}
