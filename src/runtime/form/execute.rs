//! FORM EXECUTE without a screen: what a person would do at the form.

use super::values::Held;
use super::{Fields, Loaded};
use crate::Value;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::prepare;
use crate::session::source::Source;
use crate::session::{Session, Variable};
use crate::sinks::Collect;
use rql::Type;
use rql_ast::{Assignment, Ast, ExprKind, FormExecute, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use rql_forms::{Action, Body, Field, Form, Piece};
use std::sync::Arc;

impl Session {
    /// `FORM EXECUTE f ACTION a WITH x = 1`: what a person would do at the form.
    pub(crate) fn execute_form(
        &mut self,
        ast: &Ast,
        execute: FormExecute,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let named = ast[execute.form];
        let loaded = match named.kind {
            ExprKind::String if !execute.of_table => {
                let wanted = ast.string(named.span).into_owned();
                let mut all = self.forms_of(&wanted, named.span)?;
                Arc::new(all.remove(0))
            }
            ExprKind::Column(name) if execute.of_table => {
                self.table_form(&ast.dotted(name), named.span)?
            }
            ExprKind::Column(name) => self.form_named(&ast.dotted(name), named.span)?,
            _ => {
                let error = Diagnostic::error(codes::FORM, "a form is named, or its file is");
                return Err(error.label(named.span, "not this").into());
            }
        };
        let loaded = self.localized(loaded);
        let form = &loaded.form;
        let action = &chosen(form, ast, execute, named.span)?;
        let Body::Run(piece) = &action.body else {
            let message = format!("{} does something on a screen only", action.name.text);
            let place = execute.action.map_or(named.span, |name| name.span);
            let error = Diagnostic::error(codes::FORM, message).label(place, "nothing runs here");
            return Err(error.into());
        };
        let given = self.given(form, ast, execute.values, span, out)?;
        self.include_in_last(Some(span));
        let done = self.at_form(form, &Fields::new(), |session| {
            session.fill_and_run(&loaded, action, piece, given, span, out)
        });
        self.include_in_last(None);
        done
    }

    /// The values behind WITH: each is one of a field that takes one.
    fn given(
        &mut self,
        form: &Form,
        ast: &Ast,
        values: rql_ast::List<Assignment>,
        place: Span,
        out: &mut Output,
    ) -> Result<Vec<(String, Value, Span)>, Failure> {
        let mut wrong = Vec::new();
        let mut given: Vec<(String, Value, Span)> = Vec::new();
        for assignment in &ast[values] {
            let Assignment::Assign { target, value } = *assignment else {
                let message = "FORM EXECUTE takes values, not templates";
                wrong.push(
                    Diagnostic::error(codes::TEMPLATE_MISPLACED, message).label(place, "here"),
                );
                continue;
            };
            let at = ast[target].span;
            let name = match ast[target].kind {
                ExprKind::Column(name) => ast.dotted(name),
                _ => ast.text(at).to_owned(),
            };
            let refuse = |message: String, label: &str| {
                Diagnostic::error(codes::FORM_INPUT, message).label(at, label)
            };
            match form.field(&name) {
                None => {
                    let error = refuse(
                        format!("the form {} has no field {name}", form.name.text),
                        "no field of this name",
                    );
                    let known = form.fields.iter().map(|field| field.name.text.as_str());
                    wrong.push(match did_you_mean(&name, known.clone()) {
                        Some(near) => error.suggest(format!("did you mean {near}?"), at, near),
                        None => {
                            error.help(format!("it has {}", known.collect::<Vec<_>>().join(", ")))
                        }
                    });
                }
                Some(field) if field.is_computed() || field.readonly => {
                    let what = if field.is_computed() {
                        "is computed"
                    } else {
                        "is read only"
                    };
                    wrong.push(refuse(
                        format!("{}: {name} {what}", field.shown()),
                        "it takes no value",
                    ));
                }
                Some(_) if given.iter().any(|known| known.0 == name) => {
                    wrong.push(refuse(format!("{name} is given twice"), "once more here"));
                }
                Some(_) => {
                    let found = self.evaluate(ast, value, out)?;
                    given.push((name, found, ast[value].span));
                }
            }
        }
        match wrong.is_empty() {
            true => Ok(given),
            false => Err(Failure::Diagnostics(wrong)),
        }
    }

    /// Gives every field its value, judges them, and runs the action.
    fn fill_and_run(
        &mut self,
        loaded: &Loaded,
        action: &Action,
        piece: &Piece,
        given: Vec<(String, Value, Span)>,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let form = &loaded.form;
        let elsewhere = |failure: Failure| failure.elsewhere(Arc::clone(&loaded.source));
        if action.of_table && action.name.text == "query" {
            return self.with_triggers(loaded, action, out, |session, out| {
                session.by_example(loaded, action, &given, span, out)
            });
        }
        let needs = self.needs(loaded, action)?;
        for (name, value, _) in &given {
            if let Some(field) = form.field(name) {
                self.hold(field, value.clone());
            }
        }
        let mut problems: Vec<Diagnostic> = Vec::new();
        let is_given = |field: &Field| given.iter().any(|known| known.0 == field.name.text);
        let kept = self
            .record(form, piece, &is_given, span)
            .map_err(elsewhere)?;
        for field in form.fields.iter().filter(|field| !is_given(field)) {
            let held = kept.iter().find(|(name, _)| *name == field.name.text);
            match (held, &field.default, &field.computed) {
                (_, _, Some(piece)) | (None, Some(piece), None) => {
                    let value = self.ask(form, piece).map_err(elsewhere)?;
                    self.hold(field, value);
                }
                (Some((_, value)), ..) => self.hold(field, value.clone()),
                (None, None, None) => {}
            }
        }
        for field in form.fields.iter().filter(|field| is_given(field)) {
            let action = field.on_change.as_ref();
            if let Some(action) = action.and_then(|name| form.action(&name.text)) {
                self.follow(loaded, action, &is_given, out)?;
            }
        }
        let needed = |field: &Field| needs.contains(&field.name.text);
        let mut held = Held {
            session: self,
            form,
        };
        let broken = rql_forms::validate(form, &|_| true, &needed, &mut held).map_err(elsewhere)?;
        for problem in broken {
            let at = given.iter().find(|known| known.0 == problem.field);
            let message = format!("{}: {}", problem.label, problem.message);
            let label = if at.is_some() {
                "this value"
            } else {
                "it is not given"
            };
            problems.push(
                Diagnostic::error(codes::FORM_INPUT, message)
                    .label(at.map_or(span, |known| known.2), label)
                    .note(format!("field {}, rule {}", problem.field, problem.rule)),
            );
        }
        if !problems.is_empty() {
            return Err(Failure::Diagnostics(problems));
        }
        self.with_triggers(loaded, action, out, |session, out| {
            session.perform(loaded, action, piece, out)
        })
    }

    /// Runs the statements of an action, and says what it says of that.
    pub(super) fn perform(
        &mut self,
        loaded: &Loaded,
        action: &Action,
        piece: &Piece,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let elsewhere = |failure: Failure| failure.elsewhere(Arc::clone(&loaded.source));
        let param = |(param, field): &(Piece, Piece)| {
            Some((param.text.clone(), self.variables.get(&field.text)?.clone()))
        };
        let params: Vec<_> = action.params.iter().filter_map(param).collect();
        let hidden: Vec<_> = params
            .into_iter()
            .map(|(name, value)| (name.clone(), self.variables.insert(name, value)))
            .collect();
        let done = self.run_piece(piece, &loaded.source, out);
        for (name, before) in hidden {
            match before {
                Some(before) => self.variables.insert(name, before),
                None => self.variables.remove(&name),
            };
        }
        match (done, &action.failure, &action.success) {
            (Err(Failure::Diagnostics(mut all)), Some(said), _) => {
                for diagnostic in &mut all {
                    diagnostic.notes.insert(0, said.clone());
                }
                Err(elsewhere(self.with_trail(Failure::Diagnostics(all))))
            }
            (Err(failure), ..) => Err(elsewhere(self.with_trail(failure))),
            (Ok(()), _, Some(said)) => Ok(out.remark(said)?),
            (Ok(()), ..) => Ok(()),
        }
    }

    /// An update of the row of a table: what is not given stays as it is there.
    fn record(
        &mut self,
        form: &Form,
        action: &Piece,
        given: &dyn Fn(&Field) -> bool,
        span: Span,
    ) -> Result<Vec<(String, Value)>, Failure> {
        if form.table.is_none() || rql_forms::action_type(action) != "update" {
            return Ok(Vec::new());
        }
        let record = self.against(span, |env| rql_forms::record(form, env.catalog))?;
        let Some(record) = record else {
            return Ok(Vec::new());
        };
        let parse = record.parse();
        let key = parse.ast.all::<rql_ast::Expr>().iter();
        let mut key = key.filter(|expr| expr.kind == ExprKind::Param);
        let known = key.all(|expr| match parse.ast.param(expr.span) {
            rql_ast::ParamName::Name(name) => form.field(name).is_some_and(given),
            _ => false,
        });
        if !known {
            let message = format!("{} needs the key of the row", form.name.text);
            let error = Diagnostic::error(codes::FORM_INPUT, message);
            return Err(error
                .label(span, "which row is updated?")
                .help(
                    record
                        .text
                        .rsplit_once(" WHERE ")
                        .map_or("", |w| w.1)
                        .to_owned(),
                )
                .into());
        }
        let Collect { columns, rows } = self.rows(&record, &record.within("", ""))?;
        match rows.into_iter().next() {
            Some(row) => {
                let names = columns.into_iter().map(|column| column.name);
                Ok(names.zip(row).collect())
            }
            None => {
                let message = format!("{} has no row of this key", form.name.text);
                let error = Diagnostic::error(codes::FORM_INPUT, message);
                Err(error.label(span, "nothing is updated").into())
            }
        }
    }

    pub(super) fn hold(&mut self, field: &Field, value: Value) {
        // What has no type of its own takes that of the place where it is used.
        let typed = field.ty != Type::Unknown || !matches!(value, Value::Text(_));
        let variable = Variable { value, typed };
        self.variables.insert(field.name.text.clone(), variable);
    }

    /// The value of an expression over the fields.
    pub(super) fn ask(&mut self, form: &Form, piece: &Piece) -> Result<Value, Failure> {
        self.value(&rql_forms::condition(form, piece), piece)
    }

    pub(super) fn value(&mut self, text: &str, piece: &Piece) -> Result<Value, Failure> {
        let rows = self.rows(piece, text)?.rows;
        let first = rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next());
        Ok(first.unwrap_or(Value::Null))
    }

    /// The rows of a query that was made of a piece.
    pub(super) fn rows(&mut self, piece: &Piece, text: &str) -> Result<Collect, Failure> {
        let settle = |failure| match failure {
            Failure::Diagnostics(all) => Failure::Diagnostics(piece.settle(all)),
            other => other,
        };
        let parse = rql_grammar::parse(text);
        if !parse.is_ok() {
            return Err(settle(Failure::Diagnostics(parse.diagnostics)));
        }
        let ast = &parse.ast;
        let Some(stmt) = ast.statements.ids().next() else {
            return Ok(Collect::default());
        };
        let span = ast[stmt].span;
        let prepared = self.prepare_quietly(ast, span, |on| prepare::statement(ast, stmt, on));
        let prepared = prepared.map_err(settle)?;
        self.collect(&prepared, ast, span).map_err(settle)
    }

    /// Runs the statements of an action.
    fn run_piece(
        &mut self,
        piece: &Piece,
        source: &Arc<Source>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let parse = piece.parse();
        if !parse.is_ok() {
            return Err(Failure::Diagnostics(piece.settle(parse.diagnostics)));
        }
        self.within(source, |session| {
            for stmt in parse.ast.statements.ids() {
                session
                    .run(&parse.ast, stmt, out)
                    .map_err(|failure| match failure {
                        Failure::Diagnostics(all) => Failure::Diagnostics(piece.settle(all)),
                        other => other,
                    })?;
            }
            Ok(())
        })
    }
}

