//! Transactions, TRUNCATE and EXPLAIN: statements around data rather than of it.

use crate::compile::{Compiled, Env, compile, verbatim};
use rql_ast::{Ast, Explain, Id, Ident, List, Span, Stmt, StmtKind, Truncate};
use rql_codegen::sqlite::SEQUENCES;
use rql_codegen::{Dialect, Step, quoted, spelled, stored};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use rql_ir::Table;

type Res = Result<Compiled, Vec<Diagnostic>>;

/// Compiles a statement of this file; `None` for any other.
pub(crate) fn control(ast: &Ast, stmt: Id<Stmt>, env: &Env<'_>) -> Option<Res> {
    let Stmt { kind, span } = ast[stmt];
    let name = |name: Ident| quoted(&ast.name(name), env.dialect);
    Some(match kind {
        StmtKind::Begin(modes) => begin(ast, modes, env.dialect, span),
        StmtKind::Commit { chain } => chained("COMMIT", chain, env.dialect, span),
        StmtKind::Rollback { to: None, chain } => chained("ROLLBACK", chain, env.dialect, span),
        StmtKind::Rollback { to: Some(_), .. } | StmtKind::Savepoint(_) | StmtKind::Release(_)
            if env.dialect == Dialect::Duckdb =>
        {
            let help = "a transaction there ends as a whole: COMMIT or ROLLBACK";
            refuse("a savepoint", env.dialect, span, help)
        }
        StmtKind::Rollback { to: Some(to), .. } => Ok(verbatim(
            &format!("ROLLBACK TO SAVEPOINT {}", name(to)),
            span,
        )),
        StmtKind::Savepoint(point) => Ok(verbatim(&format!("SAVEPOINT {}", name(point)), span)),
        StmtKind::Release(point) => Ok(verbatim(
            &format!("RELEASE SAVEPOINT {}", name(point)),
            span,
        )),
        StmtKind::Alter(id) => return altered_if_there(ast, ast[id], env, span),
        StmtKind::Truncate(id) => truncate(ast, ast[id], env, span),
        StmtKind::Explain(id) => explain(ast, ast[id], env, span),
        _ => return None,
    })
}

fn refuse<T>(what: &str, dialect: Dialect, span: Span, help: &str) -> Result<T, Vec<Diagnostic>> {
    let message = format!("{what} cannot be compiled for {dialect} with PostgreSQL's answer");
    let label = format!("{dialect} has no way to do this");
    Err(vec![
        Diagnostic::error(codes::NOT_PORTABLE, message)
            .label(span, label)
            .help(help),
    ])
}

/// SQLite runs one transaction after the other, which is stronger than every level.
fn begin(ast: &Ast, modes: List<Ident>, dialect: Dialect, span: Span) -> Res {
    let words: Vec<String> = ast[modes]
        .iter()
        .map(|&word| ast.name(word).to_uppercase())
        .collect();
    let locks = ["IMMEDIATE", "EXCLUSIVE", "DEFERRED"];
    let (lock, modes): (Vec<_>, Vec<_>) = words
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "TRANSACTION" | "WORK"))
        .partition(|word| locks.contains(word));
    let text = |more: &[&str]| {
        let all = ["BEGIN"].into_iter().chain(more.iter().copied());
        all.collect::<Vec<_>>().join(" ")
    };
    if dialect == Dialect::Duckdb && !modes.is_empty() {
        return duckdb_modes(&modes, span);
    }
    if matches!(dialect, Dialect::Mysql | Dialect::Mariadb) && !modes.is_empty() {
        return mysql_modes(&modes, dialect, span);
    }
    if dialect != Dialect::Sqlite {
        // What is locked when does not change what a transaction sees.
        return Ok(verbatim(&text(&modes), span));
    }
    if modes.windows(2).any(|two| two == ["READ", "ONLY"]) {
        let help = "noctra sees to it; a text of its own says PRAGMA query_only = ON before BEGIN";
        return refuse("READ ONLY", dialect, span, help);
    }
    Ok(verbatim(&text(&lock), span))
}

