//! The rows of a bound form by example, without a screen.

use super::Loaded;
use crate::Value;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::{Session, Variable};
use crate::value::fit::sought;
use rql::Table;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use rql_forms::{Action, Body, Case, Example, Part, field_name};

impl Session {
    /// Shows the rows that the given values are examples of: a text is a criterion, any other value is that of the
    /// column.
    pub(super) fn by_example(
        &mut self,
        loaded: &Loaded,
        action: &Action,
        given: &[(String, Value, Span)],
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let Some(name) = &loaded.form.table else {
            return Ok(());
        };
        let table = self.against(span, |env| {
            rql_forms::find(env.catalog, &name.text).cloned()
        })?;
        let Some(table) = table else {
            return Ok(());
        };
        let mut bound = Vec::new();
        let conditions = conditions(loaded, &table, given, &mut bound)?;
        let piece = rql_forms::search(&table, &conditions, name.span);
        let before = self.variables.clone();
        for (at, value) in bound.into_iter().enumerate() {
            let variable = Variable { value, typed: true };
            self.variables.insert(mark(at), variable);
        }
        let action = Action {
            body: Body::Run(piece.clone()),
            ..action.clone()
        };
        let done = self.perform(loaded, &action, &piece, out);
        self.variables = before;
        done
    }
}

/// The name of a value of a criterion.
fn mark(at: usize) -> String {
    format!("sought_{at}")
}

fn conditions(
    loaded: &Loaded,
    table: &Table,
    given: &[(String, Value, Span)],
    bound: &mut Vec<Value>,
) -> Result<Vec<String>, Failure> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    let written = |name: &str| rql::quoted(name, rql::Dialect::Postgresql);
    for (name, value, at) in given {
        let column = table
            .columns
            .iter()
            .find(|column| field_name(&column.name) == *name);
        let (Some(column), Some(field)) = (column, loaded.form.field(name)) else {
            continue;
        };
        let parts = match value {
            Value::Null => continue,
            Value::Text(text) => {
                let example = Example {
                    table: &written(&table.name),
                    column: &written(&column.name),
                    ty: column.ty,
                    case: Case::Exact,
                    value: &sought,
                };
                example.read(text)
            }
            value => Ok(vec![
                Part::Text(format!("{} = ", written(&column.name))),
                Part::Value(value.clone()),
            ]),
        };
        match parts {
            Ok(parts) => {
                let mut condition = String::new();
                for part in parts {
                    match part {
                        Part::Text(text) => condition += &text,
                        Part::Value(value) => {
                            condition += &format!(":{}", mark(bound.len()));
                            bound.push(value);
                        }
                    }
                }
                all.push(condition);
            }
            Err((rule, message)) => wrong.push(
                Diagnostic::error(codes::FORM_INPUT, format!("{}: {message}", field.shown()))
                    .label(*at, "this value")
                    .note(format!("field {name}, rule {rule}"))
                    .help(
                        "a text that looks for rows is a criterion: >=5, a..b, A*, x|y, = for NULL",
                    ),
            ),
        }
    }
    match wrong.is_empty() {
        true => Ok(all),
        false => Err(Failure::Diagnostics(wrong)),
    }
}
