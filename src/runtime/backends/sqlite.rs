//! SQLite through rusqlite: the embedded default.

use super::recent::{self, Asked, Recent};
use super::sqlite_catalog;
use super::sqlite_feed::{self, Feed};
use super::sqlite_functions::{Sequences, Written};
use super::sqlite_sequences::{self, Concern};
use super::sqlite_values::{bind, read};
use crate::cache::Usage;
use crate::config::limits::{Bounds, inside};
use crate::connection::{CancelHandle, Connection, Outcome, Query, Rows};
use crate::session::stop::Stop;
use crate::transfer::load::{Insert, Load, Loading, keep};
use crate::value::with_room;
use crate::{BackendError, Column, Error, Kind, ValueRef};
use rql::{Catalog, Dialect, Type};
use rusqlite::config::DbConfig;
use rusqlite::ffi::{self, ErrorCode};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{CachedStatement, Statement};
use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An open SQLite database.
pub(crate) struct Sqlite {
    db: rusqlite::Connection,
    /// The functions of the session are registered: only once one is called, for that takes longer than
    /// opening a database.
    registered: Cell<bool>,
    /// Nothing is ever registered or set but what the printed text says.
    bare: bool,
    /// What an upsert that might meet a row twice has written.
    written: Written,
    /// What sequences have given.
    sequences: Sequences,
    /// The texts whose statements `db` keeps prepared.
    recent: RefCell<Recent<()>>,
}

/// How long a statement waits for another process's lock.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Whether a view, an index, a trigger or a column of the file calls a function of ours.
const DEFINITIONS_CALL: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE instr(sql, ?1) > 0)";

/// A quarter of a mebibyte of pages, which the system holds too: rows pass in flat memory, and look-ups and
/// sorts take as long as with the two that SQLite takes by itself.
const CACHE: &str = "PRAGMA cache_size = -256";

/// What calls for the rows that a statement has written.
const ONCE: &str = "rql_once(";

/// Instructions of SQLite's machine between two looks at whether the statement is to end.
const STEPS: i32 = 4_000;

