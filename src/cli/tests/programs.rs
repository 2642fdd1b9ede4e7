//! `noctra` and `rqlc` from outside: what is printed where, and the exit codes.

mod common;

use common::{folder, noctra, rqlc};

#[test]
fn a_condition_reads_the_command_lines_text() {
    let program = "IF :flag THEN PRINT 'yes'; ELSE PRINT 'no'; END IF;";
    for (given, said) in [("true", "yes\n"), ("off", "no\n"), ("1", "yes\n")] {
        let var = format!("flag={given}");
        assert_eq!(
            noctra(&["--var", &var, "-c", program], "").out,
            said,
            "{given}"
        );
    }
    let ran = noctra(&["--var", "flag=maybe", "-c", program], "");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("this is \"maybe\""), "{}", ran.err);
    let typed = format!("LET flag = 'true'; {program}");
    assert_eq!(noctra(&["-c", &typed], "").code, Some(1));
}

#[test]
fn statements_scripts_and_standard_input_run() {
    let shown = "\
┌──────┬──────────────┬───────┬──────────┐
│   id │ name         │ dept  │   salary │
├──────┼──────────────┼───────┼──────────┤
│ 1001 │ John Smith   │ SALES │ 75000.00 │
│ 1002 │ Mary Johnson │ SALES │ 68000.00 │
└──────┴──────────────┴───────┴──────────┘
(2 rows)
";
    let text = "USE demo; LET dept = 'SALES';
SELECT * FROM employees WHERE dept = :dept ORDER BY id LIMIT 2;";
    let by_option = noctra(&["-c", text], "");
    assert_eq!(
        (
            by_option.code,
            by_option.out.as_str(),
            by_option.err.as_str()
        ),
        (Some(0), shown, "")
    );
    assert_eq!(noctra(&[], text).out, shown);
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("a.rql");
    std::fs::write(&script, text).expect("a file");
    assert_eq!(noctra(&[&script.display().to_string()], "").out, shown);
    let select = "SELECT * FROM employees WHERE dept = :dept ORDER BY id LIMIT 2";
    assert_eq!(
        noctra(&["--demo", "--var", "dept=SALES", "-c", select], "").out,
        shown
    );
}

#[test]
fn formats_go_to_pipes_and_files_whole() {
    let select = "SELECT id, name, salary FROM employees WHERE id = 1001";
    let run = |args: &[&str]| noctra(&[&["--demo", "-c", select], args].concat(), "").out;
    assert_eq!(
        run(&["--format", "csv"]),
        "id,name,salary\n1001,John Smith,75000.00\n"
    );
    assert_eq!(
        run(&["--format", "tsv", "--no-header"]),
        "1001\tJohn Smith\t75000.00\n"
    );
    assert_eq!(
        run(&["--format", "jsonl"]),
        "{\"id\":1001,\"name\":\"John Smith\",\"salary\":75000.00}\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("out.csv");
    let name = file.display().to_string();
    assert_eq!(run(&["--output", &name]), "");
    let written = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(written, "id,name,salary\n1001,John Smith,75000.00\n");
    // A failure leaves what was there.
    let failed = noctra(
        &["--demo", "--output", &name, "-c", "SELECT 1; SELECT nope"],
        "",
    );
    assert_eq!(failed.code, Some(1));
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), written);
    assert_eq!(
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .count(),
        1
    );
}

#[test]
fn exit_codes_are_those_of_the_manual() {
    assert_eq!(noctra(&["-c", "PRINT 1"], "").code, Some(0));
    assert_eq!(noctra(&["-c", "SELEC 1"], "").code, Some(1));
    assert_eq!(noctra(&["missing.rql"], "").code, Some(1));
    assert_eq!(noctra(&["--nonsense"], "").code, Some(2));
    assert_eq!(
        noctra(&["--format", "cvs", "-c", "PRINT 1"], "").code,
        Some(2)
    );
    assert_eq!(
        noctra(&["--var", "nonsense", "-c", "PRINT 1"], "").code,
        Some(2)
    );
    assert_eq!(noctra(&["--help"], "").code, Some(0));
}

