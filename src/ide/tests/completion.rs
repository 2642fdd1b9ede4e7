//! What is offered where.

mod common;

use common::{at, labels, taken};
use rql_ide::Kind;

fn first(text: &str, count: usize) -> Vec<String> {
    labels(text).into_iter().take(count).collect()
}

fn offers(text: &str, label: &str) -> bool {
    labels(text).iter().any(|offered| offered == label)
}

#[test]
fn columns_of_the_from_clause_come_first_with_their_types() {
    assert_eq!(
        first("SELECT | FROM departments", 3),
        ["id", "name", "city"]
    );
    let (snapshot, cursor) = at("SELECT sal| FROM employees");
    let item = snapshot.complete(cursor).items.remove(0);
    assert_eq!((item.label.as_str(), item.kind), ("salary", Kind::Column));
    assert_eq!(item.detail, "numeric(10,2) null · employees");
    assert_eq!(
        taken("SELECT sal| FROM employees", "salary"),
        "SELECT salary FROM employees"
    );
}

#[test]
fn columns_come_in_every_clause_of_half_a_statement() {
    for text in [
        "SELECT id, sal| FROM employees WHERE",
        "SELECT id FROM employees WHERE sal|",
        "SELECT id FROM employees WHERE id = 1 AND sal|",
        "SELECT id FROM employees WHERE id IN (1, sal|",
        "SELECT id FROM employees GROUP BY sal|",
        "SELECT id FROM employees ORDER BY id, sal|",
        "SELECT id FROM employees GROUP BY id HAVING max(sal|",
        "SELECT CASE WHEN sal| FROM employees",
        "SELECT sum(salary) OVER (PARTITION BY sal| FROM employees",
        "SELECT id, FROM employees WHERE sal|",
        "SELECT coalesce(sal| FROM employees e",
        "UPDATE employees SET sal|",
        "UPDATE employees SET id = sal|",
        "UPDATE employees SET id = 1 WHERE sal|",
        "DELETE FROM employees WHERE sal|",
        "INSERT INTO employees (id, sal|",
        "INSERT INTO employees (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET sal|",
        "INSERT INTO employees (id) VALUES (1) RETURNING sal|",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM employees WHERE sal|",
        "CREATE INDEX i ON employees (sal|",
        "ALTER TABLE employees DROP COLUMN sal|",
        "EXPLAIN SELECT id FROM employees WHERE sal|",
        "LET t AS SELECT sal| FROM employees",
        "IF EXISTS (SELECT sal| FROM employees) THEN PRINT 1; END IF;",
        "FOR r IN (SELECT sal| FROM employees) LOOP PRINT 1; END LOOP;",
        "CREATE VIEW v AS SELECT sal| FROM employees",
        "SELECT id FROM employees UNION SELECT sal| FROM employees",
        "SELECT id FROM employees WHERE salary > (SELECT avg(sal| FROM employees)",
        "DESCRIBE SELECT sal| FROM employees",
        "EXPORT (SELECT sal| FROM employees) TO 'x.csv'",
        "MERGE INTO employees e USING projects p ON e.id = p.id WHEN MATCHED THEN UPDATE SET sal|",
    ] {
        assert_eq!(first(text, 1), ["salary"], "{text}");
    }
}

