//! Query blocks: SELECT with its clauses.

use super::beside::{SetReturning, beside};
use super::scope::Place;
use super::{Lowerer, Output, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, ClauseKind, ExprKind, Id, SelectItem, Span};
use rql_diagnostics::{Diagnostic, codes};

/// ORDER BY, LIMIT and OFFSET, which stand behind a query's body.
#[derive(Default)]
pub(super) struct Tail<'a> {
    pub(super) order: &'a [ast::OrderItem],
    pub(super) count: Option<Id<ast::Expr>>,
    pub(super) offset: Option<Id<ast::Expr>>,
    pub(super) with_ties: bool,
    /// A row where FETCH does not say how many.
    pub(super) one: bool,
    pub(super) locks: Vec<(ast::Lock, Span)>,
    pub(super) span: Span,
}

/// The clauses of a block.
#[derive(Default)]
struct Clauses<'a> {
    from: &'a [ast::FromItem],
    filter: Option<Id<ast::Expr>>,
    group: Option<ast::GroupBy>,
    having: Option<Id<ast::Expr>>,
    windows: &'a [ast::NamedWindow],
    qualify: Option<Id<ast::Expr>>,
}

/// The columns of a block as they are gathered: those seen come first.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) items: Vec<Item>,
    pub(super) output: Output,
}

impl Columns {
    pub(super) fn add(&mut self, column: ColumnId, scalar: ScalarId, name: String) {
        self.items.push((column, scalar));
        self.output.push((column, name));
    }
}

impl<'a> Lowerer<'a> {
    pub(super) fn select(&mut self, select: ast::Select, tail: &Tail<'a>) -> Res<(RelId, Output)> {
        let span = select.span;
        let clauses = self.clauses(select)?;
        self.scope().named_windows = clauses.windows;
        self.scope().listed = &self.ast[select.items];
        let mut rel = self.within(Place::On, |this| this.from(clauses.from, span))?;
        if let Some(filter) = clauses.filter {
            let predicate = self.within(Place::Where, |this| this.operand(filter))?;
            rel = self.filter(rel, predicate, self.ast[filter].span);
        }
        self.scope().outer_refs.clear();
        let mut columns = Columns::default();
        self.within(Place::Items, |this| this.items(select, &mut columns))?;
        let visible = columns.items.len();
        if visible == 0 && !select.items.is_empty() {
            return nothing_left(span, "the SELECT list");
        }
        let (groups, sets) = match clauses.group {
            Some(group) => {
                self.within(Place::GroupBy, |this| this.groups(group, &columns, span))?
            }
            None => Default::default(),
        };
        let mut condition = |place, id: Option<Id<ast::Expr>>| {
            id.map(|id| self.within(place, |this| this.operand(id)))
                .transpose()
        };
        let mut having = condition(Place::Having, clauses.having)?;
        let mut qualify = condition(Place::Qualify, clauses.qualify)?;
        let (on, keys) = self.within(Place::OrderBy, |this| {
            let on = this.distinct_keys(select, &mut columns, visible)?;
            let decided = tail.with_ties || !on.is_empty();
            let keys = this.order_keys(tail, &mut columns, visible, decided)?;
            this.check_distinct_on(select, &on, &keys)?;
            Ok((on, keys))
        })?;
        self.give_order(&keys, &columns.items);
        let mut windows = core::mem::take(&mut self.scope().windows);
        let aggregated = !self.scope().aggregates.is_empty();
        let grouped = clauses.group.is_some() || having.is_some() || aggregated;
        let mut sets_of_rows = core::mem::take(&mut self.scope().sets);
        let above_groups = grouped || !windows.is_empty() || qualify.is_some();
        if !above_groups {
            let sets = core::mem::take(&mut sets_of_rows);
            rel = self.rows_below_filter(rel, sets);
        }
        if clauses.group.is_some() || having.is_some() || aggregated {
            if clauses.group.is_none() {
                self.decide_grouping(&columns.items[..visible], having, qualify, &keys)?;
            }
            let mut above: Vec<&mut ScalarId> =
                columns.items.iter_mut().map(|item| &mut item.1).collect();
            above.extend(windows.iter_mut().map(|item| &mut item.1));
            above.extend(having.iter_mut());
            above.extend(qualify.iter_mut());
            above.extend(sets_of_rows.iter_mut().flat_map(|rows| &mut rows.args));
            rel = self.aggregated(rel, groups, sets, above, span)?;
            self.follow_keys(&columns.items, &keys);
        }
        if let Some(predicate) = having {
            rel = self.filter(rel, predicate, span);
        }
        if !windows.is_empty() {
            let kind = RelKind::Window {
                input: rel,
                items: windows,
            };
            rel = self.ir.add_rel(kind, span);
        }
        if let Some(predicate) = qualify {
            rel = self.filter(rel, predicate, span);
        }
        rel = beside(&mut self.ir, rel, sets_of_rows);
        self.projected(rel, select, columns, visible, on, keys, tail)
    }

