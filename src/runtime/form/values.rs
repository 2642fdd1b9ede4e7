//! What the fields of a form hold, and whether it is of their types.

use crate::Value;
use crate::failure::Failure;
use crate::session::{Session, Variable};
use crate::value::fit::fit;
use rql::Type;
use rql_forms::{Field, Form, Piece, Values};

/// The fields' values while they are judged: variables of a session.
pub(super) struct Held<'a> {
    pub(super) session: &'a mut Session,
    pub(super) form: &'a Form,
}

impl Values for Held<'_> {
    type Error = Failure;

    fn is_null(&self, field: &Field) -> bool {
        let held = self.session.variables.get(&field.name.text);
        held.is_none_or(|held| held.value == Value::Null)
    }

    fn text(&self, field: &Field) -> Option<String> {
        let held = self.session.variables.get(&field.name.text)?;
        (held.value != Value::Null).then(|| held.value.as_ref().to_string())
    }

    fn fit(&mut self, field: &Field) -> Result<(), String> {
        debug_assert!(self.form.field(&field.name.text).is_some());
        let Some(held) = self.session.variables.get_mut(&field.name.text) else {
            return Ok(());
        };
        if held.value == Value::Null || field.ty == Type::Unknown {
            return Ok(());
        }
        let value = fit(&held.value.as_ref().to_string(), field.ty)?;
        *held = Variable { value, typed: true };
        Ok(())
    }

    fn holds(&mut self, text: &str, piece: &Piece) -> Result<Option<bool>, Failure> {
        Ok(match self.session.value(text, piece)? {
            Value::Boolean(holds) => Some(holds),
            _ => None,
        })
    }
}