#[test]
fn aliases_ctes_and_subqueries_have_their_columns() {
    assert_eq!(first("SELECT e.| FROM employees e", 2), ["id", "name"]);
    assert_eq!(
        labels("SELECT d.c| FROM employees e JOIN departments d ON e.dept_id = d.id"),
        ["city"]
    );
    assert_eq!(
        first(
            "WITH x AS (SELECT id AS one, name FROM employees) SELECT | FROM x",
            2
        ),
        ["one", "name"]
    );
    assert!(offers(
        "WITH rich AS (SELECT id FROM employees) SELECT id FROM ri|",
        "rich"
    ));
    assert_eq!(
        first(
            "SELECT s.| FROM (SELECT id AS one, salary * 2 AS two FROM employees) s",
            2
        ),
        ["one", "two"]
    );
    // What is aliased before the name stands behind, too.
    assert_eq!(
        labels("SELECT e.na| , d.name FROM employees e, departments d"),
        ["name"]
    );
    // Columns of the block around are there, behind those of the inner one.
    let inner =
        labels("SELECT 1 FROM employees e WHERE EXISTS (SELECT 1 FROM projects p WHERE le|");
    assert_eq!(inner[0], "lead");
    assert!(offers(
        "SELECT 1 FROM employees e WHERE EXISTS (SELECT 1 FROM projects p WHERE sal|",
        "salary"
    ));
    assert_eq!(
        first("WITH x AS (SELECT id AS one FROM employees) SELECT x.|", 1),
        ["one"]
    );
    // A broken query with a name has its columns all the same.
    assert_eq!(
        first(
            "WITH x AS (SELECT id AS one, nothing AS two FROM employees) SELECT | FROM x",
            2
        ),
        ["one", "two"]
    );
}

#[test]
fn a_name_that_two_relations_have_is_put_in_with_its_relation() {
    let text = "SELECT na| FROM employees e JOIN departments d ON e.dept_id = d.id";
    assert_eq!(taken(text, "name"), text.replace("na|", "e.name"));
    assert_eq!(
        taken("SELECT ci| FROM employees e, departments d", "city"),
        "SELECT city FROM employees e, departments d"
    );
}

#[test]
fn foreign_keys_give_the_conditions_of_joins() {
    let text = "SELECT * FROM employees e JOIN departments d ON |";
    assert_eq!(first(text, 1), ["e.dept_id = d.id"]);
    assert_eq!(
        first("SELECT * FROM departments d LEFT JOIN employees e ON |", 1),
        ["e.dept_id = d.id"]
    );
    assert_eq!(
        first("SELECT * FROM employees JOIN projects ON |", 1),
        ["projects.lead = employees.id"]
    );
    assert_eq!(
        first("SELECT * FROM employees JOIN |", 2),
        [
            "departments ON employees.dept_id = departments.id",
            "projects ON projects.lead = employees.id"
        ]
    );
    assert_eq!(
        labels("SELECT * FROM employees JOIN departments USING (|")[..2],
        ["id", "name"]
    );
}

#[test]
fn foreign_keys_give_the_conditions_of_tables_that_commas_list() {
    let text = "SELECT * FROM employees e, departments d, projects p WHERE ";
    let [one, two] = ["e.dept_id = d.id", "p.lead = e.id"];
    assert_eq!(first(&format!("{text}|"), 2), [one, two]);
    // What is written is not offered again.
    assert_eq!(
        first(&format!("{text}d.id = e.dept_id AND |"), 2),
        [two, "id"]
    );
    assert_eq!(first(&format!("{text}{one} OR |"), 1), ["id"]);
    let joined = "SELECT * FROM employees e JOIN departments d ON e.dept_id = d.id WHERE |";
    assert_eq!(first(joined, 1), ["id"]);
    // A subquery is tied to the query around it, but for the list of IN.
    let inner = "(SELECT 1 FROM projects p WHERE |)";
    let exists = format!("SELECT * FROM employees e WHERE EXISTS {inner}");
    assert_eq!(first(&exists, 1), [two]);
    let of_list = format!("SELECT * FROM employees e WHERE id IN {inner}");
    assert_eq!(first(&of_list, 1), ["id"]);
    let merge = "MERGE INTO employees e USING departments d ON |";
    assert_eq!(first(merge, 1), [one]);
}

#[test]
fn a_column_is_named_once_and_no_word_stands_where_only_columns_may() {
    assert_eq!(labels("INSERT INTO departments (id, |"), ["name", "city"]);
    assert_eq!(
        labels("INSERT INTO departments (|, name)")[..2],
        ["id", "city"]
    );
    assert_eq!(labels("UPDATE departments SET |"), ["id", "name", "city"]);
    assert_eq!(
        labels("UPDATE departments SET name = 'x', |"),
        ["id", "city"]
    );
    assert!(!offers("DROP |", "NOT NULL"));
    assert_eq!(labels("SET running = |"), ["auto", "window", "manual"]);
}

