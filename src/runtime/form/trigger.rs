//! What a form does before and after something: actions that run by themselves.

use super::{Fields, Loaded};
use crate::Value;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use rql_forms::{Action, Body, Event, Field, action_type};

impl Session {
    /// Runs an action of a trigger. A query gives its first row's columns to the fields of their names.
    ///
    /// # Errors
    /// What fails.
    pub fn run_trigger(
        &mut self,
        loaded: &Loaded,
        action: &Action,
        fields: &mut Fields,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let Body::Run(piece) = &action.body else {
            return Ok(());
        };
        if action_type(piece) != "query" {
            return self.run_action(loaded, action, fields, out);
        }
        let rows = self.form_rows(loaded, piece, fields)?;
        let Some(row) = rows.rows.into_iter().next() else {
            return Ok(());
        };
        for (column, value) in rows.columns.iter().zip(row) {
            if loaded.form.field(&column.name).is_some() {
                fields.insert(column.name.clone(), value);
            }
        }
        Ok(())
    }

    /// Runs an action of a form that is bound to a table, with what the form does before and after what that is:
    /// all of it, or nothing.
    pub(super) fn with_triggers(
        &mut self,
        loaded: &Loaded,
        action: &Action,
        out: &mut Output,
        run: impl FnOnce(&mut Self, &mut Output) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let form = &loaded.form;
        // What is called otherwise than the table's own action does something of its own.
        let event = match &action.body {
            Body::Run(piece) if form.table.is_some() => {
                Event::named(action_type(piece)).filter(|event| event.name() == action.name.text)
            }
            _ => None,
        };
        let (Some(event), true) = (event, form.actions.iter().any(Action::is_trigger)) else {
            return run(self, out);
        };
        let all: &[Event] = match event {
            Event::Query => &[Event::Query],
            // The outer one first.
            _ => &[Event::Commit, event],
        };
        self.whole(|session| {
            for &event in all {
                session.fire(loaded, event, true, out)?;
            }
            run(session, out)?;
            for &event in all.iter().rev() {
                session.fire(loaded, event, false, out)?;
            }
            Ok(((), true))
        })
    }

    /// Runs what a form does before or after something.
    fn fire(
        &mut self,
        loaded: &Loaded,
        event: Event,
        before: bool,
        out: &mut Output,
    ) -> Result<(), Failure> {
        for action in loaded.form.at(event, before) {
            self.follow(loaded, action, &|_| false, out)?;
        }
        Ok(())
    }

    /// Runs the action of a trigger where the fields are the session's variables; those that are `fixed` stay.
    pub(super) fn follow(
        &mut self,
        loaded: &Loaded,
        action: &Action,
        fixed: &dyn Fn(&Field) -> bool,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let fields = loaded.form.fields.iter();
        let held = fields.filter_map(|field| {
            let name = &field.name.text;
            Some((name.clone(), self.variables.get(name)?.value.clone()))
        });
        let held: Fields = held.collect();
        let mut fields = held.clone();
        self.run_trigger(loaded, action, &mut fields, out)?;
        for field in loaded.form.fields.iter().filter(|field| !fixed(field)) {
            let value = fields.get(&field.name.text);
            if value != held.get(&field.name.text) {
                self.hold(field, value.cloned().unwrap_or(Value::Null));
            }
        }
        Ok(())
    }
}
