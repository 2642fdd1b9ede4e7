//! What can go wrong while running.

use std::io;

/// An error of a backend, a sink or a connection string.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection string cannot be read, or the database not reached.
    #[error("{0}")]
    Connect(String),
    /// The server wants a password, or another one.
    #[error("{0}")]
    Password(String),
    /// The database refused or failed a statement.
    #[error("{}", .0.message)]
    Backend(BackendError),
    /// A sink could not write.
    #[error("cannot write: {0}")]
    Sink(#[from] io::Error),
    /// The statement was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// What a database says, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackendError {
    /// The message.
    pub message: String,
    /// Its five-character code (SQLSTATE), where the database has them.
    pub sqlstate: Option<String>,
    /// Where in the SQL text, in bytes from its start.
    pub position: Option<u32>,
    /// Further facts.
    pub detail: Option<String>,
    /// The database's advice.
    pub hint: Option<String>,
}

impl Error {
    /// True where the reader of the output has gone away, which is no failure.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Sink(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
