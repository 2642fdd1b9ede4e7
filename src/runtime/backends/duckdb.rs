//! DuckDB as an ADBC driver, whose library is loaded when a database is first opened, or linked.

use super::duckdb_load::Batches;
use super::duckdb_pool::{BOUNDS, Pool};
use super::killer::Killer;
use super::recent::{self, Asked, Recent};
use super::transaction_after;
use crate::arrow::rows::{kind, parameters, push};
use crate::cache::Usage;
use crate::config::limits::Bounds;
use crate::connection::{CancelHandle, Connection, Outcome, Query, Rows};
use crate::session::stop::Stop;
use crate::transfer::load::{Load, Loading};
use crate::{BackendError, Column, Error, Value, ValueRef};
use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_core::{Connection as _, Database as _, Driver as _, Statement as _};
use adbc_driver_manager::{ManagedConnection, ManagedDatabase, ManagedDriver, ManagedStatement};
use arrow_array::{Array as _, RecordBatchReader};
use rql::{Catalog, Dialect, TableColumn};
use rql_lexer::TokenKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A DuckDB database: a file, or one in memory.
pub(crate) struct Duckdb {
    database: ManagedDatabase,
    connection: ManagedConnection,
    in_transaction: bool,
    killer: Arc<Killer>,
    stop: Stop,
    file: Option<PathBuf>,
    /// Changes are refused: by DuckDB for a file, by us for a database in memory.
    read_only: bool,
    /// Somebody has said how much memory it may take.
    is_bounded: bool,
    /// What the session is told when it is opened, and opened again.
    told: String,
    /// The statements that stay prepared.
    recent: Recent<ManagedStatement>,
}

/// The session is RQL's reference: UTC.
const SESSION: &str = "SET TimeZone = 'UTC'";

/// What SET may not change: what [`SESSION`] says, what operators and orders mean, and what limits set.
const NEEDED: &[&str] = &[
    "time zone",
    "timezone",
    "calendar",
    "default_collation",
    "default_null_order",
    "default_order",
    "enable_external_access",
    "ieee_floating_point_ops",
    "integer_division",
    "max_memory",
    "memory_limit",
    "old_implicit_casting",
    "order_by_non_integer_literal",
    "scalar_subquery_error_on_multiple_rows",
];

/// No files but those that are allowed by now.
const NO_FILES: &str = "SET enable_external_access = false";

/// Loading the library takes some 200 ms: once for all databases.
static DRIVER: Mutex<Option<ManagedDriver>> = Mutex::new(None);

