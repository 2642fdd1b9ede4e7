//! The pages of the manual that are made of tables: functions by their class, and the backends.
//!
//! `cargo run -p noctra-testsuite --example manual` writes them; a test holds the written ones to this.

use rql::function::{Cell, Class, Entry, Nulls, entries};
use rql::{Dialect, reason};
use rql_ir::rewrite::PASSES;
use std::fmt::Write;

/// A page: where it stands below `docs/`, and its text.
pub type Page = (String, String);

/// The dialects that text is written for.
fn dialects() -> impl Iterator<Item = Dialect> {
    Dialect::ALL
        .into_iter()
        .filter(|dialect| dialect.traits().filled)
}

fn title(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Duckdb => "DuckDB",
        Dialect::Postgresql => "PostgreSQL",
        Dialect::Mysql => "MySQL",
        Dialect::Mariadb => "MariaDB",
        Dialect::Spark => "Spark",
    }
}

fn file(class: Class) -> String {
    format!("{}.md", class.name().replace(' ', "-"))
}

pub(crate) const MADE: &str = "<!-- Made by `cargo run -p noctra-testsuite --example manual`; change the tables, not this page. -->\n\n";

/// Where answers may differ from PostgreSQL's, and what then happens.
const DEVIATIONS: &[(&str, &str)] = &[
    (
        "decimals",
        "The digits at the end of a quotient or mean are as many as the database computes: the values are the \
         same, not their text. Zeros at the end of a decimal may be left out or added, in an array too.",
    ),
    (
        "doubles",
        "Sums, means and functions of doubles agree to twelve digits; the last ones depend on the order in which \
         rows are read. The sum of reals is that of doubles, rounded once, where PostgreSQL rounds at each row.",
    ),
    (
        "long decimals",
        "SQLite and DuckDB compute with 38 digits, MariaDB with 65, PostgreSQL with many more. What does not fit \
         is an error that says so, never a cut value. MariaDB has thirty behind the point, so that a quotient below 1e-18 has \
         less than twelve.",
    ),
    (
        "far dates",
        "SQLite and MariaDB have the years 1 to 9999. A date before or behind them is an error. DuckDB computes with days before 4714 BC, \
         which are an error where they would be shown, and with the hours of an interval to 320 million.",
    ),
    (
        "NaN and infinity",
        "SQLite and MariaDB have neither; what would be one is an error.",
    ),
    (
        "zeros with a sign",
        "MariaDB keeps no negative zero: -0 is what is computed of the row, and 0 once a table, a sort or a group has held it; SQLite's \
         tables hold none either. They compare alike; only their text differs.",
    ),
    (
        "texts",
        "They are ordered by their code points everywhere, as PostgreSQL does in the collation C.",
    ),
    (
        "patterns",
        "Which of several matches is meant depends on the engine where alternatives or reluctant repetitions \
         compete. Such a pattern is refused, or an error, where the match is taken out of the text.",
    ),
    (
        "order",
        "Rows without ORDER BY, and aggregates without one where it matters, come in any order, as in PostgreSQL.",
    ),
    (
        "errors",
        "An error comes with the same SQLSTATE where the database's own error tells it; the message is the \
         database's. Constants that fail, what stands beside a constant NULL, and operands of AND, OR, CASE and COALESCE fail where \
         PostgreSQL's do. Otherwise each database computes only what it needs, so that what fails for a row may be an error in \
         one and go unasked in another: below IS NULL and count(), behind LIMIT, in a column that nobody reads, in a query inside \
         CASE on DuckDB, in WHERE around a query in FROM that filters on MariaDB.",
    ),
];

