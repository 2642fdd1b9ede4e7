//! Statements that the server has prepared already.
//!
//! A query is prepared when it is asked for the second time. Behind a pooler that gives each transaction another server none is.

use super::postgres_wire::Wire;
use super::recent::{Asked, Recent};
use crate::cache::Usage;
use crate::connection::Query;
use crate::{BackendError, Error};
use tokio_postgres::Statement;

/// They, of a connection.
#[derive(Default)]
pub(super) struct Statements {
    recent: Recent<Statement>,
    /// A prepared statement was gone when it was needed.
    pooled: bool,
}

impl Statements {
    /// The statement where it goes to the server in two steps, or has gone before. What is asked for the first time goes in
    /// one, which is one answer less to wait for, if its columns are known.
    pub(super) fn prepared(
        &mut self,
        wire: &Wire,
        query: Query<'_>,
    ) -> Result<Option<Statement>, tokio_postgres::Error> {
        if self.pooled {
            return Ok(None);
        }
        let statement = match self.recent.ask(query.sql) {
            Asked::Kept(statement) => statement,
            Asked::First if !query.columns.is_empty() => return Ok(None),
            _ => wire.wait(wire.client.prepare(query.sql))?,
        };
        self.recent.keep(query.sql, statement.clone());
        Ok(Some(statement))
    }

    /// Of what use they have been.
    pub(super) fn usage(&self) -> Usage {
        self.recent.usage()
    }

    /// None is prepared any more. What is between here and the server stays there.
    pub(super) fn reset(&mut self) {
        self.recent = Recent::default();
    }

    /// Another statement has run: one that may change what others mean makes them unknown.
    pub(super) fn after(&mut self, sql: &str) {
        self.recent.after(sql);
    }

    /// True where the statement, prepared before, is none any more: it is forgotten.
    pub(super) fn outdated(&mut self, sql: &str, error: &Error) -> bool {
        let Error::Backend(BackendError {
            message, sqlstate, ..
        }) = error
        else {
            return false;
        };
        let stale = match sqlstate.as_deref() {
            Some("0A000") => message == "cached plan must not change result type",
            Some("26000" | "42P05") => {
                self.pooled = true;
                true
            }
            _ => false,
        };
        stale && (self.recent.drop_one(sql) || self.pooled)
    }
}
