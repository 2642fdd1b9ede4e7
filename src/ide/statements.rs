//! Every statement, for people who ask what there is.

/// A statement.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// The words that it begins with; where they may differ, the names of the others behind bars.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// One of them.
    pub example: &'static str,
}

impl Statement {
    /// The statement that begins with some words, written in any case.
    #[must_use]
    pub fn named(words: &str) -> Option<&'static Self> {
        let wanted = words.trim().trim_end_matches(';').to_uppercase();
        let words = |statement: &&Self| statement.name.split(" | ").any(|name| name == wanted);
        let first = |statement: &&Self| statement.name.split([' ', '|']).next() == Some(&wanted);
        let all = STATEMENTS.iter();
        all.clone().find(words).or_else(|| all.clone().find(first))
    }
}

const fn row(name: &'static str, about: &'static str, example: &'static str) -> Statement {
    Statement {
        name,
        about,
        example,
    }
}

/// In the order in which one learns them.
pub static STATEMENTS: &[Statement] = &[
    row(
        "SELECT",
        "rows of a query",
        "SELECT dept, COUNT(*) AS people FROM employees WHERE salary > 50000 GROUP BY dept ORDER BY people DESC LIMIT 3;",
    ),
    row("FROM", "all of a table", "FROM employees LIMIT 10;"),
    row(
        "WITH | WITH RECURSIVE",
        "queries with names, for the query behind them",
        "WITH rich AS (SELECT * FROM employees WHERE salary > 90000) SELECT dept, COUNT(*) FROM rich GROUP BY dept;",
    ),
    row(
        "VALUES",
        "rows as they are written",
        "VALUES (1, 'one'), (2, 'two');",
    ),
    row(
        "CHART",
        "at the end of a query: draws its rows",
        "SELECT dept, COUNT(*) AS people FROM employees GROUP BY dept CHART BAR;",
    ),
    row(
        "INSERT INTO",
        "adds rows; ON CONFLICT says what else",
        "INSERT INTO departments (name, title, city) VALUES ('OPS', 'Operations', 'Berlin') RETURNING name;",
    ),
    row(
        "UPDATE",
        "changes rows",
        "UPDATE employees SET salary = salary * 1.03 WHERE dept = 'IT';",
    ),
    row(
        "DELETE FROM",
        "takes rows away",
        "DELETE FROM orders WHERE shipped IS NULL;",
    ),
    row(
        "MERGE INTO",
        "changes, adds and takes away by another table's rows",
        "MERGE INTO stock AS s USING delivery AS d ON s.item = d.item WHEN MATCHED THEN UPDATE SET amount = d.amount;",
    ),
    row("TRUNCATE", "empties a table", "TRUNCATE staging;"),
    row(
        "CREATE TABLE",
        "makes a table, with constraints or from a query",
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT NOT NULL);",
    ),
    row(
        "CREATE VIEW",
        "gives a query the name of a table",
        "CREATE OR REPLACE VIEW names AS SELECT id, name FROM employees;",
    ),
    row(
        "CREATE INDEX",
        "finds rows faster",
        "CREATE INDEX by_dept ON employees (dept);",
    ),
    row(
        "ALTER TABLE",
        "changes columns and constraints",
        "ALTER TABLE employees ADD COLUMN hired DATE;",
    ),
    row(
        "DROP TABLE | DROP VIEW | DROP INDEX",
        "takes a thing away",
        "DROP TABLE IF EXISTS staff;",
    ),
    row("BEGIN", "opens a transaction", "BEGIN;"),
    row("COMMIT", "keeps what it has done", "COMMIT;"),
    row("ROLLBACK", "takes back what it has done", "ROLLBACK;"),
    row(
        "SAVEPOINT",
        "a place to go back to",
        "SAVEPOINT before_raise;",
    ),
    row(
        "RELEASE",
        "forgets that place",
        "RELEASE SAVEPOINT before_raise;",
    ),
    row(
        "EXPLAIN | EXPLAIN ANALYZE",
        "how the database runs a query",
        "EXPLAIN SELECT * FROM employees WHERE id = 1001;",
    ),
    row(
        "LET",
        "names a value, or (AS) a query",
        "LET dept = 'SALES';",
    ),
    row(
        "PARAM",
        "declares what a script is given",
        "PARAM dept TEXT DEFAULT 'IT';",
    ),
    row("UNSET", "forgets a variable", "UNSET dept;"),
    row(
        "MACRO",
        "names an expression, or (AS TABLE) a query, with parameters",
        "MACRO net(price, tax := 0.25) AS price / (1 + tax);",
    ),
    row(
        "SHOW",
        "lists tables, columns, functions, settings and more",
        "SHOW TABLES LIKE 'emp%';",
    ),
    row(
        "DESCRIBE",
        "the columns of a table or query",
        "DESCRIBE employees;",
    ),
    row(
        "SUMMARIZE",
        "what is in each column of a table or query",
        "SUMMARIZE employees;",
    ),
    row(
        "USE",
        "another schema, connection or file",
        "USE 'archive.db' AS archive;",
    ),
    row(
        "CONNECT",
        "opens a further database",
        "CONNECT 'postgres://localhost/shop' AS shop;",
    ),
    row("DISCONNECT", "closes one", "DISCONNECT shop;"),
    row(
        "COPY",
        "rows into a table of another connection",
        "COPY (SELECT * FROM employees) TO shop.staff CREATE;",
    ),
    row(
        "IMPORT",
        "a file into a table",
        "IMPORT 'staff.csv' INTO staff CREATE;",
    ),
    row(
        "EXPORT",
        "a table or query into a file",
        "EXPORT employees TO 'staff.csv';",
    ),
    row(
        "OUTPUT TO",
        "the results that follow go to a file; STDOUT ends it",
        "OUTPUT TO 'staff.json';",
    ),
    row(
        "PRINT",
        "says values",
        "PRINT 'rows:', (SELECT COUNT(*) FROM employees);",
    ),
    row(
        "ASSERT",
        "fails where something is not true",
        "ASSERT (SELECT COUNT(*) FROM employees) > 0, 'nobody works here';",
    ),
    row(
        "IF",
        "decides",
        "IF (SELECT COUNT(*) FROM orders) > 0 THEN PRINT 'some'; ELSE PRINT 'none'; END IF;",
    ),
    row(
        "FOR",
        "does something for each row",
        "FOR d IN (SELECT name FROM departments) LOOP PRINT :d.name; END LOOP;",
    ),
    row(
        "INCLUDE",
        "runs another script in place",
        "INCLUDE 'other.rql';",
    ),
    row("SET", "changes a setting", "SET timeout = 30;"),
    row(
        "RESET",
        "gives a setting its default again",
        "RESET timeout;",
    ),
    row(
        "FORM | FORM FOR | FORM LOAD | FORM EXECUTE | FORM DESIGN",
        "a form over a table or a query",
        "FORM EXECUTE employee_search WITH dept = 'IT';",
    ),
    row(
        "NATIVE",
        "sends a statement to the database as it is written",
        "NATIVE SELECT sqlite_version();",
    ),
];