impl Sqlite {
    /// Opens a file; SQLite creates it with the first write where it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        if path.is_dir() {
            return Err(Error::Connect(format!("{} is a directory", path.display())));
        }
        let missing_parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty() && !parent.is_dir());
        if let Some(parent) = missing_parent {
            return Err(Error::Connect(format!(
                "there is no directory {}",
                parent.display()
            )));
        }
        let open = || {
            let opened = Self::new(rusqlite::Connection::open(path)?)?;
            // Reads the header too, so that a file that is no database is refused here.
            let calls: bool =
                opened
                    .db
                    .query_row(DEFINITIONS_CALL, [rql::sqlite::PREFIX], |row| row.get(0))?;
            if calls {
                opened.register()?;
            }
            Ok(opened)
        };
        open().map_err(|error: rusqlite::Error| {
            Error::Connect(format!(
                "cannot open {}: {}",
                path.display(),
                message(&error)
            ))
        })
    }

    /// An empty database in memory.
    pub(crate) fn memory() -> Result<Self, Error> {
        rusqlite::Connection::open_in_memory()
            .and_then(Self::new)
            .map_err(|error| Error::Connect(message(&error)))
    }

    /// A file as any program opens it.
    pub(crate) fn bare(path: &Path) -> Result<Self, Error> {
        let opened = rusqlite::Connection::open(path);
        let db = opened.map_err(|error| Error::Connect(message(&error)))?;
        Ok(Self {
            db,
            registered: Cell::new(false),
            bare: true,
            written: Written::default(),
            sequences: Sequences::default(),
            recent: RefCell::default(),
        })
    }

    fn new(db: rusqlite::Connection) -> rusqlite::Result<Self> {
        db.busy_timeout(LOCK_WAIT)?;
        // As in PostgreSQL: "x" is a name and never text, foreign keys hold.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        db.execute_batch(CACHE)?;
        // A plan that looks at the values is made again for each: nothing would stay prepared.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        db.set_prepared_statement_cache_capacity(recent::KEPT);
        sqlite_feed::register(&db)?;
        for statement in rql::sqlite::SETUP {
            db.execute_batch(statement)?;
        }
        Ok(Self {
            db,
            registered: Cell::new(false),
            bare: false,
            written: Written::default(),
            sequences: Sequences::default(),
            recent: RefCell::default(),
        })
    }

    fn register(&self) -> rusqlite::Result<()> {
        if !self.registered.get() && !self.bare {
            super::sqlite_functions::register(&self.db, &self.written)?;
            self.sequences.register(&self.db)?;
            self.registered.set(true);
        }
        Ok(())
    }

    /// A statement that stays prepared where it is asked for again.
    fn prepare(&self, sql: &str) -> rusqlite::Result<Prepared<'_>> {
        let mut recent = self.recent.borrow_mut();
        let asked = match !self.bare && recent::stays(sql) {
            true => recent.ask(sql),
            false => Asked::First,
        };
        match asked {
            Asked::First => return self.prepare_once(sql).map(Prepared::Once),
            Asked::Again => self.provide(sql)?,
            Asked::Kept(()) => {}
        }
        let statement = self.with_functions(|| self.db.prepare_cached(sql))?;
        recent.keep(sql, ());
        Ok(Prepared::Kept(statement))
    }

    fn prepare_once(&self, sql: &str) -> rusqlite::Result<Statement<'_>> {
        self.provide(sql)?;
        self.with_functions(|| self.db.prepare(sql))
    }

    fn with_functions<T>(&self, prepare: impl Fn() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        match prepare() {
            // A definition that came later, from another session or with ATTACH, may call them.
            Err(error) if message(&error).contains(rql::sqlite::PREFIX) => {
                self.register()?;
                prepare()
            }
            prepared => prepared,
        }
    }

    /// A statement that may change what others mean makes those unknown that are kept.
    fn forget_before(&self, sql: &str) {
        if self.recent.borrow_mut().after(sql) {
            self.db.flush_prepared_statement_cache();
        }
    }

    /// The error of a statement that runs. Where another session has changed what it means, SQLite finds that only then, and
    /// says the place where it is prepared again.
    fn placed(&self, error: &rusqlite::Error, sql: &str) -> Error {
        let unsound = error.sqlite_error_code() == Some(ErrorCode::Unknown);
        let again = unsound.then(|| self.db.prepare(sql).err()).flatten();
        backend(again.as_ref().unwrap_or(error))
    }

    /// Registers the functions where a text calls one.
    fn provide(&self, sql: &str) -> rusqlite::Result<()> {
        let setup: &[&str] = if self.bare {
            rql::sqlite::setup(sql)
        } else {
            &[]
        };
        for statement in setup {
            self.db.execute_batch(statement)?;
        }
        if sql.contains(rql::sqlite::PREFIX) {
            self.register()?;
        }
        Ok(())
    }

    fn pass(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        let fed = match self.bare {
            true => None,
            false => sqlite_feed::fed(query.sql, query.columns.len()),
        };
        // Where it cannot be, the query by itself says why.
        if let Some(mut statement) = fed.and_then(|sql| self.prepare(&sql).ok()) {
            bind_all(&mut statement, query.params)?;
            rows.begin(query.columns)?;
            let mut feed = Feed::new(rows, query.columns);
            let done = feed.while_runs(|| statement.raw_query().next().map(|_| ()));
            return match (feed.failed, done) {
                (Some(error), _) => Err(error),
                (None, Err(error)) => Err(self.placed(&error, query.sql)),
                (None, Ok(())) => Ok(Outcome::Rows(feed.count)),
            };
        }
        let failed = |error| self.placed(&error, query.sql);
        let mut statement = self.prepare(query.sql).map_err(failed)?;
        if matches!(statement, Prepared::Kept(_)) && statement.column_count() != query.columns.len()
        {
            // Which columns it has may have changed since.
            statement = Prepared::Once(self.prepare_once(query.sql).map_err(failed)?);
        }
        bind_all(&mut statement, query.params)?;
        if statement.column_count() == 0 {
            let changed = statement.raw_execute().map_err(failed)?;
            return Ok(Outcome::Changed(changed as u64));
        }
        let own: Vec<Column>;
        let columns = if query.columns.len() == statement.column_count() {
            query.columns
        } else {
            own = statement
                .column_names()
                .map(|name| Column::new(name, Kind::Any))
                .collect();
            &own
        };
        rows.begin(columns)?;
        let mut count = 0;
        let mut result = statement.raw_query();
        while let Some(row) = result.next().map_err(failed)? {
            with_room(columns.len(), |cells| -> Result<(), Error> {
                for (at, (place, column)) in cells.iter_mut().zip(columns).enumerate() {
                    let cell = row.get_ref(at).map_err(|error| backend(&error))?;
                    *place = read(cell, column)?;
                }
                Ok(rows.row(cells)?)
            })?;
            count += 1;
        }
        Ok(Outcome::Rows(count))
    }

    /// Runs a statement, with an eye on the rows that it writes where it asks for them.
    fn run_once(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        if !query.sql.contains(ONCE) {
            let outcome = self.pass(query, rows);
            return outcome.map_err(|error| numbered(error, query.sql));
        }
        let watched = self.written.watch(&mut self.db);
        watched.map_err(|error| backend(&error))?;
        let outcome = self.pass(query, rows);
        let left = self.written.leave(&mut self.db);
        left.map_err(|error| backend(&error))?;
        outcome.map_err(|error| numbered(error, query.sql))
    }

    /// Runs what may count between reading the sequences and keeping them.
    fn counting(
        &mut self,
        concern: Concern,
        run: impl FnOnce(&mut Self) -> Result<Outcome, Error>,
    ) -> Result<Outcome, Error> {
        if concern == Concern::None || !sqlite_sequences::has(&self.db) {
            return run(self);
        }
        let failed = |error| backend(&error);
        match concern {
            Concern::Looks => sqlite_sequences::read(&self.db, &self.sequences).map_err(failed)?,
            Concern::Leaves => {
                let before = sqlite_sequences::schemas(&self.db).map_err(failed)?;
                let outcome = run(self)?;
                sqlite_sequences::leave(&self.db, &before).map_err(failed)?;
                return Ok(outcome);
            }
            Concern::Renames => {
                let before = sqlite_sequences::tables(&self.db).map_err(failed)?;
                let outcome = run(self)?;
                sqlite_sequences::follow(&self.db, &before).map_err(failed)?;
                return Ok(outcome);
            }
            _ => {
                let counts = concern == Concern::Counts;
                let own = sqlite_sequences::lock(&self.db, counts).map_err(failed)?;
                let read = sqlite_sequences::read(&self.db, &self.sequences);
                let outcome = read.map_err(failed).and_then(|()| run(self));
                let kept = sqlite_sequences::keep(&self.db, &self.sequences, own);
                if own && !self.db.is_autocommit() {
                    // What is deferred does not hold, which is the statement's failure.
                    let _ = self.db.execute_batch("ROLLBACK");
                }
                return outcome.and_then(|outcome| kept.map_err(failed).map(|()| outcome));
            }
        }
        run(self)
    }
}

