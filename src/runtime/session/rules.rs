//! Statements that SQLite and DuckDB lack and the session does for them: the next transaction at once, one that only
//! reads, the plan of a statement that has run, another name for a view or an index.

use crate::connection::{Outcome, Query, Rows};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::explain;
use crate::session::prepare;
use crate::session::{Session, Transaction};
use crate::sinks::Collect;
use crate::{Column, Error, Kind, ValueRef};
use rql::{Dialect, quoted};
use rql_ast::{AlterAction, AlterTable, Ast, Explain, ObjectKind, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};
use std::io;
use std::time::Instant;

impl Session {
    /// Runs what the backend lacks; `None` where it has the statement itself.
    pub(crate) fn own_rule(
        &mut self,
        ast: &Ast,
        stmt: &Stmt,
        out: &mut Output,
    ) -> Option<Result<(), Failure>> {
        let dialect = self.connection.dialect();
        let span = stmt.span;
        match (stmt.kind, dialect) {
            (
                StmtKind::Commit { chain: Some(true) }
                | StmtKind::Rollback {
                    to: None,
                    chain: Some(true),
                },
                Dialect::Sqlite | Dialect::Duckdb,
            ) if self.transaction() != Transaction::None => Some(self.chained(ast, stmt)),
            (StmtKind::Begin(modes), Dialect::Sqlite) => {
                let words: Vec<String> = ast[modes]
                    .iter()
                    .map(|&word| ast.name(word).to_uppercase())
                    .collect();
                let reads = words.windows(2).any(|two| two == ["READ", "ONLY"]);
                (reads && self.transaction() == Transaction::None).then(|| {
                    let begun = self.connection.batch("BEGIN");
                    let begun = begun.and_then(|()| self.connection.set_read_only(true));
                    begun.map_err(|error| Failure::at(error, span))?;
                    self.only_reads = true;
                    self.known.follow(ast, stmt.kind, None, &*self.connection);
                    Ok(())
                })
            }
            (StmtKind::Explain(id), Dialect::Sqlite) if ast.analyzes(ast[id]) => {
                Some(self.explain_run(ast, ast[id], span, out))
            }
            (StmtKind::Alter(id), Dialect::Sqlite) => {
                let alter = ast[id];
                let object = matches!(alter.object, ObjectKind::View | ObjectKind::Index);
                match &ast[alter.actions] {
                    &[AlterAction::Rename(to)] if object => {
                        Some(self.rename(ast, stmt, alter, to, out))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A transaction ends, and the next begins.
    fn chained(&mut self, ast: &Ast, stmt: &Stmt) -> Result<(), Failure> {
        let keeps = matches!(stmt.kind, StmtKind::Commit { .. })
            && self.transaction() != Transaction::Failed;
        let fail = |error| Failure::at(error, stmt.span);
        let word = if keeps { "COMMIT" } else { "ROLLBACK" };
        self.connection.batch(word).map_err(fail)?;
        self.failed = false;
        let again = self.connection.batch("BEGIN");
        match keeps {
            true => self.known.follow(ast, stmt.kind, None, &*self.connection),
            false => {
                self.known.rollback();
                self.known.follow(
                    ast,
                    StmtKind::Begin(rql_ast::List::EMPTY),
                    None,
                    &*self.connection,
                );
            }
        }
        again.map_err(fail)
    }

    /// A transaction that only reads has ended.
    pub(crate) fn write_again(&mut self) {
        if self.only_reads && !self.connection.in_transaction() {
            self.only_reads = false;
            if !self.is_read_only() {
                // What cannot be said to the connection, the next statement says.
                let _ = self.connection.set_read_only(false);
            }
        }
    }

    /// Runs a statement for its effects and its time, and shows how it was done.
    fn explain_run(
        &mut self,
        ast: &Ast,
        explain: Explain,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let inner = explain.statement;
        let prepared = self.prepare(ast, span, out, |on| prepare::statement(ast, inner, on))?;
        let several =
            !prepared.steps.is_empty() || !prepared.stages.is_empty() || prepared.rebuilt.is_some();
        let before = rql::explaining(ast, explain, several, Dialect::Sqlite, span);
        let before = before.map_err(Failure::Diagnostics)?;
        let plan = format!("{before}{}", prepared.sql);
        let query = Query {
            sql: &plan,
            params: &prepared.params,
            columns: &[],
        };
        let mut lines = Collect::default();
        self.connection
            .run(query, &mut lines)
            .map_err(|error| prepared.failure(error, ast, span))?;
        let start = Instant::now();
        let outcome = self.stream(&prepared, &mut Unseen, ast, span)?;
        let time = start.elapsed();
        let (count, what) = match outcome {
            Outcome::Rows(count) => (count, ""),
            Outcome::Changed(count) => (count, " changed"),
        };
        let mut texts: Vec<String> = lines
            .rows
            .iter()
            .filter_map(|row| row.last())
            .map(|cell| cell.as_ref().to_string())
            .collect();
        if let Some((plan, _)) = &prepared.accumulation {
            texts.extend(explain::lines(ast, plan, None));
        }
        let rows = if count == 1 { "row" } else { "rows" };
        let spent = time.as_secs_f64() * 1000.0;
        texts.push(format!("{count} {rows}{what} in {spent:.3} ms"));
        let mut result = out.result();
        result.begin(&[Column::new("QUERY PLAN", Kind::Any)])?;
        for text in &texts {
            result.row(&[ValueRef::Text(text)])?;
        }
        result.finish()?;
        Ok(out.footer(texts.len() as u64, "row", time)?)
    }

    /// A view or an index under another name: it is made again, as it was.
    fn rename(
        &mut self,
        ast: &Ast,
        stmt: &Stmt,
        alter: AlterTable,
        to: rql_ast::Name,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let span = stmt.span;
        let (word, kind) = match alter.object {
            ObjectKind::View => ("view", "VIEW"),
            _ => ("index", "INDEX"),
        };
        let catalog = self.catalog().map_err(|error| Failure::at(error, span))?;
        let parts = ast[alter.name.parts].iter().map(|&part| ast.name(part));
        let parts: Vec<_> = parts.collect();
        let (last, schema) = match parts.as_slice() {
            [.., schema, name] => (name.as_ref(), Some(schema.as_ref())),
            [name] => (name.as_ref(), None),
            [] => ("", None),
        };
        let within = schema.filter(|schema| catalog.is_within(schema));
        let in_file = |name: &str| match within {
            Some(schema) => rql::within(schema, name),
            None => name.to_owned(),
        };
        let (stored, to) = (in_file(last), in_file(&ast.dotted(to)));
        let read = catalog
            .find(schema, last)
            .map(|view| catalog.dependents(&[view]));
        let name = ast.dotted(alter.name);
        let found = self
            .kept_text(word, &stored)
            .map_err(|error| Failure::at(error, span))?;
        let Some(text) = found else {
            if alter.if_exists {
                return Ok(out.remark(&format!("there is no {word} {name}"))?);
            }
            let error = Diagnostic::error(codes::UNKNOWN_TABLE, format!("no {word} {name}"));
            return Err(error
                .label(ast.name_span(alter.name), format!("no {word} of this name"))
                .into());
        };
        let first = read.into_iter().flatten().next();
        if let (Some(other), ObjectKind::View) = (first, alter.object) {
            let error = Diagnostic::error(codes::BACKEND_ERROR, other.words())
                .label(span, "it would read a view that is not there any more")
                .help("DROP VIEW before it, CREATE VIEW behind it");
            return Err(error.into());
        }
        let Some(made) = renamed(&text, &quoted(&to, Dialect::Sqlite)) else {
            let message =
                format!("the text of the {word} {name} is not RQL, so it cannot be changed");
            return Err(Diagnostic::error(codes::BACKEND_ERROR, message)
                .label(span, "its name stands in that text")
                .into());
        };
        let done = self.whole(|this| {
            let drop = format!("DROP {kind} {}", quoted(&stored, Dialect::Sqlite));
            let both = this.connection.batch(&drop);
            both.and_then(|()| this.connection.batch(&made))
                .map_err(|error| Failure::at(error, span))?;
            Ok(((), true))
        });
        self.known.forget();
        done
    }

    /// The text that has made a view or an index.
    fn kept_text(&mut self, kind: &str, name: &str) -> Result<Option<String>, Error> {
        let mut rows = Collect::default();
        let params = [kind, name].map(|text| crate::Value::Text(text.to_owned()));
        let query = Query {
            sql: "SELECT sql FROM main.sqlite_schema WHERE type = ?1 AND name = ?2 COLLATE NOCASE \
                  AND sql IS NOT NULL",
            params: &params,
            columns: &[],
        };
        self.connection.run(query, &mut rows)?;
        let cells = rows.rows.into_iter().flatten();
        Ok(cells.map(|cell| cell.as_ref().to_string()).next())
    }
}

/// The text of CREATE with another name.
pub(crate) fn renamed(text: &str, to: &str) -> Option<String> {
    let parse = rql::parse(text);
    let ast = &parse.ast;
    let first = ast[ast.statements].first()?;
    let StmtKind::Create(create) = first.kind else {
        return None;
    };
    let at = ast.name_span(ast[create].name?);
    let (start, end) = (at.start as usize, at.end as usize);
    Some(format!("{}{to}{}", text.get(..start)?, text.get(end..)?))
}

/// Rows that nobody looks at.
struct Unseen;

impl Rows for Unseen {
    fn begin(&mut self, _: &[Column]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> io::Result<()> {
        Ok(())
    }
}
