//! The statements that the session runs itself: LET, SET, PARAM, PRINT.

use crate::Value;
use crate::config::settings::{Origin, SETTINGS, Setting};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::prepare;
use crate::value::arguments;
use rql::Type;
use rql_ast::{Ast, Expr, ExprKind, Id, LetValue, Name, Param, PrefixOp, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl Session {
    /// Runs a statement of the session's own; `None` where it is one for the backend.
    pub(crate) fn run_session_statement(
        &mut self,
        ast: &Ast,
        stmt: &Stmt,
        out: &mut Output,
    ) -> Option<Result<(), Failure>> {
        Some(match stmt.kind {
            StmtKind::Let(id) => match ast[id].value {
                LetValue::Scalar(expr) => {
                    let name = ast.name(ast[id].name).into_owned();
                    self.let_scalar(ast, &name, expr, out)
                }
                LetValue::Relation(query) => self.let_relation(ast, stmt, query, out),
            },
            StmtKind::Macro(_) => {
                let defined = self.read_definition(ast, stmt);
                self.define(defined);
                Ok(())
            }
            StmtKind::Unset(names) => {
                for &name in &ast[names] {
                    self.unset(&ast.name(name));
                }
                Ok(())
            }
            StmtKind::Use { target, alias } => self.use_target(ast, target, alias, out),
            StmtKind::Connect { url, alias } => self.connect(ast, url, alias, out),
            StmtKind::Disconnect(name) => self.disconnect(ast, name, stmt.span, out),
            StmtKind::Summarize(target) => self.summarize(ast, target, stmt.span, out),
            StmtKind::Show(id) => return self.show(ast, id, stmt.span, out),
            StmtKind::Describe(rql_ast::Target::Table(name)) => self.describe(ast, name, out),
            StmtKind::Describe(rql_ast::Target::Form(name)) => self.describe_form(ast, name, out),
            StmtKind::Form(id) => self.form(ast, id, stmt.span, out),
            StmtKind::FormLoad(file) => self.load_form(ast, file, out),
            StmtKind::FormDesign(name) => Err(design(ast, name)),
            StmtKind::FormExecute(id) => self.execute_form(ast, ast[id], stmt.span, out),
            StmtKind::Describe(rql_ast::Target::Query(query)) => {
                self.describe_query(ast, query, out)
            }
            StmtKind::Set(id) => return self.set_setting(ast, ast[id], out),
            StmtKind::Assert { condition, message } => self.assert(ast, condition, message, out),
            StmtKind::If(id) => self.run_if(ast, ast[id], out),
            StmtKind::For(id) => self.run_for(ast, ast[id], out),
            StmtKind::Output(id) => self.output_to(ast, ast[id], out),
            StmtKind::Export(id) => self.export(ast, ast[id], stmt.span, out),
            StmtKind::Import(id) => self.import(ast, ast[id], stmt.span, out),
            StmtKind::Copy(id) => self.copy(ast, ast[id], stmt.span, out),
            StmtKind::Param(id) => self.declare(ast, ast[id], out),
            StmtKind::Include(file) => self.include(ast, file, out),
            StmtKind::Print(items) => self.print(ast, &ast[items], out),
            _ => return None,
        })
    }

    /// `SET name = value` of a setting of ours; the backend's are its own matter.
    fn set_setting(
        &mut self,
        ast: &Ast,
        set: rql_ast::Set,
        out: &mut Output,
    ) -> Option<Result<(), Failure>> {
        let ([name], None) = (&ast[set.name], set.scope) else {
            // Where nothing can be told, what does the same is said.
            self.connection.needs("")?;
            let words = ast[set.name].iter().map(|word| ast.name(*word));
            let words: Vec<_> = words.collect();
            let span = ast[set.name].first().map(|word| word.span)?;
            return self.set_elsewhere(&words.join(" "), span);
        };
        if let ("cache", []) = (&*ast.name(*name), &ast[set.values]) {
            self.reset_cache();
            return Some(Ok(()));
        }
        let Some(setting) = Setting::named(&ast.name(*name)) else {
            return self.set_elsewhere(&ast.name(*name), name.span);
        };
        let (changed, value, span) = match &ast[set.values] {
            [] => (self.restore(setting), String::new(), name.span),
            [value, ..] => {
                let span = ast[*value].span;
                let text = match ast[*value].kind {
                    ExprKind::String => ast.string(span).into_owned(),
                    _ => ast.text(span).to_owned(),
                };
                (self.change(setting, &text, Origin::Set), text, span)
            }
        };
        if let Err(message) = changed {
            let label = format!("it is one of {}", setting.wanted());
            let error = Diagnostic::error(codes::USAGE, message).label(span, label);
            let near = setting.near(&value).filter(|near| !near.contains(' '));
            return Some(Err(match near.filter(|near| *near != value) {
                Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
                None => error,
            }
            .into()));
        }
        self.settings.present(setting, out);
        let said = if out.chatty {
            let value = setting.get(&self.settings);
            out.remark(&format!("{} = {value}", setting.name))
        } else {
            Ok(())
        };
        Some(said.map_err(Failure::from))
    }

    /// What is no setting of RQL's is the backend's, where it has any that may be changed.
    fn set_elsewhere(&self, name: &str, span: Span) -> Option<Result<(), Failure>> {
        let near = did_you_mean(name, SETTINGS.iter().map(|setting| setting.name));
        let name = &name.to_lowercase();
        let writes = self.is_read_only() && name.ends_with("read write");
        let needed = self.connection.needs(name).map(|needed| needed || writes);
        Some(Err(match needed {
            Some(false) if near.is_none() && !name.starts_with('@') => return None,
            Some(true) => {
                let message = format!("answers need {name} to be as it is");
                let error = Diagnostic::error(codes::USAGE, message)
                    .label(span, "the session has set it");
                error.help("x AT TIME ZONE, to_char and CAST say in a query what is wanted; NATIVE before SET changes it all the same")
            }
            _ => unknown_setting(name, span),
        }
        .into()))
    }

    fn let_scalar(
        &mut self,
        ast: &Ast,
        name: &str,
        expr: Id<Expr>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let value = self.evaluate(ast, expr, out)?;
        if out.chatty {
            out.remark(&format!("Variable {name} = {}", value.shown()))?;
        }
        self.set(name, value);
        Ok(())
    }

    /// Declares a parameter: the value that was given is read as its type, and where none was, the
    /// default.
    fn declare(&mut self, ast: &Ast, param: Param, out: &mut Output) -> Result<(), Failure> {
        let name = ast.name(param.name).into_owned();
        let declared = param
            .ty
            .map_or("", |ty| ast.text(ast[ty].span).trim())
            .to_uppercase();
        self.parameters.retain(|(known, _)| *known != name);
        self.parameters.push((name.clone(), declared));
        let ty = param.ty.map(|ty| ast.text(ast[ty].span));
        let ty = ty.map_or(Type::Unknown, Type::from_declared);
        let (value, place) = match (self.variables.get(&name), param.default) {
            (Some(given), _) => (given.value.clone(), param.name.span),
            (None, Some(default)) => (self.evaluate(ast, default, out)?, ast[default].span),
            (None, None) => {
                return Err(prepare::unbound(&name, param.name.span, &self.variables).into());
            }
        };
        if value == Value::Null {
            self.set(&name, value);
        } else if ty != Type::Unknown {
            let text = value.as_ref().to_string();
            let Some(value) = arguments::read(&text, ty) else {
                let message = format!("the value of :{name} is no {ty}: {text}");
                let error = Diagnostic::error(codes::TYPE_MISMATCH, message);
                return Err(error.label(place, format!("declared as {ty}")).into());
            };
            self.set(&name, value);
        } else if !self.variables.contains_key(&name) {
            self.set(&name, value);
        }
        Ok(())
    }

    /// Parameters that a text declares, and that have neither a value nor a default: known before any
    /// of it runs.
    pub(crate) fn missing(&self, ast: &Ast) -> Vec<Diagnostic> {
        let mut known: Vec<String> = Vec::new();
        let mut missing = Vec::new();
        for stmt in &ast[ast.statements] {
            match stmt.kind {
                StmtKind::Let(id) => known.push(ast.name(ast[id].name).into_owned()),
                StmtKind::Param(id) if ast[id].default.is_none() => {
                    let name = ast.name(ast[id].name).into_owned();
                    if !known.contains(&name) && !self.variables.contains_key(&name) {
                        let span = ast[id].name.span;
                        missing.push(prepare::unbound(&name, span, &self.variables));
                    }
                }
                _ => {}
            }
        }
        missing
    }

    /// The value of an expression, computed by the connection where it is more than a literal.
    pub(crate) fn evaluate(
        &mut self,
        ast: &Ast,
        id: Id<Expr>,
        out: &mut Output,
    ) -> Result<Value, Failure> {
        let expr = ast[id];
        if let Some(value) = literal(ast, id) {
            return Ok(value);
        }
        if expr.kind == ExprKind::Param {
            return Ok(prepare::argument(ast, expr.span, &self.variables)?
                .value
                .clone());
        }
        let prepared = self.prepare(ast, expr.span, out, |on| prepare::expression(ast, id, on))?;
        let rows = self.collect(&prepared, ast, expr.span)?;
        let ty = prepared.described().first().map(|column| column.ty);
        let mut rows = rows.rows.into_iter();
        let value = rows.next().and_then(|row| row.into_iter().next());
        Ok(match (value, ty) {
            (Some(Value::Text(text)), Some(Type::Array(element))) => Value::Array(*element, text),
            (value, _) => value.unwrap_or(Value::Null),
        })
    }

    fn print(&mut self, ast: &Ast, items: &[Id<Expr>], out: &mut Output) -> Result<(), Failure> {
        let mut line = String::new();
        for (at, &item) in items.iter().enumerate() {
            let value = self.evaluate(ast, item, out)?;
            line.push_str(if at == 0 { "" } else { " " });
            match &value {
                Value::Null => line.push_str("NULL"),
                value => line.push_str(&value.as_ref().to_string()),
            }
        }
        line.push('\n');
        Ok(out.print(&line)?)
    }
}

/// The value of a literal, a sign before a number included.
pub(crate) fn literal(ast: &Ast, id: Id<Expr>) -> Option<Value> {
    let expr = ast[id];
    Some(match expr.kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(value) => Value::Boolean(value),
        ExprKind::String => Value::Text(ast.string(expr.span).into_owned()),
        ExprKind::Number => number(ast.text(expr.span))?,
        ExprKind::Prefix {
            op: PrefixOp::Minus,
            operand,
        } if ast[operand].kind == ExprKind::Number => {
            number(&format!("-{}", ast.text(ast[operand].span)))?
        }
        _ => return None,
    })
}

/// A number's value: an integer, or an exact decimal as in PostgreSQL, which reads `1e3` as numeric.
fn number(text: &str) -> Option<Value> {
    let text = text.replace('_', "");
    if let Ok(integer) = text.parse::<i64>() {
        return Some(Value::Integer(integer));
    }
    text.parse().ok().map(Value::Decimal)
}

fn unknown_setting(name: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error(codes::USAGE, format!("there is no setting {name}"));
    let error = error.label(span, "not known here");
    if let Some(variable) = name.strip_prefix('@') {
        return error.help(format!("LET {variable} = …; gives a variable its value"));
    }
    match did_you_mean(name, SETTINGS.iter().map(|setting| setting.name)) {
        Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
        None => error.help("SHOW SETTINGS lists them; NATIVE before SET sends it to the database"),
    }
}

/// Why FORM DESIGN does not run here.
fn design(ast: &Ast, name: Name) -> Failure {
    Diagnostic::error(codes::FORM, "a form is designed on a screen")
        .label(ast.name_span(name), "there is none here")
        .help("type it at the prompt of a terminal, or press F4 in the window (noctra --tui)")
        .into()
}
