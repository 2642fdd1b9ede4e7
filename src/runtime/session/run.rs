//! A session runs a program: statement by statement, prepared against the catalog as it then is, its rows
//! pushed to a sink.

use crate::accumulate::Accumulator;
use crate::config::limits::{Limits, over};
use crate::config::settings::{self, OnError};
use crate::connection::{Outcome, Rows};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::chart;
use crate::session::guard;
use crate::session::last::{self, Last};
use crate::session::prepare::{self, Against, Prepared};
use crate::session::stop::{First, Held, Stoppable, Timer};
use crate::session::templates;
use crate::session::{Session, Transaction, lock};
use crate::sinks::Collect;
use crate::value::padded::Padded;
use crate::value::store::Kept;
use crate::{Error, Source};
use rql::{Dialect, Effect};
use rql_ast::{Ast, Id, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, Severity, codes};
use std::sync::Arc;
use std::time::Instant;
impl Session {
    /// Runs a text of any number of statements, up to the first that fails; a transaction that it
    /// leaves open is rolled back where it fails. Nothing runs where the text does not parse.
    ///
    /// # Errors
    /// What failed, with places in `source`.
    pub fn run_script(&mut self, source: &Arc<Source>, out: &mut Output) -> Result<(), Failure> {
        let done = self.run_source(source, out);
        self.rearm();
        let done = match done {
            Ok(()) | Err(Failure::Reported) => {
                out.end_redirection()?;
                done
            }
            failed => {
                out.drop_redirection();
                failed
            }
        };
        if done.is_err() && self.connection.in_transaction() {
            // The first error is the one to tell.
            let _ = self.connection.batch("ROLLBACK");
            self.known.rollback();
            self.failed = false;
        }
        done
    }

    /// Runs the statements of a text.
    pub(crate) fn run_statements(
        &mut self,
        source: &Arc<Source>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let parse = rql_grammar::parse_shared(Arc::clone(&source.text));
        let (wrong, warnings): (Vec<_>, Vec<_>) = parse
            .diagnostics
            .into_iter()
            .partition(|diagnostic| diagnostic.severity == Severity::Error);
        if !wrong.is_empty() {
            return Err(self.with_trail(Failure::Diagnostics(wrong)));
        }
        self.warn(&warnings, out);
        let ast = &parse.ast;
        let missing = self.missing(ast);
        if !missing.is_empty() {
            return Err(self.with_trail(Failure::Diagnostics(missing)));
        }
        self.keeps |= self.survey(ast).names_last();
        let mut failed = false;
        for id in ast.statements.ids() {
            let Err(failure) = self.run(ast, id, out) else {
                continue;
            };
            let failure = self.with_trail(failure);
            let stop = self.settings.on_error == OnError::Stop;
            if failure.ends_everything(stop) {
                return Err(failure);
            }
            out.failure(&failure, source);
            failed = true;
        }
        if failed {
            return Err(Failure::Reported);
        }
        Ok(())
    }

    /// Says warnings about the text that runs.
    pub(crate) fn warn(&self, all: &[Diagnostic], out: &mut Output) {
        if let (Some(running), [_, ..]) = (self.sources.last(), all) {
            out.report(all, &running.source);
        }
    }

    /// Runs a statement.
    pub(crate) fn run_unlogged(
        &mut self,
        ast: &Ast,
        id: Id<Stmt>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let stmt = &ast[id];
        match stmt.kind {
            // Who goes elsewhere needs it no more.
            StmtKind::Use { .. } | StmtKind::Connect { .. } | StmtKind::Disconnect(_) => {
                self.let_go(out)?;
            }
            _ => self
                .revive(out)
                .map_err(|error| Failure::at(error, stmt.span))?,
        }
        if let StmtKind::Template(template) = stmt.kind {
            return self.run_template(ast, template, out);
        }
        let done = self.by_the_rules(ast, stmt, |session| {
            let files = session.bring_files(ast, stmt, out)?;
            let done = session.run_by_kind(ast, id, out);
            session.drop_files(files, stmt.span);
            done
        });
        out.data.flush()?;
        for (severity, text) in self.connection.remarks() {
            out.told(severity, &text)?;
        }
        done
    }

    fn run_by_kind(&mut self, ast: &Ast, id: Id<Stmt>, out: &mut Output) -> Result<(), Failure> {
        let stmt = &ast[id];
        if last::reads(ast, stmt.kind) {
            return self.with_last(ast, stmt.span, |session| {
                let done = session.run_session_statement(ast, stmt, out);
                done.unwrap_or_else(|| session.run_prepared(ast, id, out))
            });
        }
        match self.run_session_statement(ast, stmt, out) {
            Some(done) => done,
            None => match self.postgresql_rule(ast, stmt, out) {
                Some(done) => done,
                None => self.run_on_backend(ast, id, out),
            },
        }
    }

