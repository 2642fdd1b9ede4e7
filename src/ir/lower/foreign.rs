//! Functions that RQL does not know: the backend's own, or nobody's.

use super::scope::Place;
use super::{Lowerer, Res};
use crate::others;
use crate::{ScalarId, ScalarKind, Type, function};
use rql_ast::{self as ast, ArgLabel, ExprKind, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl Lowerer<'_> {
    /// A function that the backend has runs there, with a warning; so does one of which nothing is known
    /// because nobody has said what there is. Any other is a mistake.
    pub(super) fn foreign_call(
        &mut self,
        name: &str,
        call: ast::Call,
        span: Span,
    ) -> Res<ScalarId> {
        let at = self.ast.name_span(call.name);
        let at = if at.is_empty() { span } else { at };
        let catalog = self.env.catalog;
        let args = &self.ast[call.args];
        let mut own = catalog.own_functions(name, args.len());
        let first = own.next();
        let named = |label| matches!(label, ArgLabel::Arrow(_) | ArgLabel::Assign(_));
        let plain = args
            .iter()
            .all(|arg| arg.label == ArgLabel::None || first.is_some() && named(arg.label));
        // What several give that differ is known to nobody.
        let gives = first
            .filter(|first| first.columns.is_empty())
            .map(|first| first.gives);
        let gives = gives.filter(|gives| own.all(|other| other.gives == *gives));
        let gives = gives.unwrap_or_default();
        if plain && catalog.has_function(name) {
            self.warn_of_own(name, gives != Type::Unknown, at);
            return match first.is_some_and(|first| first.aggregates) {
                true => self.own_aggregate(name, call, gives, span),
                false => self.backend_call(name, call, gives, span),
            };
        }
        let message = format!("no function {name}");
        if plain && catalog.is_open() {
            let label = "not RQL's; whether the backend has it is not known here";
            let warning = Diagnostic::warning(codes::UNKNOWN_FUNCTION, message).label(at, label);
            let help = "--db URL says which functions there are";
            self.warnings.push(self.nearest(warning, name, at, help));
            return self.backend_call(name, call, Type::Unknown, span);
        }
        let error = Diagnostic::error(codes::UNKNOWN_FUNCTION, message);
        let error = error.label(at, "no function of this name can be executed");
        let help = "NATIVE sends a statement to the backend as it is";
        Err(Box::new(self.nearest(error, name, at, help)))
    }

    /// A field of a record. What columns a function of the backend's own gives is known.
    pub(super) fn member(
        &mut self,
        base: ast::Id<ast::Expr>,
        field: ast::Ident,
        span: Span,
    ) -> Res<ScalarId> {
        let ast = self.ast;
        let name = ast.name(field).into_owned();
        if name == "*" {
            let message = "a star of a record";
            let error = Diagnostic::error(codes::MISPLACED_STAR, message);
            return Err(Box::new(
                error
                    .label(field.span, "its columns are not taken apart here")
                    .help("FROM f(x) gives the columns of what a function gives"),
            ));
        }
        let mut ty = Type::Unknown;
        let mut inner = base;
        while let ExprKind::Paren(expr) = ast[inner].kind {
            inner = expr;
        }
        if let ExprKind::Call(call) = ast[inner].kind {
            let call = ast[call];
            let catalog = self.env.catalog;
            let called = ast.dotted(call.name);
            let mut own = catalog.own_functions(&called, ast[call.args].len());
            let columns = own.next().map_or(&[][..], |own| &own.columns);
            let known = columns
                .iter()
                .find(|column| catalog.matches(&name, &column.0));
            if let (None, [_, ..]) = (known, columns) {
                let names: Vec<_> = columns.iter().map(|column| &*column.0).collect();
                let message = format!("no field {name}");
                let error = Diagnostic::error(codes::UNKNOWN_COLUMN, message);
                return Err(Box::new(
                    error
                        .label(field.span, "the record has none of this name")
                        .help(format!("it has {}", names.join(", "))),
                ));
            }
            ty = known.map_or(ty, |column| column.1);
        }
        let operand = self.expr(base)?;
        Ok(self.add(ScalarKind::Member { operand, name }, ty, true, span))
    }

    /// An aggregate that somebody has made in the backend.
    fn own_aggregate(
        &mut self,
        name: &str,
        call: ast::Call,
        gives: Type,
        span: Span,
    ) -> Res<ScalarId> {
        let scalar = self.within(Place::Aggregate, |this| {
            this.backend_call(name, call, gives, span)
        })?;
        let mut args = Vec::new();
        self.ir
            .scalar(scalar)
            .kind
            .each_operand(&mut |arg| args.push(arg));
        let depth = self.level(args.iter().copied());
        self.may_aggregate(depth, args.into_iter(), span)?;
        Ok(self.aggregate_column(depth, scalar, name))
    }

    fn nearest(&self, diagnostic: Diagnostic, name: &str, at: Span, help: &str) -> Diagnostic {
        if let Some(way) = others::function(name) {
            return diagnostic.help(format!("on every backend: {way}"));
        }
        // The backend's own come last: most are for its inside.
        let own = did_you_mean(name, function::names());
        let near = own.or_else(|| did_you_mean(name, self.env.catalog.functions()));
        match near {
            Some(near) => diagnostic.suggest(format!("did you mean {near}?"), at, near),
            None => diagnostic.help(help),
        }
    }

    /// Says that other backends may lack a function.
    pub(super) fn warn_of_own(&mut self, name: &str, known: bool, at: Span) {
        let message = format!("{name} is a function of this backend alone");
        let label = match known {
            true => "not RQL's: elsewhere it may be missing",
            false => "not RQL's: what it gives is not known here, and elsewhere it may be missing",
        };
        let warning = Diagnostic::warning(codes::NOT_PORTABLE, message).label(at, label);
        self.warnings.push(match others::function(name) {
            Some(way) => warning.help(format!("on every backend: {way}")),
            None => warning,
        });
    }

    fn backend_call(
        &mut self,
        name: &str,
        call: ast::Call,
        gives: Type,
        span: Span,
    ) -> Res<ScalarId> {
        let mut args = Vec::new();
        let mut labels = Vec::new();
        for arg in &self.ast[call.args] {
            labels.push(match arg.label {
                ArgLabel::Arrow(name) | ArgLabel::Assign(name) => {
                    Some(self.ast.name(name).into_owned())
                }
                _ => None,
            });
            let value = self.expr(arg.value)?;
            args.push(self.settle(value));
        }
        let kind = ScalarKind::BackendCall {
            labels,
            name: name.to_owned(),
            args,
        };
        Ok(self.add(kind, gives, true, span))
    }
}