/// Every transaction of DuckDB sees the data as they were when it began, which is more than READ COMMITTED asks.
fn duckdb_modes(modes: &[&str], span: Span) -> Res {
    let more = ["SERIALIZABLE", "DEFERRABLE"];
    if modes.iter().any(|word| more.contains(word)) {
        let help = "ISOLATION LEVEL REPEATABLE READ is what its transactions are, READ ONLY what they may be";
        return refuse("a transaction's mode", Dialect::Duckdb, span, help);
    }
    let only = match modes.contains(&"ONLY") {
        true => " TRANSACTION READ ONLY",
        false => "",
    };
    Ok(verbatim(&format!("BEGIN{only}"), span))
}

/// The level of a transaction is said before it begins there: one statement of two.
fn mysql_modes(modes: &[&str], dialect: Dialect, span: Span) -> Res {
    let words = modes.join(" ");
    let levels = [
        "SERIALIZABLE",
        "REPEATABLE READ",
        "READ COMMITTED",
        "READ UNCOMMITTED",
    ];
    let level = levels
        .into_iter()
        .find(|level| words.contains(&format!("LEVEL {level}")));
    let reads = ["READ ONLY", "READ WRITE"]
        .into_iter()
        .find(|mode| words.contains(mode));
    if words.contains("DEFERRABLE") {
        let help = "a transaction there waits for others where it must";
        return refuse("DEFERRABLE", dialect, span, help);
    }
    let start = match reads {
        Some(mode) => format!("START TRANSACTION {mode}"),
        None => "START TRANSACTION".to_owned(),
    };
    let text = match level {
        Some(level) => {
            format!("BEGIN NOT ATOMIC SET TRANSACTION ISOLATION LEVEL {level}; {start}; END")
        }
        None => start,
    };
    Ok(verbatim(&text, span))
}

fn chained(word: &str, chain: Option<bool>, dialect: Dialect, span: Span) -> Res {
    match (chain, dialect) {
        // A session begins the next one itself.
        (Some(true), Dialect::Sqlite | Dialect::Duckdb) => {
            Ok(verbatim(&format!("{word};\nBEGIN"), span))
        }
        (Some(true), _) => Ok(verbatim(&format!("{word} AND CHAIN"), span)),
        _ => Ok(verbatim(word, span)),
    }
}

fn truncate(ast: &Ast, truncate: Truncate, env: &Env<'_>, span: Span) -> Res {
    let mut tables = Vec::new();
    for &name in &ast[truncate.tables] {
        tables.push(table(ast, name, env)?);
    }
    if env.dialect == Dialect::Postgresql {
        let mut text = format!("TRUNCATE {}", tables.join(", "));
        text.push_str(match truncate.restart_identity {
            Some(true) => " RESTART IDENTITY",
            _ => "",
        });
        text.push_str(match truncate.cascade {
            Some(true) => " CASCADE",
            _ => "",
        });
        return Ok(verbatim(&text, span));
    }
    let all = emptied(ast, truncate, env)?;
    let mysql = matches!(env.dialect, Dialect::Mysql | Dialect::Mariadb);
    if let (true, Some(true), [only]) = (mysql, truncate.restart_identity, tables.as_slice())
        && all.len() < 2
    {
        return Ok(verbatim(&format!("TRUNCATE TABLE {only}"), span));
    }
    let restarted = match truncate.restart_identity {
        Some(true) => restart(&all, env, span)?,
        _ => Vec::new(),
    };
    if !all.is_empty() {
        tables = all
            .iter()
            .map(|table| spelled(table, env.dialect))
            .collect();
    } else if truncate.cascade == Some(true) {
        let help = "--schema FILE or --db URL says which tables refer to it";
        return refuse("CASCADE without a catalog", env.dialect, span, help);
    }
    let emptied = tables.iter().map(|table| format!("DELETE FROM {table}"));
    let statements: Vec<String> = emptied.chain(restarted).collect();
    if let [only] = statements.as_slice() {
        return Ok(verbatim(only, span));
    }
    Ok(together(&statements, env.dialect, span))
}

/// Statements that stand or fall as one.
fn together(statements: &[String], dialect: Dialect, span: Span) -> Compiled {
    let (begin, end) = match dialect {
        Dialect::Duckdb => ("BEGIN", "COMMIT"),
        _ => ("SAVEPOINT emptied", "RELEASE emptied"),
    };
    let mut sql = format!("{begin};\n");
    let mut steps = Vec::new();
    for statement in statements {
        let start = sql.len();
        sql.push_str(statement);
        steps.push(Step {
            text: start..sql.len(),
            ..Step::default()
        });
        sql.push_str(";\n");
    }
    sql.push_str(end);
    Compiled {
        steps,
        ..verbatim(&sql, span)
    }
}

