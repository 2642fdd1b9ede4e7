//! GROUP BY: what stands above it is rewritten in terms of the groups, or refused.

use super::select::Columns;
use super::{Lowerer, Res, error};
use crate::*;
use rql_ast::{self as ast, ExprKind, GroupItem, Id, Span};
use rql_diagnostics::codes;

/// The positions of the keys of each grouping set.
type Sets = Vec<Vec<usize>>;

/// More sets than any report needs; CUBE of a dozen keys.
const MOST_SETS: usize = 4096;

/// What an aggregation makes of the columns below it.
struct Grouping<'g> {
    keys: &'g [Item],
    /// With grouping sets every key may be missing, which is NULL.
    sets: Option<&'g Sets>,
    /// Columns that follow from the keys.
    dependent: Vec<Item>,
}

impl<'a> Lowerer<'a> {
    /// The groups of GROUP BY, and its grouping sets where it has any.
    pub(super) fn groups(
        &mut self,
        group: ast::GroupBy,
        columns: &Columns,
        span: Span,
    ) -> Res<(Vec<Item>, Option<Sets>)> {
        let ast = self.ast;
        let mut keys = Vec::new();
        if group.all {
            for at in 0..columns.items.len() {
                let (_, scalar) = columns.items[at];
                if !self.sees_groups(scalar) {
                    self.key(scalar, &columns.output[at].1, &mut keys);
                }
            }
            return Ok((keys, None));
        }
        let mut plain = true;
        let mut sets: Sets = vec![Vec::new()];
        self.each(&ast[group.items], &mut |this, item| {
            plain &= matches!(item, GroupItem::Expr(expr) if !is_empty(ast, *expr));
            let more = this.group_item(item, columns, &mut keys, span)?;
            sets = cross(&sets, &more);
            this.bounded(&sets, span)
        })?;
        if sets == [Vec::new()] && plain {
            return super::select::nothing_left(span, "GROUP BY");
        }
        if group.with_rollup {
            plain = false;
            sets = (0..=keys.len()).rev().map(|n| (0..n).collect()).collect();
        }
        if group.quantifier == ast::Quantifier::Distinct {
            let mut seen = Vec::new();
            sets.retain(|set| {
                let new = !seen.contains(set);
                seen.push(set.clone());
                new
            });
        }
        Ok((keys, (!plain).then_some(sets)))
    }

    fn bounded(&self, sets: &Sets, span: Span) -> Res<()> {
        if sets.len() <= MOST_SETS {
            return Ok(());
        }
        let message = format!("more than {MOST_SETS} grouping sets");
        error(codes::TOO_DEEP, span, message, "these combine to too many")
    }

