//! A form while somebody works at it: what a screen asks of its session.

use super::Loaded;
use super::values::Held;
use crate::Value;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::sinks::Collect;
use rql_ast::Span;
use rql_forms::{Action, Body, Field, Form, Piece, Problem};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the fields of a form hold, by their names; what is not there is NULL.
pub type Fields = BTreeMap<String, Value>;

impl Loaded {
    /// The form.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }
}

impl Session {
    /// The form of a name, of a table of this name with nothing written, or the first one of a file.
    ///
    /// # Errors
    /// Where there is none, or it is not sound.
    pub fn find_form(&mut self, name: &str) -> Result<Arc<Loaded>, Failure> {
        let found = self.written_form(name)?;
        Ok(self.localized(found))
    }

    /// The same in the language that it is written in.
    ///
    /// # Errors
    /// As [`Session::find_form`].
    pub fn written_form(&mut self, name: &str) -> Result<Arc<Loaded>, Failure> {
        let span = Span::default();
        let is_file = name.ends_with(".toml") || name.ends_with(".rql");
        let known = self
            .forms
            .iter()
            .any(|loaded| loaded.form.name.text == name);
        Ok(match is_file && !known {
            true => Arc::new(self.forms_of(name, span)?.remove(0)),
            false => self.form_named(name, span)?,
        })
    }

    /// The form that a table has with nothing written.
    ///
    /// # Errors
    /// Where there is no such table.
    pub fn find_table_form(&mut self, name: &str) -> Result<Arc<Loaded>, Failure> {
        let found = self.table_form(name, Span::default())?;
        Ok(self.localized(found))
    }

    /// Does something while the fields are what names behind `:` mean; afterwards the session's variables are as
    /// they were.
    pub(super) fn at_form<T>(
        &mut self,
        form: &Form,
        fields: &Fields,
        act: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.variables.clone();
        for field in &form.fields {
            let value = fields.get(&field.name.text).cloned();
            self.hold(field, value.unwrap_or(Value::Null));
        }
        let done = act(self);
        let inside = |name: &str| form.field(name).is_some();
        self.variables.retain(|name, _| !inside(name));
        let outer = before.into_iter().filter(|(name, _)| inside(name));
        self.variables.extend(outer);
        done
    }

    /// The value of an expression over the fields: a default, a computed field.
    ///
    /// # Errors
    /// Where it cannot be computed.
    pub fn form_value(
        &mut self,
        loaded: &Loaded,
        piece: &Piece,
        fields: &Fields,
    ) -> Result<Value, Failure> {
        let done = self.at_form(&loaded.form, fields, |session| {
            session.ask(&loaded.form, piece)
        });
        done.map_err(|failure| failure.elsewhere(Arc::clone(&loaded.source)))
    }

    /// The rows of a query over the fields: a list of values, a view.
    ///
    /// # Errors
    /// Where it cannot be asked.
    pub fn form_rows(
        &mut self,
        loaded: &Loaded,
        query: &Piece,
        fields: &Fields,
    ) -> Result<Collect, Failure> {
        let done = self.at_form(&loaded.form, fields, |session| {
            session.rows(query, &query.within("", ""))
        });
        done.map_err(|failure| failure.elsewhere(Arc::clone(&loaded.source)))
    }

    /// Judges the values of some fields; what fits its field's type is of that type afterwards. `needed` are those
    /// whose value is required, if the form says so.
    ///
    /// # Errors
    /// Where a rule cannot be asked.
    pub fn judge(
        &mut self,
        loaded: &Loaded,
        fields: &mut Fields,
        judged: &dyn Fn(&Field) -> bool,
        needed: &dyn Fn(&Field) -> bool,
    ) -> Result<Vec<Problem>, Failure> {
        let form = &loaded.form;
        let (problems, settled) = self.at_form(form, fields, |session| {
            let mut held = Held { session, form };
            let problems = rql_forms::validate(form, judged, needed, &mut held);
            let settled: Fields = fields
                .keys()
                .filter_map(|name| {
                    let variable = held.session.variables.get(name)?;
                    Some((name.clone(), variable.value.clone()))
                })
                .collect();
            (problems, settled)
        });
        *fields = settled;
        problems.map_err(|failure| failure.elsewhere(Arc::clone(&loaded.source)))
    }

    /// The fields that an action needs whatever is left out of its templates.
    ///
    /// # Errors
    /// Where the database cannot be asked what it holds.
    pub fn needs(&mut self, loaded: &Loaded, action: &Action) -> Result<Vec<String>, Failure> {
        let form = &loaded.form;
        let used = self.against(Span::default(), |env| rql_forms::used(form, action, env))?;
        let alias = |name: String| {
            let mut params = action.params.iter();
            let found = params.find(|(param, _)| param.text == name);
            found.map_or(name, |(_, field)| field.text.clone())
        };
        let needed = used.into_iter().filter(|(.., needed)| *needed);
        Ok(needed.map(|(name, ..)| alias(name)).collect())
    }

    /// Runs the statements of an action; its rows go to `out`.
    ///
    /// # Errors
    /// What fails, with what the action says of a failure.
    pub fn run_action(
        &mut self,
        loaded: &Loaded,
        action: &Action,
        fields: &Fields,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let Body::Run(piece) = &action.body else {
            return Ok(());
        };
        self.at_form(&loaded.form, fields, |session| {
            session.perform(loaded, action, piece, out)
        })
    }
}
