//! The statements and the expressions of a form, compiled against the catalog, and where their parameters come from.

use super::{Checked, condition};
use crate::Piece;
use crate::model::{Action, Body};
use rql::{Catalog, Env, Options, ParamName, Type};
use rql_ast::{Ast, ExprKind, StmtKind};
use rql_diagnostics::{Diagnostic, Severity, codes, did_you_mean};
use std::collections::BTreeMap;

/// By name: type, needed, place.
pub(super) type Parameters = BTreeMap<String, (Type, bool, rql_ast::Span)>;

impl Checked<'_> {
    /// The type of an expression over the fields.
    pub(super) fn expression(&mut self, piece: &Piece) -> Option<Type> {
        let text = condition(self.form, piece);
        let parse = rql_grammar::parse(&text);
        let first = self.compiled(piece, &parse, &[])?;
        if first.len() != 1 {
            self.error("one value is wanted", piece.span, "not this");
            return None;
        }
        first.first().copied()
    }

    /// The type of the first column of a query.
    pub(super) fn query(&mut self, piece: &Piece) -> Option<Type> {
        let parse = piece.parse();
        let is_query = matches!(
            &parse.ast[parse.ast.statements],
            [stmt] if matches!(stmt.kind, StmtKind::Query(_) | StmtKind::Error)
        );
        if !is_query {
            self.error("a query is wanted here", piece.span, "not this");
            return None;
        }
        self.compiled(piece, &parse, &[])?.first().copied()
    }

    /// The columns of the only statement of a text.
    fn compiled(
        &mut self,
        piece: &Piece,
        parse: &rql::Parse,
        aliases: &[(Piece, Piece)],
    ) -> Option<Vec<Type>> {
        let mut found = Parameters::new();
        let columns = self.statements(piece, parse, aliases, &mut found)?;
        self.trace(piece, &found, aliases);
        Some(columns)
    }

    /// Compiles statements, and adds what they take.
    fn statements(
        &mut self,
        piece: &Piece,
        parse: &rql::Parse,
        aliases: &[(Piece, Piece)],
        found: &mut Parameters,
    ) -> Option<Vec<Type>> {
        let ast = &parse.ast;
        if !parse.is_ok() {
            self.wrong.extend(piece.settle(parse.diagnostics.clone()));
            return None;
        }
        let mut columns = Vec::new();
        let variables = |name: &str| match aliases.iter().find(|alias| alias.0.text == name) {
            Some((_, field)) => self.variable(&field.text),
            None => self.variable(name),
        };
        let env = Env {
            variables: &variables,
            ..self.env
        };
        let simple = ast[ast.statements].iter().all(|stmt| is_simple(stmt.kind));
        if !simple {
            let mut catalog = self.env.catalog.clone();
            let program = script(ast, &mut catalog, &self.env);
            for parameter in &program.parameters {
                let entry = (parameter.ty, parameter.default.is_none(), parameter.span);
                found.entry(parameter.name.clone()).or_insert(entry);
            }
            let wrong = errors(program.diagnostics);
            let sound = wrong.is_empty();
            self.wrong.extend(piece.settle(wrong));
            return sound.then_some(columns);
        }
        for stmt in ast.statements.ids() {
            match rql::compile(ast, stmt, &env) {
                Ok(compiled) => {
                    columns = compiled.columns.iter().map(|column| column.ty).collect();
                    let add = &mut |name: &ParamName, ty, span, needed| {
                        if let ParamName::Name(name) = name {
                            let entry = found.entry(name.clone()).or_insert((ty, needed, span));
                            entry.1 |= needed;
                        }
                    };
                    match &compiled.choices {
                        Some(choices) => {
                            for (param, needed) in choices.params() {
                                add(&param.name, param.ty, param.span, needed);
                            }
                        }
                        None => {
                            for param in &compiled.params {
                                add(&param.name, param.ty, param.span, true);
                            }
                        }
                    }
                    asked(ast, found);
                }
                Err(wrong) => {
                    let wrong = wrong
                        .into_iter()
                        .map(|wrong| self.meant(ast, wrong))
                        .collect();
                    self.wrong.extend(piece.settle(wrong));
                    return None;
                }
            }
        }
        Some(columns)
    }

    /// A name that is no column may be nearly one of a field.
    fn meant(&self, ast: &Ast, wrong: Diagnostic) -> Diagnostic {
        let fields = self
            .form
            .fields
            .iter()
            .map(|field| field.name.text.as_str());
        match wrong.primary_span() {
            Some(span) if wrong.code == codes::UNKNOWN_COLUMN && wrong.suggestions.is_empty() => {
                match did_you_mean(ast.text(span), fields) {
                    Some(near) => wrong.suggest(format!("did you mean {near}?"), span, near),
                    None => wrong,
                }
            }
            _ => wrong,
        }
    }

    pub(super) fn parameters(&mut self, action: &Action) -> Parameters {
        let mut found = Parameters::new();
        if let Body::Run(piece) = &action.body {
            let parse = piece.parse();
            self.statements(piece, &parse, &action.params, &mut found);
        }
        found
    }

    /// Every parameter is that of a field, or a variable of the session.
    pub(super) fn trace(&mut self, piece: &Piece, found: &Parameters, aliases: &[(Piece, Piece)]) {
        for (name, (_, _, span)) in found {
            let known = self.form.field(name).is_some()
                || aliases.iter().any(|alias| alias.0.text == *name)
                || (self.env.variables)(name).is_some();
            if known {
                continue;
            }
            let fields = self
                .form
                .fields
                .iter()
                .map(|field| field.name.text.as_str());
            let error = Diagnostic::error(
                codes::UNBOUND_PARAMETER,
                format!("the form has no field {name}"),
            );
            let error = error.label(*span, "no field gives it a value");
            let error = match did_you_mean(name, fields) {
                Some(near) => {
                    let written = match span.text(&piece.within("", "")).starts_with(':') {
                        true => format!(":{near}"),
                        false => near.to_owned(),
                    };
                    error.suggest(format!("did you mean {near}?"), *span, written)
                }
                None => error.help(format!("FIELD {name} … declares one, or LET a variable")),
            };
            self.wrong.extend(piece.settle(vec![error]));
        }
    }
}

