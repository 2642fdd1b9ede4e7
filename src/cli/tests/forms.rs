//! Forms without a screen, as scripts and pipes use them.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;

use common::{Ran, folder, noctra, rqlc};
use std::path::{Path, PathBuf};

fn example(name: &str) -> String {
    let forms = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rql-examples/forms");
    forms.join(name).display().to_string()
}

fn examples() -> Vec<PathBuf> {
    let files = std::fs::read_dir(example("")).expect("the examples");
    files.map(|file| file.expect("an example").path()).collect()
}

fn demo(text: &str) -> Ran {
    noctra(&["--demo", "--format", "csv", "-c", text], "")
}

/// The messages of what was refused.
fn refused(ran: &Ran) -> Vec<&str> {
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let lines = ran.err.lines().filter(|line| line.starts_with("[RQL"));
    lines
        .map(|line| line.split_once(": ").map_or(line, |said| said.1))
        .collect()
}

#[test]
fn the_form_of_a_table_needs_nothing_written() {
    let ran = demo("FORM FOR employees WITH id = 1001;");
    assert_eq!(ran.err, "");
    assert_eq!(
        ran.out,
        "id,name,dept,salary\n1001,John Smith,SALES,75000.00\n"
    );
    // A form that is loaded under the table's name does not stand in its place.
    let block = "FORM departments (FIELD x TEXT, ACTION go AS SELECT 'mine' AS whose);";
    let ran = demo(&format!(
        "{block} FORM EXECUTE departments; FORM FOR departments WITH name = 'HR';"
    ));
    let out: Vec<&str> = ran.out.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        out[..3],
        ["whose", "mine", "name,title,city,budget"],
        "{}",
        ran.err
    );
    let ran = demo("FORM FOR employes;");
    assert_eq!(refused(&ran), ["no table employes"]);
    let ran = demo("FORM FOR 'employees.toml';");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
}

#[test]
fn the_employee_search_of_the_roadmap() {
    let file = example("employee_search.toml");
    let ran = demo(&format!(
        "FORM LOAD '{file}'; FORM EXECUTE employee_search WITH id = 1001;"
    ));
    assert_eq!(ran.err, "");
    assert_eq!(
        ran.out,
        "id,name,dept,salary\n1001,John Smith,SALES,75000.00\n"
    );
    // The default of the department holds where none is given, and NULL is none.
    let count = |with: &str| {
        let ran = demo(&format!(
            "EXECFORM '{file}' ACTION search WITH name = 'Carla Keller'{with}"
        ));
        assert_eq!(ran.err, "");
        ran.out.lines().count() - 1
    };
    let all = demo("SELECT count(*) FROM employees WHERE name LIKE '%Carla Keller%'");
    assert_eq!(
        count(", dept = NULL").to_string(),
        all.out.lines().nth(1).expect("a count")
    );
    assert_eq!(count(", dept = 'HR'"), 1);
    assert_eq!(count(""), 0);
}

#[test]
fn every_field_that_is_refused_is_listed_and_nothing_runs() {
    let file = example("customer.toml");
    let before = "SELECT count(*) FROM customers;";
    let ran = demo(&format!(
        "{before} SET on_error = continue; FORM EXECUTE '{file}' WITH name = 'A', city = NULL, email = 'nobody', \
         since = 'yesterday'; {before}"
    ));
    assert_eq!(
        refused(&ran),
        [
            "Name: must be a whole name",
            "City: must have a value",
            r"E-mail: must look like [^@ ]+@[^@ ]+\.[a-z]+",
            "Customer since: must be a date like 2024-01-31, not yesterday",
        ]
    );
    for rule in [
        "field name, rule length",
        "field city, rule required",
        "field since, rule type date",
    ] {
        assert!(ran.err.contains(rule), "{}", ran.err);
    }
    assert_eq!(ran.out, "count\n150\ncount\n150\n");
    // An empty text is a value, and NULL breaks no rule but REQUIRED.
    let ran = demo(&format!(
        "FORM EXECUTE '{file}' WITH name = 'Ada Lovelace', city = '', email = NULL, since = DATE '2024-02-01'; \
         FORM EXECUTE '{file}' ACTION show WITH name = 'Ada Lovelace';"
    ));
    assert_eq!(
        ran.out,
        "id,name,city,email,since\n151,Ada Lovelace,\"\",,2024-02-01\n"
    );
    assert_eq!(ran.err, "the customer is saved\n");
}

