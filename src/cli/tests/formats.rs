//! Files of every format: whole or not there, with their types, and with the options that are theirs.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{folder, noctra};
use noctra_runtime::sinks::FORMATS;
use std::path::Path;

const MONEY: &str = "CREATE TABLE m (id INTEGER, price NUMERIC(10,2), day DATE, at TIMESTAMP); \
     INSERT INTO m VALUES (1, -1234567.5, DATE '2024-02-29', TIMESTAMP '2024-02-29 13:05:00'), (2, NULL, NULL, NULL);";

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect(name)
}

/// Runs a text in a database in memory; `@` is the folder.
fn run(folder: &Path, text: &str) -> common::Ran {
    let text = text.replace('@', &format!("{}/", folder.display()));
    noctra(&["--format", "csv", "-c", &text], "")
}

#[test]
fn a_query_that_fails_in_the_middle_leaves_no_file_and_the_old_one() {
    // Beyond what any format holds back before it writes.
    let half = "SELECT i, 'some text of some length' AS t, 25000 / (25000 - i) AS q FROM generate_series(1, 25001) AS g(i)";
    for format in FORMATS {
        let name = format.name;
        let folder = folder(&[(&format!("old.{name}"), "old")]);
        let place = folder.path();
        for text in [
            format!("EXPORT ({half}) TO '@new.{name}'"),
            format!("EXPORT ({half}) TO '@old.{name}'"),
            format!("OUTPUT TO '@new.{name}'; {half}"),
            format!("SET on_error = continue; OUTPUT TO '@old.{name}'; {half}"),
        ] {
            let ran = run(place, &text);
            assert_eq!(ran.code, Some(1), "{text}");
            assert!(ran.err.contains("division by zero"), "{text}\n{}", ran.err);
        }
        for more in [&["--on-error", "stop"], &["--on-error", "continue"]] {
            let file = place.join(format!("old.{name}"));
            let file = file.to_str().expect("a name");
            let ran = noctra(&[&["--output", file, "-c", half], &more[..]].concat(), "");
            assert_eq!(ran.code, Some(1), "{name}");
        }
        assert_eq!(names(place), [format!("old.{name}")], "{name}");
        assert_eq!(read(place, &format!("old.{name}")), "old", "{name}");
    }
}

#[test]
fn files_of_columns_and_workbooks_come_from_everywhere() {
    for name in ["xlsx", "parquet", "arrow"] {
        let folder = folder(&[]);
        let place = folder.path();
        let file = |stem: &str| format!("{}/{stem}.{name}", place.display());
        let ran = run(
            place,
            &format!(
                "{MONEY} EXPORT m TO '@a.{name}'; OUTPUT TO '@b.{name}'; FROM m; OUTPUT TO STDOUT"
            ),
        );
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        let query = format!("{MONEY} FROM m");
        let ran = noctra(&["--output", &file("c"), "-c", &query], "");
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
        // Through a pipe, whose bytes are the file's.
        let shell = format!("\"$0\" --format {name} -c \"$1\" > \"$2\"");
        let done = std::process::Command::new("sh")
            .args([
                "-c",
                &shell,
                env!("CARGO_BIN_EXE_noctra"),
                &query,
                &file("d"),
            ])
            .status();
        assert!(done.expect("a shell").success(), "{name}");
        for stem in ["a", "b", "c", "d"] {
            let text =
                format!("IMPORT '@{stem}.{name}' INTO t CREATE; DESCRIBE t; FROM t ORDER BY id");
            let ran = run(place, &text);
            let (integer, price) = match name {
                "xlsx" => ("bigint", "numeric(18,1)"),
                _ => ("integer", "numeric(10,2)"),
            };
            let shown = if name == "xlsx" {
                "-1234567.5"
            } else {
                "-1234567.50"
            };
            let expected = format!(
                "column,type,null,key\nid,{integer},\"\",\"\"\nprice,\"{price}\",\"\",\"\"\n\
                 day,date,\"\",\"\"\nat,timestamp,\"\",\"\"\nid,price,day,at\n\
                 1,{shown},2024-02-29,2024-02-29 13:05:00\n2,,,\n"
            );
            assert_eq!((ran.err.as_str(), ran.out), ("", expected), "{stem}.{name}");
        }
    }
}

#[test]
fn what_is_one_whole_takes_one_result() {
    for name in ["xlsx", "parquet", "arrow"] {
        let folder = folder(&[("old", "")]);
        let place = folder.path();
        for (text, said) in [
            (
                "OUTPUT TO '@a.F'; SELECT 1; SELECT 2",
                "F holds one result; EXPORT",
            ),
            (
                "OUTPUT TO '@a.F'; PRINT 1; OUTPUT TO STDOUT",
                "a.F is not written: no result went there",
            ),
            ("OUTPUT TO '@a.F' APPEND", "a file of F is one whole"),
        ] {
            let ran = run(place, &text.replace('F', name));
            let said = said.replace('F', name);
            assert!(ran.err.contains(&said), "{text}\n{}", ran.err);
        }
        let file = format!("{}/a.{name}", place.display());
        let ran = noctra(&["--output", &file, "-c", "CREATE TABLE t (a INTEGER)"], "");
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.err.contains("is not written: there was no result"),
            "{}",
            ran.err
        );
        assert_eq!(names(place), ["old"], "{name}");
    }
}

