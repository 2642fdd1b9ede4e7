//! PostgreSQL. Rows are shown as they come, and the server waits while they are, so that memory stays flat.

use super::killer::{Killer, Running};
use super::postgres_catalog;
use super::postgres_copy::CopyIn;
use super::postgres_statements::Statements;
use super::postgres_values::{Cell, Raw, TextParam, read};
use super::postgres_wire::{Batches, Wire, cancel, runtime};
use super::tls::{Mode, NO_TLS_THERE, Protection};
use super::tls_rustls;
use super::{is_lost, lost, transaction_after};
use crate::cache::Usage;
use crate::connection::{CancelHandle, Connection, Outcome, Query, Rows};
use crate::session::stop::Stop;
use crate::transfer::load::{Load, Loading};
use crate::value::with_room;
use crate::{BackendError, Column, Error, Kind};
use rql::{Catalog, Dialect, Table};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};
use tokio_postgres::types::Type;
use tokio_postgres::{Config, Row};

/// A connection to a PostgreSQL server.
pub(crate) struct Postgres {
    wire: Wire,
    statements: Statements,
    in_transaction: bool,
    /// The server has said that it ends the connection; the driver notices later.
    lost: bool,
    killer: Arc<Killer>,
    stop: Stop,
}

/// How long a cancel may be on its way to a server that ends nothing.
const ON_ITS_WAY: Duration = Duration::from_millis(20);

/// The session is RQL's reference: UTC, ISO dates, names and strings as the standard has them.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; \
SET intervalstyle = 'postgres'; SET standard_conforming_strings = on";

/// What SET may not change: what [`SESSION`] says, and how values and texts are written.
const NEEDED: &[&str] = &[
    "time zone",
    "timezone",
    "datestyle",
    "intervalstyle",
    "standard_conforming_strings",
    "backslash_quote",
    "client_encoding",
    "names",
    "bytea_output",
    "extra_float_digits",
    "array_nulls",
    "transform_null_equals",
    // Whether it may write is settled when it is opened.
    "default_transaction_read_only",
    "transaction_read_only",
];

