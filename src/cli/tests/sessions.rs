//! Sessions from outside: included files, what goes on after an error, what may not be changed.

mod common;

use common::{Ran, csv, folder, noctra};
use std::fs;
use tempfile::TempDir;

/// Runs a file of a folder; the folder's own path is left out of what is printed.
fn run(folder: &TempDir, args: &[&str], file: &str) -> Ran {
    let path = folder.path().join(file).display().to_string();
    let mut ran = noctra(&[&[path.as_str()], args].concat(), "");
    let prefix = format!("{}/", folder.path().display());
    ran.err = ran.err.replace(&prefix, "");
    ran
}

#[test]
fn included_files_run_in_place_and_errors_name_them() {
    let folder = folder(&[
        (
            "main.rql",
            "LET n = 2;\nINCLUDE 'lib/a.rql';\nPRINT 'end', :n, :m;",
        ),
        (
            "lib/a.rql",
            "PRINT 'a', :n;\nINCLUDE './b.rql';\nLET m = 3;",
        ),
        ("lib/b.rql", "PRINT 'b';"),
        ("wrong.rql", "PRINT 1;\n  INCLUDE 'lib/c.rql';"),
        ("lib/c.rql", "INCLUDE 'd.rql';"),
        (
            "lib/d.rql",
            "PRINT 2;\n\nSELECT nope FROM (VALUES (1)) AS v(x);",
        ),
        ("syntax.rql", "PRINT 1;\nINCLUDE 'lib/e.rql';"),
        ("lib/e.rql", "PRINT 2;\nSELEC 1;"),
    ]);
    let ran = run(&folder, &[], "main.rql");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (Some(0), "a 2\nb\nend 2 3\n", "")
    );
    let ran = run(&folder, &[], "wrong.rql");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "1\n2\n"));
    for part in [
        "RQL0202",
        "lib/d.rql:3:8",
        "included at lib/c.rql:1:9",
        "included at wrong.rql:2:11",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let ran = run(&folder, &[], "syntax.rql");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "1\n"));
    assert!(ran.err.contains("lib/e.rql:2:1"), "{}", ran.err);
    assert!(
        ran.err.contains("included at syntax.rql:2:9"),
        "{}",
        ran.err
    );
}

#[test]
fn a_file_that_includes_itself_is_refused_with_the_way_there() {
    let folder = folder(&[
        ("a.rql", "INCLUDE 'b.rql';"),
        ("b.rql", "PRINT 'b';\nINCLUDE './c.rql';"),
        ("c.rql", "INCLUDE 'b.rql';"),
        ("missing.rql", "INCLUDE 'nope.rql';"),
    ]);
    let ran = run(&folder, &[], "a.rql");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "b\n"));
    for part in ["RQL0702", "c.rql:1:9", "b.rql → c.rql → b.rql"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let ran = run(&folder, &[], "missing.rql");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("there is no such file"), "{}", ran.err);
}

#[test]
fn a_script_may_go_on_after_errors_and_fails_in_the_end() {
    let text = "PRINT 1;\nSELECT nope FROM employees;\nPRINT 2;\nSELECT 1 / 0;\nPRINT 3;";
    for (args, text) in [
        (&["--demo", "--on-error", "continue"][..], text.to_owned()),
        (&["--demo"], format!("SET on_error = continue;\n{text}")),
    ] {
        let ran = noctra(args, &text);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), "1\n2\n3\n"));
        assert!(ran.err.contains("RQL0202"), "{}", ran.err);
        assert!(ran.err.contains("RQL0701"), "{}", ran.err);
    }
    let ran = noctra(&["--demo"], text);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "1\n"));
    let ran = noctra(&["--on-error", "ignore", "-c", "PRINT 1"], "");
    assert_eq!(ran.code, Some(2));
}

#[test]
fn going_on_goes_through_included_files_and_leaves_no_half_file() {
    let folder = folder(&[
        (
            "main.rql",
            "SET on_error = continue;\nINCLUDE 'a.rql';\nPRINT 'end';",
        ),
        ("a.rql", "PRINT 1;\nSELECT nope;\nPRINT 2;"),
    ]);
    let ran = run(&folder, &[], "main.rql");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "1\n2\nend\n"));
    assert!(ran.err.contains("a.rql:2:8"), "{}", ran.err);
    assert!(ran.err.contains("included at main.rql:2:9"), "{}", ran.err);

    let file = folder.path().join("out.csv").display().to_string();
    let half = "SELECT 10 / (3 - i) AS x FROM (VALUES (1), (2), (3)) AS g(i);";
    let text = format!("OUTPUT TO '{file}'; {half} OUTPUT TO STDOUT; PRINT 'on';");
    let ran = noctra(&["--on-error", "continue"], &text);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(1), "on\n"),
        "{}",
        ran.err
    );
    assert!(!folder.path().join("out.csv").exists());
    let ran = noctra(
        &["--on-error", "continue"],
        &format!("OUTPUT TO '{file}'; SELECT nope; SELECT 1 AS one;"),
    );
    assert_eq!(ran.code, Some(1));
    assert_eq!(fs::read_to_string(&file).expect("the file"), "one\n1\n");
}