fn is_simple(kind: StmtKind) -> bool {
    use StmtKind as S;
    matches!(
        kind,
        S::Query(_) | S::Insert(_) | S::Update(_) | S::Delete(_) | S::Merge(_)
    )
}

fn errors(said: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let error = |d: &Diagnostic| d.severity == Severity::Error;
    said.into_iter().filter(error).collect()
}

fn script(ast: &Ast, catalog: &mut Catalog, env: &Env<'_>) -> rql::Program {
    let options = Options {
        dialect: env.dialect,
        uses: &|_| None,
        file: "",
        includes: &|_, _| Err("an action includes no file".into()),
        fold: env.fold,
    };
    rql::program(ast, catalog, options)
}

/// The names that templates ask about are parameters that may be left out.
fn asked(ast: &Ast, found: &mut Parameters) {
    for (name, span) in template_names(ast) {
        found.entry(name).or_insert((Type::Unknown, false, span));
    }
}

/// The names in the conditions of templates.
fn template_names(ast: &Ast) -> Vec<(String, rql_ast::Span)> {
    let mut names = Vec::new();
    let source = ast.source();
    for (at, _) in source.match_indices("{{#") {
        let end = source[at..].find("}}").map_or(source.len(), |end| at + end);
        let inside = |span: rql_ast::Span| at <= span.start as usize && span.end as usize <= end;
        for expr in ast.all::<rql_ast::Expr>() {
            match expr.kind {
                ExprKind::Column(name) if inside(expr.span) => {
                    names.push((ast.dotted(name), expr.span));
                }
                ExprKind::Param if inside(expr.span) => {
                    if let rql_ast::ParamName::Name(name) = ast.param(expr.span) {
                        names.push((name.to_lowercase(), expr.span));
                    }
                }
                _ => {}
            }
        }
    }
    names
}