impl Duckdb {
    /// Opens a file, which is made where it does not exist; without one a database in memory.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Error> {
        let (database, connection) = opened(file, false)?;
        let mut duckdb = Self {
            killer: killer(&connection),
            database,
            connection,
            stop: Stop::default(),
            in_transaction: false,
            file: file.map(Path::to_owned),
            read_only: false,
            is_bounded: false,
            told: SESSION.to_owned(),
            recent: Recent::default(),
        };
        duckdb.tell()?;
        Ok(duckdb)
    }

    /// Opens a database in memory with a view of a CSV, Parquet or JSON file, named after it.
    pub(crate) fn over(file: &Path) -> Result<Self, Error> {
        if !file.is_file() {
            return Err(Error::Connect(format!("no file {}", file.display())));
        }
        let mut duckdb = Self::open(None)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let path = rql_ast::text_literal(&file.display().to_string());
        let name = rql::quoted(&name, Dialect::Duckdb);
        duckdb.batch(&format!("CREATE VIEW {name} AS SELECT * FROM {path}"))?;
        Ok(duckdb)
    }

    fn tell(&mut self) -> Result<(), Error> {
        let told = self.told.clone();
        told.split(";\n").try_for_each(|told| self.batch(told))
    }

    pub(super) fn statement(&mut self) -> Result<ManagedStatement, Error> {
        let statement = self.connection.new_statement();
        statement.map_err(|error| crate::transfer::load::problem(error.message))
    }

    fn execute(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        if self.read_only && self.file.is_none() && writes(query.sql) {
            return Err(Error::Backend(BackendError {
                message: "the session is read-only".into(),
                sqlstate: Some("25006".into()),
                ..BackendError::default()
            }));
        }
        self.is_bounded |= words(query.sql)
            .take(3)
            .any(|word| BOUNDS.contains(&word.as_str()));
        let running = self.killer.begin();
        let fail = |message: &str| match running.is_cancelled() {
            true => Error::Cancelled,
            false => backend(message, query.sql),
        };
        self.recent.after(query.sql);
        let asked = match stays(&query) {
            true => self.recent.ask(query.sql),
            false => Asked::First,
        };
        let stays = !matches!(asked, Asked::First);
        let mut statement = match asked {
            Asked::Kept(statement) => statement,
            Asked::Again | Asked::First => {
                let prepared = self.connection.new_statement().and_then(|mut new| {
                    new.set_sql_query(query.sql)?;
                    new.prepare()?;
                    Ok(new)
                });
                prepared.map_err(|error| fail(&error.message))?
            }
        };
        if !query.params.is_empty() {
            let batch = parameters(query.params).map_err(|error| fail(&error.to_string()))?;
            let bound = statement.bind(batch);
            bound.map_err(|error| fail(&error.message))?;
        }
        let reader = statement.execute().map_err(|error| fail(&error.message))?;
        self.in_transaction = transaction_after(query.sql).unwrap_or(self.in_transaction);
        if changes(query.sql) {
            let mut changed = 0;
            for batch in reader {
                let batch = batch.map_err(|error| fail(&error.to_string()))?;
                let counts = batch.columns().first();
                let counts = counts
                    .and_then(|counts| counts.as_any().downcast_ref::<arrow_array::Int64Array>());
                changed += counts.map_or(0, |counts| counts.iter().flatten().sum::<i64>());
            }
            if stays {
                self.recent.keep(query.sql, statement);
            }
            return Ok(Outcome::Changed(u64::try_from(changed).unwrap_or(0)));
        }
        let schema = reader.schema();
        let own: Vec<Column>;
        let columns = if query.columns.len() == schema.fields().len() {
            query.columns
        } else {
            let fields = schema.fields().iter();
            let fields = fields.map(|field| Column::new(field.name(), kind(field.data_type())));
            own = fields.collect();
            &own
        };
        rows.begin(columns)?;
        let (mut count, mut pool) = (0, Pool::default());
        for batch in reader {
            let batch = batch.map_err(|error| fail(&error.to_string()))?;
            push(&batch, columns, rows)?;
            count += batch.num_rows() as u64;
            // What has no file is nowhere else, and stays.
            if !self.is_bounded && self.file.is_some() {
                pool.passed(batch.get_array_memory_size(), &self.database);
            }
            // Between two batches the driver has nothing to interrupt.
            if running.is_cancelled() {
                return Err(Error::Cancelled);
            }
        }
        if stays {
            self.recent.keep(query.sql, statement);
        }
        Ok(Outcome::Rows(count))
    }

    /// The rows of a query of our own, as text; NULL is `None`.
    pub(super) fn texts(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        let mut rows = crate::sinks::Collect::default();
        let query = Query {
            sql,
            params: &[],
            columns: &[],
        };
        self.execute(query, &mut rows)?;
        let text = |value: &crate::Value| match value {
            crate::Value::Null => None,
            value => Some(value.as_ref().to_string()),
        };
        let rows = rows.rows.iter().map(|row| row.iter().map(text).collect());
        Ok(rows.collect())
    }
}

/// The most bytes that may stay bound to a statement that is kept: the driver lets go of them with the next values only.
const BOUND: usize = 1 << 16;

