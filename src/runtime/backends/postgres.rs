//! PostgreSQL through the `postgres` crate.
//!
//! Rows come through a portal, some thousands at a time, so that memory stays flat.

use super::killer::{Killer, Running};
use super::postgres_catalog;
use super::postgres_statements::Statements;
use super::postgres_values::{Cell, Raw, TextParam, read};
use super::tls::{Mode, NO_TLS_THERE, Protection};
use super::tls_rustls;
use super::{is_lost, lost, transaction_after};
use crate::cache::Usage;
use crate::connection::{CancelHandle, Connection, Outcome, Query, Rows};
use crate::session::stop::Stop;
use crate::transfer::load::{Load, Loading};
use crate::value::with_room;
use crate::{BackendError, Column, Error, Kind, ValueRef};
use core::fmt::Write as _;
use postgres::config::SslMode;
use postgres::error::{ErrorPosition, SqlState};
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, Row, Statement, Transaction};
use rql::{Catalog, Dialect};
use std::io::{self, Write as _};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// A connection to a PostgreSQL server.
pub(crate) struct Postgres {
    client: Client,
    statements: Statements,
    in_transaction: bool,
    /// The server has said that it ends the connection; the driver notices later.
    lost: bool,
    killer: Arc<Killer>,
    stop: Stop,
}

/// Rows fetched at a time at first: few, so that those of a slow query are seen early.
const FIRST: [i32; 3] = [32, 256, 1024];

/// Rows fetched at a time from then on.
const BATCH: i32 = 4096;

/// How long a cancel may be on its way to a server that ends nothing.
const ON_ITS_WAY: Duration = Duration::from_millis(20);

/// The session is RQL's reference: UTC, ISO dates, names and strings as the standard has them.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; \
SET intervalstyle = 'postgres'; SET standard_conforming_strings = on; SET client_min_messages = warning";

impl Postgres {
    /// Connects by a URL.
    // The connector of a build without TLS is one that copies.
    #[cfg_attr(not(feature = "tls"), allow(clippy::clone_on_copy))]
    pub(crate) fn connect(url: &str) -> Result<Self, Error> {
        let (url, wanted) = Protection::take(url)?;
        // Neither message repeats the URL, which may hold a password.
        let mut config: Config = url.parse().map_err(|error: postgres::Error| {
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
        let has_password = config.get_password().is_some();
        let mut client = config
            .connect(connector.clone())
            .map_err(|error| refused(&error, has_password))?;
        client
            .batch_execute(SESSION)
            .map_err(|error| Error::Connect(words(&error)))?;
        let token = client.cancel_token();
        let killer = Killer::new(move || {
            // Where the server cannot be reached any more, the statement ends by itself.
            let _ = token.cancel_query(connector.clone());
        });
        Ok(Self {
            client,
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
                if self.client.simple_query("SELECT 1").is_ok() {
                    break;
                }
            }
        }
    }

    /// Runs what a handle may end.
    fn guarded<T>(
        &mut self,
        run: impl FnOnce(&mut Self, &Running) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.barrier();
        let mut running = self.killer.begin();
        let done = run(self, &running);
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
        running: &Running,
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
        running: &Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        let fail = |error: postgres::Error| backend(&error, query.sql);
        let prepared = self.statements.prepare(&mut self.client, query.sql);
        let statement = prepared.map_err(fail)?;
        let texts: Vec<TextParam<'_>> = query.params.iter().map(TextParam).collect();
        let params: Vec<&(dyn ToSql + Sync)> = texts
            .iter()
            .map(|text| -> &(dyn ToSql + Sync) { text })
            .collect();
        if statement.columns().is_empty() {
            let changed = self.client.execute(&statement, &params).map_err(fail)?;
            self.in_transaction = transaction_after(query.sql).unwrap_or(self.in_transaction);
            self.statements.after(query.sql);
            return Ok(Outcome::Changed(changed));
        }
        self.stream(&statement, query, &params, running, rows)
            .map(Outcome::Rows)
    }

    fn stream(
        &mut self,
        statement: &Statement,
        query: Query<'_>,
        params: &[&(dyn ToSql + Sync)],
        running: &Running,
        rows: &mut dyn Rows,
    ) -> Result<u64, Error> {
        let fail = |error: postgres::Error| backend(&error, query.sql);
        let own: Vec<Column>;
        let columns = if query.columns.len() == statement.columns().len() {
            query.columns
        } else {
            own = statement.columns().iter().map(own_column).collect();
            &own
        };
        // Rows come in batches through a portal, which a transaction has. Inside another one BEGIN does
        // nothing, and its end is not ours.
        let mut transaction = self.client.transaction().map_err(fail)?;
        let query = Query { columns, ..query };
        let done = pull(&mut transaction, statement, query, params, running, rows);
        if self.in_transaction {
            std::mem::forget(transaction);
        } else if done.is_ok() {
            transaction.commit().map_err(fail)?;
        }
        done
    }
}

/// Pushes all rows, some thousands at a time.
fn pull(
    transaction: &mut Transaction<'_>,
    statement: &Statement,
    query: Query<'_>,
    params: &[&(dyn ToSql + Sync)],
    running: &Running,
    rows: &mut dyn Rows,
) -> Result<u64, Error> {
    let fail = |error: postgres::Error| backend(&error, query.sql);
    let portal = transaction.bind(statement, params).map_err(fail)?;
    rows.begin(query.columns)?;
    let mut count = 0;
    let mut shown = |batch: Vec<Row>| -> Result<(), Error> {
        push(&batch, rows)?;
        count += batch.len() as u64;
        // A cancel that came between two batches has found nothing to end on the server.
        match running.is_cancelled() {
            true => Err(io::Error::other("the statement is to end").into()),
            false => Ok(()),
        }
    };
    for size in FIRST {
        let batch = transaction.query_portal(&portal, size).map_err(fail)?;
        let last = batch.len() < size as usize;
        shown(batch)?;
        if last {
            return Ok(count);
        }
    }
    // The rest comes while what came before it is shown: the server does not wait for us, nor we for it.
    std::thread::scope(|scope| {
        let (give, take) = mpsc::sync_channel(1);
        scope.spawn(move || {
            loop {
                let batch = transaction.query_portal(&portal, BATCH);
                let more = matches!(&batch, Ok(rows) if rows.len() == BATCH as usize);
                // Nobody takes it where the rows before it were the last that were wanted.
                if give.send(batch).is_err() || !more {
                    return;
                }
            }
        });
        take.into_iter()
            .try_for_each(|batch| shown(batch.map_err(fail)?))
    })?;
    Ok(count)
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

fn own_column(column: &postgres::Column) -> Column {
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

    fn catalog(&mut self) -> Result<Catalog, Error> {
        self.guarded(|db, _| {
            postgres_catalog::read(&mut db.client).map_err(|error| backend(&error, ""))
        })
    }

    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        self.guarded(|db, running| db.execute(query, running, rows))
    }

    fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.guarded(|db, _| {
            db.statements.after(sql);
            db.client
                .batch_execute(sql)
                .map_err(|error| backend(&error, sql))?;
            db.in_transaction = transaction_after(sql).unwrap_or(db.in_transaction);
            Ok(())
        })
    }

    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error> {
        self.barrier();
        let running = self.killer.begin();
        let sql = format!("COPY {} FROM STDIN", into.target());
        let writer = self.client.copy_in(&sql);
        Ok(Box::new(CopyIn {
            writer: Some(writer.map_err(|error| backend(&error, &sql))?),
            _running: running,
            lines: String::new(),
            cell: String::new(),
        }))
    }

    fn set_read_only(&mut self, on: bool) -> Result<(), Error> {
        let on = if on { "on" } else { "off" };
        self.batch(&format!("SET default_transaction_read_only = {on}"))
    }

    fn prepared(&self) -> Option<Usage> {
        Some(self.statements.usage())
    }

    fn forget_prepared(&mut self) {
        self.statements = Statements::default();
    }

    fn is_lost(&self) -> bool {
        self.lost || self.client.is_closed()
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

/// COPY … FROM STDIN in its text format. Dropped unfinished, it takes back what it has sent.
struct CopyIn<'c> {
    /// None after an error.
    writer: Option<postgres::CopyInWriter<'c>>,
    /// After the writer: dropping that talks to the server.
    _running: Running,
    lines: String,
    cell: String,
}

/// Bytes that are sent at a time.
const SENT: usize = 1 << 16;

impl CopyIn<'_> {
    fn send(&mut self) -> Result<(), Error> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        if let Err(error) = writer.write_all(self.lines.as_bytes()) {
            // Where the server has stopped listening, its answer says why.
            let answer = self.writer.take().map(postgres::CopyInWriter::finish);
            return Err(match answer {
                Some(Err(answer)) => backend(&answer, ""),
                _ => Error::Sink(error),
            });
        }
        self.lines.clear();
        Ok(())
    }
}

