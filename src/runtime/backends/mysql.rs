//! MySQL and MariaDB through the `mysql` crate.
//!
//! Rows come one by one from the server's unbuffered result, so that memory stays flat. Two things of
//! that protocol want care: a result that is dropped half read is read to its end, and a warning stands
//! where PostgreSQL has an error.

use super::killer::{Killer, Running};
use super::mysql_errors::{self as errors, backend};
use super::mysql_values::{Cell, own_column, parameter, read};
use super::{is_lost, mysql_catalog, mysql_connect, mysql_session, transaction_after};
use crate::connection::{CancelHandle, Connection, Outcome, Query, Rows};
use crate::session::stop::Stop;
use crate::transfer::load::{Batched, Load, Loading};
use crate::{BackendError, Column, Error, ValueRef};
use mysql::prelude::{Protocol, Queryable};
use mysql::{Conn, MySqlError, Params, QueryResult};
use rql::{Catalog, Dialect, STRICT};
use std::sync::Arc;

/// A connection to a MySQL or MariaDB server.
pub(crate) struct Mysql {
    conn: Conn,
    dialect: Dialect,
    /// The database that the URL names.
    database: Option<String>,
    in_transaction: bool,
    lost: bool,
    killer: Arc<Killer>,
    stop: Stop,
}

/// There is no statement in the text.
const EMPTY: u16 = 1065;

/// The server cannot prepare such a statement.
const NOT_PREPARABLE: u16 = 1295;

impl Mysql {
    /// Connects by a URL.
    pub(crate) fn connect(url: &str) -> Result<Self, Error> {
        let failed = |error: mysql::Error| errors::connect(&error);
        let (mut conn, opts) = mysql_connect::open(url)?;
        let version: Option<String> = conn.query_first("SELECT VERSION()").map_err(failed)?;
        let mariadb = version.is_some_and(|version| version.contains("MariaDB"));
        let dialect = if mariadb {
            Dialect::Mariadb
        } else {
            Dialect::Mysql
        };
        let statements = mysql_session::statements(dialect).join(";");
        run_all(&mut conn, &statements).map_err(failed)?;
        let id = conn.connection_id();
        let database = opts.get_db_name().map(str::to_owned);
        let killer = Killer::new(move || {
            // Where the server cannot be reached any more, the statement ends by itself.
            if let Ok(mut other) = Conn::new(opts.clone()) {
                let _ = other.query_drop(format!("KILL QUERY {id}"));
            }
        });
        Ok(Self {
            conn,
            dialect,
            database,
            in_transaction: false,
            lost: false,
            killer,
            stop: Stop::default(),
        })
    }

    /// Runs what a handle may end. One that ends it late would hit the next statement: an empty one
    /// takes that.
    fn guarded<T>(
        &mut self,
        run: impl FnOnce(&mut Self, &Running) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let running = self.killer.begin();
        let done = run(self, &running);
        let cancelled = running.is_cancelled();
        drop(running);
        if self.killer.take_late() {
            for _ in 0..2 {
                if self.conn.query_drop("DO 0").is_ok() {
                    break;
                }
            }
        }
        self.lost |= done.as_ref().is_err_and(is_lost);
        match done {
            Err(_) if cancelled && !self.lost => Err(Error::Cancelled),
            done => done,
        }
    }

    fn execute(
        &mut self,
        query: Query<'_>,
        running: &Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        let params: Vec<mysql::Value> = query
            .params
            .iter()
            .map(parameter)
            .collect::<Result<_, _>>()?;
        let Some(text) = preparable(query.sql) else {
            if params.is_empty() {
                return self.execute_text(query, running, rows);
            }
            return Err(Error::Backend(BackendError {
                message: "this text cannot be sent with parameters".into(),
                hint: Some("it holds a colon before a name and the end of a comment".into()),
                ..BackendError::default()
            }));
        };
        let statement = match self.conn.prep(text) {
            Err(mysql::Error::MySqlError(error))
                if error.code == NOT_PREPARABLE && params.is_empty() =>
            {
                return self.execute_text(query, running, rows);
            }
            // A remark alone.
            Err(mysql::Error::MySqlError(error)) if error.code == EMPTY => {
                return Ok(Outcome::Changed(0));
            }
            prepared => prepared.map_err(|error| backend(&error, query.sql))?,
        };
        let params = match params.len() {
            0 => Params::Empty,
            _ => Params::Positional(params),
        };
        let done = self.execute_prepared(&statement, params, query, running, rows);
        if !asks(query.sql) {
            return done;
        }
        // MariaDB gives other rows the second time that it executes a statement, if that has a constant NULL in a side
        // that is joined: each is prepared anew.
        match self.conn.close(statement) {
            Err(error) if done.is_ok() => Err(backend(&error, query.sql)),
            _ => done,
        }
    }