    /// Runs a statement by `run` where the session lets it run, and looks at what it has left behind.
    pub(crate) fn by_the_rules<T>(
        &mut self,
        ast: &Ast,
        stmt: &Stmt,
        run: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.transaction() == Transaction::Failed && !ends_transaction(stmt.kind) {
            let diagnostic = Diagnostic::error(codes::BACKEND_ERROR, "the transaction has failed")
                .label(stmt.span, "not run")
                .note("SQLSTATE 25P02")
                .help("ROLLBACK ends it");
            return Err(Failure::from(diagnostic));
        }
        if self.stop.is_asked() {
            return Err(Failure::Cancelled);
        }
        self.pass(ast, stmt)?;
        let open = self.connection.in_transaction();
        let done = run(self);
        if open && done.is_err() && !ends_transaction(stmt.kind) {
            self.stand_in();
        }
        self.follow_results(stmt.kind);
        self.told |= guard::tells_server(ast, stmt.kind);
        self.remember_temporary();
        if self.connection.is_lost() {
            // What was to be rolled back is.
            self.mourn(open && !matches!(stmt.kind, StmtKind::Rollback { to: None, .. }));
        }
        self.write_again();
        let back = done.is_ok() && matches!(stmt.kind, StmtKind::Rollback { .. });
        let failed = done.is_err() || (self.failed && !back);
        self.failed = self.connection.in_transaction() && failed;
        done
    }

    /// SQLite takes back a whole transaction where a change in it is interrupted: an empty one stands in its
    /// place, and fails, so that what follows is not kept before ROLLBACK.
    fn stand_in(&mut self) {
        if self.connection.dialect() == Dialect::Sqlite && !self.connection.in_transaction() {
            // The first error is the one to tell.
            let _ = self.connection.batch("BEGIN");
        }
    }

    /// Runs the statements of a template that are chosen.
    fn run_template(
        &mut self,
        ast: &Ast,
        id: Id<rql_ast::Template<Stmt>>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let template = &ast[id];
        let (conditions, asked) =
            rql::lower_condition(ast, template.condition).map_err(Failure::Diagnostics)?;
        let ask = &mut |asked: &_| templates::answer(asked, &self.variables);
        let holds = rql::answers(&conditions, ask).get(asked) == Some(&true);
        let chosen = if holds != template.unless {
            template.then
        } else {
            template.otherwise.unwrap_or(rql_ast::List::EMPTY)
        };
        for stmt in chosen.ids() {
            self.run(ast, stmt, out)?;
        }
        Ok(())
    }

    /// What PostgreSQL does and another backend leaves to us; `None` where the statement runs as it
    /// is.
    fn postgresql_rule(
        &mut self,
        ast: &Ast,
        stmt: &Stmt,
        out: &mut Output,
    ) -> Option<Result<(), Failure>> {
        // A failed transaction ends without its changes, however it is ended; of what the compiler has refused
        // PostgreSQL does not know.
        let failed = self.transaction() == Transaction::Failed;
        if failed && matches!(stmt.kind, StmtKind::Commit { .. }) {
            let done = self.connection.batch("ROLLBACK");
            self.known.rollback();
            return Some(done.map_err(|error| Failure::at(error, stmt.span)));
        }
        if self.connection.dialect() == Dialect::Postgresql {
            return None;
        }
        if let Some(done) = self.own_rule(ast, stmt, out) {
            return Some(done);
        }
        match (stmt.kind, self.transaction()) {
            (StmtKind::Commit { .. } | StmtKind::Rollback { to: None, .. }, Transaction::None) => {
                Some(out.remark("no transaction is open").map_err(Failure::from))
            }
            (StmtKind::Savepoint(_), Transaction::None) => Some(Err(Diagnostic::error(
                codes::BACKEND_ERROR,
                "SAVEPOINT stands in a transaction only",
            )
            .label(stmt.span, "no transaction is open")
            .help("BEGIN opens one")
            .into())),
            (StmtKind::Alter(id), _) if ast[id].if_exists => {
                match self.is_missing(ast, ast[id].name, stmt.span) {
                    Err(failure) => Some(Err(failure)),
                    Ok(None) => None,
                    Ok(Some(name)) => {
                        let said = out.remark(&format!("there is no table {name}"));
                        Some(said.map_err(Failure::from))
                    }
                }
            }
            _ => None,
        }
    }

