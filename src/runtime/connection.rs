//! What every backend offers: one trait, one place that knows them all.

use crate::cache::Usage;
use crate::config::limits::Bounds;
use crate::session::stop::Stop;
use crate::transfer::load::{Load, Loading};
use crate::{Column, Error, Target, Value, ValueRef};
use rql::{Catalog, Dialect, Table, TableColumn};
use std::fmt;
use std::io;
use std::sync::Arc;

/// A statement ready for its backend.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The text, with the backend's own placeholders.
    pub sql: &'a str,
    /// What is bound, in the placeholders' order.
    pub params: &'a [Value],
    /// The result's columns as the compiler knows them; empty where only the backend knows.
    pub columns: &'a [Column],
}

/// Where rows go. The values of a row live until the call returns.
pub trait Rows {
    /// The columns; called once, before the first row.
    ///
    /// # Errors
    /// Where the output cannot be written.
    fn begin(&mut self, columns: &[Column]) -> io::Result<()>;

    /// One row, with as many values as there are columns.
    ///
    /// # Errors
    /// Where the output cannot be written.
    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()>;
}

/// What a statement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It gave rows, this many.
    Rows(u64),
    /// It gave no rows; where it changes rows, this many.
    Changed(u64),
}

/// Ends a statement that runs on another thread's connection. Cloneable, and safe to call at any
/// time: where nothing runs, nothing happens.
#[derive(Clone)]
pub struct CancelHandle(Arc<dyn Fn() -> bool + Send + Sync>);

impl CancelHandle {
    pub(crate) fn new(cancel: impl Fn() + Send + Sync + 'static) -> Self {
        Self::telling(move || {
            cancel();
            false
        })
    }

    /// `cancel` tells whether the end has been asked before.
    pub(crate) fn telling(cancel: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(cancel))
    }

    /// Asks the backend to end the running statement, which then fails with [`Error::Cancelled`]. True
    /// where a session has been asked before, and what runs there has not ended since.
    pub fn cancel(&self) -> bool {
        (self.0)()
    }
}

impl fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CancelHandle")
    }
}

/// An open database. One thread at a time owns it; statements run one after the other.
pub trait Connection: Send {
    /// Its dialect.
    fn dialect(&self) -> Dialect;

    /// What it holds: its tables and views in the order of their names, and its schemas.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    fn catalog(&mut self) -> Result<Catalog, Error>;

    /// Whether the session needs a setting of the backend (its words, in small letters) to be as it is, so that
    /// answers are PostgreSQL's; `None` where there are no settings to be told by SET.
    fn needs(&self, setting: &str) -> Option<bool> {
        let _ = setting;
        None
    }

    /// The columns of a file that FROM names by `text`; `None` where the backend reads none.
    ///
    /// # Errors
    /// Where the file cannot be read.
    fn file(&mut self, text: &str) -> Result<Option<Vec<TableColumn>>, Error> {
        let _ = text;
        Ok(None)
    }

    /// A table or view of the system's own, which the catalog leaves out; `None` where there is none of the name.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    fn of_system(&mut self, schema: Option<&str>, name: &str) -> Result<Option<Table>, Error> {
        let _ = (schema, name);
        Ok(None)
    }

    /// Runs one statement and pushes its rows, if it has any, as they come.
    ///
    /// # Errors
    /// What the backend or `rows` reports, or [`Error::Cancelled`].
    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error>;

    /// Runs a text of several statements for its effect: set-up, not what a user wrote.
    ///
    /// # Errors
    /// What the backend reports.
    fn batch(&mut self, sql: &str) -> Result<(), Error>;

    /// Takes rows into a table, by the fastest way that the backend has.
    ///
    /// # Errors
    /// What the backend reports.
    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error>;

    /// Refuses changes from now on, or takes them again.
    ///
    /// # Errors
    /// What the backend reports.
    fn set_read_only(&mut self, on: bool) -> Result<(), Error>;

    /// Takes no more memory and opens no other files than that; only what lives in this process can be told so.
    ///
    /// # Errors
    /// What the backend reports.
    fn bound(&mut self, bounds: Bounds<'_>) -> Result<(), Error> {
        let _ = bounds;
        Ok(())
    }

    /// What the server has said beside its answers since this was asked last: how weighty it is (`notice`, `warning`), and
    /// the text.
    fn remarks(&mut self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// How often a statement that a server has prepared was of use again; `None` where nobody counts.
    fn prepared(&self) -> Option<Usage> {
        None
    }

    /// Forgets what is prepared.
    fn forget_prepared(&mut self) {}

    /// Makes the server's session as it was when it was opened: no transaction, nothing of its own, its settings. False where
    /// that is not possible.
    ///
    /// # Errors
    /// What the server reports.
    fn reset(&mut self) -> Result<bool, Error> {
        Ok(false)
    }

    /// True where the server has gone, or has ended the connection: nothing runs here any more.
    fn is_lost(&self) -> bool {
        false
    }

    /// True inside a transaction that a statement has begun.
    fn in_transaction(&self) -> bool;

    /// Ends statements when `stop` asks, also one that begins only then: whoever cancels asks there before
    /// the handle.
    fn ends_with(&mut self, stop: Stop);

    /// A handle that cancels what runs here.
    fn cancel_handle(&self) -> CancelHandle;
}

/// Opens a database. The one place that knows every backend.
///
/// # Errors
/// [`Error::Connect`] where the database cannot be reached.
pub fn connect(target: &Target) -> Result<Box<dyn Connection>, Error> {
    match target {
        #[cfg(feature = "sqlite")]
        Target::Sqlite(path) => boxed(crate::backends::sqlite::Sqlite::open(path)),
        #[cfg(feature = "sqlite")]
        Target::SqliteMemory => boxed(crate::backends::sqlite::Sqlite::memory()),
        #[cfg(feature = "sqlite")]
        Target::Demo => boxed(crate::demo::open()),
        #[cfg(not(feature = "sqlite"))]
        Target::Sqlite(_) | Target::SqliteMemory | Target::Demo => {
            Err(Error::Connect("this build has no SQLite".into()))
        }
        #[cfg(feature = "duckdb")]
        Target::Duckdb(file) => boxed(crate::backends::duckdb::Duckdb::open(Some(file))),
        #[cfg(feature = "duckdb")]
        Target::DuckdbMemory => boxed(crate::backends::duckdb::Duckdb::open(None)),
        #[cfg(feature = "duckdb")]
        Target::DataFile(file) => boxed(crate::backends::duckdb::Duckdb::over(file)),
        #[cfg(not(feature = "duckdb"))]
        Target::Duckdb(_) | Target::DuckdbMemory | Target::DataFile(_) => {
            Err(Error::Connect("this build has no DuckDB".into()))
        }
        #[cfg(feature = "mysql")]
        Target::Mysql(url) => boxed(crate::backends::mysql::Mysql::connect(url)),
        #[cfg(not(feature = "mysql"))]
        Target::Mysql(_) => Err(Error::Connect("this build has no MySQL".into())),
        #[cfg(feature = "postgres")]
        Target::Postgres(url) => boxed(crate::backends::postgres::Postgres::connect(url)),
        #[cfg(not(feature = "postgres"))]
        Target::Postgres(_) => Err(Error::Connect("this build has no PostgreSQL".into())),
    }
}

fn boxed<C: Connection + 'static>(opened: Result<C, Error>) -> Result<Box<dyn Connection>, Error> {
    Ok(Box::new(opened?))
}
