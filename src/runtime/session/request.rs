//! Statements of a program: their texts are RQL, and their values are bound.

use crate::connection::{Outcome, Rows};
use crate::failure::Failure;
use crate::session::prepare;
use crate::session::{Session, Variable, Variables};
use crate::sinks::Collect;
use crate::value::arguments;
use crate::{Error, Value};
use rql::{Env, Origin};
use rql_ast::{Ast, Id, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};

/// A statement, and the values of the parameters in it, by their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// One statement of RQL.
    pub text: String,
    /// What its parameters are.
    pub values: Vec<(String, Value)>,
}

impl Request {
    /// A statement without parameters.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let (text, values) = (text.into(), Vec::new());
        Self { text, values }
    }

    fn variables(&self) -> Variables {
        let variable = |value: &Value| Variable {
            value: value.clone(),
            typed: true,
        };
        let values = self.values.iter();
        values
            .map(|(name, value)| (name.clone(), variable(value)))
            .collect()
    }
}

impl Session {
    /// Runs a statement with the values of its parameters; it sees no variable of the session, means what
    /// PostgreSQL means by it, and is told no warnings.
    ///
    /// # Errors
    /// What is wrong with it, or what the database says.
    pub fn request(&mut self, request: &Request, rows: &mut dyn Rows) -> Result<Outcome, Failure> {
        let parse = rql_grammar::parse(&request.text);
        if !parse.is_ok() {
            return Err(Failure::Diagnostics(parse.diagnostics));
        }
        let ast = &parse.ast;
        let mut ids = ast.statements.ids();
        let (Some(id), None) = (ids.next(), ids.next()) else {
            let error = Diagnostic::error(codes::USAGE, "a request is one statement");
            return Err(error.label(Span::default(), "here").into());
        };
        let reopened = self.reopen();
        let reopened = reopened.map_err(|error| Failure::at(error, ast[id].span))?;
        self.remarks.extend(reopened);
        let variables = std::mem::replace(&mut self.variables, request.variables());
        let semantics = std::mem::take(&mut self.settings.semantics);
        let done = self.logged(ast, id, |session| {
            let done =
                session.by_the_rules(ast, &ast[id], |session| session.run_request(ast, id, rows));
            let count = done.as_ref().ok().map(|outcome| match *outcome {
                Outcome::Rows(count) | Outcome::Changed(count) => count,
            });
            (done, count)
        });
        (self.variables, self.settings.semantics) = (variables, semantics);
        done
    }

    fn run_request(
        &mut self,
        ast: &Ast,
        id: Id<Stmt>,
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Failure> {
        let Stmt { kind, span } = ast[id];
        let mut changes = None;
        let prepared = self.prepare_quietly(ast, span, |on| {
            changes = prepare::changes(ast, id, on)?;
            prepare::statement(ast, id, on)
        })?;
        let outcome = self.stream(&prepared, rows, ast, span)?;
        self.known.follow(ast, kind, changes, &*self.connection);
        Ok(outcome)
    }

    /// Runs a query for the few rows that it gives.
    ///
    /// # Errors
    /// As [`Session::request`].
    pub fn answer(&mut self, request: &Request) -> Result<Collect, Failure> {
        let mut rows = Collect::default();
        self.request(request, &mut rows)?;
        Ok(rows)
    }

    /// The column of a table that each column of a query's result shows as it is, where there is one; nothing for
    /// a text that is not one query.
    ///
    /// # Errors
    /// What is wrong with the query, or that the database cannot be asked what it holds.
    pub fn origins(&mut self, query: &str) -> Result<Vec<Option<Origin>>, Failure> {
        let parse = rql_grammar::parse(query);
        if !parse.is_ok() {
            return Err(Failure::Diagnostics(parse.diagnostics));
        }
        let ast = &parse.ast;
        let [stmt] = &ast[ast.statements] else {
            return Ok(Vec::new());
        };
        let StmtKind::Query(query) = stmt.kind else {
            return Ok(Vec::new());
        };
        let dialect = self.connection.dialect();
        let known = self.known.with(&mut *self.connection, &self.definitions);
        let (catalog, _) = known.map_err(|error: Error| Failure::at(error, stmt.span))?;
        let variables = |name: &str| self.variables.get(name).map(arguments::type_of);
        let env = Env {
            catalog,
            dialect,
            variables: &variables,
            fold: Some(crate::folded),
        };
        rql::origins(ast, query, &env).map_err(Failure::Diagnostics)
    }
}