#[test]
fn values_of_a_check_come_where_they_are_written_into_the_table() {
    for text in [
        "UPDATE employees SET status = |",
        "UPDATE employees SET id = 1 WHERE status = |",
        "DELETE FROM employees WHERE status = |",
        "INSERT INTO employees (id, status) VALUES (1, 'gone'), (2, |",
        "INSERT INTO employees VALUES (1, 'x', 1, 1, |",
    ] {
        assert_eq!(first(text, 2), ["'active'", "'gone'"], "{text}");
    }
    assert_eq!(
        labels("INSERT INTO employees (id, status) VALUES (1, 'a|"),
        ["active"]
    );
}

#[test]
fn what_moves_rows_has_its_words_formats_and_connections() {
    assert_eq!(
        labels("EXPORT employees TO 'x.csv' |"),
        ["FORMAT", "APPEND", "OPTIONS"]
    );
    assert_eq!(labels("EXPORT employees TO 'x' FORMAT |"), ["box", "csv"]);
    assert_eq!(labels("IMPORT 'x.csv' INTO employees cr|"), ["create"]);
    let copied = "COPY employees TO |";
    assert_eq!(first(copied, 2), ["main", "warehouse"]);
    assert_eq!(taken(copied, "main"), "COPY employees TO main.");
    assert!(offers("COPY employees TO main.e d|", "dry run"));
}

#[test]
fn tables_come_where_tables_stand() {
    for text in [
        "SELECT * FROM emp|",
        "INSERT INTO emp|",
        "UPDATE emp|",
        "DELETE FROM emp|",
        "DROP TABLE emp|",
        "ALTER TABLE emp|",
        "DESCRIBE emp|",
        "SUMMARIZE emp|",
        "SELECT * FROM departments, emp|",
        "CREATE TABLE x (id INTEGER REFERENCES emp|",
        "TRUNCATE emp|",
        "EXPORT emp|",
    ] {
        assert_eq!(first(text, 1), ["employees"], "{text}");
    }
    assert!(offers("SELECT * FROM |", "active"));
    assert!(!offers("INSERT INTO |", "active"));
    assert_eq!(
        taken("SELECT * FROM ord|", "order"),
        "SELECT * FROM \"order\""
    );
    assert_eq!(
        taken("SELECT \"To| FROM \"order\"", "Total Sum"),
        "SELECT \"Total Sum\" FROM \"order\""
    );
}

#[test]
fn functions_variables_macros_types_and_words() {
    let (snapshot, cursor) = at("SELECT subst| FROM employees");
    let item = snapshot.complete(cursor).items.remove(0);
    assert_eq!(
        (item.kind, item.insert.as_str()),
        (Kind::Function, "substr(")
    );
    assert!(item.detail.starts_with("(text, integer"), "{}", item.detail);
    assert!(!item.about.is_empty());
    assert!(offers("SELECT * FROM employees LIMIT :li|", "limit"));
    assert_eq!(
        taken("SELECT * FROM employees LIMIT :|", "limit"),
        "SELECT * FROM employees LIMIT :limit"
    );
    assert!(offers("LET far = 7; SELECT :f|", "far"));
    assert!(offers("MACRO twice(x) AS x * 2; SELECT tw|", "twice"));
    assert!(offers(
        "LET rich AS SELECT id FROM employees; SELECT * FROM r|",
        "rich"
    ));
    assert!(offers(
        "CREATE TABLE fresh (seen INTEGER); SELECT se| FROM fresh",
        "seen"
    ));
    assert!(offers("SELECT CAST(id AS nu| FROM employees", "NUMERIC"));
    assert!(offers("SELECT * FROM employees whe|", "where"));
    assert!(offers("SELECT * FROM employees WHE|", "WHERE"));
    assert!(offers("SET run|", "running"));
    assert!(offers("SET running = w|", "window"));
    assert!(offers("SHOW tab|", "TABLES"));
    assert!(offers("USE war|", "warehouse"));
    // GROUP BY is most often wanted for what is shown.
    assert_eq!(
        first("SELECT status, count(*) FROM employees GROUP BY |", 2),
        ["status", "id"]
    );
    // Nobody's new name is guessed.
    assert!(
        labels("SELECT id AS na| FROM employees")
            .iter()
            .all(|label| label != "name")
    );
    assert!(labels("CREATE TABLE emp|").is_empty());
}

