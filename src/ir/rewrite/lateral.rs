//! LATERAL on targets whose queries in FROM see nothing beside them.
//!
//! The left side becomes a WITH query that numbers its rows. The right side is computed for all of
//! them at once: the numbered rows are joined to what it reads, and every operator above keeps the
//! groups, orders and limits of one left row apart by its number. The join is then by the number.
//! (Known as unnesting: Neumann and Kemper, BTW 2015; a number in place of distinct values keeps
//! NULLs and duplicates simple.)

use super::spread::Spread;
use crate::*;
use rql_ast::Span;

/// A lateral join becomes a join by the number of the left row.
pub(super) fn unnest(ir: &mut Ir, rel: RelId) -> bool {
    by_number(ir, rel, false)
}

/// The same where the left rows are made anew for each use.
pub(super) fn unnest_again(ir: &mut Ir, rel: RelId) -> bool {
    by_number(ir, rel, true)
}

fn by_number(ir: &mut Ir, rel: RelId, alike: bool) -> bool {
    let Rel {
        kind:
            RelKind::Join {
                kind: kind @ (JoinKind::Inner | JoinKind::Cross | JoinKind::Left),
                left,
                right,
                on,
                merged,
                lateral: true,
            },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    // A function sees what stands before it wherever functions stand in FROM.
    if matches!(ir.rel(right).kind, RelKind::TableFunction { .. }) {
        return false;
    }
    let (all, outer) = (ir.named_of(rel), ir.named_of(left));
    let wanted: Vec<ColumnId> = outer
        .iter()
        .copied()
        .filter(|&id| mentions(ir, right, &[id]))
        .collect();
    // A join of the query around, whose rows are spread in their turn.
    if wanted.is_empty() {
        if let RelKind::Join { lateral, .. } = &mut ir.rels[rel.index()].kind {
            *lateral = false;
        }
        return true;
    }
    let (cte, given) = numbered(ir, left, &outer, alike, span);
    let mut spread = Spread {
        cte,
        given,
        outer: wanted,
        within: Vec::new(),
        span,
        again: Vec::new(),
    };
    let Some((inner, keys)) = spread.rel(ir, right) else {
        return false;
    };
    let again = spread.again;
    let (rows, columns) = ir.another_use_of(cte, span);
    let here = [ir.reference(columns[0], span), ir.reference(keys[0], span)];
    let mut both = vec![ir.truth(Func::Eq, here.to_vec(), span)];
    let on = on.filter(|&on| !ir.is_true(on));
    both.extend(on.map(|on| ir.remapped(on, &outer, &columns[1..])));
    let on = match both.as_slice() {
        &[one] => one,
        _ => ir.truth(Func::And, both, span),
    };
    let through = |id: ColumnId| {
        let at = outer.iter().position(|&o| o == id);
        at.map_or(id, |at| columns[at + 1])
    };
    let merged: Vec<Merged> = merged
        .into_iter()
        .map(|m| Merged {
            column: through(m.column),
            left: through(m.left),
            right: m.right,
        })
        .collect();
    let items: Vec<Item> = all
        .iter()
        .map(|&id| (id, ir.reference(through(id), span)))
        .collect();
    let kind = match kind {
        JoinKind::Cross => JoinKind::Inner,
        other => other,
    };
    let join = RelKind::Join {
        kind,
        left: rows,
        right: inner,
        on: Some(on),
        merged,
        lateral: false,
    };
    let join = ir.add_rel(join, span);
    let visible = items.len();
    let project = RelKind::Project {
        input: join,
        items,
        visible,
    };
    let input = ir.add_rel(project, span);
    ir.rels[rel.index()].kind = RelKind::With {
        ctes: vec![cte],
        input,
    };
    for rel in again {
        unnest(ir, rel);
    }
    true
}

/// Conditions on the left side alone come before a lateral join, which then has fewer rows to number.
pub(super) fn filter_first(ir: &mut Ir, rel: RelId) -> bool {
    let RelKind::Filter { input, predicate } = ir.rel(rel).kind else {
        return false;
    };
    let RelKind::Join {
        kind: JoinKind::Inner | JoinKind::Cross | JoinKind::Left,
        left,
        right,
        lateral: true,
        ..
    } = ir.rel(input).kind
    else {
        return false;
    };
    if matches!(ir.rel(right).kind, RelKind::TableFunction { .. }) {
        return false;
    }
    let seen = ir.columns_of(left);
    let others: Vec<_> = ir.columns_of(input);
    let others: Vec<_> = others.into_iter().filter(|id| !seen.contains(id)).collect();
    let conjuncts = ir.conjuncts(predicate);
    let guarded = |s: &ScalarId| matches!(ir.scalar(*s).kind, ScalarKind::Guarded { .. });
    if conjuncts.iter().any(guarded) {
        return false;
    }
    let (after, before): (Vec<_>, Vec<_>) = conjuncts
        .into_iter()
        .partition(|&s| ir.scalar_mentions(s, &others));
    if before.is_empty() {
        return false;
    }
    let span = ir.rel(rel).span;
    let predicate = ir.conjunction(before, span);
    let filtered = ir.add_rel(
        RelKind::Filter {
            input: left,
            predicate,
        },
        span,
    );
    if let RelKind::Join { left, .. } = &mut ir.rels[input.index()].kind {
        *left = filtered;
    }
    ir.rels[rel.index()].kind = if after.is_empty() {
        // The join itself stands here now, and nowhere else.
        core::mem::replace(&mut ir.rels[input.index()].kind, RelKind::OneRow)
    } else {
        let predicate = ir.conjunction(after, span);
        RelKind::Filter { input, predicate }
    };
    true
}

/// A WITH query of the left rows: their number, then their columns. Gives for each of `outer` its place.
fn numbered(
    ir: &mut Ir,
    input: RelId,
    outer: &[ColumnId],
    alike: bool,
    span: Span,
) -> (CteId, Vec<ColumnId>) {
    // Rows that are alike in all they have may change places.
    let order = outer.iter().filter(|_| alike).map(|&column| SortKey {
        scalar: ir.reference(column, span),
        descending: false,
        nulls_first: false,
        guard: None,
    });
    let order = order.collect();
    let number = ir.place(WindowFunc::RowNumber, Vec::new(), order, span);
    let kind = RelKind::Window {
        input,
        items: vec![number],
    };
    let input = ir.add_rel(kind, span);
    let items = ir.copies(&[&[number.0], outer].concat(), span);
    let kind = RelKind::project(input, items);
    let rows = ir.add_rel(kind, span);
    let cte = ir.shared("numbered", rows);
    // Both uses must see the same numbers.
    ir.ctes[cte.index()].materialized = Some(true);
    (cte, outer.to_vec())
}

/// True where something in a relation refers to one of these columns.
pub fn mentions(ir: &Ir, rel: RelId, columns: &[ColumnId]) -> bool {
    let mut found = false;
    ir.each_below(rel, &mut |rel| {
        ir.each_scalar(rel, &mut |scalar| {
            ir.walk(scalar, &mut |s| {
                found |= matches!(s.kind, ScalarKind::Column(id) if columns.contains(&id));
            });
        });
    });
    found
}

impl Ir {
    /// True where a scalar itself refers to one of these columns.
    pub(super) fn scalar_reads(&self, scalar: ScalarId, columns: &[ColumnId]) -> bool {
        let mut found = false;
        self.walk(scalar, &mut |s| {
            found |= matches!(s.kind, ScalarKind::Column(id) if columns.contains(&id));
        });
        found
    }

    /// True where a scalar, or a query inside it, refers to one of these columns.
    pub(super) fn scalar_mentions(&self, scalar: ScalarId, columns: &[ColumnId]) -> bool {
        let mut queries = Vec::new();
        self.queries_in(scalar, &mut queries);
        self.scalar_reads(scalar, columns)
            || queries
                .into_iter()
                .any(|query| mentions(self, query, columns))
    }

    pub(super) fn is_true(&self, scalar: ScalarId) -> bool {
        matches!(
            self.scalar(scalar).kind,
            ScalarKind::Literal(Literal::Boolean(true))
        )
    }

    /// The conditions that a condition is all of.
    pub(super) fn conjuncts(&self, condition: ScalarId) -> Vec<ScalarId> {
        match &self.scalar(condition).kind {
            ScalarKind::Call {
                func: Func::And,
                args,
            } => args.clone(),
            _ => vec![condition],
        }
    }

    /// All of these conditions; true where there are none.
    pub(super) fn conjunction(&mut self, conditions: Vec<ScalarId>, span: Span) -> ScalarId {
        match conditions.as_slice() {
            &[one] => one,
            [] => self.add_scalar(Scalar {
                kind: ScalarKind::Literal(Literal::Boolean(true)),
                ty: Type::Boolean,
                nullable: false,
                span,
            }),
            _ => {
                let nullable = conditions.iter().any(|&s| self.scalar(s).nullable);
                let all = self.truth(Func::And, conditions, span);
                self.scalars[all.index()].nullable = nullable;
                all
            }
        }
    }
}

/// True where something in a relation reads one of these WITH queries.
pub(super) fn reads(ir: &Ir, rel: RelId, ctes: &[CteId]) -> bool {
    let mut found = false;
    ir.each_below(rel, &mut |rel| {
        let kind = &ir.rel(rel).kind;
        found |= matches!(kind, RelKind::CteScan { cte, .. } if ctes.contains(cte));
    });
    found
}
