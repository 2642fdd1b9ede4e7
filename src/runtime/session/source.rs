//! The texts that run, and how one includes another.

use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::transfer::files;
use rql_ast::{Ast, Span};
use rql_diagnostics::{Diagnostic, LineIndex, codes};
use std::path::PathBuf;
use std::sync::Arc;

/// A text that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name by which people know it.
    pub name: String,
    /// What it says.
    pub text: Arc<str>,
    /// Its file; what it includes is sought beside it, otherwise in the working directory.
    pub path: Option<PathBuf>,
}

impl Source {
    /// A text that comes from no file.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            path: None,
        }
    }

    /// `name:line:column`.
    pub(crate) fn place(&self, span: Span) -> String {
        let at = LineIndex::new(&self.text).position(span.start);
        format!("{}:{}:{}", self.name, at.line, at.column)
    }
}

/// A text that runs now, and the INCLUDE in it that does.
pub(crate) struct Running {
    pub(crate) source: Arc<Source>,
    including: Option<Span>,
}

impl Session {
    /// Runs a text of any number of statements, up to the first that fails; where `on_error` is
    /// `continue`, to its end.
    ///
    /// # Errors
    /// What failed, with places in `source`.
    pub fn run_source(&mut self, source: &Arc<Source>, out: &mut Output) -> Result<(), Failure> {
        self.within(source, |session| session.run_statements(source, out))
    }

    /// Does something while a text is the one that runs.
    pub(crate) fn within<T>(
        &mut self,
        source: &Arc<Source>,
        act: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.sources.push(Running {
            source: Arc::clone(source),
            including: None,
        });
        let done = act(self);
        self.sources.pop();
        done
    }

    /// Runs a text that comes from no file; see [`Session::run_source`].
    ///
    /// # Errors
    /// What failed, with places in `text`.
    pub fn run_text(&mut self, text: &str, out: &mut Output) -> Result<(), Failure> {
        self.run_source(&Arc::new(Source::new("input", text)), out)
    }

    /// `INCLUDE 'f.rql'`: runs the statements of a file in the place of this one.
    pub(crate) fn include(
        &mut self,
        ast: &Ast,
        file: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let wanted = ast.string(file);
        let refused =
            |message| Diagnostic::error(codes::FILE_ERROR, message).label(file, "this file");
        let here = self
            .sources
            .last()
            .map(|running| Arc::clone(&running.source));
        let path = files::beside(here.as_deref(), &wanted);
        let path = Limits(&self.settings).file_at(&path, Access::Read, file)?;
        let source =
            files::read(&path).map_err(|why| refused(format!("cannot include {wanted}: {why}")))?;
        let open = || self.sources.iter().map(|running| &*running.source);
        if let Some(first) = open().position(|open| open.path == source.path) {
            let names = open().skip(first).map(|open| open.name.as_str());
            let trail: Vec<&str> = names.chain([source.name.as_str()]).collect();
            let error = refused(format!("{wanted} would include itself"));
            return Err(error.note(trail.join(" → ")).into());
        }
        if self.sources.len() > MAX_INCLUDES {
            let message = format!("more than {MAX_INCLUDES} files include one another");
            return Err(refused(message).into());
        }
        self.include_in_last(Some(file));
        let source = Arc::new(source);
        let done = self.run_source(&source, out);
        self.include_in_last(None);
        done.map_err(|failure| failure.elsewhere(source))
    }

    /// Says which statement of the innermost text runs another one.
    pub(crate) fn include_in_last(&mut self, file: Option<Span>) {
        if let Some(last) = self.sources.last_mut() {
            last.including = file;
        }
    }

    /// Adds to what failed in the innermost text where that was included.
    pub(crate) fn with_trail(&self, failure: Failure) -> Failure {
        let Failure::Diagnostics(mut all) = failure else {
            return failure;
        };
        let places = self.sources.iter().rev().filter_map(|running| {
            let place = running.source.place(running.including?);
            Some(format!("included at {place}"))
        });
        let places: Vec<String> = places.collect();
        for diagnostic in &mut all {
            diagnostic.notes.extend(places.iter().cloned());
        }
        Failure::Diagnostics(all)
    }
}

/// How many files may include one another.
const MAX_INCLUDES: usize = 100;
