//! Forms that are being designed: what a screen asks of its session.

use super::{Loaded, read_forms};
use crate::WholeFile;
use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::source::Source;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

impl Session {
    /// The form of a FORM statement, to be opened and not to be kept.
    ///
    /// # Errors
    /// Where it is not sound.
    pub fn try_form(&mut self, text: &str) -> Result<Arc<Loaded>, Failure> {
        let source = Arc::new(Source::new("form", text));
        let Some((form, wrong)) = read_forms(&source).into_iter().next() else {
            return Err(Diagnostic::error(codes::FORM, "this is no form").into());
        };
        let form = self.checked(form, wrong, Span::default());
        let form = form.map_err(|failure| failure.elsewhere(Arc::clone(&source)))?;
        Ok(Arc::new(Loaded { form, source }))
    }

    /// Writes a text to a file, whole or not at all, where files may be written.
    ///
    /// # Errors
    /// Where it may not be written, or cannot.
    pub fn write_file(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        let path = Limits(self.settings()).file_at(path, Access::Write, Span::default())?;
        let written = WholeFile::create(&path).and_then(|file| {
            let mut out = file.writer()?;
            out.write_all(text.as_bytes())?;
            drop(out);
            file.keep()
        });
        written.map_err(|error| {
            let message = format!("cannot write {}: {error}", path.display());
            Diagnostic::error(codes::FILE_ERROR, message).into()
        })
    }
}
