//! Forms that are being designed: what a screen asks of its session.

use super::{Loaded, read_forms};
use crate::WholeFile;
use crate::config::limits::{Access, Limits};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::source::Source;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use rql_forms::Form;
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

    /// Writes a form to a file, whole or not at all, where files may be written: as FDL2 where its ending is `toml`, else
    /// as a FORM statement. What a file of this form, which had the name `was`, holds besides stays as it is there.
    ///
    /// # Errors
    /// Where it may not be written, or cannot.
    pub fn save_form(&mut self, path: &Path, form: &Form, was: &str) -> Result<(), Failure> {
        let span = Span::default();
        let path = Limits(self.settings()).file_at(path, Access::Write, span)?;
        let toml = path.extension().is_some_and(|ending| ending == "toml");
        let here = std::fs::read_to_string(&path).unwrap_or_default();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy());
        let stem = stem.unwrap_or_default();
        let text = self.against(span, |env| {
            let fill = |form: &mut Form| {
                rql_forms::for_table(form, env);
                form.actions.retain(|action| !action.of_table);
            };
            match toml {
                true => rql_forms::into_toml(form, &here, (&stem, was), &fill),
                false => rql_forms::into_script(form, &here, was, &fill),
            }
        })?;
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
