//! A session on a MariaDB server, from outside.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::csv;
use noctra_test_servers::MariaDb;

fn server() -> Option<MariaDb> {
    MariaDb::start()
        .map_err(|reason| println!("NOT RUN: {reason}"))
        .ok()
}

/// Runs a text that must run whole.
fn rows(server: &MariaDb, text: &str) -> String {
    let ran = csv(&server.url(), text);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{text}");
    ran.out
}

#[test]
fn a_session_on_mariadb() {
    let Some(server) = server() else { return };
    let version = rows(&server, "SELECT version();");
    assert!(version.contains("MariaDB"), "{version}");
    rows(
        &server,
        "CREATE TABLE people (id SERIAL PRIMARY KEY, name TEXT NOT NULL, pay DECIMAL(10,2));\n\
         INSERT INTO people (name, pay) VALUES ('Ada', 100.5), ('Bob', 20);\n\
         NATIVE CREATE DATABASE shop;",
    );
    for (text, expected) in [
        (
            "LET least = 50; SELECT id, name FROM people WHERE pay > :least; SELECT count(*) AS n FROM last;",
            "id,name\n1,Ada\nn\n1\n",
        ),
        (
            "SELECT name, RUNSUM(pay) AS sum FROM people ORDER BY id;",
            "name,sum\nAda,100.50\nBob,120.50\n",
        ),
        ("SHOW TABLES;", "name,kind\npeople,table\n"),
        (
            "DESCRIBE people;",
            "column,type,null,key\nid,int(11),not null,primary key\nname,longtext,not null,\"\"\n\
             pay,\"decimal(10,2)\",\"\",\"\"\n",
        ),
        (
            "SUMMARIZE people;",
            "column,type,min,max,distinct,avg,nulls\nid,integer,1,2,2,1.50,0.00%\n\
             name,text,Ada,Bob,2,,0.00%\npay,\"numeric(10,2)\",20.00,100.50,2,60.25,0.00%\n",
        ),
        (
            "USE shop; CREATE TABLE goods (id INTEGER); SHOW TABLES;",
            "name,kind\nnoctra.people,table\ngoods,table\n",
        ),
        (
            "CONNECT 'sqlite::memory:' AS lite; USE lite; SELECT 7 / 2 AS x; USE main; DISCONNECT lite; \
             SELECT 7 / 2 AS x;",
            "x\n3\nx\n3\n",
        ),
        ("NATIVE SELECT 1 / 0 AS x;", "x\n\n"),
        ("NATIVE SELECT 'a\\' AS x, ':b' AS y;", "x,y\na\\,:b\n"),
        (
            "BEGIN; INSERT INTO people (name) VALUES ('Cy'); SAVEPOINT a; DELETE FROM people; \
             ROLLBACK TO a; SELECT count(*) AS n FROM people; ROLLBACK; SELECT count(*) AS n FROM people;",
            "n\n3\nn\n2\n",
        ),
    ] {
        let out = rows(&server, text);
        assert_eq!(out, expected, "{text}");
    }
    refusals(&server);
    hostile_names(&server);
}

fn refusals(server: &MariaDb) {
    for (text, code, said) in [
        (
            "SELECT 1 / (id - 1) FROM people;",
            "RQL0701",
            "division by zero",
        ),
        ("SELECT nam FROM people;", "RQL0202", "did you mean name"),
        (
            "INSERT INTO people (id, name) VALUES (1, 'x');",
            "RQL0601",
            "SQLSTATE 23505",
        ),
        (
            "DELETE FROM people WHERE 1 / (id - 1) > 5;",
            "RQL0701",
            "division by zero",
        ),
        (
            "INSERT INTO people (id, name) SELECT nullif(1, 1), 'x';",
            "RQL0601",
            "SQLSTATE 23502",
        ),
        (
            "BEGIN; CREATE TABLE more (a INTEGER);",
            "RQL0601",
            "COMMIT or ROLLBACK first",
        ),
        (
            "UPDATE people SET id = 1 RETURNING id;",
            "RQL0503",
            "SELECT after it",
        ),
        ("NATIVE SELEC 1;", "RQL0601", "SQLSTATE 42601"),
    ] {
        let ran = csv(&server.url(), text);
        assert_eq!(ran.code, Some(1), "{text}");
        for part in [code, said] {
            assert!(ran.err.contains(part), "{part}: {}", ran.err);
        }
    }
    let count = rows(server, "SELECT count(*) AS n FROM people;");
    assert_eq!(count, "n\n2\n");
    let ran = csv("mariadb://ann:s3cret@127.0.0.1:1/x", "SELECT 1;");
    assert_eq!(ran.code, Some(1));
    assert!(!ran.err.contains("s3cret"), "{}", ran.err);
}

/// Names that another reader would take for the end of the name, a comment or a parameter.
fn hostile_names(server: &MariaDb) {
    for (at, name) in [
        "a`b", "a\"b", "a'b", "a\\", "-- a", "/* a", ":a ?", "SELECT", "ʼa",
    ]
    .iter()
    .enumerate()
    {
        let name = format!("\"{}\"", name.replace('"', "\"\""));
        let text = format!(
            "CREATE TABLE {name} ({name} INTEGER PRIMARY KEY, t TEXT); \
             INSERT INTO {name} VALUES ({at}, 'a\\'), (99, ':b'); UPDATE {name} SET t = 'c' WHERE {name} = 99; \
             SELECT {name} AS x, t FROM {name} ORDER BY 1; DROP TABLE {name};"
        );
        assert_eq!(
            rows(server, &text),
            format!("x,t\n{at},a\\\n99,c\n"),
            "{text}"
        );
    }
}