/// What stands on the page of a database beside its tables.
const fn remarks(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "In a session it has functions that it lacks by itself (*runtime* below). `rqlc compile` without \
             `--session` prints what any SQLite from 3.40 runs (3.44 where an aggregate has an order), and refuses the \
             rest with RQL0504: it writes SQLite's own expressions for those functions where they give PostgreSQL's \
             answer. What they cannot answer of a value is an error when it runs, never another answer:\n\n\
             - decimals are computed with 18 digits; more are an error,\n\
             - letters beyond ASCII have no case: `upper` and `lower` of one are an error,\n\
             - dates and timestamps are read as `2021-01-31` and `2021-01-31 12:30:00`; another text is an error, and so is \
             a year before 1 or behind 9999,\n\
             - parts of a document keep no blanks: an array or object taken out of one that has some is an error.\n\n\
             Where words fail, SQLite says a path of JSON that is none: `bad JSON path: 'division by zero'`. Tables hold \
             the same values with and without a session; checks and defaults that a session has written call its functions, so that a \
             bare SQLite cannot write into such a table. LIKE tells case from case where `PRAGMA case_sensitive_like = \
             ON` was run, which stands before such a text; foreign keys hold where `PRAGMA foreign_keys = ON` was \
             run, which is the program's to do.\n"
        }
        Dialect::Duckdb => {
            "An array of arrays is refused: a list of lists is none of two dimensions. Functions that it writes \
             by a lambda read a value once, however often it stands in the text.\n"
        }
        Dialect::Mariadb => {
            "It has neither intervals nor arrays: they are kept as texts. Definitions commit by themselves, so that they are \
             refused inside a transaction.\n"
        }
        _ => "",
    }
}

/// Every page.
#[must_use]
pub fn pages() -> Vec<Page> {
    let mut pages = vec![
        ("functions/README.md".to_owned(), functions()),
        ("backends/README.md".to_owned(), backends()),
    ];
    for class in Class::ALL {
        pages.push((format!("functions/{}", file(class)), of_class(class)));
    }
    for dialect in dialects() {
        pages.push((format!("backends/{}.md", dialect.name()), backend(dialect)));
    }
    pages.extend(crate::reference::pages());
    pages
}