    fn execute_prepared(
        &mut self,
        statement: &mysql::Statement,
        params: Params,
        query: Query<'_>,
        running: &Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        // Who has cancelled before the statement began has found nothing to end.
        if running.is_cancelled() || self.stop.is_asked() {
            return Err(Error::Cancelled);
        }
        let result = self
            .conn
            .exec_iter(statement, params)
            .map_err(|error| backend(&error, query.sql))?;
        let outcome = stream(result, query, running, rows)?;
        self.check_warnings(query, outcome)
    }

    /// A DELETE whose condition may fail deletes what it deletes, and warns: that is taken back.
    fn execute_strictly(
        &mut self,
        query: Query<'_>,
        running: &Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        let [begin, keep, back] = match self.in_transaction {
            true => [
                "SAVEPOINT rql_strict",
                "RELEASE SAVEPOINT rql_strict",
                "ROLLBACK TO SAVEPOINT rql_strict",
            ],
            false => ["START TRANSACTION", "COMMIT", "ROLLBACK"],
        };
        let say = |db: &mut Self, text: &str| {
            let done = db.conn.query_drop(text);
            done.map_err(|error| backend(&error, query.sql))
        };
        say(self, begin)?;
        match self.execute(query, running, rows) {
            Ok(outcome) => say(self, keep).map(|()| outcome),
            Err(error) => {
                // The first error is the one to tell.
                let _ = say(self, back);
                Err(error)
            }
        }
    }

    /// The same in the text protocol, which takes every statement and has no parameters.
    fn execute_text(
        &mut self,
        query: Query<'_>,
        running: &Running,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        let result = self
            .conn
            .query_iter(query.sql)
            .map_err(|error| backend(&error, query.sql))?;
        let outcome = stream(result, query, running, rows)?;
        self.check_warnings(query, outcome)
    }

    /// The server answers `1/0` with NULL and a warning. Of a query that the compiler has written, that
    /// is the error that PostgreSQL has in its place.
    fn check_warnings(&mut self, query: Query<'_>, outcome: Outcome) -> Result<Outcome, Error> {
        let read = matches!(outcome, Outcome::Rows(_)) && !query.columns.is_empty();
        let concerned = read || query.sql.ends_with(STRICT);
        if !concerned || self.conn.warnings() == 0 {
            return Ok(outcome);
        }
        let all: Vec<(String, u16, String)> = self
            .conn
            .query("SHOW WARNINGS")
            .map_err(|error| backend(&error, query.sql))?;
        let first = all
            .into_iter()
            .find(|(level, code, _)| level != "Note" && errors::counts(*code));
        match first {
            None => Ok(outcome),
            Some((_, code, message)) => {
                let state = "HY000".to_owned();
                let error = MySqlError {
                    state,
                    message,
                    code,
                };
                Err(errors::server(&error, query.sql))
            }
        }
    }

    /// DDL commits what is open, and nothing can take it back: not inside a transaction.
    fn refuse_silent_commit(&self, sql: &str) -> Result<(), Error> {
        match commits_silently(sql) {
            Some(what) if self.in_transaction => Err(Error::Backend(BackendError {
                message: format!(
                    "{what} would commit the open transaction: {} cannot take it back",
                    self.dialect
                ),
                sqlstate: Some("25001".into()),
                hint: Some("COMMIT or ROLLBACK first".into()),
                ..BackendError::default()
            })),
            _ => Ok(()),
        }
    }
}

