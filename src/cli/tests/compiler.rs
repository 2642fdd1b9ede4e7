//! `rqlc` as a person uses it.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{folder, rqlc};

fn schema(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("schema.sql");
    std::fs::write(&file, text).expect("a file");
    let name = file.display().to_string();
    (folder, name)
}

const TABLES: &str = "CREATE TABLE emp (id int PRIMARY KEY, name text NOT NULL, born date);";

#[test]
fn check_goes_on_after_an_error_and_suggests() {
    let (_folder, schema) = schema(TABLES);
    let text = "SELECT nmae FROM emp;\nSELECT id FROM emp;\nSELECT id FROM epm;";
    let ran = rqlc(&["check", "--schema", &schema, "-"], text);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    for part in [
        "stdin:1:8",
        "did you mean name?",
        "stdin:3:16",
        "did you mean emp?",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    // Without a schema every name passes.
    assert_eq!(rqlc(&["check", "-"], text).code, Some(0));
    let json = rqlc(
        &["check", "--diagnostics", "json", "--schema", &schema, "-"],
        text,
    );
    assert_eq!(json.err.lines().count(), 2, "{}", json.err);
    assert!(
        json.err
            .lines()
            .all(|l| l.starts_with("{\"code\":\"RQL020")),
        "{}",
        json.err
    );
}

#[test]
fn check_prints_the_signature() {
    let (_folder, schema) = schema(TABLES);
    let text =
        "PARAM dept TEXT DEFAULT 'IT';\nSELECT id FROM emp WHERE name = :dept AND born > :since;";
    let ran = rqlc(&["check", "--schema", &schema, "-"], text);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "stdin:\n  dept   text  not null  default 'IT'\n  since  date  not null  required\n"
    );
}

#[test]
fn a_schema_with_an_error_is_shown_at_its_place() {
    let (_folder, schema) = schema("CREATE TABLE t (a int);\nCREATE TABLE t (b int);");
    let ran = rqlc(&["check", "--schema", &schema, "-"], "SELECT 1;");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("schema.sql:2:14"), "{}", ran.err);
}

#[test]
fn a_database_is_a_schema_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.db").display().to_string();
    let made = common::noctra(
        &[
            "--db",
            &file,
            "-c",
            "NATIVE CREATE TABLE \"Order Details\" (\"Unit Price\" DECIMAL(10,2))",
        ],
        "",
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    let text = "SELECT \"Unit Price\" FROM \"Order Details\"";
    let ran = rqlc(&["compile", "--db", &file, "-"], text);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.contains("FROM \"Order Details\""), "{}", ran.out);
    let ran = rqlc(
        &["check", "--db", &file, "-"],
        "SELECT \"Unit Prise\" FROM \"Order Details\"",
    );
    assert!(ran.err.contains("did you mean Unit Price?"), "{}", ran.err);
}

#[test]
fn what_a_bare_sqlite_lacks_is_refused_unless_a_session_runs_it() {
    let (_folder, schema) = schema(TABLES);
    let compile = |more: &[&str], text: &str| {
        let first = ["compile", "--dialect", "sqlite", "--schema", &schema, "-"];
        rqlc(&[&first[..], more].concat(), text)
    };
    let text = "SELECT 'rql_upper(x)', id FROM emp;\nSELECT md5(name) FROM emp;\nSELECT left(name, -1) FROM emp;";
    let ran = compile(&[], text);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "SELECT 'rql_upper(x)', id FROM emp;\nSELECT substr(name, 1, max(length(name) + -1, 0)) FROM emp;\n"
    );
    for part in [
        "[RQL0504] Error",
        "it calls rql_md5",
        "rqlc compile --session",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    // LIKE tells case from case where that is set.
    let like = compile(&[], "SELECT id FROM emp WHERE name LIKE 'a%';");
    assert_eq!(
        like.out,
        "PRAGMA case_sensitive_like = ON;\nSELECT id FROM emp WHERE name LIKE 'a%';\n"
    );
    let ran = compile(&["--session"], text);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(
        ran.out.contains("SELECT rql_md5(name) FROM emp;"),
        "{}",
        ran.out
    );
}

