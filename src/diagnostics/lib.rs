//! Diagnostics of RQL.
//!
//! Knows: spans. Must never know: which stage speaks, a tree, a catalog, a terminal's size.
//!
//! Shape: every stage reports [`Diagnostic`]s: a [`Code`], a message, labels on spans of the source,
//! notes, help and suggestions that a program can apply. All codes stand in one table ([`codes`])
//! with their long explanations. With the feature `render` they are drawn for a terminal.
#![deny(missing_docs)]

pub mod codes;
mod json;
mod position;
#[cfg(feature = "render")]
mod render;
mod suggest;

pub use codes::{Code, explain};
pub use json::to_json;
pub use position::{LineIndex, Position};
#[cfg(feature = "render")]
pub use render::{RenderOptions, render};
pub use rql_lexer::Span;
pub use suggest::{did_you_mean, named_alike};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The statement cannot run.
    Error,
    /// The statement runs, perhaps not as meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where, with what is wrong there; the first is the primary one.
    pub labels: Vec<Label>,
    /// Facts that help to understand it.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// Changes that would mend it.
    pub suggestions: Vec<Suggestion>,
}

/// A remark on a piece of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The piece.
    pub span: Span,
    /// The remark.
    pub text: String,
}

/// A change that a program can apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it does.
    pub message: String,
    /// The edits, none overlapping another.
    pub edits: Vec<Edit>,
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty where text is inserted.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            suggestions: Vec::new(),
        }
    }

    /// Adds a label; the first one is the primary one.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds a change of one place that would mend it.
    #[must_use]
    pub fn suggest(
        mut self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        let edits = vec![Edit {
            span,
            replacement: replacement.into(),
        }];
        self.suggestions.push(Suggestion {
            message: message.into(),
            edits,
        });
        self
    }

    /// Where it points first.
    #[must_use]
    pub fn primary_span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}
