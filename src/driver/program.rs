//! A whole text: each statement against what those before it have made.

use crate::{Choices, Compiled, Env, changes, compile, compile_expr, compile_query};
use rql_ast::{Ast, Expr, ExprKind, Id, LetValue, Query, Span, Stmt, StmtKind};
use rql_codegen::{Dialect, ParamRef};
use rql_diagnostics::{Diagnostic, Severity, codes};
use rql_ir::{Catalog, Condition, Definition, NameMatch, ParamName, Type, lower_condition};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a text is compiled for.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The dialect.
    pub dialect: Dialect,
    /// The catalog of what USE names, where it is known.
    pub uses: &'a dyn Fn(&str) -> Option<Catalog>,
}

/// A text, compiled.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its statements, in order.
    pub statements: Vec<Part>,
    /// The parameters that it takes, in the order in which they first stand.
    pub parameters: Vec<Parameter>,
    /// What is wrong with it, and what else should be said.
    pub diagnostics: Vec<Diagnostic>,
}

/// A statement of a program.
#[derive(Clone, Debug)]
pub struct Part {
    /// The statement.
    pub stmt: Id<Stmt>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a statement.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Text for the backend.
    Sql(Box<Compiled>),
    /// The session does it; nothing is sent.
    Session,
    /// A diagnostic says why there is nothing.
    Failed,
}

/// A parameter that whoever runs a program gives a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; a position as digits.
    pub name: String,
    /// Its type: declared by PARAM, or wanted where it stands.
    pub ty: Type,
    /// True where it may be NULL.
    pub nullable: bool,
    /// The text of its default; without one a value must be given.
    pub default: Option<String>,
    /// Where it is declared, or stands first.
    pub span: Span,
}

impl Program {
    /// True where nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let error = |d: &Diagnostic| d.severity == Severity::Error;
        !self.diagnostics.iter().any(error)
    }
}

/// Compiles every statement of a text. A broken statement does not hide the next one. The catalog is
/// afterwards as the text leaves it.
#[must_use]
pub fn program(ast: &Ast, catalog: &mut Catalog, options: Options<'_>) -> Program {
    program_with(ast, catalog, options, &mut |_, _| {})
}

/// As [`program`]; `seen` is shown each statement that has text for the backend, before it changes
/// anything, with what it is compiled against.
#[must_use]
pub fn program_with(
    ast: &Ast,
    catalog: &mut Catalog,
    options: Options<'_>,
    seen: &mut dyn FnMut(Id<Stmt>, &Env<'_>),
) -> Program {
    let mut walk = Walk {
        ast,
        catalog,
        options,
        variables: BTreeMap::new(),
        done: Program::default(),
        seen,
    };
    for stmt in ast.statements.ids() {
        let outcome = walk.statement(stmt);
        walk.done.statements.push(Part { stmt, outcome });
    }
    walk.done
}

/// The catalog that a text of DDL makes; what is no DDL is left out.
#[must_use]
pub fn schema(source: &str, names: NameMatch) -> (Catalog, Vec<Diagnostic>) {
    let mut catalog = Catalog::new(names);
    let diagnostics = declare(&mut catalog, source);
    (catalog, diagnostics)
}

/// Changes a catalog as the DDL of a text says; gives what is wrong with it.
pub fn declare(catalog: &mut Catalog, source: &str) -> Vec<Diagnostic> {
    let parse = rql_grammar::parse(source);
    let ast = &parse.ast;
    let mut diagnostics = parse.diagnostics.clone();
    for stmt in ast.statements.ids() {
        let env = rql_ir::Env {
            catalog,
            variables: &|_| None,
        };
        match rql_ir::changes(ast, stmt, env) {
            Ok(made) => catalog.apply(made.unwrap_or_default()),
            Err(more) => diagnostics.extend(more),
        }
    }
    diagnostics
}

struct Walk<'a> {
    ast: &'a Ast,
    catalog: &'a mut Catalog,
    options: Options<'a>,
    /// The types of variables and declared parameters.
    variables: BTreeMap<String, Type>,
    done: Program,
    seen: &'a mut dyn FnMut(Id<Stmt>, &Env<'_>),
}

