//! The most frequent value, where there is no aggregate for it.
//!
//! Each row is told how often its value stands in its group, and how often that of the group that is most frequent;
//! of the values of which both are one number the first in the order is the mode.

use crate::*;
use rql_ast::Span;

/// `mode() WITHIN GROUP (ORDER BY x)`.
pub(super) fn most_frequent(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind:
            RelKind::Aggregate {
                input,
                groups,
                sets: None,
                aggregates,
                ..
            },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    let found: Vec<_> = aggregates
        .iter()
        .filter_map(|&(_, id)| Some((id, wanted(ir, id)?)))
        .collect();
    if found.is_empty() {
        return false;
    }
    let groups: Vec<_> = groups.iter().map(|group| group.1).collect();
    let mut counts = Vec::new();
    for (_, (key, filter)) in &found {
        let counted = when(ir, *filter, key.scalar, span);
        let mut partition = groups.clone();
        partition.push(key.scalar);
        counts.push(over(ir, Agg::Count, counted, partition, span));
    }
    let below = told(ir, input, &counts, span);
    let mut most = Vec::new();
    for count in &counts {
        let count = ir.reference(count.0, span);
        most.push(over(ir, Agg::Max, count, groups.clone(), span));
    }
    let below = told(ir, below, &most, span);
    for (at, (id, (key, filter))) in found.into_iter().enumerate() {
        let [count, most] = [counts[at].0, most[at].0].map(|column| ir.reference(column, span));
        let mut often = ir.truth(Func::Eq, vec![count, most], span);
        if let Some(filter) = filter {
            often = ir.truth(Func::And, vec![often, filter], span);
        }
        let value = when(ir, Some(often), key.scalar, span);
        ir.scalars[id.index()].kind = ScalarKind::Aggregate {
            func: if key.descending { Agg::Max } else { Agg::Min },
            distinct: false,
            args: vec![value],
            order: Vec::new(),
            filter: None,
        };
    }
    if let RelKind::Aggregate { input, .. } = &mut ir.rels[rel.index()].kind {
        *input = below;
    }
    true
}

/// What a mode is of, where its values have an order that MIN and MAX have.
fn wanted(ir: &Ir, id: ScalarId) -> Option<(SortKey, Option<ScalarId>)> {
    match &ir.scalar(id).kind {
        ScalarKind::Aggregate {
            func: Agg::Mode,
            order,
            filter,
            ..
        } => {
            let &[key] = order.as_slice() else {
                return None;
            };
            let ty = ir.scalar(key.scalar).ty;
            let plain = ty.is_number() || ty.is_text() || ty.is_moment();
            plain.then_some((key, *filter))
        }
        _ => None,
    }
}

/// A value where a condition holds.
fn when(ir: &mut Ir, condition: Option<ScalarId>, value: ScalarId, span: Span) -> ScalarId {
    let Some(condition) = condition else {
        return value;
    };
    let ty = ir.scalar(value).ty;
    ir.add_scalar(Scalar {
        kind: ScalarKind::Case {
            branches: vec![(condition, value)],
            otherwise: None,
        },
        ty,
        nullable: true,
        span,
    })
}

/// A column with an aggregate over all rows of a part.
fn over(ir: &mut Ir, agg: Agg, arg: ScalarId, partition: Vec<ScalarId>, span: Span) -> Item {
    let scalar = ir.add_scalar(Scalar {
        kind: ScalarKind::Window {
            func: WindowFunc::Agg(agg),
            args: vec![arg],
            filter: None,
            partition,
            order: Vec::new(),
            frame: None,
            running: false,
        },
        ty: Type::BigInt,
        nullable: false,
        span,
    });
    (ir.add_column("often", Type::BigInt, false), scalar)
}

/// Rows with more columns, as rows of a query.
fn told(ir: &mut Ir, input: RelId, items: &[Item], span: Span) -> RelId {
    let mut columns = ir.columns_of(input);
    columns.extend(items.iter().map(|item| item.0));
    let items = items.to_vec();
    let window = ir.add_rel(RelKind::Window { input, items }, span);
    let through = ir.let_through(&columns, span);
    ir.add_rel(RelKind::project(window, through), span)
}
