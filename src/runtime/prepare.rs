//! From a statement to what its backend runs: the one place that calls the compiler.

use crate::connection::{Query, TableInfo};
use crate::failure::{Failure, backend};
use crate::{Column, Error, Value};
use rql_ast::{Ast, Expr, Id, ParamName, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};
use std::collections::BTreeMap;

/// A statement ready to run, and how its text maps back to the source.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) sql: String,
    pub(crate) params: Vec<Value>,
    pub(crate) columns: Vec<Column>,
    pub(crate) warnings: Vec<Diagnostic>,
    /// Where text that was sent as written begins in the source.
    verbatim: Option<u32>,
}

impl Prepared {
    pub(crate) fn query(&self) -> Query<'_> {
        Query {
            sql: &self.sql,
            params: &self.params,
            columns: &self.columns,
        }
    }

    /// What a backend says, with its place in the source; `whole` where nothing nearer is known.
    pub(crate) fn failure(&self, error: Error, whole: Span) -> Failure {
        let Error::Backend(error) = error else {
            return Failure::at(error, whole);
        };
        let place = error.position.zip(self.verbatim).map(|(position, start)| {
            let rest = self.sql.get(position as usize..).unwrap_or("");
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let start = start + position;
            Span::new(start, start + u32::try_from(word.max(1)).unwrap_or(1))
        });
        backend(&error, &[place.unwrap_or(whole)]).into()
    }
}

/// Prepares one statement.
pub(crate) fn statement(
    ast: &Ast,
    stmt: &Stmt,
    dialect: &str,
    _tables: &[TableInfo],
    variables: &BTreeMap<String, Value>,
) -> Result<Prepared, Failure> {
    match stmt.kind {
        StmtKind::Native(id) => {
            let native = ast[id];
            let other = native.backend.filter(|&name| ast.name(name) != dialect);
            if let Some(name) = other {
                let message = format!(
                    "this is for {}, the session is on {dialect}",
                    ast.name(name)
                );
                let diagnostic = Diagnostic::error(codes::BACKEND_ONLY, message);
                return Err(diagnostic.label(name.span, "not this backend").into());
            }
            Ok(verbatim(ast, native.text))
        }
        StmtKind::Backend(id) => {
            let mut prepared = verbatim(ast, ast[id].text);
            for &param in &ast[ast[id].params] {
                let span = ast[param].span;
                prepared.params.push(argument(ast, span, variables)?);
            }
            Ok(prepared)
        }
        _ => Err(
            Diagnostic::error(codes::NOT_EXECUTABLE_YET, "this does not run yet")
                .label(stmt.span, "read and checked, not executed")
                .into(),
        ),
    }
}

/// Prepares a query of one row that gives an expression's value.
pub(crate) fn expression(
    ast: &Ast,
    expr: Id<Expr>,
    _dialect: &str,
    _tables: &[TableInfo],
    _variables: &BTreeMap<String, Value>,
) -> Result<Prepared, Failure> {
    Err(
        Diagnostic::error(codes::NOT_EXECUTABLE_YET, "this does not run yet")
            .label(ast[expr].span, "literals and parameters do")
            .into(),
    )
}

fn verbatim(ast: &Ast, text: Span) -> Prepared {
    Prepared {
        sql: ast.text(text).into(),
        verbatim: Some(text.start),
        ..Prepared::default()
    }
}

/// The value of a parameter.
pub(crate) fn argument(
    ast: &Ast,
    span: Span,
    variables: &BTreeMap<String, Value>,
) -> Result<Value, Failure> {
    let name = match ast.param(span) {
        ParamName::Name(name) => name.to_lowercase(),
        ParamName::Position(at) => at.to_string(),
        ParamName::Next => "1".into(),
    };
    variables
        .get(&name)
        .cloned()
        .ok_or_else(|| unbound(&name, span, variables).into())
}

/// A parameter that has no value.
pub(crate) fn unbound(name: &str, span: Span, variables: &BTreeMap<String, Value>) -> Diagnostic {
    let diagnostic = Diagnostic::error(codes::UNBOUND_PARAMETER, format!(":{name} has no value"))
        .label(span, "nothing is bound to it");
    let known = variables.keys().map(String::as_str);
    match rql_diagnostics::did_you_mean(name, known) {
        Some(near) => diagnostic.help(format!("did you mean :{near}?")).suggest(
            format!("write :{near}"),
            span,
            format!(":{near}"),
        ),
        None => diagnostic.help(format!("LET {name} = …; or --var {name}=… gives it one")),
    }
}