    /// The rows of functions beside those of FROM, below WHERE, which does not see them.
    fn rows_below_filter(&mut self, rel: RelId, sets: Vec<SetReturning>) -> RelId {
        if sets.is_empty() {
            return rel;
        }
        let Rel { kind, span } = self.ir.rel(rel).clone();
        let RelKind::Filter { input, predicate } = kind else {
            return beside(&mut self.ir, rel, sets);
        };
        let input = beside(&mut self.ir, input, sets);
        self.filter(input, predicate, span)
    }

    /// Grouping sets leave keys out, and what was never NULL below them may be so above.
    fn follow_keys(&mut self, items: &[Item], keys: &[SortKey]) {
        for &(column, scalar) in items {
            self.ir.columns[column.index()].nullable |= self.ir.scalar(scalar).nullable;
        }
        for key in keys {
            if let ScalarKind::Column(column) = self.ir.scalar(key.scalar).kind {
                let nullable = self.ir.column(column).nullable;
                self.ir.scalars[key.scalar.index()].nullable |= nullable;
            }
        }
    }

    /// Without GROUP BY a block is grouped where it has HAVING or an aggregate: that must be so for every
    /// answer, or else the statement has two shapes.
    fn decide_grouping(
        &mut self,
        items: &[Item],
        having: Option<ScalarId>,
        qualify: Option<ScalarId>,
        keys: &[SortKey],
    ) -> Res<()> {
        let selected = items.iter().any(|item| self.sees_groups(item.1));
        if selected || having.is_some_and(|having| self.stays(having)) {
            return Ok(());
        }
        for scalar in having.into_iter().chain(qualify) {
            self.split_on_scalar(scalar)?;
        }
        for key in keys {
            self.split_on_guard(key.guard, self.span(key.scalar))?;
        }
        Ok(())
    }

    pub(super) fn filter(&mut self, input: RelId, predicate: ScalarId, span: Span) -> RelId {
        let kind = RelKind::Filter { input, predicate };
        self.ir.add_rel(kind, span)
    }

    /// The SELECT list, and what stands above it.
    #[allow(clippy::too_many_arguments, reason = "the parts of one block")]
    fn projected(
        &mut self,
        input: RelId,
        select: ast::Select,
        columns: Columns,
        visible: usize,
        on: Vec<ScalarId>,
        keys: Vec<SortKey>,
        tail: &Tail<'a>,
    ) -> Res<(RelId, Output)> {
        let span = select.span;
        let distinct = select.quantifier == ast::Quantifier::Distinct && on.is_empty();
        let Columns { items, mut output } = columns;
        if distinct && items.len() > visible {
            return error(
                codes::UNKNOWN_COLUMN,
                tail.span,
                "with DISTINCT, ORDER BY takes columns of the result only",
                "an ORDER BY item is not selected",
            );
        }
        output.truncate(visible);
        let kind = RelKind::Project {
            input,
            items,
            visible,
        };
        let mut rel = self.ir.add_rel(kind, span);
        if distinct {
            rel = self.ir.add_rel(RelKind::Distinct { input: rel }, span);
        }
        if !keys.is_empty() {
            let kind = RelKind::Sort { input: rel, keys };
            rel = self.ir.add_rel(kind, tail.span);
        }
        if !on.is_empty() {
            let kind = RelKind::DistinctOn {
                input: rel,
                keys: on,
            };
            rel = self.ir.add_rel(kind, span);
        }
        Ok((rel, output))
    }

