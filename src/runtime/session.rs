//! A session: a connection, its catalog, variables, and what runs a statement.

use crate::accumulate::Accumulator;
use crate::chart;
use crate::config::Configuration;
use crate::connection::{CancelHandle, Connection, Outcome, Rows};
use crate::connections::{MAIN, Parked};
use crate::failure::Failure;
use crate::guard;
use crate::known::Known;
use crate::last::{self, Last};
use crate::limits::{Limits, over};
use crate::log::Log;
use crate::lost::Lost;
use crate::output::Output;
use crate::padded::Padded;
use crate::passwords::AskPassword;
use crate::prepare::{self, Against, Prepared};
use crate::profiles::{Place, Profile, Profiles};
use crate::reach::{Reached, reach};
use crate::settings::{self, OnError, Semantics, Settings};
use crate::sinks::Collect;
use crate::source::Running;
use crate::stop::{First, Held, Stop, Stoppable, Timer};
use crate::store::Kept;
use crate::templates;
use crate::{Error, Source, Target, Value};
use rql::{Catalog, Definition, Dialect, Table};
use rql_ast::{Ast, Id, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, Severity, codes};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Variables by name.
pub(crate) type Variables = BTreeMap<String, Variable>;

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) value: Value,
    /// False for text that takes the type of its place.
    pub(crate) typed: bool,
}

/// A handle is whole even where a thread that held it has panicked.
fn lock(handle: &Mutex<CancelHandle>) -> MutexGuard<'_, CancelHandle> {
    handle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a person or a script works in.
pub struct Session {
    /// The name of the connection that is worked in.
    pub(crate) name: String,
    /// That of the connection that it has begun with.
    pub(crate) first: String,
    /// The other connections.
    pub(crate) parked: Vec<Parked>,
    /// What PARAM has declared: name and type.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) target: Target,
    /// What is said of the connection, where it was named.
    pub(crate) profile: Option<Arc<Profile>>,
    pub(crate) connection: Box<dyn Connection>,
    /// The connections that have a name before they are opened.
    pub(crate) profiles: Profiles,
    /// Asks the person for a password.
    pub(crate) ask: Option<AskPassword>,
    /// What a person should know, and has not been told yet.
    pub(crate) remarks: Vec<String>,
    /// A front end asks before what takes away many rows.
    pub(crate) attended: bool,
    /// What has run is written down.
    pub(crate) log: Option<Log>,
    pub(crate) variables: Variables,
    /// LET relations and macros, the newest last.
    pub(crate) definitions: Vec<Arc<Definition>>,
    /// How many LET relations there have been.
    pub(crate) relations: u32,
    pub(crate) settings: Settings,
    /// The texts that run: each includes the next.
    pub(crate) sources: Vec<Running>,
    /// What the connection holds.
    pub(crate) known: Known,
    /// An error has happened inside the open transaction.
    pub(crate) failed: bool,
    /// The connection has gone, and with it this.
    pub(crate) lost: Option<Lost>,
    /// Statements of the backend's own may have told the server's session something.
    pub(crate) told: bool,
    /// The temporary tables that there are, as far as that was known last.
    pub(crate) temporary: Vec<String>,
    /// Cancels on the connection that is open at the time.
    current: Arc<Mutex<CancelHandle>>,
    /// Results are kept for the statement after them.
    pub(crate) keeps: bool,
    /// The result before.
    pub(crate) last: Option<Last>,
    /// Texts run as a bare SQLite takes them.
    standalone: bool,
    /// Asks for the end of what runs, on whichever connection.
    pub(crate) stop: Stop,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// The state of the connection's transaction, for a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// None is open.
    None,
    /// One is open.
    Open,
    /// One is open and takes nothing but ROLLBACK.
    Failed,
}

