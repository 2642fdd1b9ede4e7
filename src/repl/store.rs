//! What the prompt keeps between sessions: the history and the favourites, in a SQLite file of its own.
//!
//! Several sessions may have it open: each adds what it ran, and sees what was there when it began.

use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A statement that has run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Entry {
    pub(crate) statement: String,
    /// When it began, in milliseconds since 1970.
    pub(crate) began: i64,
    /// On which connection, without secrets.
    pub(crate) connection: String,
    pub(crate) milliseconds: Option<f64>,
    pub(crate) rows: Option<u64>,
    pub(crate) error: Option<String>,
}

/// The file.
#[derive(Debug)]
pub(crate) struct Store(Connection);

/// What the person has chosen, by its name.
const CHOICES: &str =
    "CREATE TABLE IF NOT EXISTS choices (name TEXT PRIMARY KEY, value TEXT NOT NULL);";

/// Entries that are kept in memory; the file keeps more.
const RECENT: u32 = 2_000;
/// Entries that the file keeps.
const KEPT: u32 = 50_000;

const SCHEMA: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS history (
    id INTEGER PRIMARY KEY, statement TEXT NOT NULL, began INTEGER NOT NULL, connection TEXT NOT NULL,
    milliseconds REAL, rows INTEGER, error TEXT);
CREATE TABLE IF NOT EXISTS favourites (name TEXT PRIMARY KEY COLLATE NOCASE, statement TEXT NOT NULL);
";

impl Store {
    /// Opens the file, which is made where there is none; only its owner may read it.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        if let Some(folder) = path.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        own(path);
        let db = Connection::open(path)?;
        db.busy_timeout(Duration::from_secs(2))?;
        let known: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if known == 0 {
            db.execute_batch(SCHEMA)?;
            db.execute_batch(CHOICES)?;
            db.execute_batch("PRAGMA user_version = 2")?;
        } else if known == 1 {
            db.execute_batch(CHOICES)?;
            db.execute_batch("PRAGMA user_version = 2")?;
        }
        Ok(Self(db))
    }

    /// The newest entries, the oldest of them first; of neighbours that are alike the newest.
    pub(crate) fn recent(&self) -> rusqlite::Result<Vec<Entry>> {
        let mut query = self.0.prepare(
            "SELECT statement, began, connection, milliseconds, rows, error FROM history ORDER BY id DESC LIMIT ?1",
        )?;
        let rows = query.query_map([RECENT], |row| {
            Ok(Entry {
                statement: row.get(0)?,
                began: row.get(1)?,
                connection: row.get(2)?,
                milliseconds: row.get(3)?,
                rows: row
                    .get::<_, Option<i64>>(4)?
                    .and_then(|rows| u64::try_from(rows).ok()),
                error: row.get(5)?,
            })
        })?;
        let mut all = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        all.dedup_by(|next, kept| next.statement == kept.statement);
        all.reverse();
        Ok(all)
    }

    pub(crate) fn add(&self, entry: &Entry) -> rusqlite::Result<()> {
        let rows = entry.rows.and_then(|rows| i64::try_from(rows).ok());
        self.0.execute(
            "INSERT INTO history (statement, began, connection, milliseconds, rows, error)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                entry.statement,
                entry.began,
                entry.connection,
                entry.milliseconds,
                rows,
                entry.error
            ],
        )?;
        let last = self.0.last_insert_rowid();
        // Now and then is enough.
        if last % 1_000 == 0 {
            self.0.execute(
                "DELETE FROM history WHERE id <= ?1 - ?2",
                params![last, KEPT],
            )?;
        }
        Ok(())
    }

    /// What the person has chosen in an earlier session.
    pub(crate) fn choice(&self, name: &str) -> Option<String> {
        let sql = "SELECT value FROM choices WHERE name = ?1";
        self.0.query_row(sql, [name], |row| row.get(0)).ok()
    }

    pub(crate) fn choose(&self, name: &str, value: &str) -> rusqlite::Result<()> {
        let sql =
            "INSERT INTO choices VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value";
        self.0.execute(sql, [name, value]).map(|_| ())
    }

    pub(crate) fn favourites(&self) -> rusqlite::Result<Vec<(String, String)>> {
        let mut query = self
            .0
            .prepare("SELECT name, statement FROM favourites ORDER BY name")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }

    pub(crate) fn favourite(&self, name: &str) -> rusqlite::Result<Option<String>> {
        let sql = "SELECT statement FROM favourites WHERE name = ?1";
        self.0.query_row(sql, [name], |row| row.get(0)).optional()
    }

    pub(crate) fn keep_favourite(&self, name: &str, statement: &str) -> rusqlite::Result<()> {
        let sql = "INSERT INTO favourites VALUES (?1, ?2) ON CONFLICT DO UPDATE SET statement = excluded.statement";
        self.0.execute(sql, [name, statement]).map(|_| ())
    }

    /// True where there was one.
    pub(crate) fn drop_favourite(&self, name: &str) -> rusqlite::Result<bool> {
        let count = self
            .0
            .execute("DELETE FROM favourites WHERE name = ?1", [name])?;
        Ok(count > 0)
    }
}

/// Makes the file its owner's own before anything stands in it.
fn own(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut options = std::fs::OpenOptions::new();
        let _ = options.create_new(true).write(true).mode(0o600).open(path);
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Milliseconds since 1970.
/// The time, in milliseconds since 1970.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::{Entry, Store};

    #[test]
    fn two_sessions_write_to_one_history() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("noctra/history.sqlite");
        let (one, other) = (
            Store::open(&path).expect("opens"),
            Store::open(&path).expect("opens"),
        );
        let entry = |statement: &str| Entry {
            statement: statement.into(),
            rows: Some(3),
            milliseconds: Some(1.5),
            ..Entry::default()
        };
        one.add(&entry("SELECT 1;")).expect("written");
        other.add(&entry("SELECT 2;")).expect("written");
        one.add(&entry("SELECT 2;")).expect("written");
        let all = other.recent().expect("read");
        let texts: Vec<&str> = all.iter().map(|entry| entry.statement.as_str()).collect();
        assert_eq!(texts, ["SELECT 1;", "SELECT 2;"]);
        assert_eq!((all[0].rows, all[0].milliseconds), (Some(3), Some(1.5)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path)
                .expect("a file")
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0);
        }
    }

    #[test]
    fn favourites_are_kept_replaced_and_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("s")).expect("opens");
        store.keep_favourite("top", "SELECT 1;").expect("written");
        store.keep_favourite("TOP", "SELECT 2;").expect("written");
        assert_eq!(
            store.favourite("Top").expect("read").as_deref(),
            Some("SELECT 2;")
        );
        assert_eq!(store.favourites().expect("read").len(), 1);
        assert!(store.drop_favourite("top").expect("written"));
        assert!(!store.drop_favourite("top").expect("written"));
    }
}