#[test]
fn a_read_only_session_changes_nothing() {
    let folder = folder(&[]);
    let file = folder.path().join("a.db").display().to_string();
    let made = noctra(
        &[&file],
        "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);",
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    for change in [
        "INSERT INTO t VALUES (2)",
        "DROP TABLE t",
        "CREATE TABLE u (a INTEGER)",
    ] {
        let ran = noctra(&[&file, "--read-only", "-c", change], "");
        assert_eq!(ran.code, Some(1), "{change}");
        assert!(ran.err.contains("25006"), "{}", ran.err);
    }
    let ran = noctra(
        &[
            &file,
            "--read-only",
            "--format",
            "csv",
            "-c",
            "SELECT a FROM t",
        ],
        "",
    );
    assert_eq!(ran.out, "a\n1\n");
}

const SUMMARY: &str = "column,type,min,max,distinct,avg,nulls
id,integer,1,5,5,3.00,0.00%
name,text,a,c,3,,20.00%
paid,\"numeric(10,2)\",-1.50,10.25,3,3.42,40.00%
done,boolean,,,2,,0.00%
day,date,2024-01-31,2024-02-29,2,,60.00%
";

#[test]
fn a_summary_is_the_same_on_every_database() {
    let server = noctra_test_servers::Postgres::start();
    let url = server.as_ref().map(noctra_test_servers::Postgres::url);
    let make = "CREATE TABLE s (id INTEGER PRIMARY KEY, name TEXT, paid DECIMAL(10,2), done BOOLEAN, day DATE);
        INSERT INTO s VALUES (1, 'a', 1.5, TRUE, DATE '2024-02-29'), (2, 'b', -1.5, FALSE, NULL),
          (3, 'c', 10.25, TRUE, DATE '2024-01-31'), (4, 'a', NULL, TRUE, NULL), (5, NULL, NULL, TRUE, NULL);";
    let mut places = vec!["sqlite::memory:".to_owned()];
    match url {
        Ok(url) => places.push(url),
        Err(reason) => println!("NOT RUN on PostgreSQL: {reason}"),
    }
    for place in places {
        for what in ["s", "SELECT * FROM s"] {
            let text = format!("{make} OUTPUT TO STDOUT; SUMMARIZE {what}; DROP TABLE s;");
            let ran = noctra(&["--db", &place, "--format", "csv", "-c", &text], "");
            assert_eq!(
                (ran.out.as_str(), ran.err.as_str()),
                (SUMMARY, ""),
                "{place}"
            );
        }
    }
}

#[test]
fn several_databases_are_open_at_once() {
    let folder = folder(&[]);
    let file = folder.path().join("other.db").display().to_string();
    let text = format!(
        "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);
         CONNECT '{file}' AS other; USE other;
         CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (2), (3);
         LET big AS SELECT a FROM t WHERE a > 2;
         SELECT COUNT(*) AS n FROM t;
         USE main; SELECT COUNT(*) AS n FROM t;
         USE other; SELECT a FROM big; USE main; DISCONNECT other;
         USE '{file}' AS beside; SELECT t.a, b.a AS b FROM t CROSS JOIN beside.t AS b ORDER BY b;
         SHOW CONNECTIONS;"
    );
    let ran = noctra(&["--format", "csv", "-c", &text], "");
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        (
            "n\n2\nn\n1\na\n3\na,b\n1,2\n1,3\nconnection,place,backend,state\nmain,memory,sqlite,current\n",
            ""
        )
    );
    let lost = noctra(&[], "BEGIN; USE demo;");
    assert_eq!(lost.code, Some(1));
    assert!(lost.err.contains("a transaction is open"), "{}", lost.err);
    let wrong = noctra(&[], "CONNECT 'sqlite::memory:' AS main;");
    assert!(
        wrong.err.contains("a connection main already"),
        "{}",
        wrong.err
    );
}

#[test]
fn show_tells_what_there_is() {
    let shown = |what: &str| {
        let text = format!(
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL, UNIQUE (b)); \
             CREATE INDEX t_up ON t (b) WHERE a > 3; PARAM least INTEGER DEFAULT 7; SHOW {what};"
        );
        let ran = noctra(&["--format", "csv", "--no-header", "-c", &text], "");
        assert_eq!(ran.err, "", "{what}");
        ran.out
    };
    assert_eq!(
        shown("INDEXES FROM t"),
        "\"\",t,primary key,a,\n\"\",t,unique,b,\nt_up,t,index,b,a > 3\n"
    );
    assert_eq!(shown("SCHEMAS"), "main\n");
    assert_eq!(shown("PARAMETERS"), "least,INTEGER,7\n");
    assert_eq!(shown("FORMS"), "");
    assert_eq!(shown("on_error"), "stop\n");
    assert_eq!(shown("TABLES LIKE 'x%'"), "");
    assert_eq!(
        shown("FUNCTIONS LIKE 'upper'"),
        "upper,upper(text) → text,text,text in upper case,runtime rql_upper\n"
    );
    let wrong = noctra(&["-c", "SHOW TABELS"], "");
    assert!(wrong.err.contains("did you mean TABLES?"), "{}", wrong.err);
}

