//! Windows and running aggregates.

use super::call::aggregate_named;
use super::{Lowerer, Place, Res, error, not_yet};
use crate::Type;
use crate::ir::*;
use rql_ast::{self as ast, Over, Span};
use rql_diagnostics::codes;

impl Lowerer<'_> {
    fn may_see_windows(&self, span: Span) -> Res<()> {
        if matches!(self.place, Place::Items | Place::OrderBy) {
            return Ok(());
        }
        error(
            codes::RUNNING_MISPLACED,
            span,
            "a window or running aggregate does not stand here",
            "it sees the rows that WHERE, GROUP BY and HAVING leave; use a subquery",
        )
    }

    /// `RUNSUM(x)` and its kin: ROWS UNBOUNDED PRECEDING, so that ties count one by one.
    pub(super) fn running(&mut self, agg: Agg, call: ast::Call, span: Span) -> Res<ScalarId> {
        self.may_see_windows(span)?;
        let arg = self.aggregate_argument(agg, call, span)?;
        let filter = call.filter.map(|f| self.condition(f)).transpose()?;
        let ty = self.aggregate_type(agg, arg, span)?;
        let (partition, order) = self.over(call.over)?;
        let waits = order.is_empty();
        let kind = ScalarKind::Window {
            func: WindowFunc::Agg(agg),
            args: arg.into_iter().collect(),
            filter,
            partition,
            order,
            running: true,
        };
        let scalar = self.add(kind, ty, agg != Agg::Count, span);
        if waits {
            self.scope().waiting.push(scalar);
        }
        Ok(scalar)
    }

    pub(super) fn window(&mut self, name: &str, call: ast::Call, span: Span) -> Res<ScalarId> {
        self.may_see_windows(span)?;
        let ranking = match name {
            "row_number" => Some(WindowFunc::RowNumber),
            "rank" => Some(WindowFunc::Rank),
            "dense_rank" => Some(WindowFunc::DenseRank),
            _ => None,
        };
        let (func, arg, ty) = match (ranking, aggregate_named(name)) {
            (Some(func), _) => (func, None, Type::BigInt),
            (None, Some(agg)) if call.quantifier != ast::Quantifier::Distinct => {
                let arg = self.aggregate_argument(agg, call, span)?;
                (
                    WindowFunc::Agg(agg),
                    arg,
                    self.aggregate_type(agg, arg, span)?,
                )
            }
            _ => return not_yet(span, &format!("the window function {name}")),
        };
        let filter = call.filter.map(|f| self.condition(f)).transpose()?;
        let (partition, order) = self.over(call.over)?;
        let nullable = !matches!(func, WindowFunc::Agg(agg) if agg != Agg::Count);
        let kind = ScalarKind::Window {
            func,
            args: arg.into_iter().collect(),
            filter,
            partition,
            order,
            running: false,
        };
        Ok(self.add(kind, ty, !nullable, span))
    }

    fn over(&mut self, over: Option<Over>) -> Res<(Vec<ScalarId>, Vec<SortKey>)> {
        let ast = self.ast;
        let spec = match over {
            None => return Ok((Vec::new(), Vec::new())),
            Some(Over::Named(name)) => return not_yet(name.span, "a named window"),
            Some(Over::Spec(spec)) => ast[spec],
        };
        if spec.frame.is_some() || spec.base.is_some() {
            return not_yet(spec.span, "a frame");
        }
        let partition = self.exprs(&ast[spec.partition_by])?;
        let mut order = Vec::new();
        for item in &ast[spec.order_by] {
            let (expr, descending, nulls_first) = self.order_item(item, spec.span)?;
            let scalar = self.expr(expr)?;
            order.push(SortKey {
                scalar,
                descending,
                nulls_first,
            });
        }
        Ok((partition, order))
    }

    /// What an item of ORDER BY says; NULLs are larger than every value, as in PostgreSQL.
    pub(super) fn order_item(
        &mut self,
        item: &ast::OrderItem,
        span: Span,
    ) -> Res<(ast::Id<ast::Expr>, bool, bool)> {
        let ast::OrderItem::Expr {
            expr,
            direction,
            nulls_first,
        } = *item
        else {
            return not_yet(span, "a template");
        };
        let descending = match direction {
            ast::Direction::None | ast::Direction::Asc => false,
            ast::Direction::Desc => true,
            ast::Direction::Using(span) => return not_yet(span, "ORDER BY … USING"),
        };
        Ok((expr, descending, nulls_first.unwrap_or(descending)))
    }
}