/// A statement of the moment, or one that stays prepared.
enum Prepared<'c> {
    Once(Statement<'c>),
    Kept(CachedStatement<'c>),
}

impl<'c> Deref for Prepared<'c> {
    type Target = Statement<'c>;

    fn deref(&self) -> &Statement<'c> {
        match self {
            Self::Once(statement) => statement,
            Self::Kept(statement) => statement,
        }
    }
}

impl<'c> DerefMut for Prepared<'c> {
    fn deref_mut(&mut self) -> &mut Statement<'c> {
        match self {
            Self::Once(statement) => statement,
            Self::Kept(statement) => statement,
        }
    }
}

/// Binds what the text has marks for: a step of several has the marks of the whole, as far as it needs them.
fn bind_all(statement: &mut Statement<'_>, params: &[crate::Value]) -> Result<(), Error> {
    let marks = statement.parameter_count();
    for (at, value) in params.iter().enumerate().take(marks) {
        let bound = statement.raw_bind_parameter(at + 1, bind(value));
        bound.map_err(|error| backend(&error))?;
    }
    Ok(())
}

impl Connection for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn catalog(&mut self) -> Result<Catalog, Error> {
        sqlite_catalog::read(&self.db).map_err(|error| backend(&error))
    }

    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        self.forget_before(query.sql);
        let concern = match self.bare {
            true => Concern::None,
            false => Concern::of(query.sql),
        };
        let outcome = self.counting(concern, |this| {
            if matches!(concern, Concern::Looks | Concern::Counts) {
                let known = sqlite_sequences::known(query.sql, &this.sequences);
                known.map_err(|error| backend(&error))?;
            }
            this.run_once(query, rows)
        });
        let settled = sqlite_sequences::settle(&self.db, &self.sequences);
        settled.map_err(|error| backend(&error)).and(outcome)
    }

    fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.forget_before(sql);
        let done = self
            .provide(sql)
            .and_then(|()| self.db.execute_batch(sql))
            .and_then(|()| sqlite_sequences::settle(&self.db, &self.sequences));
        done.map_err(|error| backend(&error))
    }

    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error> {
        let this: &'c Self = self;
        let insert = into.of_values(1)?;
        let counts = !this.db.is_autocommit() && sqlite_sequences::has(&this.db);
        if counts {
            let read = sqlite_sequences::lock(&this.db, true)
                .and_then(|_| sqlite_sequences::read(&this.db, &this.sequences));
            read.map_err(|error| backend(&error))?;
        }
        let statement = this.prepare_once(&insert.sql);
        Ok(Box::new(Rowwise {
            counted: counts.then_some((&this.db, &this.sequences)),
            statement: statement.map_err(|error| backend(&error))?,
            insert,
            types: into.types(),
            count: 0,
        }))
    }

    fn prepared(&self) -> Option<Usage> {
        Some(self.recent.borrow().usage())
    }

    fn forget_prepared(&mut self) {
        self.recent.take();
        self.db.flush_prepared_statement_cache();
    }

    fn set_read_only(&mut self, on: bool) -> Result<(), Error> {
        let on = if on { "ON" } else { "OFF" };
        self.batch(&format!("PRAGMA query_only = {on}"))
    }

    /// The memory is that of all SQLite's databases in this process, and only becomes less.
    fn bound(&mut self, bounds: Bounds<'_>) -> Result<(), Error> {
        if let Some(memory) = bounds.memory {
            self.batch(&format!("PRAGMA hard_heap_limit = {memory}"))?;
        }
        let Some(directories) = bounds.directories.map(<[PathBuf]>::to_vec) else {
            return Ok(());
        };
        let may = move |context: AuthContext<'_>| match context.action {
            // VACUUM has a database without a name.
            AuthAction::Attach { filename: "" } => Authorization::Allow,
            AuthAction::Attach { filename } => match inside(&directories, Path::new(filename)) {
                Some(_) => Authorization::Allow,
                None => Authorization::Deny,
            },
            // A name that is only known when it runs.
            AuthAction::Unknown { code, .. } if code == ffi::SQLITE_ATTACH => Authorization::Deny,
            _ => Authorization::Allow,
        };
        self.db
            .authorizer(Some(may))
            .map_err(|error| backend(&error))
    }

    fn in_transaction(&self) -> bool {
        !self.db.is_autocommit()
    }

    fn ends_with(&mut self, stop: Stop) {
        // An interrupt is lost where nothing runs yet. Without the handler it is all there is.
        let asked = move || stop.is_asked();
        let _ = self.db.progress_handler(STEPS, Some(asked));
    }

    fn cancel_handle(&self) -> CancelHandle {
        let handle = self.db.get_interrupt_handle();
        CancelHandle::new(move || handle.interrupt())
    }
}

