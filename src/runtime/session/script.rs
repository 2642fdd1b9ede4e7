//! Statements that decide what runs: IF, FOR, ASSERT.

use crate::failure::Failure;
use crate::output::Output;
use crate::session::prepare;
use crate::session::{Session, Variable};
use crate::value::arguments;
use crate::{Source, Value};
use rql::Type;
use rql_ast::{self as ast, Ast, Clause, ClauseKind, Expr, ExprKind, Id, List, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};
use std::sync::Arc;

/// How many results a text gives at most; two stands for many. A text that does not parse gives none.
#[must_use]
pub fn results(source: &Source) -> u32 {
    let parse = rql_grammar::parse_shared(Arc::clone(&source.text));
    results_of(&parse.ast, parse.ast.statements).min(2)
}

fn results_of(ast: &Ast, all: List<Stmt>) -> u32 {
    use StmtKind as S;
    let one = |id: Id<Stmt>| match ast[id].kind {
        S::Query(_) | S::Explain(_) | S::Show(_) | S::Describe(_) | S::Summarize(_) => 1,
        S::Native(_) | S::Backend(_) | S::Copy(_) | S::Import(_) => 1,
        S::Insert(id) => returning(ast, ast[id].clauses),
        S::Update(id) => returning(ast, ast[id].clauses),
        S::Delete(id) => returning(ast, ast[id].clauses),
        S::Merge(id) => u32::from(!ast[ast[id].returning].is_empty()),
        S::If(id) => {
            let branches = ast[ast[id].branches].iter().map(|branch| branch.body);
            let bodies = branches.chain(ast[id].otherwise);
            bodies.map(|body| results_of(ast, body)).max().unwrap_or(0)
        }
        S::For(id) => 2 * results_of(ast, ast[id].body),
        S::Template(id) => {
            let template = &ast[id];
            let bodies = [Some(template.then), template.otherwise];
            let bodies = bodies.into_iter().flatten();
            bodies.map(|body| results_of(ast, body)).max().unwrap_or(0)
        }
        S::Include(_) => 2,
        _ => 0,
    };
    all.ids().map(one).fold(0, u32::saturating_add)
}

fn returning(ast: &Ast, clauses: List<Clause>) -> u32 {
    let mut kinds = ast[clauses].iter().map(|clause| clause.kind);
    // A condition before it makes it no less possible.
    u32::from(kinds.any(|kind| matches!(kind, ClauseKind::Returning(_) | ClauseKind::Template(_))))
}

impl Session {
    /// Runs the first branch whose condition is true.
    pub(crate) fn run_if(
        &mut self,
        ast: &Ast,
        statement: ast::If,
        out: &mut Output,
    ) -> Result<(), Failure> {
        for branch in &ast[statement.branches] {
            if self.holds(ast, branch.condition, out)? {
                return self.run_all(ast, branch.body, out);
            }
        }
        match statement.otherwise {
            Some(body) => self.run_all(ast, body, out),
            None => Ok(()),
        }
    }

    /// Runs the body once for each row: `:r.name` is a column of it, `:r` the only one.
    pub(crate) fn run_for(
        &mut self,
        ast: &Ast,
        statement: ast::For,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let span = ast[statement.query].span;
        let prepared = self.prepare(ast, span, out, |on| {
            prepare::query(ast, statement.query, on)
        })?;
        let rows = self.collect(&prepared, ast, span)?;
        let row_name = ast.name(statement.row).into_owned();
        let names: Vec<String> = rows
            .columns
            .iter()
            .map(|column| format!("{row_name}.{}", column.name))
            .collect();
        let before = self.variables.clone();
        let mut done = Ok(());
        for row in rows.rows {
            if let [only] = row.as_slice() {
                self.set(&row_name, only.clone());
            }
            for (name, value) in names.iter().zip(row) {
                self.set(name, value);
            }
            done = self.run_all(ast, statement.body, out);
            if done.is_err() {
                break;
            }
        }
        // The row is known inside the loop only; what the body has set stays.
        let inside = |name: &String| *name == row_name || names.contains(name);
        self.variables.retain(|name, _| !inside(name));
        let outer = before.into_iter().filter(|(name, _)| inside(name));
        self.variables
            .extend(outer.collect::<Vec<(String, Variable)>>());
        done
    }

    /// Stops the script where a condition is not true.
    pub(crate) fn assert(
        &mut self,
        ast: &Ast,
        condition: Id<Expr>,
        message: Option<Id<Expr>>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        if self.holds(ast, condition, out)? {
            return Ok(());
        }
        let text = match message {
            Some(message) => self.evaluate(ast, message, out)?.as_ref().to_string(),
            None => "an assertion does not hold".to_owned(),
        };
        let span = ast[condition].span;
        Err(Diagnostic::error(codes::ASSERTION, text)
            .label(span, "this is not true")
            .into())
    }

    /// Whether a condition is true; NULL is not.
    fn holds(&mut self, ast: &Ast, condition: Id<Expr>, out: &mut Output) -> Result<bool, Failure> {
        let mut value = self.evaluate(ast, condition, out)?;
        // Text of the command line takes the type of its place.
        if let (Value::Text(text), ExprKind::Param) = (&value, ast[condition].kind)
            && !prepare::argument(ast, ast[condition].span, &self.variables)?.typed
            && let Some(read) = arguments::read(text, Type::Boolean)
        {
            value = read;
        }
        match value {
            Value::Boolean(value) => Ok(value),
            Value::Null => Ok(false),
            other => Err(
                Diagnostic::error(codes::TYPE_MISMATCH, "a condition is true or false")
                    .label(ast[condition].span, format!("this is {}", other.shown()))
                    .into(),
            ),
        }
    }

    fn run_all(&mut self, ast: &Ast, body: List<Stmt>, out: &mut Output) -> Result<(), Failure> {
        for id in body.ids() {
            self.run(ast, id, out)?;
        }
        Ok(())
    }
}