#[test]
fn designing_needs_a_screen() {
    let ran = demo("FORM DESIGN employee_search");
    assert_eq!(refused(&ran), ["a form is designed on a screen"]);
    assert!(ran.err.contains("press F4 in the window"), "{}", ran.err);
}

#[test]
fn names_that_a_form_does_not_have_are_told_with_what_was_meant() {
    let file = example("employee_search.toml");
    let ran = demo(&format!("FORM EXECUTE '{file}' WITH dpet = 'IT', boss = 1"));
    assert_eq!(
        refused(&ran),
        [
            "the form employee_search has no field dpet",
            "the form employee_search has no field boss"
        ]
    );
    assert!(ran.err.contains("did you mean dept?"), "{}", ran.err);
    let ran = demo(&format!("FORM EXECUTE '{file}' ACTION saerch"));
    assert!(ran.err.contains("did you mean search?"), "{}", ran.err);
    assert_eq!(
        refused(&demo("FORM EXECUTE emploees")),
        ["no form emploees"]
    );
    assert_eq!(
        refused(&demo(&format!("FORM EXECUTE '{file}' ACTION clear"))),
        ["clear does something on a screen only"]
    );
    let line = example("order_line.rql");
    let ran = demo(&format!(
        "FORM EXECUTE '{line}' WITH order_id = 1, product = 1, amount = 3"
    ));
    assert_eq!(refused(&ran), ["Amount: amount is computed"]);
}

#[test]
fn computed_fields_lookups_and_conditions_over_two_fields() {
    let file = example("order_line.rql");
    let ran = demo(&format!(
        "FORM EXECUTE '{file}' WITH order_id = 1, product = 3, quantity = 4"
    ));
    assert_eq!(
        ran.out, "name,quantity,price,amount\nEarl Grey,4,9.50,38.00\n",
        "{}",
        ran.err
    );
    let ran = demo(&format!(
        "FORM EXECUTE '{file}' WITH order_id = 1, product = 300, quantity = 400"
    ));
    assert_eq!(
        refused(&ran),
        [
            "Product: must be a value of its list",
            "Quantity: must be from 1 to 100"
        ]
    );
    let file = example("sales_report.rql");
    let ran = demo(&format!(
        "FORM EXECUTE '{file}' WITH last = DATE '2023-12-31'"
    ));
    assert_eq!(
        refused(&ran),
        ["Last day: must not be before the first day"]
    );
    let ran = demo(&format!(
        "FORM EXECUTE '{file}' ACTION total WITH last = '2024-01-31'"
    ));
    assert_eq!(ran.out, "days,total\n31,20169.68\n", "{}", ran.err);
}

#[test]
fn every_table_has_a_form_with_nothing_written() {
    let ran = demo("FORM EXECUTE employees WITH dept = 'HR', name = 'Carla Keller'");
    assert_eq!(
        ran.out, "id,name,dept,salary\n3010,Carla Keller,HR,89600.00\n",
        "{}",
        ran.err
    );
    let row = "FORM EXECUTE employees ACTION query WITH id = 9999;";
    let ran = demo(&format!(
        "FORM EXECUTE employees ACTION insert WITH id = 9999, dept = 'HR', name = 'New', salary = 5; {row} \
         FORM EXECUTE employees ACTION update WITH id = 9999, salary = 50000.50; {row} \
         FORM EXECUTE employees ACTION delete WITH id = 9999; {row}"
    ));
    let head = "id,name,dept,salary\n";
    assert_eq!(
        ran.out,
        format!("{head}9999,New,HR,5.00\n{head}9999,New,HR,50000.50\n{head}"),
        "{}",
        ran.err
    );
    let ran = demo("FORM EXECUTE employees ACTION insert WITH dept = 'ZZ', name = NULL");
    assert_eq!(
        refused(&ran),
        [
            "Name: must have a value",
            "Dept: must be a value of its list",
            "Salary: must have a value"
        ]
    );
    assert_eq!(
        refused(&demo(
            "FORM EXECUTE employees ACTION update WITH salary = 5"
        )),
        ["employees needs the key of the row"]
    );
    assert_eq!(
        refused(&demo(
            "FORM EXECUTE employees ACTION update WITH id = 1, salary = 5"
        )),
        ["employees has no row of this key"]
    );
    // What is written stands in the place of what the catalog says.
    let file = example("employees.rql");
    let ran = demo(&format!(
        "FORM LOAD '{file}'; FORM EXECUTE employees ACTION update WITH id = 1001, salary = 0"
    ));
    assert_eq!(
        refused(&ran),
        ["Salary per year: must be paid, and not a fortune"]
    );
}