#[test]
fn compile_writes_each_statement_for_each_dialect() {
    let text = "LET n = 3;\nSELECT id FROM emp WHERE id = :n;";
    let (_folder, schema) = schema(TABLES);
    let ran = rqlc(
        &["compile", "--dialect", "all", "--schema", &schema, "-"],
        text,
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "-- line 1: LET n = 3\n-- sqlite, duckdb, postgresql, mariadb: in the session\n\n\
         -- line 2: SELECT id FROM emp WHERE id = :n\n-- sqlite\nSELECT id FROM emp WHERE id = ?1;\n\
         -- duckdb\nSELECT id FROM emp WHERE id = $1;\n\
         -- postgresql\nSELECT id FROM emp WHERE id = $1::integer;\n\
         -- mariadb\nSELECT id FROM emp WHERE id = ?;\n"
    );
    let refused = "SELECT acosh(id) FROM emp;";
    let ran = rqlc(
        &[
            "compile",
            "--dialect",
            "all",
            "--session",
            "--schema",
            &schema,
            "-",
        ],
        refused,
    );
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "-- line 1: SELECT acosh(id) FROM emp\n\
         -- sqlite\nSELECT rql_acosh(CAST(id AS REAL)) FROM emp;\n\
         -- duckdb\nSELECT CASE WHEN CAST(id AS double precision) < 1 THEN error('input is out of range') \
         ELSE acosh(CAST(id AS double precision)) END FROM emp;\n\
         -- postgresql\nSELECT acosh(id) FROM emp;\n\
         -- mariadb: refused, RQL0503: acosh cannot be compiled for mariadb with PostgreSQL's answer\n"
    );
    for part in ["Help: ", "sqlite, duckdb, postgresql have it"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}

#[test]
fn cells_say_how_each_function_is_had_and_why() {
    let (_folder, schema) =
        schema("CREATE TABLE emp (id int PRIMARY KEY, name text NOT NULL, pay int);");
    let text = "SELECT DISTINCT ON (name) upper(name), pay / 2, acosh(pay) FROM emp ORDER BY name;";
    let cells = |dialect: &str| {
        let first = [
            "explain",
            "--cells",
            "--dialect",
            dialect,
            "--schema",
            &schema,
            "-",
        ];
        rqlc(&first, text)
    };
    let ran = cells("sqlite");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for part in [
        "upper (1:27): runtime rql_upper: there only ASCII letters have another case\n    upper(name)\n    rql_upper(name)\n",
        "/ (1:40): rewrite: there x / 0 is NULL",
        "    pay / 2\n    rql_div(pay, 2, 32)\n",
        "rewrite distinct-on: DISTINCT ON becomes",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    // What is refused is listed with the rest.
    let ran = cells("mariadb");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("acosh (1:49): refused RQL0503: "),
        "{}",
        ran.out
    );
    assert_eq!(
        rqlc(&["compile", "--dialect", "oracle", "-"], text).code,
        Some(2)
    );
}

#[test]
fn every_stage_of_a_statement_can_be_seen() {
    let text = "USE demo;\nSELECT name FROM employees WHERE dept = :d;";
    let stage = |stage: &str| {
        let ran = rqlc(&["explain", "--stage", stage, "-"], text);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{stage}");
        ran.out
    };
    let tokens = stage("tokens");
    assert!(
        tokens.lines().nth(1).is_some_and(|l| l.starts_with("1:1 ")),
        "{tokens}"
    );
    assert!(tokens.contains("2:13"), "{tokens}");
    let tree = stage("ast");
    for line in [
        "statement use: USE demo\n",
        "\n    select: SELECT name FROM employees WHERE dept = :d\n",
        "\n      clause where: WHERE dept = :d\n",
        "\n        binary: dept = :d\n          column: dept\n          param: :d\n",
    ] {
        assert!(tree.contains(line), "{line}: {tree}");
    }
    assert!(
        stage("ir").contains("scan employees (id#0: integer"),
        "the demo is known"
    );
    assert!(stage("passes").contains("no pass has anything to do"));
    let sql = stage("sql");
    assert!(
        sql.contains("-- parameter 1: :d text\n-- column 1: name text not null\n"),
        "{sql}"
    );
    assert!(stage("plan").contains("one statement is sent to postgresql"));
}

