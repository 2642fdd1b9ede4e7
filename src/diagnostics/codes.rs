//! Every code, in one table: a constant, a number, a title and the long explanation that
//! `rqlc explain` prints.
//!
//! 00xx text, 01xx syntax, 02xx names, 03xx types, 04xx parameters, macros and templates, 05xx what
//! does not run everywhere or not yet, 06xx backends, 07xx running, 08xx the command line, 09xx forms.

use core::fmt;
use core::str::FromStr;

/// The number of a kind of diagnostic; `RQL0101` when printed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RQL{:04}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    /// Reads `RQL0101`, `rql101` or `101`; a code that is not in the table is an error.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let upper = text.trim().to_ascii_uppercase();
        let digits = upper.strip_prefix("RQL").unwrap_or(&upper);
        let code = digits.parse().map(Self).map_err(|_| UnknownCode)?;
        explain(code).map(|_| code).ok_or(UnknownCode)
    }
}

/// The text names no code of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such code; codes look like RQL0101")
    }
}

impl core::error::Error for UnknownCode {}

/// The title and the long explanation of a code.
#[must_use]
pub fn explain(code: Code) -> Option<(&'static str, &'static str)> {
    TABLE
        .iter()
        .find(|row| row.0 == code)
        .map(|row| (row.1, row.2))
}

/// Every code with its title and explanation, in the order of their numbers.
#[must_use]
pub fn all() -> &'static [(Code, &'static str, &'static str)] {
    TABLE
}