/// Whether a statement may be kept. Of several the driver would run but the last again.
fn stays(query: &Query<'_>) -> bool {
    let bytes = query.params.iter().map(|value| match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        _ => 0,
    });
    recent::stays(query.sql) && !query.sql.contains(';') && bytes.sum::<usize>() <= BOUND
}

/// Where nothing runs, DuckDB has nothing to cancel.
fn killer(connection: &ManagedConnection) -> Arc<Killer> {
    let handle: Arc<dyn adbc_core::CancelHandle> = connection.get_cancel_handle().into();
    Killer::new(move || {
        let _ = handle.try_cancel();
    })
}

fn opened(
    file: Option<&Path>,
    read_only: bool,
) -> Result<(ManagedDatabase, ManagedConnection), Error> {
    let failed = |error: adbc_core::error::Error| Error::Connect(error.message);
    let mut driver = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
    let driver = match driver.as_mut() {
        Some(driver) => driver,
        None => driver.insert(super::duckdb_library::driver()?),
    };
    let path = file.map_or_else(|| ":memory:".to_owned(), |file| file.display().to_string());
    let mode = if read_only { "READ_ONLY" } else { "AUTOMATIC" };
    let options = [("path", path), ("access_mode", mode.to_owned())];
    let options = options.map(|(name, value)| {
        let name = OptionDatabase::Other(name.into());
        (name, OptionValue::String(value))
    });
    let database = driver.new_database_with_opts(options).map_err(failed)?;
    let connection = database.new_connection().map_err(failed)?;
    Ok((database, connection))
}

impl Connection for Duckdb {
    fn dialect(&self) -> Dialect {
        Dialect::Duckdb
    }

    fn needs(&self, setting: &str) -> Option<bool> {
        Some(NEEDED.contains(&setting))
    }

    fn catalog(&mut self) -> Result<Catalog, Error> {
        super::duckdb_catalog::read(self)
    }

    fn file(&mut self, text: &str) -> Result<Option<Vec<TableColumn>>, Error> {
        super::duckdb_catalog::described(self, text).map(Some)
    }