#[test]
fn a_command_of_the_prompt_is_told_what_runs_in_a_script() {
    for (command, instead) in [
        ("\\d employees", "DESCRIBE \"employees\""),
        (".tables", "SHOW TABLES"),
        (".mode csv", "SET format = csv"),
    ] {
        let place = folder(&[("a.rql", command)]);
        let file = place.path().join("a.rql").display().to_string();
        let ran = noctra(&["--demo", &file], "");
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{command}");
        assert!(ran.err.contains(instead), "{command}: {}", ran.err);
    }
    let ran = noctra(&["no_such.rql"], "");
    assert_eq!(ran.code, Some(1));
    let said = "cannot read no_such.rql: there is no such file";
    assert!(ran.err.contains(said), "{}", ran.err);
}

#[test]
fn a_script_stops_at_its_first_error_and_points_there() {
    let ran = noctra(
        &["--demo"],
        "PRINT 'before';\n\nSELECT id, nmae FROM employees;\nPRINT 'after';",
    );
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "before\n"));
    assert!(
        ran.err.contains("RQL0202") && ran.err.contains("stdin:3:12"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("name"), "a suggestion: {}", ran.err);
    assert!(!ran.err.contains('\x1b'), "no colours in a pipe");
}

#[test]
fn a_division_by_zero_points_at_the_division() {
    let ran = noctra(
        &["--demo"],
        "SELECT id,\n  1000 / (id - 1001) AS x\nFROM employees;",
    );
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("RQL0701") && ran.err.contains("stdin:2:3"),
        "{}",
        ran.err
    );
}

#[test]
fn an_unbound_parameter_is_named() {
    let ran = noctra(
        &["--demo"],
        "LET dept = 'IT';\nSELECT id FROM employees WHERE dept = :dpet;",
    );
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("RQL0410") && ran.err.contains("stdin:2:39"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains(":dept"), "{}", ran.err);
}

#[test]
fn passwords_are_not_shown() {
    let ran = noctra(
        &[
            "--db",
            "postgres://ann:s3cret@127.0.0.1:1/db",
            "-c",
            "SELECT 1",
        ],
        "",
    );
    assert_eq!(ran.code, Some(1));
    assert!(!ran.err.contains("s3cret"), "{}", ran.err);
}

#[test]
fn rqlc_checks_formats_and_explains() {
    assert_eq!(
        rqlc(&["fmt", "--stdin"], "select  a from t").out,
        "SELECT a FROM t;\n"
    );
    assert_eq!(
        rqlc(&["fmt", "--stdin", "--check"], "select  a from t").code,
        Some(1)
    );
    assert_eq!(
        rqlc(&["check", "--syntax-only", "-"], "SELECT 1;").code,
        Some(0)
    );
    let wrong = rqlc(
        &["check", "--diagnostics", "json", "-"],
        "SELECT 1 +;\nSELECT (2;",
    );
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.err.lines().count() >= 2, "{}", wrong.err);
    for line in wrong.err.lines() {
        assert!(
            line.starts_with("{\"code\":\"RQL0") && line.ends_with('}'),
            "{line}"
        );
    }
    let explained = rqlc(&["explain", "RQL0115"], "");
    assert!(
        explained.out.starts_with("RQL0115: Compared with NULL\n"),
        "{}",
        explained.out
    );
    assert_eq!(rqlc(&["explain", "RQL9999"], "").code, Some(2));
}

#[test]
fn scripts_decide_loop_assert_and_write_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (csv, lost) = (path("staff.csv"), path("lost.jsonl"));
    let script = format!(
        "LET n = 3;
         IF :n > 5 THEN PRINT 'big'; ELSIF :n = 3 THEN PRINT 'three'; ELSE PRINT 'other'; END IF;
         FOR d IN (SELECT name FROM departments ORDER BY name LIMIT 2) LOOP PRINT 'in', :d; END LOOP;
         OUTPUT TO '{csv}';
         SELECT id, name FROM employees ORDER BY id LIMIT 1;
         OUTPUT TO STDOUT;
         PRINT 'done';
         OUTPUT TO '{lost}';
         SELECT 1 AS one;
         ASSERT 1 > 2, 'one is not more than two';"
    );
    let ran = noctra(&["--demo"], &script);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, "three\nin FINANCE\nin HR\ndone\n");
    assert!(ran.err.contains("one is not more than two"), "{}", ran.err);
    let written = std::fs::read_to_string(&csv).expect("the file is whole");
    assert_eq!(written, "id,name\n1001,John Smith\n");
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .collect();
    assert_eq!(left.len(), 1, "a failure leaves no half file: {left:?}");
}
