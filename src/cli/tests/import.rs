//! IMPORT and EXPORT of files.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{csv, noctra};
use std::path::Path;
use std::process::{Command, Stdio};

const SALES: &str = "\u{feff}id,name,price,day,zip,ok\r
1,\"Smith, John\",1.50,2024-02-29,00501,true\r
2,\"\",20,2024-03-01,10001,f\r
\r
3,\"a \"\"b\"\"\nc\",,,,\r
";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn in_folder(folder: &Path, text: &str) -> common::Ran {
    let text = text.replace("@", &format!("{}/", folder.display()));
    csv("sqlite::memory:", &text)
}

#[test]
fn a_table_is_made_of_what_a_file_holds() {
    let folder = folder(&[("s.csv", SALES)]);
    let text = "IMPORT '@s.csv' INTO s CREATE; DESCRIBE s; SELECT * FROM s";
    let ran = in_folder(folder.path(), text);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "column,type,null,key\nid,bigint,\"\",\"\"\nname,text,\"\",\"\"\nprice,\"numeric(18,2)\",\"\",\"\"\n\
         day,date,\"\",\"\"\nzip,text,\"\",\"\"\nok,boolean,\"\",\"\"\nid,name,price,day,zip,ok\n1,\"Smith, John\",1.50,2024-02-29,00501,t\n\
         2,\"\",20.00,2024-03-01,10001,f\n3,\"a \"\"b\"\"\nc\",,,,\n"
    );
}

#[test]
fn objects_become_rows() {
    let lines = "{\"id\": 1, \"tags\": [\"a\"], \"n\": 1.5}\n\n{\"n\": 2, \"id\": 2, \"tags\": null, \"late\": \"x\"}\n";
    let array = format!("[{}]", lines.trim().replace("}\n\n{", "},\n{"));
    let folder = folder(&[("a.jsonl", lines), ("b.json", &array)]);
    let text = "IMPORT '@a.jsonl' INTO a CREATE; IMPORT '@b.json' INTO b CREATE; FROM a; FROM b";
    let ran = in_folder(folder.path(), text);
    let rows = "id,tags,n,late\n1,\"[\"\"a\"\"]\",1.5,\n2,,2.0,x\n";
    assert_eq!((ran.err.as_str(), ran.out), ("", rows.repeat(2)));
}

#[test]
fn a_broken_record_is_told_with_its_line_and_nothing_stays() {
    let folder = folder(&[("b.csv", "id,price\n1,2\nx,3\n4,y\n5,6,7\n8,\"9\n")]);
    let made = "CREATE TABLE b (id INTEGER, price NUMERIC(5,2));";
    let ran = in_folder(folder.path(), &format!("{made} IMPORT '@b.csv' INTO b"));
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("b.csv:3: column id: \"x\" is no integer"),
        "{}",
        ran.err
    );

    let ran = in_folder(
        folder.path(),
        &format!("{made} SET on_error = continue; IMPORT '@b.csv' INTO b; SELECT count(*) FROM b"),
    );
    assert_eq!(ran.out, "count\n0\n");

    let some = "OPTIONS (max_errors = 4)";
    let ran = in_folder(
        folder.path(),
        &format!("{made} IMPORT '@b.csv' INTO b {some}; FROM b"),
    );
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "id,price\n1,2.00\n")
    );
    for told in [
        ":3: ",
        ":4: ",
        ":5: ",
        ":6: a quote is not closed",
        "4 records left out",
    ] {
        assert!(ran.err.contains(told), "{told}\n{}", ran.err);
    }
}

