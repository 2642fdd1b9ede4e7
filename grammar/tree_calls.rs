//! Nodes of calls: their arguments, windows and frames.

use crate::term::{Aux, Tok};
use crate::tree::*;
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes};
impl Tree {
    pub(crate) fn call(&mut self, name: Name, quantifier: Quantifier, args: List<Arg>) -> Id<Call> {
        self.call_args(name, quantifier, args, CallEnd::default())
    }

    pub(crate) fn call_args(
        &mut self,
        name: Name,
        quantifier: Quantifier,
        args: List<Arg>,
        end: CallEnd,
    ) -> Id<Call> {
        self.ast.push(Call {
            name,
            quantifier,
            args,
            order_by: end.order_by,
            limit: end.limit,
            separator: end.separator,
            ignore_nulls: end.ignore_nulls,
            within_group: List::EMPTY,
            filter: None,
            over: None,
        })
    }

    pub(crate) fn change_call(&mut self, id: Id<Call>, change: impl FnOnce(&mut Call)) -> Id<Call> {
        if let Some(call) = self.ast.get_mut(id) {
            change(call);
        }
        id
    }

    /// Reports what stands twice where one of it would be lost.
    pub(crate) fn once(&mut self, free: bool, what: &str, span: Span) {
        if !free {
            self.report(
                Diagnostic::error(codes::DUPLICATE_CLAUSE, format!("{what} stands twice"))
                    .label(span, "once more here"),
            );
        }
    }

    pub(crate) fn call_filter(&mut self, id: Id<Call>, condition: Id<Expr>) -> Id<Call> {
        self.once(
            self.ast[id].filter.is_none(),
            "FILTER",
            self.ast[condition].span,
        );
        self.change_call(id, |call| call.filter = Some(condition))
    }

    pub(crate) fn call_within(&mut self, id: Id<Call>, order: List<OrderItem>) -> Id<Call> {
        let span = self.ast[self.ast[id].name.parts]
            .first()
            .map_or(Span::default(), |part| part.span);
        self.once(self.ast[id].within_group.is_empty(), "WITHIN GROUP", span);
        self.change_call(id, |call| call.within_group = order)
    }

    pub(crate) fn call_nulls(&mut self, id: Id<Call>, tok: Tok) -> Id<Call> {
        self.once(
            self.ast[id].ignore_nulls.is_none(),
            "what becomes of NULLs",
            tok.span,
        );
        self.change_call(id, |call| call.ignore_nulls = Some(tok.flag()))
    }

    pub(crate) fn call_over(&mut self, id: Id<Call>, over: Over) -> Id<Call> {
        let span = match over {
            Over::Named(name) => name.span,
            Over::Spec(spec) => self.ast[spec].span,
        };
        self.once(self.ast[id].over.is_none(), "OVER", span);
        self.change_call(id, |call| call.over = Some(over))
    }

    pub(crate) fn trim(&mut self, tok: Tok, value: Id<Expr>) -> Arg {
        let label = match tok.which() {
            0 => ArgLabel::Both,
            1 => ArgLabel::Leading,
            _ => ArgLabel::Trailing,
        };
        Arg { label, value }
    }

    /// `TRIM(BOTH FROM x)`: the side stands alone.
    pub(crate) fn trim_from(&mut self, tok: Tok, value: Id<Expr>) -> Arg {
        let label = match tok.which() {
            0 => ArgLabel::BothFrom,
            1 => ArgLabel::LeadingFrom,
            _ => ArgLabel::TrailingFrom,
        };
        Arg { label, value }
    }

    pub(crate) fn window_spec(
        &mut self,
        base: Option<Ident>,
        partition_by: List<Id<Expr>>,
        order_by: List<OrderItem>,
        frame: Option<Id<rql_ast::Frame>>,
        l: u32,
        r: u32,
    ) -> Id<WindowSpec> {
        let span = Span::new(l, r);
        self.ast.push(WindowSpec {
            base,
            partition_by,
            order_by,
            frame,
            span,
        })
    }

    pub(crate) fn frame(
        &mut self,
        unit: Tok,
        start: Bound,
        end: Option<Bound>,
        exclude: Option<Tok>,
        l: u32,
        r: u32,
    ) -> Id<rql_ast::Frame> {
        let unit = if let Aux::Unit(unit) = unit.aux {
            unit
        } else {
            FrameUnit::Rows
        };
        let exclude = exclude.and_then(|tok| match tok.aux {
            Aux::Exclude(exclude) => Some(exclude),
            _ => None,
        });
        self.ast.push(rql_ast::Frame {
            unit,
            start,
            end,
            exclude,
            span: Span::new(l, r),
        })
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