impl Postgres {
    /// Connects by a URL.
    // The connector of a build without TLS is one that copies.
    #[cfg_attr(not(feature = "tls"), allow(clippy::clone_on_copy))]
    pub(crate) fn connect(url: &str) -> Result<Self, Error> {
        let (url, wanted) = Protection::take(url)?;
        // Neither message repeats the URL, which may hold a password.
        let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            Error::Connect(format!(
                "the connection string cannot be read: {}",
                words(&error)
            ))
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_application_name().is_none() {
            config.application_name("noctra");
        }
        config.ssl_mode(match wanted.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        let connector = tls_rustls::connector(&wanted)?;
        let runtime = runtime().map_err(|error| Error::Connect(error.to_string()))?;
        let wire = Wire::connect(runtime, &config, connector.clone())
            .map_err(|error| refused(&error, &config))?;
        wire.wait(wire.client.batch_execute(SESSION))
            .map_err(|error| Error::Connect(words(&error)))?;
        let token = wire.client.cancel_token();
        let killer = Killer::new(move || cancel(&token, connector.clone()));
        Ok(Self {
            wire,
            statements: Statements::default(),
            in_transaction: false,
            lost: false,
            killer,
            stop: Stop::default(),
        })
    }

    /// A cancel that came after its statement had ended would hit the next one: it gets the time to come,
    /// and an empty statement takes it.
    fn barrier(&mut self) {
        if self.killer.take_late() {
            std::thread::sleep(ON_ITS_WAY);
            for _ in 0..2 {
                if self.asked("SELECT 1").is_ok() {
                    break;
                }
            }
        }
    }

    /// Runs statements by their text alone.
    fn asked(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.wire.wait(self.wire.client.batch_execute(sql))
    }

    /// Runs what a handle may end.
    fn guarded<T>(
        &mut self,
        run: impl FnOnce(&mut Self, &mut Running) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.barrier();
        let mut running = self.killer.begin();
        let done = run(self, &mut running);
        match &done {
            Err(Error::Cancelled) => running.was_heard(),
            Err(error) if is_lost(error) => (self.in_transaction, self.lost) = (false, true),
            _ => {}
        }
        match done {
            Err(_) if running.is_cancelled() => Err(Error::Cancelled),
            done => done,
        }
    }

    fn execute(
        &mut self,
        query: Query<'_>,
        running: &mut Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        // Who has cancelled before the statement began has found nothing to end.
        if self.stop.is_asked() {
            return Err(Error::Cancelled);
        }
        let done = self.execute_prepared(query, running, rows);
        match done {
            // Nothing has run: another session has changed what the statement means. Inside a transaction
            // that has failed by now.
            Err(error) if self.statements.outdated(query.sql, &error) && !self.in_transaction => {
                self.execute_prepared(query, running, rows)
            }
            done => done,
        }
    }

    fn execute_prepared(
        &mut self,
        query: Query<'_>,
        running: &mut Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        let fail = |error: tokio_postgres::Error| backend(&error, query.sql);
        let params = query.params.iter().map(TextParam);
        let mut own = Vec::new();
        let prepared = self.statements.prepared(&self.wire, query);
        let result = match prepared.map_err(fail)? {
            Some(statement) => {
                own.extend(statement.columns().iter().map(own_column));
                self.wire
                    .wait(self.wire.client.query_raw(&statement, params))
            }
            None => {
                let typed = params.map(|param| (param, Type::UNKNOWN));
                self.wire
                    .wait(self.wire.client.query_typed_raw(query.sql, typed))
            }
        };
        let batches = self.wire.batches(result.map_err(fail)?);
        let columns = match query.columns.len() == own.len() || own.is_empty() {
            true => query.columns,
            false => &own,
        };
        let outcome = self.show(batches, Query { columns, ..query }, running, rows)?;
        if let Outcome::Changed(_) = outcome {
            self.in_transaction = transaction_after(query.sql).unwrap_or(self.in_transaction);
            self.statements.after(query.sql);
        }
        Ok(outcome)
    }

    /// Shows the rows of a result. One without columns may turn out to have some with the first of its rows.
    fn show(
        &self,
        mut batches: Batches<'_>,
        query: Query<'_>,
        running: &mut Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        let mut begun = !query.columns.is_empty();
        if begun && let Err(error) = rows.begin(query.columns) {
            return Err(self.leave(batches, running, error.into()));
        }
        let mut count = 0;
        while let Some(batch) = batches.next() {
            let batch = batch.map_err(|error| backend(&error, query.sql))?;
            let shown = match batch.first() {
                // What has come by the time of a cancel is not shown any more.
                _ if running.is_cancelled() => Err(io::Error::other("it is to end").into()),
                // PostgreSQL has rows of nothing.
                Some(first) if first.columns().is_empty() => Ok(()),
                Some(first) if !begun => {
                    begun = true;
                    let columns: Vec<Column> = first.columns().iter().map(own_column).collect();
                    let done = rows.begin(&columns).map_err(Error::from);
                    done.and_then(|()| push(&batch, rows))
                }
                _ => push(&batch, rows),
            };
            if let Err(error) = shown {
                return Err(self.leave(batches, running, error));
            }
            count += batch.len() as u64;
        }
        Ok(match begun {
            true => Outcome::Rows(count),
            false => Outcome::Changed(batches.changed()),
        })
    }

    /// Reads what nobody wants any more, because of an error. A cancel would end the transaction of several statements
    /// too: there the rest comes to its end, or to a cancel by a handle.
    fn leave(&self, mut rest: Batches<'_>, running: &mut Running, why: Error) -> Error {
        if !self.in_transaction && !running.is_cancelled() {
            running.is_unwanted();
        }
        let ended = rest.find_map(Result::err);
        if ended.is_some_and(|error| error.code() == Some(&SqlState::QUERY_CANCELED)) {
            running.was_heard();
        }
        why
    }
}

fn push(batch: &[Row], rows: &mut dyn Rows) -> Result<(), Error> {
    let mut cells: Vec<Cell<'_>> = Vec::new();
    for row in batch {
        cells.clear();
        for (at, column) in row.columns().iter().enumerate() {
            let raw: Raw<'_> = row.try_get(at).map_err(|error| backend(&error, ""))?;
            cells.push(read(raw, column.type_())?);
        }
        with_room(cells.len(), |values| {
            for (place, cell) in values.iter_mut().zip(&cells) {
                *place = cell.as_ref();
            }
            rows.row(values)
        })?;
    }
    Ok(())
}

fn own_column(column: &tokio_postgres::Column) -> Column {
    let kind = match *column.type_() {
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => Kind::Integer,
        Type::NUMERIC => Kind::Numeric,
        Type::FLOAT4 => Kind::Real,
        Type::FLOAT8 => Kind::Double,
        _ => Kind::Any,
    };
    Column::new(column.name(), kind)
}

impl Connection for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgresql
    }

    fn needs(&self, setting: &str) -> Option<bool> {
        Some(NEEDED.contains(&setting))
    }

    fn catalog(&mut self) -> Result<Catalog, Error> {
        self.guarded(|db, _| postgres_catalog::read(&db.wire).map_err(|error| backend(&error, "")))
    }

    fn of_system(&mut self, schema: Option<&str>, name: &str) -> Result<Option<Table>, Error> {
        self.guarded(|db, _| {
            let found = postgres_catalog::of_system(&db.wire, schema, name);
            found.map_err(|error| backend(&error, ""))
        })
    }

    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        self.guarded(|db, running| db.execute(query, running, rows))
    }

    fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.guarded(|db, _| {
            db.statements.after(sql);
            db.asked(sql).map_err(|error| backend(&error, sql))?;
            db.in_transaction = transaction_after(sql).unwrap_or(db.in_transaction);
            Ok(())
        })
    }

    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error> {
        self.barrier();
        let running = self.killer.begin();
        Ok(Box::new(CopyIn::begin(&self.wire, into, running)?))
    }

    fn set_read_only(&mut self, on: bool) -> Result<(), Error> {
        let on = if on { "on" } else { "off" };
        self.batch(&format!("SET default_transaction_read_only = {on}"))
    }

    fn prepared(&self) -> Option<Usage> {
        Some(self.statements.usage())
    }

    fn remarks(&mut self) -> Vec<(&'static str, String)> {
        self.wire.remarks()
    }

    fn forget_prepared(&mut self) {
        self.statements.reset();
    }

    fn reset(&mut self) -> Result<bool, Error> {
        self.guarded(|db, _| {
            // By themselves: what goes as one text is one transaction.
            for text in ["ROLLBACK", "DISCARD ALL", SESSION] {
                db.asked(text).map_err(|error| backend(&error, text))?;
            }
            Ok(())
        })?;
        self.in_transaction = false;
        self.statements.reset();
        // That no transaction was open is worth no remark.
        drop(self.wire.remarks());
        Ok(true)
    }

    fn is_lost(&self) -> bool {
        self.lost || self.wire.client.is_closed()
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    fn ends_with(&mut self, stop: Stop) {
        self.stop = stop;
    }

    fn cancel_handle(&self) -> CancelHandle {
        let killer = Arc::clone(&self.killer);
        CancelHandle::new(move || killer.cancel())
    }
}