impl Loading for CopyIn<'_> {
    fn row(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error> {
        for (at, value) in row.iter().enumerate() {
            self.lines.push_str(if at == 0 { "" } else { "\t" });
            if *value == ValueRef::Null {
                self.lines.push_str("\\N");
                continue;
            }
            self.cell.clear();
            // Writing to a String cannot fail.
            let _ = write!(self.cell, "{value}");
            for c in self.cell.chars() {
                match c {
                    '\\' => self.lines.push_str("\\\\"),
                    '\n' => self.lines.push_str("\\n"),
                    '\r' => self.lines.push_str("\\r"),
                    '\t' => self.lines.push_str("\\t"),
                    other => self.lines.push(other),
                }
            }
        }
        self.lines.push('\n');
        if self.lines.len() < SENT {
            return Ok(());
        }
        self.send()
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        self.send()?;
        let done = self.writer.take().map(postgres::CopyInWriter::finish);
        done.unwrap_or(Ok(0)).map_err(|error| backend(&error, ""))
    }
}

fn backend(error: &postgres::Error, sql: &str) -> Error {
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

fn is_io(error: &postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>())
}

/// Advice where the server gives none.
fn hint(db: &postgres::error::DbError) -> Option<String> {
    let nul = *db.code() == SqlState::CHARACTER_NOT_IN_REPERTOIRE && db.message().ends_with("0x00");
    nul.then(|| "PostgreSQL's text cannot hold the character NUL; a BLOB can".into())
}

/// What an error and its causes say, each once.
/// Why there is no connection. The driver itself says that a password is missing, and not by a code.
fn refused(error: &postgres::Error, has_password: bool) -> Error {
    let said = words(error);
    let login = matches!(
        error.code(),
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
    );
    if login || (!has_password && said.contains("password missing")) {
        return Error::Password(said);
    }
    Error::Connect(said)
}

fn words(error: &postgres::Error) -> String {
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
