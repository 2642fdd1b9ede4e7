//! What can go wrong with records.

use crate::{ReadOnly, Refused};
use noctra_runtime::{Failure, Request, Source};
use rql_diagnostics::{Diagnostic, codes};
use std::fmt;
use std::sync::Arc;

/// Why something could not be done with records.
#[derive(Debug)]
pub enum Error {
    /// There is no table of this name.
    NoTable(String),
    /// The rows cannot be changed.
    ReadOnly(ReadOnly),
    /// A criterion cannot be read.
    Criterion(Refused),
    /// There is no such record any more.
    NoRecord,
    /// A statement failed; its text is the source of what is said.
    Failed(Failure),
}

impl Error {
    /// What the database says without a statement.
    pub(crate) fn database(error: noctra_runtime::Error) -> Self {
        match error {
            noctra_runtime::Error::Cancelled => Self::Failed(Failure::Cancelled),
            error => Self::Failed(Failure::Diagnostics(vec![Diagnostic::error(
                codes::BACKEND_ERROR,
                error.to_string(),
            )])),
        }
    }

    /// What failed in a request.
    pub(crate) fn of(request: &Request, failure: Failure) -> Self {
        Self::Failed(match failure {
            failure @ Failure::Diagnostics(_) => {
                let source = Source::new("statement", request.text.as_str());
                Failure::Elsewhere(Arc::new(source), Box::new(failure))
            }
            other => other,
        })
    }

    /// As what a session fails with.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            other => {
                let code = match other {
                    Self::NoTable(_) => codes::UNKNOWN_TABLE,
                    _ => codes::FORM_INPUT,
                };
                Failure::Diagnostics(vec![Diagnostic::error(code, other.to_string())])
            }
        }
    }
}

/// The first thing that is wrong.
fn first(failure: &Failure) -> String {
    match failure {
        Failure::Diagnostics(all) => all
            .first()
            .map_or_else(|| "it failed".into(), |first| first.message.clone()),
        Failure::Elsewhere(_, inner) => first(inner),
        Failure::Output(error) => format!("cannot write: {error}"),
        Failure::Cancelled => "cancelled".into(),
        Failure::Reported => "it failed".into(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTable(name) => write!(f, "no table {name}"),
            Self::ReadOnly(why) => write!(f, "{why}"),
            Self::Criterion(refused) => write!(f, "{refused}"),
            Self::NoRecord => f.write_str("there is no such record"),
            Self::Failed(failure) => f.write_str(&first(failure)),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Criterion(refused)
    }
}

impl From<ReadOnly> for Error {
    fn from(why: ReadOnly) -> Self {
        Self::ReadOnly(why)
    }
}
