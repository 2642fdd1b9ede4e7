//! Conditions of which a piece stands under a template.

use crate::fold::SeqItem;
use crate::term::{Infix, Tok};
use crate::tree::{Connected, Tree};
use rql_ast::*;
use rql_diagnostics::{Diagnostic, codes};
impl Tree {
    pub(crate) fn template_expr(
        &mut self,
        tag: Tok,
        condition: Id<Expr>,
        then: Id<Expr>,
        otherwise: Option<Id<Expr>>,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        let unless = tag.kind == rql_lexer::TokenKind::TemplateUnless;
        let id = self.ast.push(ExprTemplate {
            condition,
            unless,
            then,
            otherwise,
        });
        self.expr(ExprKind::Template(id), l, r)
    }

    /// `x {{#if c}} AND y {{/if}}`
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn guard(
        &mut self,
        start: u32,
        tag: Tok,
        condition: Id<Expr>,
        then: Connected,
        otherwise: Option<Connected>,
        l: u32,
        r: u32,
    ) -> u32 {
        let op = self.connective(then.op);
        if let Some(other) = otherwise
            && self.connective(other.op) != op
        {
            self.report(
                Diagnostic::error(
                    codes::TEMPLATE_CONNECTIVE,
                    "both branches must be joined alike",
                )
                .label(other.op.span, "the first branch is joined otherwise")
                .label(then.op.span, "here"),
            );
        }
        let expr = self.template_expr(
            tag,
            condition,
            then.expr,
            otherwise.map(|other| other.expr),
            l,
            r,
        );
        self.seq
            .push(SeqItem::Infix(Infix::Binary(op), then.op.span));
        self.seq.push(SeqItem::Operand(expr));
        start
    }

    /// `{{#if c}} x AND {{/if}} y`
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn guard_first(
        &mut self,
        tag: Tok,
        condition: Id<Expr>,
        then: u32,
        op: Tok,
        otherwise: Option<u32>,
        l: u32,
        r: u32,
    ) -> u32 {
        let otherwise = otherwise.map(|start| self.fold(start));
        let then = self.fold(then);
        let connective = self.connective(op);
        let expr = self.template_expr(tag, condition, then, otherwise, l, r);
        let start = self.operand(expr);
        self.seq
            .push(SeqItem::Infix(Infix::Binary(connective), op.span));
        start
    }

    /// `{{#if c}} x {{/if}}` as a whole condition
    pub(crate) fn guard_whole(
        &mut self,
        tag: Tok,
        condition: Id<Expr>,
        then: Id<Expr>,
        otherwise: Option<Id<Expr>>,
        l: u32,
        r: u32,
    ) -> Id<Expr> {
        self.template_expr(tag, condition, then, otherwise, l, r)
    }
}