#[test]
fn the_values_of_a_check_and_files_come_inside_strings() {
    assert_eq!(
        labels("SELECT * FROM employees WHERE status = 'a|"),
        ["active"]
    );
    assert_eq!(
        labels("SELECT * FROM employees WHERE status IN ('gone', '|')"),
        ["active", "gone"]
    );
    assert_eq!(labels("INCLUDE 're|"), ["report.rql"]);
    assert_eq!(
        taken("INCLUDE 'data/s|'", "sales.csv"),
        "INCLUDE 'data/s|'"
            .replace("s|", "sales.csv")
            .replace("data/sales.csv", "sales.csv")
    );
    assert!(labels("SELECT 'em|'").is_empty());
}

#[test]
fn commands_and_what_they_take() {
    assert_eq!(labels(".ta|"), [".tables"]);
    assert_eq!(labels(r"\d|"), [r"\dt", r"\d"]);
    assert_eq!(labels(r"\d emp|"), ["employees"]);
    assert_eq!(labels(".mode c|"), ["csv"]);
    assert_eq!(labels(".timing o|"), ["on", "off"]);
    assert_eq!(labels(".read data/|"), ["sales.csv"]);
    assert_eq!(taken(".read data/s|", "sales.csv"), ".read data/sales.csv");
    assert_eq!(first(".explain SELECT sal| FROM employees", 1), ["salary"]);
    assert!(labels(".nothing x|").is_empty());
}

#[test]
fn the_statement_at_the_cursor_is_the_one_that_is_completed() {
    assert_eq!(
        first(
            "SELECT 1; SELECT sal| FROM employees; SELECT ci FROM departments;",
            1
        ),
        ["salary"]
    );
    assert_eq!(
        first("SELECT sal|\nFROM employees\nSELECT 1 FROM departments;", 1),
        ["salary"]
    );
    assert_eq!(
        first("SELECT id FROM departments\nSELECT sal| FROM employees", 1),
        ["salary"]
    );
    assert!(offers("SELECT 1; |", "SELECT"));
    assert!(offers("SELECT 1;\n|\nSELECT 2;", "SELECT"));
    assert!(labels("SELECT 1 -- sal|").is_empty());
}

#[test]
fn the_likeliest_word_comes_first() {
    for (text, word) in [
        ("SELECT * FROM employees |", "WHERE"),
        ("SELECT * FROM employees WHERE name |", "AND"),
        ("SELECT * FROM employees JOIN departments |", "ON"),
        ("INSERT INTO employees (id) |", "SELECT"),
        ("UPDATE employees |", "SET"),
        ("|", "SELECT"),
        ("SELECT 1; ins|", "insert into"),
        ("SELECT * FROM employees ORDER BY salary |", "DESC"),
        ("SELECT * FROM employees WHERE salary IS |", "NULL"),
        ("SELECT * FROM employees WHERE salary IS NOT |", "NULL"),
        ("ALTER TABLE employees |", "ADD COLUMN"),
        ("EXPLAIN |", "SELECT"),
        ("de|", "delete from"),
    ] {
        assert_eq!(first(text, 1), [word], "{text}");
    }
    assert_eq!(first("SELECT * FROM employees WHERE name li|", 1), ["like"]);
    assert_eq!(first("SELECT * FROM employees li|", 1), ["limit"]);
}

