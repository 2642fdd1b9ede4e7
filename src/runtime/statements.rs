//! The statements that the session runs itself: LET, USE, SHOW, DESCRIBE, PRINT.

use crate::connection::Rows;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::settings::{SETTINGS, Setting};
use crate::{Column, Kind, Target, Value, ValueRef};
use crate::{arguments, prepare};
use rql::{Table, Type};
use rql_ast::{
    Ast, Expr, ExprKind, Id, LetValue, Name, Param, PrefixOp, Show, Span, Stmt, StmtKind,
};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::time::Instant;

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
            StmtKind::Use {
                target,
                alias: None,
            } => self.use_target(ast, target, out),
            StmtKind::Show(id) => return self.show(ast, id, stmt.span, out),
            StmtKind::Describe(rql_ast::Target::Table(name)) => self.describe(ast, name, out),
            StmtKind::Describe(rql_ast::Target::Query(query)) => {
                self.describe_query(ast, query, out)
            }
            StmtKind::Set(id) => return self.set_setting(ast, ast[id], out),
            StmtKind::Assert { condition, message } => self.assert(ast, condition, message, out),
            StmtKind::If(id) => self.run_if(ast, ast[id], out),
            StmtKind::For(id) => self.run_for(ast, ast[id], out),
            StmtKind::Output(id) => self.output_to(ast, ast[id], stmt.span, out),
            StmtKind::Param(id) => self.declare(ast, ast[id], out),
            StmtKind::Include(file) => self.include(ast, file, out),
            StmtKind::Print(items) => self.print(ast, &ast[items], out),
            _ => return None,
        })
    }

    /// `SET name = value` of a setting of ours; others are the backend's.
    fn set_setting(
        &mut self,
        ast: &Ast,
        set: rql_ast::Set,
        out: &mut Output,
    ) -> Option<Result<(), Failure>> {
        let ([name], None) = (&ast[set.name], set.scope) else {
            return None;
        };
        let setting = Setting::named(&ast.name(*name))?;
        let value = match &ast[set.values] {
            [] => setting.values[0].to_owned(),
            [value, ..] => {
                let span = ast[*value].span;
                match ast[*value].kind {
                    ExprKind::String => ast.string(span).to_lowercase(),
                    _ => ast.text(span).to_ascii_lowercase(),
                }
            }
        };
        if !setting.set(&mut self.settings, &value) {
            let message = format!("{} cannot be {value}", setting.name);
            let label = format!("it is one of {}", setting.values.join(", "));
            let span = ast[set.values].first().map_or(name.span, |&v| ast[v].span);
            let error = Diagnostic::error(codes::USAGE, message).label(span, label);
            let near = did_you_mean(&value, setting.values.iter().copied());
            return Some(Err(match near {
                Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
                None => error,
            }
            .into()));
        }
        let said = if out.chatty {
            out.remark(&format!("{} = {value}", setting.name))
        } else {
            Ok(())
        };
        Some(said.map_err(Failure::from))
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
            return prepare::argument(ast, expr.span, &self.variables);
        }
        let prepared = self.prepare(expr.span, out, |on| prepare::expression(ast, id, on))?;
        let rows = self.collect(&prepared, ast, expr.span)?;
        Ok(rows
            .rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next())
            .unwrap_or(Value::Null))
    }

    fn use_target(&mut self, ast: &Ast, id: Id<Expr>, out: &mut Output) -> Result<(), Failure> {
        let expr = ast[id];
        let (name, target) = match expr.kind {
            ExprKind::Column(name) => {
                let name = ast.dotted(name);
                if name != "demo" {
                    let message = format!("no schema or connection is named {name}");
                    return Err(Diagnostic::error(codes::CONNECTION_ERROR, message)
                        .label(expr.span, "not known in this session")
                        .help("USE demo opens the demo database, USE 'file.db' a file")
                        .into());
                }
                (name, Target::Demo)
            }
            ExprKind::String => {
                let text = ast.string(expr.span);
                let target = Target::parse(&text).map_err(|error| Failure::at(error, expr.span))?;
                (target.to_string(), target)
            }
            _ => {
                return Err(
                    Diagnostic::error(codes::NOT_EXECUTABLE_YET, "this does not run yet")
                        .label(expr.span, "a name or a string runs")
                        .into(),
                );
            }
        };
        self.reconnect(target)
            .map_err(|error| Failure::at(error, expr.span))?;
        if out.chatty {
            out.remark(&format!("Schema changed to: {name}"))?;
        }
        Ok(())
    }

    fn show(
        &mut self,
        ast: &Ast,
        id: Id<Show>,
        span: Span,
        out: &mut Output,
    ) -> Option<Result<(), Failure>> {
        let show = ast[id];
        let what: Vec<String> = ast[show.what]
            .iter()
            .map(|&word| ast.name(word).into_owned())
            .collect();
        let pattern = show
            .like
            .map(|like| ast.string(ast[like].span).into_owned());
        let keep = |name: &str| pattern.as_deref().is_none_or(|pattern| like(name, pattern));
        let words: Vec<&str> = what.iter().map(String::as_str).collect();
        Some(match words.as_slice() {
            ["tables"] => self.list(out, span, |table| keep(&table.name)),
            ["views"] => self.list(out, span, |table| table.kind.is_view() && keep(&table.name)),
            ["columns"] => match show.from {
                Some(name) => self.describe(ast, name, out),
                None => return None,
            },
            ["variables"] => {
                let values = self.variables.iter().filter(|(name, _)| keep(name));
                // Names with a point are what LET relations have captured.
                let values = values.filter(|(name, _)| !name.contains('.'));
                let values =
                    values.map(|(name, value)| vec![Some(name.clone()), Some(value.value.shown())]);
                let relations = self.definitions.iter();
                let relations = relations.filter(|d| !d.is_macro() && keep(&d.name));
                let relations =
                    relations.map(|d| vec![Some(d.name.clone()), Some(d.body().to_owned())]);
                table(out, &["name", "value"], values.chain(relations).collect())
            }
            ["settings"] => {
                let settings = SETTINGS.iter().filter(|s| keep(s.name));
                let rows = settings.map(|s| {
                    let values = s.values.join(", ");
                    [s.name, &s.get(&self.settings), &values, s.about]
                        .map(|cell| Some(cell.to_owned()))
                        .to_vec()
                });
                table(
                    out,
                    &["setting", "value", "values", "meaning"],
                    rows.collect(),
                )
            }
            ["functions"] => {
                let mut known: Vec<_> = rql::documented_functions().filter(|f| keep(f.0)).collect();
                known.sort_unstable();
                known.dedup();
                let rows = known.into_iter();
                let rows = rows.map(|(name, about)| vec![Some(name.into()), Some(about.into())]);
                table(out, &["function", "meaning"], rows.collect())
            }
            ["macros"] => {
                let macros = self.definitions.iter();
                let macros = macros.filter(|d| d.is_macro() && keep(&d.name));
                let rows = macros.map(|d| vec![Some(d.signature()), Some(d.body().to_owned())]);
                table(out, &["macro", "body"], rows.collect())
            }
            _ => return None,
        })
    }

    fn list(
        &mut self,
        out: &mut Output,
        span: Span,
        keep: impl Fn(&Table) -> bool,
    ) -> Result<(), Failure> {
        let tables = self.tables().map_err(|error| Failure::at(error, span))?;
        let rows = tables.iter().filter(|table| keep(table)).map(|table| {
            let kind = table.kind.name();
            let name = match &table.schema {
                Some(schema) => format!("{schema}.{}", table.name),
                None => table.name.clone(),
            };
            vec![Some(name), Some(kind.into())]
        });
        let rows = rows.collect();
        table(out, &["name", "kind"], rows)
    }

    /// The columns that a query would give; it does not run.
    fn describe_query(
        &mut self,
        ast: &Ast,
        query: Id<rql_ast::Query>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let prepared = self.prepare(ast[query].span, out, |on| prepare::query(ast, query, on))?;
        let rows = prepared.described().iter().map(|column| {
            let null = if column.nullable { "yes" } else { "no" };
            [column.name.clone(), column.ty.to_string(), null.into()]
                .map(Some)
                .to_vec()
        });
        let rows = rows.collect();
        table(out, &["column", "type", "null"], rows)
    }

    fn describe(&mut self, ast: &Ast, name: Name, out: &mut Output) -> Result<(), Failure> {
        let span = ast.name_span(name);
        let wanted = ast.dotted(name);
        let tables = self.tables().map_err(|error| Failure::at(error, span))?;
        let Some(found) = tables.iter().find(|table| is_named(table, &wanted)) else {
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_TABLE, format!("no table is named {wanted}"))
                    .label(span, "not found");
            let near = did_you_mean(&wanted, tables.iter().map(|table| table.name.as_str()));
            return Err(match near {
                Some(near) => diagnostic.help(format!("did you mean {near}?")).suggest(
                    format!("write {near}"),
                    span,
                    near,
                ),
                None => diagnostic.help("SHOW TABLES lists what there is"),
            }
            .into());
        };
        let rows = found.columns.iter().enumerate().map(|(at, column)| {
            let declared = (!column.declared.is_empty()).then(|| column.declared.clone());
            let null = if column.nullable { "" } else { "not null" };
            let name = Some(column.name.clone());
            vec![name, declared, Some(null.into()), Some(found.role(at))]
        });
        let rows = rows.collect();
        table(out, &["column", "type", "null", "key"], rows)
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
        Ok(out.data.write_all(line.as_bytes())?)
    }
}