fn functions() -> String {
    let mut out = format!(
        "# Functions and operators\n\n{MADE}{} functions, operators and forms, with PostgreSQL's meaning on every \
         database that has a cell for them. `SHOW FUNCTIONS LIKE 'regexp%'` lists them in a session.\n\n\
         | class | number | names |\n| --- | ---: | --- |\n",
        entries().count()
    );
    for class in Class::ALL {
        let all: Vec<&Entry> = entries().filter(|entry| entry.class == class).collect();
        let mut names: Vec<String> = Vec::new();
        for entry in &all {
            let name = code(entry.title());
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let _ = writeln!(
            out,
            "| [{}]({}) | {} | {} |",
            class.name(),
            file(class),
            all.len(),
            names.join(" ")
        );
    }
    out
}

/// A text as code in a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

fn of_class(class: Class) -> String {
    let mut out = format!("# Functions: {}\n\n{MADE}", class.name());
    out.push_str(
        "Each with how it is written, an example and its answer, and how each database has it: *native*, *named* \
         (under another name), *rewrite* (by other text), *runtime* (by a function of the session) or *refused*.\n",
    );
    for entry in entries().filter(|entry| entry.class == class) {
        let names: Vec<String> = match entry.title() == entry.name() {
            true => entry.names.iter().map(|name| format!("`{name}`")).collect(),
            false => vec![format!("`{}`", entry.title())],
        };
        let _ = writeln!(out, "\n## {}\n\n```text", names.join(", "));
        for usage in entry.usage() {
            let _ = writeln!(out, "{usage}");
        }
        let nulls = match entry.nulls {
            Nulls::Strict => "NULL where an argument is.",
            Nulls::Never => "Never NULL.",
            Nulls::Sometimes => "NULL at times.",
        };
        let _ = write!(
            out,
            "```\n\n{}. {nulls}\n\n```sql\nSELECT {}\n```\n\n",
            capital(entry.about),
            entry.example
        );
        let rows: Vec<&str> = entry.answer.split("; ").collect();
        let _ = writeln!(out, "```text\n{}\n```\n", rows.join("\n"));
        let heads: Vec<&str> = dialects().map(title).collect();
        let cells = dialects().map(|dialect| dialect.cell(&entry.cells).to_string());
        let cells: Vec<String> = cells.collect();
        let rule = vec!["---"; heads.len()];
        for row in [heads.join(" | "), rule.join(" | "), cells.join(" | ")] {
            let _ = writeln!(out, "| {row} |");
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

fn backends() -> String {
    let mut out = format!(
        "# Backends\n\n{MADE}How each database has the functions, operators and forms of [the registry]\
         (../functions/README.md).\n\n| database | measured on | native | named | rewrite | runtime | refused |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for dialect in dialects() {
        let count = |word: &str| {
            let cells = entries().map(|entry| dialect.cell(&entry.cells));
            cells.filter(|cell| cell.word() == word).count()
        };
        let counts = ["native", "named", "rewrite", "runtime", "refused"].map(count);
        let counts = counts.map(|count| count.to_string()).join(" | ");
        let _ = writeln!(
            out,
            "| [{}]({}.md) | {} | {counts} |",
            title(dialect),
            dialect.name(),
            dialect.traits().measured
        );
    }
    out.push_str(
        "\n## Where an answer may not be PostgreSQL's\n\nThe same answer or a refusal before anything runs: that is \
         the rule. What it leaves open:\n\n",
    );
    for (what, text) in DEVIATIONS {
        let _ = writeln!(out, "- **{what}**: {text}");
    }
    out
}

fn backend(dialect: Dialect) -> String {
    let name = title(dialect);
    let measured = dialect.traits().measured;
    let mut out = format!("# {name}\n\n{MADE}Its cells were measured on {measured}.\n");
    let remarks = remarks(dialect);
    if !remarks.is_empty() {
        let _ = write!(out, "\n{remarks}");
    }
    let can = dialect.traits().can;
    let passes: Vec<_> = PASSES.iter().filter(|pass| pass.is_needed(&can)).collect();
    if !passes.is_empty() {
        out.push_str("\n## What is rewritten\n\nIt lacks these; other operators say the same:\n\n");
        for pass in passes {
            let _ = writeln!(out, "- `{}`: {}", pass.name, pass.about);
        }
    }
    let of = |wanted: fn(&Cell) -> bool| {
        entries().filter(move |entry| wanted(&dialect.cell(&entry.cells)))
    };
    let refused: Vec<&Entry> = of(|cell| matches!(cell, Cell::Refuse(_))).collect();
    if !refused.is_empty() {
        let _ = write!(
            out,
            "\n## Functions that are refused\n\n| function | class | instead |\n| --- | --- | --- |\n"
        );
        for entry in refused {
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                code(entry.title()),
                entry.class.name(),
                reason(dialect, entry).replace('|', "\\|")
            );
        }
    }
    out.push_str("\n## Functions that it has otherwise\n\n");
    let bare = dialect == Dialect::Sqlite;
    if bare {
        out.push_str(
            "The third column says whether a bare SQLite runs the example of the manual.\n\n",
        );
    }
    out.push_str(match bare {
        true => "| function | cell | bare | why |\n| --- | --- | --- | --- |\n",
        false => "| function | cell | why |\n| --- | --- | --- |\n",
    });
    for entry in of(|cell| !matches!(cell, Cell::Refuse(_) | Cell::Native)) {
        let _ = writeln!(
            out,
            "| {} | {} |{} {} |",
            code(entry.title()),
            dialect.cell(&entry.cells),
            if bare { runs_bare(entry) } else { "" },
            reason(dialect, entry).replace('|', "\\|")
        );
    }
    out
}

/// Whether SQLite runs an example without a session.
fn runs_bare(entry: &Entry) -> &'static str {
    let parse = rql::parse(&format!("SELECT {}", entry.example));
    let catalog = rql::Catalog::default();
    let env = rql::Env {
        catalog: &catalog,
        dialect: Dialect::Sqlite,
        variables: &|_| None,
        fold: None,
    };
    let statement = parse.ast.statements.ids().next();
    let compiled = statement.and_then(|id| rql::compile(&parse.ast, id, &env).ok());
    // Its examples have constants, which stand for columns here.
    match compiled.map(|compiled| compiled.standalone(|_| None)) {
        Some(Ok(_)) => " yes |",
        _ => " no |",
    }
}