#[test]
fn templates_do_not_hide_what_can_be_seen() {
    assert_eq!(
        first(
            "SELECT sal| FROM employees {{#if d}} JOIN departments d ON true {{/if}}",
            1
        ),
        ["salary"]
    );
    assert_eq!(
        first(
            "SELECT id FROM employees WHERE true {{#if d}} AND sal| = 1 {{/if}}",
            1
        ),
        ["salary"]
    );
    assert!(offers("SELECT * FROM {{li|", "limit"));
}

#[test]
fn charts_have_their_words_and_the_columns_that_they_draw() {
    let query = "SELECT name AS who, salary * 2 AS pay FROM employees";
    assert_eq!(first(&format!("{query} CHART |"), 2), ["BAR", "COLUMN"]);
    assert_eq!(first(&format!("{query} CHART BAR |"), 2), ["OF", "BY"]);
    assert_eq!(first(&format!("{query} CHART BAR ti|"), 1), ["title"]);
    assert_eq!(
        labels(&format!("{query} CHART BAR OF |"))[..2],
        ["who", "pay"]
    );
    assert_eq!(
        labels(&format!("{query} CHART LINE OF pay BY w|"))[0],
        "who"
    );
}

#[test]
fn forms_of_a_table_have_its_columns_and_their_own_words() {
    assert!(offers("FORM f FOR |", "employees"));
    assert_eq!(first("FORM f FOR employees (FIELD |", 2), ["id", "name"]);
    assert_eq!(
        first("FORM f FOR employees (FIELD id INTEGER, FIELD na|", 1),
        ["name"]
    );
    assert!(offers("FORM f (FIELD id INTEGER |)", "LABEL"));
    assert!(offers("FORM f (FIELD id INTEGER req|)", "required"));
    assert!(offers("FORM f ti| (FIELD id INTEGER)", "title"));
    assert!(offers(
        "FORM f FOR departments (FIELD id INTEGER, DETAIL |",
        "employees"
    ));
}

#[test]
fn a_merge_that_ends_at_its_condition_has_the_columns_of_both_sides() {
    let text = "MERGE INTO employees e USING projects p ON ";
    assert_eq!(labels(&format!("{text}p.|")), ["id", "lead", "title"]);
    assert!(offers(&format!("{text}e.id = |"), "lead"));
}

#[test]
fn stars_windows_and_moments_have_what_belongs_to_them() {
    assert_eq!(
        labels("SELECT * EXCLUDE (sal|) FROM employees")[0],
        "salary"
    );
    let text = "SELECT sum(salary) OVER | FROM employees WINDOW w AS (PARTITION BY dept_id)";
    assert_eq!(labels(text), ["w"]);
    assert_eq!(first("SELECT EXTRACT(|", 3), ["YEAR", "MONTH", "DAY"]);
    assert_eq!(
        labels("SELECT EXTRACT(qu| FROM hired) FROM employees"),
        ["quarter"]
    );
    assert_eq!(
        first("SELECT date_trunc('|', hired) FROM employees", 2),
        ["year", "month"]
    );
}

#[test]
fn values_of_a_check_come_in_quotes_where_there_are_none() {
    let text = "SELECT name FROM employees WHERE status = |";
    assert_eq!(first(text, 2), ["'active'", "'gone'"]);
    assert_eq!(
        taken(text, "'gone'"),
        "SELECT name FROM employees WHERE status = 'gone'"
    );
    assert_eq!(
        first("SELECT name FROM employees WHERE status IN (|", 1),
        ["'active'"]
    );
}

#[test]
fn the_end_of_a_phrase_comes_before_other_words() {
    for (text, wanted) in [
        ("SELECT * FROM employees ORDER |", "BY"),
        ("SELECT * FROM employees GROUP |", "BY"),
        ("SELECT * FROM employees LEFT |", "JOIN"),
        ("FORM |", "LOAD"),
    ] {
        let words = labels(text);
        assert_eq!(
            words.first().map(String::as_str),
            Some(wanted),
            "{text}: {words:?}"
        );
    }
}
