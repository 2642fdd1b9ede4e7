//! Connection strings: the one place that reads them.

use crate::Error;
use core::fmt;
use std::path::{Path, PathBuf};

/// What a connection string names.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// An empty SQLite database in memory.
    SqliteMemory,
    /// The demo database, in memory.
    Demo,
    /// A DuckDB file.
    Duckdb(PathBuf),
    /// An empty DuckDB database in memory.
    DuckdbMemory,
    /// A CSV, Parquet or JSON file, which DuckDB reads as a table of the file's name.
    DataFile(PathBuf),
    /// A PostgreSQL server; the URL may hold a password.
    Postgres(String),
    /// A MySQL or MariaDB server, which says itself which it is; the URL may hold a password.
    Mysql(String),
}

impl Target {
    /// Reads `sqlite:file`, `sqlite::memory:`, `duckdb:file`, `duckdb::memory:`, `demo`, `postgres://…`,
    /// `mysql://…`, `mariadb://…`, or the name of a file.
    ///
    /// # Errors
    /// Where the scheme is none that this build knows.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (scheme, rest) = match text.split_once(':') {
            // One letter is a drive, not a scheme.
            Some((scheme, rest)) if scheme.len() > 1 && is_scheme(scheme) => (scheme, rest),
            _ => ("", text),
        };
        match scheme {
            "" if text == "demo" => Ok(Self::Demo),
            "" if text.is_empty() => {
                Err(Error::Connect("the name of the database is empty".into()))
            }
            "" => Ok(by_ending(text.into())),
            "sqlite" => Ok(match rest.strip_prefix("//").unwrap_or(rest) {
                ":memory:" | "" => Self::SqliteMemory,
                file => Self::Sqlite(file.into()),
            }),
            "duckdb" => Ok(match rest.strip_prefix("//").unwrap_or(rest) {
                ":memory:" | "" => Self::DuckdbMemory,
                file => Self::Duckdb(file.into()),
            }),
            "postgres" | "postgresql" => Ok(Self::Postgres(text.into())),
            "mysql" | "mariadb" => Ok(Self::Mysql(text.into())),
            other => Err(Error::Connect(format!(
                "no backend is named {other}; known are sqlite:FILE, sqlite::memory:, duckdb:FILE, duckdb::memory:, postgres://…, mysql://… and mariadb://…"
            ))),
        }
    }
}

impl Target {
    /// The file of a database, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(file) | Self::Duckdb(file) => Some(file),
            _ => None,
        }
    }

    /// The backend, as far as the name says.
    pub(crate) fn backend(&self) -> &'static str {
        match self {
            Self::Sqlite(_) | Self::SqliteMemory | Self::Demo => "sqlite",
            Self::Duckdb(_) | Self::DuckdbMemory | Self::DataFile(_) => "duckdb",
            Self::Postgres(_) => "postgresql",
            Self::Mysql(url) if url.starts_with("mysql") => "mysql",
            Self::Mysql(_) => "mariadb",
        }
    }

    /// The same, with the name of a file read from a folder on.
    pub(crate) fn within(self, folder: Option<&Path>) -> Self {
        let from = |file: PathBuf| match file.to_str() {
            Some(name) => crate::config::settings::from(folder, name),
            None => file,
        };
        match self {
            Self::Sqlite(file) => Self::Sqlite(from(file)),
            Self::Duckdb(file) => Self::Duckdb(from(file)),
            Self::DataFile(file) => Self::DataFile(from(file)),
            other => other,
        }
    }
}

/// What a file is by the ending of its name; SQLite's where that says nothing.
fn by_ending(file: PathBuf) -> Target {
    let ending = file.extension().and_then(|ending| ending.to_str());
    match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
        "duckdb" | "ddb" => Target::Duckdb(file),
        ending if rql_ast::FileSource::is_ending(ending) => Target::DataFile(file),
        _ => Target::Sqlite(file),
    }
}

fn is_scheme(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+')
}

/// As it may be shown: never with a password.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) | Self::Duckdb(path) | Self::DataFile(path) => {
                write!(f, "{}", path.display())
            }
            Self::SqliteMemory | Self::DuckdbMemory => f.write_str("memory"),
            Self::Demo => f.write_str("demo"),
            Self::Postgres(url) | Self::Mysql(url) => f.write_str(&without_secrets(url)),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self})")
    }
}

/// `scheme://user@host/database`: the password and the query, which may hold one, are left out.
fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.split(':').next().unwrap_or("server").into();
    };
    let rest = rest.split('?').next().unwrap_or("");
    // The last @ ends the user's part, for a password may hold one.
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let user = user.split(':').next().unwrap_or("");
    let at = if user.is_empty() { "" } else { "@" };
    format!("{scheme}://{user}{at}{place}")
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn strings_name_their_backend() {
        let read = |text: &str| Target::parse(text).ok();
        assert_eq!(read("sqlite::memory:"), Some(Target::SqliteMemory));
        assert_eq!(read("sqlite:a b.db"), Some(Target::Sqlite("a b.db".into())));
        assert_eq!(
            read("dir/a.sqlite"),
            Some(Target::Sqlite("dir/a.sqlite".into()))
        );
        assert_eq!(
            read(r"C:\data\a.db"),
            Some(Target::Sqlite(r"C:\data\a.db".into()))
        );
        assert_eq!(read("demo"), Some(Target::Demo));
        assert!(matches!(
            read("postgres://localhost/x"),
            Some(Target::Postgres(_))
        ));
        assert!(matches!(
            read("mysql://localhost/x"),
            Some(Target::Mysql(_))
        ));
        assert!(matches!(
            read("mariadb://localhost/x"),
            Some(Target::Mysql(_))
        ));
        assert_eq!(read("oracle://x"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn passwords_are_never_shown() {
        for url in [
            "postgres://ann:s3cret@host:5432/db",
            "postgres://ann:s3c@ret@host/db?password=s3cret",
            "postgresql://host/db?password=s3cret",
            "postgres:host=a password=s3cret",
            "mysql://ann:s3cret@host:3306/db?ssl=s3cret",
            "mariadb://ann:s3c@ret@host/db",
            "mariadb:s3cret",
        ] {
            let target = Target::parse(url).map_err(|error| error.to_string());
            let shown = format!(
                "{target:?} {}",
                target.as_ref().map_or(String::new(), ToString::to_string)
            );
            assert!(!shown.contains("s3c") && !shown.contains("ret@"), "{shown}");
        }
        let target = Target::parse("postgres://ann:x@host:5432/db").map(|t| t.to_string());
        assert_eq!(target.ok().as_deref(), Some("postgres://ann@host:5432/db"));
    }
}
