//! PostgreSQL through the `postgres` crate.
//!
//! Rows come through a portal, some thousands at a time, so that memory stays flat.

use super::postgres_catalog;
use super::postgres_values::{Cell, Raw, TextParam, read};
use super::tls::{Mode, NO_TLS_THERE, Protection};
use super::tls_rustls::{self, Connector};
use super::{lost, transaction_after};
use crate::connection::{CancelHandle, Connection, Outcome, Query, Rows};
use crate::load::{Load, Loading};
use crate::{BackendError, Column, Error, Kind, ValueRef};
use core::fmt::Write as _;
use postgres::config::SslMode;
use postgres::error::{ErrorPosition, SqlState};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, Row, Statement};
use rql::{Catalog, Dialect};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A connection to a PostgreSQL server.
pub(crate) struct Postgres {
    client: Client,
    connector: Connector,
    in_transaction: bool,
    /// A cancel was sent that may still be on its way.
    cancelled: Arc<AtomicBool>,
}

/// Rows fetched at a time.
const BATCH: i32 = 4096;

/// The session is RQL's reference: UTC, ISO dates, names and strings as the standard has them.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; \
SET intervalstyle = 'postgres'; SET standard_conforming_strings = on; SET client_min_messages = warning";

impl Postgres {
    /// Connects by a URL.
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
        let mut client = config
            .connect(connector.clone())
            .map_err(|error| Error::Connect(words(&error)))?;
        client
            .batch_execute(SESSION)
            .map_err(|error| Error::Connect(words(&error)))?;
        Ok(Self {
            client,
            connector,
            in_transaction: false,
            cancelled: Arc::default(),
        })
    }

    /// A cancel that came after its statement had ended would hit the next one: an empty statement
    /// takes it instead.
    fn barrier(&mut self) {
        if self.cancelled.swap(false, Ordering::SeqCst) {
            for _ in 0..2 {
                if self.client.simple_query("SELECT 1").is_ok() {
                    break;
                }
            }
        }
    }

    fn stream(
        &mut self,
        statement: &Statement,
        query: Query<'_>,
        params: &[&(dyn ToSql + Sync)],
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
        rows.begin(columns)?;
        let mut count = 0;
        if self.in_transaction {
            let mut result = self
                .client
                .query_raw(statement, params.iter().copied())
                .map_err(fail)?;
            while let Some(row) = result.next().map_err(fail)? {
                push(&row, rows)?;
                count += 1;
                if self.cancelled.load(Ordering::SeqCst) {
                    return Err(Error::Cancelled);
                }
            }
            return Ok(count);
        }
        let mut transaction = self.client.transaction().map_err(fail)?;
        let portal = transaction.bind(statement, params).map_err(fail)?;
        loop {
            let batch = transaction.query_portal(&portal, BATCH).map_err(fail)?;
            for row in &batch {
                push(row, rows)?;
            }
            count += batch.len() as u64;
            // A cancel that came between two batches has found nothing to end on the server.
            if self.cancelled.load(Ordering::SeqCst) {
                return Err(Error::Cancelled);
            }
            if batch.len() < BATCH as usize {
                break;
            }
        }
        transaction.commit().map_err(fail)?;
        Ok(count)
    }
}

fn push(row: &Row, rows: &mut dyn Rows) -> Result<(), Error> {
    let cells = row.columns().iter().enumerate().map(|(at, column)| {
        let raw: Raw<'_> = row.try_get(at).map_err(|error| backend(&error, ""))?;
        read(raw, column.type_())
    });
    let cells: Vec<Cell<'_>> = cells.collect::<Result<_, Error>>()?;
    let values: Vec<ValueRef<'_>> = cells.iter().map(Cell::as_ref).collect();
    Ok(rows.row(&values)?)
}

fn own_column(column: &postgres::Column) -> Column {
    let kind = match *column.type_() {
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => Kind::Integer,
        Type::NUMERIC => Kind::Numeric,
        Type::FLOAT4 => Kind::Real,
        Type::FLOAT8 => Kind::Double,
        _ => Kind::Any,
    };
    Column {
        name: column.name().into(),
        kind,
    }
}

impl Connection for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgresql
    }

    fn catalog(&mut self) -> Result<Catalog, Error> {
        self.barrier();
        postgres_catalog::read(&mut self.client).map_err(|error| backend(&error, ""))
    }

    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        self.barrier();
        let statement = self
            .client
            .prepare(query.sql)
            .map_err(|error| backend(&error, query.sql))?;
        let texts: Vec<TextParam<'_>> = query.params.iter().map(TextParam).collect();
        let params: Vec<&(dyn ToSql + Sync)> = texts
            .iter()
            .map(|text| -> &(dyn ToSql + Sync) { text })
            .collect();
        if statement.columns().is_empty() {
            let changed = self
                .client
                .execute(&statement, &params)
                .map_err(|error| backend(&error, query.sql))?;
            self.in_transaction = transaction_after(query.sql).unwrap_or(self.in_transaction);
            return Ok(Outcome::Changed(changed));
        }
        self.stream(&statement, query, &params, rows)
            .map(Outcome::Rows)
    }

    fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.barrier();
        self.client
            .batch_execute(sql)
            .map_err(|error| backend(&error, sql))
    }

    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error> {
        self.barrier();
        let sql = format!("COPY {} FROM STDIN", into.target());
        let writer = self.client.copy_in(&sql);
        Ok(Box::new(CopyIn {
            writer: Some(writer.map_err(|error| backend(&error, &sql))?),
            lines: String::new(),
            cell: String::new(),
        }))
    }

    fn set_read_only(&mut self, on: bool) -> Result<(), Error> {
        let on = if on { "on" } else { "off" };
        self.batch(&format!("SET default_transaction_read_only = {on}"))
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction && !self.client.is_closed()
    }

    fn cancel_handle(&self) -> CancelHandle {
        let (token, cancelled) = (self.client.cancel_token(), Arc::clone(&self.cancelled));
        let connector = self.connector.clone();
        CancelHandle::new(move || {
            cancelled.store(true, Ordering::SeqCst);
            // Where the server cannot be reached any more, the statement ends by itself.
            let _ = token.cancel_query(connector.clone());
        })
    }
}

/// COPY … FROM STDIN in its text format. Dropped unfinished, it takes back what it has sent.
struct CopyIn<'c> {
    /// None after an error.
    writer: Option<postgres::CopyInWriter<'c>>,
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