#[test]
fn files_have_the_header_delimiter_and_null_that_are_asked_for() {
    let folder = folder(&[]);
    let file = folder.path().join("out.csv").display().to_string();
    let select = "SELECT 1 AS a, NULL AS b, 'x;y' AS c;";
    let text = format!(
        "OUTPUT TO '{file}' OPTIONS (delimiter = ';', null = 'NA'); {select}
         OUTPUT TO '{file}' APPEND OPTIONS (delimiter = ';', header = TRUE); {select}
         OUTPUT TO STDOUT; {select}"
    );
    let ran = noctra(&["--format", "csv", "--null", "-"], &text);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("a,b,c\n1,-,x;y\n", "")
    );
    let written = fs::read_to_string(&file).expect("the file");
    assert_eq!(written, "a;b;c\n1;NA;\"x;y\"\n1;-;\"x;y\"\n");
    for (wrong, said) in [
        ("delimitre = ';'", "did you mean delimiter?"),
        ("delimiter = 'ab'", "one ASCII character"),
        ("header", "has a value"),
    ] {
        let ran = noctra(&[], &format!("OUTPUT TO '{file}' OPTIONS ({wrong});"));
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn a_script_takes_parameters_and_arguments() {
    let folder = folder(&[(
        "p.rql",
        "PARAM dept TEXT;\nPARAM floor DECIMAL(10,2) DEFAULT 99000;\n\
         SELECT id FROM employees WHERE dept = :dept AND salary > :floor AND id > $1 ORDER BY id;",
    )]);
    let csv = ["--demo", "--format", "csv"];
    let run = |args: &[&str]| run(&folder, &[&csv[..], args].concat(), "p.rql");
    assert_eq!(run(&["--var", "dept=IT", "2000"]).out, "id\n2021\n");
    let two = run(&["2020", "--var", "dept=IT", "--var", "floor=98825.24"]);
    assert_eq!(
        (two.out.as_str(), two.err.as_str()),
        ("id\n2021\n2033\n", "")
    );
    for (args, said) in [
        (&["2000"][..], ":dept has no value"),
        (&["--var", "dept=IT"], "$1 has no value"),
        (
            &["--var", "dept=IT", "--var", "floor=much", "1"],
            "is no numeric(10,2): much",
        ),
        (&["--var", "dept=IT", "many"], "many"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{args:?}");
        assert!(ran.err.contains(said), "{}", ran.err);
        assert!(ran.err.contains("p.rql:"), "{}", ran.err);
    }
}

/// What a definition calls is there in every session that opens the file, whichever statement is first.
#[test]
fn definitions_of_a_file_find_their_functions() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("a.db").display().to_string();
    let made = csv(
        &file,
        "CREATE TABLE t (a TEXT, b TEXT GENERATED ALWAYS AS (upper(a)) STORED);
         CREATE UNIQUE INDEX once ON t (lower(a));
         CREATE VIEW v AS SELECT initcap(a) AS a FROM t;
         INSERT INTO t (a) VALUES ('straße'), ('ÉTÉ')",
    );
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
    for (first, expected) in [
        ("SELECT a FROM v ORDER BY a", "a\nStraße\nÉté\n"),
        ("NATIVE SELECT count(*) AS n FROM v", "n\n2\n"),
        ("ALTER TABLE t RENAME COLUMN a TO c", ""),
        ("ALTER TABLE t RENAME COLUMN c TO a", ""),
        ("INSERT INTO t (a) VALUES ('ñ') RETURNING b", "b\nÑ\n"),
        ("NATIVE PRAGMA integrity_check", "integrity_check\nok\n"),
    ] {
        let ran = csv(&file, first);
        let out = ran.out.replace("(0 rows changed)\n", "");
        assert_eq!(
            (ran.code, out.as_str()),
            (Some(0), expected),
            "{first}: {}",
            ran.err
        );
    }
    let twice = csv(&file, "INSERT INTO t (a) VALUES ('été')");
    assert_eq!(twice.code, Some(1));
    assert!(twice.err.contains("23505"), "{}", twice.err);
}

#[test]
fn the_environment_names_the_database_where_the_command_line_does_not() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("own.db");
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_noctra"))
            .args(["--format", "csv", "-c", "SHOW TABLES"])
            .args(arguments)
            .env("NOCTRA_DB", &file)
            .output();
        let output = output.expect("the program runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&["-c", "CREATE TABLE t (a INTEGER)"]);
    assert_eq!(run(&[]), "name,kind\nt,table\n");
    assert_eq!(run(&["--db", "sqlite::memory:"]), "name,kind\n");
}
