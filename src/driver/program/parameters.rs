//! What a program wants to be given: names with a colon, and PARAM.

use super::walk::Walk;
use super::{Outcome, Parameter};
use crate::{Choices, Compiled};
use rql_ast::{Ast, Expr, ExprKind, Id, Span};
use rql_codegen::ParamRef;
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use rql_ir::{Condition, ParamName, Type};

impl Walk<'_> {
    /// Parameters that a template asks for need no value.
    pub(super) fn asked(&mut self, conditions: &[Condition], span: Span) {
        for name in conditions.iter().flat_map(Condition::params) {
            let name = name.to_string();
            let name = name.trim_start_matches('$');
            if !self.state.has(name) && !name.contains('.') {
                self.used(name, Type::Unknown, span);
                self.optional(name);
            }
        }
    }

    fn optional(&mut self, name: &str) {
        let found = self.done.parameters.iter_mut().find(|p| p.name == name);
        if let Some(parameter) = found {
            parameter.nullable = true;
            parameter.default.get_or_insert_with(|| "NULL".into());
        }
    }

    /// The parameters of a statement with templates: those that only optional pieces use need no value.
    fn choices(&mut self, choices: &Choices, span: Span) {
        for (param, required) in choices.params() {
            let name = param.name.to_string();
            let name = name.trim_start_matches('$');
            if self.state.has(name) || name.contains('.') {
                continue;
            }
            let known = self.done.parameters.iter().any(|p| p.name == name);
            self.used(name, param.ty, param.span);
            if !required && !known {
                self.optional(name);
            }
        }
        let conditions = choices.conditions().to_vec();
        let parameters = self.done.parameters.len();
        let asked: Vec<_> = conditions
            .into_iter()
            .filter(|c| {
                c.params().iter().all(|name| {
                    let name = name.to_string();
                    let name = name.trim_start_matches('$');
                    self.done.parameters[..parameters]
                        .iter()
                        .all(|p| p.name != name)
                })
            })
            .collect();
        self.asked(&asked, span);
    }

    /// A parameter that stands alone takes any type.
    pub(super) fn bare(&mut self, span: Span) -> Option<Type> {
        let name = match self.ast.param(span) {
            rql_ast::ParamName::Name(name) => name.to_lowercase(),
            rql_ast::ParamName::Position(at) => at.to_string(),
            rql_ast::ParamName::Next => "1".into(),
        };
        let known = self.state.variables.get(&name).map(|variable| variable.ty);
        let sound = self.used(&name, known.unwrap_or_default(), span);
        sound.then(|| known.unwrap_or_default())
    }

    /// A name with a colon that stands in a statement: a parameter, where the program does not give it a
    /// value itself. False where it can be none.
    pub(super) fn used(&mut self, name: &str, ty: Type, span: Span) -> bool {
        if self.state.has(name) {
            return true;
        }
        let Some((row, column)) = name.split_once('.') else {
            self.wanted(name, ty, span);
            return true;
        };
        // Other names with a point are what LET relations have captured.
        let Some(columns) = self.state.rows.get(row) else {
            return true;
        };
        let error = Diagnostic::error(
            codes::UNKNOWN_COLUMN,
            format!("the row {row} has no {column}"),
        )
        .label(span, "no column of the loop's query has this name");
        let near = did_you_mean(column, columns.iter().map(String::as_str));
        self.done.diagnostics.push(match near {
            Some(near) => error.suggest(
                format!("did you mean {near}?"),
                span,
                format!(":{row}.{near}"),
            ),
            None => error.note(format!("its columns are {}", columns.join(", "))),
        });
        false
    }

    pub(super) fn take(&mut self, compiled: Result<Compiled, Vec<Diagnostic>>) -> Option<Compiled> {
        match compiled {
            Ok(mut compiled) => {
                self.done.diagnostics.append(&mut compiled.warnings);
                if let Some(choices) = &compiled.choices {
                    self.choices(choices, compiled.span);
                    return Some(compiled);
                }
                let mut sound = true;
                for ParamRef { name, ty, span, .. } in &compiled.params {
                    let name = match name {
                        ParamName::Name(name) => name.clone(),
                        ParamName::Position(at) => at.to_string(),
                    };
                    sound &= self.used(&name, *ty, *span);
                }
                sound.then_some(compiled)
            }
            Err(wrong) => {
                self.done.diagnostics.extend(wrong);
                None
            }
        }
    }

    /// A parameter without a declaration stands where a type is wanted.
    fn wanted(&mut self, name: &str, ty: Type, span: Span) {
        let perhaps_set = self.state.variables.contains_key(name);
        let included = self.included;
        let Some(known) = self.done.parameters.iter_mut().find(|p| p.name == name) else {
            self.done.parameters.push(Parameter {
                name: name.to_owned(),
                ty,
                nullable: false,
                default: None,
                perhaps_set,
                included,
                span,
            });
            return;
        };
        // Where it stands once without a value, it needs one.
        known.perhaps_set &= perhaps_set;
        match known.ty.unify(ty) {
            Some(both) => known.ty = both,
            None => {
                let message = format!(":{name} is wanted as {} and as {ty}", known.ty);
                let mut error = Diagnostic::error(codes::PARAMETER_CONFLICT, message)
                    .label(span, format!("here as {ty}"))
                    .help("a CAST at one of the places says what is meant");
                if known.included == included {
                    error = error.label(known.span, format!("here as {}", known.ty));
                }
                self.done.diagnostics.push(error);
            }
        }
    }

    pub(super) fn declaration(&mut self, param: rql_ast::Param) -> Outcome {
        let ast = self.ast;
        let name = ast.name(param.name).into_owned();
        let span = param.name.span;
        let before = self.done.parameters.iter().find(|p| p.name == name);
        if let Some(before) = before {
            let message = format!("the parameter {name} is used before it is declared, or twice");
            let mut error = Diagnostic::error(codes::DUPLICATE_NAME, message)
                .label(span, "declared here")
                .help("one PARAM before the first use declares it");
            if before.included == self.included {
                error = error.label(before.span, "it stands here before");
            }
            self.done.diagnostics.push(error);
            return Outcome::Failed;
        }
        let declared = param
            .ty
            .map(|ty| (ast[ty].span, Type::from_declared(ast.text(ast[ty].span))));
        if let Some((at, Type::Unknown)) = declared {
            let error =
                Diagnostic::error(codes::TYPE_MISMATCH, format!("no type {}", ast.text(at)))
                    .label(at, "no type of this name");
            self.done.diagnostics.push(error);
        }
        let (mut ty, mut nullable) = (declared.map_or(Type::Unknown, |d| d.1), false);
        if let Some(default) = param.default {
            nullable = matches!(ast[default].kind, ExprKind::Null);
            let Some(given) = self.value(default) else {
                return Outcome::Failed;
            };
            if ty == Type::Unknown {
                ty = given;
            } else if !fits(ast, default, given, ty) {
                let message = format!("the default of {name} is no {ty}");
                let error = Diagnostic::error(codes::TYPE_MISMATCH, message)
                    .label(ast[default].span, format!("this is {given}"))
                    .label(span, format!("declared as {ty}"));
                self.done.diagnostics.push(error);
                return Outcome::Failed;
            }
        }
        self.state.set(name.clone(), ty);
        self.done.parameters.push(Parameter {
            name,
            ty,
            nullable,
            default: param.default.map(|d| ast.text(ast[d].span).to_owned()),
            perhaps_set: false,
            included: self.included,
            span,
        });
        Outcome::Session
    }
}

/// True where a default can become the declared type; a string may be the text of any value.
fn fits(ast: &Ast, default: Id<Expr>, given: Type, wanted: Type) -> bool {
    matches!(ast[default].kind, ExprKind::String | ExprKind::Null) || given.unify(wanted).is_some()
}
