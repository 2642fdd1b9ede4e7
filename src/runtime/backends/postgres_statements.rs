//! Statements that the server has prepared already.
//!
//! A query is prepared when it is asked for the second time. Behind a pooler that gives each transaction another server none is.

use super::postgres_values::is_read;
use super::postgres_wire::Wire;
use super::recent::{Asked, Recent};
use crate::cache::Usage;
use crate::connection::Query;
use crate::{BackendError, Error, Kind};
use rql_ast::quoted_name;
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
        // What the compiler does not know may be what only its text shows.
        let unsure = query.columns.is_empty() || query.columns.iter().any(|c| c.kind == Kind::Any);
        let statement = match self.recent.ask(query.sql) {
            Asked::Kept(statement) => statement,
            Asked::First if !unsure => return Ok(None),
            _ => {
                let prepare = |sql: &str| wire.wait(wire.client.prepare(sql));
                let statement = prepare(query.sql)?;
                match with_texts(query.sql, statement.columns()) {
                    Some(around) => prepare(&around)?,
                    None => statement,
                }
            }
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

/// A query around one with columns that are not read; `None` where there are none, or it can stand in no other.
fn with_texts(sql: &str, columns: &[tokio_postgres::Column]) -> Option<String> {
    if columns.iter().all(|column| is_read(column.type_())) {
        return None;
    }
    let mut words = sql.split(|c: char| !c.is_ascii_alphabetic());
    let word_is = |word: &str, of: &[&str]| of.iter().any(|w| word.eq_ignore_ascii_case(w));
    let first = words.find(|word| !word.is_empty())?;
    let changes = ["INSERT", "UPDATE", "DELETE", "MERGE"];
    if !word_is(first, &["SELECT", "WITH", "VALUES", "TABLE"])
        || words.any(|word| word_is(word, &changes))
    {
        return None;
    }
    let names: Vec<String> = (1..=columns.len()).map(|at| format!("c{at}")).collect();
    let shown = columns.iter().zip(&names).map(|(column, name)| {
        let text = if is_read(column.type_()) {
            ""
        } else {
            "::text"
        };
        format!("{name}{text} AS {}", quoted_name(column.name()))
    });
    let (shown, names) = (shown.collect::<Vec<_>>().join(", "), names.join(", "));
    let sql = sql.trim_end().trim_end_matches(';');
    Some(format!("SELECT {shown} FROM ({sql}\n) AS q({names})"))
}