/// The tables that TRUNCATE empties, those that refer to others first; none where no catalog tells.
fn emptied<'c>(
    ast: &Ast,
    truncate: Truncate,
    env: &Env<'c>,
) -> Result<Vec<&'c Table>, Vec<Diagnostic>> {
    let mut all: Vec<&Table> = Vec::new();
    for &name in &ast[truncate.tables] {
        match found(ast, name, env) {
            Some(table) if !all.iter().any(|other| core::ptr::eq(*other, table)) => all.push(table),
            Some(_) => {}
            None => return Ok(Vec::new()),
        }
    }
    let span = ast[truncate.tables]
        .first()
        .map_or(Span::default(), |&name| ast.name_span(name));
    let mut at = 0;
    while let Some(&table) = all.get(at) {
        for other in env.catalog.referring(table) {
            if all.iter().any(|known| core::ptr::eq(*known, other)) {
                continue;
            }
            if truncate.cascade != Some(true) {
                let message = format!("{} refers to {}", other.name, table.name);
                return Err(vec![
                    Diagnostic::error(codes::NOT_PORTABLE, message)
                        .label(span, "TRUNCATE empties no table that another one needs")
                        .help(format!(
                            "TRUNCATE {}, {} empties both, CASCADE all that refer to it",
                            table.name, other.name
                        )),
                ]);
            }
            all.push(other);
        }
        at += 1;
    }
    let refers = |table: &&Table| {
        let mut others = env.catalog.referring(table);
        others.any(|other| all.iter().any(|one| core::ptr::eq(*one, other)))
    };
    if env.dialect == Dialect::Duckdb && all.iter().any(refers) {
        let what = "TRUNCATE of tables of which one refers to another";
        let help =
            "its keys are looked at before a transaction ends: DELETE FROM each, outside of one";
        return refuse(what, env.dialect, span, help);
    }
    let mut ordered = Vec::new();
    while !all.is_empty() {
        let needed = |table: &Table| {
            let mut others = env.catalog.referring(table);
            others.any(|other| all.iter().any(|left| core::ptr::eq(*left, other)))
        };
        let Some(free) = all.iter().position(|table| !needed(table)) else {
            let what = "TRUNCATE of tables that refer to each other";
            let help = "UPDATE one of them, so that it refers to nothing, and TRUNCATE both";
            return refuse(what, env.dialect, span, help);
        };
        ordered.push(all.remove(free));
    }
    Ok(ordered)
}

/// SQLite keeps the last number of each table in a table of its own.
fn restart(all: &[&Table], env: &Env<'_>, span: Span) -> Result<Vec<String>, Vec<Diagnostic>> {
    let mut columns = all.iter().flat_map(|table| &table.columns);
    let known = match env.dialect {
        // A sequence cannot go back there.
        Dialect::Duckdb => {
            if !columns.any(|column| column.identity) {
                return Ok(Vec::new());
            }
            false
        }
        dialect => dialect == Dialect::Sqlite && !all.is_empty(),
    };
    if !known {
        let help = "DELETE FROM empties a table, and its numbers go on";
        return refuse("RESTART IDENTITY", env.dialect, span, help);
    }
    let by_sequence = |column: &rql_ir::TableColumn| {
        let default = column.default.as_deref();
        column.identity && default.is_some_and(|text| text.starts_with("nextval("))
    };
    let sequences = all
        .iter()
        .filter(|table| table.columns.iter().any(by_sequence))
        .map(|table| {
            let name = rql_ast::text_literal(&stored(table));
            format!(
                "UPDATE {SEQUENCES} SET last = starts, called = 0, generation = abs(random()) WHERE owner = {name}"
            )
        });
    let counted = all
        .iter()
        .filter(|table| table.columns.iter().any(|c| c.counted && !by_sequence(c)));
    let restarts = counted.map(|table| {
        let own = if table.temporary { "temp" } else { "main" };
        let file = table.schema.as_deref().filter(|_| !table.within);
        let schema = quoted(file.unwrap_or(own), env.dialect);
        let name = rql_ast::text_literal(&stored(table));
        format!("DELETE FROM {schema}.sqlite_sequence WHERE name = {name}")
    });
    Ok(restarts.chain(sequences).collect())
}