/// One INSERT, prepared once and run for each row: within a transaction nothing is faster.
struct Rowwise<'c> {
    /// What columns may count that are left out.
    counted: Option<(&'c rusqlite::Connection, &'c Sequences)>,
    statement: Statement<'c>,
    insert: Insert,
    types: Vec<Type>,
    count: u64,
}

impl Loading for Rowwise<'_> {
    fn row(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error> {
        let mut values = Vec::with_capacity(row.len());
        keep(row, &self.types, &mut values);
        for (at, value) in self.insert.bound(&values)?.iter().enumerate() {
            let done = self.statement.raw_bind_parameter(at + 1, bind(value));
            done.map_err(|error| backend(&error))?;
        }
        let done = self.statement.raw_execute();
        done.map_err(|error| numbered(backend(&error), &self.insert.sql))?;
        self.count += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<u64, Error> {
        if let Some((db, sequences)) = self.counted {
            let kept = sqlite_sequences::keep(db, sequences, false);
            kept.map_err(|error| backend(&error))?;
        }
        Ok(self.count)
    }
}

fn backend(error: &rusqlite::Error) -> Error {
    if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
        return Error::Cancelled;
    }
    let position = match error {
        rusqlite::Error::SqlInputError { offset, .. } => u32::try_from(*offset).ok(),
        _ => None,
    };
    Error::Backend(BackendError {
        message: message(error),
        position,
        sqlstate: sqlstate(error).map(Into::into),
        hint: (error.sqlite_error_code() == Some(ErrorCode::ReadOnly))
            .then(|| "the file, or the session (--read-only), may be read only".into()),
        ..BackendError::default()
    })
}