/// The action that is meant.
fn chosen(form: &Form, ast: &Ast, execute: FormExecute, place: Span) -> Result<Action, Failure> {
    let views = || form.views.iter().map(|view| &view.name);
    let names = || {
        form.actions
            .iter()
            .map(|action| &action.name)
            .chain(views())
    };
    let known = || names().map(|name| name.text.as_str());
    let Some(name) = execute.action else {
        return form.default_action().cloned().ok_or_else(|| {
            let message = format!("the form {} has no action to run", form.name.text);
            let error = Diagnostic::error(codes::FORM, message);
            error.label(place, "nothing to execute").into()
        });
    };
    let wanted = ast.name(name);
    let view = || form.views.iter().find(|view| view.name.text == wanted);
    let found = form.action(&wanted).cloned();
    found
        .or_else(|| view().map(rql_forms::View::action))
        .ok_or_else(|| {
            let message = format!("the form {} has no action {wanted}", form.name.text);
            let error =
                Diagnostic::error(codes::FORM, message).label(name.span, "no action of this name");
            match did_you_mean(&wanted, known()) {
                Some(near) => error.suggest(format!("did you mean {near}?"), name.span, near),
                None => error.help(format!("it has {}", known().collect::<Vec<_>>().join(", "))),
            }
            .into()
        })
}
