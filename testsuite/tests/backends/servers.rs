//! The backends, and a database on each for whoever needs one.

use crate::common;
use noctra_runtime::{Session, Target};
use noctra_test_servers::{MariaDb, PgBouncer, Postgres};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tempfile::TempDir;

/// A backend that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Duckdb,
    Postgresql,
    Mariadb,
}

/// The servers of this program, and a folder for files.
pub(crate) struct Servers {
    folder: TempDir,
    postgres: Option<Postgres>,
    mariadb: Option<MariaDb>,
    duckdb: bool,
    databases: AtomicUsize,
}

/// Tests that run at the same time share the servers; the last one stops them.
static SHARED: Mutex<Weak<Servers>> = Mutex::new(Weak::new());

pub(crate) fn servers() -> Arc<Servers> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(servers) = shared.upgrade() {
        return servers;
    }
    let servers = Arc::new(Servers::start());
    *shared = Arc::downgrade(&servers);
    servers
}

impl Servers {
    fn start() -> Self {
        let not_run = |name: &str, reason: String| println!("NOT RUN on {name}: {reason}");
        let duckdb = Target::parse("duckdb::memory:").and_then(Session::open);
        let (postgres, mariadb) = std::thread::scope(|scope| {
            let mariadb = scope.spawn(MariaDb::start);
            let postgres = Postgres::start();
            (
                postgres,
                mariadb.join().unwrap_or_else(|_| Err("it panicked".into())),
            )
        });
        Self {
            folder: tempfile::tempdir().unwrap_or_else(|error| panic!("{error}")),
            duckdb: duckdb
                .map_err(|error| not_run("DuckDB", error.to_string()))
                .is_ok(),
            postgres: postgres.map_err(|error| not_run("PostgreSQL", error)).ok(),
            mariadb: mariadb.map_err(|error| not_run("MariaDB", error)).ok(),
            databases: AtomicUsize::new(0),
        }
    }

    /// The backends of this machine.
    pub(crate) fn all(&self) -> Vec<Backend> {
        let duckdb = self.duckdb.then_some(Backend::Duckdb);
        let postgres = self.postgres.as_ref().map(|_| Backend::Postgresql);
        let mariadb = self.mariadb.as_ref().map(|_| Backend::Mariadb);
        let all = [Some(Backend::Sqlite), duckdb, postgres, mariadb];
        all.into_iter().flatten().collect()
    }

    /// The connection string of a new, empty database.
    pub(crate) fn database(&self, backend: Backend) -> String {
        let name = format!("db_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let on_server = |url: String| {
            rows(&mut open(&url), &format!("NATIVE CREATE DATABASE {name}"));
            let (server, _) = url.rsplit_once('/').unwrap_or((&url, ""));
            format!("{server}/{name}")
        };
        match (backend, &self.postgres, &self.mariadb) {
            (Backend::Postgresql, Some(server), _) => on_server(server.url()),
            (Backend::Mariadb, _, Some(server)) => on_server(server.url()),
            (Backend::Duckdb, ..) => format!("duckdb:{}", self.file(&name).display()),
            _ => format!("sqlite:{}", self.file(&name).display()),
        }
    }

    /// A session on a new database.
    pub(crate) fn session(&self, backend: Backend) -> Session {
        open(&self.database(backend))
    }

    /// A pooler before PostgreSQL, and a database behind it.
    pub(crate) fn pooled(&self) -> Option<(PgBouncer, String)> {
        let pooler = PgBouncer::start(self.postgres.as_ref()?);
        let pooler = pooler
            .map_err(|reason| println!("NOT RUN: {reason}"))
            .ok()?;
        let url = self.database(Backend::Postgresql);
        let url = pooler.url(url.rsplit('/').next()?);
        Some((pooler, url))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub(crate) fn open(url: &str) -> Session {
    let opened = Target::parse(url).and_then(Session::open);
    opened.unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Runs what must go well; CSV without a header, NULL as `NULL`.
pub(crate) fn rows(session: &mut Session, text: &str) -> Vec<String> {
    common::run_csv(session, text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// Runs what must fail, for its words.
pub(crate) fn refusal(session: &mut Session, text: &str) -> String {
    match common::run_csv(session, text) {
        Ok(rows) => panic!("{text}\ngave {rows:?}"),
        Err(error) => error,
    }
}