#[test]
fn an_ending_that_names_no_format_says_which_there_are() {
    let folder = folder(&[("p.xslx", "")]);
    let all: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let ran = run(folder.path(), "EXPORT (SELECT 1) TO '@q.xslx'");
    assert!(
        ran.err.contains("which format") && ran.err.contains(&all.join(", ")),
        "{}",
        ran.err
    );
    let ran = noctra(&["--output", "q.xslx", "-c", "SELECT 1"], "");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains(&all.join(", ")), "{}", ran.err);
    let ran = run(folder.path(), "IMPORT '@p.xslx' INTO p CREATE");
    let read = "csv, tsv, json, jsonl, xlsx, parquet, arrow";
    assert!(ran.err.contains(read), "{}", ran.err);
    let ran = run(folder.path(), "EXPORT (SELECT 1) TO '@q' FORMAT parket");
    assert!(ran.err.contains("did you mean parquet?"), "{}", ran.err);
}

#[test]
fn numbers_and_days_are_written_and_read_as_wanted() {
    let folder = folder(&[]);
    let place = folder.path();
    let options = "OPTIONS (decimal_separator = ',', thousands = '.', date_format = 'DD.MM.YYYY', timestamp_format = 'DD.MM.YYYY HH24:MI')";
    for (name, line) in [
        ("csv", "1,\"-1.234.567,50\",29.02.2024,29.02.2024 13:05"),
        ("tsv", "1\t-1.234.567,50\t29.02.2024\t29.02.2024 13:05"),
        (
            "box",
            "│  1 │ -1.234.567,50 │ 29.02.2024 │ 29.02.2024 13:05 │",
        ),
        (
            "ascii",
            "|  1 | -1.234.567,50 | 29.02.2024 | 29.02.2024 13:05 |",
        ),
        (
            "markdown",
            "| 1 | -1.234.567,50 | 29.02.2024 | 29.02.2024 13:05 |",
        ),
        (
            "html",
            "right\">-1.234.567,50<td>29.02.2024<td>29.02.2024 13:05</tr>",
        ),
        ("expanded", "price │ -1.234.567,50"),
    ] {
        let ran = run(place, &format!("{MONEY} EXPORT m TO '@m.{name}' {options}"));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        let file = read(place, &format!("m.{name}"));
        assert!(file.contains(line), "{name}\n{file}");
    }
    for name in ["csv", "tsv"] {
        let text = format!(
            "IMPORT '@m.{name}' INTO a CREATE {options}; DESCRIBE a; {MONEY} DELETE FROM m; IMPORT '@m.{name}' INTO m {options}; FROM m ORDER BY id"
        );
        let ran = run(place, &text);
        assert_eq!(ran.err, "");
        assert_eq!(
            ran.out,
            "column,type,null,key\nid,bigint,\"\",\"\"\nprice,\"numeric(18,2)\",\"\",\"\"\nday,date,\"\",\"\"\n\
             at,timestamp,\"\",\"\"\nid,price,day,at\n1,-1234567.50,2024-02-29,2024-02-29 13:05:00\n2,,,\n"
        );
    }
    // The same from the command line.
    let ran = noctra(
        &[
            "--format",
            "csv",
            "--option",
            "delimiter=;",
            "--option",
            "date_format=DD.MM.YY",
            "-c",
            "SELECT DATE '2024-02-29' AS d, 1 AS n",
        ],
        "",
    );
    assert_eq!(
        (ran.err.as_str(), ran.out.as_str()),
        ("", "d;n\n29.02.24;1\n")
    );
}