/// Pushes the rows of a result.
fn stream<T: Protocol>(
    mut result: QueryResult<'_, '_, '_, T>,
    query: Query<'_>,
    running: &Running,
    rows: &mut dyn Rows,
) -> Result<Outcome, Error> {
    let fail = |error: mysql::Error| backend(&error, query.sql);
    let server: Vec<mysql::Column> = result.columns().as_ref().to_vec();
    if server.is_empty() {
        let changed = changed_rows(result.affected_rows(), &result.info_str(), query.sql);
        for row in result.by_ref() {
            row.map_err(fail)?;
        }
        return Ok(Outcome::Changed(changed));
    }
    let own: Vec<Column>;
    let columns = if query.columns.len() == server.len() {
        query.columns
    } else {
        own = server.iter().map(own_column).collect();
        &own
    };
    // Dropping a result reads the rest of it: the server is to end it first.
    let unwanted = |error: Error| {
        running.is_unwanted();
        error
    };
    rows.begin(columns)
        .map_err(|error| unwanted(error.into()))?;
    let mut count = 0;
    for row in result.by_ref() {
        let row = row.map_err(fail)?;
        push(&row, &server, columns, rows).map_err(unwanted)?;
        count += 1;
    }
    Ok(Outcome::Rows(count))
}

/// The rows that a statement changes as PostgreSQL counts them: UPDATE those that it finds, whether or not
/// they become different, an INSERT each row once. The server counts otherwise, and says more in words.
fn changed_rows(affected: u64, info: &str, sql: &str) -> u64 {
    let said = |word: &str| -> Option<u64> {
        let (_, rest) = info.split_once(word)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    if let Some(matched) = said("Rows matched: ") {
        return matched;
    }
    if sql.contains(rql::EACH) {
        return said("Records: ").unwrap_or(1);
    }
    if !sql.contains("ON DUPLICATE KEY UPDATE") {
        return affected;
    }
    match said("Duplicates: ") {
        Some(updated) => affected.saturating_sub(updated),
        None => affected.min(1),
    }
}

fn push(
    row: &mysql::Row,
    server: &[mysql::Column],
    columns: &[Column],
    rows: &mut dyn Rows,
) -> Result<(), Error> {
    let cells = server.iter().zip(columns).enumerate();
    let cells = cells
        .map(|(at, (server, column))| {
            let value = row.as_ref(at).unwrap_or(&mysql::Value::NULL);
            read(value, server, column.kind)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let values: Vec<ValueRef<'_>> = cells.iter().map(Cell::as_ref).collect();
    Ok(rows.row(&values)?)
}

impl Connection for Mysql {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn needs(&self, setting: &str) -> Option<bool> {
        Some(super::mysql_session::needs(setting))
    }

    fn catalog(&mut self) -> Result<Catalog, Error> {
        let dialect = self.dialect;
        self.guarded(|db, _| {
            mysql_catalog::read(&mut db.conn, dialect).map_err(|error| backend(&error, ""))
        })
    }

    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        let begins = transaction_after(query.sql);
        if self.in_transaction && begins == Some(true) && !ends(query.sql) {
            // The server would commit the open one; PostgreSQL goes on in it.
            return Ok(Outcome::Changed(0));
        }
        self.refuse_silent_commit(query.sql)?;
        let outcome = self.guarded(|db, running| match query.sql.ends_with(STRICT) {
            true => db.execute_strictly(query, running, rows),
            false => db.execute(query, running, rows),
        });
        if outcome.as_ref().is_err_and(is_lost) {
            self.in_transaction = false;
        }
        let outcome = outcome?;
        self.in_transaction = begins.unwrap_or(self.in_transaction);
        Ok(outcome)
    }

    fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.guarded(|db, _| run_all(&mut db.conn, sql).map_err(|error| backend(&error, sql)))?;
        self.in_transaction = transaction_after(sql).unwrap_or(self.in_transaction);
        Ok(())
    }

    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error> {
        Ok(Box::new(Batched::new(self, into)?))
    }

    fn set_read_only(&mut self, on: bool) -> Result<(), Error> {
        let mode = if on { "ONLY" } else { "WRITE" };
        self.batch(&format!("SET SESSION TRANSACTION READ {mode}"))
    }

    fn reset(&mut self) -> Result<bool, Error> {
        let set_up = mysql_session::statements(self.dialect).join(";");
        let database: Option<Option<String>> = self.guarded(|db, _| {
            let done = db.conn.reset();
            done.and_then(|()| run_all(&mut db.conn, &set_up))
                .and_then(|()| db.conn.query_first("SELECT DATABASE()"))
                .map_err(|error| backend(&error, &set_up))
        })?;
        self.in_transaction = false;
        // What USE has chosen stays.
        Ok(database.flatten() == self.database)
    }

    fn is_lost(&self) -> bool {
        self.lost
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

/// Runs each statement of a text for its effect.
fn run_all(conn: &mut Conn, sql: &str) -> Result<(), mysql::Error> {
    let mut result = conn.query_iter(sql)?;
    // Dropped, the result would keep the errors of all but the first to itself.
    while let Some(set) = result.iter() {
        for row in set {
            row?;
        }
    }
    Ok(())
}

/// The driver reads `:name` as a parameter of its own, and a backslash before a quote as MySQL does by
/// default, so that it would change a text like `'a\', ':b'`. Where it could find such a name it is kept
/// from looking: `/**/` is a whole comment, and to the driver the beginning of one. `None` where the text
/// could end that.
fn preparable(sql: &str) -> Option<String> {
    let named = |pair: &[u8]| pair[0] == b':' && (pair[1] == b'_' || pair[1].is_ascii_lowercase());
    if !sql.as_bytes().windows(2).any(named) {
        return Some(sql.to_owned());
    }
    (!sql.contains("*/")).then(|| format!("/**/{sql}"))
}

/// True for a text that may read rows, rather than write those that stand in it.
fn asks(sql: &str) -> bool {
    let mut words = sql.split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| word.eq_ignore_ascii_case("select") || word.eq_ignore_ascii_case("join"))
}

/// True for COMMIT AND CHAIN and its like.
fn ends(sql: &str) -> bool {
    let first = first_words(sql).next().unwrap_or_default();
    !matches!(first.as_str(), "BEGIN" | "START")
}

fn first_words(sql: &str) -> impl Iterator<Item = String> + '_ {
    sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
}

/// What commits an open transaction by itself (MariaDB's manual, "SQL statements causing an implicit
/// commit").
fn commits_silently(sql: &str) -> Option<String> {
    let words: Vec<String> = first_words(sql).take(4).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let commits = match words.as_slice() {
        ["CREATE" | "DROP", "TEMPORARY", ..] | ["CREATE", "OR", "REPLACE", "TEMPORARY"] => false,
        [
            "CREATE" | "DROP" | "ALTER" | "RENAME" | "TRUNCATE" | "GRANT" | "REVOKE",
            ..,
        ] => true,
        [
            "ANALYZE" | "CHECK" | "OPTIMIZE" | "REPAIR" | "FLUSH" | "RESET" | "CACHE",
            ..,
        ] => true,
        ["LOCK" | "UNLOCK", "TABLES" | "TABLE", ..] | ["SET", "PASSWORD" | "AUTOCOMMIT", ..] => {
            true
        }
        [
            "INSTALL" | "UNINSTALL" | "SHUTDOWN" | "CHANGE" | "PURGE",
            ..,
        ] => true,
        _ => false,
    };
    commits.then(|| words.into_iter().take(2).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::{changed_rows, commits_silently, preparable};

    #[test]
    fn the_driver_finds_no_names_of_its_own() {
        assert_eq!(preparable("SELECT 1").as_deref(), Some("SELECT 1"));
        let hostile = r"SELECT 'a\', ':b'";
        let sent = preparable(hostile).unwrap_or_default();
        assert_eq!(sent, format!("/**/{hostile}"));
        assert_eq!(preparable("SELECT '*/', ':b'"), None);
    }

    #[test]
    fn rows_are_counted_once() {
        let upsert = "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a)";
        assert_eq!(
            changed_rows(0, "Rows matched: 3  Changed: 0  Warnings: 0", "UPDATE"),
            3
        );
        assert_eq!(changed_rows(2, "", upsert), 1);
        assert_eq!(
            changed_rows(5, "Records: 3  Duplicates: 2  Warnings: 0", upsert),
            3
        );
        assert_eq!(changed_rows(7, "", "DELETE FROM t"), 7);
    }

    #[test]
    fn what_commits_by_itself() {
        assert_eq!(
            commits_silently("create table t (a int)").as_deref(),
            Some("CREATE TABLE")
        );
        assert_eq!(commits_silently("CREATE TEMPORARY TABLE t (a int)"), None);
        assert_eq!(commits_silently("INSERT INTO t VALUES (1)"), None);
    }
}