#[test]
fn a_table_that_is_there_says_the_types() {
    let folder = folder(&[
        ("named.csv", "B,a\nx,1\n"),
        ("bare.csv", "2;NA\n"),
        ("other.csv", "a,c\n1,2\n"),
    ]);
    let text = "CREATE TABLE t (a TEXT, b TEXT);
        IMPORT '@named.csv' INTO t; IMPORT '@bare.csv' INTO t OPTIONS (header = FALSE, delimiter = ';', null = 'NA');
        FROM t ORDER BY a;";
    let ran = in_folder(folder.path(), text);
    assert_eq!((ran.err.as_str(), ran.out.as_str()), ("", "a,b\n1,x\n2,\n"));

    for (what, said) in [
        ("IMPORT '@other.csv' INTO t", "has no column c"),
        ("IMPORT '@other.csv' INTO u", "CREATE makes it"),
        ("IMPORT '@other.csv' INTO t CREATE", "is there already"),
        ("IMPORT '@other.xyz' INTO t", "csv, tsv, json, jsonl"),
        ("IMPORT '@missing.csv' INTO t", "cannot read"),
    ] {
        let ran = in_folder(
            folder.path(),
            &format!("CREATE TABLE t (a TEXT, b TEXT); {what}"),
        );
        assert_eq!(ran.code, Some(1), "{what}");
        assert!(ran.err.contains(said), "{what}\n{}", ran.err);
    }
}

#[test]
fn inside_a_transaction_the_rest_of_it_stays() {
    let folder = folder(&[("good.csv", "a\n1\n"), ("bad.csv", "a\n2\nx\n")]);
    let text =
        "SET on_error = continue; CREATE TABLE t (a INTEGER); BEGIN; INSERT INTO t VALUES (0);
        IMPORT '@good.csv' INTO t; COMMIT; IMPORT '@bad.csv' INTO t; FROM t ORDER BY a";
    let ran = in_folder(folder.path(), text);
    assert_eq!(ran.out, "a\n0\n1\n");
}