#[test]
fn an_option_that_is_not_taken_says_what_is() {
    let folder = folder(&[("a.csv", "x\n1\n")]);
    let place = folder.path();
    for (text, said) in [
        (
            "EXPORT (SELECT 1) TO '@o.csv' OPTIONS (delimeter = ';')",
            "did you mean delimiter?",
        ),
        (
            "EXPORT (SELECT 1) TO '@o.json' OPTIONS (delimiter = ';')",
            "it is for csv, tsv",
        ),
        (
            "EXPORT (SELECT 1) TO '@o.parquet' OPTIONS (header = FALSE)",
            "parquet has no option header",
        ),
        (
            "EXPORT (SELECT 1) TO '@o.csv' OPTIONS (sample = 3)",
            "a file of csv has no option sample",
        ),
        (
            "EXPORT (SELECT 1) TO '@o.csv' OPTIONS (thousands = 'xx')",
            "thousands takes one character",
        ),
        (
            "EXPORT (SELECT 1) TO '@o.csv' OPTIONS (thousands = '.')",
            "are the same",
        ),
        (
            "EXPORT (SELECT 1) TO '@o.csv' OPTIONS (date_format = '.')",
            "a template of to_char",
        ),
        (
            "EXPORT (SELECT 1) TO '@o.xlsx' OPTIONS (sheet = 'a/b')",
            "sheet takes a name of at most 31",
        ),
        (
            "IMPORT '@a.csv' INTO a CREATE OPTIONS (max_error = 3)",
            "did you mean max_errors?",
        ),
        (
            "IMPORT '@a.csv' INTO a CREATE OPTIONS (sheet = 1)",
            "it is for xlsx",
        ),
        (
            "IMPORT '@a.csv' INTO a CREATE FORMAT xlsx OPTIONS (range = 'x')",
            "range takes cells",
        ),
    ] {
        let ran = run(place, text);
        assert_eq!(ran.code, Some(1), "{text}");
        assert!(ran.err.contains(said), "{text}\n{}", ran.err);
    }
    for (option, said) in [
        ("delimeter=;", "did you mean delimiter?"),
        ("sheet=a", "csv has no option sheet; it is for xlsx"),
        ("delimiter", "--option takes NAME=VALUE"),
    ] {
        let ran = noctra(
            &["--format", "csv", "--option", option, "-c", "SELECT 1"],
            "",
        );
        assert_eq!(ran.code, Some(2), "{option}");
        assert!(ran.err.contains(said), "{option}\n{}", ran.err);
    }
    assert_eq!(names(place), ["a.csv"]);
}

#[test]
fn sheets_and_ranges_of_a_workbook_are_found_and_bad_cells_told() {
    let folder = folder(&[]);
    let place = folder.path();
    let made = "EXPORT (SELECT 'note' AS a, '' AS b, NULL AS c UNION ALL SELECT '', 'id', 'price' UNION ALL \
         SELECT NULL, '1', '2.50' UNION ALL SELECT NULL, '2', 'x' UNION ALL SELECT NULL, '3', '4') TO '@w.xlsx' OPTIONS (sheet = 'Prices')";
    assert_eq!(run(place, made).err, "");
    let table = "CREATE TABLE t (id INTEGER, price NUMERIC(5,2));";
    let import =
        format!("{table} IMPORT '@w.xlsx' INTO t OPTIONS (sheet = 'prices', range = 'B3:C6')");
    let ran = run(place, &import);
    let told = "w.xlsx, sheet Prices, cell C5: column price: \"x\" is no numeric(5,2)";
    assert!(ran.err.contains(told), "{}", ran.err);
    let some = import.replace("'B3:C6'", "'B3:C6', max_errors = 1");
    let ran = run(place, &format!("{some}; FROM t"));
    assert_eq!(ran.out, "id,price\n1,2.50\n3,4.00\n");
    assert!(
        ran.err.contains(told) && ran.err.contains("1 record left out"),
        "{}",
        ran.err
    );
    let first = import.replace("'B3:C6'", "'B3:C4'");
    assert_eq!(
        run(place, &format!("{first}; FROM t")).out,
        "id,price\n1,2.50\n"
    );
    for (sheet, said) in [
        ("'Prizes'", "did you mean Prices?"),
        ("2", "it has no sheet 2, but Prices"),
    ] {
        let ran = run(place, &import.replace("'prices'", sheet));
        assert!(ran.err.contains(said), "{sheet}\n{}", ran.err);
    }
    for name in ["xlsx", "parquet", "arrow"] {
        let file = format!("broken.{name}");
        std::fs::write(place.join(&file), "no such thing at all").expect("a file");
        let ran = run(place, &format!("IMPORT '@{file}' INTO t CREATE"));
        assert_eq!(ran.code, Some(1), "{name}");
        assert!(ran.err.contains(&format!("broken.{name}: ")), "{}", ran.err);
        let ran = run(place, &format!("IMPORT '@none.{name}' INTO t CREATE"));
        assert!(
            ran.err.contains("none.") && ran.err.contains("there is no such file"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn types_of_a_file_go_into_the_types_of_a_table() {
    let folder = folder(&[]);
    let place = folder.path();
    for name in ["parquet", "arrow"] {
        let made = format!(
            "EXPORT (SELECT 1 AS a, 2.50 AS b, DATE '2024-02-29' AS c, '7' AS d, TRUE AS e) TO '@t.{name}';
             CREATE TABLE t (a TEXT, b DOUBLE PRECISION, c TIMESTAMP, d INTEGER, e TEXT); IMPORT '@t.{name}' INTO t; FROM t"
        );
        let ran = run(place, &made);
        assert_eq!(ran.err, "", "{name}");
        assert_eq!(
            ran.out, "a,b,c,d,e\n1,2.5,2024-02-29 00:00:00,7,true\n",
            "{name}"
        );
        let ran = run(
            place,
            &format!(
                "CREATE TABLE t (a INTEGER, b INTEGER, c DATE, d INTEGER, e BOOLEAN); IMPORT '@t.{name}' INTO t"
            ),
        );
        let told = format!("t.{name}, row 1: column b: 2.50 is no integer");
        assert!(ran.err.contains(&told), "{}", ran.err);
    }
}