impl Walk<'_> {
    fn statement(&mut self, stmt: Id<Stmt>) -> Outcome {
        let ast = self.ast;
        match ast[stmt].kind {
            // The parser has said what is wrong.
            StmtKind::Error => Outcome::Failed,
            StmtKind::Let(id) => match ast[id].value {
                LetValue::Scalar(expr) => {
                    let name = ast.name(ast[id].name).into_owned();
                    let ty = self.value(expr);
                    self.variables.insert(name, ty.unwrap_or_default());
                    session(ty.is_some())
                }
                LetValue::Relation(query) => self.relation(stmt, query),
            },
            StmtKind::Macro(_) => {
                self.define(stmt, String::new());
                Outcome::Session
            }
            // The text has both; which one runs is known when it does.
            StmtKind::Template(template) => {
                let template = &ast[template];
                let mut sound = match lower_condition(ast, template.condition) {
                    Ok((conditions, _)) => {
                        self.asked(&conditions, template.span);
                        true
                    }
                    Err(wrong) => {
                        self.done.diagnostics.extend(wrong);
                        false
                    }
                };
                for branch in [Some(template.then), template.otherwise]
                    .into_iter()
                    .flatten()
                {
                    for stmt in branch.ids() {
                        let outcome = self.statement(stmt);
                        sound &= !matches!(outcome, Outcome::Failed);
                        self.done.statements.push(Part { stmt, outcome });
                    }
                }
                session(sound)
            }
            StmtKind::Unset(names) => {
                for &name in &ast[names] {
                    let name = ast.name(name);
                    self.variables.remove(name.as_ref());
                    let mut definitions = self.catalog.definitions().to_vec();
                    definitions.retain(|definition| definition.name != name);
                    self.catalog.set_definitions(definitions);
                }
                Outcome::Session
            }
            StmtKind::Param(id) => self.declaration(ast[id]),
            StmtKind::Print(items) => {
                let sound = ast[items]
                    .iter()
                    .filter(|&&item| self.value(item).is_some());
                session(sound.count() == items.len())
            }
            StmtKind::Use {
                target,
                alias: None,
            } => {
                let name = match ast[target].kind {
                    ExprKind::Column(name) => ast.dotted(name),
                    _ => String::new(),
                };
                let names = self.catalog.name_match();
                // What is not known here says nothing about its tables.
                *self.catalog = (self.options.uses)(&name).unwrap_or_else(|| Catalog::open(names));
                Outcome::Session
            }
            StmtKind::Show(_) | StmtKind::Describe(_) => Outcome::Session,
            _ => self.compiled(stmt),
        }
    }

    fn compiled(&mut self, stmt: Id<Stmt>) -> Outcome {
        let variables = &self.variables;
        let types = |name: &str| variables.get(name).copied();
        let env = Env {
            catalog: self.catalog,
            dialect: self.options.dialect,
            variables: &types,
        };
        let made = changes(self.ast, stmt, &env);
        let compiled = match self.ast.placeholders(self.ast[stmt].span).as_slice() {
            [] => compile(self.ast, stmt, &env),
            names => some_name(self.ast, stmt, names, &env),
        };
        if compiled.is_ok() {
            (self.seen)(stmt, &env);
        }
        for (name, span) in self.ast.placeholders(self.ast[stmt].span) {
            if !self.variables.contains_key(name) {
                self.wanted(name, Type::Text, span);
            }
        }
        match made {
            Ok(made) => self.catalog.apply(made.unwrap_or_default()),
            Err(wrong) => {
                self.done.diagnostics.extend(wrong);
                return Outcome::Failed;
            }
        }
        self.take(compiled)
            .map_or(Outcome::Failed, |compiled| Outcome::Sql(Box::new(compiled)))
    }

    /// `LET t AS SELECT …`: checked where it stands, then a name for those that follow.
    fn relation(&mut self, stmt: Id<Stmt>, query: Id<Query>) -> Outcome {
        let variables = &self.variables;
        let types = |name: &str| variables.get(name).copied();
        let env = Env {
            catalog: self.catalog,
            dialect: self.options.dialect,
            variables: &types,
        };
        let compiled = compile_query(self.ast, query, &env);
        if self.take(compiled).is_none() {
            return Outcome::Failed;
        }
        let key = format!("let.{}", self.catalog.definitions().len() + 1);
        self.define(stmt, key);
        Outcome::Session
    }

    fn define(&mut self, stmt: Id<Stmt>, key: String) {
        let mut definitions = self.catalog.definitions().to_vec();
        let mut trees = definitions.iter().map(|d| &d.ast);
        let same = trees.find(|tree| Arc::ptr_eq(tree.source(), self.ast.source()));
        let tree = same.map(Arc::clone);
        let tree = tree.unwrap_or_else(|| Arc::new(self.ast.clone()));
        let Some(mut definition) = Definition::read(&tree, &self.ast[stmt]) else {
            return;
        };
        definition.key = key;
        definition.captured.clone_from(&definitions);
        definition.captured.retain(|d| !d.is_macro());
        definitions.push(Arc::new(definition));
        self.catalog.set_definitions(definitions);
    }

    /// Parameters that a template asks for need no value.
    fn asked(&mut self, conditions: &[Condition], span: Span) {
        for name in conditions.iter().flat_map(Condition::params) {
            let name = name.to_string();
            let name = name.trim_start_matches('$');
            if !self.variables.contains_key(name) && !name.contains('.') {
                self.wanted(name, Type::Unknown, span);
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
            if self.variables.contains_key(name) || name.contains('.') {
                continue;
            }
            let known = self.done.parameters.iter().any(|p| p.name == name);
            self.wanted(name, param.ty, param.span);
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

    /// The type of a value that the session keeps or prints; `None` where it is wrong.
    fn value(&mut self, expr: Id<Expr>) -> Option<Type> {
        let ast = self.ast;
        if ast[expr].kind == ExprKind::Param {
            return Some(self.bare(ast[expr].span));
        }
        let variables = &self.variables;
        let types = |name: &str| variables.get(name).copied();
        let env = Env {
            catalog: self.catalog,
            dialect: self.options.dialect,
            variables: &types,
        };
        let compiled = compile_expr(ast, expr, &env);
        let compiled = self.take(compiled)?;
        Some(compiled.columns.first().map_or(Type::Unknown, |c| c.ty))
    }

    /// A parameter that stands alone takes any type.
    fn bare(&mut self, span: Span) -> Type {
        let name = match self.ast.param(span) {
            rql_ast::ParamName::Name(name) => name.to_lowercase(),
            rql_ast::ParamName::Position(at) => at.to_string(),
            rql_ast::ParamName::Next => "1".into(),
        };
        if let Some(&ty) = self.variables.get(&name) {
            return ty;
        }
        self.wanted(&name, Type::Unknown, span);
        Type::Unknown
    }

    fn take(&mut self, compiled: Result<Compiled, Vec<Diagnostic>>) -> Option<Compiled> {
        match compiled {
            Ok(mut compiled) => {
                self.done.diagnostics.append(&mut compiled.warnings);
                if let Some(choices) = &compiled.choices {
                    self.choices(choices, compiled.span);
                    return Some(compiled);
                }
                for ParamRef { name, ty, span, .. } in &compiled.params {
                    let name = match name {
                        ParamName::Name(name) => name.clone(),
                        ParamName::Position(at) => at.to_string(),
                    };
                    // Names with a point are what LET relations have captured.
                    if !self.variables.contains_key(&name) && !name.contains('.') {
                        self.wanted(&name, *ty, *span);
                    }
                }
                Some(compiled)
            }
            Err(wrong) => {
                self.done.diagnostics.extend(wrong);
                None
            }
        }
    }

    /// A parameter without a declaration stands where a type is wanted.
    fn wanted(&mut self, name: &str, ty: Type, span: Span) {
        let known = self.done.parameters.iter_mut().find(|p| p.name == name);
        let Some(known) = known else {
            self.done.parameters.push(Parameter {
                name: name.to_owned(),
                ty,
                nullable: false,
                default: None,
                span,
            });
            return;
        };
        match known.ty.unify(ty) {
            Some(both) => known.ty = both,
            None => {
                let message = format!(":{name} is wanted as {} and as {ty}", known.ty);
                let error = Diagnostic::error(codes::PARAMETER_CONFLICT, message)
                    .label(span, format!("here as {ty}"))
                    .label(known.span, format!("here as {}", known.ty))
                    .help("a CAST at one of the places says what is meant");
                self.done.diagnostics.push(error);
            }
        }
    }

    fn declaration(&mut self, param: rql_ast::Param) -> Outcome {
        let ast = self.ast;
        let name = ast.name(param.name).into_owned();
        let span = param.name.span;
        let before = self.done.parameters.iter().find(|p| p.name == name);
        if let Some(before) = before {
            let message = format!("the parameter {name} is used before it is declared, or twice");
            let error = Diagnostic::error(codes::DUPLICATE_NAME, message)
                .label(span, "declared here")
                .label(before.span, "it stands here before")
                .help("one PARAM before the first use declares it");
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
        self.variables.insert(name.clone(), ty);
        self.done.parameters.push(Parameter {
            name,
            ty,
            nullable,
            default: param.default.map(|d| ast.text(ast[d].span).to_owned()),
            span,
        });
        Outcome::Session
    }
}

/// A statement with `{{name}}`, which a value completes when it runs: sound where it is so for some
/// names of the catalog.
fn some_name(
    ast: &Ast,
    stmt: Id<Stmt>,
    names: &[(&str, Span)],
    env: &Env<'_>,
) -> Result<Compiled, Vec<Diagnostic>> {
    const MOST: usize = 4096;
    let tables = env.catalog.tables();
    let mut candidates: Vec<&str> = tables.iter().map(|t| t.name.as_str()).collect();
    candidates.extend(
        tables
            .iter()
            .flat_map(|t| &t.columns)
            .map(|c| c.name.as_str()),
    );
    candidates.sort_unstable();
    candidates.dedup();
    if candidates.is_empty() {
        candidates.push("x");
    }
    let mut tree = ast.clone();
    let mut first = None;
    for attempt in 0..MOST {
        let mut rest = attempt;
        for (name, _) in names {
            let value = candidates[rest % candidates.len()];
            tree.fill(name, &format!("\"{}\"", value.replace('"', "\"\"")));
            rest /= candidates.len();
        }
        if rest > 0 {
            break;
        }
        match compile(&tree, stmt, env) {
            Ok(compiled) => return Ok(compiled),
            Err(problems) => first = first.or(Some(problems)),
        }
    }
    let note = "no table or column of the catalog can stand for what is in {{ }}";
    let problems = first.unwrap_or_default().into_iter();
    Err(problems.map(|problem| problem.note(note)).collect())
}

/// True where a default can become the declared type; a string may be the text of any value.
fn fits(ast: &Ast, default: Id<Expr>, given: Type, wanted: Type) -> bool {
    matches!(ast[default].kind, ExprKind::String | ExprKind::Null) || given.unify(wanted).is_some()
}

fn session(sound: bool) -> Outcome {
    if sound {
        Outcome::Session
    } else {
        Outcome::Failed
    }
}
