//! ORDER BY and DISTINCT ON: keys that name columns, count them or compute.

use super::select::{Columns, Tail};
use super::window::field_keys;
use super::{Lowerer, Res, error};
use crate::*;
use rql_ast::{self as ast, ExprKind, Id};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    /// The keys of DISTINCT ON, which ORDER BY must begin with.
    pub(super) fn distinct_keys(
        &mut self,
        select: ast::Select,
        columns: &mut Columns,
        visible: usize,
    ) -> Res<Vec<ScalarId>> {
        let ast = self.ast;
        let mut keys = Vec::new();
        for &expr in &ast[select.distinct_on] {
            match self.row_target(expr, columns, visible)? {
                Some(fields) => keys.extend(fields),
                None => keys.push(self.target(expr, columns, visible)?),
            }
        }
        Ok(keys)
    }

    /// ORDER BY must begin with the keys of DISTINCT ON, in any order.
    pub(super) fn check_distinct_on(
        &self,
        select: ast::Select,
        on: &[ScalarId],
        keys: &[SortKey],
    ) -> Res<()> {
        let has = |key: ScalarId| on.iter().any(|&s| self.same(s, key));
        let mut first = keys.iter().map(|k| k.scalar).take(on.len());
        // Fewer keys than DISTINCT ON has are fine: the rest is not ordered.
        let Some(wrong) = first.find(|&key| !has(key)) else {
            return Ok(());
        };
        let span = self.ast[select.distinct_on]
            .first()
            .map_or(select.span, |&expr| self.ast[expr].span);
        Err(Box::new(
            Diagnostic::error(
                codes::UNKNOWN_COLUMN,
                "ORDER BY does not begin with the keys of DISTINCT ON",
            )
            .label(self.span(wrong), "this comes before the keys are used up")
            .label(
                span,
                "the row that stays is the first of each of these in ORDER BY's order",
            ),
        ))
    }

    /// The column that an item of ORDER BY or DISTINCT ON means, added where it is not selected. A
    /// bare name is a column of the result before it is one of FROM; inside an expression it is one of
    /// FROM (PostgreSQL manual, SELECT).
    fn target(
        &mut self,
        expr: Id<ast::Expr>,
        columns: &mut Columns,
        visible: usize,
    ) -> Res<ScalarId> {
        let at = match self.output_named(expr, columns, visible)? {
            Some(at) => at,
            None => {
                let scalar = self.expr(expr)?;
                if self.is_constant(scalar) {
                    let message = "a constant does not order anything";
                    let label = "only a whole number stands for a column of the result";
                    return error(codes::UNKNOWN_COLUMN, self.ast[expr].span, message, label);
                }
                let scalar = self.settle(scalar);
                let known = columns.items.iter();
                match known.into_iter().position(|i| self.same(i.1, scalar)) {
                    Some(at) => at,
                    None => {
                        let name = format!("order{}", columns.items.len() + 1);
                        let column = self.column_for(scalar, &name);
                        columns.add(column, scalar, name);
                        columns.items.len() - 1
                    }
                }
            }
        };
        let id = columns.items[at].0;
        Ok(self.reference(id, self.ast[expr].span))
    }

    /// The columns that a row means whose fields are keys; `None` where it is no row, or one that is selected.
    fn row_target(
        &mut self,
        expr: Id<ast::Expr>,
        columns: &mut Columns,
        visible: usize,
    ) -> Res<Option<Vec<ScalarId>>> {
        let mut inner = expr;
        while let ExprKind::Paren(within) = self.ast[inner].kind {
            inner = within;
        }
        let may_be = match self.ast[inner].kind {
            ExprKind::Tuple(_) | ExprKind::Row(_) | ExprKind::Star(_) => true,
            ExprKind::Column(name) => self.is_relation(name),
            _ => false,
        };
        if !may_be || self.output_named(inner, columns, visible)?.is_some() {
            return Ok(None);
        }
        let row = self.expr(inner)?;
        let Some(fields) = self.fields_in_order(row) else {
            return Ok(None);
        };
        let shown = columns.items[..visible].iter();
        if shown.into_iter().any(|item| self.same(item.1, row)) {
            return Ok(None);
        }
        let span = self.ast[expr].span;
        let mut found = Vec::new();
        for field in fields {
            let known = columns.items.iter().find(|item| self.same(item.1, field));
            let id = match known {
                Some(item) => item.0,
                None => {
                    let name = format!("order{}", columns.items.len() + 1);
                    let column = self.column_for(field, &name);
                    columns.add(column, field, name);
                    column
                }
            };
            found.push(self.reference(id, span));
        }
        Ok(Some(found))
    }

    pub(super) fn order_keys(
        &mut self,
        tail: &Tail<'a>,
        columns: &mut Columns,
        visible: usize,
        decided: bool,
    ) -> Res<Vec<SortKey>> {
        let mut keys = Vec::new();
        if self.is_order_by_all(tail.order, columns, visible) {
            let (descending, nulls_first) = self.direction(&tail.order[0])?;
            for at in 0..visible {
                let scalar = self.reference(columns.items[at].0, tail.span);
                keys.push(SortKey {
                    scalar,
                    descending,
                    nulls_first,
                    guard: None,
                });
            }
            return Ok(keys);
        }
        let mut lower = |this: &mut Self, item: &'a ast::OrderItem| {
            let ast::OrderItem::Expr { expr, .. } = *item else {
                return Ok(());
            };
            let (descending, nulls_first) = this.direction(item)?;
            let key = |this: &Self, scalar| SortKey {
                scalar,
                descending,
                nulls_first,
                guard: this.guard,
            };
            if let Some(fields) = this.row_target(expr, columns, visible)? {
                if let Some(&first) = fields.first() {
                    keys.extend(field_keys(fields, key(this, first)));
                }
                return Ok(());
            }
            let scalar = this.target(expr, columns, visible)?;
            keys.push(key(this, scalar));
            Ok(())
        };
        // What depends on the first key or the last cannot leave open which there are.
        if decided {
            self.each(tail.order, &mut lower)?;
        } else {
            self.each_guarded(tail.order, &mut lower)?;
        }
        Ok(keys)
    }

    /// ORDER BY ALL, where no column has that name.
    fn is_order_by_all(&self, order: &[ast::OrderItem], columns: &Columns, visible: usize) -> bool {
        let [ast::OrderItem::Expr { expr, .. }] = order else {
            return false;
        };
        let ast::Expr { kind, span } = self.ast[*expr];
        matches!(kind, ExprKind::Column(_))
            && self.ast.text(span).eq_ignore_ascii_case("all")
            && !columns.output[..visible].iter().any(|c| c.1 == "all")
    }

    /// The result column that an ordinal or a bare name means.
    pub(super) fn output_named(
        &self,
        expr: Id<ast::Expr>,
        columns: &Columns,
        visible: usize,
    ) -> Res<Option<usize>> {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[expr];
        let output = &columns.output[..visible];
        match kind {
            ExprKind::Number => {
                let Ok(at) = ast.text(span).parse::<usize>() else {
                    return Ok(None);
                };
                if at == 0 || at > output.len() {
                    let message = format!("there is no column {at}");
                    let label = format!("the result has {} columns", output.len());
                    return error(codes::UNKNOWN_COLUMN, span, message, &label);
                }
                Ok(Some(at - 1))
            }
            ExprKind::Column(name) if name.parts.len() == 1 => {
                let name = ast.dotted(name);
                let catalog = self.env.catalog;
                let named = |c: &&(usize, &(ColumnId, String))| catalog.matches(&name, &c.1.1);
                let all: Vec<_> = output.iter().enumerate().collect();
                let mut found = all.iter().filter(named).map(|c| c.0);
                let Some(first) = found.next() else {
                    return Ok(None);
                };
                let scalar = |at: usize| columns.items.get(at).map(|i| i.1);
                let differs = found.any(|at| match (scalar(first), scalar(at)) {
                    (Some(a), Some(b)) => !self.same(a, b),
                    _ => true,
                });
                if differs {
                    let message = format!("{name} could be two columns of the result");
                    let label = "two columns of the result have this name";
                    return error(codes::AMBIGUOUS_COLUMN, span, message, label);
                }
                Ok(Some(first))
            }
            _ => Ok(None),
        }
    }

    /// A running aggregate without an order of its own takes the block's.
    pub(super) fn give_order(&mut self, keys: &[SortKey], items: &[Item]) {
        for waiting in core::mem::take(&mut self.scope().waiting) {
            let given: Vec<SortKey> = keys
                .iter()
                .filter_map(|key| {
                    let ScalarKind::Column(id) = self.ir.scalar(key.scalar).kind else {
                        return None;
                    };
                    let scalar = items.iter().find(|i| i.0 == id)?.1;
                    let running = self.is_window(scalar);
                    (!running).then_some(SortKey { scalar, ..*key })
                })
                .collect();
            if given.iter().all(|key| key.guard.is_some()) {
                let span = self.span(waiting);
                self.warnings.push(
                    Diagnostic::warning(
                        codes::ARRIVAL_ORDER,
                        "a running aggregate without an order",
                    )
                    .label(span, "the rows arrive in any order")
                    .help("add ORDER BY to the query or OVER (ORDER BY …) here"),
                );
            }
            if let ScalarKind::Window { order, .. } = &mut self.ir.scalars[waiting.index()].kind {
                *order = given;
            }
        }
    }

    /// A column that a window gives: it cannot order another one.
    fn is_window(&self, scalar: ScalarId) -> bool {
        let scope = self.scopes.last();
        let windows = scope.map_or(&[][..], |s| s.windows.as_slice());
        matches!(self.ir.scalar(scalar).kind, ScalarKind::Column(id)
            if windows.iter().any(|w| w.0 == id))
    }
}
