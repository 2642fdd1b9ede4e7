//! Functions that RQL does not know: the backend's own, or nobody's.

use super::{Lowerer, Res};
use crate::others;
use crate::{ScalarId, ScalarKind, Type, function};
use rql_ast::{self as ast, ArgLabel, Span};
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
        let plain = self.ast[call.args]
            .iter()
            .all(|arg| arg.label == ArgLabel::None);
        if plain && catalog.has_function(name) {
            let message = format!("{name} is a function of this backend alone");
            let label =
                "not RQL's: what it gives is not known here, and elsewhere it may be missing";
            let warning = Diagnostic::warning(codes::NOT_PORTABLE, message).label(at, label);
            self.warnings.push(match others::function(name) {
                Some(way) => warning.help(format!("on every backend: {way}")),
                None => warning,
            });
            return self.backend_call(name, call, span);
        }
        let message = format!("no function {name}");
        if plain && catalog.is_open() {
            let label = "not RQL's; whether the backend has it is not known here";
            let warning = Diagnostic::warning(codes::UNKNOWN_FUNCTION, message).label(at, label);
            let help = "--db URL says which functions there are";
            self.warnings.push(self.nearest(warning, name, at, help));
            return self.backend_call(name, call, span);
        }
        let error = Diagnostic::error(codes::UNKNOWN_FUNCTION, message);
        let error = error.label(at, "no function of this name can be executed");
        let help = "NATIVE sends a statement to the backend as it is";
        Err(Box::new(self.nearest(error, name, at, help)))
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

    fn backend_call(&mut self, name: &str, call: ast::Call, span: Span) -> Res<ScalarId> {
        let mut args = Vec::new();
        for arg in &self.ast[call.args] {
            let value = self.expr(arg.value)?;
            args.push(self.settle(value));
        }
        let kind = ScalarKind::BackendCall {
            name: name.to_owned(),
            args,
        };
        Ok(self.add(kind, Type::Unknown, true, span))
    }
}