    /// The grouping sets that one item stands for.
    fn group_item(
        &mut self,
        item: &'a GroupItem,
        columns: &Columns,
        keys: &mut Vec<Item>,
        span: Span,
    ) -> Res<Sets> {
        let ast = self.ast;
        let mut parts = |this: &mut Self, items: &'a [GroupItem]| -> Res<Vec<Sets>> {
            let parts = items.iter();
            parts
                .map(|item| this.group_item(item, columns, keys, span))
                .collect()
        };
        match *item {
            GroupItem::Expr(expr) => {
                let exprs = match ast[expr].kind {
                    ExprKind::Tuple(items) | ExprKind::Row(items) => ast[items].to_vec(),
                    _ => vec![expr],
                };
                let mut set = Vec::new();
                for expr in exprs {
                    let at = self.group_key(expr, columns, keys)?;
                    if !set.contains(&at) {
                        set.push(at);
                    }
                }
                Ok(vec![set])
            }
            GroupItem::Rollup(items) => {
                let parts = parts(self, &ast[items])?;
                let flat: Vec<Vec<usize>> = parts.into_iter().flatten().collect();
                Ok((0..=flat.len()).rev().map(|n| joined(&flat[..n])).collect())
            }
            GroupItem::Cube(items) => {
                let parts = parts(self, &ast[items])?;
                let flat: Vec<Vec<usize>> = parts.into_iter().flatten().collect();
                if flat.len() > 12 {
                    self.bounded(&vec![Vec::new(); MOST_SETS + 1], span)?;
                }
                let all = (0..1_usize << flat.len()).rev();
                Ok(all
                    .map(|mask| {
                        let chosen = flat.iter().enumerate();
                        // The first key is the highest bit: sets come in the order of the standard.
                        let chosen =
                            chosen.filter(|(at, _)| mask >> (flat.len() - 1 - at) & 1 == 1);
                        joined(&chosen.map(|(_, set)| set.clone()).collect::<Vec<_>>())
                    })
                    .collect())
            }
            GroupItem::Sets(items) => Ok(parts(self, &ast[items])?.into_iter().flatten().collect()),
            GroupItem::Template(_) => {
                let mut all = Vec::new();
                self.each(core::slice::from_ref(item), &mut |this, item| {
                    all.extend(this.group_item(item, columns, keys, span)?);
                    Ok(())
                })?;
                Ok(all)
            }
        }
    }

    /// The position of a key, added where it is new. A name is a column of FROM before it is an alias
    /// (PostgreSQL manual, SELECT).
    fn group_key(
        &mut self,
        expr: Id<ast::Expr>,
        columns: &Columns,
        keys: &mut Vec<Item>,
    ) -> Res<usize> {
        let ast = self.ast;
        let width = columns.items.len();
        let scalar = match ast[expr].kind {
            ExprKind::Number => {
                let at = self.output_named(expr, columns, width)?;
                at.map(|at| columns.items[at].1)
            }
            ExprKind::Column(name) if name.parts.len() == 1 => match self.expr(expr) {
                Ok(scalar) => Some(scalar),
                Err(problem) if problem.code == codes::UNKNOWN_COLUMN => {
                    match self.output_named(expr, columns, width)? {
                        Some(at) => Some(columns.items[at].1),
                        None => return Err(problem),
                    }
                }
                Err(problem) => return Err(problem),
            },
            _ => Some(self.expr(expr)?),
        };
        let span = ast[expr].span;
        let Some(scalar) = scalar.filter(|&s| !self.is_constant(s)) else {
            let message = "GROUP BY takes columns and expressions over them";
            let label = "a constant makes no groups; a whole number is the place of a column";
            return error(codes::UNGROUPED_COLUMN, span, message, label);
        };
        if self.sees_groups(scalar) {
            let message = "an aggregate does not stand in GROUP BY";
            return error(
                codes::UNGROUPED_COLUMN,
                span,
                message,
                "this is computed from the groups",
            );
        }
        let name = match self.ir.scalar(scalar).kind {
            ScalarKind::Column(id) => self.ir.column(id).name.clone(),
            _ => self.header(expr),
        };
        Ok(self.key(scalar, &name, keys))
    }

    /// A constant as it is written, perhaps with a sign.
    pub(super) fn is_constant(&self, scalar: ScalarId) -> bool {
        match &self.ir.scalar(scalar).kind {
            ScalarKind::Literal(_) => true,
            ScalarKind::Call {
                func: Func::Neg,
                args,
            } => self.is_constant(args[0]),
            _ => false,
        }
    }

    fn key(&mut self, scalar: ScalarId, name: &str, keys: &mut Vec<Item>) -> usize {
        if let Some(at) = keys.iter().position(|key| self.same(key.1, scalar)) {
            return at;
        }
        let column = self.column_for(scalar, name);
        keys.push((column, scalar));
        keys.len() - 1
    }

    /// True where a scalar is computed from aggregates or windows of this block.
    pub(super) fn sees_groups(&self, scalar: ScalarId) -> bool {
        let Some(scope) = self.scopes.last() else {
            return false;
        };
        let made = |id: ColumnId| {
            let mut all = scope.aggregates.iter().chain(&scope.windows);
            all.any(|item| item.0 == id)
        };
        let mut found = false;
        self.ir.walk(scalar, &mut |s| {
            found |= matches!(s.kind, ScalarKind::Column(id) if made(id));
        });
        found
    }

    /// The aggregation of a block, with every scalar above it rewritten to see its groups.
    pub(super) fn aggregated(
        &mut self,
        input: RelId,
        groups: Vec<Item>,
        sets: Option<Sets>,
        above: Vec<&mut ScalarId>,
        span: Span,
    ) -> Res<RelId> {
        let mut grouping = Grouping {
            keys: &groups,
            sets: sets.as_ref(),
            dependent: Vec::new(),
        };
        self.check_outer_refs(&mut grouping)?;
        for scalar in above {
            *scalar = self.regroup(*scalar, &mut grouping)?;
        }
        let dependent = grouping.dependent;
        if sets.is_some() {
            for (column, _) in &groups {
                self.ir.columns[column.index()].nullable = true;
            }
        }
        let aggregates = core::mem::take(&mut self.scope().aggregates);
        for &(_, scalar) in &aggregates {
            self.regroup_grouping(scalar, &groups)?;
        }
        let kind = RelKind::Aggregate {
            input,
            groups,
            sets,
            dependent,
            aggregates,
        };
        Ok(self.ir.add_rel(kind, span))
    }

    /// GROUPING(a) names keys: its columns become those of the groups.
    fn regroup_grouping(&mut self, scalar: ScalarId, groups: &[Item]) -> Res<()> {
        let span = self.span(scalar);
        let ScalarKind::Grouping(args) = self.ir.scalar(scalar).kind.clone() else {
            return Ok(());
        };
        let mut found = Vec::new();
        for arg in args {
            let key = groups.iter().find(|g| self.same(g.1, arg));
            let Some(&(column, scalar)) = key else {
                let message = "GROUPING takes the keys of GROUP BY";
                return error(codes::UNGROUPED_COLUMN, span, message, "this is no key");
            };
            let Scalar { ty, nullable, .. } = *self.ir.scalar(scalar);
            found.push(self.add(ScalarKind::Column(column), ty, nullable, span));
        }
        self.ir.scalars[scalar.index()].kind = ScalarKind::Grouping(found);
        Ok(())
    }

    /// `scalar` with every group key replaced by the group's column.
    fn regroup(&mut self, scalar: ScalarId, grouping: &mut Grouping<'_>) -> Res<ScalarId> {
        let key = grouping.keys.iter().find(|g| self.same(g.1, scalar));
        if let Some(&(column, _)) = key {
            let Scalar {
                ty, nullable, span, ..
            } = *self.ir.scalar(scalar);
            let nullable = nullable || grouping.sets.is_some();
            return Ok(self.add(ScalarKind::Column(column), ty, nullable, span));
        }
        let mut new = self.ir.scalar(scalar).clone();
        match &new.kind {
            ScalarKind::Column(id) => {
                let (id, span) = (*id, new.span);
                return match self.below_groups(id, span, grouping)? {
                    Some(column) => Ok(self.reference(column, span)),
                    None => Ok(scalar),
                };
            }
            ScalarKind::Literal(_)
            | ScalarKind::Param(_)
            | ScalarKind::Exists(_)
            | ScalarKind::Subquery { .. }
            | ScalarKind::ArrayQuery { .. }
            | ScalarKind::Aggregate { .. } => return Ok(scalar),
            _ => {}
        }
        let mut failed = None;
        new.nullable |= grouping.sets.is_some();
        new.kind
            .map_operands(&mut |operand| match self.regroup(operand, grouping) {
                Ok(operand) => operand,
                Err(problem) => {
                    failed.get_or_insert(problem);
                    operand
                }
            });
        if let Some(problem) = failed {
            return Err(problem);
        }
        if matches!(new.kind, ScalarKind::Window { .. }) {
            // Kept in place: running aggregates wait for the block's order by their id.
            self.ir.scalars[scalar.index()] = new;
            return Ok(scalar);
        }
        Ok(self.ir.add_scalar(new))
    }

    /// What a column below the groups is above them: itself where it is another block's, a column that
    /// follows from the keys, or a mistake.
    fn below_groups(
        &mut self,
        id: ColumnId,
        span: Span,
        grouping: &mut Grouping<'_>,
    ) -> Res<Option<ColumnId>> {
        let scope = self.scope();
        if !scope.owns(id) {
            return Ok(None);
        }
        if let Some(found) = grouping
            .dependent
            .iter()
            .find(|d| matches!(self.ir.scalar(d.1).kind, ScalarKind::Column(below) if below == id))
        {
            return Ok(Some(found.0));
        }
        let scope = self.scope();
        let owner = scope
            .relations
            .iter()
            .find(|r| r.columns.iter().any(|c| c.id == id));
        let key: Vec<ColumnId> = owner.map_or_else(Vec::new, |r| r.key.clone());
        let grouped = |id: ColumnId| {
            let mut keys = grouping.keys.iter();
            let at = keys
                .position(|g| matches!(self.ir.scalar(g.1).kind, ScalarKind::Column(c) if c == id));
            let sets = grouping.sets.map_or(&[][..], |sets| sets.as_slice());
            at.is_some_and(|at| sets.iter().all(|set| set.contains(&at)))
        };
        if !key.is_empty() && key.into_iter().all(grouped) {
            let below = self.reference(id, span);
            let name = self.ir.column(id).name.clone();
            let column = self.column_for(below, &name);
            grouping.dependent.push((column, below));
            return Ok(Some(column));
        }
        let name = self.ir.column(id).name.clone();
        let message = format!("{name} is not grouped by");
        let label = "group by it, or put it inside an aggregate";
        error(codes::UNGROUPED_COLUMN, span, message, label)
    }

    /// Inner queries may refer to the columns that are grouped by, and to no others.
    fn check_outer_refs(&mut self, grouping: &mut Grouping<'_>) -> Res<()> {
        for (scalar, id) in core::mem::take(&mut self.scope().outer_refs) {
            let key = grouping
                .keys
                .iter()
                .find(|g| matches!(self.ir.scalar(g.1).kind, ScalarKind::Column(c) if c == id));
            let column = match key {
                Some(key) => Some(key.0),
                None => self.below_groups(id, self.span(scalar), grouping)?,
            };
            if let Some(column) = column {
                self.ir.scalars[scalar.index()].kind = ScalarKind::Column(column);
            }
        }
        Ok(())
    }

    /// True where two scalars say the same.
    pub(super) fn same(&self, a: ScalarId, b: ScalarId) -> bool {
        self.ir.same(a, b)
    }
}

fn is_empty(ast: &ast::Ast, expr: Id<ast::Expr>) -> bool {
    matches!(ast[expr].kind, ExprKind::Tuple(_))
}

fn cross(left: &Sets, right: &Sets) -> Sets {
    let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
    pairs
        .map(|(a, b)| joined(&[a.clone(), b.clone()]))
        .collect()
}

/// One set of several, each key once.
fn joined(sets: &[Vec<usize>]) -> Vec<usize> {
    let mut all = Vec::new();
    for &at in sets.iter().flatten() {
        if !all.contains(&at) {
            all.push(at);
        }
    }
    all
}