/// ALTER TABLE IF EXISTS of a table that is not there; `None` where it is, or may be.
fn altered_if_there(
    ast: &Ast,
    alter: rql_ast::AlterTable,
    env: &Env<'_>,
    span: Span,
) -> Option<Res> {
    if !alter.if_exists || env.catalog.is_open() || found(ast, alter.name, env).is_some() {
        return None;
    }
    let name = ast.dotted(alter.name);
    Some(Ok(verbatim(&format!("-- there is no table {name}"), span)))
}

/// The table that a name finds.
fn found<'c>(ast: &Ast, name: rql_ast::Name, env: &Env<'c>) -> Option<&'c Table> {
    let parts: Vec<_> = ast[name.parts].iter().map(|&part| ast.name(part)).collect();
    let (last, before) = parts.split_last()?;
    env.catalog
        .find(before.last().map(|schema| &**schema), last)
}

/// A table's name in the backend's spelling.
pub(crate) fn table(
    ast: &Ast,
    name: rql_ast::Name,
    env: &Env<'_>,
) -> Result<String, Vec<Diagnostic>> {
    if let Some(table) = found(ast, name, env) {
        return Ok(spelled(table, env.dialect));
    }
    let parts: Vec<_> = ast[name.parts].iter().map(|&part| ast.name(part)).collect();
    if !env.catalog.is_open() {
        let last = parts.last().map_or("", |part| part);
        let span = ast.name_span(name);
        let known = env.catalog.tables().iter().map(|table| table.name.as_str());
        let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table {last}"))
            .label(span, "no table of this name");
        return Err(vec![match did_you_mean(last, known) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
            None => error,
        }]);
    }
    let quoted: Vec<_> = parts.iter().map(|part| quoted(part, env.dialect)).collect();
    Ok(quoted.join("."))
}

/// What stands before a text so that the backend explains it; `several` where the text is several statements.
///
/// # Errors
/// Where the backend cannot explain it so.
pub fn explaining(
    ast: &Ast,
    explain: Explain,
    several: bool,
    dialect: Dialect,
    span: Span,
) -> Result<String, Vec<Diagnostic>> {
    // SQLite's own spelling asks for what EXPLAIN means here anyway.
    let meant = ["analyze", "query", "plan", "query plan"];
    let options = ast[explain.options].iter();
    let others = options.filter(|option| !meant.contains(&&*ast.name(option.name)));
    let others: Vec<&str> = others.map(|option| ast.text(option.span)).collect();
    if !others.is_empty() && dialect != Dialect::Postgresql {
        let help = "NATIVE EXPLAIN (…) sends the options to the backend";
        return refuse("options of EXPLAIN", dialect, span, help);
    }
    if several {
        let help = "rqlc compile shows the statements that it becomes; each can be explained";
        return refuse("EXPLAIN of several statements", dialect, span, help);
    }
    let analyzes = ast.analyzes(explain);
    if !others.is_empty() {
        let first = if analyzes { "ANALYZE, " } else { "" };
        return Ok(format!("EXPLAIN ({first}{}) ", others.join(", ")));
    }
    Ok(match (dialect, analyzes) {
        // A session runs the statement and measures it.
        (Dialect::Sqlite, _) => "EXPLAIN QUERY PLAN ",
        (Dialect::Mariadb, true) => "ANALYZE ",
        (_, true) => "EXPLAIN ANALYZE ",
        (_, false) => "EXPLAIN ",
    }
    .to_owned())
}

/// The backend explains the text that the statement becomes.
fn explain(ast: &Ast, explain: Explain, env: &Env<'_>, span: Span) -> Res {
    let inner = compile(ast, explain.statement, env)?;
    let several = !inner.steps.is_empty();
    if let (Dialect::Sqlite, true) = (env.dialect, ast.analyzes(explain)) {
        let help = "noctra runs it and shows the plan, the rows and the time";
        return refuse("EXPLAIN ANALYZE", env.dialect, span, help);
    }
    let before = explaining(ast, explain, several, env.dialect, span)?;
    Ok(Compiled {
        sql: format!("{before}{}", inner.sql),
        accumulation: None,
        staged: None,
        columns: Vec::new(),
        returns_rows: true,
        spans: Default::default(),
        span,
        ..inner
    })
}