#[test]
fn explain_shows_what_a_pass_made_and_every_text() {
    let text = "USE demo; SELECT DISTINCT ON (dept) dept, name FROM employees ORDER BY dept, id;\n\
                SELECT id FROM employees WHERE TRUE {{#if d}} AND dept = :d {{/if}};\n\
                MERGE INTO departments AS d USING employees AS e ON d.name = e.dept \
                WHEN MATCHED THEN DELETE;";
    let stage = |stage| {
        let ran = rqlc(
            &["explain", "--dialect", "sqlite", "--stage", stage, "-"],
            text,
        );
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{stage}");
        ran.out
    };
    let passes = stage("passes");
    for part in [
        "\npass distinct-on: DISTINCT ON becomes",
        "\n*     filter place#",
        "\n            scan employees (id#0",
        "\npass merge: ",
    ] {
        assert!(passes.contains(part), "{part}: {passes}");
    }
    let sql = stage("sql");
    for part in [
        "-- if d:\nSELECT id",
        "-- if not d:\nSELECT id",
        "-- line 1, done by the session: USE",
    ] {
        assert!(sql.contains(part), "{part}: {sql}");
    }
    let plan = stage("plan");
    for part in [
        "one of 2 texts",
        "statements are sent to sqlite, in a savepoint",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
}

#[test]
fn check_knows_what_only_a_session_does() {
    let (_folder, schema) = schema(TABLES);
    let check = |text: &str| rqlc(&["check", "--schema", &schema, "-"], text);
    let sound = check(
        "SUMMARIZE emp; LET few AS SELECT id FROM emp; SUMMARIZE few; SUMMARIZE (SELECT id FROM emp);\n\
         DESCRIBE SELECT id FROM emp; CONNECT 'x.db' AS x; DISCONNECT x;\n\
         USE 'y.db' AS y; SELECT id FROM y.other;",
    );
    assert_eq!((sound.code, sound.err.as_str()), (Some(0), ""));
    for (wrong, near) in [
        ("SUMMARIZE epm", "did you mean emp?"),
        ("DESCRIBE SELECT nmae FROM emp", "did you mean name?"),
    ] {
        let ran = check(wrong);
        assert!(
            ran.code == Some(1) && ran.err.contains(near),
            "{wrong}: {}",
            ran.err
        );
    }
}

#[test]
fn explain_helps_who_writes_it_wrong() {
    let near = rqlc(&["explain", "RQL020"], "");
    assert_eq!(near.code, Some(2));
    assert!(near.err.contains("did you mean RQL0"), "{}", near.err);
    let missing = rqlc(&["explain", "--stage", "ir", "no-such-file.rql"], "");
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.err.contains("no file no-such-file.rql"),
        "{}",
        missing.err
    );
}

#[test]
fn a_declared_parameter_has_a_type_and_a_default() {
    let text = "PARAM floor DECIMAL(10,2) DEFAULT 50000;\nPRINT :floor + 0.25;";
    let run = |args: &[&str]| common::noctra(&[&["--demo"], args].concat(), text);
    assert_eq!(run(&[]).out, "50000.25\n");
    assert_eq!(run(&["--var", "floor=1.5"]).out, "1.75\n");
    let wrong = run(&["--var", "floor=much"]);
    assert_eq!(wrong.code, Some(1));
    assert!(
        wrong.err.contains("is no numeric(10,2): much"),
        "{}",
        wrong.err
    );
    // A missing value is found before anything runs.
    let missing = common::noctra(&["--demo"], "PRINT 1;\nPARAM who TEXT;");
    assert_eq!((missing.code, missing.out.as_str()), (Some(1), ""));
    assert!(missing.err.contains("stdin:2:7"), "{}", missing.err);
}