#[test]
fn a_form_in_a_script_takes_its_variables_and_leaves_them_as_they_were() {
    let ran = demo(
        "LET id = 5; LET least = 100000;
         FORM rich (FIELD id INTEGER, FIELD dept TEXT REQUIRED,
           ACTION go AS SELECT count(*) FROM employees WHERE salary > :least AND dept = :dept {{#if id}} AND id = :id {{/if}});
         FORM EXECUTE rich WITH dept = 'IT'; PRINT :id; SHOW FORMS; DESCRIBE FORM rich;",
    );
    assert_eq!(ran.err, "");
    let mut lines = ran.out.lines();
    let wanted = demo("SELECT count(*) FROM employees WHERE salary > 100000 AND dept = 'IT'");
    assert_eq!(lines.next(), Some("count"));
    assert_eq!(lines.next(), wanted.out.lines().nth(1));
    assert_eq!(lines.next(), Some("5"));
    let rest: Vec<&str> = lines.collect();
    assert_eq!(rest[..2], ["form,title", "rich,"]);
    assert_eq!(rest[3], "field,id,integer,id,\"\",");
    assert_eq!(rest[4], "field,dept,text,dept,required,");
}

#[test]
fn a_form_that_is_wrong_is_not_loaded() {
    let files = folder(&[(
        "bad.toml",
        "titel = 'x'\n[fields.a]\n[actions.go]\nsql = 'SELECT nmae FROM employees WHERE id = :b'\n",
    )]);
    let bad = files.path().join("bad.toml").display().to_string();
    let ran = demo(&format!("FORM LOAD '{bad}'"));
    assert_eq!(refused(&ran), ["a form has no titel", "no column nmae"]);
    assert!(
        ran.err.contains("bad.toml:1:1") && ran.err.contains("bad.toml:4:15"),
        "{}",
        ran.err
    );
    // What fails while it runs is shown in the form.
    let ran = demo(
        "FORM f (FIELD n INTEGER, ACTION go FAILURE 'no luck' AS SELECT 1 / :n);\nFORM EXECUTE f WITH n = 0;",
    );
    assert!(
        ran.err.contains("-c:1:64") && ran.err.contains("no luck"),
        "{}",
        ran.err
    );
}

#[test]
fn examples_are_sound_and_convert_there_and_back() {
    let files = folder(&[("demo.sql", noctra_schema())]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let schema = path("demo.sql");
    for file in examples() {
        let file = file.display().to_string();
        let ran = rqlc(
            &["check", "--schema", &schema, "--dialect", "all", &file],
            "",
        );
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{file}");
        let (one, two, three) = (path("one.toml"), path("two.rql"), path("three.toml"));
        for (from, to) in [(&file, &one), (&one, &two), (&two, &three)] {
            let ran = noctra(&["form", "convert", from, to], "");
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{from} → {to}");
        }
        let ran = rqlc(&["check", "--schema", &schema, &three], "");
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{file}");
        let ran = rqlc(&["fmt", "--check", &two], "");
        assert_eq!(ran.code, Some(0), "{file}");
    }
}

fn noctra_schema() -> &'static str {
    noctra_runtime::demo_schema()
}

#[test]
fn a_form_is_checked_like_a_script() {
    let files = folder(&[
        ("demo.sql", noctra_schema()),
        (
            "bad.toml",
            "[fields.dept]\nlable = 'D'\n[actions.go]\nsql = 'SELECT id FROM employees WHERE dept = :dpet'\n",
        ),
        (
            "bad.rql",
            "FORM f (FIELD dept TEXT, ACTION go AS SELECT id FROM employees WHERE dept = :dpet);\n",
        ),
    ]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let ran = rqlc(
        &["check", "--schema", &path("demo.sql"), &path("bad.toml")],
        "",
    );
    assert_eq!(
        refused(&ran),
        ["a field has no lable", "the form has no field dpet"]
    );
    assert!(
        ran.err.contains("did you mean label?") && ran.err.contains("did you mean dept?"),
        "{}",
        ran.err
    );
    let ran = rqlc(
        &["check", "--schema", &path("demo.sql"), &path("bad.rql")],
        "",
    );
    assert_eq!(refused(&ran), ["the form has no field dpet"]);
    let ran = rqlc(
        &[
            "check",
            "--schema",
            &path("demo.sql"),
            &example("customer.toml"),
        ],
        "",
    );
    assert_eq!(
        ran.out.lines().skip(1).collect::<Vec<_>>(),
        [
            "  name   varchar(60)  not null  required",
            "  city   text         not null  required",
            "  email  text         nullable  default NULL",
            "  since  date         not null  default today",
        ]
    );
    let ran = noctra(
        &["form", "convert", &path("bad.toml"), &path("out.rql")],
        "",
    );
    assert_eq!(refused(&ran), ["a field has no lable"]);
    assert!(
        !Path::new(&path("out.rql")).exists(),
        "nothing is written where it is wrong"
    );
    assert_eq!(noctra(&["form", "convert"], "").code, Some(2));
}

#[test]
fn a_bound_form_finds_rows_by_example() {
    let count = |with: &str, condition: &str| {
        let ran = demo(&format!("FORM EXECUTE employees WITH {with}"));
        assert_eq!(ran.err, "", "{with}");
        let all = demo(&format!(
            "SELECT * FROM employees WHERE {condition} ORDER BY id"
        ));
        assert_eq!(ran.out, all.out, "{with}");
    };
    count(
        "salary = '>=100000', dept = 'IT|HR'",
        "salary >= 100000 AND dept IN ('IT', 'HR')",
    );
    count("name = 'C*'", "name LIKE 'C%'");
    count("id = '1001..1005'", "id BETWEEN 1001 AND 1005");
    count("id = 1001", "id = 1001");
    count("id = '>>'", "id = (SELECT max(id) FROM employees)");
    count("dept = '='", "dept IS NULL");
    let ran = demo("FORM EXECUTE employees WITH id = 'x', salary = '>'");
    assert_eq!(
        refused(&ran),
        [
            "Id: must be a whole number, not x",
            "Salary: must have a value after >"
        ]
    );
    assert!(
        ran.err.contains("field id, rule type bigint")
            || ran.err.contains("field id, rule type integer"),
        "{}",
        ran.err
    );
}

#[test]
fn triggers_run_with_what_they_are_about_or_not_at_all() {
    let form = "CREATE TABLE log (what TEXT, id INTEGER, note TEXT CHECK (note <> 'bad'));
        FORM staff FOR employees (
          ACTION stamp BEFORE (INSERT) AS SELECT upper(:name) AS name,
          ACTION logged AFTER (INSERT, UPDATE) AS INSERT INTO log VALUES ('row', :id, :name),
          ACTION done AFTER (COMMIT) AS INSERT INTO log VALUES ('commit', :id, NULL)
        );";
    let ran = demo(&format!(
        "{form} FORM EXECUTE staff ACTION insert WITH id = 9999, name = 'Ann', dept = 'HR', salary = 5;
         SELECT name FROM employees WHERE id = 9999; SELECT * FROM log ORDER BY what;"
    ));
    assert_eq!(ran.err, "inserted\n");
    assert_eq!(
        ran.out,
        "name\nANN\nwhat,id,note\ncommit,9999,\nrow,9999,ANN\n"
    );
    // An action of another name does something of its own, and a trigger is not what runs by default.
    let ran = demo(&format!(
        "{form} DESCRIBE FORM staff;
         FORM note (FIELD n INTEGER ON CHANGE twice, FIELD m INTEGER, ACTION twice AS SELECT :n * 2 AS m,
           ACTION show AS SELECT :n AS n, :m AS m);
         FORM EXECUTE note WITH n = 4;"
    ));
    assert_eq!(ran.err, "");
    assert!(
        ran.out
            .contains("action,logged,insert,logged,\"after insert, update\",")
            && ran.out.ends_with("n,m\n4,8\n"),
        "{}",
        ran.out
    );
    // The row is not kept where what belongs to it cannot be.
    let ran = demo(&format!(
        "{form} SET on_error = continue;
         FORM EXECUTE staff ACTION update WITH id = 1001, name = 'bad';
         SELECT name FROM employees WHERE id = 1001; SELECT count(*) FROM log;"
    ));
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, "name\nJohn Smith\ncount\n0\n");
    let ran = demo(
        "FORM f (FIELD city TEXT, FIELD dept TEXT ON CHANGE fill,
           ACTION fill AS SELECT city AS citty FROM departments WHERE name = :dept)",
    );
    assert_eq!(
        refused(&ran),
        ["the trigger fill gives citty, which is no field"]
    );
    assert!(ran.err.contains("did you mean city?"), "{}", ran.err);
    let ran = demo("FORM f (FIELD a TEXT, ACTION x BEFORE (INSRT) AS SELECT 1)");
    assert_eq!(refused(&ran), ["there is no event insrt"]);
    assert!(ran.err.contains("did you mean insert?"), "{}", ran.err);
}

#[test]
fn masks_views_and_languages_work_without_a_screen() {
    let files = folder(&[(
        "part.toml",
        "name = 'part'\ntitle = 'Part'\n[fields.code]\nlabel = 'Code'\ntype = 'text'\nrequired = true\nmask = '!!-999'\n\
         [actions.show]\nsql = 'SELECT :code AS code'\n\
         [views.dear]\nsql = 'SELECT id, name, salary FROM employees WHERE salary > 110000 ORDER BY id'\n\
         columns = ['id']\n\
         [i18n.de]\ntitle = 'Teil'\nfields = { code = 'Kennung' }\nmessages = { code = 'fehlt' }\n",
    )]);
    let file = files.path().join("part.toml").display().to_string();
    let execute = |with: &str| demo(&format!("{with} FORM EXECUTE '{file}'"));
    let ran = demo(&format!("FORM EXECUTE '{file}' WITH code = 'AB-123'"));
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("code\nAB-123\n", ""));
    let ran = demo(&format!("FORM EXECUTE '{file}' WITH code = 'AB-12'"));
    assert_eq!(refused(&ran), ["Code: must look like !!-999"]);
    assert!(ran.err.contains("field code, rule mask"), "{}", ran.err);
    assert_eq!(refused(&execute("")), ["Code: must have a value"]);
    assert_eq!(refused(&execute("SET language = de;")), ["Kennung: fehlt"]);
    let ran = demo(&format!("FORM EXECUTE '{file}' ACTION dear"));
    let wanted = demo("SELECT id FROM employees WHERE salary > 110000 ORDER BY id");
    assert_eq!((ran.out, ran.err.as_str()), (wanted.out, ""));
    // A mask is for texts; a view shows what its query gives.
    let ran = demo("FORM f (FIELD n INTEGER MASK '99', ACTION x AS SELECT :n)");
    assert_eq!(refused(&ran), ["a mask is for texts"]);
}

#[test]
fn a_recorded_session_is_a_test() {
    let files = folder(&[
        (
            "good.steps",
            "run CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)\nform t\ntype 1\nnext\ntype Ann\nF10\nsee\n\
             | [NORMAL] t - record 1 of 1 - Q\n|   Id: [1]\n| > Name: [Ann]\n| * 1 change is kept\n",
        ),
        (
            "bad.steps",
            "form employees\nF7\nsee\n| [QUERY] employees\nfeild id\n",
        ),
    ]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let ran = noctra(&["form", "replay", &path("good.steps")], "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let ran = noctra(&["form", "replay", &path("bad.steps"), "demo"], "");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("bad.steps:3: after \"see\": recorded | [QUERY] employees, seen | [ENTER QUERY] employees\n")
            && ran.err.contains("bad.steps:5: no step feild id: did you mean field?\n"),
        "{}",
        ran.err
    );
    let ran = noctra(&["form", "replay", &path("good.steps"), "--update"], "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}