impl Session {
    /// Opens a session on a database.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub fn open(target: Target) -> Result<Self, Error> {
        Self::begin(target.into(), Configuration::default(), None)
    }

    /// A session on a file of SQLite that registers and sets nothing: it runs what `rqlc compile` prints for
    /// any SQLite, and refuses what that refuses.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn standalone(file: &Path) -> Result<Self, Error> {
        let mut session = Self::open(Target::SqliteMemory)?;
        session.connection = Box::new(crate::backends::sqlite::Sqlite::bare(file)?);
        session.target = Target::Sqlite(file.into());
        session.standalone = true;
        session.watch();
        Ok(session)
    }

    /// Opens a session as it is configured; `ask` is for a password that nothing else says.
    ///
    /// # Errors
    /// Where the database or the log cannot be opened.
    pub fn begin(
        place: Place,
        configuration: Configuration,
        ask: Option<AskPassword>,
    ) -> Result<Self, Error> {
        let Configuration {
            settings,
            connections: profiles,
            ..
        } = configuration;
        let Reached {
            mut connection,
            place,
            remarks,
        } = reach(place, &settings, ask.as_ref())?;
        let variables = Variables::new();
        let stop = Stop::default();
        connection.ends_with(stop.clone());
        let current = Arc::new(Mutex::new(connection.cancel_handle()));
        let log = settings.log.as_deref().map(Log::open).transpose()?;
        let name = place.profile.as_ref();
        let name = name.map_or(MAIN.to_owned(), |profile| profile.name.clone());
        Ok(Self {
            first: name.clone(),
            name,
            parked: Vec::new(),
            parameters: Vec::new(),
            target: place.target,
            profile: place.profile,
            connection,
            profiles,
            ask,
            remarks,
            attended: false,
            log,
            variables,
            definitions: Vec::new(),
            relations: 0,
            settings,
            sources: Vec::new(),
            known: Known::default(),
            failed: false,
            lost: None,
            told: false,
            temporary: Vec::new(),
            current,
            keeps: false,
            last: None,
            standalone: false,
            stop,
        })
    }

    /// Replaces the connection; variables stay.
    ///
    /// # Errors
    /// Where the database cannot be opened; then the old connection stays.
    pub fn reconnect(&mut self, place: Place) -> Result<(), Error> {
        let Reached {
            connection,
            place,
            remarks,
        } = reach(place, &self.settings, self.ask.as_ref())?;
        self.remarks.extend(remarks);
        self.connection = connection;
        self.leave(&self.target.to_string());
        self.watch();
        if self.name == self.first {
            let name = place.profile.as_ref();
            self.name = name.map_or(MAIN.to_owned(), |profile| profile.name.clone());
            self.first.clone_from(&self.name);
        }
        (self.target, self.profile) = (place.target, place.profile);
        self.known = Known::default();
        (self.failed, self.told, self.lost) = (false, false, None);
        self.temporary.clear();
        Ok(())
    }

    /// Cancels what runs on the connection that is worked in now.
    pub(crate) fn watch(&mut self) {
        self.connection.ends_with(self.stop.clone());
        *lock(&self.current) = self.connection.cancel_handle();
    }

    /// The same with another handle, for a while.
    pub(crate) fn watch_with(&mut self, handle: CancelHandle) {
        *lock(&self.current) = handle;
    }

    /// Reads what the connection holds again when it is needed.
    pub(crate) fn forget(&mut self) {
        self.known = Known::default();
    }

    /// What the session is connected to.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// What a prompt shows: the connection where it is not the first, its backend where it is not SQLite, and
    /// what makes the session special.
    #[must_use]
    pub fn state(&self) -> Vec<&str> {
        let dialect = self.connection.dialect();
        let shown = |name: &&str| {
            self.profile
                .as_ref()
                .is_none_or(|profile| profile.name != *name)
        };
        let name = (self.name != self.first).then_some(self.name.as_str());
        let name = name.filter(shown);
        let backend = (dialect != Dialect::Sqlite).then(|| dialect.name());
        let native = (self.settings.semantics == Semantics::Native).then_some("native");
        let read_only = self.is_read_only().then_some("read-only");
        let all = [name, backend.filter(|b| name != Some(b)), native, read_only];
        all.into_iter().flatten().collect()
    }

    /// The settings. What the connection must be told of them it is told by [`Session::change`] only.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// Refuses changes from now on, on other connections too.
    ///
    /// # Errors
    /// Where the database cannot be told.
    pub fn read_only(&mut self) -> Result<(), Error> {
        self.settings.read_only = true;
        let done = self.connection.set_read_only(true);
        // It may be another one by then.
        self.watch();
        done
    }

    /// Gives a variable its value, as `LET` does; the type goes with it.
    pub fn set(&mut self, name: &str, value: Value) {
        self.variables
            .insert(name.to_owned(), Variable { value, typed: true });
    }

    /// Gives a variable a text, as `--var` does; it is read as the type of the place where it is used.
    pub fn set_text(&mut self, name: &str, text: String) {
        let value = Value::Text(text);
        self.variables.insert(
            name.to_owned(),
            Variable {
                value,
                typed: false,
            },
        );
    }

    /// Cancels what runs in this session, whichever connection it is on by then.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        let (current, stop) = (Arc::clone(&self.current), self.stop.clone());
        CancelHandle::telling(move || {
            let again = stop.cancel();
            lock(&current).cancel();
            again
        })
    }

    /// Forgets a cancel that came when nothing ran.
    pub fn rearm(&mut self) {
        self.stop.clear();
    }

    /// The state of the transaction.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        if self.lost.as_ref().is_some_and(|lost| lost.transaction) {
            return Transaction::Failed;
        }
        match (self.connection.in_transaction(), self.failed) {
            (false, _) => Transaction::None,
            (true, false) => Transaction::Open,
            (true, true) => Transaction::Failed,
        }
    }

    /// The tables and views.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn tables(&mut self) -> Result<&[Table], Error> {
        Ok(self.catalog()?.tables())
    }

    /// What the connection holds, as it is now.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub fn catalog(&mut self) -> Result<&mut Catalog, Error> {
        self.known.catalog(&mut *self.connection)
    }

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
        self.keeps |= last::named(ast, None).is_some();
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
        if let StmtKind::Template(template) = stmt.kind {
            return self.run_template(ast, template, out);
        }
        self.pass(ast, stmt)?;
        let open = self.connection.in_transaction();
        let done = match self.run_session_statement(ast, stmt, out) {
            Some(done) => done,
            None => match self.postgresql_rule(ast, stmt, out) {
                Some(done) => done,
                None => self.run_on_backend(ast, id, out),
            },
        };
        if open && done.is_err() && !ends_transaction(stmt.kind) {
            self.stand_in();
        }
        self.told |= guard::tells_server(ast, stmt.kind);
        self.remember_temporary();
        if self.connection.is_lost() {
            // What was to be rolled back is.
            self.mourn(open && !matches!(stmt.kind, StmtKind::Rollback { to: None, .. }));
        }
        let back = done.is_ok() && matches!(stmt.kind, StmtKind::Rollback { .. });
        let failed = done.is_err() || (self.failed && !back);
        self.failed = self.connection.in_transaction() && failed;
        out.data.flush()?;
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
        if self.connection.dialect() == Dialect::Postgresql {
            return None;
        }
        match (stmt.kind, self.transaction()) {
            // A failed transaction ends without its changes, however it is ended.
            (StmtKind::Commit { .. }, Transaction::Failed) => {
                let done = self.connection.batch("ROLLBACK");
                self.known.rollback();
                Some(done.map_err(|error| Failure::at(error, stmt.span)))
            }
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
            (StmtKind::Drop(id), _) if ast[id].object == rql_ast::ObjectKind::Table => {
                self.referred(ast, &ast[ast[id].names]).err().map(Err)
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

    /// SQLite drops a table that others refer to, and deletes or orphans their rows.
    fn referred(&mut self, ast: &Ast, names: &[rql_ast::Name]) -> Result<(), Failure> {
        let Some(&first) = names.first() else {
            return Ok(());
        };
        let span = ast.name_span(first);
        let catalog = self.catalog().map_err(|error| Failure::at(error, span))?;
        let found = names.iter().filter_map(|&name| {
            let dotted = ast.dotted(name);
            let (schema, last) = match dotted.rsplit_once('.') {
                Some((schema, last)) => (Some(schema), last),
                None => (None, dotted.as_str()),
            };
            Some((catalog.find(schema, last)?, ast.name_span(name)))
        });
        let dropped: Vec<_> = found.collect();
        for &(table, span) in &dropped {
            let stays = |other: &&rql::Table| {
                !dropped
                    .iter()
                    .any(|(table, _)| core::ptr::eq(*table, *other))
            };
            if let Some(other) = catalog.referring(table).find(stays) {
                let message = format!("{} refers to {}", other.name, table.name);
                return Err(Diagnostic::error(codes::BACKEND_ERROR, message)
                    .label(span, "a foreign key of another table needs this one")
                    .help("drop the table that refers to it first, or both at once")
                    .into());
            }
        }
        Ok(())
    }

    fn run_on_backend(&mut self, ast: &Ast, id: Id<Stmt>, out: &mut Output) -> Result<(), Failure> {
        let span = ast[id].span;
        let brought = self.bring_last(ast, span)?;
        let done = self.run_prepared(ast, id, out);
        if brought {
            self.drop_last(span);
        }
        done
    }

    fn run_prepared(&mut self, ast: &Ast, id: Id<Stmt>, out: &mut Output) -> Result<(), Failure> {
        let stmt = ast[id];
        let mut changes = None;
        let prepared = self.prepare(stmt.span, out, |on| {
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
        let mut last = self.keeps.then(Last::default);
        let mut kept = Kept {
            rows: &mut result,
            store: last.as_mut().map(|last| &mut last.store),
        };
        let mut first = First {
            rows: &mut kept,
            limit: limit.filter(|_| matches!(stmt.kind, StmtKind::Query(_))),
            count: 0,
            cut: false,
        };
        let outcome = self.stream(&prepared, &mut first, ast, stmt.span);
        let (count, cut) = (first.count, first.cut);
        let outcome = if cut { Outcome::Rows(count) } else { outcome? };
        result.finish()?;
        let time = start.elapsed();
        if cut {
            out.remark(&format!(
                "these are the first {count} rows; SET max_rows = off gives all"
            ))?;
        }
        if let (Some(mut last), Outcome::Rows(_)) = (last, outcome) {
            let columns = prepared.described().iter();
            last.types = columns.map(|column| column.ty).collect();
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
            self.run_steps(prepared, ast, span)
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
        span: Span,
        out: &mut Output,
        with: impl FnOnce(Against<'_>) -> Result<Prepared, Failure>,
    ) -> Result<Prepared, Failure> {
        let prepared = self.prepare_quietly(span, with)?;
        self.warn(&prepared.warnings, out);
        Ok(prepared)
    }

    /// The same, and keeps the warnings to itself.
    pub(crate) fn prepare_quietly(
        &mut self,
        span: Span,
        with: impl FnOnce(Against<'_>) -> Result<Prepared, Failure>,
    ) -> Result<Prepared, Failure> {
        let dialect = self.connection.dialect();
        let catalog = self.known.catalog(&mut *self.connection);
        let catalog = catalog.map_err(|error| Failure::at(error, span))?;
        catalog.set_definitions(self.definitions.clone());
        with(Against {
            dialect,
            catalog,
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