    /// The name of a table, where there is none of it.
    fn is_missing(
        &mut self,
        ast: &Ast,
        name: rql_ast::Name,
        span: Span,
    ) -> Result<Option<String>, Failure> {
        let catalog = self.catalog().map_err(|error| Failure::at(error, span))?;
        let dotted = ast.dotted(name);
        let (schema, last) = match dotted.rsplit_once('.') {
            Some((schema, last)) => (Some(schema), last),
            None => (None, dotted.as_str()),
        };
        let there = catalog.find(schema, last).is_some();
        Ok((!there).then_some(dotted))
    }

    fn run_on_backend(&mut self, ast: &Ast, id: Id<Stmt>, out: &mut Output) -> Result<(), Failure> {
        self.with_last(ast, ast[id].span, |session| {
            session.run_prepared(ast, id, out)
        })
    }

    /// Runs what may name the result before, which is a table meanwhile.
    fn with_last(
        &mut self,
        ast: &Ast,
        span: Span,
        run: impl FnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let brought = self.bring_last(ast, span)?;
        let done = run(self);
        if brought {
            self.drop_last(span);
        }
        done
    }

    fn run_prepared(&mut self, ast: &Ast, id: Id<Stmt>, out: &mut Output) -> Result<(), Failure> {
        let stmt = ast[id];
        let mut changes = None;
        let prepared = self.prepare(ast, stmt.span, out, |on| {
            changes = prepare::changes(ast, id, on)?;
            prepare::statement(ast, id, on)
        })?;
        let chart = match stmt.kind {
            StmtKind::Query(query) => chart::asked(ast, query, out.format().for_people),
            _ => None,
        };
        if let Some(chart) = chart {
            self.chart(ast, &prepared, chart, out)?;
            return Ok(());
        }
        let start = Instant::now();
        let mut result = out.result();
        let limit = self.settings.max_rows;
        let limit = limit.filter(|_| matches!(stmt.kind, StmtKind::Query(_)));
        let shown = result.store();
        let mut last = self.keeps.then(Last::default);
        // What is shown is kept already.
        let store = last.as_mut().filter(|_| shown.is_none());
        let mut kept;
        let rows: &mut dyn Rows = match store.map(|last| &mut last.store) {
            Some(store) => {
                let rows = &mut result;
                kept = Kept { rows, store };
                &mut kept
            }
            None => &mut result,
        };
        let (outcome, cut) = match limit {
            None => (self.rows_of(&prepared, rows, ast, stmt), None),
            Some(limit) => {
                let mut first = First::new(rows, limit);
                let outcome = self.rows_of(&prepared, &mut first, ast, stmt);
                (outcome, first.cut.then_some(limit))
            }
        };
        let enough = shown.as_ref().filter(|rows| rows.is_cut());
        let enough = enough.filter(|_| !self.stop.is_asked());
        let outcome = match cut.or(enough.map(|rows| rows.progress().rows)) {
            Some(count) => Outcome::Rows(count),
            None => outcome?,
        };
        result.finish()?;
        let time = start.elapsed();
        if let Some(count) = cut {
            let shown = match count {
                1 => "this is the first row".to_owned(),
                _ => format!("these are the first {count} rows"),
            };
            out.remark(&format!("{shown}; SET max_rows = off gives all"))?;
        }
        if let (Some(mut last), Outcome::Rows(_)) = (last, outcome) {
            let columns = prepared.described().iter();
            last.types = columns.map(|column| column.ty).collect();
            last.store = shown.unwrap_or(last.store);
            self.last = Some(last);
        }
        match outcome {
            Outcome::Rows(count) => out.footer(count, "row", time)?,
            Outcome::Changed(count) if changes_rows(stmt.kind) => {
                out.footer(count, "row changed", time)?;
            }
            Outcome::Changed(_) => {}
        }
        if self.failed && matches!(stmt.kind, StmtKind::Commit { .. }) {
            // The server has rolled back.
            self.known.rollback();
        }
        self.known
            .follow(ast, stmt.kind, changes, &*self.connection);
        Ok(())
    }

