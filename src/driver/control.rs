//! Transactions, TRUNCATE and EXPLAIN: statements around data rather than of it.

use crate::compile::{Compiled, Env, compile, verbatim};
use rql_ast::{Ast, Explain, Id, Ident, List, Span, Stmt, StmtKind, Truncate};
use rql_codegen::{Dialect, quoted};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

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
        StmtKind::Truncate(id) => truncate(ast, ast[id], env, span),
        StmtKind::Explain(id) => explain(ast, ast[id], env, span),
        _ => return None,
    })
}

fn refuse(what: &str, dialect: Dialect, span: Span, help: &str) -> Res {
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
        let help = "every transaction there sees the data as they were when it began";
        return refuse("a transaction's mode", dialect, span, help);
    }
    if dialect != Dialect::Sqlite {
        // What is locked when does not change what a transaction sees.
        return Ok(verbatim(&text(&modes), span));
    }
    if modes.windows(2).any(|two| two == ["READ", "ONLY"]) {
        let help = "--read-only opens the database so";
        return refuse("READ ONLY", dialect, span, help);
    }
    Ok(verbatim(&text(&lock), span))
}

fn chained(word: &str, chain: Option<bool>, dialect: Dialect, span: Span) -> Res {
    match (chain, dialect) {
        (Some(true), Dialect::Sqlite | Dialect::Duckdb) => {
            let help = "BEGIN behind it begins the next transaction";
            refuse("AND CHAIN", dialect, span, help)
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
    let [table] = tables.as_slice() else {
        let help = "one TRUNCATE for each table, in a transaction";
        return refuse("TRUNCATE of several tables", env.dialect, span, help);
    };
    if truncate.cascade == Some(true) || truncate.restart_identity == Some(true) {
        let help = "DELETE FROM empties a table, rows that refer to it first";
        return refuse("CASCADE and RESTART IDENTITY", env.dialect, span, help);
    }
    Ok(verbatim(&format!("DELETE FROM {table}"), span))
}

/// A table's name in the backend's spelling.
pub(crate) fn table(
    ast: &Ast,
    name: rql_ast::Name,
    env: &Env<'_>,
) -> Result<String, Vec<Diagnostic>> {
    let parts: Vec<_> = ast[name.parts].iter().map(|&part| ast.name(part)).collect();
    let last = parts.last().map_or("", |part| part);
    let schema = parts.len().checked_sub(2).map(|at| &*parts[at]);
    let spelled = match env.catalog.find(schema, last) {
        Some(found) => {
            let schema = found.schema.iter().map(String::as_str);
            schema.chain([found.name.as_str()]).collect::<Vec<_>>()
        }
        None if env.catalog.is_open() => parts.iter().map(|part| &**part).collect(),
        None => {
            let span = ast.name_span(name);
            let known = env.catalog.tables().iter().map(|table| table.name.as_str());
            let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table {last}"))
                .label(span, "no table of this name");
            return Err(vec![match did_you_mean(last, known) {
                Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
                None => error,
            }]);
        }
    };
    let quoted: Vec<_> = spelled
        .iter()
        .map(|part| quoted(part, env.dialect))
        .collect();
    Ok(quoted.join("."))
}

/// The backend explains the text that the statement becomes.
fn explain(ast: &Ast, explain: Explain, env: &Env<'_>, span: Span) -> Res {
    let options = ast[explain.options].iter();
    let words: Vec<_> = options
        .map(|option| ast.name(option.name).to_lowercase())
        .collect();
    // SQLite's own spelling asks for what EXPLAIN means here anyway.
    let known = words
        .iter()
        .all(|word| matches!(word.as_str(), "query" | "plan" | "query plan"));
    if !known {
        let help = "NATIVE EXPLAIN (…) sends the options to the backend";
        return refuse("options of EXPLAIN", env.dialect, span, help);
    }
    let inner = compile(ast, explain.statement, env)?;
    if !inner.steps.is_empty() {
        let help = "rqlc compile shows the statements that it becomes; each can be explained";
        return refuse("EXPLAIN of several statements", env.dialect, span, help);
    }
    let before = match (env.dialect, explain.analyze) {
        (Dialect::Sqlite, true) => {
            let help = "EXPLAIN alone shows the plan; a statement's time stands below its rows";
            return refuse("EXPLAIN ANALYZE", env.dialect, span, help);
        }
        (Dialect::Sqlite, false) => "EXPLAIN QUERY PLAN ",
        (_, true) => "EXPLAIN ANALYZE ",
        (_, false) => "EXPLAIN ",
    };
    Ok(Compiled {
        sql: format!("{before}{}", inner.sql),
        columns: Vec::new(),
        returns_rows: true,
        spans: Default::default(),
        span,
        ..inner
    })
}