#[test]
fn check_enters_branches_and_loops() {
    let (_folder, schema) = schema(TABLES);
    let check = |text: &str| rqlc(&["check", "--schema", &schema, "-"], text);
    let ran = check(
        "PARAM much INTEGER DEFAULT 3;
LET seen = 0;
IF :much > 2 THEN
  LET label = 'many';
  LET seen = 1;
  CREATE TABLE more (x int);
ELSIF :other THEN
  SELECT nmae FROM emp;
ELSE
  SELECT id FROM emp WHERE born > :since;
END IF;
FOR r IN (SELECT id, name FROM emp) LOOP
  SELECT id FROM emp WHERE id = :r.id AND name = :r.nane;
  LET last = :r.name;
END LOOP;
IF :seen THEN PRINT 1; END IF;
{{#if always}} SELECT x FROM more; SELECT y FROM more; {{/if}}
SELECT id FROM emp WHERE name = :label AND name < :last;
ASSERT (SELECT count(*) FROM emp) > 0, 'no employee';",
    );
    assert_eq!(ran.code, Some(1));
    for (place, text) in [
        ("stdin:8:10", "did you mean name?"),
        ("stdin:13:50", "did you mean name?"),
        ("stdin:16:4", "a condition is true or false"),
        ("stdin:17:43", "no column y"),
    ] {
        assert!(
            ran.err.contains(place) && ran.err.contains(text),
            "{place} {text}: {}",
            ran.err
        );
    }
    assert_eq!(ran.err.matches("[RQL").count(), 4, "{}", ran.err);
    let ran = check(
        "IF :much > 2 THEN LET label = 'many'; LET n = 1; ELSE LET label = 'few'; END IF;
FOR r IN (SELECT id FROM emp) LOOP LET last = :r; END LOOP;
SELECT id FROM emp WHERE name = :label AND id < :n AND id > :last;",
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "stdin:\n  much  integer  not null  required\n  \
         n     integer  not null  required unless a branch sets it\n  \
         last  integer  not null  required unless a branch sets it\n"
    );
}

#[test]
fn check_enters_what_is_included() {
    let (folder, schema) = schema(TABLES);
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, text).expect("a file");
        file.display().to_string()
    };
    let main = write(
        "main.rql",
        "INCLUDE 'parts/tables.rql';\nSELECT x FROM made WHERE x = :floor;\nINCLUDE 'none.rql';",
    );
    write(
        "parts/tables.rql",
        "CREATE TABLE made (x int);\nINCLUDE 'more.rql';\n",
    );
    write(
        "parts/more.rql",
        "SELECT nmae FROM emp WHERE born > :since;\nINCLUDE '../main.rql';",
    );
    let ran = rqlc(&["check", "--schema", &schema, &main], "");
    assert_eq!(ran.code, Some(1));
    for text in [
        "more.rql:1:8",
        "did you mean name?",
        "would include itself",
        "there is no such file",
        "main.rql:3:9",
    ] {
        assert!(ran.err.contains(text), "{text}: {}", ran.err);
    }
    write(
        "parts/more.rql",
        "SELECT name FROM emp WHERE born > :since;",
    );
    write("none.rql", "");
    let ran = rqlc(&["check", "--schema", &schema, &main], "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(
        ran.out.contains("since  date     not null  required"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("floor  integer  not null  required"),
        "{}",
        ran.out
    );
    let ran = rqlc(&["compile", "--schema", &schema, &main], "");
    assert!(
        ran.out.contains("SELECT name FROM emp WHERE born > $1"),
        "{}",
        ran.out
    );
}

#[test]
fn what_depends_on_unknown_types_warns_in_check_and_is_refused_in_compile() {
    for (text, place, operand) in [
        ("SELECT a / b FROM t;", "stdin:1:8", "a"),
        ("SELECT x FROM t WHERE 1 < n - 2;", "stdin:1:27", "n"),
        ("SELECT 'x' || name FROM t;", "stdin:1:15", "name"),
        ("SELECT sum(2 * n) FROM t;", "stdin:1:16", "n"),
        ("SELECT max(born) FROM t;", "stdin:1:12", "born"),
        ("SELECT CAST(born AS date) FROM t;", "stdin:1:13", "born"),
    ] {
        let ran = rqlc(&["check", "-"], text);
        assert_eq!(ran.code, Some(0), "{text}: {}", ran.err);
        for part in [
            "[RQL0302] Warning",
            place,
            &format!("type of {operand}"),
            "--schema FILE or --db URL",
            &format!("CAST({operand} AS integer)"),
        ] {
            assert!(ran.err.contains(part), "{text}: {part}: {}", ran.err);
        }
        // The server computes by the types that it knows.
        let server = rqlc(&["check", "--dialect", "postgresql", "-"], text);
        assert_eq!((server.code, server.err.as_str()), (Some(0), ""), "{text}");
        assert_eq!(rqlc(&["compile", "-"], text).code, Some(0), "{text}");
        let ran = rqlc(&["compile", "--dialect", "sqlite", "-"], text);
        assert_eq!(ran.code, Some(1), "{text}");
        assert!(ran.err.contains("[RQL0302] Error"), "{text}: {}", ran.err);
    }
    // What the backend itself orders and compares by type needs none here, nor what says its types.
    for text in [
        "SELECT a FROM t WHERE a < b AND a = 'x' ORDER BY a;",
        "SELECT CAST(a AS integer) / CAST(b AS integer) FROM t;",
        "SELECT upper(name) FROM t;",
    ] {
        let ran = rqlc(&["check", "-"], text);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{text}");
        assert_eq!(
            rqlc(&["compile", "--dialect", "sqlite", "--session", "-"], text).code,
            Some(0),
            "{text}"
        );
    }
    let (_folder, schema) = schema("CREATE TABLE t (a int, b int);");
    let ran = rqlc(&["check", "--schema", &schema, "-"], "SELECT a / b FROM t;");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[test]
fn unknown_functions_pass_where_nobody_says_what_there_is() {
    let text = "SELECT lenght(name), frobnicate(name, 1) FROM emp;";
    let open = rqlc(&["compile", "-"], text);
    assert_eq!(open.code, Some(0), "{}", open.err);
    assert_eq!(
        open.out,
        "SELECT lenght(name), frobnicate(name, 1) FROM emp;\n"
    );
    for part in [
        "[RQL0204] Warning: no function lenght",
        "did you mean length?",
        "no function frobnicate",
    ] {
        assert!(open.err.contains(part), "{part}: {}", open.err);
    }
    // A schema says that this is all.
    let (_folder, schema) = schema(TABLES);
    let closed = rqlc(&["check", "--schema", &schema, "-"], text);
    assert_eq!(closed.code, Some(1));
    assert!(
        closed.err.contains("[RQL0204] Error") && closed.err.contains("did you mean length?"),
        "{}",
        closed.err
    );
    // A database has functions of its own, for its own dialect.
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("a.db").display().to_string();
    let made = common::noctra(
        &[
            "--db",
            &db,
            "-c",
            "CREATE TABLE emp (name text); INSERT INTO emp VALUES ('x')",
        ],
        "",
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    let text = "SELECT unicode(name) FROM emp;";
    let ran = common::noctra(&["--db", &db, "--format", "csv"], text);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "unicode\n120\n"),
        "{}",
        ran.err
    );
    assert!(
        ran.err
            .contains("unicode is a function of this backend alone"),
        "{}",
        ran.err
    );
    let other = rqlc(
        &["compile", "--db", &db, "--dialect", "postgresql", "-"],
        text,
    );
    assert_eq!(other.code, Some(1), "{}", other.out);
    let wrong = rqlc(
        &["check", "--db", &db, "-"],
        "SELECT unicoed(name) FROM emp;",
    );
    assert!(wrong.err.contains("did you mean unicode?"), "{}", wrong.err);
}

#[test]
fn a_file_that_nobody_has_read_is_no_mistake_of_its_options() {
    let text = "SELECT * FROM read_csv('x.csv', delm = ',');";
    let ran = rqlc(&["check", "-"], text);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("read_csv gives no table"), "{}", ran.err);
    assert!(!ran.err.contains("no column delm"), "{}", ran.err);
}

