//! Statements that decide what runs: IF, FOR, ASSERT; and OUTPUT TO, which decides where results go.

use crate::Value;
use crate::failure::Failure;
use crate::output::Output;
use crate::prepare;
use crate::redirect::{self, Redirection};
use crate::session::{Session, Variable};
use crate::sinks::{FORMATS, Format};
use rql_ast::{self as ast, Ast, AttributeValue, Expr, ExprKind, Id, List, Span, Stmt};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::path::Path;

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
        let prepared = self.prepare(span, out, |on| prepare::query(ast, statement.query, on))?;
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
        match self.evaluate(ast, condition, out)? {
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

    /// `OUTPUT TO 'f' FORMAT …`: the results that follow go to a file, until `OUTPUT TO STDOUT`.
    pub(crate) fn output_to(
        &mut self,
        ast: &Ast,
        transfer: ast::Transfer,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        out.end_redirection()?;
        let stdout = |file: &Id<Expr>| {
            let word = ast.text(ast[*file].span);
            ast[*file].kind != ExprKind::String && word.eq_ignore_ascii_case("stdout")
        };
        let Some(file) = transfer.file.filter(|file| !stdout(file)) else {
            return Ok(());
        };
        let name = match self.evaluate(ast, file, out)? {
            Value::Text(name) => name,
            other => {
                return Err(
                    Diagnostic::error(codes::FILE_ERROR, "a file's name is a text")
                        .label(ast[file].span, format!("this is {}", other.shown()))
                        .into(),
                );
            }
        };
        let mut format = redirect::format_of(Path::new(&name));
        let mut append = false;
        for attribute in &ast[transfer.attributes] {
            match (ast.name(attribute.name).as_ref(), attribute.value) {
                ("append", AttributeValue::None) => append = true,
                ("format", AttributeValue::Expr(value)) => format = Some(named(ast, value)?),
                (other, _) => {
                    let message = format!("OUTPUT TO does not take {other} yet");
                    return Err(Diagnostic::error(codes::NOT_EXECUTABLE_YET, message)
                        .label(attribute.span, "FORMAT and APPEND run")
                        .into());
                }
            }
        }
        let Some(format) = format else {
            let message = format!("which format {name} has is not clear");
            let names: Vec<_> = FORMATS.iter().map(|f| f.name).collect();
            return Err(Diagnostic::error(codes::FILE_ERROR, message)
                .label(span, "its ending names none")
                .help(format!("FORMAT and one of {}", names.join(", ")))
                .into());
        };
        let redirection = Redirection::open(Path::new(&name), format, append).map_err(|error| {
            Failure::from(
                Diagnostic::error(codes::FILE_ERROR, format!("cannot write {name}: {error}"))
                    .label(ast[file].span, "this file"),
            )
        })?;
        out.redirect(redirection);
        Ok(())
    }
}

fn named(ast: &Ast, value: Id<Expr>) -> Result<&'static Format, Failure> {
    let span = ast[value].span;
    let name = match ast[value].kind {
        ExprKind::String => ast.string(span).into_owned(),
        _ => ast.text(span).to_owned(),
    };
    // `table` is what language and people call the box.
    let wanted = if name.eq_ignore_ascii_case("table") {
        "box"
    } else {
        &name
    };
    Format::named(wanted).ok_or_else(|| {
        let error = Diagnostic::error(codes::FILE_ERROR, format!("there is no format {name}"));
        let label = "no output format of this name";
        let error = error.label(span, label);
        match did_you_mean(&name, FORMATS.iter().map(|format| format.name)) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
            None => error,
        }
        .into()
    })
}
