//! Statements that the server has prepared already: the most recent ones of a connection.
//!
//! A query is prepared when it is asked for the second time. Behind a pooler that gives each transaction another server none is.

use super::postgres_wire::Wire;
use crate::cache::Usage;
use crate::{BackendError, Column, Error};
use std::hash::{BuildHasher as _, RandomState};
use tokio_postgres::Statement;

/// How many are kept. Each takes memory on the server.
const KEPT: usize = 64;

/// A longer text is not kept: rows that are written out come once.
const LONGEST: usize = 1 << 14;

/// They, the latest last.
#[derive(Default)]
pub(super) struct Statements {
    recent: Vec<(Box<str>, Statement)>,
    /// Hashes of queries that were asked for once.
    once: Vec<u64>,
    hasher: RandomState,
    /// A prepared statement was gone when it was needed.
    pooled: bool,
    hits: u64,
    misses: u64,
}

impl Statements {
    /// True where a statement goes to the server in two steps, or has gone before. What is asked for the first time goes in
    /// one, which is one answer less to wait for, if its columns are known.
    pub(super) fn is_prepared(&mut self, sql: &str, columns: &[Column]) -> bool {
        if self.pooled || columns.is_empty() {
            return !self.pooled;
        }
        let hash = self.hasher.hash_one(sql);
        if self.once.contains(&hash) || self.recent.iter().any(|(text, _)| **text == *sql) {
            return true;
        }
        if self.once.len() == KEPT {
            self.once.remove(0);
        }
        self.once.push(hash);
        self.misses += 1;
        false
    }

    /// The statement, prepared now or before.
    pub(super) fn prepare(
        &mut self,
        wire: &Wire,
        sql: &str,
    ) -> Result<Statement, tokio_postgres::Error> {
        let known = self.recent.iter().position(|(text, _)| **text == *sql);
        if let Some(at) = known {
            let found = self.recent.remove(at);
            let statement = found.1.clone();
            self.recent.push(found);
            self.hits += 1;
            return Ok(statement);
        }
        self.misses += 1;
        let statement = wire.wait(wire.client.prepare(sql))?;
        if sql.len() <= LONGEST {
            if self.recent.len() == KEPT {
                self.recent.remove(0);
            }
            self.recent.push((sql.into(), statement.clone()));
        }
        Ok(statement)
    }

    /// Of what use they have been; the server holds them, the bytes are those of the texts.
    pub(super) fn usage(&self) -> Usage {
        Usage {
            hits: self.hits,
            misses: self.misses,
            entries: self.recent.len(),
            bytes: self.recent.iter().map(|(text, _)| text.len() as u64).sum(),
        }
    }

    /// Another statement has run: one that may change what others mean makes them unknown.
    pub(super) fn after(&mut self, sql: &str) {
        let first = sql.split(|c: char| !c.is_ascii_alphabetic());
        let first = first.into_iter().find(|word| !word.is_empty());
        if !first.is_some_and(|word| HARMLESS.iter().any(|w| word.eq_ignore_ascii_case(w))) {
            self.recent.clear();
        }
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
        let count = self.recent.len();
        self.recent.retain(|(text, _)| !(stale && **text == *sql));
        self.recent.len() < count || self.pooled && stale
    }
}

/// What the statements begin with that change neither a table nor a setting.
const HARMLESS: [&str; 14] = [
    "SELECT",
    "WITH",
    "VALUES",
    "TABLE",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "BEGIN",
    "START",
    "COMMIT",
    "SAVEPOINT",
    "RELEASE",
    "SHOW",
];
