//! What has run, a line of JSON for each statement, at the end of a file that only its owner may read.

use crate::Timestamp;
use crate::config::secrets::redacted;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use rql_ast::{Ast, Id, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The file.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) path: PathBuf,
    file: File,
}

/// A statement that has run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ran<'a> {
    /// The name of the connection.
    pub(crate) connection: &'a str,
    /// Where that leads, without a secret.
    pub(crate) place: &'a str,
    pub(crate) backend: &'a str,
    /// `name:line:column` of its beginning.
    pub(crate) source: &'a str,
    pub(crate) statement: &'a str,
    pub(crate) took: Duration,
    /// Given or changed, where it does either.
    pub(crate) rows: Option<u64>,
    /// The code of its error.
    pub(crate) error: Option<&'a str>,
    /// The database's code for it.
    pub(crate) sqlstate: Option<&'a str>,
}

impl Log {
    /// Opens the file, which is made where there is none.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        Ok(Self {
            path: path.to_owned(),
            file: options.open(path)?,
        })
    }

    /// Adds a line, as a whole: other sessions may write there too.
    pub(crate) fn add(&mut self, ran: Ran<'_>) -> io::Result<()> {
        let line = json!({
            "at": now(),
            "connection": ran.connection,
            "place": ran.place,
            "backend": ran.backend,
            "source": ran.source,
            "statement": redacted(ran.statement),
            "milliseconds": (ran.took.as_secs_f64() * 1e6).round() / 1e3,
            "rows": ran.rows,
            "error": ran.error,
            "sqlstate": ran.sqlstate,
        });
        self.file.write_all(format!("{line}\n").as_bytes())
    }
}

/// The time, in UTC (RFC 3339).
fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    let now = Timestamp(i64::try_from(micros).unwrap_or(i64::MAX)).to_string();
    format!("{}Z", now.replacen(' ', "T", 1))
}

impl Session {
    /// Runs a statement, and writes down how that went.
    pub(crate) fn run(&mut self, ast: &Ast, id: Id<Stmt>, out: &mut Output) -> Result<(), Failure> {
        let kind = ast[id].kind;
        if self.log.is_none() || holds_statements(kind) {
            return self.run_unlogged(ast, id, out);
        }
        let before = out.counted.take();
        self.logged(ast, id, |session| {
            let done = session.run_unlogged(ast, id, out);
            let rows = out.counted;
            out.counted = before.map_or(rows, |before| Some(before + rows.unwrap_or(0)));
            (done, rows)
        })
    }

    /// Runs a statement by `run`, which also says how many rows it gave or changed, and writes down how that went.
    pub(crate) fn logged<T>(
        &mut self,
        ast: &Ast,
        id: Id<Stmt>,
        run: impl FnOnce(&mut Self) -> (Result<T, Failure>, Option<u64>),
    ) -> Result<T, Failure> {
        if self.log.is_none() {
            return run(self).0;
        }
        let start = Instant::now();
        // Where it runs; it may itself go elsewhere.
        let (name, place) = (self.name.clone(), self.target.to_string());
        let backend = self.connection.dialect().name();
        let (done, rows) = run(self);
        let (error, sqlstate) = done.as_ref().err().map_or((None, None), Failure::codes);
        let span = ast[id].span;
        let source = self
            .sources
            .last()
            .map(|running| running.source.place(span));
        let ran = Ran {
            connection: &name,
            place: &place,
            backend,
            source: source.as_deref().unwrap_or(""),
            statement: ast.text(span),
            took: start.elapsed(),
            rows,
            error: error.as_deref(),
            sqlstate: sqlstate.as_deref(),
        };
        let Some(log) = &mut self.log else {
            return done;
        };
        if let Err(error) = log.add(ran) {
            let message = format!("cannot write the log {}: {error}", log.path.display());
            let error = Diagnostic::error(codes::FILE_ERROR, message);
            return Err(error
                .label(span, "this has run, and nobody will know")
                .into());
        }
        done
    }
}

/// True for what runs other statements, each of which is written down.
fn holds_statements(kind: StmtKind) -> bool {
    use StmtKind as S;
    matches!(kind, S::If(_) | S::For(_) | S::Template(_) | S::Include(_))
}
