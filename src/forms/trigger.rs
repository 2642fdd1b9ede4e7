//! Triggers: what their queries give is for fields.

use crate::fdl::action_type;
use crate::model::{Action, Body, Form};
use rql::{Env, Type};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// The columns of triggers that are called like no field: nothing would come of them.
pub(crate) fn check(form: &Form, env: &Env<'_>) -> Vec<Diagnostic> {
    let events = form.fields.iter().flat_map(|field| field.events());
    let named: Vec<&str> = events
        .filter_map(|(_, action)| Some(action.as_ref()?.text.as_str()))
        .collect();
    let is_trigger =
        |action: &&Action| action.is_trigger() || named.contains(&action.name.text.as_str());
    let triggers = form.actions.iter().filter(is_trigger);
    triggers
        .flat_map(|action| columns(form, action, env))
        .collect()
}

fn columns(form: &Form, action: &Action, env: &Env<'_>) -> Vec<Diagnostic> {
    let Body::Run(piece) = &action.body else {
        return Vec::new();
    };
    if action_type(piece) != "query" {
        return Vec::new();
    }
    let parse = piece.parse();
    let ast = &parse.ast;
    let variables = |name: &str| match form.field(name) {
        Some(field) => Some(field.ty).filter(|&ty| ty != Type::Unknown),
        None => (env.variables)(name),
    };
    let env = Env {
        variables: &variables,
        ..*env
    };
    let compiled = ast
        .statements
        .ids()
        .next()
        .map(|id| rql::compile(ast, id, &env));
    let Some(Ok(compiled)) = compiled else {
        return Vec::new();
    };
    let known = || form.fields.iter().map(|field| field.name.text.as_str());
    let lost = compiled.columns.iter().map(|column| column.name.as_str());
    let lost = lost.filter(|name| form.field(name).is_none());
    lost.map(|name| {
        let message = format!(
            "the trigger {} gives {name}, which is no field",
            action.name.text
        );
        let error = Diagnostic::error(codes::FORM, message).label(
            piece.span,
            "its columns are the values of the fields that are called so",
        );
        match did_you_mean(name, known()) {
            Some(near) => error.help(format!("did you mean {near}? AS gives a column its name")),
            None => error.help("AS gives a column the name of a field"),
        }
    })
    .collect()
}