    fn run(&mut self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Outcome, Error> {
        // Who has cancelled before the statement began has found nothing to end.
        if self.stop.is_asked() {
            return Err(Error::Cancelled);
        }
        self.execute(query, rows)
    }

    fn batch(&mut self, sql: &str) -> Result<(), Error> {
        let query = Query {
            sql,
            params: &[],
            columns: &[],
        };
        self.execute(query, &mut Nowhere).map(|_| ())
    }

    fn load<'c>(&'c mut self, into: &Load<'_>) -> Result<Box<dyn Loading + 'c>, Error> {
        Ok(Box::new(Batches::new(self, into)?))
    }

    fn prepared(&self) -> Option<Usage> {
        Some(self.recent.usage())
    }

    fn forget_prepared(&mut self) {
        self.recent = Recent::default();
    }

    fn set_read_only(&mut self, on: bool) -> Result<(), Error> {
        let first = on && !self.read_only;
        if let (Some(file), true) = (&self.file, first) {
            // The file is let go before it is opened again.
            self.recent = Recent::default();
            (self.database, self.connection) = opened(None, false)?;
            (self.database, self.connection) = opened(Some(file), true)?;
            self.killer = killer(&self.connection);
            self.tell()?;
        }
        // What a file's session may do then, temporary tables, it may do always.
        self.read_only = on || self.file.is_some();
        Ok(())
    }

    /// Files are refused once and for all: DuckDB lets nobody take that back.
    fn bound(&mut self, bounds: Bounds<'_>) -> Result<(), Error> {
        let mut more = Vec::new();
        if let Some(memory) = bounds.memory {
            more.push(format!("SET memory_limit = '{memory}B'"));
        }
        if let Some(directories) = bounds.directories
            && !self.told.contains(NO_FILES)
        {
            let real = directories.iter().filter_map(|dir| dir.canonicalize().ok());
            let texts = real.map(|dir| rql_ast::text_literal(&dir.display().to_string()));
            let texts: Vec<String> = texts.collect();
            more.push(format!("SET allowed_directories = [{}]", texts.join(", ")));
            more.push(NO_FILES.to_owned());
        }
        for text in more {
            self.batch(&text)?;
            self.told = format!("{};\n{text}", self.told);
        }
        Ok(())
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

struct Nowhere;

impl Rows for Nowhere {
    fn begin(&mut self, _: &[Column]) -> std::io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> std::io::Result<()> {
        Ok(())
    }
}

/// The words of a statement that are no names in quotes, no texts and no comments, in capitals.
fn words(sql: &str) -> impl Iterator<Item = String> {
    let tokens = rql_lexer::lex(sql).tokens.into_iter();
    let words = tokens.filter(|token| matches!(token.kind, TokenKind::Word(_)));
    words.map(|word| sql[word.span.range()].to_ascii_uppercase())
}

/// True for a statement that answers with a count or with nothing: the driver gives every statement a
/// result.
fn changes(sql: &str) -> bool {
    let mut words = words(sql);
    match words.next().unwrap_or_default().as_str() {
        "SELECT" | "FROM" | "VALUES" | "TABLE" | "SHOW" | "DESCRIBE" | "SUMMARIZE" | "PRAGMA"
        | "EXPLAIN" | "CALL" | "PIVOT" | "UNPIVOT" => false,
        "WITH" => {
            let change = words.any(|word| CHANGES.contains(&word.as_str()));
            change && words.all(|word| word != "RETURNING")
        }
        first if CHANGES.contains(&first) => words.all(|word| word != "RETURNING"),
        _ => true,
    }
}

/// What begins a change of rows.
const CHANGES: &[&str] = &["INSERT", "UPDATE", "DELETE", "MERGE"];

/// True for a statement that may change what the database holds.
fn writes(sql: &str) -> bool {
    let mut words = words(sql);
    match words.next().unwrap_or_default().as_str() {
        "SET" | "RESET" | "BEGIN" | "START" | "COMMIT" | "ROLLBACK" | "USE" => false,
        // EXPLAIN ANALYZE runs what it explains.
        "EXPLAIN" => words.any(|word| {
            CHANGES.contains(&word.as_str()) || matches!(word.as_str(), "CREATE" | "COPY")
        }),
        _ => changes(sql) || words.any(|word| word == "RETURNING"),
    }
}

/// Words of DuckDB's, which has no codes, and PostgreSQL's code for the same.
const SQLSTATES: &[(&str, &str)] = &[
    ("nextval: reached", "2200H"),
    ("division by zero", "22012"),
    ("value too long for type", "22001"),
    ("Out of Range Error", "22003"),
    ("more digits than DuckDB computes", "22003"),
    ("invalid input syntax", "22P02"),
    ("Conversion Error", "22P02"),
    ("More than one row returned by a subquery", "21000"),
    ("cannot affect row a second time", "21000"),
    ("NOT NULL constraint failed", "23502"),
    ("CHECK constraint failed", "23514"),
    ("Violates foreign key constraint", "23503"),
    ("Duplicate key", "23505"),
    ("attached in read-only mode", "25006"),
    ("No space left on device", "53100"),
    ("Out of Memory Error", "53200"),
];

/// True for its words of a number beyond 38 digits, which name its own types.
fn is_too_long(said: &str) -> bool {
    let computed = ["of INT128 (", "of DECIMAL(38) (", "HUGEINT multiplication"];
    let converted = ["Could not cast value", "Casting value"];
    let any = |words: &[&str]| words.iter().any(|words| said.contains(words));
    any(&computed) || any(&converted) && said.contains(" DECIMAL(38,")
}

fn backend(message: &str, sql: &str) -> Error {
    if message.starts_with("INTERRUPT Error") {
        return Error::Cancelled;
    }
    let (said, place) = message.split_once("\n\nLINE ").unwrap_or((message, ""));
    // A piece of advice may follow about settings that are not RQL's.
    let said = said.split("\n\nUse \"SET ").next().unwrap_or(said).trim();
    let said = match is_too_long(said) {
        true => "the result needs more digits than DuckDB computes",
        false => said,
    };
    let known = SQLSTATES.iter().find(|(words, _)| said.contains(words));
    let (said, hint) = match misspelt(said) {
        Some((said, hint)) => (said, Some(hint)),
        None => (said.to_owned(), None),
    };
    Error::Backend(BackendError {
        message: said,
        hint,
        sqlstate: known.map(|(_, code)| (*code).to_owned()),
        position: position(place, sql),
        ..BackendError::default()
    })
}

/// DuckDB lists all options of a function where one is misspelt; the nearest is what is wanted.
fn misspelt(said: &str) -> Option<(String, String)> {
    let rest = said.strip_prefix("Binder Error: Invalid named parameter \"")?;
    let (option, rest) = rest.split_once("\" for function ")?;
    let (function, list) = rest.split_once('\n')?;
    let all: Vec<&str> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let hint = match rql_diagnostics::did_you_mean(option, all.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("{function} has {}", all.join(", ")),
    };
    Some((format!("{function} has no option {option}"), hint))
}

/// Where a caret under a line of the statement points: `2: FROM t\n        ^`.
fn position(place: &str, sql: &str) -> Option<u32> {
    let mut lines = place.lines();
    let (number, text) = lines.next()?.split_once(": ")?;
    let caret = lines.next()?.find('^')?;
    // "LINE " stands before the number.
    let column = caret.checked_sub("LINE ".len() + number.len() + ": ".len())?;
    let line = number.parse::<usize>().ok()?.checked_sub(1)?;
    let (start, whole) = sql
        .split_inclusive('\n')
        .scan(0, |start, line| {
            let at = *start;
            *start += line.len();
            Some((at, line))
        })
        .nth(line)?;
    // A long line is shown in part.
    let (shown, skipped) = match text.strip_prefix("...") {
        Some(rest) => (rest, 3),
        None => (text, 0),
    };
    let within = whole.find(shown.trim_end_matches("..."))?;
    u32::try_from(start + within + column.checked_sub(skipped)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{changes, misspelt, position};

    #[test]
    fn what_answers_with_rows() {
        assert!(!changes("SELECT 1"));
        assert!(!changes("WITH a AS (SELECT 1) SELECT * FROM a"));
        assert!(changes(
            "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a"
        ));
        assert!(!changes("INSERT INTO t VALUES (1) RETURNING id"));
        assert!(changes("CREATE TABLE t (a INTEGER)"));
        assert!(changes(
            "UPDATE t SET \"returning\" = 'a returning customer' -- returning"
        ));
    }

    #[test]
    fn the_nearest_option_is_named() {
        let said = |option: &str| {
            let before = format!("Binder Error: Invalid named parameter \"{option}\" for function");
            misspelt(&format!(
                "{before} read_csv\nCandidates:\n    delim VARCHAR\n    header BOOLEAN"
            ))
        };
        assert_eq!(
            said("delm"),
            Some((
                "read_csv has no option delm".to_owned(),
                "did you mean delim?".to_owned()
            ))
        );
        let other = said("nothing").map(|told| told.1);
        assert_eq!(other.as_deref(), Some("read_csv has delim, header"));
        assert_eq!(misspelt("Binder Error: no such column"), None);
    }

    #[test]
    fn carets_point_into_the_text() {
        assert_eq!(
            position("1: SELECT x\n               ^", "SELECT x"),
            Some(7)
        );
        assert_eq!(
            position("2: FROM t\n             ^", "SELECT 1\nFROM t"),
            Some(14)
        );
        assert_eq!(position("", "SELECT x"), None);
    }
}