/// What a checked text gives for the number of a row, where its NULL was none of SQLite's numbers.
fn numbered(error: Error, sql: &str) -> Error {
    match error {
        Error::Backend(mut said)
            if said.message == "datatype mismatch" && sql.contains(rql::sqlite::NO_NUMBER) =>
        {
            said.message = rql::sqlite::NO_NUMBER.into();
            said.sqlstate = Some("23502".into());
            Error::Backend(said)
        }
        error => error,
    }
}

/// PostgreSQL's code for a constraint that does not hold, and for what the machine or others are to blame for.
fn sqlstate(error: &rusqlite::Error) -> Option<&'static str> {
    use rusqlite::ffi;
    match error.sqlite_error_code()? {
        ErrorCode::DiskFull => return Some("53100"),
        ErrorCode::OutOfMemory => return Some("53200"),
        ErrorCode::SystemIoFailure => return Some("58030"),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => return Some("XX001"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => return Some("55P03"),
        _ => {}
    }
    Some(match error.sqlite_error()?.extended_code {
        ffi::SQLITE_CONSTRAINT_NOTNULL => "23502",
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => "23503",
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => "23505",
        ffi::SQLITE_CONSTRAINT_CHECK if message(error).ends_with("MAXVALUE") => "22023",
        ffi::SQLITE_CONSTRAINT_CHECK if message(error).ends_with("be zero") => "22023",
        ffi::SQLITE_CONSTRAINT_CHECK => "23514",
        ffi::SQLITE_READONLY => "25006",
        _ => {
            let said = message(error);
            let known = SQLSTATES.iter().find(|(words, _)| said.contains(words));
            return known.map(|(_, code)| *code);
        }
    })
}

/// Words of the session's functions, which are PostgreSQL's, and its code for them.
const SQLSTATES: &[(&str, &str)] = &[
    ("division by zero", "22012"),
    ("nextval: reached", "2200H"),
    ("is not yet defined in this session", "55000"),
    ("is out of bounds for sequence", "22003"),
    ("already exists", "42P07"),
    ("relation \"", "42P01"),
    ("value too long", "22001"),
    ("integer overflow", "22003"),
    ("integer out of range", "22003"),
    ("bigint out of range", "22003"),
    ("value out of range", "22003"),
    ("numeric field overflow", "22003"),
    ("overflows numeric", "22003"),
    ("more digits than the 38", "22003"),
    ("interval out of range", "22008"),
    ("date out of range", "22008"),
    ("timestamp out of range", "22008"),
    ("field value out of range", "22008"),
    ("invalid input syntax for type interval", "22007"),
    ("invalid input syntax for type date", "22007"),
    ("invalid input syntax for type time", "22007"),
    ("invalid input syntax", "22P02"),
    ("logarithm", "2201E"),
    ("square root of a negative", "2201F"),
    ("zero raised to a negative power", "2201F"),
    ("negative substring length", "22011"),
    ("invalid regular expression", "2201B"),
    ("more than one row returned by a subquery", "21000"),
    ("cannot affect row a second time", "21000"),
];

/// SQLite's own words, without the SQL text that rusqlite adds.
fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message))
        | rusqlite::Error::SqlInputError { msg: message, .. } => message.clone(),
        other => other.to_string(),
    }
}
