//! Why a statement did not run, with its place in the source.

use crate::{BackendError, Error, Source};
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use std::io;
use std::sync::Arc;

/// Why a text did not run to its end.
#[derive(Debug)]
pub enum Failure {
    /// What was wrong, in the order of the text.
    Diagnostics(Vec<Diagnostic>),
    /// The output cannot be written.
    Output(io::Error),
    /// It was cancelled.
    Cancelled,
    /// Something failed in a text that this one includes.
    Elsewhere(Arc<Source>, Box<Failure>),
    /// Statements have failed and been reported, and the text has run to its end.
    Reported,
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Diagnostics(vec![diagnostic])
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// An error that a piece of the source has led to.
    pub(crate) fn at(error: Error, span: Span) -> Self {
        match error {
            Error::Connect(message) | Error::Password(message) => {
                Diagnostic::error(codes::CONNECTION_ERROR, message)
                    .label(span, "here")
                    .into()
            }
            Error::Backend(error) => backend(&error, &[span]).into(),
            Error::Sink(error) => Self::Output(error),
            Error::Cancelled => Self::Cancelled,
        }
    }

    /// The same about a text of the session's own: its place is that of the statement that it serves.
    pub(crate) fn moved_to(mut self, span: Span) -> Self {
        if let Self::Diagnostics(all) = &mut self {
            for diagnostic in all {
                diagnostic.suggestions.clear();
                for label in &mut diagnostic.labels {
                    label.span = span;
                }
            }
        }
        self
    }

    /// True where nothing runs behind it; with `stop` nothing runs behind any error.
    #[must_use]
    pub fn ends_everything(&self, stop: bool) -> bool {
        match self {
            Self::Output(_) | Self::Cancelled => true,
            Self::Elsewhere(_, inner) => inner.ends_everything(stop),
            Self::Diagnostics(_) => stop,
            Self::Reported => false,
        }
    }

    /// The same, seen from the text that includes `source`.
    pub(crate) fn elsewhere(self, source: Arc<Source>) -> Self {
        match self {
            failure @ Self::Diagnostics(_) => Self::Elsewhere(source, Box::new(failure)),
            other => other,
        }
    }

    /// The code of the first thing that was wrong, and the database's for it.
    pub(crate) fn codes(&self) -> (Option<String>, Option<String>) {
        let word = |word: &str| (Some(word.to_owned()), None);
        match self {
            Self::Diagnostics(all) => {
                let first = all.first();
                let notes = first.into_iter().flat_map(|diagnostic| &diagnostic.notes);
                let state = notes
                    .filter_map(|note| note.strip_prefix("SQLSTATE "))
                    .next();
                let code = first.map(|diagnostic| diagnostic.code.to_string());
                (code, state.map(str::to_owned))
            }
            Self::Output(_) => word("output"),
            Self::Cancelled => word("cancelled"),
            Self::Elsewhere(_, inner) => inner.codes(),
            Self::Reported => (None, None),
        }
    }

    /// True where the reader of the output has gone away, which is no failure.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// What PostgreSQL reports with a code, and our functions on SQLite in the same words.
pub(crate) fn is_division_by_zero(error: &BackendError) -> bool {
    error.sqlstate.as_deref() == Some("22012") || error.message.ends_with("division by zero")
}

/// A backend's words about places in the source; where there are several, one of them is meant.
pub(crate) fn backend(error: &BackendError, spans: &[Span]) -> Diagnostic {
    let division =
        error.sqlstate.as_deref() == Some("22012") || error.message.ends_with("division by zero");
    let code = if division {
        codes::DIVISION_BY_ZERO
    } else {
        codes::BACKEND_ERROR
    };
    let mut diagnostic = Diagnostic::error(code, error.message.clone());
    let label = match (division, spans.len()) {
        (true, 1) => "the divisor is zero for some row",
        (true, _) => "perhaps this divisor is zero for some row",
        (false, 1) => "the database refused this",
        (false, _) => "perhaps here",
    };
    for &span in spans {
        diagnostic = diagnostic.label(span, label);
    }
    if let Some(detail) = &error.detail {
        diagnostic = diagnostic.note(detail.clone());
    }
    if let Some(sqlstate) = &error.sqlstate {
        diagnostic = diagnostic.note(format!("SQLSTATE {sqlstate}"));
    }
    match (&error.hint, division) {
        (Some(hint), _) => diagnostic.help(hint.clone()),
        (None, true) => diagnostic.help("NULLIF(divisor, 0) gives NULL instead"),
        (None, false) => diagnostic,
    }
}