#[test]
fn files_and_their_options_are_spelt_and_quoted_as_they_should() {
    for (text, wanted) in [
        ("FROM read_cvs('x.csv')", "did you mean read_csv?"),
        (
            "FROM read_csv('x.csv', delim = \";\")",
            "text is written in single quotes",
        ),
        ("FROM read_csv(\"x.csv\")", "write 'x.csv'"),
        ("FROM read_csv(:file)", "this is no constant"),
    ] {
        let ran = rqlc(&["check", "-"], text);
        assert_eq!(ran.code, Some(1), "{text}");
        assert!(ran.err.contains(wanted), "{text}: {}", ran.err);
    }
    let place = folder(&[("schema.sql", "CREATE TABLE t (a INTEGER);")]);
    let schema = place.path().join("schema.sql").display().to_string();
    for text in ["SELECT * FROM \"x.csv\"", "SELECT * FROM x.csv"] {
        let ran = rqlc(&["check", "--schema", &schema, "-"], text);
        assert!(ran.err.contains("a file is written 'x.csv'"), "{}", ran.err);
    }
}

#[test]
fn a_file_that_is_there_has_its_columns() {
    let place = folder(&[("f.csv", "id,name\n1,Ada\n")]);
    let file = place.path().join("f.csv").display().to_string();
    let ran = rqlc(&["check", "-"], &format!("SELECT id + 1 FROM '{file}';"));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = rqlc(&["check", "-"], &format!("SELECT nmae FROM '{file}';"));
    assert!(ran.err.contains("did you mean name?"), "{}", ran.err);
    // No server would find it.
    let ran = rqlc(&["compile", "-"], &format!("SELECT id FROM '{file}';"));
    assert_eq!(ran.code, Some(1), "{}", ran.out);
}
