//! GROUP BY: what stands above it is rewritten in terms of the groups, or refused.

use super::{Lowerer, Res, error, not_yet};
use crate::ir::*;
use rql_ast::Span;
use rql_diagnostics::codes;

impl Lowerer<'_> {
    /// `scalar` with every group key replaced by the group's column.
    pub(super) fn regroup(&mut self, scalar: ScalarId, groups: &[Item]) -> Res<ScalarId> {
        let key = groups.iter().find(|g| self.same(g.1, scalar));
        if let Some(&(column, _)) = key {
            let Scalar {
                ty, nullable, span, ..
            } = *self.ir.scalar(scalar);
            return Ok(self.add(ScalarKind::Column(column), ty, nullable, span));
        }
        let mut new = self.ir.scalar(scalar).clone();
        match &mut new.kind {
            ScalarKind::Column(id) => {
                self.ungrouped(*id, new.span)?;
                return Ok(scalar);
            }
            ScalarKind::Call { args, .. } => self.regroup_all(args, groups)?,
            ScalarKind::Cast { operand, .. } | ScalarKind::InQuery { operand, .. } => {
                *operand = self.regroup(*operand, groups)?;
            }
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                for (when, then) in branches {
                    *when = self.regroup(*when, groups)?;
                    *then = self.regroup(*then, groups)?;
                }
                if let Some(otherwise) = otherwise {
                    *otherwise = self.regroup(*otherwise, groups)?;
                }
            }
            ScalarKind::InList { operand, items, .. } => {
                *operand = self.regroup(*operand, groups)?;
                self.regroup_all(items, groups)?;
            }
            ScalarKind::Window {
                args,
                filter,
                partition,
                order,
                ..
            } => {
                self.regroup_all(args, groups)?;
                self.regroup_all(partition, groups)?;
                for key in order {
                    key.scalar = self.regroup(key.scalar, groups)?;
                }
                if let Some(filter) = filter {
                    *filter = self.regroup(*filter, groups)?;
                }
                // Kept in place: running aggregates wait for the block's order by their id.
                self.ir.scalars[scalar.index()] = new;
                return Ok(scalar);
            }
            ScalarKind::Literal(_)
            | ScalarKind::Param(_)
            | ScalarKind::Exists(_)
            | ScalarKind::Subquery { .. }
            | ScalarKind::Aggregate { .. } => return Ok(scalar),
        }
        Ok(self.ir.add_scalar(new))
    }

    fn regroup_all(&mut self, scalars: &mut [ScalarId], groups: &[Item]) -> Res<()> {
        for scalar in scalars {
            *scalar = self.regroup(*scalar, groups)?;
        }
        Ok(())
    }

    fn ungrouped(&mut self, id: ColumnId, span: Span) -> Res<()> {
        let relations = &self.scope().relations;
        let own = relations
            .iter()
            .any(|r| r.columns.iter().any(|c| c.id == id));
        if !own {
            return Ok(());
        }
        let name = self.ir.column(id).name.clone();
        let message = format!("{name} is not grouped by");
        let label = "group by it, or put it inside an aggregate";
        error(codes::UNGROUPED_COLUMN, span, message, label)
    }

    /// Inner queries may refer to the columns that are grouped by, and to no others.
    pub(super) fn check_outer_refs(&mut self, groups: &[Item]) -> Res<()> {
        let refs = core::mem::take(&mut self.scope().outer_refs);
        for (id, span) in refs {
            let grouped = groups
                .iter()
                .any(|g| matches!(self.ir.scalar(g.1).kind, ScalarKind::Column(c) if c == id));
            if !grouped {
                self.ungrouped(id, span)?;
            }
        }
        Ok(())
    }

    /// True where two scalars say the same.
    pub(super) fn same(&self, a: ScalarId, b: ScalarId) -> bool {
        if a == b {
            return true;
        }
        let (a, b) = (self.ir.scalar(a), self.ir.scalar(b));
        let all = |x: &[ScalarId], y: &[ScalarId]| {
            x.len() == y.len() && x.iter().zip(y).all(|(&x, &y)| self.same(x, y))
        };
        if a.ty != b.ty {
            return false;
        }
        match (&a.kind, &b.kind) {
            (ScalarKind::Column(x), ScalarKind::Column(y)) => x == y,
            (ScalarKind::Literal(x), ScalarKind::Literal(y)) => x == y,
            (ScalarKind::Param(x), ScalarKind::Param(y)) => x == y,
            (ScalarKind::Call { func: f, args: x }, ScalarKind::Call { func: g, args: y }) => {
                f == g && all(x, y)
            }
            (ScalarKind::Cast { operand: x, .. }, ScalarKind::Cast { operand: y, .. }) => {
                self.same(*x, *y)
            }
            (
                ScalarKind::Case {
                    branches: x,
                    otherwise: e,
                },
                ScalarKind::Case {
                    branches: y,
                    otherwise: f,
                },
            ) => {
                x.len() == y.len()
                    && x.iter()
                        .zip(y)
                        .all(|(x, y)| self.same(x.0, y.0) && self.same(x.1, y.1))
                    && match (e, f) {
                        (Some(e), Some(f)) => self.same(*e, *f),
                        (None, None) => true,
                        _ => false,
                    }
            }
            _ => false,
        }
    }

    /// A parameter inside a group key cannot be told from another value.
    pub(super) fn refuse_constant_key(&self, scalar: ScalarId) -> Res<()> {
        match self.ir.scalar(scalar).kind {
            ScalarKind::Literal(_) => not_yet(self.span(scalar), "a constant in GROUP BY"),
            _ => Ok(()),
        }
    }
}
