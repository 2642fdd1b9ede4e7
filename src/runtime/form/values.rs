//! What the fields of a form hold, and whether it is of their types.

use crate::Value;
use crate::arguments;
use crate::failure::Failure;
use crate::session::{Session, Variable};
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

    fn fit(&mut self, field: &Field) -> Result<(), String> {
        debug_assert!(self.form.field(&field.name.text).is_some());
        let Some(held) = self.session.variables.get_mut(&field.name.text) else {
            return Ok(());
        };
        if held.value == Value::Null || field.ty == Type::Unknown {
            return Ok(());
        }
        let text = held.value.as_ref().to_string();
        let refused = || format!("be {}, not {text}", named(field.ty));
        let value = arguments::read(&text, field.ty).ok_or_else(refused)?;
        check_size(&value, field.ty)?;
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

/// A type as people say it.
fn named(ty: Type) -> String {
    match ty {
        Type::Boolean => "true or false".into(),
        Type::Date => "a date like 2024-01-31".into(),
        Type::Time => "a time like 14:30".into(),
        Type::Timestamp | Type::TimestampTz => "a date and time like 2024-01-31 14:30:00".into(),
        ty if ty.is_integer() => "a whole number".into(),
        ty if ty.is_number() => "a number".into(),
        ty => format!("of type {ty}"),
    }
}

/// Whether a value has the size that its type says.
fn check_size(value: &Value, ty: Type) -> Result<(), String> {
    let fits = match (value, ty) {
        (Value::Integer(value), Type::SmallInt) => i16::try_from(*value).is_ok(),
        (Value::Integer(value), Type::Integer) => i32::try_from(*value).is_ok(),
        (Value::Text(text), Type::Varchar(most) | Type::Char(most)) => {
            text.chars().count() <= most as usize
        }
        (Value::Decimal(value), Type::Decimal { precision, scale }) => {
            let scale = scale.unwrap_or(value.scale());
            let rounded = value.rescale(scale);
            let exact = rounded.is_some_and(|r| r.rescale(value.scale()) == Some(*value));
            let digits = rounded.map_or(0, |r| r.units().unsigned_abs().to_string().len());
            exact && precision.is_none_or(|most| digits <= usize::from(most))
        }
        _ => true,
    };
    match (fits, ty) {
        (true, _) => Ok(()),
        (_, Type::Varchar(most) | Type::Char(most)) => {
            Err(format!("have at most {most} characters"))
        }
        (_, ty) => Err(format!("fit {ty}, not {}", value.as_ref())),
    }
}