pub(super) fn backend(error: &tokio_postgres::Error, sql: &str) -> Error {
    if error.code() == Some(&SqlState::QUERY_CANCELED) {
        return Error::Cancelled;
    }
    let ended = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::IDLE_SESSION_TIMEOUT,
    ];
    match error.code() {
        Some(code) if ended.contains(code) => return lost(code.code(), Some(words(error))),
        None if error.is_closed() || is_io(error) => return lost("08006", None),
        _ => {}
    }
    let Some(db) = error.as_db_error() else {
        return Error::Backend(BackendError {
            message: words(error),
            ..BackendError::default()
        });
    };
    // The server counts characters from one.
    let position = match db.position() {
        Some(ErrorPosition::Original(at)) => sql
            .char_indices()
            .nth((*at as usize).saturating_sub(1))
            .and_then(|(byte, _)| u32::try_from(byte).ok()),
        _ => None,
    };
    Error::Backend(BackendError {
        message: db.message().into(),
        sqlstate: Some(db.code().code().into()),
        position,
        detail: db.detail().map(Into::into),
        hint: db.hint().map_or_else(|| hint(db), |hint| Some(hint.into())),
    })
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>())
}

/// Advice where the server gives none.
fn hint(db: &DbError) -> Option<String> {
    let nul = *db.code() == SqlState::CHARACTER_NOT_IN_REPERTOIRE && db.message().ends_with("0x00");
    nul.then(|| "PostgreSQL's text cannot hold the character NUL; a BLOB can".into())
}

/// Why there is no connection. The driver itself says that a password is missing, and not by a code.
fn refused(error: &tokio_postgres::Error, config: &Config) -> Error {
    let mut said = words(error);
    let login = matches!(
        error.code(),
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
    );
    if login || (config.get_password().is_none() && said.contains("password missing")) {
        return Error::Password(said);
    }
    // The driver's words do not say which one.
    if let Some(why) = said.strip_prefix("error connecting to server") {
        said = format!("cannot connect to {}{why}", place(config));
    }
    Error::Connect(said)
}

/// The servers of a connection string, by their addresses.
fn place(config: &Config) -> String {
    let ports = config.get_ports();
    let hosts = config.get_hosts().iter().enumerate();
    let all = hosts.map(|(at, host)| {
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(name) => format!("{name}:{port}"),
            #[cfg(unix)]
            Host::Unix(folder) => format!("{}/.s.PGSQL.{port}", folder.display()),
        }
    });
    all.collect::<Vec<_>>().join(", ")
}

/// What an error and its causes say, each once.
fn words(error: &tokio_postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        return db.message().into();
    }
    if let Some(text) = tls_rustls::explained(error) {
        return text;
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        // The driver has no other name for it.
        if more == "server does not support TLS" {
            return NO_TLS_THERE.into();
        }
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