/// The value of a literal, a sign before a number included.
fn literal(ast: &Ast, id: Id<Expr>) -> Option<Value> {
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

/// A small result that the session makes itself.
fn table(out: &mut Output, names: &[&str], rows: Vec<Vec<Option<String>>>) -> Result<(), Failure> {
    let start = Instant::now();
    let columns: Vec<Column> = names
        .iter()
        .map(|&name| Column {
            name: name.into(),
            kind: Kind::Text,
        })
        .collect();
    let mut result = out.result();
    result.begin(&columns)?;
    for row in &rows {
        let cells: Vec<ValueRef<'_>> = row
            .iter()
            .map(|cell| cell.as_deref().map_or(ValueRef::Null, ValueRef::Text))
            .collect();
        result.row(&cells)?;
    }
    result.finish()?;
    Ok(out.footer(rows.len() as u64, "row", start.elapsed())?)
}

fn is_named(table: &Table, wanted: &str) -> bool {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name).eq_ignore_ascii_case(wanted),
        None => table
            .name
            .eq_ignore_ascii_case(wanted.rsplit('.').next().unwrap_or(wanted)),
    }
}

/// SQL's LIKE over names: `%` any text, `_` any character, case does not matter.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    // `reach[i]`: the pattern so far can match the first i characters.
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for &wanted in &pattern {
        let mut next = vec![false; text.len() + 1];
        if wanted == '%' {
            let mut any = false;
            for (at, &reached) in reach.iter().enumerate() {
                any |= reached;
                next[at] = any;
            }
        } else {
            for (at, &c) in text.iter().enumerate() {
                next[at + 1] = reach[at] && (wanted == '_' || wanted == c);
            }
        }
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn patterns() {
        assert!(like("Employees", "emp%"));
        assert!(like("orders", "%r_er%"));
        assert!(!like("orders", "order"));
        assert!(like("", "%"));
    }
}