macro_rules! codes {
    ($($name:ident $number:literal $title:literal $text:literal)*) => {
        $(#[doc = $title] pub const $name: Code = Code($number);)*
        static TABLE: &[(Code, &str, &str)] = &[$((Code($number), $title, $text),)*];
    };
}

codes! {
UNCLOSED_STRING 1 "A string is not closed" "\
A string begins with ' and ends with the next '. Here the line ended first.

    SELECT 'Smith;          -- no closing quote
    SELECT 'Smith';         -- mended

A quote inside a string is written twice: 'it''s'."
UNCLOSED_NAME 2 "A quoted name is not closed" "\
A name in double quotes ends with the next double quote.

    SELECT \"Unit Price FROM products;
    SELECT \"Unit Price\" FROM products;   -- mended"
UNCLOSED_COMMENT 3 "A comment is not closed" "\
A comment that begins with /* ends with */. Comments nest, so each /* inside needs its own */.

    SELECT 1 /* the answer;
    SELECT 1 /* the answer */;             -- mended"
UNCLOSED_DOLLAR 4 "A dollar-quoted string is not closed" "\
A string that begins with $$ or $tag$ ends with the same mark.

    SELECT $q$it's$$;
    SELECT $q$it's$q$;                     -- mended"
STRAY_CHARACTER 5 "A character means nothing here" "\
The character is no part of the language outside strings, comments and quoted names."
TYPOGRAPHIC_CHARACTER 6 "A character of a word processor" "\
Word processors replace quotes and minus signs by typographic ones, which SQL does not know.

    SELECT \u{2018}Smith\u{2019};
    SELECT 'Smith';                        -- mended"
BAD_NUMBER 7 "Not a number" "\
A word that begins with a digit must be a number. Often a letter slipped in: O for 0, l for 1.

    SELECT 3O;
    SELECT 30;                             -- mended"
NUL_BYTE 8 "A NUL byte in the text" "\
The text holds a byte of value zero; it is perhaps no text file, or UTF-16."
NOT_UTF8 9 "The text is not UTF-8" "\
RQL is written in UTF-8. Save the file with that encoding, or convert it:

    iconv -f latin1 -t utf-8 old.rql > new.rql"
UNEXPECTED_TOKEN 101 "Something else was expected here" "\
The statement reads well up to this place; what stands here cannot follow. The label says what can."
UNEXPECTED_END 102 "The statement ends too early" "\
Something is still missing when the statement ends, by a semicolon or with the text."
MISSING_COMMA 103 "A comma is missing" "\
Items of a list are separated by commas.

    SELECT id name salary FROM employees;
    SELECT id, name, salary FROM employees;   -- mended

Two words beside each other are a column and its alias, so one missing comma may go unnoticed."
MISSING_WORD 104 "A word is missing" "\
The statement would read well with one more word here; the help names it."
EXTRA_TOKEN 105 "Something is too much here" "\
The statement would read well without this."
EXTRA_COMMA 106 "A comma too many" "\
A comma stands between two items; after the last item there is none.

    SELECT id, name, FROM employees;
    SELECT id, name FROM employees;        -- mended"
UNCLOSED_BRACKET 107 "A bracket is not closed" "\
Each ( needs its ), each [ its ], each CASE its END. The label shows the one that is still open."
STRAY_BRACKET 108 "A closing bracket without an opening one" "\
There is nothing open that this bracket could close."
CLAUSE_ORDER 109 "Clauses in the wrong order" "\
A query is written in this order:

    SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW … QUALIFY …
    ORDER BY … LIMIT … OFFSET …

A query that begins with FROM may have SELECT after it. ORDER BY and LIMIT after a UNION belong to
the whole; to sort one side, put it in parentheses."
DUPLICATE_CLAUSE 110 "A clause stands twice" "\
Each clause may stand once in a query. Join two conditions of WHERE with AND."
CLAUSE_NOT_HERE 111 "This statement has no such clause" "\
The clause is known, but not in this kind of statement."
MISSPELT_KEYWORD 112 "A misspelt word" "\
The word is no word of the language, but one letter away from one that would fit here."
UNKNOWN_STATEMENT 113 "No statement begins like this" "\
The first word names no statement of RQL and none that a backend is known to have. To send text to the
backend as it is, put NATIVE before it."
RESERVED_WORD 114 "A reserved word as a name" "\
The word has a meaning of its own here. As a name it must be quoted:

    SELECT * FROM order;
    SELECT * FROM \"order\";                 -- mended"
COMPARED_WITH_NULL 115 "Compared with NULL" "\
A comparison with NULL is never true, so the condition keeps no row. Ask with IS:

    SELECT * FROM employees WHERE boss = NULL;
    SELECT * FROM employees WHERE boss IS NULL;   -- meant"
FOREIGN_OPERATOR 116 "An operator of another language" "\
SQL writes = for ==, AND for &&, <> or != for other than."
TOO_DEEP 117 "Nested too deeply" "\
Parentheses, CASE and operators nest more than 400 levels deep. Long chains of AND, OR, +, || and long
lists are no nesting and have no limit. Give parts of the statement a name with WITH or LET."
TOO_LONG 118 "The text is too long" "\
A source text may hold up to 4 GiB."
MISSING_SEMICOLON 119 "A semicolon is missing" "\
A statement seems to begin here while the one before has not ended. Statements end with a semicolon.

    SELECT 1
    SELECT 2;
    SELECT 1; SELECT 2;                    -- mended"
MISPLACED_STAR 120 "A star where a value is expected" "\
* stands for all columns, in SELECT, RETURNING and COUNT(*); it is no value to compute with."
BETWEEN_WITHOUT_AND 121 "BETWEEN without AND" "\
BETWEEN takes two bounds:

    WHERE salary BETWEEN 1000;
    WHERE salary BETWEEN 1000 AND 2000;    -- mended"
JOIN_WITHOUT_CONDITION 122 "A join without a condition" "\
A join says which rows belong together, with ON or USING. CROSS JOIN pairs every row with every other.

    SELECT * FROM orders JOIN customers;
    SELECT * FROM orders JOIN customers ON customers.id = orders.customer_id;   -- mended"
UNKNOWN_ATTRIBUTE 123 "A word that is not known here" "\
The place takes certain words only (such as LABEL, WIDTH, REQUIRED for a field); this is none of them."
PARENTHESES_NEEDED 124 "Parentheses are needed" "\
Two readings are possible; parentheses say which one is meant."
MISSING_BY 125 "BY is missing" "\
GROUP, ORDER and PARTITION are followed by BY.

    SELECT dept, count(*) FROM employees GROUP dept;
    SELECT dept, count(*) FROM employees GROUP BY dept;   -- mended"
UNKNOWN_TABLE 201 "No such table" "\
No table, view, WITH query or LET relation of this name is visible here.

    SELECT name FROM employes;
    SELECT name FROM employees;                 -- mended

SHOW TABLES lists what there is; USE and CONNECT open another database."
UNKNOWN_COLUMN 202 "No such column" "\
No relation in FROM has a column of this name. Text is written in single quotes; double quotes are
for names.

    SELECT name FROM employees WHERE dept = \"IT\";
    SELECT name FROM employees WHERE dept = 'IT';   -- mended

DESCRIBE employees lists the columns of a table."
AMBIGUOUS_COLUMN 203 "A column that could be two" "\
More than one relation in FROM has a column of this name. Put the relation before it: t.name.

    SELECT name FROM employees AS e JOIN departments AS d ON d.name = e.dept;
    SELECT e.name FROM employees AS e JOIN departments AS d ON d.name = e.dept;   -- mended"
UNKNOWN_FUNCTION 204 "No such function" "\
Neither RQL nor the connected backend has a function of this name.

    SELECT lenght(name) FROM employees;
    SELECT length(name) FROM employees;         -- mended

SHOW FUNCTIONS lists those of RQL."
UNGROUPED_COLUMN 205 "A column that is not grouped by" "\
After GROUP BY each row stands for many, so a column must be grouped by or stand inside an aggregate.
Where a table's whole primary key is grouped by, its other columns follow from it and may stand too.

    SELECT dept, name, COUNT(*) FROM employees GROUP BY dept;
    SELECT dept, MIN(name), COUNT(*) FROM employees GROUP BY dept;   -- mended"
DUPLICATE_NAME 206 "A name that stands twice" "\
Two relations of FROM, two WITH queries or two columns of a table cannot have one name: it would not
say which is meant.

    SELECT * FROM employees, employees;
    SELECT * FROM employees AS a, employees AS b;   -- mended"
RECURSION 208 "A recursion that cannot be followed" "\
A recursive query is a first part, UNION, and a step that reads the rows made so far. The step may read
them once, not in a subquery, not on the optional side of an outer join, and may not aggregate them:
it sees only the newest rows, so the answer would depend on the order of work.

    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT max(i) + 1 FROM n) SELECT i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT max(i) FROM n;"
NO_SUCH_KEY 209 "No such key" "\
ON CONFLICT says which key the new row may already have: the columns of the primary key, of a UNIQUE
constraint or of a unique index, all of them and no others.

    CREATE TABLE stock (shop INTEGER, item INTEGER, pieces INTEGER, PRIMARY KEY (shop, item));
    INSERT INTO stock VALUES (1, 7, 3) ON CONFLICT (item) DO NOTHING;
    INSERT INTO stock VALUES (1, 7, 3) ON CONFLICT (shop, item) DO NOTHING;   -- mended"
CHANGE_IN_WITH 210 "A change in WITH that is out of place" "\
INSERT, UPDATE and DELETE may stand in WITH, before the whole statement, and give the rows that RETURNING names.
MERGE may not, nor a change in the WITH of a query inside another one.

    SELECT * FROM (WITH gone AS (DELETE FROM stock WHERE pieces = 0 RETURNING *) SELECT * FROM gone) AS g;
    WITH gone AS (DELETE FROM stock WHERE pieces = 0 RETURNING *) SELECT * FROM gone;   -- mended"
TYPE_MISMATCH 301 "Types do not fit" "\
The operator or function does not take values of these types. A CAST says what is meant.

    SELECT name + 1 FROM employees;
    SELECT CAST(name AS integer) + 1 FROM employees;   -- mended, where names are numbers
    SELECT name || 1 FROM employees;                   -- mended, where text is meant"
UNKNOWN_TYPE 302 "The type is not known here" "\
What an operator or function does depends on the types of its operands: 7 / 2 is 3 for integers and 3.5
for decimals. A backend that computes it by other text for each type needs to know which it is. Without
a schema or a connection the types of columns are not known. Ways out:

    rqlc compile --schema schema.sql f.rql                    -- CREATE statements say the types
    rqlc compile --db sqlite:shop.db f.rql                    -- the database says them
    SELECT CAST(total AS integer) / CAST(n AS integer) …      -- the statement says them"
NO_SUCH_TYPE 303 "No such type" "\
The types are BOOLEAN, SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE, TEXT, VARCHAR(n), CHAR(n),
BLOB, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, UUID, JSON and JSONB, and arrays of them; the other names
that databases have for these are read too.

    SELECT CAST(total AS intger) FROM orders;
    SELECT CAST(total AS integer) FROM orders;   -- mended"
COMPUTED_COLUMN 304 "A value for a computed column" "\
A column GENERATED ALWAYS AS (…) has the value of its expression in every row; a statement cannot give it
another one.

    CREATE TABLE line (price DECIMAL(10,2), pieces INTEGER,
      total DECIMAL(12,2) GENERATED ALWAYS AS (price * pieces) STORED);
    INSERT INTO line VALUES (1.5, 2, 3);
    INSERT INTO line (price, pieces) VALUES (1.5, 2);   -- mended"
MISSING_VALUE 305 "A column that needs a value" "\
A column that is NOT NULL and has no default needs a value in every new row. A trigger could still give
it one, so this is a warning.

    CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO item (id) VALUES (1);
    INSERT INTO item (id, name) VALUES (1, 'nail');   -- mended"
FAILING_CONSTANT 306 "A constant that cannot be computed" "\
PostgreSQL computes what is constant before it looks at a row, also in a branch that no row takes: what fails there fails
at once, and so it does on every backend. What reads a column is computed where a row asks for it.

    SELECT CASE WHEN id < 0 THEN 1 / 0 ELSE id END FROM employees;
    SELECT CASE WHEN id < 0 THEN id / 0 ELSE id END FROM employees;    -- no row asks for it"
TEMPLATE_UNCLOSED 401 "A template tag is not closed" "\
{{#if c}} ends with {{/if}}, {{#unless c}} with {{/unless}}."
TEMPLATE_MISPLACED 402 "A template tag in the wrong place" "\
{{#if c}} … {{/if}} may surround a whole piece that is optional: a condition joined by AND or OR, an
item of a list with its comma, a join, a clause, a statement.

    SELECT {{#if all}} name {{/if}} FROM employees;
    SELECT id {{#if all}}, name {{/if}} FROM employees;   -- mended: something is always left"
TEMPLATE_CONNECTIVE 403 "A template needs AND or OR" "\
What stands under a condition must be joined by AND or OR, the same in both branches, and what it holds
must bind at least as tightly; put it in parentheses otherwise.

    SELECT id FROM employees WHERE id > 1 {{#if d}} AND dept = :d {{else}} OR id = 0 {{/if}};
    SELECT id FROM employees WHERE id > 1 {{#if d}} AND dept = :d {{else}} AND id < 9 {{/if}};   -- mended"
MACRO_CALL 405 "A macro that cannot be expanded" "\
A macro is called with a value for each parameter, by position or as name := value, but for those with a
default. It does not call itself, not by way of others either; a macro AS TABLE stands in FROM.

    MACRO net(price, tax := 0.21) AS price / (1 + tax);
    SELECT net(price), net(price, tax := 0.1) FROM products;"
UNBOUND_PARAMETER 410 "A parameter without a value" "\
Give it a value with LET, with --var name=value, or a default with PARAM.

    LET dept = 'IT';                            -- in the script
    noctra --var dept=IT staff.rql              -- from outside
    PARAM dept TEXT DEFAULT 'IT';               -- from outside, or this"
PARAMETER_CONFLICT 411 "A parameter of two types" "\
The parameter stands where one type is needed and where another is.

    SELECT id FROM employees WHERE dept = :x LIMIT :x;
    SELECT id FROM employees WHERE dept = :dept LIMIT :n;   -- mended"
RUNNING_MISPLACED 420 "A running aggregate in the wrong place" "\
RUNSUM and its kin see the rows that WHERE, GROUP BY and HAVING have left. To filter by them use QUALIFY,
or a subquery.

    SELECT month, sales FROM monthly_sales WHERE RUNSUM(sales) < 100000 ORDER BY month;
    SELECT month, sales FROM monthly_sales QUALIFY RUNSUM(sales) < 100000 ORDER BY month;   -- mended"
ARRIVAL_ORDER 421 "A running aggregate without an order" "\
Without ORDER BY the rows arrive in any order, and the running value with them.

    SELECT date, RUNSUM(sales) FROM daily_sales;
    SELECT date, RUNSUM(sales) FROM daily_sales ORDER BY date;                   -- mended
    SELECT date, RUNSUM(sales) OVER (ORDER BY date) FROM daily_sales;            -- the same"
NOT_EXECUTABLE_YET 501 "Understood, but not executed yet" "\
The statement is valid RQL. This version reads, checks and formats it, but does not run it.

Where the database knows the statement by itself, NATIVE sends it as it is:

    NATIVE CREATE SEQUENCE ticket;"
BACKEND_ONLY 502 "A statement of one backend" "\
The statement is sent to the connected backend as it is; it cannot be compiled for another.

    PRAGMA table_info(employees);               -- SQLite's
    DESCRIBE employees;                         -- RQL's, the same everywhere"
NOT_PORTABLE 503 "Not the same on every backend" "\
The backend has no way to give PostgreSQL's answer for this construct.

RQL answers alike on every database or not at all: what one cannot do is refused before anything runs,
and the help says what to write instead. Who wants the database's own answer asks it for that:

    NATIVE SELECT …;                            -- one statement, sent as it is
    SET semantics = native;                     -- all that follow"
SESSION_ONLY 504 "Text that only a session can run" "\
What the statement means takes functions that SQLite does not have and that none of its expressions says:
logarithms, decimals whose scale each row decides, most regular expressions. A session of noctra registers
them on its connection, so the statement runs there; a bare SQLite would not know them.

    rqlc compile --dialect sqlite f.rql             -- what any SQLite runs; the rest is refused
    rqlc compile --dialect sqlite --session f.rql   -- what a session runs
    NATIVE SELECT …;                                -- SQLite's own meaning"
BACKEND_ERROR 601 "The backend reports an error" "\
The statement was understood, but the database refused it. The message is the database's own.

A key that is there already, a row that another one refers to, a value that no column takes: such things
show only when the statement runs. The place shown is the smallest piece of the text that the database
can mean."
DIVISION_BY_ZERO 701 "Division by zero" "\
As in PostgreSQL, a division by zero is an error. NULLIF(x, 0) gives NULL instead.

    SELECT total / n FROM sums;
    SELECT total / NULLIF(n, 0) FROM sums;      -- NULL where n is 0"
FILE_ERROR 702 "A file cannot be read or written" "\
The message says which file and why."
CONNECTION_ERROR 703 "No connection" "\
The database cannot be reached, or has refused the connection.

    noctra shop.db                              -- SQLite: is the file there?
    noctra postgres://me@localhost:5432/shop    -- PostgreSQL: does the server run there?
    noctra duckdb:shop.duckdb                   -- DuckDB: scripts/setup.sh --duckdb fetches its library"
ASSERTION 704 "An assertion that does not hold" "\
ASSERT stops a script where a condition is not true; NULL is not true.

    ASSERT (SELECT COUNT(*) FROM employees) > 0, 'the table is empty';"
CHART 705 "A chart that cannot be drawn" "\
A chart shows one column of numbers, which OF names, along another, which BY names. Where they are not
named, the first text or date is the axis and the first number the value.

    SELECT dept, COUNT(*) AS people FROM employees GROUP BY dept CHART BAR OF people BY dept WIDTH 60;

TO draws into a file instead, whose ending says how: .svg, .png, or .gp for Gnuplot. WIDTH and HEIGHT are columns and
lines on a screen, and pixels in a picture.

    SELECT dept, COUNT(*) AS people FROM employees GROUP BY dept CHART BAR WIDTH 640 TO 'people.svg';"
LIMIT 706 "A limit is reached" "\
A setting bounds what runs, and its name stands in the message: `timeout` (seconds), `max_query` (bytes of a
statement), `max_memory` (rows that must be held at once), `allow_path` (directories in which files are read and
written), `confirm = always` (all rows are changed only where a person says so). The statement was cancelled or
did not run. The session goes on; in a transaction, ROLLBACK comes next.

    SET timeout = 30;     -- seconds, for each statement that follows
    SET timeout = off;

SHOW SETTINGS says where each value came from. What bounds a script (`allow_path`, `read_only`, `log`) is only
made tighter by it."
USAGE 801 "The command line" "\
`noctra --help` and `rqlc --help` list what the command line takes."
CONFIGURATION 802 "The configuration" "\
`noctra.toml` says what is no setting, or gives one a value that it does not take. SHOW SETTINGS lists every
setting with what it takes; a connection has `url`, `color`, `read_only`, `confirm` and `password_command`.

    max_row = 1000        # no setting of this name
    max_rows = 1000       # mended

    [connections.prod]
    url = \"postgres://ann@db.example/shop\"
    color = \"red\"
    read_only = true

Programs that run (`pager`, `password_command`) and the file `log` stand in your own file only, not in that of a
project, which may have come from anywhere."
FORM 901 "A form that cannot be used" "\
A form is checked as a whole when it is read: names of fields and actions are there once, what refers to one finds it,
a default, a choice, a lookup and a bound have the type of their field, and every action compiles.

    FORM f (FIELD n INTEGER DEFAULT 'many');   -- the field is integer
    FORM f (FIELD n INTEGER DEFAULT 1);        -- mended"
FORM_KEY 902 "A form's file says what no form has" "\
A file of FDL2 has the keys that the guide to forms lists; any other is a mistake, and so is a value of another kind.

    [fields.id]
    lable = \"Number\"     # no key of this name
    label = \"Number\"     # mended"
FORM_INPUT 903 "A form refuses its values" "\
The values that FORM EXECUTE gives are judged as those that a person types: by the type of the field, by REQUIRED,
RANGE, LENGTH, PATTERN and CHECK, by CHOICES and LOOKUP. Every field that is refused is listed, with the rule that
refused it, and nothing has run. NULL is no value; '' is a text of no characters, and has a value's right.

    FORM f (FIELD n INTEGER REQUIRED CHECK (n > 0), ACTION go AS SELECT :n + 1);
    FORM EXECUTE f WITH n = 0;     -- n must satisfy n > 0
    FORM EXECUTE f WITH n = 1;"
}

#[cfg(test)]
mod tests {
    use super::{Code, all};

    #[test]
    fn codes_read_as_they_print() {
        for &(code, title, text) in all() {
            assert_eq!(code.to_string().parse::<Code>(), Ok(code));
            assert!(!title.is_empty() && text.len() > 20, "{code} says nothing");
        }
        assert!("RQL9999".parse::<Code>().is_err());
        assert!(all().is_sorted_by_key(|row| row.0));
    }
}