    /// Runs what is prepared and pushes its rows, with running aggregates added up where that is the
    /// plan.
    pub(crate) fn stream(
        &mut self,
        prepared: &Prepared,
        rows: &mut dyn Rows,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        let mut padded = None;
        let rows = match self.connection.dialect() {
            rql::Dialect::Postgresql => rows,
            _ => match Padded::around(prepared.described(), rows) {
                Ok(around) => padded.insert(around),
                Err(rows) => rows,
            },
        };
        if prepared.effect() == Effect::Changes {
            self.results.forget();
        }
        let stop = self.stop.clone();
        let timer = Timer::start(
            self.settings.timeout,
            stop.clone(),
            lock(&self.current).clone(),
        );
        let mut rows = Stoppable { rows, stop: &stop };
        let done = if let Some(rebuilt) = &prepared.rebuilt {
            self.rebuild(prepared, rebuilt, span)
        } else if !prepared.steps.is_empty() {
            self.run_steps(prepared, &mut rows, ast, span)
        } else if !prepared.stages.is_empty() {
            self.run_staged(prepared, &mut rows, ast, span)
        } else {
            self.stream_all(prepared, &mut rows, ast, span)
        };
        let asked = stop.is_asked();
        match (timer.end(), done) {
            (_, Ok(outcome)) => Ok(outcome),
            (true, Err(_)) => Err(self.too_long(span)),
            (false, Err(_)) if asked => Err(Failure::Cancelled),
            (false, failed) => failed,
        }
    }

    fn too_long(&self, span: Span) -> Failure {
        let limit = settings::shown_timeout(&self.settings);
        let message = format!("the statement has run longer than {limit} s");
        over(message, "timeout", "off")
            .label(span, "cancelled")
            .into()
    }

    pub(crate) fn stream_all(
        &mut self,
        prepared: &Prepared,
        rows: &mut dyn Rows,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        if let Some(explained) = &prepared.explained {
            return self.stream_plan(prepared, explained, rows, ast, span);
        }
        let query = prepared.query();
        let Some((plan, columns)) = &prepared.accumulation else {
            let done = self.connection.run(query, rows);
            return done.map_err(|error| prepared.failure(error, ast, span));
        };
        let mut accumulator = Accumulator::new(plan, columns, rows);
        let done = self.connection.run(query, &mut accumulator);
        match accumulator.problem {
            Some((error, span)) => Err(Failure::at(Error::Backend(error), span)),
            None => done.map_err(|error| prepared.failure(error, ast, span)),
        }
    }

    /// Prepares against the catalog as it is now.
    pub(crate) fn prepare(
        &mut self,
        ast: &Ast,
        span: Span,
        out: &mut Output,
        with: impl FnOnce(Against<'_>) -> Result<Prepared, Failure>,
    ) -> Result<Prepared, Failure> {
        let prepared = self.prepare_quietly(ast, span, with)?;
        self.warn(&prepared.warnings, out);
        Ok(prepared)
    }

    /// The same, and keeps the warnings to itself.
    pub(crate) fn prepare_quietly(
        &mut self,
        ast: &Ast,
        span: Span,
        with: impl FnOnce(Against<'_>) -> Result<Prepared, Failure>,
    ) -> Result<Prepared, Failure> {
        let dialect = self.connection.dialect();
        let files = self.files(ast, span)?;
        let of_system = self.of_system(ast, span)?;
        let known = match ast.names_nothing() {
            true => Ok(self.known.nothing()),
            false => self.known.with(&mut *self.connection, &self.definitions),
        };
        let (catalog, version) = known.map_err(|error| Failure::at(error, span))?;
        let mut memory = Some((&self.statements, version));
        let mut with_files;
        let catalog = match files.is_empty() && of_system.is_empty() {
            true => catalog,
            false => {
                // They may be others the next time.
                memory = None;
                with_files = catalog.clone();
                for (text, columns) in files {
                    with_files.add_file(text, rql::FileTable::Read(columns));
                }
                for table in of_system {
                    with_files.add(table);
                }
                &with_files
            }
        };
        with(Against {
            dialect,
            catalog,
            memory,
            variables: &self.variables,
            running: self.settings.running,
            semantics: self.settings.semantics,
            standalone: self.standalone,
        })
    }

    /// Runs a prepared query for the few rows it gives.
    pub(crate) fn collect(
        &mut self,
        prepared: &Prepared,
        ast: &Ast,
        span: Span,
    ) -> Result<Collect, Failure> {
        let mut rows = Held {
            rows: Collect::default(),
            most: self.settings.max_memory,
            bytes: 0,
        };
        let done = self.stream(prepared, &mut rows, ast, span);
        let Held { rows, bytes, .. } = rows;
        let limits = Limits(&self.settings);
        if !limits.held(bytes) {
            return Err(limits.too_much(span));
        }
        done.map(|_| rows)
    }
}

fn ends_transaction(kind: StmtKind) -> bool {
    matches!(kind, StmtKind::Rollback { .. } | StmtKind::Commit { .. })
}

fn changes_rows(kind: StmtKind) -> bool {
    use StmtKind as S;
    matches!(
        kind,
        S::Insert(_) | S::Update(_) | S::Delete(_) | S::Merge(_)
    )
}