#[test]
fn an_import_that_is_killed_leaves_nothing() {
    let folder = folder(&[]);
    let file = folder.path().join("many.csv");
    let mut text = String::from("a,b\n");
    for at in 0..400_000 {
        text.push_str(&format!("{at},some text\n"));
    }
    std::fs::write(&file, text).expect("a file");
    let db = folder.path().join("k.db");
    let import = format!("IMPORT '{}' INTO many CREATE", file.display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args([db.display().to_string().as_str(), "-c", &import])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    // The journal stands there as soon as rows are written.
    let journal = folder.path().join("k.db-journal");
    while !journal.exists() && child.try_wait().expect("a state").is_none() {
        std::thread::yield_now();
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let ran = noctra(
        &[
            &db.display().to_string(),
            "--format",
            "csv",
            "-c",
            "SHOW TABLES",
        ],
        "",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(!ran.out.contains("many"), "{}", ran.out);
}

#[test]
fn exported_rows_are_whole_or_not_there() {
    let folder = folder(&[]);
    let text = "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'it''s'), (2, NULL), (3, '');
        EXPORT t TO '@t.csv'; EXPORT t TO '@t.sql'; EXPORT (SELECT a FROM t WHERE a < 3) TO '@a.tsv';
        EXPORT t TO '@t.jsonl'; EXPORT t TO '@x' FORMAT csv OPTIONS (header = FALSE, null = 'NA');
        EXPORT (SELECT 1 / (a - 2) AS q FROM t) TO '@half.csv';";
    let ran = in_folder(folder.path(), text);
    assert!(ran.err.contains("division by zero"), "{}", ran.err);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    assert_eq!(read("t.csv"), "a,b\n1,it's\n2,\n3,\"\"\n");
    assert_eq!(
        read("t.sql"),
        "INSERT INTO t (a, b) VALUES\n  (1, 'it''s'),\n  (2, NULL),\n  (3, '');\n"
    );
    assert_eq!(read("a.tsv"), "a\n1\n2\n");
    assert_eq!(
        read("t.jsonl"),
        "{\"a\":1,\"b\":\"it's\"}\n{\"a\":2,\"b\":null}\n{\"a\":3,\"b\":\"\"}\n"
    );
    assert_eq!(read("x"), "1,it's\n2,NA\n3,\"\"\n");
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 5, "the half file is gone");
}

#[test]
fn duckdb_reads_files_in_from() {
    let files = [
        ("in/a.csv", "id,name,price\n1,a,2.5\n2,b,\n"),
        ("b.csv", "7;x\n8;y\n"),
        (
            "c.json",
            "{\"n\": 1, \"t\": \"x\"}\n{\"n\": 2, \"t\": null}\n",
        ),
    ];
    let folder = common::folder(&files);
    let place = format!("{}/", folder.path().display());
    let ask = |text: &str| csv("duckdb::memory:", &text.replace('@', &place));
    for (query, rows) in [
        ("FROM '@in/a.csv'", "id,name,price\n1,a,2.5\n2,b,\n"),
        (
            "SELECT a.id + 1 AS n, upper(name) AS u FROM '@in/a.csv' WHERE price IS NULL",
            "n,u\n3,B\n",
        ),
        (
            "SELECT f.id FROM '@in/a.csv' AS f (id, n) JOIN '@in/a.csv' g USING (id) WHERE n = 'b'",
            "id\n2\n",
        ),
        (
            "SELECT k, v FROM read_csv('@b.csv', header = false, delim := ';') AS r (k, v) ORDER BY k DESC",
            "k,v\n8,y\n7,x\n",
        ),
        (
            "SELECT count(*) AS n FROM read_csv(['@in/a.csv', '@in/a.csv'])",
            "n\n4\n",
        ),
        (
            "SELECT n, t FROM read_json('@c.json') ORDER BY n",
            "n,t\n1,x\n2,\n",
        ),
        (
            "SELECT k FROM read_csv([E'@b.\\x63sv'], names = ['k', 'it''s'], types = {'k': 'BIGINT'}) ORDER BY k LIMIT 1",
            "k\n7\n",
        ),
        (
            "EXPORT (FROM '@b.csv') TO '@b.parquet'; SELECT count(*) AS n FROM read_parquet('@b.parquet')",
            "n\n2\n",
        ),
        (
            "LET l AS SELECT id FROM '@in/*.csv'; SELECT sum(id) AS s FROM l",
            "s\n3\n",
        ),
        (
            "SELECT RUNSUM(id) OVER (ORDER BY id) AS s FROM '@in/a.csv'",
            "s\n1\n3\n",
        ),
        (
            "CREATE TABLE t AS SELECT * FROM '@in/a.csv'; SELECT count(price) AS n FROM t",
            "n\n1\n",
        ),
    ] {
        let ran = ask(query);
        assert_eq!(ran.code, Some(0), "{query}: {}", ran.err);
        assert!(ran.out.ends_with(rows), "{query}: {}", ran.out);
    }
    for (query, code, said) in [
        (
            "SELECT nothing FROM '@in/a.csv'",
            "RQL0202",
            "a has id, name, price",
        ),
        ("FROM '@none.csv'", "RQL0601", "No files found"),
        ("LET f = 'a.csv'; FROM read_csv(:f)", "RQL0503", "constants"),
        (
            "FROM read_csv('@b.csv', \"x) ; SELECT 1 --\" = true)",
            "RQL0503",
            "where file and options are constants",
        ),
    ] {
        let ran = ask(query);
        assert!(
            ran.err.contains(code) && ran.err.contains(said),
            "{query}: {}",
            ran.err
        );
    }
    let inside = format!("{place}in");
    for (file, code) in [
        ("in/a.csv", 0),
        ("b.csv", 1),
        ("*.csv", 1),
        ("in/../b.csv", 1),
    ] {
        let text = format!("SELECT count(*) FROM '{place}{file}'");
        let ran = noctra(
            &["--db", "duckdb:", "--allow-path", &inside, "-c", &text],
            "",
        );
        assert_eq!(ran.code, Some(code), "{file}: {}", ran.err);
    }
    // What a file has is asked each time.
    let again = "SELECT count(*) AS n FROM '@in/a.csv'";
    let text = format!(
        "SET result_cache = on; {again}; EXPORT (SELECT 1 AS n) TO '@in/a.csv'; {again}; FROM '@in/a.csv'"
    );
    let grown = ask(&text);
    assert_eq!(grown.out, "n\n2\nn\n1\nn\n1\n", "{}", grown.err);
}