    fn items(&mut self, select: ast::Select, columns: &mut Columns) -> Res<()> {
        let ast = self.ast;
        if select.items.is_empty() {
            return self.star(None, select.span, columns);
        }
        self.each(&ast[select.items], &mut |this, item| {
            let SelectItem::Expr { expr, alias } = *item else {
                return Ok(());
            };
            this.item(expr, alias, columns)
        })
    }

    /// One item of SELECT or RETURNING.
    pub(super) fn item(
        &mut self,
        expr: Id<ast::Expr>,
        alias: Option<ast::Ident>,
        columns: &mut Columns,
    ) -> Res<()> {
        let ast = self.ast;
        self.no_placeholders(alias.as_slice(), "an alias")?;
        if let ExprKind::Star(star) = ast[expr].kind {
            self.glimpse(ast[expr].span);
            return self.star(Some(ast[star]), ast[expr].span, columns);
        }
        if let ExprKind::Field { base, name } = ast[expr].kind
            && ast.name(name) == "*"
            && self.row_spread(base, columns)?
        {
            return Ok(());
        }
        let scalar = self.expr(expr)?;
        // The other side of a set operation may still give it a type.
        let scalar = if self.keep_untyped {
            scalar
        } else {
            self.settle(scalar)
        };
        let name = match alias {
            Some(alias) => ast.name(alias).into_owned(),
            None => self.header(expr),
        };
        let column = self.column_for(scalar, &name);
        columns.add(column, scalar, name);
        Ok(())
    }

    /// All columns of a relation that stands alone.
    pub(super) fn every_column(&mut self, input: RelId, span: Span) -> Res<(RelId, Output)> {
        let mut columns = Columns::default();
        self.star(None, span, &mut columns)?;
        let visible = columns.items.len();
        let kind = RelKind::Project {
            input,
            items: columns.items,
            visible,
        };
        Ok((self.ir.add_rel(kind, span), columns.output))
    }

    fn clauses(&mut self, select: ast::Select) -> Res<Clauses<'a>> {
        let ast = self.ast;
        let mut found = Clauses::default();
        for clause in self.chosen(&ast[select.clauses])? {
            match clause.kind {
                ClauseKind::From(items) => found.from = &ast[items],
                ClauseKind::Where(filter) => found.filter = Some(filter),
                ClauseKind::GroupBy(group) => found.group = Some(ast[group]),
                ClauseKind::Having(having) => found.having = Some(having),
                ClauseKind::Window(windows) => found.windows = &ast[windows],
                ClauseKind::Qualify(qualify) => found.qualify = Some(qualify),
                ClauseKind::Into { table, .. } => {
                    let table = ast.text(ast.name_span(table));
                    return Err(Box::new(
                        Diagnostic::error(codes::NOT_PORTABLE, "SELECT INTO is PostgreSQL's")
                            .label(clause.span, "elsewhere INTO sets a variable")
                            .help(format!(
                                "CREATE TABLE {table} AS SELECT … makes the table; LET {table} = (SELECT …) keeps one value"
                            )),
                    ));
                }
                _ => return not_yet(clause.span, "this clause"),
            }
        }
        Ok(found)
    }
}

/// A list of which templates leave nothing.
pub(super) fn nothing_left<T>(span: Span, what: &str) -> Res<T> {
    let message = format!("templates leave nothing of {what}");
    let label = "something must stand here for every answer: an item without {{#if}}, or {{else}}";
    error(codes::TEMPLATE_MISPLACED, span, message, label)
}
