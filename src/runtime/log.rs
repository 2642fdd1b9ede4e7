//! What has run, a line of JSON for each statement, at the end of a file that only its owner may read.

use crate::Timestamp;
use crate::secrets::redacted;
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
